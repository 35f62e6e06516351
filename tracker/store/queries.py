"""Queries that answer a question each, on the documented views: for `track explore`, docs/sql.md and anyone's SQL."""

from __future__ import annotations

from msgspec import Struct


class Query(Struct, frozen=True):
    """A query by name, with the question that it answers."""

    name: str
    title: str
    sql: str


QUERIES = (
    Query(
        "overdue",
        "What is overdue, and whose is it?",
        """\
SELECT item, title, owner, team, due, url
FROM items_now
WHERE standing = 'overdue'
ORDER BY due, item""",
    ),
    Query(
        "unproven",
        "What was closed, and nothing shows that it was done?",
        """\
SELECT item, title, owner, team, closed, url
FROM items_now
WHERE standing = 'closed without evidence'
ORDER BY closed, item""",
    ),
    Query(
        "by-class",
        "How far is each class of incident?",
        """\
SELECT class, count(*) AS items,
  count(*) FILTER (WHERE standing = 'done with evidence') AS with_evidence,
  count(*) FILTER (WHERE standing = 'closed without evidence') AS without_evidence,
  count(*) FILTER (WHERE standing IN ('open', 'not pushed', 'overdue')) AS open
FROM items_now
GROUP BY class
ORDER BY open DESC, class""",
    ),
    Query(
        "by-month",
        "Of what was promised each month, how much is done with evidence?",
        """\
SELECT substr(committed, 1, 7) AS month, count(*) AS items,
  count(*) FILTER (WHERE standing = 'done with evidence') AS with_evidence
FROM items_now
GROUP BY month
ORDER BY month""",
    ),
    Query(
        "slipped",
        "Which due dates were moved later?",
        """\
SELECT item, title, owner, first_due, due, julianday(due) - julianday(first_due) AS days_later
FROM items_now
WHERE due > first_due
ORDER BY days_later DESC, item""",
    ),
    Query(
        "lost",
        "Which issues are gone: deleted, moved out of reach, or never made?",
        """\
SELECT item, title, owner, standing, issue, url
FROM items_now
WHERE standing IN ('missing', 'moved', 'not pushed')
ORDER BY standing, item""",
    ),
    Query(
        "reviews",
        "How far is each review, and how long did its incident last?",
        """\
SELECT review, title, class, severity, reviewed, items, with_evidence, open, overdue,
  minutes_to_detect, minutes_to_mitigate
FROM reviews_now
ORDER BY reviewed DESC, review""",
    ),
    Query(
        "evidence",
        "What shows that it was done?",
        """\
SELECT item, kind, at, author, title, url
FROM evidence_now
ORDER BY at DESC, item""",
    ),
    Query(
        "incidents",
        "Which incidents were there, reviewed or not?",
        """\
SELECT i.incident, i.class, i.severity, i.team, i.started, i.title,
  r.review IS NOT NULL AS reviewed, i.url
FROM incidents_now i LEFT JOIN reviews_now r ON r.review = i.incident
ORDER BY i.started DESC, i.incident""",
    ),
    Query(
        "freshness",
        "How old is what this store knows?",
        """\
SELECT tracker, last_good, minutes_since_good, last_error
FROM syncs_now
ORDER BY tracker""",
    ),
)


def datasette_metadata(database: str) -> dict[str, object]:
    """What Datasette reads with `--metadata`: the queries by name, for the database of that name."""
    queries = {query.name: {"title": query.title, "sql": query.sql} for query in QUERIES}
    return {
        "title": "What became of the action items",
        "description": "The store of `track`: the views that end in _now are documented in docs/sql.md.",
        "databases": {database: {"queries": queries}},
    }
