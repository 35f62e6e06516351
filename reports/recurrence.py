"""What came back, as a fact: incidents of a class seen before, and what stood against the class at that moment. Pure.

No verdict is given here. Whether a class became quieter needs all incidents, clocks and exact tests (METHOD.md); they
belong in this room, beside the fact and never mixed with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.standing import LOST, UNFINISHED, Line, Moment, Standing, build_standings
from reports.words import clean, link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.model import ReviewHeader

EPISODE = timedelta(hours=72)
"""Incidents of one class within this time of each other are one episode, unless an item was completed in between."""

RETURNS_LISTED = 12
"""Returns worked out in full, newest first; the rest are counted."""

ITEMS_LISTED = 25

_WORDS = (
    "overdue",
    *(Line.OPEN, Line.NOT_PUSHED, Line.MOVED, Line.MISSING),
    *(Line.WITHOUT_EVIDENCE, Line.WITH_EVIDENCE, Line.NOT_PLANNED, Line.DUPLICATE),
)


class Stood(StrEnum):
    """What stood against a class when it came back, in one phrase."""

    UNFINISHED = "a promised action was unfinished"
    LOST = "a promised action was lost"
    FINISHED = "the promised actions were finished"
    DROPPED = "the promised actions were not planned"
    PROPOSED = "there were proposals only"
    NONE = "there was no action"


class Against(Struct, frozen=True, kw_only=True):
    """An item aimed at the class: how it stood when the class came back, and how it stands now."""

    key: str
    title: str
    url: str
    then: str
    now: str
    still_unfinished: bool


class Return(Struct, frozen=True, kw_only=True):
    """An incident of a class that was seen before.

    `aimed` counts the items aimed at the class, without duplicates, `then` all of them by their state when it started;
    `items` lists the first, those unfinished before the others. `still_unfinished` counts those that were unfinished
    then and still are, `still_overdue` those of them that are overdue now.
    """

    review_id: str
    title: str
    url: str
    severity: str
    team: str
    incident_class: str
    started: datetime
    previous_id: str
    previous_started: datetime
    is_new: bool
    stood: Stood
    aimed: int
    unfinished: int
    still_unfinished: int
    still_overdue: int
    then: dict[str, int]
    items: tuple[Against, ...]

    @property
    def days_between(self) -> int:
        """Whole days since the class was last seen."""
        return (self.started - self.previous_started).days


class Recurrence(Struct, frozen=True, kw_only=True):
    """All returns counted, the newest listed. `same_episode` incidents continue one; `unusable` lack class or start."""

    returned: int = 0
    returned_new: int = 0
    returned_classes: int = 0
    same_episode: int = 0
    unusable: int = 0
    listed: tuple[Return, ...] = ()


def build_recurrence(
    reviews: Mapping[str, ReviewHeader],
    class_of: Mapping[str, str],
    standings: Iterable[Standing],
    proposed: frozenset[str],
    moment: Moment,
) -> Recurrence:
    """What came back among the reviewed incidents; `new` are those of the last seven days.

    `class_of` gives each review its class, `proposed` the reviews that hold proposals.
    """
    incidents = _incidents_by_class(reviews.values(), class_of, moment)
    aimed = _items_by_class(standings, class_of)
    pairs, same_episode = [], 0
    for name, of_class in incidents.items():
        found, continued = _returns(of_class, aimed.get(name, ()))
        pairs += found
        same_episode += continued
    pairs.sort(key=lambda pair: (_start(pair[1]), pair[1].id), reverse=True)
    since = moment.at - timedelta(days=7)
    return Recurrence(
        returned=len(pairs),
        returned_new=sum(_start(review) > since for _before, review in pairs),
        returned_classes=len({class_of[review.id] for _before, review in pairs}),
        same_episode=same_episode,
        unusable=len(reviews) - sum(map(len, incidents.values())),
        listed=tuple(
            _build_return(before, review, incidents[class_of[review.id]], aimed, class_of, proposed, moment)
            for before, review in pairs[:RETURNS_LISTED]
        ),
    )


def _start(review: ReviewHeader) -> datetime:
    if review.started is None:
        raise ValueError(f"{review.id} has no start")
    return review.started


def _incidents_by_class(
    reviews: Iterable[ReviewHeader], class_of: Mapping[str, str], moment: Moment
) -> dict[str, list[ReviewHeader]]:
    by_class: dict[str, list[ReviewHeader]] = {}
    for review in reviews:
        if class_of[review.id] and review.started is not None and review.started <= moment.at:
            by_class.setdefault(class_of[review.id], []).append(review)
    for of_class in by_class.values():
        of_class.sort(key=lambda review: (_start(review), review.id))
    return by_class


def _items_by_class(standings: Iterable[Standing], class_of: Mapping[str, str]) -> dict[str, list[Standing]]:
    by_class: dict[str, list[Standing]] = {}
    for standing in standings:
        name = class_of.get(standing.tracked.review_id, "")
        if name:
            by_class.setdefault(name, []).append(standing)
    return by_class


def _returns(
    of_class: Sequence[ReviewHeader], aimed: Sequence[Standing]
) -> tuple[list[tuple[ReviewHeader, ReviewHeader]], int]:
    """The incidents that are a return, each with the one before it, and how many only continue an episode."""
    done = sorted(s.closed for s in aimed if s.line is Line.WITH_EVIDENCE and s.closed is not None)
    found, continued = [], 0
    for before, review in pairwise(of_class):
        completed_between = bisect_right(done, _start(review)) > bisect_right(done, _start(before))
        if _start(review) - _start(before) > EPISODE or completed_between:
            found.append((before, review))
        else:
            continued += 1
    return found, continued


def _build_return(
    before: ReviewHeader,
    review: ReviewHeader,
    of_class: Sequence[ReviewHeader],
    aimed: Mapping[str, Sequence[Standing]],
    class_of: Mapping[str, str],
    proposed: frozenset[str],
    moment: Moment,
) -> Return:
    name, started = class_of[review.id], _start(review)
    now = {s.tracked.key: s for s in aimed.get(name, ()) if s.tracked.review_id != review.id}
    then = build_standings((s.tracked for s in now.values()), moment.earlier(started))
    words = Counter(s.word for s in then)
    unfinished = [s for s in then if s.line in UNFINISHED]
    still = [left for s in unfinished if (left := now[s.tracked.key]).line in UNFINISHED]
    earlier_proposals = any(other.id in proposed for other in of_class if _start(other) < started)
    return Return(
        review_id=clean(review.id),
        title=clean(review.title),
        url=link(review.url),
        severity=clean(review.severity),
        team=clean(review.team),
        incident_class=name,
        started=started.astimezone(moment.zone),
        previous_id=clean(before.id),
        previous_started=_start(before).astimezone(moment.zone),
        is_new=started > moment.at - timedelta(days=7),
        stood=_stood(then, proposed=earlier_proposals),
        aimed=sum(s.line is not Line.DUPLICATE for s in then),
        unfinished=len(unfinished),
        still_unfinished=len(still),
        still_overdue=sum(left.overdue for left in still),
        then={word: words[word] for word in _WORDS if word in words},
        items=_against(then, now),
    )


def _stood(then: Sequence[Standing], *, proposed: bool) -> Stood:
    lines = {standing.line for standing in then}
    if lines & UNFINISHED:
        return Stood.UNFINISHED
    if lines & LOST:
        return Stood.LOST
    if lines & {Line.WITH_EVIDENCE, Line.WITHOUT_EVIDENCE}:
        return Stood.FINISHED
    if lines:
        return Stood.DROPPED
    return Stood.PROPOSED if proposed else Stood.NONE


def _against(then: Sequence[Standing], now: Mapping[str, Standing]) -> tuple[Against, ...]:
    def order(standing: Standing) -> tuple[bool, bool, str]:
        return (standing.line not in UNFINISHED, not standing.overdue, standing.tracked.key)

    first = sorted(then, key=order)[:ITEMS_LISTED]
    return tuple(_build_against(standing, now[standing.tracked.key]) for standing in first)


def _build_against(then: Standing, now: Standing) -> Against:
    return Against(
        key=clean(then.tracked.key),
        title=clean(then.tracked.item.title),
        url=link(then.tracked.issue.url) if then.tracked.issue else "",
        then=then.word,
        now=now.word,
        still_unfinished=then.line in UNFINISHED and now.line in UNFINISHED,
    )
