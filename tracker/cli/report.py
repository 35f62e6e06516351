"""`track report`: the weekly follow-through report, on stdout or in a file."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.errors import InvalidInput, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reports.render import Format
    from tracker.app import App
    from tracker.cli.report_asked import Asked
    from tracker.model import Facts

_SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".json": "json",
    ".eml": "mail", ".csv": "csv",
}  # fmt: skip


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option(
    "--as-of", type=_DAY, metavar="DATE", help="The report as of the end of that day (2026-03-02); else as of now."
)
@click.option(
    "--as-known-at", type=_DAY, metavar="DATE", help="From no more than was known at the end of that day; else all."
)
@click.option("--team", default="", metavar="TEAM", help="Only the reviews and incidents of that team.")
@click.option("--class", "incident_class", default="", metavar="CLASS", help="Only that class; an alias will do.")
@click.option("--review", default="", metavar="ID", help="Only that review, and the incidents of its class.")
@click.option("--since", type=_DAY, metavar="DATE", help="Count returns from that day, not for twelve weeks.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "md", "html", "json", "mail", "csv"]),
    help="Else by the suffix of --out, else text. csv lists the items.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a file, in one step."
)
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="This store in place of the config's; several are joined.",
)
@click.pass_obj
def command(
    app: App,
    as_of: datetime | None,
    as_known_at: datetime | None,
    team: str,
    incident_class: str,
    review: str,
    since: datetime | None,
    wanted: str | None,
    out: Path | None,
    stores: tuple[Path, ...],
) -> None:
    """Report what was done, what can be shown, and what came back.

    Says what the last sync knew; run `track sync` first to know more. Days are those of `time_zone` in the config.

    \b
    Example:
      track report
      track report --out report.html
      track report --as-of 2026-03-02 --format md
      track report --team payments --since 2026-01-01
      track report --store emea.db --store apac.db --out division.html
    """
    from reports.render import Format
    from reports.scope import Scope
    from tracker.cli.report_asked import build_asked
    from tracker.runs.basis import load_zone

    layout = Format(wanted or _format_of(out))
    scope = Scope(team=team, incident_class=incident_class, review=review, since=since.date() if since else None)
    day, known = as_of and as_of.date(), as_known_at and as_known_at.date()
    asked = build_asked(app.now(), load_zone(app.config.time_zone), day, known, scope)
    write_report(app, asked, layout, out, stores)
    if out is not None:
        click.echo(f"Wrote {out}.", err=True)


def write_report(app: App, asked: Asked, layout: Format, out: Path | None, stores: Sequence[Path] = ()) -> None:
    """Make the report and put it into a file, in one step, or on stdout; of `stores`, where there are any."""
    with _no_collector():
        text = _make(app, asked, layout, stores, to_terminal=out is None and sys.stdout.isatty())
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(app.cwd / out, text)


def _make(app: App, asked: Asked, layout: Format, stores: Sequence[Path], *, to_terminal: bool) -> str:
    """Colour and the window's width are for a terminal; a pipe or a file gets 100 columns of plain text."""
    from reports.render import Format, render
    from reports.weekly import build_items, build_weekly
    from tracker.cli.report_asked import check_scope
    from tracker.runs.basis import load_basis

    facts = _load(app, stores)
    basis = load_basis(app.config)
    check_scope(asked.scope, facts, basis)
    if layout is Format.CSV:
        from reports.render.csv import render_csv

        return render_csv(build_items(facts, asked.as_of, basis, scope=asked.scope, known_at=asked.known_at))
    report = build_weekly(facts, asked.as_of, basis, scope=asked.scope, known_at=asked.known_at)
    width = shutil.get_terminal_size().columns if to_terminal else 100
    return render(report, layout, width=width, colour=to_terminal and not app.env.get("NO_COLOR"))


def _load(app: App, stores: Sequence[Path]) -> Facts:
    """What the store of the config knows, else what these know together: they are only read."""
    if not stores:
        with app.store() as store:
            return store.load_facts()
    from reports.join import join_facts
    from tracker.store.reading import read_facts

    found = [read_facts(app.cwd / path) for path in stores]
    return found[0] if len(found) == 1 else join_facts(found)


def _format_of(out: Path | None) -> str:
    if out is None:
        return "text"
    if out.suffix.lower() not in _SUFFIXES:
        raise UsageProblem(
            f"the format cannot be told from the name {out.name}",
            "Name it *.html, *.md, *.json, *.eml, *.csv or *.txt, or add `--format html`.",
        )
    return _SUFFIXES[out.suffix.lower()]


@contextmanager
def _no_collector() -> Iterator[None]:
    """The facts hold no cycles, and walking 100,000 items again and again would double the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _write(path: Path, text: str) -> None:
    """Write beside the file, then put it in its place: a reader sees the old report or the new one, never half."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(text.encode())  # as it is: the lines of a mail end in CR LF
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InvalidInput(
            f"{path.name}: the report cannot be written ({error.strerror})", "Give --out a folder you may write to."
        ) from error
