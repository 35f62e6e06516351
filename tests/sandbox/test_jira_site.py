"""What the sandbox's Jira says about itself: what a person who sets `track` up has to be able to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.sandbox.jira_client import JiraClient

if TYPE_CHECKING:
    from sync.sandbox.jira_state import Deployment


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"auth": ("lead@example.com", "wrong")},
        {"auth": ("reader@example.com", "lead-token")},
        {"headers": {"Authorization": "Bearer lead-token"}},
        {"headers": {"Authorization": "nonsense"}},
    ],
)
def test_cloud_takes_an_email_with_its_api_token_and_nothing_else(
    jira_sandbox: Sandbox, credentials: dict[str, object]
) -> None:
    anybody = JiraClient(jira_sandbox, "")
    answer = anybody.ask("GET", "/myself", **credentials)
    assert (answer.status_code, "X-AACCOUNTID" in answer.headers) == (401, False)
    assert JiraClient(jira_sandbox).ask("GET", "/myself").headers["X-AACCOUNTID"] == "lead"


@pytest.mark.parametrize("credentials", [{}, {"auth": ("lead@example.com", "lead-token")}, {"auth": ("lead", "x")}])
def test_data_center_takes_a_personal_access_token_and_nothing_else(
    jira_sandbox: Sandbox, credentials: dict[str, object]
) -> None:
    anybody = JiraClient(jira_sandbox, "", "data-center")
    assert anybody.ask("GET", "/myself", **credentials).status_code == 401
    assert JiraClient(jira_sandbox, "lead", "data-center").ask("GET", "/myself").headers["X-AUSERNAME"] == "lead"


@pytest.mark.parametrize(("deployment", "told"), [("cloud", "Cloud"), ("data-center", "Server")])
def test_the_server_says_what_it_is_even_to_nobody(jira_sandbox: Sandbox, deployment: Deployment, told: str) -> None:
    info = JiraClient(jira_sandbox, "", deployment).get("/serverInfo")
    assert info["deploymentType"] == told
    assert info["serverTime"] == "2026-10-05T11:00:00.000+0200"
    assert info["baseUrl"] == jira_sandbox.url + {"cloud": "/jira", "data-center": "/jira-dc"}[deployment]


def test_permissions_have_to_be_named_and_are_those_of_the_project(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    asked = {"projectKey": "PLAT", "permissions": "BROWSE_PROJECTS,CREATE_ISSUES"}
    reader = JiraClient(jira_sandbox, "reader")

    def may(client: JiraClient, **more: str) -> dict[str, bool]:
        told = client.get("/mypermissions", params=asked | more)["permissions"]
        return {key: each["havePermission"] for key, each in told.items()}

    assert may(jira) == {"BROWSE_PROJECTS": True, "CREATE_ISSUES": True}
    assert may(reader) == {"BROWSE_PROJECTS": True, "CREATE_ISSUES": False}
    jira.new_issue()
    jira_sandbox.jira.set_access("OPS", [], "reader")
    assert may(reader, issueKey="PLAT-1")["BROWSE_PROJECTS"] is True
    assert jira.ask("GET", "/mypermissions?projectKey=PLAT").status_code == 400
    assert jira.ask("GET", "/mypermissions?permissions=FLY").status_code == 400
    assert reader.ask("GET", "/mypermissions", params=asked | {"projectKey": "OPS"}).status_code == 404
    anywhere = reader.get("/mypermissions?permissions=BROWSE_PROJECTS,ADMINISTER")["permissions"]
    assert [each["havePermission"] for each in anywhere.values()] == [True, False]


def test_the_create_screen_can_be_read(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.jira.set_screen("PLAT", ["summary", "issuetype", "project", "labels"], ["customfield_10010"])
    types = jira.get("/issue/createmeta/PLAT/issuetypes")
    assert [each["name"] for each in types["issueTypes"]] == ["Task", "Bug", "Story", "Incident"]
    told = jira.get(f"/issue/createmeta/PLAT/issuetypes/{types['issueTypes'][0]['id']}")
    required = {each["fieldId"]: each["required"] for each in told["fields"]}
    assert required == {
        "summary": True, "issuetype": True, "project": True, "labels": False, "customfield_10010": True,
    }  # fmt: skip
    assert jira.ask("GET", "/issue/createmeta/PLAT/issuetypes/99").status_code == 400
    assert JiraClient(jira_sandbox, "reader").ask("GET", "/issue/createmeta/PLAT/issuetypes").status_code == 400
    assert "customfield_10010" in [each["id"] for each in jira.get("/field")]


def test_people_are_found_by_name_or_by_an_email_that_is_visible(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    def found(query: str, path: str = "/user/search") -> list[str]:
        return [each["accountId"] for each in jira.get(path, params={"query": query, "project": "PLAT"})]

    assert found("lead@example.com") == ["lead"]
    assert found("reader@example.com") == []
    assert found("Ria") == found("reader") == ["reader"]
    assert found("str", "/user/assignable/search") == []
    assert found("", "/user/assignable/search") == ["lead", "reader"]
    jira_sandbox.jira.add_person("7:abc", "Sam Example", "sam@example.com")
    assert found("example") == ["7:abc"]
    jira_sandbox.jira.world.account("7:abc").active = False
    assert found("sam@example.com") == []
    assert "emailAddress" not in jira.get("/user/search?query=reader")[0]
    assert jira.ask("GET", "/user/search").status_code == 400
    assert jira.ask("GET", "/user/assignable/search?query=x").status_code == 400


def test_statuses_and_resolutions_can_be_listed(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.jira.add_status("Shelved", "done")
    told = {each["name"]: each["statusCategory"]["key"] for each in jira.get("/status")}
    assert (told["To Do"], told["In Review"], told["Shelved"]) == ("new", "indeterminate", "done")
    assert "Cannot Reproduce" in [each["name"] for each in jira.get("/resolution")]


def test_a_permissive_world_takes_any_token_and_has_every_project(jira_sandbox: Sandbox) -> None:
    with Sandbox(World.open_to_all()) as rehearsal:
        for deployment in ("cloud", "data-center"):
            client = JiraClient(rehearsal, "whoever", deployment)
            assert client.get("/myself")["displayName"] == "incident-lead"
            person = {"accountId": "anybody"} if deployment == "cloud" else {"name": "anybody"}
            assert client.new_issue(assignee=person)["key"] == "PLAT-1"
            assert client.get("/project/NEW")["key"] == "NEW"
            assert client.ask("GET", "/project/not-a-key").status_code == 404
            assert JiraClient(rehearsal, "", deployment).ask("GET", "/myself").status_code == 401
    assert jira_sandbox.jira.world.find_project("NEW") is None


def test_what_is_no_route_is_not_there(jira: JiraClient) -> None:
    assert jira.ask("GET", "/opinions").status_code == 404
    assert jira.ask("PATCH", "/issue/PLAT-1", {}).status_code == 405
    assert jira.ask("GET", "/myself").headers["Date"] == "Mon, 05 Oct 2026 09:00:00 GMT"
    other = jira.root.replace("/api/3", "/api/4")
    assert requests.get(f"{other}/myself", auth=jira.auth, timeout=10).status_code == 404
