"""One incident of all that was told of it, and where a day begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.basis import Basis
from reports.incidents import Incidents, build_incidents
from tests.reports.factory import ACCEPT, item, report_of, review
from tests.reports.helping import done, help_of, on, seen
from tracker.model import Facts, Incident, ReviewHeader, Status

LOS_ANGELES, AUCKLAND = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")


def joined(*incidents: Incident, review: ReviewHeader | None = None, zone: str = "UTC") -> Incidents:
    basis = Basis(accept=ACCEPT, zone=ZoneInfo(zone))
    reviews = {review.id: review} if review else {}
    return build_incidents(Facts(incidents=incidents), reviews, on(12, 1), basis)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_day_is_that_day_in_any_zone(zone: str) -> None:
    (one,) = joined(*seen(on(3, 5, 0), day_only=True), zone=zone).known
    local = ZoneInfo(zone)
    assert one.started == datetime(2025, 3, 5, tzinfo=local)
    assert one.latest_start.astimezone(local).date() == date(2025, 3, 5)
    assert one.latest_start + timedelta(microseconds=1) == datetime(2025, 3, 6, tzinfo=local)


@pytest.mark.parametrize("zone", [LOS_ANGELES, AUCKLAND])
def test_a_day_is_in_no_report_of_an_earlier_one(zone: ZoneInfo) -> None:
    basis = Basis(accept=ACCEPT, zone=zone)
    facts = Facts(incidents=tuple(seen(on(3, 5, 0), day_only=True)))
    for day, known in ((4, 0), (5, 1)):
        as_of = datetime(2025, 3, day, 12, tzinfo=zone)
        assert len(build_incidents(facts, {}, as_of, basis).known) == known


def test_a_date_only_tie_counts_as_after_in_any_zone() -> None:
    held = review("R", on(7, 1))
    fixed = done("R/A1", datetime(2025, 8, 1, 18, tzinfo=LOS_ANGELES), on(7, 4))
    told = help_of([held], [fixed], seen(on(8, 1, 0), day_only=True), zone=LOS_ANGELES)
    assert [one.after for one in told.classes] == [1]


@pytest.mark.parametrize(("day", "before"), [(31, 1), (1, 2)])
def test_before_begins_on_the_day_that_records_do(day: int, before: int) -> None:
    """An incident of the day before them is not known, one of their first day is."""
    held = review("R", on(7, 1))
    when = on(1, 1, 0) if day == 1 else on(12, 31, 0, year=2024)
    told = help_of(
        [held], [item("R/A1", committed=on(7, 4))], seen(when, day_only=True), records_since=date(2025, 1, 1)
    )
    assert [one.before for one in told.classes] == [before]


def test_the_hour_is_taken_from_whoever_knows_it() -> None:
    by_day = review("INC-1", on(7, 1, 0), day_only=True, incidents=("OPS-1",))
    exact = Incident(id="OPS-1", source="ops", started=on(7, 1, 9), detected=on(7, 1, 10))
    (one,) = joined(exact, review=by_day).known
    assert (one.started, one.day_only) == (on(7, 1, 9), False)
    other_day = Incident(id="OPS-1", source="ops", started=on(7, 2, 9))
    (one,) = joined(other_day, review=by_day).known
    assert (one.started, one.day_only) == (on(7, 1, 0), True)


def test_a_return_of_today_that_is_known_by_its_day_is_new_in_a_report_a_week_later() -> None:
    today = on(3, 2, 9)
    facts = Facts(incidents=tuple(seen(on(3, 2, 0), day_only=True)))
    assert report_of(facts, today + timedelta(days=7)).recurrence.incidents_new == 1


def test_a_review_without_a_date_was_held_on_the_day_its_incident_started_in_the_zone() -> None:
    header = review("R", datetime(2025, 3, 1, 23, 30, tzinfo=UTC), reviewed=None)
    basis = Basis(accept=ACCEPT, zone=ZoneInfo("Europe/Berlin"))
    report = report_of(Facts(reviews=(header,), items=(item("R/A", Status.OPEN, committed=on(3, 3)),)), on(4, 1), basis)
    assert report.by_review.first[0].on == date(2025, 3, 2)


def test_a_promise_of_a_day_is_made_on_that_day_in_any_zone() -> None:
    header = review("R", None, reviewed=date(2025, 3, 1))
    facts = Facts(reviews=(header,), items=(item("R/A", committed=on(3, 1, 0)),))
    basis = Basis(accept=ACCEPT, zone=LOS_ANGELES)
    before, then = (datetime(2025, 3, day, 23, tzinfo=LOS_ANGELES) - timedelta(days=1) for day in (1, 2))
    assert report_of(facts, before, basis).completion.committed == 0
    report = report_of(facts, then, basis)
    assert (report.completion.committed, report.times.cohorts[0].month) == (1, "2025-03")


def of_a_file(name: str, file: str, month: int, url: str = "", names: tuple[str, ...] = ()) -> Incident:
    return Incident(id=name, source=f"file:{file}", started=on(month, 1), url=url, names=names)


def test_the_same_number_in_two_systems_is_two_incidents() -> None:
    pager, desk = of_a_file("12", "pager.csv", 1, "https://pager.example/x"), of_a_file("12", "desk.csv", 5)
    assert len(joined(pager, desk).known) == 2
    assert len(joined(of_a_file("2026-12", "pager.csv", 1), of_a_file("2026-12", "desk.csv", 1)).known) == 2
    assert len(joined(of_a_file("INC12", "pager.csv", 1), of_a_file("inc12", "desk.csv", 1)).known) == 1


def test_a_number_is_one_incident_where_the_link_agrees_or_a_review_names_it() -> None:
    pager = of_a_file("12", "pager.csv", 1, "https://pager.example/x")
    desk = of_a_file("12", "desk.csv", 1, "https://PAGER.example/x/")
    assert len(joined(pager, desk).known) == 1
    held = review("INC-1", on(1, 1), incidents=("12",))
    (one,) = joined(pager, review=held).known
    assert (one.reviews, one.sources) == (("INC-1",), ("review", "file:pager.csv"))


def test_an_incident_is_known_by_the_names_it_had_before() -> None:
    moved = of_a_file("WEB-5", "x", 1, names=("OPS-12", "https://x.example/browse/OPS-12"))
    for name in ("OPS-12", "https://x.example/browse/OPS-12"):
        assert len(joined(moved, review=review("INC-1", on(1, 1), incidents=(name,))).known) == 1
