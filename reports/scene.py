"""What every section of the report looks at: the items and where they stand, the reviews and the incidents. Pure.

Worked out once. Nothing here is narrowed: what stood against a class is asked of all items, whoever asks.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from reports.basis import Basis, label_of
from reports.incidents import Incidents, Telling, build_tellings, group_tellings, join_incidents
from reports.standing import Moment, Standing, build_standings
from tracker.model import ReviewHeader, TrackedItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from tracker.model import Facts


class Scene(Struct, frozen=True, kw_only=True):
    """How things stood at the moment of the report.

    `items` are all that the facts hold, `standings` those committed by then. `reviews` are those held by then, in order
    of id; `class_of` gives each its class, canonical: its own, else the one that other sources give its incident.
    `told` is all that was told of each incident, together.
    """

    moment: Moment
    today: date
    basis: Basis
    items: tuple[TrackedItem, ...]
    standings: list[Standing]
    by_review: dict[str, list[Standing]]
    by_condition: dict[str, list[Standing]]
    reviews: dict[str, ReviewHeader]
    class_of: dict[str, str]
    proposed: frozenset[str]
    told: list[list[Telling]]
    incidents: Incidents


def build_scene(facts: Facts, as_of: datetime, basis: Basis) -> Scene:
    """Everything as it stood at `as_of`, by what the facts know today."""
    moment = Moment(at=as_of, zone=basis.zone, accept=basis.accept)
    items = _promised_in_zone(_without_later_doubt(facts, as_of), facts.reviews, basis)
    standings = build_standings(items, moment)
    by_review = group_by_review(standings)
    reviews = _known_reviews(facts.reviews, items, by_review, moment)
    told = group_tellings(build_tellings(reviews, facts.incidents))
    incidents = join_incidents(told, as_of, basis)
    reviews = {name: _with_class(review, incidents) for name, review in reviews.items()}
    return Scene(
        moment=moment,
        today=as_of.astimezone(basis.zone).date(),
        basis=basis,
        items=items,
        standings=standings,
        by_review=by_review,
        by_condition=group_by_condition(standings),
        reviews=reviews,
        class_of={name: basis.class_of(review.incident_class) for name, review in reviews.items()},
        proposed=frozenset(review_id for review_id, _title in facts.proposed),
        told=told,
        incidents=incidents,
    )


def group_by_review(standings: Iterable[Standing]) -> dict[str, list[Standing]]:
    """The standings of each review, in the order they came."""
    by_review: dict[str, list[Standing]] = {}
    for standing in standings:
        by_review.setdefault(standing.tracked.review_id, []).append(standing)
    return by_review


def group_by_condition(standings: Iterable[Standing]) -> dict[str, list[Standing]]:
    """The standings of each failure condition; one that names several is with each, one that names none with `""`."""
    by_condition: dict[str, list[Standing]] = {}
    for standing in standings:
        names = standing.tracked.item.conditions
        if len(names) > 1:
            for label in {label_of(name) for name in names}:
                by_condition.setdefault(label, []).append(standing)
        else:
            by_condition.setdefault(label_of(names[0]) if names else "", []).append(standing)
    return by_condition


def held_on(review: ReviewHeader, zone: tzinfo) -> date | None:
    """The day a review counts from: its own, else that on which its incident started."""
    if review.reviewed is not None or review.started is None:
        return review.reviewed
    return review.started.date() if review.day_only else review.started.astimezone(zone).date()


def _without_later_doubt(facts: Facts, as_of: datetime) -> tuple[TrackedItem, ...]:
    """The items, where a failure to read one at the last sync casts no doubt on the days before it."""
    synced = {tracker.name: tracker.last_good_sync for tracker in facts.trackers}

    def known(tracked: TrackedItem) -> TrackedItem:
        issue = tracked.issue
        if issue is None or not issue.strikes:
            return tracked
        seen = synced.get(issue.tracker)
        return tracked if seen is None or as_of >= seen else replace(tracked, issue=replace(issue, strikes=0))

    return tuple(known(tracked) for tracked in facts.items)


def _promised_in_zone(
    items: tuple[TrackedItem, ...], reviews: Iterable[ReviewHeader], basis: Basis
) -> tuple[TrackedItem, ...]:
    """The items, where a promise dated by its review's day alone (told as midnight UTC) begins with that day."""
    days = {one.id: (datetime.combine(one.reviewed, time(), UTC), one.reviewed) for one in reviews if one.reviewed}
    begins = {name: (told, basis.midnight(day)) for name, (told, day) in days.items()}
    if all(told == begin for told, begin in begins.values()):
        return items
    found = []
    for tracked in items:
        told, begin = begins.get(tracked.review_id, (None, None))
        is_day = told is not None and tracked.committed == told
        found.append(replace(tracked, committed=begin.astimezone(UTC)) if is_day and begin else tracked)
    return tuple(found)


def _known_reviews(
    headers: Iterable[ReviewHeader],
    items: Iterable[TrackedItem],
    by_review: Mapping[str, list[Standing]],
    moment: Moment,
) -> dict[str, ReviewHeader]:
    """The reviews held by then, by id in order; an item whose review is not known gets an empty header.

    A review counts from its date, else from the start of its incident, else from the first commitment of its items.
    """
    with_items = {item.review_id for item in items}
    today = moment.at.astimezone(moment.zone).date()
    known = {name: ReviewHeader(id=name) for name in by_review}
    for header in headers:
        if header.id in by_review or _is_held(header, moment, today, undated=header.id not in with_items):
            known[header.id] = header
    return dict(sorted(known.items()))


def _is_held(header: ReviewHeader, moment: Moment, today: date, *, undated: bool) -> bool:
    day = held_on(header, moment.zone)
    if day is None:
        return undated
    is_exact = header.reviewed is None and not header.day_only
    return header.started <= moment.at if is_exact and header.started is not None else day <= today


def _with_class(review: ReviewHeader, incidents: Incidents) -> ReviewHeader:
    """The review with the class that a feed or a file gives its incident, where it says none itself."""
    if review.incident_class or (incident := incidents.by_review.get(review.id)) is None or not incident.classes:
        return review
    return replace(review, incident_class=incident.classes[0])
