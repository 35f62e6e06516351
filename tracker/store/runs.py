"""The scheduler's journal: which job ran for which moment, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.store.rows import time_from, time_text

if TYPE_CHECKING:
    import sqlite3

KEPT = timedelta(days=90)
"""How long the journal reaches back."""

AHEAD = timedelta(days=1)
"""A run that was due more than this after now is none: the clock was wrong then."""


class Outcome(StrEnum):
    """What came of a run. `WAITING` is no run: it says from when on the job's first moment is waited for."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    WAITING = "waiting"


class Run(Struct, frozen=True, kw_only=True):
    """One run of a job. `due` is the moment it was run for; `tries` counts the runs for that moment, this one included.

    `ended` is None while it runs, and for ever where its process was killed.
    """

    job: str
    due: datetime
    started: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    detail: str = ""
    tries: int = 1


_COLUMNS = "job, due, started, ended, outcome, detail, tries"


def last(connection: sqlite3.Connection, job: str) -> Run | None:
    """The run of a job's latest moment; None where it never ran."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM runs WHERE job = ? ORDER BY due DESC LIMIT 1", (job,)).fetchone()
    return None if row is None else _from(row)


def load_all(connection: sqlite3.Connection, limit: int) -> list[Run]:
    """The latest runs, newest first."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY started DESC, job LIMIT ?", (limit,))
    return [_from(row) for row in found]


def save(connection: sqlite3.Connection, run: Run) -> None:
    """Keep a run, in the place of an earlier one for the same moment; what is older than three months goes.

    So does what is days ahead of it: it was written while the clock was wrong, and nothing would be due until then.
    """
    row = (
        run.job, time_text(run.due), time_text(run.started), time_text(run.ended), run.outcome.value, run.detail,
        run.tries,
    )  # fmt: skip
    connection.execute(f"INSERT OR REPLACE INTO runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute(
        "DELETE FROM runs WHERE job = ? AND (due < ? OR due > ?)",
        (run.job, time_text(run.due - KEPT), time_text(run.due + AHEAD)),
    )


def _from(row: tuple[str, str, str, str | None, str, str, int]) -> Run:
    return Run(
        job=row[0], due=datetime.fromisoformat(row[1]), started=datetime.fromisoformat(row[2]), ended=time_from(row[3]),
        outcome=Outcome(row[4]), detail=row[5], tries=row[6],
    )  # fmt: skip
