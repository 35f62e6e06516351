"""A Jira of the sandbox: what is there, and the changes that any client or person can make to it.

Rules that hold whoever asks (keys, history, what moves `updated`) live here; what a client may ask for, and how it is
answered, lives in the other `jira_*` modules. Clock, lock and revision are those of the world around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.sandbox.jira_history import describe_change, describe_link, describe_move
from sync.sandbox.jira_state import Account, Change, Comment, Issue, Project, PullRequest, RemoteLink, Site
from sync.sandbox.world import PERMISSIVE_USER, NoSuch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sync.sandbox.jira_state import ChangeItem, Deployment, Status, Text
    from sync.sandbox.world import World

_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,9}")
_ATTRIBUTES = {
    "summary": "summary", "description": "description", "labels": "labels", "assignee": "assignee",
    "reporter": "reporter", "priority": "priority", "duedate": "due", "issuetype": "type", "components": "components",
}  # fmt: skip


class JiraWorld:
    """One Jira of a world. Hold the world's lock around anything that reads or writes while a server runs."""

    def __init__(self, world: World, deployment: Deployment) -> None:
        self.around = world
        self.site = world.state.jira.setdefault(deployment, Site(deployment=deployment))

    @property
    def cloud(self) -> bool:
        """Whether this is Jira Cloud and not Data Center."""
        return self.site.deployment == "cloud"

    def now(self) -> datetime:
        """The time here, in milliseconds."""
        return self.around.moment()

    def new_id(self) -> int:
        """An id that was never given out here."""
        self.around.revision += 1
        self.site.last_id += 1
        return self.site.last_id

    # People.

    def add_account(self, account_id: str, name: str = "", email: str = "", *, email_visible: bool = True) -> Account:
        """A new person; where no name is given it is the id. Replaces one with this id."""
        account = Account(
            id=account_id, name=account_id, display=name or account_id, email=email, email_visible=email_visible
        )
        self.site.accounts[account_id] = account
        self.around.revision += 1
        return account

    def find_account(self, name: str) -> Account | None:
        """The person of that account id or user name. In a permissive world they are there as soon as named."""
        known = self.site.accounts.get(name)
        return known or (self.add_account(name) if name and self.around.state.permissive else None)

    def account(self, name: str) -> Account:
        """The person of that account id or user name. Raises `NoSuch`."""
        found = self.find_account(name)
        if found is None:
            raise NoSuch(f"There is no account {name} here.")
        return found

    def add_token(self, token: str, account: str) -> None:
        """Let a token stand for a person."""
        self.site.tokens[token] = self.account(account).id
        self.around.revision += 1

    def owner_of(self, token: str) -> Account | None:
        """Whom a token stands for; None when it is not good."""
        known = self.site.tokens.get(token)
        if known is None and token and self.around.state.permissive:
            known = PERMISSIVE_USER
        return None if known is None else self.account(known)

    # Projects, and who may do what in them.

    def add_project(self, key: str, name: str = "") -> Project:
        """A new project."""
        project = Project(id=self.new_id(), key=key, name=name or key.capitalize())
        self.site.projects[project.id] = project
        return project

    def find_project(self, key: str) -> Project | None:
        """The project of that key or id. In a permissive world a key is there as soon as it is asked for."""
        found = next((each for each in self.site.projects.values() if key in (each.key, str(each.id))), None)
        may_appear = self.around.state.permissive and _PROJECT_KEY.fullmatch(key)
        return self.add_project(key) if found is None and may_appear else found

    def project(self, key: str) -> Project:
        """The project of that key or id. Raises `NoSuch`."""
        found = self.find_project(key)
        if found is None:
            raise NoSuch(f"There is no project {key} here.")
        return found

    def may(self, account: Account, project: Project, permission: str) -> bool:
        """Whether somebody has this permission in a project."""
        return permission in project.permissions.get(account.id, project.everybody)

    def home(self, issue: Issue) -> Project:
        """The project that an issue is in."""
        return self.site.projects[issue.project]

    # Issues.

    def key(self, issue: Issue) -> str:
        """The key that an issue has now."""
        return f"{self.home(issue).key}-{issue.number}"

    def find_issue(self, id_or_key: str) -> Issue | None:
        """The issue of that id or of that key, present or former; keys ignore case."""
        number = int(id_or_key) if id_or_key.isdecimal() else self.site.keys.get(id_or_key.upper())
        return None if number is None else self.site.issues.get(number)

    def issue(self, id_or_key: str) -> Issue:
        """The issue of that id or key. Raises `NoSuch`."""
        found = self.find_issue(id_or_key)
        if found is None:
            raise NoSuch(f"There is no issue {id_or_key} here.")
        return found

    def indexed(self, issue: Issue) -> bool:
        """Whether a search knows this issue as it is now."""
        until, now = self.site.forgotten.get(issue.id), self.now()
        # Without a lag an issue is in the index at the moment in which it changes.
        fresh = bool(self.site.lag) and now - issue.updated < self.site.lag
        return not fresh and (until is None or now >= until)

    def status(self, name: str) -> Status:
        """The status of that id or name. Raises `NoSuch`."""
        for each in self.site.statuses:
            if name.lower() in (each.id, each.name.lower()):
                return each
        raise NoSuch(f"There is no status {name} here.")

    def add_issue(self, project: Project, reporter: Account, values: Mapping[str, object]) -> Issue:
        """A new issue, at the first status of the workflow. `values` need a summary and an issue type."""
        now = self.now()
        project.last_number += 1
        issue = Issue(
            id=self.new_id(),
            project=project.id,
            number=project.last_number,
            type=str(values["issuetype"]),
            status=self.site.statuses[0].id,
            summary=str(values["summary"]),
            reporter=reporter.id,
            created=now,
            updated=now,
            category_since=now,
        )
        for name, value in values.items():
            _write(issue, name, value)
        self.site.issues[issue.id] = issue
        self.site.keys[self.key(issue)] = issue.id
        return issue

    def set_fields(self, issue: Issue, author: Account, values: Mapping[str, object]) -> None:
        """Change fields, and write those that are different into the history."""
        items = [
            describe_change(self.site, name, _read(issue, name), value)
            for name, value in values.items()
            if _read(issue, name) != value
        ]
        for name, value in values.items():
            _write(issue, name, value)
        self._record(issue, author, items)

    def set_status(self, issue: Issue, author: Account, status: str, resolution: str | None) -> None:
        """Put an issue into a status, by id, with this resolution (an id) or with none."""
        items = []
        if issue.resolution != resolution:
            items.append(describe_change(self.site, "resolution", issue.resolution, resolution))
            issue.resolution, issue.resolved = resolution, self.now() if resolution else None
        if issue.status != status:
            items.append(describe_change(self.site, "status", issue.status, status))
            if self.status(issue.status).category != self.status(status).category:
                issue.category_since = self.now()
            issue.status = status
        self._record(issue, author, items)

    def add_comment(self, issue: Issue, author: Account, text: Text) -> Comment:
        """A new comment. It moves `updated`, and is not in the history."""
        now = self.now()
        comment = Comment(id=self.new_id(), author=author.id, text=text, created=now, updated=now)
        issue.comments.append(comment)
        issue.updated = now
        return comment

    def set_link(self, issue: Issue, author: Account, link: RemoteLink) -> tuple[RemoteLink, bool]:
        """Put a remote link on an issue; one with the same global id is replaced whole. Says whether it is new."""
        same = link.global_id and next((each for each in issue.links if each.global_id == link.global_id), None)
        if same:
            link.id = same.id
            issue.links[issue.links.index(same)] = link
            self.around.revision += 1
            return link, False
        link.id = self.new_id()
        issue.links.append(link)
        self._record(issue, author, [describe_link(link.id, str(link.target.get("title")))])
        return link, True

    def remove_link(self, issue: Issue, author: Account, link: RemoteLink) -> None:
        """Take a remote link off an issue."""
        issue.links.remove(link)
        self._record(issue, author, [describe_link(link.id, str(link.target.get("title")), gone=True)])

    def add_pull(self, issue: Issue, repository: str, title: str, author: str) -> PullRequest:
        """A new pull request that names an issue. As on Jira, that is no change of the issue."""
        pull = PullRequest(number=self.new_id(), repository=repository, title=title, author=author, updated=self.now())
        issue.pulls.append(pull)
        return pull

    def set_property(self, of: Issue | Project, key: str, value: object) -> bool:
        """Write an entity property whole. As on Jira, that does not move `updated`. Says whether it is new."""
        new = key not in of.properties
        of.properties[key] = value
        self.around.revision += 1
        return new

    def remove_property(self, of: Issue | Project, key: str) -> None:
        """Delete an entity property."""
        del of.properties[key]
        self.around.revision += 1

    def move_issue(self, issue: Issue, author: Account, to: Project) -> None:
        """Move an issue to another project: it keeps its id and gets a new key, and the old key leads to it."""
        before = self.key(issue)
        project = describe_change(self.site, "project", issue.project, to.id)
        named = next(each.name for each in self.home(issue).issue_types if each.id == issue.type)
        issue.type = next((each for each in to.issue_types if each.name == named), to.issue_types[0]).id
        to.last_number += 1
        issue.project, issue.number = to.id, to.last_number
        self.site.keys[self.key(issue)] = issue.id
        self._record(issue, author, [project, describe_move(before, self.key(issue))])

    def delete_issue(self, issue: Issue) -> None:
        """Delete an issue for good."""
        del self.site.issues[issue.id]
        self.around.revision += 1

    def _record(self, issue: Issue, author: Account, items: list[ChangeItem]) -> None:
        if items:
            issue.changes.append(Change(id=self.new_id(), at=self.now(), author=author.id, items=items))
            issue.updated = self.now()


def _read(issue: Issue, field: str) -> object:
    return getattr(issue, _ATTRIBUTES[field]) if field in _ATTRIBUTES else issue.custom.get(field)


def _write(issue: Issue, field: str, value: object) -> None:
    if field in _ATTRIBUTES:
        setattr(issue, _ATTRIBUTES[field], value)
    else:
        issue.custom[field] = value
