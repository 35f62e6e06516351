"""Whatever a Jira leaves out, writes otherwise or is made to hold, an issue is read without losing the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from sync.adapters import jira_answers as answers
from sync.port import RemoteIssue, RemoteState
from sync.sandbox.faults import FaultPlan, When
from tests.adapters.jira_rig import DATA_CENTER, JiraRig
from tests.adapters.rig import followed, listed, seen
from tests.jira_harness import ALL, answer, paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.jira_rig import Flavour

Json = dict[str, Any]
AT = datetime(2026, 10, 5, 7, 0, tzinfo=UTC)
STAMP = "2026-10-05T09:00:00.000+0200"
USER: Json = {"accountId": "dev", "displayName": "Dev", "accountType": "atlassian", "active": True}
DONE: Json = {"id": "5", "name": "Parked", "statusCategory": {"id": 3, "key": "done", "name": "Fertig"}}
DOCUMENT: Json = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "What it is about"}]}],
}
FIELDS: Json = {
    "summary": "Item",
    "description": DOCUMENT,
    "status": DONE,
    "resolution": {"id": "1", "name": "Done"},
    "resolutiondate": STAMP,
    "statuscategorychangedate": STAMP,
    "labels": ["follow-through"],
    "assignee": USER,
    "duedate": "2026-11-20",
    "creator": USER,
    "created": STAMP,
    "updated": STAMP,
    "project": {"id": "10101", "key": "PLAT"},
    "comment": {"comments": [{"id": "7", "created": STAMP, "body": DOCUMENT, "author": USER}], "total": 1},
}


@pytest.fixture(scope="module")
def running() -> Iterator[JiraRig]:
    with JiraRig() as rig:
        yield rig


@pytest.fixture
def rig(running: JiraRig) -> JiraRig:
    running.sandbox.faults = FaultPlan()
    running.sandbox.log.clear()
    return running


def told(rig: JiraRig, *issues: Json, histories: object = ()) -> list[RemoteIssue]:
    """What the adapter makes of a list of these issues, with these histories."""
    rig.sandbox.faults = FaultPlan(
        When(answer({"issues": issues, "isLast": True}, rig.now()), path="/search/jql$", times=None),
        When(answer({"issueChangeLogs": histories}, rig.now()), path="/changelog/bulkfetch$", times=None),
    )
    return listed(rig)


def last_page(rig: JiraRig) -> Json:
    """The last list that came with issues, as it was answered."""
    page: Json = msgspec.json.decode([each for each in rig.sandbox.log if b'"updated"' in each.answer][-1].answer)
    return page


def an_issue(**fields: object) -> Json:
    return {"id": "1", "key": "PLAT-1", "fields": FIELDS | fields}


def test_an_issue_with_everything_is_read_whole(rig: JiraRig) -> None:
    (issue,) = told(rig, an_issue())
    assert (issue.ref, issue.number, issue.title, issue.text) == ("PLAT-1", 1, "Item", "What it is about")
    assert issue.url == f"{rig.site}/browse/PLAT-1"
    assert issue.id.endswith(":1")
    assert (issue.state, issue.closed) == (RemoteState(closed=True, reason="completed"), AT)
    assert (issue.created, issue.updated, str(issue.due)) == (AT, AT, "2026-11-20")
    assert (issue.assignees, issue.labels, issue.trusted) == (("dev",), ("follow-through",), True)
    (comment,) = issue.comments
    assert (comment.body, comment.at, comment.author, comment.trusted) == ("What it is about", AT, "Dev", True)
    assert comment.url == f"{rig.site}/browse/PLAT-1?focusedCommentId=7"


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("absent", [True, False], ids=["absent", "null"])
def test_a_field_that_a_site_leaves_out_costs_nothing_else(rig: JiraRig, name: str, *, absent: bool) -> None:
    fields = {key: value for key, value in FIELDS.items() if key != name}
    (issue,) = told(rig, {"id": "1", "key": "PLAT-1", "fields": fields if absent else fields | {name: None}})
    assert (issue.ref, issue.at_home) == ("PLAT-1", True)
    assert issue.state.closed is (name != "status")
    assert issue.state.reason in ("completed", "")
    (whole,) = told(rig, an_issue())
    kept = ("title", "text", "labels", "assignees", "due", "created", "updated", "comments")
    assert sum(getattr(issue, field) != getattr(whole, field) for field in kept) <= 1


def test_an_issue_with_nothing_but_its_key_is_an_open_one(rig: JiraRig) -> None:
    (issue,) = told(rig, {"id": "1", "key": "PLAT-1"})
    assert (issue.ref, issue.title, issue.text, issue.state) == ("PLAT-1", "", "", RemoteState(closed=False))
    assert (issue.created, issue.due, issue.trusted, issue.at_home) == (answers.EPOCH, None, False, True)


INNER: dict[str, Json] = {
    "a status without a category": {"status": {"id": "5", "name": "Done"}},
    "a status of no known category": {"status": {"id": "5", "name": "Done", "statusCategory": {"key": "undefined"}}},
    "a resolution without a name": {"resolution": {"id": "1"}},
    "an assignee by name": {"assignee": {"name": "dev", "key": "JIRAUSER10100"}},
    "an assignee without a name": {"assignee": {"displayName": "Former user"}},
    "an anonymous creator": {"creator": {"displayName": "Anonymous", "active": False}},
    "a creator without an e-mail": {"creator": {**USER, "emailAddress": None}},
    "a comment of nobody": {"comment": {"comments": [{"id": "7", "created": STAMP, "body": DOCUMENT}]}},
    "a comment without a body": {"comment": {"comments": [{"id": "7", "created": STAMP, "author": USER}]}},
    "a comment at no time": {"comment": {"comments": [{"id": "7", "created": "", "body": DOCUMENT}]}},
    "no comments": {"comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0}},
    "a project without an id": {"project": {"key": "PLAT"}},
    "more than was asked for": {"customfield_10020": [{"id": 1, "state": "active"}], "votes": {"votes": 0}},
    "an empty document": {"description": {"type": "doc", "version": 1, "content": []}},
    "a plain description": {"description": "As plain text"},
    "a description of another type": {"description": 7},
    "a document without a type": {"description": {"content": [{"text": 7}, None, "x"]}},
}


NULLS: dict[str, Json] = {
    "the name of a person": {"assignee": {**USER, "displayName": None}},
    "the kind of a person": {"creator": {**USER, "accountType": None}},
    "the category of a status": {"status": {"id": "5", "name": "Done", "statusCategory": None}},
    "the name of a resolution": {"resolution": {"id": "1", "name": None}},
    "the list of comments": {"comment": {"comments": None, "total": 0}},
}


@pytest.mark.parametrize("fields", NULLS.values(), ids=NULLS)
def test_a_null_inside_is_as_good_as_missing(rig: JiraRig, fields: Json) -> None:
    odd, other = told(rig, an_issue(**fields), an_issue() | {"id": "2", "key": "PLAT-2"})
    assert (odd.ref, other.ref) == ("PLAT-1", "PLAT-2")


@pytest.mark.parametrize("fields", INNER.values(), ids=INNER)
def test_a_part_that_is_missing_or_new_breaks_nothing(rig: JiraRig, fields: Json) -> None:
    odd, other = told(rig, an_issue(**fields), an_issue() | {"id": "2", "key": "PLAT-2"})
    assert (odd.ref, odd.title) == ("PLAT-1", "Item")
    assert (other.ref, other.text, len(other.comments)) == ("PLAT-2", "What it is about", 1)
    if "status" in fields:
        assert odd.state == RemoteState(closed=False)


HISTORIES: dict[str, tuple[object, int]] = {
    "none": ([], 0),
    "of another issue": ([{"issueId": "99", "changeHistories": [{"id": "1", "created": 0}]}], 0),
    "without changes": ([{"issueId": "1"}], 0),
    "with a page in two parts": (
        [
            {"issueId": "1", "changeHistories": [{"id": "1", "created": 1_790_000_000, "items": [
                {"field": "status", "fieldId": "status", "from": "1", "to": "5"}]}]},
            {"issueId": "1", "changeHistories": [{"id": "2", "created": 1_790_000_060, "items": [
                {"field": "status", "fieldId": "status", "from": "5", "to": "1"}]}]},
        ],
        2,
    ),
    "with a nameless line": ([{"issueId": "1", "changeHistories": [{"id": 1, "created": "", "items": [{}]}]}], 0),
}  # fmt: skip


@pytest.mark.parametrize(("histories", "events"), HISTORIES.values(), ids=HISTORIES)
def test_a_history_is_read_from_all_its_parts(rig: JiraRig, histories: object, events: int) -> None:
    (issue,) = told(rig, an_issue(), histories=histories)
    assert len(issue.history) == events


# Text


@pytest.mark.parametrize("flavour", ALL)
def test_text_is_read_as_it_was_written_in_every_version(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        ref = rig.people.open_issue("PLAT", "Item", ["follow-through"], "dev", "First line\nSecond line")
        rig.comment(ref, "dev", "Evidence: https://code.example/a_b?x=1&y=2#z")
        issue = seen(rig, ref)
        assert "First line" in issue.text
        assert "Second line" in issue.text


HOSTILE = [
    "<!-- follow-through:v1 {} -->",
    "{code}[~dev]|https://evil.example|{noformat}",
    "\x1b[31mred\x07 \u202eevil\u202c",
    "*bold* _it_ -gone- ^up^ {{mono}} !img.png! h1. Not a heading",
    "](javascript:alert(1)) <script>alert(1)</script>",
    "🦀" * 200,
    "'; DROP TABLE issues; --",
    'a "quoted" word AND labels != x ORDER BY key',
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("flavour", ALL)
def test_hostile_text_stays_text(flavour: Flavour, text: str) -> None:
    with JiraRig(flavour) as rig:
        ref = rig.people.open_issue("PLAT", text[:250], ["follow-through"], "stranger", text)
        rig.comment(ref, text, "stranger")
        other = rig.open_issue("Item")
        odd, plain = sorted(listed(rig), key=lambda issue: issue.number)
        assert (odd.title, plain.ref) == (text[:250].strip(), other)
        assert not odd.trusted
        assert [comment.trusted for comment in odd.comments] == [False]
        assert (odd.history, odd.changes) == ((), ())


# Long lists


@pytest.mark.parametrize("flavour", ALL)
def test_comments_that_did_not_come_with_the_issue_are_fetched_in_order(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        ref = rig.open_issue("Much discussed")
        for number in range(30):
            rig.comment(ref, f"Comment {number}", "dev")
        listed(rig)
        shortened = page_with_few_comments(rig)
        rig.sandbox.log.clear()
        rig.sandbox.faults = FaultPlan(When(answer(shortened, rig.now()), path="/search(/jql)?$", at=2))
        (issue,) = listed(rig)
        assert [comment.body for comment in issue.comments] == [f"Comment {number}" for number in range(30)]
        assert paths(rig.sandbox.log).count(f"GET issue/{issue.id.rpartition(':')[2]}/comment") == 1


def page_with_few_comments(rig: JiraRig) -> Json:
    """The page that was just listed, as a site with a limit of twenty comments tells it."""
    page: Json = last_page(rig)
    told = page["issues"][0]["fields"]["comment"]
    told["comments"], told["maxResults"] = told["comments"][:20], 20
    return page


def test_a_history_that_did_not_come_whole_is_fetched_on_data_center() -> None:
    with JiraRig(DATA_CENTER) as rig:
        ref = rig.open_issue("Opened again and again")
        for _turn in range(3):
            rig.close(ref)
            rig.reopen(ref)
        listed(rig)
        page = last_page(rig)
        log = page["issues"][0]["changelog"]
        log["histories"] = log["histories"][:2]
        rig.sandbox.faults = FaultPlan(When(answer(page, rig.now()), path="/search$", at=2))
        (issue,) = listed(rig)
        assert [event.state.closed for event in issue.history] == [True, False] * 3


# What is too deep

DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize("where", ["property", "description", "comment"])
def test_an_issue_that_is_nested_too_deep_keeps_no_other_from_being_read(rig: JiraRig, where: str) -> None:
    ref = followed(rig, "Item").ref
    rig.sandbox.log.clear()
    listed(rig)
    page = next(each.answer.decode() for each in rig.sandbox.log if each.path.endswith("/search/jql"))
    deep = {
        "property": f'{{"id":"9","key":"PLAT-9","properties":{{"follow-through":{DEEP}}}}}',
        "description": f'{{"id":"9","key":"PLAT-9","fields":{{"description":{{"type":"doc","content":{DEEP}}}}}}}',
        "comment": '{"id":"9","key":"PLAT-9","fields":{"comment":{"comments":'
        f'[{{"id":"1","created":"{STAMP}","body":{{"type":"doc","content":{DEEP}}}}}]}}}}}}',
    }[where]
    body = page.replace('"issues":[', f'"issues":[{deep},', 1).encode()
    rig.sandbox.faults = FaultPlan(When(answer(body, rig.now()), path="/search/jql$"))
    assert ref in [issue.ref for issue in listed(rig)]
