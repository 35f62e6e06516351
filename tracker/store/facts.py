"""Reads everything a report is made from, in one pass over each table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tracker.model import DueMove, Evidence, Facts, Issue, TrackedItem, TrackerState, Transition
from tracker.recorded import Answer, Resolution, Waiver
from tracker.rules import follow_due, in_force
from tracker.store import decisions, incidents, journal, rows

if TYPE_CHECKING:
    import sqlite3

    from tracker.recorded import Decision


def load(connection: sqlite3.Connection) -> Facts:
    """All facts, in a fixed order."""
    reviews = connection.execute(f"SELECT {rows.REVIEW_COLUMNS}, pushed, proposed FROM reviews ORDER BY id").fetchall()
    return Facts(
        reviews=tuple(rows.review_from(row) for row in reviews),
        items=_items(connection),
        proposed=tuple((row[0], title) for row in reviews for title in rows.names_from(row[-1])),
        trackers=_states(connection, "syncs"),
        incidents=incidents.load_all(connection),
        feeds=_states(connection, "feeds"),
        known_since=journal.known_since(connection),
        pushed=tuple((row[0], datetime.fromisoformat(row[-2])) for row in reviews if row[-2]),
    )


def _states(connection: sqlite3.Connection, table: journal.Table) -> tuple[TrackerState, ...]:
    return tuple(
        TrackerState(
            name=state.tracker,
            last_good_sync=state.last_good,
            last_attempt=state.last_attempt,
            last_error=state.last_error,
        )
        for state in journal.load_all(connection, table)
    )


def _items(connection: sqlite3.Connection) -> tuple[TrackedItem, ...]:
    issues, history, evidence = _issues(connection), _history(connection), _evidence(connection)
    moved, decided = _due_moves(connection), decisions.load_all(connection)
    items = []
    for row in connection.execute(f"SELECT {rows.ITEM_COLUMNS}, seen FROM items ORDER BY key"):
        issue_id = row[14]
        item = TrackedItem(
            review_id=row[1],
            item=rows.item_from(row),
            committed=datetime.fromisoformat(row[13]),
            first_due=rows.day_from(row[6]),
            moves=rows.moves_from(row[7]),
            issue=issues.get(issue_id),
            transitions=tuple(history.get(issue_id, ())),
            evidence=tuple(evidence.get(issue_id, ())),
            seen_at=None if row[-1] is None else rows.seen_from(row[-1]),
        )
        item = follow_due(item, moved.get(issue_id, ()))
        items.append(_decided(item, decided[row[0]]) if row[0] in decided else item)
    return tuple(items)


def _decided(item: TrackedItem, made: tuple[Decision, ...]) -> TrackedItem:
    """The item with what people decided of it."""
    said = [decision.made for decision in made]
    return msgspec.structs.replace(
        item,
        waivers=in_force(tuple(each for each in said if isinstance(each, Waiver))),
        answers=tuple(each for each in said if isinstance(each, Answer)),
        resolutions=tuple(each for each in said if isinstance(each, Resolution)),
    )


def _due_moves(connection: sqlite3.Connection) -> dict[str, tuple[DueMove, ...]]:
    found = connection.execute("SELECT id, due_moves FROM issues WHERE due_moves != '[]'")
    return {issue_id: rows.moves_from(moves) for issue_id, moves in found}


def _issues(connection: sqlite3.Connection) -> dict[str, Issue]:
    return {row[0]: rows.issue_from(row) for row in connection.execute(f"SELECT {rows.ISSUE_COLUMNS} FROM issues")}


def _history(connection: sqlite3.Connection) -> dict[str, list[Transition]]:
    found: dict[str, list[Transition]] = {}
    for row in connection.execute(
        "SELECT source, at, status, actor, seen, issue_id FROM transitions ORDER BY issue_id, at, source"
    ):
        found.setdefault(row[5], []).append(rows.transition_from(row))
    return found


def _evidence(connection: sqlite3.Connection) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for row in connection.execute(
        "SELECT url, kind, at, author, title, seen, issue_id FROM evidence ORDER BY issue_id, at, url"
    ):
        found.setdefault(row[6], []).append(rows.evidence_from(row))
    return found
