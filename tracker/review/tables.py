"""Tables -> rows of cells by meaning, whatever the columns are called and in whatever order they stand. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.review import words
from tracker.review.blocks import Table, Text
from tracker.review.outline import Place
from tracker.review.values import is_nothing
from tracker.review.words import NO_WORDS, Column, ExtraWords, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

# Without a heading that says so, only a table that also says who, when or where is a table of actions.
_COMMITS = {Column.OWNER, Column.DUE, Column.ISSUE, Column.STATUS, Column.PROOF}
_LOOKED_AT = 100
_OF_A_TIMELINE = {Column.TIME, Column.EVENT}
_NO_ACTIONS_HERE = {
    Section.TAKEN,
    Section.PROPOSED,
    Section.CONDITIONS,
    Section.TIMELINE,
    Section.HUMAN,
    Section.SET_ASIDE,
}


class Row(Struct, frozen=True, kw_only=True):
    """The cells of one row by meaning; columns that mean nothing to us are left out.

    `unread` are the lines of what stands below the entry of a list and means nothing to us.
    """

    cells: dict[Column, Text]
    place: Place
    line: int
    unread: tuple[int, ...] = ()


def find_columns(table: Table, extra: ExtraWords = NO_WORDS) -> dict[Column, int]:
    """Where each meaning stands. Of two columns with one meaning, the one that names it wins, then the first."""
    found: dict[Column, int] = {}
    names = [words.bare(cell.words) for cell in table.header]
    for index, cell in enumerate(table.header):
        column = words.find_column(cell.words, extra)
        if column is None:
            continue
        first = found.setdefault(column, index)
        if column.value in names[index].split() and column.value not in names[first].split():
            found[column] = index
    return found


def find_action_column(
    table: Table, columns: dict[Column, int], section: Section | None, extra: ExtraWords = NO_WORDS
) -> dict[Column, int]:
    """The same columns, with the one that must hold the actions where they stand under a heading for them.

    That is the one that is called like such a heading; else, of those nobody knows, the one that says most.
    """
    if section is not Section.ACTIONS or Column.ACTION in columns or not columns.keys() & _COMMITS:
        return columns
    unknown = [index for index in range(len(table.header)) if index not in columns.values()]
    named = [i for i in unknown if words.find_section(table.header[i].words, extra) is Section.ACTIONS]
    rows = table.rows[:_LOOKED_AT]
    if not unknown or not rows:
        return columns
    return columns | {Column.ACTION: max(named or unknown, key=lambda i: sum(len(row[i].plain) for row in rows))}


def is_action_table(
    table: Table, columns: dict[Column, int], section: Section | None, extra: ExtraWords = NO_WORDS
) -> bool:
    """Whether each row is a commitment: by the section it stands in, else by its own columns.

    Without a heading, the columns must name actions outright and say who, when or where; a date in the first column
    makes it a chronicle of what happened.
    """
    if section in _NO_ACTIONS_HERE or columns.keys() & _OF_A_TIMELINE or Column.ACTION not in columns:
        return False
    if section is Section.ACTIONS:
        return True
    outright = words.names_actions(table.header[columns[Column.ACTION]].words, extra)
    return outright and bool(columns.keys() & _COMMITS) and columns.get(Column.DUE) != 0


def parse_rows(table: Table, columns: dict[Column, int], place: Place, extra: ExtraWords = NO_WORDS) -> Iterator[Row]:
    """The rows of a table. A row that only holds a bold label or a horizon is the heading of those below it."""
    whole_table = place
    if _is_on_its_side(table, columns, extra):
        record = {words.find_column(key.words, extra): value for key, value in (table.header, *table.rows)}
        named = {column: value for column, value in record.items() if column is not None}
        yield Row(cells=named, place=place, line=table.line)
        return
    for cells in table.rows:
        filled = [cell for cell in cells if cell.words]
        if len(filled) == 1 and _is_label(filled[0], extra):
            place = whole_table.under(filled[0].words, extra)
            continue
        by_meaning = {column: cells[index] for column, index in columns.items() if index < len(cells)}
        line = cells[0].line if cells else 0
        yield Row(cells=by_meaning, place=place, line=line)


def _is_on_its_side(table: Table, columns: dict[Column, int], extra: ExtraWords) -> bool:
    """Whether it describes one action, a property a row: `| Action | Rotate keys |`, `| Owner | ada |`."""
    if len(table.header) != 2 or columns.get(Column.ACTION) != 0 or not table.rows:
        return False
    names = [words.find_column(row[0].words, extra, whole=True) for row in table.rows[:_LOOKED_AT]]
    return None not in names and len(set(names)) == len(names) == len(table.rows)


def _is_label(cell: Text, extra: ExtraWords) -> bool:
    return not is_nothing(cell.words) and (cell.strong or words.find_horizon(cell.words, extra) is not None)
