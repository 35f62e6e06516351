"""What needs a decision: ranked by rule, at most seven, no person named."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from reports.decisions import CHOICES, Decision, Rule
from tests.reports.factory import at, item, report_of, review, rich_week
from tracker.model import Condition, Facts, ReviewHeader, Status, TrackedItem

PAST = date(2026, 6, 1)


def decisions(*items: TrackedItem, reviews: tuple[ReviewHeader, ...] = ()) -> tuple[Decision, ...]:
    return report_of(Facts(reviews=reviews or (review("R", at(3, 1), severity="sev1"),), items=items)).decisions


def rules(*items: TrackedItem, reviews: tuple[ReviewHeader, ...] = ()) -> list[Rule]:
    return [decision.rule for decision in decisions(*items, reviews=reviews)]


def test_a_week_with_everything_is_ranked_by_rule() -> None:
    ranked = [decision.rule for decision in report_of(rich_week()).decisions]
    assert ranked == sorted(ranked, key=list(Rule).index)
    assert set(ranked) == set(Rule)


def test_each_rule_offers_a_choice() -> None:
    assert set(CHOICES) == set(Rule)


def test_at_most_seven_are_shown_and_the_others_counted() -> None:
    reviews = tuple(review(f"R{n}", at(3, 1), f"class-{n}") for n in range(10))
    items = [item(f"R{n}/A", Status.DONE) for n in range(10)]
    report = report_of(Facts(reviews=reviews, items=tuple(items)))
    assert len(report.decisions) == 7
    assert [(left.rule, left.count) for left in report.decisions_left_out] == [(Rule.WITHOUT_EVIDENCE, 3)]


@pytest.mark.parametrize("severity", ["sev1", "SEV-2", "Sev 1"])
def test_overdue_on_a_severe_review_needs_a_decision(severity: str) -> None:
    late = item("R/A", due=PAST)
    assert rules(late, reviews=(review("R", at(3, 1), severity=severity),)) == [Rule.OVERDUE]


def test_overdue_on_a_mild_review_does_not() -> None:
    assert rules(item("R/A", due=PAST), reviews=(review("R", at(3, 1), severity="sev3"),)) == []


def test_the_most_severe_and_the_oldest_come_first() -> None:
    reviews = (review("A", at(3, 1), "a", severity="sev2"), review("B", at(3, 1), "b", severity="sev1"))
    found = decisions(item("A/1", due=date(2026, 1, 9)), item("B/1", due=PAST), item("B/2", due=PAST), reviews=reviews)
    assert [decision.review_id for decision in found] == ["B", "A"]
    assert found[0].sentence == "2 items of B (sev1) are overdue; the oldest was due on 1 Jun 2026, 175 days ago."


def test_one_review_is_one_decision_a_rule() -> None:
    assert rules(item("R/A", Status.DONE), item("R/B", Status.DONE)) == [Rule.WITHOUT_EVIDENCE]


@pytest.mark.parametrize("status", [Status.MISSING, Status.MOVED])
def test_a_lost_item_needs_a_decision(status: Status) -> None:
    assert rules(item("R/A", status)) == [Rule.LOST]


def test_a_return_needs_a_decision_while_an_item_of_then_is_still_unfinished() -> None:
    reviews = (review("OLD", at(3, 1)), review("NEW", at(6, 1)))
    waiting, done_since = item("OLD/A"), item("OLD/B", Status.DONE, closed=at(7, 1), proven=True)
    (decision,) = decisions(waiting, done_since, reviews=reviews)
    assert decision.rule is Rule.RETURNED
    assert decision.sentence == (
        "config-rollout came back on 1 Jun 2026 (NEW) while 2 of 2 items aimed at it were unfinished; 1 still is."
    )
    assert [pointer.key for pointer in decision.items] == ["OLD/A"]
    assert rules(done_since, reviews=reviews) == []


def test_an_overdue_item_that_a_return_is_about_is_said_there_and_nowhere_else() -> None:
    reviews = (review("OLD", at(3, 1), severity="sev1"), review("NEW", at(6, 1)))
    late = [item(f"OLD/A{n}", due=PAST) for n in range(5)]
    (one,) = decisions(late[0], reviews=reviews)
    assert one.sentence.endswith("1 of 1 item aimed at it was unfinished; 1 still is, overdue.")
    (all_of_them,) = decisions(*late, item("OLD/B"), reviews=reviews)
    assert all_of_them.sentence.endswith("6 of 6 items aimed at it were unfinished; 6 still are, 5 of them overdue.")


def test_an_overdue_item_committed_since_the_return_has_a_decision_of_its_own() -> None:
    reviews = (review("OLD", at(3, 1), severity="sev1"), review("NEW", at(6, 1), severity="sev1"))
    found = decisions(item("OLD/A", due=PAST), item("NEW/A", committed=at(6, 5), due=at(7, 1).date()), reviews=reviews)
    assert [(decision.rule, [pointer.key for pointer in decision.items]) for decision in found] == [
        (Rule.RETURNED, ["OLD/A"]),
        (Rule.OVERDUE, ["NEW/A"]),
    ]


def with_condition(name: str = "no-canary") -> ReviewHeader:
    return review("R", at(3, 1), conditions=(Condition(name=name),))


def test_a_failure_condition_without_an_item_needs_a_decision() -> None:
    (decision,) = decisions(item("R/A", conditions=("other",)), reviews=(with_condition(),))
    assert (decision.rule, decision.sentence) == (
        Rule.UNANSWERED,
        "1 failure condition of R has no live or done item: no-canary.",
    )


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (Status.OPEN, True), (Status.NOT_PUSHED, True), (Status.NOT_PLANNED, False), (Status.DUPLICATE, False),
        (Status.MISSING, False),
    ],
)  # fmt: skip
def test_only_a_live_or_done_item_answers_a_condition(status: Status, answered: bool) -> None:
    found = rules(item("R/A", status, conditions=("No canary",)), reviews=(with_condition(),))
    assert (Rule.UNANSWERED not in found) is answered


def test_an_item_that_the_document_itself_says_is_done_answers_its_condition() -> None:
    said = item("R/A", Status.NOT_PUSHED, conditions=("no-canary",))
    done = replace(said, item=replace(said.item, status=Status.DONE))
    assert rules(done, reviews=(with_condition(),)) == [Rule.WITHOUT_EVIDENCE]


def test_an_item_done_before_the_incident_does_not_answer_its_condition() -> None:
    before = item("OLD/A", Status.DONE, closed=at(2, 20), proven=True, conditions=("no-canary",))
    after = item("OLD/A", Status.DONE, closed=at(4, 20), proven=True, conditions=("no-canary",))
    reviews = (review("OLD", at(1, 1), "dns"), with_condition())
    assert rules(before, reviews=reviews) == [Rule.UNANSWERED]
    assert rules(after, reviews=reviews) == []


def test_the_report_names_no_owner() -> None:
    facts = rich_week()
    owned = tuple(replace(known, item=replace(known.item, owner="Robin Example")) for known in facts.items)
    report = report_of(replace(facts, items=owned))
    assert report == report_of(facts)
