"""`kill -9` of a real scheduler in the middle of its Monday: the next one goes on, and nothing is written twice."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.nudge_marker import NUDGE
from tests.doc_links import ROOT
from tests.fakes import FakeClock
from tests.once.killing import KILLED, Processes
from tests.once.machines import CONFIG, HOME, Machine, Watched, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNATTENDED = """
[schedule]
sync_every = "1d"
report_at = "monday 07:00"
nudge_at = "07:00"
[nudge]
since = 2026-10-05
overdue_every = "7d"
[deliver.weekly]
to = "issue"
issue = "acme/payments#1"
"""
LOOK = ("schedule", "--once", "--quiet")
KILLS = [("after", 2), ("before", 5), ("after", 6), ("after", 7), ("before", 9), ("after", 11), ("after", 13)]
"""One a week: at which request of that Monday, and whether it was carried out."""


@pytest.fixture
def processes() -> Iterator[Processes]:
    command = [sys.executable, "-m", "tests.once.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        yield Processes(server)
        assert server.stdin is not None
        server.stdin.close()


def test_a_scheduler_killed_on_mondays_writes_each_report_and_reminder_once(
    tmp_path: Path, processes: Processes
) -> None:
    clock = FakeClock()
    with Watched(a_world(clock)) as sandbox:
        machine = Machine(tmp_path / "server", sandbox.api_url, clock, config=CONFIG + UNATTENDED)
        assert machine.push().code == 0
        assert machine.run(*LOOK).code == 0
        killed = 0
        for week, (moment, ordinal) in enumerate(KILLS, 1):
            clock.at = datetime(2026, 10, 5, 7, 11, tzinfo=UTC) + timedelta(weeks=week)
            sandbox.forget()
            killed += processes.run(machine, sandbox, *LOOK, moment=moment, ordinal=ordinal) == KILLED
            for _again in range(2):
                clock.advance(timedelta(minutes=31))
                code = machine.run(*LOOK).code
            assert code == 0
            bodies = [comment.body for comment in sandbox.world.repository(HOME).issues[1].comments]
            assert sum("follow-through:report:v1" in body for body in bodies) == week
        said = [comment.body for issue in sandbox.world.repository(HOME).issues.values() for comment in issue.comments]
        reminders = [body.partition(NUDGE)[2] for body in said if NUDGE in body]
    assert len(reminders) == len(set(reminders)) >= 4
    assert killed >= 5
