"""The report as Markdown for a wiki or an issue. Everything from a document or a tracker is escaped here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports.render import answers, layout
from reports.render.blocks import Choices, Counts, Entry, Limits, Points, Said, Table
from reports.render.sections import build_sections
from tracker.text import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.decisions import Decision
    from reports.render.blocks import Block, Cell
    from reports.weekly import WeeklyReport

LIMITS = Limits(items=20, groups=50, reviews=50, incidents=10, against=20, classes=20, more_classes=100)

_BLOCK = re.compile(r"^(\d*)([-=.)])")
"""What makes a list, a rule or a heading at the start of a line and is not escaped elsewhere."""


_HARMLESS = re.compile(r"\\(?:([()])|(:)(?=\s|$)|.)")
"""An escaped character, first what needs none: without a bracket before it, no parenthesis makes a link of anything."""


def _text(text: str) -> str:
    """The text, literally; a person who reads the source is spared the escapes that change nothing."""
    return _HARMLESS.sub(lambda found: found[1] or found[2] or found[0], markdown(text))


def render_markdown(report: WeeklyReport) -> str:
    """The report as GitHub-flavoured Markdown, ending in a newline."""
    blocks = [f"# {_text(layout.build_title(report))}"]
    scope = layout.build_scope(report)
    blocks += [_line(f"Only {', '.join(scope)}.")] if scope else []
    blocks += [
        _bold(report.headline),
        _bullets(map(answers.build_answer_line, answers.build_answers(report))),
    ]
    for section in build_sections(report, LIMITS):
        blocks.append(f"## {section.title}")
        for block in section.blocks:
            blocks += _block(block)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Said():
            return [_bold(block.text) if block.lead else _line(block.text)]
        case Points():
            return [_bullets(block.lines)]
        case Counts():
            rows = [f"| {_text(label)} | {count:,} |" for label, count in block.rows]
            return ["\n".join([f"| {block.title} | Count |", "| :-- | --: |", *rows])]
        case Entry():
            return _entry(block)
        case Choices():
            return ["\n".join(f"{number}. {_decision(one)}" for number, one in enumerate(block.decisions, 1))]
        case Table():
            return _titled_table(block)


def _entry(entry: Entry) -> list[str]:
    named = " ".join(part for part in (_cell(entry.id), _text(entry.title)) if part)
    gap = " " if entry.aside.startswith(" ") else ""
    title = f"### {named}{gap}{_text(entry.aside)}"
    return [title, _line(" ".join(entry.lines)), *(_titled_table(entry.table) if entry.table else [])]


def _decision(decision: Decision) -> str:
    """One list entry: the sentence in bold, the choice, the review and the items it is about."""
    lines = [f"{_bold(decision.sentence)} {_text(decision.choice)}"]
    about = f"About {_link(decision.review_id, decision.review_url)}"
    lines.append(f"   {about}. Could decide: {_text(decision.who)}")
    lines += [
        f"   - {_link(item.key, item.url) if item.url else _line(item.key)} {_text(item.title)}"
        for item in decision.items
    ]
    return "\n".join(lines)


def _titled_table(table: Table) -> list[str]:
    title = [f"### {_text(table.title)} ({table.counted})"] if table.titled else []
    more = [f"… and {table.more:,} more"] if table.more else []
    return [*title, _table(table), *more]


def _table(table: Table) -> str:
    rule = [":--"] * table.names + ["--:"] * (len(table.columns) - table.names)
    lines = [table.columns, rule, *([_cell(cell) for cell in row.cells] for row in table.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    return _link(cell.text, cell.url)


def _link(text: str, url: str) -> str:
    """A link; `url` holds no space, quote or angle bracket (`is_web_link`), and a bar would end a table's cell."""
    return f"[{_text(text)}](<{url.replace('|', '%7C')}>)" if url else _text(text)


def _bold(text: str) -> str:
    """Bold, unless there is nothing: four stars alone would be a rule across the page."""
    escaped = _text(text)
    return f"**{escaped}**" if escaped else ""


def _line(text: str) -> str:
    """Text that begins a line: nothing in it makes a list, a rule or a heading of it."""
    return _BLOCK.sub(r"\1\\\2", _text(text))


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_line(line)}" for line in lines)
