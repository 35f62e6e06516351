"""What every format for people shows, in the same order and with the same numbers: sentences and bars. Pure.

A format decides how it looks; it works out no number and adds none. The tables are in `reports.render.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words

if TYPE_CHECKING:
    from reports.rates import Completion
    from reports.recurrence import Return
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


def build_lines(completion: Completion) -> tuple[tuple[str, int], ...]:
    """The lines of completion with their counts; all but the first add up to the first."""
    return (
        ("Committed", completion.committed),
        ("Done with evidence", completion.with_evidence),
        ("Closed without evidence", completion.without_evidence),
        ("Open", completion.open),
        ("Not pushed", completion.not_pushed),
        ("Not planned", completion.not_planned),
        ("Moved away", completion.moved),
        ("Missing", completion.missing),
        ("Duplicate (not in the rates)", completion.duplicate),
    )


def build_rates(completion: Completion) -> tuple[tuple[str, str], ...]:
    """The three rates in words."""
    return (
        ("Closed", words.rate(completion.closed_rate)),
        ("Closed with evidence", words.rate(completion.evidence_rate)),
        ("Done by the first due date, of those that have passed", words.rate(completion.on_time_rate)),
        ("Overdue now", words.number(completion.overdue)),
    )


def build_parts(completion: Completion) -> tuple[Part, ...]:
    """The parts that a bar of the denominator is made of; empty ones are left out."""
    parts = (
        ("proven", "done with evidence", completion.with_evidence),
        ("bare", "closed without evidence", completion.without_evidence),
        ("open", "unfinished, not overdue", completion.unfinished - completion.overdue),
        ("late", "overdue", completion.overdue),
        ("dropped", "not planned", completion.not_planned),
        ("lost", "moved or missing", completion.lost),
    )
    whole = completion.counted or 1
    return tuple(Part(name=n, label=label, count=k, percent=round(100 * k / whole, 2)) for n, label, k in parts if k)


def build_return_sentence(back: Return) -> str:
    """When a class came back, and how long it had been quiet."""
    severity = f", {back.severity}" if back.severity else ""
    gap = words.counted((back.started - back.previous_started).days, "day")
    return (
        f"{back.incident_class} came back on {words.day(back.started)} ({back.review_id}{severity}), "
        f"{gap} since {words.day(back.previous_started)} ({back.previous_id})."
    )


def build_stood_sentence(back: Return) -> str:
    """What stood against the class at that moment."""
    counts = ", ".join(f"{count:,} {word}" for word, count in back.then.items())
    return f"At that moment {back.stood}{f': {counts}' if counts else ''}."


def build_came_back(report: WeeklyReport, shown: int) -> tuple[str, ...]:
    """What is said of returns beside the first `shown` of them."""
    back = report.recurrence
    if back.returned == 0:
        return ("No class of incident that was seen before has come back.",)
    more = back.returned - min(shown, len(back.listed))
    notes = [f"{words.counted(more, 'earlier return')} not shown."] if more else []
    if back.same_episode:
        incidents = words.counted(back.same_episode, "incident")
        notes.append(f"{incidents} within 72 hours of the one before, counted as the same episode.")
    return tuple(notes)


def build_caveats(report: WeeklyReport) -> tuple[str, ...]:
    """What the report does not know, or leaves out."""
    gaps = (
        (report.completion.lost, "item", "moved away or missing: a rate that they may belong to is a bound"),
        (report.unreadable, "live item", "not readable at the last sync: shown as last known, and the rate is a bound"),
        (report.completion.not_pushed, "item", "without an issue: nothing is read back for them"),
        (report.recurrence.unusable, "review", "without a class or a start time: not seen in what came back"),
        (report.reviews_without_items, "review", "without any action item"),
    )
    said = [f"{words.counted(count, noun)} {what}." for count, noun, what in gaps if count]
    return (*said, "Only reviewed incidents are counted in what came back; others are not known here.")


def build_left_out(report: WeeklyReport) -> str:
    """The decisions that did not fit, by rule; empty where all did."""
    rest = report.decisions_left_out
    if not rest:
        return ""
    listed = ", ".join(f"{left.rule} ({left.count:,})" for left in rest)
    return f"{sum(left.count for left in rest):,} more not shown: {listed}."
