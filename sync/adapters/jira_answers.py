"""Jira's answers as typed records, and those as RemoteIssues. Pure.

Whatever a site leaves out of an issue is read as not there: only id and key are on every one. What makes an answer a
list has to be in it: a JSON of something else must not read as "there are none".
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from msgspec import Raw, Struct, field

EPOCH = datetime.min.replace(tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000
"""Epoch numbers from here on are milliseconds: as seconds they would lie beyond the year 5000."""


class User(Struct, frozen=True, gc=False, rename="camel"):
    """A person or an app: known by account id on Cloud, by user name on Data Center."""

    account_id: str | None = None
    name: str | None = None
    display_name: str | None = None
    email_address: str | None = None
    active: bool | None = True
    account_type: str | None = None

    @property
    def account(self) -> str:
        """What other requests know the person by."""
        return self.account_id or self.name or ""

    @property
    def shown(self) -> str:
        """The name that people see."""
        return self.display_name or self.account


class Named(Struct, frozen=True, gc=False):
    """A resolution, an issue type, a value of a field: something with a name."""

    name: str | None = None
    id: str | None = None


class Category(Struct, frozen=True, gc=False):
    """The category of a status: `new`, `indeterminate` or `done`."""

    key: str | None = None


class Status(Struct, frozen=True, gc=False):
    """A status. Its name is free, only the category means something."""

    id: str | None = ""
    name: str | None = None
    kind: Category | None = field(default=None, name="statusCategory")

    @property
    def category(self) -> str:
        """The key of its category; empty where none is told."""
        return (self.kind and self.kind.key) or ""


class Project(Struct, frozen=True, gc=False):
    """A project."""

    key: str | None = None
    id: str | None = None


class Comment(Struct, frozen=True, gc=False):
    """A comment; the body is a document (v3) or wiki text (v2)."""

    id: str
    created: str
    body: Any = None
    author: User | None = None


class Comments(Struct, frozen=True, gc=False):
    """The comments that came with an issue: not always all."""

    told: list[Comment] | None = field(default=None, name="comments")
    count: int | None = field(default=0, name="total")

    @property
    def total(self) -> int:
        """How many there are in all."""
        return self.count or 0

    @property
    def comments(self) -> list[Comment]:
        """Those that were told."""
        return self.told or []


class Fields(Struct, frozen=True, gc=False):
    """The fields of an issue that are asked for."""

    summary: str | None = None
    description: Any = None
    status: Status | None = None
    resolution: Named | None = None
    resolutiondate: str | None = None
    statuscategorychangedate: str | None = None
    labels: list[str] | None = None
    assignee: User | None = None
    duedate: str | None = None
    creator: User | None = None
    created: str | None = None
    updated: str | None = None
    project: Project | None = None
    comment: Comments | None = None


class Item(Struct, frozen=True, gc=False):
    """One field of a change, as value and as text."""

    field_name: str = field(default="", name="field")
    field_id: str = field(default="", name="fieldId")
    old: str | None = field(default=None, name="from")
    old_text: str | None = field(default=None, name="fromString")
    new: str | None = field(default=None, name="to")
    new_text: str | None = field(default=None, name="toString")

    @property
    def what(self) -> str:
        """The field: Data Center tells only its name."""
        return (self.field_id or self.field_name).casefold()


class Change(Struct, frozen=True, gc=False):
    """A line of an issue's history. `created` is a text, or an epoch number in bulk answers."""

    id: str | int
    created: str | int | float
    author: User | None = None
    items: list[Item] = []


class Changelog(Struct, frozen=True, gc=False):
    """The history that came with an issue: not always all."""

    histories: list[Change] = []
    total: int = 0


class Issue(Struct, frozen=True, gc=False):
    """An issue as searches and bulk fetches give it."""

    id: str
    key: str
    fields: Fields = Fields()
    properties: dict[str, Raw] = {}
    changelog: Changelog | None = None

    @property
    def changed(self) -> datetime:
        """When it last changed."""
        return first_time(self.fields.updated)


class Target(Struct, frozen=True, gc=False):
    """What a remote link leads to."""

    url: str = ""
    title: str = ""


class RemoteLink(Struct, frozen=True, gc=False):
    """A link to something elsewhere."""

    id: str | int
    target: Target = field(default=Target(), name="object")
    global_id: str | None = field(default=None, name="globalId")
    relationship: str | None = None


class SearchPage(Struct, frozen=True, gc=False, rename="camel"):
    """A page of a search, of either deployment."""

    issues: list[Issue]
    next_page_token: str | None = None
    total: int = 0


class Count(Struct, frozen=True, gc=False):
    """About how many issues there are."""

    count: int


class Fetched(Struct, frozen=True, gc=False):
    """The answer to a bulk fetch."""

    issues: list[Issue]


class IssueChanges(Struct, frozen=True, gc=False, rename="camel"):
    """The history of one issue in a bulk answer."""

    issue_id: str
    change_histories: list[Change] = []


class Changes(Struct, frozen=True, gc=False, rename="camel"):
    """A page of the histories of many issues."""

    issue_change_logs: list[IssueChanges]
    next_page_token: str | None = None


class Made(Struct, frozen=True, gc=False):
    """An issue that was just created."""

    id: str
    key: str


class ElementErrors(Struct, frozen=True, gc=False, rename="camel"):
    """Why one row of a bulk create was refused."""

    error_messages: list[str] = []
    errors: dict[str, str] = {}


class RowError(Struct, frozen=True, gc=False, rename="camel"):
    """A row of a bulk create that was refused."""

    failed_element_number: int
    element_errors: ElementErrors = ElementErrors()
    status: int = 400


class BulkMade(Struct, frozen=True, gc=False):
    """The answer to a bulk create."""

    issues: list[Made] = []
    errors: list[RowError] = []


class Property(Struct, frozen=True, gc=False):
    """An entity property."""

    value: Raw


class Allowed(Struct, frozen=True, gc=False, rename="camel"):
    """A field of a screen, and what it may hold."""

    allowed_values: list[Named] = []


class Way(Struct, frozen=True, gc=False):
    """A transition."""

    id: str
    to: Status = Status()
    fields: dict[str, Raw] = {}


class Ways(Struct, frozen=True, gc=False):
    """The transitions that are open."""

    transitions: list[Way] = []


def parse_time(said: str | float | None) -> datetime | None:
    """A moment in UTC: a text as Jira writes it (`2018-05-24T23:35:30.742+0200`), or an epoch number.

    None where there is none, or where it cannot be read.
    """
    if said is None:
        return None
    if isinstance(said, str) and not said.isdecimal():
        try:
            return datetime.fromisoformat(said).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    number = float(said)
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def parse_day(said: str | None) -> date | None:
    """A day; None where there is none, or where it cannot be read."""
    try:
        return date.fromisoformat((said or "")[:10])
    except ValueError:
        return None


def first_time(*said: str | None) -> datetime:
    """The first of these moments that can be read; the beginning of time where none can."""
    return next((moment for moment in map(parse_time, said) if moment is not None), EPOCH)


def number_of(key: str) -> int:
    """The number in a key: 12 of `PLAT-12`."""
    digits = key.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
