"""Every class of incident with its verdict at one moment: what reviews aimed at it, joined with its incidents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from reports.clock import History, build_clock
from reports.course import Case, Company, build_case, build_course
from reports.deeds import Aimed, build_aimed
from reports.scene import held_on

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import date

    from reports.basis import Basis
    from reports.incidents import Incidents, Occurrence
    from reports.standing import Moment
    from tracker.model import ReviewHeader, TrackedItem

_REVIEW_ONLY = ("review",)


class Cases(Struct, frozen=True, kw_only=True):
    """All classes by name in order, the company they are compared with, and the first completion of each item.

    `aimed` is what they were made of: what each review aimed at its class.
    """

    by_name: dict[str, Case]
    company: Company
    completed: dict[str, datetime]
    aimed: Mapping[str, Sequence[Aimed]]


def read_cases(
    incidents: Incidents, class_of: Mapping[str, str], items: Iterable[TrackedItem], moment: Moment, basis: Basis
) -> Cases:
    """The cases at the moment of the report; `class_of` gives the class of each review held by then."""
    aimed = build_aimed(items, class_of, incidents, moment)
    return build_cases(incidents, class_of.values(), aimed, moment.at, basis)


def build_cases(
    incidents: Incidents,
    reviewed: Iterable[str],
    aimed: Mapping[str, Sequence[Aimed]],
    now: datetime,
    basis: Basis,
) -> Cases:
    """The case of every class that has incidents or was reviewed; what is aimed at no class has completions only."""
    courses = {
        name: build_course(name, incidents.by_class.get(name, ()), aimed.get(name, ()), now, basis)
        for name in sorted({*incidents.by_class, *reviewed} - {""})
    }
    company = Company(courses.values())
    clocks = [*(course.clock for course in courses.values()), build_clock(aimed.get("", ()), History(), now)]
    completed: dict[str, datetime] = {}
    for clock in clocks:
        for at, key in clock.completions:
            completed.setdefault(key, at)
    by_name = {name: build_case(course, company) for name, course in courses.items()}
    return Cases(by_name=by_name, company=company, completed=completed, aimed=aimed)


def known_at(
    incidents: Incidents, reviews: Mapping[str, ReviewHeader], committed: Container[str], moment: Moment
) -> tuple[Incidents, set[str]]:
    """The incidents that had started by an earlier moment, and the ids of the reviews held by then.

    `committed` are the reviews with an action by then. An incident that only a later review told of was not known yet.
    """
    today = moment.at.astimezone(moment.zone).date()
    held = {name for name, header in reviews.items() if name in committed or _is_held(header, moment, today)}

    def was_known(one: Occurrence) -> bool:
        told = one.sources != _REVIEW_ONLY or any(name in held for name in one.reviews)
        return told and one.started <= moment.at

    known = tuple(filter(was_known, incidents.known))
    by_class = {name: found for name, all_ in incidents.by_class.items() if (found := tuple(filter(was_known, all_)))}
    return replace(incidents, known=known, by_class=by_class), held


def _is_held(header: ReviewHeader, moment: Moment, today: date) -> bool:
    day = held_on(header, moment.zone)
    return day is not None and day <= today
