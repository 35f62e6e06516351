"""How a list of a Jira goes on: by token on Cloud, by the time of change on Data Center, whose pages shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from tracker.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime


class Marked(Protocol):
    """A page that says where the list goes on."""

    @property
    def next_page_token(self) -> str | None:
        """The token of the next page; None on the last one."""


class Dated(Protocol):
    """An issue whose time of change is known."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def changed(self) -> datetime:
        """When it last changed."""


P = TypeVar("P", bound=Marked)
D = TypeVar("D", bound=Dated)


def by_token(ask: Callable[[dict[str, object]], P]) -> Iterator[P]:
    """The pages of a list that goes on by token. Raises TryLater when a token comes again."""
    seen: set[str] = set()
    token: str | None = None
    while True:
        page = ask({"nextPageToken": token} if token else {})
        yield page
        token = page.next_page_token
        if not token:
            return
        if token in seen:
            raise _twice()
        seen.add(token)


def by_time(
    ask: Callable[[datetime | None, Sequence[str], bool], list[D]], since: datetime | None, size: int
) -> Iterator[list[D]]:
    """The pages of a list that goes on by the time of change: what changes meanwhile only moves to a later page.

    `ask` gives the oldest `size` that changed at or after a moment, without some that were shown; it is told whether it
    is the first time, when the query is still to be checked. Every issue comes once; at least one page.
    """
    seen: set[str] = set()
    passed: list[str] = []
    while True:
        page = ask(since, passed, not seen)
        fresh = [issue for issue in page if issue.id not in seen]
        if fresh or not seen:
            yield fresh
        seen.update(issue.id for issue in fresh)
        if len(page) < size:
            return
        since, passed = _go_on(page, fresh, since, passed)


def _go_on(
    page: list[D], fresh: list[D], since: datetime | None, passed: list[str]
) -> tuple[datetime | None, list[str]]:
    """From when the list goes on, and without which issues: those that were shown of that very moment.

    An index that is less exact than the times it shows gives a page of known ones: then all of them are left out.
    """
    last = page[-1].changed
    at_last = [issue.id for issue in page if not fresh or issue.changed == last]
    if not fresh and set(at_last) <= set(passed):
        raise _twice()
    if not fresh:
        return since, [*passed, *at_last]
    return last, [*passed, *at_last] if last == since else at_last


def _twice() -> TryLater:
    return TryLater("Jira gave the same page twice", "Run it again later; what was read so far is kept.")
