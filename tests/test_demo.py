"""The demo shows every standing an item can have, on GitHub and on Jira, and leaves a folder that works."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from reports.aims import Stood
from reports.helped import Verdict
from reports.incidents import build_incidents
from reports.render import Format, render
from reports.weekly import WeeklyReport, build_weekly
from sync.sandbox.server import Sandbox
from sync.sandbox.state import load_state
from sync.sandbox.world import World
from tests.cli import run
from tests.make import NOW
from tracker.app import App
from tracker.demo.stage import STATE, prepare_folder
from tracker.errors import UsageProblem
from tracker.model import EvidenceKind, Facts, Status, TrackedItem
from tracker.rules import status_at
from tracker.runs.basis import load_basis

if TYPE_CHECKING:
    from pathlib import Path

ENV = {"PATH": "/usr/bin:/bin"}


class Played(NamedTuple):
    """A demo that was run: what it printed, and what it left."""

    printed: str
    app: App
    facts: Facts

    @property
    def folder(self) -> Path:
        return self.app.config.path.parent

    def item(self, key: str) -> TrackedItem:
        return next(tracked for tracked in self.facts.items if tracked.key == key)

    def ref(self, key: str) -> str:
        issue = self.item(key).issue
        return issue.ref if issue else ""

    def report(self) -> WeeklyReport:
        return build_weekly(self.facts, NOW, load_basis(self.app.config))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo")
    ran = run(["demo", "--dir", "demo"], App(env=ENV, cwd=folder, now=lambda: NOW))
    assert ran.code == 0, ran.err
    app = App(str(folder / "demo" / "config.toml"), env=ENV, now=lambda: NOW)
    with app.store() as store:
        return Played(ran.out, app, store.load_facts())


OLD = {"INC-002", "INC-004", "INC-009", "INC-010", "INC-012"}
"""The reviews of earlier in the year, all of whose items are done."""


def test_the_year_leaves_items_in_every_standing(played: Played) -> None:
    standing = {tracked.key: status_at(tracked, NOW) for tracked in played.facts.items}
    assert {status for key, status in standing.items() if key[:7] in OLD} == {Status.DONE}
    assert {key: status for key, status in standing.items() if key[:7] not in OLD} == {
        "INC-017/A1": Status.DONE,
        "INC-017/A2": Status.OPEN,
        "INC-017/A3": Status.DONE,
        "INC-017/A4": Status.NOT_PLANNED,
        "INC-017/A5": Status.DONE,
        "INC-019/B1": Status.DONE,
        "INC-019/B2": Status.DONE,
        "INC-019/B3": Status.NOT_PLANNED,
        "INC-019/B4": Status.DONE,
        "INC-021/C1": Status.OPEN,
        "INC-021/C2": Status.DONE,
        "INC-021/C3": Status.MISSING,
        "INC-021/C4": Status.DONE,
        "INC-024/D1": Status.DONE,
        "INC-024/D2": Status.IN_PROGRESS,
        "INC-024/D3": Status.OPEN,
        "INC-028/E1": Status.IN_PROGRESS,
        "INC-028/E2": Status.OPEN,
        "INC-028/E3": Status.OPEN,
        "INC-031/F1": Status.OPEN,
        "INC-031/F2": Status.IN_PROGRESS,
    }


def test_each_kind_of_evidence_is_found_and_some_closed_items_have_none(played: Played) -> None:
    done = {tracked.key: tracked.evidence for tracked in played.facts.items if status_at(tracked, NOW) is Status.DONE}
    assert all(evidence for key, evidence in done.items() if key[:7] in OLD)
    done = {key: evidence for key, evidence in done.items() if key[:7] not in OLD}
    assert {key: [piece.kind for piece in evidence] for key, evidence in done.items()} == {
        "INC-017/A1": [EvidenceKind.MERGED_PULL_REQUEST],
        "INC-017/A3": [],
        "INC-017/A5": [EvidenceKind.COMMENT_LINK],
        "INC-019/B1": [EvidenceKind.REMOTE_LINK],
        "INC-019/B2": [EvidenceKind.COMMENT_LINK],
        "INC-019/B4": [],
        "INC-021/C2": [EvidenceKind.MERGED_PULL_REQUEST],
        "INC-021/C4": [EvidenceKind.COMMIT],
        "INC-024/D1": [EvidenceKind.REMOTE_LINK],
    }


def test_both_trackers_were_synced_at_the_end(played: Played) -> None:
    states = {state.name: (state.last_good_sync, state.last_error) for state in played.facts.trackers}
    assert states == {"payments": (NOW, ""), "platform": (NOW, "")}
    assert [line.tracker for line in played.report().freshness] == ["payments", "platform"]


def test_the_reviews_are_on_both_trackers(played: Played) -> None:
    where: dict[str, set[str]] = {}
    for tracked in played.facts.items:
        assert tracked.issue is not None
        where.setdefault(tracked.issue.tracker, set()).add(tracked.review_id)
    assert where == {
        "payments": {"INC-017", "INC-021", "INC-031"} | OLD,
        "platform": {"INC-019", "INC-024", "INC-028"},
    }


def test_an_owner_is_assigned_by_their_account_on_either_tracker(played: Played) -> None:
    lead = [tracked for tracked in played.facts.items if tracked.item.owner == "platform-lead"]
    assert {tracked.issue.tracker for tracked in lead if tracked.issue} == {"payments", "platform"}
    assert {tracked.issue.assignees for tracked in lead if tracked.issue} == {("paul",)}


def test_an_issue_that_moved_is_followed_under_its_new_name(played: Played) -> None:
    assert played.ref("INC-021/C1") == "acme/tools#1"
    assert played.ref("INC-024/D3") == "CAT-1"


def test_an_item_of_jira_that_was_reopened_keeps_its_history(played: Played) -> None:
    history = [transition.to for transition in played.item("INC-024/D1").transitions]
    assert history == [Status.DONE, Status.OPEN, Status.DONE]


def test_a_due_date_moved_in_jira_is_a_slip_and_the_first_date_is_kept(played: Played) -> None:
    slipped, today = played.item("INC-024/D2"), NOW.date()
    promised, now_due = today - timedelta(days=20), today + timedelta(days=9)
    assert (slipped.first_due, slipped.item.due) == (promised, now_due)
    assert [(move.before, move.to) for move in slipped.moves] == [(promised, now_due)]
    assert slipped.moves[0].at.date() == today - timedelta(days=23)


def test_a_due_date_moved_in_the_document_is_one_too(played: Played) -> None:
    slipped, today = played.item("INC-021/C1"), NOW.date()
    assert (slipped.first_due, slipped.item.due) == (today - timedelta(days=38), today - timedelta(days=12))


def test_a_review_that_asks_again_shares_the_issue_it_names(played: Played) -> None:
    assert played.ref("INC-031/F1") == played.ref("INC-017/A2") == "acme/payments#18"
    assert played.ref("INC-028/E1") == played.ref("INC-024/D2") == "PLAT-6"


@pytest.mark.parametrize("layout", [layout for layout in Format if layout is not Format.CSV])
def test_one_report_tells_of_both_trackers(played: Played, layout: Format) -> None:
    text = render(played.report(), layout).replace("\\", "")
    for told in ("dns-change", "certificate-expiry", "INC-017/A2", "INC-024/D2", "PLAT-6", "CAT-1", "platform"):
        assert told in text


def test_decisions_and_slips_stand_beside_each_other_whatever_the_tracker(played: Played) -> None:
    report = played.report()
    assert {"payments", "platform"} <= {decision.team for decision in report.decisions}
    back = [one.incident_class for one in report.recurrence.listed]
    assert back[:4] == ["dns-change", "config-rollout", "database-failover", "certificate-expiry"]
    assert [slip.key for slip in report.slipped.first] == ["INC-024/D2", "INC-021/C1"]
    assert [item.key for item in report.reopened.first] == ["INC-024/D1", "INC-021/C2"]


def test_every_section_of_the_report_has_something_in_it(played: Played) -> None:
    report = played.report()
    assert len(report.decisions) == 7
    assert {Stood.UNFINISHED, Stood.FINISHED, Stood.NONE} <= {stood for stood, _count in report.recurrence.roll_up}
    assert report.helped.pooled is not None
    assert [(one.name, one.label) for one in report.helped.renames] == [("queue-backlog", "message-queue-backlog")]
    assert all(group for group in (report.by_class, report.by_team, report.by_condition, report.by_kind))
    assert report.times.to_proof.median is not None
    assert report.times.cohorts
    assert len(report.times.weeks) == 12
    assert all((report.overdue.total, report.slipped.total, report.lost.total, report.reopened.total))
    assert report.checkpoints.total
    assert any(pace.p_faster is not None for pace in report.detection)
    assert [role.role for role in report.confidence if role.top is not None] == ["on-call"]
    assert [state.tracker for state in report.feeds] == ["ops"]
    assert [one.id for one in report.restated.incidents] == ["PAY-88"]


def test_what_people_recorded_is_in_the_report(played: Played) -> None:
    report = played.report()
    (waived,) = report.waived.first
    assert (waived.key, waived.until) == ("INC-028/E3", NOW.date() + timedelta(days=130))
    assert waived.reason == "Single sign-on moves to another vendor in spring"
    asked = [asked for point in report.checkpoints.first for asked in point.questions if asked.answer]
    assert [(one.key, one.answer, one.note) for one in asked] == [
        ("C2", "no", "The last failover still took somebody who knew it")
    ]
    assert [one.key for one in report.answers.items.first] == ["INC-021/C2"]
    page = (played.folder / "report.html").read_text(encoding="utf-8")
    assert "Single sign-on moves to another vendor in spring" in page
    assert "the head of platform" not in page


def test_one_issue_was_reminded_and_the_report_delivered_once(played: Played) -> None:
    with played.app.store() as store:
        heard = store.load_heard()
    assert [nudged.item for said in heard.said.values() for nudged in said] == ["INC-017/A2"]
    assert "  nudge   acme/payments#18 (INC-017/A2): reminded\n" in played.printed
    assert "  report  archive: delivered as a file in delivered\n" in played.printed
    (delivered,) = (played.folder / "delivered").iterdir()
    assert "Follow-through report" in delivered.read_text(encoding="utf-8")


def test_the_demo_has_a_class_for_each_answer_to_did_it_help(played: Played) -> None:
    verdicts = {one.name: one.verdict for one in played.report().helped.classes}
    assert set(verdicts.values()) == set(Verdict) - {Verdict.CAME_BACK}
    assert verdicts["queue-backlog"] is Verdict.NOT_SEEN
    assert verdicts["dns-change"] is Verdict.WORSE


def test_one_incident_told_of_by_a_review_and_a_feed_is_one(played: Played) -> None:
    basis = load_basis(played.app.config)
    reviews = {review.id: review for review in played.facts.reviews}
    known = build_incidents(played.facts, reviews, NOW, basis).by_review
    assert known["INC-004"].sources == ("review", "ops")


def test_what_is_printed_tells_the_story_of_both_and_where_to_look(played: Played) -> None:
    assert "  GitHub  acme/payments#21 (INC-017/A5): a comment links the evidence; closed\n" in played.printed
    assert "  push    PLAT-1 to PLAT-4 (INC-019/B1 to B4): created\n" in played.printed
    assert "  Jira    PLAT-6 (INC-024/D2): put into In Review\n" in played.printed
    for key in ("INC-031/F1", "INC-028/E1"):
        issue = played.item(key).issue
        assert issue is not None
        assert f"  {issue.url}\n" in played.printed.partition("Try next:")[2]


def test_the_folder_works_on_when_the_sandbox_is_brought_back(played: Played) -> None:
    folder = played.folder
    port = urlsplit(played.app.config.trackers["platform"].url).port or 0
    world = World(load_state(folder / STATE), clock=lambda: NOW)
    with Sandbox(world, port=port):
        app = App(str(folder / "config.toml"), env=ENV, now=lambda: NOW)
        reviews = [str(folder / "reviews" / f"{review}.md") for review in ("INC-031", "INC-028")]
        pushed = run(["push", "--yes", *reviews], app)
        checked = run(["doctor"], app)
    assert pushed.code == 0
    assert pushed.out.count("nothing to do") == 5
    assert checked.code == 0, checked.out


def test_the_reports_are_left_in_the_folder(played: Played) -> None:
    left = {path.name for path in played.folder.iterdir()}
    assert {"config.toml", "reviews", "track.db", "report.html", "report.md", "delivered", STATE} <= left
    assert "PLAT-6" in (played.folder / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "track.db").write_text("mine")
    with pytest.raises(UsageProblem, match="no demo made it"):
        prepare_folder(tmp_path)
    assert (tmp_path / "track.db").read_text() == "mine"


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "demo")
    (tmp_path / "demo" / "report.html").write_text("old")
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    prepare_folder(tmp_path / "demo")
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["notes.txt", "reviews", STATE]
