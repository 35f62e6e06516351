"""Each fault does to a request what it says: what the client sees, and whether the request was carried out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sync.adapters.github_queries import LIST
from sync.sandbox.faults import (
    Delay,
    DropAfter,
    DropBefore,
    Fault,
    FaultPlan,
    Garbage,
    RepeatCursor,
    Status,
    Truncate,
    When,
    jira_dc_limit,
    jira_limit,
    secondary_limit,
    too_many,
)
from tests.sandbox.client import PAY, Client

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox
    from tests.sandbox.jira_client import JiraClient

ISSUES = f"/repos/{PAY}/issues"


def issues_made(sandbox: Sandbox) -> int:
    return len(sandbox.world.repository(PAY).issues)


@pytest.mark.parametrize(
    ("fault", "made"),
    [(DropBefore(), 0), (DropAfter(), 1), (Truncate(), 1)],
)
def test_a_cut_connection_leaves_the_client_without_an_answer(
    sandbox: Sandbox, client: Client, fault: Fault, made: int
) -> None:
    sandbox.faults = FaultPlan(When(fault))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.new_issue()
    assert issues_made(sandbox) == made
    assert client.new_issue()["number"] == made + 1


def test_a_cut_is_logged_without_a_status(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults = FaultPlan(When(DropAfter()))
    with pytest.raises(requests.ConnectionError):
        client.rest("GET", "/user")
    client.rest("GET", "/user")
    assert [each.status for each in sandbox.log] == [0, 200]


@pytest.mark.parametrize("after_write", [False, True])
def test_another_status_comes_before_or_after_the_write(sandbox: Sandbox, client: Client, *, after_write: bool) -> None:
    sandbox.faults = FaultPlan(When(Status(502, after_write=after_write)))
    assert client.rest("POST", ISSUES, {"title": "x"}).status_code == 502
    assert issues_made(sandbox) == int(after_write)


def test_garbage_is_a_success_that_is_no_json(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults = FaultPlan(When(Garbage()))
    answer = client.rest("POST", ISSUES, {"title": "x"})
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert issues_made(sandbox) == 1


def test_limits_answer_as_github_does(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults = FaultPlan(When(secondary_limit("60")), When(too_many()), When(too_many("900")))
    first, second, third = (client.rest("GET", "/user") for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (403, "60")
    assert "secondary rate limit" in first.json()["message"]
    assert (second.status_code, "Retry-After" in second.headers) == (429, False)
    assert (third.status_code, third.headers["Retry-After"]) == (429, "900")


def test_a_limit_answers_as_jira_does(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    reset = "2026-10-05T09:01Z"
    jira_sandbox.faults = FaultPlan(
        When(jira_limit("1.5")),
        When(jira_limit(None, "jira-per-issue-on-write", reset=reset)),
        When(jira_dc_limit("2")),
    )
    cloud, writes, old = (jira.ask("GET", "/myself") for _ in range(3))
    assert [each.status_code for each in (cloud, writes, old)] == [429] * 3
    assert (cloud.headers["Retry-After"], cloud.headers["RateLimit-Reason"]) == ("1.5", "jira-burst-based")
    assert (cloud.headers["X-RateLimit-Remaining"], "X-RateLimit-Reset" in cloud.headers) == ("0", False)
    assert ("Retry-After" in writes.headers, writes.headers["X-RateLimit-Reset"]) == (False, reset)
    assert writes.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert (old.headers["Retry-After"], "RateLimit-Reason" in old.headers) == ("2", False)
    assert (old.headers["X-RateLimit-FillRate"], old.headers["X-RateLimit-Interval-Seconds"]) == ("5", "1")
    assert "message" in old.json()


def test_a_late_answer_comes_after_the_client_has_gone(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults = FaultPlan(When(Delay(30)))
    with pytest.raises(requests.ReadTimeout):
        requests.post(sandbox.api_url + ISSUES, json={"title": "x"}, headers=client.headers, timeout=0.1)
    assert issues_made(sandbox) == 1
    started = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - started < 5


def test_a_repeated_cursor_never_comes_to_an_end(sandbox: Sandbox, client: Client) -> None:
    for _ in range(3):
        client.new_issue()
    sandbox.faults = FaultPlan(When(RepeatCursor(), times=None))
    where = {"owner": "acme", "name": "pay", "first": 2}
    first = client.ask(LIST, **where)["data"]["repository"]["issues"]["pageInfo"]
    second = client.ask(LIST, **where, after=first["endCursor"])["data"]["repository"]["issues"]["pageInfo"]
    assert first == second
    assert second["hasNextPage"] is True


def test_a_fault_meets_only_the_request_it_is_for(sandbox: Sandbox, client: Client) -> None:
    sandbox.faults = FaultPlan(
        When(Status(500), at=2),
        When(Status(501), method="POST", path=r"/issues$"),
        When(Status(503), operation="Followed"),
    )
    client.rest("GET", "/user")
    client.rest("GET", "/user")
    client.rest("GET", "/user")
    client.rest("POST", ISSUES, {"title": "x"})
    client.rest("POST", ISSUES, {"title": "x"})
    requests.post(sandbox.graphql_url, json={"query": LIST}, headers=client.headers, timeout=10)
    assert [each.status for each in sandbox.log] == [200, 500, 200, 501, 201, 503]
    assert (sandbox.faults.seen, sandbox.faults.met) == (6, 3)


@given(at=st.integers(1, 30), count=st.integers(0, 30))
def test_an_ordinal_meets_exactly_one_request(at: int, count: int) -> None:
    plan = FaultPlan(When(DropAfter(), at=at))
    met = [turn for turn in range(1, count + 1) if plan.next("GET", "/") is not None]
    assert met == ([at] if at <= count else [])


@given(times=st.integers(1, 5), count=st.integers(0, 10))
def test_a_rule_is_used_up(times: int, count: int) -> None:
    plan = FaultPlan(When(DropBefore(), times=times))
    assert sum(plan.next("GET", "/") is not None for _ in range(count)) == min(times, count)
