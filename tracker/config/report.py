"""The sections that a report is made by: since when what is known, where incidents are found, names of classes."""

from typing import ClassVar

from msgspec import field

from tracker.config.report_values import (
    Day,
    FieldId,
    Jql,
    Label,
    LineName,
    Prefix,
    Weekday,
    Yes,
    Zone,
)
from tracker.config.section import Section
from tracker.config.values import Name, Repository

# Annotations are evaluated here on purpose (no `from __future__`): the reader goes by them.


class ReportSection(Section, frozen=True, kw_only=True):
    """Before `records_since` nothing is known of any incident. Weeks and days begin as people there have them."""

    records_since: Day | None = None
    week_starts: Weekday = 0
    time_zone: Zone = "UTC"


class Source(Section, frozen=True, kw_only=True):
    """Where an incident tells something: what follows a prefix in its labels, its components, a field, a line."""

    what: ClassVar[str] = "where it is found"
    example: ClassVar[str] = '{ label_prefix = "class:" }'
    exactly_one: ClassVar[tuple[str, ...]] = ("label_prefix", "component", "field", "line")

    label_prefix: Prefix = ""
    component: Yes = False
    field: FieldId = ""
    line: LineName = ""


class TimeSource(Section, frozen=True, kw_only=True):
    """Where an incident tells a time: a field, or a line of its text."""

    what: ClassVar[str] = "where the time is found"
    example: ClassVar[str] = '{ field = "customfield_10100" }'
    exactly_one: ClassVar[tuple[str, ...]] = ("field", "line")

    field: FieldId = ""
    line: LineName = ""


class FeedSection(Section, frozen=True, kw_only=True):
    """An `[incidents.NAME]`: which issues of a tracker are incidents, and where they tell what.

    On Jira `jql` chooses them, on GitHub `labels`, all of which they carry, in `repository` or else the tracker's.
    """

    tracker: Name
    jql: Jql = ""
    labels: tuple[Label, ...] = ()
    repository: Repository = ""
    incident_class: Source = field(default=Source(label_prefix="class:"), name="class")
    conditions: Source = Source(label_prefix="condition:")
    severity: Source | None = None
    team: Source | None = None
    started: TimeSource | None = None
    detected: TimeSource | None = None
    mitigated: TimeSource | None = None


class Feed(FeedSection, frozen=True, kw_only=True):
    """A feed, with its name."""

    name: str


class ClassSection(Section, frozen=True, kw_only=True):
    """A `[classes.NAME]`: what people call it, its other names, and since when it is watched where that is later."""

    title: Name = ""
    aliases: tuple[Name, ...] = ()
    watched_since: Day | None = None
