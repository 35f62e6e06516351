"""`python -m bench [--json]`: measures, prints, and always ends well; a missed aim is said, not raised."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.jira_asked import LINKED_EVERY
from bench.measurements import build_flatness, measure_push, measure_report, measure_start_up, measure_sync
from bench.processes import NotMeasured
from bench.rows import build_record, render_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.rows import Row

SMALL, LARGE, REPORTED, PUSHED = 5_000, 20_000, 100_000, 200
FLAT = 5.0
"""MB that four times as many issues may add to the peak: what allocators and the store's cache vary by."""

_NOTES = """
track and floor are the best of a few runs in turns (peak memory: the worst), each in a process of its own.
The aims look at the whole process, imports included, for both. The floor of a sync reads the same pages from the
same server (on Jira history and links as well) with requests, json.loads and one executemany of 12 columns a page;
of a start-up, it is python -c "import click"; of a report, it reads the same rows and does nothing with them. A push
goes to the sandbox and has no floor."""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast track is, beside a floor.")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--only", action="append", choices=list(PARTS), help="measure this alone; may be repeated")
    given = parser.parse_args()
    started = time.monotonic()
    rows, failures = _measure(given.only or list(PARTS))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    if given.json:
        record = {"machine": machine, "rows": [build_record(row) for row in rows], "failures": failures}
        print(json.dumps(record, indent=2))
        return
    missed = [row.name for row in rows if row.met is False]
    print(render_table(rows))
    print(_NOTES)
    print(f"\n{machine}; {time.monotonic() - started:.0f} s. ", end="")
    print(f"Missed: {'; '.join(missed)}." if missed else "Every aim that was measured is met.")
    for failure in failures:
        print(f"Not measured: {failure}")


def _measure(parts: list[str]) -> tuple[list[Row], list[str]]:
    """The rows of these parts, and why others are not there: a part that fails does not take the others with it."""
    rows: list[Row] = []
    failures = []
    with TemporaryDirectory(prefix="track-bench-") as folder:
        for name in parts:
            try:
                rows += PARTS[name](Path(folder))
            except NotMeasured as problem:
                failures.append(f"{name}: {problem}")
    return rows, failures


def _measure_start_up(folder: Path) -> Iterator[Row]:
    _say("start-up")
    yield from measure_start_up(folder)


def _measure_tracker(kind: str, folder: Path) -> Iterator[Row]:
    """Memory has to stay where it is when there are four times as many issues."""
    rows: list[Row] = []
    for count in (SMALL, LARGE):
        _say(f"sync of {count:,} issues from {kind}")
        rows += measure_sync(folder, kind, count, most_requests=MOST_REQUESTS[kind](count))
    yield from rows
    yield build_flatness(rows, kind, SMALL, LARGE, FLAT)


def _measure_jira(folder: Path) -> Iterator[Row]:
    yield from _measure_tracker("jira", folder)
    _say(f"push of {PUSHED} items to jira")
    yield from measure_push(folder, "jira", PUSHED, most_requests=16)


def _measure_report(folder: Path) -> Iterator[Row]:
    _say(f"report over {REPORTED:,} items")
    yield from measure_report(folder, REPORTED)


def _say(what: str) -> None:
    print(f"measuring: {what} …", file=sys.stderr, flush=True)


MOST_REQUESTS: dict[str, Callable[[int], int]] = {
    "github": lambda count: count // 100 + 5,
    "jira": lambda count: 2 * count // 100 + count // LINKED_EVERY + 10,
}
"""For a full sync. Jira tells the history by a request of its own, and the links of an issue by one for each issue."""

PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "start-up": _measure_start_up,
    "github": partial(_measure_tracker, "github"),
    "jira": _measure_jira,
    "report": _measure_report,
}

if __name__ == "__main__":
    main()
