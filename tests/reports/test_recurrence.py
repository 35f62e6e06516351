"""What came back, and what stood against it at that moment."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.aimed import LISTED
from reports.aims import Aims, Stood
from reports.basis import label_of
from reports.cases import read_cases
from reports.recurrence import WORKED_OUT, Happened, build_happened, build_period
from reports.returns import find_returns
from reports.scene import build_scene
from reports.scope import Scope
from reports.standing import UNFINISHED, build_standings
from tests.reports.crowd import END, crowd
from tests.reports.factory import BASIS, at, item, report_of, review, told
from tracker.model import Facts, ReviewHeader, Status, TrackedItem, Transition
from tracker.recorded import Waiver
from tracker.rules import status_at

FIRST, BACK = at(2, 1), at(6, 1)
LATER = at(8, 1)
"""When the reports are made: the return is in the window of twelve weeks."""


def returned(*items: TrackedItem, proposed: tuple[tuple[str, str], ...] = ()) -> Happened:
    reviews = (review("OLD", FIRST), review("NEW", BACK))
    report = report_of(Facts(reviews=reviews, items=items, proposed=proposed), LATER)
    (back,) = (one for one in report.recurrence.listed if one.is_return)
    assert report.recurrence.roll_up == ((back.stood, 1),)
    return back


def old(status: Status = Status.OPEN, closed: datetime | None = None, **more: object) -> TrackedItem:
    return item("OLD/A1", status, committed=at(2, 4), closed=closed, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("aimed", "then", "stood"),
    [
        (old(), "open", Stood.UNFINISHED),
        (old(due=date(2026, 5, 31)), "overdue", Stood.UNFINISHED),
        (old(due=date(2026, 6, 1)), "open", Stood.UNFINISHED),
        (old(Status.NOT_PUSHED), "not pushed", Stood.UNFINISHED),
        (old(Status.DONE, at(6, 2), proven=True), "open", Stood.UNFINISHED),
        (old(Status.DONE, at(5, 2)), "closed without evidence", Stood.FINISHED),
        (old(Status.DONE, at(5, 2), proven=True), "done with evidence", Stood.FINISHED),
        (old(Status.NOT_PLANNED, at(5, 2)), "not planned", Stood.DROPPED),
        (old(Status.MISSING, at(5, 2)), "missing", Stood.LOST),
        (old(Status.MOVED, at(5, 2)), "moved", Stood.LOST),
    ],
)
def test_a_return_says_how_each_item_stood_at_that_moment(aimed: TrackedItem, then: str, stood: Stood) -> None:
    back = returned(aimed)
    assert (back.then, back.stood, back.items[0].then) == ({then: 1}, stood, then)


def test_without_items_there_was_no_action_or_proposals_only() -> None:
    assert returned().stood is Stood.NONE
    assert returned(proposed=(("OLD", "Think about canaries"),)).stood is Stood.PROPOSED


def test_items_of_the_review_of_the_return_did_not_stand_against_it() -> None:
    assert returned(item("NEW/A1", committed=at(5, 1))).aimed == 0


def test_items_committed_after_the_return_did_not_stand_against_it() -> None:
    late_review = item("OLD/A1", committed=at(6, 10))
    assert returned(late_review).stood is Stood.NONE


def test_a_return_counts_what_was_unfinished_then_and_still_is() -> None:
    back = returned(
        item("OLD/A1", committed=at(2, 4)), item("OLD/A2", Status.DONE, committed=at(2, 4), closed=at(7, 1)),
        item("OLD/A3", Status.DUPLICATE, committed=at(2, 4)),
    )  # fmt: skip
    assert (back.aimed, back.unfinished, back.still_unfinished) == (2, 2, 1)


def test_an_item_reopened_after_the_return_was_done_at_that_moment() -> None:
    history = (
        Transition(source="1", at=at(5, 1), to=Status.DONE),
        Transition(source="2", at=at(7, 1), to=Status.OPEN),
    )
    back = returned(item("OLD/A1", committed=at(2, 4), transitions=history))
    assert (back.items[0].then, back.items[0].now, back.still_unfinished) == ("closed without evidence", "open", 0)


@pytest.mark.parametrize(("hours", "returns"), [(1, 0), (72, 0), (73, 1)])
def test_incidents_within_72_hours_are_one_episode(hours: int, returns: int) -> None:
    reviews = (review("A", FIRST), review("B", FIRST + timedelta(hours=hours)))
    seen = report_of(Facts(reviews=reviews), at(3, 1)).recurrence
    assert (seen.returned, seen.same_episode) == (returns, 1 - returns)


def test_an_episode_never_spans_a_completion() -> None:
    done = item("A/1", Status.DONE, committed=at(1, 20), closed=FIRST + timedelta(hours=5), proven=True)
    reviews = (review("A", FIRST), review("B", FIRST + timedelta(hours=10)))
    assert report_of(Facts(reviews=reviews, items=(done,)), at(3, 1)).recurrence.returned == 1


def test_classes_do_not_mix_and_spelling_does_not_split_one() -> None:
    reviews = (review("A", FIRST, "Config rollout"), review("B", BACK, "config-rollout"), review("C", BACK, "dns"))
    seen = report_of(Facts(reviews=reviews), LATER).recurrence
    assert (seen.returned, [one.incident_class for one in seen.listed]) == (1, ["config-rollout"])


@pytest.mark.parametrize(
    ("gap", "without"), [(review("X", BACK, ""), (1, 0)), (review("X", None, reviewed=date(2026, 6, 1)), (0, 1))]
)
def test_an_incident_without_class_or_start_is_no_return_and_is_counted(
    gap: ReviewHeader, without: tuple[int, int]
) -> None:
    report = report_of(Facts(reviews=(review("A", FIRST), gap)), LATER)
    assert (report.incidents_without_class, report.incidents_without_start) == without
    assert report.recurrence.returned == 0


def test_returns_are_listed_newest_first_and_all_counted() -> None:
    reviews = tuple(review(f"R{n:02}", FIRST + timedelta(days=7 * n)) for n in range(WORKED_OUT + 5))
    facts = Facts(reviews=reviews)
    seen = report_of(facts, at(6, 1), scope=Scope(since=FIRST.date())).recurrence
    assert (seen.returned, seen.unlisted) == (WORKED_OUT + 4, 4)
    assert [back.incident_id for back in seen.listed] == [f"R{n:02}" for n in range(WORKED_OUT + 4, 4, -1)]
    assert report_of(facts, at(6, 1)).recurrence.returned == 12 - 1


def test_only_returns_of_the_last_seven_days_are_new() -> None:
    facts = Facts(reviews=(review("A", FIRST), review("B", BACK, reviewed=BACK.date())))
    assert report_of(facts, BACK + timedelta(days=6)).recurrence.returned_new == 1
    assert report_of(facts, BACK + timedelta(days=7)).recurrence.returned_new == 0


def seen(*, reviews: tuple[ReviewHeader, ...] = (), **more: Any) -> list[Happened]:
    """What is listed on 1 Aug, the newest first."""
    return list(report_of(Facts(reviews=reviews, **more), LATER).recurrence.listed)


def test_an_incident_that_nobody_reviewed_is_a_return_too_and_what_stood_against_it_is_said() -> None:
    (back,) = seen(reviews=(review("OLD", FIRST),), incidents=(told("OPS-1", BACK),), items=(old(),))
    assert (back.incident_id, back.reviewed, back.is_return, back.previous_id) == ("OPS-1", False, True, "OLD")
    assert (back.stood, back.then) == (Stood.UNFINISHED, {"open": 1})


def test_a_reviewed_incident_that_a_feed_knows_as_well_is_one() -> None:
    again = review("NEW", BACK, incidents=("OPS-1",))
    (back,) = seen(reviews=(review("OLD", FIRST), again), incidents=(told("OPS-1", BACK),))
    assert (back.incident_id, back.reviewed) == ("NEW", True)


def test_an_item_aimed_at_one_of_its_conditions_stood_against_an_incident_of_another_class() -> None:
    other = review("OTHER", FIRST, "dns")
    aimed = item("OTHER/A", committed=at(2, 4), conditions=("No canary",))
    incidents = (told("OPS-1", at(3, 1)), told("OPS-2", BACK, conditions=("no-canary",)))
    (back,) = seen(reviews=(other,), incidents=incidents, items=(aimed,))
    assert (back.stood, [one.key for one in back.items]) == (Stood.UNFINISHED, ["OTHER/A"])


def test_an_item_aimed_at_both_class_and_condition_counts_once() -> None:
    incident = told("OPS-1", BACK, conditions=("no-canary",))
    (back,) = seen(reviews=(review("OLD", FIRST),), incidents=(incident,), items=(old(conditions=("no-canary",)),))
    assert (back.aimed, back.then) == (1, {"open": 1})


def test_an_incident_of_several_classes_counts_once_and_comes_back_in_the_first_that_did() -> None:
    incidents = (
        told("OPS-1", at(3, 1), "dns"),
        told("OPS-2", at(4, 1), "disk-full"),
        told("OPS-3", BACK, classes=("new", "dns", "disk-full")),
    )
    recurrence = report_of(Facts(incidents=incidents), LATER).recurrence
    assert (recurrence.returned, recurrence.returned_classes, recurrence.roll_up) == (1, 2, ((Stood.NONE, 1),))
    back = next(one for one in recurrence.listed if one.is_return)
    assert (back.incident_class, back.returned_class, back.previous_id) == ("new", "dns", "OPS-1")


def test_history_follows_the_alias() -> None:
    basis = replace(BASIS, aliases={"config-push": "config-rollout"})
    facts = Facts(incidents=(told("OPS-1", FIRST, "Config push"), told("OPS-2", BACK)))
    assert report_of(facts, LATER).recurrence.returned == 0
    assert report_of(facts, LATER, basis).recurrence.returned == 1


def test_a_new_incident_is_listed_although_it_is_no_return() -> None:
    (only,) = seen(incidents=(told("OPS-1", LATER - timedelta(days=3)),))
    assert (only.is_new, only.is_return, only.previous_id, only.previous_started) == (True, False, None, None)


def test_a_waived_action_stood_against_the_return_as_waived() -> None:
    waiver = Waiver(at=at(3, 1), until=date(2026, 6, 30))
    back = returned(old(waivers=(waiver,)))
    assert (back.stood, back.then, back.items[0].now) == (Stood.WAIVED, {"waived": 1}, "open")


def test_a_duplicate_says_nothing_of_what_stood() -> None:
    back = returned(item("OLD/A1", Status.DUPLICATE, committed=at(2, 4)))
    assert (back.stood, back.aimed, back.then) == (Stood.NONE, 0, {"duplicate": 1})


def test_where_only_the_day_is_known_an_item_closed_on_that_day_was_unfinished() -> None:
    day = at(6, 1, 0)
    done = old(Status.DONE, at(6, 1, 9), proven=True)
    incident = told("OPS-1", day, day_only=True)
    (back,) = seen(reviews=(review("OLD", FIRST),), incidents=(incident,), items=(done,))
    assert (back.stood, back.day_only, back.started) == (Stood.UNFINISHED, True, day)


def test_a_day_without_an_hour_is_that_day_in_every_zone() -> None:
    west = replace(BASIS, zone=timezone(timedelta(hours=-8)))
    incidents = (told("OPS-1", FIRST), told("OPS-2", at(6, 1, 0), day_only=True))
    (back,) = report_of(Facts(incidents=incidents), LATER, west, scope=Scope(since=date(2026, 6, 1))).recurrence.listed
    assert back.started.date() == date(2026, 6, 1)


@pytest.mark.parametrize(("since", "returns"), [(None, 1), (date(2026, 4, 1), 2), (date(2026, 7, 2), 0)])
def test_returns_are_counted_over_twelve_weeks_or_from_the_day_that_was_given(since: date | None, returns: int) -> None:
    incidents = tuple(told(f"OPS-{month}", at(month, 1)) for month in (2, 4, 7))
    recurrence = report_of(Facts(incidents=incidents), LATER, scope=Scope(since=since)).recurrence
    assert (recurrence.returned, recurrence.incidents) == (returns, max(returns, 0))


def test_the_roll_up_sets_unfinished_promises_against_finished_ones() -> None:
    done = item("DNS/A", Status.DONE, committed=at(2, 4), closed=at(3, 1), proven=True)
    incidents = (told("OPS-1", at(6, 1)), told("OPS-2", at(6, 10)), told("OPS-3", at(6, 20), "dns"))
    facts = Facts(reviews=(review("OLD", FIRST), review("DNS", FIRST, "dns")), incidents=incidents, items=(old(), done))
    recurrence = report_of(facts, LATER).recurrence
    assert (recurrence.returned, recurrence.while_unfinished, recurrence.despite_finished) == (3, 2, 1)
    assert recurrence.roll_up == ((Stood.UNFINISHED, 2), (Stood.FINISHED, 1))


def test_a_report_on_one_class_tells_of_its_returns_alone() -> None:
    both = told("OPS-2", BACK, classes=("config-rollout", "dns"))
    facts = Facts(incidents=(told("OPS-0", FIRST), both))
    assert report_of(facts, LATER, scope=Scope(incident_class="dns")).recurrence.returned == 0
    again = Facts(incidents=(*facts.incidents, told("OPS-1", FIRST, "dns")))
    (listed,) = report_of(again, LATER, scope=Scope(incident_class="dns")).recurrence.listed
    assert listed.returned_class == "dns"


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_quick_count_of_what_stood_is_what_the_items_say_one_by_one(seed: int, classes: int) -> None:
    facts = crowd(60, classes=classes, seed=seed)
    scene = build_scene(facts, END, BASIS)
    cases = read_cases(scene.incidents, scene.class_of, scene.items, scene.moment, BASIS)
    found = find_returns(scene.incidents.known, {name: case.course.episodes for name, case in cases.by_name.items()})
    period = build_period(scene, found, date(2024, 6, 1))
    aims = Aims(scene, since=BASIS.midnight(period.since))
    for back in period.returned:
        incident, happened = back.incident, build_happened(scene, back.incident, back, aims)
        labels = {label_of(name) for name in incident.conditions}
        aimed = [
            standing.tracked
            for standing in scene.standings
            if standing.tracked.review_id not in incident.reviews
            and (
                scene.class_of[standing.tracked.review_id] in incident.classes
                or labels.intersection(map(label_of, standing.tracked.item.conditions))
            )
        ]
        then = build_standings(aimed, scene.moment.earlier(incident.started))
        left = [one for one in then if one.line in UNFINISHED and status_at(one.tracked, END).is_live]
        assert happened.then == Counter(one.word for one in then)
        assert happened.unfinished == sum(one.line in UNFINISHED for one in then)
        now = {standing.tracked.key: standing.word for standing in scene.standings}
        assert happened.now == Counter(now[one.tracked.key] for one in then if one.line in UNFINISHED)
        assert aims.stood(incident) is happened.stood
        assert aims.is_still_unfinished(incident) is (happened.still_unfinished > 0)
        assert happened.still_unfinished <= len(left)
        assert [one.key for one in happened.items if one.still_unfinished] == [
            one.key for one in happened.items[: min(happened.still_unfinished, LISTED)]
        ]
