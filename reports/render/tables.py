"""The tables that every format for people shows, cut to the rows a page can take. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from reports import words
from reports.listings import ItemLine, Listing
from reports.rates import Completion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from reports.weekly import Freshness, Group, WeeklyReport

Item = TypeVar("Item", bound=ItemLine)


class Cell(Struct, frozen=True):
    """One cell: its text, and the link it carries where there is one. Both are as they came: escape them."""

    text: str
    url: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """One row; `completion` is there for a format that can draw it."""

    cells: tuple[Cell, ...]
    completion: Completion | None = None


class Table(Struct, frozen=True, kw_only=True):
    """A titled table. The first `names` columns are text, the others numbers; `more` rows exist and are not shown."""

    title: str
    total: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    names: int
    note: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


_RATE_COLUMNS = ("With evidence", "Rate (95% interval)", "Closed")
_LINE_COLUMNS = ("Committed", "Unfinished", "Overdue", "Not planned", "Lost", "Duplicate")


def build_group_tables(report: WeeklyReport, limit: int, reviews: int, *, narrow: bool = False) -> tuple[Table, ...]:
    """Completion by class, team, horizon and review, with a limit of its own for `reviews`.

    `narrow` says the lines without a rate in one column of words.
    """
    sets = (("class", report.by_class), ("team", report.by_team), ("horizon", report.by_horizon))
    tables = [_group_table(name, groups, len(groups), limit, narrow) for name, groups in sets]
    return (*tables, _group_table("review", report.by_review.first, report.by_review.total, reviews, narrow))


def build_item_tables(report: WeeklyReport, limit: int) -> tuple[Table, ...]:
    """The lists of items that a person may want to look at; empty ones are left out."""
    tables = (
        _item_table("Overdue", report.overdue, limit, ("Due",), ("Days over",), lambda item: (item.due, item.days)),
        _item_table("Closed without evidence", report.without_evidence, limit),
        _item_table("Lost", report.lost, limit, ("Stands",), (), lambda item: (item.stands,)),
        _item_table("Not pushed", report.not_pushed, limit),
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
                Cell("; ".join(f"{asked.key}: {asked.question}" for asked in point.questions) or "none written"),
                Cell(f"{point.unfinished:,} of {point.committed:,}"),
            )
        )
        for point in due.first[:limit]
    ]
    columns = ("On", "Review", "How we will know it helped", "Unfinished")
    return Table(title="Checkpoints", total=due.total, columns=columns, rows=tuple(rows), names=3)


def build_freshness_table(report: WeeklyReport) -> Table:
    """How old the knowledge of each tracker is."""
    rows = [
        Row(
            cells=(
                Cell(state.tracker),
                Cell(words.minute(state.last_good_sync)),
                Cell(_age(state)),
                Cell(state.error or "none"),
            )
        )
        for state in report.freshness
    ]
    columns = ("Tracker", "Last good sync", "Age", "Last error")
    return Table(title="Trackers", total=len(rows), columns=columns, rows=tuple(rows), names=4)


def build_against_table(report: WeeklyReport, index: int, limit: int) -> Table:
    """The items aimed at a class that came back: how they stood then, and how they stand now."""
    back = report.recurrence.listed[index]
    rows = tuple(
        Row(cells=(Cell(item.key, item.url), Cell(item.title), Cell(item.then), Cell(item.now)))
        for item in back.items[:limit]
    )
    title = f"Items aimed at {back.incident_class} before {words.day(back.started)}"
    columns = ("Item", "Action", "Then", "Now")
    return Table(title=title, total=sum(back.then.values()), columns=columns, rows=rows, names=4)


def _group_table(kind: str, groups: Sequence[Group], total: int, limit: int, narrow: bool) -> Table:
    rows = tuple(_group_row(kind, group, narrow) for group in groups[:limit])
    columns = (kind.capitalize(), *_RATE_COLUMNS, *(("All items",) if narrow else _LINE_COLUMNS))
    return Table(title=f"By {kind}", total=total, columns=columns, rows=rows, names=len(columns) if narrow else 1)


def _group_row(kind: str, group: Group, narrow: bool) -> Row:
    figures = group.completion
    name = group.name or f"no {kind} given"
    label = f"{name} ({group.severity})" if group.severity else name
    rates = (
        words.tally(figures.evidence_rate),
        words.short_interval(figures.evidence_rate),
        words.tally(figures.closed_rate),
    )
    counts = (
        figures.committed, figures.unfinished, figures.overdue, figures.not_planned, figures.lost, figures.duplicate
    )  # fmt: skip
    lines = (_in_words(counts),) if narrow else tuple(map(words.number, counts))
    return Row(cells=(Cell(label, group.url), *map(Cell, (*rates, *lines))), completion=figures)


def _in_words(counts: tuple[int, ...]) -> str:
    """`8 committed, 3 unfinished, 1 overdue`: the counts of `_LINE_COLUMNS` but for what is zero."""
    named = zip(counts, _LINE_COLUMNS, strict=True)
    return ", ".join(f"{count:,} {column.lower()}" for count, column in named if count)


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
    return Table(title=title, total=listing.total, columns=columns, rows=rows, names=3 + len(texts))


def _item_cells(item: ItemLine) -> tuple[Cell, ...]:
    return (Cell(item.key), Cell(item.title), Cell(item.ref or "none", item.url))


def _detail(value: date | int | str) -> Cell:
    if isinstance(value, str):
        return Cell(value)
    return Cell(words.number(value) if isinstance(value, int) else words.day(value))


def _when(days: int) -> str:
    if days == 0:
        return "today"
    distance = words.counted(abs(days), "day")
    return f"in {distance}" if days > 0 else f"{distance} ago"


def _age(state: Freshness) -> str:
    if state.hours_old is None:
        return "nothing read yet"
    old = " (old)" if state.is_old else ""
    if state.hours_old < 48:
        return f"{words.counted(state.hours_old, 'hour')}{old}"
    return f"{words.counted(state.hours_old // 24, 'day')}{old}"
