"""What is written into an issue so that another machine can read it back. Pure.

A marker is one HTML comment, `<!-- follow-through:v1 {json} -->`. It is untrusted input: only text by someone who may
write to the project is searched for one, and what it holds is validated before it is believed.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from tracker.model import Commitment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import RemoteIssue

MARK = "follow-through:v1"
"""What every marker begins with."""

LIMIT = 32_768
"""Longest marker read or written, in characters: what a Jira entity property holds."""

_OPENING, _CLOSING = "<!-- follow-through:v1 ", " -->"
_MARKER = re.compile(r"<!-- follow-through:v1 \{.*?\} -->")
_NAME = re.compile(r"[^\s\x00-\x1f<>/]{1,100}")
_REQUIRED = frozenset({"id", "title", "name"})
_decoder = msgspec.json.Decoder(Commitment)


def render_marker(commitment: Commitment) -> str:
    """The commitment as an HTML comment that nothing inside can close early. Raises ValueError when it is too long."""
    facts = _without_empty(msgspec.to_builtins(commitment, str_keys=True))
    payload = msgspec.json.encode(facts).decode()
    marker = wrap_payload(payload)
    if len(marker) > LIMIT:
        raise ValueError(f"the marker of {commitment.key} would take {len(marker)} characters; {LIMIT} are possible")
    return marker


def wrap_payload(payload: str) -> str:
    """A marker around a JSON text."""
    return enclose(_OPENING, payload, _CLOSING)


def enclose(opening: str, payload: str, closing: str) -> str:
    """A JSON text between two ends of an HTML comment, with nothing in it that could end the comment early."""
    safe = payload.replace("<", r"\u003c").replace(">", r"\u003e").replace("--", r"-\u002d").replace("\n", " ")
    return f"{opening}{safe}{closing}"


def payloads(text: str) -> Iterator[str]:
    """The JSON text of everything in a text that looks like a marker."""
    for part in text.split(_OPENING)[1:]:  # a tenth of the time that the pattern takes, for each issue of each sync
        payload, closing, _after = part.partition(_CLOSING)
        if closing and "\n" not in payload:
            yield payload


def parse_markers(text: str) -> Iterator[Commitment]:
    """Every valid marker in a trusted text; an invalid one is passed over, as text a person wrote."""
    for payload in payloads(text):
        commitment = parse_payload(payload)
        if commitment is not None:
            yield commitment


def parse_payload(payload: str) -> Commitment | None:
    """The commitment in a marker's JSON; None where it is too long, not valid, or names nothing."""
    if len(payload) > LIMIT:
        return None
    try:
        commitment = _decoder.decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    is_named = _NAME.fullmatch(commitment.review.id) and _NAME.fullmatch(commitment.item.id)
    return commitment if is_named else None


def without_markers(text: str) -> str:
    """The part of an issue's text that people read and write, with plain line ends."""
    return _MARKER.sub("", text.replace("\r\n", "\n")).strip()


def digest(text: str) -> str:
    """Identifies a readable text, whatever line ends and surrounding space an editor left."""
    return hashlib.sha256(without_markers(text).encode()).hexdigest()[:16]


def find_commitments(remote: RemoteIssue) -> tuple[Commitment, ...]:
    """The commitments an issue carries, body first, later comments replacing earlier versions of the same item."""
    found: dict[str, Commitment] = {}
    if remote.trusted:
        found.update((c.key, c) for c in parse_markers(remote.text))
    for comment in remote.comments:
        if comment.trusted:
            for commitment in parse_markers(comment.body):
                previous = found.get(commitment.key)
                if previous is None or previous.pushed <= commitment.pushed:
                    found[commitment.key] = commitment
    return tuple(found.values())


def _without_empty(value: Any) -> Any:
    """The same data without what is null, false or empty, where the reader's defaults stand for them."""
    if isinstance(value, dict):
        return {
            key: _without_empty(inner)
            for key, inner in value.items()
            if key in _REQUIRED or not (inner is False or inner in (None, "", [], ()))
        }
    if isinstance(value, list | tuple):
        return [_without_empty(inner) for inner in value]
    return value
