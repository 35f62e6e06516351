"""What is said on stderr: for people as it always was, or one JSON object a line for machines. Secrets are masked.

`--log-format json`, or $TRACK_LOG_FORMAT, asks for the second. Then everything on stderr is JSON, whoever wrote it.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager, redirect_stderr
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

import msgspec

from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.app import App

SHORTEST_SECRET = 6
"""A shorter one would blot out words that are none: a token has far more."""


class Layout(StrEnum):
    """How stderr is written."""

    TEXT = "text"
    JSON = "json"


class Level(StrEnum):
    """How much a line matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Log:
    """Where diagnostics go. `app` gives the time and the secrets that were read so far."""

    def __init__(self, app: App | None = None, layout: Layout = Layout.TEXT) -> None:
        self._app = app
        self.layout = layout

    def say(
        self, level: Level, message: str, *, hint: str = "", event: str = "", **fields: str | float | bool | None
    ) -> None:
        """One event. In text, warnings and errors begin with `track:`, and each line of the hint is one of its own."""
        if self.layout is Layout.JSON:
            said = {"message": self._clean(" ".join(message.split())), "hint": self._clean(" ".join(hint.split()))}
            self.write_object(level, event or level.value, {**{k: v for k, v in said.items() if v}, **fields})
            return
        first, *more = message.splitlines() or [""]
        print(f"{'' if level is Level.INFO else 'track: '}{self._clean(first)}", file=sys.stderr)
        for line in (*more, *hint.splitlines()):
            indent = line[: len(line) - len(line.lstrip(" "))]
            print(f"       {indent}{self._clean(line)}", file=sys.stderr)

    def write_object(self, level: Level, event: str, fields: dict[str, str | float | bool | None]) -> None:
        """One JSON object on the stderr that stands behind everything."""
        time = self._app.now().isoformat() if self._app is not None else None
        values = {key: self._clean(value) if isinstance(value, str) else value for key, value in fields.items()}
        line = msgspec.json.encode({"time": time, "level": level.value, "event": event, **values}).decode()
        stream = sys.stderr.behind if isinstance(sys.stderr, _AsObjects) else sys.stderr
        print(line, file=stream, flush=True)

    def _clean(self, text: str) -> str:
        return plain(mask(text, self._app.secrets if self._app is not None else ()))


def mask(text: str, secrets: Iterator[str] | set[str] | tuple[str, ...]) -> str:
    """The text without these secrets, and without what looks like one."""
    from tracker.config.values import without_secrets

    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return without_secrets(text)


class _AsObjects(io.TextIOBase):
    """A stderr that makes an object of each line that others write to it: a library, the interpreter, a prompt."""

    def __init__(self, behind: TextIO, log: Log) -> None:
        self.behind = behind
        self._log = log
        self._begun = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Text is taken as it is."""
        return "utf-8"

    def writable(self) -> bool:
        """It is for writing alone."""
        return True

    def write(self, text: str) -> int:
        """Keep what has no end of line yet."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(str.strip, lines):
            self._log.write_object(Level.INFO, "note", {"message": line.strip()})
        return len(text)


_current: ContextVar[Log | None] = ContextVar("log", default=None)


def current() -> Log:
    """The log of the command that runs."""
    return _current.get() or Log()


def begin(app: App, layout: Layout) -> Log:
    """Take a log into use, until the end of `logging`."""
    log = Log(app, layout)
    _current.set(log)
    if layout is Layout.JSON:
        sys.stderr = _AsObjects(sys.stderr, log)
    return log


@contextmanager
def logging() -> Iterator[None]:
    """One command's time: afterwards stderr is what it was, and the next command begins its own log."""
    token = _current.set(None)
    try:
        with redirect_stderr(sys.stderr):
            yield
            if isinstance(sys.stderr, _AsObjects):
                sys.stderr.write("\n")  # what has no end of line is a line, too
    finally:
        _current.reset(token)
