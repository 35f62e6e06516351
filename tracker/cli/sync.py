"""`track sync`: pull status, history, evidence and incidents."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tracker.cli.say import is_terminal, say_json, say_notes, warn
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.pull import Pulled
    from sync.pull_incidents import FeedPulled
    from tracker.app import App
    from tracker.runs.sync import Failure, SyncRun


@click.command()
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well (for cron).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def command(app: App, full: bool, quiet: bool, as_json: bool) -> None:
    """Pull status, history, evidence links and incidents from every tracker into the store.

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
        for name, notes in _notes(run):
            for note in notes:
                warn(f"{name}: {note}")
    for problem in run.problems:
        warn(problem)
    for failure in run.failed:
        warn(f"{failure.feed or failure.tracker}: {failure.error.message}")
        say_notes(failure.error.hint.splitlines(), indent="       ", err=True)
    raise click.exceptions.Exit(run.exit_code)


def _failure(failure: Failure) -> dict[str, str | int]:
    error = failure.error
    return {
        "tracker": failure.tracker,
        "feed": failure.feed,
        "message": error.message,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }


def _notes(run: SyncRun) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((pulled.tracker, pulled.notes) for pulled in run.pulled)
    yield from ((feed.feed, feed.notes) for feed in run.feeds)
    for feed in run.forgotten:
        told = f"{feed.gone} incident{'' if feed.gone == 1 else 's'}"
        yield feed.feed, (f"the config names no such feed any more, so {told} of it {_is(feed.gone)} set aside",)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


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
