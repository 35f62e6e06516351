"""What people do in the sandbox's Jira, as methods and as orders over HTTP, kept across a restart, shown on pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sync.sandbox.control import JIRA_VERBS
from sync.sandbox.server import Sandbox
from sync.sandbox.state import load_state
from sync.sandbox.world import NoSuch, World
from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES: dict[str, dict[str, object]] = {
    "add_field": {"field": "customfield_10100", "name": "Began at", "kind": "datetime"},
    "add_label": {"issue": "PLAT-1", "label": "new"},
    "add_person": {"account": "7:sam", "name": "Sam", "email": "sam@example.com", "email_visible": False},
    "add_remote_link": {"issue": "PLAT-1", "url": "https://example.com/pull/1"},
    "add_status": {"name": "Shipped", "category": "done"},
    "archive_project": {"project": "PLAT"},
    "assign": {"issue": "PLAT-1", "account": "7:sam"},
    "comment": {"issue": "PLAT-1", "author": "sam", "body": "hello"},
    "deactivate_person": {"account": "7:sam"},
    "decline_pull_request": {"issue": "PLAT-1", "url": "https://github.example.com/acme/payments/pull/1"},
    "delete_issue": {"issue": "PLAT-1"},
    "edit": {"issue": "PLAT-1", "summary": "New"},
    "forget_in_search": {"issue": "PLAT-1", "seconds": 5},
    "give_permissions": {"project": "PLAT", "permissions": ["ADMINISTER_PROJECTS"]},
    "lag_search": {"seconds": 0.5},
    "lose_access": {"project": "PLAT"},
    "merge_pull_request": {"issue": "PLAT-1", "author": "sam"},
    "move_issue": {"issue": "PLAT-1", "to": "OPS"},
    "open_issue": {"project": "PLAT", "summary": "New", "labels": ["a"], "description": "Why"},
    "open_pull_request": {"issue": "PLAT-1", "author": "sam", "repository": "acme/checkout"},
    "remove_remote_link": {"issue": "PLAT-1", "url": "https://example.com/review/1"},
    "reopen": {"issue": "PLAT-1"},
    "set_access": {"project": "PLAT", "permissions": ["BROWSE_PROJECTS"]},
    "set_due": {"issue": "PLAT-1", "due": "2026-12-01"},
    "set_field": {"issue": "PLAT-1", "field": "components", "value": ["checkout", "web"]},
    "set_screen": {"project": "PLAT", "fields": ["summary"], "required": ["customfield_1"]},
    "strip_label": {"issue": "PLAT-1", "label": "follow-through"},
    "take_permissions": {"project": "PLAT", "permissions": ["EDIT_ISSUES"]},
    "transition": {"issue": "PLAT-1", "to": "Done", "resolution": "Won't Do"},
}


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Sandbox]:
    """What `track sandbox --state` runs, with a finished issue in each Jira."""
    with Sandbox(World.open_to_all(), state_file=tmp_path / "state.json") as running:
        for people in (running.jira, running.jira_dc):
            people.open_issue("PLAT", "First", ["follow-through"])
            people.transition("PLAT-1", "Done", resolution="Done")
            people.add_remote_link("PLAT-1", "https://example.com/review/1")
            people.open_pull_request("PLAT-1", "sam")
            people.world.issue("PLAT-1").pulls[0].number = 1  # as the examples call it
        yield running


def order(sandbox: Sandbox, verb: str, body: object, place: str = "jira") -> requests.Response:
    return requests.post(f"{sandbox.url}/_sandbox/{place}/{verb}", json=body, timeout=10)


@pytest.mark.parametrize("place", ["jira", "jira-dc"])
@pytest.mark.parametrize("verb", sorted(EXAMPLES))
def test_each_verb_can_be_ordered_in_either_jira_and_is_saved(
    rehearsal: Sandbox, tmp_path: Path, verb: str, place: str
) -> None:
    before, other = (people.world.site for people in (rehearsal.jira, rehearsal.jira_dc))
    answer = order(rehearsal, verb, EXAMPLES[verb], place)
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    saved = load_state(tmp_path / "state.json")
    assert saved == rehearsal.world.state
    assert saved.jira == {"cloud": before, "data-center": other}


def test_the_examples_name_every_verb() -> None:
    assert EXAMPLES.keys() == JIRA_VERBS.keys()


@pytest.mark.parametrize(
    ("verb", "body", "status", "told"),
    [
        ("dance", {}, 404, "no such verb"),
        ("merge", {}, 404, "no such verb"),
        ("reopen", {"issue": "PLAT-99"}, 404, "PLAT-99"),
        ("transition", {"issue": "PLAT-1", "to": "Nowhere"}, 404, "Nowhere"),
        ("transition", {"issue": "PLAT-1", "to": "Done", "resolution": "Odd"}, 404, "Odd"),
        ("move_issue", {"issue": "PLAT-1", "to": "not a key"}, 404, "not a key"),
        ("set_due", {"issue": 1, "due": None}, 422, "issue"),
        ("merge_pull_request", {"issue": "PLAT-1", "author": "sam", "url": "elsewhere"}, 404, "elsewhere"),
        ("decline_pull_request", {"issue": "PLAT-9", "url": "elsewhere"}, 404, "PLAT-9"),
        ("remove_remote_link", {"issue": "PLAT-1", "url": "elsewhere"}, 404, "elsewhere"),
        ("set_access", {"project": "PLAT", "permissions": ["FLY"]}, 404, "FLY"),
        ("set_field", {"issue": "PLAT-1", "field": "customfield_9", "value": "x"}, 404, "customfield_9"),
        ("set_field", {"issue": "PLAT-1", "field": "priority", "value": "Dire"}, 404, "Dire"),
        ("open_issue", {"project": "PLAT", "summary": "New", "issue_type": "Disaster"}, 404, "Disaster"),
        ("give_permissions", {"project": "PLAT", "permissions": ["FLY"]}, 404, "FLY"),
        ("take_permissions", {"project": "PLAT", "permissions": ["FLY"]}, 404, "FLY"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(
    rehearsal: Sandbox, verb: str, body: object, status: int, told: str
) -> None:
    answer = order(rehearsal, verb, body)
    assert answer.status_code == status
    assert told in answer.json()["message"]


def test_people_do_what_the_verbs_say(rehearsal: Sandbox) -> None:
    people, client = rehearsal.jira, JiraClient(rehearsal)
    people.reopen("PLAT-1", "sam")
    people.assign("PLAT-1", "sam")
    people.add_label("PLAT-1", "a")
    people.strip_label("PLAT-1", "follow-through")
    people.edit("PLAT-1", description="Why")
    people.set_due("PLAT-1", "2026-12-01")
    people.comment("PLAT-1", "sam", "hello")
    people.add_remote_link("PLAT-1", "https://example.com/pull/1", "Pull request 1", "pull-1")
    told = client.get("/issue/PLAT-1")["fields"]
    assert (told["status"]["name"], told["resolution"], told["labels"]) == ("To Do", None, ["a"])
    assert (told["assignee"]["accountId"], told["duedate"]) == ("sam", "2026-12-01")
    assert told["description"] == client.text("Why")
    assert told["comment"]["comments"][0]["author"]["accountId"] == "sam"
    assert client.get("/issue/PLAT-1/remotelink")[-1]["globalId"] == "pull-1"
    people.remove_remote_link("PLAT-1", "https://example.com/pull/1", "sam")
    assert [each["object"]["url"] for each in client.get("/issue/PLAT-1/remotelink")] == [
        "https://example.com/review/1"
    ]
    history = client.get("/issue/PLAT-1/changelog")["values"]
    assert [each["author"]["accountId"] for each in history][:3] == ["incident-lead", "incident-lead", "sam"]
    people.assign("PLAT-1", None)
    people.set_due("PLAT-1", None)
    told = client.get("/issue/PLAT-1")["fields"]
    assert (told["assignee"], told["duedate"]) == (None, None)
    people.open_issue("PLAT", "By hand", description="In haste")
    assert client.get("/issue/PLAT-2")["fields"]["description"] == client.text("In haste")


def test_fields_that_somebody_added_hold_what_they_are_for(rehearsal: Sandbox) -> None:
    people, client = rehearsal.jira, JiraClient(rehearsal)
    began = {"customfield_1": ("Began at", "datetime"), "customfield_2": ("Seen on", "date")}
    for field, (name, kind) in {**began, "customfield_3": ("Team", "option")}.items():
        people.add_field(field, name, kind)  # type: ignore[arg-type]
    key = people.open_issue("OPS", "Checkout is down", issue_type="Incident")
    people.set_field(key, "customfield_1", "2026-10-01T09:12:00Z")
    people.set_field(key, "customfield_2", "2026-10-01")
    people.set_field(key, "customfield_3", "payments")
    people.set_field(key, "components", ["checkout"])
    people.set_field(key, "priority", "Highest")
    told = client.get(f"/issue/{key}")["fields"]
    assert (told["customfield_1"], told["customfield_2"]) == ("2026-10-01T11:12:00.000+0200", "2026-10-01")
    assert (told["customfield_3"]["value"], told["components"][0]["name"]) == ("payments", "checkout")
    assert (told["issuetype"]["name"], told["priority"]["name"]) == ("Incident", "Highest")
    assert client.get("/issue/PLAT-1")["fields"]["customfield_1"] is None
    shown = {each["id"]: (each["name"], each["schema"]["type"]) for each in client.get("/field") if each["custom"]}
    assert shown == {**began, "customfield_3": ("Team", "option")}
    for wrong in ("soon", "2026-13-01"):
        with pytest.raises(NoSuch):
            people.set_field(key, "customfield_1", wrong)
        with pytest.raises(NoSuch):
            people.set_field(key, "customfield_2", wrong)


def test_permissions_can_be_given_and_taken_one_by_one(rehearsal: Sandbox) -> None:
    people, client = rehearsal.jira, JiraClient(rehearsal)

    def may() -> list[bool]:
        asked = {"projectKey": "PLAT", "permissions": "EDIT_ISSUES,ADMINISTER_PROJECTS,CREATE_ISSUES"}
        told = client.get("/mypermissions", params=asked)["permissions"]
        return [each["havePermission"] for each in told.values()]

    assert may() == [True, False, True]
    people.give_permissions("PLAT", ["ADMINISTER_PROJECTS", "EDIT_ISSUES"])
    assert may() == [True, True, True]
    people.take_permissions("PLAT", ["EDIT_ISSUES"])
    assert may() == [False, True, True]
    people.set_access("PLAT", ["BROWSE_PROJECTS", "EDIT_ISSUES"])
    assert may() == [True, False, False]


def test_an_issue_that_moves_takes_the_type_of_its_new_project(rehearsal: Sandbox) -> None:
    types = rehearsal.jira.world.project("OPS").issue_types
    del types[0]
    rehearsal.jira.move_issue("PLAT-1", "OPS")
    assert JiraClient(rehearsal).get("/issue/OPS-1")["fields"]["issuetype"]["name"] == types[0].name


def test_a_restart_finds_everything_as_it_was(rehearsal: Sandbox, tmp_path: Path) -> None:
    client = JiraClient(rehearsal)
    client.post("/issue", {"fields": client.fields(description=client.text("Why")), "properties": [MARKER]})
    client.post("/issue/PLAT-2/comment", {"body": client.text("hello")})
    rehearsal.jira.move_issue("PLAT-2", "OPS")
    before = everything(client)
    with Sandbox(World(load_state(tmp_path / "state.json"))) as again:
        assert everything(JiraClient(again)) == before
        assert JiraClient(again).get("/issue/PLAT-2")["key"] == "OPS-1"
        assert JiraClient(again).new_issue()["key"] == "PLAT-3"


def test_a_state_file_from_before_there_were_pull_requests_can_be_read(rehearsal: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    JiraClient(rehearsal).new_issue()
    state = json.loads(file.read_bytes())
    for site in state["jira"].values():
        del site["code_hosts"], site["passes_over_missing"]
        for project in site["projects"].values():
            del project["properties"]
        for issue in site["issues"].values():
            del issue["pulls"]
    file.write_text(json.dumps(state))
    with Sandbox(World(load_state(file)), state_file=file) as again:
        client = JiraClient(again)
        again.jira.give_permissions("PLAT", ["ADMINISTER_PROJECTS"])
        assert client.ask("PUT", "/project/PLAT/properties/follow-through", {"a": 1}).status_code == 201
        again.jira.merge_pull_request("PLAT-1", "sam")
        client.new_issue()
    site = load_state(file).jira["cloud"]
    assert [each.properties for each in site.projects.values()] == [{"follow-through": {"a": 1}}]
    assert [len(each.pulls) for each in site.issues.values()] == [1, 0, 0]


MARKER = {"key": "follow-through", "value": {"item": {"id": "A1"}}}


def everything(client: JiraClient) -> Any:
    asked = {"issueIdsOrKeys": ["PLAT-1", "PLAT-2"], "fields": ["*all"], "properties": ["follow-through"]}
    answer = client.ask("POST", "/issue/bulkfetch", {**asked, "expand": ["changelog"]})
    return answer.text.replace(client.root.partition("/jira")[0], "")


def test_pages_show_an_issue_with_everything_escaped(rehearsal: Sandbox) -> None:
    rehearsal.jira.edit("PLAT-1", summary="<script>alert(1)</script>", description="<img src=x>")
    rehearsal.jira.comment("PLAT-1", "<b>", "<i>")
    rehearsal.jira.add_remote_link("PLAT-1", "https://example.com", "<u>")
    rehearsal.jira.merge_pull_request("PLAT-1", "<s>", "<q>", "<a>")
    home = requests.get(rehearsal.url, timeout=10).text
    page = requests.get(f"{rehearsal.jira_url}/browse/PLAT-1", timeout=10).text
    assert 'href="/jira/browse/PLAT-1"' in home
    assert 'href="/jira-dc/browse/PLAT-1"' in home
    assert all(f"/_sandbox/jira/{verb}" in home for verb in JIRA_VERBS)
    assert "&lt;script&gt;alert(1)" in page
    for shown in (home, page):
        assert not any(tag in shown for tag in ("<script", "<img", "<b>", "<i>", "<u>", "<s>", "<q>", "<a>"))
    assert "PLAT-1: &lt;q&gt;" in page


def test_a_look_changes_nothing_and_what_is_not_there_is_not_found(rehearsal: Sandbox) -> None:
    before = rehearsal.world.revision
    for path in ("/jira/browse/PLAT-99", "/jira-dc/browse/NEW-1", "/jira", "/jira/nonsense", "/jira-dc/browse/"):
        assert requests.get(rehearsal.url + path, timeout=10).status_code == 404
    assert requests.get(f"{rehearsal.jira_dc_url}/browse/PLAT-1", timeout=10).status_code == 200
    assert rehearsal.world.revision == before
