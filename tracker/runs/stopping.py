"""Turns SIGTERM and SIGINT into a question that is asked between two pages, instead of an end in the middle of one."""

from __future__ import annotations

import select
import signal
import socket
from typing import TYPE_CHECKING, Self

from tracker.errors import Stop

if TYPE_CHECKING:
    from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Whether somebody asked this process to leave. As a context manager it listens; a second signal ends it at once.

    A wait ends as soon as the signal comes. (A `threading.Event` that is set by a handler can lock itself out.)
    """

    def __init__(self) -> None:
        self.asked = False
        self._hear, self._tell = socket.socketpair()
        self._tell.settimeout(0)
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for each in SIGNALS:
            self._before[each] = signal.signal(each, self._on_signal)
        return self

    def __exit__(self, *_error: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
        self._hear.close()
        self._tell.close()

    def ask(self) -> None:
        """Ask to leave."""
        self.asked = True
        self._tell.send(b"\0")

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until somebody asks to leave; gives whether somebody did."""
        if not self.asked:
            select.select([self._hear], [], [], seconds)
        return self.asked

    def sleep(self, seconds: float) -> None:
        """Sleep in the middle of work; raises Stop as soon as somebody asks to leave."""
        self.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise Stop where somebody asked to leave. For a moment at which all that was begun is kept."""
        if self.asked:
            raise Stop

    def _on_signal(self, _signal: int, _frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        self.ask()
