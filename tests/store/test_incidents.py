"""Incidents in the store: a version each time one differs, and when everything was first seen."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from tests.make import NOW, a_commitment, a_header, a_review, an_issue, an_item, at
from tracker.migrations import steps
from tracker.model import Evidence, EvidenceKind, Facts, Incident, Snapshot, TrackerState
from tracker.store import Store, connection, open_store
from tracker.store.journal import FeedState, SyncState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL = Incident(
    id="OPS-12",
    source="ops",
    title="Checkout down",
    url="https://tracker.example/browse/OPS-12",
    classes=("config-rollout", "dns"),
    conditions=("no-canary",),
    severity="sev1",
    service="checkout",
    team="payments",
    started=at(-9),
    day_only=True,
    assumed_start=True,
    detected=at(-8),
    mitigated=at(-7),
    names=("WEB-3",),
)
PIECE = Evidence(kind=EvidenceKind.COMMIT, url="https://a.example/c", at=at(-1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "track.db") as opened:
        yield opened


def told(number: int = 12, **fields: object) -> Incident:
    return msgspec.structs.replace(FULL, **({"id": f"OPS-{number}"} | fields))


def snapshot(*pieces: Evidence, **fields: object) -> Snapshot:
    return Snapshot(issue=an_issue(**fields), evidence=pieces, commitments=(a_commitment(),))


# Versions


def test_everything_of_an_incident_is_read_back(store: Store) -> None:
    assert store.save_incidents("ops", [FULL, Incident(id="OPS-13", source="ops")], NOW) == (2, 0)
    full, bare = store.load_facts().incidents
    assert full == msgspec.structs.replace(FULL, seen_at=NOW)
    assert bare == Incident(id="OPS-13", source="ops", seen_at=NOW)


def test_a_version_is_added_only_where_something_but_the_time_it_was_seen_differs(store: Store) -> None:
    store.save_incidents("ops", [told()], at(-3))
    assert store.save_incidents("ops", [told(seen_at=at(-9))], at(-2)) == (0, 0)
    assert store.save_incidents("ops", [told(title="Checkout slow"), told(13)], at(-1)) == (1, 1)
    assert [(one.id, one.title, one.seen_at) for one in store.load_facts().incidents] == [
        ("OPS-12", "Checkout down", at(-3)),
        ("OPS-12", "Checkout slow", at(-1)),
        ("OPS-13", "Checkout down", at(-1)),
    ]


def test_an_incident_that_is_as_it_was_before_the_last_change_is_a_version_again(store: Store) -> None:
    for day, title in ((-3, "a"), (-2, "b"), (-1, "a")):
        store.save_incidents("ops", [told(title=title)], at(day))
    assert [one.title for one in store.load_facts().incidents] == ["a", "b", "a"]


def test_the_same_id_in_two_sources_is_two_incidents(store: Store) -> None:
    store.save_incidents("ops", [told()], NOW)
    assert store.save_incidents("file:old.csv", [told(title="As filed")], NOW) == (1, 0)
    assert [(one.source, one.title) for one in store.load_facts().incidents] == [
        ("file:old.csv", "As filed"),
        ("ops", "Checkout down"),
    ]


def test_of_several_with_one_id_the_last_is_kept(store: Store) -> None:
    assert store.save_incidents("ops", [told(title="a"), told(title="b")], NOW) == (1, 0)
    assert [one.title for one in store.load_facts().incidents] == ["b"]


def test_two_readings_of_one_moment_leave_the_later_one(store: Store) -> None:
    store.save_incidents("ops", [told(title="a")], NOW)
    assert store.save_incidents("ops", [told(title="b")], NOW) == (0, 1)
    assert [(one.title, one.seen_at) for one in store.load_facts().incidents] == [("b", NOW)]


def test_a_clock_that_was_set_back_does_not_put_a_new_version_before_the_old_one(store: Store) -> None:
    store.save_incidents("ops", [told(title="a")], NOW)
    store.save_incidents("ops", [told(title="b")], at(-1))
    assert [(one.title, one.seen_at) for one in store.load_facts().incidents] == [
        ("a", NOW),
        ("b", NOW + timedelta(microseconds=1)),
    ]


def test_the_time_is_kept_in_utc_so_that_versions_sort(store: Store) -> None:
    here = timezone(timedelta(hours=9))
    store.save_incidents("ops", [told(title="a")], NOW.astimezone(here))
    store.save_incidents("ops", [told(title="b")], NOW + timedelta(hours=1))
    assert [one.title for one in store.load_facts().incidents] == ["a", "b"]


def test_a_page_of_incidents_is_kept_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.save_incidents("ops", [told(), told(13, title=None)], NOW)
    assert store.load_facts() == Facts()


def test_more_incidents_than_one_look_up_takes_are_all_compared(store: Store) -> None:
    many = [told(number) for number in range(1, 1202)]
    assert store.save_incidents("ops", many, at(-1)) == (1201, 0)
    assert store.save_incidents("ops", many, NOW) == (0, 0)
    assert len(store.incident_ids("ops")) == 1201


# Withdrawals


def test_an_incident_that_is_withdrawn_is_gone_and_keeps_its_past(store: Store) -> None:
    store.save_incidents("ops", [told(), told(13)], at(-1))
    assert store.withdraw_incidents("ops", ["OPS-12", "OPS-99"], NOW) == 1
    assert store.incident_ids("ops") == {"OPS-13"}
    shown, gone, _other = store.load_facts().incidents
    assert (shown.gone, shown.seen_at) == (False, at(-1))
    assert gone == msgspec.structs.replace(FULL, gone=True, seen_at=NOW)


def test_what_is_gone_is_withdrawn_once(store: Store) -> None:
    store.save_incidents("ops", [told()], at(-2))
    assert store.withdraw_incidents("ops", ["OPS-12"], at(-1)) == 1
    assert store.withdraw_incidents("ops", ["OPS-12"], NOW) == 0
    assert len(store.load_facts().incidents) == 2


def test_an_incident_that_comes_back_has_changed(store: Store) -> None:
    store.save_incidents("ops", [told()], at(-2))
    store.withdraw_incidents("ops", ["OPS-12"], at(-1))
    assert store.save_incidents("ops", [told()], NOW) == (0, 1)
    assert store.incident_ids("ops") == {"OPS-12"}


def test_the_ids_of_one_source_are_those_of_no_other(store: Store) -> None:
    store.save_incidents("ops", [told()], NOW)
    assert store.incident_ids("file:old.csv") == frozenset()


@settings(max_examples=30, deadline=None)
@given(readings=st.lists(st.dictionaries(st.integers(1, 4), st.sampled_from("ab"), max_size=4), max_size=5))
def test_the_last_version_is_what_was_read_last_and_no_two_neighbours_are_alike(
    readings: list[dict[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_store(tmp_path_factory.mktemp("s") / "track.db") as store:
        last: dict[str, str] = {}
        for day, reading in enumerate(readings):
            store.save_incidents("ops", [told(number, title=title) for number, title in reading.items()], at(day))
            last.update((f"OPS-{number}", title) for number, title in reading.items())
        versions = store.load_facts().incidents
        assert {one.id: one.title for one in versions} == last
        for one, following in pairwise(versions):
            assert one.id != following.id or one.title != following.title


# Names


def test_an_incident_that_is_called_otherwise_takes_the_place_of_what_it_was_called_before(store: Store) -> None:
    before = told(12, names=(), url="https://tracker.example/browse/OPS-12")
    now = msgspec.structs.replace(before, id="WEB-5", url="https://tracker.example/browse/WEB-5")
    assert store.save_incidents("ops", [before], at(-2), keys={"OPS-12": "10001"}) == (1, 0)
    for day, expected in ((-1, (0, 1)), (0, (0, 0))):
        assert store.save_incidents("ops", [now], at(day), keys={"WEB-5": "10001"}) == expected
    assert store.incident_ids("ops") == {"WEB-5"}
    assert [(one.id, one.gone, one.names) for one in store.load_facts().incidents] == [
        ("OPS-12", False, ()),
        ("OPS-12", True, ()),
        ("WEB-5", False, ("OPS-12", before.url)),
    ]


def test_an_incident_that_moves_back_is_known_by_both_names(store: Store) -> None:
    for day, name in ((-3, "OPS-12"), (-2, "WEB-5"), (-1, "OPS-12")):
        store.save_incidents("ops", [told(12, id=name, names=(), url="")], at(day), keys={name: "10001"})
    assert store.incident_ids("ops") == {"OPS-12"}
    assert [one.names for one in store.load_facts().incidents if one.id == "OPS-12"][-1] == ("WEB-5",)


def test_the_same_key_in_another_feed_is_another_incident(store: Store) -> None:
    store.save_incidents("ops", [told(12)], at(-2), keys={"OPS-12": "1"})
    store.save_incidents("web", [told(13)], at(-1), keys={"OPS-13": "1"})
    assert [set(store.incident_ids(feed)) for feed in ("ops", "web")] == [{"OPS-12"}, {"OPS-13"}]


def test_a_feed_that_is_forgotten_shows_nothing_and_files_are_left_alone(store: Store) -> None:
    store.save_incidents("ops", [told(12), told(13)], at(-2), keys={"OPS-12": "1"})
    store.save_incidents("file:x.csv", [told(12)], at(-2))
    for name in ("ops", "web"):
        store.save_feed_state(FeedState(tracker=name, last_good=NOW))
    assert store.feed_names() == ["ops", "web"]
    assert (store.forget_feed("ops", NOW), store.forget_feed("web", NOW)) == (2, 0)
    assert store.feed_names() == []
    assert [set(store.incident_ids(source)) for source in ("ops", "file:x.csv")] == [set(), {"OPS-12"}]
    assert store.load_facts().feeds == ()


# Feeds


def test_how_far_a_feed_was_read_is_kept_apart_from_the_trackers(store: Store) -> None:
    assert store.feed_state("ops") == FeedState(tracker="ops")
    state = FeedState(
        tracker="ops", watermark=at(-1), last_good=NOW, last_attempt=NOW, last_error="slow",
        digest="d", settled="s", missing=("OPS-1",),
    )  # fmt: skip
    store.save_feed_state(state)
    store.save_sync_state(SyncState(tracker="payments", last_good=at(-2)))
    assert store.feed_state("ops") == state
    facts = store.load_facts()
    assert facts.feeds == (TrackerState(name="ops", last_good_sync=NOW, last_attempt=NOW, last_error="slow"),)
    assert [tracker.name for tracker in facts.trackers] == ["payments"]


# When it was first seen


def test_evidence_keeps_the_time_it_was_first_seen_though_each_reading_replaces_it(store: Store) -> None:
    later = msgspec.structs.replace(PIECE, url="https://a.example/d")
    store.save_snapshots([snapshot(PIECE)], at(-2))
    store.save_snapshots([snapshot(msgspec.structs.replace(PIECE, title="Renamed"), later)], at(-1))
    (tracked,) = store.load_facts().items
    assert [(piece.title, piece.seen_at) for piece in tracked.evidence] == [("Renamed", at(-2)), ("", at(-1))]


def test_evidence_of_a_transferred_issue_keeps_the_time_it_was_first_seen(store: Store) -> None:
    store.save_snapshots([snapshot(PIECE)], at(-2))
    store.save_snapshots([msgspec.structs.replace(snapshot(PIECE, id="host:77"), moved_from="host:1")], at(-1))
    assert [piece.seen_at for piece in store.load_facts().items[0].evidence] == [at(-2)]


def test_evidence_keeps_the_time_it_was_first_seen_under_another_link_of_a_renamed_repository(store: Store) -> None:
    renamed = msgspec.structs.replace(PIECE, url="https://b.example/c")
    later = msgspec.structs.replace(PIECE, url="https://b.example/d", at=at(-0.5))
    store.save_snapshots([snapshot(PIECE)], at(-2))
    store.save_snapshots([snapshot(renamed, later)], NOW)
    assert [piece.seen_at for piece in store.load_facts().items[0].evidence] == [at(-2), NOW]
    other = msgspec.structs.replace(renamed, url="https://b.example/e")
    store.save_snapshots([snapshot(renamed, later, other)], NOW + timedelta(1))
    seen = {piece.url: piece.seen_at for piece in store.load_facts().items[0].evidence}
    assert seen[other.url] == NOW + timedelta(1)  # the one of that moment is there still: this is another


def test_an_item_keeps_the_time_it_was_first_seen_from_the_document_to_its_issue(store: Store) -> None:
    review = a_review()
    store.save_document(review, [a_commitment()], at(-3))
    store.save_document(review, [a_commitment()], at(-2))
    assert [tracked.seen_at for tracked in store.load_facts().items] == [at(-3)]
    store.save_snapshots([snapshot()], at(-1))
    assert [tracked.seen_at for tracked in store.load_facts().items] == [at(-3)]


def test_an_item_that_is_added_later_was_seen_later(store: Store) -> None:
    both = (an_item(), an_item(id="A2"))
    store.save_document(a_review(both[0]), [a_commitment(both[0])], at(-2))
    store.save_document(a_review(*both), [a_commitment(item) for item in both], at(-1))
    assert [tracked.seen_at for tracked in store.load_facts().items] == [at(-2), at(-1)]


def test_a_store_knows_since_when_it_knows_anything(store: Store) -> None:
    assert store.load_facts().known_since is None
    store.save_incidents("ops", [told()], at(-2))
    store.save_snapshots([snapshot()], at(-1))
    store.save_document(a_review(), [], NOW)
    assert store.load_facts().known_since == at(-2)


def test_a_store_that_is_built_again_has_seen_everything_then(tmp_path: Path) -> None:
    for name, when in (("old.db", at(-5)), ("new.db", NOW)):
        with open_store(tmp_path / name) as store:
            store.save_snapshots([snapshot(PIECE)], when)
            facts = store.load_facts()
            (tracked,) = facts.items
            assert (facts.known_since, tracked.seen_at, tracked.evidence[0].seen_at) == (when, when, when)


# What a review says of its incident


def test_what_a_review_says_of_its_incident_is_kept(store: Store) -> None:
    header = a_header(day_only=True, incidents=("OPS-12", "https://tracker.example/browse/OPS-12"))
    store.save_document(msgspec.structs.replace(a_review(), header=header), (), NOW)
    assert store.load_facts().reviews == (header,)


def test_a_marker_brings_what_the_review_says_of_its_incident(store: Store) -> None:
    header = a_header(day_only=True, incidents=("OPS-12",))
    store.save_snapshots([Snapshot(issue=an_issue(), commitments=(a_commitment(review=header),))], NOW)
    assert store.load_facts().reviews == (header,)


# A store of before


OLD_ROWS = """
INSERT INTO issues (id, tracker, ref, number, url, title, status, created, updated, assignees, labels) VALUES
  ('host:1', 'payments', 'acme/payments#1', 1, 'https://a.example/1', 'T', 'open', '2026-01-02T00:00:00+00:00',
   '2026-01-02T00:00:00+00:00', '[]', '[]');
INSERT INTO evidence VALUES ('host:1', 'https://a.example/c', 'commit', '2026-01-02T00:00:00+00:00', '', '');
INSERT INTO reviews (id, title, class, severity, service, team, checkpoints, tracker, url, conditions) VALUES
  ('INC-1', 'T', 'c', '', '', '', '[]', '', '', '[]');
INSERT INTO items (key, review, id, title, moves, conditions, proof, question, committed, issue_id) VALUES
  ('INC-1/A1', 'INC-1', 'A1', 'T', '[]', '[]', '', '', '2026-01-02T00:00:00+00:00', 'host:1'),
  ('INC-1/A2', 'INC-1', 'A2', 'T', '[]', '[]', '', '', '2026-01-02T00:00:00+00:00', NULL);
"""


def old_store(path: Path) -> None:
    """A store as the version before this one left it: one item with evidence, one that was never pushed."""
    database = Database(path)
    steps.apply(database, stop_before="m004_incidents_and_their_feeds")
    database.conn.executescript(OLD_ROWS)
    database.conn.close()


def test_an_older_store_keeps_what_it_held(tmp_path: Path) -> None:
    old_store(tmp_path / "track.db")
    with open_store(tmp_path / "track.db") as store:
        facts = store.load_facts()
        assert [tracked.key for tracked in facts.items] == ["INC-1/A1", "INC-1/A2"]
        assert [piece.url for piece in facts.items[0].evidence] == [PIECE.url]
        assert [(review.id, review.day_only, review.incidents) for review in facts.reviews] == [("INC-1", False, ())]
        assert (facts.incidents, facts.feeds, facts.known_since) == ((), (), None)
        assert store.check() == "ok"


def test_two_that_open_an_older_store_at_once_both_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_store(tmp_path / "track.db")
    both, count = threading.Barrier(2), connection.steps_done

    def count_with_the_other(opened: sqlite3.Connection) -> int:
        done = count(opened)
        if not opened.in_transaction:  # the first look of each; the second is taken while the other waits
            both.wait(10)
        return done

    def open_and_read(_turn: int) -> int:
        with open_store(tmp_path / "track.db") as store:
            return len(store.load_facts().items)

    monkeypatch.setattr(connection, "steps_done", count_with_the_other)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(open_and_read, range(2))) == [2, 2]


def test_what_an_older_store_saw_at_a_time_nobody_kept_stays_so(tmp_path: Path) -> None:
    old_store(tmp_path / "track.db")
    with open_store(tmp_path / "track.db") as store:
        later = msgspec.structs.replace(PIECE, url="https://a.example/d", at=datetime(2026, 10, 1, tzinfo=UTC))
        store.save_snapshots([snapshot(msgspec.structs.replace(PIECE, at=at(-200)), later)], NOW)
        items = [an_item(id="A2")]
        store.save_document(a_review(*items), [a_commitment(item) for item in items], NOW)
        facts = store.load_facts()
        assert [tracked.seen_at for tracked in facts.items] == [None, None]
        assert [piece.seen_at for piece in facts.items[0].evidence] == [None, NOW]
        assert facts.known_since == NOW
