"""What has become of a pull request or commit on a GitHub: merged or not, and taken back by another or not.

GitHub's own button names a revert `Revert "TITLE"` and writes `Reverts OWNER/NAME#NUMBER` into it, which leaves a
cross-reference on what it takes back. A revert that was taken back in turn takes nothing back. What somebody reverted
by hand, without naming it, cannot be told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from sync.adapters import github_answers as answers
from sync.adapters import github_queries as queries
from sync.port import ChangeState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from sync.adapters.conversation import Answer

BATCH = 20
DEEPEST = 4
"""How many reverts of reverts are looked at."""

_CHANGE = re.compile(r"/[\w.-]+/[\w.-]+/(?:pull/\d{1,9}|commit/[0-9a-f]{7,64})")


class _Source(Struct, frozen=True):
    """A pull request that names another; of an issue, none of it."""

    url: str = ""
    title: str = ""
    body: str = ""
    merged: bool = False
    repository: answers.Place | None = None


class _Mention(Struct, frozen=True):
    source: _Source | None = None


class _Mentions(Struct, frozen=True):
    nodes: list[_Mention | None] = []


class _Found(Struct, frozen=True, rename="camel"):
    """A pull request, a commit, or something else with an address."""

    url: str = ""
    merged: bool = False
    number: int = 0
    repository: answers.Place | None = None
    timeline_items: _Mentions = _Mentions()


def is_change(url: str, host: str) -> bool:
    """Whether an address is that of a pull request or commit on this host."""
    parts = urlsplit(url)
    return (parts.hostname or "").casefold() == host and _CHANGE.fullmatch(parts.path.rstrip("/")) is not None


class Changes:
    """Asks one GitHub, through the adapter's own conversation."""

    def __init__(self, query: Callable[[str, Mapping[str, Any], Any], tuple[Any, Answer]]) -> None:
        self._query = query

    def look(self, urls: Sequence[str], depth: int = 0) -> dict[str, ChangeState]:
        """The state of each that is there and may be seen."""
        told: dict[str, ChangeState] = {}
        for start in range(0, len(urls), BATCH):
            batch = urls[start : start + BATCH]
            variables = {f"u{index}": url for index, url in enumerate(batch)}
            found, _answer = self._query(queries.changes(len(batch)), variables, dict[str, _Found | None])
            for index, url in enumerate(batch):
                change = found.get(f"u{index}")
                if change is not None and change.url:
                    told[url] = self._state(change, depth)
        return told

    def _state(self, change: _Found, depth: int) -> ChangeState:
        if change.repository is None:  # a commit: one that is there was pushed
            return ChangeState(merged=True)
        reverts = [source.url for source in _sources(change) if _takes_back(source, change)]
        states = self.look(reverts, depth + 1) if depth < DEEPEST else {}
        stand = [url for url in reverts if not (url in states and states[url].reverted_by)]
        return ChangeState(merged=change.merged, reverted_by=stand[-1] if stand else "")


def _sources(change: _Found) -> list[_Source]:
    return [mention.source for mention in change.timeline_items.nodes if mention is not None and mention.source]


def _takes_back(source: _Source, change: _Found) -> bool:
    """Whether a pull request that names the change is its revert, in the same repository, and merged."""
    if not source.merged or source.repository is None or source.repository != change.repository:
        return False
    name = re.escape(source.repository.name_with_owner)
    return re.search(rf"\breverts\s+(?:{name})?#{change.number}\b", source.body, re.IGNORECASE) is not None
