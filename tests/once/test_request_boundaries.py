"""Cuts the conversation of a push, and of a sync, at every request in every way: nothing is made twice or forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Garbage, Status, Truncate, When
from tests.fakes import FakeClock
from tests.once.machines import HOME, KEYS, Machine, Watched, a_world, issues_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUTS = [pytest.param(DropBefore(), id="cut-before"), pytest.param(DropAfter(), id="cut-after")]
FAULTS = [
    *CUTS,
    pytest.param(Status(502, after_write=True), id="502-after-the-write"),
    pytest.param(Truncate(), id="truncated"),
    pytest.param(Garbage(), id="garbage"),
]
HONEST = (0, 1, 4, 5)
GRACE = timedelta(minutes=10)
CLAIM = timedelta(minutes=20)
"""Longer than any claim of a push of two items is held."""


def boundaries(tmp_path: Path) -> Iterator[tuple[int, Watched, Machine]]:
    """A new world and machine for each request ordinal at which the fault strikes, until it strikes none."""
    ordinal, met = 0, 1
    while met:
        ordinal += 1
        clock = FakeClock()
        with Watched(a_world(clock)) as sandbox:
            yield ordinal, sandbox, Machine(tmp_path / f"at-{ordinal}", sandbox.api_url, clock)
            met = sandbox.faults.met


def created(sandbox: Watched) -> list[int]:
    return [len(issues_of(sandbox.world, key)) for key in KEYS]


def writes(sandbox: Watched) -> list[str]:
    """What was sent that changes something."""
    return [
        each.operation or each.path
        for each in sandbox.log
        if each.method != "GET" and each.operation not in ("Followed", "Known", "Label", "Assignable", "One")
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_cut_anywhere_makes_each_item_once(tmp_path: Path, fault: Fault) -> None:
    struck = 0
    for ordinal, sandbox, machine in boundaries(tmp_path):
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        first = machine.push()
        struck += sandbox.faults.met
        assert first.code in HONEST, (ordinal, first)
        assert max(created(sandbox)) <= 1, ordinal
        assert first.code != 0 or created(sandbox) == [1, 1], (ordinal, first)

        second = machine.push()
        assert second.code in HONEST, (ordinal, second)
        assert max(created(sandbox)) <= 1, ordinal
        assert second.code != 0 or created(sandbox) == [1, 1], (ordinal, second)

        machine.clock.advance(GRACE)
        third = machine.push()
        assert (third.code, created(sandbox)) == (0, [1, 1]), (ordinal, third)

        sandbox.log.clear()
        assert machine.push().code == 0
        assert writes(sandbox) == [], ordinal
        left = [name for name in sandbox.world.repository(HOME).labels if "claim" in name]
        assert not left or "could not be given back" in first.err, (ordinal, first)
    assert struck >= 9


@pytest.mark.parametrize("fault", CUTS)
def test_a_machine_that_lost_its_store_after_the_cut_makes_no_second_issue(tmp_path: Path, fault: Fault) -> None:
    for ordinal, sandbox, machine in boundaries(tmp_path):
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        machine.push()
        machine.lose_store()
        assert machine.push().code in HONEST, ordinal
        assert max(created(sandbox)) <= 1, ordinal
        machine.clock.advance(CLAIM)
        last = machine.push()
        assert (last.code, created(sandbox)) == (0, [1, 1]), (ordinal, last)


@pytest.mark.parametrize("fault", CUTS)
def test_an_update_cut_anywhere_arrives_in_the_end(tmp_path: Path, fault: Fault) -> None:
    for ordinal, sandbox, machine in boundaries(tmp_path):
        assert machine.push().code == 0
        text = machine.document.read_text()
        machine.document.write_text(
            text.replace("Roll back by", "Roll all back by").replace("2026-11-01", "2026-11-08")
        )
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        assert machine.push().code in HONEST, ordinal
        last = machine.push()
        assert (last.code, created(sandbox)) == (0, [1, 1]), (ordinal, last)
        sandbox.log.clear()
        assert machine.push().code == 0
        assert writes(sandbox) == [], ordinal
        assert issues_of(sandbox.world, "INC-1/A2")[0].title.startswith("Roll all back")


@pytest.mark.parametrize("fault", [*CUTS, FAULTS[-1]])
def test_a_sync_cut_anywhere_is_made_good_by_the_next(tmp_path: Path, fault: Fault) -> None:
    for ordinal, sandbox, machine in boundaries(tmp_path):
        assert machine.push().code == 0
        sandbox.people.close(HOME, 1, "dev")
        sandbox.people.strip_label(HOME, 2, "follow-through")
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        assert machine.sync("--full").code in HONEST, ordinal
        assert machine.sync().code == 0
        with machine.store() as store:
            standing = {item.key: item.issue.status.value for item in store.load_facts().items if item.issue}
        assert standing == {"INC-1/A1": "done", "INC-1/A2": "open"}, ordinal
