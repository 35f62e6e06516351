"""How sure the people of a review are of its actions: the `confidence` list of the front matter -> records. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.model import Confidence
from tracker.review.values import Unclear, parse_date, shorten
from tracker.text import plain

if TYPE_CHECKING:
    from datetime import date

    from tracker.review.frontmatter import Field, Record
    from tracker.review.values import Notes

_MOST = 100
_SCORE = re.compile(r"([1-5])(?:\.0)?(?: ?/ ?5| (?:out )?of 5)?")
_HINT = "Write an entry as `- {role: on-call, score: 4, date: 2026-10-05}`."


def parse_confidence(field: Field | None, notes: Notes) -> tuple[Confidence, ...]:
    """The scores that can be read; every entry that can't be is noted with its line."""
    if field is None:
        return ()
    if not field.records and (field.values or field.nested):
        notes.error("`confidence` is not a list of role, score and date", _HINT, field.line, field.column)
    if len(field.records) > _MOST:
        notes.error(f"`confidence` has more than {_MOST} entries; the rest is not read", _HINT, field.line)
    read = (_read(record, notes) for record in field.records[:_MOST])
    return tuple(one for one in read if one is not None)


def _read(record: Record, notes: Notes) -> Confidence | None:
    values = {key.strip().lower(): plain(value) for key, value in record.values.items()}
    role, said = values.get("role", ""), values.get("score", "")
    score = _SCORE.fullmatch(said)
    if not role:
        notes.error("an entry of `confidence` names no role", _HINT, record.line)
        return None
    if score is None:
        what = f"“{shorten(said)}” is not a score from 1 to 5" if said else "there is no score"
        notes.error(f"`confidence` of {shorten(role)}: {what}", _HINT, record.line)
        return None
    return Confidence(role=role, score=int(score[1]), on=_day(role, values.get("date", ""), record, notes))


def _day(role: str, text: str, record: Record, notes: Notes) -> date | None:
    try:
        return parse_date(text)
    except Unclear as unclear:
        notes.error(f"`confidence` of {shorten(role)}: {unclear.message}", unclear.hint, record.line)
        return None
