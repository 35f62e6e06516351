"""Fields of the front matter or of a metadata table -> a review's header. Pure; `lint` says what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.model import Condition, ReviewHeader
from tracker.review import words
from tracker.review.confidence import parse_confidence
from tracker.review.frontmatter import Field
from tracker.review.incidents import parse_incidents
from tracker.review.values import Moment, Unclear, parse_date, parse_moment, parse_severity, shorten
from tracker.review.words import NO_WORDS, ExtraWords
from tracker.rules import slug
from tracker.text import is_web_link, plain

if TYPE_CHECKING:
    from datetime import date, datetime

    from tracker.review.values import Notes

KEYS = (
    "id",
    "title",
    "class",
    "severity",
    "service",
    "team",
    "started",
    "detected",
    "mitigated",
    "reviewed",
    "checkpoints",
    "tracker",
    "url",
    "incidents",
    "confidence",
)
#: Which findings the document switches off: read by `lint_off`, no field of the header.
FINDINGS_OFF = "findings_off"
# Other names of the same keys, as they are seen in front matter and metadata tables.
_OTHER_NAMES = {
    "incident id": "id",
    "incident number": "id",
    "review id": "id",
    "incident title": "title",
    "incident class": "class",
    "incident": "incidents",
    "incident link": "incidents",
    "incident links": "incidents",
    "incident ticket": "incidents",
    "incident tickets": "incidents",
    "sev": "severity",
    "severity level": "severity",
    "incident severity": "severity",
    "services": "service",
    "affected service": "service",
    "service affected": "service",
    "owning team": "team",
    "start": "started",
    "start time": "started",
    "started at": "started",
    "incident start": "started",
    "detected at": "detected",
    "detection time": "detected",
    "time detected": "detected",
    "mitigated at": "mitigated",
    "mitigation time": "mitigated",
    "resolved": "mitigated",
    "resolved at": "mitigated",
    "end time": "mitigated",
    "review date": "reviewed",
    "postmortem date": "reviewed",
}
_ID = re.compile(r"\w[\w.-]{0,99}")


class Given(Struct, frozen=True, kw_only=True):
    """What is said beside the document, by the flags of the command line: it counts before what the document says."""

    id: str | None = None
    title: str | None = None
    incident_class: str | None = None
    severity: str | None = None
    service: str | None = None
    team: str | None = None
    started: str | None = None
    detected: str | None = None
    mitigated: str | None = None
    reviewed: str | None = None
    tracker: str | None = None
    url: str | None = None

    def fields(self) -> tuple[Field, ...]:
        """What is given, as fields that know their flag."""
        names = ((name, "class" if name == "incident_class" else name) for name in self.__struct_fields__)
        given = ((key, getattr(self, name)) for name, key in names)
        return tuple(Field(key=key, values=(value,), line=1, flag=f"--{key}") for key, value in given if value)


class Known(Struct, frozen=True, kw_only=True):
    """What the rest of the document gives where the front matter is silent."""

    file_name: str = ""
    heading: str = ""
    moments: Mapping[words.Moment, Moment]
    conditions: tuple[Condition, ...] = ()


def find_key(name: str, extra: ExtraWords = NO_WORDS) -> str | None:
    """The header key that a name in a document stands for; None where it stands for none."""
    if name in KEYS:
        return name
    bare = words.bare(name)
    known = bare if bare in KEYS else _OTHER_NAMES.get(bare)
    return known or words.find_header_name(name, extra) or None


def is_id(text: str) -> bool:
    """Whether this can name a review or an item: letters, digits, `.`, `_` and `-`, at most 100."""
    return _ID.fullmatch(text) is not None


def build_header(fields: tuple[Field, ...], known: Known, notes: Notes, extra: ExtraWords = NO_WORDS) -> ReviewHeader:
    """The header of a review: its fields first, then what else is known of it."""
    read = _Fields(fields, notes, extra)
    moments = known.moments
    started = read.moment("started") or moments.get(words.Moment.STARTED)
    header = ReviewHeader(
        id=_review_id(read, known.file_name, notes),
        title=read.text("title") or known.heading,
        incident_class=slug(read.text("class")),
        severity=parse_severity(read.text("severity")),
        service=read.text("service"),
        team=read.text("team"),
        started=_at(started),
        day_only=started is not None and started.day_only,
        incidents=parse_incidents(read.field("incidents"), notes),
        detected=_at(read.moment("detected") or moments.get(words.Moment.DETECTED)),
        mitigated=_at(read.moment("mitigated") or moments.get(words.Moment.MITIGATED)),
        reviewed=read.day("reviewed"),
        checkpoints=read.days("checkpoints"),
        tracker=read.text("tracker"),
        url=read.link("url"),
        conditions=known.conditions,
        confidence=parse_confidence(read.field("confidence"), notes),
    )
    _check_order(header, read, notes)
    return header


def _review_id(read: _Fields, file_name: str, notes: Notes) -> str:
    given = read.text("id")
    if not given:
        return re.sub(r"[^\w.-]+", "-", file_name).strip("-.")[:100]
    if not is_id(given):
        hint = f"Letters, digits, `.`, `_` and `-`: {slug(given)[:100] or 'INC-2026-042'}"
        named = "`--id`" if read.name("id") == "--id" else "the id"
        notes.error(f"{named} “{shorten(given)}” can't be used in labels and file names", hint, read.line("id"))
    return given


def _at(moment: Moment | None) -> datetime | None:
    return None if moment is None else moment.at


def _check_order(header: ReviewHeader, read: _Fields, notes: Notes) -> None:
    steps = [("started", header.started), ("detected", header.detected), ("mitigated", header.mitigated)]
    given = [(name, at) for name, at in steps if at is not None]
    for (earlier, first), (later, second) in pairwise(given):
        if second < first:
            notes.warn(f"`{later}` is before `{earlier}`", "Check the two times and their zones.", read.line(later))


class _Fields:
    """Reads typed values out of the fields and notes what is wrong with them."""

    def __init__(self, fields: tuple[Field, ...], notes: Notes, extra: ExtraWords) -> None:
        self._notes = notes
        self._fields: dict[str, Field] = {}
        for field in fields:
            if field.key != FINDINGS_OFF:
                self._add(field, find_key(field.key, extra))

    def _add(self, field: Field, key: str | None) -> None:
        if key is None:
            close = words.suggest(field.key.lower(), KEYS)
            hint = f"Did you mean `{close}`?" if close else f"Known keys: {', '.join(KEYS)}."
            self._notes.warn(f"the key `{shorten(field.key)}` is not known and is not read", hint, field.line)
        elif key in self._fields and self._fields[key].flag:
            return  # the flag is there to put another value in place of the document's
        elif key in self._fields:
            message = f"`{key}` is given twice (first on line {self._fields[key].line})"
            self._notes.error(message, "Keep one of the two.", field.line)
        elif field.nested and key != "confidence":
            self._notes.error(f"`{key}` holds more than plain values", f"Write `{key}: value`.", field.line)
        else:
            self._fields[key] = field

    def field(self, key: str) -> Field | None:
        return self._fields.get(key)

    def line(self, key: str) -> int:
        return self._fields[key].line if key in self._fields else 1

    def name(self, key: str) -> str:
        """What a person calls the value: its key, or the flag that gives it."""
        return self._fields[key].flag or key

    def text(self, key: str) -> str:
        field = self._fields.get(key)
        if field is None or not field.values:
            return ""
        if len(field.values) > 1:
            self._warn(
                field, f"`{key}` has {len(field.values)} values; the first is taken", "Keep the one that counts."
            )
        return plain(field.values[0])

    def moment(self, key: str) -> Moment | None:
        text = self.text(key)
        try:
            moment = parse_moment(text)
        except Unclear as unclear:
            self._reject(key, unclear)
            return None
        if moment is not None and moment.assumed:
            hint = f"Write it as {moment.at:%Y-%m-%dT%H:%M:%SZ} if that is right."
            self._warn(self._fields[key], f"`{self.name(key)}` is not exact: taken as {moment.assumed}", hint)
        return moment

    def day(self, key: str) -> date | None:
        return next(iter(self.days(key, most=1)), None)

    def days(self, key: str, most: int = 1000) -> tuple[date, ...]:
        field = self._fields.get(key)
        days = []
        for text in field.values[:most] if field else ():
            try:
                day = parse_date(text)
            except Unclear as unclear:
                self._reject(key, unclear)
                continue
            days += [day] if day else []
        return tuple(days)

    def link(self, key: str) -> str:
        url = self.text(key)
        if url and not is_web_link(url):
            self._reject(key, Unclear(f"“{shorten(url)}” is not a web link", "Start it with https://."))
            return ""
        return url

    def _reject(self, key: str, unclear: Unclear) -> None:
        field = self._fields[key]
        self._notes.error(f"`{field.flag or key}`: {unclear.message}", unclear.hint, field.line, field.column)

    def _warn(self, field: Field, message: str, hint: str) -> None:
        self._notes.warn(message, hint, field.line, field.column)
