"""`track waive`: a recorded decision not to do an action for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.deciding import check_may_write, decide, writing_options
from tracker.cli.say import warn
from tracker.errors import UsageProblem

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.app import App


@click.command()
@click.argument("item")
@click.option("--reason", default="", help="Why it is not done for now.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day it holds, at most a year ahead.")
@click.option("--by", default="", metavar="NAME", help="Who decided it.")
@click.option("--end", is_flag=True, help="End the item's waiver with today.")
@writing_options
@click.pass_obj
def command(
    app: App,
    item: str,
    reason: str,
    until: datetime | None,
    by: str,
    end: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Record that an action is not done for now: why, until when, and who says so.

    It is written to the item's issue, as a comment and the label `waived`, so that every machine knows it. It ends by
    itself, and comes up for decision when its class of incident returns. ITEM is REVIEW/ITEM, an issue, or its address.

    \b
    Example:
      track waive INC-2026-042/A2 --reason "the service is replaced in May" --until 2027-05-31 --by "Ann Lee"
      track waive INC-2026-042/A2 --end --reason "it stays after all"
    """
    from tracker.runs.decisions import open_desk

    check_may_write(dry_run=dry_run, yes=yes, as_json=as_json)
    if end and until is not None:
        raise UsageProblem(
            "--end and --until do not go together", "A waiver ends with today, or with the day you name."
        )
    missing = [
        flag for flag, given in (("--reason", reason.strip()), ("--until", until), ("--by", by.strip())) if not given
    ]
    if missing and not end:
        raise UsageProblem(f"{', '.join(missing)} is missing", "A waiver says why, until when, and who decided it.")
    with open_desk(app, warn) as desk:
        act = (
            desk.end_waiver(item, reason=reason, by=by)
            if end or until is None
            else desk.waive(item, reason=reason, until=until.date(), by=by)
        )
        raise click.exceptions.Exit(decide([act], dry_run=dry_run, yes=yes, as_json=as_json))
