"""`python -m bench [--json]`: measures, prints, and always ends well; a missed aim is said, not raised."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.measurements import build_flatness, measure_report, measure_start_up, measure_sync
from bench.rows import build_record, render_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.rows import Row

SMALL, LARGE, REPORTED = 5_000, 20_000, 100_000
FLAT = 5.0
"""MB that four times as many issues may add to the peak: what allocators and the store's cache vary by."""

_NOTES = """
track and floor are the best of a few runs in turns (peak memory: the worst), each in a process of its own.
The aims look at the whole process, imports included, for both. The floor of a sync reads the same pages from the
same server with requests, json.loads and one executemany of 12 columns a page; of a start-up, it is
python -c "import click"; of a report, it reads the same rows and does nothing with them."""


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast track is, beside a floor.")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    as_json = parser.parse_args().json
    started = time.monotonic()
    with TemporaryDirectory(prefix="track-bench-") as folder:
        rows = list(_measure(Path(folder)))
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    if as_json:
        print(json.dumps({"machine": machine, "rows": [build_record(row) for row in rows]}, indent=2))
        return
    missed = [row.name for row in rows if row.met is False]
    print(render_table(rows))
    print(_NOTES)
    print(f"\n{machine}; {time.monotonic() - started:.0f} s. ", end="")
    print(f"Missed: {'; '.join(missed)}." if missed else "Every aim is met.")


def _measure(folder: Path) -> Iterator[Row]:
    _say("start-up")
    yield from measure_start_up(folder)
    rows: list[Row] = []
    for count in (SMALL, LARGE):
        _say(f"sync of {count:,} issues")
        rows += measure_sync(folder, count, most_requests=count // 100 + 5)
    yield from rows
    yield build_flatness(rows, SMALL, LARGE, FLAT)
    _say(f"report over {REPORTED:,} items")
    yield from measure_report(folder, REPORTED)


def _say(what: str) -> None:
    print(f"measuring: {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
