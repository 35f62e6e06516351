"""What GitHub gives in parts is put together: long inner lists, pages that were too heavy, data with holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from werkzeug.http import http_date

from sync.adapters.github_queries import INNER
from sync.port import Absence, Absent, Known
from sync.sandbox.faults import Fault, FaultPlan, Status, When
from tests.adapters.github_rig import GitHubRig
from tests.adapters.rig import listed
from tests.once.machines import HOME
from tracker.errors import NotAuthorised, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@pytest.fixture
def rig() -> Iterator[GitHubRig]:
    with GitHubRig() as rig:
        yield rig


def an_answer(rig: GitHubRig, data: object, *errors: Mapping[str, object]) -> Status:
    """A whole answer of GraphQL, in place of the sandbox's own."""
    body = msgspec.json.encode({"data": data, "errors": errors} if errors else {"data": data}).decode()
    return Status(200, {"Date": http_date(rig.now())}, body)


def sizes(rig: GitHubRig) -> list[int]:
    """How many issues each request for a list asked for."""
    sent = (msgspec.json.decode(each.request) for each in rig.sandbox.log if each.operation == "Followed")
    return [each["variables"]["first"] for each in sent]


def operations(rig: GitHubRig) -> list[str]:
    return [each.operation for each in rig.sandbox.log]


# Long inner lists


def test_comments_beyond_the_first_page_are_read_in_order(rig: GitHubRig) -> None:
    ref = rig.open_issue("Much discussed")
    for number in range(INNER + 130):
        rig.comment(ref, f"Comment {number}", "dev")
    (issue,) = listed(rig)
    assert [comment.body for comment in issue.comments] == [f"Comment {number}" for number in range(INNER + 130)]
    assert operations(rig) == ["Followed", "Comments", "Comments"]


def test_a_history_beyond_the_first_page_is_read_in_order_with_what_it_proves(rig: GitHubRig) -> None:
    ref = rig.open_issue("Opened again and again")
    for _turn in range(INNER):
        rig.close(ref)
        rig.reopen(ref)
    rig.people.close_with_commit(HOME, 1, "dev")
    (issue,) = listed(rig)
    assert [event.state.closed for event in issue.history] == [True, False] * INNER + [True]
    assert len(issue.changes) == 1
    assert operations(rig) == ["Followed", "Timeline"]


def test_an_inner_list_that_never_ends_is_given_up(rig: GitHubRig) -> None:
    ref = rig.open_issue("Much discussed")
    for _number in range(INNER + 1):
        rig.comment(ref, "Hello", "dev")
    page = {"comments": {"pageInfo": {"hasNextPage": True, "endCursor": "same"}, "nodes": []}}
    rig.sandbox.faults = FaultPlan(When(an_answer(rig, {"node": page}), operation="Comments", times=None))
    with pytest.raises(TryLater, match="twice"):
        listed(rig)
    assert len(operations(rig)) == 3


# Pages that are too heavy


@pytest.mark.parametrize("code", [502, 504])
def test_a_page_that_is_too_heavy_is_halved_and_nothing_is_left_out(rig: GitHubRig, code: int) -> None:
    refs = [rig.open_issue(f"Item {number}") for number in range(60)]
    rig.sandbox.faults = FaultPlan(When(Status(code), operation="Followed", times=2))
    assert [issue.ref for issue in listed(rig)] == refs
    assert sizes(rig) == [100, 50, 25, 25, 25]
    assert rig.clock.slept == [1, 2]


def test_pages_shrink_no_further_than_is_useful(rig: GitHubRig) -> None:
    rig.sandbox.faults = FaultPlan(When(Status(502), operation="Followed", times=None))
    with pytest.raises(TryLater):
        listed(rig)
    assert sizes(rig) == [100, 50, 25, 12, 12, 12, 12]


def test_a_query_that_timed_out_inside_is_halved_too(rig: GitHubRig) -> None:
    rig.open_issue("Item")
    trouble = an_answer(rig, None, {"message": "Something went wrong while executing your query."})
    rig.sandbox.faults = FaultPlan(When(trouble, operation="Followed"))
    assert len(listed(rig)) == 1
    assert sizes(rig) == [100, 50]


# Data with holes


def a_page_with_a_hole(rig: GitHubRig, kind: str) -> Status:
    """The list of one issue, which is null because of an error of that type."""
    error = {"message": "Something went wrong.", "type": kind, "path": ["repository", "issues", "nodes", 0]}
    return an_answer(
        rig,
        {
            "repository": {
                "nameWithOwner": HOME,
                "all": {"totalCount": 1},
                "issues": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [None]},
            }
        },
        error,
    )


def test_an_issue_that_an_error_left_out_of_the_list_is_asked_for_again(rig: GitHubRig) -> None:
    ref = rig.open_issue("Item")
    rig.sandbox.faults = FaultPlan(When(a_page_with_a_hole(rig, "SERVICE_UNAVAILABLE"), operation="Followed"))
    assert [issue.ref for issue in listed(rig)] == [ref]


def test_an_issue_that_the_token_may_not_read_whole_is_said(rig: GitHubRig) -> None:
    rig.open_issue("Item")
    rig.sandbox.faults = FaultPlan(When(a_page_with_a_hole(rig, "FORBIDDEN"), operation="Followed"))
    with pytest.raises(NotAuthorised):
        listed(rig)
    assert rig.clock.slept == []


def test_a_graphql_rate_limit_waits_as_long_as_it_is_told(rig: GitHubRig) -> None:
    rig.open_issue("Item")
    limit = an_answer(rig, None, {"message": "API rate limit exceeded", "type": "RATE_LIMITED"})
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(rig.now().timestamp()) + 40)}
    rig.sandbox.faults = FaultPlan(When(Status(200, limit.headers | headers, limit.body)))
    assert len(listed(rig)) == 1
    assert rig.clock.slept == [40]


def test_a_known_issue_that_could_not_be_read_just_now_is_neither_gone_nor_moved(rig: GitHubRig) -> None:
    ref = rig.open_issue("Item")
    (issue,) = listed(rig)
    error = {"message": "Something went wrong.", "type": "SERVICE_UNAVAILABLE", "path": ["nodes", 0]}
    hole: Fault = an_answer(rig, {"nodes": [None]}, error)
    rig.sandbox.faults = FaultPlan(When(hole, operation="Known"))
    assert list(rig.adapter.fetch([Known(id=issue.id, ref=ref)])) == [Absent(id=issue.id, why=Absence.UNSURE)]


@pytest.mark.parametrize("code", [400, 403, 451])
def test_an_answer_that_says_nothing_about_the_issue_decides_nothing(rig: GitHubRig, code: int) -> None:
    ref = rig.open_issue("Item")
    (issue,) = listed(rig)
    rig.delete(ref)
    rig.sandbox.faults = FaultPlan(When(Status(code), method="GET", times=None))
    assert list(rig.adapter.fetch([Known(id=issue.id, ref=ref)])) == [Absent(id=issue.id, why=Absence.UNSURE)]
