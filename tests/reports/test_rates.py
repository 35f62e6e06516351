"""Completion: nothing leaves the denominator in silence, and what is not known is a bound."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reports import words
from reports.rates import Completion, build_completion, build_rate
from reports.standing import Line, Moment, Timing, build_standings
from tests.reports.factory import ACCEPT, NOW, at, item
from tracker.model import EvidenceKind, Status, TrackedItem, Transition
from tracker.recorded import Waiver

LINES = [
    "with_evidence", "without_evidence", "open", "not_pushed", "waived", "not_planned", "duplicate", "moved", "missing",
    "gone",
]  # fmt: skip
ITEMS = st.lists(st.tuples(st.sampled_from(Status), st.booleans()), max_size=30)


def completion(*items: TrackedItem, accept: frozenset[EvidenceKind] = ACCEPT) -> Completion:
    return build_completion(build_standings(items, Moment(at=NOW, zone=UTC, accept=accept)))


def many(count: int, status: Status, *, proven: bool = False, named: str = "R") -> list[TrackedItem]:
    return [item(f"{named}/{status.name}{proven}{number}", status, proven=proven) for number in range(count)]


@given(ITEMS)
def test_the_lines_add_up_and_only_duplicates_leave_the_denominator(kinds: list[tuple[Status, bool]]) -> None:
    items = [item(f"R/A{n}", status, proven=proven) for n, (status, proven) in enumerate(kinds)]
    figures = completion(*items)
    assert figures.committed == len(items) == sum(getattr(figures, line) for line in LINES)
    assert figures.counted == len(items) - figures.duplicate
    assert figures.closed_rate.of == figures.evidence_rate.of == figures.counted
    assert figures.closed_rate.unknown == figures.moved + figures.missing == figures.lost


def test_not_planned_items_stay_in_the_denominator() -> None:
    figures = completion(*many(6, Status.DONE, proven=True), *many(4, Status.NOT_PLANNED))
    assert words.rate(figures.evidence_rate).startswith("6 of 10 (60%")


def test_closed_without_evidence_is_closed_and_not_done_with_evidence() -> None:
    figures = completion(*many(3, Status.DONE, proven=True), *many(2, Status.DONE))
    assert (figures.closed_rate.count, figures.evidence_rate.count, figures.without_evidence) == (5, 3, 2)


def test_evidence_of_a_kind_that_the_config_does_not_accept_is_none() -> None:
    figures = completion(*many(5, Status.DONE, proven=True), accept=frozenset({EvidenceKind.COMMENT_LINK}))
    assert (figures.with_evidence, figures.without_evidence) == (0, 5)


def test_lost_items_turn_the_rate_into_a_bound() -> None:
    figures = completion(*many(4, Status.DONE, proven=True), *many(4, Status.OPEN), *many(2, Status.MISSING))
    assert words.share(figures.evidence_rate) == "between 40% and 60%"
    assert words.tally(figures.evidence_rate) == "4 to 6 of 10"
    assert (
        figures.evidence_rate.interval
        == (build_rate(4, 10).interval or ())[:1] + (build_rate(6, 10).interval or ())[1:]
    )


def test_a_live_item_that_the_last_sync_could_not_read_is_a_bound_too() -> None:
    figures = completion(*many(5, Status.DONE, proven=True), item("R/X", strikes=1))
    assert (figures.open, figures.unknown, words.tally(figures.closed_rate)) == (1, 1, "5 to 6 of 6")


@pytest.mark.parametrize("count", range(5))
def test_under_five_there_are_counts_and_no_percentage(count: int) -> None:
    rate = build_rate(count, 4)
    assert (rate.low, rate.high, rate.interval) == (None, None, None)
    assert words.rate(rate) == f"{count} of 4"


def test_from_five_up_the_percentage_has_its_interval() -> None:
    assert words.rate(build_rate(12, 30)) == "12 of 30 (40%, 95% interval 25% to 58%)"
    assert words.rate(build_rate(5, 5)) == "5 of 5 (100%, 95% interval 57% to 100%)"


def test_none_of_none_is_said_as_no_actions() -> None:
    assert words.rate(completion().evidence_rate) == "no actions"


@pytest.mark.parametrize(("share", "said"), [(0.0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1.0, "100%")])
def test_a_percentage_never_rounds_to_none_or_all(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_on_time_is_judged_by_the_first_due_date_once_it_has_passed() -> None:
    first, later = date(2026, 5, 1), date(2026, 10, 1)
    figures = completion(
        item("R/moved", Status.DONE, closed=at(9, 1), first_due=first, due=later),
        item("R/kept", Status.DONE, closed=at(4, 20), due=first),
        item("R/waiting", due=first),
        item("R/early", Status.DONE, closed=at(4, 20), due=date(2027, 1, 1)),
        item("R/lost", Status.MISSING, due=first),
        item("R/twice", Status.DUPLICATE, due=first),
    )
    rate = figures.on_time_rate
    assert (rate.count, rate.of, rate.unknown) == (1, 4, 1)


FIRST_DUE = date(2026, 5, 1)
END_OF_DAY = datetime(2026, 5, 1, 23, 59, 59, tzinfo=UTC)


def history(*steps: tuple[datetime, Status]) -> tuple[Transition, ...]:
    return tuple(Transition(source=str(n), at=when, to=to) for n, (when, to) in enumerate(steps))


def timing(known: TrackedItem, as_of: datetime = NOW) -> Timing | None:
    moment = Moment(at=as_of, zone=UTC, accept=ACCEPT)
    return build_standings([replace(known, first_due=FIRST_DUE)], moment)[0].timing


@pytest.mark.parametrize("lost", [Status.MISSING, Status.MOVED])
def test_a_lost_item_is_late_unless_it_may_have_been_done_by_its_first_due_date(lost: Status) -> None:
    def after(*steps: tuple[datetime, Status]) -> Timing | None:
        return timing(item("R/A", lost, transitions=history(*steps)))

    assert after((END_OF_DAY, lost)) is Timing.UNKNOWN
    assert after((END_OF_DAY + timedelta(seconds=1), lost)) is Timing.LATE
    assert after((at(4, 1), Status.MOVED), (at(6, 1), Status.MISSING)) is Timing.UNKNOWN
    assert after((at(4, 1), Status.MISSING), (at(6, 1), Status.OPEN), (at(7, 1), lost)) is Timing.LATE
    assert after((at(4, 1), Status.DONE), (at(6, 1), lost)) is Timing.UNKNOWN
    assert after((at(5, 9), Status.DONE), (at(6, 1), lost)) is Timing.LATE
    assert after((at(4, 1), Status.DONE), (at(4, 9), Status.OPEN), (at(6, 1), lost)) is Timing.LATE


def test_a_live_item_that_cannot_be_read_is_late_only_if_it_was_open_after_its_first_due_date() -> None:
    assert timing(item("R/A", closed=at(4, 1))) is Timing.LATE
    assert timing(item("R/A", closed=at(4, 1), strikes=1)) is Timing.UNKNOWN
    assert timing(item("R/A", closed=at(6, 1), strikes=1)) is Timing.LATE


def test_only_what_may_have_been_on_time_widens_the_rate() -> None:
    rate = completion(
        *(item(f"R/{n}", Status.MISSING, closed=at(9, 1), due=FIRST_DUE) for n in range(4)),
        item("R/4", Status.MISSING, closed=at(4, 1), due=FIRST_DUE),
        item("R/5", due=FIRST_DUE, strikes=1),
    ).on_time_rate
    assert (rate.count, rate.of, rate.unknown) == (0, 6, 2)


def test_done_without_a_date_may_have_been_on_time() -> None:
    said = item("R/A", Status.NOT_PUSHED)
    assert timing(replace(said, item=replace(said.item, status=Status.DONE))) is Timing.UNKNOWN
    assert timing(replace(said, item=replace(said.item, status=Status.NOT_PLANNED))) is Timing.LATE
    assert timing(said) is Timing.LATE


def test_the_day_something_was_done_is_read_in_the_zone_of_the_report() -> None:
    done = item("R/A", Status.DONE, closed=END_OF_DAY, due=FIRST_DUE)
    east = Moment(at=NOW, zone=timezone(timedelta(hours=2)), accept=ACCEPT)
    assert timing(done) is Timing.ON_TIME
    assert build_standings([done], east)[0].timing is Timing.LATE


def test_there_is_no_timing_before_the_first_due_date_has_passed_or_for_a_duplicate() -> None:
    assert timing(item("R/A"), END_OF_DAY) is None
    assert timing(item("R/A", Status.DUPLICATE)) is None


def test_overdue_is_part_of_the_live_lines() -> None:
    past = date(2026, 11, 22)
    figures = completion(item("R/1", due=past), item("R/2", Status.NOT_PUSHED, due=past), item("R/3", due=NOW.date()))
    assert (figures.overdue, figures.open, figures.not_pushed) == (2, 2, 1)


def test_each_status_has_a_line() -> None:
    moment = Moment(at=NOW, zone=UTC, accept=ACCEPT)
    lines = {build_standings([item("R/A", status)], moment)[0].line for status in Status}
    assert lines == set(Line) - {Line.WITH_EVIDENCE, Line.WAIVED, Line.GONE}


WINTER = at(2, 1)


def waived(until: date, given: datetime = WINTER, **more: Any) -> TrackedItem:
    return item("R/A", waivers=(Waiver(at=given, until=until, reason="Replaced in spring"),), **more)


@pytest.mark.parametrize(
    ("until", "line"),
    [(NOW.date(), Line.WAIVED), (NOW.date() - timedelta(days=1), Line.OPEN), (date(2027, 1, 1), Line.WAIVED)],
)
def test_a_waiver_holds_to_the_end_of_its_last_day_and_then_the_item_is_live_again(until: date, line: Line) -> None:
    figures = completion(waived(until, due=date(2026, 3, 1)))
    assert (figures.waived, figures.open) == ((1, 0) if line is Line.WAIVED else (0, 1))
    assert figures.overdue == (line is Line.OPEN)


def test_a_waived_item_stays_in_the_denominator() -> None:
    figures = completion(waived(date(2027, 1, 1)), *many(4, Status.DONE, proven=True))
    assert (figures.counted, figures.waived, words.tally(figures.evidence_rate)) == (5, 1, "4 of 5")


def test_a_waiver_recorded_later_was_not_in_force_then() -> None:
    late = waived(date(2027, 1, 1), at(11, 1))
    then = Moment(at=at(10, 1), zone=UTC, accept=ACCEPT)
    assert build_standings([late], then)[0].line is Line.OPEN


@pytest.mark.parametrize("status", [Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE, Status.MISSING, Status.MOVED])
def test_only_a_live_item_is_waived(status: Status) -> None:
    known = replace(item("R/A", status), waivers=waived(date(2027, 1, 1)).waivers)
    assert completion(known).waived == 0
