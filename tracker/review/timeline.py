"""When the incident started, was detected and was mitigated, from the rows of a timeline. Pure; nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.review import words
from tracker.review.tables import find_columns
from tracker.review.values import BLANK, Unclear, parse_moment
from tracker.review.words import NO_WORDS, Column, ExtraWords, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.review.blocks import Table, Text
    from tracker.review.values import Moment as Time
    from tracker.review.values import Notes


def parse_timeline(table: Table, notes: Notes, extra: ExtraWords = NO_WORDS) -> dict[Moment, Time]:
    """The times that the rows give by their kind: the first start, the first detection, the last mitigation."""
    found: dict[Moment, Time] = {}
    for moment, at in _rows(table, notes, extra):
        known = found.get(moment, at)
        best = max if moment is Moment.MITIGATED else min
        found[moment] = best(known, at, key=lambda time: time.at)
    return found


def _rows(table: Table, notes: Notes, extra: ExtraWords) -> Iterator[tuple[Moment, Time]]:
    columns = find_columns(table, extra)
    time, kind = columns.get(Column.TIME, columns.get(Column.DUE)), columns.get(Column.KIND)
    if time is None or kind is None:
        return
    for cells in table.rows:
        moment = words.find_moment(cells[kind].words)
        at = _time(cells[time], notes) if moment else None
        if moment and at:
            yield moment, at


def _time(cell: Text, notes: Notes) -> Time | None:
    if BLANK in cell.plain:
        return None
    try:
        moment = parse_moment(cell.words)
    except Unclear as unclear:
        notes.warn(f"timeline: {unclear.message}", unclear.hint, cell.line, cell.column)
        return None
    if moment and moment.assumed:
        hint = f"Write it as {moment.at:%Y-%m-%dT%H:%M:%SZ} if that is right."
        notes.warn(f"timeline: “{cell.words}” is not exact: taken as {moment.assumed}", hint, cell.line, cell.column)
    return moment
