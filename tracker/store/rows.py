"""Rows <-> records, one pair of functions a record. Pure: tuples in, structs out, and the other way round."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from tracker.model import (
    ActionItem,
    Commitment,
    Condition,
    Confidence,
    DueMove,
    Evidence,
    EvidenceKind,
    Horizon,
    Incident,
    Issue,
    Kind,
    ReviewHeader,
    Snapshot,
    Status,
    Transition,
)

if TYPE_CHECKING:
    from enum import StrEnum

Row = tuple[Any, ...]

# A look-up takes a third of the time that calling the enum does, and a report calls it 400,000 times.
_STATUS = {status.value: status for status in Status}
_KIND = {kind.value: kind for kind in EvidenceKind}
_HORIZON = {horizon.value: horizon for horizon in Horizon}
_ITEM_KIND = {kind.value: kind for kind in Kind}

_encode = msgspec.json.Encoder().encode
_names = msgspec.json.Decoder(tuple[str, ...]).decode
_days = msgspec.json.Decoder(tuple[date, ...]).decode
_moves = msgspec.json.Decoder(tuple[DueMove, ...]).decode
_conditions = msgspec.json.Decoder(tuple[Condition, ...]).decode
_confidence = msgspec.json.Decoder(tuple[Confidence, ...]).decode
_EMPTY = "[]"

REVIEW_COLUMNS = (
    "id, title, class, severity, service, team, started, detected, mitigated, reviewed, checkpoints, tracker, url,"
    " conditions, confidence, day_only, incidents"
)
ISSUE_COLUMNS = (
    "id, tracker, ref, number, url, title, status, created, updated, closed, assignees, labels, due, strikes, note"
)
ITEM_COLUMNS = (
    "key, review, id, title, owner, due, first_due, moves, horizon, kind, conditions, proof, question, committed,"
    " issue_id, said"
)
INCIDENT_COLUMNS = (
    "id, gone, title, url, classes, conditions, severity, service, team, started, day_only, assumed_start, detected,"
    " mitigated, names, source, seen"
)


def list_text(values: tuple[Any, ...]) -> str:
    """A JSON array, as the store keeps lists."""
    return _encode(values).decode() if values else _EMPTY


@lru_cache(maxsize=4096)
def names_from(text: str) -> tuple[str, ...]:
    """The strings of a JSON array. Kept: the same few lists of labels and conditions come again and again."""
    return _names(text)


def time_text(moment: datetime | None) -> str | None:
    """ISO 8601; moments are aware UTC everywhere in the program."""
    return None if moment is None else moment.isoformat()


def time_from(text: str | None) -> datetime | None:
    """The moment in a time column."""
    return None if text is None else datetime.fromisoformat(text)


@lru_cache(maxsize=4096)
def seen_from(text: str) -> datetime:
    """When we saw something. Kept: all that one page showed was seen at one moment."""
    return datetime.fromisoformat(text)


def day_text(day: date | None) -> str | None:
    """`2026-10-01`."""
    return None if day is None else day.isoformat()


def day_from(text: str | None) -> date | None:
    """The day in a day column."""
    return None if text is None else date.fromisoformat(text)


def word_text(word: StrEnum | None) -> str | None:
    """The value of an enum; given the enum itself, sqlite3 looks for a way to adapt it, for each row."""
    return None if word is None else word.value


def review_row(review: ReviewHeader) -> Row:
    """A row of `REVIEW_COLUMNS`."""
    return (
        review.id, review.title, review.incident_class, review.severity, review.service, review.team,
        time_text(review.started), time_text(review.detected), time_text(review.mitigated), day_text(review.reviewed),
        list_text(review.checkpoints), review.tracker, review.url, list_text(review.conditions),
        list_text(review.confidence), int(review.day_only), list_text(review.incidents),
    )  # fmt: skip


def review_from(row: Row) -> ReviewHeader:
    """A review from a row of `REVIEW_COLUMNS`."""
    return ReviewHeader(
        id=row[0], title=row[1], incident_class=row[2], severity=row[3], service=row[4], team=row[5],
        started=time_from(row[6]), detected=time_from(row[7]), mitigated=time_from(row[8]), reviewed=day_from(row[9]),
        checkpoints=_days(row[10]), tracker=row[11], url=row[12], conditions=_conditions(row[13]),
        confidence=_confidence(row[14]), day_only=bool(row[15]), incidents=names_from(row[16]),
    )  # fmt: skip


def issue_row(snapshot: Snapshot, listed: str) -> Row:
    """A row of `ISSUE_COLUMNS, due_moves, followed, listed`."""
    issue = snapshot.issue
    return (
        issue.id, issue.tracker, issue.ref, issue.number, issue.url, issue.title, issue.status.value,
        issue.created.isoformat(), issue.updated.isoformat(), time_text(issue.closed), list_text(issue.assignees),
        list_text(issue.labels), day_text(issue.due), issue.strikes, issue.note, list_text(snapshot.due_moves),
        int(snapshot.followed), listed,
    )  # fmt: skip


def issue_from(row: Row) -> Issue:
    """An issue from a row of `ISSUE_COLUMNS`."""
    parse = datetime.fromisoformat
    return Issue(
        id=row[0], tracker=row[1], ref=row[2], number=row[3], url=row[4], title=row[5], status=_STATUS[row[6]],
        created=parse(row[7]), updated=parse(row[8]), closed=None if row[9] is None else parse(row[9]),
        assignees=names_from(row[10]), labels=names_from(row[11]), due=day_from(row[12]), strikes=row[13], note=row[14],
    )  # fmt: skip


def item_row(commitment: Commitment, issue_id: str | None) -> Row:
    """A row of `ITEM_COLUMNS`."""
    item = commitment.item
    return (
        commitment.key, commitment.review.id, item.id, item.title, item.owner, day_text(item.due),
        day_text(commitment.first_due), list_text(commitment.moves), word_text(item.horizon), word_text(item.kind),
        list_text(item.conditions), item.proof, item.question, commitment.committed.isoformat(), issue_id,
        word_text(item.status),
    )  # fmt: skip


def item_from(row: Row) -> ActionItem:
    """An action item from a row of `ITEM_COLUMNS`."""
    return ActionItem(
        id=row[2], title=row[3], owner=row[4], due=day_from(row[5]), horizon=_HORIZON[row[8]] if row[8] else None,
        kind=_ITEM_KIND[row[9]] if row[9] else None, conditions=names_from(row[10]), proof=row[11], question=row[12],
        status=_STATUS[row[15]] if row[15] else None,
    )  # fmt: skip


def moves_from(text: str) -> tuple[DueMove, ...]:
    """The moves of a due date."""
    return () if text == _EMPTY else _moves(text)


def transition_row(issue_id: str, transition: Transition, seen: str) -> Row:
    """A row of `issue_id, source, at, status, actor, seen`; `seen` is when we saw it, as `time_text` writes it."""
    return (issue_id, transition.source, transition.at.isoformat(), transition.to.value, transition.actor, seen)


def transition_from(row: Row) -> Transition:
    """A transition from a row of `source, at, status, actor, seen`."""
    return Transition(
        source=row[0], at=datetime.fromisoformat(row[1]), to=_STATUS[row[2]], actor=row[3],
        seen_at=None if row[4] is None else seen_from(row[4]),
    )  # fmt: skip


def evidence_row(issue_id: str, piece: Evidence, seen: str | None) -> Row:
    """A row of `issue_id, url, kind, at, author, title, seen`; `seen` is when we first saw it."""
    return (issue_id, piece.url, piece.kind.value, piece.at.isoformat(), piece.author, piece.title, seen)


def evidence_from(row: Row) -> Evidence:
    """A piece of evidence from a row of `url, kind, at, author, title, seen`."""
    return Evidence(
        url=row[0], kind=_KIND[row[1]], at=datetime.fromisoformat(row[2]), author=row[3], title=row[4],
        seen_at=None if row[5] is None else seen_from(row[5]),
    )  # fmt: skip


def incident_row(incident: Incident) -> Row:
    """A row of `INCIDENT_COLUMNS` without the last two: where it is from, and when it was seen so."""
    return (
        incident.id, int(incident.gone), incident.title, incident.url, list_text(incident.classes),
        list_text(incident.conditions), incident.severity, incident.service, incident.team,
        time_text(incident.started), int(incident.day_only), int(incident.assumed_start),
        time_text(incident.detected), time_text(incident.mitigated), list_text(incident.names),
    )  # fmt: skip


def incident_from(row: Row) -> Incident:
    """A version of an incident from a row of `INCIDENT_COLUMNS`."""
    return Incident(
        id=row[0], gone=bool(row[1]), title=row[2], url=row[3], classes=names_from(row[4]),
        conditions=names_from(row[5]), severity=row[6], service=row[7], team=row[8], started=time_from(row[9]),
        day_only=bool(row[10]), assumed_start=bool(row[11]), detected=time_from(row[12]), mitigated=time_from(row[13]),
        names=names_from(row[14]), source=row[15], seen_at=seen_from(row[16]),
    )  # fmt: skip
