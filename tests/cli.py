"""Runs `track` in this process, as `main` would: what it printed, and its exit code."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.app import App


class Ran(Struct, frozen=True):
    """The outcome of a command."""

    code: int
    out: str
    err: str


def run(arguments: Sequence[str], app: App) -> Ran:
    """Run `track ARGUMENTS` with the given app. Output goes nowhere else; stdin is no terminal under pytest."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments, app)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Ran(code, out.getvalue(), err.getvalue())
