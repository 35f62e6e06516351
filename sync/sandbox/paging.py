"""Pages of a list that stay right while the list changes: a cursor names the last item seen, not a position. Pure."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Key = tuple[float, int]
"""What a list is ordered by: a number (a time, mostly), then the id, so that no two items are equal."""


class BadCursor(ValueError):
    """A cursor that no page of ours ended with."""


def write_cursor(key: Key) -> str:
    """The opaque cursor behind the item with this key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode()


def read_cursor(cursor: str) -> Key:
    """The key that a cursor stands for. Raises `BadCursor`."""
    try:
        key: Key = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=Key)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadCursor(cursor) from error
    return key


def page_of(
    items: Iterable[T], key: Callable[[T], Key], size: int, after: str | None, *, descending: bool = False
) -> tuple[list[T], bool]:
    """The `size` items that follow the cursor, and whether there are more. Raises `BadCursor`."""
    keyed = [(key(item), item) for item in items]
    if after:
        mark = read_cursor(after)
        keyed = [(own, item) for own, item in keyed if (own < mark if descending else own > mark)]
    keyed.sort(key=lambda pair: pair[0], reverse=descending)
    return [item for _, item in keyed[:size]], len(keyed) > size
