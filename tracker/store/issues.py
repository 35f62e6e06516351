"""Writes issues, markers and items, and reads them back for planning, inside its caller's transaction.

An item is what its marker says. Where several issues carry a marker of one item (two machines raced), the lowest number
stands for it, unless a person chose another; this holds whatever order they were read in, so that two machines always
agree.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tracker.model import Commitment, Issue, Status, Transition
from tracker.store import decisions, nudges, rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.model import Review, Snapshot

_GONE = (Status.DUPLICATE, Status.MISSING, Status.MOVED)
_encode = msgspec.json.Encoder().encode

_UPSERT_ISSUE = f"""
INSERT INTO issues ({rows.ISSUE_COLUMNS}, due_moves, followed, listed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET tracker = excluded.tracker, ref = excluded.ref, number = excluded.number,
  url = excluded.url, title = excluded.title, status = excluded.status, created = excluded.created,
  updated = excluded.updated, closed = excluded.closed, assignees = excluded.assignees, labels = excluded.labels,
  due = excluded.due, due_moves = excluded.due_moves, strikes = excluded.strikes, note = excluded.note,
  followed = excluded.followed, listed = max(issues.listed, excluded.listed)
"""
_UPSERT_TRANSITION = """
INSERT INTO transitions (issue_id, source, at, status, actor, seen) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (issue_id, source) DO UPDATE SET at = excluded.at, status = excluded.status, actor = excluded.actor
"""
_DELETE_INFERRED = """
DELETE FROM transitions WHERE issue_id = ? AND source >= 'state:' AND source < 'state;' AND source != ?
"""
_UPSERT_ITEM = f"""
INSERT INTO items ({rows.ITEM_COLUMNS}, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET title = excluded.title, owner = excluded.owner, due = excluded.due,
  first_due = excluded.first_due, moves = excluded.moves, horizon = excluded.horizon, kind = excluded.kind,
  conditions = excluded.conditions, proof = excluded.proof, question = excluded.question,
  committed = excluded.committed, issue_id = excluded.issue_id, said = excluded.said
"""
_UPSERT_REVIEW = f"""
INSERT INTO reviews ({rows.REVIEW_COLUMNS}, pushed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, class = excluded.class, severity = excluded.severity,
  service = excluded.service, team = excluded.team, started = excluded.started, detected = excluded.detected,
  mitigated = excluded.mitigated, reviewed = excluded.reviewed, checkpoints = excluded.checkpoints,
  tracker = excluded.tracker, url = excluded.url, conditions = excluded.conditions, confidence = excluded.confidence,
  day_only = excluded.day_only, incidents = excluded.incidents, pushed = excluded.pushed
WHERE excluded.pushed >= reviews.pushed
"""


@cache
def _decoder() -> msgspec.json.Decoder[Commitment]:
    """Made when it is first used: it takes longer than `track status` needs for all its rows."""
    return msgspec.json.Decoder(Commitment)


def _commitment(payload: str) -> Commitment:
    return _decoder().decode(payload)


def save(connection: sqlite3.Connection, snapshots: Sequence[Snapshot], now: datetime, listed: datetime | None) -> None:
    """Keep one page of issues."""
    _follow_moves(connection, snapshots)
    known = _statuses(connection, snapshots)
    _note_returns(connection, snapshots, known, now)
    listed_text = "" if listed is None else listed.isoformat()
    connection.executemany(_UPSERT_ISSUE, [rows.issue_row(s, listed_text) for s in snapshots])
    seen = now.isoformat()
    history = [rows.transition_row(s.issue.id, t, seen) for s in snapshots for t in s.transitions]
    again = [s for s in snapshots if s.issue.id in known]
    connection.executemany(_DELETE_INFERRED, [(s.issue.id, _inferred(s)) for s in again])
    connection.executemany(_UPSERT_TRANSITION, history)
    _replace_evidence(connection, snapshots, again, seen)
    decisions.save(connection, snapshots, known, seen)
    nudges.save(connection, snapshots, known)
    _save_commitments(connection, [(c, s.issue) for s in snapshots for c in s.commitments], seen)


def save_absence(connection: sqlite3.Connection, issue: Issue, now: datetime) -> None:
    """Keep strikes and status of an issue that could not be read; a change of status is history that only we saw."""
    before = connection.execute("SELECT status FROM issues WHERE id = ?", (issue.id,)).fetchone()
    connection.execute(
        "UPDATE issues SET strikes = ?, status = ?, note = ? WHERE id = ?",
        (issue.strikes, issue.status.value, issue.note, issue.id),
    )
    if before is not None and before[0] != issue.status.value:
        connection.execute(_UPSERT_TRANSITION, _noticed(issue, now))
        # Another issue of the same item may stand for it now.
        marked = [(commitment, issue) for commitment in load_commitments_on(connection, issue.id)]
        connection.executemany(_UPSERT_ITEM, _standing(connection, marked, now.isoformat()))


def save_document(
    connection: sqlite3.Connection, review: Review, commitments: Sequence[Commitment], now: datetime
) -> None:
    """Keep a document's header until a marker knows better, its proposals, and its items that have no issue."""
    connection.execute(_UPSERT_REVIEW, (*rows.review_row(review.header), ""))
    proposed = rows.list_text(tuple(proposal.title for proposal in review.proposed))
    connection.execute("UPDATE reviews SET proposed = ? WHERE id = ?", (proposed, review.id))
    unlinked = "SELECT key, committed, seen FROM items WHERE review = ? AND issue_id IS NULL"
    known = {key: (committed, seen) for key, committed, seen in connection.execute(unlinked, (review.id,))}
    linked = {
        key
        for (key,) in connection.execute(
            "SELECT key FROM items WHERE review = ? AND issue_id IS NOT NULL", (review.id,)
        )
    }
    unpushed = [c for c in commitments if c.key not in linked]
    connection.executemany("DELETE FROM items WHERE key = ?", [(key,) for key in known])
    for commitment in unpushed:
        before, seen = known.get(commitment.key, ("", now.isoformat()))
        committed = datetime.fromisoformat(before) if before and not review.header.reviewed else commitment.committed
        row = rows.item_row(msgspec.structs.replace(commitment, committed=min(committed, now)), None)
        connection.execute(_UPSERT_ITEM, (*row, seen))


def unlisted(connection: sqlite3.Connection, tracker: str, since: datetime) -> list[Issue]:
    """Known issues that should be in a tracker's list, and were in none of a run that started then or later."""
    where = "tracker = ? AND followed = 1 AND listed < ?"
    found = connection.execute(
        f"SELECT {rows.ISSUE_COLUMNS} FROM issues WHERE {where} ORDER BY number, id", (tracker, since.isoformat())
    )
    return [rows.issue_from(row) for row in found]


def count_known(connection: sqlite3.Connection, tracker: str) -> int:
    """How many issues of a tracker are known, wherever they are by now."""
    return int(connection.execute("SELECT count(*) FROM issues WHERE tracker = ?", (tracker,)).fetchone()[0])


def count_followed(connection: sqlite3.Connection, tracker: str) -> int:
    """How many known issues of a tracker should be in its list."""
    where = "tracker = ? AND followed = 1 AND strikes = 0 AND status NOT IN ('missing', 'moved')"
    return int(connection.execute(f"SELECT count(*) FROM issues WHERE {where}", (tracker,)).fetchone()[0])


def strays(connection: sqlite3.Connection, tracker: str) -> list[Issue]:
    """Known issues that no list will show: label taken off, moved, or missing."""
    where = "tracker = ? AND (followed = 0 OR strikes > 0 OR status IN ('missing', 'moved'))"
    found = connection.execute(f"SELECT {rows.ISSUE_COLUMNS} FROM issues WHERE {where} ORDER BY number, id", (tracker,))
    return [rows.issue_from(row) for row in found]


def load_commitments(connection: sqlite3.Connection, review_id: str) -> dict[str, tuple[tuple[Commitment, Issue], ...]]:
    """The marked issues of each item of a review, the one that stands for it first."""
    columns = ", ".join(f"i.{name.strip()}" for name in rows.ISSUE_COLUMNS.split(","))
    found = connection.execute(
        f"SELECT m.payload, {columns} FROM markers m JOIN issues i ON i.id = m.issue_id"
        " WHERE m.item >= ? AND m.item < ?",
        (f"{review_id}/", f"{review_id}0"),
    )
    by_item: dict[str, list[tuple[Commitment, Issue]]] = {}
    for payload, *issue in found:
        commitment = _commitment(payload)
        by_item.setdefault(commitment.key, []).append((commitment, rows.issue_from(tuple(issue))))
    chosen = decisions.load_chosen(connection, review_id)
    return {key: _in_standing_order(key, marked, chosen) for key, marked in by_item.items()}


def load_commitments_on(connection: sqlite3.Connection, issue_id: str) -> tuple[Commitment, ...]:
    """Everything that reviews asked for in one issue."""
    found = connection.execute("SELECT payload FROM markers WHERE issue_id = ? ORDER BY item", (issue_id,))
    return tuple(_commitment(payload) for (payload,) in found)


def unknown(connection: sqlite3.Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of these ids that no row has."""
    wanted = rows.list_text(tuple(ids))
    known = connection.execute("SELECT id FROM issues WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    return frozenset(ids).difference(issue_id for (issue_id,) in known)


def load_doubles(connection: sqlite3.Connection, tracker: str) -> list[tuple[str, str]]:
    """Items that more than one open issue of a tracker stands for, and those issues."""
    return connection.execute(
        "SELECT m.item, group_concat(i.ref, ', ') FROM markers m JOIN issues i ON i.id = m.issue_id"
        " WHERE i.tracker = ? AND i.status IN ('open', 'in progress') GROUP BY m.item HAVING count(*) > 1",
        (tracker,),
    ).fetchall()


def load_unmarked(connection: sqlite3.Connection, tracker: str) -> dict[str, Issue]:
    """Followed issues without a readable marker, by title."""
    where = "tracker = ? AND followed = 1 AND id NOT IN (SELECT issue_id FROM markers)"
    found = connection.execute(f"SELECT {rows.ISSUE_COLUMNS} FROM issues WHERE {where} ORDER BY number", (tracker,))
    return {issue.title: issue for issue in map(rows.issue_from, found)}


def _in_standing_order(
    key: str, marked: Sequence[tuple[Commitment, Issue]], chosen: Mapping[tuple[str, str], str]
) -> tuple[tuple[Commitment, Issue], ...]:
    """The issues of an item, the one that stands for it first: not gone, then chosen last, then the lowest number."""
    numbered = sorted(marked, key=lambda pair: (pair[1].number, pair[1].id))
    numbered.sort(key=lambda pair: chosen.get((key, pair[1].id), ""), reverse=True)
    return tuple(sorted(numbered, key=lambda pair: pair[1].status in _GONE))


def _inferred(snapshot: Snapshot) -> str:
    """The transition that the history did not show; earlier ones give way to what it shows by now."""
    last = snapshot.transitions[-1].source if snapshot.transitions else ""
    return last if last.startswith("state:") else ""


def _replace_evidence(
    connection: sqlite3.Connection, snapshots: Sequence[Snapshot], again: Sequence[Snapshot], seen: str
) -> None:
    """The evidence that these issues have now; a piece that was there before keeps the time it was first seen."""
    ids = [snapshot.issue.id for snapshot in again]
    where = "issue_id IN (SELECT value FROM json_each(?))"
    columns = "issue_id, url, kind, at, seen"
    kept = connection.execute(f"SELECT {columns} FROM evidence WHERE {where}", (rows.list_text(tuple(ids)),)).fetchall()
    first = _first_seen(snapshots, kept)
    connection.executemany("DELETE FROM evidence WHERE issue_id = ?", [(issue_id,) for issue_id in ids])
    connection.executemany(
        "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            rows.evidence_row(s.issue.id, piece, first.get((s.issue.id, piece.url), seen))
            for s in snapshots
            for piece in s.evidence
        ],
    )


def _first_seen(snapshots: Sequence[Snapshot], kept: Sequence[rows.Row]) -> dict[tuple[str, str], str | None]:
    """When each piece that was there before was first seen, by issue and link.

    A repository that is renamed gives its pull requests other links: such a piece is known by its kind and time.
    """
    first = {(issue_id, url): seen for issue_id, url, _kind, _at, seen in kept}
    shown = {(s.issue.id, piece.url) for s in snapshots for piece in s.evidence}
    lost = {(row[0], row[2], row[3]): row[4] for row in kept if (row[0], row[1]) not in shown}
    for snapshot in snapshots if lost else ():
        for piece in snapshot.evidence:
            before = (snapshot.issue.id, piece.kind.value, piece.at.isoformat())
            if (snapshot.issue.id, piece.url) not in first and before in lost:
                first[snapshot.issue.id, piece.url] = lost[before]
    return first


def _follow_moves(connection: sqlite3.Connection, snapshots: Iterable[Snapshot]) -> None:
    """An issue that was transferred has a new id: what hangs on the old one moves along."""
    for snapshot in snapshots:
        old, new = snapshot.moved_from, snapshot.issue.id
        if not old or old == new:
            continue
        if connection.execute("SELECT 1 FROM issues WHERE id = ?", (new,)).fetchone():
            connection.execute("UPDATE OR REPLACE markers SET issue_id = ? WHERE issue_id = ?", (new, old))
            connection.execute("UPDATE items SET issue_id = ? WHERE issue_id = ?", (new, old))
            connection.execute("DELETE FROM issues WHERE id = ?", (old,))
        else:
            connection.execute("UPDATE issues SET id = ? WHERE id = ?", (new, old))
            # Its events have other ids by now, too: each is still the one that we have seen.
            connection.executemany(
                "UPDATE OR REPLACE transitions SET source = ? WHERE issue_id = ? AND at = ? AND status = ?",
                [(t.source, new, t.at.isoformat(), t.to.value) for t in snapshot.transitions],
            )


def _statuses(connection: sqlite3.Connection, snapshots: Sequence[Snapshot]) -> dict[str, str]:
    """The status of each of these issues that is known already."""
    holes = ", ".join("?" * len(snapshots))
    return dict(
        connection.execute(f"SELECT id, status FROM issues WHERE id IN ({holes})", [s.issue.id for s in snapshots])
    )


def _note_returns(
    connection: sqlite3.Connection, snapshots: Sequence[Snapshot], known: Mapping[str, str], now: datetime
) -> None:
    """An issue that was missing or moved and is back has that in its history, or it would stay missing for ever."""
    away = _GONE[1:]
    back = [s.issue for s in snapshots if known.get(s.issue.id) in away and s.issue.status not in away]
    connection.executemany(_UPSERT_TRANSITION, [_noticed(issue, now) for issue in back])


def _noticed(issue: Issue, now: datetime) -> rows.Row:
    """The transition that only we could see, as a row."""
    seen = now.isoformat()
    to = Status.OPEN if issue.status is Status.IN_PROGRESS else issue.status
    return rows.transition_row(issue.id, Transition(source=f"track:{seen}", at=now, to=to), seen)


def _save_commitments(connection: sqlite3.Connection, marked: Sequence[tuple[Commitment, Issue]], seen: str) -> None:
    if not marked:
        return
    connection.executemany(
        "INSERT OR REPLACE INTO markers VALUES (?, ?, ?)",
        [(commitment.key, issue.id, _encode(commitment).decode()) for commitment, issue in marked],
    )
    connection.executemany("DELETE FROM intents WHERE item = ?", [(commitment.key,) for commitment, _issue in marked])
    newest: dict[str, Commitment] = {}
    for commitment, _issue in marked:
        known = newest.get(commitment.review.id)
        if known is None or known.pushed <= commitment.pushed:
            newest[commitment.review.id] = commitment
    connection.executemany(
        _UPSERT_REVIEW, [(*rows.review_row(c.review), c.pushed.isoformat()) for c in newest.values()]
    )
    connection.executemany(_UPSERT_ITEM, _standing(connection, marked, seen))


def _standing(connection: sqlite3.Connection, marked: Sequence[tuple[Commitment, Issue]], seen: str) -> list[rows.Row]:
    """The item rows of a page: straight from the page, but for items that another issue claims too."""
    keys = [commitment.key for commitment, _issue in marked]
    holes = ", ".join("?" * len(keys))
    claims = dict(connection.execute(f"SELECT item, count(*) FROM markers WHERE item IN ({holes}) GROUP BY item", keys))
    settled: dict[str, rows.Row] = {}
    for commitment, issue in marked:
        if claims[commitment.key] == 1:
            settled[commitment.key] = (*rows.item_row(commitment, issue.id), seen)
        elif commitment.key not in settled:
            winner, holder = load_commitments(connection, commitment.review.id)[commitment.key][0]
            settled[commitment.key] = (*rows.item_row(winner, holder.id), seen)
    return list(settled.values())
