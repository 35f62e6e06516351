"""What is written into a comment so that another machine reads back what a person decided. Pure.

A marker is one HTML comment, `<!-- follow-through:decision:v1 {json} -->`, below a sentence that people read. It is
untrusted input: only comments by someone who may write to the project are searched, and what one holds is validated.
Nothing is ever changed in one: a later decision takes the place of an earlier one.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from sync.marker import enclose
from tracker.recorded import Answer, Decision, Resolution, Waiver
from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import RemoteIssue

DECISION = "follow-through:decision:v1"
"""What every marker of a decision begins with."""

LIMIT = 4_096
"""Longest marker read or written, in characters."""

TEXT_LIMIT = 1_000
"""Longest reason or note, in characters."""

NAME_LIMIT = 100
MOST = 200
"""How many decisions of one issue are believed, the newest ones: a page of a loop gone wild must not fill a store."""

Made = Waiver | Answer | Resolution

_OPENING, _CLOSING = f"<!-- {DECISION} ", " -->"
_ID = re.compile(r"[0-9a-f]{16}")
_KEY = re.compile(r"[^\s\x00-\x1f<>/]{1,100}/[^\s\x00-\x1f<>/]{1,100}")
_NEVER = datetime.min.replace(tzinfo=UTC)
_decoder = msgspec.json.Decoder(Decision)


def build_decision(item: str, made: Made, turn: int = 0) -> Decision:
    """The decision with its id: the same content on the same day is the same decision, whoever sends it again.

    Unless others came in between: then `turn` tells them apart.
    """
    content = msgspec.json.encode(msgspec.structs.replace(made, at=_NEVER)).decode()
    text = f"{item} {made.at.astimezone(UTC).date()} {turn} {content}"
    return Decision(id=hashlib.sha256(text.encode()).hexdigest()[:16], item=item, made=made)


def render_decision_marker(decision: Decision) -> str:
    """The decision as an HTML comment that nothing inside can close early. Raises ValueError when it is too long."""
    facts = msgspec.to_builtins(msgspec.structs.replace(decision, seen_at=None))
    facts["made"] = {name: value for name, value in facts["made"].items() if value != ""}
    del facts["seen_at"]
    payload = msgspec.json.encode(facts).decode().replace("`", r"\u0060")  # a tracker may show it as a line of code
    marker = enclose(_OPENING, payload, _CLOSING)
    if len(marker) > LIMIT:
        raise ValueError(f"the decision would take {len(marker)} characters; {LIMIT} are possible")
    return marker


def decision_payloads(text: str) -> Iterator[str]:
    """The JSON text of everything in a text that looks like the marker of a decision."""
    for part in text.split(_OPENING)[1:]:
        payload, closing, _after = part.partition(_CLOSING)
        if closing and "\n" not in payload and len(payload) <= LIMIT:
            yield payload


def parse_decision(payload: str) -> Decision | None:
    """The decision in a marker's JSON; None where it is too long, not valid, or names nothing."""
    try:
        decision = _decoder.decode(payload) if len(payload) <= LIMIT else None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return decision if decision is not None and _is_sound(decision) else None


def find_decisions(remote: RemoteIssue) -> tuple[Decision, ...]:
    """The decisions that an issue's comments record, in their order, each id once for an item.

    A decision was made when its comment was written, by the tracker's clock: none can be dated back.
    """
    found: dict[tuple[str, str], Decision] = {}
    for comment in remote.comments:
        if not comment.trusted or DECISION not in comment.body:
            continue
        for payload in decision_payloads(comment.body):
            decision = parse_decision(payload)
            if decision is not None and (decision.item, decision.id) not in found:
                at = comment.at if comment.at > _NEVER else decision.made.at
                made = msgspec.structs.replace(decision.made, at=at, by=decision.made.by or comment.author)
                found[decision.item, decision.id] = msgspec.structs.replace(decision, made=made, seen_at=None)
    return tuple(found.values())[-MOST:]


def _is_sound(decision: Decision) -> bool:
    made = decision.made
    said = made.reason if isinstance(made, Waiver) else made.note
    return (
        _ID.fullmatch(decision.id) is not None
        and _KEY.fullmatch(decision.item) is not None
        and len(said) <= TEXT_LIMIT
        and len(made.by) <= NAME_LIMIT
        and (not isinstance(made, Resolution) or not made.to or is_web_link(made.to))
    )
