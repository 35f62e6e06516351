"""Keeps which reminders issues hold and when a person last wrote there, inside its caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from tracker.recorded import Nudged
from tracker.store import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tracker.model import Snapshot


class Occasion(NamedTuple):
    """What one reminder is about: it is given once, on whatever machine."""

    item: str
    name: str
    of: str


class Sent(NamedTuple):
    """A reminder that was sent from here and not read back: since when, and whether the tracker said yes."""

    at: datetime
    accepted: bool


class Heard(Struct, frozen=True, kw_only=True):
    """What was said on issues so far.

    `said` and `answered` are by issue id: the reminders that it holds, and when a person last wrote there. `pushed` is
    when an item's marker was written, by the item's key.
    """

    said: Mapping[str, tuple[Nudged, ...]] = {}
    answered: Mapping[str, datetime] = {}
    pushed: Mapping[str, datetime] = {}
    sent: Mapping[Occasion, Sent] = {}


def save(connection: sqlite3.Connection, snapshots: Sequence[Snapshot], known: Mapping[str, str]) -> None:
    """What these issues hold now."""
    again = [(s.issue.id,) for s in snapshots if s.issue.id in known]
    connection.executemany("DELETE FROM nudges WHERE issue_id = ?", again)
    connection.executemany("DELETE FROM last_words WHERE issue_id = ?", again)
    connection.executemany(
        "INSERT OR REPLACE INTO nudges (issue_id, item, occasion, of, at) VALUES (?, ?, ?, ?, ?)",
        [(s.issue.id, each.item, each.occasion, each.of, each.at.isoformat()) for s in snapshots for each in s.nudges],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO last_words (issue_id, at) VALUES (?, ?)",
        [(s.issue.id, s.answered.isoformat()) for s in snapshots if s.answered is not None],
    )


def load(connection: sqlite3.Connection) -> Heard:
    """Everything that is known."""
    said: dict[str, list[Nudged]] = {}
    for issue_id, item, occasion, of, at in connection.execute(
        "SELECT issue_id, item, occasion, of, at FROM nudges ORDER BY at, item, occasion"
    ):
        said.setdefault(issue_id, []).append(Nudged(item=item, occasion=occasion, of=of, at=_moment(at)))
    pushed = connection.execute(
        "SELECT i.key, json_extract(m.payload, '$.pushed') FROM items i"
        " JOIN markers m ON m.item = i.key AND m.issue_id = i.issue_id"
    )
    sent = connection.execute("SELECT item, occasion, of, at, accepted FROM sent_nudges")
    return Heard(
        said={issue_id: tuple(nudges) for issue_id, nudges in said.items()},
        answered={issue_id: _moment(at) for issue_id, at in connection.execute("SELECT issue_id, at FROM last_words")},
        pushed={key: _moment(at) for key, at in pushed},
        sent={Occasion(item, name, of): Sent(_moment(at), bool(accepted)) for item, name, of, at, accepted in sent},
    )


def note(connection: sqlite3.Connection, occasions: Iterable[Occasion], now: datetime, *, accepted: bool) -> None:
    """Keep that these are sent."""
    connection.executemany(
        "INSERT OR REPLACE INTO sent_nudges VALUES (?, ?, ?, ?, ?)",
        [(*occasion, rows.time_text(now), accepted) for occasion in occasions],
    )


def settle(connection: sqlite3.Connection, occasions: Iterable[Occasion]) -> None:
    """Forget that these were sent."""
    connection.executemany("DELETE FROM sent_nudges WHERE item = ? AND occasion = ? AND of = ?", list(occasions))


def _moment(text: str) -> datetime:
    """The moment of a text that the store wrote, or a marker."""
    return datetime.fromisoformat(text)
