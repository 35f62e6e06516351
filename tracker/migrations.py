"""The store's schema, as append-only steps, taken with their records in one transaction; a step is never edited.

Times are ISO 8601 in UTC (`2026-10-01T09:12:00+00:00`), days are `2026-10-01`, lists are JSON arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

if TYPE_CHECKING:
    import sqlite3

steps = Migrations("track")


@steps()
def m001_first_schema(db: Database) -> None:
    """Reviews, items, issues with their history and evidence, and the journal of runs."""
    for statement in _FIRST_SCHEMA:
        db.execute(statement)


@steps()
def m002_moves_of_due_dates(db: Database) -> None:
    """The due date of an issue, where its tracker keeps one, with every move."""
    db.execute("ALTER TABLE issues ADD COLUMN due_moves TEXT NOT NULL DEFAULT '[]'")


@steps()
def m003_confidence_scores(db: Database) -> None:
    """What stakeholders said of their confidence, as the review holds it."""
    db.execute("ALTER TABLE reviews ADD COLUMN confidence TEXT NOT NULL DEFAULT '[]'")


@steps()
def m004_incidents_and_their_feeds(db: Database) -> None:
    """Every version of each incident that a feed or a file told of, and how far each feed was read."""
    for statement in _INCIDENTS:
        db.execute(statement)


@steps()
def m005_when_it_was_first_seen(db: Database) -> None:
    """When this store first saw an item or a piece of evidence; nothing where that was before it kept such times."""
    db.execute("ALTER TABLE items ADD COLUMN seen TEXT")
    db.execute("ALTER TABLE evidence ADD COLUMN seen TEXT")


@steps()
def m006_what_a_review_says_of_its_incident(db: Database) -> None:
    """Whether only the day of the start is known, and what other systems call the incident."""
    db.execute("ALTER TABLE reviews ADD COLUMN day_only INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE reviews ADD COLUMN incidents TEXT NOT NULL DEFAULT '[]'")


@steps()
def m007_what_feeds_asked_for(db: Database) -> None:
    """How each feed was read and what it did not show, the tracker's own ids, and the names incidents had before."""
    for column in ("digest TEXT NOT NULL DEFAULT ''", "settled TEXT NOT NULL DEFAULT ''"):
        db.execute(f"ALTER TABLE feeds ADD COLUMN {column}")
    db.execute("ALTER TABLE feeds ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE incidents ADD COLUMN names TEXT NOT NULL DEFAULT '[]'")
    db.execute(_INCIDENT_KEYS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date; nothing happens where it is."""
    steps.apply(Database(connection))


# Markers have a rowid: of rows as long as theirs, a table without one would put each on an overflow page of its own.
_FIRST_SCHEMA = (
    """CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reviews (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, class TEXT NOT NULL, severity TEXT NOT NULL, service TEXT NOT NULL,
        team TEXT NOT NULL, started TEXT, detected TEXT, mitigated TEXT, reviewed TEXT, checkpoints TEXT NOT NULL,
        tracker TEXT NOT NULL, url TEXT NOT NULL, conditions TEXT NOT NULL,
        proposed TEXT NOT NULL DEFAULT '[]', pushed TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE TABLE issues (
        id TEXT PRIMARY KEY, tracker TEXT NOT NULL, ref TEXT NOT NULL, number INTEGER NOT NULL, url TEXT NOT NULL,
        title TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, closed TEXT,
        assignees TEXT NOT NULL, labels TEXT NOT NULL, due TEXT, strikes INTEGER NOT NULL DEFAULT 0,
        note TEXT NOT NULL DEFAULT '', followed INTEGER NOT NULL DEFAULT 1, listed TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE INDEX issues_by_tracker ON issues (tracker, followed)""",
    """CREATE TABLE transitions (
        issue_id TEXT NOT NULL REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE,
        source TEXT NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL, actor TEXT NOT NULL, seen TEXT,
        PRIMARY KEY (issue_id, source)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE evidence (
        issue_id TEXT NOT NULL REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE,
        url TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL, title TEXT NOT NULL,
        PRIMARY KEY (issue_id, url)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE markers (
        item TEXT NOT NULL,
        issue_id TEXT NOT NULL REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE,
        payload TEXT NOT NULL,
        PRIMARY KEY (item, issue_id)
    ) STRICT""",
    """CREATE INDEX markers_by_issue ON markers (issue_id)""",
    """CREATE TABLE items (
        key TEXT PRIMARY KEY, review TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, owner TEXT, due TEXT,
        first_due TEXT, moves TEXT NOT NULL, horizon TEXT, kind TEXT, conditions TEXT NOT NULL, proof TEXT NOT NULL,
        question TEXT NOT NULL, committed TEXT NOT NULL, said TEXT,
        issue_id TEXT REFERENCES issues (id) ON UPDATE CASCADE ON DELETE SET NULL
    ) STRICT""",
    """CREATE INDEX items_by_review ON items (review)""",
    """CREATE INDEX items_by_issue ON items (issue_id)""",
    """CREATE TABLE intents (item TEXT PRIMARY KEY, tracker TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE syncs (
        tracker TEXT PRIMARY KEY, watermark TEXT, full_at TEXT,
        partial_full INTEGER, partial_started TEXT, partial_reached TEXT,
        last_good TEXT, last_attempt TEXT, last_error TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
)

# Incidents have a rowid for the reason that markers have one; their key finds the last version of each.
_INCIDENTS = (
    """CREATE TABLE incidents (
        source TEXT NOT NULL, id TEXT NOT NULL, seen TEXT NOT NULL, gone INTEGER NOT NULL, title TEXT NOT NULL,
        url TEXT NOT NULL, classes TEXT NOT NULL, conditions TEXT NOT NULL, severity TEXT NOT NULL,
        service TEXT NOT NULL, team TEXT NOT NULL, started TEXT, day_only INTEGER NOT NULL,
        assumed_start INTEGER NOT NULL, detected TEXT, mitigated TEXT,
        PRIMARY KEY (source, id, seen)
    ) STRICT""",
    """CREATE TABLE feeds (
        tracker TEXT PRIMARY KEY, watermark TEXT, full_at TEXT,
        partial_full INTEGER, partial_started TEXT, partial_reached TEXT,
        last_good TEXT, last_attempt TEXT, last_error TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID""",
)

_INCIDENT_KEYS = """CREATE TABLE incident_keys (
    source TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, key, id)
) STRICT, WITHOUT ROWID"""
