"""What every format for people says of the report and of completion, with the same numbers: sentences and bars. Pure.

A format decides how it looks; it works out no number and adds none. The tables are in `reports.render.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words

if TYPE_CHECKING:
    from reports.rates import Completion
    from reports.weekly import WeeklyReport


class Part(Struct, frozen=True, kw_only=True):
    """A part of a whole bar: its name, its count, its share in percent."""

    name: str
    label: str
    count: int
    percent: float


def build_title(report: WeeklyReport) -> str:
    """The report's name and day."""
    return f"Follow-through report, {words.day(report.today)}"


def build_scope(report: WeeklyReport) -> tuple[str, ...]:
    """What the report leaves out on purpose, in short phrases; empty where it is about everything known now."""
    scope = report.scope
    asked = (
        scope.team and f"team {scope.team}",
        scope.incident_class and f"class {scope.incident_class}",
        scope.review and f"review {scope.review}",
        scope.since and f"incidents since {words.day(scope.since)}",
        report.known_at and f"as known at {words.minute(report.known_at)}",
    )
    return tuple(phrase for phrase in asked if phrase)


def build_window(report: WeeklyReport) -> str:
    """The time that returns are counted in: `in the last twelve weeks`, or `since 1 Mar 2026`."""
    since = report.recurrence.since
    if (report.today - since).days == 84:
        return "in the last twelve weeks"
    return f"since {words.day(since)}"


def build_lines(completion: Completion) -> tuple[tuple[str, int], ...]:
    """The lines of completion with their counts; all but the first add up to the first."""
    return (
        ("Committed", completion.committed),
        ("Done with evidence", completion.with_evidence),
        ("Closed without evidence", completion.without_evidence),
        (_open(completion), completion.open),
        ("Not pushed", completion.not_pushed),
        ("Not planned", completion.not_planned),
        ("Waived", completion.waived),
        ("Moved away", completion.moved),
        ("Missing", completion.missing),
        ("Gone on purpose", completion.gone),
        ("Duplicate (not in the rates)", completion.duplicate),
    )


def _open(completion: Completion) -> str:
    """`Open (3 of them overdue)`: the bar beside it has a part of its own for those."""
    if not completion.overdue:
        return "Open"
    if completion.not_pushed:
        return f"Open (with those not pushed, {completion.overdue:,} overdue)"
    return f"Open ({completion.overdue:,} of them overdue)"


def build_rates(completion: Completion) -> tuple[tuple[str, str], ...]:
    """The rates in words."""
    return (
        ("Closed", words.rate(completion.closed_rate)),
        ("Closed with evidence", words.rate(completion.evidence_rate)),
        ("Overdue now", words.number(completion.overdue)),
    )


def build_parts(completion: Completion) -> tuple[Part, ...]:
    """The parts that a bar of the denominator is made of; empty ones are left out."""
    parts = (
        ("proven", "done with evidence", completion.with_evidence),
        ("bare", "closed without evidence", completion.without_evidence),
        ("open", "unfinished, not overdue", completion.unfinished - completion.overdue),
        ("late", "overdue", completion.overdue),
        ("dropped", "not planned, waived or gone", completion.not_planned + completion.waived + completion.gone),
        ("lost", "moved or missing", completion.lost),
    )
    whole = completion.counted or 1
    return tuple(Part(name=n, label=label, count=k, percent=round(100 * k / whole, 1)) for n, label, k in parts if k)


def build_trend_sentence(report: WeeklyReport) -> str:
    """How completion moved over the weeks shown; empty where there are none."""
    weeks = report.times.weeks
    if len(weeks) < 2:
        return ""
    first, done = weeks[0], report.completion
    closed = f"{_reach(first.closed_in_all, first.lost)}, then {_reach(done.closed_rate.count, done.unknown)}"
    return (
        f"Done with evidence: {_reach(first.proven, first.lost)} of {first.counted:,} at the end of the week of "
        f"{first.begins.day} {first.begins:%b}, {words.tally(done.evidence_rate)} now. Closed: {closed}."
    )


def build_answered(report: WeeklyReport) -> str:
    """What people answered at checkpoints in all; empty where nobody did."""
    answers = report.answers
    if not answers.items.total:
        return ""
    said = ", ".join(
        f"{count:,} {word}"
        for word, count in (("yes", answers.yes), ("no", answers.no), ("unclear", answers.unclear))
        if count
    )
    items = words.counted(answers.items.total, "item has an answer", "items have an answer")
    return f"At checkpoints so far, {items}: {said} (the last about each)."


def _reach(count: int, unknown: int) -> str:
    """`16 to 17`: as many, and with those that nobody can tell of."""
    return f"{count:,} to {count + unknown:,}" if unknown else words.number(count)


def build_left_out(report: WeeklyReport) -> str:
    """The decisions that did not fit, by rule; empty where all did."""
    rest = report.decisions_left_out
    if not rest:
        return ""
    listed = ", ".join(f"{left.rule} ({left.count:,})" for left in rest)
    return f"{sum(left.count for left in rest):,} more not shown: {listed}."
