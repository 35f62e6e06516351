"""Which item of a document is which item we already know. Pure.

An ID column decides. Items without one are found again by issue link, then exact title, then close title; a match that
could be two refuses. A new item gets an id made from its title, so that two machines give it the same one.
"""

from __future__ import annotations

import hashlib
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from tracker.model import ActionItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model import Review

CLOSE = 0.8
"""Titles at least this similar (difflib ratio) are taken for the same item, when only one is."""


class KnownItem(Struct, frozen=True, kw_only=True):
    """An item of the review as known so far; `links` are the addresses and short references of its issues."""

    id: str
    title: str
    links: frozenset[str] = frozenset()


class Ambiguous(Struct, frozen=True, kw_only=True):
    """An item that could be any of several known ones."""

    item: ActionItem
    candidates: tuple[str, ...]


def give_ids(review: Review, known: Sequence[KnownItem]) -> tuple[Review, tuple[Ambiguous, ...]]:
    """The review with an id on every item that is clear, and the items that are not (left out of the review)."""
    taken = {item.id for item in review.items if item.id}
    free = [candidate for candidate in known if candidate.id not in taken]
    items: list[ActionItem] = []
    unclear: list[Ambiguous] = []
    for item in review.items:
        matches = () if item.id else _candidates(item, free)
        if len(matches) > 1:
            unclear.append(Ambiguous(item=item, candidates=tuple(match.id for match in matches)))
            continue
        item_id = item.id or (matches[0].id if matches else _new_id(item.title, taken))
        taken.add(item_id)
        free = [candidate for candidate in free if candidate.id != item_id]
        items.append(msgspec.structs.replace(item, id=item_id))
    return msgspec.structs.replace(review, items=tuple(items)), tuple(unclear)


def _candidates(item: ActionItem, known: Iterable[KnownItem]) -> tuple[KnownItem, ...]:
    """The known items it may be, by the strongest sign that speaks at all."""
    linked = tuple(candidate for candidate in known if candidate.links.intersection(item.issues))
    if linked:
        return linked
    title = _normal(item.title)
    same = tuple(candidate for candidate in known if _normal(candidate.title) == title)
    if same:
        return same
    return tuple(candidate for candidate in known if _similar(_normal(candidate.title), title))


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE and matcher.ratio() >= CLOSE


def _normal(title: str) -> str:
    return " ".join(title.casefold().split()).rstrip(".")


def _new_id(title: str, taken: set[str]) -> str:
    made = f"A-{hashlib.sha256(_normal(title).encode()).hexdigest()[:6]}"
    number = 1
    candidate = made
    while candidate in taken:
        number += 1
        candidate = f"{made}-{number}"
    return candidate
