"""`track sync`: pull status, history and evidence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tracker.cli.say import is_terminal, say_json, say_notes, warn
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.pull import Pulled
    from tracker.app import App
    from tracker.errors import TrackError


@click.command()
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well (for cron).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def command(app: App, full: bool, quiet: bool, as_json: bool) -> None:
    """Pull status, history and evidence links from every tracker into the store.

    Safe to run as often as you like, from as many machines as you like; a second run at the same time leaves at once.

    \b
    Example, every 15 minutes:
      */15 * * * *  track --config /srv/track/config.toml sync --quiet
    """
    from tracker.runs.sync import sync_all

    with _progress(quiet or as_json) as on_page:
        run = sync_all(app, full=full, on_page=on_page, say=(lambda _message: None) if quiet else warn)
    if as_json:
        say_json(
            {
                "trackers": run.pulled,
                "failed": [_failure(name, error) for name, error in run.failed],
                "problems": run.problems,
            }
        )
    elif not quiet:
        for pulled in run.pulled:
            click.echo(_line(pulled))
    for pulled in run.pulled if not as_json else ():
        for note in pulled.notes:
            warn(f"{pulled.tracker}: {note}")
    for problem in run.problems:
        warn(problem)
    for name, error in run.failed:
        warn(f"{name}: {error.message}")
        say_notes(error.hint.splitlines(), indent="       ", err=True)
    raise click.exceptions.Exit(run.exit_code)


def _failure(name: str, error: TrackError) -> dict[str, str | int]:
    return {"tracker": name, "message": error.message, "hint": error.hint, "exit_code": error.exit_code}


def _line(pulled: Pulled) -> str:
    kind = "everything" if pulled.full else "what changed"
    looked = f", looked at {pulled.refreshed} more" if pulled.refreshed else ""
    return plain(f"{pulled.tracker}: read {kind}, {pulled.read} issue{'' if pulled.read == 1 else 's'}{looked}")


@contextmanager
def _progress(silent: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, nothing in a pipe."""
    if silent or not is_terminal():
        yield lambda _tracker, _read, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def on_page(tracker: str, read: int, total: int) -> None:
            if tracker not in tasks:
                tasks[tracker] = bar.add_task(plain(tracker), total=total)
            bar.update(tasks[tracker], completed=read, total=max(read, total))  # type: ignore[arg-type]

        yield on_page
