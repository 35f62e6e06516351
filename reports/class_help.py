"""What may be said of one class: its counts, its verdict and the words beside it, as one record. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.bursts import BURSTY, dispersion
from reports.episodes import day_of, start_of
from reports.saying import a_year_at_most, pace_since, say_caution, say_evidence, say_verdict
from reports.statistics.rates import days_until_expected
from reports.strip import Point, build_points
from reports.verdict import Verdict
from reports.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.basis import Basis
    from reports.course import Case
    from reports.elsewhere import Elsewhere


class ClassHelp(Struct, frozen=True, kw_only=True):
    """One class: what it did before and since the fix, and what may be said of it.

    `said` is the verdict in words ("in progress, 2 of 3 done"). `evidence` ("Expected about 4.1 at the old pace, saw 1
    …") and `caution` (bursts, records that begin late, merged names) are complete sentences or empty. `merged` are the
    other labels it was seen under. `anchor` is the review whose set counts, `done` of `of` its items; empty while
    nothing was completed. `since` is when records begin, `fixed_from` the first completion of the set (c1), `fixed_at`
    the last (c2; None while it is not complete).

    Counts are episodes: `before` with and `counted_before` without the trigger, `during` between c1 and c2, `after`
    later than c2, which is `came_back` as a fact. Without any completion all are before, without a complete set none is
    after. `incidents` are all there are, in all time. `pace` counts the episodes of the last 365 days, or since records
    began. `days_*` are exact days.

    `expected`, `ratio`, `interval` (its upper end None where infinite) and the p-values are None where they cannot be
    worked out; `p_others` is the Fisher gate of "worse". `adjusted` is Benjamini and Hochberg's p_quieter over the
    classes that can be judged, to be read against 0.10. `tell_on` is the day from which it can be told if it stays
    quiet. `a_year_at_most` is set where the class was seen once only before the fix, and not since. `dispersion` is
    variance over mean of monthly episodes before the fix. `was` is the verdict seven days ago where it was another.
    `points` are the marks of the strip, `unmarked` how many older ones it leaves out.
    """

    name: str
    title: str
    merged: tuple[str, ...]
    verdict: Verdict
    said: str
    evidence: str
    caution: str
    anchor: str
    done: int
    of: int
    since: datetime | None
    fixed_from: datetime | None
    fixed_at: datetime | None
    incidents: int
    before: int
    counted_before: int
    during: int
    after: int
    days_before: float
    days_after: float
    expected: float | None
    ratio: float | None
    interval: tuple[float, float | None] | None
    p_quieter: float | None
    p_worse: float | None
    p_others: float | None
    adjusted: float | None
    judgeable: bool
    tell_on: date | None
    a_year_at_most: float | None
    dispersion: float | None
    bursty: bool
    pace: int
    last_seen: date | None
    came_back: int
    was: Verdict | None
    points: tuple[Point, ...]
    unmarked: int = 0


def build_class_help(
    case: Case,
    merged: Iterable[str],
    adjusted: float | None,
    was: Verdict | None,
    elsewhere: Elsewhere,
    basis: Basis,
) -> ClassHelp:
    """The record of a class; `merged` are its other labels, `adjusted` its p among the others', `was` a week ago."""
    course, counts, figures, zone = case.course, case.counts, case.figures, basis.zone
    anchor, first, last = course.clock.anchor, course.clock.first, course.clock.last
    names = tuple(sorted(merged))
    until = first or course.now
    spread = None if course.since is None else dispersion(case.split.before, course.since, until, basis)
    lately = pace_since(course)
    pace = sum(start_of(episode) > lately for episode in course.episodes)
    tell_on = _tell_on(case, basis)
    points, unmarked = build_points(case, zone)
    return ClassHelp(
        name=course.name,
        title=basis.title_of(course.name),
        merged=names,
        verdict=case.verdict,
        said=say_verdict(case, pace, tell_on, basis),
        evidence=say_evidence(case, basis) or elsewhere.say(case),
        caution=say_caution(course, names, spread, basis),
        anchor=clean(anchor.review_id) if anchor else "",
        done=counts.done,
        of=len(anchor.promises) if anchor else 0,
        since=None if course.since is None else course.since.astimezone(zone),
        fixed_from=None if first is None else first.astimezone(zone),
        fixed_at=None if last is None else last.astimezone(zone),
        incidents=len(course.occurrences),
        before=counts.before,
        counted_before=counts.counted_before,
        during=len(case.split.during),
        after=counts.after,
        days_before=max(counts.days_before, 0.0),
        days_after=counts.days_after,
        expected=figures.expected,
        ratio=figures.ratio,
        interval=figures.interval,
        p_quieter=figures.p_quieter,
        p_worse=figures.p_worse,
        p_others=figures.p_others,
        adjusted=adjusted,
        judgeable=figures.is_judgeable,
        tell_on=tell_on,
        a_year_at_most=a_year_at_most(case),
        dispersion=spread,
        bursty=spread is not None and spread > BURSTY,
        pace=pace,
        last_seen=day_of(course.occurrences[-1], zone) if course.occurrences else None,
        came_back=counts.after,
        was=None if was is case.verdict else was,
        points=points,
        unmarked=unmarked,
    )


def _tell_on(case: Case, basis: Basis) -> date | None:
    """The day on which three episodes would have been expected since the fix at the old pace."""
    last, counts = case.course.clock.last, case.counts
    if last is None or counts.days_before <= 0:
        return None
    days = days_until_expected(counts.counted_before, counts.days_before)
    return None if days is None else (last + timedelta(days=days)).astimezone(basis.zone).date()
