"""The Jira adapter passes the suite over the sandbox: Cloud in both versions of its API, and Data Center.

All that it sends to Cloud, and is answered, is as Atlassian describes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sync.port import Patch
from sync.sandbox.server import Exchange
from tests.adapters.jira_rig import CLOUD, CLOUD_V2, DATA_CENTER, Flavour, JiraRig
from tests.adapters.rig import followed, seen
from tests.adapters.suite import AdapterContract
from tests.contract.checker import Violation, contracts_folder
from tests.contract.jira_checker import load_jira_contract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = contracts_folder()
ARE_THERE = all((FOLDER / f"jira-cloud-v{version}.json").exists() for version in (2, 3))


def judge(flavour: Flavour, log: Iterable[Exchange]) -> None:
    """Raise `Violation` for the first exchange that Atlassian does not describe."""
    if not ARE_THERE or not flavour.is_cloud:
        return
    contract = load_jira_contract(FOLDER / f"jira-cloud-v{flavour.version}.json")
    for each in log:
        if each.status and "/rest/api/" in each.path:
            contract.check_query(each.method, each.path, each.query)
            contract.check_exchange(each.method, each.path, each.status, each.request, each.answer)


class JiraContract(AdapterContract):
    """Each test ends with a look at everything that was sent and answered in it."""

    flavour = CLOUD

    @pytest.fixture
    def rig(self) -> Iterator[JiraRig]:
        with JiraRig(self.flavour) as rig:
            yield rig
        judge(self.flavour, rig.sandbox.log)


class TestCloud(JiraContract):
    """REST version 3, with documents."""


class TestCloudV2(JiraContract):
    """REST version 2, with wiki text."""

    flavour = CLOUD_V2


class TestDataCenter(JiraContract):
    """REST version 2: pages by time, markers one by one."""

    flavour = DATA_CENTER


def test_the_descriptions_that_the_traffic_is_judged_by_are_there() -> None:
    if not ARE_THERE and not os.environ.get("CI"):
        pytest.skip(f"no official descriptions in {FOLDER}; TRACK_CONTRACTS names another folder")
    assert ARE_THERE


@pytest.mark.skipif(not ARE_THERE, reason="no official descriptions")
@pytest.mark.parametrize(
    "wrong",
    [
        Exchange(method="POST", path="/jira/rest/api/3/invented", host="", authorized=True, status=200),
        Exchange(method="GET", path="/jira/rest/api/3/myself", host="", authorized=True, query="no=1", status=200),
        Exchange(
            method="POST", path="/jira/rest/api/3/search/jql", host="", authorized=True, status=200,
            request=b'{"jql": 1}', answer=b"{}",
        ),
    ],
    ids=["no such route", "no such parameter", "wrong body"],
)  # fmt: skip
def test_the_judge_sees_what_atlassian_does_not_describe(wrong: Exchange) -> None:
    with pytest.raises(Violation):
        judge(CLOUD, [wrong])


@pytest.mark.parametrize("flavour", [CLOUD, CLOUD_V2, DATA_CENTER])
def test_every_kind_of_request_is_judged(flavour: Flavour) -> None:
    """What the suite leaves out: the check of `track doctor`, people by name, the recall."""
    with JiraRig(flavour) as rig:
        known = followed(rig, "Item")
        rig.adapter.change(known.id, known.ref, Patch(comment="A note", add_labels=("x",), due=None))
        assert seen(rig, known.ref).labels == ("follow-through", "x")
        assert [check.name for check in rig.adapter.check() if not check.ok] == []
        assert rig.adapter.people(["dev@example.com", "nobody@example.com"]) == {"dev@example.com": "dev"}
        assert list(rig.adapter.recall()) == []
        judge(flavour, rig.sandbox.log)
