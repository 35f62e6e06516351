"""What is said of a class beside its verdict, and of all classes together. Pure; verdicts are in `reports.helped`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reports import words
from reports.helped import Verdict
from reports.render import figures
from tracker.rules import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.helped import ClassHelp, Helped

LOOKS = {
    Verdict.NOT_FIXED: "open",
    Verdict.IN_PROGRESS: "under-way",
    Verdict.WORSE: "worse",
    Verdict.TOO_EARLY: "early",
    Verdict.CAME_BACK: "back",
    Verdict.NOT_SEEN: "quiet",
    Verdict.LESS_OFTEN: "quieter",
    Verdict.NO_CHANGE: "same",
}
"""The look of each verdict: a name for its shape and colour."""

SIGNS = {
    "open": "○", "under-way": "◐", "worse": "↑", "early": "…", "back": "\N{MULTIPLICATION SIGN}", "quiet": "↓",
    "quieter": "↓", "same": "=",
}  # fmt: skip
"""The shape of each look, for a page without a style sheet."""


def build_together(helped: Helped) -> tuple[str, ...]:
    """All classes with a complete set in one test, what the others did, and how many may look quieter by luck."""
    pooled = helped.pooled
    told = (pooled.said, pooled.context) if pooled else ()
    return tuple(line for line in (*told, helped.by_luck, helped.overall.said if helped.overall else "") if line)


def build_lines(one: ClassHelp) -> tuple[str, ...]:
    """Everything that is said of a class after its verdict, a sentence or two each."""
    lines = (one.evidence, build_counts(one), one.caution, build_was(one))
    return tuple(line for line in lines if line)


def build_counts(one: ClassHelp) -> str:
    """What the strip shows, in one line."""
    if one.fixed_at is None:
        last = f", the last on {words.day(one.last_seen)}" if one.last_seen else ""
        return f"{words.counted(one.incidents, 'incident')} on record{last}."
    during = f", {one.during:,} while the set was being completed" if one.during else ""
    before = f" in {figures.days(one.days_before)}" if one.days_before > 0 else ""
    without = f"without the trigger {one.counted_before:,}"
    return f"Before {one.before:,} ({without}){before}{during}, since {one.after:,} in {figures.days(one.days_after)}."


def build_was(one: ClassHelp) -> str:
    """The verdict of seven days ago, where it was another."""
    return f'A week ago it read "{one.was}".' if one.was else ""


def build_name(one: ClassHelp) -> str:
    """The class by what people call it, and its label where that cannot be told from it."""
    if not one.title:
        return one.name
    return one.title if slug(one.title) == one.name else f"{one.title} ({one.name})"


def build_renames(helped: Helped) -> tuple[str, ...]:
    """Labels that may be another class under a new name, each in a sentence."""
    titles = {one.name: build_name(one) for one in helped.classes}
    more = helped.renames_unlisted
    rest = (f"{more:,} more not worked out.",) if more else ()
    return (*(f"{titles.get(one.name, one.name)}: {one.said}." for one in helped.renames), *rest)


def build_rest(classes: Iterable[ClassHelp]) -> str:
    """How many of each verdict there are among classes that are not shown; empty for none."""
    counts = Counter(one.verdict for one in classes)
    if not counts:
        return ""
    listed = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in Verdict if counts[verdict])
    return f"{words.counted(counts.total(), 'more class', 'more classes')}: {listed}."
