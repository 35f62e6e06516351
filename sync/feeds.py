"""What `track` needs of the incidents that a tracker knows, in its own words: a part of the port.

Adapters turn a vendor's answers into these records and decide nothing: what of them is the class, the start or the
severity is decided in `incident_mapping`, by the config.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class FeedQuery(Struct, frozen=True, kw_only=True):
    """Which issues are the incidents of a feed, and what is wanted of them beside labels: fields by id, and the text.

    A query in JQL chooses them, or labels, all of which they carry, in a repository (else the tracker's own).
    """

    feed: str
    jql: str = ""
    labels: tuple[str, ...] = ()
    repository: str = ""
    fields: tuple[str, ...] = ()
    text: bool = False


class RemoteIncident(Struct, frozen=True, kw_only=True):
    """An incident as the tracker tells it. `fields` has the values of each field that holds some, as text.

    A time is written in ISO 8601, a day as `2026-10-01`. `text` is Markdown, empty where it was not wanted. `key` is
    what the tracker knows it by, whatever it is called: empty where there is no such thing.
    """

    ref: str
    url: str
    title: str
    created: datetime
    updated: datetime
    labels: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = {}
    text: str = ""
    key: str = ""


class IncidentPage(Struct, frozen=True, kw_only=True):
    """One page of a feed, oldest change first.

    `server_time` is the tracker's clock when the list was begun, `reached` the last change that this page covers.
    `home` is the present name of the repository where it answers under another one than was asked for.
    """

    incidents: tuple[RemoteIncident, ...]
    server_time: datetime
    reached: datetime | None = None
    home: str = ""


class FeedSample(Struct, frozen=True, kw_only=True):
    """What a look at a feed gives: how many incidents there are (None: more than were looked at), and the newest.

    `fields` are the names of all fields, by id; None where a tracker has no such thing.
    """

    total: int | None
    newest: tuple[RemoteIncident, ...]
    fields: Mapping[str, str] | None = None
