"""What needs a decision: ranked by rule, at most seven, no person named."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reports.decision_rules import CHOICES, Rule
from tests.reports.factory import at, item, report_of, review, told
from tests.reports.rich_week import rich_report, rich_week
from tracker.model import Condition, Facts, ReviewHeader, Status, TrackedItem
from tracker.recorded import Waiver

if TYPE_CHECKING:
    from reports.decisions import Decision

PAST = date(2026, 6, 1)
SPRING = at(4, 1)


def decisions(*items: TrackedItem, reviews: tuple[ReviewHeader, ...] = ()) -> tuple[Decision, ...]:
    return report_of(Facts(reviews=reviews or (review("R", at(3, 1), severity="sev1"),), items=items)).decisions


def rules(*items: TrackedItem, reviews: tuple[ReviewHeader, ...] = ()) -> list[Rule]:
    return [decision.rule for decision in decisions(*items, reviews=reviews)]


def test_a_week_with_everything_is_ranked_by_rule() -> None:
    report = rich_report()
    ranked = [decision.rule for decision in report.decisions]
    assert ranked == sorted(ranked, key=list(Rule).index)
    assert {*ranked, *(left.rule for left in report.decisions_left_out)} == set(Rule)


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
        "config-rollout came back on 1 Jun 2026 (NEW) while 2 of 2 items aimed at it were unfinished. "
        "Now: 1 open, 1 done with evidence."
    )
    assert [pointer.key for pointer in decision.items] == ["OLD/A"]
    assert rules(done_since, reviews=reviews) == []


def test_an_overdue_item_that_a_return_is_about_is_said_there_and_nowhere_else() -> None:
    reviews = (review("OLD", at(3, 1), severity="sev1"), review("NEW", at(6, 1)))
    late = [item(f"OLD/A{n}", due=PAST) for n in range(5)]
    (one,) = decisions(late[0], reviews=reviews)
    assert one.sentence.endswith("1 of 1 item aimed at it was unfinished, and is overdue now.")
    (all_of_them,) = decisions(*late, item("OLD/B"), reviews=reviews)
    assert all_of_them.sentence.endswith("6 of 6 items aimed at it were unfinished. Now: 5 overdue, 1 open.")


def test_an_item_that_was_lost_since_the_return_is_told_of_with_it() -> None:
    reviews = (review("OLD", at(3, 1)), review("NEW", at(6, 1)))
    found = decisions(item("OLD/A"), item("OLD/B", Status.MISSING, closed=at(7, 1)), reviews=reviews)
    assert found[0].sentence.endswith("2 of 2 items aimed at it were unfinished. Now: 1 open, 1 missing.")
    assert [pointer.key for pointer in found[0].items] == ["OLD/A", "OLD/B"]


def test_where_a_feed_names_no_team_the_team_of_the_item_could_decide() -> None:
    reviews = (review("OLD", at(3, 1), team="payments"),)
    facts = Facts(reviews=reviews, items=(item("OLD/A"),), incidents=(told("OPS-1", at(6, 1)),))
    assert report_of(facts).decisions[0].who == "payments"


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


def test_a_return_of_long_ago_still_needs_a_decision_while_its_item_is_open() -> None:
    reviews = (review("OLD", at(3, 1, year=2024)), review("NEW", at(6, 1, year=2024)))
    report = report_of(Facts(reviews=reviews, items=(item("OLD/A", committed=at(3, 4, year=2024)),)))
    assert (report.recurrence.returned, [decision.rule for decision in report.decisions]) == (0, [Rule.RETURNED])


def test_a_return_that_nobody_reviewed_is_for_whoever_owns_the_review_of_its_item() -> None:
    facts = Facts(
        reviews=(review("OLD", at(3, 1), team=""),), items=(item("OLD/A"),), incidents=(told("OPS-1", at(6, 1)),)
    )
    (decision,) = report_of(facts).decisions
    assert (decision.review_id, decision.team, decision.who) == ("OPS-1", "", "whoever owns OLD")


def test_the_team_could_decide_where_one_is_given() -> None:
    named, unnamed = (
        decisions(item("R/A", Status.DONE), reviews=(review("R", at(3, 1), team=team),))[0] for team in ("edge", "")
    )
    assert (named.who, unnamed.who) == ("edge", "whoever owns R")


def asked(*keys: str, status: Status = Status.OPEN) -> list[TrackedItem]:
    """Items that stand on one issue, the first asked in February 2025."""
    issue = item("X/A", status).issue
    return [
        replace(item(key, status, committed=at(2 + number, 5, year=2025), title="Retry budget"), issue=issue)
        for number, key in enumerate(keys)
    ]


THREE = tuple(review(name, at(1, 5, year=2025), f"class-{name}") for name in ("A", "B", "C"))


def test_what_three_reviews_asked_for_needs_a_decision_of_its_own() -> None:
    (decision,) = decisions(*asked("A/1", "B/1", "C/1"), reviews=THREE)
    assert (decision.rule, decision.review_id) == (Rule.ASKED, "C")
    assert decision.sentence == "Retry budget has been asked for by 3 reviews since Feb 2025 and is still open."
    assert [pointer.key for pointer in decision.items] == ["A/1", "B/1", "C/1"]


def test_two_reviews_or_one_that_asks_three_times_are_not_three() -> None:
    assert rules(*asked("A/1", "B/1"), reviews=THREE) == []
    assert rules(*asked("A/1", "A/2", "A/3"), reviews=THREE) == []


def test_what_was_asked_for_three_times_and_is_closed_waits_no_more() -> None:
    assert Rule.ASKED not in rules(*asked("A/1", "B/1", "C/1", status=Status.NOT_PLANNED), reviews=THREE)


def test_an_overdue_item_asked_for_three_times_takes_one_place() -> None:
    late = [replace(one, item=replace(one.item, due=PAST)) for one in asked("A/1", "B/1", "C/1")]
    severe = tuple(replace(header, severity="sev1") for header in THREE)
    assert rules(*late, reviews=severe) == [Rule.ASKED]


def waived(until: date, given: datetime = SPRING) -> tuple[Waiver, ...]:
    return (Waiver(at=given, until=until, reason="Replaced in spring", by="Robin Example"),)


def test_a_waiver_that_ran_out_needs_a_decision() -> None:
    (decision,) = decisions(item("R/A", waivers=waived(date(2026, 10, 31))))
    assert decision.rule is Rule.WAIVER
    assert decision.sentence == "The waiver of R/A ended on 31 Oct 2026, and the item is still open."
    first, second = (item(f"R/{n}", waivers=waived(date(2026, 10, n))) for n in (1, 2))
    (both,) = decisions(first, second)
    assert (
        both.sentence
        == "The waivers of 2 items of R have ended, the first on 1 Oct 2026, and the items are still open."
    )


def test_a_waiver_in_force_needs_none_until_its_class_comes_back() -> None:
    rests = item("OLD/A", committed=at(3, 4), waivers=waived(date(2027, 1, 1)), due=PAST)
    old = review("OLD", at(3, 1), severity="sev1")
    assert rules(rests, reviews=(old,)) == []
    (decision,) = decisions(rests, reviews=(old, review("NEW", at(6, 1))))
    assert (decision.rule, decision.review_id) == (Rule.WAIVER, "OLD")
    assert decision.sentence == (
        "1 waived item of OLD comes up for decision: config-rollout came back on 1 Jun 2026 (NEW)."
    )


def test_a_waiver_given_since_the_class_came_back_has_looked_at_that() -> None:
    rests = item("OLD/A", committed=at(3, 4), waivers=waived(date(2027, 1, 1), at(6, 5)))
    assert rules(rests, reviews=(review("OLD", at(3, 1)), review("NEW", at(6, 1)))) == []


def test_a_waived_item_answers_its_condition() -> None:
    rests = item("R/A", conditions=("no-canary",), waivers=waived(date(2027, 1, 1)))
    assert rules(rests, reviews=(with_condition(),)) == []


def test_who_approved_a_waiver_is_not_in_the_report() -> None:
    facts = Facts(reviews=(review("R", at(3, 1)),), items=(item("R/A", waivers=waived(date(2027, 1, 1))),))
    assert "Robin" not in repr(report_of(facts))
