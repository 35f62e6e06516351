"""What this machine did: how far each sync came, and which creates have an unknown outcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.store.rows import time_from, time_text

if TYPE_CHECKING:
    import sqlite3


class SyncState(Struct, frozen=True, kw_only=True):
    """How far the syncs of one tracker came. All times are the tracker's own clock, but for the three `last_*`.

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


_COLUMNS = (
    "tracker, watermark, full_at, partial_full, partial_started, partial_reached, last_good, last_attempt, last_error"
)


def load(connection: sqlite3.Connection, tracker: str) -> SyncState:
    """The state of one tracker; an empty one where it was never synced."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM syncs WHERE tracker = ?", (tracker,)).fetchone()
    return SyncState(tracker=tracker) if row is None else _from(row)


def load_all(connection: sqlite3.Connection) -> list[SyncState]:
    """The state of every tracker that was ever synced."""
    return [_from(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM syncs ORDER BY tracker")]


def save(connection: sqlite3.Connection, state: SyncState) -> None:
    """Replace the state of one tracker."""
    row = (
        state.tracker, time_text(state.watermark), time_text(state.full_at), state.partial_full,
        time_text(state.partial_started), time_text(state.partial_reached), time_text(state.last_good),
        time_text(state.last_attempt), state.last_error,
    )  # fmt: skip
    connection.execute(f"INSERT OR REPLACE INTO syncs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def reach(connection: sqlite3.Connection, tracker: str, updated: datetime) -> None:
    """Record, with a page, the change that the run under way has reached."""
    connection.execute("UPDATE syncs SET partial_reached = ? WHERE tracker = ?", (updated.isoformat(), tracker))


def intents(connection: sqlite3.Connection) -> dict[str, datetime]:
    """Items whose create has an unknown outcome, and since when."""
    return {item: datetime.fromisoformat(at) for item, at in connection.execute("SELECT item, at FROM intents")}


def _from(row: tuple[object, ...]) -> SyncState:
    times = {
        name: time_from(value if isinstance(value, str) else None)
        for name, value in zip(
            ("watermark", "full_at", "partial_started", "partial_reached", "last_good", "last_attempt"),
            (row[1], row[2], row[4], row[5], row[6], row[7]),
            strict=True,
        )
    }
    return SyncState(tracker=str(row[0]), partial_full=bool(row[3]), last_error=str(row[8]), **times)
