"""All classes with a complete set together: where a halving can be seen that no single class can show. Pure.

One exact test of all of them (a convolution of binomials) and one ratio (Mantel-Haenszel's, with Greenland's and
Robins' interval). The triggers are left out: counted, 22-28% of worlds in which nothing changed read as quieter. That
makes the figure a cautious one, so it is said with "at least".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import isinf
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.course import split_at_clock
from reports.episodes import start_of
from reports.saying import about, chance, compared
from reports.statistics.rates import Stratum, expected, mantel_haenszel, pooled_p
from reports.verdict import SIGNIFICANT
from reports.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from reports.course import Course


class Pooled(Struct, frozen=True, kw_only=True):
    """All classes with a complete set in one exact test; each incident once, in its primary class.

    `said` is the headline ("Together … at least …"), `context` what the classes without a complete set did over the
    same dates. `ratio` and `interval` are None where they cannot be worked out (an upper end of None is infinite).
    """

    classes: int
    expected: float
    seen: int
    p: float | None
    ratio: float | None
    interval: tuple[float, float | None] | None
    said: str
    context: str


def build_pooled(courses: Sequence[Course]) -> Pooled | None:
    """The headline over all classes; None while there is none whose time before and since the fix can be compared."""
    compared_with = [course for course in courses if course.is_complete and course.days_before > 0 < course.days_after]
    if not compared_with:
        return None
    strata = [_stratum(course) for course in compared_with]
    at_old_pace = sum(expected(one.n_before, one.t_before, one.t_after) for one in strata)
    seen = sum(one.n_after for one in strata)
    ratio, interval = _ratio(strata)
    p = pooled_p(strata)
    return Pooled(
        classes=len(strata),
        expected=at_old_pace,
        seen=seen,
        p=p,
        ratio=ratio,
        interval=interval,
        said=_say(len(strata), at_old_pace, seen, p, ratio, interval),
        context=_context([course for course in courses if not course.is_complete], compared_with),
    )


def _stratum(course: Course) -> Stratum:
    split = split_at_clock(course, course.primary)
    return Stratum(max(len(split.before) - 1, 0), course.days_before, len(split.after), course.days_after)


def _ratio(strata: Iterable[Stratum]) -> tuple[float | None, tuple[float, float | None] | None]:
    found = mantel_haenszel(strata)
    if found is None:
        return None, None
    ratio, (low, high) = found
    return ratio, (low, None if isinf(high) else high)


def _say(
    classes: int,
    at_old_pace: float,
    seen: int,
    p: float,
    ratio: float | None,
    interval: tuple[float, float | None] | None,
) -> str:
    is_one = classes == 1
    together = f"{'' if is_one else 'Together, '}{counted(classes, 'class', 'classes')} whose actions are complete"
    counts = f"expected about {about(at_old_pace)} at the old pace, saw {seen:,}"
    if ratio is None:
        return f"{together}: {counts}."
    figures = f"{counts} ({compared(ratio, interval)}; exact test, {chance(p)})"
    if p > SIGNIFICANT or ratio >= 1:
        return f"{together} {'shows' if is_one else 'show'} no clear change: {figures}."
    if seen == 0:
        return f"{together} {'has' if is_one else 'have'} not been seen since: {figures}."
    return f"{together} came back at least {percent(1 - ratio)} less often: {figures}."


def _context(unfinished: Iterable[Course], fixed: Iterable[Course]) -> str:
    """What the classes without a complete set did over the dates of each that has one."""
    groups = _by_records(unfinished)
    strata = [
        (since, stratum)
        for course in fixed
        for since, (starts, _count) in groups.items()
        if (stratum := _same_dates(course, since, starts)) is not None
    ]
    ratio, _interval = _ratio([stratum for _since, stratum in strata])
    if ratio is None:
        return ""
    count = sum(groups[since][1] for since in {since for since, _stratum in strata})
    pace = f"{ratio:.2g} times" if ratio else "none of"
    return (
        f"Over the same dates, {counted(count, 'class', 'classes')} without a complete set came at {pace} "
        f"{'its' if count == 1 else 'their'} earlier pace."
    )


def _by_records(courses: Iterable[Course]) -> dict[datetime, tuple[list[datetime], int]]:
    """Episodes of the classes by the moment their records begin, in order, and how many classes those are."""
    groups: dict[datetime, tuple[list[datetime], int]] = {}
    for course in courses:
        if course.since is not None:
            starts, count = groups.get(course.since, ([], 0))
            groups[course.since] = ([*starts, *map(start_of, course.primary)], count + 1)
    return {since: (sorted(starts), count) for since, (starts, count) in groups.items()}


def _same_dates(course: Course, recorded: datetime, starts: Sequence[datetime]) -> Stratum | None:
    first, last, since = course.clock.first, course.clock.last, course.since
    if first is None or last is None or since is None or max(since, recorded) >= first:
        return None
    begin = max(since, recorded)
    return Stratum(
        bisect_right(starts, first) - bisect_left(starts, begin),
        _days(first - begin),
        len(starts) - bisect_right(starts, last),
        course.days_after,
    )


def _days(span: timedelta) -> float:
    return span.total_seconds() / 86_400
