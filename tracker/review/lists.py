"""Lists under a heading for actions -> cells by meaning, as if each entry were the row of a table. Pure.

An entry is an action, or a label over the entries below it; what stands below an action are its details.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.review import words
from tracker.review.blocks import Entry, Text
from tracker.review.claims import find_status
from tracker.review.links import sort_links, trim
from tracker.review.tables import Row
from tracker.review.values import ANY_DATE, is_nothing
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
# Who and when at the end of an entry, without a word that says so: `— Bob — 2026-12-01`, `(@carol, 2026-06-01)`.
_DASH = r"(?:[ \n](?:[\u2013\u2014|-]|--)[ \n]|[ \n]?\u2014[ \n]?)"
_WHO = r"(?!P\d\b)(?P<who>@?[^\W\d][\w.'\u2019-]{0,38}(?: (?:team|[^\W\d_a-z][\w.'\u2019-]{0,38})){0,2})"
_WHEN = rf"(?i:(?:due(?: date)?(?: by| on)?|by|before|eta|deadline) ?:? ?)?(?P<when>(?i:{ANY_DATE}))"
_THEN = rf"(?:{_DASH}|[,;] ?)"
_AT_THE_END = r"(?=[.,;\s]{0,3}(?:$|[(\[]|https?://|[\u2013\u2014-]?[ \n]?(?:#\d|[A-Z]+-\d)))"
_TAILS = tuple(
    re.compile(rf"{pattern}\.?{_AT_THE_END}")
    for pattern in (
        rf"{_DASH}{_WHO}{_THEN}{_WHEN}",
        rf"{_DASH}{_WHEN}{_THEN}{_WHO}",
        rf"{_DASH}{_WHEN}",
        rf"[(\[]{_WHO}{_THEN}{_WHEN}[)\]]",
        rf"[(\[]{_WHEN}{_THEN}{_WHO}[)\]]",
        rf", ?(?P<who>@[\w-]{{1,40}}){_THEN}{_WHEN}",
    )
)
_LONGEST_TAIL = 500
_ID = re.compile(r"(?P<value>(?:A|AI|AP|Action)[- ]?\d{1,3})\s*[:.)\u2013\u2014-]\s+", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_PAIR = re.compile(r"(?P<key>[^:\n]{1,40}?)\s*:\s+(?P<value>.+)", re.DOTALL)


def parse_entries(entries: tuple[Entry, ...], place: Place) -> Iterator[Row]:
    """The actions of a list, in order, with the labels of the groups they stand in."""
    for entry in entries:
        if _is_label(entry):
            yield from parse_entries(entry.below, place.under(entry.text.words))
        else:
            details, unread = _read_below(entry)
            yield Row(cells=details | _cells(entry), place=place, line=entry.text.line, unread=unread)


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
    at_the_end = max(0, len(sentence) - _LONGEST_TAIL)
    if match := next(filter(None, (tail.search(sentence, at_the_end) for tail in _TAILS)), None):
        said = match.groupdict()
        cells[Column.DUE] = _part(entry.text, said["when"])
        if who := said.get("who"):
            cells[Column.STATUS if find_status(who) else Column.OWNER] = _part(entry.text, who)
        sentence = _without(sentence, match)
    for column, pattern in _FIELDS:
        match = None if column in cells else pattern.search(sentence)
        if match:
            cells[column] = _part(entry.text, match["value"])
            sentence = _without(sentence, match)
    if entry.checked is not None:
        cells.setdefault(Column.STATUS, _part(entry.text, "done" if entry.checked else "open"))
    cells[Column.ACTION] = Text(
        plain=sentence.strip(),
        links=entry.text.links,
        struck=entry.text.struck,
        line=entry.text.line,
        column=entry.text.column,
    )
    return cells


def _read_below(entry: Entry) -> tuple[dict[Column, Text], tuple[int, ...]]:
    """What stands below an action: its details (`Key: value`, or only its tickets), and the lines of the rest."""
    found: dict[Column, Text] = {}
    unread: list[int] = []
    for below in entry.below:
        if pair := _pair(below.text):
            found.setdefault(*pair)
        elif _is_links(below.text):
            found.setdefault(Column.ISSUE, below.text)
        elif not is_nothing(below.text.words):
            unread.append(below.text.line)
        unread += [deeper.text.line for deeper in below.below if not is_nothing(deeper.text.words)]
    return found, tuple(unread)


def _is_links(text: Text) -> bool:
    links = sort_links(text, free=False)
    return not links.rest and bool(links.issues or links.evidence)


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
    return trim(re.sub(r"[(\[][\s,;|\u2013\u2014-]*+[)\]]", " ", f"{before} {after}"))
