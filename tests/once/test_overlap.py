"""Runs that overlap: a second sync leaves at once, everything else works while a sync is under way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.once.killing import KILLED
from tests.once.machines import HOME, KEYS, Machine, Ran, Watched, issues_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.once.killing import Processes

NEW_ROW = "| A3 | Test the rollback | @dev | 2026-12-01 | systemic | unvalidated-config | Log | Sooner |\n"


@pytest.fixture
def busy(machine: Machine, sandbox: Watched) -> Machine:
    """A machine whose next full sync sends two requests: a list, and a look at an issue that the list lacks."""
    assert machine.push().code == 0
    assert machine.sync().code == 0
    machine.clock.advance(timedelta(minutes=15))
    sandbox.people.close(HOME, 1, "dev")
    sandbox.people.strip_label(HOME, 2, "follow-through")
    sandbox.forget()
    return machine


def sync_around(machine: Machine, sandbox: Watched, moment: str, ordinal: int, act: Callable[[], None]) -> Ran:
    """A full sync, in the middle of which something happens: before or after one request, once."""
    acted: list[int] = []

    def at(number: int) -> None:
        if number == ordinal and not acted:
            acted.append(number)
            act()

    setattr(sandbox, moment, at)
    ran = machine.sync("--full")
    assert acted
    sandbox.forget()
    return ran


MOMENTS = pytest.mark.parametrize(("moment", "ordinal"), [("before", 1), ("after", 1), ("before", 2), ("after", 2)])


@MOMENTS
def test_a_second_sync_leaves_with_6_and_changes_nothing(
    busy: Machine, sandbox: Watched, moment: str, ordinal: int
) -> None:
    second: list[Ran] = []

    def again() -> None:
        before, asked = dump(busy), len(sandbox.log)
        second.append(busy.sync())
        assert dump(busy) == before
        assert len(sandbox.log) == asked

    first = sync_around(busy, sandbox, moment, ordinal, again)
    assert first.code == 0
    assert [ran.code for ran in second] == [6]
    assert "another sync is running" in second[0].err
    assert second[0].out == ""


@MOMENTS
def test_push_report_and_status_work_during_a_sync(busy: Machine, sandbox: Watched, moment: str, ordinal: int) -> None:
    codes: dict[str, int] = {}

    def work() -> None:
        busy.document.write_text(busy.document.read_text() + NEW_ROW)
        codes["push"] = busy.push().code
        codes["report"] = busy.run("report").code
        codes["status"] = busy.run("status").code

    ran = sync_around(busy, sandbox, moment, ordinal, work)
    assert (ran.code, codes) == (0, {"push": 0, "report": 0, "status": 0})
    assert [len(issues_of(sandbox.world, key)) for key in (*KEYS, "INC-1/A3")] == [1, 1, 1]
    assert busy.sync().code == 0
    with busy.store() as store:
        standing = {item.key: item.issue.status.value for item in store.load_facts().items if item.issue}
    assert standing == {"INC-1/A1": "done", "INC-1/A2": "open", "INC-1/A3": "open"}


def test_two_pushes_on_one_machine_do_not_overlap(machine: Machine, sandbox: Watched) -> None:
    second: list[int] = []

    def again(ordinal: int) -> None:
        if ordinal == 5:
            second.append(machine.push().code)

    sandbox.after = again
    assert machine.push().code == 0
    assert second == [6]
    assert [len(issues_of(sandbox.world, key)) for key in KEYS] == [1, 1]


def test_the_lock_of_a_killed_sync_does_not_stay(busy: Machine, sandbox: Watched, processes: Processes) -> None:
    assert processes.run(busy, sandbox, "sync", "--full", moment="after", ordinal=1) == KILLED
    assert busy.sync("--full").code == 0


def dump(machine: Machine) -> list[str]:
    """All that the store holds, as SQL."""
    with closing(sqlite3.connect(machine.store_path)) as connection:
        return list(connection.iterdump())
