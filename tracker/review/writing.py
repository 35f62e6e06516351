"""Writes issue links back into a document: into the Issue cell of a row, else behind the action. Nothing else changes.

A change is tried and read again: it is taken only where the reader then finds the very same review, with that one link
more. What cannot be written so is left as it is and said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tracker.model import ActionItem
from tracker.review import words
from tracker.review.words import Column
from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracker.review.markdown import Document

    Read = Callable[[str], Document]

_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITERS = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_EMPTY = re.compile(r"[\s\u2013\u2014-]*|tbd|n/a|none|todo", re.IGNORECASE)
_LONGEST_ENTRY = 40
"""How many lines of a wrapped entry are looked at for its end."""


class IssueLink(Struct, frozen=True):
    """The issue that stands for an item: what people call it, and its address."""

    ref: str
    url: str


class Written(Struct, frozen=True, kw_only=True):
    """A text with links in it; `left` are the items whose place for one was not found."""

    text: str
    added: int = 0
    left: tuple[ActionItem, ...] = ()


def write_links(text: str, read: Read, links: Mapping[int, IssueLink]) -> Written:
    """The document with each link at the item of that line (1-based); `read` reads a document from a text.

    Lines end as they did; items that name an issue already are passed over.
    """
    document = read(text)
    items = {item.line: item for item in document.review.items} if document.review else {}
    added, left = 0, []
    for line, link in sorted(links.items(), reverse=True):
        item = items.get(line)
        if item is None or item.issues or not is_web_link(link.url):
            continue
        written = _write_one(text, read, item, link)
        if written is None:
            left.append(item)
        else:
            text, added = written, added + 1
    return Written(text=text, added=added, left=tuple(reversed(left)))


def _write_one(text: str, read: Read, item: ActionItem, link: IssueLink) -> str | None:
    before = read(text)
    lines = text.split("\n")
    for number, changed in _candidates(lines, item.line - 1, f"[{_label(link.ref)}]({link.url})"):
        candidate = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
        if _says_the_same(before, read(candidate), item, link):
            return candidate
    return None


def _says_the_same(before: Document, after: Document, item: ActionItem, link: IssueLink) -> bool:
    if before.review is None or after.review is None:
        return False
    wanted = tuple(
        replace(each, issues=(link.url,)) if each.line == item.line else each for each in before.review.items
    )
    return after.review == replace(before.review, items=wanted) and after.problems == before.problems


def _candidates(lines: list[str], at: int, link: str) -> Iterator[tuple[int, str]]:
    """The lines as they could be, best first: the Issue cell, the action's cell, the end of the entry."""
    header = _header_of(lines, at)
    if header is not None:
        columns = [words.find_column(cell) for cell in _cells(lines[header])]
        yield from _in_cells(lines[at], at, columns, link)
        return
    for number in _entry_ends(lines, at):
        body, ending = _split_ending(lines[number])
        yield number, f"{body.rstrip()} ({link}){ending}"


def _in_cells(row: str, at: int, columns: list[Column | None], link: str) -> Iterator[tuple[int, str]]:
    cells = _cells(row)
    for index in (index for index, column in enumerate(columns) if column is Column.ISSUE):
        filled = [*cells, *[" "] * (index + 1 - len(cells))]
        said = filled[index].strip()
        filled[index] = f" {link} " if _EMPTY.fullmatch(said) else f" {said} {link} "
        yield at, _row_of(row, filled)
    if Column.ACTION in columns and columns.index(Column.ACTION) < len(cells):
        index = columns.index(Column.ACTION)
        cells[index] = f" {cells[index].strip()} ({link}) "
        yield at, _row_of(row, cells)


def _header_of(lines: list[str], at: int) -> int | None:
    """The line of the header of the table that a line is a row of."""
    if not _PIPE.search(lines[at]):
        return None
    for number in range(at - 1, 0, -1):
        if _DELIMITERS.fullmatch(lines[number].rstrip("\r")) and "-" in lines[number]:
            return number - 1
        if not lines[number].strip():
            return None
    return None


def _cells(row: str) -> list[str]:
    """The cells of a row, as written."""
    inner = row.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return _PIPE.split(inner)


def _row_of(row: str, cells: list[str]) -> str:
    """A row with these cells, in the outer form that it had."""
    body, ending = _split_ending(row)
    indent = body[: len(body) - len(body.lstrip())]
    opening = "|" if body.lstrip().startswith("|") else ""
    closing = "|" if body.rstrip().endswith("|") else ""
    return f"{indent}{opening}{'|'.join(cells)}{closing}{ending}"


def _entry_ends(lines: list[str], at: int) -> Iterator[int]:
    """Where an entry of a list may end: the last line that still belongs to it first."""
    last = at
    for number in range(at + 1, min(at + _LONGEST_ENTRY, len(lines))):
        line = lines[number]
        if not line.strip() or re.match(r"\s*(?:[-*+]|\d+[.)])\s", line) or not line[:1].isspace():
            break
        last = number
    yield last
    if last != at:
        yield at


def _split_ending(line: str) -> tuple[str, str]:
    """A line and its carriage return, where it has one."""
    return (line[:-1], "\r") if line.endswith("\r") else (line, "")


def _label(ref: str) -> str:
    return re.sub(r"([\\\[\]|])", r"\\\1", ref)
