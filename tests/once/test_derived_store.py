"""The store is derived: delete it, or start on another machine, and the tracker gives every fact back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.port import RemoteChange, RemoteEvent, RemoteIssue, RemoteState
from sync.snapshot import build_snapshot
from sync.threeway import with_marker
from tests.harness import lasting
from tests.make import a_commitment, a_remote, an_issue, an_item
from tests.once.machines import HOME, REVIEW, Machine, Watched
from tracker.model import EvidenceKind, Facts, Status, TrackedItem
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.people import People
    from tracker.model import Snapshot

DAY = timedelta(days=1)
MANY = REVIEW + "".join(
    f"| A{n} | Change number {n} | @dev | 2026-11-0{n} | systemic | unvalidated-config | Proof {n} | Question {n} |\n"
    for n in range(3, 10)
)


def facts_of(machine: Machine) -> Facts:
    with machine.store() as store:
        return lasting(store.load_facts())


def let_weeks_pass(machine: Machine, people: People) -> None:
    """All that can happen to an issue and leave it readable, with a sync now and then."""
    assert machine.sync().code == 0
    machine.clock.advance(DAY)
    people.merge_pull_request(HOME, 1, "dev")
    people.close(HOME, 2, "dev")
    people.open_pull_request(HOME, 3, "dev")
    assert machine.sync().code == 0
    machine.clock.advance(DAY)
    people.reopen(HOME, 2, "dev")
    people.close(HOME, 4, "dev", "not_planned")
    people.close_with_commit(HOME, 5, "dev")
    people.comment(HOME, 6, "dev", "Evidence: https://wiki.example/runbook")
    people.strip_label(HOME, 6, "condition:unvalidated-config")
    assert machine.sync().code == 0
    machine.clock.advance(DAY)
    people.close(HOME, 6, "dev")
    people.edit(HOME, 7, title="Said better by a person")
    people.assign(HOME, 8, ["lead"])
    text = machine.document.read_text()
    machine.document.write_text(text.replace("2026-11-09", "2026-12-09").replace("sev1", "sev2"))
    assert machine.push().code == 0
    machine.clock.advance(DAY)
    people.close(HOME, 9, "dev", "duplicate")
    assert machine.sync().code == 0


@pytest.fixture
def lived(machine: Machine, sandbox: Watched) -> Machine:
    machine.document.write_text(MANY)
    assert machine.push().code == 0
    let_weeks_pass(machine, sandbox.people)
    return machine


def test_a_deleted_store_comes_back_with_one_full_sync(lived: Machine) -> None:
    before = facts_of(lived)
    lived.lose_store()
    assert lived.sync("--full").code == 0
    assert facts_of(lived) == before
    stands = {item.item.id: item.issue.status for item in before.items if item.issue}
    assert stands == {
        "A1": Status.DONE,
        "A2": Status.OPEN,
        "A3": Status.IN_PROGRESS,
        "A4": Status.NOT_PLANNED,
        "A5": Status.DONE,
        "A6": Status.DONE,
        "A7": Status.OPEN,
        "A8": Status.OPEN,
        "A9": Status.DUPLICATE,
    }
    evidence = {item.item.id: [piece.kind for piece in item.evidence] for item in before.items if item.evidence}
    assert evidence == {
        "A1": [EvidenceKind.MERGED_PULL_REQUEST],
        "A5": [EvidenceKind.COMMIT],
        "A6": [EvidenceKind.COMMENT_LINK],
    }
    assert [item.moves for item in before.items if item.moves]
    assert {len(item.transitions) for item in before.items} == {0, 1, 2}


def test_a_second_machine_with_only_the_tracker_reaches_the_same_facts(lived: Machine, other: Machine) -> None:
    other.document.unlink()
    assert other.sync().code == 0
    assert facts_of(other) == facts_of(lived)


def test_a_report_of_a_past_day_is_the_same_from_a_rebuilt_store(lived: Machine) -> None:
    report = ("report", "--as-of", "2026-10-07", "--format", "json")
    before = lived.run(*report)
    lived.lose_store()
    assert lived.sync("--full").code == 0
    after = lived.run(*report)
    assert before.code == after.code == 0
    parts = [msgspec.json.decode(ran.out) for ran in (before, after)]
    for part in parts:
        part.pop("freshness", None)
        assert part.pop("restated")["items_total"] == 0  # a new store cannot tell what the old one had seen by when
    assert parts[0] == parts[1]


def test_an_issue_that_moved_is_found_again_by_a_machine_that_follows_its_new_home(
    lived: Machine, sandbox: Watched
) -> None:
    sandbox.world.add_repository("acme/platform", dict(sandbox.world.repository(HOME).permissions))
    sandbox.people.transfer_issue(HOME, 2, "acme/platform")
    lived.clock.advance(DAY)
    assert lived.sync("--full").code == 0
    moved = next(item for item in facts_of(lived).items if item.item.id == "A2")
    assert moved.issue is not None
    assert moved.issue.ref == "acme/platform#1"
    assert moved.issue.status is Status.OPEN


def some_snapshots() -> st.SearchStrategy[list[Snapshot]]:
    """Pages' worth of issues: several to an item, several versions of a header, closed, merged, told of late."""
    return st.lists(
        st.builds(
            a_snapshot,
            item=st.integers(1, 3),
            pushed=st.integers(0, 5),
            status=st.sampled_from(["", "completed", "duplicate", "not_planned"]),
            has_event=st.booleans(),
            is_merged=st.booleans(),
        ),
        max_size=6,
    ).map(lambda builders: [build(number) for number, build in enumerate(builders, start=1)])


class a_snapshot:  # noqa: N801 -- reads as the factories of tests.make do
    """An issue of a list, whose number is given by its place."""

    def __init__(self, *, item: int, pushed: int, status: str, has_event: bool, is_merged: bool) -> None:
        self.item, self.pushed, self.status = item, pushed, status
        self.has_event, self.is_merged = has_event, is_merged

    def __call__(self, number: int) -> Snapshot:
        return build_snapshot(self.remote(number), "payments")

    def remote(self, number: int) -> RemoteIssue:
        then = datetime(2026, 10, 10, number, tzinfo=UTC)
        state = RemoteState(closed=bool(self.status), reason=self.status)
        commitment = a_commitment(an_item(id=f"A{self.item}"))
        header = msgspec.structs.replace(commitment.review, title=f"As told on day {self.pushed}")
        pushed = commitment.pushed + self.pushed * DAY
        text = with_marker("Text", msgspec.structs.replace(commitment, review=header, pushed=pushed))
        change = RemoteChange(kind=EvidenceKind.COMMIT, url=f"https://x.example/{number}", at=then)
        return a_remote(
            id=f"host:{number}",
            ref=f"acme/payments#{number}",
            number=number,
            text=text,
            state=state,
            updated=then,
            closed=then if self.status else None,
            history=(RemoteEvent(id=f"e{number}", at=then, state=state),) if self.has_event else (),
            changes=(change,) if self.is_merged else (),
        )


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(snapshots=some_snapshots(), data=st.data())
def test_pages_in_any_order_and_size_give_the_same_facts(
    tmp_path_factory: pytest.TempPathFactory, snapshots: list[Snapshot], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(snapshots))
    size = data.draw(st.integers(1, 6))
    in_order = kept(tmp_path_factory.mktemp("one") / "a.db", snapshots, 6)
    assert kept(tmp_path_factory.mktemp("two") / "b.db", [*shuffled, *snapshots[:1]], size) == in_order


def kept(path: Path, snapshots: list[Snapshot], size: int) -> Facts:
    now = datetime(2026, 10, 20, tzinfo=UTC)
    with open_store(path) as store:
        for start in range(0, len(snapshots), size):
            store.save_snapshots(snapshots[start : start + size], now)
        return lasting(store.load_facts())


def test_when_the_issue_of_an_item_is_gone_its_twin_stands_for_it(tmp_path: Path) -> None:
    """As it would on a machine that never saw the one that is gone."""
    build = a_snapshot(item=1, pushed=0, status="", has_event=False, is_merged=False)
    now = datetime(2026, 10, 20, tzinfo=UTC)
    with open_store(tmp_path / "track.db") as store:
        store.save_snapshots([build(1), build(2)], now)
        assert standing(store.load_facts().items) == [1]
        store.save_absence(an_issue(status=Status.MISSING, strikes=2, note="deleted"), now)
        assert standing(store.load_facts().items) == [2]


def test_what_was_only_inferred_gives_way_to_the_history(tmp_path: Path) -> None:
    """A closing that the history did not show yet is told twice by no store."""
    early = a_snapshot(item=1, pushed=0, status="completed", has_event=False, is_merged=False)
    late = a_snapshot(item=1, pushed=0, status="completed", has_event=True, is_merged=False)
    now = datetime(2026, 10, 20, tzinfo=UTC)
    with open_store(tmp_path / "track.db") as store:
        store.save_snapshots([early(1)], now)
        store.save_snapshots([late(1)], now)
        [item] = store.load_facts().items
        assert [transition.source for transition in item.transitions] == ["e1"]


def standing(items: tuple[TrackedItem, ...]) -> list[int]:
    return [item.issue.number for item in items if item.issue]
