"""What a tracker tells of an incident, in our words, by the sources that the config names for each. Pure.

Whoever may write an issue writes this: texts are cut, and made plain. What cannot be read is left out and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync.feeds import FeedQuery
from sync.incident_text import find_lines
from tracker.config import Source, TimeSource
from tracker.model import Incident
from tracker.text import is_web_link, plain
from tracker.values import Unclear, parse_severity, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from sync.feeds import RemoteIncident
    from tracker.config import Feed
    from tracker.values import Time

LONGEST_TITLE = 300
LONGEST_ID = 200
"""An owner, a repository and a number fit."""

LONGEST_NAME = 100
LONGEST_ADDRESS = 2000
MOST_NAMES = 20
"""How many classes or conditions of one incident are kept."""

COMPONENTS = "components"
_FIRST_YEAR = 2000


class Unread(NamedTuple):
    """A time that could not be read: which one, of which incident, and what stood there."""

    what: str
    ref: str
    text: str


def query_of(feed: Feed) -> FeedQuery:
    """What to ask a tracker for: the fields and the text that any source of the feed needs."""
    fields = [name for source in _sources(feed) if (name := _field(source))]
    return FeedQuery(
        feed=feed.name,
        jql=feed.jql,
        labels=feed.labels,
        repository=feed.repository,
        fields=tuple(dict.fromkeys(fields)),
        text=any(source.line for source in _sources(feed)),
    )


def _sources(feed: Feed) -> Iterator[Source | TimeSource]:
    sources = (feed.incident_class, feed.conditions, feed.severity, feed.team)
    times = (feed.started, feed.detected, feed.mitigated)
    return (source for source in (*sources, *times) if source is not None)


def _field(source: Source | TimeSource) -> str:
    return COMPONENTS if isinstance(source, Source) and source.component else source.field


def build_incident(remote: RemoteIncident, feed: Feed, zone: tzinfo) -> tuple[Incident, tuple[Unread, ...]]:
    """The incident, and what of it could not be read. Times that name no zone are of the `zone`.

    Without a start that can be read the time it was created at stands in, and the incident says so.
    """
    unread: list[Unread] = []
    start = _time("started", remote, feed.started, zone, unread)
    created = remote.created if remote.created.year >= _FIRST_YEAR else None
    incident = Incident(
        id=_cut(remote.ref, LONGEST_ID),
        source=feed.name,
        title=_cut(remote.title, LONGEST_TITLE),
        url=remote.url if is_web_link(remote.url) and len(remote.url) <= LONGEST_ADDRESS else "",
        classes=names_of(remote, feed.incident_class),
        conditions=names_of(remote, feed.conditions),
        severity=parse_severity(_cut(_first(remote, feed.severity), LONGEST_NAME)),
        team=_cut(_first(remote, feed.team), LONGEST_NAME),
        started=start.at if start else created,
        day_only=start.day_only if start else False,
        assumed_start=start is None and created is not None,
        detected=_moment("detected", remote, feed.detected, zone, unread),
        mitigated=_moment("mitigated", remote, feed.mitigated, zone, unread),
    )
    return incident, tuple(unread)


def names_of(remote: RemoteIncident, source: Source | None) -> tuple[str, ...]:
    """What an incident names at a source, each once: every label with the prefix, every value, all of a line."""
    texts = _texts(remote, source)
    if source is not None and source.line:
        texts = (part for text in texts for part in text.split(","))
    found = (_cut(text, LONGEST_NAME) for text in texts)
    return tuple(dict.fromkeys(name for name in found if name))[:MOST_NAMES]


def _texts(remote: RemoteIncident, source: Source | TimeSource | None) -> Iterable[str]:
    if source is None:
        return ()
    if isinstance(source, Source) and source.label_prefix:
        length, prefix = len(source.label_prefix), source.label_prefix.casefold()
        return (label[length:] for label in remote.labels if label[:length].casefold() == prefix)
    if source.line:
        return find_lines(remote.text, source.line)
    return remote.fields.get(_field(source), ())


def _first(remote: RemoteIncident, source: Source | TimeSource | None) -> str:
    return next((text for text in _texts(remote, source) if text.strip()), "")


def _time(
    what: str, remote: RemoteIncident, source: TimeSource | None, zone: tzinfo, unread: list[Unread]
) -> Time | None:
    text = _first(remote, source)
    try:
        return parse_time(text, zone)
    except Unclear:
        unread.append(Unread(what, remote.ref, _cut(text, LONGEST_NAME)))
        return None


def _moment(
    what: str, remote: RemoteIncident, source: TimeSource | None, zone: tzinfo, unread: list[Unread]
) -> datetime | None:
    """A time to the minute: a day alone would make a duration up."""
    found = _time(what, remote, source, zone, unread)
    if found is not None and found.day_only:
        unread.append(Unread(what, remote.ref, _cut(_first(remote, source), LONGEST_NAME)))
        return None
    return found.at if found else None


def _cut(text: str, longest: int) -> str:
    return plain(" ".join(text[: longest * 2].split()))[:longest].strip()
