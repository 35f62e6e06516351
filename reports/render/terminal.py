"""The report for a terminal or a mail in plain text, 80 columns and wider. No markup in a text is ever interpreted."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from reports.render import layout, tables
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.decisions import Decision
    from reports.render.tables import Table
    from reports.weekly import WeeklyReport

_ITEMS, _GROUPS, _RETURNS = 8, 15, 5
_NARROWEST, _WIDEST = 80, 140
_ALARMING = frozenset({"overdue", "missing", "moved"})


def render_terminal(report: WeeklyReport, *, width: int, colour: bool) -> str:
    """The report as lines of at most `width` columns (80 to 140); escape sequences only with `colour`."""
    page = StringIO()
    console = Console(
        file=page,
        width=min(max(width, _NARROWEST), _WIDEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(Text(layout.build_title(report), style="bold"))
    console.print(Text(plain(report.headline)))
    _print_decisions(console, report)
    _print_returns(console, report)
    _print_completion(console, report)
    _print_rest(console, report)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _head(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title.upper(), style="bold cyan"))


def _say(console: Console, lines: Iterable[str], indent: int = 0) -> None:
    for line in lines:
        console.print(Padding(Text(plain(line)), (0, 0, 0, indent)))


def _print_decisions(console: Console, report: WeeklyReport) -> None:
    _head(console, "Needs a decision")
    for number, decision in enumerate(report.decisions, 1):
        console.print(_decision(number, decision))
    _say(console, [layout.build_left_out(report)] if report.decisions_left_out else [])
    _say(console, [] if report.decisions else ["Nothing needs a decision."])


def _decision(number: int, decision: Decision) -> RichTable:
    grid = RichTable.grid(padding=(0, 1))
    grid.add_column(justify="right", width=2)
    grid.add_column(overflow="fold")
    grid.add_row(Text(f"{number}."), Text(plain(decision.sentence), style="bold"))
    team = f" Team: {decision.team}." if decision.team else ""
    grid.add_row("", Text(plain(f"{decision.choice}{team}")))
    for item in decision.items:
        grid.add_row("", Text(plain(f"- {item.key} {item.title} {item.url}"), style="dim"))
    if decision.review_url:
        grid.add_row("", Text(plain(f"- review: {decision.review_url}"), style="dim"))
    return grid


def _print_returns(console: Console, report: WeeklyReport) -> None:
    _head(console, "What came back, and what stood against it")
    for index, back in enumerate(report.recurrence.listed[:_RETURNS]):
        new = " New this week." if back.is_new else ""
        console.print(Text(plain(f"{layout.build_return_sentence(back)}{new}"), style="bold"))
        _say(console, [layout.build_stood_sentence(back)])
        _print_table(console, tables.build_against_table(report, index, _ITEMS), titled=False)
    _say(console, layout.build_came_back(report, _RETURNS))


def _print_completion(console: Console, report: WeeklyReport) -> None:
    _head(console, "Was it done, and can it be shown?")
    _say(console, (f"{label}: {text}" for label, text in layout.build_rates(report.completion)))
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    for label, count in layout.build_lines(report.completion):
        grid.add_row(Text(label), Text(f"{count:,}"))
    console.print(Padding(grid, (1, 0, 0, 2)))
    for table in tables.build_group_tables(report, _GROUPS, _GROUPS, narrow=True):
        _print_table(console, table)


def _print_rest(console: Console, report: WeeklyReport) -> None:
    _head(console, "Items to look at")
    lists = tables.build_item_tables(report, _ITEMS)
    for table in lists:
        _print_table(console, table)
    _say(console, [] if lists else ["None."])
    _head(console, "Checkpoints of the past and the coming seven days")
    checkpoints = tables.build_checkpoint_table(report, _ITEMS)
    _print_table(console, checkpoints, titled=False)
    _say(console, [] if checkpoints.rows else ["None."])
    _head(console, "How far to trust this")
    _print_table(console, tables.build_freshness_table(report), titled=False)
    _say(console, (f"- {line}" for line in layout.build_caveats(report)))


def _print_table(console: Console, table: Table, *, titled: bool = True) -> None:
    if not table.rows:
        return
    if titled:
        console.print()
        console.print(Text(f"{table.title} ({table.total:,})", style="bold"))
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
