"""What stood against a class: the items aimed at it or at its failure conditions, as they were when it came back. Pure.

An item is aimed at the class of its review, and at the conditions it names. The items of an incident's own review did
not stand against it. Where only the day of a start is known, the moment asked about is the midnight that begins it: an
item closed on that day was unfinished then.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reports.aimed import Aimed, Pool, add_up
from reports.scene import held_on
from reports.standing import DONE, LOST, UNFINISHED, Line, Standing, line_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from reports.incidents import Occurrence
    from reports.scene import Scene


class Stood(StrEnum):
    """What stood against a class when it came back, in one phrase; the first that is true of any item is said."""

    UNFINISHED = "a promised action was unfinished"
    LOST = "a promised action was lost"
    WAIVED = "a promised action was waived"
    FINISHED = "the promised actions were finished"
    DROPPED = "the promised actions were not planned"
    PROPOSED = "there were proposals only"
    NONE = "there was no action"


_SAID = {
    **dict.fromkeys(UNFINISHED, Stood.UNFINISHED),
    **dict.fromkeys(LOST, Stood.LOST),
    Line.WAIVED: Stood.WAIVED,
    **dict.fromkeys(DONE, Stood.FINISHED),
    **dict.fromkeys((Line.NOT_PLANNED, Line.GONE), Stood.DROPPED),
}
"""What a line says of what stood; a duplicate says nothing, the item it repeats does."""

_ENOUGH = 4
"""More reviews than an incident ever has, so that one of another review is among them."""

_OF_ITEMS = tuple(dict.fromkeys(_SAID.values()))


class _Window(NamedTuple):
    """The items of one aim: the reviews of those that stood the same in the whole window, and the others one by one."""

    settled: dict[Stood, set[str]]
    moving: list[Standing]


class Aims:
    """All items by what they are aimed at. Nothing will be asked of incidents before `since` but `is_still_unfinished`.

    A class may have thousands of items, so what nearly always decides is looked at first: items that were unfinished
    all the time.
    """

    def __init__(self, scene: Scene, since: datetime) -> None:
        self._scene = scene
        self._since = since
        self._by_class: dict[str, list[Standing]] = {}
        for review_id, standings in scene.by_review.items():
            self._by_class.setdefault(scene.class_of[review_id], []).extend(standings)
        self._proposed = _first_proposals(scene)
        self._unfinished: dict[tuple[str, str], set[str]] = {}
        self._counted: dict[tuple[tuple[str, str], ...], Pool] = {}
        self._pools: dict[tuple[str, str], _Window] = {}

    def stood(self, incident: Occurrence) -> Stood:
        """What stood against an incident that started in the window."""
        own, aims = frozenset(incident.reviews), _aims_of(incident)
        if any(not self._waiting(aim, len(own)) <= own for aim in aims):
            return Stood.UNFINISHED
        pools = [self._pool(aim) for aim in aims]
        found = {said for pool in pools for said, reviews in pool.settled.items() if not reviews <= own}
        return self._say(incident, found | self._moving(incident, own, pools))

    def aimed(self, incident: Occurrence) -> Aimed:
        """How the items aimed at an incident stood when it started."""
        moment = self._scene.moment.earlier(incident.started)
        own = [id(one) for review_id in incident.reviews for one in self._scene.by_review.get(review_id, ())]
        aims = [tuple(("condition", name) for name in sorted(incident.conditions))]
        aims += [(("class", name),) for name in incident.classes]
        pools = [self._pool_of(aim) for aim in aims]
        return add_up([pool.count(moment, own, pools[:place]) for place, pool in enumerate(pools)])

    def say(self, incident: Occurrence, aimed: Aimed) -> Stood:
        """The phrase for how the items stood then."""
        return self._say(incident, {_SAID[line] for line in aimed.lines if line in _SAID})

    def is_still_unfinished(self, incident: Occurrence) -> bool:
        """Whether an item that was unfinished when it started still is; for an incident of any time."""
        zone = self._scene.moment.zone
        return any(
            standing.line in UNFINISHED and line_at(standing.tracked, incident.started, zone) in UNFINISHED
            for standing in self._aimed(incident)
        )

    def _aimed(self, incident: Occurrence) -> Iterator[Standing]:
        """The items aimed at it that were committed by then; one may come twice."""
        own, started = incident.reviews, incident.started
        for aim in _aims_of(incident):
            for standing in self._of(aim):
                if standing.tracked.committed <= started and standing.tracked.review_id not in own:
                    yield standing

    def _pool_of(self, aims: tuple[tuple[str, str], ...]) -> Pool:
        """The items of several aims; the same conditions come again with other incidents."""
        if aims not in self._counted:
            self._counted[aims] = Pool(standing for aim in aims for standing in self._of(aim))
        return self._counted[aims]

    def _of(self, aim: tuple[str, str]) -> list[Standing]:
        kind, name = aim
        return (self._by_class if kind == "class" else self._scene.by_condition).get(name, [])

    def _waiting(self, aim: tuple[str, str], own: int) -> set[str]:
        """Reviews with an item that was unfinished all the time; no more than make sure that one is not among `own`."""
        found = self._unfinished.get(aim)
        if found is None:
            found = self._unfinished[aim] = set()
            for standing in self._of(aim):
                if standing.line in UNFINISHED and _is_settled(standing, self._since):
                    found.add(standing.tracked.review_id)
                    if len(found) > max(own, _ENOUGH):
                        break
        return found

    def _pool(self, aim: tuple[str, str]) -> _Window:
        if aim not in self._pools:
            self._pools[aim] = _build_window(self._of(aim), self._since)
        return self._pools[aim]

    def _moving(self, incident: Occurrence, own: frozenset[str], pools: Iterable[_Window]) -> set[Stood]:
        zone, found = self._scene.moment.zone, set[Stood]()
        for pool in pools:
            for standing in pool.moving:
                tracked = standing.tracked
                if tracked.committed > incident.started or tracked.review_id in own:
                    continue
                said = _SAID.get(line_at(tracked, incident.started, zone))
                if said is Stood.UNFINISHED:
                    return {said}
                if said is not None:
                    found.add(said)
        return found

    def _say(self, incident: Occurrence, found: set[Stood]) -> Stood:
        if found:
            return min(found, key=_OF_ITEMS.index)
        first = (self._proposed[name] for name in incident.classes if name in self._proposed)
        return Stood.PROPOSED if any(at < incident.started for at in first) else Stood.NONE


def _aims_of(incident: Occurrence) -> list[tuple[str, str]]:
    return [("class", name) for name in incident.classes] + [("condition", name) for name in incident.conditions]


def _build_window(standings: Iterable[Standing], since: datetime) -> _Window:
    settled: dict[Stood, set[str]] = {}
    moving = []
    for standing in standings:
        if not _is_settled(standing, since):
            moving.append(standing)
        elif standing.line in _SAID:
            settled.setdefault(_SAID[standing.line], set()).add(standing.tracked.review_id)
    return _Window(settled=settled, moving=moving)


def _is_settled(standing: Standing, since: datetime) -> bool:
    """Whether nothing happened to it since `since` that could make it stand otherwise at a moment after that."""
    tracked = standing.tracked
    if tracked.waivers or tracked.resolutions or tracked.committed > since:
        return False
    if tracked.issue is not None and tracked.issue.created > since:
        return False
    return not tracked.transitions or tracked.transitions[-1].at <= since


def _first_proposals(scene: Scene) -> dict[str, datetime]:
    """When the first review of each class that holds a proposal was held."""
    first: dict[str, datetime] = {}
    for review_id in scene.proposed:
        review = scene.reviews.get(review_id)
        if review is None or (day := held_on(review, scene.basis.zone)) is None:
            continue
        name, held = scene.class_of[review_id], scene.basis.midnight(day)
        first[name] = min(held, first.get(name, held))
    return first
