"""The text of a review document -> the review, and every problem of reading it. Pure; never raises, bounded in time.

What is missing or weak is not said here: that is `lint`, which looks at the `Document` made here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from tracker.model import Problem, Proposal, Review
from tracker.review import words
from tracker.review.blocks import Block, Heading, Listing, Paragraph, Table, parse_blocks
from tracker.review.conditions import Conditions
from tracker.review.frontmatter import Field, parse_front_matter
from tracker.review.header import FINDINGS_OFF, Given, Known, build_header, find_key
from tracker.review.items import build_item
from tracker.review.lists import described_action, parse_entries
from tracker.review.metadata import parse_metadata
from tracker.review.outline import Place, parse_outline
from tracker.review.passages import Passage, collect_passages
from tracker.review.tables import Row, find_action_column, find_columns, is_action_table, parse_rows
from tracker.review.timeline import parse_timeline
from tracker.review.unread import note_unread, note_unread_below
from tracker.review.values import BLANK, Notes, is_nothing, shorten
from tracker.review.words import NO_WORDS, Column, ExtraWords, Moment, Section
from tracker.rules import slug
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.model import ActionItem
    from tracker.review.values import Moment as Time

LONGEST = 1_000_000
MOST_LINES = 25_000
MOST_ROWS = 10_000


class Document(Struct, frozen=True, kw_only=True):
    """One document as read: the review, what could not be read, and what `lint` needs beside the review.

    `review` is None only where the text could not be read at all. `named_by_file` says that the id is that of the file,
    because the document gives none. `lines` and `condition_lines` say where header keys and failure conditions stand.
    `blanks` are the lines that still hold what the template asks to be filled in. `passages` is the prose that findings
    look at, `findings_off` what the front matter switches off, as written.
    """

    name: str
    review: Review | None = None
    problems: tuple[Problem, ...] = ()
    named_by_file: bool = False
    lines: Mapping[str, int] = {}
    condition_lines: Mapping[str, int] = {}
    blanks: tuple[int, ...] = ()
    passages: tuple[Passage, ...] = ()
    findings_off: tuple[Field, ...] = ()


def parse_review(
    text: str, name: str = "", extra: ExtraWords | None = None, *, given: Given | None = None
) -> tuple[Review | None, tuple[Problem, ...]]:
    """The review in a text, as far as it can be read, and the problems met; `name` is the file's name."""
    document = parse_document(text, name, extra, given=given)
    return document.review, document.problems


def parse_document(
    text: str, name: str = "", extra: ExtraWords | None = None, *, given: Given | None = None
) -> Document:
    """Reads a whole document. Lines are 1-based and those of the original text.

    `extra` are words of another language, `given` what counts before what the document says of the incident.
    """
    text = text.encode("utf-8", "replace").decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        message = f"the document is longer than {LONGEST:,} characters or {MOST_LINES:,} lines; it is not read"
        hint = "Keep logs and dumps elsewhere and link to them."
        return Document(name=name, problems=(Problem(message=message, hint=hint, line=1),))
    notes = Notes()
    front = parse_front_matter(text, notes)
    blocks = parse_blocks(front.body, front.first_line)
    reading = _Reading(notes, extra or NO_WORDS)
    for block, place in parse_outline(blocks, reading.extra):
        reading.read(block, place)
    fields = (*(given or Given()).fields(), *front.fields)
    fields = (*fields, *parse_metadata(blocks, fields, reading.extra))
    return _build_document(name, text, fields, blocks, reading)


class _Reading:
    """What has been read of one document so far."""

    def __init__(self, notes: Notes, extra: ExtraWords) -> None:
        self.notes = notes
        self.extra = extra
        self.conditions = Conditions(notes, extra)
        self.moments: dict[Moment, Time] = {}
        self.groups: list[list[ActionItem]] = []
        self.proposed: list[Proposal] = []
        self._rows = 0

    def read(self, block: Block, place: Place) -> None:
        match block, place.section:
            case _, Section.CONDITIONS:
                self.conditions.read(block)
            case ((Table() | Listing()), Section.PROPOSED):
                self.proposed += _proposals(block, self.extra)
            case ((Listing() | Paragraph()), Section.ACTIONS) if entry := described_action(
                block, place.label, self.extra
            ):
                self._take(parse_entries((entry,), place, self.extra))
            case Listing(), Section.ACTIONS:
                self._take(parse_entries(block.entries, place, self.extra))
            case Table(), section if is_action_table(
                block, columns := self._columns(block, section), section, self.extra
            ):
                self._take(parse_rows(block, columns, place, self.extra))
            case Table(), (Section.TIMELINE | None):
                self.moments = parse_timeline(block, self.notes, self.extra) | self.moments
            case _:
                note_unread(block, place, self.notes, self.extra)

    def _columns(self, table: Table, section: Section | None) -> dict[Column, int]:
        return find_action_column(table, find_columns(table, self.extra), section, self.extra)

    def _take(self, rows: Iterator[Row]) -> None:
        group = []
        for row in rows:
            self._rows += 1
            if self._rows > MOST_ROWS:
                message = f"more than {MOST_ROWS:,} rows of actions; the rest is not read"
                self.notes.error(message, "Split the document into the reviews it holds.", row.line)
                break
            item = build_item(row.cells, row.line, row.place, self.notes, self.extra)
            group += [item] if item else []
            note_unread_below(row.unread, self.notes)
        self.groups.append(group)


def _build_document(
    name: str, text: str, fields: tuple[Field, ...], blocks: tuple[Block, ...], reading: _Reading
) -> Document:
    notes = reading.notes
    items = _merge_groups(reading.groups, notes)
    _check_ids(items, notes)
    reading.conditions.check_targets(items)
    extra = reading.extra
    known = Known(
        file_name=re.split(r"[/\\]", name)[-1].removesuffix(".md").removesuffix(".markdown"),
        heading=_title(blocks, extra),
        moments=reading.moments,
        conditions=reading.conditions.all,
    )
    header = build_header(fields, known, notes, extra)
    lines = {find_key(field.key, extra) or field.key: field.line for field in reversed(fields) if not field.flag}
    return Document(
        name=name,
        review=Review(header=header, items=items, proposed=tuple(reading.proposed)),
        problems=notes.problems,
        named_by_file=bool(header.id)
        and not any(find_key(field.key, extra) == "id" and field.values for field in fields),
        lines=lines,
        condition_lines=reading.conditions.lines,
        blanks=tuple(number for number, line in enumerate(text.split("\n"), 1) if BLANK in line),
        passages=collect_passages(parse_outline(blocks, extra), text.count("\n") + 1),
        findings_off=tuple(field for field in fields if field.key == FINDINGS_OFF),
    )


def _title(blocks: tuple[Block, ...], extra: ExtraWords) -> str:
    """The first heading, unless it only names a section; a bold line counts where the document begins with it."""
    heading = next((b for b in blocks if isinstance(b, Heading) and (b.level < 7 or b is blocks[0])), None)
    if heading is None or words.names_section(heading.text.words, extra):
        return ""
    return plain(heading.text.words)


def _proposals(block: Table | Listing, extra: ExtraWords) -> Iterator[Proposal]:
    if isinstance(block, Listing):
        texts = [entry.text for entry in block.entries]
    else:
        column = find_columns(block, extra).get(Column.ACTION, 0)
        texts = [cells[column] for cells in block.rows]
    for text in texts:
        if not is_nothing(text.words) and BLANK not in text.plain:
            yield Proposal(title=plain(text.words), line=text.line)


def _merge_groups(groups: list[list[ActionItem]], notes: Notes) -> tuple[ActionItem, ...]:
    """All items of all tables and lists; what two of them state is taken once, as the fuller one says it."""
    taken: list[ActionItem] = []
    earlier: dict[str, int] = {}
    for group in groups:
        before = len(taken)
        for item in group:
            index = earlier.get(slug(item.title))
            if index is None:
                taken.append(item)
                continue
            message = f"“{shorten(item.title)}” is stated twice (first on line {taken[index].line}); it is taken once"
            notes.warn(message, "Reword one of them if they are two actions.", item.line)
            taken[index] = max(taken[index], item, key=_said)
        earlier |= {slug(item.title): before + index for index, item in enumerate(taken[before:])}
    return tuple(taken)


def _check_ids(items: tuple[ActionItem, ...], notes: Notes) -> None:
    first: dict[str, int] = {}
    for item in items:
        if item.id and first.setdefault(item.id, item.line) != item.line:
            message = f"the item id `{item.id}` is given twice (first on line {first[item.id]})"
            notes.error(
                message, "Give each item its own id, or leave it empty: it is given at the first push.", item.line
            )


def _said(item: ActionItem) -> int:
    """How much a row says: the number of its fields that are filled."""
    return sum(1 for value in structs.astuple(item) if value)
