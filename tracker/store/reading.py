"""Reads a store without changing it: neither made, nor migrated, nor written to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tracker.errors import InvalidInput
from tracker.store import facts
from tracker.store.connection import SCHEMA_STEPS, damaged, steps_done

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.model import Facts


def read_facts(path: Path) -> Facts:
    """Everything a report is made from, as one consistent read of a store that may be somebody else's.

    Raises InvalidInput where it cannot be read, or is of another version than this `track`.
    """
    try:
        with closing(open_read_only(path)) as connection:
            connection.execute("BEGIN")
            _check_version(path, steps_done(connection))
            return facts.load(connection)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def open_read_only(path: Path) -> sqlite3.Connection:
    """For reading alone. In a folder that may not be written, a store at rest is read as it is."""
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no store yet", "`track sync` makes it.")
    wal = path.with_name(f"{path.name}-wal")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if wal.exists() and wal.stat().st_size:
            raise
        return sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
    return connection


def _check_version(path: Path, done: int) -> None:
    if done == 0:
        raise InvalidInput(f"{path}: this is no store of `track`", "Give the file that `[store] path` names.")
    if done > SCHEMA_STEPS:
        raise InvalidInput(f"{path}: this store was written by a newer `track`", "Upgrade `track` on this machine.")
    if done < SCHEMA_STEPS:
        raise InvalidInput(
            f"{path}: this store is of an older version of `track`",
            "Open it once with this version where it is kept: `track status` brings it up to date.",
        )
