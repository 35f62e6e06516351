"""The items as CSV, one row each, for a spreadsheet. No cell can start a formula."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING

import msgspec

from reports.items import ItemRow
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide forms start one too
"""What a spreadsheet takes for the start of a formula (OWASP, "CSV injection"); tabs are spaces by then."""


def render_csv(rows: Iterable[ItemRow]) -> str:
    """A header and a line for each item, in UTF-8 without a mark, lines ending in a newline; dates are ISO 8601."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(field.name for field in msgspec.structs.fields(ItemRow))
    for row in rows:
        writer.writerow(map(_cell, msgspec.structs.astuple(row)))
    return page.getvalue()


def _cell(value: object) -> str:
    """A value as text; one that would start a formula gets an apostrophe before it."""
    text = plain(_text(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="seconds")
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
