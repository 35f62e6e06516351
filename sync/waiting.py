"""Reads are tried again within one wait budget for the whole run; writes never are.

The budget counts seconds spent waiting, not seconds spent working. A wait that would not fit ends the run at once: to
sleep and fail later helps nobody.
"""

from __future__ import annotations

import email.utils
import re
from datetime import UTC
from typing import TYPE_CHECKING, TypeVar

from sync.port import Transient
from tracker.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

T = TypeVar("T")

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


class Waiting:
    """The wait budget of one run, in seconds. `sleep` and `say` are given, so that tests and pipes stay quiet."""

    def __init__(
        self, budget: float, sleep: Callable[[float], None], say: Callable[[str], None] = lambda _message: None
    ) -> None:
        self.left = budget
        self._sleep = sleep
        self._say = say

    def read(self, attempt: Callable[[], T]) -> T:
        """Carry out a read; when it fails in passing, wait as long as asked (else 1 s and doubling) and try again."""
        delay = FIRST_WAIT
        while True:
            try:
                return attempt()
            except Transient as failure:
                self.pause(delay if failure.retry_after is None else failure.retry_after, failure)
                delay = min(delay * 2, LONGEST_WAIT)

    def pause(self, seconds: float, cause: TryLater) -> None:
        """Wait `seconds`, or raise TryLater when that is more than the budget still holds.

        A wait is at least a second, so that the budget bounds the tries as well: "again in 0 s" could be said for ever.
        """
        seconds = max(seconds, FIRST_WAIT)
        if seconds > self.left:
            raise TryLater(
                f"{cause.message}; a wait of {seconds:.0f} s was needed and the wait budget has {self.left:.0f} s left",
                cause.hint
                or "Run it again later; it goes on from where it stopped. `[sync] wait_budget` sets the budget.",
            ) from cause
        self._say(f"{cause.message}; waiting {seconds:.0f} s")
        self.left -= seconds
        self._sleep(seconds)


def parse_retry_after(said: str, server_time: datetime | None) -> float | None:
    """Seconds to wait by a Retry-After header: a number, or a date by the server's clock; None where it is neither."""
    if re.fullmatch(r"\s*-?\d{1,9}(\.\d+)?\s*", said):
        return max(0.0, float(said))
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    if server_time is None:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - server_time).total_seconds())
