"""Searches for people on the sandbox's Jira: pages, exact ids, and who can be assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from sync.sandbox.jira_people import JiraPeople

ASSIGNABLE = "/user/assignable/search"


def crowd(people: JiraPeople, count: int) -> None:
    for number in range(count):
        people.add_person(f"7:{number:04}", f"Sam {number:04}")


def found(client: JiraClient, path: str, **asked: object) -> list[str]:
    told: list[dict[str, Any]] = client.get(path, params=asked)
    return [each.get("accountId") or each["name"] for each in told]


@pytest.mark.parametrize(("path", "more"), [("/user/search", {}), (ASSIGNABLE, {"project": "PLAT"})])
def test_people_come_in_pages(
    jira: JiraClient, jira_dc: JiraClient, jira_sandbox: Sandbox, path: str, more: dict[str, object]
) -> None:
    for client, people, name in ((jira, jira_sandbox.jira, "query"), (jira_dc, jira_sandbox.jira_dc, "username")):
        crowd(people, 60)
        asked = {name: "Sam", **more}
        assert len(found(client, path, **asked)) == 50
        assert found(client, path, **asked, startAt=58) == ["7:0058", "7:0059"]
        assert found(client, path, **asked, startAt=1, maxResults=2) == ["7:0001", "7:0002"]
        assert found(client, path, **asked, startAt=60) == []
        assert client.ask("GET", path, params={**asked, "maxResults": "all"}).status_code == 400


def test_a_page_holds_a_thousand_and_cloud_tells_of_no_more(
    jira: JiraClient, jira_dc: JiraClient, jira_sandbox: Sandbox
) -> None:
    for people in (jira_sandbox.jira, jira_sandbox.jira_dc):
        crowd(people, 1002)
    assert len(found(jira, "/user/search", query="Sam", maxResults=5000)) == 1000
    assert found(jira, "/user/search", query="Sam", startAt=999, maxResults=5) == ["7:0999"]
    assert len(found(jira_dc, "/user/search", username="Sam", maxResults=5000)) == 1000
    assert found(jira_dc, "/user/search", username="Sam", startAt=999, maxResults=5) == ["7:0999", "7:1000", "7:1001"]


def test_who_cannot_be_assigned_is_not_listed(jira: JiraClient, jira_dc: JiraClient, jira_sandbox: Sandbox) -> None:
    for client, people, name in ((jira, jira_sandbox.jira, "query"), (jira_dc, jira_sandbox.jira_dc, "username")):
        assert found(client, ASSIGNABLE, **{name: "r", "project": "PLAT"}) == ["reader"]
        people.take_permissions("PLAT", ["ASSIGNABLE_USER"], "reader")
        assert found(client, ASSIGNABLE, **{name: "r", "project": "PLAT"}) == []
        assert found(client, ASSIGNABLE, **{name: "r", "project": "OPS"}) == ["reader"]
        people.deactivate_person("reader")
        assert found(client, ASSIGNABLE, **{name: "r", "project": "OPS"}) == []


def test_cloud_takes_the_page_before_it_leaves_out_who_cannot_be_assigned(
    jira: JiraClient, jira_dc: JiraClient, jira_sandbox: Sandbox
) -> None:
    for people in (jira_sandbox.jira, jira_sandbox.jira_dc):
        crowd(people, 4)
        for number in (0, 1):
            people.take_permissions("PLAT", ["ASSIGNABLE_USER"], f"7:{number:04}")
    assert found(jira, ASSIGNABLE, project="PLAT", query="Sam", maxResults=2) == []
    assert found(jira, ASSIGNABLE, project="PLAT", query="Sam", startAt=2, maxResults=2) == ["7:0002", "7:0003"]
    assert found(jira_dc, ASSIGNABLE, project="PLAT", username="Sam", maxResults=2) == ["7:0002", "7:0003"]


@pytest.mark.parametrize(("path", "more"), [("/user/search", {}), (ASSIGNABLE, {"project": "PLAT"})])
def test_cloud_finds_a_person_by_their_exact_id(jira: JiraClient, path: str, more: dict[str, object]) -> None:
    assert found(jira, path, accountId="reader", **more) == ["reader"]
    assert found(jira, path, accountId="read", **more) == []
    both = {"accountId": "reader", "query": "reader", **more}
    assert jira.ask("GET", path, params=both).status_code == 400


def test_the_exact_id_of_who_cannot_be_assigned_finds_nobody(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    assert found(jira, ASSIGNABLE, project="PLAT", accountId="stranger") == []
    assert found(jira, "/user/search", accountId="stranger") == ["stranger"]
    made = jira.new_issue()
    assert found(jira, ASSIGNABLE, issueId=made["id"], accountId="reader") == ["reader"]
    jira_sandbox.jira.deactivate_person("reader")
    assert found(jira, ASSIGNABLE, issueKey="PLAT-1", accountId="reader") == []


def test_in_a_permissive_world_everybody_can_be_assigned() -> None:
    with Sandbox(World.open_to_all()) as rehearsal:
        client = JiraClient(rehearsal, "whoever")
        assert found(client, ASSIGNABLE, project="PLAT", accountId="7:anybody") == ["7:anybody"]
