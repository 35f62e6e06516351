"""The whole report: a pure function of the facts and a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.scope import Scope
from reports.weekly import build_weekly
from tests.reports.crowd import END, crowd
from tests.reports.factory import BASIS, NOW, at, item, report_of, review
from tests.reports.rich_week import RICH_BASIS, rich_report, rich_week
from tracker.model import DueMove, Facts, Incident, Status, TrackedItem, TrackerState, Transition

if TYPE_CHECKING:
    from random import Random

Value = TypeVar("Value")
CROWD = crowd(40, classes=3)


def shuffled(values: tuple[Value, ...], chance: Random) -> tuple[Value, ...]:
    return tuple(chance.sample(values, len(values)))


@settings(deadline=None, max_examples=20)
@given(st.randoms(), st.sampled_from([rich_week(), CROWD]))
def test_the_same_facts_in_any_order_give_the_same_report(chance: Random, facts: Facts) -> None:
    items = tuple(
        replace(
            known,
            transitions=shuffled(known.transitions, chance),
            evidence=shuffled(known.evidence, chance),
            moves=shuffled(known.moves, chance),
            waivers=shuffled(known.waivers, chance),
        )
        for known in shuffled(facts.items, chance)
    )
    other = replace(
        facts,
        reviews=shuffled(facts.reviews, chance),
        items=items,
        proposed=shuffled(facts.proposed, chance),
        trackers=shuffled(facts.trackers, chance),
        incidents=shuffled(facts.incidents, chance),
        feeds=shuffled(facts.feeds, chance),
    )
    assert report_of(other, basis=RICH_BASIS) == report_of(facts, basis=RICH_BASIS)


def until(facts: Facts, moment: datetime) -> Facts:
    """What was known at that moment: nothing that happened later."""
    return Facts(
        reviews=tuple(r for r in facts.reviews if r.reviewed and r.reviewed <= moment.date()),
        items=tuple(_until(known, moment) for known in facts.items if known.committed <= moment),
        proposed=facts.proposed,
        incidents=tuple(_told_until(one, moment) for one in facts.incidents if _has_happened(one, moment)),
        known_since=facts.known_since,
    )


def _has_happened(incident: Incident, moment: datetime) -> bool:
    return incident.started is not None and incident.started <= moment


def _told_until(incident: Incident, moment: datetime) -> Incident:
    detected, mitigated = (
        at if at is not None and at <= moment else None for at in (incident.detected, incident.mitigated)
    )
    return replace(incident, detected=detected, mitigated=mitigated)


def _until(known: TrackedItem, moment: datetime) -> TrackedItem:
    moves = tuple(move for move in known.moves if move.at <= moment)
    due = known.item.due if moves == known.moves else known.first_due
    has_issue = known.issue is not None and known.issue.created <= moment
    return replace(
        known,
        item=replace(known.item, due=due),
        moves=moves,
        issue=known.issue if has_issue else None,
        transitions=tuple(t for t in known.transitions if t.at <= moment),
        evidence=tuple(e for e in known.evidence if e.at <= moment),
        waivers=tuple(w for w in known.waivers if w.at <= moment),
    )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1050), st.sampled_from([rich_week(), CROWD]))
def test_a_past_report_is_the_one_that_was_made_then(days: int, facts: Facts) -> None:
    moment = END - timedelta(days=days)
    settled = replace(
        facts,
        trackers=(),
        feeds=(),
        items=tuple(known for known in facts.items if known.issue is None or _is_dated(known)),
        incidents=tuple(one for one in facts.incidents if one.started is not None),
    )
    then = report_of(until(settled, moment), moment, RICH_BASIS)
    assert report_of(settled, moment, RICH_BASIS) == then


def _is_dated(known: TrackedItem) -> bool:
    """`in progress` has no dated event, so only the present knows it; `open` is what the past says of it."""
    return known.issue is not None and known.issue.status is not Status.IN_PROGRESS


def test_items_committed_later_are_not_in_a_past_report() -> None:
    facts = Facts(items=(item("R/A", committed=at(3, 1)), item("R/B", committed=at(5, 1))))
    assert report_of(facts, at(4, 1)).completion.committed == 1


def test_a_review_held_later_is_not_in_a_past_report() -> None:
    facts = Facts(reviews=(review("A", at(3, 1)), review("B", at(5, 1))))
    assert [group.name for group in report_of(facts, at(4, 1)).by_review.first] == ["A"]
    assert report_of(facts, at(5, 2)).recurrence.returned == 0
    assert report_of(facts, at(5, 4)).recurrence.returned == 1


def test_a_past_report_judges_the_due_date_of_then() -> None:
    moved = DueMove(at=at(5, 1), before=date(2026, 4, 1), to=date(2026, 12, 1))
    facts = Facts(items=(item("R/A", due=date(2026, 12, 1), first_due=date(2026, 4, 1), moves=(moved,)),))
    then, now = report_of(facts, at(4, 20)), report_of(facts)
    assert (then.overdue.total, then.slipped.total) == (1, 0)
    assert (now.overdue.total, now.slipped.total) == (0, 1)
    assert (now.slipped.first[0].days, now.slipped.first[0].moves) == (244, 1)


def test_the_day_is_read_in_the_zone_of_the_report() -> None:
    facts = Facts(items=(item("R/A", due=date(2026, 11, 23)),))
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    east = timezone(timedelta(hours=2))
    assert build_weekly(facts, late, BASIS).overdue.total == 0
    assert build_weekly(facts, late, replace(BASIS, zone=east)).overdue.total == 1


def test_an_item_whose_review_is_unknown_is_counted() -> None:
    report = report_of(Facts(items=(item("LOST-1/A"),)))
    assert [group.name for group in report.by_review.first] == ["LOST-1"]
    assert (report.by_class[0].name, report.by_class[0].completion.committed) == ("", 1)


def test_groups_add_up_to_the_whole_but_for_conditions_of_which_an_item_may_name_several() -> None:
    report = report_of(CROWD, END)
    for groups in (report.by_class, report.by_team, report.by_horizon, report.by_kind, report.by_review.first):
        assert sum(group.completion.committed for group in groups) == report.completion.committed


def test_reopened_items_are_listed_with_how_often() -> None:
    history = [
        (at(3, 1), Status.DONE),
        (at(3, 9), Status.OPEN),
        (at(4, 1), Status.NOT_PLANNED),
        (at(5, 2), Status.OPEN),
    ]
    back = tuple(Transition(source=str(n), at=when, to=to) for n, (when, to) in enumerate(history))
    gone = tuple(
        Transition(source=str(n), at=when, to=to)
        for n, (when, to) in enumerate([(at(3, 1), Status.MISSING), (at(3, 9), Status.OPEN)])
    )
    report = report_of(Facts(items=(item("R/A", transitions=back), item("R/B", transitions=gone))))
    assert [(line.key, line.times, line.last) for line in report.reopened.first] == [("R/A", 2, date(2026, 5, 2))]


@pytest.mark.parametrize(("days", "shown"), [(-8, 0), (-7, 1), (0, 1), (7, 1), (8, 0)])
def test_checkpoints_of_the_past_and_coming_week_are_listed(days: int, shown: int) -> None:
    due = NOW.date() + timedelta(days=days)
    facts = Facts(reviews=(review("R", at(3, 1), checkpoints=(due,)),), items=(item("R/A", question="Fewer pages?"),))
    checkpoints = report_of(facts).checkpoints
    assert checkpoints.total == shown
    assert [(c.days, c.unfinished, c.questions[0].question) for c in checkpoints.first] == [
        (days, 1, "Fewer pages?")
    ] * shown


@pytest.mark.parametrize(
    ("hours", "is_old", "age"), [(None, True, None), (1, False, 1), (24, False, 24), (25, True, 25), (-3, False, 0)]
)
def test_freshness_says_how_old_the_knowledge_is(hours: int | None, is_old: bool, age: int | None) -> None:
    synced = None if hours is None else NOW - timedelta(hours=hours)
    (state,) = report_of(Facts(trackers=(TrackerState(name="acme", last_good_sync=synced),))).freshness
    assert (state.is_old, state.hours_old) == (is_old, age)


def test_the_headline_answers_in_order_what_came_back_what_was_done_and_what_waits() -> None:
    assert rich_report().headline == (
        "2 classes came back this week: queue-lag and Config rollout. "
        "In twelve weeks 5 classes came back 6 times, 3 times while a promised action was unfinished. "
        "7 to 9 of 22 action items are done with evidence; 2 items are overdue, 1 closed without evidence."
    )
    assert report_of(Facts()).headline == "No review has committed to an action item yet."


UNSEEN = "No class of incident has come back in the last twelve weeks."
BACK, BACK_NEW = "classes came back", "classes came back this week"
UNFINISHED = "while a promised action was unfinished."
FIRST_THREE = "class-4, class-3, class-2"
NONE_NEW = "No class came back this week. In twelve weeks"
ONE_NEW = "1 class came back this week: class-0. In twelve weeks"


@pytest.mark.parametrize(
    ("weeks", "classes", "said"),
    [
        ([], 1, UNSEEN),
        ([30], 1, UNSEEN),
        ([6], 1, f"{NONE_NEW} 1 class came back once, while a promised action was unfinished."),
        ([0], 1, f"{ONE_NEW} 1 class came back once, while a promised action was unfinished."),
        ([9, 6], 1, f"{NONE_NEW} 1 class came back 2 times, each time while a promised action was unfinished."),
        ([9, 0], 1, f"{ONE_NEW} 1 class came back 2 times, each time while a promised action was unfinished."),
        ([6], 2, f"{NONE_NEW} 2 classes came back 2 times, once while a promised action was unfinished."),
        ([0], 3, f"3 {BACK_NEW}: class-2, class-1 and class-0. In twelve weeks 3 {BACK} 3 times, once {UNFINISHED}"),
        ([0], 5, f"5 {BACK_NEW}: {FIRST_THREE} and 2 more. In twelve weeks 5 {BACK} 5 times, once {UNFINISHED}"),
    ],
)  # fmt: skip
def test_the_headline_reads_well_for_any_number_of_returns(weeks: list[int], classes: int, said: str) -> None:
    reviews = tuple(
        review(f"R{name}-{ago}", NOW - timedelta(weeks=ago, days=1), f"class-{name}", reviewed=date(2026, 1, 1))
        for name in range(classes)
        for ago in [*weeks, 40]
    )
    headline = report_of(Facts(reviews=reviews, items=(item("R0-40/A"),))).headline
    waiting = "no item is overdue, none was closed without evidence"
    assert headline == f"{said} 0 of 1 action item is done with evidence; {waiting}."


def test_the_headline_says_from_when_returns_were_counted_where_somebody_gave_the_day() -> None:
    reviews = (review("A", at(1, 5)), review("B", at(3, 1)))
    facts = Facts(reviews=reviews, items=(item("A/1", Status.DONE, proven=True, committed=at(1, 8)),))
    said = report_of(facts, scope=Scope(since=date(2026, 2, 1))).headline
    assert "Since 1 Feb 2026 1 class came back once, not while a promised action was unfinished." in said


def test_the_headline_says_what_came_back_where_nothing_was_promised() -> None:
    reviews = (review("A", NOW - timedelta(days=30)), review("B", NOW - timedelta(days=5)))
    assert report_of(Facts(reviews=reviews)).headline == (
        "1 class came back this week: config-rollout. In twelve weeks 1 class came back once, not while a promised "
        "action was unfinished. No review has committed to an action item yet."
    )


@pytest.mark.parametrize(
    ("late", "bare", "said"),
    [
        (1, 0, "1 item is overdue, none was closed without evidence."),
        (0, 1, "no item is overdue, 1 was closed without evidence."),
        (2, 2, "2 items are overdue, 2 closed without evidence."),
        (1200, 0, "1,200 items are overdue, none was closed without evidence."),
    ],
)
def test_the_headline_reads_well_for_any_number_that_waits(late: int, bare: int, said: str) -> None:
    waiting = [item(f"R/A{n}", due=date(2026, 6, 1)) for n in range(late)]
    closed = [item(f"R/B{n}", Status.DONE) for n in range(bare)]
    assert report_of(Facts(items=(*waiting, *closed))).headline.endswith(said)


def test_nothing_at_all_makes_an_empty_report() -> None:
    report = report_of(Facts())
    assert (report.decisions, report.by_review.total, report.completion.committed) == ((), 0, 0)
