"""What to list, what to look at again, and what an absence means."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from sync.port import Absence, RemoteEvent, RemoteState
from sync.pull import OVERLAP, describe_absences, plan_absences, plan_pull, plan_refresh
from sync.snapshot import build_snapshot
from tests.make import NOW, a_remote, an_issue, at
from tracker.model import Issue, Status
from tracker.store.journal import SyncState

DAY = timedelta(days=1)
SYNCED = SyncState(tracker="payments", watermark=at(-0.1), full_at=at(-0.5))


def test_the_first_run_lists_everything() -> None:
    plan = plan_pull(SyncState(tracker="payments"), NOW, full=False, full_every=DAY)
    assert (plan.full, plan.since, plan.resumes) == (True, None, None)


def test_a_later_run_lists_what_changed_since_the_watermark_less_an_overlap() -> None:
    plan = plan_pull(SYNCED, NOW, full=False, full_every=DAY)
    assert (plan.full, plan.since) == (False, at(-0.1) - OVERLAP)


def test_a_full_run_is_due_when_asked_or_when_the_last_is_too_old() -> None:
    assert plan_pull(SYNCED, NOW, full=True, full_every=DAY).since is None
    assert plan_pull(SYNCED, at(0.6), full=False, full_every=DAY).full


def test_a_run_that_was_cut_short_is_gone_on_with() -> None:
    cut = msgspec.structs.replace(SYNCED, partial_full=True, partial_started=at(-0.01), partial_reached=at(-3))
    for full in (True, False):
        plan = plan_pull(cut, NOW, full=full, full_every=DAY)
        assert (plan.full, plan.since, plan.resumes) == (True, at(-3) - OVERLAP, at(-0.01))


@pytest.mark.parametrize(
    "cut",
    [
        {"partial_full": False, "partial_started": at(-0.01), "partial_reached": at(-3)},  # asked for less
        {"partial_full": True, "partial_started": at(-2), "partial_reached": at(-3)},  # too long ago
        {"partial_full": True, "partial_started": at(-0.01)},  # reached nothing
    ],
)
def test_a_full_run_does_not_build_on_one_that_asked_for_less_or_is_too_old(cut: dict[str, object]) -> None:
    plan = plan_pull(msgspec.structs.replace(SYNCED, **cut), NOW, full=True, full_every=DAY)
    assert (plan.since, plan.resumes) == (None, None)


def test_strays_and_unlisted_issues_are_looked_at_again_each_once() -> None:
    stray, both, unlisted = (an_issue(id=f"host:{n}") for n in (1, 2, 3))
    assert plan_refresh([stray, both], [both, unlisted]) == [stray, both, unlisted]


def missing(issue: Issue, *whys: Absence) -> Issue:
    for why in whys:
        changed = plan_absences([(issue, why)], known=10)
        issue = changed[0] if changed else issue
    return issue


def test_an_issue_is_missing_after_two_strikes_only() -> None:
    assert missing(an_issue(), Absence.DELETED).status is Status.OPEN
    assert missing(an_issue(), Absence.DELETED, Absence.NOT_FOUND).status is Status.MISSING


def test_an_issue_that_moved_where_nobody_can_read_is_moved() -> None:
    assert missing(an_issue(), Absence.MOVED_AWAY).status is Status.MOVED


def test_not_being_readable_just_now_decides_nothing() -> None:
    assert missing(an_issue(), Absence.UNSURE, Absence.UNSURE, Absence.UNSURE) == an_issue()


def test_a_mass_absence_is_lost_access_not_deletion() -> None:
    absent = [(an_issue(id=f"host:{n}", strikes=1), Absence.NOT_FOUND) for n in range(6)]
    assert plan_absences(absent, known=10) == []
    assert "lost access" in describe_absences(absent, known=10)[0]
    assert len(plan_absences(absent, known=100)) == 6


def test_what_became_of_an_issue_is_said_once() -> None:
    gone = an_issue(strikes=1)
    assert describe_absences([(gone, Absence.DELETED)], known=9) == ["acme/payments#1 is missing (deleted)"]
    already = an_issue(strikes=2, status=Status.MISSING)
    assert describe_absences([(already, Absence.DELETED)], known=9) == []


def events(*states: RemoteState) -> tuple[RemoteEvent, ...]:
    return tuple(RemoteEvent(id=f"e{n}", at=at(n - 10), state=state) for n, state in enumerate(states))


CLOSED, OPEN = RemoteState(closed=True, reason="completed"), RemoteState(closed=False)


def test_reopening_is_history() -> None:
    snapshot = build_snapshot(a_remote(history=events(CLOSED, OPEN, CLOSED), state=CLOSED, closed=at(-8)), "payments")
    assert [t.to for t in snapshot.transitions] == [Status.DONE, Status.OPEN, Status.DONE]


def test_a_replay_always_ends_where_the_issue_is() -> None:
    duplicate = RemoteState(closed=True, reason="duplicate")
    snapshot = build_snapshot(a_remote(history=events(CLOSED), state=duplicate, closed=at(-10)), "payments")
    assert [(t.to, t.source) for t in snapshot.transitions] == [(Status.DUPLICATE, "e0")]
    silent = build_snapshot(a_remote(state=CLOSED, closed=at(-2)), "payments")
    assert [(t.to, t.at) for t in silent.transitions] == [(Status.DONE, at(-2))]
    reopened = build_snapshot(a_remote(history=events(CLOSED), updated=at(-1)), "payments")
    assert [t.to for t in reopened.transitions] == [Status.DONE, Status.OPEN]


def test_the_followed_label_counts_in_any_case() -> None:
    assert build_snapshot(a_remote(labels=("Follow-Through",)), "payments").followed
    assert not build_snapshot(a_remote(labels=("follow",)), "payments").followed
