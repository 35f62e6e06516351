"""Entity properties of a project of the sandbox's Jira; those of issues are in `test_jira_parts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.jira_client import PLACES, JiraClient

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

PATH = "/project/PLAT/properties/follow-through"


@pytest.fixture(params=sorted(PLACES))
def admin(request: pytest.FixtureRequest, jira_sandbox: Sandbox) -> JiraClient:
    """The lead of a Jira of either kind, who administers PLAT."""
    people = jira_sandbox.jira if request.param == "cloud" else jira_sandbox.jira_dc
    people.give_permissions("PLAT", ["ADMINISTER_PROJECTS"], "lead")
    return JiraClient(jira_sandbox, deployment=request.param)


def reader_of(admin: JiraClient, sandbox: Sandbox, account: str = "reader") -> JiraClient:
    return JiraClient(sandbox, account, "cloud" if admin.auth else "data-center")


def test_a_property_of_a_project_is_written_whole_and_can_be_deleted(admin: JiraClient) -> None:
    assert admin.ask("GET", PATH).status_code == 404
    assert admin.ask("PUT", PATH, {"a": 1, "b": 2}).status_code == 201
    assert admin.ask("PUT", PATH, {"a": None}).status_code == 200
    assert admin.get(PATH) == {"key": "follow-through", "value": {"a": None}}
    admin.ask("PUT", "/project/PLAT/properties/a%20b", 1)
    first, second = admin.get("/project/PLAT/properties")["keys"]
    assert (first["key"], second["key"]) == ("follow-through", "a b")
    assert admin.get(second["self"].removeprefix(admin.root)) == {"key": "a b", "value": 1}
    assert admin.get("/project/OPS/properties") == {"keys": []}
    assert admin.ask("DELETE", PATH).status_code == 204
    assert admin.ask("DELETE", PATH).status_code == 404


def test_who_does_not_administer_a_project_can_only_read_its_properties(
    admin: JiraClient, jira_sandbox: Sandbox
) -> None:
    admin.ask("PUT", PATH, 1)
    reader = reader_of(admin, jira_sandbox)
    assert reader.get(PATH)["value"] == 1
    assert len(reader.get("/project/PLAT/properties")["keys"]) == 1
    assert reader.ask("PUT", PATH, 2).status_code == 403
    assert reader.ask("DELETE", PATH).status_code == 403
    assert admin.ask("PUT", "/project/OPS/properties/follow-through", 1).status_code == 403
    assert admin.get(PATH)["value"] == 1


def test_a_project_that_may_not_be_seen_has_no_properties(admin: JiraClient, jira_sandbox: Sandbox) -> None:
    admin.ask("PUT", PATH, 1)
    stranger, nobody = (reader_of(admin, jira_sandbox, account) for account in ("stranger", ""))
    for method, path in (("GET", PATH), ("GET", "/project/PLAT/properties"), ("PUT", PATH), ("DELETE", PATH)):
        body = 2 if method == "PUT" else None
        assert stranger.ask(method, path, body).status_code == 404
        assert nobody.ask(method, path, body).status_code == 401
    assert admin.ask("GET", "/project/NOPE/properties").status_code == 404


def test_a_property_of_a_project_holds_so_many_characters_and_no_more(admin: JiraClient) -> None:
    assert admin.ask("PUT", PATH, "x" * (32_768 - 2)).status_code == 201
    assert admin.ask("PUT", PATH, "x" * (32_768 - 1)).status_code == 400
    assert admin.ask("PUT", f"/project/PLAT/properties/{'k' * 256}", 1).status_code == 400
    assert admin.ask("PUT", PATH, data=b"{").status_code == 415
    assert admin.ask("PUT", PATH, data=b"{", headers={"Content-Type": "application/json"}).status_code == 400
