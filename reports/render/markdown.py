"""The report as Markdown for a wiki or an issue. Everything from a document or a tracker is escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.render import layout, tables
from tracker.text import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.decisions import Decision
    from reports.render.tables import Cell, Table
    from reports.weekly import WeeklyReport

_ITEMS, _GROUPS, _RETURNS = 20, 50, 10


def render_markdown(report: WeeklyReport) -> str:
    """The report as GitHub-flavoured Markdown, ending in a newline."""
    blocks = [
        f"# {markdown(layout.build_title(report))}",
        f"**{markdown(report.headline)}**",
        "## Needs a decision",
        *_decisions(report),
        "## What came back, and what stood against it",
        *_returns(report),
        "## Was it done, and can it be shown?",
        _bullets(f"{label}: {text}" for label, text in layout.build_rates(report.completion)),
        _lines(report),
        *_tables(tables.build_group_tables(report, _GROUPS, _GROUPS)),
        "## Items to look at",
        *(_tables(tables.build_item_tables(report, _ITEMS)) or ["None."]),
        "## Checkpoints of the past and the coming seven days",
        *(_tables([tables.build_checkpoint_table(report, _ITEMS)], titled=False) or ["None."]),
        "## How far to trust this",
        *_tables([tables.build_freshness_table(report)], titled=False),
        _bullets(layout.build_caveats(report)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _decisions(report: WeeklyReport) -> list[str]:
    if not report.decisions:
        return ["Nothing needs a decision."]
    numbered = [f"{number}. {_decision(decision)}" for number, decision in enumerate(report.decisions, 1)]
    return ["\n".join(numbered), markdown(layout.build_left_out(report))]


def _decision(decision: Decision) -> str:
    """One list entry: the sentence in bold, the choice, the review and the items it is about."""
    lines = [f"**{markdown(decision.sentence)}** {markdown(decision.choice)}"]
    about = f"Review {_link(decision.review_id, decision.review_url)}"
    team = f", team {markdown(decision.team)}" if decision.team else ""
    lines.append(f"   {about}{team}")
    lines += [f"   - {_link(item.key, item.url)} {markdown(item.title)}" for item in decision.items]
    return "\n".join(lines)


def _returns(report: WeeklyReport) -> list[str]:
    blocks = []
    for index, back in enumerate(report.recurrence.listed[:_RETURNS]):
        new = " (new this week)" if back.is_new else ""
        blocks.append(f"### {_link(back.review_id, back.url)} {markdown(back.title)}{new}")
        blocks.append(markdown(f"{layout.build_return_sentence(back)} {layout.build_stood_sentence(back)}"))
        blocks += _tables([tables.build_against_table(report, index, _ITEMS)], titled=False)
    return [*blocks, _bullets(layout.build_came_back(report, _RETURNS))]


def _lines(report: WeeklyReport) -> str:
    rows = [f"| {label} | {count:,} |" for label, count in layout.build_lines(report.completion)]
    return "\n".join(["| Items | Count |", "| :-- | --: |", *rows])


def _tables(built: Iterable[Table], *, titled: bool = True) -> list[str]:
    blocks = []
    for table in built:
        if not table.rows:
            continue
        title = [f"### {table.title} ({table.total:,})"] if titled else []
        more = [f"… and {table.more:,} more"] if table.more else []
        blocks += [*title, _table(table), *more]
    return blocks


def _table(table: Table) -> str:
    rule = [":--"] * table.names + ["--:"] * (len(table.columns) - table.names)
    lines = [table.columns, rule, *([_cell(cell) for cell in row.cells] for row in table.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    return _link(cell.text, cell.url)


def _link(text: str, url: str) -> str:
    """A link; `url` holds no space, quote or angle bracket (`is_web_link`), and a bar would end a table's cell."""
    return f"[{markdown(text)}](<{url.replace('|', '%7C')}>)" if url else markdown(text)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {markdown(line)}" for line in lines)
