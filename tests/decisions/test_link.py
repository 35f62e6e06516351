"""An issue that exists stands for an item: one that was not pushed, one that is lost, and, when told to, any other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.decisions.steps import comments, known, labels, lose
from tests.harness import lasting_facts
from tests.once.machines import HOME
from tracker.model import Status
from tracker.recorded import Resolved

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched

NEW_ROW = "| A3 | Alert on drift | @dev | 2026-11-01 | systemic | unvalidated-config | Alert | Sooner |\n"


def a_persons_issue(sandbox: Watched) -> str:
    return sandbox.people.open_issue(HOME, "Alerting for config drift", author="dev")


def standing(machine: Machine, key: str) -> str:
    issue = known(machine, key).issue
    assert issue is not None
    return issue.ref


def test_an_item_that_was_not_pushed_is_followed_in_an_issue_that_exists(
    machine: Machine, other: Machine, sandbox: Watched
) -> None:
    machine.document.write_text(machine.document.read_text() + NEW_ROW)
    machine.sync()
    ref = a_persons_issue(sandbox)
    ran = machine.run("link", "INC-1/A3", ref, "--by", "Ann Lee", "--yes")
    assert (ran.code, f"{ref}: follow it for INC-1/A3" in ran.out) == (0, True)
    assert {"follow-through", "condition:unvalidated-config"} <= set(labels(sandbox, 3))
    (comment,) = comments(sandbox, 3)
    assert comment.startswith("This issue stands for INC-1/A3 from now on, decided by Ann Lee")
    assert standing(machine, "INC-1/A3") == ref
    assert other.sync().code == 0
    assert lasting_facts(other).items == lasting_facts(machine).items
    assert "it stands for the item already" in machine.run("link", "INC-1/A3", "#3", "--yes").out
    assert machine.push().code == 0
    assert len(sandbox.world.repository(HOME).issues) == 3


def test_a_lost_item_gets_the_issue_that_took_its_place_and_keeps_its_promise(
    machine: Machine, sandbox: Watched
) -> None:
    before = known(machine, "INC-1/A2")
    lose(machine, sandbox, 2)
    ref = a_persons_issue(sandbox)
    assert machine.run("resolve", "INC-1/A2", "--moved-to", ref, "--note", "merged by hand", "--yes").code == 0
    after = known(machine, "INC-1/A2")
    assert after.issue is not None
    assert (after.issue.ref, after.committed, after.first_due) == (ref, before.committed, before.first_due)
    (resolution,) = after.resolutions
    assert (resolution.how, resolution.note, resolution.to) == (Resolved.MOVED, "merged by hand", after.issue.url)
    machine.lose_store()
    assert machine.sync("--full").code == 0
    assert known(machine, "INC-1/A2").resolutions == after.resolutions


def test_another_issue_is_in_the_way_unless_it_is_told_to_give_way(
    machine: Machine, other: Machine, sandbox: Watched
) -> None:
    ref = a_persons_issue(sandbox)
    ran = machine.run("link", "INC-1/A1", ref, "--yes")
    assert (ran.code, "acme/payments#1 stands for it (open)" in ran.out, comments(sandbox, 3)) == (1, True, [])
    ran = machine.run("link", "INC-1/A1", ref, "--instead", "--yes")
    assert (ran.code, "close it as a duplicate of acme/payments#3" in ran.out) == (0, True)
    assert other.sync().code == machine.sync().code == 0
    assert standing(machine, "INC-1/A1") == standing(other, "INC-1/A1") == ref
    assert sandbox.world.repository(HOME).issues[1].reason == "duplicate"


def test_evidence_that_stays_on_the_issue_that_gives_way_is_said(machine: Machine, sandbox: Watched) -> None:
    machine.run("evidence", "INC-1/A1", "https://dash.example/rollout", "--yes")
    ran = machine.run("link", "INC-1/A1", a_persons_issue(sandbox), "--instead", "--dry-run")
    assert "1 piece of evidence stays on acme/payments#1: `track evidence INC-1/A1 URL` records one again" in ran.out


def test_what_a_person_has_to_do_with_is_not_closed_and_gives_way_all_the_same(
    machine: Machine, other: Machine, sandbox: Watched
) -> None:
    sandbox.people.close(HOME, 1, "dev")
    sandbox.people.reopen(HOME, 1, "dev")
    ref = a_persons_issue(sandbox)
    ran = machine.run("link", "INC-1/A1", ref, "--instead", "--yes")
    assert (ran.code, "it is left as it is" in ran.out) == (0, True)
    other.sync()
    assert standing(machine, "INC-1/A1") == standing(other, "INC-1/A1") == ref
    assert sandbox.world.repository(HOME).issues[1].closed is None


def test_the_choice_may_be_made_the_other_way_again(machine: Machine, other: Machine, sandbox: Watched) -> None:
    ref = a_persons_issue(sandbox)
    machine.run("link", "INC-1/A1", ref, "--instead", "--yes")
    sandbox.people.reopen(HOME, 1, "dev")
    machine.clock.advance(timedelta(minutes=1))
    assert machine.run("link", "INC-1/A1", "acme/payments#1", "--instead", "--yes").code == 0
    other.sync()
    assert standing(machine, "INC-1/A1") == standing(other, "INC-1/A1") == "acme/payments#1"


def test_an_issue_that_nobody_follows_is_said(machine: Machine) -> None:
    ran = machine.run("link", "INC-1/A1", "acme/other#7", "--instead", "--yes")
    assert (ran.code, "in no tracker that is followed" in ran.err) == (2, True)


def test_the_plan_comes_as_json(machine: Machine, sandbox: Watched) -> None:
    ref = a_persons_issue(sandbox)
    ran = machine.run("link", "INC-1/A1", ref, "--instead", "--dry-run", "--json")
    assert [step["ref"] for step in json.loads(ran.out)["plan"]] == [ref, "acme/payments#1"]
    assert known(machine, "INC-1/A1").issue is not None
    assert standing(machine, "INC-1/A1") == "acme/payments#1"


def test_a_lost_issue_with_a_lower_number_does_not_win(machine: Machine, sandbox: Watched) -> None:
    ref = a_persons_issue(sandbox)
    lose(machine, sandbox, 1)
    assert machine.run("link", "INC-1/A1", ref, "--yes").code == 0
    assert standing(machine, "INC-1/A1") == ref
    assert known(machine, "INC-1/A1").issue.status is Status.OPEN  # type: ignore[union-attr]
