"""Looks at a store without changing it: neither made, nor migrated, nor written to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.store import journal, runs
from tracker.store.connection import REBUILD, SCHEMA_STEPS, damaged, steps_done
from tracker.store.copies import copy_store
from tracker.store.journal import SyncState
from tracker.store.reading import open_read_only
from tracker.store.runs import Run

if TYPE_CHECKING:
    from pathlib import Path

OWNER_ONLY = 0o600


class Finding(Struct, frozen=True, kw_only=True):
    """One thing looked at: whether it is well, what was found, and what to do where it is not."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


class Examined(Struct, frozen=True, kw_only=True):
    """What a store is like: the findings, how far each tracker's syncs came, and the scheduler's latest runs."""

    findings: tuple[Finding, ...]
    syncs: tuple[SyncState, ...] = ()
    runs: tuple[Run, ...] = ()


def examine(path: Path) -> Examined:
    """Look at everything; a damaged file is a finding. Raises InvalidInput where there is no store."""
    findings = [_mode(path), _size(path)]
    try:
        with closing(open_read_only(path)) as connection:
            findings += [_integrity(connection), _references(connection), version := _version(connection)]
            syncs = journal.load_all(connection) if version.ok else []
            latest = runs.load_all(connection, 10) if version.ok else []
    except sqlite3.DatabaseError as error:
        problem = damaged(path, error)
        findings.append(Finding(name="file", ok=False, detail=problem.message, hint=problem.hint))
        return Examined(findings=tuple(findings))
    return Examined(findings=tuple(findings), syncs=tuple(syncs), runs=tuple(latest))


def back_up(path: Path, target: Path, *, force: bool) -> None:
    """Copy a store. Raises InvalidInput where the file is there already, unless `force`, or can't be written."""
    if target.exists() and not force:
        raise InvalidInput(f"{target} is there already", "Name another file, or overwrite it with --force.")
    if target.exists() and target.samefile(path):
        raise InvalidInput(f"{target} is the store itself", "Name another file.")
    try:
        with closing(open_read_only(path)) as connection:
            copy_store(connection, target)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def _mode(path: Path) -> Finding:
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no store yet", "`track sync` makes it.")
    mode = path.stat().st_mode & 0o777
    ok = not mode & ~OWNER_ONLY
    return Finding(name="mode", ok=ok, detail=f"{mode:04o}", hint=f"It is for its owner alone: chmod 600 {path}")


def _size(path: Path) -> Finding:
    """The file, and what waits beside it to be taken over."""
    beside = [path.with_name(path.name + end) for end in ("", "-wal")]
    size = sum(each.stat().st_size for each in beside if each.exists())
    return Finding(name="size", ok=True, detail=f"{size / 1_000_000:.1f} MB")


def _integrity(connection: sqlite3.Connection) -> Finding:
    verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return Finding(name="integrity", ok=verdict == "ok", detail=verdict, hint=REBUILD)


def _references(connection: sqlite3.Connection) -> Finding:
    orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    detail = "ok" if orphan is None else f"table {orphan[0]} points at a missing row of {orphan[2]}"
    return Finding(name="foreign keys", ok=orphan is None, detail=detail, hint=REBUILD)


def _version(connection: sqlite3.Connection) -> Finding:
    """A store that is behind is brought up to date by any command that opens it; one that is ahead is left alone."""
    done = steps_done(connection)
    if done > SCHEMA_STEPS:
        detail, hint = f"{done}, and this `track` knows {SCHEMA_STEPS}", "Upgrade `track` on this machine."
    elif done < SCHEMA_STEPS:
        detail, hint = f"{done} of {SCHEMA_STEPS}", "`track status` brings it up to date, and keeps a copy from before."
    else:
        detail, hint = str(done), ""
    return Finding(name="schema", ok=done == SCHEMA_STEPS, detail=detail, hint=hint)
