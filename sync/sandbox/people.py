"""What people do in the world of the sandbox while `track` is not looking: merge, close, reopen, delete, move, rename.

Each public method of `People` is one thing that can happen. They are also the verbs of the control endpoints, which
take the same names and arguments as JSON (`server` and `control`), so arguments are plain values.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from sync.sandbox.state import Commit, Event, Permission
from sync.sandbox.world import PERMISSIVE_USER

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sync.sandbox.world import World

P = ParamSpec("P")


class Crowd(Protocol):
    """People whose acts happen one at a time."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """What is held while somebody acts."""


C = TypeVar("C", bound=Crowd)


def locked(act: Callable[Concatenate[C, P], str]) -> Callable[Concatenate[C, P], str]:
    """Let one thing happen at a time."""

    @wraps(act)
    def one_at_a_time(self: C, /, *args: P.args, **kwargs: P.kwargs) -> str:
        with self.lock:
            return act(self, *args, **kwargs)

    return one_at_a_time


class People:
    """People of a world. Repositories are named `owner/name`; each method says what came of it, as a reference.

    All raise `NoSuch` when the repository or issue is not there.
    """

    def __init__(self, world: World) -> None:
        self.world, self.lock = world, world.lock

    @locked
    def advance(self, days: float) -> str:
        """Let days pass."""
        self.world.advance(timedelta(days=days))
        return self.world.now().isoformat()

    @locked
    def open_issue(self, repository: str, title: str, body: str = "", author: str = PERMISSIVE_USER) -> str:
        """Open an issue by hand."""
        home = self.world.repository(repository)
        return f"{home.full_name}#{self.world.add_issue(home, author, title, body).number}"

    @locked
    def open_pull_request(
        self, repository: str, issue: int, author: str, title: str = "Fix it", pull_repository: str = ""
    ) -> str:
        """Open a pull request that will close an issue, in the same repository or another one."""
        home = self.world.repository(repository)
        target = self.world.issue(home, issue)
        place = self.world.repository(pull_repository) if pull_repository else home
        pull = self.world.add_pull(place, author, title, (home.id, issue))
        target.pulls.append((place.id, pull.number))
        self.world.touch(target)
        return f"{place.full_name}#{pull.number}"

    @locked
    def merge(self, repository: str, pull: int, actor: str = "") -> str:
        """Merge an open pull request, which closes the issues that it names."""
        home = self.world.repository(repository)
        merged = self.world.pull_at((home.id, pull))[1]
        merged.state, merged.merged, merged.updated = "MERGED", self.world.now(), self.world.now()
        for place in merged.closes:
            found = self.world.issue_at(place)
            if found is not None and found[1].closed is None:
                self.world.close(found[1], actor or merged.author, pull=(home.id, pull))
        return f"{home.full_name}#{pull}"

    @locked
    def close_pull_request(self, repository: str, pull: int) -> str:
        """Close a pull request without merging it."""
        home = self.world.repository(repository)
        closed = self.world.pull_at((home.id, pull))[1]
        closed.state, closed.updated = "CLOSED", self.world.now()
        self.world.revision += 1
        return f"{home.full_name}#{pull}"

    @locked
    def merge_pull_request(
        self, repository: str, issue: int, author: str, title: str = "Fix it", pull_repository: str = ""
    ) -> str:
        """Open a pull request that closes an issue, and merge it."""
        ref = self.open_pull_request(repository, issue, author, title, pull_repository)
        name, _, number = ref.partition("#")
        return self.merge(name, int(number))

    @locked
    def revert(self, repository: str, pull: int, author: str) -> str:
        """Take a merged pull request back by another one, as GitHub's button does."""
        home = self.world.repository(repository)
        taken = self.world.pull_at((home.id, pull))[1]
        new = self.world.add_pull(home, author, f'Revert "{taken.title}"')
        new.body = f"Reverts {home.full_name}#{pull}"
        new.state, new.merged, new.updated = "MERGED", self.world.now(), self.world.now()
        return f"{home.full_name}#{new.number}"

    @locked
    def close(
        self,
        repository: str,
        issue: int,
        actor: str,
        reason: Literal["completed", "not_planned", "duplicate"] = "completed",
    ) -> str:
        """Close an issue by hand."""
        home = self.world.repository(repository)
        self.world.close(self.world.issue(home, issue), actor, reason)
        return f"{home.full_name}#{issue}"

    @locked
    def close_with_commit(self, repository: str, issue: int, author: str, headline: str = "Fix it") -> str:
        """Push a commit to the default branch whose closing keyword closes an issue."""
        home = self.world.repository(repository)
        target = self.world.issue(home, issue)
        text = f"{home.id} {self.world.new_id()} {headline}"
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        who = self.world.user(author).login
        commit = Commit(sha=sha, repository=home.id, headline=headline, author=who, at=self.world.now())
        self.world.close(target, author, commit=commit)
        return f"{home.full_name}@{sha}"

    @locked
    def reopen(self, repository: str, issue: int, actor: str) -> str:
        """Open a closed issue again."""
        home = self.world.repository(repository)
        self.world.reopen(self.world.issue(home, issue), actor)
        return f"{home.full_name}#{issue}"

    @locked
    def comment(self, repository: str, issue: int, author: str, body: str) -> str:
        """Write a comment."""
        home = self.world.repository(repository)
        comment = self.world.add_comment(self.world.issue(home, issue), author, body)
        return f"{home.full_name}#{issue} comment {comment.id}"

    @locked
    def edit(self, repository: str, issue: int, title: str | None = None, body: str | None = None) -> str:
        """Change the title or the text of an issue."""
        home = self.world.repository(repository)
        target = self.world.issue(home, issue)
        target.title = target.title if title is None else title
        target.body = target.body if body is None else body
        self.world.touch(target)
        return f"{home.full_name}#{issue}"

    @locked
    def add_label(self, repository: str, issue: int, label: str) -> str:
        """Put a label on an issue."""
        home = self.world.repository(repository)
        target = self.world.issue(home, issue)
        self.world.set_labels(home, target, [*target.labels, label])
        return f"{home.full_name}#{issue}"

    @locked
    def strip_label(self, repository: str, issue: int, label: str) -> str:
        """Take a label off an issue."""
        home = self.world.repository(repository)
        target = self.world.issue(home, issue)
        self.world.set_labels(home, target, [name for name in target.labels if name != label.lower()])
        return f"{home.full_name}#{issue}"

    @locked
    def assign(self, repository: str, issue: int, logins: list[str]) -> str:
        """Assign these people to an issue, and no others."""
        home = self.world.repository(repository)
        self.world.set_assignees(self.world.issue(home, issue), logins)
        return f"{home.full_name}#{issue}"

    @locked
    def delete_issue(self, repository: str, issue: int) -> str:
        """Delete an issue for good."""
        home = self.world.repository(repository)
        self.world.remove_issue(home, self.world.issue(home, issue))
        return f"{home.full_name}#{issue}"

    @locked
    def transfer_issue(self, repository: str, issue: int, to: str, actor: str = PERMISSIVE_USER) -> str:
        """Move an issue to another repository, where it gets a new number and keeps the labels that exist there."""
        home, target = self.world.repository(repository), self.world.repository(to)
        old = self.world.issue(home, issue)
        new = self.world.add_issue(target, old.author, old.title, old.body)
        new.created, new.closed, new.closed_by, new.reason = old.created, old.closed, old.closed_by, old.reason
        new.comments, new.assignees, new.pulls = old.comments, old.assignees, old.pulls
        new.labels = [label for label in old.labels if label in target.labels]
        moved = Event(
            id=self.world.new_id(),
            kind="TransferredEvent",
            at=self.world.now(),
            actor=self.world.user(actor).login,
            source=home.id,
        )
        new.events = [*old.events, moved]
        for place in new.pulls:
            pull = self.world.pull_at(place)[1]
            pull.closes = [(target.id, new.number) if closed == (home.id, issue) else closed for closed in pull.closes]
        self.world.remove_issue(home, old, to=(target.id, new.number))
        return f"{target.full_name}#{new.number}"

    @locked
    def rename_repository(self, repository: str, to: str) -> str:
        """Give a repository another name; the old one leads to it until another repository takes it."""
        home = self.world.repository(repository)
        home.owner, _, home.name = to.partition("/")
        self.world.state.names[to.lower()] = home.id
        self.world.revision += 1
        return home.full_name

    @locked
    def hide_repository(self, repository: str, *, hidden: bool = True) -> str:
        """Take everybody's access to a repository away, or give it back."""
        home = self.world.repository(repository)
        home.hidden = hidden
        self.world.revision += 1
        return home.full_name

    @locked
    def set_access(self, repository: str, login: str, permission: Permission) -> str:
        """Say what somebody may do in a repository."""
        home = self.world.repository(repository)
        home.permissions[self.world.user(login).login.lower()] = permission
        self.world.revision += 1
        return f"{login}: {permission}"

    @locked
    def lose_access(self, repository: str, login: str) -> str:
        """Take somebody's access to a repository away."""
        return self.set_access(repository, login, Permission.NONE)

    @locked
    def switch_issues(self, repository: str, *, on: bool) -> str:
        """Switch the issues of a repository on or off."""
        home = self.world.repository(repository)
        home.has_issues = on
        self.world.revision += 1
        return home.full_name
