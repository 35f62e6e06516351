"""What a Jira of the sandbox remembers: plain records, kept in the state file with the rest. No rule lives here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field

from sync.sandbox.jira_defaults import (
    EVERYBODY_MAY,
    ISSUE_TYPES,
    RESOLUTIONS,
    SCREEN,
    STATUSES,
    TRANSITIONS,
)

Deployment = Literal["cloud", "data-center"]
Category = Literal["new", "indeterminate", "done"]
FieldKind = Literal["string", "number", "date", "datetime", "option"]
Text = str | dict[str, object]
"""A long text as it was written: wiki or plain text, or an Atlassian Document."""


class Account(Struct, kw_only=True):
    """A person. `id` is the account id on Cloud and the user key on Data Center, where people are told by `name`."""

    id: str
    name: str
    display: str
    email: str = ""
    email_visible: bool = True
    active: bool = True


class Named(Struct, kw_only=True):
    """A resolution or an issue type."""

    id: str
    name: str


class Status(Struct, kw_only=True):
    """A status. Names are free; only the category means something."""

    id: str
    name: str
    category: Category


class Transition(Struct, kw_only=True):
    """A way to the status `to`, from the statuses `origins` or, when empty, from any.

    `screen` are the fields that can be set on the way. `resolution` is what the way sets by itself: the id of a
    resolution, empty for none, None to leave it as it is.
    """

    id: str
    name: str
    to: str
    origins: list[str] = field(default_factory=list)
    screen: list[str] = field(default_factory=list)
    resolution: str | None = None


class Project(Struct, kw_only=True):
    """A project. `screen` are the fields of its create and edit screens, `required` those that must be set by a create.

    Who is not in `permissions` may do what `everybody` may.
    """

    id: int
    key: str
    name: str
    archived: bool = False
    last_number: int = 0
    issue_types: list[Named] = field(default_factory=lambda: [Named(id=id_, name=name) for id_, name in ISSUE_TYPES])
    screen: list[str] = field(default_factory=lambda: list(SCREEN))
    required: list[str] = field(default_factory=list)
    everybody: list[str] = field(default_factory=lambda: list(EVERYBODY_MAY))
    permissions: dict[str, list[str]] = field(default_factory=dict)
    properties: dict[str, object] = field(default_factory=dict)


class Comment(Struct, kw_only=True):
    """A comment."""

    id: int
    author: str
    text: Text
    created: datetime
    updated: datetime


class RemoteLink(Struct, kw_only=True):
    """A link to something elsewhere; `global_id` names it for an update, `target` is what Jira calls its object."""

    id: int
    target: dict[str, object]
    global_id: str | None = None
    relationship: str | None = None
    application: dict[str, object] = field(default_factory=dict)


class PullRequest(Struct, kw_only=True):
    """A pull request that names an issue, as the connected code host tells it; the author is a name over there."""

    number: int
    repository: str
    title: str
    author: str
    updated: datetime
    status: Literal["OPEN", "MERGED", "DECLINED"] = "OPEN"

    @property
    def url(self) -> str:
        """Its address: under a name that belongs to nobody."""
        return f"https://github.example.com/{self.repository}/pull/{self.number}"


class CustomField(Struct, kw_only=True):
    """A field that somebody added to the site: its name, and what it holds."""

    name: str
    kind: FieldKind = "string"


class ChangeItem(Struct, kw_only=True):
    """One field of a change, as value and as text. An empty `field_id` is a change that is no field's."""

    field: str
    field_id: str = ""
    old: str | None = None
    old_text: str | None = None
    new: str | None = None
    new_text: str | None = None


class Change(Struct, kw_only=True):
    """A line of an issue's history."""

    id: int
    at: datetime
    author: str
    items: list[ChangeItem]


class Issue(Struct, kw_only=True):
    """An issue. `status`, `resolution` and `type` are ids, `due` is a date as text, `custom` holds other fields."""

    id: int
    project: int
    number: int
    type: str
    status: str
    summary: str
    reporter: str
    created: datetime
    updated: datetime
    category_since: datetime
    description: Text | None = None
    resolution: str | None = None
    resolved: datetime | None = None
    priority: str = "Medium"
    due: str | None = None
    assignee: str | None = None
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    links: list[RemoteLink] = field(default_factory=list)
    properties: dict[str, object] = field(default_factory=dict)
    pulls: list[PullRequest] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    custom: dict[str, object] = field(default_factory=dict)


class Site(Struct, kw_only=True):
    """One Jira. `keys` leads from every key to its issue, former keys too.

    The search index is behind: an issue that was created or changed less than `lag` ago is not in it, nor is one in
    `forgotten` before its time. `indexed_properties` can be asked for in JQL; as on a real site, none can unless an app
    declares it. `bulk_times` is how the bulk changelog writes times: Jira's description and its example differ. With
    `passes_over_missing` a query that names an issue which is not there is no error, as newer Clouds have it. The
    development panel tells every pull request once under each of `code_hosts`, and counts it as often.
    """

    deployment: Deployment
    last_id: int = 10100
    lag: timedelta = timedelta()
    forgotten: dict[int, datetime] = field(default_factory=dict)
    indexed_properties: list[str] = field(default_factory=list)
    bulk_times: Literal["text", "seconds", "milliseconds"] = "milliseconds"
    passes_over_missing: bool = False
    code_hosts: list[str] = field(default_factory=lambda: ["GitHub"])
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    custom_fields: dict[str, CustomField] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    statuses: list[Status] = field(
        default_factory=lambda: [Status(id=id_, name=name, category=category) for id_, name, category in STATUSES]
    )
    resolutions: list[Named] = field(default_factory=lambda: [Named(id=id_, name=name) for id_, name in RESOLUTIONS])
    transitions: list[Transition] = field(
        default_factory=lambda: [
            Transition(id=id_, name=name, to=to, screen=list(screen), resolution=resolution)
            for id_, name, to, screen, resolution in TRANSITIONS
        ]
    )
