"""A decision survives every tracker to the letter: the fake, GitHub, and Jira in each of its forms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.decide import write_decision
from sync.decision_marker import build_decision, find_decisions
from sync.evidence import find_evidence
from sync.port import Patch
from sync.wording import render_evidence, render_waiver
from tests.adapters.github_rig import GitHubRig
from tests.adapters.jira_rig import CLOUD, CLOUD_V2, DATA_CENTER, JiraRig
from tests.adapters.rig import followed, seen
from tests.adapters.test_fake import FakeRig
from tests.adapters.test_jira import judge
from tests.make import at
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.rig import Rig

KEY = "INC-1/A1"
ODD = r"""`a` {b} <!-- x --> {{c}} https://x.example/a_b(c)?d=1&e#f \ \n "q" *s* _u_ [l|http://x] é 😀 :) !i! -->"""


def a_waiver(reason: str = ODD, by: str = "Ann {*} O'Neil") -> Waiver:
    return Waiver(at=at(), until=at(30).date(), reason=reason, by=by)


class DecisionContract:
    """What holds for every adapter."""

    def test_a_decision_comes_back_as_it_was_made(self, rig: Rig) -> None:
        issue = followed(rig, "Item")
        decision = build_decision(KEY, a_waiver())
        comment = write_decision(render_waiver(KEY, a_waiver()), decision)
        rig.adapter.change(issue.id, issue.ref, Patch(comment=comment, add_labels=("waived",)))
        after = seen(rig, issue.ref)
        (found,) = find_decisions(after)
        assert (found.id, found.item) == (decision.id, KEY)
        assert msgspec.structs.replace(found.made, at=at()) == decision.made
        assert abs(found.made.at - rig.now()) < timedelta(minutes=1)
        assert "waived" in after.labels
        assert "Waived until" in after.comments[0].body

    def test_nobody_else_decides(self, rig: Rig) -> None:
        issue = followed(rig, "Item")
        rig.comment(issue.ref, write_decision("Waived.", build_decision(KEY, a_waiver("no need"))), "stranger")
        assert find_decisions(seen(rig, issue.ref)) == ()

    def test_what_a_person_pastes_counts_like_what_was_sent(self, rig: Rig) -> None:
        issue = followed(rig, "Item")
        decision = build_decision(KEY, a_waiver("no need"))
        rig.comment(issue.ref, write_decision("Waived.", decision), "dev")
        assert [each.id for each in find_decisions(seen(rig, issue.ref))] == [decision.id]

    @pytest.mark.parametrize("url", ["https://wiki.example/a_b(c)/*d*?e=f&g=%20h#i", "https://x.example/~me/-/x--y"])
    def test_a_link_is_found_as_evidence(self, rig: Rig, url: str) -> None:
        issue = followed(rig, "Item")
        rig.adapter.change(issue.id, issue.ref, Patch(comment=render_evidence(url, "Rehearsed on *3* May")))
        assert [piece.url for piece in find_evidence(seen(rig, issue.ref))] == [url]

    def test_what_is_no_change_has_no_state(self, rig: Rig) -> None:
        assert not rig.adapter.hosts("https://wiki.example/runbook")
        assert rig.adapter.changes([]) == {}


class TestFake(DecisionContract):
    @pytest.fixture
    def rig(self) -> FakeRig:
        return FakeRig()


class TestGitHub(DecisionContract):
    @pytest.fixture
    def rig(self) -> Iterator[GitHubRig]:
        with GitHubRig() as rig:
            yield rig


class TestJira(DecisionContract):
    @pytest.fixture(params=[CLOUD, CLOUD_V2, DATA_CENTER], ids=["v3", "v2", "dc"])
    def rig(self, request: pytest.FixtureRequest) -> Iterator[JiraRig]:
        with JiraRig(request.param) as rig:
            yield rig
        judge(request.param, rig.sandbox.log)
