"""What a create on Jira makes of fields that a screen lacks, of rows that are refused, and of more than fifty rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sync.port import Backlink, Created, Draft, OutcomeUnknown, Rejected
from sync.sandbox.faults import FaultPlan, Garbage, Status, When, jira_limit
from sync.sandbox.jira_defaults import SCREEN
from tests.adapters.jira_rig import CLOUD, HOME, JiraRig
from tests.adapters.rig import create, listed
from tests.adapters.writing import DRAFT
from tests.jira_harness import BOTH, answer, follow, issue_at, paths, sent
from tests.once.jira_machines import a_jira, a_machine, a_review_of, issues_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sync.adapters.jira_writing import Made
    from tests.harness import RecordingClock

DUE = date(2026, 11, 20)
WITH_DUE = msgspec.structs.replace(DRAFT, due=DUE)
PLAIN = Draft(title="Plain", text="Nothing else", labels=("follow-through",))
LINK = Backlink(review_id="INC-9", title="Review of incident INC-9", url="https://reviews.example/INC-9")


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    """A Cloud; a Data Center as well where a test asks for both."""
    with JiraRig(getattr(request, "param", CLOUD)) as rig:
        yield rig


ON_BOTH = pytest.mark.parametrize("rig", BOTH, indirect=True, ids=["cloud", "data-center"])


def without(rig: JiraRig, *fields: str) -> None:
    """Take fields off the project's screens."""
    rig.people.set_screen(HOME, [name for name in SCREEN if name not in fields])


def rows(rig: JiraRig) -> list[list[dict[str, Any]]]:
    """The fields of every row, by request."""
    bodies: list[dict[str, Any]] = sent(rig, "/issue/bulk")
    return [[row["fields"] for row in body["issueUpdates"]] for body in bodies]


def said(made: Sequence[Made]) -> list[str]:
    """What became of each, for comparison: created with which notes, or refused with which words."""
    return [f"created{each.notes or ''}" if isinstance(each, Created) else str(each) for each in made]


# Fields off the screen


@ON_BOTH
def test_an_optional_field_off_the_screen_is_dropped_and_said(rig: JiraRig) -> None:
    without(rig, "duedate")
    (made,) = rig.adapter.create([WITH_DUE])
    assert isinstance(made, Created)
    (note,) = made.notes
    assert note.startswith("created without duedate: Field 'duedate' cannot be set")
    assert made.issue.due is None
    (issue,) = listed(rig)
    assert (issue.due, issue.assignees, issue.title) == (None, ("dev",), DRAFT.title)


@ON_BOTH
def test_what_was_refused_once_is_not_sent_again_in_the_next_bulk_and_is_said_again(rig: JiraRig) -> None:
    without(rig, "duedate")
    first, second = (rig.adapter.create([WITH_DUE, PLAIN]) for _turn in range(2))
    dated = [["duedate" in fields for fields in request] for request in rows(rig)]
    assert dated == [[True, False], [False], [False, False]]
    assert said(first)[0] == said(second)[0] != said(first)[1] == "created"
    assert len(listed(rig)) == 4


def test_rows_that_were_not_refused_are_created_once(rig: JiraRig) -> None:
    without(rig, "duedate")
    rig.adapter.create([PLAIN, WITH_DUE, PLAIN, WITH_DUE])
    assert [len(request) for request in rows(rig)] == [4, 2]
    assert sorted(issue.title for issue in listed(rig)) == [PLAIN.title] * 2 + [DRAFT.title] * 2


def test_each_created_issue_is_that_of_its_row(rig: JiraRig) -> None:
    without(rig, "duedate")
    drafts = [msgspec.structs.replace(PLAIN, title=f"Row {n}", due=DUE if n % 3 == 0 else None) for n in range(9)]
    made = rig.adapter.create(drafts)
    there = {issue.ref: issue.title for issue in listed(rig)}
    assert [there[each.issue.ref] for each in made if isinstance(each, Created)] == [draft.title for draft in drafts]


@ON_BOTH
def test_a_person_who_cannot_be_assigned_any_more_is_dropped_for_that_row_only(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["ASSIGNABLE_USER"], "dev")
    made = rig.adapter.create([DRAFT, msgspec.structs.replace(DRAFT, assignees=("lead",))])
    assert [bool(each.notes) for each in made if isinstance(each, Created)] == [True, False]
    assert sorted(issue.assignees for issue in listed(rig)) == [(), ("lead",)]
    rig.people.give_permissions(HOME, ["ASSIGNABLE_USER"], "dev")
    assert create(rig, DRAFT).assignees == ("dev",)


def test_two_fields_are_dropped_one_after_the_other_or_together(rig: JiraRig) -> None:
    without(rig, "duedate", "assignee")
    (made,) = rig.adapter.create([WITH_DUE])
    assert isinstance(made, Created)
    assert len(made.notes) == 2
    assert (made.issue.due, made.issue.assignees) == (None, ())


def test_a_field_that_the_config_needs_is_not_dropped() -> None:
    with JiraRig(CLOUD, optional_fields=()) as rig:
        without(rig, "duedate")
        (made,) = rig.adapter.create([WITH_DUE])
        assert isinstance(made, Rejected)
        assert "duedate" in str(made)
        assert "optional_fields" in made.hint
        assert (listed(rig), len(rows(rig))) == ([], 1)


@pytest.mark.parametrize("field", ["labels", "description", "summary"])
def test_a_field_that_no_issue_is_followed_without_is_refused_clearly(rig: JiraRig, field: str) -> None:
    without(rig, field)
    (made,) = rig.adapter.create([DRAFT])
    assert isinstance(made, Rejected)
    assert f"{field}: Field '{field}' cannot be set" in str(made)
    assert HOME in made.hint
    assert listed(rig) == []


@ON_BOTH
def test_a_required_field_that_track_does_not_fill_is_refused_clearly_and_sent_once(rig: JiraRig) -> None:
    rig.people.set_screen(HOME, [*SCREEN, "customfield_10042"], ["customfield_10042"])
    (made,) = rig.adapter.create([WITH_DUE])
    assert isinstance(made, Rejected)
    assert "customfield_10042 is required" in str(made)
    assert "create screen" in made.hint
    assert len(rows(rig)) == 1


def refusal(row: int, errors: dict[str, str], *messages: str) -> dict[str, object]:
    told = {"errorMessages": list(messages), "errors": errors}
    return {"status": 400, "elementErrors": told, "failedElementNumber": row}


@ON_BOTH
def test_one_refused_row_keeps_no_other_back(rig: JiraRig) -> None:
    long = msgspec.structs.replace(PLAIN, labels=("has a space",))
    first, second, third = rig.adapter.create([PLAIN, long, PLAIN])
    assert isinstance(first, Created)
    assert isinstance(third, Created)
    assert isinstance(second, Rejected)
    assert "has a space" in str(second)
    assert len(listed(rig)) == 2


ROWS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "a message besides": ({"duedate": "No."}, ("The project is read-only.",)),
    "a message alone": ({}, ("The project is read-only.",)),
    "another field besides": ({"duedate": "No.", "components": "Components is required."}, ()),
    "a field that was not sent": ({"components": "Components is required."}, ()),
    "nothing at all": ({}, ()),
}


@pytest.mark.parametrize(("errors", "messages"), ROWS.values(), ids=ROWS)
def test_a_row_that_is_refused_for_more_than_an_optional_field_is_not_sent_again(
    rig: JiraRig, errors: dict[str, str], messages: tuple[str, ...]
) -> None:
    body = {"issues": [], "errors": [refusal(0, errors, *messages)]}
    rig.sandbox.faults = FaultPlan(When(answer(body, rig.now(), 400), path="/issue/bulk$"))
    (made,) = rig.adapter.create([WITH_DUE])
    assert isinstance(made, Rejected)
    assert all(words in str(made) for words in (*errors.values(), *messages))
    assert len(rows(rig)) == 1


def test_a_row_that_is_refused_again_and_again_is_given_up(rig: JiraRig) -> None:
    fields = ["duedate", "assignee", "priority", "duedate"]
    answers = [answer({"issues": [], "errors": [refusal(0, {name: "No."})]}, rig.now(), 400) for name in fields]
    rig.sandbox.faults = FaultPlan(*(When(each, path="/issue/bulk$") for each in answers))
    (made,) = rig.adapter.create([WITH_DUE])
    assert isinstance(made, Rejected)
    assert len(rows(rig)) <= 4
    assert listed(rig) == []


def test_an_optional_field_that_turns_out_to_be_required_is_said(rig: JiraRig) -> None:
    body = {"issues": [], "errors": [refusal(0, {"duedate": "Due date is required."})]}
    rig.sandbox.faults = FaultPlan(When(answer(body, rig.now(), 400), path="/issue/bulk$", times=None))
    (made,) = rig.adapter.create([PLAIN])
    assert isinstance(made, Rejected)
    assert "Due date is required." in str(made)
    assert len(rows(rig)) == 1


# What the answers mean


@pytest.mark.parametrize(
    "trouble",
    [
        Garbage(),
        Status(502),
        Status(201, body='{"issues": [], "errors": []}'),
        Status(201, body='{"issues": [{"id": "1", "key": "PLAT-1"}]}'),
        Status(200, body="<html>Log in</html>"),
        Status(201, body="{}"),
    ],
    ids=["garbage", "502", "no issue", "one of two", "log-in page", "empty"],
)
def test_an_answer_that_does_not_tell_of_every_row_leaves_all_of_them_unknown(rig: JiraRig, trouble: Status) -> None:
    rig.sandbox.faults = FaultPlan(When(trouble, path="/issue/bulk$"))
    with pytest.raises(OutcomeUnknown):
        rig.adapter.create([PLAIN, PLAIN])
    assert len(rows(rig)) == 1


def test_an_answer_without_a_date_is_no_sign_that_nothing_was_created(rig: JiraRig) -> None:
    body = '{"issues": [{"id": "10999", "key": "PLAT-1"}], "errors": []}'
    rig.sandbox.faults = FaultPlan(When(Status(201, body=body), path="/issue/bulk$"))
    with pytest.raises(OutcomeUnknown):
        rig.adapter.create([PLAIN])


def test_an_error_of_a_row_that_was_never_sent_leaves_all_of_them_unknown(rig: JiraRig) -> None:
    body = {"issues": [{"id": "1", "key": "PLAT-1"}], "errors": [refusal(7, {"labels": "No."})]}
    rig.sandbox.faults = FaultPlan(When(answer(body, rig.now(), 201), path="/issue/bulk$"))
    with pytest.raises(OutcomeUnknown):
        rig.adapter.create([PLAIN, PLAIN])


@pytest.mark.parametrize(
    ("trouble", "kind"), [(jira_limit("1"), Rejected), (Status(403), Rejected), (Status(502), OutcomeUnknown)]
)
def test_a_trouble_with_the_rest_does_not_undo_what_was_created(
    rig: JiraRig, trouble: Status, kind: type[Exception]
) -> None:
    without(rig, "duedate")
    rig.sandbox.faults = FaultPlan(When(trouble, path="/issue/bulk$", at=2))
    first, second = rig.adapter.create([PLAIN, WITH_DUE])
    assert isinstance(first, Created)
    assert isinstance(second, kind)
    assert [issue.ref for issue in listed(rig)] == [first.issue.ref]


# Many


@pytest.mark.parametrize(("count", "requests"), [(50, 1), (51, 2)])
def test_fifty_items_are_created_in_one_request(
    tmp_path: Path, clock: RecordingClock, count: int, requests: int
) -> None:
    with a_jira(clock) as sandbox:
        machine = a_machine(tmp_path / "desk", sandbox, clock, review=a_review_of(count))
        assert machine.push().code == 0
        assert paths(sandbox.log).count("POST issue/bulk") == requests
        made = [len(issues_for(sandbox.jira, f"INC-1/A{number}")) for number in range(1, count + 1)]
        assert made == [1] * count


# The way back


@ON_BOTH
def test_the_way_back_is_a_link_with_a_name_of_its_own_and_no_evidence(rig: JiraRig) -> None:
    draft = msgspec.structs.replace(PLAIN, backlink=LINK)
    made = create(rig, draft)
    rig.advance(timedelta(minutes=1))
    rig.adapter._writer.link(made.id.rpartition(":")[2], msgspec.structs.replace(LINK, url="https://new.example/9"))
    (link,) = issue_at(rig, made.ref).links
    assert (link.global_id, link.target["url"]) == ("follow-through:INC-9", "https://new.example/9")
    rig.sandbox.log.clear()
    rig.comment(made.ref, "Hello", "lead")
    (issue,) = listed(rig)
    assert issue.changes == ()
    assert not any("remotelink" in each.path for each in rig.sandbox.log)


@pytest.mark.parametrize("trouble", [Status(400), Status(403), Status(404), Status(502), jira_limit("1")])
def test_a_way_back_that_cannot_be_made_is_said_and_costs_nothing_else(rig: JiraRig, trouble: Status) -> None:
    rig.sandbox.faults = FaultPlan(When(trouble, path="/remotelink$"))
    (made, other) = rig.adapter.create([msgspec.structs.replace(PLAIN, backlink=LINK)] * 2)
    assert isinstance(made, Created)
    assert isinstance(other, Created)
    assert [len(each.notes) for each in (made, other)] == [1, 0]
    assert "link to the review could not be added" in made.notes[0]


@ON_BOTH
def test_only_issues_with_a_link_that_is_not_ours_are_asked_for_links(rig: JiraRig) -> None:
    keys = [create(rig, msgspec.structs.replace(PLAIN, backlink=LINK)).ref for _turn in range(3)]
    keys += follow(rig.people, rig.clock, 2)
    rig.advance(timedelta(minutes=1))
    for key in (keys[0], keys[3]):
        rig.people.add_remote_link(key, "https://code.example/pull/7", "The change", author="dev")
    rig.people.add_remote_link(keys[4], "https://gone.example/", "Gone", author="dev")
    rig.people.remove_remote_link(keys[4], "https://gone.example/", "dev")
    rig.sandbox.log.clear()
    found = {issue.ref: [change.url for change in issue.changes] for issue in listed(rig)}
    assert {ref for ref, urls in found.items() if urls} == {keys[0], keys[3]}
    assert sum("remotelink" in each.path for each in rig.sandbox.log) == 2
