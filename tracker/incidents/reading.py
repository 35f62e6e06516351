"""Rows -> incidents, and everything that somebody should put right, each with its line. Pure."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.incidents.columns import CREATED, Columns
from tracker.incidents.rows import Broken, Row, Table
from tracker.model import Incident
from tracker.text import is_web_link, ordinal, plain
from tracker.values import Time, Unclear, is_nothing, parse_severity, parse_time, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

_MOST_TROUBLES = 1_000
_LONGEST_ID = 200
_LONGEST_TITLE = 500
_LONGEST_LINK = 500
_LONGEST_NAME = 200
_MOST_NAMES = 20
_BETWEEN = re.compile(r"[;,\n]")
_CLASS, _CONDITION = re.compile(r"class[:/] *", re.IGNORECASE), re.compile(r"condition[:/] *", re.IGNORECASE)
_JIRA = re.compile(r"/browse/([A-Z][A-Z0-9_]*-\d+)(?:[/?#]|$)")
_GITHUB = re.compile(r"https?://[^/]+/([\w.-]+/[\w.-]+)/issues/(\d+)(?:[/?#]|$)")


class Trouble(Struct, frozen=True, kw_only=True):
    """Something in a file to put right. `is_refused`: the whole row is left out for it, else a value of it."""

    line: int
    message: str
    hint: str
    is_refused: bool


class Reading(Struct, frozen=True, kw_only=True):
    """One file as understood.

    `troubles` are the first thousand of `troubled`; `refused` counts the rows left out. `ids` are those of all rows,
    also of refused ones. `is_whole`: every row's id is known, so that what is not among `ids` is not in the file.
    `zoneless` counts times whose zone was assumed, `days` the detections and mitigations that were a day without a
    time: no duration can be told from one, so it is left out.
    """

    source: str
    columns: Columns
    incidents: tuple[Incident, ...]
    rows: int
    refused: int
    troubled: int
    troubles: tuple[Trouble, ...]
    ids: frozenset[str]
    is_whole: bool
    zoneless: int
    days: int


def read_incidents(table: Table, columns: Columns, source: str, zone: tzinfo) -> Reading:
    """The incidents of a file; `zone` is that of times without one."""
    reader = _Reader(columns, source, zone)
    for row in table.rows:
        reader.take(row)
    return Reading(
        source=source,
        columns=columns,
        incidents=tuple(reader.incidents.values()),
        rows=reader.rows,
        refused=reader.refused,
        troubled=reader.troubled,
        troubles=tuple(reader.troubles),
        ids=frozenset(reader.places),
        is_whole=reader.is_whole,
        zoneless=reader.zoneless,
        days=reader.days,
    )


def id_of_link(url: str) -> str:
    """The id that a link stands for: `OPS-12`, `acme/ops#12`, else the link itself without its scheme."""
    if issue := _issue_of_link(url):
        return issue
    bare = url.partition("://")[2].partition("#")[0].rstrip("/")
    if len(bare) <= _LONGEST_ID:
        return bare
    return f"{bare[: _LONGEST_ID - 13]}-{sha256(bare.encode()).hexdigest()[:12]}"


def _issue_of_link(url: str) -> str:
    """The issue of a tracker that a link leads to; empty where it leads elsewhere."""
    if match := _JIRA.search(url):
        return match[1]
    match = _GITHUB.match(url)
    return f"{match[1]}#{match[2]}" if match else ""


class _Refused(Exception):
    """The row cannot be used: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class _Reader:
    """What has been read of one file so far."""

    def __init__(self, columns: Columns, source: str, zone: tzinfo) -> None:
        self._columns = columns
        self._source = source
        self._zone = zone
        self.incidents: dict[str, Incident] = {}
        self.places: dict[str, str] = {}
        self.troubles: list[Trouble] = []
        self.troubled = self.refused = self.rows = self.zoneless = self.days = 0
        self.is_whole = True

    def take(self, row: Row | Broken) -> None:
        """Read one row, and keep it or say why not."""
        self.rows += 1
        if isinstance(row, Broken):
            self.is_whole = False
            self._refuse(row, row.message, row.hint)
            return
        try:
            url = self._link(row)
            key = self._id(row, url)
        except _Refused as refused:
            self.is_whole = False
            self._refuse(row, refused.message, refused.hint)
            return
        if key in self.places:
            hint = "Keep one of them, or give each an id of its own."
            self._refuse(row, f"{shorten(key)} is there already, {self.places[key]}", hint)
            return
        self.places[key] = f"as the {ordinal(row.number)} object" if row.number else f"on line {row.line}"
        try:
            self.incidents[key] = self._incident(row, key, url)
        except _Refused as refused:
            self._refuse(row, refused.message, refused.hint)

    def _incident(self, row: Row, key: str, url: str) -> Incident:
        started, is_assumed = self._start(row)
        detected = self._later(row, "detected", started, is_assumed=is_assumed)
        mitigated = self._later(row, "mitigated", detected or started, is_assumed=is_assumed and detected is None)
        names = tuple(self._list(row, "class"))
        marked = tuple(_CLASS.sub("", name, count=1) for name in names if _CLASS.match(name))
        conditions = (_CONDITION.sub("", name, count=1) for name in names if _CONDITION.match(name))
        return Incident(
            id=key,
            source=self._source,
            title=self._text(row, "title", _LONGEST_TITLE),
            url=url,
            classes=_unique(marked or tuple(name for name in names if not _CONDITION.match(name))),
            conditions=_unique((*self._list(row, "conditions"), *conditions)),
            severity=parse_severity(self._text(row, "severity")),
            service=self._text(row, "service"),
            team=self._text(row, "team"),
            started=started.at if started else None,
            day_only=started is not None and started.day_only,
            assumed_start=is_assumed,
            detected=detected.at if detected else None,
            mitigated=mitigated.at if mitigated else None,
        )

    def _id(self, row: Row, url: str) -> str:
        text = next(self._texts(row, "id"), "")
        if is_web_link(text):
            return id_of_link(text)
        key = text.removeprefix("#").strip()
        if len(key) > _LONGEST_ID:
            raise _Refused(f"the id is longer than {_LONGEST_ID} characters", "Name the column of the id with --id.")
        if key.isdigit() and (issue := _issue_of_link(url)):  # many systems have that number
            return issue
        if key:
            return key
        if url:
            return id_of_link(url)
        raise _Refused(
            "the row has neither an id nor a link", "Fill in one of the two: by it the incident is known again."
        )

    def _link(self, row: Row) -> str:
        """The link of the incident; one that may not be shown is left out."""
        own = next(self._texts(row, "id"), "")
        url = next(self._texts(row, "url"), own if is_web_link(own) else "")
        if not url or (len(url) <= _LONGEST_LINK and is_web_link(url)):
            return url
        self._leave_out(row, f"url: “{shorten(url)}” is not a web link", "Start it with https://.")
        return ""

    def _start(self, row: Row) -> tuple[Time | None, bool]:
        """When it started, and whether the time it was created at stands in."""
        try:
            started = self._time(row, "started")
            created = self._time(row, CREATED) if started is None else None
        except Unclear as unclear:
            raise _Refused(f"its start: {unclear.message}", unclear.hint) from unclear
        return started or created, created is not None

    def _later(self, row: Row, field: str, before: Time | None, *, is_assumed: bool) -> Time | None:
        """A time that cannot be before another one, unless that was only assumed."""
        try:
            found = self._time(row, field)
        except Unclear as unclear:
            self._leave_out(row, f"{field}: {unclear.message}", unclear.hint)
            return None
        if found is not None and found.day_only:
            self.days += 1
            return None
        if found is None or before is None or is_assumed or self._is_in_order(before, found):
            return found
        self._leave_out(row, f"{field} is before what comes before it", "Check the times and their zones.")
        return None

    def _is_in_order(self, before: Time, found: Time) -> bool:
        """Of a day without a time only the day is known: the one in the zone of the file."""
        if before.day_only:
            return found.at.astimezone(self._zone).date() >= before.at.date()
        return found.at >= before.at

    def _time(self, row: Row, field: str) -> Time | None:
        """The first of the field's columns that says a time."""
        for text in self._texts(row, field):
            if found := parse_time(text, self._zone):
                self.zoneless += found.is_zoneless
                return found
        return None

    def _text(self, row: Row, field: str, longest: int = _LONGEST_NAME) -> str:
        return shorten(next(self._texts(row, field), ""), longest)

    def _list(self, row: Row, field: str) -> Iterator[str]:
        """All that the columns of a field hold, parted."""
        for text in self._texts(row, field):
            yield from (shorten(part, _LONGEST_NAME) for part in _BETWEEN.split(text) if not is_nothing(part))

    def _texts(self, row: Row, field: str) -> Iterator[str]:
        """What the columns of a field say, the best first."""
        for name in self._columns.names.get(field, ()):
            for value in row.values.get(name, ()):
                if (text := plain(value)) and not is_nothing(text):
                    yield text

    def _refuse(self, row: Row | Broken, message: str, hint: str) -> None:
        self.refused += 1
        self._note(row, message, hint, is_refused=True)

    def _leave_out(self, row: Row, message: str, hint: str) -> None:
        self._note(row, message, hint, is_refused=False)

    def _note(self, row: Row | Broken, message: str, hint: str, *, is_refused: bool) -> None:
        self.troubled += 1
        if len(self.troubles) < _MOST_TROUBLES:
            said = f"the {ordinal(row.number)} object: {message}" if row.number else message
            self.troubles.append(Trouble(line=row.line, message=said, hint=hint, is_refused=is_refused))


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))[:_MOST_NAMES]
