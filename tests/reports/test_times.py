"""Time to complete, dates kept and slips: each rule of the method by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from reports import words
from reports.basis import Basis
from reports.listings import build_slipped
from reports.rates import build_completion
from reports.standing import Moment, build_standings
from reports.times import Duration, Step, Times, build_times
from tests.reports.crowd import END, crowd
from tests.reports.factory import ACCEPT, NOW, at, item
from tracker.model import DueMove, Evidence, EvidenceKind, Status, TrackedItem, Transition
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from random import Random

DAY = timedelta(days=1)
HELD = NOW - 60 * DAY
FIRST_DUE = date(2026, 5, 1)


def times(*items: TrackedItem, as_of: datetime = NOW, zone: timezone = UTC) -> Times:
    moment = Moment(at=as_of, zone=zone, accept=ACCEPT)
    return build_times(items, build_standings(items, moment), moment, Basis(accept=ACCEPT, zone=zone))


def history(*steps: tuple[float, Status]) -> tuple[Transition, ...]:
    """Changes of status, each so many days after the commitment."""
    return tuple(Transition(source=str(n), at=HELD + day * DAY, to=to) for n, (day, to) in enumerate(steps))


def lived(name: str, *steps: tuple[float, Status], proven: float | None = None) -> TrackedItem:
    """An item committed sixty days before the report, with its history, and shown to be done on the day `proven`."""
    known = item(f"R/{name}", steps[-1][1] if steps else Status.OPEN, committed=HELD, transitions=history(*steps))
    if proven is None:
        return known
    proof = Evidence(
        kind=EvidenceKind.MERGED_PULL_REQUEST, url="https://github.example.com/p/1", at=HELD + proven * DAY
    )
    return replace(known, evidence=(proof,))


def after(days: list[float], state: Status = Status.DONE) -> list[TrackedItem]:
    return [lived(f"{state.name}{n}", (day, state)) for n, day in enumerate(days)]


def still(days: list[float]) -> list[TrackedItem]:
    """Open items that were committed so many days ago."""
    return [item(f"R/O{n}", committed=NOW - day * DAY) for n, day in enumerate(days)]


def step(duration: Duration, day: int) -> Step:
    return next(found for found in duration.at if found.day == day)


def test_the_clock_stops_at_the_completion_that_stands_so_a_reopening_is_honoured() -> None:
    closed_twice = [lived(f"T{n}", (5, Status.DONE), (9, Status.OPEN), (40, Status.DONE)) for n in range(5)]
    assert times(*closed_twice).to_close.median == 40
    opened_again = [lived(f"O{n}", (5, Status.DONE), (9, Status.OPEN)) for n in range(5)]
    figure = times(*opened_again).to_close
    assert (figure.done, figure.said) == (0, "more than 60 days (fewer than half done)")


def test_closed_twice_in_a_row_was_done_the_first_time() -> None:
    figure = times(*(lived(f"T{n}", (5, Status.DONE), (9, Status.DONE)) for n in range(5))).to_close
    assert figure.median == 5


def test_not_planned_items_stay_at_risk_until_now() -> None:
    """Reference case `km-dropped`: leaving the dropped out would read 56% where 50% is right."""
    items = (
        *after([5, 8, 12, 20, 25, 33, 40]),
        *after([18, 22, 50], Status.NOT_PLANNED),
        *still([60, 60, 60, 60]),
    )
    figure = times(*items).to_close
    assert (figure.items, figure.done) == (14, 7)
    assert step(figure, 30).share == pytest.approx(0.3571428571428572, rel=1e-7)
    assert step(figure, 60).share == pytest.approx(0.5, rel=1e-7)


def test_waived_items_stay_at_risk_until_now() -> None:
    waiver = Waiver(at=HELD + 3 * DAY, until=date(2027, 1, 1), reason="later", by="someone")
    waived = [replace(one, waivers=(waiver,)) for one in still([60, 60, 60])]
    figure = times(*after([10, 20, 30]), *waived).to_close
    assert (figure.items, figure.done) == (6, 3)
    assert step(figure, 60).share == pytest.approx(0.5)


def test_the_median_is_the_first_day_by_which_half_are_done_with_its_interval() -> None:
    """Reference case `km-freireich-6mp`."""
    done = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0]
    waiting = [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0]
    figure = times(*after(done), *still(waiting)).to_close
    assert (figure.median, figure.interval) == (23.0, (13.0, None))
    assert figure.said == "half within 23 days (95% interval from 13 days, upper end not reached yet)"


def test_fewer_than_half_done_is_said_as_more_than_the_longest_wait() -> None:
    """Reference case `km-not-reached`."""
    figure = times(*after([4.0, 9.0, 30.0]), *still([41.0, 55.0, 70.0, 90.0, 90.0, 90.0, 90.0])).to_close
    assert (figure.median, figure.interval, figure.observed) == (None, (4.0, None), 90)
    assert figure.said == "more than 90 days (fewer than half done)"
    reached = step(figure, 30)
    assert (reached.share, reached.low, reached.high) == pytest.approx((0.3, 0.10805095877515591, 0.6712834067202652))
    assert step(figure, 60).share == pytest.approx(0.3)


def test_items_of_today_are_said_to_be_followed_for_less_than_a_day() -> None:
    assert times(*still([0.2] * 6)).to_close.said == "followed for less than a day (fewer than half done)"


def test_a_step_that_nobody_waited_for_is_left_out() -> None:
    assert [found.day for found in times(*still([61.0] * 6)).to_close.at] == [30, 60]


def test_under_five_items_there_are_counts_and_no_median() -> None:
    figure = times(*after([3, 4]), *still([60, 60])).to_close
    assert (figure.said, figure.median, figure.interval, figure.at) == ("2 of 4 so far", None, None, ())
    assert times().to_close.said == "no actions"


def test_the_naive_mean_and_the_median_of_closed_items_are_not_shown() -> None:
    figure = times(*after([10, 20, 30, 40]), *still([60, 60, 60])).to_close
    assert figure.median == 40  # the mean of the closed ones and their median say 25
    assert not any("mean" in field.name or "average" in field.name for field in fields(Duration))


def test_proof_is_reached_when_both_the_close_and_the_evidence_are_there() -> None:
    shown_later = [lived(f"L{n}", (10, Status.DONE), proven=25) for n in range(5)]
    shown_before = [lived(f"B{n}", (10, Status.DONE), proven=4) for n in range(5)]
    assert (times(*shown_later).to_close.median, times(*shown_later).to_proof.median) == (10, 25)
    assert times(*shown_before).to_proof.median == 10


def test_closed_without_evidence_is_closed_and_still_waits_for_proof() -> None:
    found = times(*after([10] * 5))
    assert (found.to_close.done, found.to_proof.done, found.to_proof.items) == (5, 0, 5)


@pytest.mark.parametrize("lost", [Status.MISSING, Status.MOVED])
def test_a_lost_item_that_was_not_completed_is_followed_until_it_was_lost(lost: Status) -> None:
    kept = after([30, 40, 50])
    gone = [lived(f"G{n}", (20, lost), (45, Status.MISSING)) for n in range(3)]
    figure = times(*kept, *gone).to_close
    assert (figure.items, figure.done) == (6, 3)
    assert step(figure, 30).share == pytest.approx(1 / 3)  # three at risk on day 30, not six
    assert figure.median == 40


def test_a_lost_item_that_was_completed_before_was_completed() -> None:
    figure = times(*(lived(f"G{n}", (20, Status.DONE), (30, Status.MOVED), proven=10) for n in range(5)))
    assert (figure.to_close.median, figure.to_proof.median) == (20, 20)


def test_duplicates_and_items_of_later_are_in_neither_curve() -> None:
    later = item("R/later", committed=NOW + DAY)
    found = times(*after([10]), *after([10] * 9, Status.DUPLICATE), later)
    assert found.to_close.said == "1 of 1 so far"
    assert found.to_proof.said == "0 of 1 so far"


def test_done_by_the_word_of_the_document_alone_is_in_neither_curve() -> None:
    said = item("R/A", Status.NOT_PUSHED)
    said = replace(said, item=replace(said.item, status=Status.DONE))
    found = times(said)
    assert (found.to_close.items, found.to_proof.items) == (0, 0)


def test_what_was_done_before_it_was_promised_took_no_time() -> None:
    adopted = [replace(one, committed=HELD + 30 * DAY) for one in after([10] * 5)]
    figure = times(*adopted).to_close
    assert (figure.median, figure.said.split(" (")[0]) == (0.0, "half within less than a day")


def test_a_past_report_does_not_know_of_later_completions() -> None:
    items = [*after([10, 20, 30, 40, 50])]
    assert times(*items, as_of=HELD + 25 * DAY).to_close.done == 2
    assert times(*items, as_of=HELD - DAY).to_close.items == 0


def due(name: str, closed: datetime | None, *, first: date = FIRST_DUE, proven: bool = False) -> TrackedItem:
    status = Status.OPEN if closed is None else Status.DONE
    return item(f"R/{name}", status, closed=closed, proven=proven, due=first)


def test_an_early_finisher_whose_due_date_is_ahead_is_not_counted_as_kept() -> None:
    """The matured cohort: counting them reads 56.6% where the truth is 50.5%."""
    ahead = date(2027, 1, 1)
    found = times(
        *(due(f"K{n}", at(4, 20)) for n in range(3)),
        *(due(f"L{n}", at(5, 9)) for n in range(3)),
        *(due(f"E{n}", at(4, 20), first=ahead) for n in range(20)),
    )
    assert (found.kept.count, found.kept.of) == (3, 6)
    assert words.share(found.kept) == "50%"


def test_a_date_that_ends_today_has_not_passed() -> None:
    assert times(due("A", None, first=NOW.date())).kept.of == 0
    assert times(due("A", None, first=NOW.date() - DAY)).kept.of == 1


def test_the_first_due_date_is_judged_in_the_zone_of_the_report() -> None:
    east = timezone(timedelta(hours=16))
    assert times(due("A", None, first=NOW.date()), zone=east).kept.of == 1
    late_evening = datetime(2026, 5, 1, 23, 30, tzinfo=UTC)
    assert times(due("A", late_evening, proven=True)).kept_proven.count == 1
    assert times(due("A", late_evening, proven=True), zone=east).kept_proven.count == 0


def test_a_moved_date_is_kept_only_on_the_line_for_moved_dates() -> None:
    move = DueMove(at=at(4, 1), before=FIRST_DUE, to=date(2026, 10, 1))
    moved = replace(
        item("R/M", Status.DONE, closed=at(9, 1), due=date(2026, 10, 1), first_due=FIRST_DUE), moves=(move,)
    )
    found = times(moved, due("K", at(4, 20)), due("L", at(5, 9)))
    assert (found.kept.count, found.kept.of) == (1, 3)
    assert (found.kept_moved.count, found.kept_moved.of) == (2, 3)


def test_a_date_moved_ahead_of_today_is_not_judged_yet_as_moved() -> None:
    move = DueMove(at=at(4, 1), before=FIRST_DUE, to=date(2027, 1, 1))
    found = times(replace(item("R/M", due=date(2027, 1, 1), first_due=FIRST_DUE), moves=(move,)))
    assert (found.kept.of, found.kept_moved.of) == (1, 0)


def test_closed_on_time_and_shown_too_late_is_kept_and_not_kept_with_proof() -> None:
    late_proof = Evidence(kind=EvidenceKind.COMMIT, url="https://github.example.com/c/1", at=at(5, 20))
    shown_late = replace(due("S", at(4, 20)), evidence=(late_proof,))
    found = times(shown_late, due("P", at(4, 20), proven=True), due("N", at(4, 20)))
    assert (found.kept.count, found.kept_proven.count, found.kept_proven.of) == (3, 1, 3)


def test_what_nobody_can_tell_is_a_bound_on_the_dates_kept() -> None:
    items = [due(f"K{n}", at(4, 20), proven=True) for n in range(4)]
    items += [due(f"L{n}", None) for n in range(4)]
    items += [item(f"R/G{n}", Status.MISSING, closed=at(4, 1), due=FIRST_DUE) for n in range(2)]
    found = times(*items)
    assert words.tally(found.kept) == words.tally(found.kept_proven) == "4 to 6 of 10"
    assert words.share(found.kept_moved) == "between 40% and 60%"


def test_done_by_the_word_of_the_document_alone_was_not_shown_on_time() -> None:
    said = item("R/A", Status.NOT_PUSHED, due=FIRST_DUE)
    found = times(replace(said, item=replace(said.item, status=Status.DONE)))
    assert (found.kept.unknown, found.kept_proven.unknown, found.kept_proven.count) == (1, 0, 0)


def test_under_five_dates_there_are_counts_and_no_percentage() -> None:
    assert words.rate(times(due("A", at(4, 20)), due("B", None)).kept) == "1 of 2"


def test_slips_are_counted_with_their_moves_and_the_median_of_how_far() -> None:
    def slipped(name: str, days: int, *moves: int) -> TrackedItem:
        start = FIRST_DUE + timedelta(days=days)
        made = tuple(DueMove(at=at(4, day), before=FIRST_DUE, to=start) for day in moves)
        return item(f"R/{name}", due=start, first_due=FIRST_DUE, moves=made)

    items = (slipped("A", 10, 1), slipped("B", 30, 1, 2, 3), slipped("C", 200, 5), slipped("D", -3, 7), due("E", None))
    found = times(*items)
    assert (found.slipped, found.moves, found.slip_days) == (3, 5, 30)
    assert times(due("E", None)).slip_days is None


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_items_and_of_their_histories_changes_nothing(chance: Random) -> None:
    reopened = [
        lived(
            f"X{n}", (5, Status.DONE), (9, Status.OPEN), (20 + n, Status.DONE), (40, lost), (50, lost), proven=2.0 * n
        )
        for n, lost in enumerate([Status.MISSING, Status.MOVED, Status.DONE, Status.OPEN] * 2)
    ]
    items = [*crowd(20, seed=3).items, *reopened]
    shuffled = [replace(one, transitions=tuple(chance.sample(one.transitions, len(one.transitions)))) for one in items]
    chance.shuffle(shuffled)
    assert times(*shuffled, as_of=END) == times(*items, as_of=END)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_figures_agree_with_the_completion_figures_and_the_listings(seed: int) -> None:
    items = crowd(80, seed=seed).items
    standings = build_standings(items, Moment(at=END, zone=UTC, accept=ACCEPT))
    found, completion, slips = times(*items, as_of=END), build_completion(standings), build_slipped(standings)
    assert found.kept == completion.on_time_rate
    assert found.slipped == slips.total
    assert found.to_close.items == completion.counted
    assert (found.to_close.done, found.to_proof.done) == (
        completion.with_evidence + completion.without_evidence,
        completion.with_evidence,
    )
    now = found.weeks[-1]
    assert (now.counted, now.unfinished, now.proven) == (
        completion.counted,
        completion.unfinished,
        completion.with_evidence,
    )
