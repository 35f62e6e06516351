"""What is measured, each in a process of its own: `python -m bench.clients WHAT …` prints one `Work` as JSON.

Nothing heavy is imported above: it would be counted where it is not used.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import resource
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

WORKING = (
    "sqlite_utils", "tracker.migrations", "tracker.cli.sync", "tracker.runs.sync", "tracker.store",
    "sync.adapters.opening",
)  # fmt: skip
"""What a sync imports on its way beside its adapter; imported before the clock of "without imports" starts."""


def sync_track(kind: str, config: str, *options: str) -> None:
    """`track sync`, as its command line runs it."""
    from tracker.cli.main import main

    for name in (*WORKING, f"sync.adapters.{kind}"):
        importlib.import_module(name)
    started = _now()
    result = _result_of(lambda: main(["--config", config, "sync", "--json", *options]))
    _say(_spent_since(started), result["trackers"][0]["read"])


def sync_floor(kind: str, url: str, database: str, since: str | None = None) -> None:
    """The same pages with as little as can be."""
    from bench.floors import READERS, save_pages

    for name in ("sqlite3", "requests"):
        importlib.import_module(name)
    started = _now()
    read = save_pages(database, READERS[kind](url, None if since is None else float(since)))
    _say(_spent_since(started), read)


def push_track(config: str, document: str) -> None:
    """`track push` of a whole document, as its command line runs it."""
    from tracker.cli.main import main

    started = _now()
    result = _result_of(lambda: main(["--config", config, "push", "--yes", "--json", document]))
    done = [outcome for review in result["reviews"] for outcome in review["outcomes"] if outcome["result"] == "done"]
    _say(_spent_since(started), len(done))


def report_track(config: str, out: str, *options: str) -> None:
    """`track report` into an HTML file, as its command line runs it."""
    from tracker.cli.main import main

    started = _now()
    with contextlib.redirect_stderr(io.StringIO()):
        code = _exit_code(lambda: main(["--config", config, "report", "--out", out, *options]))
    if code != 0:
        raise SystemExit(f"track report ended with exit code {code}")
    _say(_spent_since(started), 1)


def report_stages(config: str) -> None:
    """The stages of `track report` one by one, with the CPU seconds of each; as there, nothing is collected."""
    gc.disable()
    from datetime import UTC, datetime

    from reports.render import Format, render
    from reports.weekly import build_weekly
    from tracker.app import App
    from tracker.runs.basis import load_basis

    app = App(config)
    basis, times = load_basis(app.config), [_now()[0]]
    with app.store() as store:
        facts = store.load_facts()
    times.append(_now()[0])
    report = build_weekly(facts, datetime.now(UTC), basis)
    times.append(_now()[0])
    page = render(report, Format.HTML, width=100, colour=False)
    times.append(_now()[0])
    load, build, rendered = (after - before for before, after in pairwise(times))
    json.dump({"load": load, "build": build, "render": rendered, "page": len(page.encode())}, sys.stdout)


def report_floor(database: str) -> None:
    """The rows that a report is made from."""
    from bench.floors import read_store

    started = _now()
    read = read_store(database)
    _say(_spent_since(started), read)


def _result_of(run: Callable[[], None]) -> Any:
    """What a command prints as JSON. Ends this process where the command failed."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(printed):
        code = _exit_code(run)
    printed.seek(0)
    result = printed.read()
    if code != 0:
        raise SystemExit(f"track ended with exit code {code}: {result}")
    return json.loads(result)


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
    "push-track": push_track,
    "report-track": report_track,
    "report-stages": report_stages,
    "report-floor": report_floor,
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]](*sys.argv[2:])
