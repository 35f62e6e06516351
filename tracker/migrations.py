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


@steps()
def m008_runs_of_the_scheduler(db: Database) -> None:
    """Which job ran for which moment, and what came of it."""
    db.execute(_RUNS)


@steps()
def m009_what_people_decided(db: Database) -> None:
    """Waivers, answers at checkpoints and resolutions of lost items, as the comments of issues record them."""
    for statement in _DECISIONS:
        db.execute(statement)


@steps()
def m010_reminders(db: Database) -> None:
    """Which occasions issues were reminded of, when a person last wrote there, and which reminders were sent."""
    for statement in _NUDGES:
        db.execute(statement)


@steps()
def m011_deliveries_of_the_report(db: Database) -> None:
    """What became of each week's report at each target."""
    db.execute(_DELIVERIES)


@steps()
def m012_views_for_anyone(db: Database) -> None:
    """The views that docs/sql.md documents. A step that takes away a column of theirs has to make them anew."""
    for name, query in _VIEWS.items():
        db.execute(f"CREATE VIEW {name} AS {query}")


@steps()
def m013_decisions_by_item_and_id(db: Database) -> None:
    """Two decisions of one issue about two items are two, whatever ids they were given."""
    db.execute("CREATE TABLE decisions_before AS SELECT * FROM decisions")
    db.execute("DROP TABLE decisions")
    db.execute(_DECISIONS[0].replace("PRIMARY KEY (issue_id, id)", "PRIMARY KEY (issue_id, item, id)"))
    db.execute(_DECISIONS[1])
    db.execute("INSERT INTO decisions SELECT issue_id, id, item, at, place, kind, made, seen FROM decisions_before")
    db.execute("DROP TABLE decisions_before")


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

# `place` is the comment's among those of its issue: of two decisions of one second, the later one counts.
_DECISIONS = (
    """CREATE TABLE decisions (
        issue_id TEXT NOT NULL REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE,
        id TEXT NOT NULL, item TEXT NOT NULL, at TEXT NOT NULL, place INTEGER NOT NULL,
        kind TEXT NOT NULL, made TEXT NOT NULL, seen TEXT NOT NULL,
        PRIMARY KEY (issue_id, id)
    ) STRICT""",
    """CREATE INDEX decisions_by_item ON decisions (item)""",
)

_RUNS = """CREATE TABLE runs (
    job TEXT NOT NULL, due TEXT NOT NULL, started TEXT NOT NULL, ended TEXT,
    outcome TEXT NOT NULL, detail TEXT NOT NULL, tries INTEGER NOT NULL,
    PRIMARY KEY (job, due)
) STRICT, WITHOUT ROWID"""

_DELIVERIES = """CREATE TABLE deliveries (
    target TEXT NOT NULL, week TEXT NOT NULL, team TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT,
    outcome TEXT NOT NULL, detail TEXT NOT NULL, waiting TEXT NOT NULL,
    PRIMARY KEY (target, week, team)
) STRICT, WITHOUT ROWID"""

# `standing` is told by the store alone: which kinds of evidence count is in the config, so any counts here. Of several
# waivers the last one holds, as of several resolutions; a decision counts on issues of the item's review alone.
_VIEWS = {
    "items_now": """
SELECT k.*,
  CASE
    WHEN k.status = 'done' AND k.evidence > 0 THEN 'done with evidence'
    WHEN k.status = 'done' THEN 'closed without evidence'
    WHEN k.status IN ('missing', 'moved', 'not pushed') AND k.resolved = 'gone on purpose' THEN k.resolved
    WHEN k.status IN ('open', 'in progress', 'not pushed') AND k.waived_until >= date('now') THEN 'waived'
    WHEN k.status IN ('open', 'in progress', 'not pushed') AND k.due < date('now') THEN 'overdue'
    WHEN k.status = 'in progress' THEN 'open'
    ELSE k.status
  END AS standing
FROM (
  SELECT i.key AS item, i.review, i.id AS item_id, i.title, i.owner, r.class, r.severity, r.service, r.team,
    i.horizon, i.kind, i.conditions, date(i.committed) AS committed, i.first_due,
    CASE WHEN julianday(s.created) < julianday(i.committed) - 1 THEN coalesce(i.due, s.due) ELSE coalesce(s.due, i.due)
    END AS due,
    s.tracker, s.ref AS issue, s.url,
    CASE WHEN s.id IS NOT NULL THEN s.status WHEN i.said IN ('done', 'not planned') THEN i.said ELSE 'not pushed'
    END AS status,
    date(s.closed) AS closed, (SELECT count(*) FROM evidence e WHERE e.issue_id = i.issue_id) AS evidence,
    (SELECT d.until FROM decisions_now d WHERE d.item = i.key AND d.what = 'waive'
     ORDER BY d.at DESC, d.place DESC, d.id DESC LIMIT 1) AS waived_until,
    (SELECT d.said FROM decisions_now d WHERE d.item = i.key AND d.what = 'resolve'
     ORDER BY d.at DESC, d.place DESC, d.id DESC LIMIT 1) AS resolved
  FROM items i LEFT JOIN issues s ON s.id = i.issue_id LEFT JOIN reviews r ON r.id = i.review
) k""",
    "reviews_now": """
SELECT r.id AS review, r.title, r.class, r.severity, r.service, r.team, r.started, r.detected, r.mitigated, r.reviewed,
  r.tracker, r.url, count(n.item) AS items,
  count(n.item) FILTER (WHERE n.standing IN ('open', 'not pushed', 'overdue')) AS open,
  count(n.item) FILTER (WHERE n.standing = 'overdue') AS overdue,
  count(n.item) FILTER (WHERE n.status = 'done') AS done,
  count(n.item) FILTER (WHERE n.standing = 'done with evidence') AS with_evidence,
  round((julianday(r.detected) - julianday(r.started)) * 1440) AS minutes_to_detect,
  round((julianday(r.mitigated) - julianday(r.started)) * 1440) AS minutes_to_mitigate
FROM reviews r LEFT JOIN items_now n ON n.review = r.id GROUP BY r.id""",
    "evidence_now": """
SELECT i.key AS item, i.review, r.class, r.team, s.ref AS issue, e.url, e.kind, e.at, e.author, e.title
FROM evidence e
  JOIN issues s ON s.id = e.issue_id JOIN items i ON i.issue_id = s.id LEFT JOIN reviews r ON r.id = i.review""",
    "history_now": """
SELECT i.key AS item, i.review, s.ref AS issue, t.at, t.status, t.actor, t.seen
FROM transitions t JOIN issues s ON s.id = t.issue_id JOIN items i ON i.issue_id = s.id""",
    "incidents_now": """
SELECT n.id AS incident, n.source, n.title, n.url, json_extract(n.classes, '$[0]') AS class, n.classes, n.severity,
  n.service, n.team, n.started, n.day_only, n.assumed_start, n.detected, n.mitigated,
  round((julianday(n.detected) - julianday(n.started)) * 1440) AS minutes_to_detect,
  round((julianday(n.mitigated) - julianday(n.started)) * 1440) AS minutes_to_mitigate
FROM incidents n
WHERE n.gone = 0 AND n.seen = (SELECT max(o.seen) FROM incidents o WHERE o.source = n.source AND o.id = n.id)""",
    "decisions_now": """
SELECT d.item, substr(d.item, 1, instr(d.item, '/') - 1) AS review, json_extract(d.made, '$.made.what') AS what, d.at,
  coalesce(json_extract(d.made, '$.made.answer'), json_extract(d.made, '$.made.how')) AS said,
  json_extract(d.made, '$.made.until') AS until, json_extract(d.made, '$.made.on') AS checkpoint,
  coalesce(json_extract(d.made, '$.made.reason'), json_extract(d.made, '$.made.note')) AS note,
  json_extract(d.made, '$.made.by') AS by, s.ref AS issue, s.url, d.place, d.id
FROM decisions d JOIN issues s ON s.id = d.issue_id
WHERE EXISTS (SELECT 1 FROM markers m WHERE m.issue_id = d.issue_id
  AND substr(m.item, 1, instr(m.item, '/')) = substr(d.item, 1, instr(d.item, '/')))""",
    "syncs_now": """
SELECT tracker, last_good, last_attempt, last_error,
  round((julianday('now') - julianday(last_good)) * 1440) AS minutes_since_good
FROM syncs""",
}

# `sent_nudges` is what this machine alone knows: what it sent and has not read back, and whether the tracker said yes.
_NUDGES = (
    """CREATE TABLE nudges (
        issue_id TEXT NOT NULL REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE,
        item TEXT NOT NULL, occasion TEXT NOT NULL, of TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (issue_id, item, occasion, of)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE last_words (
        issue_id TEXT PRIMARY KEY REFERENCES issues (id) ON UPDATE CASCADE ON DELETE CASCADE, at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sent_nudges (
        item TEXT NOT NULL, occasion TEXT NOT NULL, of TEXT NOT NULL, at TEXT NOT NULL, accepted INTEGER NOT NULL,
        PRIMARY KEY (item, occasion, of)
    ) STRICT, WITHOUT ROWID""",
)
_INCIDENT_KEYS = """CREATE TABLE incident_keys (
    source TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, key, id)
) STRICT, WITHOUT ROWID"""
