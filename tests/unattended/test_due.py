"""When a job is due: each moment once, whatever the clocks do and however long nobody looked."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.due import RETRY, TRIES, Daily, Every, Rule, Weekly, decide, following, latest, on_the_wall
from tracker.store.runs import Outcome, Run

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_AT_7 = Weekly(0, time(7))
QUARTER = Every(timedelta(minutes=15))
ZONES = [BERLIN, UTC, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"))]
RULES = st.one_of(
    st.builds(Weekly, st.integers(0, 6), st.times(timezones=st.none())),
    st.builds(Daily, st.times(timezones=st.none())),
    st.builds(Every, st.timedeltas(timedelta(minutes=1), timedelta(days=2))),
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def ran(due: datetime, outcome: Outcome = Outcome.DONE, *, minutes: int | None = 1, tries: int = 1) -> Run:
    ended = None if minutes is None else due + timedelta(minutes=minutes)
    return Run(job="job", due=due, started=due, ended=ended, outcome=outcome, tries=tries)


@settings(max_examples=50, deadline=None)
@given(rule=RULES, now=MOMENTS, zone=st.sampled_from(ZONES))
def test_now_lies_between_two_moments_of_the_rule(rule: Rule, now: datetime, zone: ZoneInfo) -> None:
    before, after = latest(rule, now, zone), following(rule, now, zone)
    assert before <= now < after
    assert latest(rule, after, zone) == after
    assert following(rule, before, zone) == after


@settings(max_examples=50, deadline=None)
@given(rule=RULES, start=MOMENTS, naps=st.lists(st.timedeltas(timedelta(), timedelta(days=20)), max_size=20))
def test_a_moment_runs_once_and_missed_ones_are_made_up_by_one_run(
    rule: Rule, start: datetime, naps: list[timedelta]
) -> None:
    now, last, done = start, ran(latest(rule, start, BERLIN)), []
    for nap in naps:
        now += nap
        due, begin = decide(rule, last, now, BERLIN)
        if begin <= now:
            done.append(due)
            last = Run(job="job", due=due, started=now, ended=now, outcome=Outcome.DONE)
            assert due == latest(rule, now, BERLIN)
        assert decide(rule, last, now, BERLIN).start > now
    assert len(set(done)) == len(done)
    assert last.due == latest(rule, now, BERLIN)  # nothing is left undone


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-23T06:30+01:00", "2026-03-23T07:00+01:00"),
        ("2026-03-23T07:00+01:00", "2026-03-30T07:00+02:00"),  # the clocks are put forward on the 29th
        ("2026-10-19T07:00+02:00", "2026-10-26T07:00+01:00"),  # and back on the 25th
        ("2026-10-26T06:59+01:00", "2026-10-26T07:00+01:00"),
    ],
)
def test_monday_at_seven_is_seven_on_the_wall_across_both_changes(now: str, due: str) -> None:
    assert following(MONDAY_AT_7, moment(now), BERLIN) == moment(due)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_a_year_of_mondays_has_each_at_seven(year: int) -> None:
    now, end, found = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC), []
    while (now := following(MONDAY_AT_7, now, BERLIN)) < end:
        found.append(now.astimezone(BERLIN))
    assert {(each.weekday(), each.time()) for each in found} == {(0, time(7))}
    assert {(b.date() - a.date()).days for a, b in pairwise(found)} == {7}
    assert {b.utcoffset() for b in found} == {timedelta(hours=1), timedelta(hours=2)}


def test_an_hour_that_is_left_out_is_as_much_later_as_the_clocks_were_put_forward() -> None:
    skipped = on_the_wall(moment("2026-03-29T00:00Z").date(), time(2, 30), BERLIN)
    assert skipped == moment("2026-03-29T03:30+02:00")
    moments = [following(Daily(time(2, 30)), moment(f"2026-03-{day}T12:00Z"), BERLIN) for day in (27, 28, 29)]
    assert [each.astimezone(BERLIN).hour for each in moments] == [2, 3, 2]


def test_an_hour_that_comes_twice_counts_the_first_time_and_no_more() -> None:
    twice = Daily(time(2, 30))
    first = moment("2026-10-25T02:30+02:00")
    assert following(twice, moment("2026-10-25T00:00+02:00"), BERLIN) == first
    assert decide(twice, ran(first), moment("2026-10-25T02:45+01:00"), BERLIN).due == moment("2026-10-26T02:30+01:00")


def test_what_comes_every_so_often_is_due_at_once_when_it_never_ran() -> None:
    now = moment("2026-10-05T09:07Z")
    assert decide(QUARTER, None, now, UTC) == (moment("2026-10-05T09:00Z"), now)


def test_a_report_of_before_anybody_asked_is_nobodys() -> None:
    now = moment("2026-10-06T09:00Z")
    assert decide(MONDAY_AT_7, None, now, UTC).start == moment("2026-10-12T07:00Z")


def test_a_report_that_failed_is_tried_again_in_half_an_hour_and_not_for_ever() -> None:
    due = moment("2026-10-05T07:00Z")
    failed = ran(due, Outcome.FAILED)
    assert failed.ended is not None
    assert decide(MONDAY_AT_7, failed, due + timedelta(minutes=2), UTC) == (due, failed.ended + RETRY)
    worn = ran(due, Outcome.FAILED, tries=TRIES)
    assert decide(MONDAY_AT_7, worn, due + timedelta(hours=9), UTC).due == moment("2026-10-12T07:00Z")


def test_an_outage_of_two_days_does_not_cost_the_weeks_report() -> None:
    now = due = moment("2026-10-05T07:00Z")
    last, starts = ran(due, Outcome.FAILED), []
    while (again := decide(MONDAY_AT_7, last, now, UTC)).due == due:
        now = again.start
        starts.append(now - due)
        last = Run(job="job", due=due, started=now, ended=now, outcome=Outcome.FAILED, tries=last.tries + 1)
    assert len(starts) == TRIES - 1
    assert timedelta(days=2) < starts[-1] < timedelta(days=3)


def test_a_sync_that_failed_waits_for_its_next_time() -> None:
    due = moment("2026-10-05T07:00Z")
    assert decide(QUARTER, ran(due, Outcome.FAILED), due, UTC).start == moment("2026-10-05T07:15Z")


@pytest.mark.parametrize(
    "cut",
    [
        ran(moment("2026-10-05T07:00Z"), minutes=None, outcome=Outcome.RUNNING),
        ran(moment("2026-10-05T07:00Z"), Outcome.STOPPED),
    ],
)
@pytest.mark.parametrize("rule", [QUARTER, MONDAY_AT_7])
def test_a_run_that_was_killed_or_stopped_goes_on_at_once(cut: Run, rule: Rule) -> None:
    now = moment("2026-10-05T07:05Z")
    due, start = decide(rule, cut, now, UTC)
    assert (due, start <= now) == (cut.due, True)


def test_what_kills_its_process_each_time_is_not_begun_for_ever() -> None:
    cut = ran(moment("2026-10-05T07:00Z"), Outcome.RUNNING, minutes=None, tries=TRIES)
    assert decide(QUARTER, cut, moment("2026-10-05T07:05Z"), UTC).start == moment("2026-10-05T07:15Z")


def test_a_clock_that_was_put_back_runs_nothing_twice() -> None:
    done = ran(moment("2026-10-05T07:15Z"))
    due, start = decide(QUARTER, done, moment("2026-10-05T07:10Z"), UTC)
    assert (due, start) == (done.due, done.due)
