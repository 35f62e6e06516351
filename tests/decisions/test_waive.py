"""A waiver is on the issue, on every machine, and ends."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import DropAfter, DropBefore, FaultPlan, When
from tests.decisions.steps import WAIVE, comments, known, labels
from tests.harness import lasting
from tests.once.machines import HOME

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched

KEY = "INC-1/A2"


def test_a_waiver_is_a_sentence_a_marker_and_a_label_and_two_machines_know_it(
    machine: Machine, other: Machine, sandbox: Watched
) -> None:
    ran = machine.run(*WAIVE, "--yes")
    assert (ran.code, "waive it until 2027-05-31, by Ann Lee" in ran.out) == (0, True)
    (comment,) = comments(sandbox, 2)
    assert comment.startswith("Waived until 2027-05-31: INC-1/A2, decided by Ann Lee: the service is replaced\n\n<!--")
    assert "waived" in labels(sandbox, 2)
    assert other.sync().code == 0
    assert machine.sync().code == 0
    assert "open, waived until 2027-05-31" in machine.run("status").out
    (waiver,) = known(machine, KEY).waivers
    assert (waiver.until, waiver.reason, waiver.by) == (date(2027, 5, 31), "the service is replaced", "Ann Lee")
    facts = []
    for each in (machine, other):
        with each.store() as store:
            facts.append(lasting(store.load_facts()))
    assert facts[0] == facts[1]


def test_a_deleted_store_brings_it_back(machine: Machine) -> None:
    machine.run(*WAIVE, "--yes")
    before = known(machine, KEY).waivers
    machine.lose_store()
    assert machine.sync("--full").code == 0
    assert known(machine, KEY).waivers == before != ()


def test_the_same_once_more_is_not_written_again(machine: Machine, sandbox: Watched) -> None:
    machine.run(*WAIVE, "--yes")
    again = machine.run(*WAIVE, "--yes")
    assert (again.code, "recorded already" in again.out, len(comments(sandbox, 2))) == (0, True, 1)
    sandbox.people.strip_label(HOME, 2, "waived")
    assert machine.run(*WAIVE, "--yes").code == 0
    assert ("waived" in labels(sandbox, 2), len(comments(sandbox, 2))) == (True, 1)


def test_a_waiver_is_ended_and_made_again_on_one_day(machine: Machine, sandbox: Watched) -> None:
    machine.run(*WAIVE, "--yes")
    ended = machine.run("waive", KEY, "--end", "--reason", "it stays", "--yes")
    assert ended.code == 0
    assert [waiver.until for waiver in known(machine, KEY).waivers] == [date(2026, 10, 5)] * 2
    assert "waived" not in labels(sandbox, 2)
    assert "waiver ends on 2026-10-05 by itself" in machine.run("waive", KEY, "--end", "--yes").out
    assert machine.run(*WAIVE, "--yes").code == 0
    assert known(machine, KEY).waivers[-1].until == date(2027, 5, 31)
    assert len(comments(sandbox, 2)) == 3


def test_an_item_that_was_never_waived_has_nothing_to_end(machine: Machine, sandbox: Watched) -> None:
    ran = machine.run("waive", KEY, "--end", "--yes")
    assert (ran.code, "it was never waived" in ran.out, comments(sandbox, 2)) == (0, True, [])


def test_a_dry_run_shows_it_and_writes_nothing(machine: Machine, sandbox: Watched) -> None:
    ran = machine.run(*WAIVE, "--dry-run", "--json")
    (step,) = json.loads(ran.out)["plan"]
    assert (ran.code, step["type"], step["key"], len(step["decision"])) == (0, "record", KEY, 16)
    assert comments(sandbox, 2) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--until", "2026-10-04", "--reason", "r", "--by", "A"), "2026-10-04 is past"),
        (("--until", "2027-12-01", "--reason", "r", "--by", "A"), "more than a year ahead"),
        (("--until", "2027-05-01", "--by", "A"), "--reason is missing"),
        (("--until", "2027-05-01", "--reason", "x" * 1001, "--by", "A"), "1001 characters"),
        (("--end", "--until", "2027-05-01"), "do not go together"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_sent(
    machine: Machine, sandbox: Watched, arguments: tuple[str, ...], said: str
) -> None:
    sandbox.forget()
    ran = machine.run("waive", KEY, *arguments, "--yes")
    assert (ran.code, said in ran.err, sandbox.count) == (2, True, 0)


def test_a_closed_item_has_nothing_to_waive_even_when_it_was_closed_a_moment_ago(
    machine: Machine, sandbox: Watched
) -> None:
    sandbox.people.close(HOME, 2, "dev")
    ran = machine.run(*WAIVE, "--yes")
    assert (ran.code, "nothing to waive: acme/payments#2 is done" in ran.out) == (1, True)
    assert comments(sandbox, 2) == []


def test_an_item_without_an_issue_is_to_be_pushed_first(machine: Machine) -> None:
    text = machine.document.read_text()
    machine.document.write_text(text + "| A3 | Alert on drift | @dev | 2026-11-01 | systemic | | Alert | Sooner |\n")
    machine.sync()
    ran = machine.run("waive", "INC-1/A3", *WAIVE[2:], "--yes")
    assert (ran.code, "Push it first" in ran.out) == (1, True)


@pytest.mark.parametrize("named", ["acme/payments#2", "inc-1/a2", "URL"])
def test_an_item_may_be_named_by_its_issue(machine: Machine, sandbox: Watched, named: str) -> None:
    named = f"{sandbox.url}/acme/payments/issues/2" if named == "URL" else named
    assert machine.run("waive", named, *WAIVE[2:], "--yes").code == 0
    assert len(comments(sandbox, 2)) == 1


def test_an_unknown_item_is_met_with_those_most_like_it(machine: Machine) -> None:
    ran = machine.run("waive", "INC-1/A22", *WAIVE[2:], "--yes")
    assert (ran.code, "Did you mean INC-1/A2" in ran.err) == (2, True)
    assert "INC-1/A1" in machine.run("waive", "INC-1", *WAIVE[2:], "--yes").err


def test_a_lost_answer_is_looked_for_and_nothing_is_sent_twice(machine: Machine, sandbox: Watched) -> None:
    sandbox.faults = FaultPlan(When(DropAfter(), path="/comments"))
    ran = machine.run(*WAIVE, "--yes")
    assert (ran.code, "the answer was lost" in ran.out, len(comments(sandbox, 2))) == (0, True, 1)


def test_an_unknown_outcome_is_said_and_the_next_run_looks_first(machine: Machine, sandbox: Watched) -> None:
    sandbox.faults = FaultPlan(When(DropBefore(), path="/comments"))
    ran = machine.run(*WAIVE, "--yes")
    assert (ran.code, "unknown" in ran.out, comments(sandbox, 2)) == (1, True, [])
    sandbox.faults = FaultPlan()
    assert machine.run(*WAIVE, "--yes").code == 0
    assert len(comments(sandbox, 2)) == 1


def test_a_decision_counts_on_an_issue_of_its_review_and_on_no_other(machine: Machine, sandbox: Watched) -> None:
    machine.run(*WAIVE, "--yes")
    (comment,) = comments(sandbox, 2)
    ref = sandbox.people.open_issue(HOME, "Somebody's", author="dev")
    sandbox.people.add_label(HOME, int(ref.rpartition("#")[2]), "follow-through")
    moved = comment.replace("INC-1/A2", "INC-1/A1")
    sandbox.people.comment(HOME, 3, "dev", moved)
    machine.clock.advance(timedelta(minutes=1))
    machine.sync()
    assert known(machine, "INC-1/A1").waivers == ()


def test_a_comment_that_a_person_deletes_takes_the_decision_with_it(machine: Machine, sandbox: Watched) -> None:
    machine.run(*WAIVE, "--yes")
    issue = sandbox.world.repository(HOME).issues[2]
    machine.clock.advance(timedelta(minutes=10))
    issue.comments.clear()
    sandbox.world.touch(issue)
    machine.sync()
    assert known(machine, KEY).waivers == ()
