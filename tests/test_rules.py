"""Where an item stands at a time, what is late, what proves it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from tests.make import NOW, a_commitment, an_issue, an_item, at
from tracker.model import DueMove, Evidence, EvidenceKind, Status, TrackedItem, Transition
from tracker.rules import (
    accepted_evidence,
    due_from_slo,
    follow_due,
    is_overdue,
    slug,
    standing_at,
    status_at,
)


def tracked(*moves: tuple[float, Status], **fields: Any) -> TrackedItem:
    item = TrackedItem(
        review_id="INC-1",
        item=an_item(),
        committed=a_commitment().committed,
        first_due=date(2026, 10, 18),
        issue=an_issue(status=moves[-1][1] if moves else Status.OPEN),
        transitions=tuple(Transition(source=f"e{n}", at=at(days), to=to) for n, (days, to) in enumerate(moves)),
    )
    return msgspec.structs.replace(item, **fields)


def test_an_item_is_not_pushed_until_its_issue_exists() -> None:
    assert status_at(tracked(issue=None), NOW) is Status.NOT_PUSHED
    assert status_at(tracked(), at(-14.1)) is Status.NOT_PUSHED
    assert status_at(tracked(), at(-13.9)) is Status.OPEN


def test_without_an_issue_the_document_s_word_stands() -> None:
    for said, standing in (
        (Status.DONE, Status.DONE),
        (Status.NOT_PLANNED, Status.NOT_PLANNED),
        (Status.OPEN, Status.NOT_PUSHED),
        (None, Status.NOT_PUSHED),
    ):
        item = tracked(issue=None, item=an_item(status=said, due=date(2026, 10, 1)))
        assert status_at(item, NOW) is standing
        assert standing_at(item, NOW)[1] is None
        assert is_overdue(item, NOW, NOW.date()) == standing.is_live


def test_history_is_replayed_to_the_moment_asked_for() -> None:
    item = tracked((-9, Status.DONE), (-7, Status.OPEN), (-2, Status.NOT_PLANNED))
    seen = [status_at(item, at(days)) for days in (-10, -9, -8, -6, -1)]
    assert seen == [Status.OPEN, Status.DONE, Status.DONE, Status.OPEN, Status.NOT_PLANNED]


def test_in_progress_is_only_known_for_the_present() -> None:
    item = tracked(issue=an_issue(status=Status.IN_PROGRESS))
    assert status_at(item, NOW) is Status.IN_PROGRESS
    later = tracked((-9, Status.DONE), (-2, Status.OPEN), issue=an_issue(status=Status.IN_PROGRESS))
    assert status_at(later, at(-10)) is Status.OPEN


def test_a_close_that_is_said_twice_happened_the_first_time() -> None:
    assert standing_at(tracked((-9, Status.DONE), (-2, Status.DONE)), NOW) == (Status.DONE, at(-9))


def test_the_completion_that_stands_is_the_last_one() -> None:
    item = tracked((-9, Status.DONE), (-7, Status.OPEN), (-2, Status.DONE))
    assert standing_at(item, NOW) == (Status.DONE, at(-2))
    assert standing_at(item, at(-8)) == (Status.DONE, at(-9))
    assert standing_at(item, at(-6)) == (Status.OPEN, at(-7))


def test_evidence_counts_from_its_day_and_when_its_kind_is_accepted() -> None:
    piece = Evidence(kind=EvidenceKind.COMMENT_LINK, url="https://a.example/x", at=at(-2))
    item = tracked(evidence=(piece,))
    assert accepted_evidence(item, NOW, frozenset(EvidenceKind)) == (piece,)
    assert accepted_evidence(item, at(-3), frozenset(EvidenceKind)) == ()
    assert accepted_evidence(item, NOW, frozenset({EvidenceKind.COMMIT})) == ()


def test_overdue_is_live_and_past_its_present_due_date() -> None:
    item = tracked(item=an_item(due=NOW.date() - timedelta(days=1)))
    assert is_overdue(item, NOW, NOW.date())
    assert not is_overdue(item, NOW, NOW.date() - timedelta(days=1))
    done = tracked((-1, Status.DONE), item=an_item(due=NOW.date() - timedelta(days=5)))
    assert not is_overdue(done, NOW, NOW.date())


def test_a_due_date_follows_from_the_severity() -> None:
    slo = {"sev1": timedelta(days=14), "default": timedelta(days=60)}
    assert due_from_slo("SEV1", date(2026, 10, 5), slo) == date(2026, 10, 19)
    assert due_from_slo("sev3", date(2026, 10, 5), slo) == date(2026, 12, 4)
    assert due_from_slo("sev3", date(2026, 10, 5), {}) is None


def test_a_slug_joins_words_with_single_hyphens() -> None:
    assert slug("  Retry storm (client_side)!") == "retry-storm-client-side"
    assert slug("設定 の 検証") == "設定-の-検証"


def a_move(days: float, before: date, to: date) -> DueMove:
    return DueMove(at=at(days), before=before, to=to)


FIRST, SECOND, THIRD = date(2026, 11, 1), date(2026, 11, 15), date(2026, 12, 1)


def test_the_due_date_of_the_issue_stands_and_its_moves_are_slips() -> None:
    moved = (a_move(-5, FIRST, SECOND), a_move(-1, SECOND, THIRD))
    item = follow_due(tracked(issue=an_issue(due=THIRD), first_due=FIRST, item=an_item(due=FIRST)), moved)
    assert (item.item.due, item.first_due, item.moves) == (THIRD, FIRST, moved)


def test_a_move_that_was_pushed_and_that_the_tracker_saw_counts_once() -> None:
    pushed = (a_move(-5.1, FIRST, SECOND), a_move(-2, SECOND, THIRD))
    seen = (a_move(-5, FIRST, SECOND),)
    item = follow_due(tracked(issue=an_issue(due=THIRD), first_due=FIRST, moves=pushed), seen)
    assert item.moves == (seen[0], pushed[1])


def test_a_date_that_was_taken_away_is_no_release_from_the_promise() -> None:
    item = follow_due(tracked(issue=an_issue(due=None), item=an_item(due=SECOND)), (a_move(-5, FIRST, SECOND),))
    assert (item.item.due, len(item.moves)) == (SECOND, 1)


def test_the_first_date_that_an_issue_was_given_is_the_promise_where_the_review_gave_none() -> None:
    bare = tracked(issue=an_issue(due=SECOND), first_due=None, item=an_item(due=None))
    assert follow_due(bare, ()).first_due == SECOND
    assert follow_due(bare, (a_move(-5, FIRST, SECOND),)).first_due == FIRST


def test_a_tracker_without_due_dates_changes_nothing() -> None:
    item = tracked()
    assert follow_due(item, ()) is item
    assert follow_due(tracked(issue=None), ()).issue is None
