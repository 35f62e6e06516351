"""What people record beside the trackers' own history: answers at checkpoints, waivers, issues gone on purpose."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from reports.decision_rules import Rule
from reports.render import Format, render
from reports.standing import Line
from tests.reports.factory import NOW, at, item, report_of, review
from tests.reports.rich_week import rich_report
from tracker.model import Facts, Status
from tracker.recorded import Answer, Reply, Resolution, Resolved, Waiver

if TYPE_CHECKING:
    from datetime import datetime

    from reports.listings import Question
    from reports.weekly import WeeklyReport
    from tracker.model import TrackedItem

DAY = date(2026, 11, 20)
RECORDED = at(9, 16)
WHY = "The ledger is replaced"


def facts(*items: TrackedItem, checkpoints: tuple[date, ...] = (DAY,)) -> Facts:
    return Facts(reviews=(review("R", at(3, 1), checkpoints=checkpoints),), items=items)


def said(answer: Reply, when: datetime, *, on: date = DAY, note: str = "") -> Answer:
    return Answer(at=when, on=on, answer=answer, note=note, by="Robin Example")


def questions(report: WeeklyReport, on: date = DAY) -> tuple[Question, ...]:
    return next(point.questions for point in report.checkpoints.first if point.on == on)


def resolved(how: Resolved, when: datetime = RECORDED) -> Resolution:
    return Resolution(at=when, how=how, note=WHY, by="Robin Example")


def lost(*resolutions: Resolution, **more: object) -> TrackedItem:
    return item("R/A", Status.MISSING, committed=at(3, 4), closed=at(9, 1), resolutions=resolutions, **more)  # type: ignore[arg-type]


def test_of_two_answers_at_one_checkpoint_the_last_counts() -> None:
    twice = (said(Reply.YES, at(11, 20, 9)), said(Reply.NO, at(11, 20, 15), note="it came back"))
    (asked,) = questions(report_of(facts(item("R/A", question="Does it hold?", answers=twice))))
    assert (asked.question, asked.answer, asked.note) == ("Does it hold?", "no", "it came back")


def test_an_answer_belongs_to_its_checkpoint_alone() -> None:
    earlier, later = date(2026, 11, 18), date(2026, 11, 22)
    answered = item("R/A", question="Does it hold?", answers=(said(Reply.UNCLEAR, at(11, 18), on=earlier),))
    report = report_of(facts(answered, checkpoints=(earlier, later)))
    assert [asked.answer for asked in questions(report, earlier)] == ["unclear"]
    assert [asked.answer for asked in questions(report, later)] == [""]


def test_an_answer_without_a_question_is_shown_too() -> None:
    (asked,) = questions(report_of(facts(item("R/A", answers=(said(Reply.YES, at(11, 20)),)), item("R/B"))))
    assert (asked.key, asked.question, asked.answer) == ("A", "", "yes")


def test_the_last_answer_about_an_item_stays_in_the_report_when_its_checkpoint_is_long_past() -> None:
    spring, summer = date(2026, 4, 1), date(2026, 7, 1)
    answers = (said(Reply.NO, at(7, 1), on=summer), said(Reply.YES, at(7, 2), on=spring))
    report = report_of(facts(item("R/A", answers=answers), item("R/B", answers=answers[1:]), item("R/C")))
    assert report.checkpoints.first[0].questions == ()
    assert (report.answers.yes, report.answers.no, report.answers.unclear) == (1, 1, 0)
    assert [(one.key, one.on, one.answer) for one in report.answers.items.first] == [
        ("R/A", summer, "no"), ("R/B", spring, "yes"),
    ]  # fmt: skip


def test_an_earlier_report_does_not_know_the_answer_yet() -> None:
    known = facts(item("R/A", question="Does it hold?", answers=(said(Reply.YES, at(11, 20)),)))
    assert report_of(known, at(11, 19)).answers.items.total == 0
    assert report_of(known, NOW, known_at=NOW).answers.items.total == 1


def test_a_waiver_is_listed_with_its_end_and_reason_the_first_to_end_first() -> None:
    def waived(key: str, until: date) -> TrackedItem:
        return item(key, waivers=(Waiver(at=at(9, 1), until=until, reason=WHY, by="Robin Example"),))

    listed = report_of(facts(waived("R/A", date(2027, 5, 1)), waived("R/B", date(2027, 1, 1)))).waived
    assert [(one.key, one.until, one.reason) for one in listed.first] == [
        ("R/B", date(2027, 1, 1), WHY), ("R/A", date(2027, 5, 1), WHY),
    ]  # fmt: skip


def test_an_issue_gone_on_purpose_is_said_apart_and_asks_for_no_decision() -> None:
    report = report_of(facts(lost(resolved(Resolved.GONE))))
    assert (report.completion.gone, report.completion.lost, report.completion.unknown) == (1, 0, 0)
    assert (report.completion.counted, report.lost.total) == (1, 0)
    (gone,) = report.gone.first
    assert (gone.key, gone.on, gone.reason, gone.stands) == ("R/A", date(2026, 9, 16), WHY, Line.GONE)
    assert report.decisions == ()
    assert [one.rule for one in report_of(facts(lost())).decisions] == [Rule.LOST]


def test_it_is_lost_until_that_is_recorded_and_the_last_word_counts() -> None:
    before = report_of(facts(lost(resolved(Resolved.GONE))), at(9, 10))
    assert (before.completion.gone, before.completion.missing) == (0, 1)
    after = report_of(facts(lost(resolved(Resolved.GONE), resolved(Resolved.MOVED, at(10, 1)))))
    assert (after.completion.gone, after.completion.missing) == (0, 1)
    known = report_of(facts(lost(resolved(Resolved.GONE))), NOW, known_at=NOW)
    assert known.completion.gone == 1


def test_an_issue_that_is_there_is_not_gone_whatever_was_recorded() -> None:
    assert report_of(facts(item("R/A", resolutions=(resolved(Resolved.GONE),)))).completion.open == 1


def test_a_store_that_never_saw_the_lost_issue_says_the_same() -> None:
    gone = item("R/A", Status.NOT_PUSHED, due=date(2026, 6, 1), resolutions=(resolved(Resolved.GONE),))
    report = report_of(facts(gone))
    assert (report.completion.gone, report.overdue.total, report.not_pushed.total) == (1, 0, 0)


def test_an_item_gone_after_its_due_date_was_late() -> None:
    report = report_of(facts(lost(resolved(Resolved.GONE), due=date(2026, 6, 1))))
    assert (report.completion.on_time_rate.count, report.completion.on_time_rate.of) == (0, 1)


@pytest.mark.parametrize("layout", Format)
def test_nobody_who_recorded_anything_is_named(layout: Format) -> None:
    if layout is not Format.CSV:
        page = render(rich_report(), layout)
        assert all(f"head of {team}" not in page for team in ("ledger", "edge", "platform"))
