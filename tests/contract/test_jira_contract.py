"""Every answer of the sandbox's Jira Cloud, of every route, in success and failure, is one that Atlassian describes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.jira_rest import ROUTES
from sync.sandbox.server import Sandbox
from tests.contract.checker import Violation
from tests.sandbox.jira_client import JiraClient, jira_world

if TYPE_CHECKING:
    from sync.sandbox.server import Exchange
    from tests.contract.jira_checker import JiraContract

LINK = {"url": "https://example.com/pull/1", "title": "Pull request 1"}
JQL = "project = PLAT AND labels = follow-through ORDER BY updated ASC"
PHRASE = "blast radius"
FIELDS = ["*all"]


@pytest.fixture(scope="module", params=[3, 2], ids=["v3", "v2"])
def version(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def exchanges(version: int) -> list[Exchange]:
    """What is said when a client uses all of the REST API, well and badly."""
    with Sandbox(jira_world(), recording=True) as sandbox:
        sandbox.jira.give_permissions("PLAT", ["ADMINISTER_PROJECTS"], "lead")
        lead = JiraClient(sandbox, version=version)
        _write(lead)
        _read(lead)
        _go_on_after_changes(sandbox, lead)
        _write_badly(lead)
        _ask_badly(sandbox, lead, version)
        return sandbox.log


def _write(lead: JiraClient) -> None:
    full = lead.fields(
        labels=["follow-through", "class:config-rollout"],
        description=lead.text("What to do"),
        duedate="2026-11-01",
        assignee={"accountId": "reader"},
        priority={"name": "High"},
    )
    lead.post("/issue", {"fields": full, "properties": [{"key": "follow-through", "value": {"item": {"id": "A1"}}}]})
    rows = [{"fields": full}, {"fields": {**full, "summary": ""}}, {"fields": full}]
    lead.post("/issue/bulk", {"issueUpdates": rows})
    lead.ask("PUT", "/issue/PLAT-1", {"fields": {"summary": "New", "duedate": None, "assignee": None}})
    lead.ask("PUT", "/issue/PLAT-1", {"update": {"labels": [{"add": "x"}, {"remove": "x"}]}})
    lead.post("/issue/PLAT-1/comment", {"body": lead.text("Evidence: https://example.com/1")})
    for _ in range(2):
        lead.post("/issue/PLAT-1/remotelink", {"globalId": "review-1", "object": LINK, "relationship": "asked by"})
        lead.ask("PUT", "/issue/PLAT-1/properties/follow-through", {"item": {"id": "A1"}})
        lead.ask("PUT", "/project/PLAT/properties/follow-through", {"since": "2026-10-05"})
    lead.post("/issue/PLAT-1/transitions", {"transition": {"id": "41"}, "fields": {"resolution": {"name": "Done"}}})


def _read(lead: JiraClient) -> None:
    lead.get(
        "/search/jql", params={"jql": JQL, "fields": "*all", "properties": "follow-through", "expand": "changelog"}
    )
    first = lead.search(JQL, fields=FIELDS, properties=["follow-through"], maxResults=1)
    lead.search(JQL, fields=FIELDS, properties=["follow-through"], maxResults=1, nextPageToken=first["nextPageToken"])
    lead.search(JQL)
    lead.search(JQL, fields=["key"], reconcileIssues=[10101])
    lead.search(rf'project != OPS AND text ~ "\"{PHRASE}\"" AND key >= PLAT-1 ORDER BY updated ASC, key ASC')
    lead.post("/search/approximate-count", {"jql": JQL})
    lead.post("/issue/bulkfetch", {"issueIdsOrKeys": ["PLAT-1", "PLAT-99"], "properties": ["follow-through"]})
    for path in ("", "/changelog", "/remotelink", "/remotelink?globalId=review-1", "/comment", "/transitions"):
        lead.get(f"/issue/PLAT-1{path}")
    lead.get("/issue/PLAT-1?fields=summary,-comment&expand=changelog&properties=follow-through")
    lead.get("/issue/PLAT-1/transitions?expand=transitions.fields")
    for path in ("/myself", "/project/PLAT", "/serverInfo", "/field", "/resolution", "/status"):
        lead.get(path)
    for path in ("/project/PLAT/properties", "/project/PLAT/properties/follow-through"):
        lead.get(path)
    lead.get("/mypermissions?projectKey=PLAT&permissions=BROWSE_PROJECTS,CREATE_ISSUES,ADMINISTER")
    types = lead.get("/issue/createmeta/PLAT/issuetypes")["issueTypes"]
    lead.get(f"/issue/createmeta/PLAT/issuetypes/{types[0]['id']}")
    lead.get("/user/search?query=lead@example.com&startAt=0&maxResults=1000")
    lead.get("/user/search?accountId=lead")
    lead.get("/user/assignable/search?project=PLAT&query=ria&startAt=0&maxResults=50")
    lead.get("/user/assignable/search?issueKey=PLAT-1&accountId=reader")


def _go_on_after_changes(sandbox: Sandbox, lead: JiraClient) -> None:
    for times in ("text", "seconds", "milliseconds"):
        sandbox.jira.world.site.bulk_times = times
        lead.post("/changelog/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"], "fieldIds": ["status", "duedate"]})
    lead.post("/changelog/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"], "maxResults": 1})
    sandbox.jira.set_screen("OPS", ["summary", "issuetype", "project", "customfield_10010"], ["customfield_10010"])
    lead.get("/issue/createmeta/OPS/issuetypes/10001")
    for field, kind in {"customfield_1": "datetime", "customfield_2": "date", "customfield_3": "option"}.items():
        sandbox.jira.add_field(field, f"A {kind}", kind)  # type: ignore[arg-type]
        sandbox.jira.set_field("PLAT-1", field, "2026-10-01")
    sandbox.jira.set_field("PLAT-1", "components", ["checkout"])
    lead.get("/field")
    lead.get("/issue/PLAT-1?expand=changelog")
    lead.search("project = PLAT AND component = checkout AND type = Task ORDER BY updated DESC", fields=["*all"])
    sandbox.jira.move_issue("PLAT-2", "OPS")
    lead.get("/issue/PLAT-2?expand=changelog")
    lead.get("/issue/PLAT-1/properties")
    lead.get("/issue/PLAT-1/properties/follow-through")
    lead.ask("DELETE", "/issue/PLAT-1/properties/follow-through")
    lead.ask("PUT", "/project/PLAT/properties/big", "x" * 40_000)
    for _ in range(2):
        lead.ask("DELETE", "/project/PLAT/properties/follow-through")
    lead.ask("DELETE", "/issue/PLAT-1/remotelink?globalId=review-1")
    lead.ask("DELETE", "/issue/PLAT-1/remotelink?globalId=review-1", headers={"Content-Type": "application/json"})
    lead.ask("DELETE", "/issue/PLAT-3")
    sandbox.jira.set_access("PLAT", ["BROWSE_PROJECTS", "DELETE_ISSUES"], "lead")
    lead.ask("DELETE", "/issue/PLAT-3")
    lead.ask("POST", "/issue", {"fields": lead.fields()})
    lead.ask("PUT", "/issue/PLAT-1", {"fields": {"summary": "No"}})
    lead.ask("POST", "/issue/PLAT-1/comment", {"body": lead.text("No")})
    lead.ask("GET", "/issue/createmeta/PLAT/issuetypes")
    lead.ask("PUT", "/project/PLAT/properties/follow-through", 1)
    lead.ask("DELETE", "/project/PLAT/properties/follow-through")
    del sandbox.jira.world.project("PLAT").permissions["lead"]


def _write_badly(lead: JiraClient) -> None:
    bad = ({"labels": ["a b"]}, {"duedate": "soon"}, {"priority": 1}, {"sprint": 1}, {"assignee": {"accountId": "x"}})
    for wrong in (*bad, {"description": 1}, {"summary": "x" * 256}, {"project": {"key": "NOPE"}}):
        lead.ask("POST", "/issue", {"fields": lead.fields() | wrong})
    lead.ask("POST", "/issue", data=b"{not json", headers={"Content-Type": "application/json"})
    lead.ask("POST", "/issue", data=b"x", headers={"Content-Type": "text/plain"})
    lead.ask("POST", "/issue/bulk", {"issueUpdates": [{"fields": {}}]})
    lead.ask("POST", "/issue/bulk", {"issueUpdates": [{"fields": {}}] * 51})
    lead.ask("POST", "/issue/PLAT-1/transitions", {"transition": {"id": "999"}})
    lead.ask("POST", "/issue/PLAT-1/remotelink", {"object": {"url": "javascript:alert(1)", "title": ""}})
    lead.ask("POST", "/issue/PLAT-1/comment", {"body": None})
    lead.ask("PUT", "/issue/PLAT-1/properties/big", "x" * 40_000)
    lead.ask("DELETE", "/issue/PLAT-1/properties/never")
    lead.ask("PUT", "/project/NOPE/properties/never", 1)


def _ask_badly(sandbox: Sandbox, lead: JiraClient, version: int) -> None:
    for jql in ("", "ORDER BY key", "project = NOPE", "key = PLAT-99", "text !~ x", "labels = a+b", "sprint = 1"):
        lead.ask("POST", "/search/jql", {"jql": jql})
    lead.ask("POST", "/search/jql", {"jql": JQL, "nextPageToken": "nonsense"})
    lead.ask("POST", "/search/approximate-count", {"jql": ""})
    lead.ask("GET", "/search", params={"jql": JQL})
    lead.ask("POST", "/search", {"jql": JQL})
    lead.ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": []})
    lead.ask("POST", "/changelog/bulkfetch", {"issueIdsOrKeys": []})
    for path in ("/issue/PLAT-99", "/project/NOPE", "/mypermissions", "/user/search", "/issue/PLAT-99/changelog"):
        lead.ask("GET", path)
    for path in ("/project/NOPE/properties", "/project/PLAT/properties/never", "/user/search?query=a&accountId=a"):
        lead.ask("GET", path)
    stranger, nobody = JiraClient(sandbox, "stranger", version=version), JiraClient(sandbox, "", version=version)
    stranger.ask("GET", "/issue/PLAT-1")
    nobody.ask("GET", "/myself")


def test_every_answer_is_one_that_atlassian_describes(
    jira_contracts: dict[int, JiraContract], version: int, exchanges: list[Exchange]
) -> None:
    contract = jira_contracts[version]
    for each in exchanges:
        contract.check_exchange(each.method, each.path, each.status, each.request, each.answer)
        contract.check_query(each.method, each.path, each.query)


def test_every_route_of_the_sandbox_was_asked(
    jira_contracts: dict[int, JiraContract], version: int, exchanges: list[Exchange]
) -> None:
    contract = jira_contracts[version]
    asked = {(each.method, contract.template(each.method, each.path)) for each in exchanges if each.status < 300}
    ours = {
        (method, contract.template(method, re.sub(r"<[a-z_]+>", "1", rule.rule)))
        for rule in ROUTES["cloud"].iter_rules()
        if f"/api/{version}/" in rule.rule and not rule.rule.endswith("/search")
        for method in (rule.methods or set()) - {"HEAD"}
    } | {("GET", contract.template("GET", f"/rest/api/{version}/user/search"))}
    ours |= {("GET", contract.template("GET", f"/rest/api/{version}/user/assignable/search"))}
    assert asked == ours


def test_the_checker_sees_a_wrong_answer(
    jira_contracts: dict[int, JiraContract], version: int, exchanges: list[Exchange]
) -> None:
    contract = jira_contracts[version]
    made = next(each for each in exchanges if each.path.endswith("/comment") and each.status == 201)
    for change in ({"created": "2026-10-05T09:00:00Z"}, {"author": {"shoeSize": 44}}, {"id": 1}):
        wrong = json.dumps(json.loads(made.answer) | change).encode()
        with pytest.raises(Violation):
            contract.check_exchange("POST", made.path, 201, made.request, wrong)
    created = next(each for each in exchanges if each.path.endswith("/issue"))
    with pytest.raises(Violation, match="request"):
        contract.check_exchange("POST", created.path, 201, b'{"fields": []}', created.answer)
    with pytest.raises(Violation, match="206"):
        contract.check_exchange("POST", created.path, 206, created.request, b"{}")
    with pytest.raises(Violation, match="not described"):
        contract.check_exchange("GET", f"/jira/rest/api/{version}/opinions", 200, b"", b"{}")
    with pytest.raises(Violation, match="colour"):
        contract.check_query("GET", created.path + "/PLAT-1", "fields=summary&colour=red")
