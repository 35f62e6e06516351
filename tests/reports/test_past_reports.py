"""A report of an earlier day says what was so then, and no report is made of a day to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reports.weekly import build_weekly
from tests.cli import run
from tests.reports.factory import BASIS, NOW, at, item, review
from tracker.app import App
from tracker.model import Facts, Status, TrackerState

if TYPE_CHECKING:
    from pathlib import Path

HELD = review("INC-1", at(1, 1))
SYNCED = TrackerState(name="payments", last_good_sync=NOW)


def test_an_issue_that_cannot_be_found_today_casts_no_doubt_on_last_month() -> None:
    facts = Facts(reviews=(HELD,), items=(item("INC-1/A1", strikes=1),), trackers=(SYNCED,))
    assert build_weekly(facts, NOW, BASIS).unreadable == 1
    past = build_weekly(facts, NOW - timedelta(days=30), BASIS)
    assert (past.unreadable, past.completion.unknown) == (0, 0)


def test_an_item_takes_one_place_among_the_decisions() -> None:
    again = review("INC-2", at(6, 1), severity="sev1")
    first = replace(HELD, severity="sev1", incident_class=again.incident_class)
    late = item("INC-1/A1", due=at(3, 1).date())
    report = build_weekly(Facts(reviews=(first, again), items=(late,)), NOW, BASIS)
    named = [pointer.key for decision in report.decisions for pointer in decision.items]
    assert named == ["INC-1/A1"]


def test_an_item_that_the_document_closes_is_neither_unpushed_nor_overdue() -> None:
    done, dropped = item("INC-1/A1", Status.NOT_PUSHED), item("INC-1/A2", Status.NOT_PUSHED)
    items = tuple(
        replace(each, item=replace(each.item, status=said, due=at(2, 1).date()))
        for each, said in ((done, Status.DONE), (dropped, Status.NOT_PLANNED))
    )
    completion = build_weekly(Facts(reviews=(HELD,), items=items), NOW, BASIS).completion
    lines = (completion.without_evidence, completion.not_planned, completion.not_pushed, completion.overdue)
    assert lines == (1, 1, 0, 0)


@pytest.mark.parametrize(("day", "code"), [("2031-01-01", 2), ("2026-01-15", 0)])
def test_the_future_has_no_report(day: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "track.db"\n')
    ran = run(["report", "--as-of", day], App(str(tmp_path / "config.toml"), env={}, cwd=tmp_path, now=lambda: NOW))
    assert ran.code == code
    assert ("after today" in ran.err) == (code == 2)
