"""What is measured, and how often: each function gives the rows of one promise.

CPU and wall are the best of a few runs, `track` and the floor in turns, so that a busy machine disturbs both alike.
Peak memory is the worst.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench.documents import write_document
from bench.processes import NotMeasured, Run, measure, run_client, serving, write_config
from bench.rows import Row, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")

START_UPS, SYNCS, REPORTS, PUSHES = 15, 3, 3, 2
"""How often each is run."""

SMALL_STORE = 40
CHANGES = 50
REACH = 300
"""Seconds that the floor's list reaches back, as that of `track` does."""

NAMES = {"github": "", "jira": "Jira, "}
"""What the rows of a tracker begin with."""


def measure_start_up(folder: Path) -> Iterator[Row]:
    """The command as installed, with no terminal, beside an interpreter that imports click."""
    track = str(Path(sys.executable).with_name("track"))
    with serving("github", SMALL_STORE) as server:
        config = str(write_config(folder, server, "small"))
        run_client(server, "sync-track", "github", config)
    floor_command = [sys.executable, "-c", "import click"]
    for options in (["--version"], ["--config", config, "status"]):
        ours, floor = _in_turns(START_UPS, _timing([track, *options]), _timing(floor_command))
        name = f"start-up: track {options[-1]}"
        yield Row(name=name, unit=Unit.MILLISECONDS, track=min(ours), floor=min(floor), most_ratio=2)


def measure_sync(folder: Path, kind: str, count: int, most_requests: int) -> Iterator[Row]:
    """A full sync into a new store; then one that finds nothing new, and one that finds some changes."""
    with serving(kind, count) as server:
        config = str(write_config(folder, server, "track", kind))
        database = str(folder / "floor.db")

        def full_track() -> Run:
            _remove(folder, "track.db*")
            return run_client(server, "sync-track", kind, config, "--full")

        def full_floor() -> Run:
            _remove(folder, "floor.db*")
            return run_client(server, "sync-floor", kind, server.url, database)

        def changed_track() -> Run:
            return run_client(server, "sync-track", kind, config)

        def changed_floor() -> Run:
            return run_client(server, "sync-floor", kind, server.url, database, str(time.time() - REACH))

        full, quiet = _full_name(kind, count), f"{NAMES[kind]}no change in {count:,}"
        ours, floor = _in_turns(SYNCS, full_track, full_floor)
        yield from _sync_rows(full, count, ours, floor, most_requests=most_requests, most_ratio=2)
        yield _peak(full, ours, floor)
        ours, floor = _in_turns(SYNCS, changed_track, changed_floor)
        yield from _sync_rows(quiet, 0, ours, floor, most_requests=2)
        server.change(CHANGES)
        ours, floor = _in_turns(SYNCS, changed_track, changed_floor)
        yield from _sync_rows(f"{NAMES[kind]}{CHANGES} changes in {count:,}", CHANGES, ours, floor)


def measure_push(folder: Path, kind: str, count: int, most_requests: int) -> Iterator[Row]:
    """One document with that many items into an empty project, each time into a new one."""
    document = folder / "many-items.md"
    document.write_text(write_document(count), encoding="utf-8")
    runs = []
    for _each in range(PUSHES):
        _remove(folder, "push.db*")
        with serving("sandbox") as server:
            config = write_config(folder, server, "push", kind)
            runs.append(run_client(server, "push-track", str(config), str(document)))
    name = f"{NAMES[kind]}push of {count}"
    _check_read(name, count, runs)
    requests, wall = max(run.requests for run in runs), min(run.whole.wall for run in runs)
    yield Row(name=f"{name}: requests", unit=Unit.COUNT, most=most_requests, track=requests)
    yield Row(name=f"{name}: wall", unit=Unit.SECONDS, track=wall)


def measure_report(folder: Path, count: int) -> Iterator[Row]:
    """Load, build and render, as one command; the floor reads the same rows and does nothing with them."""
    config = write_config(folder, None, "many")
    database = str(folder / "many.db")
    measure([sys.executable, "-m", "bench.filling", database, str(count)])
    ours, floor = _in_turns(
        REPORTS,
        lambda: run_client(None, "report-track", str(config), str(folder / "report.html")),
        lambda: run_client(None, "report-floor", database),
    )
    name = f"report over {count:,}"
    yield Row(
        name=f"{name}: wall", unit=Unit.SECONDS, most=3,
        track=min(run.whole.wall for run in ours), floor=min(run.whole.wall for run in floor),
    )  # fmt: skip
    yield _peak(name, ours, floor, most=None)


def build_flatness(rows: Sequence[Row], kind: str, small: int, large: int, most: float) -> Row:
    """By how many MB the peak of the large sync is above that of the small one."""
    peak = {row.name: row for row in rows if row.unit is Unit.MEGABYTES}
    before, after = peak[_peak_name(_full_name(kind, small))], peak[_peak_name(_full_name(kind, large))]
    floor = None if after.floor is None or before.floor is None else after.floor - before.floor
    name = f"{NAMES[kind]}growth of the peak, {small:,} to {large:,}"
    return Row(name=name, unit=Unit.MEGABYTES, track=after.track - before.track, floor=floor, most=most)


def _sync_rows(
    name: str,
    count: int,
    ours: Sequence[Run],
    floor: Sequence[Run],
    *,
    most_requests: float | None = None,
    most_ratio: float | None = None,
) -> Iterator[Row]:
    _check_read(name, count, (*ours, *floor))
    yield Row(
        name=f"{name}: requests", unit=Unit.COUNT, most=most_requests,
        track=max(run.requests for run in ours), floor=max(run.requests for run in floor),
    )  # fmt: skip
    yield Row(
        name=f"{name}: CPU of the process", unit=Unit.SECONDS, most_ratio=most_ratio,
        track=min(run.whole.cpu for run in ours), floor=min(run.whole.cpu for run in floor),
    )  # fmt: skip
    yield Row(
        name=f"{name}: CPU without imports", unit=Unit.SECONDS,
        track=min(run.work.cpu for run in ours), floor=min(run.work.cpu for run in floor),
    )  # fmt: skip
    yield Row(
        name=f"{name}: wall", unit=Unit.SECONDS,
        track=min(run.whole.wall for run in ours), floor=min(run.whole.wall for run in floor),
    )  # fmt: skip


def _check_read(name: str, count: int, runs: Iterable[Run]) -> None:
    for run in runs:
        if run.work.read != count:
            raise NotMeasured(f"{name}: it was {run.work.read} issues instead of {count}")


def _peak(name: str, ours: Sequence[Run], floor: Sequence[Run], most: float | None = 80) -> Row:
    return Row(
        name=_peak_name(name), unit=Unit.MEGABYTES, most=most,
        track=max(run.whole.peak for run in ours), floor=max(run.whole.peak for run in floor),
    )  # fmt: skip


def _full_name(kind: str, count: int) -> str:
    return f"{NAMES[kind]}full sync of {count:,}"


def _peak_name(name: str) -> str:
    return f"{name}: peak memory"


def _in_turns(times: int, first: Callable[[], T], second: Callable[[], T]) -> tuple[list[T], list[T]]:
    pairs = [(first(), second()) for _each in range(times)]
    return [ours for ours, _floor in pairs], [floor for _ours, floor in pairs]


def _timing(command: Sequence[str]) -> Callable[[], float]:
    return lambda: measure(command).wall * 1000


def _remove(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink()
