"""`track checkpoint`: what was to be looked at again, and what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.deciding import check_may_write, decide, writing_options
from tracker.cli.say import say_json, warn
from tracker.errors import UsageProblem
from tracker.recorded import Reply
from tracker.text import plain

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.app import App
    from tracker.runs.checkpoints import Due, Question


@click.command()
@click.argument("review", required=False)
@click.option(
    "--record",
    nargs=2,
    metavar="ITEM yes|no|unclear",
    help="Write the answer to the item's question to its issue.",
)
@click.option("--note", default="", help="What it rests on.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The checkpoint; else the last one that is due.")
@click.option("--by", default="", metavar="NAME", help="Who says so.")
@writing_options
@click.pass_obj
def command(
    app: App,
    review: str | None,
    record: tuple[str, str] | None,
    note: str,
    on: datetime | None,
    by: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Show the checkpoints of the past and the coming seven days, or all of REVIEW: what was asked and answered.

    --record writes an answer to the item's issue, so that every machine and every report has it from then on.

    \b
    Example:
      track checkpoint
      track checkpoint INC-2026-042
      track checkpoint --record INC-2026-042/A1 yes --note "no bad config reached staging since" --by "Ann Lee"
    """
    if record is None:
        _list(app, review, as_json=as_json)
        return
    from tracker.runs.decisions import open_desk

    check_may_write(dry_run=dry_run, yes=yes, as_json=as_json)
    if review is not None:
        raise UsageProblem("--record names the item, and takes no review beside it", f"Leave out {review}.")
    item, said = record
    if said.casefold() not in tuple(Reply):
        raise UsageProblem(f"{plain(said)} is no answer", f"Say {', '.join(Reply)}.")
    with open_desk(app, warn) as desk:
        day = on.date() if on else None
        act = desk.answer(item, Reply(said.casefold()), on=day, note=note, by=by)
        raise click.exceptions.Exit(decide([act], dry_run=dry_run, yes=yes, as_json=as_json))


def _list(app: App, review: str | None, *, as_json: bool) -> None:
    from tracker.runs.basis import load_zone
    from tracker.runs.checkpoints import find_checkpoints

    with app.store() as store:
        facts = store.load_facts()
    found = find_checkpoints(facts, review, app.now(), load_zone(app.config.time_zone))
    if as_json:
        say_json({"checkpoints": found})
        return
    for due in found:
        _say(due)
    if not found and review is None:
        click.echo("No checkpoint was due in the last seven days, and none is in the coming seven.")
    elif not found:
        click.echo(f"{plain(review or '')} has no checkpoints: add `checkpoints: [2026-12-01]` to its head.")


def _say(due: Due) -> None:
    when = "today" if due.days == 0 else f"in {due.days} days" if due.days > 0 else f"{-due.days} days ago"
    click.echo(f"{plain(due.review)}  {plain(due.title)}: checkpoint of {due.on}, {when}")
    for question in due.items:
        click.echo(f"  {plain(question.key)}  {plain(question.title)} ({question.stands})")
        click.echo(f"      {plain(question.question) or 'The review asks nothing of it.'}")
        _say_answers(question)


def _say_answers(question: Question) -> None:
    for answer in question.answers:
        by, note = f", {answer.by}" if answer.by else "", f": {answer.note}" if answer.note else ""
        click.echo(f"      {plain(f'{answer.on}: {answer.answer}{by}{note}')}")
    if not question.answers:
        click.echo("      no answer yet")
