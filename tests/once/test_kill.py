"""`kill -9` at every request boundary of a push and of a sync: the next run makes each item once, and all is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeClock
from tests.once.killing import KILLED
from tests.once.machines import HOME, KEYS, Machine, Watched, a_world, issues_of
from tests.once.test_request_boundaries import CLAIM, GRACE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.once.killing import Processes


@pytest.mark.parametrize(("moment", "store"), [("before", "kept"), ("after", "lost")])
def test_a_push_killed_anywhere_makes_each_item_once(
    tmp_path: Path, processes: Processes, moment: str, store: str
) -> None:
    code, ordinal = KILLED, 0
    while code == KILLED:
        ordinal += 1
        clock = FakeClock()
        with Watched(a_world(clock)) as sandbox:
            machine = Machine(tmp_path / str(ordinal), sandbox.api_url, clock)
            push = ("push", "--yes", str(machine.document))
            code = processes.run(machine, sandbox, *push, moment=moment, ordinal=ordinal)
            assert code in (KILLED, 0)
            if store == "lost":
                machine.lose_store()
            at_once = machine.push()
            assert at_once.code in (0, 1, 5), (ordinal, at_once)
            assert max(len(issues_of(sandbox.world, key)) for key in KEYS) <= 1, ordinal
            clock.advance(GRACE if store == "kept" else CLAIM)
            later = machine.push()
            assert later.code == 0, (ordinal, later)
            assert [len(issues_of(sandbox.world, key)) for key in KEYS] == [1, 1], ordinal
    assert ordinal > 10


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sync_killed_anywhere_is_made_good_by_the_next(tmp_path: Path, processes: Processes, moment: str) -> None:
    code, ordinal = KILLED, 0
    while code == KILLED:
        ordinal += 1
        clock = FakeClock()
        with Watched(a_world(clock)) as sandbox:
            machine = Machine(tmp_path / str(ordinal), sandbox.api_url, clock)
            assert machine.push().code == 0
            sandbox.people.close(HOME, 1, "dev")
            sandbox.people.strip_label(HOME, 2, "follow-through")
            sandbox.forget()
            code = processes.run(machine, sandbox, "sync", "--full", moment=moment, ordinal=ordinal)
            assert code in (KILLED, 0)
            assert machine.sync().code == 0
            with machine.store() as store:
                standing = {item.key: item.issue.status.value for item in store.load_facts().items if item.issue}
            assert standing == {"INC-1/A1": "done", "INC-1/A2": "open"}, ordinal
    assert ordinal > 2
