"""`track deliver`: send the weekly report where the config says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.say import say_json, warn, warn_with_hint
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from tracker.app import App
    from tracker.runs.deliver import DeliverRun, Result

_PROBLEMS = ("failed", "unknown", "partly")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go where; nothing is sent, nothing is recorded.")
@click.option("--target", "targets", multiple=True, metavar="NAME", help="Only this target; may be repeated.")
@click.option("--again", multiple=True, metavar="NAME", help="Send there again, though it was or may have been sent.")
@click.option("--arrived", multiple=True, metavar="NAME", help="You saw that it arrived: keep that, send nothing.")
@click.option("--quiet", is_flag=True, help="Print nothing when all is well, one line a problem otherwise (for cron).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def command(
    app: App,
    dry_run: bool,
    targets: tuple[str, ...],
    again: tuple[str, ...],
    arrived: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Send this week's report to each `[deliver.NAME]` of the config: by mail, to a folder, an issue, or a chat.

    Once a week and target, however often it runs. Says what the last sync knew; run `track sync` first.

    \b
    Example:
      track deliver --dry-run
      track deliver
      track deliver --again managers
    """
    from tracker.runs.deliver import deliver, note_arrived, plan_deliveries

    if arrived and (again or targets or dry_run):
        raise UsageProblem("--arrived goes with no other choice of targets", "Use it alone: --arrived NAME")
    if arrived:
        run = note_arrived(app, arrived)
    elif dry_run:
        run = plan_deliveries(app, targets, again)
    else:
        run = deliver(app, targets, again, say=warn)
    if as_json:
        say_json(_as_json(run, dry_run=dry_run))
    for result in run.results:
        _say(result, silent=as_json or quiet, one_line=quiet)
    raise click.exceptions.Exit(run.exit_code)


def _say(result: Result, *, silent: bool, one_line: bool) -> None:
    """Problems on stderr with what to do, all else on stdout."""
    from tracker.runs.deliver import describe_result

    if result.result in _PROBLEMS:
        warn_with_hint(describe_result(result), result.hint, one_line=one_line)
    elif not silent:
        click.echo(plain(describe_result(result)))


def _as_json(run: DeliverRun, *, dry_run: bool) -> dict[str, object]:
    return {
        "week": run.week.isoformat(),
        "dry_run": dry_run,
        "targets": [
            {
                "target": each.step.goal.name,
                "to": each.step.goal.to,
                "team": each.step.goal.team,
                "where": each.step.goal.where,
                "result": each.result,
                "detail": each.detail,
                "hint": each.hint,
                "exit_code": each.code,
            }
            for each in run.results
        ],
    }
