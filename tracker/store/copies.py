"""Copies of the store: one before each change of its schema, and those that somebody asks for.

A copy is made by SQLite itself: it is whole, however busy the store is, and holds nobody up.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tracker.errors import InvalidInput
from tracker.store.connection import damaged


def keep_before(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the store to `track.db.before-<version>`, in the place of earlier copies of the kind.

    Raises InvalidInput where there is no room for it; the schema is then left as it is.
    """
    target = path.with_name(f"{path.name}.before-{version}")
    copy_store(connection, target)
    for earlier in path.parent.iterdir():
        if earlier != target and re.fullmatch(re.escape(path.name) + r"\.before-[0-9]+", earlier.name):
            earlier.unlink(missing_ok=True)
    return target


def copy_store(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the store into a file of mode 0600, in one step: the file is whole, or as it was. Raises InvalidInput."""
    beside = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # of mode 0600
        os.close(handle)
        beside = Path(name)
        with closing(sqlite3.connect(beside)) as copy:
            connection.backup(copy)
            # One file, to be moved about: whoever opens it as a store gets the write-ahead log again.
            copy.execute("PRAGMA journal_mode = DELETE")
            verdict = str(copy.execute("PRAGMA quick_check(1)").fetchone()[0])
            if verdict != "ok":
                raise InvalidInput(f"{target}: the copy would not be sound ({verdict})", "Run `track store check`.")
        beside.replace(target)
    except sqlite3.DatabaseError as error:
        raise damaged(target, error) from error
    except OSError as error:
        raise InvalidInput(
            f"{target}: the copy cannot be written ({error.strerror})", "Name a file in a folder you may write."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
