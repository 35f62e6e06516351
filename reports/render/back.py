"""What is said of incidents: which came back, and what stood against them at that moment. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.aims import Stood
from reports.render.layout import build_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.recurrence import Happened
    from reports.weekly import WeeklyReport

ROLLED_UP = {
    Stood.UNFINISHED: "while a promised action was unfinished",
    Stood.LOST: "while a promised action was lost",
    Stood.FINISHED: "despite finished actions",
    Stood.DROPPED: "after the promised actions were not planned",
    Stood.WAIVED: "while a promised action was waived",
    Stood.PROPOSED: "with proposals only",
    Stood.NONE: "with no action",
}
"""What stood against a return, as a part of a sentence."""


def build_roll_up(report: WeeklyReport) -> str:
    """All returns of the window in one sentence, by what stood against them."""
    back = report.recurrence
    if back.returned == 0:
        return f"No class of incident that was seen before has come back {build_window(report)}."
    parts = ", ".join(f"{count:,} {ROLLED_UP[stood]}" for stood, count in back.roll_up if count)
    return f"{words.counted(back.returned, 'return')} {build_window(report)}: {parts}."


def build_folded(folded: Sequence[Happened]) -> str:
    """What is folded: `8 earlier returns`, `1 new incident that is no return`."""
    earlier = sum(one.is_return and not one.is_new for one in folded)
    parts = [words.counted(earlier, "earlier return")] if earlier else []
    if rest := len(folded) - earlier:
        parts.append(f"{words.counted(rest, 'new incident')} that {'is' if rest == 1 else 'are'} no return")
    return " and ".join(parts)


def build_notes(report: WeeklyReport, shown: int) -> tuple[str, ...]:
    """What is said of the incidents beside the first `shown` that are listed."""
    back = report.recurrence
    incidents = words.counted(back.incidents, "incident")
    notes = [f"{incidents} {build_window(report)}, {words.number(back.incidents_new)} in the last seven days."]
    more = back.unlisted + max(len(back.listed) - shown, 0)
    if more:
        notes.append(f"{words.counted(more, 'earlier incident')} not shown.")
    if back.same_episode:
        continued = words.counted(back.same_episode, "incident")
        notes.append(f"{continued} within 72 hours of the one before, counted as the same episode.")
    return tuple(notes)


def build_title(one: Happened, report: WeeklyReport) -> str:
    """The class, and what the incident is called: `dns-change: A name resolves to nothing`."""
    of_class = report.called(one.returned_class or one.incident_class) or "No class"
    return f"{of_class}: {one.title}" if one.title else of_class


def build_sentence(one: Happened) -> str:
    """When it happened, and how long the class had been quiet: `Medium, 21 Nov 2026, 49 days after OPS-61 (…).`."""
    parts = [one.severity, words.day(one.started)]
    if one.is_return and one.previous_started is not None:
        gap = words.counted((one.started - one.previous_started).days, "day")
        parts.append(f"{gap} after {one.previous_id} ({words.day(one.previous_started)})")
    said = ", ".join(part for part in parts if part)
    return f"{said}." if one.is_return else f"{said}. Not a return."


def build_stood(one: Happened) -> str:
    """What stood against the class at that moment."""
    if not one.incident_class and not one.then:
        return "Without a class, nothing can be said of what stood against it."
    counts = ", ".join(f"{count:,} {word}" for word, count in one.then.items())
    return f"At that moment {one.stood}{f': {counts}' if counts else ''}."


def build_asides(one: Happened, report: WeeklyReport) -> tuple[str, ...]:
    """What else is to be known of the incident."""
    others = [report.called(name) for name in one.classes if name != (one.returned_class or one.incident_class)]
    return (
        *([f"Counted in {', '.join(others)} as well."] if others else []),
        *([] if one.reviewed else ["Not reviewed."]),
    )
