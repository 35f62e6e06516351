"""Whether the promised dates held, and how far they were moved. Pure.

On time is judged among the dates that have passed alone: counting early finishers whose date is ahead flatters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from reports.rates import Rate, build_rate
from reports.standing import Line, Timing, build_standings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reports.standing import Moment, Standing
    from tracker.model import TrackedItem

_PROVEN, _BARE = Line.WITH_EVIDENCE, Line.WITHOUT_EVIDENCE
_ON_TIME, _LATE, _UNKNOWN = Timing.ON_TIME, Timing.LATE, Timing.UNKNOWN
"""Looked up once: an enum's members are slow to reach in Python 3.11, and items are many."""


def build_kept(standings: Iterable[Standing]) -> Rate:
    """The first due dates that were kept by a close, as the completion figures have them."""
    return _build_rate(standing.timing for standing in standings)


def build_kept_proven(standings: Iterable[Standing], moment: Moment) -> Rate:
    """The first due dates that were kept by an accepted completion."""
    return _build_rate(_timing_of_proof(standing, moment) for standing in standings)


def build_kept_moved(standings: Iterable[Standing], moment: Moment) -> Rate:
    """The due dates as they stand now that were kept by a close."""
    return _build_rate(_timings_as_moved(standings, moment))


def find_slips(standings: Iterable[Standing]) -> list[tuple[int, int]]:
    """Of each item whose due date is later than the first one was: by how many days, in how many moves."""
    return [slip for standing in standings if (slip := _slip(standing)) is not None]


def shown_at(tracked: TrackedItem, moment: Moment) -> datetime:
    """When the first accepted evidence of an item was there. Raises ValueError where it has none by then."""
    return min(e.at for e in tracked.evidence if e.at <= moment.at and e.kind in moment.accept)


def _build_rate(timings: Iterable[Timing | None]) -> Rate:
    """How many of the dates that have passed were kept; those that nobody can tell make it a bound."""
    on_time = unknown = of = 0
    for timing in timings:
        if timing is not None:
            of += 1
            on_time += timing is _ON_TIME
            unknown += timing is _UNKNOWN
    return build_rate(on_time, of, unknown)


def _timing_of_proof(standing: Standing, moment: Moment) -> Timing | None:
    """Whether the accepted completion kept the first due date: what was closed on time may be shown too late."""
    timing, first_due = standing.timing, standing.tracked.first_due
    if timing is None or timing is _LATE or first_due is None:
        return timing
    if standing.line is _BARE:
        return _LATE
    if standing.line is not _PROVEN:
        return timing
    shown = shown_at(standing.tracked, moment)
    if standing.closed is not None and shown <= standing.closed:
        return timing
    return _LATE if shown.astimezone(moment.zone).date() > first_due else timing


def _timings_as_moved(standings: Iterable[Standing], moment: Moment) -> list[Timing | None]:
    """Each item judged against the date as it stands now, in no order."""
    today = moment.at.astimezone(moment.zone).date()
    timings, moved = [], []
    for standing in standings:
        tracked, due = standing.tracked, standing.tracked.item.due
        if due == tracked.first_due:
            timings.append(standing.timing)
        elif due is not None and due < today:
            moved.append(replace(tracked, first_due=due))
    return timings + [standing.timing for standing in build_standings(moved, moment)]


def _slip(standing: Standing) -> tuple[int, int] | None:
    """By how many days the due date was moved later, and in how many moves; None where it was not."""
    first_due, due = standing.tracked.first_due, standing.tracked.item.due
    if first_due is None or due is None or due <= first_due:
        return None
    return (due - first_due).days, max(len(standing.tracked.moves), 1)
