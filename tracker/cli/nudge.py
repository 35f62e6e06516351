"""`track nudge`: plan, confirm, remind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tracker.cli.say import say_json, say_notes, warn, warn_with_hint
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.apply import Outcome
    from sync.nudge_steps import Quiet, Step, Writing
    from tracker.app import App
    from tracker.runs.nudge import NudgeRun


@click.command()
@click.option("--dry-run", is_flag=True, help="Print the plan and stop; says of every other item why it is left alone.")
@click.option("--yes", is_flag=True, help="Do not ask before writing into the trackers.")
@click.option("--json", "as_json", is_flag=True, help="Print plan and outcome as JSON (needs --yes or --dry-run).")
@click.pass_obj
def command(app: App, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Remind issues of what was promised in them: before it is due, when it is overdue, closed without evidence.

    Each occasion once, from whatever machine. A comment from a person ends the reminders for that date. `[nudge]` of
    the config says when, and since when.

    \b
    Example:
      track nudge --dry-run
      track nudge --yes
    """
    from tracker.runs.nudge import open_reminding

    if as_json and not (yes or dry_run):
        raise UsageProblem("--json cannot ask", "Add --yes to write, or --dry-run to look.")
    if not (yes or dry_run) and not sys.stdin.isatty():
        raise UsageProblem("there is no terminal to ask on", "Add --yes to write, or --dry-run to look.")
    with open_reminding(app, warn) as reminding:
        if not as_json:
            _say_plan(reminding.steps, in_full=dry_run)
        if dry_run:
            if as_json:
                say_json({"plan": [_step_json(step) for step in reminding.steps]})
            return
        if not reminding.writing and not as_json:
            return
        if not yes and not click.confirm("Write this into the trackers?"):
            click.echo("Nothing was written.")
            raise click.exceptions.Exit(1)
        run = reminding.carry_out((lambda _outcome: None) if as_json else _say_outcome)
        if as_json:
            say_json({"plan": [_step_json(step) for step in reminding.steps], **_run_json(run)})
    for name, error in run.failed:
        warn_with_hint(f"{name}: {error.message}", error.hint)
    raise click.exceptions.Exit(run.exit_code)


def _say_plan(steps: Sequence[Step], *, in_full: bool) -> None:
    from sync.nudge_steps import Quiet, describe_step

    quiet = [step for step in steps if isinstance(step, Quiet)]
    writing = [step for step in steps if not isinstance(step, Quiet)]
    for step in writing:
        sign, text = describe_step(step)
        click.echo(f"  {sign} {plain(text)}")
        if in_full:
            say_notes(_readable(step), indent="      ")
    for left in quiet if in_full else ():
        sign, text = describe_step(left)
        click.echo(f"  {sign} {plain(text)}")
    click.echo(f"{_count(len(writing), 'comment')} to write; {_count(len(quiet), 'item')} left in peace.")


def _readable(step: Writing) -> list[str]:
    """The lines of the comment."""
    return [line for line in step.comment.splitlines() if line]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say_outcome(outcome: Outcome) -> None:
    click.echo(f"  {outcome.result:<8} {plain(outcome.key)}: {plain(outcome.text)}  {plain(outcome.url)}".rstrip())
    say_notes((*outcome.notes, *([outcome.hint] if outcome.hint else [])), indent="           ")


def _step_json(step: Step) -> dict[str, object]:
    from sync.nudge_steps import AskForEvidence, Quiet

    if isinstance(step, Quiet):
        return _quiet_json(step)
    occasions = [{"item": each.item, "occasion": each.name, "of": each.of} for each in step.occasions]
    about: dict[str, object] = {"tracker": step.tracker, "ref": step.ref, "url": step.url, "occasions": occasions}
    if isinstance(step, AskForEvidence):
        return {"type": "ask-for-evidence", **about, "comment": step.comment, "reopen": step.reopen}
    return {"type": "nudge", **about, "comment": step.comment}


def _quiet_json(step: Quiet) -> dict[str, object]:
    return {"type": "quiet", "key": step.key, "ref": step.ref, "because": step.because}


def _run_json(run: NudgeRun) -> dict[str, object]:
    failed = [
        {"tracker": name, "message": error.message, "hint": error.hint, "exit_code": error.exit_code}
        for name, error in run.failed
    ]
    return {"outcomes": run.outcomes, "failed": failed}
