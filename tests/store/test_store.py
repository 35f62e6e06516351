"""The store: one file, each verb one transaction, the same facts whatever the order."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from sync.marker import digest
from tests.make import NOW, a_commitment, a_header, a_review, an_issue, an_item, at
from tracker.errors import InvalidInput
from tracker.migrations import steps
from tracker.model import (
    Confidence,
    DueMove,
    Evidence,
    EvidenceKind,
    Facts,
    Horizon,
    Kind,
    Proposal,
    Review,
    Snapshot,
    Status,
    Transition,
)
from tracker.store import Store, open_store
from tracker.store.connection import SCHEMA_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "track.db") as opened:
        yield opened


RICH = a_commitment(
    an_item(horizon=Horizon.SYSTEMIC, kind=Kind.PREVENT, conditions=("a", "b")),
    moves=(DueMove(at=at(-3), before=at(1).date(), to=at(9).date()),),
    first_due=at(1).date(),
    digest=digest("text"),
)
SNAPSHOT = Snapshot(
    issue=an_issue(status=Status.DONE, closed=at(-1), assignees=("pia",), labels=("x", "y"), due=at(3).date()),
    transitions=(Transition(source="e1", at=at(-1), to=Status.DONE, actor="pia"),),
    evidence=(Evidence(kind=EvidenceKind.COMMIT, url="https://a.example/c", at=at(-1), author="pia", title="Fix"),),
    commitments=(RICH,),
)


def test_confidence_scores_are_kept_with_their_review(store: Store) -> None:
    scores = (Confidence(role="support", score=4, on=at(-3).date()), Confidence(role="product", score=2))
    review = a_header(confidence=scores)
    store.save_document(Review(header=review), (), NOW)
    assert [kept.confidence for kept in store.load_facts().reviews] == [scores]


def test_everything_that_was_kept_is_read_back(store: Store) -> None:
    store.save_snapshots([SNAPSHOT], NOW)
    facts = store.load_facts()
    (tracked,) = facts.items
    assert facts.reviews == (a_header(),)
    assert tracked.issue == SNAPSHOT.issue
    assert tracked.evidence == (msgspec.structs.replace(SNAPSHOT.evidence[0], seen_at=NOW),)
    assert tracked.item == msgspec.structs.replace(RICH.item, due=SNAPSHOT.issue.due)
    assert (tracked.first_due, tracked.moves, tracked.committed) == (RICH.first_due, RICH.moves, RICH.committed)
    (transition,) = tracked.transitions
    assert transition == msgspec.structs.replace(SNAPSHOT.transitions[0], seen_at=NOW)


def test_the_time_a_change_was_first_seen_never_moves(store: Store) -> None:
    store.save_snapshots([SNAPSHOT], NOW)
    store.save_snapshots([SNAPSHOT], at(5))
    assert store.load_facts().items[0].transitions[0].seen_at == NOW


def test_evidence_that_was_taken_back_is_gone(store: Store) -> None:
    store.save_snapshots([SNAPSHOT], NOW)
    store.save_snapshots([msgspec.structs.replace(SNAPSHOT, evidence=())], NOW)
    assert store.load_facts().items[0].evidence == ()


def twin(number: int, status: Status = Status.OPEN, title: str = "") -> Snapshot:
    issue = an_issue(id=f"host:{number}", number=number, ref=f"acme/payments#{number}", status=status)
    return Snapshot(issue=issue, commitments=(a_commitment(an_item(title=title or f"as in {number}")),))


@settings(max_examples=40, deadline=None)
@given(order=st.permutations([twin(9), twin(4), twin(12), twin(2, Status.DUPLICATE)]), cut=st.integers(0, 4))
def test_the_lowest_live_number_stands_for_an_item_in_whatever_order_it_was_read(
    order: list[Snapshot], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_store(tmp_path_factory.mktemp("s") / "track.db") as store:
        for page in (order[:cut], order[cut:]):
            store.save_snapshots(page, NOW)
        (tracked,) = store.load_facts().items
        assert tracked.issue is not None
        assert (tracked.issue.number, tracked.item.title) == (4, "as in 4")
        assert [issue.number for _c, issue in store.commitments("INC-1")["INC-1/A1"]] == [4, 9, 12, 2]


def test_one_issue_may_stand_for_items_of_several_reviews(store: Store) -> None:
    other = a_commitment(review=a_header(id="INC-2"), pushed=at(-2))
    store.save_snapshots([msgspec.structs.replace(SNAPSHOT, commitments=(RICH, other))], NOW)
    assert [t.key for t in store.load_facts().items] == ["INC-1/A1", "INC-2/A1"]
    assert [c.key for c in store.commitments_on("host:1")] == ["INC-1/A1", "INC-2/A1"]


def test_the_latest_pushed_header_of_a_review_wins(store: Store) -> None:
    new = a_commitment(an_item(id="A2"), review=a_header(title="New"), pushed=at(-1))
    old = a_commitment(review=a_header(title="Old"), pushed=at(-2))
    for order in ((new, old), (old, new)):
        for number, commitment in enumerate(order, start=1):
            issue = an_issue(id=f"host:{commitment.item.id}", number=number)
            store.save_snapshots([Snapshot(issue=issue, commitments=(commitment,))], NOW)
        assert store.load_facts().reviews[0].title == "New"


def test_a_transferred_issue_takes_its_item_history_and_evidence_along(store: Store) -> None:
    store.save_snapshots([SNAPSHOT], NOW)
    moved = msgspec.structs.replace(SNAPSHOT.issue, id="host:77", ref="acme/platform#7", number=7)
    snapshot = Snapshot(issue=moved, evidence=SNAPSHOT.evidence, moved_from="host:1")
    store.save_snapshots([snapshot], NOW)
    (tracked,) = store.load_facts().items
    assert tracked.issue is not None
    assert tracked.issue.ref == "acme/platform#7"
    assert len(tracked.transitions) == 1
    assert tracked.issue.id == "host:77"


def test_a_transfer_into_an_issue_that_is_known_already_joins_the_two(store: Store) -> None:
    there = msgspec.structs.replace(SNAPSHOT.issue, id="host:77", ref="acme/platform#7", number=7)
    store.save_snapshots([SNAPSHOT, Snapshot(issue=there)], NOW)
    store.save_snapshots([Snapshot(issue=there, commitments=(RICH,), moved_from="host:1")], NOW)
    (tracked,) = store.load_facts().items
    assert tracked.issue is not None
    assert tracked.issue.id == "host:77"


def test_missing_and_found_again_are_both_history(store: Store) -> None:
    store.save_snapshots([twin(1)], at(-3))
    lost = msgspec.structs.replace(an_issue(), status=Status.MISSING, strikes=2, note="deleted")
    store.save_absence(lost, at(-2))
    store.save_snapshots([twin(1)], at(-1))
    (tracked,) = store.load_facts().items
    assert [(t.to, t.at) for t in tracked.transitions] == [(Status.MISSING, at(-2)), (Status.OPEN, at(-1))]
    assert tracked.issue is not None
    assert tracked.issue.strikes == 0


def test_a_document_adds_what_is_not_pushed_and_never_overrules_a_marker(store: Store) -> None:
    review = a_review(an_item(title="As written"), an_item(id="A2", title="Not pushed yet"), title="As written")
    review = msgspec.structs.replace(review, proposed=(Proposal(title="Someday"),))
    store.save_snapshots([SNAPSHOT], NOW)
    promised = [a_commitment(item) for item in review.items]
    store.save_document(review, promised, NOW)
    facts = store.load_facts()
    assert [(t.item.title, t.issue is None) for t in facts.items] == [
        (RICH.item.title, False),
        ("Not pushed yet", True),
    ]
    assert facts.reviews[0].title == "Checkout returned 5xx"
    assert facts.proposed == (("INC-1", "Someday"),)
    store.save_document(msgspec.structs.replace(review, items=()), [], NOW)
    assert [t.item.id for t in store.load_facts().items] == ["A1"]


def test_an_intent_stands_until_the_issue_is_known_or_it_is_withdrawn(store: Store) -> None:
    store.intend(["INC-1/A1"], "payments", NOW)
    store.intend(["INC-1/A2"], "payments", NOW)
    assert set(store.intents()) == {"INC-1/A1", "INC-1/A2"}
    store.withdraw(["INC-1/A2"])
    store.save_snapshots([SNAPSHOT], NOW)
    assert store.intents() == {}


def test_followed_and_stray_issues_are_told_apart(store: Store) -> None:
    stripped = msgspec.structs.replace(twin(2), followed=False)
    struck = msgspec.structs.replace(twin(3).issue, strikes=1)
    store.save_snapshots([twin(1), stripped, twin(3)], NOW, listed=NOW)
    store.save_absence(struck, NOW)
    assert store.count_followed("payments") == 1
    assert [issue.number for issue in store.strays("payments")] == [2, 3]


def test_an_issue_is_unlisted_where_no_list_since_then_showed_it(store: Store) -> None:
    def keep(number: int, listed: datetime | None, *, followed: bool = True) -> None:
        snapshot = Snapshot(issue=an_issue(id=f"host:{number}", number=number), followed=followed)
        store.save_snapshots([snapshot], NOW, listed=listed)

    keep(1, NOW)
    keep(2, at(-1))
    keep(3, None)
    keep(4, at(-1), followed=False)
    keep(5, NOW + timedelta(microseconds=1))
    assert [issue.number for issue in store.unlisted("payments", NOW)] == [2, 3]
    assert store.unlisted("another", NOW) == []


def test_a_page_is_kept_whole_or_not_at_all(store: Store) -> None:
    nameless = msgspec.structs.replace(SNAPSHOT.evidence[0], url=None)
    broken = msgspec.structs.replace(twin(2), evidence=(nameless,))
    with pytest.raises(sqlite3.IntegrityError):
        store.save_snapshots([twin(1), broken], NOW)
    assert store.load_facts() == Facts()


def test_the_store_knows_as_many_migrations_as_there_are() -> None:
    assert len(steps.pending(Database(memory=True))) == SCHEMA_STEPS


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with open_store(tmp_path / "deep" / "track.db") as store:
        assert store.path.stat().st_mode & 0o777 == 0o600
        assert store.check() == "ok"


def test_what_is_no_store_is_said_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "track.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(InvalidInput, match="not a sound store") as caught:
        open_store(path)
    assert "sync --full" in caught.value.hint


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "track.db"
    open_store(path).__exit__()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('track', 'm999', '')")
    connection.commit()
    connection.close()
    with pytest.raises(InvalidInput, match="newer"):
        open_store(path)


def test_a_machine_keeps_its_name(store: Store) -> None:
    assert store.machine() == store.machine() != ""
