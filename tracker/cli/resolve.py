"""`track resolve`: what became of an item whose issue is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.deciding import check_may_write, decide, say_outcome, writing_options
from tracker.cli.say import say_json, say_notes, warn
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from tracker.app import App
    from tracker.runs.linking import Recreation


@click.command()
@click.argument("item")
@click.option("--gone", metavar="REASON", help="The issue is gone on purpose: why.")
@click.option("--moved-to", metavar="ISSUE", help="Another issue stands for the item now.")
@click.option("--recreate", is_flag=True, help="Create an issue for the item again.")
@click.option("--note", default="", help="Why, with --moved-to and --recreate.")
@click.option("--by", default="", metavar="NAME", help="Who decided it.")
@writing_options
@click.pass_obj
def command(
    app: App,
    item: str,
    gone: str | None,
    moved_to: str | None,
    recreate: bool,
    note: str,
    by: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say what became of an item whose issue is missing, or moved to where it cannot be read.

    A deleted issue takes no comment: the decision is recorded on the issue that takes its place, or, where it is gone
    on purpose, on another issue of the same review.

    \b
    Example:
      track resolve INC-2026-042/A2 --gone "the service was shut down" --by "Ann Lee"
      track resolve INC-2026-042/A2 --moved-to PLAT-7
      track resolve INC-2026-042/A2 --recreate
    """
    from tracker.runs.decisions import open_desk
    from tracker.runs.linking import Recreation, link_item, open_recreation

    check_may_write(dry_run=dry_run, yes=yes, as_json=as_json)
    if sum((gone is not None, moved_to is not None, recreate)) != 1 or (gone is not None and not gone.strip()):
        raise UsageProblem(
            "one of --gone REASON, --moved-to ISSUE and --recreate is needed", "They exclude one another."
        )
    with open_desk(app, warn) as desk:
        if recreate:
            with open_recreation(app, desk, item, note=note, by=by, say=warn) as found:
                if isinstance(found, Recreation):
                    code = _recreate(found, dry_run=dry_run, yes=yes, as_json=as_json)
                else:
                    code = decide([found], dry_run=dry_run, yes=yes, as_json=as_json)
        elif moved_to is not None:
            with app.lock("push"):
                acts = link_item(desk, item, moved_to, note=note, by=by, only_lost=True)
                code = decide(acts, dry_run=dry_run, yes=yes, as_json=as_json)
        else:
            act = desk.gone(item, reason=gone or "", by=by)
            code = decide([act], dry_run=dry_run, yes=yes, as_json=as_json)
    raise click.exceptions.Exit(code)


def _recreate(recreation: Recreation, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Show the plan, ask, create the issue and record why; gives the exit code."""
    from sync.steps import describe, is_writing, needs_a_person
    from tracker.cli.push import build_plan

    steps = recreation.plan()
    if not as_json:
        for step in steps:
            sign, text, more = describe(step)
            click.echo(f"  {sign} {plain(step.key)}  {plain(text)}, in the place of {plain(recreation.lost)}")
            say_notes(more, indent="      ")
    outcomes = []
    if any(is_writing(step) for step in steps) and not dry_run:
        if not yes and not click.confirm(f"Write this into {plain(recreation.place)}?"):
            click.echo("Nothing was written.")
            return 1
        for outcome in recreation.carry_out(steps):
            outcomes.append(outcome)
            if not as_json:
                say_outcome(outcome)
    if as_json:
        say_json({"plan": build_plan(steps), "outcomes": outcomes})
    is_stuck = any(needs_a_person(step) for step in steps)
    return int(is_stuck or any(outcome.result.needs_a_person for outcome in outcomes))
