"""The GitHub of the benchmark: GraphQL where GitHub Enterprise Server has it."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from bench.github_data import REPOSITORY, build_issue
from bench.listing import Entry, Listing, Refusal, encode
from bench.stories import pace_of, tell_stories, tell_story

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.stories import Story

_NOTHING_HIDDEN = b'{"data":{"search":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}}}'
"""The answer to the search for marked issues that the list does not show."""


class GitHubSite:
    """A repository with that many followed issues."""

    headers: Mapping[str, str] = MappingProxyType({"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999"})

    def __init__(self, count: int) -> None:
        pace = pace_of(count)
        self._listing = Listing(
            map(_entry, tell_stories(count)), lambda number, at: _entry(tell_story(number, pace, fixed=at))
        )

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """The answer to a query. Raises `Refusal`."""
        asked = msgspec.json.decode(body) if (method, target) == ("POST", "/api/graphql") else {}
        query = asked.get("query", "")
        if "query Followed" in query:
            return self._page(**asked["variables"])
        if "query Recall" in query:
            return _NOTHING_HIDDEN
        raise Refusal(404, f"nothing was prepared for {method} {target}")

    def change(self, count: int) -> None:
        """Let that many issues be closed by pull requests, now."""
        self._listing.change(count)

    def _page(self, *, since: str | None = None, after: str | None = None, first: int, **_rest: Any) -> bytes:
        """The answer to the list query; a cursor is a position in the list."""
        since_when = datetime.fromisoformat(since) if since else None
        window = self._listing.window(since_when, int(after or 0), int(first))
        info = encode({"hasNextPage": not window.is_last, "endCursor": str(window.end)})
        return b'{"data":{"repository":{"nameWithOwner":"%s","all":{"totalCount":%d},"issues":%s}}}' % (
            REPOSITORY.encode(),
            len(self._listing),
            b'{"pageInfo":%s,"nodes":[%s]}' % (info, b",".join(entry.issue for entry in window.entries)),
        )


def _entry(story: Story) -> Entry:
    issue = build_issue(story)
    return Entry(id=issue["id"], number=story.number, updated=issue["updatedAt"], issue=encode(issue))
