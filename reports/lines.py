"""A list of the report: its first lines, and how many there are in all. Pure; no owner is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from reports.words import clean, link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reports.standing import Standing

LISTED = 1000
"""How many of a list are worked out: nobody reads further in a weekly report, and a page shows far fewer."""

Record = TypeVar("Record")
_Source = TypeVar("_Source")


class Listing(Struct, Generic[Record], frozen=True, kw_only=True):
    """The first of many, and how many there are in all."""

    total: int
    first: tuple[Record, ...]


class ItemLine(Struct, frozen=True, kw_only=True):
    """One item on a list; `stands` is where it stands now, in a word."""

    key: str
    review_id: str
    title: str
    ref: str
    url: str
    stands: str


def build_listing(
    found: Iterable[_Source], order: Callable[[_Source], Any], record: Callable[[_Source], Record]
) -> Listing[Record]:
    """The first of `found` by `order` as records, and how many there are."""
    ordered = sorted(found, key=order)
    return Listing(total=len(ordered), first=tuple(record(source) for source in ordered[:LISTED]))


def build_line(standing: Standing) -> dict[str, str]:
    """What every list says of an item, by the names of the fields."""
    tracked, issue = standing.tracked, standing.tracked.issue
    return {
        "key": clean(tracked.key),
        "review_id": clean(tracked.review_id),
        "title": clean(tracked.item.title),
        "ref": clean(issue.ref) if issue else "",
        "url": link(issue.url) if issue else "",
        "stands": standing.word,
    }
