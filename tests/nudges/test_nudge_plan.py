"""Who is reminded of what: once an occasion, never before the amnesty, backing off, bounded, silent once answered."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.nudge_steps import AskForEvidence, Nudge
from tests.make import an_item
from tests.nudges.making import (
    BEGIN,
    DUE,
    after,
    an_open_item,
    answered,
    closed,
    names,
    on,
    plan,
    rules,
    said,
    why,
    written,
)
from tracker.model import Evidence, EvidenceKind, Status, TrackedItem
from tracker.recorded import Waiver
from tracker.store.nudges import Heard, Occasion, Sent

ITEM = an_open_item()


def run_daily(
    item: TrackedItem, days: list[int], heard: Heard | None = None, **fields: object
) -> list[tuple[int, str]]:
    """Run on these days after the due date, each time by what was said before; what was said on which."""
    heard, log = heard or Heard(), []
    for day in days:
        steps = plan(item, now=after(day), heard=heard, by=rules(**fields))
        heard = said(heard, steps, after(day))
        log += [(day, name) for name in names(steps)]
    return log


def test_an_item_is_reminded_before_it_is_due_and_ever_more_rarely_afterwards() -> None:
    assert run_daily(ITEM, list(range(-40, 200))) == [
        (-3, "due-soon"),
        (14, "overdue-1"),
        (42, "overdue-2"),
        (98, "overdue-3"),
        (154, "overdue-4"),
    ]


def test_what_was_missed_is_made_up_once_by_its_latest_occasion_alone() -> None:
    assert run_daily(ITEM, [120, 121, 122]) == [(120, "overdue-3")]
    assert run_daily(ITEM, [0, 1]) == [(0, "due-soon")]
    assert run_daily(ITEM, [1, 2, 13]) == []


def test_one_that_was_made_up_late_keeps_its_distance_to_the_next() -> None:
    assert run_daily(ITEM, [*range(40), *range(97, 130)]) == [
        (0, "due-soon"),
        (14, "overdue-1"),
        (97, "overdue-2"),
        (111, "overdue-3"),
    ]


@settings(max_examples=50, deadline=None)
@given(
    days=st.lists(st.integers(-10, 250), max_size=60),
    every=st.integers(1, 30),
    before=st.integers(1, 10),
    since=st.integers(-20, 100),
    answer=st.none() | st.integers(-10, 250),
)
def test_no_occasion_twice_none_before_the_amnesty_none_after_an_answer_and_growing_distances(
    days: list[int], every: int, before: int, since: int, answer: int | None
) -> None:
    by = rules(since=(after(since)).date(), overdue_every=timedelta(days=every), before_due=timedelta(days=before))
    given_on: list[tuple[int, Occasion]] = []
    heard, silent_from = Heard(), None
    for run, day in enumerate(sorted(days)):  # several on one day, now and then
        now = after(day) + timedelta(minutes=2 * run)
        if answer is not None and day >= answer and silent_from is None:
            heard = answered(heard, now - timedelta(minutes=1))
            silent_from = len(given_on) or None
        steps = plan(ITEM, now=now, heard=heard, by=by)
        heard = said(heard, steps, now)
        given_on += [(day, occasion) for step in written(steps) for occasion in step.occasions]
    assert len({occasion for _day, occasion in given_on}) == len(given_on)
    assert all(day >= since for day, _occasion in given_on)
    overdue = [(day, int(occasion.name[8:])) for day, occasion in given_on if occasion.name != "due-soon"]
    assert all(later - earlier >= every for (earlier, _), (later, _) in pairwise(overdue))
    assert [number for _day, number in overdue] == sorted({number for _day, number in overdue})
    assert all(day >= every * (1 if number == 1 else 4 * number - 5) for day, number in overdue)
    assert silent_from is None or len(given_on) == silent_from


@settings(max_examples=20, deadline=None)
@given(count=st.integers(0, 60), most=st.integers(1, 25))
def test_a_run_is_bounded_and_the_rest_has_its_turn_later(count: int, most: int) -> None:
    items = [an_open_item(number) for number in range(1, count + 1)]
    heard, seen = Heard(), []
    for _run in range(count // most + 1):
        steps = plan(*items, now=after(14), heard=heard, by=rules(most=most))
        assert len(steps) == count
        assert len(written(steps)) <= most
        heard = said(heard, steps, after(14))
        seen += [occasion.item for step in written(steps) for occasion in step.occasions]
    assert sorted(seen) == sorted(item.key for item in items)


def test_the_longest_overdue_comes_first() -> None:
    older = replace(an_open_item(2), item=an_item(id="A2", due=DUE - timedelta(days=100)))
    (first,) = written(plan(ITEM, older, now=after(14), by=rules(most=1)))
    assert first.ref == "acme/payments#2"


def test_several_items_of_one_issue_share_one_comment() -> None:
    (step,) = plan(an_open_item(1), an_open_item(2, issue=1), now=after(14))
    assert isinstance(step, Nudge)
    assert [occasion.item for occasion in step.occasions] == ["INC-1/A1", "INC-1/A2"]
    assert "INC-1/A1" in step.comment
    assert "INC-1/A2" in step.comment


def test_a_comment_names_no_more_items_than_fit() -> None:
    steps = plan(*(an_open_item(number, issue=1) for number in range(1, 31)), now=after(14))
    assert len(written(steps)[0].occasions) == 20
    assert len(steps) == 11


def test_an_issue_that_stands_for_several_items_is_not_reminded_every_day() -> None:
    later = replace(an_open_item(2, issue=1), item=an_item(id="A2", due=DUE + timedelta(days=1)))
    heard = said(Heard(), plan(ITEM, later, now=after(14)), after(14))
    steps = plan(ITEM, later, now=after(15), heard=heard)
    assert names(steps) == []
    assert names(plan(ITEM, later, now=after(28), heard=heard)) == ["overdue-1"]


def test_a_date_that_comes_due_soon_is_not_passed_over_for_the_issues_other_items() -> None:
    later = replace(an_open_item(2, issue=1), item=an_item(id="A2", due=DUE + timedelta(days=18)))
    heard = said(Heard(), plan(ITEM, later, now=after(14)), after(14))
    assert names(plan(ITEM, later, now=after(15), heard=heard)) == ["due-soon"]


def test_what_lies_before_the_amnesty_is_left_in_peace() -> None:
    assert "before 2026-12-05" in why(plan(ITEM, now=after(20), by=rules(since=date(2026, 12, 5))))
    assert names(plan(ITEM, now=after(42), by=rules(since=date(2026, 12, 5)))) == ["overdue-2"]


def test_old_items_that_were_pushed_today_are_left_in_peace() -> None:
    heard = Heard(pushed={ITEM.key: after(30)})
    assert why(plan(ITEM, now=after(30), heard=heard)) == "it was pushed since its last occasion"
    assert names(plan(ITEM, now=after(42), heard=heard)) == ["overdue-2"]
    assert why(plan(ITEM, now=after(-2), heard=Heard(pushed={ITEM.key: after(-2)}))).startswith("it was pushed")


def test_an_answer_ends_the_reminders_for_this_date_and_another_date_begins_anew() -> None:
    heard = said(Heard(), plan(ITEM, now=after(-3)), after(-3))
    heard = answered(heard, after(-2))
    assert why(plan(ITEM, now=after(42), heard=heard)) == "a person answered on 2026-11-18"
    moved = replace(ITEM, item=replace(ITEM.item, due=DUE + timedelta(days=30)))
    assert names(plan(moved, now=after(44), heard=heard)) == ["overdue-1"]
    assert names(plan(moved, now=after(27), heard=heard)) == ["due-soon"]


def test_a_comment_before_the_reminder_is_no_answer() -> None:
    assert names(plan(ITEM, now=after(14), heard=answered(Heard(), after(13)))) == ["overdue-1"]
    heard = said(answered(Heard(), after(-4)), plan(ITEM, now=after(-3)), after(-3))
    assert names(plan(ITEM, now=after(14), heard=heard)) == ["overdue-1"]


@pytest.mark.parametrize("status", [Status.NOT_PLANNED, Status.DUPLICATE, Status.MOVED, Status.MISSING])
def test_items_that_are_settled_or_lost_are_left_in_peace(status: Status) -> None:
    assert why(plan(closed(ITEM, after(-20), status), now=after(14))) == str(status)


def test_other_items_that_nobody_can_be_reminded_of() -> None:
    waived = replace(ITEM, waivers=(Waiver(at=after(0), until=after(14).date(), reason="x"),))
    assert why(plan(waived, now=after(14))) == f"it is waived until {after(14).date()}"
    assert names(plan(waived, now=after(15))) == ["overdue-1"]
    assert why(plan(replace(ITEM, issue=None), now=after(14))) == "no issue stands for it"
    assert why(plan(replace(ITEM, item=an_item(due=None)), now=after(14))) == "it has no due date"
    assert ITEM.issue is not None
    struck = replace(ITEM, issue=replace(ITEM.issue, strikes=1))
    assert why(plan(struck, now=after(14))) == "its issue could not be read at the last sync"
    assert "not in the config" in why(plan(ITEM, now=after(14), by=rules(trackers=frozenset())))
    assert why(plan(ITEM, now=BEGIN)) == f"it is due on {DUE}"


def test_days_are_those_of_the_reports_zone() -> None:
    from zoneinfo import ZoneInfo

    evening = on(DUE - timedelta(days=4), 23)
    assert names(plan(ITEM, now=evening)) == []
    assert names(plan(ITEM, now=evening, by=rules(zone=ZoneInfo("Europe/Berlin")))) == ["due-soon"]


def test_a_reminder_without_an_answer_is_left_alone_for_the_grace_time() -> None:
    occasion = Occasion("INC-1/A1", "overdue-1", DUE.isoformat())
    heard = Heard(sent={occasion: Sent(after(14), accepted=False)})
    assert "no answer came" in why(plan(ITEM, now=after(14) + timedelta(minutes=9), heard=heard))
    assert names(plan(ITEM, now=after(14) + timedelta(minutes=11), heard=heard)) == ["overdue-1"]
    taken = Heard(sent={occasion: Sent(after(14), accepted=True)})
    assert "cannot be read back" in why(plan(ITEM, now=after(20), heard=taken))


def test_a_close_without_evidence_is_asked_about_a_day_later_and_once() -> None:
    done = closed(ITEM, after(-5))
    assert "within the last day" in why(plan(done, now=after(-5) + timedelta(hours=23)))
    steps = plan(done, now=after(-4))
    (step,) = steps
    assert isinstance(step, AskForEvidence)
    assert not step.reopen
    heard = said(Heard(), steps, after(-4))
    assert why(plan(done, now=after(90), heard=heard)) == "that was said on 2026-11-16"


def test_it_is_opened_again_where_the_config_says_so() -> None:
    (step,) = plan(closed(ITEM, after(-5)), now=after(-4), by=rules(reopen=True))
    assert isinstance(step, AskForEvidence)
    assert step.reopen
    assert "opened again" in step.comment


def test_each_close_is_asked_about_at_most_twice_and_never_after_an_answer() -> None:
    first = closed(ITEM, after(-5))
    heard = said(Heard(), plan(first, now=after(-4)), after(-4))
    second = closed(closed(first, after(-3), Status.OPEN), after(-2))
    assert names(plan(second, now=after(-1), heard=heard)) == ["no-evidence"]
    assert "answered" in why(plan(second, now=after(-1), heard=answered(heard, after(-3))))
    heard = said(heard, plan(second, now=after(-1), heard=heard), after(-1))
    third = closed(closed(second, after(0), Status.OPEN), after(1))
    assert why(plan(third, now=after(9), heard=heard)) == "it was asked for evidence 2 times"


def test_who_is_not_asked_for_evidence() -> None:
    done = closed(ITEM, after(-5))
    proof = Evidence(kind=EvidenceKind.COMMIT, url="https://a.example/c", at=after(-5))
    assert why(plan(replace(done, evidence=(proof,)), now=after(0))) == "done with evidence"
    only_pulls = rules(accept=frozenset({EvidenceKind.MERGED_PULL_REQUEST}))
    assert names(plan(replace(done, evidence=(proof,)), now=after(0), by=only_pulls)) == ["no-evidence"]
    assert "nobody is asked" in why(plan(done, now=after(0), by=rules(ask=False)))
    assert "before 2026-11-16" in why(plan(done, now=after(0), by=rules(since=date(2026, 11, 16))))
    early = closed(ITEM, BEGIN - timedelta(days=1))
    early_ok = rules(since=date(2026, 1, 1))
    assert why(plan(early, now=after(0), by=early_ok)) == "it was closed before it was promised"
