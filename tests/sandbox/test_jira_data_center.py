"""Data Center on the sandbox: the old search that shifts, user names, wiki text, and everything it does not have."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox
    from tests.sandbox.jira_client import JiraClient

BY_CHANGE = "project = PLAT ORDER BY updated ASC, key ASC"


def keys(jira_dc: JiraClient, **asked: object) -> list[str]:
    return [
        each["key"] for each in jira_dc.post("/search", {"jql": BY_CHANGE, "fields": ["summary"], **asked})["issues"]
    ]


def test_people_are_told_by_name_and_text_is_wiki(jira_dc: JiraClient) -> None:
    made = jira_dc.post(
        "/issue",
        {
            "fields": jira_dc.fields(description="h2. Why\n* this", assignee={"name": "reader"}),
            "properties": [{"key": "follow-through", "value": 1}],
        },
    )
    told = jira_dc.get(f"/issue/{made['key']}?properties=follow-through")
    assert told["fields"]["description"] == "h2. Why\n* this"
    assert (told["fields"]["assignee"]["name"], told["fields"]["assignee"]["key"]) == ("reader", "reader")
    assert "accountId" not in told["fields"]["assignee"]
    assert told["properties"] == {"follow-through": 1}
    wrong = jira_dc.ask("POST", "/issue", {"fields": jira_dc.fields(assignee={"accountId": "reader"})})
    assert "'name' property" in wrong.json()["errors"]["assignee"]
    document = jira_dc.ask("POST", "/issue", {"fields": jira_dc.fields(description={"type": "doc", "version": 1})})
    assert "string" in document.json()["errors"]["description"]


def test_a_search_has_a_total_and_pages_by_position(jira_dc: JiraClient) -> None:
    jira_dc.post("/issue/bulk", {"issueUpdates": [{"fields": jira_dc.fields(f"{n}")} for n in range(5)]})
    told = jira_dc.get("/search", params={"jql": BY_CHANGE, "startAt": 3, "maxResults": 10})
    assert (told["total"], told["startAt"], told["maxResults"]) == (5, 3, 10)
    assert [each["key"] for each in told["issues"]] == ["PLAT-4", "PLAT-5"]
    assert told["issues"][0]["fields"]["status"]["name"] == "To Do"
    assert jira_dc.get("/search")["total"] == 5


@pytest.mark.parametrize("more", [{"properties": ["follow-through"]}, {"validateQuery": "strict"}])
def test_a_search_takes_nothing_that_the_real_one_does_not_know(jira_dc: JiraClient, more: dict[str, object]) -> None:
    assert jira_dc.ask("POST", "/search", {"jql": BY_CHANGE, **more}).status_code == 400


def test_pages_by_position_shift_when_an_issue_changes_in_between(jira_dc: JiraClient, jira_sandbox: Sandbox) -> None:
    for _ in range(4):
        jira_dc.new_issue()
        jira_sandbox.world.advance(timedelta(minutes=1))
    assert keys(jira_dc, maxResults=2) == ["PLAT-1", "PLAT-2"]
    jira_sandbox.jira_dc.comment("PLAT-1", "reader", "hello")
    assert keys(jira_dc, maxResults=2, startAt=2) == ["PLAT-4", "PLAT-1"]


def test_a_page_of_a_search_ends_at_a_thousand(jira_dc: JiraClient) -> None:
    assert jira_dc.post("/search", {"jql": BY_CHANGE, "maxResults": 5000})["maxResults"] == 1000


def test_a_missing_issue_spoils_a_query_unless_it_is_not_validated(jira_dc: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_dc.new_issue()
    both = {"jql": "key in (PLAT-1, PLAT-99)"}
    assert jira_dc.ask("POST", "/search", both).status_code == 400
    assert [each["key"] for each in jira_dc.post("/search", {**both, "validateQuery": False})["issues"]] == ["PLAT-1"]
    got = jira_dc.get("/search", params={"jql": "project = NOPE or key = PLAT-1", "validateQuery": "false"})
    assert got["total"] == 1
    jira_sandbox.jira_dc.delete_issue("PLAT-1")
    assert jira_dc.post("/search", {**both, "validateQuery": False})["issues"] == []


def test_the_history_comes_with_the_issue_oldest_first_and_without_ids_of_fields(
    jira_dc: JiraClient, jira_sandbox: Sandbox
) -> None:
    jira_dc.new_issue()
    jira_sandbox.jira_dc.set_due("PLAT-1", "2026-11-01", "lead")
    jira_sandbox.jira_dc.transition("PLAT-1", "Done", "lead", "Done")
    (listed,) = jira_dc.post("/search", {"jql": BY_CHANGE, "expand": ["changelog"]})["issues"]
    assert listed["changelog"] == jira_dc.get("/issue/PLAT-1?expand=changelog")["changelog"]
    changed = [item for each in listed["changelog"]["histories"] for item in each["items"]]
    assert [each["field"] for each in changed] == ["duedate", "resolution", "status"]
    assert "fieldId" not in changed[0]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/search/jql", {"jql": BY_CHANGE}),
        ("GET", "/search/jql", None),
        ("POST", "/search/approximate-count", {"jql": BY_CHANGE}),
        ("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"]}),
        ("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"]}),
        ("GET", "/issue/PLAT-1/changelog", None),
    ],
)
def test_what_only_cloud_has_is_not_here(jira_dc: JiraClient, method: str, path: str, body: object) -> None:
    jira_dc.new_issue()
    assert jira_dc.ask(method, path, body).status_code in (404, 405)


def test_there_is_no_version_3(jira_dc: JiraClient) -> None:
    jira_dc.root = jira_dc.root.replace("/2", "/3")
    assert jira_dc.ask("GET", "/myself").status_code == 404


def test_an_archived_project_can_be_read_but_not_found_or_changed(jira_dc: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_dc.new_issue()
    jira_sandbox.jira_dc.archive_project("PLAT")
    assert jira_dc.get("/issue/PLAT-1")["key"] == "PLAT-1"
    assert jira_dc.get("/search", params={"jql": "key = PLAT-1"})["total"] == 0
    assert jira_dc.ask("PUT", "/issue/PLAT-1", {"fields": {"summary": "x"}}).status_code == 403
    assert jira_dc.get("/issue/PLAT-1/transitions")["transitions"] == []
    assert jira_dc.ask("GET", "/issue/createmeta/PLAT/issuetypes").status_code == 404


def test_people_and_permissions_are_asked_for_in_its_own_way(jira_dc: JiraClient) -> None:
    assert [each["name"] for each in jira_dc.get("/user/search?username=ria")] == ["reader"]
    assert jira_dc.ask("GET", "/user/search?query=ria").status_code == 400
    assert [each["name"] for each in jira_dc.get("/user/assignable/search?username=l&project=PLAT")] == ["lead"]
    assert jira_dc.get("/mypermissions?projectKey=PLAT")["permissions"]["CREATE_ISSUES"]["havePermission"] is True
    types = jira_dc.get("/issue/createmeta/PLAT/issuetypes")
    assert types["isLast"] is True
    fields = jira_dc.get(f"/issue/createmeta/PLAT/issuetypes/{types['values'][0]['id']}")["values"]
    assert "duedate" in [each["fieldId"] for each in fields]


def test_the_two_jiras_know_nothing_of_each_other(jira: JiraClient, jira_dc: JiraClient) -> None:
    jira.new_issue("Only in the cloud")
    assert jira_dc.get("/search", params={"jql": BY_CHANGE})["total"] == 0
    assert jira_dc.new_issue("Only here")["key"] == "PLAT-1"
