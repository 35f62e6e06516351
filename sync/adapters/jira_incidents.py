"""Reads incidents from a Jira: whatever a query of the config chooses, with the fields that it names and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sync.adapters import jira_queries as queries
from sync.adapters.jira_answers import Count, Named, first_time
from sync.adapters.jira_finding import PAGE
from sync.adapters.jira_paging import by_time, by_token
from sync.feeds import FeedSample, IncidentPage, RemoteIncident
from sync.port import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sync.adapters.jira_client import Client
    from sync.adapters.jira_reader import Reader
    from sync.feeds import FeedQuery

MOST_VALUES = 50
"""How many values of one field are read."""

MOST_LABELS = 1_000
"""How many labels are read: monitors put dozens on an issue, before the one that names the class."""


class Found(Struct, frozen=True, gc=False):
    """An issue with whatever fields were asked for."""

    id: str
    key: str
    fields: dict[str, Any] = {}

    @property
    def changed(self) -> datetime:
        """When it last changed."""
        return first_time(_text(self.fields.get("updated")))


class FoundPage(Struct, frozen=True, gc=False, rename="camel"):
    """A page of a search, of either deployment."""

    issues: list[Found]
    next_page_token: str | None = None
    total: int = 0


class Incidents:
    """The incidents of one site."""

    def __init__(self, client: Client, reader: Reader, *, cloud: bool) -> None:
        self._client, self._reader, self._cloud = client, reader, cloud

    def pages(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """Those changed at or after a moment, oldest change first; at least one page."""
        began: datetime | None = None
        for found in self._by_token(query, since) if self._cloud else self._by_time(query, since):
            began = began or self._client.clock
            read = tuple(self._incident(issue, query.fields) for issue in found)
            yield IncidentPage(incidents=read, server_time=began, reached=read[-1].updated if read else None)

    def sample(self, query: FeedQuery) -> FeedSample:
        """How many there are, the hundred that changed last, and the fields of the site."""
        jql = queries.chosen(query.jql)
        page = self._ask(query, queries.newest_change_first(jql))
        total = page.total
        if self._cloud:  # its pages tell no total
            total = self._client.ask("POST", "/search/approximate-count", Count, {"jql": jql})[0].count
        known, _answer = self._client.ask("GET", "/field", list[Named])
        return FeedSample(
            total=max(total, len(page.issues)),
            newest=tuple(self._incident(issue, query.fields) for issue in page.issues),
            fields={field.id: field.name or field.id for field in known if field.id},
        )

    def _by_token(self, query: FeedQuery, since: datetime | None) -> Iterator[list[Found]]:
        jql = queries.oldest_change_first(queries.chosen(query.jql, since))
        return (page.issues for page in by_token(lambda token: self._ask(query, jql, **token)))

    def _by_time(self, query: FeedQuery, since: datetime | None) -> Iterator[list[Found]]:
        def ask(after: datetime | None, passed: Sequence[str], first: bool) -> list[Found]:
            jql = queries.chosen(query.jql, after) + queries.without(passed)
            return self._ask(query, queries.oldest_change_first(jql), validateQuery=first).issues

        return by_time(ask, since, PAGE)

    def _ask(self, query: FeedQuery, jql: str, **more: object) -> FoundPage:
        """One page of a search. Raises Rejected that names the feed where Jira does not take its query."""
        fields = list(dict.fromkeys((*queries.INCIDENT, *query.fields)))
        asked = {"jql": jql, "maxResults": PAGE, "fields": fields, **more}
        path = "/search/jql" if self._cloud else "/search"
        try:
            return self._client.ask("POST", path, FoundPage, asked)[0]
        except Rejected as no:
            raise Rejected(no.message, f"Check `jql` of `[incidents.{query.feed}]` in the config.") from no

    def _incident(self, issue: Found, wanted: Sequence[str]) -> RemoteIncident:
        created, updated = (_text(issue.fields.get(name)) for name in ("created", "updated"))
        told = {name: self._values(issue.fields.get(name)) for name in wanted}
        return RemoteIncident(
            ref=issue.key,
            url=self._reader.url(issue.key),
            title=_text(issue.fields.get("summary")) or "",
            created=first_time(created),
            updated=first_time(updated, created),
            labels=self._values(issue.fields.get("labels"), MOST_LABELS),
            fields={name: values for name, values in told.items() if values},
            key=issue.id,
        )

    def _values(self, held: object, most: int = MOST_VALUES) -> tuple[str, ...]:
        """What a field of any type holds, as text."""
        several = held[:most] if isinstance(held, list) else [held]
        return tuple(text for each in several if (text := self._value(each)))

    def _value(self, held: object) -> str:
        """A text or number as it is, a choice by its value, anything else with a name by that."""
        match held:
            case str():
                return held
            case bool() | None:
                return ""
            case int() | float():
                return str(held)
            case {"type": "doc"}:
                return self._reader.plain(held)
            case {"value": str(value), "child": {"value": str(child)}}:
                return f"{value} - {child}"
            case {"value": str(value)} | {"name": str(value)} | {"displayName": str(value)}:
                return value
        return ""


def _text(held: object) -> str | None:
    return held if isinstance(held, str) else None
