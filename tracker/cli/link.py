"""`track link`: an issue that exists stands for an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.deciding import check_may_write, decide, writing_options
from tracker.cli.say import warn

if TYPE_CHECKING:
    from tracker.app import App


@click.command()
@click.argument("item")
@click.argument("issue")
@click.option("--instead", is_flag=True, help="Even where another issue stands for the item, which gives way.")
@click.option("--note", default="", help="Why.")
@click.option("--by", default="", metavar="NAME", help="Who decided it.")
@writing_options
@click.pass_obj
def command(
    app: App, item: str, issue: str, instead: bool, note: str, by: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Let an issue that exists stand for an item that was not pushed, or whose issue is lost.

    The issue gets the item's labels and one note, which says what was promised and records the decision. With --instead
    it takes the place of an issue that is still there; that one is closed as its duplicate if `track` created it for
    this item alone, else it is left as it is.

    \b
    Example:
      track link INC-2026-042/A2 acme/payments#57
      track link INC-2026-042/A2 PLAT-7 --instead --by "Ann Lee"
    """
    from tracker.runs.decisions import open_desk
    from tracker.runs.linking import link_item

    check_may_write(dry_run=dry_run, yes=yes, as_json=as_json)
    with app.lock("push"), open_desk(app, warn) as desk:
        acts = link_item(desk, item, issue, note=note, by=by, instead=instead)
        raise click.exceptions.Exit(decide(acts, dry_run=dry_run, yes=yes, as_json=as_json))
