"""`track schedule`: sync, report and nudges at their hours."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tracker.cli import log
from tracker.cli.say import warn
from tracker.errors import AnotherRun, worst_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.scheduler import Scheduler
    from tracker.app import App
    from tracker.store.runs import Run


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now and leave, with the exit code of what ran (for cron).")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well, one line a problem otherwise.")
@click.pass_obj
def command(app: App, once: bool, quiet: bool) -> None:
    """Sync every quarter of an hour, deliver the weekly report and nudge at their hours: `[schedule]` of the config.

    A run that was missed while the machine slept is made up once. SIGTERM and Ctrl-C finish the page in hand and leave.
    One scheduler a store: a second one leaves with exit code 6.

    \b
    Example:
      track schedule
      track schedule --once
    """
    from tracker.runs.schedule import open_scheduler
    from tracker.runs.stopping import Stopping

    with Stopping() as stopping:
        if app.sleep is time.sleep:  # one that was given is left as it is
            app.sleep = stopping.sleep
        with (
            _silent_where_another_runs(once and quiet),
            open_scheduler(
                app,
                stopping,
                on_run=lambda run: _say(run, quiet=quiet),
                warn=warn,
                say=(lambda _message: None) if quiet else warn,
            ) as scheduler,
        ):
            if once:
                raise click.exceptions.Exit(worst_code(ended.code for ended in scheduler.run_due()))
            _say_plan(scheduler, quiet=quiet)
            scheduler.run_until(stopping.wait)
    if not quiet:
        log.current().say(log.Level.INFO, "Asked to leave: all that was read is kept.", event="left")


@contextmanager
def _silent_where_another_runs(silent: bool) -> Iterator[None]:
    """For cron, that the last look is still at work is no news; the exit code tells."""
    try:
        yield
    except AnotherRun as error:
        if not silent:
            raise
        raise click.exceptions.Exit(error.exit_code) from error


def _say(run: Run, *, quiet: bool) -> None:
    """What began or ended, on one line."""
    from tracker.store.runs import Outcome

    failed = run.outcome is Outcome.FAILED
    if (quiet or run.ended is None) and not failed and log.current().layout is log.Layout.TEXT:
        return
    if quiet and not failed:
        return
    seconds = None if run.ended is None else (run.ended - run.started).total_seconds()
    took = "" if seconds is None else f" after {seconds:.0f} s"
    detail = f": {run.detail}" if run.detail else ""
    when = "" if failed else f"{run.started:%Y-%m-%d %H:%M:%S} UTC "
    log.current().say(
        log.Level.WARNING if failed else log.Level.INFO,
        f"{when}{run.job} {run.outcome}{took}{detail}",
        event="run.started" if run.ended is None else "run.ended",
        job=run.job,
        due=run.due.isoformat(),
        outcome=run.outcome.value,
        seconds=seconds,
        tries=run.tries,
    )


def _say_plan(scheduler: Scheduler, *, quiet: bool) -> None:
    if quiet:
        return
    for name, start in scheduler.next_starts().items():
        log.current().say(
            log.Level.INFO,
            f"{name}: next at {start:%Y-%m-%d %H:%M} UTC",
            event="planned",
            job=name,
            start=start.isoformat(),
        )
