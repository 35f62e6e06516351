"""The marker of an issue on Jira: the entity property `follow-through`, and the same as the core reads it. Pure.

The property holds the commitment that the issue was created for, and those of later reviews that asked for the same
issue. The core knows markers as HTML comments in texts: they are moved here on writing and put back on reading.

The marker of a decision or a reminder belongs to its comment, and Jira's comments can't hide anything: it is shown as a
last line of code there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw, Struct

from sync.decision_marker import DECISION
from sync.marker import enclose, parse_payload, payloads, wrap_payload
from sync.nudge_marker import NUDGE
from sync.port import Rejected
from sync.wording import says_asked

if TYPE_CHECKING:
    from collections.abc import Iterable

PROPERTY = "follow-through"
LIMIT = 32_768
"""Longest value of an entity property, in characters (Atlassian's documentation of issue properties)."""

_MARKS = f"(?P<mark>{re.escape(DECISION)}|{re.escape(NUDGE)})"
_HIDDEN = re.compile(rf"<!-- {_MARKS} (?P<payload>\{{[^\n]*?\}}) -->")
_SHOWN = re.compile(rf"^`?{_MARKS} (?P<payload>\{{.*\}})`?$", re.MULTILINE)


class Marking(Struct, frozen=True, kw_only=True):
    """The value of the property: commitments as JSON, not yet believed. `made_for` is empty where there is none."""

    v: int
    made_for: Raw = Raw()
    asked_by: tuple[Raw, ...] = ()


def read_marking(value: bytes) -> Marking:
    """What the property holds; nothing where it is none of ours."""
    try:
        marking = msgspec.json.decode(value, type=Marking)
    except msgspec.DecodeError:
        return Marking(v=1)
    return marking if marking.v == 1 else Marking(v=1)


def own_marker(marking: Marking) -> str:
    """The marker of the item that the issue was created for; empty where there is none."""
    return _marker(marking.made_for) if bytes(marking.made_for) else ""


def later_markers(marking: Marking, said: Iterable[str] | None) -> str:
    """The markers of later reviews, those that one of the texts in `said` names; all where that is None."""
    if not marking.asked_by:
        return ""
    texts = None if said is None else tuple(said)
    found = [
        _marker(raw)
        for raw in marking.asked_by
        if texts is None or any(says_asked(_review_of(raw), text) for text in texts)
    ]
    return "\n".join(found)


def mark(marking: Marking, *, text: str = "", comment: str = "") -> Marking:
    """The marking with the markers of a new text and of a new comment, which replace earlier ones of the same item."""
    own = next((Raw(payload.encode()) for payload in payloads(text)), marking.made_for)
    added = {_key_of(raw): raw for raw in (Raw(payload.encode()) for payload in payloads(comment))}
    kept = {_key_of(raw): raw for raw in marking.asked_by}
    return Marking(v=1, made_for=own, asked_by=tuple((kept | added).values()))


def write_marking(marking: Marking) -> dict[str, object]:
    """The property as a create or an edit takes it. Raises Rejected when it is longer than Jira keeps."""
    value: dict[str, object] = {"v": marking.v}
    if bytes(marking.made_for):
        value["made_for"] = marking.made_for
    if marking.asked_by:
        value["asked_by"] = marking.asked_by
    length = len(msgspec.json.encode(value).decode())
    if length > LIMIT:
        raise Rejected(
            f"the marker would take {length} characters; Jira keeps {LIMIT}",
            "Shorten the item or the review's header, or give the item an issue of its own.",
        )
    return {"key": PROPERTY, "value": value}


def show_decisions(text: str) -> str:
    """A text of the core with the markers of decisions and reminders as lines of code."""
    return _HIDDEN.sub(lambda found: f"`{found['mark']} {found['payload']}`", text)


def read_decisions(text: str) -> str:
    """A comment as the core reads it: the lines of code that are such markers as HTML comments again."""
    if DECISION not in text and NUDGE not in text:
        return text
    return _SHOWN.sub(lambda found: enclose(f"<!-- {found['mark']} ", found["payload"], " -->"), text)


def _marker(raw: Raw) -> str:
    return wrap_payload(bytes(raw).decode("utf-8", "replace"))


def _key_of(raw: Raw) -> str:
    commitment = parse_payload(bytes(raw).decode("utf-8", "replace"))
    return commitment.key if commitment else ""


def _review_of(raw: Raw) -> str:
    return _key_of(raw).partition("/")[0]
