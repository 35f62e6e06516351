"""What is measured, each in a process of its own: `python -m bench.clients WHAT …` prints one `Work` as JSON.

The floor of a sync is the least a program in Python could do with the same pages: `requests`, `json.loads`, and one
`executemany` of 12 columns a page into SQLite with a write-ahead log. Nothing heavy is imported above: it would be
counted where it is not used.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import resource
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WORKING = (
    "sqlite_utils", "tracker.migrations", "tracker.cli.sync", "tracker.runs.sync", "tracker.store",
    "sync.adapters.github", "sync.adapters.opening",
)  # fmt: skip
"""What a sync imports on its way; imported before the clock of "without imports" starts."""

COLUMNS = "id, number, url, title, state, reason, created, updated, closed, author, labels, body"


def sync_track(config: str, *options: str) -> None:
    """`track sync`, as its command line runs it."""
    from tracker.cli.main import main

    for name in WORKING:
        importlib.import_module(name)
    started = _now()
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(printed):
        code = _exit_code(lambda: main(["--config", config, "sync", "--json", *options]))
    spent = _spent_since(started)
    printed.seek(0)
    result = printed.read()
    if code != 0:
        raise SystemExit(f"track sync ended with exit code {code}: {result}")
    _say(spent, json.loads(result)["trackers"][0]["read"])


def sync_floor(url: str, database: str, since: str | None = None) -> None:
    """The same pages with as little as can be."""
    import sqlite3

    import requests

    from sync.adapters.github_queries import LIST

    started = _now()
    session = requests.Session()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"CREATE TABLE IF NOT EXISTS issues ({COLUMNS}, PRIMARY KEY (id))")
    read, more = 0, True
    variables = {"owner": "acme", "name": "payments", "label": ["follow-through"], "since": since, "first": 100}
    while more:
        body = {"query": LIST, "variables": variables}
        answer = session.post(f"{url}/api/graphql", json=body, headers={"Authorization": "Bearer t"}, timeout=30)
        page = json.loads(answer.content)["data"]["repository"]["issues"]
        rows = [
            (
                issue["id"], issue["number"], issue["url"], issue["title"], issue["state"], issue["stateReason"],
                issue["createdAt"], issue["updatedAt"], issue["closedAt"], issue["author"]["login"],
                ",".join(label["name"] for label in issue["labels"]["nodes"]), issue["body"],
            )
            for issue in page["nodes"]
        ]  # fmt: skip
        places = ", ".join("?" * 12)
        connection.executemany(f"INSERT OR REPLACE INTO issues VALUES ({places})", rows)  # noqa: S608 - question marks
        connection.commit()
        read += len(rows)
        more, variables["after"] = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    connection.close()
    _say(_spent_since(started), read)


def report_track(config: str, out: str) -> None:
    """`track report` into an HTML file, as its command line runs it."""
    from tracker.cli.main import main

    started = _now()
    with contextlib.redirect_stderr(io.StringIO()):
        code = _exit_code(lambda: main(["--config", config, "report", "--out", out]))
    if code != 0:
        raise SystemExit(f"track report ended with exit code {code}")
    _say(_spent_since(started), 1)


def report_floor(database: str) -> None:
    """The rows that a report is made from, read and nothing more."""
    import sqlite3

    started = _now()
    connection = sqlite3.connect(database)
    read = 0
    for table in ("reviews", "items", "issues", "transitions", "evidence"):
        read += len(connection.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - names from above
    connection.close()
    _say(_spent_since(started), read)


def _exit_code(run: Callable[[], None]) -> int:
    try:
        run()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _now() -> tuple[float, float]:
    """Seconds of this process's CPU, user and system, and of the clock on the wall."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, time.perf_counter()


def _spent_since(started: tuple[float, float]) -> dict[str, float]:
    cpu, wall = _now()
    return {"cpu": cpu - started[0], "wall": wall - started[1]}


def _say(spent: dict[str, float], read: int) -> None:
    json.dump({**spent, "read": read}, sys.stdout)


CLIENTS: dict[str, Callable[..., None]] = {
    "sync-track": sync_track,
    "sync-floor": sync_floor,
    "report-track": report_track,
    "report-floor": report_floor,
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]](*sys.argv[2:])
