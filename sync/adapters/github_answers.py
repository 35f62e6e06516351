"""GitHub's answers as typed records, and those as RemoteIssues. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct, field

from sync.port import RemoteChange, RemoteComment, RemoteEvent, RemoteIssue, RemoteState
from tracker.model import EvidenceKind

MAY_WRITE = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""Author associations of people who may write to the repository."""


class Actor(Struct, frozen=True, gc=False):
    """Whoever did something; null when the account is gone. GraphQL leaves out the `[bot]` that people see."""

    login: str
    kind: str = field(default="", name="__typename")

    @property
    def shown(self) -> str:
        """The name as people write it."""
        return f"{self.login}[bot]" if self.kind == "Bot" else self.login


class Named(Struct, frozen=True, gc=False):
    """A label."""

    name: str


class Place(Struct, frozen=True, gc=False, rename="camel"):
    """A repository."""

    name_with_owner: str


class PageInfo(Struct, frozen=True, gc=False, rename="camel"):
    """Where a list goes on."""

    has_next_page: bool
    end_cursor: str | None = None


class Labels(Struct, frozen=True, gc=False):
    """The labels of an issue."""

    nodes: list[Named]


class Assignees(Struct, frozen=True, gc=False):
    """The people an issue is assigned to."""

    nodes: list[Actor]


class Linked(Struct, frozen=True, gc=False, rename="camel"):
    """A pull request that would close, or closed, the issue."""

    url: str
    title: str = ""
    state: str = ""
    merged: bool = False
    merged_at: datetime | None = None
    author: Actor | None = None


class PullRequest(Linked, frozen=True, gc=False, rename="camel", tag_field="__typename", tag="PullRequest"):
    """The same where the answer names its type: as the closer of an issue."""


class References(Struct, frozen=True, gc=False):
    """The pull requests that would close, or closed, the issue."""

    nodes: list[Linked | None]


class Author(Struct, frozen=True, gc=False):
    """Who wrote a commit."""

    name: str | None = None
    user: Actor | None = None


class Commit(Struct, frozen=True, gc=False, rename="camel", tag_field="__typename", tag="Commit"):
    """A commit that closed the issue."""

    url: str
    committed_date: datetime
    message_headline: str = ""
    author: Author | None = None


class Project(Struct, frozen=True, gc=False, tag_field="__typename", tag="ProjectV2"):
    """A project board that closed the issue: no evidence."""


class Closed(Struct, frozen=True, gc=False, rename="camel", tag_field="__typename", tag="ClosedEvent"):
    """The issue was closed."""

    id: str
    created_at: datetime
    state_reason: str | None = None
    actor: Actor | None = None
    closer: Commit | PullRequest | Project | None = None


class Reopened(Struct, frozen=True, gc=False, rename="camel", tag_field="__typename", tag="ReopenedEvent"):
    """The issue was opened again."""

    id: str
    created_at: datetime
    actor: Actor | None = None


class Transferred(Struct, frozen=True, gc=False, rename="camel", tag_field="__typename", tag="TransferredEvent"):
    """The issue came from another repository."""

    id: str
    created_at: datetime
    actor: Actor | None = None
    from_repository: Place | None = None


Event: TypeAlias = Closed | Reopened | Transferred


class Timeline(Struct, frozen=True, gc=False, rename="camel"):
    """The issue's history."""

    page_info: PageInfo
    nodes: list[Event | None]


class Comment(Struct, frozen=True, gc=False, rename="camel"):
    """A comment."""

    body: str
    created_at: datetime
    url: str
    author_association: str = "NONE"
    viewer_did_author: bool = False
    author: Actor | None = None


class Comments(Struct, frozen=True, gc=False, rename="camel"):
    """The comments of an issue."""

    page_info: PageInfo
    nodes: list[Comment | None]


class Issue(Struct, frozen=True, gc=False, rename="camel"):
    """An issue as the fragment `issue` asks for it."""

    id: str
    number: int
    url: str
    title: str
    body: str
    state: str
    created_at: datetime
    updated_at: datetime
    repository: Place
    assignees: Assignees
    labels: Labels
    closed_by_pull_requests_references: References
    timeline_items: Timeline
    comments: Comments
    state_reason: str | None = None
    closed_at: datetime | None = None
    author_association: str = "NONE"
    viewer_did_author: bool = False
    author: Actor | None = None


class RestLabel(Struct, frozen=True, gc=False):
    """A label in REST."""

    name: str
    node_id: str = ""
    description: str | None = None


class RestIssue(Struct, frozen=True, gc=False):
    """An issue in REST, as far as the reply to a create is used."""

    node_id: str
    number: int
    html_url: str
    title: str
    state: str
    created_at: datetime
    updated_at: datetime
    body: str | None = None
    labels: list[RestLabel | str] = []
    assignees: list[Actor] = []


class Reader:
    """Turns answers of one server into RemoteIssues; `trusted` are logins believed beside those who may write."""

    def __init__(self, host: str, trusted: tuple[str, ...]) -> None:
        self._host = host
        self._trusted = frozenset(login.casefold() for login in trusted)

    def issue(self, issue: Issue, *, moved_from: str, at_home: bool) -> RemoteIssue:
        """An issue of a GraphQL answer."""
        references = [pull for pull in issue.closed_by_pull_requests_references.nodes if pull]
        closed = issue.state == "CLOSED"
        active = not closed and any(pull.state == "OPEN" for pull in references)
        events = [event for event in issue.timeline_items.nodes if event]
        return RemoteIssue(
            id=self.stable_id(issue.id),
            ref=f"{issue.repository.name_with_owner}#{issue.number}",
            number=issue.number,
            url=issue.url,
            title=issue.title,
            text=issue.body,
            state=RemoteState(closed, (issue.state_reason or "").lower() if closed else "", active),
            created=issue.created_at,
            updated=issue.updated_at,
            closed=issue.closed_at,
            trusted=self._may_write(issue),
            assignees=tuple(person.login for person in issue.assignees.nodes),
            labels=tuple(label.name for label in issue.labels.nodes),
            history=tuple(_event(event) for event in events if not isinstance(event, Transferred)),
            comments=tuple(self.comment(comment) for comment in issue.comments.nodes if comment),
            changes=_changes(references, events),
            moved_from=moved_from,
            at_home=at_home,
        )

    def created(self, issue: RestIssue, repository: str) -> RemoteIssue:
        """The issue in the reply to our own create."""
        return RemoteIssue(
            id=self.stable_id(issue.node_id),
            ref=f"{repository}#{issue.number}",
            number=issue.number,
            url=issue.html_url,
            title=issue.title,
            text=issue.body or "",
            state=RemoteState(issue.state == "closed"),
            created=issue.created_at,
            updated=issue.updated_at,
            trusted=True,
            assignees=tuple(person.login for person in issue.assignees),
            labels=tuple(label if isinstance(label, str) else label.name for label in issue.labels),
        )

    def comment(self, comment: Comment) -> RemoteComment:
        """A comment of a GraphQL answer."""
        return RemoteComment(
            body=comment.body,
            at=comment.created_at,
            url=comment.url,
            author=comment.author.login if comment.author else "",
            trusted=self._may_write(comment),
            bot=comment.author is not None and comment.author.kind == "Bot",
        )

    def stable_id(self, node_id: str) -> str:
        """Unique among all servers: two of them may give the same node id."""
        return f"{self._host}:{node_id}"

    def _may_write(self, written: Issue | Comment) -> bool:
        if written.viewer_did_author or written.author_association in MAY_WRITE:
            return True
        return written.author is not None and written.author.shown.casefold() in self._trusted


def _event(event: Closed | Reopened) -> RemoteEvent:
    state = RemoteState(closed=False)
    if isinstance(event, Closed):
        state = RemoteState(closed=True, reason=(event.state_reason or "completed").lower())
    return RemoteEvent(id=event.id, at=event.created_at, state=state, actor=event.actor.login if event.actor else "")


def _changes(references: list[Linked], events: list[Event]) -> tuple[RemoteChange, ...]:
    """Merged pull requests and commits; an open or abandoned pull request shows nothing."""
    closers = [event.closer for event in events if isinstance(event, Closed)]
    pulls: list[Linked] = [*references, *(closer for closer in closers if isinstance(closer, PullRequest))]
    merged = [
        RemoteChange(
            kind=EvidenceKind.MERGED_PULL_REQUEST,
            url=pull.url,
            at=pull.merged_at,
            author=pull.author.login if pull.author else "",
            title=pull.title,
        )
        for pull in pulls
        if pull.merged and pull.merged_at is not None
    ]
    commits = [
        RemoteChange(
            kind=EvidenceKind.COMMIT,
            url=closer.url,
            at=closer.committed_date,
            author=_author(closer.author),
            title=closer.message_headline,
        )
        for closer in closers
        if isinstance(closer, Commit)
    ]
    return (*merged, *commits)


def _author(author: Author | None) -> str:
    if author is None:
        return ""
    return author.user.login if author.user else author.name or ""
