"""What became of a lost item is a recorded decision; nothing is kept in the store alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import DropAfter, DropBefore, FaultPlan, When
from tests.decisions.steps import comments, known, lose
from tests.once.machines import HOME, live_issues
from tracker.recorded import Resolved

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched

GONE = ("resolve", "INC-1/A2", "--gone", "the service was shut down", "--by", "Ann Lee", "--yes")
AGAIN = ("resolve", "INC-1/A2", "--recreate", "--note", "it was deleted by mistake", "--yes")


def test_an_item_that_is_not_lost_has_nothing_to_resolve(machine: Machine) -> None:
    for arguments in (GONE, AGAIN):
        ran = machine.run(*arguments)
        assert (ran.code, "it is not lost: acme/payments#2 is open" in ran.out) == (1, True)


@pytest.mark.parametrize("arguments", [(), ("--gone", " "), ("--gone", "r", "--recreate")])
def test_one_way_has_to_be_named(machine: Machine, arguments: tuple[str, ...]) -> None:
    assert machine.run("resolve", "INC-1/A2", *arguments, "--yes").code == 2


def test_gone_on_purpose_is_recorded_on_another_issue_of_the_review(machine: Machine, sandbox: Watched) -> None:
    lose(machine, sandbox, 2)
    assert "acme/payments#2 is missing" in machine.push().out
    assert machine.run(*GONE).code == 0
    (comment,) = comments(sandbox, 1)
    assert comment.startswith("The issue of INC-1/A2 (acme/payments#2) is gone on purpose, decided by Ann Lee: the")
    (resolution,) = known(machine, "INC-1/A2").resolutions
    assert (resolution.how, resolution.note) == (Resolved.GONE, "the service was shut down")
    pushed = machine.push()
    assert (pushed.code, "it is recorded as gone on purpose" in pushed.out) == (0, True)
    machine.lose_store()
    assert machine.sync("--full").code == 0
    assert known(machine, "INC-1/A2").resolutions == (resolution,)
    assert "gone on purpose" in machine.run("status").out
    assert machine.push().code == 0
    assert live_issues(sandbox.world, "INC-1/A2") == []


def test_where_no_issue_is_left_it_is_said_and_nothing_is_written(machine: Machine, sandbox: Watched) -> None:
    sandbox.people.delete_issue(HOME, 1)
    lose(machine, sandbox, 2)
    ran = machine.run(*GONE)
    assert (ran.code, "no issue of INC-1 is left to record it on" in ran.out) == (1, True)
    assert "Take A2 out of the review document" in ran.out
    assert known(machine, "INC-1/A2").resolutions == ()


def test_a_lost_issue_is_created_again_once_and_says_so(machine: Machine, other: Machine, sandbox: Watched) -> None:
    before = known(machine, "INC-1/A2")
    lose(machine, sandbox, 2)
    ran = machine.run(*AGAIN)
    assert ran.code == 0, ran.out + ran.err
    assert live_issues(sandbox.world, "INC-1/A2") == [3]
    (comment,) = comments(sandbox, 3)
    assert "in the place of acme/payments#2: it was deleted by mistake" in comment
    after = known(machine, "INC-1/A2")
    assert (after.committed, after.first_due) == (before.committed, before.first_due)
    assert [each.how for each in after.resolutions] == [Resolved.RECREATED]
    assert other.sync().code == 0
    assert known(other, "INC-1/A2").resolutions == after.resolutions
    assert "it is not lost" in machine.run(*AGAIN).out
    assert machine.push().code == 0
    assert live_issues(sandbox.world, "INC-1/A2") == [3]


def test_creating_it_again_keeps_the_rest_of_the_document_as_it_is(machine: Machine, sandbox: Watched) -> None:
    row = "| A3 | Alert on drift | @dev | 2026-11-01 | systemic | unvalidated-config | Alert | Sooner |\n"
    machine.document.write_text(machine.document.read_text() + row + "\n## Proposed\n- Rewrite it\n")
    lose(machine, sandbox, 2)
    assert machine.run(*AGAIN).code == 0
    with machine.store() as store:
        facts = store.load_facts()
    assert [item.item.id for item in facts.items] == ["A1", "A2", "A3"]
    assert facts.proposed == (("INC-1", "Rewrite it"),)


def test_an_answer_to_the_create_that_is_lost_makes_no_second_issue(machine: Machine, sandbox: Watched) -> None:
    lose(machine, sandbox, 2)
    sandbox.faults = FaultPlan(When(DropAfter(), method="POST", path="/issues$"))
    first = machine.run(*AGAIN)
    assert (first.code, live_issues(sandbox.world, "INC-1/A2")) == (0, [3])
    assert len(comments(sandbox, 3)) == 1


def test_a_note_that_did_not_get_through_is_written_by_the_next_run(machine: Machine, sandbox: Watched) -> None:
    lose(machine, sandbox, 2)
    sandbox.faults = FaultPlan(When(DropBefore(), method="POST", path="/comments"))
    assert machine.run(*AGAIN).code == 1
    assert (live_issues(sandbox.world, "INC-1/A2"), comments(sandbox, 3)) == ([3], [])
    assert machine.run(*AGAIN).code == 0
    assert (live_issues(sandbox.world, "INC-1/A2"), len(comments(sandbox, 3))) == ([3], 1)


def test_gone_may_be_taken_back_by_creating_it_again(machine: Machine, sandbox: Watched) -> None:
    lose(machine, sandbox, 2)
    assert machine.run(*GONE).code == 0
    machine.clock.advance(timedelta(minutes=1))
    assert machine.run(*AGAIN).code == 0
    assert live_issues(sandbox.world, "INC-1/A2") == [3]
    assert [each.how for each in known(machine, "INC-1/A2").resolutions] == [Resolved.GONE, Resolved.RECREATED]


def test_a_dry_run_creates_nothing(machine: Machine, sandbox: Watched) -> None:
    lose(machine, sandbox, 2)
    ran = machine.run("resolve", "INC-1/A2", "--recreate", "--dry-run")
    assert (ran.code, "in the place of acme/payments#2" in ran.out) == (0, True)
    assert live_issues(sandbox.world, "INC-1/A2") == []
