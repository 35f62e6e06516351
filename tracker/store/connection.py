"""Opens the SQLite file: its mode, its pragmas, its schema, and what to say when that fails."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_STEPS = 7
"""How many migrations this version knows. Kept here so that opening an up-to-date store imports nothing heavy."""

_REBUILD = (
    "Move it away and run `track sync --full`: the trackers and the review documents rebuild it.\n"
    "Files of incidents have to be imported again: `track incidents import`."
)


def connect(path: Path) -> sqlite3.Connection:
    """Open (or create, mode 0600) the store and bring its schema up to date."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=30)
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise InvalidInput(f"{path}: no write-ahead log is possible there", "Set `[store] path` elsewhere.")
        connection.execute("PRAGMA synchronous = NORMAL")
        _bring_up_to_date(connection, path)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except OSError as error:
        raise InvalidInput(
            f"{path}: the store cannot be opened ({error.strerror})", "Set `[store] path` to a file you may write."
        ) from error
    return connection


def damaged(path: object, error: sqlite3.Error) -> InvalidInput:
    """What SQLite's error means for a person."""
    if isinstance(error, sqlite3.OperationalError):
        return InvalidInput(
            f"{path}: the store cannot be used ({error})",
            "Check free space, permissions, and that no other program holds it.",
        )
    return InvalidInput(f"{path}: this is not a sound store ({error})", _REBUILD)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One write transaction, begun at once so that two writers queue instead of failing half-way.

    Inside another one it is a part of that.
    """
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    done = _steps_done(connection)
    if done > SCHEMA_STEPS:
        raise InvalidInput(f"{path}: this store was written by a newer `track`", "Upgrade `track` on this machine.")
    if done < SCHEMA_STEPS:
        from tracker.migrations import migrate  # heavy, and needed once

        with transaction(connection):  # of two that open an old store at once, the second finds nothing left to do
            migrate(connection)


def _steps_done(connection: sqlite3.Connection) -> int:
    known = "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
    if connection.execute(known).fetchone() is None:
        return 0
    return int(
        connection.execute("SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'track'").fetchone()[0]
    )
