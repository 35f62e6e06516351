"""Few requests: a full sync costs N/100 and a few, a quiet one at most two; pages reach the store whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from github import Auth

from sync.adapters.github import GitHub
from sync.pull import pull
from sync.waiting import Waiting
from tests.harness import LABEL, RecordingClock, asked, follow, issue_of, lasting_facts, statuses, tracked
from tests.once.machines import HOME, TOKEN, Machine
from tracker.model import Status
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.server import Sandbox

MANY = 320
PAGES = 4
FULL = PAGES + 1  # and one search for marked issues that no list shows
ELSEWHERE = "acme/elsewhere"


@pytest.fixture
def busy(sandbox: Sandbox, clock: RecordingClock) -> Sandbox:
    """A sandbox whose repository has many followed issues."""
    follow(sandbox.world, clock, MANY)
    return sandbox


def requests(machine: Machine, sandbox: Sandbox, *options: str) -> int:
    """What a sync an hour later costs."""
    machine.clock.advance(timedelta(hours=1))
    asked(sandbox)
    assert machine.sync(*options).code == 0
    return len(asked(sandbox))


def scatter(sandbox: Sandbox) -> None:
    """Let issues go all the ways that a list does not show."""
    sandbox.world.ensure_label(sandbox.world.add_repository(ELSEWHERE), LABEL)
    sandbox.world.add_repository("acme/secret", private=True)
    for number in range(1, 31):
        sandbox.people.strip_label(HOME, number, LABEL)
    for number in range(31, 41):
        sandbox.people.transfer_issue(HOME, number, ELSEWHERE)
    for number in range(41, 46):
        sandbox.people.transfer_issue(HOME, number, "acme/secret")
    for number in range(46, 51):
        sandbox.people.delete_issue(HOME, number)


def test_a_full_sync_costs_a_request_a_hundred_issues(machine: Machine, busy: Sandbox) -> None:
    assert requests(machine, busy, "--full") == FULL
    assert requests(machine, busy, "--full") == FULL
    assert len(tracked(machine)) == MANY


def test_comments_history_and_changes_cost_nothing_more(machine: Machine, busy: Sandbox) -> None:
    for number in range(1, 101):
        busy.people.merge_pull_request(HOME, number, "dev")
        busy.people.comment(HOME, number, "dev", "Evidence: https://example.com/1")
    assert requests(machine, busy, "--full") == FULL
    assert [len(tracked(machine)[f"A{number}"].evidence) for number in (1, 100, 101)] == [2, 2, 0]


def test_a_sync_without_a_change_costs_one_request(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    assert [requests(machine, busy) for _turn in range(3)] == [1, 1, 1]


def test_a_sync_of_a_few_changes_costs_one_request(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    for number in range(1, 51):
        busy.people.close(HOME, number, "dev")
    assert requests(machine, busy) == 1
    assert list(statuses(machine).values()).count(Status.DONE) == 50


def test_a_sync_without_a_change_costs_two_requests_when_issues_went_astray(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    scatter(busy)
    settled = [requests(machine, busy) for _turn in range(2)]
    assert [requests(machine, busy) for _turn in range(3)] == [2, 2, 2], settled
    known = statuses(machine)
    assert {known[f"A{number}"] for number in range(1, 41)} == {Status.OPEN}
    assert {known[f"A{number}"] for number in range(41, 51)} == {Status.MISSING}
    assert requests(machine, busy, "--full") <= MANY / 100 + 5 + 5  # the five out of sight are each asked for again


def test_a_deleted_issue_is_never_asked_for_again_by_itself(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    for number in range(1, 31):
        busy.people.delete_issue(HOME, number)
    for _turn in range(2):
        requests(machine, busy)
    assert list(statuses(machine).values()).count(Status.MISSING) == 30
    assert requests(machine, busy, "--full") <= MANY / 100 + 5
    assert requests(machine, busy) <= 2


def test_issues_that_no_list_shows_are_looked_at_a_hundred_at_a_time(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    before = statuses(machine)
    busy.world.delete_label(busy.world.repository(HOME), LABEL)
    assert requests(machine, busy) == 1 + PAGES
    assert statuses(machine) == before
    assert issue_of(machine, "A1").labels == ()


def test_being_in_no_list_is_never_taken_for_being_closed_or_gone(machine: Machine, busy: Sandbox) -> None:
    busy.people.close(HOME, 7, "dev")
    assert machine.sync().code == 0
    before = lasting_facts(machine)
    machine.clock.advance(timedelta(days=1))
    # All that a list can hide: switched off, then on again.
    busy.people.switch_issues(HOME, on=False)
    assert machine.sync("--full").code == 0
    assert lasting_facts(machine) == before
    busy.people.switch_issues(HOME, on=True)
    assert requests(machine, busy) <= 1 + PAGES
    assert lasting_facts(machine) == before


def test_a_renamed_repository_costs_nothing_more(machine: Machine, busy: Sandbox) -> None:
    assert machine.sync().code == 0
    busy.people.rename_repository(HOME, "acme/billing")
    assert requests(machine, busy) == 1
    assert requests(machine, busy, "--full") == FULL


def test_a_reader_sees_whole_pages_only(tmp_path: Path, clock: RecordingClock, busy: Sandbox) -> None:
    path = tmp_path / "track.db"
    adapter = GitHub("payments", HOME, Auth.Token(TOKEN), Waiting(120, clock.sleep), url=busy.api_url)
    seen: list[int] = []
    commits: list[str] = []
    with open_store(path) as store, closing(sqlite3.connect(path)) as reader:

        def look(statement: str) -> None:
            """Before each statement of the writer, what another connection sees."""
            seen.extend(reader.execute("SELECT count(*) FROM issues").fetchone())
            if statement == "COMMIT":
                commits.append(statement)

        store._connection.set_trace_callback(look)
        pull(store, adapter, clock, full=True, full_every=timedelta(days=1))
        store._connection.set_trace_callback(None)
    assert sorted(set(seen)) == [0, 100, 200, 300, MANY]
    assert len(seen) > MANY
    assert len(commits) == PAGES + 2  # and where the run begins and ends
