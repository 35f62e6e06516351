"""The strip of a class: its incidents on a line of time, and the fix between before and since. Pure geometry.

All strips of a page share one axis, so that the same day is at the same place on each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words
from reports.helped import Mark, Verdict
from reports.render import verdicts
from reports.render.marks import Spot, Tick, crowd, place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.helped import ClassHelp, Point

MARKS = 400
"""Marks drawn on all strips together: about 50 KB."""

_DATES = 8
"""Dates said of each kind of mark."""

_EACH = (12, 36)
_YEAR = timedelta(days=365)
_AHEAD = 0.2
"""How much of the time so far the axis may reach into the future, for the days from which it can be told."""

_ROOM = 11.0
"""Percent between two words on the axis, at the width of a phone."""

SHAPES = {
    Mark.BEFORE: "dot",
    Mark.TRIGGER: "ring",
    Mark.DURING: "diamond",
    Mark.AFTER: "cross",
    Mark.COMPLETION: "tip",
    Mark.LATER: "hollow",
}
"""The shape of each mark: it carries the meaning, colour only helps."""


class Axis(Struct, frozen=True, kw_only=True):
    """The days that all strips reach over; `now` is where the report stands, in percent."""

    begins: datetime
    ends: datetime
    now: float
    words: tuple[Tick, ...]

    def at(self, when: datetime) -> float:
        """Where a moment lies, in percent."""
        return place(when.timestamp(), self.begins.timestamp(), self.ends.timestamp())


class Strip(Struct, frozen=True, kw_only=True):
    """One class: `said` tells all of it. Places are percent: `from_` where its records begin, `since` the fix.

    `during` is the time in which the set was being completed. `tell` is the day from which it can be told, where the
    axis reaches so far; where it does not and nothing else can be said, it is `beyond`. `dates` are the marks in words.
    """

    said: str
    from_: float
    during: tuple[float, float] | None
    since: float | None
    tell: float | None
    tell_on: str
    beyond: bool
    dates: tuple[str, ...]
    spots: tuple[Spot, ...]


def build_axis(classes: Sequence[ClassHelp], as_of: datetime) -> Axis:
    """From the first record or mark of any class to today, and on to the days from which it can be told."""
    known = [one.since for one in classes if one.since] + [point.at for one in classes for point in one.points]
    begins = min([*known, as_of - _YEAR])
    furthest = as_of + (as_of - begins) * _AHEAD
    ahead = [at for one in classes if one.tell_on and as_of < (at := _noon(one.tell_on, as_of)) <= furthest]
    ends = max([*ahead, as_of])
    axis = Axis(begins=begins, ends=ends, now=0.0, words=())
    return Axis(begins=begins, ends=ends, now=axis.at(as_of), words=_words(axis, as_of))


def build_strip(one: ClassHelp, axis: Axis, at_most: int) -> Strip:
    """The strip of one class with at most about that many marks."""
    told = (
        axis.at(_noon(one.tell_on, axis.ends)) if one.tell_on and _noon(one.tell_on, axis.ends) <= axis.ends else None
    )
    during = None
    if one.fixed_from and one.fixed_at and one.fixed_at > one.fixed_from:
        start = axis.at(one.fixed_from)
        during = (start, round(axis.at(one.fixed_at) - start, 2))
    return Strip(
        said=f"{verdicts.build_name(one)}: {one.said}. {verdicts.build_counts(one)}",
        from_=axis.at(one.since) if one.since else axis.at(axis.begins),
        during=during,
        since=axis.at(one.fixed_at) if one.fixed_at else None,
        tell=told,
        tell_on=words.day(one.tell_on) if one.tell_on else "",
        beyond=one.verdict is Verdict.TOO_EARLY and one.tell_on is not None and told is None,
        dates=_dates(one),
        spots=crowd((Spot(x=axis.at(p.at), shape=SHAPES[p.mark], title=_title(p)) for p in one.points), at_most),
    )


def _title(point: Point) -> str:
    """`Came back: OPS-42, 31 Dec 2025`."""
    return f"{point.mark.capitalize()}: {point.label}"


def _dates(one: ClassHelp) -> tuple[str, ...]:
    """The newest marks in words, by what they stand for: whoever cannot point at a mark can read it."""
    said = []
    for mark in Mark:
        labels = [point.label for point in one.points if point.mark is mark]
        if labels:
            older = f"{len(labels) - _DATES:,} older, " if len(labels) > _DATES else ""
            said.append(f"{mark.capitalize()}: {older}{'; '.join(labels[-_DATES:])}.")
    return tuple(said)


def marks_each(classes: int) -> int:
    """How many marks a strip may have when so many are drawn."""
    low, high = _EACH
    return max(low, min(high, MARKS // max(classes, 1)))


def _noon(day: date, like: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=like.tzinfo)


def _words(axis: Axis, as_of: datetime) -> tuple[Tick, ...]:
    """Today, and the first day of each year; a word where there is room."""
    zone, today = axis.begins.tzinfo, Tick(x=axis.at(as_of), title="today")
    ticks, last = [today], -_ROOM
    for year in range(axis.begins.year + 1, axis.ends.year + 1):
        x = axis.at(datetime(year, 1, 1, tzinfo=zone))
        has_room = x - last >= _ROOM and abs(x - today.x) >= _ROOM and x < 100 - _ROOM / 2
        last = x if has_room else last
        ticks.append(Tick(x=x, title=str(year) if has_room else ""))
    return tuple(ticks)
