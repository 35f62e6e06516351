"""The part of the whole that a report is narrowed to. Pure: nothing is worked out otherwise, only less is shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.basis import Basis
    from reports.incidents import Occurrence
    from tracker.model import Facts, ReviewHeader


class Scope(Struct, frozen=True, kw_only=True):
    """What was asked for; an empty field narrows nothing.

    `team` and `review` are compared without case, `incident_class` by the class that its name stands for. `since` is
    the first day of the window in which returns are counted; it narrows nothing else.
    """

    team: str = ""
    incident_class: str = ""
    review: str = ""
    since: date | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every review is in it."""
        return not (self.team or self.incident_class or self.review)

    def has_review(self, review: ReviewHeader, of_class: str, basis: Basis) -> bool:
        """Whether a review of that class (canonical) is in it."""
        return (
            (not self.team or _same(self.team, review.team))
            and (not self.incident_class or basis.class_of(self.incident_class) == of_class)
            and (not self.review or _same(self.review, review.id))
        )

    def has_incident(self, incident: Occurrence, reach: Reach, basis: Basis) -> bool:
        """Whether an incident is in it: of the team, or of what its reviews reach; with a review, of its class.

        A feed seldom knows of teams, so what a team promised to keep away concerns it, whoever had the incident.
        """
        return (
            (not self.team or _same(self.team, incident.team) or reach.has(incident))
            and (not self.incident_class or basis.class_of(self.incident_class) in incident.classes)
            and (not self.review or not reach.classes.isdisjoint(incident.classes))
        )


class Reach(Struct, frozen=True, kw_only=True):
    """The classes of the reviews in a scope, and the failure conditions that their items are aimed at."""

    classes: frozenset[str]
    conditions: frozenset[str]

    def has(self, incident: Occurrence) -> bool:
        """Whether an incident is of such a class, or has such a condition."""
        return not (self.classes.isdisjoint(incident.classes) and self.conditions.isdisjoint(incident.conditions))


class Names(Struct, frozen=True, kw_only=True):
    """What a scope may name, each in order."""

    teams: tuple[str, ...]
    classes: tuple[str, ...]
    reviews: tuple[str, ...]


def build_names(facts: Facts, basis: Basis) -> Names:
    """The teams, classes and reviews that the facts know of."""
    told = [name for incident in facts.incidents for name in incident.classes]
    classes = [basis.class_of(name) for name in (*(review.incident_class for review in facts.reviews), *told)]
    return Names(
        teams=_in_order([clean(one.team) for one in facts.reviews] + [clean(one.team) for one in facts.incidents]),
        classes=_in_order(classes),
        reviews=_in_order([review.id for review in facts.reviews] + [item.review_id for item in facts.items]),
    )


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))


def _same(asked: str, name: str) -> bool:
    return clean(asked).casefold() == clean(name).casefold()
