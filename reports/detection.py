"""How long incidents of a class took to be detected and mitigated, before the fix and since. Pure.

Medians, counts and dots; never a mean, never "improved": see the VOID reports on why means of such durations mislead.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.episodes import day_of
from reports.rates import FEW
from reports.statistics.ranks import hodges_lehmann_ratio, mann_whitney_greater, median
from reports.words import counted, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.basis import Basis
    from reports.helped import ClassHelp, Helped
    from reports.incidents import Incidents, Occurrence

_MINUTE = timedelta(minutes=1)
_IN_MINUTES = 120
"""Up to this many minutes a duration is said in minutes."""

_CLEAR = 0.05
_NO_CHANGE = "no clear change (a halving would need about 50 each side to show)"
"""The power for a halving is 19% with 5 incidents each side, 55% with 20 and 86% with 50 (simulated)."""


class Dot(Struct, frozen=True, kw_only=True):
    """One incident: its day, its minutes, and whether it was since the fix."""

    id: str
    on: date
    minutes: float
    since_fix: bool


class Pace(Struct, frozen=True, kw_only=True):
    """One duration of one class. `measure` is `detect` (start to detection) or `mitigate` (detection to mitigation).

    `before` and `after` are how many could be measured, the trigger is in neither; `missing` lack a time, or have one
    that is before the other. Medians are in minutes. `ratio` is Hodges and Lehmann's (after over before; None too where
    durations of no minutes leave it open), `p_faster` the exact one-sided Mann-Whitney; both None under five a side.
    `said` is all of it in words. A class without a fix has everything in `before`. Dots are in the order of time.
    """

    name: str
    measure: str
    before: int
    after: int
    missing: int
    median_before: float | None
    median_after: float | None
    ratio: float | None
    p_faster: float | None
    said: str
    dots: tuple[Dot, ...]


def build_detection(incidents: Incidents, helped: Helped, basis: Basis) -> tuple[Pace, ...]:
    """Both durations of each class that has an incident to measure, in the order of `helped`."""
    measures = (("detect", _to_detect), ("mitigate", _to_mitigate))
    return tuple(
        pace
        for known in helped.classes
        for measure, minutes in measures
        if (pace := _build_pace(known, measure, minutes, incidents, basis)) is not None
    )


def lasting(minutes: float) -> str:
    """A duration in words: `under 1 min`, `45 min`, `3 h 20 min` over 120 minutes, `2 days 5 h` from 48 hours."""
    whole = round(minutes)
    if whole == 0 and minutes > 0:
        return "under 1 min"
    if whole <= _IN_MINUTES:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 48:
        return f"{hours} h {rest} min"
    return f"{number(hours // 24)} days {hours % 24} h"


def _to_detect(incident: Occurrence) -> float | None:
    """Minutes from start to detection; a start whose hour is not known, or that was made up, measures nothing."""
    if incident.day_only or incident.assumed_start:
        return None
    return _minutes(incident.started, incident.detected)


def _to_mitigate(incident: Occurrence) -> float | None:
    return _minutes(incident.detected, incident.mitigated)


def _minutes(start: datetime | None, end: datetime | None) -> float | None:
    """None too where the end is before the start: one of the two is wrong, and nobody can tell which."""
    return None if start is None or end is None or end < start else (end - start) / _MINUTE


def _build_pace(
    known: ClassHelp, measure: str, minutes: Callable[[Occurrence], float | None], incidents: Incidents, basis: Basis
) -> Pace | None:
    """One duration of one class; None where no incident has it."""
    trigger = incidents.by_review.get(known.anchor) if known.fixed_at else None
    of_class = [
        one for one in incidents.by_class.get(known.name, ()) if one is not trigger and _is_compared(one, known)
    ]
    dots = [_dot(one, lasted, known.fixed_at, basis) for one in of_class if (lasted := minutes(one)) is not None]
    if not dots:
        return None
    before = [dot.minutes for dot in dots if not dot.since_fix]
    after = [dot.minutes for dot in dots if dot.since_fix]
    compared = len(before) >= FEW and len(after) >= FEW
    ratio = _ratio(before, after) if compared else None
    p_faster = mann_whitney_greater(before, after)[1] if compared else None
    missing = len(of_class) - len(dots)
    return Pace(
        name=known.name,
        measure=measure,
        before=len(before),
        after=len(after),
        missing=missing,
        median_before=median(before) if before else None,
        median_after=median(after) if after else None,
        ratio=ratio,
        p_faster=p_faster,
        said=_say(before, after, ratio, p_faster, missing, is_fixed=known.fixed_at is not None),
        dots=tuple(dots),
    )


def _is_compared(incident: Occurrence, known: ClassHelp) -> bool:
    """Not what happened before records began, nor while the set was being completed: that counts on neither side."""
    if known.since is not None and incident.started < known.since:
        return False
    first, last = known.fixed_from, known.fixed_at
    return first is None or last is None or not first < incident.latest_start <= last


def _dot(incident: Occurrence, minutes: float, fixed_at: datetime | None, basis: Basis) -> Dot:
    """A tie with the completion goes against the fix: what may have started later counts as since then."""
    return Dot(
        id=incident.id,
        on=day_of(incident, basis.zone),
        minutes=minutes,
        since_fix=fixed_at is not None and incident.latest_start > fixed_at,
    )


def _ratio(before: Sequence[float], after: Sequence[float]) -> float | None:
    """Hodges and Lehmann's; None where an earlier duration is nothing, since no ratio to it is known."""
    return hodges_lehmann_ratio(before, after) if min(before) > 0 else None


def _say(
    before: Sequence[float],
    after: Sequence[float],
    ratio: float | None,
    p_faster: float | None,
    missing: int,
    *,
    is_fixed: bool,
) -> str:
    medians = _say_medians(before, after, is_fixed=is_fixed)
    if p_faster is not None:
        said = f"{'faster' if p_faster <= _CLEAR else _NO_CHANGE}: {medians}"
        said += f", about {ratio:.2f} times as long" if ratio is not None else ""
    else:
        said = f"{medians}, too few to tell" if is_fixed else medians
    return f"{said}; not known of {number(missing)} more" if missing else said


def _say_medians(before: Sequence[float], after: Sequence[float], *, is_fixed: bool) -> str:
    """`median 62 → 30 min (8 → 5 incidents)`, or the one side that there is."""
    if before and after:
        first, last = median(before), median(after)
        both_in_minutes = round(max(first, last)) <= _IN_MINUTES
        said = f"{lasting(first).removesuffix(' min') if both_in_minutes else lasting(first)} → {lasting(last)}"
        return f"median {said} ({number(len(before))} → {counted(len(after), 'incident')})"
    said = f"median {lasting(median(before or after))} ({counted(len(before or after), 'incident')})"
    if not is_fixed:
        return said
    return f"{said} before, none since the fix" if before else f"none before, {said} since the fix"
