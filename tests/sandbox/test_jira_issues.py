"""What becomes of an issue of the sandbox's Jira: edits, workflow, history, and the many ways to lose it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

WORDS = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}


def items(jira: JiraClient, key: str = "PLAT-1") -> list[dict[str, Any]]:
    """Every changed field of an issue, oldest first."""
    return [item for change in jira.get(f"/issue/{key}/changelog")["values"] for item in change["items"]]


def item(field: str, was: tuple[str | None, str | None], now: tuple[str | None, str | None]) -> dict[str, object]:
    return {
        "field": field,
        "fieldtype": "jira",
        "fieldId": field,
        "from": was[0],
        "fromString": was[1],
        "to": now[0],
        "toString": now[1],
    }


def test_an_edit_changes_what_it_names_and_is_in_the_history(jira: JiraClient) -> None:
    jira.new_issue(labels=["a"])
    given = {
        "fields": {"summary": "New", "duedate": "2026-11-01", "assignee": {"accountId": "reader"}},
        "update": {"labels": [{"add": "b"}, {"remove": "a"}]},
    }
    assert jira.ask("PUT", "/issue/PLAT-1", given).status_code == 204
    assert jira.get("/issue/PLAT-1?fields=labels,summary")["fields"] == {"labels": ["b"], "summary": "New"}
    assert items(jira) == [
        item("summary", (None, "Limit the blast radius"), (None, "New")),
        item("duedate", (None, None), ("2026-11-01", "2026-11-01 00:00:00.0")),
        item("assignee", (None, None), ("reader", "Ria Reader")),
        item("labels", ("", "a"), ("", "b")),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue(labels=["a"])
    before = jira.get("/issue/PLAT-1")["fields"]["updated"]
    jira_sandbox.world.advance(timedelta(hours=1))
    jira.ask("PUT", "/issue/PLAT-1", {"fields": {"labels": ["a"]}})
    assert (items(jira), jira.get("/issue/PLAT-1")["fields"]["updated"]) == ([], before)


def test_an_edit_with_one_wrong_field_changes_nothing(jira: JiraClient) -> None:
    jira.new_issue()
    answer = jira.ask("PUT", "/issue/PLAT-1", {"fields": {"summary": "New", "labels": ["a b"]}})
    assert (answer.status_code, items(jira)) == (400, [])


def test_a_field_cannot_be_in_fields_and_in_update(jira: JiraClient) -> None:
    jira.new_issue()
    given = {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}
    assert "both" in jira.ask("PUT", "/issue/PLAT-1", given).json()["errors"]["labels"]


def test_an_edit_can_bring_a_comment_and_a_property(jira: JiraClient) -> None:
    jira.new_issue()
    given = {
        "update": {"comment": [{"add": {"body": jira.text("hello")}}]},
        "properties": [{"key": "follow-through", "value": 1}],
    }
    assert jira.ask("PUT", "/issue/PLAT-1", given).status_code == 204
    assert jira.get("/issue/PLAT-1/comment")["comments"][0]["body"] == jira.text("hello")
    assert jira.get("/issue/PLAT-1/properties/follow-through")["value"] == 1


def test_the_workflow_leads_to_done_with_a_resolution_and_back_without(jira: JiraClient) -> None:
    jira.new_issue()
    ways = {each["name"]: each["id"] for each in jira.get("/issue/PLAT-1/transitions")["transitions"]}
    given = {"transition": {"id": ways["Done"]}, "fields": {"resolution": {"name": "Duplicate"}}}
    assert jira.ask("POST", "/issue/PLAT-1/transitions", given).status_code == 204
    done = jira.get("/issue/PLAT-1")["fields"]
    assert (done["status"]["statusCategory"]["key"], done["resolution"]["name"]) == ("done", "Duplicate")
    assert done["resolutiondate"] == "2026-10-05T11:00:00.000+0200"
    jira.ask("POST", "/issue/PLAT-1/transitions", {"transition": {"id": ways["In Progress"]}})
    again = jira.get("/issue/PLAT-1")["fields"]
    assert (again["status"]["name"], again["resolution"], again["resolutiondate"]) == ("In Progress", None, None)
    assert [(each["field"], each["toString"]) for each in items(jira)] == [
        ("resolution", "Duplicate"),
        ("status", "Done"),
        ("resolution", None),
        ("status", "In Progress"),
    ]


def test_a_transition_takes_only_what_is_on_its_screen(jira: JiraClient) -> None:
    jira.new_issue()
    for given in (
        {"transition": {"id": "21"}, "fields": {"resolution": {"name": "Done"}}},
        {"transition": {"id": "41"}, "fields": {"resolution": {"name": "Perfect"}}},
        {"transition": {"id": "99"}},
        {},
    ):
        assert jira.ask("POST", "/issue/PLAT-1/transitions", given).status_code == 400
    assert jira.get("/issue/PLAT-1")["fields"]["status"]["name"] == "To Do"
    fields = jira.get("/issue/PLAT-1/transitions?expand=transitions.fields")["transitions"][-1]["fields"]
    assert "Won't Do" in [each["name"] for each in fields["resolution"]["allowedValues"]]


def test_a_status_of_any_name_can_be_done_without_a_resolution(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    jira_sandbox.jira.add_status("Ausgeliefert", "done")
    jira_sandbox.jira.transition("PLAT-1", "ausgeliefert")
    told = jira.get("/issue/PLAT-1")["fields"]
    assert (told["status"]["name"], told["status"]["statusCategory"]["key"]) == ("Ausgeliefert", "done")
    assert told["resolution"] is None


def test_the_category_date_moves_with_the_category_only(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    for status, changed in (("In Progress", "12:00"), ("In Review", "12:00"), ("Done", "14:00")):
        jira_sandbox.world.advance(timedelta(hours=1))
        jira_sandbox.jira.transition("PLAT-1", status)
        assert f"T{changed}" in jira.get("/issue/PLAT-1")["fields"]["statuscategorychangedate"]


def test_a_moved_issue_keeps_its_id_and_answers_to_every_key_it_had(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    made = jira.new_issue()
    assert jira_sandbox.jira.move_issue("PLAT-1", "OPS") == "OPS-1"
    for name in ("PLAT-1", "plat-1", "OPS-1", made["id"]):
        found = jira.get(f"/issue/{name}")
        assert (found["id"], found["key"], found["fields"]["project"]["key"]) == (made["id"], "OPS-1", "OPS")
    assert [(each["field"], each["fromString"], each["toString"]) for each in items(jira, "OPS-1")] == [
        ("project", "Plat", "Ops"),
        ("Key", "PLAT-1", "OPS-1"),
    ]
    assert jira.new_issue()["key"] == "PLAT-2"


def test_what_is_deleted_hidden_or_archived_is_not_there(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    for _ in range(2):
        jira.new_issue()
    people = jira_sandbox.jira
    people.delete_issue("PLAT-1")
    deleted = jira.ask("GET", "/issue/PLAT-1")
    people.archive_project("PLAT")
    archived = jira.ask("GET", "/issue/PLAT-2")
    assert jira.get("/project/PLAT")["archived"] is True
    assert jira.ask("POST", "/issue", {"fields": jira.fields()}).status_code == 400
    people.archive_project("PLAT", archived=False)
    people.lose_access("PLAT", "lead")
    hidden = jira.ask("GET", "/issue/PLAT-2")
    assert jira.ask("GET", "/project/PLAT").status_code == 404
    for answer in (deleted, archived, hidden):
        assert (answer.status_code, answer.json()) == (404, hidden.json())


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "", {"fields": {"summary": "x"}}, 403),
        ("DELETE", "", None, 403),
        ("POST", "/comment", {"body": WORDS}, 400),
        ("POST", "/remotelink", {"object": {"url": "https://e.com", "title": "x"}}, 403),
        ("PUT", "/properties/p", 1, 403),
        ("POST", "/transitions", {"transition": {"id": "41"}}, 400),
    ],
)
def test_who_may_only_read_can_write_nothing(
    jira: JiraClient, jira_sandbox: Sandbox, method: str, path: str, body: object, status: int
) -> None:
    jira.new_issue()
    reader = JiraClient(jira_sandbox, "reader")
    before = jira.get("/issue/PLAT-1")
    assert reader.ask(method, f"/issue/PLAT-1{path}", body).status_code == status
    assert jira.get("/issue/PLAT-1") == before


def test_the_history_comes_in_pages(jira: JiraClient) -> None:
    jira.new_issue()
    for number in range(5):
        jira.ask("PUT", "/issue/PLAT-1", {"fields": {"summary": f"Version {number}"}})
    first = jira.get("/issue/PLAT-1/changelog?maxResults=3")
    second = jira.get("/issue/PLAT-1/changelog?maxResults=3&startAt=3")
    assert (first["total"], first["isLast"], second["isLast"]) == (5, False, True)
    assert [each["items"][0]["toString"] for each in second["values"]] == ["Version 3", "Version 4"]


def test_histories_come_in_bulk_oldest_first_and_only_the_fields_asked_for(
    jira: JiraClient, jira_sandbox: Sandbox
) -> None:
    ids = [jira.new_issue()["id"] for _ in range(2)]
    for key, status in (("PLAT-2", "In Progress"), ("PLAT-1", "Done"), ("PLAT-2", "Done")):
        jira_sandbox.world.advance(timedelta(minutes=1))
        jira_sandbox.jira.edit(key, summary=f"{key} is {status}")
        jira_sandbox.jira.transition(key, status)
    asked = {"issueIdsOrKeys": ["PLAT-1", ids[1], "PLAT-99"], "fieldIds": ["status"], "maxResults": 2}
    first = jira.post("/changelog/bulkfetch", asked)
    second = jira.post("/changelog/bulkfetch", {**asked, "nextPageToken": first["nextPageToken"]})
    assert [each["issueId"] for each in first["issueChangeLogs"]] == [ids[1], ids[0]]
    assert [each["issueId"] for each in second["issueChangeLogs"]] == [ids[1]]
    assert "nextPageToken" not in second
    (change,) = second["issueChangeLogs"][0]["changeHistories"]
    assert [each["fieldId"] for each in change["items"]] == ["status"]
    assert jira.ask("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": ["1"] * 1001}).status_code == 400
    assert jira.ask("POST", "/changelog/bulkfetch", {**asked, "fieldIds": list("abcdefghijk")}).status_code == 400


def test_the_bulk_history_tells_times_in_every_way_that_jira_does(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    jira_sandbox.jira.set_due("PLAT-1", "2026-12-01")
    told: list[object] = []
    for kind in ("text", "seconds", "milliseconds"):
        jira_sandbox.jira.world.site.bulk_times = kind
        (one,) = jira.post("/changelog/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"]})["issueChangeLogs"]
        told.append(one["changeHistories"][0]["created"])
    assert told == ["2026-10-05T11:00:00.000+0200", 1791190800, 1791190800000]
