"""Twelve weeks of flow and the months of commitment as they aged: each agrees with the report of that moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.basis import Basis
from reports.flow import AGES, Cohort, Week, build_flow
from reports.rates import build_completion
from reports.standing import LOST, UNFINISHED, Line, Moment, build_standings
from tests.reports.factory import ACCEPT, NOW, at, item
from tracker.model import Evidence, EvidenceKind, Status, TrackedItem, Transition
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
"""NOW is nine in the morning of this day."""

BERLIN = ZoneInfo("Europe/Berlin")


def basis(zone: tzinfo = UTC, week_starts: int = 0) -> Basis:
    return Basis(accept=ACCEPT, zone=zone, week_starts=week_starts)


def weeks(*items: TrackedItem, as_of: datetime = NOW, of: Basis | None = None) -> tuple[Week, ...]:
    return build_flow(items, as_of, of or basis())[1]


def cohorts(*items: TrackedItem, as_of: datetime = NOW) -> dict[str, Cohort]:
    return {cohort.month: cohort for cohort in build_flow(items, as_of, basis())[0]}


def lived(name: str, committed: datetime, *steps: tuple[datetime, Status]) -> TrackedItem:
    history = tuple(Transition(source=str(n), at=when, to=to) for n, (when, to) in enumerate(steps))
    return item(f"R/{name}", steps[-1][1] if steps else Status.OPEN, committed=committed, transitions=history)


def test_there_are_twelve_weeks_oldest_first_and_the_running_one_last() -> None:
    found = weeks()
    assert [week.begins for week in found] == [date(2026, 9, 7) + n * 7 * DAY for n in range(12)]
    assert found[-1].begins == MONDAY.date()


@pytest.mark.parametrize(("week_starts", "begins"), [(0, date(2026, 11, 23)), (6, date(2026, 11, 22))])
def test_a_week_starts_on_the_day_the_config_says(week_starts: int, begins: date) -> None:
    assert weeks(of=basis(week_starts=week_starts))[-1].begins == begins


def test_what_happens_on_sunday_belongs_to_the_week_that_starts_on_sunday() -> None:
    sunday = lived("A", at(11, 22))
    assert [week.opened for week in weeks(sunday)][-2:] == [1, 0]
    assert [week.opened for week in weeks(sunday, of=basis(week_starts=6))][-2:] == [0, 1]


@pytest.mark.parametrize("monday", [date(2026, 10, 19), date(2026, 11, 2)])
def test_a_week_begins_at_midnight_in_the_zone_of_the_report_in_summer_and_in_winter(monday: date) -> None:
    midnight = datetime(monday.year, monday.month, monday.day, tzinfo=BERLIN)
    first = lived("A", midnight.astimezone(UTC))
    before = lived("B", (midnight - timedelta(seconds=1)).astimezone(UTC))
    opened = {week.begins: week.opened for week in weeks(first, before, of=basis(BERLIN))}
    assert (opened[monday - 7 * DAY], opened[monday]) == (1, 1)
    assert {week.begins: week.opened for week in weeks(first, before)}[monday] == 0


def test_a_week_counts_what_came_in_what_went_out_and_what_came_back() -> None:
    found = weeks(
        lived("A", at(9, 8), (at(9, 16), Status.DONE), (at(9, 23), Status.OPEN), (at(9, 30), Status.NOT_PLANNED)),
        lived("B", at(9, 9)),
    )
    flow = [(week.opened, week.closed, week.reopened, week.unfinished) for week in found[:5]]
    assert flow == [(2, 0, 0, 2), (0, 1, 0, 1), (0, 0, 1, 2), (0, 1, 0, 1), (0, 0, 0, 1)]


def test_another_word_for_a_close_is_not_a_second_close() -> None:
    steps = [(at(9, 16), Status.DONE), (at(9, 23), Status.NOT_PLANNED), (at(9, 30), Status.DONE)]
    assert sum(week.closed for week in weeks(lived("A", at(9, 8), *steps))) == 1


def test_a_close_as_a_duplicate_leaves_the_denominator_and_is_no_completion() -> None:
    found = weeks(lived("A", at(9, 8), (at(9, 16), Status.DUPLICATE)))
    assert [(week.counted, week.closed, week.unfinished) for week in found[:2]] == [(1, 0, 1), (0, 0, 0)]


def test_a_lost_item_is_neither_closed_nor_unfinished_and_stays_in_the_denominator() -> None:
    found = weeks(lived("A", at(9, 8), (at(9, 16), Status.MISSING), (at(9, 23), Status.OPEN)))
    assert [(week.counted, week.closed, week.reopened, week.unfinished) for week in found[:3]] == [
        (1, 0, 0, 1), (1, 0, 0, 0), (1, 0, 0, 1),
    ]  # fmt: skip


def test_what_was_closed_before_it_was_promised_comes_in_and_goes_out_at_once() -> None:
    adopted = lived("A", at(9, 16), (at(3, 1), Status.DONE))
    adopted = replace(adopted, issue=replace(adopted.issue, created=at(1, 1)) if adopted.issue else None)
    week = weeks(adopted)[1]
    assert (week.opened, week.closed, week.closed_in_all, week.unfinished) == (1, 1, 1, 0)


def test_done_with_evidence_counts_from_the_later_of_close_and_evidence() -> None:
    proof = Evidence(kind=EvidenceKind.COMMIT, url="https://github.example.com/c/1", at=at(9, 23))
    closed = replace(lived("A", at(9, 8), (at(9, 16), Status.DONE)), evidence=(proof,))
    found = weeks(closed)
    assert [(week.closed_in_all, week.proven) for week in found[:4]] == [(0, 0), (1, 0), (1, 1), (1, 1)]
    assert sum(week.closed for week in found) == 1


def test_a_waived_item_is_not_unfinished_until_its_waiver_ends() -> None:
    waiver = Waiver(at=at(9, 16), until=date(2026, 9, 29), reason="after the move", by="someone")
    found = weeks(replace(lived("A", at(9, 8)), waivers=(waiver,)))
    assert [week.unfinished for week in found[:5]] == [1, 0, 0, 1, 1]
    assert {(week.closed, week.reopened) for week in found} == {(0, 0)}
    last_day = replace(waiver, until=NOW.date())
    assert weeks(replace(lived("A", at(9, 8)), waivers=(last_day,)))[-1].unfinished == 0


def test_nothing_later_than_the_report_is_known_to_it() -> None:
    later = lived("A", at(9, 8), (at(9, 16), Status.DONE))
    found = weeks(later, lived("B", at(9, 20)), as_of=at(9, 15))
    assert (found[-1].counted, found[-1].closed, found[-1].unfinished) == (1, 0, 1)


def moments(first: datetime, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 8).map(lambda n: first + n * timedelta(hours=3))


@st.composite
def histories(draw: st.DrawFn) -> TrackedItem:
    """Any history: adopted or pushed late, reopened, lost, reworded, proven at any time."""
    committed = draw(moments(NOW - 200 * DAY, 210))
    steps = draw(st.lists(st.tuples(moments(committed - 30 * DAY, 150), st.sampled_from(Status)), max_size=4))
    known = item("R/A", committed=committed, transitions=())
    issue = known.issue
    if issue is None or draw(st.integers(0, 5)) == 0:
        return replace(known, issue=None, item=replace(known.item, status=draw(st.sampled_from([None, *Status]))))
    shown = draw(st.lists(moments(committed - 30 * DAY, 200), max_size=2))
    waived = draw(st.lists(st.tuples(moments(committed - 10 * DAY, 150), st.integers(-5, 40)), max_size=2))
    return replace(
        known,
        waivers=tuple(Waiver(at=when, until=(when + days * DAY).date()) for when, days in waived),
        issue=replace(issue, created=draw(moments(committed - 40 * DAY, 60))),
        transitions=tuple(Transition(source=str(n), at=when, to=to) for n, (when, to) in enumerate(steps)),
        evidence=tuple(Evidence(kind=EvidenceKind.COMMIT, url="https://e.example.com", at=when) for when in shown),
    )


MANY = st.lists(histories(), max_size=6)


def unfinished(items: Iterable[TrackedItem], moment: Moment) -> int:
    """By the report of that moment, and the rule for waivers said once more."""
    today = moment.at.astimezone(moment.zone).date()
    return sum(
        standing.line in UNFINISHED
        and not any(w.at <= moment.at and w.until >= today for w in standing.tracked.waivers)
        for standing in build_standings(items, moment)
    )


@settings(max_examples=30, deadline=None)
@given(MANY, st.sampled_from([UTC, BERLIN]), st.integers(0, 6))
def test_each_week_ends_as_the_report_of_that_moment_says(items: list[TrackedItem], zone: tzinfo, starts: int) -> None:
    of = basis(zone, starts)
    found = weeks(*items, of=of)
    for week in found:
        end = min(of.midnight(week.begins + 7 * DAY) - timedelta(microseconds=1), NOW)
        moment = Moment(at=end, zone=zone, accept=ACCEPT)
        said = build_completion(build_standings(items, moment))
        assert (week.counted, week.unfinished) == (said.counted, unfinished(items, moment))
        assert (week.closed_in_all, week.proven) == (said.with_evidence + said.without_evidence, said.with_evidence)


@settings(max_examples=50, deadline=None)
@given(MANY)
def test_each_cohort_is_judged_by_the_state_at_that_age(items: list[TrackedItem]) -> None:
    def line(one: TrackedItem, when: datetime) -> Line:
        return build_standings([one], Moment(at=when, zone=UTC, accept=ACCEPT))[0].line

    for month, cohort in cohorts(*items).items():
        of_month = [one for one in items if one.committed <= NOW and f"{one.committed:%Y-%m}" == month]
        members = [one for one in of_month if line(one, NOW) is not Line.DUPLICATE]
        expected = []
        for age in AGES:
            old = [one for one in members if one.committed + age * DAY <= NOW]
            still = sum(unfinished([one], Moment(at=one.committed + age * DAY, zone=UTC, accept=ACCEPT)) for one in old)
            expected.append((age, still, sum(line(one, one.committed + age * DAY) not in LOST for one in old)))
        assert cohort.items == len(members)
        assert cohort.open_after == tuple(entry for entry in expected if entry[2])


def test_an_item_closed_by_an_age_and_reopened_later_was_not_open_at_that_age() -> None:
    reopened = lived("A", at(3, 2), (at(3, 12), Status.DONE), (at(5, 11), Status.OPEN))
    assert cohorts(reopened)["2026-03"].open_after == ((30, 0, 1), (60, 0, 1), (90, 1, 1), (180, 1, 1))


def test_a_cohort_counts_only_the_items_that_are_old_enough() -> None:
    young = [lived("A", at(10, 2)), lived("B", at(10, 28))]
    assert cohorts(*young)["2026-10"] == Cohort(month="2026-10", items=2, open_after=((30, 1, 1),))
    assert cohorts(lived("C", at(11, 20)))["2026-11"].open_after == ()


def test_an_item_is_old_enough_on_the_very_moment_it_reaches_the_age() -> None:
    assert cohorts(lived("A", NOW - 30 * DAY))["2026-10"].open_after == ((30, 1, 1),)
    assert cohorts(lived("A", NOW - 30 * DAY + timedelta(seconds=1)))["2026-10"].open_after == ()


def test_a_lost_item_is_left_out_at_the_ages_at_which_it_was_lost() -> None:
    found = cohorts(lived("A", at(3, 2), (at(4, 15), Status.MOVED)), lived("B", at(3, 2)))["2026-03"]
    assert found.open_after == ((30, 2, 2), (60, 1, 1), (90, 1, 1), (180, 1, 1))


def test_cohorts_are_the_last_twelve_months_that_have_items() -> None:
    found = cohorts(lived("A", at(11, 30, year=2025)), lived("B", at(12, 1, year=2025)), lived("C", at(11, 1)))
    assert list(found) == ["2025-12", "2026-11"]


def test_a_month_begins_at_midnight_in_the_zone_of_the_report() -> None:
    new_year = lived("A", datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    assert [cohort.month for cohort in build_flow([new_year], NOW, basis(BERLIN))[0]] == ["2026-07"]
    assert list(cohorts(new_year)) == ["2026-06"]
