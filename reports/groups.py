"""Completion by what items share. Pure; in the order of the alphabet: no league table."""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words
from reports.lines import Listing, build_listing
from reports.rates import Completion, build_completion
from reports.scene import held_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from reports.standing import Standing
    from tracker.model import ReviewHeader


class Group(Struct, frozen=True, kw_only=True):
    """The completion of the items that share something; `name` is empty where the documents do not say it.

    The other fields are filled for reviews only.
    """

    name: str
    completion: Completion
    title: str = ""
    url: str = ""
    severity: str = ""
    on: date | None = None


def build_by_review_word(
    by_review: Mapping[str, list[Standing]], word_of: Mapping[str, str], reviews: Iterable[str]
) -> tuple[Group, ...]:
    """Groups by what a review says (its class, its team), `reviews` without items included."""
    members: dict[str, list[Standing]] = {}
    for review_id in reviews:
        members.setdefault(word_of[review_id], []).extend(by_review.get(review_id, ()))
    return _build_groups(members)


def build_by_horizon(standings: Iterable[Standing]) -> tuple[Group, ...]:
    """Immediate fixes apart from systemic ones."""
    members: dict[str, list[Standing]] = {}
    for standing in standings:
        members.setdefault(standing.tracked.item.horizon or "", []).append(standing)
    return _build_groups(members)


def build_by_kind(standings: Iterable[Standing]) -> tuple[Group, ...]:
    """By what the items change: prevent, detect, mitigate, process."""
    members: dict[str, list[Standing]] = {}
    for standing in standings:
        members.setdefault(standing.tracked.item.kind or "", []).append(standing)
    return _build_groups(members)


def build_by_condition(by_condition: Mapping[str, list[Standing]]) -> tuple[Group, ...]:
    """By failure condition; an item that names several is counted with each, so these do not add up to the whole."""
    return _build_groups(by_condition)


def build_review_groups(
    reviews: Iterable[ReviewHeader], by_review: Mapping[str, list[Standing]], zone: tzinfo
) -> Listing[Group]:
    """Completion by review, the latest review first."""
    dated = [(-on.toordinal() if (on := held_on(review, zone)) else 0, review.id, review) for review in reviews]
    return build_listing(
        dated, itemgetter(0, 1), lambda entry: _review_group(entry[2], by_review.get(entry[1], []), zone)
    )


def _build_groups(members: Mapping[str, list[Standing]]) -> tuple[Group, ...]:
    """In the order of the alphabet, what has no name last."""
    ordered = sorted(members.items(), key=lambda pair: (pair[0] == "", pair[0]))
    return tuple(Group(name=name, completion=build_completion(standings)) for name, standings in ordered)


def _review_group(review: ReviewHeader, standings: list[Standing], zone: tzinfo) -> Group:
    return Group(
        name=words.clean(review.id),
        completion=build_completion(standings),
        title=words.clean(review.title),
        url=words.link(review.url),
        severity=words.clean(review.severity),
        on=held_on(review, zone),
    )
