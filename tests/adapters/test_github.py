"""The GitHub adapter passes the suite over the sandbox; all that it sends, and is answered, is as GitHub describes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sync.adapters import github_queries
from sync.port import Patch
from sync.sandbox.server import Exchange
from tests.adapters.github_rig import GitHubRig
from tests.adapters.judge import GraphQLJudge, judge_by
from tests.adapters.rig import seen
from tests.adapters.suite import AdapterContract
from tests.contract.checker import Violation, contracts_folder, load_graphql_contract, load_rest_contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.judge import Judge

FOLDER = contracts_folder()
ARE_THERE = all((FOLDER / name).exists() for name in ("github-rest.json", "github.graphql"))


@pytest.fixture(scope="module")
def judge() -> Judge:
    """GitHub's descriptions, where they are there; the test below says when they are not."""
    if not ARE_THERE:
        return lambda _log: None
    graphql = load_graphql_contract(FOLDER / "github.graphql")
    return judge_by(load_rest_contract(FOLDER / "github-rest.json"), GraphQLJudge(graphql))


@pytest.fixture
def rig(judge: Judge) -> Iterator[GitHubRig]:
    with GitHubRig() as rig:
        yield rig
    judge(rig.sandbox.log)


class TestGitHub(AdapterContract):
    """Each test ends with a look at everything that was sent and answered in it."""


def test_the_descriptions_that_the_traffic_is_judged_by_are_there() -> None:
    if not ARE_THERE and not os.environ.get("CI"):
        pytest.skip(f"no official descriptions in {FOLDER}; TRACK_CONTRACTS names another folder")
    assert ARE_THERE


@pytest.mark.skipif(not ARE_THERE, reason="no official descriptions")
@pytest.mark.parametrize(
    "wrong",
    [
        Exchange(method="POST", path="/api/graphql", host="", authorized=True, request=b'{"query": "{ invented }"}'),
        Exchange(
            method="POST",
            path="/api/graphql",
            host="",
            authorized=True,
            request=b'{"query": "query ($n: Int!) { rateLimit(dryRun: true) { cost } node(id: $n) { id } }"}',
        ),
        Exchange(method="PUT", path="/api/v3/repos/a/b/issues", host="", authorized=True, status=200),
    ],
    ids=["no such field", "wrong variable", "no such route"],
)
def test_the_judge_sees_what_github_does_not_describe(judge: Judge, wrong: Exchange) -> None:
    with pytest.raises(Violation):
        judge([wrong])


def test_every_kind_of_request_is_judged(rig: GitHubRig) -> None:
    """What the suite leaves out: the continued lists, and the check of `track doctor`."""
    ref = rig.open_issue("Long")
    for _turn in range(github_queries.INNER + 1):
        rig.close(ref)
        rig.reopen(ref)
        rig.comment(ref, "Hello", "dev")
    whole = seen(rig, ref)
    assert (len(whole.history), len(whole.comments)) == (2 * (github_queries.INNER + 1), github_queries.INNER + 1)
    assert all(check.ok for check in rig.adapter.check())
    rig.adapter.change(whole.id, whole.ref, Patch(add_labels=("größer & <b>",)))
    rig.adapter.change(whole.id, whole.ref, Patch(remove_labels=("größer & <b>",)))
    names = {each.operation for each in rig.sandbox.log if each.operation}
    assert names >= {"One", "Comments", "Timeline", "Access"}
