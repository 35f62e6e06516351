"""`track demo`: the whole loop on the embedded sandbox, in seconds."""

from __future__ import annotations

import shlex
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.text import plain

if TYPE_CHECKING:
    from datetime import date

    from tracker.app import App

_NEXT = """
Everything is in {folder}:
  report.html   the report, for a browser
  report.md     the same for a wiki or an issue
  reviews/      the four review documents that were pushed
  config.toml   the config; track.db is the store

Try next:
  # the items, where they stand
  {track} --config {folder}/config.toml status
  # what is understood of a review
  {track} check {folder}/reviews/INC-031.md
  # bring the tracker back (Ctrl-C stops it), and in another terminal push again: each issue exists once
  {track} sandbox --port {port} --state {folder}/sandbox.json
  {track} --config {folder}/config.toml push --dry-run {folder}/reviews/INC-031.md
  # the report as it was three weeks ago
  {track} --config {folder}/config.toml report --as-of {earlier}"""


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

    Four reviews are pushed, twelve weeks pass, and the weekly report is printed.

    \b
    Example:
      track demo --dir demo
    """
    from reports.render import Format
    from tracker.cli.report import write_report
    from tracker.demo.stage import Stage

    def say(day: date, what: str) -> None:
        click.echo(f"  {day:%d %b}  {plain(what)}")

    click.echo("Twelve weeks of two teams, on a sandbox inside this process:")
    played = Stage(app.cwd / folder, app, say).run()
    click.echo("")
    now = played.now()
    write_report(played, now, Format.HTML, app.cwd / folder / "report.html")
    write_report(played, now, Format.MARKDOWN, app.cwd / folder / "report.md")
    write_report(played, now, Format.TEXT, None)
    port = next(iter(played.config.trackers.values())).url.split(":")[2].split("/")[0]
    shown, earlier = shlex.quote(str(folder)), now.date() - timedelta(days=21)
    click.echo(_NEXT.format(folder=shown, port=port, track=_command(), earlier=earlier))


def _command() -> str:
    """How to call `track` from this shell: it may not be on the PATH yet."""
    if shutil.which("track"):
        return "track"
    here = Path(sys.argv[0])
    return shlex.quote(str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here))
