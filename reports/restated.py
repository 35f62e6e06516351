"""What has become known since the last report of things that happened before it: corrections, said openly. Pure.

Only what was first seen since then is worked out twice: as that report could know it, and as it is known now.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.episodes import day_of
from reports.incidents import Telling, build_telling, join_tellings, last_versions
from reports.known import is_known, item_known_at, unseen_reviews
from reports.standing import build_standings
from reports.words import clean, day, link

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from reports.basis import Basis
    from reports.incidents import Occurrence
    from reports.scene import Scene
    from reports.standing import Moment
    from tracker.model import Facts, Incident, ReviewHeader, TrackedItem

    _Pair = tuple[Sequence[Telling], Sequence[Telling]]

WEEK = timedelta(days=7)
LISTED = 25
_UNKNOWN = "not known"

_Key = tuple[str, str]
"""A source, and the id it has for an incident."""


class ItemRestated(Struct, frozen=True, kw_only=True):
    """An item that stood otherwise at the last report than that report could know."""

    key: str
    title: str
    url: str
    was: str
    now: str


class IncidentRestated(Struct, frozen=True, kw_only=True):
    """An incident of before the last report that was not known then, or was known otherwise. `what` says which."""

    id: str
    url: str
    incident_class: str
    started: date | None
    what: str


class Restated(Struct, frozen=True, kw_only=True):
    """Corrections to the report of seven days before. Items and incidents are the first; totals count all of them.

    `unknown` says why there is none where it could not be worked out (the store is younger), else it is empty.
    """

    of: datetime
    items_total: int
    items: tuple[ItemRestated, ...]
    incidents_total: int
    incidents: tuple[IncidentRestated, ...]
    unknown: str


def build_restated(
    scene: Scene, facts: Facts, reviews: Container[str], concerns: Callable[[Occurrence], bool]
) -> Restated:
    """The corrections to the report of seven days before: to items of these reviews, and to incidents of concern."""
    of, basis = scene.moment.at - WEEK, scene.basis
    items: list[ItemRestated] = []
    incidents: list[IncidentRestated] = []
    unknown = ""
    if facts.known_since is not None and facts.known_since > of:
        began = day(facts.known_since.astimezone(basis.zone))
        unknown = f"This store began on {began}, after the report of {day(of.astimezone(basis.zone))}."
    else:
        items = _restate_items((item for item in facts.items if item.review_id in reviews), scene.moment.earlier(of))
        incidents = _restate_incidents(scene, facts, of, concerns)
    return Restated(
        of=of.astimezone(basis.zone),
        items_total=len(items),
        items=tuple(nsmallest(LISTED, items, key=lambda one: one.key)),
        incidents_total=len(incidents),
        incidents=tuple(nsmallest(LISTED, incidents, key=lambda one: (one.started or date.max, one.id, one.what))),
        unknown=unknown,
    )


def _restate_items(items: Iterable[TrackedItem], moment: Moment) -> list[ItemRestated]:
    found = []
    for item in items:
        if item.committed > moment.at or not _has_late_facts(item, moment.at):
            continue
        was = _UNKNOWN
        if is_known(item.seen_at, moment.at):
            was = build_standings([item_known_at(item, moment.at)], moment)[0].word
        now = build_standings([item], moment)[0].word
        if was != now:
            url = link(item.issue.url) if item.issue else ""
            found.append(ItemRestated(key=clean(item.key), title=clean(item.item.title), url=url, was=was, now=now))
    return found


def _has_late_facts(item: TrackedItem, at: datetime) -> bool:
    """Whether something that had happened by then was first seen later."""
    if item.seen_at is not None and item.seen_at > at:
        return True
    for transition in item.transitions:
        if transition.seen_at is not None and transition.seen_at > at >= transition.at:
            return True
    return any(piece.seen_at is not None and piece.seen_at > at >= piece.at for piece in item.evidence)


def _restate_incidents(
    scene: Scene, facts: Facts, of: datetime, concerns: Callable[[Occurrence], bool]
) -> list[IncidentRestated]:
    """The incidents of before that were first known since, or are of another class, start or none at all by now."""
    late = {(one.source, one.id) for one in facts.incidents if not is_known(one.seen_at, of)}
    then = {
        (one.source, one.id): build_telling(one)
        for one in last_versions(
            one for one in facts.incidents if (one.source, one.id) in late and is_known(one.seen_at, of)
        )
    }
    unseen, day_then = unseen_reviews(facts.items, of), of.astimezone(scene.moment.zone).date()
    late |= {("review", review.id) for review in scene.reviews.values() if _is_later(review, unseen, day_then)}
    pairs = [*_still_told(scene.told, late, then), *_withdrawn(scene.told, facts.incidents, late, then)]
    found = []
    for told_then, told_now in pairs:
        before, after = (join_tellings(told, scene.basis, scene.moment.at) for told in (told_then, told_now))
        shown = after or before
        restated = _restate_incident(before, after, of, scene.basis)
        if restated is not None and shown is not None and concerns(shown):
            found.append(restated)
    return found


def _is_later(review: ReviewHeader, unseen: frozenset[str], day_then: date) -> bool:
    """Whether a review was held, or its items were first seen, since then."""
    return review.id in unseen or (review.reviewed is not None and review.reviewed > day_then)


def _still_told(told: Iterable[Sequence[Telling]], late: set[_Key], then: Mapping[_Key, Telling]) -> Iterator[_Pair]:
    """What was told of an incident then and is told now, where something of it is late."""
    for group in told:
        keys = [(telling.source, telling.incident.id) for telling in group]
        if not late.isdisjoint(keys):
            known = (then.get(key) if key in late else telling for key, telling in zip(keys, group, strict=True))
            yield [telling for telling in known if telling is not None], group


def _withdrawn(
    told: Iterable[Sequence[Telling]], incidents: Iterable[Incident], late: set[_Key], then: Mapping[_Key, Telling]
) -> Iterator[_Pair]:
    """What was told of an incident that nobody tells of any more."""
    gone = {(one.source, one.id) for one in incidents if one.gone} & late & then.keys()
    if not gone:
        return
    names = {name for group in told for telling in group for name in telling.names}
    for key in sorted(gone):
        if names.isdisjoint(then[key].names):
            yield [then[key]], ()


def _restate_incident(
    before: Occurrence | None, after: Occurrence | None, of: datetime, basis: Basis
) -> IncidentRestated | None:
    """What is otherwise: None where nothing is, or where both say that it started after the report."""
    started = [one.started for one in (before, after) if one is not None]
    shown = after or before
    if shown is None or min(started) > of:
        return None
    what = _difference(before, after, basis)
    if not what:
        return None
    return IncidentRestated(
        id=shown.id,
        url=shown.url,
        incident_class=shown.classes[0] if shown.classes else "",
        started=day_of(shown, basis.zone),
        what=what,
    )


def _difference(before: Occurrence | None, after: Occurrence | None, basis: Basis) -> str:
    if before is None:
        return "first known since"
    if after is None:
        return "withdrawn by its source since"
    said = []
    if before.classes != after.classes:
        was, now = (", ".join(one.classes) or "none" for one in (before, after))
        said.append(f"its class was {was} and is {now}")
    if (before.started, before.day_only) != (after.started, after.day_only):
        was, now = (_start_of(one, basis) for one in (before, after))
        said.append(f"its start was {was} and is {now}")
    return "; ".join(said)


def _start_of(incident: Occurrence, basis: Basis) -> str:
    if incident.day_only:
        return day(incident.started)
    return f"{incident.started.astimezone(basis.zone):%-d %b %Y %H:%M}"
