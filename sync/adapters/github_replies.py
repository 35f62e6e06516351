"""The answers to the queries of `github_queries`, as typed records: what is not of this shape is no answer."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sync.adapters import github_answers as answers


class Count(Struct, frozen=True, rename="camel"):
    """How many there are."""

    total_count: int


class Issues(Struct, frozen=True, rename="camel"):
    """A page of issues."""

    page_info: answers.PageInfo
    nodes: list[answers.Issue | None]


class Repository(Struct, frozen=True, rename="camel"):
    """The repository with a page of its followed issues."""

    name_with_owner: str
    all: Count
    issues: Issues


class List(Struct, frozen=True):
    """The answer to `LIST`."""

    repository: Repository


class Incident(Struct, frozen=True, rename="camel"):
    """An issue that is an incident; the text only where it was asked for."""

    id: str
    number: int
    url: str
    title: str
    created_at: datetime
    updated_at: datetime
    labels: answers.Labels
    closed_at: datetime | None = None
    body: str | None = None


class IncidentIssues(Struct, frozen=True, rename="camel"):
    """A page of incidents, and how many the whole list has."""

    total_count: int
    page_info: answers.PageInfo
    nodes: list[Incident | None]


class IncidentRepository(Struct, frozen=True, rename="camel"):
    """The repository with a page of its incidents."""

    name_with_owner: str
    issues: IncidentIssues


class Incidents(Struct, frozen=True):
    """The answer to `INCIDENTS`."""

    repository: IncidentRepository


class Nodes(Struct, frozen=True):
    """The answer to `NODES`; null where an id is not found."""

    nodes: list[answers.Issue | None]


class Recall(Struct, frozen=True):
    """The answer to `RECALL`."""

    search: Issues


class OneIssue(Struct, frozen=True):
    """The repository with one issue."""

    issue: answers.Issue | None = None


class One(Struct, frozen=True):
    """The answer to `ONE`."""

    repository: OneIssue


class InnerNode(Struct, frozen=True, rename="camel"):
    """An issue with the next page of one of its lists."""

    comments: answers.Comments | None = None
    timeline_items: answers.Timeline | None = None


class Inner(Struct, frozen=True):
    """The answer to `COMMENTS` and `TIMELINE`."""

    node: InnerNode


class Assignable(Struct, frozen=True):
    """The answer to `assignable`: by alias, the people a name may mean."""

    repository: dict[str, answers.Assignees]


class Label(Struct, frozen=True):
    """A label, with what its description says."""

    id: str
    name: str
    description: str | None = None


class LabelledRepository(Struct, frozen=True):
    """The repository with one label."""

    label: Label | None = None


class Labelled(Struct, frozen=True):
    """The answer to `LABEL`."""

    repository: LabelledRepository


class Identity(Struct, frozen=True):
    """What is read of an issue in REST to follow it."""

    node_id: str
