"""The loop on Jira, from document to report: what a person changed there stays, due dates that move are slips."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.marker import parse_payload
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, HOME, Flavour
from tests.fakes import FakeClock
from tests.once.jira_machines import a_jira, a_machine, issues_for, people_of
from tests.once.machines import KEYS, Machine, Watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.jira_state import Issue
    from tracker.model import TrackedItem

WRITTEN_BY_A_PERSON = {
    "type": "doc",
    "version": 1,
    "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "What is left"}]},
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [{"type": "paragraph", "content": []}]},
    ],
}


@pytest.fixture(params=[CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Watched, Machine, Flavour]]:
    """A Jira, a machine that has pushed two items there, and which Jira it is."""
    clock, flavour = FakeClock(), request.param
    with a_jira(clock) as sandbox:
        machine = a_machine(tmp_path / "desk", sandbox, clock, flavour)
        assert machine.push().code == 0
        clock.advance(timedelta(hours=1))
        yield sandbox, machine, flavour


def first_issue(sandbox: Watched, flavour: Flavour) -> Issue:
    (issue,) = issues_for(people_of(sandbox, flavour), KEYS[0])
    return issue


def items(machine: Machine) -> dict[str, TrackedItem]:
    with machine.store() as store:
        return {item.key: item for item in store.load_facts().items}


def change(machine: Machine, before: str, after: str) -> None:
    text = machine.document.read_text()
    assert before in text
    machine.document.write_text(text.replace(before, after))


def test_what_was_pushed_is_all_there_in_jiras_own_fields(desk: tuple[Watched, Machine, Flavour]) -> None:
    sandbox, _machine, flavour = desk
    issue = first_issue(sandbox, flavour)
    assert (issue.summary, issue.due, issue.assignee) == ("Validate the config before a rollout", "2026-11-01", "dev")
    assert issue.labels == ["class:config-rollout", "condition:unvalidated-config", "follow-through"]
    assert issue.changes == []
    assert isinstance(issue.description, dict if flavour.is_cloud else str)


def test_a_text_that_a_person_wrote_is_not_touched_and_the_marker_is_renewed(
    desk: tuple[Watched, Machine, Flavour],
) -> None:
    sandbox, machine, flavour = desk
    issue = first_issue(sandbox, flavour)
    mine = WRITTEN_BY_A_PERSON if flavour.is_cloud else "h2. What is left\n\n{panel}x{panel}"
    issue.description = mine
    change(machine, "| Quiet |", "| Silence |")
    result = machine.push()
    assert (result.code, issue.description) == (0, mine), result
    assert "the text was changed in the tracker" in result.out
    assert "Silence" in str(issue.properties["follow-through"])
    assert "nothing to do" in machine.push().out


def test_an_unchanged_text_follows_the_document(desk: tuple[Watched, Machine, Flavour]) -> None:
    sandbox, machine, flavour = desk
    change(machine, "| Quiet |", "| Silence (at night) & *more* |")
    assert machine.push().code == 0
    assert "Silence" in str(first_issue(sandbox, flavour).description)
    assert "nothing to do" in machine.push().out


def test_a_due_date_moved_in_the_document_moves_in_jira_and_is_one_slip(desk: tuple[Watched, Machine, Flavour]) -> None:
    sandbox, machine, flavour = desk
    change(machine, "2026-11-01", "2026-11-15")
    assert machine.push().code == 0
    assert first_issue(sandbox, flavour).due == "2026-11-15"
    assert machine.sync().code == 0
    item = items(machine)[KEYS[0]]
    assert (item.first_due, item.item.due) == (date(2026, 11, 1), date(2026, 11, 15))
    assert [(move.before, move.to) for move in item.moves] == [(date(2026, 11, 1), date(2026, 11, 15))]


def test_a_due_date_moved_in_jira_is_a_slip_that_a_push_leaves_alone(desk: tuple[Watched, Machine, Flavour]) -> None:
    sandbox, machine, flavour = desk
    people, key = people_of(sandbox, flavour), f"{HOME}-1"
    for day in ("2026-11-20", None, "2026-12-01"):
        people.set_due(key, day, "dev")
        machine.clock.advance(timedelta(days=1))
    change(machine, "2026-11-01", "2026-11-15")
    result = machine.push()
    assert "its due date in the tracker is 2026-12-01: left alone" in result.out
    assert first_issue(sandbox, flavour).due == "2026-12-01"
    item = items(machine)[KEYS[0]]
    assert (item.first_due, item.item.due) == (date(2026, 11, 1), date(2026, 12, 1))
    assert [move.to for move in item.moves if move.at < machine.clock()][:2] == [date(2026, 11, 20), date(2026, 12, 1)]
    report = machine.run("report", "--format", "md").out
    assert "INC\\-1/A1" in report or "INC-1/A1" in report


def test_a_review_that_asks_for_an_issue_again_adopts_it(desk: tuple[Watched, Machine, Flavour]) -> None:
    sandbox, machine, flavour = desk
    text = machine.document.read_text()
    again = text.replace("INC-1", "INC-2").replace("Checkout returned", "Checkout again returned")
    again = again.replace("How we will know it helped |", "How we will know it helped | Issue |").replace(
        "|---|---|---|---|---|---|---|---|", "|---|---|---|---|---|---|---|---|---|"
    )
    rows = [f"{line} {HOME}-1 |" if line.startswith("| A1") else line for line in again.splitlines()]
    other = machine.folder / "again.md"
    other.write_text("\n".join(line for line in rows if not line.startswith("| A2")))
    result = machine.run("push", "--yes", str(other))
    assert result.code == 0, result
    assert f"follow {HOME}-1, which exists" in result.out
    issue = first_issue(sandbox, flavour)
    asked_by = issue.properties["follow-through"]["asked_by"]  # type: ignore[index]
    assert [parse_payload(_json(each)).key for each in asked_by] == ["INC-2/A1"]  # type: ignore[union-attr]
    assert len(issue.comments) == 1
    assert "Asked for again by INC-2" in str(issue.comments[0].text).replace("\\", "")
    machine.lose_store()
    assert machine.sync("--full").code == 0
    assert {key for key, item in items(machine).items() if item.issue and item.issue.ref == f"{HOME}-1"} == {
        "INC-1/A1",
        "INC-2/A1",
    }
    assert "nothing to do" in machine.run("push", "--yes", str(other)).out


def _json(value: object) -> str:
    from msgspec import json

    return json.encode(value).decode()
