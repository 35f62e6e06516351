"""Several stores as one: those of a region, of a division. Pure; the order of the stores never matters.

Each store was derived from its own trackers, and two may have followed the same ones. What both know counts once: an
issue as it was read last, an item by its key, an incident by its source and id. A tracker is called as fresh as the
oldest reading that something counted rests on: where two stores follow one tracker that is the fresher one, and where
two trackers only share a name it is the staler one.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec.structs import replace

from reports.join_incidents import join_incidents
from reports.join_states import NEVER, choose, choose_states, earliest, order_of
from tracker.model import Facts, ReviewHeader, Status, TrackedItem, TrackerState
from tracker.rules import follow_due

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from reports.join_states import StateOrder
    from tracker.model import Evidence, Transition

    Seen = TypeVar("Seen", Evidence, Transition)

_GONE = (Status.DUPLICATE, Status.MISSING, Status.MOVED)
_source_of, _url_of = attrgetter("source"), attrgetter("url")


class _Told(NamedTuple):
    """An item as one store tells it, and how far that store's syncs of its tracker came (None: it never synced it)."""

    item: TrackedItem
    state: TrackerState | None


def join_facts(stores: Sequence[Facts]) -> Facts:
    """The facts of all stores, each once and in a fixed order. One store twice over is that store.

    Known since the day on which the last of them began: before it, nobody can say what all of them knew.
    """
    items, relied = _join_items(stores)
    incidents, relied_on_feeds = join_incidents(stores)
    return Facts(
        reviews=_join_reviews(stores),
        items=items,
        proposed=tuple(sorted({proposal for facts in stores for proposal in facts.proposed})),
        trackers=choose_states((state for facts in stores for state in facts.trackers), relied),
        incidents=incidents,
        feeds=choose_states((state for facts in stores for state in facts.feeds), relied_on_feeds),
        known_since=max((facts.known_since for facts in stores if facts.known_since is not None), default=None),
        pushed=tuple(sorted(_pushed(stores).items())),
    )


def _pushed(stores: Iterable[Facts]) -> dict[str, datetime]:
    """When each review was last written into an issue, as far as any store knows."""
    latest: dict[str, datetime] = {}
    for facts in stores:
        for name, at in facts.pushed:
            latest[name] = max(at, latest.get(name, at))
    return latest


def _join_reviews(stores: Sequence[Facts]) -> tuple[ReviewHeader, ...]:
    """Each review by its id: as it was pushed last, then the one that says more."""
    told: dict[str, list[tuple[datetime, ReviewHeader]]] = defaultdict(list)
    for facts in stores:
        pushed = dict(facts.pushed)
        for review in facts.reviews:
            told[review.id].append((pushed.get(review.id, NEVER), review))
    return tuple(_last_pushed(told[name]) for name in sorted(told))


def _last_pushed(told: Sequence[tuple[datetime, ReviewHeader]]) -> ReviewHeader:
    return choose(told, lambda one: (one[0], _count_known(one[1])))[1]


def _count_known(review: ReviewHeader) -> int:
    return sum(getattr(review, name) not in ("", (), None, False) for name in review.__struct_fields__)


def _join_items(stores: Sequence[Facts]) -> tuple[tuple[TrackedItem, ...], list[TrackerState]]:
    """Each item by its key, and the states of the trackers whose readings they rest on."""
    by_key: dict[str, list[_Told]] = defaultdict(list)
    by_issue: dict[str, list[_Told]] = defaultdict(list)
    for facts in stores:
        states = {state.name: state for state in facts.trackers}
        for item in facts.items:
            told = _Told(item, states.get(item.issue.tracker) if item.issue else None)
            by_key[item.key].append(told)
            if item.issue is not None:
                by_issue[item.issue.id].append(told)
    read = {issue_id: _last_read(told) for issue_id, told in by_issue.items()}
    items = tuple(_join_item(by_key[key], read) for key in sorted(by_key))
    last = (read[item.issue.id].state for item in items if item.issue is not None)
    return items, [state for state in last if state is not None]


def _last_read(told: Sequence[_Told]) -> _Told:
    """The last reading of an issue: by its own last change, then by when its tracker was last synced.

    What it tells was seen when the first of the stores saw it.
    """
    if len(told) == 1:
        return told[0]
    item, state = choose(told, _reading_order)
    transitions = _first_seen(item.transitions, [one.item.transitions for one in told], _source_of)
    evidence = _first_seen(item.evidence, [one.item.evidence for one in told], _url_of)
    return _Told(replace(item, transitions=transitions, evidence=evidence), state)


def _reading_order(told: _Told) -> tuple[datetime, StateOrder]:
    return (told.item.issue.updated if told.item.issue else NEVER, order_of(told.state))


def _first_seen(
    kept: tuple[Seen, ...], told: Sequence[tuple[Seen, ...]], name_of: Callable[[Seen], str]
) -> tuple[Seen, ...]:
    if all(each == kept for each in told):
        return kept
    seen: dict[str, list[datetime | None]] = defaultdict(list)
    for each in chain.from_iterable(told):
        seen[name_of(each)].append(each.seen_at)
    return tuple(replace(each, seen_at=earliest(seen[name_of(each)])) for each in kept)


def _join_item(told: Sequence[_Told], read: Mapping[str, _Told]) -> TrackedItem:
    """An item as the store has it that read its issue last, with the last reading of that issue."""
    item = told[0].item
    if len(told) > 1:
        item = choose(told, lambda one: _standing_order(one, read)).item
        item = replace(item, seen_at=earliest([one.item.seen_at for one in told]))
    if item.issue is None or (last := read[item.issue.id].item) is item:
        return item
    if last.issue is not None and item.issue != last.issue:  # another item tells of it what this store did not know
        item = follow_due(replace(item, issue=last.issue), ())
    return replace(item, transitions=last.transitions, evidence=last.evidence)


def _standing_order(told: _Told, read: Mapping[str, _Told]) -> tuple[bool, bool, StateOrder, datetime]:
    """What an item is believed by: an issue that is still there, read as late as can be."""
    issue = told.item.issue
    if issue is None:
        return (False, False, order_of(None), NEVER)
    last = read[issue.id].item.issue
    return (True, last is not None and last.status not in _GONE, order_of(told.state), issue.updated)
