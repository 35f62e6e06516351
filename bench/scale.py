"""What a sync and a report cost, from a thousand items to a million: `python -m bench.scale [--json] [--size N …]`.

Every figure is measured in a process of its own, beside the floors of `python -m bench`. It never fails a build.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct

from bench.processes import Cost, measure, run_client, serving, write_config
from bench.rows import Unit, render_figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.processes import Run

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LARGEST_SYNC = 100_000
"""More would only be the server's memory; a sync's own does not grow (`python -m bench`)."""

LARGEST_REPEATED = 100_000
"""Up to here the best of three runs counts, above it the only one."""

PAGE = 100
"""Issues a transaction, as a sync has them."""

MEGABYTE, KILOBYTE, MICROSECONDS = 1e6, 1e3, 1e6


class Figure(Struct, frozen=True):
    """One figure of one size."""

    name: str
    unit: Unit
    value: float


def main() -> None:
    """Measure one size after the other, and print a table with a column for each."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="What many items cost.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--size", action="append", type=int, help="measure this many items; may be repeated")
    given = parser.parse_args()
    sizes = tuple(given.size or SIZES)
    found = {size: tuple(measure_size(size)) for size in sizes}
    if given.json:
        print(json.dumps({size: {each.name: each.value for each in figures} for size, figures in found.items()}))
    else:
        print(render_sizes(found))


def measure_size(size: int) -> Iterator[Figure]:
    """All figures of one size; what is too large to be measured is left out."""
    with TemporaryDirectory(prefix="track-scale-") as name:
        folder = Path(name)
        if size <= LARGEST_SYNC:
            _say(f"sync of {size:,}")
            yield from _measure_sync(folder, size)
        _say(f"store of {size:,}")
        yield from _measure_store(folder, size)
        _say(f"report over {size:,}")
        yield from _measure_report(folder, size)


def _measure_sync(folder: Path, size: int) -> Iterator[Figure]:
    """A full sync into a new store, then one that finds nothing new, and the floor of the full one."""
    with serving("github", size) as server:
        config = str(write_config(folder, server, "synced"))
        full, quiet, floor = [], [], []
        for _each in range(_times(size)):
            _remove(folder, "synced.db*")
            full.append(run_client(server, "sync-track", "github", config, "--full"))
            quiet.append(run_client(server, "sync-track", "github", config))
            _remove(folder, "floor.db*")
            floor.append(run_client(server, "sync-floor", "github", server.url, str(folder / "floor.db")))
    yield Figure("full sync: requests", Unit.COUNT, full[0].requests)
    yield Figure("full sync: wall", Unit.SECONDS, min(run.whole.wall for run in full))
    yield Figure("full sync: CPU", Unit.SECONDS, _least_cpu(full))
    yield Figure("full sync: CPU of the floor", Unit.SECONDS, _least_cpu(floor))
    yield Figure("full sync: peak memory", Unit.MEGABYTES, max(run.whole.peak for run in full))
    yield Figure("no change: requests", Unit.COUNT, quiet[0].requests)
    yield Figure("no change: wall", Unit.SECONDS, min(run.whole.wall for run in quiet))


def _measure_store(folder: Path, size: int) -> Iterator[Figure]:
    """The store alone, page by page."""
    database = folder / "many.db"
    cost = measure([sys.executable, "-m", "bench.filling", str(database), str(size), str(PAGE)])
    spent = json.loads(cost.printed)["cpu"]
    yield Figure("store: CPU of writing", Unit.SECONDS, spent)
    yield Figure("store: the same, an item", Unit.MICROSECONDS, spent / size * MICROSECONDS)
    yield Figure("store: file", Unit.MEGABYTES, database.stat().st_size / MEGABYTE)


def _measure_report(folder: Path, size: int) -> Iterator[Figure]:
    """The report of that store: as its command runs it, stage by stage, and of the store joined with itself."""
    config, page = str(write_config(folder, None, "many")), str(folder / "report.html")
    database = str(folder / "many.db")
    whole, floor, stages = [], [], []
    for _each in range(_times(size)):
        whole.append(run_client(None, "report-track", config, page))
        floor.append(run_client(None, "report-floor", database))
        stages.append(json.loads(_client("report-stages", config).printed))
    yield Figure("report: wall", Unit.SECONDS, min(run.whole.wall for run in whole))
    yield Figure("report: CPU", Unit.SECONDS, _least_cpu(whole))
    yield Figure("report: CPU of the floor", Unit.SECONDS, _least_cpu(floor))
    for stage in ("load", "build", "render"):
        yield Figure(f"report: CPU to {stage}", Unit.SECONDS, min(each[stage] for each in stages))
    yield Figure("report: peak memory", Unit.MEGABYTES, max(run.whole.peak for run in whole))
    yield Figure("report: HTML", Unit.KILOBYTES, stages[0]["page"] / KILOBYTE)
    if size <= LARGEST_REPEATED:
        joined = run_client(None, "report-track", config, page, "--store", database, "--store", database)
        yield Figure("two stores: wall", Unit.SECONDS, joined.whole.wall)
        yield Figure("two stores: peak memory", Unit.MEGABYTES, joined.whole.peak)


def render_sizes(found: dict[int, tuple[Figure, ...]]) -> str:
    """A row for each figure, a column for each size; what was not measured is empty."""
    figures = {size: {each.name: render_figure(each.value, each.unit) for each in of} for size, of in found.items()}
    names = list(dict.fromkeys(each.name for of in found.values() for each in of))
    lines = [("", *(f"{size:,}" for size in found))]
    lines += [(name, *(figures[size].get(name, "") for size in found)) for name in names]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = cells
    right = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
    return "  ".join((first.ljust(widths[0]), *right)).rstrip()


def _client(*arguments: str) -> Cost:
    return measure([sys.executable, "-m", "bench.clients", *arguments])


def _times(size: int) -> int:
    return 3 if size <= LARGEST_REPEATED else 1


def _least_cpu(runs: Sequence[Run]) -> float:
    return min(run.whole.cpu for run in runs)


def _remove(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink()


def _say(what: str) -> None:
    print(f"measuring: {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
