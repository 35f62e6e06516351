"""A report can be made from no more than was known at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.known import facts_known_at
from tests.reports.factory import NOW, at, item, report_of, review, told
from tests.reports.rich_week import RICH_BASIS, rich_week
from tracker.model import DueMove, Facts, Status, TrackedItem, TrackerState
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

KNOWN = at(10, 1)
CLOSED = at(9, 1)


def known(facts: Facts, as_of: datetime = KNOWN) -> WeeklyReport:
    return report_of(facts, as_of, known_at=KNOWN)


def done(seen: datetime | None, closed: datetime = CLOSED) -> TrackedItem:
    """Closed with evidence in September; both were seen at that moment."""
    made = item("R/A", Status.DONE, committed=at(8, 1), closed=closed, proven=True)
    return replace(
        made,
        transitions=tuple(replace(one, seen_at=seen) for one in made.transitions),
        evidence=tuple(replace(one, seen_at=seen) for one in made.evidence),
    )


@pytest.mark.parametrize(("seen", "count"), [(None, 1), (at(9, 2), 1), (KNOWN, 1), (at(10, 2), 0)])
def test_a_close_is_known_from_when_it_was_seen(seen: datetime | None, count: int) -> None:
    facts = Facts(items=(done(seen),))
    assert known(facts).completion.with_evidence == count
    assert report_of(facts, KNOWN).completion.with_evidence == 1


def test_an_item_first_seen_later_was_not_known_nor_was_its_review() -> None:
    late = replace(item("R/A", committed=at(8, 1)), seen_at=at(10, 5))
    facts = Facts(reviews=(review("R", at(7, 30)), review("Q", at(7, 30))), items=(late,), proposed=(("R", "Think"),))
    report = known(facts)
    assert (report.completion.committed, [group.name for group in report.by_review.first]) == (0, ["Q"])
    assert facts_known_at(facts, KNOWN).proposed == ()


def test_of_an_incident_the_version_of_then_is_known() -> None:
    first = told("OPS-1", at(9, 28), "dns", seen_at=at(9, 29))
    facts = Facts(incidents=(first, replace(first, classes=("config-rollout",), seen_at=at(10, 3))))
    assert [one.incident_class for one in known(facts).recurrence.listed] == ["dns"]
    assert [one.incident_class for one in report_of(facts, KNOWN).recurrence.listed] == ["config-rollout"]
    assert known(Facts(incidents=(replace(first, seen_at=at(10, 3)),))).recurrence.incidents == 0


def test_a_waiver_and_a_moved_date_are_known_from_when_they_were_recorded() -> None:
    moved = DueMove(at=at(10, 5), before=date(2026, 9, 1), to=date(2026, 12, 1))
    late = item(
        "R/A", committed=at(8, 1), due=date(2026, 12, 1), first_due=date(2026, 9, 1), moves=(moved,),
        waivers=(Waiver(at=at(10, 5), until=date(2027, 1, 1)),),
    )  # fmt: skip
    report = known(Facts(items=(late,)))
    assert (report.completion.waived, report.overdue.total) == (0, 1)


def test_a_sync_since_then_is_not_known_and_its_failures_are_not_either() -> None:
    later = TrackerState(name="payments", last_good_sync=NOW, last_attempt=NOW, last_error="HTTP 502")
    facts = Facts(items=(item("R/A", strikes=2),), trackers=(later,), feeds=(replace(later, name="ops"),))
    report = known(facts)
    assert report.unreadable == 0
    for (state,) in (report.freshness, report.feeds):
        assert (state.last_good_sync, state.is_old, state.error) == (KNOWN, False, "")


def test_a_sync_of_before_is_known_as_it_is() -> None:
    before = TrackerState(name="payments", last_good_sync=at(9, 20), last_attempt=at(9, 30), last_error="HTTP 502")
    (state,) = known(Facts(trackers=(before,))).freshness
    assert (state.last_good_sync, state.is_old, state.error) == (at(9, 20), True, "HTTP 502")


def test_the_report_says_what_it_could_know() -> None:
    assert known(Facts()).known_at == KNOWN
    assert report_of(Facts()).known_at is None


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 300))
def test_what_was_known_at_the_end_is_all_there_is_and_knowing_twice_changes_nothing(days: int) -> None:
    facts = rich_week()
    assert report_of(facts_known_at(facts, NOW), basis=RICH_BASIS) == report_of(facts, basis=RICH_BASIS)
    moment = NOW - timedelta(days=days)
    once = facts_known_at(facts, moment)
    assert facts_known_at(once, moment) == once
