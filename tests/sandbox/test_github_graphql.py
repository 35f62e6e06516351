"""What the sandbox's GitHub does on GraphQL, asked with the queries that `track` sends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sync.adapters import github_queries as queries
from tests.sandbox.client import PAY, Client

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

WHERE = {"owner": "acme", "name": "pay"}
ISSUES = f"/repos/{PAY}/issues"


def listed(client: Client, **more: object) -> Any:
    answer = client.ask(queries.LIST, **WHERE, label=["follow-through"], **{"first": 100, **more})
    assert "errors" not in answer, answer
    return answer["data"]["repository"]["issues"]


def followed(client: Client, title: str = "Limit the blast radius") -> Any:
    return client.new_issue(title, labels=["follow-through"])


def only_node(client: Client) -> Any:
    (node,) = listed(client)["nodes"]
    return node


def label_id(client: Client, name: str) -> Any:
    return client.ask(queries.LABEL, **WHERE, label=name)["data"]["repository"]["label"]["id"]


def test_the_list_holds_issues_with_the_label_oldest_change_first(sandbox: Sandbox, client: Client) -> None:
    for _ in range(3):
        followed(client)
    client.new_issue()
    sandbox.people.advance(1)
    sandbox.people.comment(PAY, 1, "boss", "hello")
    sandbox.people.open_pull_request(PAY, 2, "boss")
    assert [node["number"] for node in listed(client)["nodes"]] == [3, 1, 2]
    assert [node["number"] for node in listed(client, since="2026-10-06T00:00:00Z")["nodes"]] == [1, 2]


def test_pages_follow_each_other_while_the_list_changes(sandbox: Sandbox, client: Client) -> None:
    for number in range(5):
        sandbox.people.advance(1)
        followed(client, f"Issue {number}")
    first = listed(client, first=2)
    assert [node["number"] for node in first["nodes"]] == [1, 2]
    assert first["pageInfo"]["hasNextPage"] is True
    sandbox.people.delete_issue(PAY, 1)
    sandbox.people.advance(1)
    sandbox.people.edit(PAY, 3, title="Changed meanwhile")
    rest = listed(client, after=first["pageInfo"]["endCursor"])
    assert [node["number"] for node in rest["nodes"]] == [4, 5, 3]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_a_merged_pull_request_is_the_closer_and_a_reference(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.advance(1)
    sandbox.people.merge_pull_request(PAY, 1, "boss", "Halt on errors")
    node = only_node(client)
    (pull,) = node["closedByPullRequestsReferences"]["nodes"]
    assert (pull["state"], pull["mergedAt"], pull["author"]["login"]) == ("MERGED", "2026-10-06T09:00:00Z", "boss")
    (closed,) = node["timelineItems"]["nodes"]
    assert (closed["closer"]["__typename"], closed["closer"]["title"]) == ("PullRequest", "Halt on errors")
    assert (node["state"], node["stateReason"]) == ("CLOSED", "COMPLETED")


def test_an_open_pull_request_is_told_as_open(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.open_pull_request(PAY, 1, "boss")
    node = only_node(client)
    assert node["closedByPullRequestsReferences"]["nodes"][0]["merged"] is False
    assert node["state"] == "OPEN"
    sandbox.people.close_pull_request(PAY, 2)
    assert only_node(client)["closedByPullRequestsReferences"]["nodes"][0]["state"] == "CLOSED"


def test_pull_requests_that_are_not_open_are_told_only_to_those_who_ask_for_them(
    sandbox: Sandbox, client: Client
) -> None:
    followed(client)
    sandbox.people.merge_pull_request(PAY, 1, "boss")
    sandbox.people.open_pull_request(PAY, 1, "boss")
    plain = """query { repository(owner: "acme", name: "pay") { issue(number: 1) {
        closedByPullRequestsReferences(first: 9) { nodes { number state } } } } }"""
    told = client.ask(plain)["data"]["repository"]["issue"]["closedByPullRequestsReferences"]["nodes"]
    assert told == [{"number": 3, "state": "OPEN"}]


def test_merging_does_not_close_again_what_is_closed(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.open_pull_request(PAY, 1, "boss")
    sandbox.people.close(PAY, 1, "boss", "not_planned")
    sandbox.people.merge(PAY, 2)
    node = only_node(client)
    assert (node["stateReason"], len(node["timelineItems"]["nodes"])) == ("NOT_PLANNED", 1)


def test_a_label_can_be_read_by_its_id(client: Client) -> None:
    followed(client)
    client.rest("POST", f"/repos/{PAY}/labels", {"name": "claim"})
    query = "query($id: ID!) { node(id: $id) { ... on Label { name } } }"
    assert client.ask(query, id=label_id(client, "claim"))["data"]["node"] == {"name": "claim"}


def test_a_commit_that_closed_it_is_the_closer(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.close_with_commit(PAY, 1, "boss", "Fix #1")
    closer = only_node(client)["timelineItems"]["nodes"][0]["closer"]
    assert (closer["__typename"], closer["messageHeadline"]) == ("Commit", "Fix #1")
    assert closer["author"]["user"]["login"] == "boss"


def test_history_tells_close_and_reopen_with_actor_and_reason(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.close(PAY, 1, "boss", "not_planned")
    sandbox.people.advance(1)
    sandbox.people.reopen(PAY, 1, "lead")
    node = only_node(client)
    closed, opened = node["timelineItems"]["nodes"]
    assert (closed["stateReason"], closed["actor"]["login"], closed["closer"]) == ("NOT_PLANNED", "boss", None)
    assert (opened["__typename"], opened["createdAt"]) == ("ReopenedEvent", "2026-10-06T09:00:00Z")
    assert (node["state"], node["stateReason"], node["closedAt"]) == ("OPEN", "REOPENED", None)


def test_duplicate_is_told_only_to_those_who_ask_for_it(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.close(PAY, 1, "boss", "duplicate")
    assert only_node(client)["stateReason"] == "DUPLICATE"
    plain = 'query { repository(owner: "acme", name: "pay") { issue(number: 1) { stateReason } } }'
    assert client.ask(plain)["data"]["repository"]["issue"]["stateReason"] == "NOT_PLANNED"


def test_comments_tell_author_association_and_whether_it_was_this_token(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.comment(PAY, 1, "stranger", "Evidence: https://example.com")
    client.rest("POST", f"{ISSUES}/1/comments", {"body": "mine"})
    theirs, mine = only_node(client)["comments"]["nodes"]
    assert (theirs["authorAssociation"], theirs["viewerDidAuthor"]) == ("NONE", False)
    assert (mine["authorAssociation"], mine["viewerDidAuthor"]) == ("MEMBER", True)


def test_comments_and_history_that_are_longer_than_a_page_go_on(sandbox: Sandbox, client: Client) -> None:
    node_id = followed(client)["node_id"]
    for turn in range(queries.INNER + 5):
        sandbox.people.comment(PAY, 1, "boss", f"comment {turn}")
        sandbox.people.close(PAY, 1, "boss")
    node = only_node(client)
    for field, query in (("comments", queries.COMMENTS), ("timelineItems", queries.TIMELINE)):
        assert node[field]["pageInfo"]["hasNextPage"] is True
        more = client.ask(query, id=node_id, after=node[field]["pageInfo"]["endCursor"])["data"]["node"][field]
        assert (len(more["nodes"]), more["pageInfo"]["hasNextPage"]) == (5, False)


def test_known_ids_tell_who_is_gone_and_go_on_with_the_others(sandbox: Sandbox, client: Client) -> None:
    deleted, moved, here = (followed(client)["node_id"] for _ in range(3))
    sandbox.people.delete_issue(PAY, 1)
    sandbox.world.add_repository("acme/other")
    sandbox.people.transfer_issue(PAY, 2, "acme/other")
    answer = client.ask(queries.NODES, ids=[deleted, moved, here, "nonsense"])
    assert [node and node["number"] for node in answer["data"]["nodes"]] == [None, None, 3, None]
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [
        ("NOT_FOUND", ["nodes", place]) for place in (0, 1, 3)
    ]


def test_a_transferred_issue_tells_where_it_came_from(sandbox: Sandbox, client: Client) -> None:
    followed(client)
    sandbox.people.close(PAY, 1, "boss")
    target = sandbox.world.add_repository("acme/other")
    sandbox.people.transfer_issue(PAY, 1, "acme/other")
    answer = client.ask(queries.ONE, owner="acme", name="other", number=1)
    node = answer["data"]["repository"]["issue"]
    assert [event["__typename"] for event in node["timelineItems"]["nodes"]] == ["ClosedEvent", "TransferredEvent"]
    assert node["timelineItems"]["nodes"][1]["fromRepository"]["nameWithOwner"] == PAY
    assert (node["repository"]["nameWithOwner"], node["labels"]["nodes"]) == ("acme/other", [])
    assert sandbox.world.issue(target, 1).closed is not None


def test_a_stripped_label_moves_updated_and_leaves_the_list(sandbox: Sandbox, client: Client) -> None:
    node_id = followed(client)["node_id"]
    sandbox.people.advance(1)
    sandbox.people.strip_label(PAY, 1, "follow-through")
    assert listed(client)["nodes"] == []
    (node,) = client.ask(queries.NODES, ids=[node_id])["data"]["nodes"]
    assert node["updatedAt"] == "2026-10-06T09:00:00Z"


def test_a_renamed_repository_is_followed(sandbox: Sandbox, client: Client) -> None:
    node_id = followed(client)["node_id"]
    sandbox.people.rename_repository(PAY, "acme/checkout")
    assert only_node(client)["repository"]["nameWithOwner"] == "acme/checkout"
    assert client.ask(queries.NODES, ids=[node_id])["data"]["nodes"][0]["id"] == node_id
    assert client.rest("GET", "/repos/acme/checkout/issues/1").json()["node_id"] == node_id


def test_a_hidden_repository_is_not_found_with_200(sandbox: Sandbox, client: Client) -> None:
    node_id = followed(client)["node_id"]
    sandbox.people.hide_repository(PAY)
    answer = client.ask(queries.LIST, **WHERE, label=["follow-through"], first=1)
    assert answer["data"] == {"repository": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    assert client.ask(queries.NODES, ids=[node_id])["data"]["nodes"] == [None]


def test_the_label_of_somebody_else_cannot_be_deleted_by_an_old_id(client: Client) -> None:
    client.rest("POST", f"/repos/{PAY}/labels", {"name": "claim"})
    old = label_id(client, "claim")
    client.rest("DELETE", f"/repos/{PAY}/labels/claim")
    client.rest("POST", f"/repos/{PAY}/labels", {"name": "claim"})
    answer = client.ask(queries.DELETE_LABEL, id=old)
    assert answer["data"] == {"deleteLabel": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"
    assert "errors" not in client.ask(queries.DELETE_LABEL, id=label_id(client, "claim"))
    assert client.rest("GET", f"/repos/{PAY}/labels/claim").status_code == 404


def test_deleting_a_label_needs_write_access(sandbox: Sandbox, client: Client) -> None:
    client.rest("POST", f"/repos/{PAY}/labels", {"name": "claim"})
    for login in ("triager", "narrow"):
        answer = Client(sandbox, login).ask(queries.DELETE_LABEL, id=label_id(client, "claim"))
        assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert client.rest("GET", f"/repos/{PAY}/labels/claim").status_code == 200


def test_access_tells_account_permission_and_what_is_left(sandbox: Sandbox) -> None:
    answer = Client(sandbox, "triager").ask(queries.ACCESS, **WHERE, label="none")["data"]
    assert answer["viewer"] == {"login": "triager"}
    assert (answer["repository"]["viewerPermission"], answer["repository"]["label"]) == ("TRIAGE", None)
    assert answer["rateLimit"] == {"remaining": 4999, "resetAt": "2026-10-05T10:00:00Z"}


def test_who_can_be_assigned_is_asked_for_many_at_once(client: Client) -> None:
    asked = client.ask(queries.assignable(3), **WHERE, u0="boss", u1="reader", u2="nobody")["data"]["repository"]
    assert asked == {"u0": {"nodes": [{"login": "boss"}]}, "u1": {"nodes": []}, "u2": {"nodes": []}}


def test_a_query_outside_the_limits_is_refused_as_github_does(client: Client) -> None:
    for first, kind in ((None, "MISSING_PAGINATION_BOUNDARIES"), (101, "EXCESSIVE_PAGINATION")):
        query = 'query($n: Int) { repository(owner: "acme", name: "pay") { issues(first: $n) { nodes { id } } } }'
        assert client.ask(query, n=first)["errors"][0]["type"] == kind
    answer = client.ask(queries.LIST, **WHERE, first=1, after="nonsense")
    assert answer["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"


def test_a_query_that_is_none_gets_errors_and_no_data(client: Client) -> None:
    for query in ("query {", "query { shoes }"):
        answer = client.ask(query)
        assert answer["errors"]
        assert "data" not in answer


def test_a_page_of_a_hundred_issues_is_answered_quickly(sandbox: Sandbox, client: Client) -> None:
    home = sandbox.world.repository(PAY)
    for number in range(100):
        issue = sandbox.world.add_issue(home, "lead", f"Issue {number}", "text")
        sandbox.world.set_labels(home, issue, ["follow-through"])
        sandbox.world.add_comment(issue, "boss", "Evidence: https://example.com")
    listed(client)
    spent = time.process_time()
    assert len(listed(client)["nodes"]) == 100
    # About 50 ms; the bound is wide, so that only a change in kind fails here, on any machine.
    assert time.process_time() - spent < 0.5
