"""`track evidence`: link what shows that a change is real, or see that the links still hold."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tracker.cli.deciding import check_may_write, decide, writing_options
from tracker.cli.say import is_terminal, say_json, warn
from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracker.app import App


@click.command()
@click.argument("words", nargs=-1, metavar="ITEM URL | --verify [ITEM]...")
@click.option("--note", default="", help="What the link shows.")
@click.option("--verify", is_flag=True, help="Ask whether the links of these items, or of all, still hold.")
@writing_options
@click.pass_obj
def command(app: App, words: tuple[str, ...], note: str, verify: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Link what shows that a change is real: a comment on the item's issue, so that every machine sees it.

    With --verify nothing is written. Each link is asked for, without any token: pull requests have to be merged and not
    reverted, and nothing may be older than the item. A link that does not hold is said, and the exit code is 1.

    \b
    Example:
      track evidence INC-2026-042/A1 https://wiki.example/runbook --note "the rollback, rehearsed on 3 May"
      track evidence --verify
    """
    if verify:
        if note or dry_run or yes:
            raise UsageProblem("--verify writes nothing", "It takes items, and --json.")
        raise click.exceptions.Exit(_verify(app, words, as_json=as_json))
    from tracker.runs.decisions import open_desk

    if len(words) != 2:
        raise UsageProblem("an item and an address are needed", "track evidence INC-2026-042/A1 https://…")
    check_may_write(dry_run=dry_run, yes=yes, as_json=as_json)
    item, url = words
    with open_desk(app, warn) as desk:
        act = desk.evidence(item, url, note)
        raise click.exceptions.Exit(decide([act], dry_run=dry_run, yes=yes, as_json=as_json))


def _verify(app: App, named: tuple[str, ...], *, as_json: bool) -> int:
    from tracker.runs.verify import MOST_LINKS, MOST_SECONDS, verify_evidence

    app.check_credentials()
    with app.store() as store:
        facts = store.load_facts()
    with _progress(silent=as_json) as on_link:
        found = verify_evidence(app, facts, named, app.waiting(warn), on_link)
    if as_json:
        say_json({"links": found.findings, "left_out": found.left_out})
    else:
        for finding in found.findings:
            said = f" ({finding.said})" if finding.said else ""
            click.echo(f"  {finding.verdict:<10} {plain(finding.key)}  {plain(finding.url)}{plain(said)}")
        if not found.findings:
            click.echo("No evidence is known of them. `track sync` reads what the issues link.")
        if found.left_out:
            most = f"{MOST_LINKS} links or {MOST_SECONDS / 60:.0f} minutes"
            click.echo(f"Left out beyond {most}: {found.left_out}. Name the items.")
    return int(any(finding.verdict.needs_a_person for finding in found.findings))


@contextmanager
def _progress(*, silent: bool) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, nothing in a pipe."""
    if silent or not is_terminal():
        yield lambda _asked, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("links", total=None)
        yield lambda asked, total: bar.update(task, completed=asked, total=total)
