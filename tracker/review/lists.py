"""Lists under a heading for actions -> cells by meaning, as if each entry were the row of a table. Pure.

An entry is an action, or a label over the entries below it; what stands below an action are its details.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.review import words
from tracker.review.blocks import Entry, Text
from tracker.review.links import sort_links
from tracker.review.tables import Row
from tracker.review.values import ANY_DATE
from tracker.review.words import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.review.outline import Place

_END = r"(?= ?(?:[,;()\[\]|\n]|\s[\u2013\u2014-]\s|\.(?:\s|$)|\b(?:due|by|deadline|status)\b|$))"
# Fields inside the sentence of an entry. The first pattern of a column that matches decides.
_FIELDS: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(pattern, re.IGNORECASE))
    for column, pattern in (
        (
            Column.DUE,
            rf"\b(?:due(?: date)?(?: by| on)?|deadline|target(?: date)?|eta|by|before) ?:? ?(?P<value>{ANY_DATE})",
        ),
        (Column.DUE, r"\b(?:due(?: date)?|deadline|eta) ?: ?(?P<value>[^,;()\[\]|\n]+)"),
        (
            Column.OWNER,
            rf"\b(?:owners?|assignee|assigned to|responsible|dri|who) ?: ?(?P<value>[^,;()\[\]|\n]+?){_END}",
        ),
        (Column.OWNER, r"(?:^|(?<=[\s(\[]))(?P<value>@[a-z0-9](?:[\w-]*[a-z0-9])?)(?![\w@/])"),
        (Column.STATUS, r"\bstatus ?: ?(?P<value>[^,;()\[\]|\n]+)"),
    )
)
_ID = re.compile(r"(?P<value>(?:A|AI|AP|Action)[- ]?\d{1,3})\s*[:.)\u2013\u2014-]\s+", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_PAIR = re.compile(r"(?P<key>[^:\n]{1,40}?)\s*:\s+(?P<value>.+)", re.DOTALL)


def parse_entries(entries: tuple[Entry, ...], place: Place) -> Iterator[Row]:
    """The actions of a list, in order, with the labels of the groups they stand in."""
    for entry in entries:
        if _is_label(entry):
            yield from parse_entries(entry.below, place.under(entry.text.words))
        else:
            yield Row(cells=_cells(entry), place=place, line=entry.text.line)


def _is_label(entry: Entry) -> bool:
    if not entry.below or entry.checked is not None or entry.text.links:
        return False
    words_ = entry.text.words
    says_so = entry.text.strong or words_.endswith(":") or bool(words.find_horizon(words_) or words.find_kind(words_))
    return (says_so and not _has_fields(entry)) or all(below.checked is not None for below in entry.below)


def _has_fields(entry: Entry) -> bool:
    """Whether what stands below are the details of this action."""
    return any(_pair(below.text) is not None for below in entry.below)


def _cells(entry: Entry) -> dict[Column, Text]:
    cells: dict[Column, Text] = {}
    sentence = _SPACES.sub(" ", entry.text.plain)
    if match := _ID.match(sentence):
        cells[Column.ID] = _part(entry.text, match["value"])
        sentence = sentence[match.end() :]
    for column, pattern in _FIELDS:
        match = None if column in cells else pattern.search(sentence)
        if match:
            cells[column] = _part(entry.text, match["value"])
            sentence = _without(sentence, match)
    if entry.checked is not None:
        cells.setdefault(Column.STATUS, _part(entry.text, "done" if entry.checked else "open"))
    cells |= {column: text for column, text in _details(entry).items() if column not in cells}
    cells[Column.ACTION] = Text(
        plain=sentence.strip(" ,;|\u2013\u2014\n"),
        links=entry.text.links,
        struck=entry.text.struck,
        line=entry.text.line,
        column=entry.text.column,
    )
    return cells


def _details(entry: Entry) -> dict[Column, Text]:
    """The `Key: value` entries below an action, and an entry that is nothing but links to its tickets."""
    found: dict[Column, Text] = {}
    for below in entry.below:
        if pair := _pair(below.text):
            found.setdefault(*pair)
        elif (links := sort_links(below.text, free=False)) and not links.rest and (links.issues or links.evidence):
            found.setdefault(Column.ISSUE, below.text)
    return found


def _pair(text: Text) -> tuple[Column, Text] | None:
    match = _PAIR.fullmatch(text.plain)
    column = words.find_column(match["key"]) if match else None
    if match is None or column is None or column is Column.ACTION:
        return None
    return column, Text(plain=match["value"], links=text.links, line=text.line, column=text.column)


def _part(text: Text, value: str) -> Text:
    return Text(plain=value.strip(), line=text.line, column=text.column)


def _without(sentence: str, match: re.Match[str]) -> str:
    before, after = sentence[: match.start()], sentence[match.end() :]
    rest = f"{before} {after}" if after else before.rstrip(" ,;|\u2013\u2014(-")
    return re.sub(r"[(\[][\s,;|\u2013\u2014-]*+[)\]]", " ", rest)
