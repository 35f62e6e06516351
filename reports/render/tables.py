"""The tables that every format for people shows, cut to the rows a page can take. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from reports import words
from reports.lines import ItemLine, Listing
from reports.render import verdicts
from reports.render.blocks import Cell, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from reports.groups import Group
    from reports.helped import ClassHelp, Helped
    from reports.listings import Question
    from reports.rates import Completion
    from reports.recurrence import Happened
    from reports.weekly import WeeklyReport

Item = TypeVar("Item", bound=ItemLine)


_RATE_COLUMNS = ("With evidence", "Rate (95% interval)", "Closed")
_LINES: dict[str, Callable[[Completion], int]] = {
    "Committed": lambda figures: figures.committed,
    "Unfinished": lambda figures: figures.unfinished,
    "Overdue": lambda figures: figures.overdue,
    "Not planned": lambda figures: figures.not_planned,
    "Waived": lambda figures: figures.waived,
    "Lost": lambda figures: figures.lost,
    "Gone on purpose": lambda figures: figures.gone,
    "Duplicate": lambda figures: figures.duplicate,
}
_ALWAYS = ("Committed", "Unfinished", "Overdue")
"""Columns that are shown where all of it is zero, too."""


def build_group_tables(report: WeeklyReport, limit: int, reviews: int, *, narrow: bool = False) -> tuple[Table, ...]:
    """Completion by class, team, condition, horizon, kind and review, with a limit of its own for `reviews`.

    `narrow` says the lines without a rate in one column of words.
    """
    by_class = [replace(group, name=report.called(group.name)) for group in report.by_class]
    sets = (
        ("class", by_class),
        ("team", report.by_team),
        ("condition", report.by_condition),
        ("horizon", report.by_horizon),
        ("kind", report.by_kind),
    )
    tables = [_group_table(name, groups, len(groups), limit, narrow) for name, groups in sets]
    return (*tables, _group_table("review", report.by_review.first, report.by_review.total, reviews, narrow))


def build_item_tables(report: WeeklyReport, limit: int) -> tuple[Table, ...]:
    """The lists of items that a person may want to look at; empty ones are left out."""
    tables = (
        _item_table("Overdue", report.overdue, limit, ("Due",), ("Days over",), lambda item: (item.due, item.days)),
        _item_table("Closed without evidence", report.without_evidence, limit),
        _item_table("Lost", report.lost, limit, ("Stands",), (), lambda item: (item.stands,)),
        _item_table(
            "Gone on purpose", report.gone, limit, ("Recorded", "Reason"), (), lambda item: (item.on, item.reason)
        ),
        _item_table("Not pushed", report.not_pushed, limit),
        _item_table("Waived", report.waived, limit, ("Until", "Reason"), (), lambda item: (item.until, item.reason)),
        _item_table(
            "Due date moved later",
            report.slipped,
            limit,
            ("Stands", "First due", "Due now"),
            ("Days later", "Moves"),
            lambda item: (item.stands, item.first_due, item.due, item.days, item.moves),
        ),
        _item_table(
            "Opened again after a close",
            report.reopened,
            limit,
            ("Stands", "Last"),
            ("Times",),
            lambda item: (item.stands, item.last, item.times),
        ),
    )
    return tuple(table for table in tables if table.total)


def build_checkpoint_table(report: WeeklyReport, limit: int) -> Table:
    """Checkpoints of the past and the coming seven days, with what was to be asked then."""
    due = report.checkpoints
    rows = [
        Row(
            cells=(
                Cell(f"{words.day(point.on)} ({_when(point.days)})"),
                Cell(point.review_id, point.url),
                Cell("; ".join(say_asked(asked, point.days) for asked in point.questions) or "none written"),
                Cell(f"{point.unfinished:,} of {point.committed:,}"),
            )
        )
        for point in due.first[:limit]
    ]
    columns = ("On", "Review", "How we will know it helped", "Unfinished")
    return Table(title="Checkpoints", total=due.total, columns=columns, rows=tuple(rows), names=3, titled=False)


def build_answer_table(report: WeeklyReport, limit: int) -> Table:
    """The last answer given at a checkpoint about each item."""
    return _item_table(
        "Answers at checkpoints, the last about each item",
        report.answers.items,
        limit,
        ("Checkpoint", "It helped", "Note"),
        (),
        lambda item: (item.on, item.answer, item.note),
    )


def build_against_table(one: Happened, limit: int) -> Table:
    """The items aimed at the class of an incident: how they stood then, and how they stand now."""
    rows = tuple(
        Row(cells=(Cell(item.key, item.url), Cell(item.title), Cell(item.then), Cell(item.now)))
        for item in one.items[:limit]
    )
    title = f"Items aimed at {one.incident_id}"
    columns = ("Item", "Action", "Then", "Now")
    return Table(
        title=title, total=sum(one.then.values()), columns=columns, rows=rows, names=4, titled=False, noun="item"
    )


def build_class_table(classes: Sequence[ClassHelp], limit: int) -> Table:
    """Classes of which no more than a line is shown."""
    rows = tuple(
        Row(
            cells=(
                Cell(verdicts.build_name(one)),
                Cell(one.said),
                Cell(one.evidence),
                Cell(words.number(one.counted_before)),
                Cell(words.number(one.after)),
            )
        )
        for one in classes[:limit]
    )
    columns = ("Class", "Verdict", "Beside it", "Before", "Since")
    return Table(title="More classes", total=len(classes), columns=columns, rows=rows, names=3, noun="class")


def build_condition_table(helped: Helped, limit: int) -> Table:
    """Completed actions whose targeted condition was seen again since: facts, no verdicts."""
    rows = tuple(
        Row(
            cells=(
                Cell(fact.key, fact.url),
                Cell(fact.title),
                Cell(fact.condition),
                Cell(words.day(fact.completed)),
                Cell(words.day(fact.last_seen)),
                Cell(words.number(fact.incidents)),
            )
        )
        for fact in helped.conditions.first[:limit]
    )
    columns = ("Item", "Action", "Condition", "Completed", "Last seen", "Incidents since")
    title = "Conditions seen again since their action was completed"
    return Table(title=title, total=helped.conditions.total, columns=columns, rows=rows, names=5, noun="time")


def _group_table(kind: str, groups: Sequence[Group], total: int, limit: int, narrow: bool) -> Table:
    shown = groups[:limit]
    lines = [name for name in _LINES if any(_LINES[name](group.completion) for group in shown) or name in _ALWAYS]
    rows = tuple(_group_row(kind, group, lines, narrow) for group in shown)
    columns = (kind.capitalize(), *_RATE_COLUMNS, *(("All items",) if narrow else lines))
    return Table(
        title=f"By {kind}", total=total, columns=columns, rows=rows, names=len(columns) if narrow else 1, noun=kind
    )


def _group_row(kind: str, group: Group, names: Sequence[str], narrow: bool) -> Row:
    figures = group.completion
    name = group.name or f"no {kind} given"
    label = f"{name} ({group.severity})" if group.severity else name
    rates = (
        words.tally(figures.evidence_rate),
        words.short_interval(figures.evidence_rate),
        words.tally(figures.closed_rate),
    )
    counts = {name: _LINES[name](figures) for name in names}
    lines = (_in_words(counts),) if narrow else tuple(map(words.number, counts.values()))
    return Row(cells=(Cell(label, group.url), *map(Cell, (*rates, *lines))), completion=figures)


def _in_words(counts: Mapping[str, int]) -> str:
    """`8 committed, 3 unfinished, 1 overdue`: the lines but for what is zero."""
    return ", ".join(f"{count:,} {name.lower()}" for name, count in counts.items() if count)


def _item_table(
    title: str,
    listing: Listing[Item],
    limit: int,
    texts: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
    details: Callable[[Item], tuple[date | int | str, ...]] | None = None,
) -> Table:
    rows = tuple(
        Row(cells=(*_item_cells(item), *map(_detail, details(item) if details else ())))
        for item in listing.first[:limit]
    )
    columns = ("Item", "Action", "Issue", *texts, *numbers)
    return Table(title=title, total=listing.total, columns=columns, rows=rows, names=3 + len(texts), noun="item")


def _item_cells(item: ItemLine) -> tuple[Cell, ...]:
    return (Cell(item.key), Cell(item.title), Cell(item.ref or "none", item.url))


def _detail(value: date | int | str) -> Cell:
    if isinstance(value, str):
        return Cell(value)
    return Cell(words.number(value) if isinstance(value, int) else words.day(value))


def say_asked(asked: Question, days: int) -> str:
    """`A2: Does it hold? (yes: none since May)`; once the day has come, that there is no answer yet is said too."""
    asks = f"{asked.key}: {asked.question}" if asked.question else asked.key
    if not asked.answer:
        return f"{asks} (no answer yet)" if days <= 0 else asks
    return f"{asks} ({asked.answer}{f': {asked.note}' if asked.note else ''})"


def _when(days: int) -> str:
    if days == 0:
        return "today"
    distance = words.counted(abs(days), "day")
    return f"in {distance}" if days > 0 else f"{distance} ago"
