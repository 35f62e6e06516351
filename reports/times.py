"""How long it took, and whether the promised dates held. Pure.

Medians and counts only: a mean of durations says more about its longest case than about the work (S. Davidovic,
"Incident metrics in SRE", 2021).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.flow import AGES, Cohort, Week, build_flow
from reports.promises import build_kept, build_kept_moved, build_kept_proven, find_slips, shown_at
from reports.rates import FEW, Rate, build_rate
from reports.standing import Line
from reports.statistics.ranks import median
from reports.statistics.survival import kaplan_meier
from reports.words import counted, tally
from tracker.model import Status
from tracker.rules import accepted_spans, closed_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reports.basis import Basis
    from reports.standing import Moment, Standing
    from tracker.model import TrackedItem
    from tracker.rules import Span

__all__ = ["Cohort", "Duration", "Step", "Times", "Week", "build_times"]

_DAY = timedelta(days=1)

_PROVEN, _BARE, _DUPLICATE = Line.WITH_EVIDENCE, Line.WITHOUT_EVIDENCE, Line.DUPLICATE
_MISSING, _MOVED, _GONE, _ELSEWHERE = Line.MISSING, Line.MOVED, Status.MISSING, Status.MOVED
"""Looked up once: an enum's members are slow to reach in Python 3.11, and items are many."""


class Step(Struct, frozen=True):
    """The share completed by a day after the commitment, with its 95% interval (log-log, Greenwood)."""

    day: int
    share: float
    low: float
    high: float


class Duration(Struct, frozen=True, kw_only=True):
    """Kaplan-Meier days from commitment to a completion that stands.

    `items` were counted, `done` of them completed. `median` is None where fewer than half are done: then it is more
    than `observed` days, the longest anybody waited. `interval` is the median's (None: not reached). Steps of `at` are
    days that somebody waited for. Under five items there are no median, interval and steps. `said` is the figure in
    words: "31 days (95% interval 13 days to not reached)", "more than 90 days (fewer than half done)", "2 of 4 so far".
    """

    items: int
    done: int
    median: float | None
    interval: tuple[float | None, float | None] | None
    observed: int
    at: tuple[Step, ...]
    said: str


class Times(Struct, frozen=True, kw_only=True):
    """Time to completion, dates kept, slips, cohorts and the flow of twelve weeks (oldest first, the running one last).

    `kept` judges first due dates that have passed by the close, `kept_proven` by the accepted completion, `kept_moved`
    the dates as they stand after moving. `slipped` items moved their date, `moves` times in all; `slip_days` is the
    median of how far.
    """

    to_proof: Duration
    to_close: Duration
    kept: Rate
    kept_proven: Rate
    kept_moved: Rate
    slipped: int
    moves: int
    slip_days: float | None
    cohorts: tuple[Cohort, ...]
    weeks: tuple[Week, ...]


def build_times(items: Iterable[TrackedItem], standings: Sequence[Standing], moment: Moment, basis: Basis) -> Times:
    """The times of `items`; `standings` are theirs at the moment."""
    to_close, to_proof = _build_durations(standings, moment)
    slips = find_slips(standings)
    cohorts, weeks = build_flow(items, moment.at, basis)
    return Times(
        to_proof=to_proof,
        to_close=to_close,
        kept=build_kept(standings),
        kept_proven=build_kept_proven(standings, moment),
        kept_moved=build_kept_moved(standings, moment),
        slipped=len(slips),
        moves=sum(moves for _days, moves in slips),
        slip_days=median(days for days, _moves in slips) if slips else None,
        cohorts=cohorts,
        weeks=weeks,
    )


class _Waits(Struct):
    """Days waited, one an item, and whether it was completed then (else it was last seen waiting)."""

    days: list[float] = []
    completed: list[bool] = []

    def add(self, committed: datetime, completed: datetime | None, seen: float) -> None:
        """An item that was last seen after so many days."""
        self.days.append(seen if completed is None else _wait(committed, completed))
        self.completed.append(completed is not None)


def _wait(committed: datetime, end: datetime) -> float:
    """Days; what was completed before it was promised took no time."""
    return max((end - committed) / _DAY, 0.0)


def _build_durations(standings: Iterable[Standing], moment: Moment) -> tuple[Duration, Duration]:
    """Days to the close and to the accepted completion.

    Not planned and waived items stay at risk until now: leaving them would read as if they might yet be done (so the
    shares equal Aalen and Johansen's cumulative incidence). A lost item is followed until it was lost. Left out are
    duplicates, and what is done by the document's word alone: nobody knows when.
    """
    to_close, to_proof = _Waits(), _Waits()
    for standing in standings:
        line, tracked = standing.line, standing.tracked
        closed = proven = None
        seen = moment.at
        if line is _PROVEN or line is _BARE:
            closed = _closed(standing, moment)
            if closed is None:
                continue
            if line is _PROVEN:
                proven = max(closed, shown_at(tracked, moment))
        elif line is _DUPLICATE:
            continue
        elif line is _MISSING or line is _MOVED:
            seen = _lost_at(tracked, moment.at)
            if len(tracked.transitions) > 1:  # it may have been completed before it was lost
                closed = _standing_since(closed_spans(tracked, moment.at))
                proven = _standing_since(accepted_spans(tracked, moment.at, moment.accept))
        waited = _wait(tracked.committed, seen)
        to_close.add(tracked.committed, closed, waited)
        to_proof.add(tracked.committed, proven, waited)
    return _build_duration(to_close), _build_duration(to_proof)


def _closed(standing: Standing, moment: Moment) -> datetime | None:
    """When the close that stands happened: closed twice in a row, it was done the first time."""
    if len(standing.tracked.transitions) < 2:
        return standing.closed
    return _standing_since(closed_spans(standing.tracked, moment.at)) or standing.closed


def _standing_since(spans: Sequence[Span]) -> datetime | None:
    return spans[-1].start if spans and spans[-1].end is None else None


def _lost_at(tracked: TrackedItem, until: datetime) -> datetime:
    """When an item that is lost was: the first change that says so and has no other after it."""
    lost = None
    for transition in tracked.transitions:  # in order: a standing's history is
        if transition.at > until:
            break
        is_lost = transition.to is _GONE or transition.to is _ELSEWHERE
        lost = (lost or transition.at) if is_lost else None
    return lost or until


def _build_duration(waits: _Waits) -> Duration:
    items, done, observed = len(waits.days), sum(waits.completed), int(max(waits.days, default=0.0))
    if items < FEW:
        said = f"{tally(build_rate(done, items))} so far" if items else "no actions"
        return Duration(items=items, done=done, median=None, interval=None, observed=observed, at=(), said=said)
    curve = kaplan_meier(waits.days, waits.completed)
    interval = curve.median_interval
    steps = [(day, curve.share_at(day)) for day in AGES if day <= observed]
    return Duration(
        items=items,
        done=done,
        median=curve.median,
        interval=interval,
        observed=observed,
        at=tuple(Step(day, point.share, point.low, point.high) for day, point in steps),
        said=_say_median(curve.median, interval, observed),
    )


def _say_median(middle: float | None, interval: tuple[float | None, float | None], observed: int) -> str:
    if middle is None and observed == 0:
        return "followed for less than a day (fewer than half done)"
    if middle is None:
        return f"more than {_days(observed)} (fewer than half done)"
    return f"half within {_days(middle)} ({_say_interval(*interval)})"


def _say_interval(low: float | None, high: float | None) -> str:
    if high is None:
        return f"95% interval from {_days(low)}, upper end not reached yet"
    return f"95% interval {_days(low)} to {_days(high)}"


def _days(days: float | None) -> str:
    if days is None:
        return "not reached"
    return counted(round(days), "day") if round(days) else "less than a day"
