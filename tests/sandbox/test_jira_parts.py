"""What hangs on an issue of the sandbox's Jira: comments, remote links, entity properties."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox
    from tests.sandbox.jira_client import JiraClient

LINK = {"url": "https://example.com/reviews/1", "title": "Review 1", "summary": "Why this was asked for"}
JSON = {"Content-Type": "application/json"}


def updated(jira: JiraClient) -> str:
    return str(jira.get("/issue/PLAT-1")["fields"]["updated"])


def test_a_comment_has_an_author_and_times_and_moves_updated_but_not_the_history(
    jira: JiraClient, jira_sandbox: Sandbox
) -> None:
    jira.new_issue()
    jira_sandbox.world.advance(timedelta(milliseconds=1500))
    made = jira.post("/issue/PLAT-1/comment", {"body": jira.text("Evidence: https://example.com/1")})
    assert (made["author"]["accountId"], made["created"]) == ("lead", "2026-10-05T11:00:01.500+0200")
    assert updated(jira) == made["created"]
    assert jira.get("/issue/PLAT-1/changelog")["total"] == 0
    listed = jira.get("/issue/PLAT-1/comment")
    assert (listed["total"], listed["comments"]) == (1, [made])
    assert jira.get("/issue/PLAT-1?fields=comment")["fields"]["comment"]["comments"] == [made]


def test_comments_come_in_pages_in_either_order(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    for number in range(3):
        jira_sandbox.jira.comment("PLAT-1", "reader", f"Comment {number}")
    page = jira.get("/issue/PLAT-1/comment?maxResults=1&startAt=1")
    assert page["comments"][0]["body"] == jira.text("Comment 1")
    newest = jira.get("/issue/PLAT-1/comment?orderBy=-created")["comments"][0]
    assert newest["body"] == jira.text("Comment 2")


@pytest.mark.parametrize("body", [None, "plain", {"type": "doc"}, {"type": "doc", "version": 1, "content": [{}]}])
def test_a_comment_that_is_no_document_is_refused(jira: JiraClient, body: object) -> None:
    jira.new_issue()
    answer = jira.ask("POST", "/issue/PLAT-1/comment", {"body": body})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["comment"])


def test_a_remote_link_is_replaced_whole_by_its_global_id(jira: JiraClient) -> None:
    jira.new_issue()
    given = {"globalId": "review=1", "relationship": "asked for by", "object": LINK}
    first = jira.ask("POST", "/issue/PLAT-1/remotelink", given)
    again = jira.ask("POST", "/issue/PLAT-1/remotelink", {"globalId": "review=1", "object": {**LINK, "title": "New"}})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    (link,) = jira.get("/issue/PLAT-1/remotelink")
    assert (link["object"]["title"], "relationship" in link) == ("New", False)
    assert jira.get("/issue/PLAT-1/remotelink", params={"globalId": "review=1"}) == link


def test_remote_links_without_a_global_id_add_up(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    jira_sandbox.world.advance(timedelta(hours=1))
    for _ in range(2):
        jira.post("/issue/PLAT-1/remotelink", {"object": LINK})
    assert len(jira.get("/issue/PLAT-1/remotelink")) == 2
    assert "T12:00" in updated(jira)
    history = jira.get("/issue/PLAT-1/changelog")["values"]
    assert [each["items"][0]["field"] for each in history] == ["RemoteIssueLink"] * 2


def test_deleting_a_remote_link_needs_a_content_type_though_it_has_no_body(jira: JiraClient) -> None:
    jira.new_issue()
    jira.post("/issue/PLAT-1/remotelink", {"globalId": "g", "object": LINK})
    path = "/issue/PLAT-1/remotelink?globalId=g"
    assert jira.ask("DELETE", path).status_code == 415
    assert jira.ask("DELETE", path, headers=JSON).status_code == 204
    assert jira.ask("DELETE", path, headers=JSON).status_code == 404
    assert jira.ask("DELETE", "/issue/PLAT-1/remotelink", headers=JSON).status_code == 400
    assert jira.get("/issue/PLAT-1/remotelink") == []


@pytest.mark.parametrize(("url", "title"), [("javascript:alert(1)", "x"), ("https://example.com", " ")])
def test_a_remote_link_to_nowhere_or_without_a_name_is_refused(jira: JiraClient, url: str, title: str) -> None:
    jira.new_issue()
    answer = jira.ask("POST", "/issue/PLAT-1/remotelink", {"object": {"url": url, "title": title}})
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 1)


def test_a_property_is_written_whole_and_does_not_move_updated(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    before = updated(jira)
    jira_sandbox.world.advance(timedelta(hours=1))
    path = "/issue/PLAT-1/properties/follow-through"
    assert jira.ask("GET", path).status_code == 404
    assert jira.ask("PUT", path, {"a": 1, "b": 2}).status_code == 201
    assert jira.ask("PUT", path, {"a": None}).status_code == 200
    assert jira.get(path) == {"key": "follow-through", "value": {"a": None}}
    assert [each["key"] for each in jira.get("/issue/PLAT-1/properties")["keys"]] == ["follow-through"]
    assert jira.ask("DELETE", path).status_code == 204
    assert jira.ask("DELETE", path).status_code == 404
    assert updated(jira) == before


def test_a_property_holds_so_many_characters_and_no_more(jira: JiraClient) -> None:
    jira.new_issue()
    path = "/issue/PLAT-1/properties/follow-through"
    assert jira.ask("PUT", path, "x" * (32_768 - 2)).status_code == 201
    assert jira.ask("PUT", path, "x" * (32_768 - 1)).status_code == 400
    assert jira.ask("PUT", f"/issue/PLAT-1/properties/{'k' * 256}", 1).status_code == 400
