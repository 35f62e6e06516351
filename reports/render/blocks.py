"""What a page is made of, before any format: sections of sentences, entries and tables. Pure.

Text is as it came out of the report: a format escapes it. Nothing here holds a figure that is not in a sentence or a
cell, so that a format which draws every block shows every number.
"""

from __future__ import annotations

from msgspec import Struct

from reports import words
from reports.decisions import Decision
from reports.rates import Completion

_PLURALS = {"class": "classes"}
_OF_IDS = ("Item", "Incident", "Review")


class Cell(Struct, frozen=True):
    """One cell: its text, and the link it carries where there is one. Both are as they came: escape them."""

    text: str
    url: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """One row; `completion` is there for a format that can draw it."""

    cells: tuple[Cell, ...]
    completion: Completion | None = None


class Table(Struct, frozen=True, kw_only=True):
    """A titled table. The first `names` columns are text, the others numbers; `more` rows exist and are not shown.

    `noun` is what a row is, in the singular; empty where the title says so.
    """

    title: str
    total: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    names: int
    titled: bool = True
    noun: str = ""

    @property
    def counted(self) -> str:
        """How many there are, by what they are: `9 classes`."""
        if not self.noun:
            return words.number(self.total)
        return words.counted(self.total, self.noun, _PLURALS.get(self.noun, ""))

    @property
    def has_ids(self) -> bool:
        """Whether its rows begin with an id, which nobody wants to see broken."""
        return self.columns[0] in _OF_IDS

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


class Said(Struct, frozen=True, kw_only=True):
    """A sentence or two; `lead` is what the section is about."""

    text: str
    lead: bool = False


class Points(Struct, frozen=True, kw_only=True):
    """Sentences of equal weight."""

    lines: tuple[str, ...]


class Counts(Struct, frozen=True, kw_only=True):
    """Lines with a count each."""

    title: str
    rows: tuple[tuple[str, int], ...]


class Entry(Struct, frozen=True, kw_only=True):
    """A thing with a title of its own (`id` links to it), a word about it, what is said of it, and a table.

    Where the word is a verdict, `look` is the name of its look.
    """

    id: Cell
    title: str
    word: str
    lines: tuple[str, ...]
    table: Table | None = None
    look: str = ""

    @property
    def aside(self) -> str:
        """The word as it follows the title: `: in progress, 2 of 3 done`, ` (new this week)`, or nothing."""
        if not self.word:
            return ""
        return f": {self.word}" if self.look else f" ({self.word})"


class Choices(Struct, frozen=True, kw_only=True):
    """What needs a decision, numbered."""

    decisions: tuple[Decision, ...]


Block = Said | Points | Counts | Entry | Choices | Table


class Section(Struct, frozen=True, kw_only=True):
    """A part of the page under a heading."""

    title: str
    blocks: tuple[Block, ...]


class Limits(Struct, frozen=True, kw_only=True):
    """How much of everything a format shows; what is cut is counted. `narrow` keeps tables under 80 columns."""

    items: int
    groups: int
    reviews: int
    incidents: int
    against: int
    classes: int
    more_classes: int
    narrow: bool = False
