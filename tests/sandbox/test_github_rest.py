"""What the sandbox's GitHub does on REST, as far as `track` depends on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.github_issues import LABELS_LIMIT, TEXT_LIMIT
from sync.sandbox.state import Permission
from tests.sandbox.client import PAY, Client

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

ISSUES = f"/repos/{PAY}/issues"


def names(issue: dict[str, list[dict[str, str]]]) -> list[str]:
    return [label["name"] for label in issue["labels"]]


def test_a_created_issue_reads_back_with_labels_people_and_times(client: Client) -> None:
    made = client.new_issue(body="why", labels=["Follow-Through"], assignees=["boss"])
    read = client.rest("GET", f"{ISSUES}/1").json()
    assert read == made
    assert (read["number"], read["body"], names(read)) == (1, "why", ["Follow-Through"])
    assert [each["login"] for each in read["assignees"]] == ["boss"]
    assert read["created_at"] == read["updated_at"] == "2026-10-05T09:00:00Z"
    assert (read["user"]["login"], read["author_association"]) == ("lead", "MEMBER")


def test_labels_and_people_are_dropped_silently_without_triage(sandbox: Sandbox, client: Client) -> None:
    client.new_issue(labels=["follow-through"])
    made = Client(sandbox, "reader").new_issue(labels=["follow-through"], assignees=["boss"])
    assert (made["labels"], made["assignees"], made["author_association"]) == ([], [], "NONE")


def test_triage_may_use_labels_but_makes_none(sandbox: Sandbox, client: Client) -> None:
    client.new_issue(labels=["known"])
    made = Client(sandbox, "triager").new_issue(labels=["known", "unknown"], assignees=["boss"])
    assert names(made) == ["known"]
    assert made["assignee"]["login"] == "boss"


def test_somebody_who_cannot_be_assigned_is_refused_with_write_access(client: Client) -> None:
    answer = client.rest("POST", ISSUES, {"title": "x", "assignees": ["boss", "stranger"]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"resource": "Issue", "field": "assignees", "code": "invalid", "value": "stranger"}
    ]
    assert client.rest("GET", ISSUES).json() == []


def test_adding_people_drops_those_who_cannot_be_assigned(client: Client) -> None:
    client.new_issue()
    answer = client.rest("POST", f"{ISSUES}/1/assignees", {"assignees": ["boss", "stranger"]})
    assert [each["login"] for each in answer.json()["assignees"]] == ["boss"]
    left = client.rest("DELETE", f"{ISSUES}/1/assignees", {"assignees": ["BOSS"]})
    assert left.json()["assignees"] == []


@pytest.mark.parametrize("login", ["boss", "reader", "stranger"])
def test_who_can_be_assigned_is_told(client: Client, login: str) -> None:
    assert client.rest("GET", f"/repos/{PAY}/assignees/{login}").status_code == (204 if login == "boss" else 404)


def test_of_many_who_create_a_label_at_once_one_succeeds(client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        bodies = [{"name": "Claim" if turn % 2 else "claim"} for turn in range(8)]
        answers = list(pool.map(lambda body: client.rest("POST", f"/repos/{PAY}/labels", body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json()["errors"] == [{"resource": "Label", "field": "name", "code": "already_exists"}]


def test_a_label_can_be_made_again_after_it_was_deleted(client: Client) -> None:
    client.new_issue(labels=["claim"])
    first = client.rest("GET", f"/repos/{PAY}/labels/CLAIM").json()
    assert client.rest("DELETE", f"/repos/{PAY}/labels/claim").status_code == 204
    assert client.rest("DELETE", f"/repos/{PAY}/labels/claim").status_code == 404
    assert names(client.rest("GET", f"{ISSUES}/1").json()) == []
    assert client.rest("POST", f"/repos/{PAY}/labels", {"name": "claim"}).json()["id"] != first["id"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/labels", {"name": "x" * 51}),
        ("/labels", {"name": " "}),
        ("/labels", {"name": "x", "description": "x" * 101}),
        ("/issues", {"title": "x", "labels": ["x" * 51]}),
        ("/issues", {"title": "x", "labels": [str(n) for n in range(LABELS_LIMIT + 1)]}),
        ("/issues", {"title": "x", "body": "x" * (TEXT_LIMIT + 1)}),
        ("/issues", {"title": " "}),
        ("/issues", {"body": "no title"}),
        ("/issues/1/comments", {"body": "x" * (TEXT_LIMIT + 1)}),
        ("/issues/1/comments", {}),
    ],
)
def test_what_is_too_long_or_missing_is_refused_and_nothing_is_made(
    sandbox: Sandbox, client: Client, path: str, body: object
) -> None:
    client.new_issue()
    before = sandbox.world.revision
    answer = client.rest("POST", f"/repos/{PAY}{path}", body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(("Validation Failed", "Invalid request."))
    assert sandbox.world.revision == before


def test_text_at_the_limit_is_taken(client: Client) -> None:
    assert len(client.new_issue(body="x" * TEXT_LIMIT)["body"]) == TEXT_LIMIT


def test_what_is_no_json_is_refused(client: Client) -> None:
    assert client.rest("POST", ISSUES, data=b"{title").status_code == 400


def test_labels_are_added_and_removed_one_by_one(client: Client) -> None:
    client.new_issue(labels=["person's own"])
    client.rest("POST", f"{ISSUES}/1/labels", {"labels": ["condition:a/b"]})
    assert names(client.rest("GET", f"{ISSUES}/1").json()) == ["person's own", "condition:a/b"]
    client.rest("DELETE", f"{ISSUES}/1/labels/condition:a%2Fb")
    assert names(client.rest("GET", f"{ISSUES}/1").json()) == ["person's own"]
    assert client.rest("DELETE", f"{ISSUES}/1/labels/never").status_code == 404


def test_the_reason_is_ignored_unless_the_state_changes(client: Client) -> None:
    client.new_issue()
    client.rest("PATCH", f"{ISSUES}/1", {"state_reason": "duplicate"})
    assert client.rest("GET", f"{ISSUES}/1").json()["state_reason"] is None
    client.rest("PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "duplicate"})
    client.rest("PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "completed"})
    closed = client.rest("GET", f"{ISSUES}/1").json()
    assert (closed["state"], closed["state_reason"], closed["closed_by"]["login"]) == ("closed", "duplicate", "lead")
    opened = client.rest("PATCH", f"{ISSUES}/1", {"state": "open"}).json()
    assert (opened["state_reason"], opened["closed_at"]) == ("reopened", None)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "New"}, {"body": "New"}, {"labels": ["new"]}, {"assignees": ["boss"]}, {"state": "closed"},
    ],
)  # fmt: skip
def test_a_change_moves_updated_and_an_empty_one_does_not(
    sandbox: Sandbox, client: Client, change: dict[str, object]
) -> None:
    client.new_issue()
    sandbox.people.advance(1)
    client.rest("PATCH", f"{ISSUES}/1", {"title": "Limit the blast radius", "labels": [], "assignees": []})
    assert client.rest("GET", f"{ISSUES}/1").json()["updated_at"] == "2026-10-05T09:00:00Z"
    client.rest("PATCH", f"{ISSUES}/1", change)
    assert client.rest("GET", f"{ISSUES}/1").json()["updated_at"] == "2026-10-06T09:00:00Z"


def test_a_list_holds_open_ones_and_pull_requests_unless_told_otherwise(sandbox: Sandbox, client: Client) -> None:
    for _ in range(3):
        client.new_issue()
    sandbox.people.close(PAY, 1, "boss")
    sandbox.people.open_pull_request(PAY, 2, "boss")
    listed = client.rest("GET", ISSUES).json()
    assert [(each["number"], "pull_request" in each) for each in listed] == [(4, True), (3, False), (2, False)]
    assert len(client.rest("GET", f"{ISSUES}?state=all").json()) == 4
    assert [each["number"] for each in client.rest("GET", f"{ISSUES}?state=closed").json()] == [1]


def test_the_next_page_is_under_the_id_of_the_repository_and_keeps_the_filters(
    sandbox: Sandbox, client: Client
) -> None:
    for number in range(5):
        client.new_issue(labels=["follow-through"] if number else [])
    sandbox.people.close(PAY, 2, "boss")
    seen, address = [], f"{ISSUES}?state=all&labels=follow-through&per_page=2&direction=asc"
    while address:
        answer = client.rest("GET", address)
        seen += [each["number"] for each in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
        assert not address or f"/api/v3/repositories/{sandbox.world.repository(PAY).id}/issues?" in address
    assert seen == [2, 3, 4, 5]


def test_a_page_has_at_most_a_hundred(sandbox: Sandbox, client: Client) -> None:
    for _ in range(101):
        sandbox.people.open_issue(PAY, "x")
    assert len(client.rest("GET", f"{ISSUES}?per_page=500").json()) == 100
    assert len(client.rest("GET", ISSUES).json()) == 30


def test_since_is_by_update(sandbox: Sandbox, client: Client) -> None:
    client.new_issue()
    client.new_issue()
    sandbox.people.advance(2)
    sandbox.people.comment(PAY, 1, "boss", "still on it")
    listed = client.rest("GET", f"{ISSUES}?since=2026-10-06T00:00:00Z").json()
    assert [(each["number"], each["comments"]) for each in listed] == [(1, 1)]


def test_a_transferred_issue_is_followed_by_redirect(sandbox: Sandbox, client: Client) -> None:
    client.new_issue(labels=["kept", "lost"])
    other = sandbox.world.add_repository("acme/other")
    sandbox.world.ensure_label(other, "kept")
    sandbox.people.transfer_issue(PAY, 1, "acme/other")
    answer = client.rest("GET", f"{ISSUES}/1")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{sandbox.api_url}/repositories/{other.id}/issues/1"
    moved = client.rest("GET", answer.headers["Location"]).json()
    assert names(moved) == ["kept"]
    assert client.rest("PATCH", f"{ISSUES}/1", {"state": "closed"}).status_code == 307
    assert client.rest("POST", f"{ISSUES}/1/comments", {"body": "x"}).headers["Location"].endswith("/issues/1/comments")


def test_a_transfer_to_where_the_token_cannot_read_is_not_told(sandbox: Sandbox, client: Client) -> None:
    client.new_issue()
    sandbox.people.transfer_issue(PAY, 1, "acme/secret")
    assert client.rest("GET", f"{ISSUES}/1").status_code == 404
    assert Client(sandbox, "boss").rest("GET", f"{ISSUES}/1").status_code == 301


def test_a_deleted_issue_is_gone_and_its_number_is_never_given_again(sandbox: Sandbox, client: Client) -> None:
    client.new_issue()
    sandbox.people.delete_issue(PAY, 1)
    assert client.rest("GET", f"{ISSUES}/1").status_code == 410
    assert client.rest("PATCH", f"{ISSUES}/1", {"state": "closed"}).status_code == 410
    assert client.new_issue()["number"] == 2
    assert client.rest("GET", f"{ISSUES}/99").status_code == 404


def test_a_renamed_repository_redirects_with_the_whole_query(sandbox: Sandbox, client: Client) -> None:
    client.new_issue()
    home = sandbox.world.repository(PAY)
    sandbox.people.rename_repository(PAY, "acme/checkout")
    answer = client.rest("GET", f"{ISSUES}?state=all&per_page=100")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{sandbox.api_url}/repositories/{home.id}/issues?state=all&per_page=100"
    assert client.rest("POST", ISSUES, {"title": "x"}).status_code == 307
    assert client.rest("GET", "/repos/acme/checkout").json()["full_name"] == "acme/checkout"
    sandbox.world.add_repository(PAY)
    assert client.rest("GET", f"{ISSUES}/1").status_code == 404


def test_a_hidden_repository_is_as_if_it_never_was(sandbox: Sandbox, client: Client) -> None:
    client.new_issue()
    sandbox.people.hide_repository(PAY)
    assert client.rest("GET", f"{ISSUES}/1").status_code == 404
    assert client.rest("GET", f"/repos/{PAY}").json() == client.rest("GET", "/repos/acme/never").json()
    sandbox.people.hide_repository(PAY, hidden=False)
    sandbox.people.lose_access(PAY, "lead")
    assert client.rest("GET", f"{ISSUES}/1").status_code == 404
    assert Client(sandbox, "boss").rest("GET", f"{ISSUES}/1").status_code == 200


def test_a_private_repository_is_not_told_to_strangers(sandbox: Sandbox) -> None:
    assert Client(sandbox, "stranger").rest("GET", f"/repos/{PAY}").status_code == 200
    assert Client(sandbox, "stranger").rest("GET", "/repos/acme/secret").status_code == 404
    assert Client(sandbox, "boss").rest("GET", "/repos/acme/secret").json()["permissions"]["admin"] is True


def test_no_issue_can_be_made_where_issues_are_switched_off(sandbox: Sandbox, client: Client) -> None:
    sandbox.people.switch_issues(PAY, on=False)
    assert client.rest("POST", ISSUES, {"title": "x"}).status_code == 410


def test_a_token_that_is_not_good_is_told_so(sandbox: Sandbox) -> None:
    answer = Client(sandbox, "wrong").rest("GET", f"/repos/{PAY}")
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")
    assert Client(sandbox, "").rest("GET", f"/repos/{PAY}").status_code == 401


@pytest.mark.parametrize("login", ["narrow", "reader"])
def test_what_a_token_may_not_do_names_the_permission(sandbox: Sandbox, client: Client, login: str) -> None:
    client.new_issue()
    answer = Client(sandbox, login).rest("POST", f"/repos/{PAY}/labels", {"name": "x"})
    assert answer.status_code == 403
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "issues=write"


def test_an_author_may_edit_and_others_need_triage(sandbox: Sandbox) -> None:
    Client(sandbox, "reader").new_issue()
    change = {"title": "Mine", "labels": ["dropped"]}
    assert Client(sandbox, "stranger").rest("PATCH", f"{ISSUES}/1", change).status_code == 403
    edited = Client(sandbox, "reader").rest("PATCH", f"{ISSUES}/1", change).json()
    assert (edited["title"], edited["labels"]) == ("Mine", [])


@pytest.mark.parametrize(
    ("permission", "association"),
    [
        (Permission.ADMIN, "MEMBER"), (Permission.WRITE, "MEMBER"), (Permission.TRIAGE, "COLLABORATOR"),
        (Permission.READ, "NONE"), (Permission.NONE, "NONE"),
    ],
)  # fmt: skip
def test_the_association_of_an_author_follows_from_the_permission(
    sandbox: Sandbox, client: Client, permission: Permission, association: str
) -> None:
    client.new_issue()
    sandbox.people.comment(PAY, 1, "Sam", "one")
    sandbox.people.comment(PAY, 1, "acme", "two")
    sandbox.people.set_access(PAY, "sam", permission)
    listed = client.rest("GET", f"{ISSUES}/1/comments").json()
    assert [each["author_association"] for each in listed] == [association, "OWNER"]


def test_the_date_and_the_limits_are_of_this_world(sandbox: Sandbox, client: Client) -> None:
    sandbox.people.advance(1)
    answer = client.rest("GET", "/user")
    assert answer.headers["Date"] == "Tue, 06 Oct 2026 09:00:00 GMT"
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("5000", "4999")
    assert client.rest("GET", "/rate_limit").json()["rate"]["remaining"] == 4998


@pytest.mark.parametrize("path", ["/nothing", f"/repos/{PAY}/nothing", f"{ISSUES}/one"])
def test_an_unknown_route_is_not_found(client: Client, path: str) -> None:
    assert client.rest("GET", path).status_code == 404
