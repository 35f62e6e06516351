"""Writes what feeds and files tell of incidents, a version each time it differs, inside its caller's transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from tracker.store import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping, Sequence

    from tracker.model import Incident

_TICK = timedelta(microseconds=1)
_BATCH = 500
_TOLD = 15
"""How many of `INCIDENT_COLUMNS` say what is told; the others say by whom, and when it was seen so."""

_INSERT = f"INSERT OR REPLACE INTO incidents ({rows.INCIDENT_COLUMNS}) VALUES ({', '.join('?' * (_TOLD + 2))})"
# SQLite takes the other columns from the row that holds the maximum.
_LAST = f"""
SELECT {rows.INCIDENT_COLUMNS}, max(seen) FROM incidents
WHERE source = ? AND id IN (SELECT value FROM json_each(?)) GROUP BY id
"""


def save(
    connection: sqlite3.Connection, source: str, told: Sequence[Incident], now: datetime, keys: Mapping[str, str]
) -> tuple[int, int]:
    """Add a version of each incident that differs from its last one; how many are new, and how many have changed.

    Of several with one id, the last is meant. By the tracker's own `keys` of some (id -> key) one is known that was
    called otherwise before: it takes that id's place.
    """
    before = _rename(connection, source, keys, now)
    told = [msgspec.structs.replace(one, names=before[one.id]) if one.id in before else one for one in told]
    differing = _differing(connection, source, told)
    connection.executemany(_INSERT, [_version(row, last, source, now) for row, last in differing])
    return _counts(differing, before)


def _rename(
    connection: sqlite3.Connection, source: str, keys: Mapping[str, str], now: datetime
) -> dict[str, tuple[str, ...]]:
    """Withdraw the ids that incidents had before; by the present id of each of these its earlier ids and links."""
    connection.executemany(
        "INSERT OR IGNORE INTO incident_keys VALUES (?, ?, ?)", [(source, key, one) for one, key in keys.items()]
    )
    wanted = rows.list_text(tuple(keys.values()))
    present = {key: one for one, key in keys.items()}
    found = connection.execute(
        "SELECT key, id FROM incident_keys WHERE source = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY id",
        (source, wanted),
    )
    earlier: dict[str, list[str]] = {}
    for key, one in found:
        if one != present[key]:
            earlier.setdefault(present[key], []).append(one)
    ids = [one for several in earlier.values() for one in several]
    withdraw(connection, source, ids, now)
    links = {one: row[3] for one, row in _last_rows(connection, source, ids).items() if row[3]}
    return {one: (*ids, *(links[old] for old in ids if old in links)) for one, ids in earlier.items()}


def forget(connection: sqlite3.Connection, source: str, now: datetime) -> int:
    """Withdraw all incidents of a feed, and everything that was noted for its next reading; how many they were."""
    gone = withdraw(connection, source, tuple(load_ids(connection, source)), now)
    connection.execute("DELETE FROM incident_keys WHERE source = ?", (source,))
    connection.execute("DELETE FROM feeds WHERE tracker = ?", (source,))
    return gone


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
    connection.executemany(_INSERT, [_version((row[0], 1, *row[2:_TOLD]), row, source, now) for row in shown])
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
    return [(row, last.get(key)) for key, row in wanted.items() if row != last.get(key, ())[:_TOLD]]


def _counts(differing: Sequence[tuple[rows.Row, rows.Row | None]], renamed: Collection[str] = ()) -> tuple[int, int]:
    """How many are new, and how many have changed: also those that were called otherwise before."""
    new = sum(last is None and row[0] not in renamed for row, last in differing)
    return new, len(differing) - new


def _last_rows(connection: sqlite3.Connection, source: str, ids: Sequence[str]) -> dict[str, rows.Row]:
    """The last version of each of these that is known."""
    found: dict[str, rows.Row] = {}
    for start in range(0, len(ids), _BATCH):
        wanted = rows.list_text(tuple(ids[start : start + _BATCH]))
        found.update((row[0], row[: _TOLD + 2]) for row in connection.execute(_LAST, (source, wanted)))
    return found


def _version(row: rows.Row, last: rows.Row | None, source: str, now: datetime) -> rows.Row:
    """A full row. It is later than the last one even where the clock was set back; one of this moment is replaced."""
    seen = now.astimezone(UTC)
    if last is not None and (before := datetime.fromisoformat(last[_TOLD + 1])) > seen:
        seen = before + _TICK
    return (*row, source, seen.isoformat())
