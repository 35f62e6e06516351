"""Writes what feeds and files tell of incidents, a version each time it differs, inside its caller's transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.store import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from tracker.model import Incident

_TICK = timedelta(microseconds=1)
_BATCH = 500
_INSERT = f"INSERT OR REPLACE INTO incidents ({rows.INCIDENT_COLUMNS}) VALUES ({', '.join('?' * 16)})"
# SQLite takes the other columns from the row that holds the maximum.
_LAST = f"""
SELECT {rows.INCIDENT_COLUMNS}, max(seen) FROM incidents
WHERE source = ? AND id IN (SELECT value FROM json_each(?)) GROUP BY id
"""


def save(connection: sqlite3.Connection, source: str, told: Sequence[Incident], now: datetime) -> tuple[int, int]:
    """Add a version of each incident that differs from its last one; how many are new, and how many have changed.

    Of several with one id, the last is meant.
    """
    differing = _differing(connection, source, told)
    connection.executemany(_INSERT, [_version(row, last, source, now) for row, last in differing])
    return _counts(differing)


def compare(connection: sqlite3.Connection, source: str, told: Sequence[Incident]) -> tuple[int, int]:
    """How many of these incidents would be new, and how many changed; nothing is written."""
    return _counts(_differing(connection, source, told))


def load_ids(connection: sqlite3.Connection, source: str) -> frozenset[str]:
    """The ids of the incidents whose last version is not gone."""
    found = connection.execute("SELECT id, gone, max(seen) FROM incidents WHERE source = ? GROUP BY id", (source,))
    return frozenset(key for key, gone, _seen in found if not gone)


def withdraw(connection: sqlite3.Connection, source: str, ids: Sequence[str], now: datetime) -> int:
    """Add a version that is gone for each of these that was not; how many they are."""
    shown = [row for row in _last_rows(connection, source, ids).values() if not row[1]]
    connection.executemany(_INSERT, [_version((row[0], 1, *row[2:14]), row, source, now) for row in shown])
    return len(shown)


def load_all(connection: sqlite3.Connection) -> tuple[Incident, ...]:
    """Every version of each incident, the oldest first."""
    found = connection.execute(f"SELECT {rows.INCIDENT_COLUMNS} FROM incidents ORDER BY source, id, seen")
    return tuple(map(rows.incident_from, found))


def _differing(
    connection: sqlite3.Connection, source: str, told: Sequence[Incident]
) -> list[tuple[rows.Row, rows.Row | None]]:
    """The incidents that differ from their last version, each with that version."""
    wanted = {one.id: rows.incident_row(one) for one in told}
    last = _last_rows(connection, source, tuple(wanted))
    return [(row, last.get(key)) for key, row in wanted.items() if row != last.get(key, ())[:14]]


def _counts(differing: Sequence[tuple[rows.Row, rows.Row | None]]) -> tuple[int, int]:
    new = sum(last is None for _row, last in differing)
    return new, len(differing) - new


def _last_rows(connection: sqlite3.Connection, source: str, ids: Sequence[str]) -> dict[str, rows.Row]:
    """The last version of each of these that is known."""
    found: dict[str, rows.Row] = {}
    for start in range(0, len(ids), _BATCH):
        wanted = rows.list_text(tuple(ids[start : start + _BATCH]))
        found.update((row[0], row[:16]) for row in connection.execute(_LAST, (source, wanted)))
    return found


def _version(row: rows.Row, last: rows.Row | None, source: str, now: datetime) -> rows.Row:
    """A full row. It is later than the last one even where the clock was set back; one of this moment is replaced."""
    seen = now.astimezone(UTC)
    if last is not None and (before := datetime.fromisoformat(last[15])) > seen:
        seen = before + _TICK
    return (*row, source, seen.isoformat())
