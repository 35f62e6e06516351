"""How `track incidents import` asks, and what it says: of each file what was read, what changed, what to put right."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import msgspec
from msgspec import Struct

from tracker.cli.say import say_json, say_rows, warn
from tracker.errors import UsageProblem
from tracker.incidents.columns import FIELDS, NONE, Columns, find_columns, show_columns
from tracker.incidents.files import open_table
from tracker.incidents.reading import Reading, read_incidents
from tracker.runs.incidents import Import, keep_import, plan_import, source_of
from tracker.text import plain
from tracker.values import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from tracker.app import App
    from tracker.incidents.rows import Table
    from tracker.model import Incident

_SHOWN = 5
_MOST_SAID = 20
_QUESTIONS = {
    "id": "Which column holds the id of an incident",
    "class": "Which column holds its class (the kind of incident)",
    "started": "Which column holds the time it started",
}


class _File(Struct, frozen=True):
    """One file with what keeping it changes."""

    path: Path
    planned: Import


def import_files(
    app: App,
    files: Sequence[Path],
    named: Mapping[str, str],
    zone_name: str | None,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Read all files, then keep them; 1 where somebody has to look at a row or said no."""
    _check_names(files)
    zone = _zone(zone_name)
    may_ask = not (yes or as_json) and sys.stdin.isatty()
    readings = [_read(app.cwd / path, named, zone, may_ask=may_ask and len(files) == 1) for path in files]
    with app.store() as store:
        planned = [_File(path, plan_import(store, reading)) for path, reading in zip(files, readings, strict=True)]
        if not dry_run and not yes and not _confirm(planned, may_ask=may_ask):
            click.echo("Nothing was changed.")
            return 1
        if not dry_run:
            planned = [_File(file.path, keep_import(store, file.planned, app.now())) for file in planned]
    if as_json:
        say_json({"dry_run": dry_run, "files": [_file_json(file) for file in planned]})
    else:
        for file in planned:
            _say_file(file, zone_name, dry_run=dry_run)
    return int(any(file.planned.reading.troubled for file in planned))


def _check_names(files: Sequence[Path]) -> None:
    """A file is known again by its name, so two of one name would replace each other."""
    names = [path.name for path in files]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise UsageProblem(f"two files are called {plain(double)}: one would replace the other", "Rename one of them.")


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise UsageProblem(
            f"--zone: there is no time zone “{shorten(plain(name or ''))}”", "As Europe/Berlin."
        ) from error


def _read(path: Path, named: Mapping[str, str], zone: tzinfo, *, may_ask: bool) -> Reading:
    table = open_table(path)
    columns = find_columns(table.columns, named if table.columns else {})
    if table.columns and (unclear := columns.unclear()):
        if not may_ask:
            raise _unclear(path, table, unclear)
        columns = _ask(table, named, unclear)
    return read_incidents(table, columns, source_of(path.name), zone)


def _unclear(path: Path, table: Table, unclear: Sequence[str]) -> UsageProblem:
    flags = " ".join(f"--{field} COLUMN" for field in unclear)
    return UsageProblem(
        f"{plain(path.name)}: it is unclear which column holds {' and '.join(unclear)}",
        f"The columns are: {show_columns(table.columns)}\nAdd {flags} (or `{NONE}` where no column holds it).",
    )


def _ask(table: Table, named: Mapping[str, str], unclear: Sequence[str]) -> Columns:
    click.echo(f"The columns are: {show_columns(table.columns)}", err=True)
    given = dict(named)
    for field in unclear:
        while True:
            given[field] = click.prompt(_QUESTIONS[field], default=NONE, err=True).strip()
            try:
                columns = find_columns(table.columns, given)
            except UsageProblem as problem:
                warn(problem.message)
                continue
            break
    return columns


def _confirm(files: Sequence[_File], *, may_ask: bool) -> bool:
    """Ask where most of what a file held would go. Raises UsageProblem where nobody can be asked."""
    for path, planned in ((file.path, file.planned) for file in files if file.planned.is_drastic):
        what = (
            f"{plain(path.name)} does not hold {len(planned.gone):,} of the {planned.known:,} incidents it held before"
        )
        if not may_ask:
            raise UsageProblem(what, "Nothing was changed. Add --yes to withdraw them, or name the right file.")
        if not click.confirm(f"{what}. Withdraw them?", err=True):
            return False
    return True


def _say_file(file: _File, zone_name: str | None, *, dry_run: bool) -> None:
    planned, reading = file.planned, file.planned.reading
    name = plain(file.path.name)
    counts = f"{planned.new:,} new, {planned.changed:,} changed, {planned.unchanged:,} as before"
    gone = f", {len(planned.gone):,} withdrawn" if planned.gone else ""
    lead = "would read" if dry_run else "read"
    click.echo(
        f"{name}: {lead} {_count(len(reading.incidents), 'incident')} ({counts}{gone}) of {_count(reading.rows, 'row')}"
    )
    if reading.columns.names:
        click.echo(f"  columns: {plain(_describe(reading.columns))}")
    if dry_run:
        say_rows([_columns(incident) for incident in reading.incidents[:_SHOWN]], indent="  ")
    for note in _notes(planned, zone_name):
        warn(f"{name}: {note}")
    for trouble in reading.troubles[:_MOST_SAID]:
        left = "the row is left out" if trouble.is_refused else "left out"
        warn(f"{name}:{trouble.line}: {trouble.message}; {left}. {trouble.hint}")
    if reading.troubled > _MOST_SAID:
        warn(
            f"{name}: {reading.troubled - _MOST_SAID:,} more rows or values like these; --json names a thousand of them"
        )


def _notes(planned: Import, zone_name: str | None) -> Iterator[str]:
    """What had to be assumed, and what is missing: once for the file."""
    reading = planned.reading
    told = reading.incidents
    if reading.zoneless and zone_name is None:
        yield f"{_count(reading.zoneless, 'time')} without a zone: taken as UTC. Say another with --zone Europe/Berlin"
    if days := sum(one.day_only for one in told):
        yield f"{_count(days, 'start')} without an hour: only the day is known"
    if reading.days:
        yield f"{_count(reading.days, 'time')} of detection or mitigation without an hour: left out"
    if assumed := sum(one.assumed_start for one in told):
        yield f"{_count(assumed, 'incident')} without a start: the time it was created at stands in"
    if without := sum(one.started is None for one in told):
        yield f"{_count(without, 'incident')} without any start: in no figure until a review or a feed knows it"
    if without := sum(not one.classes for one in told):
        yield f"{_count(without, 'incident')} without a class: in no class until a review or a feed knows it"
    if planned.unsure:
        yield f"{_count(planned.unsure, 'incident')} of before not found, and kept, since not every row could be read"


def _describe(columns: Columns) -> str:
    """`id ← Number, started ← Created (when it was filed)`."""
    parts = []
    for field in (*FIELDS, "created"):
        names = columns.names.get(field, ())
        if names and not (field == "created" and "started" in columns.names):
            parts.append(f"{field} ← {' | '.join(shorten(name, 40) for name in names)}")
    return ", ".join(parts)


def _columns(incident: Incident) -> tuple[str, ...]:
    start = "no start"
    if incident.started is not None:
        start = f"{incident.started:%Y-%m-%d}" if incident.day_only else f"{incident.started:%Y-%m-%d %H:%M} UTC"
    classes = ", ".join(incident.classes) or "no class"
    return (start, shorten(classes, 40), incident.id, incident.severity, shorten(incident.title))


def _file_json(file: _File) -> dict[str, object]:
    planned, reading = file.planned, file.planned.reading
    return {
        "file": str(file.path),
        "source": reading.source,
        "columns": reading.columns.names,
        "rows": reading.rows,
        "read": len(reading.incidents),
        "new": planned.new,
        "changed": planned.changed,
        "unchanged": planned.unchanged,
        "withdrawn": len(planned.gone),
        "refused": reading.refused,
        "zoneless": reading.zoneless,
        "first": [_incident_json(incident) for incident in islice(reading.incidents, _SHOWN)],
        "problems": [
            {"line": each.line, "message": each.message, "hint": each.hint, "refused": each.is_refused}
            for each in reading.troubles
        ],
        "problems_total": reading.troubled,
    }


def _incident_json(incident: Incident) -> dict[str, object]:
    values: dict[str, object] = msgspec.to_builtins(incident)
    return {name: value for name, value in values.items() if name not in ("source", "names", "gone", "seen_at")}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
