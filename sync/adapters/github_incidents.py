"""Reads incidents from a repository on GitHub: issues with the labels that the config names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sync.adapters import github_queries as queries
from sync.adapters import github_replies as replies
from sync.adapters.github_lists import PAGE, each_page
from sync.feeds import FeedSample, IncidentPage, RemoteIncident

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sync.adapters.conversation import Answer
    from sync.feeds import FeedQuery
    from sync.waiting import Waiting

T = TypeVar("T")


class Ask(Protocol):
    """Sends a query, once, and reads the answer."""

    def __call__(self, text: str, variables: Mapping[str, Any], shape: type[T], /) -> tuple[T, Answer]:
        """The answer as a record, and as it came."""


class Incidents:
    """The incidents of the repositories that one token reads."""

    def __init__(self, home: str, ask: Ask, waiting: Waiting) -> None:
        self._home, self._ask, self._waiting = home, ask, waiting

    def pages(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """Those changed at or after a moment, oldest change first; at least one page."""
        place = query.repository or self._home
        asked = self._asked(query, "ASC", since)
        began: datetime | None = None
        for found, answer in each_page(self._waiting, self._list, asked):
            began = began or answer.time
            shown = [issue for issue in found.issues.nodes if issue]
            yield IncidentPage(
                incidents=_chosen(shown, query, place),
                server_time=began,
                reached=shown[-1].updated_at if shown else None,
                home=found.name_with_owner if found.name_with_owner.casefold() != place.casefold() else "",
            )

    def sample(self, query: FeedQuery) -> FeedSample:
        """The hundred that changed last, and how many there are where that is certain."""
        found, _answer = next(each_page(self._waiting, self._list, self._asked(query, "DESC")))
        newest = _chosen([issue for issue in found.issues.nodes if issue], query, query.repository or self._home)
        total = found.issues.total_count
        if len(query.labels) > 1:
            return FeedSample(total=len(newest) if total <= PAGE else None, newest=newest)
        return FeedSample(total=total, newest=newest)

    def _asked(self, query: FeedQuery, direction: str, since: datetime | None = None) -> dict[str, object]:
        """By one label only: what GitHub makes of several is told in two ways, all of them and any of them."""
        owner, _, name = (query.repository or self._home).partition("/")
        return {
            "owner": owner,
            "name": name,
            "label": query.labels[:1],
            "since": None if since is None else since.astimezone(UTC).isoformat(),
            "direction": direction,
            "text": query.text,
        }

    def _list(self, variables: Mapping[str, Any]) -> tuple[replies.IncidentRepository, Answer]:
        found, answer = self._ask(queries.INCIDENTS, variables, replies.Incidents)
        return found.repository, answer


def _chosen(shown: list[replies.Incident], query: FeedQuery, place: str) -> tuple[RemoteIncident, ...]:
    """Those that carry all of the labels, in any case as on GitHub itself."""
    wanted = {label.casefold() for label in query.labels}
    return tuple(
        _incident(issue, place)
        for issue in shown
        if wanted.issubset(label.name.casefold() for label in issue.labels.nodes)
    )


def _incident(issue: replies.Incident, place: str) -> RemoteIncident:
    """An incident under the name that the config has for the repository: one that is renamed makes no new incidents."""
    times = {"created_at": issue.created_at, "closed_at": issue.closed_at}
    return RemoteIncident(
        ref=f"{place}#{issue.number}",
        url=issue.url,
        title=issue.title,
        created=issue.created_at,
        updated=issue.updated_at,
        labels=tuple(label.name for label in issue.labels.nodes),
        fields={name: (at.isoformat(),) for name, at in times.items() if at is not None},
        text=issue.body or "",
        key=issue.id,
    )
