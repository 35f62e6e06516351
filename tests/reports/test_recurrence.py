"""What came back, and what stood against it at that moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from reports.recurrence import RETURNS_LISTED, Return, Stood
from tests.reports.factory import at, item, report_of, review
from tracker.model import Facts, ReviewHeader, Status, TrackedItem, Transition

FIRST, BACK = at(2, 1), at(6, 1)


def returned(*items: TrackedItem, proposed: tuple[tuple[str, str], ...] = ()) -> Return:
    reviews = (review("OLD", FIRST), review("NEW", BACK))
    (back,) = report_of(Facts(reviews=reviews, items=items, proposed=proposed)).recurrence.listed
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
    seen = report_of(Facts(reviews=reviews)).recurrence
    assert (seen.returned, seen.same_episode) == (returns, 1 - returns)


def test_an_episode_never_spans_a_completion() -> None:
    done = item("A/1", Status.DONE, committed=at(1, 20), closed=FIRST + timedelta(hours=5), proven=True)
    reviews = (review("A", FIRST), review("B", FIRST + timedelta(hours=10)))
    assert report_of(Facts(reviews=reviews, items=(done,))).recurrence.returned == 1


def test_classes_do_not_mix_and_spelling_does_not_split_one() -> None:
    reviews = (review("A", FIRST, "Config rollout"), review("B", BACK, "config-rollout"), review("C", BACK, "dns"))
    seen = report_of(Facts(reviews=reviews)).recurrence
    assert (seen.returned, seen.listed[0].incident_class) == (1, "config-rollout")


@pytest.mark.parametrize("gap", [review("X", BACK, ""), review("X", None, reviewed=date(2026, 6, 1))])
def test_a_review_without_class_or_start_is_counted_as_unusable(gap: ReviewHeader) -> None:
    seen = report_of(Facts(reviews=(review("A", FIRST), gap))).recurrence
    assert (seen.returned, seen.unusable) == (0, 1)


def test_returns_are_listed_newest_first_and_all_counted() -> None:
    reviews = tuple(review(f"R{n:02}", FIRST + timedelta(days=7 * n)) for n in range(RETURNS_LISTED + 5))
    seen = report_of(Facts(reviews=reviews)).recurrence
    assert seen.returned == RETURNS_LISTED + 4
    assert [back.review_id for back in seen.listed] == [f"R{n:02}" for n in range(RETURNS_LISTED + 4, 4, -1)]


def test_only_returns_of_the_last_seven_days_are_new() -> None:
    facts = Facts(reviews=(review("A", FIRST), review("B", BACK, reviewed=BACK.date())))
    assert report_of(facts, BACK + timedelta(days=6)).recurrence.returned_new == 1
    assert report_of(facts, BACK + timedelta(days=7)).recurrence.returned_new == 0
