"""`track demo`: the whole loop on the embedded sandbox, in seconds."""

from __future__ import annotations

import shlex
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from tracker.text import plain

if TYPE_CHECKING:
    from datetime import date

    from tracker.app import App

_BEGIN = """\
A year of two teams: payments works on GitHub, platform on Jira, where operations keeps two years of incidents.
All of it is a sandbox inside this process.
"""

_NEXT = """
Everything is in {folder}:
  report.html   the report, for a browser
  report.md     the same for a wiki or an issue
  reviews/      the review documents that were pushed to GitHub and to Jira
  delivered/    the report once more, as the scheduler delivers it each week
  config.toml   the config, with both trackers; track.db is the store
  sandbox.json  what is on GitHub and on Jira

Try next:
  # the items, where they stand
  {track} --config {folder}/config.toml status
  # what is understood of a review
  {track} check {folder}/reviews/INC-028.md
  # what was asked at checkpoints, and what was answered
  {track} --config {folder}/config.toml checkpoint
  # the report as it was three weeks ago
  {track} --config {folder}/config.toml report --as-of {earlier}
  # bring GitHub and Jira back (Ctrl-C stops them): the links in the reports work while they are there
  {track} sandbox --port {port} --state {folder}/sandbox.json

Then, in another terminal:
  # look at an issue on GitHub, and at one on Jira, in a browser
  {github}
  {jira}
  # push again: each issue exists once
  {track} --config {folder}/config.toml push --dry-run {folder}/reviews/INC-031.md {folder}/reviews/INC-028.md
  # close the one on Jira without evidence, as people do, and see what the report makes of it
  curl {root}/_sandbox/jira/transition -d '{{"issue": "{key}", "to": "Done", "resolution": "Done"}}'
  {track} --config {folder}/config.toml sync
  {track} --config {folder}/config.toml report"""


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="demo",
    show_default=True,
    help="Where to leave config, reviews, store and reports.",
)
@click.pass_obj
def command(app: App, folder: Path) -> None:
    """Run the whole loop on an embedded sandbox: no account, no network.

    Reviews are pushed to GitHub and to Jira, incidents happen, a year passes, and the weekly report is printed.

    \b
    Example:
      track demo --dir demo
    """
    from reports.render import Format
    from tracker.cli.report import write_report
    from tracker.cli.report_asked import Asked
    from tracker.demo.stage import Stage

    def say(day: date, who: str, what: str) -> None:
        click.echo(f"  {day:%d %b}  {who:<6}  {plain(what)}")

    click.echo(_BEGIN)
    played = Stage(app.cwd / folder, app, say).run()
    click.echo("")
    asked = Asked(as_of=played.now())
    write_report(played, asked, Format.HTML, app.cwd / folder / "report.html")
    write_report(played, asked, Format.MARKDOWN, app.cwd / folder / "report.md")
    write_report(played, asked, Format.TEXT, None)
    click.echo(_describe_next(played, folder))


def _describe_next(played: App, folder: Path) -> str:
    """Where everything is and what can be done with it, with the addresses of an item on each tracker."""
    with played.store() as store:
        issues = {tracked.key: tracked.issue for tracked in store.load_facts().items if tracked.issue}
    github, jira = issues["INC-031/F1"], issues["INC-028/E1"]
    parts = urlsplit(jira.url)
    return _NEXT.format(
        folder=shlex.quote(str(folder)),
        track=_command(),
        earlier=played.now().date() - timedelta(days=21),
        port=parts.port,
        root=f"{parts.scheme}://{parts.netloc}",
        github=github.url,
        jira=jira.url,
        key=jira.ref,
    )


def _command() -> str:
    """How to call `track` from this shell: it may not be on the PATH yet."""
    if shutil.which("track"):
        return "track"
    here = Path(sys.argv[0])
    return shlex.quote(str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here))
