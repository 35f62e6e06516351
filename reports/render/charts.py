"""Bars of the twelve weeks and dots of detection times: numbers of the report as places on a page. Pure geometry."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words
from reports.rates import FEW
from reports.render import durations, figures
from reports.render.marks import Spot, Tick, crowd, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.detection import Dot, Pace
    from reports.times import Times, Week

_TICKS = ((1, "1 min"), (10, "10 min"), (60, "1 h"), (600, "10 h"), (1440, "1 day"), (10080, "1 week"))
_LEAST = 0.5
"""Minutes: what took no time has no place on a log axis."""

_DOTS = 40
_WORTH_DRAWING = 3
"""Fewer dots show nothing that the words beside them do not."""


class Bar(Struct, frozen=True, kw_only=True):
    """One week: where its bar stands, and how high its parts are, all in percent; `word` is below, `figure` above."""

    x: float
    width: float
    closed: float
    proven: float
    lost: float
    title: str
    word: str
    figure: str


class Dots(Struct, frozen=True, kw_only=True):
    """One duration of one class: dots before and since, and the two medians, all in percent of the axis."""

    name: str
    said: str
    before: tuple[Spot, ...]
    after: tuple[Spot, ...]
    median_before: float | None
    median_after: float | None
    has_fix: bool
    is_drawn: bool


class MinuteAxis(Struct, frozen=True, kw_only=True):
    """A log axis of minutes that all durations of a page share."""

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def at(self, minutes: float) -> float:
        """Where a duration lies, in percent."""
        return place(log10(max(minutes, _LEAST)), log10(self.low), log10(self.high))


def build_trend(times: Times) -> tuple[Bar, ...]:
    """Completion at the end of each week, as shares of the items counted then."""
    weeks = times.weeks
    room = 100 / max(len(weeks), 1)
    last = len(weeks) - 1
    return tuple(_bar(week, index, room, labelled=index % 4 == 0 or index == last) for index, week in enumerate(weeks))


def _bar(week: Week, index: int, room: float, *, labelled: bool) -> Bar:
    whole = week.counted or 1
    title = (
        f"Week of {words.day(week.begins)}: {week.proven:,} of {week.counted:,} done with evidence, "
        f"{week.closed_in_all:,} closed{f', {week.lost:,} lost' if week.lost else ''}"
    )
    share = ""
    if labelled and week.counted >= FEW:
        share = words.percent(week.proven / whole)
        share += f" to {words.percent((week.proven + week.lost) / whole)}" if week.lost else ""
    return Bar(
        x=round(index * room + room * 0.12, 2),
        width=round(room * 0.76, 2),
        closed=round(100 * min(week.closed_in_all / whole, 1), 2),
        proven=round(100 * min(week.proven / whole, 1), 2),
        lost=round(100 * min(week.lost / whole, 1), 2),
        title=title,
        word=f"{week.begins.day} {week.begins:%b}" if labelled else "",
        figure=share,
    )


def build_left(times: Times) -> tuple[tuple[float | None, ...], ...]:
    """The share still open, in percent, for each month (row) and age (column); None where it is not reached."""
    ages = durations.cohort_ages(times)
    found = [{age: round(100 * left / of, 1) for age, left, of in month.open_after if of} for month in times.cohorts]
    return tuple(tuple(shares.get(age) for age in ages) for shares in found)


def build_minute_axis(paces: Sequence[Pace]) -> MinuteAxis:
    """From the shortest to the longest duration, with a little room at both ends."""
    minutes = [max(dot.minutes, _LEAST) for pace in paces for dot in pace.dots] or [1.0, 60.0]
    axis = MinuteAxis(low=min(minutes) / 1.5, high=max(minutes) * 1.5, ticks=())
    ticks = tuple(Tick(x=axis.at(m), title=word) for m, word in _TICKS if axis.low <= m <= axis.high)
    return MinuteAxis(low=axis.low, high=axis.high, ticks=ticks)


def build_dots(pace: Pace, titles: dict[str, str], axis: MinuteAxis) -> Dots:
    """The dots of one duration."""
    return Dots(
        name=durations.build_pace_name(pace, titles),
        said=pace.said,
        before=_spots([dot for dot in pace.dots if not dot.since_fix], "dot", axis),
        after=_spots([dot for dot in pace.dots if dot.since_fix], "square", axis),
        median_before=None if pace.median_before is None else axis.at(pace.median_before),
        median_after=None if pace.median_after is None else axis.at(pace.median_after),
        has_fix=any(dot.since_fix for dot in pace.dots),
        is_drawn=len(pace.dots) >= _WORTH_DRAWING,
    )


def _spots(dots: Sequence[Dot], shape: str, axis: MinuteAxis) -> tuple[Spot, ...]:
    titled = (
        Spot(
            x=axis.at(dot.minutes), shape=shape, title=f"{dot.id}, {words.day(dot.on)}: {figures.minutes(dot.minutes)}"
        )
        for dot in dots
    )
    return crowd(titled, _DOTS)
