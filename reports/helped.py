"""Did it help? A verdict for each class of incident, and one for all of them together. Pure.

The clock starts when the first review's actions for the class were all accepted as complete, and never moves; the
trigger is left out of "before"; nothing is claimed before three incidents would have been expected. A class verdict can
confirm that a class nearly vanished, not that it was halved.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.basis import label_of
from reports.bursts import BURSTY, dispersion
from reports.cases import Cases, build_cases, known_at, read_cases
from reports.conditions import ConditionFact, build_condition_facts
from reports.elsewhere import Elsewhere
from reports.episodes import day_of, start_of
from reports.lines import Listing
from reports.overall import Overall, build_overall
from reports.pooled import Pooled, build_pooled
from reports.renames import Rename, build_renames
from reports.saying import a_year_at_most, pace_since, say_by_luck, say_caution, say_evidence, say_verdict
from reports.standing import Moment
from reports.statistics.proportions import benjamini_hochberg
from reports.statistics.rates import days_until_expected
from reports.strip import Mark, Point, build_points
from reports.verdict import QUIETER, Verdict
from reports.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reports.basis import Basis
    from reports.course import Case
    from reports.deeds import Aimed
    from reports.incidents import Incidents
    from tracker.model import ReviewHeader, TrackedItem

__all__ = [
    "ClassHelp",
    "ConditionFact",
    "Helped",
    "Mark",
    "Point",
    "Pooled",
    "Rename",
    "Verdict",
    "Within",
    "build_helped",
]

_WEEK = timedelta(days=7)
_ON_THE_PAGE = (
    Verdict.WORSE,
    Verdict.CAME_BACK,
    Verdict.NO_CHANGE,
    Verdict.LESS_OFTEN,
    Verdict.IN_PROGRESS,
    Verdict.NOT_FIXED,
    Verdict.TOO_EARLY,
    Verdict.NOT_SEEN,
)


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


class Within(Struct, frozen=True, kw_only=True):
    """The classes and the reviews that a narrowed report is about; verdicts are made of all incidents all the same."""

    classes: Container[str]
    reviews: Container[str]


class Helped(Struct, frozen=True, kw_only=True):
    """Every class that was reviewed or seen, in the order of the page; `by_luck` is how many may look quieter by luck.

    `renames_unlisted` counts the possible renames beyond those worked out. `conditions` are completed actions whose
    targeted condition was seen again since. `overall` tells of all incidents together.
    """

    classes: tuple[ClassHelp, ...]
    judgeable: int
    by_luck: str
    pooled: Pooled | None
    renames: tuple[Rename, ...]
    renames_unlisted: int = 0
    conditions: Listing[ConditionFact] = Listing(total=0, first=())
    overall: Overall | None = None


def build_helped(
    incidents: Incidents,
    reviews: Mapping[str, ReviewHeader],
    items: Iterable[TrackedItem],
    as_of: datetime,
    basis: Basis,
    cases: Cases | None = None,
    within: Within | None = None,
) -> Helped:
    """What may be said at `as_of` of every class, of all together, and of labels that may be another's new name.

    `incidents` are those that started by then, `reviews` those held by then. `cases` are theirs, where they are read
    already. With `within`, what is outside of it is left out, and nothing is said of all classes together.
    """
    tracked = tuple(items)
    moment = Moment(at=as_of, zone=basis.zone, accept=basis.accept)
    class_of = {name: basis.class_of(header.incident_class) for name, header in reviews.items()}
    cases = cases or read_cases(incidents, class_of, tracked, moment, basis)
    was = _verdicts_before(incidents, reviews, class_of, cases.aimed, moment, basis)
    adjusted = _adjust(cases)
    labels = _labels(cases, reviews, basis)
    elsewhere = Elsewhere(tracked, cases.completed, class_of, as_of)
    classes = [
        _class_help(case, labels.get(name, set()) - {name}, adjusted.get(name), was.get(name), elsewhere, basis)
        for name, case in cases.by_name.items()
        if within is None or name in within.classes
    ]
    renames, unlisted = build_renames(cases.by_name, cases.company, basis, None if within is None else within.classes)
    judgeable = sum(one.judgeable for one in classes)
    return Helped(
        classes=tuple(sorted(classes, key=_place)),
        judgeable=judgeable,
        by_luck=say_by_luck(
            judgeable,
            sum(one.judgeable and one.verdict in QUIETER for one in classes),
            sum(one.fixed_at is not None for one in classes),
        ),
        pooled=build_pooled([case.course for case in cases.by_name.values()]) if within is None else None,
        renames=renames,
        renames_unlisted=unlisted,
        conditions=build_condition_facts(_completed(tracked, cases, within), incidents.known, basis.zone),
        overall=build_overall(incidents, as_of, basis) if within is None else None,
    )


def _verdicts_before(
    incidents: Incidents,
    reviews: Mapping[str, ReviewHeader],
    class_of: Mapping[str, str],
    aimed: Mapping[str, Sequence[Aimed]],
    moment: Moment,
    basis: Basis,
) -> dict[str, Verdict]:
    """The verdicts of seven days ago, on the classes that were known then."""
    earlier = moment.earlier(moment.at - _WEEK)
    committed = {one.review_id for of_class in aimed.values() for one in of_class if one.first <= earlier.at}
    known, held = known_at(incidents, reviews, committed, earlier)
    cases = build_cases(known, {class_of[name] for name in held}, aimed, earlier.at, basis)
    return {name: case.verdict for name, case in cases.by_name.items()}


def _adjust(cases: Cases) -> dict[str, float]:
    """The exact p of the classes that can be judged, adjusted for how many they are."""
    found = {
        name: case.figures.p_quieter
        for name, case in cases.by_name.items()
        if case.figures.is_judgeable and case.figures.p_quieter is not None
    }
    return dict(zip(found, benjamini_hochberg(tuple(found.values())), strict=True)) if found else {}


def _labels(cases: Cases, reviews: Mapping[str, ReviewHeader], basis: Basis) -> dict[str, set[str]]:
    """The names that each class was seen under."""
    seen = {label_of(header.incident_class) for header in reviews.values()}
    seen.update(label for case in cases.by_name.values() for one in case.course.occurrences for label in one.labels)
    labels: dict[str, set[str]] = {}
    for label in seen:
        labels.setdefault(basis.aliases.get(label, label), set()).add(label)
    return labels


def _completed(items: Iterable[TrackedItem], cases: Cases, within: Within | None) -> list[tuple[datetime, TrackedItem]]:
    """The items that target conditions and were completed, each with its completion."""
    done = [one for one in items if one.evidence and one.transitions and one.item.conditions]
    if within is not None:
        done = [one for one in done if one.review_id in within.reviews]
    return [(at, one) for one in done if (at := cases.completed.get(one.key)) is not None]


def _class_help(
    case: Case,
    merged: Iterable[str],
    adjusted: float | None,
    was: Verdict | None,
    elsewhere: Elsewhere,
    basis: Basis,
) -> ClassHelp:
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


def _place(helped: ClassHelp) -> tuple[bool, int, str]:
    """Where a class stands on the page: what came back first, what nobody works on and nobody sees last."""
    is_idle = helped.verdict is Verdict.NOT_FIXED and helped.pace == 0
    return is_idle, _ON_THE_PAGE.index(helped.verdict), helped.name
