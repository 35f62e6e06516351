"""Every answer of the sandbox, of every route, on success and in failure, is one that GitHub describes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from graphql import build_schema, parse, validate

from sync.adapters import github_queries
from sync.sandbox.github_graphql import schema
from sync.sandbox.github_rest import ROUTES
from sync.sandbox.server import Sandbox
from tests.contract.checker import RestContract, Violation, differences
from tests.sandbox.client import PAY, Client, small_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLSchema

    from sync.sandbox.server import Exchange

ISSUES = f"/repos/{PAY}/issues"
LABELS = f"/repos/{PAY}/labels"
QUERIES = {
    name: value
    for name, value in vars(github_queries).items()
    if name.isupper() and isinstance(value, str) and not name.startswith("_")
} | {"assignable": github_queries.assignable(3), "changes": github_queries.changes(2)}


@pytest.fixture(scope="module")
def exchanges() -> list[Exchange]:
    """What is said when a client uses all of the REST API, well and badly."""
    with Sandbox(small_world(), recording=True) as sandbox:
        lead, stranger = Client(sandbox), Client(sandbox, "stranger")
        _use_it_well(lead)
        _go_on_after_changes(sandbox, lead)
        _use_it_badly(sandbox, lead, stranger)
        return sandbox.log


def _use_it_well(lead: Client) -> None:
    for number in range(1, 5):
        lead.new_issue(f"Issue {number}", body="text", labels=["follow-through", {"name": "other"}], assignees=["boss"])
    lead.rest("POST", f"{ISSUES}/1/labels", {"labels": ["third"]})
    lead.rest("GET", f"{ISSUES}/1/labels")
    lead.rest("DELETE", f"{ISSUES}/1/labels/third")
    lead.rest("POST", f"{ISSUES}/1/assignees", {"assignees": ["triager"]})
    lead.rest("DELETE", f"{ISSUES}/1/assignees", {"assignees": ["triager"]})
    lead.rest("POST", f"{ISSUES}/1/comments", {"body": "Evidence: https://example.com/1"})
    lead.rest("GET", f"{ISSUES}/1/comments")
    lead.rest("PATCH", f"{ISSUES}/2", {"state": "closed", "state_reason": "duplicate", "labels": [], "assignees": []})
    lead.rest("PATCH", f"{ISSUES}/2", {"state": "open", "title": "New", "body": None})
    lead.rest("POST", LABELS, {"name": "claim", "description": "held by A", "color": "ff0000"})
    for path in (LABELS, f"{LABELS}/claim", f"/repos/{PAY}", f"/repos/{PAY}/assignees/boss"):
        lead.rest("GET", path)
    lead.rest("DELETE", f"{LABELS}/claim")
    for path in ("/user", "/rate_limit", "/meta"):
        lead.rest("GET", path)
    lead.rest("POST", "/app/installations/7/access_tokens", {})


def _go_on_after_changes(sandbox: Sandbox, lead: Client) -> None:
    sandbox.people.merge_pull_request(PAY, 1, "boss")
    sandbox.people.close_with_commit(PAY, 2, "boss")
    for path in ("/1", "/5", "?state=all", "?state=all&per_page=2"):
        lead.rest("GET", ISSUES + path)
    after = lead.rest("GET", f"{ISSUES}?state=all&per_page=2").links["next"]["url"]
    lead.rest("GET", after)
    sandbox.world.add_repository("acme/other")
    sandbox.people.transfer_issue(PAY, 3, "acme/other")
    sandbox.people.delete_issue(PAY, 4)
    for number in (3, 4):
        lead.rest("GET", f"{ISSUES}/{number}")
        lead.rest("GET", f"{ISSUES}/{number}/comments")
        lead.rest("PATCH", f"{ISSUES}/{number}", {"state": "closed"})
    sandbox.people.rename_repository("acme/other", "acme/newer")
    lead.rest("GET", "/repos/acme/other/issues?state=all")


def _use_it_badly(sandbox: Sandbox, lead: Client, stranger: Client) -> None:
    bodies: tuple[dict[str, object], ...] = (
        {},
        {"title": ""},
        {"title": []},
        {"title": "x", "assignees": ["nobody"]},
        {"title": "x" * 300},
    )
    for body in bodies:
        lead.rest("POST", ISSUES, body)
    lead.rest("POST", ISSUES, {"title": "x", "body": "x" * 65_537})
    lead.rest("POST", ISSUES, {"title": "x", "labels": [f"label {n}" for n in range(101)]})
    lead.rest("POST", ISSUES, data=b"{not json")
    lead.rest("PATCH", f"{ISSUES}/1", {"state": "shut"})
    lead.rest("POST", f"{ISSUES}/1/comments", {"body": " "})
    lead.rest("DELETE", f"{ISSUES}/1/labels/never")
    lead.rest("POST", LABELS, {"name": "Follow-Through"})
    lead.rest("POST", LABELS, {"name": "x" * 51})
    lead.rest("POST", LABELS, {"name": "x", "description": "x" * 101})
    lead.rest("GET", f"{ISSUES}?since=yesterday")
    lead.rest("GET", f"{ISSUES}?after=nonsense")
    for path in (f"{ISSUES}/99", f"{LABELS}/never", f"/repos/{PAY}/assignees/nobody", "/repos/acme/secret"):
        lead.rest("GET", path)
    stranger.rest("PATCH", f"{ISSUES}/1", {"state": "closed"})
    stranger.rest("POST", LABELS, {"name": "mine"})
    Client(sandbox, "wrong").rest("GET", ISSUES)
    Client(sandbox, "").rest("GET", "/user")
    sandbox.people.switch_issues(PAY, on=False)
    lead.rest("POST", ISSUES, {"title": "too late"})


def test_every_answer_is_one_that_github_describes(rest_contract: RestContract, exchanges: list[Exchange]) -> None:
    for each in exchanges:
        rest_contract.check_exchange(each.method, each.path, each.status, each.request, each.answer)


def test_every_route_of_the_sandbox_was_asked(rest_contract: RestContract, exchanges: list[Exchange]) -> None:
    asked = {(each.method, rest_contract.template(each.method, each.path)) for each in exchanges if each.status < 300}
    ours = {
        (method, rest_contract.template(method, re.sub("<int:[a-z]+>", "1", rule.rule).replace("<path:name>", "x")))
        for rule in ROUTES.iter_rules()
        for method in (rule.methods or set()) - {"HEAD"}
    }
    assert asked == ours


def test_the_schema_of_the_sandbox_is_a_part_of_githubs(graphql_contract: GraphQLSchema) -> None:
    assert differences(schema(), graphql_contract) == []


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_valid_for_github_and_for_the_sandbox(name: str, graphql_contract: GraphQLSchema) -> None:
    document = parse(QUERIES[name])
    assert validate(graphql_contract, document) == []
    assert validate(schema(), document) == []


def _broken(answer: bytes) -> Iterator[bytes]:
    changes: tuple[dict[str, object], ...] = (
        {"number": "1"},
        {"created_at": "yesterday"},
        {"user": {}},
        {"state_reason": "done"},
    )
    for change in changes:
        yield json.dumps(json.loads(answer) | change).encode()


def test_the_checker_sees_a_wrong_answer(rest_contract: RestContract, exchanges: list[Exchange]) -> None:
    created = next(each for each in exchanges if each.status == 201)
    for wrong in _broken(created.answer):
        with pytest.raises(Violation):
            rest_contract.check_exchange("POST", created.path, 201, created.request, wrong)
    with pytest.raises(Violation, match="request"):
        rest_contract.check_exchange("POST", created.path, 201, b'{"title": []}', created.answer)
    with pytest.raises(Violation, match="418"):
        rest_contract.check_exchange("POST", created.path, 418, created.request, b"{}")
    with pytest.raises(Violation, match="not described"):
        rest_contract.check_exchange("GET", "/repos/acme/pay/opinions", 200, b"", b"{}")


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { invented: Int }",
        "type Query { viewer: Int! }",
        "type Query { node(id: String!): Node } interface Node { id: ID! }",
        "type Query { nodes: Int }",
        "type Query { viewer: User! } type User { login: String! shoeSize: Int }",
        "type Query { viewer: User! } type User implements Odd { id: ID! } interface Odd { id: ID! }",
    ],
)
def test_the_checker_sees_a_schema_that_is_not_githubs(sdl: str, graphql_contract: GraphQLSchema) -> None:
    assert differences(build_schema(sdl), graphql_contract) != []
