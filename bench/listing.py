"""What the benchmark's trackers share: followed issues, oldest change first, each encoded once."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Refusal(Exception):
    """A request that nothing was prepared for: what is measured would not be what was meant."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """An issue, ready to be sent; `history` where the tracker tells it by itself."""

    id: str
    number: int
    updated: datetime
    issue: bytes
    history: bytes = b""


class Window(Struct, frozen=True, kw_only=True):
    """A page of the list; `end` is where the next one starts."""

    entries: list[Entry]
    end: int
    is_last: bool


class Listing:
    """The list. `fix` gives an issue as it is once it was closed at that time."""

    def __init__(self, entries: Iterable[Entry], fix: Callable[[int, datetime], Entry]) -> None:
        self._entries = sorted(entries, key=lambda entry: (entry.updated, entry.number))
        self._fix = fix

    def __len__(self) -> int:
        return len(self._entries)

    def window(self, since: datetime | None, start: int, first: int) -> Window:
        """The `first` issues from a position, or from a time where that is later."""
        if since is not None:
            start = max(start, bisect_left(self._entries, since, key=lambda entry: entry.updated))
        end = min(start + first, len(self._entries))
        return Window(entries=self._entries[start:end], end=end, is_last=end == len(self._entries))

    def change(self, count: int) -> list[Entry]:
        """Let the `count` issues that rested longest be closed now; gives them as they are then."""
        now = datetime.now(UTC).replace(microsecond=0)
        numbers = sorted(entry.number for entry in self._entries[:count])
        fixed = [self._fix(number, now) for number in numbers]
        self._entries = self._entries[count:] + fixed
        return fixed


def encode(value: object) -> bytes:
    """The value as JSON."""
    return msgspec.json.encode(value)
