"""`track incidents`: import incidents from files, and list all that are known, wherever they were told of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.app import App

F = TypeVar("F", bound="Callable[..., object]")

_FLAGS = {
    "id": "The column of the incident's id; without one, its link gives it.",
    "title": "The column that says what happened.",
    "class": "The column of its class. Several in one cell are parted by `;` or `,`, the first one counts most.",
    "conditions": "The column of its failure conditions, parted likewise.",
    "severity": "The column of its severity.",
    "service": "The column of the service that was hit.",
    "team": "The column of the team.",
    "started": "The column of its start; without one, the time it was created at stands in.",
    "detected": "The column of the time it was noticed.",
    "mitigated": "The column of the time users were well again.",
    "url": "The column of its link.",
}


def column_options(command: F) -> F:
    """The flags that name a column, on a command that takes them as `**columns`."""
    for field, said in reversed(_FLAGS.items()):
        command = click.option(f"--{field}", f"column_{field}", metavar="COLUMN", help=said)(command)
    return command


@click.group()
def command() -> None:
    """Import incidents from files, and list all that are known.

    A class comes back with any incident, not only with a reviewed one: give `track` all of them.

    \b
    Example:
      track incidents import incidents.csv --dry-run
      track incidents import incidents.csv
      track incidents list --class config-rollout
    """


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@column_options
@click.option("--zone", metavar="NAME", help="Zone of times that say none, as Europe/Berlin. [default: UTC]")
@click.option("--dry-run", is_flag=True, help="Say what would be read, and keep nothing.")
@click.option("--yes", is_flag=True, help="Do not ask, also where most of what a file held would be withdrawn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md describes it.")
@click.pass_obj
def import_command(
    app: App,
    /,
    files: tuple[Path, ...],
    zone: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **columns: str | None,
) -> None:
    """Read incidents from CSV or JSON files (UTF-8).

    The first row of a CSV names its columns. JSON is a list of objects, an object with one such list inside, or an
    object a line. Columns are found by their usual names; a flag names one, or says `none`. Every row that cannot be
    used is named with its line, and the others are kept: exit code 1.

    A file of the same name replaces what it said before: incidents that it does not hold any more are withdrawn.

    Imported incidents are in the store alone. Keep the files: after the store is deleted, import them again.

    \b
    Example:
      track incidents import incidents.csv --dry-run
      track incidents import pager.json --class Category --zone Europe/Berlin
    """
    from tracker.cli.incidents_import import import_files

    named = {name.removeprefix("column_"): column for name, column in columns.items() if column is not None}
    code = import_files(app, files, named, zone, dry_run=dry_run, yes=yes, as_json=as_json)
    raise click.exceptions.Exit(code)


@command.command("list")
@click.option("--class", "of_class", metavar="CLASS", help="Only of this class, also under its other names.")
@click.option(
    "--since", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE", help="Only those that started then or later."
)
@click.option("--source", metavar="NAME", help="Only those that this source tells of: a feed, review, or file:NAME.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md describes it.")
@click.pass_obj
def list_command(app: App, /, of_class: str | None, since: datetime | None, source: str | None, as_json: bool) -> None:
    """List incidents as the report counts them.

    Each once, whoever told of it: reviews, feeds and files.

    Example: track incidents list --class config-rollout --since 2026-01-01
    """
    from tracker.cli.incidents_list import list_incidents

    list_incidents(app, of_class, since.date() if since else None, source, as_json=as_json)
