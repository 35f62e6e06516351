"""CSV as spreadsheets and tools write it -> rows. Pure; the text is known to be UTF-8.

A row that cannot be read costs itself alone: reading goes on with the line after the one it began on.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from typing import TYPE_CHECKING

from tracker.errors import InvalidInput
from tracker.incidents.rows import MOST_ROWS, Broken, Row, Table, too_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SEPARATORS = ",;\t|"
_SAID = re.compile(r"sep=(.)", re.IGNORECASE)  # Excel's own first line
_QUOTED = re.compile(r'"[^"]*"')
_MOST_BROKEN = 100
_MOST_COLUMNS = 1_000


def read_csv(content: bytes) -> Table:
    """The columns and rows of a CSV file. Raises InvalidInput where it holds no head and no row."""
    lines = _Lines(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""))
    while (first := lines.peek()) and not first.strip():
        next(lines)
    separator = ","
    if (said := _SAID.fullmatch(first.strip("\r\n"))) and said[1] in _SEPARATORS:
        separator = said[1]
        next(lines)
    else:
        separator = _find_separator(first)
    records = _records(lines, separator)
    head = next(records, None)
    if isinstance(head, Broken):
        raise InvalidInput(f"line {head.line}: the names of the columns can't be read: {head.message}", head.hint)
    names = tuple(cell.strip() for cell in head[1]) if head else ()
    if not any(names):
        raise InvalidInput("it is empty", "Give a file whose first row names its columns.")
    if len(names) > _MOST_COLUMNS:
        raise InvalidInput(f"it has more than {_MOST_COLUMNS:,} columns", "Keep those that say something of incidents.")
    return Table(tuple(dict.fromkeys(filter(None, names))), _rows(records, names, separator))


def _rows(
    records: Iterator[tuple[int, list[str]] | Broken], names: Sequence[str], separator: str
) -> Iterator[Row | Broken]:
    count, needed = 0, max(index for index, name in enumerate(names, 1) if name)
    for record in records:
        if isinstance(record, Broken):
            yield record
            continue
        line, cells = record
        count += 1
        if count > MOST_ROWS:
            yield too_many(line)
            return
        message = f"the row has {len(cells)} cells, and the head {len(names)}"
        if any(map(str.strip, cells[len(names) :])):
            shown = "tabs" if separator == "\t" else f"a `{separator}`"
            yield Broken(line, message, f"Put quotation marks around values that hold {shown}.")
            continue
        if len(cells) < needed:  # also what is left of a row over several lines that could not be read
            yield Broken(line, message, "Write every cell, the empty ones too; double quotation marks inside a value.")
            continue
        yield Row(line, _values(names, cells))


def _values(names: Sequence[str], cells: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What is not empty, by its column; some tools name several columns alike (`Labels`)."""
    values: dict[str, tuple[str, ...]] = {}
    for name, cell in zip(names, cells, strict=False):
        text = cell.strip()
        if name and text:
            values[name] = (*values.get(name, ()), text)
    return values


def _records(lines: _Lines, separator: str) -> Iterator[tuple[int, list[str]] | Broken]:
    """Each record that is not blank with the line it begins on, or why there is none."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    broken = 0
    while True:
        start = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken += 1
            message = (
                "a quotation mark is not closed or stands inside a value, or a value is longer than 131,072 characters"
            )
            yield Broken(
                start, message, "Double the quotation marks inside a value, and close each value that begins with one."
            )
            if broken == _MOST_BROKEN:
                yield Broken(start, f"{broken} rows are like this; the rest is not read", "Export the file again.")
                return
            lines.again()
            reader = csv.reader(lines, delimiter=separator, strict=True)
            continue
        if any(map(str.strip, cells)):
            yield start, cells


def _find_separator(line: str) -> str:
    """The one of the usual separators that the head holds most often, outside quotation marks."""
    counts = Counter(_QUOTED.sub("", line))
    return max(_SEPARATORS, key=lambda separator: counts[separator])


class _Lines:
    """The lines of a file, counted; those of a record that could not be read are given again, but for its first."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._given = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._file)
        self._taken.append(line)
        self._given += 1
        return line

    def peek(self) -> str:
        """The next line; empty where there is none."""
        if not self._waiting:
            self._waiting.extend(line for line in (self._file.readline(),) if line)
        return self._waiting[0] if self._waiting else ""

    def begin(self) -> int:
        """Forget the lines of the record before; the number of the line that a new one begins on."""
        self._taken.clear()
        return self._given + 1

    def again(self) -> None:
        """Give the lines since `begin` once more, without the first."""
        self._waiting.extendleft(reversed(self._taken[1:]))
        self._given -= len(self._taken[1:])
