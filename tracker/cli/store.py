"""`track store`: looks after the file that everything is kept in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.say import say_json, say_rows
from tracker.text import plain

if TYPE_CHECKING:
    from tracker.app import App
    from tracker.store.care import Examined

NOT_SOUND = 3


@click.group()
def command() -> None:
    """Check the store, or make a copy of it. It is derived: `track sync --full` rebuilds it.

    \b
    Example:
      track store check
      track store backup /backup/track.db
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def check(app: App, as_json: bool) -> None:
    """Look at the file without changing it: integrity, references, schema, mode, size, last syncs and runs.

    \b
    Example:
      track store check
    """
    from tracker.store.care import examine

    found = examine(app.config.store_path)
    if as_json:
        say_json(found)
    else:
        _say(app.config.store_path, found)
    raise click.exceptions.Exit(0 if all(finding.ok for finding in found.findings) else NOT_SOUND)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE where it is there already.")
@click.pass_obj
def backup(app: App, file: Path, force: bool) -> None:
    """Copy the store into FILE, for its owner alone, while others read and write it.

    \b
    Example:
      track store backup /backup/track.db --force
    """
    from tracker.store.care import back_up

    back_up(app.config.store_path, app.cwd / file, force=force)
    click.echo(f"Wrote {plain(str(file))}.")


def _say(path: Path, found: Examined) -> None:
    click.echo(plain(str(path)))
    for finding in found.findings:
        click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {plain(finding.detail)}")
        if not finding.ok:
            click.echo(f"      → {plain(finding.hint)}")
    for state in found.syncs:
        good = f"{state.last_good:%Y-%m-%d %H:%M} UTC" if state.last_good else "none yet"
        said = f"; the last attempt said: {state.last_error}" if state.last_error else ""
        click.echo(plain(f"{state.tracker}: last good sync {good}{said}"))
    if found.runs:
        click.echo("Runs of `track schedule`:")
    say_rows([(run.job, f"{run.started:%Y-%m-%d %H:%M}", run.outcome, run.detail) for run in found.runs], indent="  ")
