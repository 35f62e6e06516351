"""`track sync`: pull status, history, evidence and incidents."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tracker.cli.say import is_terminal, say_json, warn, warn_with_hint
from tracker.errors import TrackError
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.pull import Pulled
    from sync.pull_incidents import FeedPulled
    from tracker.app import App
    from tracker.runs.sync import Failure


@click.command()
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well, one line a problem otherwise (for cron).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--ping", is_flag=True, help="When all went well, ask for `[schedule] ping_url`, for a monitor.")
@click.pass_obj
def command(app: App, full: bool, quiet: bool, as_json: bool, ping: bool) -> None:
    """Pull status, history, evidence links and incidents from every tracker into the store.

    Safe to run as often as you like, from as many machines as you like; a second run at the same time leaves at once.

    \b
    Example, every 15 minutes:
      */15 * * * *  track --config /srv/track/config.toml sync --quiet
    """
    from tracker.runs.sync import sync_all

    with _each_on_one_line(quiet), _progress(quiet or as_json) as on_page:
        run = sync_all(app, full=full, on_page=on_page, say=(lambda _message: None) if quiet else warn)
    if as_json:
        say_json(
            {
                "trackers": run.pulled,
                "feeds": run.feeds,
                "forgotten": run.forgotten,
                "failed": [_failure(failure) for failure in run.failed],
                "problems": run.problems,
            }
        )
    elif not quiet:
        for pulled in run.pulled:
            click.echo(_line(pulled))
        for feed in run.feeds:
            click.echo(_feed_line(feed))
    if not as_json:
        for name, note in run.notes():
            warn(f"{name}: {note}")
    for problem in run.problems:
        warn(problem)
    for failure in run.failed:
        warn_with_hint(f"{failure.name}: {failure.error.message}", failure.error.hint, one_line=quiet)
    if ping and run.exit_code == 0:
        _ping(app)
    raise click.exceptions.Exit(run.exit_code)


def _ping(app: App) -> None:
    from tracker.runs.ping import ping

    problem = ping(app)
    if problem:
        warn(problem)


@contextmanager
def _each_on_one_line(quiet: bool) -> Iterator[None]:
    """What ends the whole run is one line a problem as well, where quiet was asked for."""
    try:
        yield
    except TrackError as error:
        if not quiet:
            raise
        hints = error.hint.splitlines()
        for number, message in enumerate(error.message.splitlines()):
            warn_with_hint(message, hints[number] if number < len(hints) else "", one_line=True)
        raise click.exceptions.Exit(error.exit_code) from error


def _failure(failure: Failure) -> dict[str, str | int]:
    error = failure.error
    return {
        "tracker": failure.tracker,
        "feed": failure.feed,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def _line(pulled: Pulled) -> str:
    kind = "everything" if pulled.full else "what changed"
    looked = f", looked at {pulled.refreshed} more" if pulled.refreshed else ""
    return plain(f"{pulled.tracker}: read {kind}, {pulled.read} issue{'' if pulled.read == 1 else 's'}{looked}")


def _feed_line(pulled: FeedPulled) -> str:
    kind = "everything" if pulled.full else "what changed"
    gone = f", {pulled.gone} not shown any more" if pulled.gone else ""
    return plain(f"{pulled.feed}: read {kind}, {pulled.read} incident{'' if pulled.read == 1 else 's'}{gone}")


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
