"""Did it help? A verdict for each class of incident, and one for all of them together. Pure.

The clock starts when the first review's actions for the class were all accepted as complete, and never moves; the
trigger is left out of "before"; nothing is claimed before three incidents would have been expected. A class verdict can
confirm that a class nearly vanished, not that it was halved.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.basis import label_of
from reports.cases import Cases, build_cases, known_at, read_cases
from reports.class_help import ClassHelp, build_class_help
from reports.conditions import ConditionFact, build_condition_facts
from reports.elsewhere import Elsewhere
from reports.lines import Listing
from reports.overall import Overall, build_overall
from reports.pooled import Pooled, build_pooled
from reports.renames import Rename, build_renames
from reports.saying import say_by_luck
from reports.standing import Moment
from reports.statistics.proportions import benjamini_hochberg
from reports.strip import Mark, Point
from reports.verdict import QUIETER, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reports.basis import Basis
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
        build_class_help(case, labels.get(name, set()) - {name}, adjusted.get(name), was.get(name), elsewhere, basis)
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


def _place(helped: ClassHelp) -> tuple[bool, int, str]:
    """Where a class stands on the page: what came back first, what nobody works on and nobody sees last."""
    is_idle = helped.verdict is Verdict.NOT_FIXED and helped.pace == 0
    return is_idle, _ON_THE_PAGE.index(helped.verdict), helped.name
