"""Done on Jira is a matter of category and resolution, never of a status' name; what happened in between is history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest

from sync.port import RemoteState
from tests.adapters.jira_rig import CLOUD, RESOLUTIONS, JiraRig
from tests.adapters.rig import followed, listed, seen
from tests.jira_harness import ALL, BOTH, issue_at, paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sync.port import RemoteIssue
    from sync.sandbox.jira_state import Category
    from tests.adapters.jira_rig import Flavour

OPEN, WORKING = RemoteState(closed=False), RemoteState(closed=False, active=True)
COMPLETED, NOT_PLANNED, DUPLICATE = (
    RemoteState(closed=True, reason=reason) for reason in ("completed", "not_planned", "duplicate")
)
HOUR = timedelta(hours=1)


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param) as rig:
        yield rig


def later(rig: JiraRig) -> datetime:
    rig.advance(HOUR)
    return rig.now()


def one(rig: JiraRig) -> RemoteIssue:
    """The only issue, told the same by the list and by its key."""
    (issue,) = listed(rig)
    assert seen(rig, issue.ref).state == issue.state
    return issue


def events(issue: RemoteIssue) -> list[tuple[datetime, RemoteState, str]]:
    return [(event.at, event.state, event.actor) for event in issue.history]


# The category


@pytest.mark.parametrize(
    ("name", "category", "state"),
    [
        ("Parked", "done", COMPLETED),
        ("Won't Do", "done", COMPLETED),
        ("Closed", "new", OPEN),
        ("Resolved", "indeterminate", WORKING),
        ("Duplicate", "indeterminate", WORKING),
    ],
)
def test_the_name_of_a_status_means_nothing(rig: JiraRig, name: str, category: Category, state: RemoteState) -> None:
    rig.people.add_status(name, category)
    ref = rig.open_issue("Item")
    when = later(rig)
    rig.people.transition(ref, name, "dev")
    later(rig)
    rig.comment(ref, "Hello", "dev")
    issue = one(rig)
    assert (issue.state, issue.closed) == (state, when if state.closed else None)
    assert events(issue) == ([(when, COMPLETED, "dev")] if state.closed else [])


def test_a_status_called_done_that_is_work_in_progress_is_open(rig: JiraRig) -> None:
    rig.people.world.status("Done").category = "indeterminate"
    rig.close(rig.open_issue("Item"))
    issue = one(rig)
    assert (issue.state, issue.closed, issue.history) == (WORKING, None, ())


# The resolution


@pytest.mark.parametrize("shape", [str, str.swapcase])
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Done", COMPLETED),
        ("Fixed", COMPLETED),
        ("Won't Do", NOT_PLANNED),
        ("Cannot Reproduce", NOT_PLANNED),
        ("Declined", NOT_PLANNED),
        ("Duplicate", DUPLICATE),
    ],
)
def test_a_resolution_that_is_no_completion_is_none_in_any_letter_case(
    name: str, state: RemoteState, shape: type[str]
) -> None:
    with JiraRig() as rig:
        site = rig.people.world.site
        site.resolutions[0].name = "Fixed" if name == "Fixed" else "Done"
        chosen = next(each for each in site.resolutions if each.name == name)
        chosen.name = shape(name)
        ref = rig.open_issue("Item")
        rig.people.transition(ref, "Done", "dev", chosen.id)
        issue = one(rig)
        assert issue.state == state
        assert [event.state for event in issue.history] == [state]


def test_which_resolutions_are_no_completion_is_the_config_s_word() -> None:
    with JiraRig(CLOUD, not_done_resolutions=("abandoned", "Is Duplicate")) as rig:
        names = ("Abandoned", "Won't Do", "IS DUPLICATE")
        for resolution, name in zip(rig.people.world.site.resolutions, names, strict=False):
            resolution.name = name
            rig.people.transition(rig.open_issue(name), "Done", "dev", resolution.id)
        assert {issue.title: issue.state for issue in listed(rig)} == dict(
            zip(names, (NOT_PLANNED, COMPLETED, DUPLICATE), strict=True)
        )


def test_no_resolution_in_a_done_status_is_completion(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    rig.people.transition(ref, "Done", "dev", None)
    assert one(rig).state == COMPLETED


def test_a_resolution_without_a_done_status_closes_nothing(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    rig.people.transition(ref, "In Review", "dev", "Won't Do")
    issue = one(rig)
    assert (issue.state, issue.history, issue.closed) == (WORKING, (), None)


def test_a_resolution_that_changed_while_the_issue_was_closed_is_an_event(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    first = later(rig)
    rig.close(ref)
    second = later(rig)
    rig.people.transition(ref, "Done", "lead", "Duplicate")
    issue = one(rig)
    assert events(issue) == [(first, COMPLETED, "dev"), (second, DUPLICATE, "lead")]
    assert (issue.state, issue.closed) == (DUPLICATE, second)


# History


@pytest.mark.parametrize("back", ["To Do", "In Review"])
def test_a_status_moved_back_out_of_done_is_a_reopening_with_its_time_and_who(rig: JiraRig, back: str) -> None:
    ref = rig.open_issue("Item")
    first = later(rig)
    rig.close(ref)
    second = later(rig)
    rig.people.transition(ref, back, "lead", None)
    issue = one(rig)
    assert events(issue) == [(first, COMPLETED, "dev"), (second, OPEN, "lead")]
    assert (issue.state.closed, issue.closed) == (False, None)


def test_a_resolution_that_stayed_after_a_reopening_keeps_nothing_closed(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    rig.close(ref, "not_planned")
    later(rig)
    rig.people.transition(ref, "To Do", "dev", RESOLUTIONS["not_planned"])
    assert one(rig).state == OPEN
    third = later(rig)
    rig.people.transition(ref, "Done", "dev", RESOLUTIONS["not_planned"])
    assert events(one(rig))[-1] == (third, NOT_PLANNED, "dev")


def test_a_status_that_was_deleted_since_closes_nothing_and_is_asked_for_once(rig: JiraRig) -> None:
    rig.people.add_status("Shelved", "done")
    refs = [rig.open_issue(f"Item {number}") for number in range(12)]
    for ref in refs:
        rig.people.transition(ref, "Shelved", "dev")
    last = later(rig)
    for ref in refs:
        rig.people.transition(ref, "Done", "dev", "Done")
    site = rig.people.world.site
    site.statuses = [each for each in site.statuses if each.name != "Shelved"]
    issues = listed(rig)
    assert {tuple(events(issue)) for issue in issues} == {((last, COMPLETED, "dev"),)}
    listed(rig)
    assert paths(rig.sandbox.log).count("GET status") == 1


@pytest.mark.parametrize("resolved", [True, False])
def test_an_issue_that_was_created_done_was_done_from_then_on(rig: JiraRig, *, resolved: bool) -> None:
    created = rig.now()
    issue = issue_at(rig, rig.open_issue("Imported"))
    issue.status = rig.people.world.status("Done").id
    if resolved:
        issue.resolution, issue.resolved = rig.people.world.site.resolutions[1].id, created
    told = one(rig)
    assert (told.history, told.closed) == ((), created)
    assert told.state == (NOT_PLANNED if resolved else COMPLETED)


def test_a_comment_does_not_move_the_time_of_an_import(rig: JiraRig) -> None:
    created = rig.now()
    ref = rig.open_issue("Imported")
    issue = issue_at(rig, ref)
    issue.status, issue.resolved = rig.people.world.status("Done").id, created
    later(rig)
    rig.comment(ref, "Hello", "dev")
    assert one(rig).closed == created


def test_an_issue_that_was_created_done_and_reopened_is_open(rig: JiraRig) -> None:
    ref = rig.open_issue("Imported")
    issue_at(rig, ref).status = rig.people.world.status("Done").id
    when = later(rig)
    rig.reopen(ref)
    assert (events(one(rig)), one(rig).state) == ([(when, OPEN, "dev")], OPEN)


@pytest.mark.parametrize("times", ["text", "seconds", "milliseconds"])
def test_a_bulk_history_is_read_in_whatever_way_it_writes_times(
    times: Literal["text", "seconds", "milliseconds"],
) -> None:
    with JiraRig() as rig:
        rig.people.world.site.bulk_times = times
        ref = rig.open_issue("Item")
        first = later(rig)
        rig.close(ref)
        second = later(rig)
        rig.reopen(ref)
        rig.people.add_remote_link(ref, "https://code.example/pull/1", author="dev")
        issue = one(rig)
        assert [event.at for event in issue.history] == [first, second]
        assert [change.at for change in issue.changes] == [second]


# Due dates


@pytest.mark.parametrize("flavour", ALL)
def test_each_move_of_a_due_date_is_told_with_its_time_and_a_cleared_one_as_well(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        known = followed(rig, "Item")
        days = ["2026-11-01", "2026-11-08", None, "2026-11-15", "2026-11-15", "2026-11-10"]
        moments = []
        for day in days:
            moments.append(later(rig))
            rig.people.set_due(known.ref, day, "dev")
        (issue,) = listed(rig)
        assert issue.keeps_due
        assert str(issue.due) == "2026-11-10"
        told = [(move.at, f"{move.before} {move.to}") for move in issue.due_moves]
        assert told == [
            (moments[1], "2026-11-01 2026-11-08"),
            (moments[3], "2026-11-08 2026-11-15"),
            (moments[5], "2026-11-15 2026-11-10"),
        ]
