"""Creating on the sandbox's Jira: one or fifty, with the marker in the same call, and every problem said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from sync.sandbox.faults import DropAfter, FaultPlan, StoreFirst, When
from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

MARKER = {"key": "follow-through", "value": {"item": {"id": "A1"}, "review": {"id": "INC-1"}}}
OFF_SCREEN = "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown."


def test_an_issue_is_created_with_everything_in_one_call(jira: JiraClient) -> None:
    fields = jira.fields(
        labels=["follow-through", "condition:no-canary"],
        description=jira.text("Why"),
        duedate="2026-11-01",
        assignee={"accountId": "reader"},
        priority={"id": "2"},
    )
    made = jira.post("/issue", {"fields": fields, "properties": [MARKER]})
    assert made["key"] == "PLAT-1"
    assert made["self"].endswith(f"/rest/api/3/issue/{made['id']}")
    shown = jira.get(f"/issue/{made['id']}?properties=follow-through")
    assert shown["properties"] == {"follow-through": MARKER["value"]}
    told = shown["fields"]
    assert told["labels"] == ["condition:no-canary", "follow-through"]
    assert (told["duedate"], told["priority"]["name"], told["resolution"]) == ("2026-11-01", "High", None)
    assert (told["assignee"]["accountId"], told["reporter"]["accountId"]) == ("reader", "lead")
    assert told["status"]["statusCategory"]["key"] == "new"
    assert told["description"] == fields["description"]
    assert told["created"] == "2026-10-05T11:00:00.000+0200"


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"summary": " "}, "summary", "must specify a summary"),
        ({"summary": "x" * 256}, "summary", "255"),
        ({"summary": "a\nb"}, "summary", "newline"),
        ({"labels": ["two words"]}, "labels", "contains spaces"),
        ({"labels": ["x" * 256]}, "labels", "255"),
        ({"duedate": "2026-13-01"}, "duedate", "date"),
        ({"issuetype": {"name": "Epic"}}, "issuetype", "valid issue type"),
        ({"project": {"key": "NOPE"}}, "project", "valid project"),
        ({"assignee": {"accountId": "nobody"}}, "assignee", "cannot be assigned"),
        ({"assignee": {"accountId": "stranger"}}, "assignee", "cannot be assigned"),
        ({"assignee": {"name": "reader"}}, "assignee", "'id' property"),
        ({"description": "plain text"}, "description", "Atlassian Document"),
        ({"priority": {"name": "Urgent"}}, "priority", "priority"),
        ({"reporter": None}, "reporter", "required"),
        ({"resolution": {"name": "Done"}}, "resolution", "appropriate screen"),
        ({"customfield_10010": "x"}, "customfield_10010", "appropriate screen"),
    ],
)
def test_a_wrong_field_is_named(jira: JiraClient, wrong: dict[str, object], field: str, words: str) -> None:
    answer = jira.ask("POST", "/issue", {"fields": jira.fields() | wrong})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert words in answer.json()["errors"][field]


def test_all_wrong_fields_are_named_at_once_and_nothing_is_stored(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    answer = jira.ask("POST", "/issue", {"fields": jira.fields("", labels=["a b"], duedate="soon")})
    assert answer.json()["errors"].keys() == {"summary", "labels", "duedate"}
    assert jira_sandbox.jira.world.site.issues == {}


def test_a_field_that_is_not_on_the_screen_is_refused(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.jira.set_screen("PLAT", ["summary", "issuetype", "project", "customfield_1"], ["customfield_1"])
    answer = jira.ask("POST", "/issue", {"fields": jira.fields(duedate="2026-11-01")})
    assert answer.json()["errors"] == {"duedate": OFF_SCREEN, "customfield_1": "customfield_1 is required."}
    assert jira.new_issue(customfield_1="x")["key"] == "PLAT-1"


@pytest.mark.parametrize("lost", ["ASSIGN_ISSUES", "SCHEDULE_ISSUES"])
def test_a_field_without_its_permission_is_refused_as_if_it_were_not_on_the_screen(
    jira: JiraClient, jira_sandbox: Sandbox, lost: str
) -> None:
    jira_sandbox.jira.set_access("PLAT", [each for each in _all(jira_sandbox) if each != lost], "lead")
    given = jira.fields(duedate="2026-11-01", assignee={"accountId": "reader"})
    answer = jira.ask("POST", "/issue", {"fields": given})
    wrong = {"ASSIGN_ISSUES": "assignee", "SCHEDULE_ISSUES": "duedate"}[lost]
    assert list(answer.json()["errors"]) == [wrong]


def _all(sandbox: Sandbox) -> list[str]:
    return sandbox.jira.world.project("PLAT").everybody


def test_a_marker_that_is_too_long_stops_the_create(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    fits, long = "x" * (32_768 - 2), "x" * (32_768 - 1)
    for value, status in ((fits, 201), (long, 400)):
        body = {"fields": jira.fields(), "properties": [{"key": "follow-through", "value": value}]}
        assert jira.ask("POST", "/issue", body).status_code == status
    assert len(jira_sandbox.jira.world.site.issues) == 1


def test_who_may_not_create_is_told_so(jira_sandbox: Sandbox) -> None:
    reader = JiraClient(jira_sandbox, "reader")
    assert reader.ask("POST", "/issue", {"fields": reader.fields()}).status_code == 403


@pytest.mark.parametrize("path", ["/issue", "/issue/bulk"])
def test_to_create_with_a_marker_takes_no_more_than_to_create(
    jira: JiraClient, jira_dc: JiraClient, jira_sandbox: Sandbox, path: str
) -> None:
    for client, people in ((jira, jira_sandbox.jira), (jira_dc, jira_sandbox.jira_dc)):
        people.set_access("PLAT", ["BROWSE_PROJECTS", "CREATE_ISSUES"], "lead")
        one = {"fields": client.fields(labels=["follow-through"]), "properties": [MARKER]}
        client.post(path, one if path == "/issue" else {"issueUpdates": [one]})
        assert client.get("/issue/PLAT-1/properties/follow-through")["value"] == MARKER["value"]
        assert client.ask("PUT", "/issue/PLAT-1/properties/follow-through", 1).status_code == 403


def rows(jira: JiraClient, count: int) -> dict[str, object]:
    return {"issueUpdates": [{"fields": jira.fields(f"Item {n}"), "properties": [MARKER]} for n in range(count)]}


def test_fifty_are_created_in_one_call_each_with_its_marker(jira: JiraClient) -> None:
    made = jira.post("/issue/bulk", rows(jira, 50))
    assert [each["key"] for each in made["issues"]] == [f"PLAT-{n}" for n in range(1, 51)]
    assert made["errors"] == []
    assert jira.get("/issue/PLAT-50/properties/follow-through")["value"] == MARKER["value"]


def test_more_than_fifty_are_refused_whole(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    assert jira.ask("POST", "/issue/bulk", rows(jira, 51)).status_code == 400
    assert jira_sandbox.jira.world.site.issues == {}


def test_each_row_of_a_bulk_create_has_its_own_outcome(jira: JiraClient) -> None:
    given = [{"fields": jira.fields("a")}, {"fields": jira.fields("")}, {"fields": jira.fields("c")}]
    answer = jira.ask("POST", "/issue/bulk", {"issueUpdates": given})
    assert answer.status_code == 201
    assert [each["key"] for each in answer.json()["issues"]] == ["PLAT-1", "PLAT-2"]
    (error,) = answer.json()["errors"]
    assert (error["failedElementNumber"], error["status"]) == (1, 400)
    assert "summary" in error["elementErrors"]["errors"]


def test_a_bulk_create_with_no_good_row_is_a_400_of_the_same_shape(jira: JiraClient) -> None:
    answer = jira.ask("POST", "/issue/bulk", {"issueUpdates": [{"fields": {}}]})
    assert (answer.status_code, answer.json()["issues"]) == (400, [])
    assert answer.json()["errors"][0]["failedElementNumber"] == 0


@pytest.mark.parametrize("stored", [0, 37, 50])
def test_a_bulk_create_can_be_cut_in_the_middle(jira: JiraClient, jira_sandbox: Sandbox, stored: int) -> None:
    jira_sandbox.faults = FaultPlan(When(StoreFirst(stored), path="/issue/bulk$"))
    with pytest.raises(requests.ConnectionError):
        jira.post("/issue/bulk", rows(jira, 50))
    assert len(jira_sandbox.jira.world.site.issues) == stored
    assert len(jira.search("project = PLAT", fields=["key"], maxResults=100)["issues"]) == stored


def test_what_is_left_of_a_cut_bulk_create_has_its_markers_on_data_center_too(
    jira_dc: JiraClient, jira_sandbox: Sandbox
) -> None:
    jira_sandbox.faults = FaultPlan(When(StoreFirst(37), path="/issue/bulk$"))
    with pytest.raises(requests.ConnectionError):
        jira_dc.post("/issue/bulk", rows(jira_dc, 50))
    left = jira_dc.post("/search", {"jql": "project = PLAT", "maxResults": 100})["issues"]
    markers = [jira_dc.get(f"/issue/{each['key']}/properties/follow-through")["value"] for each in left]
    assert markers == [MARKER["value"]] * 37
    assert jira_dc.new_issue()["key"] == "PLAT-38"


def test_a_request_without_rows_is_carried_out_and_its_answer_lost(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.faults = FaultPlan(When(StoreFirst(0), times=2))
    with pytest.raises(requests.ConnectionError):
        jira.new_issue()
    with pytest.raises(requests.ConnectionError):
        jira.get("/myself")
    assert len(jira_sandbox.jira.world.site.issues) == 1


def test_a_lost_reply_leaves_the_issue(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.faults = FaultPlan(When(DropAfter()))
    with pytest.raises(requests.ConnectionError):
        jira.new_issue()
    assert len(jira_sandbox.jira.world.site.issues) == 1


def test_a_body_that_is_no_json_is_refused(jira: JiraClient) -> None:
    for content, kind, status in ((b"{", "application/json", 400), (b"{}", "text/plain", 415), (b"", "", 415)):
        headers = {"Content-Type": kind} if kind else {}
        assert jira.ask("POST", "/issue", data=content, headers=headers).status_code == status
