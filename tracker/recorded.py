"""What people decide beside a review, and what issues were reminded of, as comments in the tracker record it. No I/O.

A decision is written to the tracker, never only to the store, so that every machine reads it back.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

Instant = Annotated[datetime, Meta(tz=True)]
"""A moment with its zone: one without is refused wherever it is read."""


class Nudged(Struct, frozen=True, kw_only=True, gc=False):
    """A reminder that a comment in the tracker holds: the item, the occasion, and when it was written.

    `of` is what the occasion belongs to, as text: the due date, or the moment of the close.
    """

    item: str
    occasion: str
    of: str
    at: Instant


class Waiver(Struct, frozen=True, kw_only=True, gc=False, tag_field="what", tag="waive"):
    """A recorded decision not to do an action until the end of a day: why, by whom, and when it was recorded."""

    at: Instant
    until: date
    reason: str = ""
    by: str = ""


class Reply(StrEnum):
    """What somebody says at a checkpoint to "how we will know it helped"."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class Answer(Struct, frozen=True, kw_only=True, gc=False, tag_field="what", tag="answer"):
    """What was said at a checkpoint of whether an action helped; `on` is the day of the checkpoint."""

    at: Instant
    on: date
    answer: Reply
    note: str = ""
    by: str = ""


class Resolved(StrEnum):
    """What became of an item whose issue was lost, or of the issue that stood for it."""

    GONE = "gone on purpose"
    MOVED = "moved to"
    RECREATED = "created again"


class Resolution(Struct, frozen=True, kw_only=True, gc=False, tag_field="what", tag="resolve"):
    """A recorded decision about which issue stands for an item from then on; `to` is its address, empty where none."""

    at: Instant
    how: Resolved
    to: str = ""
    note: str = ""
    by: str = ""


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """What a person decided of one item, as a comment in the tracker records it.

    `item` is the item's key. The `id` is made of the content and the day: two comments of one id are one decision.
    `seen_at` is when this store first saw it.
    """

    id: str
    item: str
    made: Waiver | Answer | Resolution
    seen_at: Instant | None = None
