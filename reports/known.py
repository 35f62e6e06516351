"""What was known at a moment: the facts without all that was first seen later. Pure.

What carries no time of being seen counts as always known, as an older store kept it. A review is known once one of its
items is, a due date to have moved and a decision to be made from the moment that was recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from reports.standing import replay

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tracker.model import Facts, TrackedItem, TrackerState


def facts_known_at(facts: Facts, known_at: datetime) -> Facts:
    """The facts as this store held them at `known_at`, as far as it recorded when it saw what.

    The newest good sync is all that is kept of each tracker: where it is later, `known_at` itself stands in for the one
    before, and nothing is said of what failed since. So an old report does not call its own knowledge old. A failure to
    read an issue at that later sync is not known either.
    """
    synced = {state.name: state.last_good_sync for state in facts.trackers}
    items = tuple(
        item_known_at(_without_later_strikes(item, synced, known_at), known_at)
        for item in facts.items
        if is_known(item.seen_at, known_at)
    )
    unseen = unseen_reviews(facts.items, known_at)
    return replace(
        facts,
        items=items,
        reviews=tuple(review for review in facts.reviews if review.id not in unseen),
        proposed=tuple(proposal for proposal in facts.proposed if proposal[0] not in unseen),
        incidents=tuple(one for one in facts.incidents if is_known(one.seen_at, known_at)),
        trackers=tuple(_state_at(state, known_at) for state in facts.trackers),
        feeds=tuple(_state_at(state, known_at) for state in facts.feeds),
    )


def is_known(seen_at: datetime | None, known_at: datetime) -> bool:
    """Whether something was seen by then; what nobody dated always was."""
    return seen_at is None or seen_at <= known_at


def unseen_reviews(items: Iterable[TrackedItem], known_at: datetime) -> frozenset[str]:
    """The reviews all of whose items were first seen later: they were not known themselves."""
    later: set[str] = set()
    known: set[str] = set()
    for item in items:
        (known if is_known(item.seen_at, known_at) else later).add(item.review_id)
    return frozenset(later - known)


def item_known_at(item: TrackedItem, known_at: datetime) -> TrackedItem:
    """One item without what was seen of it later; its due date is the one it had."""
    transitions = tuple(each for each in item.transitions if is_known(each.seen_at, known_at))
    evidence = tuple(each for each in item.evidence if is_known(each.seen_at, known_at))
    if transitions != item.transitions or evidence != item.evidence:
        item = replace(item, transitions=transitions, evidence=evidence)
    if item.waivers or item.answers or item.resolutions:
        item = _decided_by(item, known_at)
    if item.issue is not None and item.issue.created > known_at:
        item = replace(item, issue=None)
    return replay(item, known_at)


def _decided_by(item: TrackedItem, known_at: datetime) -> TrackedItem:
    return replace(
        item,
        waivers=tuple(each for each in item.waivers if each.at <= known_at),
        answers=tuple(each for each in item.answers if each.at <= known_at),
        resolutions=tuple(each for each in item.resolutions if each.at <= known_at),
    )


def _without_later_strikes(item: TrackedItem, synced: dict[str, datetime | None], known_at: datetime) -> TrackedItem:
    issue = item.issue
    if issue is None or not issue.strikes or (seen := synced.get(issue.tracker)) is None or seen <= known_at:
        return item
    return replace(item, issue=replace(issue, strikes=0))


def _state_at(state: TrackerState, known_at: datetime) -> TrackerState:
    later = state.last_good_sync is not None and state.last_good_sync > known_at
    if not later and (state.last_attempt is None or state.last_attempt <= known_at):
        return state
    return replace(
        state,
        last_good_sync=known_at if later else state.last_good_sync,
        last_attempt=None,
        last_error="",
    )
