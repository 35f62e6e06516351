"""Which target gets what: once a week, and never again where nobody can tell whether it arrived."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.deliver.plan import Done, Goal, Send, To, Unsure, plan_week, week_of
from tracker.store.deliveries import Came, Delivery, Slot

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
WEEK = date(2026, 11, 23)
GRACE = timedelta(minutes=10)
SLOT = Slot("t", WEEK)


def a_goal(to: str) -> Goal:
    return Goal(name="t", to=cast("To", to))


def plan(to: str, last: Delivery | None, now: datetime = NOW, *, again: bool = False) -> Send | Done | Unsure:
    known = {} if last is None else {SLOT: last}
    (step,) = plan_week([a_goal(to)], WEEK, known, now, again={"t"} if again else set(), grace=GRACE)
    return step


@pytest.mark.parametrize(
    ("moment", "starts", "zone", "week"),
    [
        (datetime(2026, 11, 23, 0, tzinfo=UTC), 0, "UTC", date(2026, 11, 23)),
        (datetime(2026, 11, 29, 23, tzinfo=UTC), 0, "UTC", date(2026, 11, 23)),
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), 0, "Europe/Berlin", date(2026, 11, 30)),
        (datetime(2026, 11, 25, tzinfo=UTC), 6, "UTC", date(2026, 11, 22)),
    ],
)
def test_a_week_begins_on_its_day_in_the_zone_of_the_report(
    moment: datetime, starts: int, zone: str, week: date
) -> None:
    assert week_of(moment, ZoneInfo(zone), starts) == week


def test_what_is_not_known_of_is_sent() -> None:
    assert plan("mail", None) == Send(goal=a_goal("mail"), slot=SLOT)


def test_what_was_delivered_is_not_sent_unless_a_person_asks() -> None:
    last = Delivery(slot=SLOT, begun=NOW, ended=NOW, came=Came.DELIVERED)
    assert isinstance(plan("mail", last), Done)
    assert isinstance(plan("mail", last, again=True), Send)


def test_a_mail_or_chat_of_unknown_outcome_is_said_and_not_sent_again() -> None:
    for to in ("mail", "apprise"):
        killed = plan(to, Delivery(slot=SLOT, begun=NOW))
        assert isinstance(killed, Unsure)
        assert killed.is_new
        said = plan(to, Delivery(slot=SLOT, begun=NOW, came=Came.UNKNOWN, detail="lost"))
        assert isinstance(said, Unsure)
        assert (said.is_new, said.detail) == (False, "lost")


def test_a_file_of_unknown_outcome_is_written_anew() -> None:
    assert isinstance(plan("folder", Delivery(slot=SLOT, begun=NOW)), Send)


def test_a_comment_of_unknown_outcome_is_only_looked_for_until_the_grace_time_is_over() -> None:
    last = Delivery(slot=SLOT, begun=NOW, came=Came.UNKNOWN)
    early, late = plan("issue", last, NOW + GRACE / 2), plan("issue", last, NOW + GRACE)
    assert isinstance(early, Send)
    assert isinstance(late, Send)
    assert (early.look_only, early.until, late.look_only) == (True, NOW + GRACE, False)


def test_only_those_refused_for_now_get_it_later() -> None:
    partly = Delivery(slot=SLOT, begun=NOW, ended=NOW, came=Came.PARTLY, detail="refused", left=("b@x.example",))
    step = plan("mail", partly)
    assert isinstance(step, Send)
    assert step.only == ("b@x.example",)
    done = plan("mail", Delivery(slot=SLOT, begun=NOW, ended=NOW, came=Came.PARTLY, detail="refused"))
    assert isinstance(done, Done)
    assert done.detail == "refused"


def test_what_was_not_sent_is_sent_the_next_time() -> None:
    last = Delivery(slot=SLOT, begun=NOW, ended=NOW, came=Came.FAILED, detail="no route", left=("b@x.example",))
    step = plan("mail", last)
    assert isinstance(step, Send)
    assert (step.why, step.only) == ("last time: no route", ("b@x.example",))


@given(st.lists(st.sampled_from(["taken", "turned away", "lost", "killed before", "killed after"]), max_size=8))
@settings(max_examples=50, deadline=None)
def test_whatever_happens_no_mail_may_arrive_twice(fates: list[str]) -> None:
    """Each run meets a fate; `lost` and `killed` are those in which it may have arrived."""
    last: Delivery | None = None
    may_have_arrived = 0
    for number, fate in enumerate(fates):
        now = NOW + timedelta(minutes=number)
        step = plan("mail", last, now)
        if not isinstance(step, Send):
            if isinstance(step, Unsure):
                last = Delivery(slot=SLOT, begun=step.since, came=Came.UNKNOWN)
            continue
        last = Delivery(slot=SLOT, begun=now)
        may_have_arrived += fate in ("taken", "lost", "killed after")
        came = {"taken": Came.DELIVERED, "turned away": Came.FAILED, "lost": Came.UNKNOWN}.get(fate, Came.SENDING)
        last = Delivery(slot=SLOT, begun=now, came=came)
    assert may_have_arrived <= 1


@given(
    st.sampled_from(["mail", "folder", "issue", "apprise"]), st.none() | st.sampled_from(list(Came)), st.integers(0, 60)
)
@settings(max_examples=50, deadline=None)
def test_there_is_one_step_for_each_goal_and_it_names_its_slot(to: str, came: Came | None, minutes: int) -> None:
    last = None if came is None else Delivery(slot=SLOT, begun=NOW, came=came)
    step = plan(to, last, NOW + timedelta(minutes=minutes))
    assert (step.goal.name, step.slot) == ("t", SLOT)
    assert not isinstance(step, Unsure) or to in ("mail", "apprise")
