"""What the two formats have in common: the columns of a file and its rows, one after the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

MOST_ROWS = 200_000
"""Rows of one file that are read; the rest is said and left out."""


class Row(Struct, frozen=True, gc=False):
    """One row: the line it begins on (1-based), and what is not empty of it, a column's name -> its values.

    `number` is its place among the objects of a file that has several on a line (1-based), else 0.
    """

    line: int
    values: Mapping[str, tuple[str, ...]]
    number: int = 0


class Broken(Struct, frozen=True):
    """Lines that hold no row that can be read: why, and what to do; `number` as in `Row`."""

    line: int
    message: str
    hint: str
    number: int = 0


class Table(Struct, frozen=True):
    """A file as columns and rows. The rows can be walked once."""

    columns: tuple[str, ...]
    rows: Iterator[Row | Broken]


def too_many(line: int) -> Broken:
    """What stands for the rows after the last one that is read."""
    return Broken(line, f"more than {MOST_ROWS:,} rows; the rest is not read", "Split the file.")
