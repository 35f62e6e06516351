"""What a document without front matter says of itself in a table or in `Key: value` lines. Pure.

Only plain values are taken: a time that has to be guessed at is left for the front matter to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.review.blocks import Block, Listing, Paragraph, Table
from tracker.review.frontmatter import Field
from tracker.review.header import KEYS, find_key, is_id
from tracker.review.incidents import names_incident
from tracker.review.outline import parse_outline
from tracker.review.values import Unclear, is_nothing, parse_date, parse_moment
from tracker.review.words import NO_WORDS, ExtraWords

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_PAIR = 300
_PAIR = re.compile(r"(?P<key>[^:\uff1a\n]{2,40}?)\s*[:\uff1a]\s*(?P<value>\S.{0,200})")
_TAKEN_HERE = frozenset(KEYS) - {"title", "tracker", "checkpoints", "confidence", "url"}
_PLAIN = {"started": parse_moment, "detected": parse_moment, "mitigated": parse_moment, "reviewed": parse_date}


def parse_metadata(
    blocks: tuple[Block, ...], given: tuple[Field, ...], extra: ExtraWords = NO_WORDS
) -> tuple[Field, ...]:
    """The header fields that the body gives, each once, less those that are given already."""
    taken = {find_key(field.key, extra) for field in given}
    found: dict[str, Field] = {}
    for block, place in parse_outline(blocks, extra):
        if place.section is None:
            for key, value, line in _pairs(block):
                name = find_key(key, extra)
                if name in _TAKEN_HERE and name not in taken and _is_plain(name, value):
                    found.setdefault(name, Field(key=name, values=(value.strip(),), line=line))
    return tuple(found.values())


def _pairs(block: Block) -> Iterator[tuple[str, str, int]]:
    match block:
        case Table():
            for cells in (block.header, *block.rows):
                if len(cells) == 2:
                    yield cells[0].words, cells[1].words, cells[0].line
        case Listing():
            for entry in block.entries:
                yield from _pairs_of(entry.text.plain, entry.text.line)
        case Paragraph():
            yield from _pairs_of(block.text.plain, block.text.line)


def _pairs_of(text: str, first_line: int) -> Iterator[tuple[str, str, int]]:
    for line, words in enumerate(text.split("\n"), first_line):
        if len(words) < _LONGEST_PAIR and (match := _PAIR.fullmatch(words.strip())):
            yield match["key"], match["value"], line


def _is_plain(key: str, value: str) -> bool:
    if is_nothing(value) or (key == "id" and not is_id(value.strip())):
        return False
    if key == "incidents":
        return names_incident(value)
    try:
        return key not in _PLAIN or _PLAIN[key](value) is not None
    except Unclear:
        return False
