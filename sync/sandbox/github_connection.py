"""GitHub's GraphQL lists ("connections"): a page within the limits, its cursor, and the errors that GitHub gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from graphql import GraphQLError

from sync.sandbox.paging import BadCursor, Key, page_of, write_cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
Shape = dict[str, object]
"""A record as graphql-core resolves it: values, and functions that are called when the query asks for them."""

PAGE_LIMIT = 100


def problem(kind: str, message: str) -> GraphQLError:
    """An error with the type that GitHub gives it."""
    return GraphQLError(message, extensions={"type": kind})


def connection(
    name: str,
    items: list[T],
    key: Callable[[T], Key],
    shape: Callable[[T], Shape],
    given: Shape,
    *,
    descending: bool = False,
) -> Shape:
    """A list with its pages. The page is cut once, and only when its nodes or its end are asked for."""
    cut: list[tuple[list[T], bool]] = []

    def page() -> tuple[list[T], bool]:
        if not cut:
            cut.append(_cut(name, items, key, given, descending=descending))
        return cut[0]

    def page_info(_info: object) -> Shape:
        shown, more = page()
        return {"hasNextPage": more, "endCursor": write_cursor(key(shown[-1])) if shown else None}

    return {
        "totalCount": len(items),
        "nodes": lambda _info: [shape(item) for item in page()[0]],
        "pageInfo": page_info,
    }


def _cut(
    name: str, items: Iterable[T], key: Callable[[T], Key], given: Shape, *, descending: bool
) -> tuple[list[T], bool]:
    """The page that is asked for, within GitHub's limits."""
    size, after = given.get("first"), given.get("after")
    if not isinstance(size, int):
        message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise problem("MISSING_PAGINATION_BOUNDARIES", message)
    if not 0 <= size <= PAGE_LIMIT:
        message = (
            f"Requesting {size} records on the `{name}` connection exceeds the `first` limit of {PAGE_LIMIT} records."
        )
        raise problem("EXCESSIVE_PAGINATION", message)
    try:
        return page_of(items, key, size, str(after) if after else None, descending=descending)
    except BadCursor as error:
        raise problem("INVALID_CURSOR_ARGUMENTS", f"`{after}` does not appear to be a valid cursor.") from error
