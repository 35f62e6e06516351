"""What becomes of an issue is found and shown as what it is; nothing is concluded from what cannot be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import FaultPlan, When
from sync.sandbox.faults import Status as Answer
from sync.sandbox.state import Permission
from tests.harness import LABEL, follow, issue_of, last_good, lasting_facts, statuses, tracked
from tests.once.machines import HOME
from tracker.model import EvidenceKind, Status
from tracker.rules import status_at

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock
    from tests.once.machines import Machine, Ran

ELSEWHERE = "acme/elsewhere"
SECRET = "acme/secret"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _followed(sandbox: Sandbox, machine: Machine, clock: RecordingClock) -> None:
    """Ten followed issues that were synced once; another repository that can be read, and one that cannot."""
    sandbox.world.add_repository(ELSEWHERE, {"dev": Permission.WRITE})
    sandbox.world.add_repository(SECRET, private=True)
    follow(sandbox.world, clock, 10)
    assert machine.sync().code == 0


def later(machine: Machine, *options: str) -> Ran:
    """A sync an hour later."""
    machine.clock.advance(HOUR)
    return machine.sync(*options)


def test_each_way_to_close_is_a_line_of_its_own(sandbox: Sandbox, machine: Machine) -> None:
    people = sandbox.people
    people.open_pull_request(HOME, 2, "dev")
    people.close(HOME, 3, "dev")
    people.close(HOME, 4, "dev", "not_planned")
    people.close(HOME, 5, "dev", "duplicate")
    people.merge_pull_request(HOME, 6, "dev")
    people.close(HOME, 7, "dev")
    people.reopen(HOME, 7, "dev")
    assert later(machine).code == 0
    known = statuses(machine)
    assert [known[f"A{number}"] for number in range(1, 8)] == [
        Status.OPEN,
        Status.IN_PROGRESS,
        Status.DONE,
        Status.NOT_PLANNED,
        Status.DUPLICATE,
        Status.DONE,
        Status.OPEN,
    ]


def test_a_pull_request_that_was_given_up_is_work_no_more(sandbox: Sandbox, machine: Machine) -> None:
    ref = sandbox.people.open_pull_request(HOME, 1, "dev")
    later(machine)
    assert statuses(machine)["A1"] is Status.IN_PROGRESS
    sandbox.people.close_pull_request(HOME, int(ref.partition("#")[2]))
    later(machine, "--full")
    assert statuses(machine)["A1"] is Status.OPEN
    assert tracked(machine)["A1"].evidence == ()


def test_reopening_is_history_that_can_be_replayed(sandbox: Sandbox, machine: Machine, clock: RecordingClock) -> None:
    moments = []
    for act in (sandbox.people.close, sandbox.people.reopen, sandbox.people.close):
        clock.advance(HOUR)
        moments.append(sandbox.world.now())
        act(HOME, 1, "dev")
    later(machine)
    item = tracked(machine)["A1"]
    expected = [(moments[0], Status.DONE), (moments[1], Status.OPEN), (moments[2], Status.DONE)]
    assert [(each.at, each.to) for each in item.transitions] == expected
    assert [each.actor for each in item.transitions] == ["dev"] * 3
    assert {each.seen_at for each in item.transitions} == {clock()}
    assert [status_at(item, moment) for moment in moments] == [Status.DONE, Status.OPEN, Status.DONE]
    assert status_at(item, moments[0] - HOUR) is Status.OPEN


def test_when_a_change_was_first_seen_stays_as_it_was(
    sandbox: Sandbox, machine: Machine, clock: RecordingClock
) -> None:
    sandbox.people.close(HOME, 1, "dev")
    later(machine)
    seen = clock()
    later(machine, "--full")
    assert [each.seen_at for each in tracked(machine)["A1"].transitions] == [seen]


def test_a_transferred_issue_is_followed_with_its_history_and_evidence(sandbox: Sandbox, machine: Machine) -> None:
    people = sandbox.people
    people.comment(HOME, 1, "dev", "Evidence: https://example.com/shown")
    people.merge_pull_request(HOME, 1, "dev")
    people.reopen(HOME, 1, "dev")
    later(machine)
    before = tracked(machine)["A1"]
    people.transfer_issue(HOME, 1, ELSEWHERE)
    ran = later(machine)
    assert (ran.code, f"{HOME}#1 moved to {ELSEWHERE}#1" in ran.err) == (0, True)
    after = tracked(machine)["A1"]
    assert after.issue is not None
    assert (after.issue.ref, after.issue.status) == (f"{ELSEWHERE}#1", Status.OPEN)
    assert [(each.at, each.to) for each in after.transitions] == [(each.at, each.to) for each in before.transitions]
    assert {each.kind for each in after.evidence} == {EvidenceKind.COMMENT_LINK, EvidenceKind.MERGED_PULL_REQUEST}

    people.close(ELSEWHERE, 1, "dev")
    later(machine)
    assert (statuses(machine)["A1"], len(tracked(machine))) == (Status.DONE, 10)


def test_a_transferred_issue_that_keeps_its_label_is_followed_too(sandbox: Sandbox, machine: Machine) -> None:
    sandbox.world.ensure_label(sandbox.world.repository(ELSEWHERE), LABEL)
    sandbox.people.transfer_issue(HOME, 1, ELSEWHERE)
    later(machine)
    sandbox.people.close(ELSEWHERE, 1, "dev")
    later(machine)
    assert (issue_of(machine, "A1").ref, statuses(machine)["A1"]) == (f"{ELSEWHERE}#1", Status.DONE)


def test_a_renamed_repository_is_said_and_followed(sandbox: Sandbox, machine: Machine) -> None:
    sandbox.people.rename_repository(HOME, "acme/billing")
    sandbox.people.close("acme/billing", 1, "dev")
    ran = later(machine)
    assert ran.code == 0
    assert f"{HOME} is now called acme/billing" in ran.err
    assert "[trackers.payments]" in ran.err
    assert (issue_of(machine, "A1").ref, statuses(machine)["A1"]) == ("acme/billing#1", Status.DONE)
    later(machine, "--full")
    assert {issue_of(machine, f"A{number}").ref for number in (2, 3)} == {"acme/billing#2", "acme/billing#3"}


def test_an_issue_whose_label_was_taken_off_is_still_followed(sandbox: Sandbox, machine: Machine) -> None:
    sandbox.people.strip_label(HOME, 1, LABEL)
    later(machine)
    assert (statuses(machine)["A1"], issue_of(machine, "A1").labels) == (Status.OPEN, ())
    sandbox.people.close(HOME, 1, "dev")
    later(machine)
    assert statuses(machine)["A1"] is Status.DONE


def test_a_deleted_issue_is_missing_after_the_second_look(sandbox: Sandbox, machine: Machine) -> None:
    sandbox.people.delete_issue(HOME, 1)
    first = later(machine)
    assert "the next sync looks again" in first.err
    assert (statuses(machine)["A1"], issue_of(machine, "A1").strikes) == (Status.OPEN, 1)
    second = later(machine)
    assert f"{HOME}#1 is missing (deleted)" in second.err
    assert (statuses(machine)["A1"], issue_of(machine, "A1").note) == (Status.MISSING, "deleted")
    third = later(machine)
    assert third.err == ""
    assert len(tracked(machine)) == 10


def test_a_deletion_is_history_that_track_noticed(sandbox: Sandbox, machine: Machine, clock: RecordingClock) -> None:
    sandbox.people.close(HOME, 1, "dev")
    later(machine)
    before = clock()
    sandbox.people.delete_issue(HOME, 1)
    later(machine)
    later(machine)
    item = tracked(machine)["A1"]
    assert [(each.to, each.at) for each in item.transitions][-1] == (Status.MISSING, clock())
    assert (status_at(item, before), status_at(item, clock())) == (Status.DONE, Status.MISSING)


def test_an_issue_out_of_sight_that_comes_back_is_what_it_was(
    sandbox: Sandbox, machine: Machine, clock: RecordingClock
) -> None:
    sandbox.people.transfer_issue(HOME, 1, SECRET)
    later(machine)
    later(machine)
    assert statuses(machine)["A1"] is Status.MISSING
    away = clock()
    sandbox.people.set_access(SECRET, "lead", Permission.WRITE)
    ran = later(machine, "--full")
    assert f"{HOME}#1 moved to {SECRET}#1" in ran.err
    item = tracked(machine)["A1"]
    assert item.issue is not None
    assert (item.issue.status, item.issue.strikes, item.issue.note) == (Status.OPEN, 0, "")
    assert (status_at(item, away), status_at(item, clock())) == (Status.MISSING, Status.OPEN)


def test_one_strike_is_forgotten_when_the_issue_is_there_again(sandbox: Sandbox, machine: Machine) -> None:
    absent = FaultPlan(
        When(Answer(404), method="GET", times=None),
        When(Answer(200, {"Date": "Mon, 05 Oct 2026 09:00:00 GMT"}, '{"data": {"nodes": [null]}}'), operation="Known"),
    )
    sandbox.people.strip_label(HOME, 1, LABEL)
    later(machine)
    sandbox.faults = absent
    later(machine)
    assert issue_of(machine, "A1").strikes == 1
    sandbox.faults = FaultPlan()
    later(machine)
    assert (issue_of(machine, "A1").strikes, statuses(machine)["A1"]) == (0, Status.OPEN)


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_an_issue_that_moved_out_of_reach_is_moved(sandbox: Sandbox, machine: Machine, options: tuple[str]) -> None:
    sandbox.people.transfer_issue(HOME, 1, SECRET)
    away = Answer(301, {"Location": f"{sandbox.api_url}/repositories/4711/issues/1"})
    sandbox.faults = FaultPlan(When(away, method="GET", path="/repos/"))
    ran = later(machine, *options)
    assert f"{HOME}#1 is moved (moved to where this token cannot read)" in ran.err
    assert statuses(machine)["A1"] is Status.MOVED
    assert later(machine).err == ""


@pytest.mark.parametrize("loss", ["hidden", "access"])
def test_a_repository_that_cannot_be_read_any_more_stops_the_sync_and_marks_nothing(
    sandbox: Sandbox, machine: Machine, loss: str
) -> None:
    before, good = lasting_facts(machine), last_good(machine)
    if loss == "hidden":
        sandbox.people.hide_repository(HOME)
    else:
        sandbox.people.lose_access(HOME, "lead")
    for _turn in range(3):
        ran = later(machine)
        assert ran.code == 4
        assert "Nothing is marked missing" in ran.err
    assert (lasting_facts(machine), last_good(machine)) == (before, good)


@pytest.mark.parametrize("token", ["", "another-token"])
def test_a_token_that_is_good_no_more_stops_the_sync(sandbox: Sandbox, machine: Machine, token: str) -> None:
    before = lasting_facts(machine)
    sandbox.world.state.tokens.clear()
    if token:
        sandbox.world.add_token(token, "lead")
    assert later(machine).code == 4
    assert lasting_facts(machine) == before


def test_most_issues_gone_at_once_is_taken_for_lost_access(sandbox: Sandbox, machine: Machine) -> None:
    for number in range(1, 8):
        sandbox.people.transfer_issue(HOME, number, SECRET)
    for _turn in range(3):
        ran = later(machine)
        assert ran.code == 0
        assert "7 of 10 issues cannot be read: it looks like lost access" in ran.err
    assert set(statuses(machine).values()) == {Status.OPEN}
    sandbox.people.set_access(SECRET, "lead", Permission.WRITE)
    later(machine)
    assert {issue_of(machine, f"A{number}").ref.partition("#")[0] for number in range(1, 8)} == {SECRET}


def test_a_few_of_many_issues_gone_are_missing(sandbox: Sandbox, machine: Machine, clock: RecordingClock) -> None:
    follow(sandbox.world, clock, 10)
    later(machine)
    for number in range(1, 7):
        sandbox.people.transfer_issue(HOME, number, SECRET)
    later(machine)
    later(machine)
    assert {statuses(machine)[f"A{number}"] for number in range(1, 7)} == {Status.MISSING}
    assert {statuses(machine)[f"A{number}"] for number in range(7, 21)} == {Status.OPEN}
