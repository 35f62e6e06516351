"""What the sandbox remembers: plain records, and how they are kept in a file. No rule of GitHub's lives here."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct, field

from sync.sandbox.jira_state import Site

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[int, int]
"""The id of a repository and a number in it: stays true when either is renamed, and is never given out again."""


class Permission(StrEnum):
    """What somebody may do in a repository, least first."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Permission) -> bool:
        """Whether this is at least `needed`."""
        order = list(Permission)
        return order.index(self) >= order.index(needed)


class User(Struct, kw_only=True):
    """An account."""

    id: int
    login: str


class Token(Struct, kw_only=True):
    """What a client shows; `writes` is False for a token that was given read permissions only."""

    login: str
    writes: bool = True


class Label(Struct, kw_only=True):
    """A label of a repository."""

    id: int
    name: str
    created: datetime
    color: str = "ededed"
    description: str = ""


class Comment(Struct, kw_only=True):
    """A comment on an issue. An empty author is an account that was deleted."""

    id: int
    author: str
    body: str
    created: datetime
    updated: datetime


class Commit(Struct, kw_only=True):
    """A commit on the default branch that closed an issue by a keyword."""

    sha: str
    repository: int
    headline: str
    author: str
    at: datetime


class PullRequest(Struct, kw_only=True):
    """A pull request; `closes` are the issues that its closing keywords name."""

    id: int
    number: int
    title: str
    author: str
    created: datetime
    updated: datetime
    state: Literal["OPEN", "CLOSED", "MERGED"] = "OPEN"
    merged: datetime | None = None
    closes: list[Place] = field(default_factory=list)
    body: str = ""


class Event(Struct, kw_only=True):
    """A line of an issue's history. `pull` and `commit` say what closed it, `source` where it came from."""

    id: int
    kind: Literal["ClosedEvent", "ReopenedEvent", "TransferredEvent"]
    at: datetime
    actor: str
    reason: str = ""
    pull: Place | None = None
    commit: Commit | None = None
    source: int | None = None


class Issue(Struct, kw_only=True):
    """An issue. Labels are kept in lower case, as the keys of its repository's labels."""

    id: int
    number: int
    title: str
    author: str
    created: datetime
    updated: datetime
    body: str = ""
    closed: datetime | None = None
    closed_by: str = ""
    reason: str = ""
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pulls: list[Place] = field(default_factory=list)


class Gone(Struct, kw_only=True):
    """A number that no longer holds an issue: it was transferred `to` another place, or deleted."""

    to: Place | None = None


class Repository(Struct, kw_only=True):
    """A repository. Who is not in `permissions` has what everybody has."""

    id: int
    owner: str
    name: str
    created: datetime
    private: bool = False
    hidden: bool = False
    archived: bool = False
    has_issues: bool = True
    last_number: int = 0
    permissions: dict[str, Permission] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    gone: dict[int, Gone] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """`owner/name` as it is now."""
        return f"{self.owner}/{self.name}"


class State(Struct, kw_only=True):
    """All of it. `names` holds former names too, until another repository takes them.

    `permissive`: any token is good, and a repository is there as soon as somebody asks for it. `everyone` is what an
    account may do in a public repository that says nothing about it. `jira` holds a Jira for each kind of deployment.
    """

    permissive: bool = False
    everyone: Permission = Permission.READ
    offset: timedelta = timedelta()
    last_id: int = 1000
    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    jira: dict[str, Site] = field(default_factory=dict)


def load_state(path: Path) -> State:
    """The state kept in a file. Raises `OSError`, or `msgspec.MsgspecError` when it is not one of ours."""
    return msgspec.json.decode(path.read_bytes(), type=State)


def save_state(state: State, path: Path) -> None:
    """Write the state beside the file and put it in its place in one step: a reader never sees half of it."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
