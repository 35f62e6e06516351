"""Opens the SQLite file: its mode, its pragmas, its schema, and what to say when that fails."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TypeGuard

from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_STEPS = 13
"""How many migrations this version knows. Kept here so that opening an up-to-date store imports nothing heavy."""

PATIENCE = 30.0
"""Seconds that a writer waits for another one. Readers wait for nobody."""

REBUILD = (
    "Move it away and run `track sync --full`: the trackers and the review documents rebuild it.\n"
    "Files of incidents have to be imported again: `track incidents import`."
)

_OTHER = "Check free space, permissions, and that no other program holds it."
_WHY = {
    "SQLITE_FULL": (
        "the disk is full",
        "Nothing that was kept before is lost. Make room and run it again; it goes on from there.",
    ),
    "SQLITE_READONLY": (
        "it may not be written",
        "SQLite writes two files beside it: whoever runs `track` must own the file and its folder.",
    ),
    "SQLITE_CANTOPEN": (
        "it cannot be opened",
        "SQLite writes two files beside it: whoever runs `track` must own the file and its folder.",
    ),
    "SQLITE_BUSY": (
        f"another program has held it for {PATIENCE:.0f} s",
        "Wait for it to end; `track` itself holds it for moments only.",
    ),
    "SQLITE_IOERR": (
        "the disk did not answer as it should",
        "Nothing that was kept before is lost. Check the disk; a network share is no place for a store.",
    ),
    "SQLITE_CORRUPT": ("this is not a sound store", REBUILD),
    "SQLITE_NOTADB": ("this is not a sound store", REBUILD),
}
"""What SQLite's primary result codes mean, and what to do."""


def connect(path: Path) -> sqlite3.Connection:
    """Open (or create, mode 0600) the store and bring its schema up to date."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=PATIENCE)
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise InvalidInput(f"{path}: no write-ahead log is possible there", "Set `[store] path` elsewhere.")
        connection.execute("PRAGMA synchronous = NORMAL")
        _bring_up_to_date(connection, path)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    except OSError as error:
        raise InvalidInput(
            f"{path}: the store cannot be opened ({error.strerror})",
            "Set `[store] path` to a file you may write, in a folder you may write.",
        ) from error
    return connection


def damaged(path: object, error: sqlite3.Error) -> InvalidInput:
    """What SQLite's error means for a person."""
    # The codes of one kind share a beginning: SQLITE_IOERR_WRITE is a SQLITE_IOERR.
    name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    why, hint = _WHY.get(name, ("the store cannot be used", _OTHER))
    return InvalidInput(f"{path}: {why} ({error})", hint)


def is_outside(error: object) -> TypeGuard[sqlite3.DatabaseError]:
    """Whether it is about the file or the disk. A constraint that is hurt or SQL that is wrong is a bug of ours."""
    code = getattr(error, "sqlite_errorname", "")
    return isinstance(error, sqlite3.DatabaseError) and "_".join(code.split("_")[:2]) in _WHY


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


def steps_done(connection: sqlite3.Connection) -> int:
    """The version of the schema: how many migrations the file has seen."""
    known = "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
    if connection.execute(known).fetchone() is None:
        return 0
    return int(
        connection.execute("SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'track'").fetchone()[0]
    )


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    if _steps_known(connection, path) == SCHEMA_STEPS:
        return
    from tracker.migrations import migrate  # heavy, and needed once

    # Of two that open an old store at once, the second finds nothing left to do and leaves the first one's copy alone.
    with transaction(connection):
        done = _steps_known(connection, path)
        if 0 < done < SCHEMA_STEPS:
            from tracker.store.copies import keep_before

            with closing(sqlite3.connect(path, timeout=PATIENCE)) as reader:  # no writer can be copied from
                keep_before(reader, path, SCHEMA_STEPS)
        if done < SCHEMA_STEPS:
            migrate(connection)


def _steps_known(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the schema. Raises InvalidInput where it is beyond what this version knows."""
    done = steps_done(connection)
    if done > SCHEMA_STEPS:
        raise InvalidInput(f"{path}: this store was written by a newer `track`", "Upgrade `track` on this machine.")
    return done
