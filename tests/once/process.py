"""Runs `track` in processes that can be killed: `python -m tests.once.process` reads commands and forks for each.

A line of input is a command as JSON. The answers are two lines: the process id, and the status it ended with. Forking
a process that has everything imported makes a hundred kills cheap.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

import tracker.cli.push
import tracker.migrations
import tracker.review.markdown
import tracker.runs.push
import tracker.runs.sync  # noqa: F401 -- imported here so that a forked process need not
from tracker.app import App
from tracker.cli.main import main


class Command(Struct, frozen=True, kw_only=True):
    """What to run, where, at which time, with which token."""

    arguments: list[str]
    folder: str
    now: datetime
    token: str


def run(command: Command) -> None:
    """Run `track` with a clock that stands still; the output goes nowhere."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 -- open until the process ends
    env = {"GITHUB_TOKEN": command.token}
    main(
        command.arguments,
        App(env=env, cwd=Path(command.folder), now=lambda: command.now, sleep=lambda _seconds: None),
    )


def serve() -> None:
    """Fork for each command, and say how it ended."""
    for line in sys.stdin:
        command = msgspec.json.decode(line, type=Command)
        child = os.fork()
        if child == 0:
            run(command)
        print(child, flush=True)
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
