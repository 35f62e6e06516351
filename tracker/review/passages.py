"""The prose of a review that the findings look at: timeline, human context, and what is named as the cause. Pure.

Nothing is understood here. Each text keeps its line and the heading above it, and `lint_wording` looks for words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.review.blocks import Block, Listing, Paragraph, Raw, Table
from tracker.review.words import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.review.blocks import Entry, Text
    from tracker.review.outline import Place

_LOOKED_AT = (Section.TIMELINE, Section.HUMAN, None)
_LONGEST = 2_000


class Passage(Struct, frozen=True, kw_only=True):
    """One line of text, or one row of a table with its cells joined by ` | `."""

    text: str
    line: int
    heading: str = ""
    section: Section | None = None


def collect_passages(placed: Iterable[tuple[Block, Place]], last_line: int) -> tuple[Passage, ...]:
    """Every passage of the sections that are looked at, and of those that no heading says anything of."""
    return tuple(
        Passage(text=text[:_LONGEST], line=min(line, last_line), heading=place.heading, section=place.section)
        for block, place in placed
        if place.section in _LOOKED_AT and not isinstance(block, Raw)
        for text, line in _lines(block)
    )


def _lines(block: Block) -> Iterator[tuple[str, int]]:
    match block:
        case Paragraph(text):
            yield from _lines_of(text)
        case Table():
            for cells in (block.header, *block.rows):
                yield " | ".join(cell.words for cell in cells), cells[0].line
        case Listing():
            yield from _entries(block.entries)


def _entries(entries: tuple[Entry, ...]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        yield from _lines_of(entry.text)
        yield from _entries(entry.below)


def _lines_of(text: Text) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.plain.split("\n")):
        if line.strip():
            yield line.strip(), text.line + number
