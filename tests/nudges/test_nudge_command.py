"""`track nudge` against the sandboxes: once an occasion on GitHub and on Jira, from whatever machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.nudge_marker import NUDGE
from sync.sandbox.faults import DropAfter, FaultPlan, When
from sync.sandbox.people import People
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, Flavour
from tests.once.jira_machines import a_jira, a_machine, people_of
from tests.once.machines import CONFIG, HOME, Machine
from tracker.runs import jobs
from tracker.store.runs import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.fakes import FakeClock
    from tests.harness import RecordingClock
    from tests.once.machines import Watched

NUDGING = '[nudge]\nsince = 2026-10-01\n[evidence]\non_missing = "reopen"\n'
A1, A2 = 1, 2
"""The numbers of the issues: A2 is due on 2026-10-20, A1 on 2026-11-01."""


def morning(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, 0, tzinfo=UTC)


@pytest.fixture
def machine(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> Machine:
    """A machine whose review was pushed on 5 October; it is the day on which A2 comes due soon."""
    machine = Machine(tmp_path / "laptop", sandbox.api_url, clock, config=CONFIG + NUDGING)
    assert machine.push().code == 0
    clock.at = morning(10, 17)
    return machine


@pytest.fixture
def other(tmp_path: Path, machine: Machine, sandbox: Sandbox, clock: RecordingClock) -> Machine:
    del machine
    other = Machine(tmp_path / "desk", sandbox.api_url, clock, config=CONFIG + NUDGING)
    assert other.sync().code == 0
    return other


@pytest.fixture
def people(sandbox: Sandbox) -> People:
    return People(sandbox.world)


def reminders(sandbox: Sandbox, number: int) -> list[str]:
    issue = sandbox.world.repository(HOME).issues[number]
    return [comment.body for comment in issue.comments if NUDGE in comment.body]


def test_the_plan_is_shown_with_its_words_and_says_why_the_rest_is_left_in_peace(
    machine: Machine, sandbox: Sandbox
) -> None:
    ran = machine.run("nudge", "--dry-run")
    assert ran.code == 0
    assert "+ acme/payments#2: remind of INC-1/A2 (due-soon)" in ran.out
    assert "due on 2026-10-20, in 3 days" in ran.out
    assert "= INC-1/A1: it is due on 2026-11-01" in ran.out
    assert "1 comment to write; 1 item left in peace." in ran.out
    assert reminders(sandbox, A2) == []


def test_it_is_written_once_whatever_machine_runs_and_whoever_loses_a_store(
    machine: Machine, other: Machine, sandbox: Sandbox
) -> None:
    ran = machine.run("nudge", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert "done     INC-1/A2: reminded" in ran.out
    assert "nothing to do INC-1/A2: that was said on 2026-10-17" in other.run("nudge", "--yes").out
    machine.lose_store()
    machine.sync()
    assert machine.run("nudge", "--yes").out == "0 comments to write; 2 items left in peace.\n"
    assert len(reminders(sandbox, A2)) == 1


def test_an_answer_ends_the_reminders(
    machine: Machine, sandbox: Sandbox, people: People, clock: RecordingClock
) -> None:
    machine.run("nudge", "--yes")
    clock.at = morning(11, 3)
    people.comment(HOME, A2, "dev", "We do it with the release of December")
    machine.sync()
    assert "a person answered on 2026-11-03" in machine.run("nudge", "--dry-run").out
    assert len(reminders(sandbox, A2)) == 1


def test_a_close_without_evidence_is_asked_about_and_opened_again(
    machine: Machine, sandbox: Sandbox, people: People, clock: RecordingClock
) -> None:
    people.close(HOME, A2, "dev")
    machine.sync()
    clock.advance(timedelta(days=2))
    ran = machine.run("nudge", "--yes")
    assert ran.code == 0
    assert "asked for evidence" in ran.out
    assert sandbox.world.repository(HOME).issues[A2].closed is None
    (body,) = reminders(sandbox, A2)
    assert body.startswith("Thank you for closing this.")
    assert machine.run("nudge", "--yes").out.startswith("0 comments")


def test_json_has_the_plan_and_what_came_of_it(machine: Machine) -> None:
    told = json.loads(machine.run("nudge", "--yes", "--json").out)
    step, quiet = told["plan"]
    assert step["occasions"] == [{"item": "INC-1/A2", "occasion": "due-soon", "of": "2026-10-20"}]
    assert (step["type"], step["tracker"], step["ref"]) == ("nudge", "payments", "acme/payments#2")
    assert "Roll back by one command" in step["comment"]
    assert NUDGE not in step["comment"]
    ref = "acme/payments#1"
    assert quiet == {"type": "quiet", "key": "INC-1/A1", "ref": ref, "because": "it is due on 2026-11-01"}
    (outcome,) = told["outcomes"]
    assert (outcome["key"], outcome["result"], outcome["text"]) == ("INC-1/A2", "done", "reminded")
    assert told["failed"] == []


def test_a_reply_that_was_lost_is_looked_for_and_nothing_is_sent_twice(machine: Machine, sandbox: Sandbox) -> None:
    sandbox.faults = FaultPlan(When(DropAfter(), path="/comments", times=1))
    ran = machine.run("nudge", "--yes")
    assert "the answer was lost; it was looked for, and is there" in ran.out
    assert ran.code == 0
    assert len(reminders(sandbox, A2)) == 1


def test_nobody_is_asked_without_a_terminal_and_nothing_is_written_without_a_section(
    machine: Machine, tmp_path: Path, sandbox: Sandbox, clock: RecordingClock
) -> None:
    assert machine.run("nudge").code == 2
    assert machine.run("nudge", "--json").code == 2
    plain = Machine(tmp_path / "plain", sandbox.api_url, clock)
    ran = plain.run("nudge", "--yes")
    assert ran.code == 3
    assert "`since = 2026-10-17`" in ran.err


def test_one_run_at_a_time_on_one_store(machine: Machine) -> None:
    with machine.app().lock("nudge"):
        assert machine.run("nudge", "--yes").code == 6


def test_how_often_the_class_came_back_is_said(machine: Machine, clock: RecordingClock) -> None:
    again = machine.folder / "again.md"
    text = machine.document.read_text().replace("INC-1", "INC-2").replace("2026-10-01T09:12", "2026-10-11T09:12")
    again.write_text(text.replace("reviewed: 2026-10-05", "reviewed: 2026-10-12"))
    machine.sync()
    assert clock() > morning(10, 11)
    out = machine.run("nudge", "--dry-run").out
    assert "came back once since that review, the last one on 2026-10-11." in out


def test_the_scheduler_reminds_daily_where_there_is_a_section(
    machine: Machine, tmp_path: Path, sandbox: Sandbox, clock: RecordingClock
) -> None:
    def runs() -> list[Outcome]:
        with machine.store() as store:
            return [run.outcome for run in store.load_runs() if run.job == "nudge"]

    clock.at = morning(10, 17) - timedelta(hours=1)
    assert machine.run("schedule", "--once").code == 0
    assert runs() == [Outcome.WAITING]
    clock.at = morning(10, 17) + timedelta(minutes=15)
    assert machine.run("schedule", "--once").code == 0
    assert runs() == [Outcome.DONE, Outcome.WAITING]
    assert len(reminders(sandbox, A2)) == 1
    plain = Machine(tmp_path / "plain", sandbox.api_url, clock)
    assert jobs.JOBS["nudge"].rule(plain.app().config) is None


# Jira


@pytest.fixture(params=[pytest.param(CLOUD, id="cloud"), pytest.param(DATA_CENTER, id="data-center")])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    found: Flavour = request.param
    return found


@pytest.fixture
def jira(clock: FakeClock) -> Iterator[Watched]:
    with a_jira(clock) as running:
        yield running


def nudging(machine: Machine) -> Machine:
    path = machine.folder / "config.toml"
    path.write_text(path.read_text() + NUDGING)
    return machine


def comments_of(jira: Watched, flavour: Flavour, key: str) -> list[str]:
    issue = people_of(jira, flavour).world.issue(key)
    return [str(comment.text) for comment in issue.comments if NUDGE in str(comment.text)]


def test_on_jira_each_occasion_is_written_once_from_whatever_machine(
    tmp_path: Path, jira: Watched, clock: RecordingClock, flavour: Flavour
) -> None:
    machine = nudging(a_machine(tmp_path / "laptop", jira, clock, flavour))
    other = nudging(a_machine(tmp_path / "desk", jira, clock, flavour))
    assert machine.push().code == 0
    clock.at = morning(10, 17)
    other.sync()
    assert "done     INC-1/A2: reminded" in machine.run("nudge", "--yes").out
    assert "that was said on 2026-10-17" in other.run("nudge", "--yes").out
    machine.lose_store()
    machine.sync()
    assert machine.run("nudge", "--yes").out.startswith("0 comments")
    assert len(comments_of(jira, flavour, "PLAT-2")) == 1
    clock.at = morning(11, 3)
    people_of(jira, flavour).comment("PLAT-2", "dev", "It waits for the new release")
    other.sync()
    assert "a person answered on 2026-11-03" in other.run("nudge", "--dry-run").out


def test_on_jira_a_close_without_evidence_is_opened_again(
    tmp_path: Path, jira: Watched, clock: RecordingClock, flavour: Flavour
) -> None:
    machine = nudging(a_machine(tmp_path / "laptop", jira, clock, flavour))
    machine.push()
    people = people_of(jira, flavour)
    clock.at = morning(10, 10)
    people.transition("PLAT-2", "Done", "dev", "Done")
    machine.sync()
    clock.advance(timedelta(days=2))
    ran = machine.run("nudge", "--yes")
    assert "asked for evidence" in ran.out
    assert people.world.status(people.world.issue("PLAT-2").status).category == "new"
    assert len(comments_of(jira, flavour, "PLAT-2")) == 1
    assert machine.run("nudge", "--yes").out.startswith("0 comments")
