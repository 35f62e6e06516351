"""How the verdict on a class is said: the word, the evidence beside it, and what to mind. Pure.

Said of what happened since, never of what led to it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reports.bursts import BURSTY
from reports.episodes import day_of
from reports.statistics.rates import zero_events_upper
from reports.verdict import Verdict
from reports.words import counted, day, times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from reports.basis import Basis
    from reports.course import Case, Course

YEAR = timedelta(days=365)
_LARGE = 100
_WHOLE = 10
_LEAST_P = 0.001
_TWENTIETH = 20
"""From so many classes on, one in twenty is a whole one."""
_ALMOST = 2.9
"""What is said of nearly three: "expected about 3.0" beside "too early to tell" would look like a mistake."""
_NOT_SET = "`[report] records_since` is not set: no pace can be judged."


def say_verdict(case: Case, pace: int, tell_on: date | None, basis: Basis) -> str:
    """The verdict in words."""
    match case.verdict:
        case Verdict.NOT_FIXED:
            return f"{case.verdict}, {pace or 'none'} {_period(case.course, basis)}"
        case Verdict.IN_PROGRESS:
            anchor = case.course.clock.anchor
            return f"{case.verdict}, {case.counts.done:,} of {len(anchor.promises) if anchor else 0:,} done"
        case Verdict.TOO_EARLY if tell_on:
            return f"{case.verdict} (if it stays quiet, we can tell on {day(tell_on)})"
        case Verdict.CAME_BACK:
            return f"{case.verdict} (too early to judge the pace)"
        case Verdict.LESS_OFTEN:
            return f"quieter: came back {times(case.counts.after)}, less often"
        case _:
            return case.verdict.value


def say_evidence(case: Case, basis: Basis) -> str:
    """The facts beside the word: how often it came back, and what the old pace would have brought.

    Of a class that is not fixed yet, `reports.elsewhere` says what there is.
    """
    if case.verdict is Verdict.NOT_FIXED:
        return ""
    if case.verdict is Verdict.IN_PROGRESS:
        return _seen(case, "Seen", "since the first completion", basis) or "Not seen since the first completion."
    return " ".join(part for part in (_seen(case, "Came back", "since the fix", basis), _pace(case)) if part)


def say_caution(course: Course, merged: Sequence[str], spread: float | None, basis: Basis) -> str:
    """What to mind: records that do not reach back, names counted together, bursts."""
    notes = [_records(course, basis)] if course.is_complete else []
    if merged:
        names = f"{', '.join(merged[:-1])} and {merged[-1]}" if len(merged) > 1 else merged[0]
        are = "they are aliases" if len(merged) > 1 else "it is an alias"
        notes.append(f"Counted together with {names} since {are}.")
    if spread is not None and spread > BURSTY:
        notes.append(f"Bursty (variance/mean {spread:.1f}): treat with caution.")
    return " ".join(note for note in notes if note)


def say_by_luck(judgeable: int, quieter: int, complete: int) -> str:
    """How many of the classes that can be judged read quieter, and may by luck; nothing where no clock runs."""
    if not complete:
        return ""
    if not judgeable:
        return "No class has had enough time for its pace to be judged."
    have = "class has" if judgeable == 1 else "classes have"
    lucky = f", here {int(judgeable / 20 + 0.5):,}" if judgeable >= _TWENTIETH else ""
    return (
        f"{judgeable:,} {have} had enough time to be judged; {quieter or 'none'} {'reads' if quieter == 1 else 'read'} "
        f"quieter. Up to about 1 in 20 may look quieter by luck{lucky}."
    )


def pace_since(course: Course) -> datetime:
    """From when the current pace is counted: a year back, or where records begin."""
    year_ago = course.now - YEAR
    return year_ago if course.since is None else max(year_ago, course.since)


def a_year_at_most(case: Case) -> float | None:
    """The upper limit of the yearly rate of a class seen once only before the fix, and not since."""
    counts = case.counts
    if not counts.has_pace or counts.counted_before or counts.after:
        return None
    return zero_events_upper(counts.days_after) * YEAR.days


def about(figure: float) -> str:
    """`4.1`; `1,204` where tenths do not matter."""
    return f"{figure:.1f}" if figure < _LARGE else f"{figure:,.0f}"


def compared(ratio: float | None, interval: tuple[float, float | None] | None) -> str:
    """`pace since / before: 0.24, 95% interval 0.03 to 1.25, two-sided`; nothing where it cannot be worked out."""
    if interval is None:
        return ""
    low, high = interval
    reach = f"95% interval {_ratio(low)} to {_ratio(high) if high is not None else 'no upper limit'}, two-sided"
    return f"pace since / before: {reach if ratio is None else f'{_ratio(ratio)}, {reach}'}"


def chance(p: float) -> str:
    """`p 0.016`."""
    return f"p below {_LEAST_P}" if p < _LEAST_P else f"p {p:.2g}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < _WHOLE else f"{ratio:,.0f}"


def _period(course: Course, basis: Basis) -> str:
    since = pace_since(course)
    if since == course.now - YEAR:
        return f"in the last {YEAR.days} days"
    return f"since {day(since.astimezone(basis.zone))}"


def _seen(case: Case, verb: str, since: str, basis: Basis) -> str:
    episodes = case.split.after if case.course.is_complete else case.split.during
    if not episodes:
        return ""
    last = day(day_of(episodes[-1][-1], basis.zone))
    return f"{verb} {times(len(episodes))} {since}, {'on' if len(episodes) == 1 else 'last'} {last}."


def _pace(case: Case) -> str:
    counts, figures = case.counts, case.figures
    if not counts.has_pace or figures.expected is None:
        return ""
    if counts.counted_before == 0:
        seen = "Seen once before the fix" if counts.before else "Nothing on record before the fix"
        at_most = a_year_at_most(case)
        if at_most is None:
            return f"{seen}."
        days = counted(int(counts.days_after), "day")
        return f"{seen}; 0 in {days} means at most {about(at_most)}/yr (95%)."
    figure = compared(figures.ratio, figures.interval)
    figure = f" {figure[0].upper()}{figure[1:]}." if figure else ""
    saw = f"{counts.after:,}" if counts.after else "none"
    expected = figures.expected if figures.is_judgeable else min(figures.expected, _ALMOST)
    return f"Expected about {about(expected)} at the old pace, saw {saw}{_deciding(case)}.{figure}"


def _deciding(case: Case) -> str:
    """What the verdict rests on: a one-sided test, or that none came where three or more were expected.

    The interval of the ratio is two-sided, so it may reach over 1 beside "quieter".
    """
    figures = case.figures
    if case.verdict is Verdict.NOT_SEEN:
        return "; none where 3 or more were expected reads as quieter"
    if case.verdict is Verdict.WORSE and figures.p_worse is not None and figures.p_others is not None:
        return f" (one-sided exact {chance(figures.p_worse)}, beside other classes {chance(figures.p_others)})"
    if case.verdict in (Verdict.LESS_OFTEN, Verdict.NO_CHANGE) and figures.p_quieter is not None:
        return f" (one-sided exact {chance(figures.p_quieter)})"
    return ""


def _records(course: Course, basis: Basis) -> str:
    if course.since is None:
        return _NOT_SET
    begin = day(course.since.astimezone(basis.zone))
    if course.days_before <= 0:
        return f"Records begin on {begin}, after the first completion: no pace can be judged."
    return f"Watched since {begin}." if course.name in basis.watched_since else ""
