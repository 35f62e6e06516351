"""The development panel of Jira: merged pull requests are evidence where it is switched on; nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.evidence import find_evidence
from sync.sandbox.faults import DropBefore, Fault, FaultPlan, Garbage, Status, When
from tests.adapters.jira_rig import CLOUD, JiraRig
from tests.adapters.rig import fetched, listed, seen
from tests.jira_harness import BOTH, answer
from tracker.errors import TryLater
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import RemoteChange
    from tests.adapters.jira_rig import Flavour

PANEL = "/dev-status/"
SUMMARY, DETAIL = "/issue/summary$", "/issue/detail$"
STAMP = "2026-10-05T11:00:00.000+0200"


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param, development_panel=True) as rig:
        yield rig


@pytest.fixture(scope="module")
def merged() -> Iterator[JiraRig]:
    """A Cloud with one issue that has a merged pull request."""
    with JiraRig(CLOUD, development_panel=True) as rig:
        rig.people.merge_pull_request(rig.open_issue("Item"), "octocat")
        yield rig


def asked(rig: JiraRig) -> int:
    return sum(PANEL in each.path for each in rig.sandbox.log)


def changes(rig: JiraRig) -> tuple[RemoteChange, ...]:
    (issue,) = listed(rig)
    return issue.changes


def a_summary(**hosts: object) -> dict[str, Any]:
    return {"summary": {"pullrequest": {"overall": {"count": 1}, "byInstanceType": hosts}}}


@pytest.mark.parametrize("flavour", BOTH)
def test_it_is_not_asked_unless_the_config_says_so(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        ref = rig.open_issue("Item")
        rig.people.merge_pull_request(ref, "dev")
        assert changes(rig) == ()
        assert asked(rig) == 0


def test_a_merged_pull_request_is_evidence_with_its_time_author_and_title(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    url = rig.people.open_pull_request(ref, "octocat", "Validate it")
    assert changes(rig) == ()
    rig.people.merge_pull_request(ref, "octocat", url=url)
    (change,) = changes(rig)
    assert (change.kind, change.url, change.at, change.author) == (
        EvidenceKind.MERGED_PULL_REQUEST, url, rig.now(), "octocat",
    )  # fmt: skip
    assert "Validate it" in change.title
    (piece,) = find_evidence(seen(rig, ref))
    assert piece.kind is EvidenceKind.MERGED_PULL_REQUEST


def test_one_that_is_open_or_was_declined_is_none(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    rig.people.open_pull_request(ref, "octocat")
    rig.people.decline_pull_request(ref, rig.people.open_pull_request(ref, "octocat"))
    assert changes(rig) == ()


def test_one_among_others_is_found_at_every_code_host(rig: JiraRig) -> None:
    rig.people.world.site.code_hosts = ["GitHub", "stash"]
    ref = rig.open_issue("Item")
    rig.people.open_pull_request(ref, "octocat")
    url = rig.people.merge_pull_request(ref, "octocat")
    (issue,) = listed(rig)
    assert [piece.url for piece in find_evidence(issue)] == [url]
    assert asked(rig) == 1 + 2
    assert fetched(rig, issue) == {issue.id: issue}


def test_an_issue_without_pull_requests_costs_one_request(rig: JiraRig) -> None:
    rig.open_issue("Item")
    listed(rig)
    assert asked(rig) == 1


PULL: dict[str, Any] = {"url": "https://x.example/1", "name": "x", "status": "MERGED", "lastUpdate": STAMP}
ODD: dict[str, object] = {
    "nothing": {},
    "a list": [],
    "a text": "none",
    "null": None,
    "no summary": {"errors": ["No."], "summary": {}},
    "another shape": {"summary": {"pullrequest": {"byInstanceType": []}}},
    "no hosts": {"summary": {"pullrequest": {"byInstanceType": {}}}},
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_odd_summary_is_nothing(merged: JiraRig, body: object) -> None:
    merged.sandbox.faults = FaultPlan(When(answer(body, merged.now()), path=SUMMARY))
    assert changes(merged) == ()
    assert len(changes(merged)) == 1


DETAILS: dict[str, tuple[object, int]] = {
    "nothing": ({}, 0),
    "a list": ([], 0),
    "no detail": ({"detail": []}, 0),
    "a detail of another shape": ({"detail": [[]]}, 0),
    "without pull requests": ({"detail": [{"branches": []}]}, 0),
    "without a status": ({"detail": [{"pullRequests": [{**PULL, "status": ""}]}]}, 0),
    "in small letters": ({"detail": [{"pullRequests": [{**PULL, "status": "merged?"}]}]}, 0),
    "without a time": ({"detail": [{"pullRequests": [{**PULL, "lastUpdate": None}]}]}, 0),
    "at a time that is none": ({"detail": [{"pullRequests": [{**PULL, "lastUpdate": "soon"}]}]}, 0),
    "without an address": ({"detail": [{"pullRequests": [{**PULL, "url": ""}]}]}, 0),
    "with an address that is none": ({"detail": [{"pullRequests": [{**PULL, "url": "javascript:alert(1)"}]}]}, 0),
    "without an author": ({"detail": [{"pullRequests": [{**PULL, "author": None}]}]}, 1),
    "with much more": ({"detail": [{"pullRequests": [{**PULL, "x": {"y": [1]}}], "z": 1}], "errors": []}, 1),
    "twice": ({"detail": [{"pullRequests": [PULL, PULL]}]}, 1),
}


@pytest.mark.parametrize(("body", "count"), DETAILS.values(), ids=DETAILS)
def test_an_odd_detail_is_nothing(merged: JiraRig, body: object, count: int) -> None:
    merged.sandbox.faults = FaultPlan(When(answer(body, merged.now()), path=DETAIL))
    (issue,) = listed(merged)
    assert len(find_evidence(issue)) == count


@pytest.mark.parametrize("code", [400, 403, 404, 410])
@pytest.mark.parametrize("path", [SUMMARY, DETAIL])
def test_a_panel_that_says_no_is_nothing(merged: JiraRig, code: int, path: str) -> None:
    merged.sandbox.faults = FaultPlan(When(Status(code), path=path))
    assert changes(merged) == ()


@pytest.mark.parametrize("fault", [Garbage(), Status(200, body="<html>Log in</html>")])
def test_a_page_in_place_of_the_panel_is_nothing(merged: JiraRig, fault: Fault) -> None:
    merged.sandbox.faults = FaultPlan(When(fault, path=SUMMARY))
    assert changes(merged) == ()


CLOSED = [Status(401), Status(403), Status(302, {"Location": "https://id.example/login"})]


@pytest.mark.parametrize("fault", CLOSED, ids=["401", "403", "log-in elsewhere"])
def test_a_panel_that_the_token_does_not_open_is_nothing(fault: Fault) -> None:
    """It is no official API, and a token with scopes does not reach it."""
    with JiraRig(CLOUD, development_panel=True) as rig:
        rig.people.merge_pull_request(rig.open_issue("Item"), "octocat")
        rig.sandbox.faults = FaultPlan(When(fault, path=PANEL, times=None))
        assert changes(rig) == ()


@pytest.mark.parametrize("fault", [Status(500), DropBefore()])
def test_a_panel_that_fails_in_passing_is_asked_again_and_ends_the_run_within_the_budget(fault: Fault) -> None:
    """Without its word, evidence that was there would seem to be gone."""
    with JiraRig(CLOUD, development_panel=True) as rig:
        url = rig.people.merge_pull_request(rig.open_issue("Item"), "octocat")
        rig.sandbox.faults = FaultPlan(When(fault, path=PANEL))
        assert [change.url for change in changes(rig)] == [url]
        rig.sandbox.faults = FaultPlan(When(fault, path=PANEL, times=None))
        with pytest.raises(TryLater, match="wait budget"):
            listed(rig)
