"""What the commands that record a decision share: their flags, the plan shown first, the question, the outcome."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from tracker.cli.say import say_json, say_notes
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.apply import Outcome
    from sync.decide import Step
    from sync.steps import Refuse
    from tracker.runs.decisions import Act

F = TypeVar("F", bound="Callable[..., object]")


def writing_options(command: F) -> F:
    """`--dry-run`, `--yes` and `--json`, on a command that writes into a tracker."""
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="Print plan and outcome as JSON (needs --yes or --dry-run)."
        ),
        click.option("--yes", is_flag=True, help="Do not ask before writing into the tracker."),
        click.option("--dry-run", is_flag=True, help="Print what would be written, and stop."),
    ):
        command = option(command)
    return command


def check_may_write(*, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Raise UsageProblem where somebody would have to be asked, and can't be."""
    if as_json and not (yes or dry_run):
        raise UsageProblem("--json cannot ask", "Add --yes to write, or --dry-run to look.")
    if not (yes or dry_run) and not sys.stdin.isatty():
        raise UsageProblem("there is no terminal to ask on", "Add --yes to write, or --dry-run to look.")


def decide(acts: Sequence[Act | Refuse], *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Show what would be written, ask, and write it in order, up to the first that fails; gives the exit code."""
    from sync.decide import Record
    from sync.steps import Refuse

    steps = [act if isinstance(act, Refuse) else act.look() for act in acts]
    if not as_json:
        for step in steps:
            say_step(step)
    is_refused = any(isinstance(step, Refuse) for step in steps)
    is_writing = any(isinstance(step, Record) for step in steps)
    outcomes: list[Outcome] = []
    if is_writing and not (is_refused or dry_run):
        if not yes and not click.confirm("Write this into the tracker?"):
            click.echo("Nothing was written.")
            return 1
        for act in acts:
            if isinstance(act, Refuse):
                continue
            outcomes.append(act.carry_out())
            if not as_json:
                say_outcome(outcomes[-1])
            if outcomes[-1].result.needs_a_person:
                break
    if as_json:
        say_json({"plan": [build_step(step) for step in steps], "outcomes": outcomes})
    return int(is_refused or any(outcome.result.needs_a_person for outcome in outcomes))


def say_step(step: Step) -> None:
    """A step for people."""
    from sync.decide import describe_step

    sign, text, more = describe_step(step)
    click.echo(f"  {sign} {plain(step.key)}  {plain(text)}")
    say_notes(more, indent="      ")


def say_outcome(outcome: Outcome) -> None:
    """What came of it, for people."""
    click.echo(f"  {outcome.result:<8} {plain(outcome.key)}: {plain(outcome.text)}  {plain(outcome.ref)}".rstrip())
    say_notes((*outcome.notes, *([outcome.hint] if outcome.hint else [])), indent="           ")


def build_step(step: Step) -> dict[str, object]:
    """A step as JSON values, without the text that would be written; docs/json.md describes it."""
    import msgspec

    fields = msgspec.to_builtins(step)
    kept = ("type", "key", "ref", "says", "because", "why", "hint", "notes")
    shown = {name: fields[name] for name in kept if name in fields}
    if fields.get("decision"):
        shown["decision"] = fields["decision"]["id"]
    return shown
