"""Goes through a list of issues on GitHub page by page, with fewer issues a page where it is too heavy for GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sync.adapters.github_meaning import TooHeavy
from sync.port import Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sync.adapters.conversation import Answer
    from sync.adapters.github_answers import PageInfo
    from sync.waiting import Waiting

PAGE = 100
SMALLEST_PAGE = 12


class Issues(Protocol):
    """A page of issues."""

    @property
    def page_info(self) -> PageInfo:
        """Where the list goes on."""


class Listing(Protocol):
    """A repository with a page of its issues."""

    @property
    def issues(self) -> Issues:
        """The page."""


R = TypeVar("R", bound=Listing)


def each_page(
    waiting: Waiting, ask: Callable[[Mapping[str, Any]], tuple[R, Answer]], variables: Mapping[str, Any]
) -> Iterator[tuple[R, Answer]]:
    """The pages of a list, each asked for with `first` and `after` beside the variables given."""
    cursor: str | None = None
    seen: set[str] = set()
    size = PAGE
    while True:
        found, answer, size = _page(waiting, ask, {**variables, "after": cursor}, size, seen)
        yield found, answer
        if not found.issues.page_info.has_next_page:
            return
        cursor = found.issues.page_info.end_cursor or ""
        seen.add(cursor)


def _page(
    waiting: Waiting,
    ask: Callable[[Mapping[str, Any]], tuple[R, Answer]],
    variables: Mapping[str, Any],
    size: int,
    seen: set[str],
) -> tuple[R, Answer, int]:
    """One page; half as many issues when it is too heavy for GitHub."""

    def attempt() -> tuple[R, Answer]:
        nonlocal size
        try:
            found, answer = ask({**variables, "first": size})
        except TooHeavy:
            size = max(SMALLEST_PAGE, size // 2)
            raise
        info = found.issues.page_info
        if info.has_next_page and (info.end_cursor or "") in {*seen, variables["after"] or ""}:
            raise Transient("GitHub gave the same page twice", "Run it again later; what was read so far is kept.")
        return found, answer

    found, answer = waiting.read(attempt)
    return found, answer, size
