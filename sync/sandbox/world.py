"""The world of the sandbox: who and what is there, and the changes that any client or person can make to it.

Rules that hold whoever asks (numbers, label names, what moves `updated`) live here; what a client may ask for, and how
it is answered, lives in the `github_*` modules. The clock is given from outside: nothing here reads the real one.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sync.sandbox.state import (
    Comment,
    Event,
    Gone,
    Issue,
    Label,
    Permission,
    Place,
    PullRequest,
    Repository,
    State,
    Token,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.sandbox.state import Commit

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
"""What the clock of a world says that was given none."""

PERMISSIVE_USER = "incident-lead"
"""Who any token is in a permissive world."""

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")


class NoSuch(LookupError):
    """What was asked for is not there; the message says what."""


class World:
    """State, clock and one lock. Hold `lock` around anything that reads or writes while a server runs."""

    def __init__(self, state: State | None = None, *, clock: Callable[[], datetime] = lambda: START) -> None:
        self.state = state or State()
        self.lock = threading.RLock()
        self.revision = 0
        self._clock = clock

    @classmethod
    def open_to_all(cls, state: State | None = None, *, clock: Callable[[], datetime] = lambda: START) -> World:
        """A permissive world: any token is good, everybody may write, repositories are there when asked for."""
        world = cls(state, clock=clock)
        world.state.permissive, world.state.everyone = True, Permission.WRITE
        return world

    # The clock, and what every change does.

    def now(self) -> datetime:
        """The time in this world, in whole seconds, as GitHub keeps it."""
        return self.moment().replace(microsecond=0)

    def moment(self) -> datetime:
        """The time in this world, in milliseconds, as Jira keeps it."""
        exact = self._clock() + self.state.offset
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)

    def advance(self, by: timedelta) -> None:
        """Let time pass; a negative span sets the clock back."""
        self.state.offset += by
        self.revision += 1

    def new_id(self) -> int:
        """An id that was never given out."""
        self.revision += 1
        self.state.last_id += 1
        return self.state.last_id

    def touch(self, issue: Issue) -> None:
        """Note that an issue changed just now."""
        issue.updated = self.now()
        self.revision += 1

    # People.

    def user(self, login: str) -> User:
        """The account of that name, which is there as soon as it is named; names ignore case."""
        key = login.lower()
        if key not in self.state.users:
            self.state.users[key] = User(id=self.new_id(), login=login)
        return self.state.users[key]

    def add_token(self, token: str, login: str, *, writes: bool = True) -> None:
        """Let a token stand for an account; with `writes=False` it may only read."""
        self.state.tokens[token] = Token(login=self.user(login).login, writes=writes)
        self.revision += 1

    def token(self, token: str) -> Token | None:
        """Whom a token stands for; None when it is not good."""
        if self.state.permissive and token:
            return self.state.tokens.get(token, Token(login=PERMISSIVE_USER))
        return self.state.tokens.get(token)

    def permission(self, repository: Repository, login: str) -> Permission:
        """What an account may do in a repository."""
        if repository.hidden or not login:
            return Permission.NONE
        if login.lower() == repository.owner.lower():
            return Permission.ADMIN
        given = repository.permissions.get(login.lower())
        return given or (Permission.NONE if repository.private else self.state.everyone)

    def association(self, repository: Repository, login: str) -> str:
        """The author association that GitHub shows beside what an account wrote."""
        if login and login.lower() == repository.owner.lower():
            return "OWNER"
        if login.endswith("[bot]"):
            return "NONE"
        match self.permission(repository, login):
            case Permission.ADMIN | Permission.WRITE:
                return "MEMBER"
            case Permission.TRIAGE:
                return "COLLABORATOR"
            case _:
                return "NONE"

    def assignable(self, repository: Repository, login: str) -> bool:
        """Whether an account can be assigned to issues of a repository."""
        may = self.permission(repository, login).covers(Permission.TRIAGE)
        return may and _LOGIN.fullmatch(login) is not None

    # Repositories and labels.

    def add_repository(
        self, full_name: str, permissions: dict[str, Permission] | None = None, *, private: bool = False
    ) -> Repository:
        """A new repository `owner/name`; it takes the name from one that was renamed away from it."""
        owner, _, name = full_name.partition("/")
        repository = Repository(id=self.new_id(), owner=owner, name=name, created=self.now(), private=private)
        for login, permission in (permissions or {}).items():
            repository.permissions[self.user(login).login.lower()] = permission
        self.state.repositories[repository.id] = repository
        self.state.names[full_name.lower()] = repository.id
        return repository

    def find_repository(self, full_name: str) -> Repository | None:
        """The repository that has, or once had, this name. In a permissive world it is there when asked for."""
        known = self.state.names.get(full_name.lower())
        if known is not None:
            return self.state.repositories[known]
        return self.add_repository(full_name) if self.state.permissive else None

    def repository(self, full_name: str) -> Repository:
        """The repository of that name. Raises `NoSuch`."""
        found = self.find_repository(full_name)
        if found is None:
            raise NoSuch(f"There is no repository {full_name} here.")
        return found

    def ensure_label(self, repository: Repository, name: str) -> Label:
        """The label of that name, made when it is not there; names ignore case."""
        return repository.labels.get(name.lower()) or self.add_label(repository, name)

    def add_label(self, repository: Repository, name: str, color: str = "ededed", description: str = "") -> Label:
        """A new label. The caller has looked that the name is free, under the same lock."""
        label = Label(id=self.new_id(), name=name, created=self.now(), color=color, description=description)
        repository.labels[name.lower()] = label
        return label

    def delete_label(self, repository: Repository, name: str) -> None:
        """Delete a label everywhere. As on GitHub, that does not count as an update of the issues that had it."""
        key = name.lower()
        del repository.labels[key]
        for issue in repository.issues.values():
            if key in issue.labels:
                issue.labels.remove(key)
        self.revision += 1

    # Issues and pull requests.

    def issue(self, repository: Repository, number: int) -> Issue:
        """An issue that is there. Raises `NoSuch`."""
        if number not in repository.issues:
            raise NoSuch(f"There is no issue {repository.full_name}#{number} here.")
        return repository.issues[number]

    def add_issue(self, repository: Repository, author: str, title: str, body: str = "") -> Issue:
        """A new open issue."""
        now = self.now()
        repository.last_number += 1
        issue = Issue(
            id=self.new_id(),
            number=repository.last_number,
            title=title,
            body=body,
            author=self.user(author).login,
            created=now,
            updated=now,
        )
        repository.issues[issue.number] = issue
        return issue

    def set_labels(self, repository: Repository, issue: Issue, names: Iterable[str]) -> None:
        """Give an issue these labels and no others; labels that the repository lacks are made."""
        wanted = dict.fromkeys(name.lower() for name in names if self.ensure_label(repository, name))
        if list(wanted) != issue.labels:
            issue.labels = list(wanted)
            self.touch(issue)

    def set_assignees(self, issue: Issue, logins: Iterable[str]) -> None:
        """Assign these accounts and no others."""
        wanted = list(dict.fromkeys(self.user(login).login for login in logins))
        if wanted != issue.assignees:
            issue.assignees = wanted
            self.touch(issue)

    def add_comment(self, issue: Issue, author: str, body: str) -> Comment:
        """A new comment."""
        now = self.now()
        comment = Comment(id=self.new_id(), author=self.user(author).login, body=body, created=now, updated=now)
        issue.comments.append(comment)
        self.touch(issue)
        return comment

    def close(
        self,
        issue: Issue,
        actor: str,
        reason: str = "completed",
        *,
        pull: Place | None = None,
        commit: Commit | None = None,
    ) -> None:
        """Close an issue, and note in its history what closed it."""
        now, who = self.now(), self.user(actor).login
        issue.closed, issue.closed_by, issue.reason = now, who, reason
        issue.events.append(
            Event(id=self.new_id(), kind="ClosedEvent", at=now, actor=who, reason=reason, pull=pull, commit=commit)
        )
        self.touch(issue)

    def reopen(self, issue: Issue, actor: str) -> None:
        """Open an issue again."""
        who = self.user(actor).login
        issue.closed, issue.closed_by, issue.reason = None, "", "reopened"
        issue.events.append(Event(id=self.new_id(), kind="ReopenedEvent", at=self.now(), actor=who, reason="reopened"))
        self.touch(issue)

    def add_pull(self, repository: Repository, author: str, title: str, closes: Place | None = None) -> PullRequest:
        """A new open pull request whose closing keyword names an issue, or none."""
        now = self.now()
        repository.last_number += 1
        pull = PullRequest(
            id=self.new_id(),
            number=repository.last_number,
            title=title,
            author=self.user(author).login,
            created=now,
            updated=now,
            closes=[closes] if closes else [],
        )
        repository.pulls[pull.number] = pull
        return pull

    def remove_issue(self, repository: Repository, issue: Issue, to: Place | None = None) -> None:
        """Take an issue out of a repository; its number remembers where it went."""
        del repository.issues[issue.number]
        repository.gone[issue.number] = Gone(to=to)
        self.revision += 1

    def issue_at(self, place: Place) -> tuple[Repository, Issue] | None:
        """The issue at a place, with its repository; None when it is not there any more."""
        repository = self.state.repositories.get(place[0])
        issue = repository.issues.get(place[1]) if repository else None
        return (repository, issue) if repository and issue else None

    def pull_at(self, place: Place) -> tuple[Repository, PullRequest]:
        """The pull request at a place, with its repository. Raises `NoSuch`."""
        repository = self.state.repositories[place[0]]
        if place[1] not in repository.pulls:
            raise NoSuch(f"There is no pull request {repository.full_name}#{place[1]} here.")
        return repository, repository.pulls[place[1]]
