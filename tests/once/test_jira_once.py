"""On Jira, too, an item never gets a second issue: whatever breaks, however many rows a create has."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, StoreFirst, When
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, Flavour
from tests.fakes import FakeClock
from tests.once.jira_machines import a_jira, a_machine, a_review_of, issues_for, live_for, people_of
from tests.once.machines import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.once.machines import Machine, Watched

FLAVOURS = [pytest.param(CLOUD, id="cloud"), pytest.param(DATA_CENTER, id="data-center")]
FAULTS = [
    pytest.param(DropBefore(), id="cut-before"),
    pytest.param(DropAfter(), id="cut-after"),
    pytest.param(StoreFirst(1), id="half-stored"),
]
HONEST = (0, 1, 4, 5)
GRACE = timedelta(minutes=10)
CLAIM = timedelta(minutes=20)
READS = ("search", "bulkfetch", "approximate-count", "changelog")


def boundaries(tmp_path: Path, flavour: Flavour) -> Iterator[tuple[int, Watched, Machine]]:
    """A new world and machine for each request ordinal at which the fault strikes, until it strikes none."""
    ordinal, met = 0, 1
    while met:
        ordinal += 1
        clock = FakeClock()
        with a_jira(clock) as sandbox:
            yield ordinal, sandbox, a_machine(tmp_path / f"at-{ordinal}", sandbox, clock, flavour)
            met = sandbox.faults.met


def created(sandbox: Watched, flavour: Flavour = CLOUD) -> list[int]:
    return [len(issues_for(people_of(sandbox, flavour), key)) for key in KEYS]


def writes(sandbox: Watched) -> list[str]:
    """What was sent that changes something."""
    return [
        f"{each.method} {each.path}"
        for each in sandbox.log
        if each.method != "GET" and not any(name in each.path for name in READS)
    ]


@pytest.mark.parametrize(
    ("flavour", "fault"),
    [*(pytest.param(CLOUD, fault.values[0], id=f"cloud-{fault.id}") for fault in FAULTS)]
    + [pytest.param(DATA_CENTER, fault.values[0], id=f"data-center-{fault.id}") for fault in FAULTS[1:2]],
)
def test_a_push_cut_anywhere_makes_each_item_once(tmp_path: Path, flavour: Flavour, fault: Fault) -> None:
    struck = 0
    for ordinal, sandbox, machine in boundaries(tmp_path, flavour):
        sandbox.faults = FaultPlan(When(fault, at=ordinal))
        first = machine.push()
        struck += sandbox.faults.met
        assert first.code in HONEST, (ordinal, first)
        assert max(created(sandbox, flavour)) <= 1, ordinal
        assert first.code != 0 or created(sandbox, flavour) == [1, 1], (ordinal, first)
        second = machine.push()
        assert second.code in HONEST, (ordinal, second)
        assert max(created(sandbox, flavour)) <= 1, ordinal
        machine.clock.advance(GRACE)
        third = machine.push()
        assert (third.code, created(sandbox, flavour)) == (0, [1, 1]), (ordinal, third)
        sandbox.log.clear()
        assert machine.push().code == 0
        assert writes(sandbox) == [], ordinal
        left = [
            name for project in people_of(sandbox, flavour).world.site.projects.values() for name in project.properties
        ]
        assert not left or "could not be given back" in first.err, (ordinal, first, left)
    assert struck >= 8


def test_a_machine_that_lost_its_store_after_the_cut_makes_no_second_issue(tmp_path: Path) -> None:
    for ordinal, sandbox, machine in boundaries(tmp_path, CLOUD):
        sandbox.faults = FaultPlan(When(DropAfter(), at=ordinal))
        machine.push()
        machine.lose_store()
        assert machine.push().code in HONEST, ordinal
        assert max(created(sandbox)) <= 1, ordinal
        machine.clock.advance(CLAIM)
        last = machine.push()
        assert (last.code, created(sandbox)) == (0, [1, 1]), (ordinal, last)


def test_an_update_cut_anywhere_arrives_in_the_end(tmp_path: Path) -> None:
    flavour = CLOUD
    for ordinal, sandbox, machine in boundaries(tmp_path, flavour):
        assert machine.push().code == 0
        text = machine.document.read_text()
        machine.document.write_text(
            text.replace("Roll back by", "Roll all back by").replace("2026-11-01", "2026-11-08")
        )
        sandbox.faults = FaultPlan(When(DropAfter(), at=ordinal))
        assert machine.push().code in HONEST, ordinal
        last = machine.push()
        assert (last.code, created(sandbox, flavour)) == (0, [1, 1]), (ordinal, last)
        sandbox.log.clear()
        assert machine.push().code == 0
        assert writes(sandbox) == [], ordinal
        people = people_of(sandbox, flavour)
        (first,), (second,) = (issues_for(people, key) for key in KEYS)
        assert (first.due, second.summary) == ("2026-11-08", "Roll all back by one command")


def test_fifty_items_of_which_thirty_seven_were_stored_end_as_fifty_issues(tmp_path: Path) -> None:
    clock = FakeClock()
    keys = [f"INC-1/A{number}" for number in range(1, 51)]
    with a_jira(clock) as sandbox:
        machine = a_machine(tmp_path / "desk", sandbox, clock, review=a_review_of(50))
        sandbox.jira.lag_search(120)
        sandbox.faults = FaultPlan(When(StoreFirst(37), path="/issue/bulk$"))
        first = machine.push()
        assert (first.code, len(sandbox.jira.world.site.issues)) == (1, 37), first
        second = machine.push()
        assert second.code == 1
        assert len(sandbox.jira.world.site.issues) == 37
        machine.clock.advance(GRACE)
        last = machine.push()
        assert last.code == 0, last
        assert [len(issues_for(sandbox.jira, key)) for key in keys] == [1] * 50


def test_what_the_index_does_not_show_yet_is_found_by_its_key(tmp_path: Path) -> None:
    """A second machine pushes the same review while the search knows nothing of the first one's issues."""
    clock = FakeClock()
    with a_jira(clock) as sandbox:
        sandbox.jira.lag_search(600)
        assert a_machine(tmp_path / "one", sandbox, clock).push().code == 0
        second = a_machine(tmp_path / "two", sandbox, clock).push()
        assert (second.code, created(sandbox)) == (0, [1, 1]), second


def test_a_row_that_jira_refuses_is_said_and_keeps_no_other_back(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_jira(clock) as sandbox:
        machine = a_machine(tmp_path / "desk", sandbox, clock)
        text = machine.document.read_text().replace("Pull request |", "Pull request " + "x" * 40_000 + " |", 1)
        machine.document.write_text(text)
        result = machine.push()
        assert result.code == 1
        assert created(sandbox) == [0, 1]
        assert "INC-1/A1" in result.out


@pytest.mark.parametrize(
    ("flavour", "may_claim"),
    [
        pytest.param(CLOUD, True, id="cloud"),
        pytest.param(CLOUD, False, id="cloud-without-claims"),
        pytest.param(DATA_CENTER, True, id="data-center"),
    ],
)
def test_two_machines_at_any_moment_of_each_other_end_with_one_live_issue_an_item(
    tmp_path: Path, flavour: Flavour, may_claim: bool
) -> None:
    """The second machine pushes whole while the first waits for an answer, at every third of its requests in turn."""
    ordinal, went_on = 0, True
    while went_on:
        ordinal += 3
        clock = FakeClock()
        with a_jira(clock) as sandbox:
            if not may_claim:
                people_of(sandbox, flavour).take_permissions("PLAT", ["ADMINISTER_PROJECTS"], "lead")
            one = a_machine(tmp_path / f"one-{ordinal}", sandbox, clock, flavour)
            two = a_machine(tmp_path / f"two-{ordinal}", sandbox, clock, flavour)
            ran: list[int] = []

            def step_in(number: int, at: int = ordinal, two: Machine = two, ran: list[int] = ran) -> None:
                if number == at and not ran:
                    ran.append(number)
                    two.push()

            sandbox.after = step_in
            one.push()
            sandbox.forget()
            went_on = bool(ran)
            clock.advance(CLAIM)
            for machine in (one, two):
                assert machine.push().code == 0
            people = people_of(sandbox, flavour)
            assert [len(live_for(people, key)) for key in KEYS] == [1, 1], ordinal
            if may_claim:
                assert created(sandbox, flavour) == [1, 1], ordinal


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_store_is_derived_and_a_second_machine_reaches_the_same_facts(tmp_path: Path, flavour: Flavour) -> None:
    from tests.harness import lasting_facts

    clock = FakeClock()
    with a_jira(clock) as sandbox:
        people = people_of(sandbox, flavour)
        machine = a_machine(tmp_path / "one", sandbox, clock, flavour)
        assert machine.push().code == 0
        keys = [people.world.key(issues_for(people, key)[0]) for key in KEYS]
        clock.advance(timedelta(days=1))
        people.set_due(keys[0], "2026-11-20", "dev")
        people.add_remote_link(keys[0], "https://code.example/pull/7", author="dev")
        people.comment(keys[1], "dev", "Evidence: https://wiki.example/runbook")
        people.transition(keys[0], "Done", "dev", "Done")
        clock.advance(timedelta(days=1))
        people.move_issue(keys[1], "OPS", "dev")
        assert machine.sync().code == 0
        before = lasting_facts(machine)
        assert [len(item.evidence) for item in before.items] == [1, 1]
        assert [item.moves[0].to.isoformat() for item in before.items if item.moves] == ["2026-11-20"]
        machine.lose_store()
        assert machine.sync("--full").code == 0
        assert lasting_facts(machine) == before
        other = a_machine(tmp_path / "two", sandbox, clock, flavour, review="# Nothing\n")
        other.document.unlink()
        assert other.sync("--full").code == 0
        assert lasting_facts(other) == before
