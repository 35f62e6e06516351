"""What is written into a reminder so that another machine knows that it was given, and what counts as an answer. Pure.

A marker is one HTML comment, `<!-- follow-through:nudge:v1 {json} -->`, for each item that the comment names. It is
untrusted input: only comments by someone who may write to the project are searched, and what one holds is validated.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sync.decision_marker import DECISION
from sync.marker import enclose
from sync.wording import AGAIN, PROMISED
from tracker.recorded import Nudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import RemoteComment, RemoteIssue

NUDGE = "follow-through:nudge:v1"
"""What every marker of a reminder begins with."""

LIMIT = 1_024
"""Longest marker read or written, in characters."""

MOST = 200
"""How many reminders of one issue are believed, the newest ones."""

_OPENING, _CLOSING = f"<!-- {NUDGE} ", " -->"
_OURS = "<!-- follow-through:"
_KEY = re.compile(r"[^\s\x00-\x1f<>/]{1,100}/[^\s\x00-\x1f<>/]{1,100}")
_WORD = re.compile(r"[a-z0-9-]{1,30}")
_OF = re.compile(r"[0-9T:.+Z-]{1,40}")
_NEVER = datetime.min.replace(tzinfo=UTC)


class _Payload(Struct, frozen=True):
    item: str
    occasion: str
    of: str


_decoder = msgspec.json.Decoder(_Payload)


def render_nudge_marker(item: str, occasion: str, of: str) -> str:
    """The marker of one item in a reminder: plain letters alone, as a tracker may show it as a line of code."""
    payload = json.dumps({"item": item, "occasion": occasion, "of": of}, separators=(",", ":"))
    return enclose(_OPENING, payload.replace("`", r"\u0060"), _CLOSING)


def find_nudges(remote: RemoteIssue) -> tuple[Nudged, ...]:
    """The reminders that an issue's comments hold, each occasion once, dated by the tracker's clock."""
    found: dict[tuple[str, str, str], Nudged] = {}
    for comment in remote.comments:
        if not comment.trusted or NUDGE not in comment.body:
            continue
        for told in _told(comment.body):
            nudged = Nudged(item=told.item, occasion=told.occasion, of=told.of, at=comment.at)
            found.setdefault((told.item, told.occasion, told.of), nudged)
    return tuple(found.values())[-MOST:]


def last_answer(remote: RemoteIssue) -> datetime | None:
    """When a person last wrote on the issue: somebody who may write to the project, or it is assigned to.

    What a bot writes is none, and neither is what `track` writes by itself. A decision that somebody recorded with
    `track` is one.
    """
    said = [comment.at for comment in remote.comments if _is_answer(comment, remote)]
    return max(said, default=None)


def _is_answer(comment: RemoteComment, remote: RemoteIssue) -> bool:
    if comment.bot or comment.at <= _NEVER or not (comment.trusted or comment.author in remote.assignees):
        return False
    if DECISION in comment.body:
        return True
    return _OURS not in comment.body and not comment.body.startswith((AGAIN, PROMISED))


def _told(body: str) -> Iterator[_Payload]:
    for part in body.split(_OPENING)[1:]:
        payload, closing, _after = part.partition(_CLOSING)
        if not closing or len(payload) > LIMIT:
            continue
        try:
            told = _decoder.decode(payload)
        except (msgspec.DecodeError, ValueError, RecursionError):
            continue
        if _KEY.fullmatch(told.item) and _WORD.fullmatch(told.occasion) and _OF.fullmatch(told.of):
            yield told
