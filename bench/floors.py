"""The floors: the least that a program in Python could do for the same result.

That of a sync is `requests`, `json.loads`, and one `executemany` of 12 columns a page into SQLite with a write-ahead
log. Nothing heavy is imported above: it would be counted where it is not used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Rows = list[tuple[object, ...]]

COLUMNS = "id, number, url, title, state, reason, created, updated, closed, author, labels, more"
"""`more` is the text on GitHub, the due date on Jira."""

PAGE = 100


def save_pages(database: str, pages: Iterable[Rows]) -> int:
    """Put each page into the database as it comes; gives the number of issues."""
    import sqlite3

    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"CREATE TABLE IF NOT EXISTS issues ({COLUMNS}, PRIMARY KEY (id))")
    read, places = 0, ", ".join("?" * 12)
    for rows in pages:
        connection.executemany(f"INSERT OR REPLACE INTO issues VALUES ({places})", rows)  # noqa: S608 - question marks
        connection.commit()
        read += len(rows)
    connection.close()
    return read


def read_github(url: str, since: float | None) -> Iterator[Rows]:
    """The list of GitHub, page by page, from a time (epoch seconds) on."""
    import requests

    from sync.adapters.github_queries import LIST

    session, more = requests.Session(), True
    variables = {
        "owner": "acme", "name": "payments", "label": ["follow-through"], "first": PAGE,
        "since": None if since is None else _as_text(since),
    }  # fmt: skip
    while more:
        body = {"query": LIST, "variables": variables}
        answer = session.post(f"{url}/api/graphql", json=body, headers={"Authorization": "Bearer t"}, timeout=30)
        page = json.loads(answer.content)["data"]["repository"]["issues"]
        yield [
            (
                issue["id"], issue["number"], issue["url"], issue["title"], issue["state"], issue["stateReason"],
                issue["createdAt"], issue["updatedAt"], issue["closedAt"], issue["author"]["login"],
                ",".join(label["name"] for label in issue["labels"]["nodes"]), issue["body"],
            )
            for issue in page["nodes"]
        ]  # fmt: skip
        more, variables["after"] = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]


def read_jira(url: str, since: float | None) -> Iterator[Rows]:
    """The list of Jira, page by page, from a time (epoch seconds) on, with the history and links of what is on each."""
    import requests

    from bench.jira_asked import FIELDS, LARGEST_HISTORY, PROPERTY, list_query

    session, more = requests.Session(), True
    session.auth = ("bot@example.com", "t")
    asked: dict[str, Any] = {
        "jql": list_query(None if since is None else int(since * 1000)), "maxResults": PAGE, "fields": FIELDS,
        "properties": [PROPERTY],
    }  # fmt: skip
    while more:
        answer = session.post(f"{url}/jira/rest/api/3/search/jql", json=asked, timeout=30)
        page = json.loads(answer.content)
        ids = [issue["id"] for issue in page["issues"]]
        if ids:
            body = {"issueIdsOrKeys": ids, "maxResults": LARGEST_HISTORY}
            answer = session.post(f"{url}/jira/rest/api/3/changelog/bulkfetch", json=body, timeout=30)
            for linked in _linked(json.loads(answer.content)):
                answer = session.get(f"{url}/jira/rest/api/3/issue/{linked}/remotelink", timeout=30)
                json.loads(answer.content)
        yield [_jira_row(issue, issue["fields"]) for issue in page["issues"]]
        more, asked["nextPageToken"] = not page["isLast"], page.get("nextPageToken")


def _linked(histories: dict[str, Any]) -> Iterator[str]:
    """The issues whose history tells of a link that is not ours."""
    for each in histories["issueChangeLogs"]:
        items = (item for change in each["changeHistories"] for item in change["items"])
        if any(item["field"] == "RemoteIssueLink" and '"Review of' not in item["toString"] for item in items):
            yield each["issueId"]


def _jira_row(issue: dict[str, Any], fields: dict[str, Any]) -> tuple[object, ...]:
    return (
        issue["id"], issue["key"], issue["self"], fields["summary"], fields["status"]["statusCategory"]["key"],
        fields["resolution"] and fields["resolution"]["name"], fields["created"], fields["updated"],
        fields["resolutiondate"], fields["creator"]["accountId"], ",".join(fields["labels"]), fields["duedate"],
    )  # fmt: skip


def read_store(database: str) -> int:
    """The rows that a report is made from, read and nothing more."""
    import sqlite3

    connection = sqlite3.connect(database)
    read = 0
    for table in ("reviews", "items", "issues", "transitions", "evidence"):
        read += len(connection.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - names from above
    connection.close()
    return read


def _as_text(moment: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).isoformat()


READERS: dict[str, Callable[[str, float | None], Iterator[Rows]]] = {"github": read_github, "jira": read_jira}
