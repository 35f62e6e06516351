"""What came in and what went out: twelve weeks of flow, and the months of commitment as they aged. Pure.

Both come of one pass over the items: each item's history is cut into phases, and every figure is read off them.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.basis import Basis
    from tracker.model import TrackedItem

WEEKS = 12
MONTHS = 12
AGES = (30, 60, 90, 180)
"""The ages in days at which a month's items are looked at."""

_DAY = timedelta(days=1)

_TO_COME, _LIVE, _WAIVED, _CLOSED, _PROVEN, _DROPPED, _DUPLICATE, _LOST = range(8)
"""What an item is: not promised yet, to be done, waived, closed without evidence or with it, not planned, and so on."""

_STATE = {
    Status.NOT_PUSHED: _LIVE,
    Status.OPEN: _LIVE,
    Status.IN_PROGRESS: _LIVE,
    Status.DONE: _CLOSED,
    Status.NOT_PLANNED: _DROPPED,
    Status.DUPLICATE: _DUPLICATE,
    Status.MOVED: _LOST,
    Status.MISSING: _LOST,
}
_TO_DO = frozenset({_TO_COME, _LIVE, _WAIVED})
_SETTLED = frozenset({_CLOSED, _PROVEN, _DROPPED})

_Phases = list[tuple[datetime, int]]
"""The states of an item, each with its beginning, oldest first; no two in a row are equal."""


class Cohort(Struct, frozen=True, kw_only=True):
    """The items committed in one month (`2026-03`): how many are still open after 30, 60, 90 and 180 days.

    Each of `open_after` is (days, still open, of those that are old enough): how they stood at that age, whatever
    became of them. An age that nobody reached is left out; so is an item at an age at which it was lost, since nobody
    can tell. Duplicates are in none of the counts; not planned and waived items count as not open.
    """

    month: str
    items: int
    open_after: tuple[tuple[int, int, int], ...]


class Week(Struct, frozen=True, kw_only=True):
    """One week that begins on `begins`: what came in and went out, and how things stood when it ended.

    `opened` were committed in it, `closed` are closes (done or not planned) that happened in it, `reopened` the other
    way; what was closed already when it was committed comes in and goes out at once. At its end (or now):
    `unfinished`, `closed_in_all`, `proven` (done with evidence), `lost` (moved or missing) and `counted` (the
    denominator), as the completion figures of that moment have them.
    """

    begins: date
    opened: int
    closed: int
    reopened: int
    unfinished: int
    closed_in_all: int
    proven: int
    lost: int
    counted: int


def build_flow(
    items: Iterable[TrackedItem], as_of: datetime, basis: Basis
) -> tuple[tuple[Cohort, ...], tuple[Week, ...]]:
    """The cohorts of the last twelve months that have items, and the last twelve weeks; the oldest first."""
    today = as_of.astimezone(basis.zone).date()
    weeks = _WeekTally(_last_weeks(today, basis.week_starts), basis)
    cohorts = _CohortTally(_last_months(today), as_of, basis)
    for tracked in items:
        if tracked.committed <= as_of:
            phases = _phases(tracked, as_of, basis)
            weeks.add(phases)
            if tracked.committed >= cohorts.first:
                cohorts.add(phases)
    return cohorts.build(), weeks.build()


def _last_weeks(today: date, week_starts: int) -> tuple[date, ...]:
    running = today - _DAY * ((today.weekday() - week_starts) % 7)
    return tuple(running - _DAY * 7 * back for back in reversed(range(WEEKS)))


def _last_months(today: date) -> tuple[date, ...]:
    months = (today.year * 12 + today.month - 1 - back for back in reversed(range(MONTHS)))
    return tuple(date(month // 12, month % 12 + 1, 1) for month in months)


def _beginnings(days: Sequence[date], basis: Basis) -> list[datetime]:
    """The moments at which the days begin; in UTC, in which moments compare quickly."""
    return [basis.midnight(day).astimezone(UTC) for day in days]


class _WeekTally:
    """Counts of what happened by week: a state counts from the week it began in until the week that it ended in."""

    def __init__(self, days: Sequence[date], basis: Basis) -> None:
        self._days = days
        self._begins = _beginnings(days, basis)
        weeks = range(len(days) + 1)  # the first stands for all time before
        self._opened, self._closed, self._reopened = [0 for _ in weeks], [0 for _ in weeks], [0 for _ in weeks]
        self._changes = [[0 for _ in weeks] for _ in range(8)]

    def add(self, phases: _Phases) -> None:
        begins, changes = self._begins, self._changes
        first, before = begins[0], _TO_COME
        for at, state in phases:
            week = 0 if at < first else bisect_right(begins, at)
            changes[before][week] -= 1
            changes[state][week] += 1
            if before == _TO_COME:
                self._opened[week] += 1
            if state in _SETTLED:
                self._closed[week] += before in _TO_DO
            elif state in _TO_DO:
                self._reopened[week] += before in _SETTLED
            before = state

    def build(self) -> tuple[Week, ...]:
        standing = [list(accumulate(change)) for change in self._changes]
        committed = list(accumulate(self._opened))
        return tuple(
            Week(
                begins=day,
                opened=self._opened[week],
                closed=self._closed[week],
                reopened=self._reopened[week],
                unfinished=standing[_LIVE][week],
                closed_in_all=standing[_CLOSED][week] + standing[_PROVEN][week],
                proven=standing[_PROVEN][week],
                lost=standing[_LOST][week],
                counted=committed[week] - standing[_DUPLICATE][week],
            )
            for week, day in enumerate(self._days, start=1)
        )


class _CohortTally:
    """Counts by month of commitment: the items, and how they stood at each age; `first` begins the first month."""

    def __init__(self, days: Sequence[date], as_of: datetime, basis: Basis) -> None:
        self._days = days
        self._begins = _beginnings(days, basis)
        self.first = self._begins[0]
        self._ripe = [(index, timedelta(days=age), as_of - timedelta(days=age)) for index, age in enumerate(AGES)]
        self._items = [0 for _ in days]
        self._open = [[0 for _ in AGES] for _ in days]
        self._seen = [[0 for _ in AGES] for _ in days]

    def add(self, phases: _Phases) -> None:
        if phases[-1][1] == _DUPLICATE:
            return
        committed = phases[0][0]
        month = bisect_right(self._begins, committed) - 1
        self._items[month] += 1
        for index, age, ripe in self._ripe:
            if committed > ripe:
                break
            state = _state_at(phases, committed + age)
            if state != _LOST:
                self._seen[month][index] += 1
                self._open[month][index] += state == _LIVE

    def build(self) -> tuple[Cohort, ...]:
        return tuple(
            Cohort(
                month=f"{day:%Y-%m}",
                items=items,
                open_after=tuple((age, still, of) for age, still, of in zip(AGES, open_then, seen, strict=True) if of),
            )
            for day, items, open_then, seen in zip(self._days, self._items, self._open, self._seen, strict=True)
            if items
        )


def _state_at(phases: _Phases, at: datetime) -> int:
    state = phases[0][1]
    for since, later in phases:
        if since > at:
            break
        state = later
    return state


def _phases(tracked: TrackedItem, until: datetime, basis: Basis) -> _Phases:
    """The phases of an item that was committed by `until`; the first begins with its commitment."""
    phases = _by_status(tracked, until)
    if tracked.evidence:
        shown = min((e.at for e in tracked.evidence if e.at <= until and e.kind in basis.accept), default=None)
        phases = phases if shown is None else _proven(phases, shown)
    if tracked.waivers:
        spans = [(w.at, basis.midnight(w.until + _DAY)) for w in tracked.waivers if w.at <= until]
        phases = [phase for phase in _waived(phases, spans) if phase[0] <= until]
    return phases


def _by_status(tracked: TrackedItem, until: datetime) -> _Phases:
    """The phases that the tracker's history gives; what happened before the promise counts from the promise on.

    Without an issue the document's word stands, where it says done or not planned (`tracker.rules.standing_at`).
    """
    committed, issue = tracked.committed, tracked.issue
    if issue is None:
        said = tracked.item.status
        settled = said is Status.DONE or said is Status.NOT_PLANNED
        return [(committed, _STATE[said] if said is not None and settled else _LIVE)]
    phases = [(committed, _LIVE)]
    history = tracked.transitions
    if len(history) > 1:
        history = tuple(sorted(history, key=lambda t: (t.at, t.source, t.to)))
    earliest = max(committed, issue.created)
    for transition in history:
        at = max(transition.at, earliest)
        if at > until:
            break
        _begin(phases, at, _STATE[transition.to])
    return phases


def _begin(phases: _Phases, at: datetime, state: int) -> None:
    """Add a phase; one that lasted no time never was."""
    if phases[-1][0] == at:
        phases.pop()
    if not phases or phases[-1][1] != state:
        phases.append((at, state))


def _proven(phases: _Phases, shown: datetime) -> _Phases:
    """The phases, where closed items count as proven from the first accepted evidence on."""
    cut: _Phases = []
    for index, (at, state) in enumerate(phases):
        if state != _CLOSED or (index + 1 < len(phases) and phases[index + 1][0] <= shown):
            cut.append((at, state))
        elif shown <= at:
            cut.append((at, _PROVEN))
        else:
            cut += ((at, _CLOSED), (shown, _PROVEN))
    return cut


def _waived(phases: _Phases, spans: Sequence[tuple[datetime, datetime]]) -> _Phases:
    """The phases, where what somebody has to do counts as waived during the spans."""
    edges = {edge for span in spans for edge in span if edge > phases[0][0]}
    cut: _Phases = []
    for at in sorted(edges | {since for since, _state in phases}):
        state = _state_at(phases, at)
        if state == _LIVE and any(start <= at < end for start, end in spans):
            state = _WAIVED
        if not cut or cut[-1][1] != state:
            cut.append((at, state))
    return cut
