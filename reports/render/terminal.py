"""The report for a terminal or a mail in plain text, 80 columns and wider. No markup in a text is ever interpreted."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from reports.render import answers, layout
from reports.render.blocks import Choices, Counts, Entry, Limits, Points, Said, Table
from reports.render.sections import build_sections
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.decisions import Decision
    from reports.render.blocks import Block
    from reports.weekly import WeeklyReport

_LIMITS = Limits(items=8, groups=15, reviews=15, incidents=8, against=8, classes=12, more_classes=15, narrow=True)
_NARROWEST, _WIDEST = 80, 140
_MAIL = 78
"""The longest line that a mail should have (RFC 5322, 2.1.1)."""
_ALARMING = frozenset({"overdue", "missing", "moved"})


def render_terminal(report: WeeklyReport, *, width: int, colour: bool) -> str:
    """The report as lines of at most `width` columns (80 to 140); escape sequences only with `colour`."""
    return _render(report, min(max(width, _NARROWEST), _WIDEST), colour=colour)


def render_for_mail(report: WeeklyReport) -> str:
    """The report as lines that no mail program has to break, without escape sequences."""
    return _render(report, _MAIL, colour=False)


def _render(report: WeeklyReport, width: int, *, colour: bool) -> str:
    page = StringIO()
    console = Console(
        file=page,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text(layout.build_title(report), style="bold"))
    scope = layout.build_scope(report)
    _say(console, [f"Only {', '.join(scope)}."] if scope else [])
    console.print(Text(plain(report.headline)))
    console.print()
    _say(console, map(answers.build_answer_line, answers.build_answers(report)))
    for section in build_sections(report, _LIMITS):
        console.print()
        console.print(Text(section.title.upper(), style="bold cyan"))
        before: Block | None = None
        for block in section.blocks:
            if isinstance(before, Entry | Table) and not isinstance(block, Entry | Table):
                console.print()
            _print(console, block)
            before = block
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _say(console: Console, lines: Iterable[str], indent: int = 0) -> None:
    for line in lines:
        console.print(Padding(Text(plain(line)), (0, 0, 0, indent)))


def _print(console: Console, block: Block) -> None:
    match block:
        case Said():
            console.print(Text(plain(block.text), style="bold" if block.lead else ""))
        case Points():
            _print_points(console, block.lines)
        case Counts():
            _print_counts(console, block)
        case Entry():
            _print_entry(console, block)
        case Choices():
            for number, decision in enumerate(block.decisions, 1):
                console.print(_decision(number, decision))
        case Table():
            _print_table(console, block)


def _print_points(console: Console, lines: Iterable[str]) -> None:
    grid = RichTable.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(Text("-"), Text(plain(line)))
    console.print(grid)


def _print_counts(console: Console, counts: Counts) -> None:
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    for label, count in counts.rows:
        grid.add_row(Text(label), Text(f"{count:,}"))
    console.print(Padding(grid, (1, 0, 1, 2)))


def _print_entry(console: Console, entry: Entry) -> None:
    named = " ".join(part for part in (entry.id.text, entry.title) if part)
    console.print()
    console.print(Text(plain(f"{named}{entry.aside}"), style="bold"))
    _say(console, entry.lines, indent=2)
    if entry.table:
        _print_table(console, entry.table)


def _decision(number: int, decision: Decision) -> RichTable:
    grid = RichTable.grid(padding=(0, 1))
    grid.add_column(justify="right", width=2)
    grid.add_column(overflow="fold")
    grid.add_row(Text(f"{number}."), Text(plain(decision.sentence), style="bold"))
    grid.add_row("", Text(plain(f"{decision.choice} Could decide: {decision.who}.")))
    for item in decision.items:
        grid.add_row("", Text(plain(f"- {item.key} {item.title} {item.url}"), style="dim"))
    if decision.review_url:
        grid.add_row("", Text(plain(f"- {decision.review_id}: {decision.review_url}"), style="dim"))
    return grid


def _print_table(console: Console, table: Table) -> None:
    if table.titled:
        console.print()
        console.print(Text(f"{table.title} ({table.counted})", style="bold"))
    shown = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    for index, column in enumerate(table.columns):
        shown.add_column(column, justify="left" if index < table.names else "right", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(plain(cell.text), style=_style(cell.text)) for cell in row.cells))
    console.print(Padding(shown, (0, 0, 0, 2)))
    _say(console, [f"… and {table.more:,} more"] if table.more else [], indent=2)


def _style(text: str) -> str:
    if text in _ALARMING:
        return "red"
    if text == "closed without evidence":
        return "yellow"
    return "green" if text == "done with evidence" else ""
