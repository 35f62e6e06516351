"""What several commands print alike. Text from documents and trackers is made harmless here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from tracker.cli import log
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def say_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def say_rows(rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Aligned columns; the last one runs free."""
    cleaned = [[plain(cell) for cell in row] for row in rows]
    if not cleaned:
        return
    widths = [max(len(row[column]) for row in cleaned) for column in range(len(cleaned[0]) - 1)]
    for row in cleaned:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo(f"{indent}{'  '.join([*padded, row[-1]])}".rstrip())


def say_notes(notes: Iterable[str], *, indent: str = "    ", err: bool = False) -> None:
    """Things a person should know, one a line."""
    for note in notes:
        click.echo(f"{indent}{plain(note)}", err=err)


def warn(message: str) -> None:
    """One line on stderr."""
    log.current().say(log.Level.WARNING, plain(message))


def warn_with_hint(message: str, hint: str, *, one_line: bool = False) -> None:
    """A problem and what to do about it on stderr, on one line where that is asked for."""
    if one_line and hint:
        message, hint = f"{message}: {hint}", ""
    log.current().say(log.Level.WARNING, plain(message), hint=hint)


def is_terminal() -> bool:
    """Whether a person watches: then progress is shown, and questions may be asked."""
    return log.current().layout is log.Layout.TEXT and sys.stderr.isatty()
