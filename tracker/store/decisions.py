"""Writes what people decided, as the comments of issues record it, and reads it back, inside its caller's transaction.

A decision about an item counts on an issue that the item's review asked for, and on no other: who may write to one
project decides nothing about the items of another. Of one id about one item, the earliest comment counts.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tracker.recorded import Decision, Resolution
from tracker.store import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from tracker.model import Snapshot

_STANDS = "stands"
"""The kind of a resolution that says that this very issue stands for the item from then on."""

_ORDER = "ORDER BY d.at, d.place, d.id"
_OF_ITS_REVIEW = """
EXISTS (SELECT 1 FROM markers m WHERE m.issue_id = d.issue_id
  AND substr(m.item, 1, instr(m.item, '/')) = substr(d.item, 1, instr(d.item, '/')))
"""


@cache
def _decoder() -> msgspec.json.Decoder[Decision]:
    return msgspec.json.Decoder(Decision)


def save(connection: sqlite3.Connection, snapshots: Sequence[Snapshot], known: Mapping[str, str], seen: str) -> None:
    """The decisions that these issues record now; one that was there before keeps the time it was first seen."""
    again = [(s.issue.id,) for s in snapshots if s.issue.id in known]
    holds = "SELECT issue_id, item, id, seen FROM decisions WHERE issue_id IN (SELECT value FROM json_each(?))"
    kept = connection.execute(holds, (rows.list_text(tuple(issue_id for (issue_id,) in again)),))
    first = {(issue_id, item, decision_id): before for issue_id, item, decision_id, before in kept}
    if first:
        connection.executemany("DELETE FROM decisions WHERE issue_id = ?", again)
    connection.executemany(
        "INSERT OR REPLACE INTO decisions (issue_id, id, item, at, place, kind, made, seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            _row(s.issue.id, decision, place, first.get((s.issue.id, decision.item, decision.id), seen))
            for s in snapshots
            for place, decision in enumerate(s.decisions)
        ],
    )


def load_all(connection: sqlite3.Connection) -> dict[str, tuple[Decision, ...]]:
    """The decisions about each item, in the order they were made."""
    return _by_item(connection.execute(f"SELECT d.made, d.seen FROM decisions d WHERE {_OF_ITS_REVIEW} {_ORDER}"))


def load_of(connection: sqlite3.Connection, review_id: str) -> dict[str, tuple[Decision, ...]]:
    """The decisions about each item of a review, in the order they were made."""
    where = f"d.item >= ? AND d.item < ? AND {_OF_ITS_REVIEW}"
    found = connection.execute(
        f"SELECT d.made, d.seen FROM decisions d WHERE {where} {_ORDER}", (f"{review_id}/", f"{review_id}0")
    )
    return _by_item(found)


def load_chosen(connection: sqlite3.Connection, review_id: str) -> dict[tuple[str, str], str]:
    """When a person last said that an issue stands for an item of the review, by item and issue."""
    found = connection.execute(
        "SELECT item, issue_id, max(at) FROM decisions WHERE item >= ? AND item < ? AND kind = ? GROUP BY 1, 2",
        (f"{review_id}/", f"{review_id}0", _STANDS),
    )
    return {(item, issue_id): at for item, issue_id, at in found}


def _row(issue_id: str, decision: Decision, place: int, seen: str) -> rows.Row:
    made = decision.made
    kind = _STANDS if isinstance(made, Resolution) and made.to else type(made).__name__.lower()
    payload = msgspec.json.encode(decision).decode()
    return (issue_id, decision.id, decision.item, made.at.isoformat(), place, kind, payload, seen)


def _by_item(found: sqlite3.Cursor) -> dict[str, tuple[Decision, ...]]:
    unique: dict[tuple[str, str], Decision] = {}
    for payload, seen in found:
        decision = _decoder().decode(payload)
        if (decision.item, decision.id) not in unique:
            unique[decision.item, decision.id] = msgspec.structs.replace(decision, seen_at=rows.seen_from(seen))
    by_item: dict[str, list[Decision]] = {}
    for decision in unique.values():
        by_item.setdefault(decision.item, []).append(decision)
    return {item: tuple(made) for item, made in by_item.items()}
