"""The three questions at the top of every format for people, and their answers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words
from reports.helped import Verdict
from reports.render.back import ROLLED_UP
from reports.render.layout import build_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.rates import Rate
    from reports.recurrence import Happened
    from reports.weekly import WeeklyReport

_NAMED = 3
_READ_AS = {
    Verdict.NOT_FIXED: "not fixed yet",
    Verdict.IN_PROGRESS: "in progress",
    Verdict.WORSE: "worse",
    Verdict.LESS_OFTEN: "quieter",
    Verdict.NO_CHANGE: "no clear change",
}
"""Verdicts that say more of a class that came back than that it did."""


class Answer(Struct, frozen=True, kw_only=True):
    """One of the three questions: the figure, what it counts, and what else is to be known at a glance."""

    question: str
    figure: str
    counts: str
    details: tuple[str, ...]


def build_answers(report: WeeklyReport) -> tuple[Answer, ...]:
    """The three questions, answered."""
    done, shown, back = report.completion.closed_rate, report.completion.evidence_rate, report.recurrence
    return (
        Answer(question="Was it done?", figure=words.tally(done), counts="closed", details=_share(done, report)),
        Answer(
            question="Can it be shown?",
            figure=words.tally(shown),
            counts="with evidence",
            details=_share(shown, report),
        ),
        Answer(
            question="Did it come back?",
            figure=words.number(back.returned),
            counts=f"{'return' if back.returned == 1 else 'returns'} {build_window(report)}",
            details=_named(report),
        ),
    )


def build_answer_line(answer: Answer) -> str:
    """One answer on one line, for formats without columns."""
    details = "; ".join(answer.details)
    said = f"{answer.question} {answer.figure} {answer.counts}."
    return f"{said} {details[0].upper()}{details[1:]}." if details else said


def _share(rate: Rate, report: WeeklyReport) -> tuple[str, ...]:
    """The share, and why it is a range where it is one; its interval stands in the section below."""
    share = words.reach(rate)
    if not rate.unknown:
        return (share,) if share else ()
    lost = "cannot be read" if report.unreadable else "cannot be found"
    why = f"{words.counted(rate.unknown, 'item')} {lost}"
    return (f"{share}: {why}" if share else why,)


def _named(report: WeeklyReport) -> tuple[str, ...]:
    """The classes that came back: those of the last seven days with what to think of them, then the latest before."""
    back = report.recurrence
    if not back.returned:
        return ()
    returns = [one for one in back.listed if one.is_return]
    new, before = [one for one in returns if one.is_new], [one for one in returns if not one.is_new]
    told = [_say_new(one, report) for one in new[:_NAMED]] or ["none"]
    said = [f"this week: {told[0]}", *(f"and {one}" for one in told[1:])]
    if (more := back.returned_new - min(len(new), _NAMED)) > 0:
        said.append(f"{more:,} more this week")
    earlier = back.returned - back.returned_new
    return (*said, f"earlier: {_with_days(before, earlier, report)}") if earlier else tuple(said)


def _say_new(one: Happened, report: WeeklyReport) -> str:
    """`dns-change (21 Nov), despite finished actions, now read as worse`."""
    verdict = next((known.verdict for known in report.helped.classes if known.name == one.returned_class), None)
    read = f", now read as {_READ_AS[verdict]}" if verdict in _READ_AS else ""
    return f"{_with_day(one, report)}, {ROLLED_UP[one.stood]}{read}"


def _with_days(returns: Sequence[Happened], total: int, report: WeeklyReport) -> str:
    """`config-rollout (18 Nov), retry-storm (10 Nov) and 2 more`; the count alone where none is listed."""
    named = [_with_day(one, report) for one in returns[:_NAMED]]
    if not named:
        return words.number(total)
    more = total - len(named)
    return f"{', '.join(named)} and {more:,} more" if more > 0 else ", ".join(named)


def _with_day(one: Happened, report: WeeklyReport) -> str:
    return f"{report.called(one.returned_class)} ({one.started.day} {one.started:%b})"
