"""`track report`: the weekly follow-through report, on stdout or in a file."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.errors import InvalidInput, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.render import Format
    from tracker.app import App

_SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".json": "json",
}  # fmt: skip


@click.command()
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    help="The report as it was at the end of that day (2026-03-02, in UTC); without it, as of now.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "md", "html", "json"]),
    help="Else by the suffix of --out, else text.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a file, in one step."
)
@click.pass_obj
def command(app: App, as_of: datetime | None, wanted: str | None, out: Path | None) -> None:
    """Report what was done, what can be shown, and what came back.

    Says what the last sync knew; run `track sync` first to know more.

    \b
    Example:
      track report
      track report --out report.html
      track report --as-of 2026-03-02 --format md
    """
    from reports.render import Format

    layout = Format(wanted or _format_of(out))
    moment = _moment(app.now(), as_of)
    write_report(app, moment, layout, out)
    if out is not None:
        click.echo(f"Wrote {out}.", err=True)


def _moment(now: datetime, as_of: datetime | None) -> datetime:
    """The end of the day asked for, or now; the future has no report."""
    if as_of is None or as_of.date() == now.date():
        return now
    if as_of.date() > now.date():
        raise UsageProblem(
            f"{as_of:%Y-%m-%d} is after today, {now:%Y-%m-%d}: a report tells what happened", "Give --as-of a past day."
        )
    return datetime.combine(as_of.date(), time.max, UTC)


def write_report(app: App, moment: datetime, layout: Format, out: Path | None) -> None:
    """Make the report and put it into a file, in one step, or on stdout."""
    with _no_collector():
        text = _make(app, moment, layout, to_terminal=out is None and sys.stdout.isatty())
    if out is None:
        click.echo(text, nl=False)
    else:
        _write(app.cwd / out, text)


def _make(app: App, moment: datetime, layout: Format, *, to_terminal: bool) -> str:
    """Colour and the window's width are for a terminal; a pipe or a file gets 100 columns of plain text."""
    from reports.render import render
    from reports.weekly import build_weekly

    with app.store() as store:
        facts = store.load_facts()
    report = build_weekly(facts, moment, accept=app.config.accept, zone=UTC)
    width = shutil.get_terminal_size().columns if to_terminal else 100
    return render(report, layout, width=width, colour=to_terminal and not app.env.get("NO_COLOR"))


def _format_of(out: Path | None) -> str:
    if out is None:
        return "text"
    if out.suffix.lower() not in _SUFFIXES:
        raise UsageProblem(
            f"the format cannot be told from the name {out.name}",
            "Name it *.html, *.md, *.json or *.txt, or add `--format html`.",
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
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InvalidInput(
            f"{path.name}: the report cannot be written ({error.strerror})", "Give --out a folder you may write to."
        ) from error
