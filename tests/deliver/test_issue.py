"""The report as a comment: once on whatever machine, found again by its mark, believed only of those who may write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.sandbox.faults import DropAfter, DropBefore, FaultPlan, Status, When
from sync.sandbox.state import Permission
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, Flavour
from tests.deliver.hosts import Host
from tests.jira_harness import rewrite
from tests.once.jira_machines import a_jira, a_machine, people_of
from tests.once.machines import HOME
from tracker.runs.posting import COMMENT_LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock

ISSUE = '\n[deliver.weekly]\nto = "issue"\nissue = "acme/payments#1"\n'
POST = "/issues/1/comments"


@pytest.fixture
def host(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> Host:
    made = Host(tmp_path / "host", sandbox, clock, ISSUE)
    assert made.push().code == 0
    return made


def comments(sandbox: Sandbox, number: int = 1) -> list[str]:
    with sandbox.world.lock:
        return [comment.body for comment in sandbox.world.repository(HOME).issues[number].comments]


def another(host: Host, sandbox: Sandbox, clock: RecordingClock) -> Host:
    made = Host(host.folder.parent / "other", sandbox, clock, ISSUE)
    assert made.sync().code == 0
    return made


def test_a_report_is_commented_once_a_week(host: Host, sandbox: Sandbox, clock: RecordingClock) -> None:
    ran = host.run("deliver")
    assert (ran.code, ran.out) == (0, "weekly: delivered as a comment on acme/payments#1\n"), ran.err
    assert host.result() == "already"
    (body,) = comments(sandbox)
    assert body.startswith("# Follow-through report, 5 Oct 2026")
    assert body.endswith('\n\n<!-- follow-through:report:v1 {"week":"2026-10-05","target":"weekly"} -->')
    clock.advance(timedelta(days=7))
    assert host.result() == "delivered"
    assert len(comments(sandbox)) == 2


def test_two_machines_and_a_lost_store_comment_once(host: Host, sandbox: Sandbox, clock: RecordingClock) -> None:
    host.run("deliver")
    assert another(host, sandbox, clock).results()["weekly"]["detail"] == "it stands there already"
    host.lose_store()
    host.sync()
    assert host.result() == "delivered"
    assert len(comments(sandbox)) == 1


def test_the_mark_of_somebody_who_may_not_write_keeps_no_report_away(host: Host, sandbox: Sandbox) -> None:
    host.run("deliver")
    (body,) = comments(sandbox)
    with sandbox.world.lock:
        issue = sandbox.world.repository(HOME).issues[1]
        issue.comments.clear()
        sandbox.world.repository(HOME).permissions["stranger"] = Permission.READ
        sandbox.world.add_comment(issue, "stranger", body)
    host.lose_store()
    host.sync()
    assert host.result() == "delivered"
    assert len(comments(sandbox)) == 2


def test_a_comment_whose_answer_was_lost_is_found_again(host: Host, sandbox: Sandbox, clock: RecordingClock) -> None:
    sandbox.faults = FaultPlan(When(DropAfter(), method="POST", path=POST))
    assert host.run("deliver").code == 1
    clock.advance(timedelta(minutes=1))
    assert host.results()["weekly"]["detail"] == "it stands there already"
    assert len(comments(sandbox)) == 1


def test_one_that_never_came_is_written_after_the_grace_time(
    host: Host, sandbox: Sandbox, clock: RecordingClock
) -> None:
    sandbox.faults = FaultPlan(When(DropBefore(), method="POST", path=POST))
    assert host.result() == "unknown"
    clock.advance(timedelta(minutes=1))
    early = host.run("deliver")
    assert (early.code, "may still come" in early.err) == (5, True)
    assert comments(sandbox) == []
    clock.advance(timedelta(minutes=10))
    assert host.result() == "delivered"
    assert len(comments(sandbox)) == 1


def test_until_a_lost_answer_is_settled_no_other_machine_comments(
    host: Host, sandbox: Sandbox, clock: RecordingClock
) -> None:
    other = another(host, sandbox, clock)
    sandbox.faults = FaultPlan(When(DropBefore(), method="POST", path=POST))
    host.run("deliver")
    assert other.result() == "elsewhere"
    clock.advance(timedelta(minutes=12))
    assert other.result() == "delivered"
    assert host.results()["weekly"]["detail"] == "it stands there already"
    assert len(comments(sandbox)) == 1


def test_a_comment_that_a_dead_machine_began_is_written_by_the_other_ones_next_run(
    host: Host, sandbox: Sandbox, clock: RecordingClock
) -> None:
    other = another(host, sandbox, clock)
    clock.at = datetime(2026, 10, 12, 7, 0, tzinfo=UTC)
    assert other.run("schedule", "--once").code == 0  # it begins to wait for the next Monday
    clock.advance(timedelta(days=7))
    sandbox.faults = FaultPlan(When(DropBefore(), method="POST", path=POST))
    assert host.result() == "unknown"
    host.lose_store()  # that was the last of it
    first = other.run("schedule", "--once")
    assert (first.code, "another machine delivers it" in first.err) == (5, True)
    clock.advance(timedelta(minutes=30))
    assert other.run("schedule", "--once").code == 0
    assert len(comments(sandbox)) == 1


def test_a_comment_that_is_turned_away_is_tried_again(host: Host, sandbox: Sandbox) -> None:
    sandbox.faults = FaultPlan(When(Status(403), method="POST", path=POST))
    assert host.run("deliver").code == 4
    assert host.result() == "delivered"
    assert len(comments(sandbox)) == 1


def test_an_issue_that_is_not_there_is_said(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> None:
    host = Host(tmp_path / "host", sandbox, clock, ISSUE.replace("#1", "#99"))
    host.push()
    ran = host.run("deliver")
    assert (ran.code, "no issue acme/payments#99" in ran.err) == (3, True)


def test_what_is_too_long_for_a_comment_is_said_in_short(
    host: Host, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.runs.posting.COMMENT_LIMIT", 100)
    host.run("deliver")
    (body,) = comments(sandbox)
    assert len(body) < COMMENT_LIMIT
    assert "The full report: `track report`" in body


@pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def test_jira_gets_it_in_short_once(tmp_path: Path, clock: RecordingClock, flavour: Flavour) -> None:
    with a_jira(clock) as sandbox:
        machines = [a_machine(tmp_path / name, sandbox, clock, flavour) for name in ("one", "two")]
        assert machines[0].push().code == 0
        assert machines[1].sync().code == 0
        results = []
        for machine in machines:
            rewrite(machine, lambda text: text + '\n[deliver.weekly]\nto = "issue"\nissue = "PLAT-1"\n')
            ran = machine.run("deliver", "--json")
            results.append(json.loads(ran.out)["targets"][0]["detail"])
        (comment,) = people_of(sandbox, flavour).world.issue("PLAT-1").comments
        said = msgspec.json.encode(comment.text).decode()
    assert results == ["", "it stands there already"]
    assert "follow-through:report:v1 2026-10-05 " in said
    assert "action items are done with evidence" in said
    assert "<!--" not in said
