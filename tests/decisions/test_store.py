"""What the store makes of decisions: the same from pages in any order, for as long as the comments are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sync.decide import write_decision
from sync.decision_marker import build_decision
from sync.snapshot import build_snapshot
from sync.threeway import with_marker
from tests.make import a_comment, a_commitment, a_remote, an_issue, an_item, at
from tracker.model import Snapshot, Status
from tracker.recorded import Resolution, Resolved, Waiver
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

KEY = "INC-1/A1"


def a_page(number: int, *, chosen: float | None = None, item: str = "A1", waived: tuple[float, ...] = ()) -> Snapshot:
    """An issue of an item, chosen to stand for it on that day, waived on those."""
    made: list[Resolution | Waiver] = [Waiver(at=at(day), until=at(99).date(), reason="later") for day in waived]
    if chosen is not None:
        made.append(Resolution(at=at(chosen), how=Resolved.MOVED, to=f"https://tracker.example/{number}"))
    remote = a_remote(
        id=f"host:{number}",
        ref=f"acme/payments#{number}",
        number=number,
        text=with_marker("Text", a_commitment(an_item(id=item))),
        comments=tuple(a_comment(write_decision("x", build_decision(KEY, each)), at=each.at) for each in made),
    )
    return build_snapshot(remote, "payments")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_issue_that_was_chosen_last_stands_for_the_item(tmp_path: Path, order: tuple[int, ...]) -> None:
    pages = [a_page(1), a_page(2, chosen=-2), a_page(3, chosen=-1)]
    with open_store(tmp_path / "track.db") as store:
        for place in order:
            store.save_snapshots([pages[place]], at())
        (item,) = store.load_facts().items
        assert item.issue is not None
        assert item.issue.number == 3
        store.save_absence(an_issue(id="host:3", number=3, status=Status.MISSING, strikes=2), at())
        (item,) = store.load_facts().items
        assert item.issue is not None
        assert item.issue.number == 2


def test_a_decision_is_of_its_review_alone_and_counts_once(tmp_path: Path) -> None:
    with open_store(tmp_path / "track.db") as store:
        store.save_snapshots([a_page(1, waived=(-2,)), a_page(2, item="A2", waived=(-2, -1))], at())
        items = {item.item.id: item for item in store.load_facts().items}
        assert [waiver.at for waiver in items["A1"].waivers] == [at(-2), at(-1)]
        assert items["A2"].waivers == ()
        (first, second) = store.decisions("INC-1")[KEY]
        assert first.seen_at == second.seen_at == at()
        store.save_snapshots([a_page(1, waived=(-2,)), a_page(2, item="A2")], at(1))
        (only,) = store.decisions("INC-1")[KEY]
        assert (only.id, only.seen_at) == (first.id, at())
        assert store.decisions("INC-10") == {}


def test_an_id_that_another_item_took_first_keeps_no_decision_away(tmp_path: Path) -> None:
    made = Waiver(at=at(-2), until=at(99).date(), reason="later")
    own = build_decision(KEY, made)
    copied = replace(own, item="INC-1/A2")
    here = a_page(1)
    both = a_remote(
        id="host:2",
        ref="acme/payments#2",
        number=2,
        text=with_marker("Text", a_commitment(an_item(id="A2"))),
        comments=tuple(a_comment(write_decision("x", each), at=at(-2)) for each in (copied, own)),
    )
    with open_store(tmp_path / "track.db") as store:
        for _again in range(2):
            store.save_snapshots([here, build_snapshot(both, "payments")], at())
            decided = store.decisions("INC-1")
            assert {key: len(each) for key, each in decided.items()} == {KEY: 1, "INC-1/A2": 1}
