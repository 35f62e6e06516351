"""What this machine did: how far each sync came, and which creates have an unknown outcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from tracker.store.rows import Row, list_text, names_from, time_from, time_text

if TYPE_CHECKING:
    import sqlite3


Table = Literal["syncs", "feeds"]
"""Where the states of the trackers and of the incident feeds are kept: two tables of one shape."""


class SyncState(Struct, frozen=True, kw_only=True):
    """How far the syncs of one tracker, or the readings of one incident feed, came.

    All times are the tracker's own clock, but for the three `last_*`.

    `watermark` is the start of the last complete run, `full_at` of the last complete full one. A run that was cut
    short leaves `partial_*`: when it started, whether it was full, and the change it had reached.
    """

    tracker: str
    watermark: datetime | None = None
    full_at: datetime | None = None
    partial_full: bool = False
    partial_started: datetime | None = None
    partial_reached: datetime | None = None
    last_good: datetime | None = None
    last_attempt: datetime | None = None
    last_error: str = ""


class FeedState(SyncState, frozen=True, kw_only=True):
    """The same of an incident feed, and how it was read.

    `digest` stands for all that the config says of it, at the last reading that began; `settled` for its query, when it
    was last found out which incidents it does not show any more. `missing` are those that a full reading did not show.
    """

    digest: str = ""
    settled: str = ""
    missing: tuple[str, ...] = ()


_KNOWN_SINCE = "known_since"
_COLUMNS = (
    "tracker, watermark, full_at, partial_full, partial_started, partial_reached, last_good, last_attempt, last_error"
)
_OF_FEEDS = "digest, settled, missing"


def load(connection: sqlite3.Connection, tracker: str) -> SyncState:
    """The state of one tracker; an empty one where it was never read."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM syncs WHERE tracker = ?", (tracker,)).fetchone()
    return SyncState(tracker=tracker) if row is None else SyncState(**_base(row))


def load_feed(connection: sqlite3.Connection, name: str) -> FeedState:
    """The state of one feed; an empty one where it was never read."""
    row = connection.execute(f"SELECT {_COLUMNS}, {_OF_FEEDS} FROM feeds WHERE tracker = ?", (name,)).fetchone()
    if row is None:
        return FeedState(tracker=name)
    return FeedState(**_base(row), digest=row[9], settled=row[10], missing=names_from(row[11]))


def load_all(connection: sqlite3.Connection, table: Table = "syncs") -> list[SyncState]:
    """The state of every tracker or feed that was ever read."""
    return [SyncState(**_base(row)) for row in connection.execute(f"SELECT {_COLUMNS} FROM {table} ORDER BY tracker")]


def save(connection: sqlite3.Connection, state: SyncState) -> None:
    """Replace the state of one tracker."""
    connection.execute(f"INSERT OR REPLACE INTO syncs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(state))


def save_feed(connection: sqlite3.Connection, state: FeedState) -> None:
    """Replace the state of one feed."""
    row = (*_row(state), state.digest, state.settled, list_text(state.missing))
    columns = f"{_COLUMNS}, {_OF_FEEDS}"
    connection.execute(f"INSERT OR REPLACE INTO feeds ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _row(state: SyncState) -> Row:
    return (
        state.tracker, time_text(state.watermark), time_text(state.full_at), state.partial_full,
        time_text(state.partial_started), time_text(state.partial_reached), time_text(state.last_good),
        time_text(state.last_attempt), state.last_error,
    )  # fmt: skip


def reach(connection: sqlite3.Connection, tracker: str, updated: datetime) -> None:
    """Record, with a page, the change that the run under way has reached."""
    connection.execute("UPDATE syncs SET partial_reached = ? WHERE tracker = ?", (updated.isoformat(), tracker))


def note_first(connection: sqlite3.Connection, now: datetime) -> None:
    """Record, once, when this store began to know anything."""
    connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (_KNOWN_SINCE, now.isoformat()))


def known_since(connection: sqlite3.Connection) -> datetime | None:
    """When this store began to know anything and to keep the time it saw it; None where it knows nothing yet."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KNOWN_SINCE,)).fetchone()
    return None if row is None else datetime.fromisoformat(row[0])


def intents(connection: sqlite3.Connection) -> dict[str, datetime]:
    """Items whose create has an unknown outcome, and since when."""
    return {item: datetime.fromisoformat(at) for item, at in connection.execute("SELECT item, at FROM intents")}


def _base(row: Row) -> dict[str, Any]:
    """What every state has, by its name."""
    times = {
        name: time_from(value if isinstance(value, str) else None)
        for name, value in zip(
            ("watermark", "full_at", "partial_started", "partial_reached", "last_good", "last_attempt"),
            (row[1], row[2], row[4], row[5], row[6], row[7]),
            strict=True,
        )
    }
    return {"tracker": str(row[0]), "partial_full": bool(row[3]), "last_error": str(row[8]), **times}
