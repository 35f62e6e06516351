"""Lists under a heading for actions -> cells by meaning, as if each entry were the row of a table. Pure.

An entry is an action, or a label over the entries below it; what stands below an action are its details.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from tracker.review import words
from tracker.review.blocks import Entry, Listing, Paragraph, Text
from tracker.review.claims import find_status
from tracker.review.links import sort_links, trim
from tracker.review.tables import Row
from tracker.review.values import ANY_DATE, is_nothing
from tracker.review.words import NO_WORDS, Column, ExtraWords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.review.outline import Place

_END = r"(?= ?(?:[,;()\[\]|\n]|\s[\u2013\u2014-]\s|\.(?:\s|$)|\b(?:due|by|deadline|status)\b|$))"
_SAID = r"(?P<value>[^,;()\[\]|\n]+?)"
# Fields inside the sentence of an entry. The first pattern of a column that matches decides.
_FIELDS: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(pattern, re.IGNORECASE))
    for column, pattern in (
        (
            Column.DUE,
            rf"\b(?:due(?: date)?(?: by| on)?|deadline|target(?: date)?|eta|ecd|by|before) ?:? ?(?P<value>{ANY_DATE})",
        ),
        (Column.DUE, r"\b(?:due(?: date)?|deadline|eta) ?: ?(?P<value>[^,;()\[\]|\n]+)"),
        (
            Column.OWNER,
            rf"\b(?:owners?|assignee|assigned to|responsible|dri|who) ?(?::|\s[\u2013\u2014-]\s) ?{_SAID}{_END}",
        ),
        (
            Column.OWNER,
            rf"(?:(?<=[(\[;,])|\s[\u2013\u2014-]) ?owner (?P<value>(?-i:@?[A-Z])[^,;()\[\]|\n]{{0,60}}?){_END}",
        ),
        (Column.OWNER, r"(?:^|(?<=[\s(\[]))(?P<value>@[a-z0-9](?:[\w-]*[a-z0-9])?)(?![\w@/])"),
        (Column.STATUS, r"\bstatus ?: ?(?P<value>[^,;()\[\]|\n]+)"),
    )
)
# Who and when at the end of an entry, without a word that says so: `— Bob — 2026-12-01`, `(@carol, 2026-06-01)`.
_DASH = r"(?:[ \n](?:[\u2013\u2014|-]|--)[ \n]|[ \n]?\u2014[ \n]?)"
_NAME = r"[\w.'\u2019-]{0,38}"
_WHO = rf"(?!P\d\b)(?P<who>@?[^\W\d]{_NAME}(?: (?!(?i:due|eta|by)\b)(?:team|[^\W\d_a-z]{_NAME})){{0,2}})"
_WHEN = rf"(?i:(?:due(?: date)?(?: by| on)?|by|before|eta|deadline) ?:? ?)?(?P<when>(?i:{ANY_DATE}))"
_THEN = rf"(?:{_DASH}|[,;] ?)"
_AT_THE_END = r"(?=[.,;\s]{0,3}(?:$|[(\[]|https?://|[\u2013\u2014-]?[ \n]?(?:#\d|[A-Z]+-\d)))"
_TAILS = tuple(
    re.compile(rf"{pattern}\.?{_AT_THE_END}")
    for pattern in (
        rf"{_DASH}{_WHO}{_THEN}{_WHEN}",
        rf"{_DASH}{_WHEN}{_THEN}{_WHO}",
        rf"(?:\b(?i:due|eta|deadline))?{_DASH}{_WHEN}",
        rf"[(\[]{_WHO}{_THEN}{_WHEN}[)\]]",
        rf"[(\[]{_WHEN}{_THEN}{_WHO}[)\]]",
        rf", ?(?P<who>@[\w-]{{1,40}}){_THEN}{_WHEN}",
    )
)
_CLOSING_NAME = re.compile(rf"(?:{_DASH}|[ \n](?:->|\u2192)[ \n]){_WHO}\.?$")
_LONGEST_TAIL = 500
_ID = re.compile(r"(?P<value>(?:A|AI|AP|Action)[- ]?\d{1,3})\s*[:.)\u2013\u2014-]\s+", re.IGNORECASE)
_HEADING_NUMBER = re.compile(r"^\s*(?:(?:action|item|ai) ?)?#?\d{1,2} ?[.):\u2013\u2014-]\s+", re.IGNORECASE)
_LEADING_VERB = re.compile(r"^(?:to|will|should|please) (?=\w)")  # `@ada to add an alert`
_SPACES = re.compile(r"[^\S\n]+")
_PAIR = re.compile(r"(?P<key>[^:\uff1a\n]{1,40}?)\s*(?::\s+|\uff1a\s*)(?P<value>.+)", re.DOTALL)


def parse_entries(entries: tuple[Entry, ...], place: Place, extra: ExtraWords = NO_WORDS) -> Iterator[Row]:
    """The actions of a list, in order, with the labels of the groups they stand in."""
    named = len(entries) > 1 and all(_closing_name(entry) for entry in entries)
    for entry in entries:
        if _is_label(entry, extra):
            yield from parse_entries(entry.below, place.under(entry.text.words, extra), extra)
        else:
            details, unread = _read_below(entry, extra)
            yield Row(
                cells=details | _cells(entry, extra, named=named), place=place, line=entry.text.line, unread=unread
            )


def described_action(block: Listing | Paragraph, heading: Text | None, extra: ExtraWords = NO_WORDS) -> Entry | None:
    """The one action that a block describes by `Key: value` lines: its text is the heading above, or the first line."""
    texts = [entry.text for entry in block.entries] if isinstance(block, Listing) else _lines(block.text)
    if isinstance(block, Listing) and any(entry.below for entry in block.entries):
        return None
    if isinstance(block, Paragraph) and len(texts) > 1 and _pair(texts[0], extra) is None:
        heading, *texts = texts
    pairs = [_pair(text, extra) for text in texts]
    columns = [pair[0] for pair in pairs if pair]
    if heading is None or len(columns) != len(pairs) or len(set(columns)) != len(columns):
        return None
    if not {Column.OWNER, Column.DUE, Column.ISSUE, Column.STATUS} & set(columns):
        return None
    plain = _HEADING_NUMBER.sub("", heading.plain)
    return Entry(text=structs.replace(heading, plain=plain), below=tuple(Entry(text=text) for text in texts))


def _lines(text: Text) -> list[Text]:
    """The lines of a paragraph, each with the links whose words it holds."""
    return [
        Text(plain=line.strip(), links=tuple(link for link in text.links if link.text in line), line=number, column=1)
        for number, line in enumerate(text.plain.split("\n"), text.line)
    ]


def _is_label(entry: Entry, extra: ExtraWords) -> bool:
    if not entry.below or entry.checked is not None or entry.text.links:
        return False
    words_ = entry.text.words
    says_so = (
        entry.text.strong
        or words_.endswith(":")
        or bool(words.find_horizon(words_, extra) or words.find_kind(words_, extra))
    )
    return (says_so and not _has_fields(entry, extra)) or all(below.checked is not None for below in entry.below)


def _has_fields(entry: Entry, extra: ExtraWords) -> bool:
    """Whether what stands below are the details of this action."""
    return any(_pair(below.text, extra) is not None for below in entry.below)


def _closing_name(entry: Entry) -> re.Match[str] | None:
    """A name after a last dash or arrow. It may be any words; where each entry of a list has one, it is an owner."""
    text = entry.text.plain
    start = max(0, len(text) - _LONGEST_TAIL)
    match = _CLOSING_NAME.search(text, start) or next(filter(None, (tail.search(text, start) for tail in _TAILS)), None)
    who = match.groupdict().get("who") if match else None
    is_name = who is not None and all(word.lstrip("@")[:1].isupper() or word[0] == "@" for word in who.split())
    return match if is_name else None


def _cells(entry: Entry, extra: ExtraWords, *, named: bool = False) -> dict[Column, Text]:
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
    elif named and (match := _CLOSING_NAME.search(sentence, at_the_end)):
        cells[Column.OWNER] = _part(entry.text, match["who"])
        sentence = _without(sentence, match)
    for column, pattern in (*_FIELDS, *_extra_fields(extra)):
        match = None if column in cells else pattern.search(sentence)
        if match:
            cells[column] = _part(entry.text, match["value"])
            sentence = _without(sentence, match)
            if match.start() == 0:
                sentence = _LEADING_VERB.sub("", sentence)
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


def _read_below(entry: Entry, extra: ExtraWords) -> tuple[dict[Column, Text], tuple[int, ...]]:
    """What stands below an action: its details (`Key: value`, or only its tickets), and the lines of the rest."""
    found: dict[Column, Text] = {}
    unread: list[int] = []
    for below in entry.below:
        if pair := _pair(below.text, extra):
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


def _pair(text: Text, extra: ExtraWords) -> tuple[Column, Text] | None:
    match = _PAIR.fullmatch(text.plain)
    column = words.find_column(match["key"], extra) if match else None
    if match is None or column is None or column is Column.ACTION:
        return None
    return column, Text(plain=match["value"], links=text.links, line=text.line, column=text.column)


def _extra_fields(extra: ExtraWords) -> Iterator[tuple[Column, re.Pattern[str]]]:
    for word in extra.columns:
        column = words.find_column(word, extra)
        if column in (Column.OWNER, Column.DUE, Column.STATUS):
            value = r"(?P<value>[^,;()\[\]|\n\u3001\uff0c\uff08\uff09]+)"
            yield column, re.compile(rf"(?<!\w){re.escape(word)} ?[:\uff1a] ?{value}", re.IGNORECASE)


def _part(text: Text, value: str) -> Text:
    return Text(plain=value.strip(), line=text.line, column=text.column)


def _without(sentence: str, match: re.Match[str]) -> str:
    before, after = sentence[: match.start()], sentence[match.end() :]
    return trim(re.sub(r"[(\[\uff08][\s,;|\u3001\uff0c\u2013\u2014-]*+[)\]\uff09]", " ", f"{before} {after}"))
