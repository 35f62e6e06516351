"""The records of the sandbox as GitHub's GraphQL API shows them: dicts whose functions are resolved when asked for.

graphql-core resolves plain dicts fastest, and inner lists cost nothing in a query that does not name them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, convert

from sync.sandbox.github_access import Links, node_id, stamp, visible
from sync.sandbox.github_connection import Shape, connection, problem
from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.sandbox.paging import Key
    from sync.sandbox.state import Comment, Commit, Event, Issue, Label, PullRequest, Repository
    from sync.sandbox.world import World


class IssueFilters(Struct, frozen=True, kw_only=True):
    """The input of that name."""

    labels: list[str] | None = None
    since: datetime | None = None
    states: list[str] | None = None


class IssueOrder(Struct, kw_only=True):
    """The input of that name."""

    field: Literal["COMMENTS", "CREATED_AT", "UPDATED_AT"]
    direction: Literal["ASC", "DESC"]


class IssuesAsked(Struct, kw_only=True):
    """The arguments of `Repository.issues` that choose issues."""

    filterBy: IssueFilters | None = None  # noqa: N815 -- GitHub's name
    orderBy: IssueOrder | None = None  # noqa: N815 -- GitHub's name
    states: list[str] | None = None

    def choose(self, issues: Iterable[Issue]) -> list[Issue]:
        """Those of the issues that are asked for."""
        wanted = self.filterBy or IssueFilters()
        states, since = wanted.states or self.states, wanted.since
        labels = {name.lower() for name in wanted.labels or ()}
        return [
            issue
            for issue in issues
            if labels.issubset(issue.labels)
            and (since is None or issue.updated >= since)
            and (not states or ("CLOSED" if issue.closed else "OPEN") in states)
        ]


_ORDERS: dict[str, Callable[[Issue], Key]] = {
    "COMMENTS": lambda issue: (len(issue.comments), issue.id),
    "CREATED_AT": lambda issue: (issue.created.timestamp(), issue.id),
    "UPDATED_AT": lambda issue: (issue.updated.timestamp(), issue.id),
}


def _created(item: Comment | PullRequest) -> Key:
    return (item.created.timestamp(), item.id)


def _happened(event: Event) -> Key:
    return (event.at.timestamp(), event.id)


class Shapes:
    """The records as one account sees them, with addresses under the one that it used."""

    def __init__(self, world: World, links: Links, viewer: str) -> None:
        self.world, self.links, self.viewer = world, links, viewer

    def user(self, login: str) -> Shape | None:
        """An account; None for one that was deleted."""
        if not login:
            return None
        user = self.world.user(login)
        name = user.login.removesuffix("[bot]")
        return {
            "__typename": "User" if name == user.login else "Bot",
            "id": node_id("U", user.id),
            "login": name,
            "url": f"{self.links.root}/{user.login}",
        }

    def users(self, name: str, logins: Iterable[str], given: Shape) -> Shape:
        """A list of accounts, by id."""
        users = [self.world.user(login) for login in logins]
        return connection(name, users, lambda user: (0, user.id), lambda user: self.user(user.login) or {}, given)

    def label(self, repository: Repository, label: Label) -> Shape:
        """A label."""
        return {
            "__typename": "Label",
            "id": node_id("LA", repository.id, label.id),
            "name": label.name,
            "color": label.color,
            "description": label.description or None,
            "createdAt": stamp(label.created),
        }

    def labels(self, repository: Repository, keys: Iterable[str], given: Shape) -> Shape:
        """A list of labels, by id."""
        labels = [repository.labels[key] for key in keys]
        return connection(
            "labels", labels, lambda label: (0, label.id), lambda label: self.label(repository, label), given
        )

    def issue(self, repository: Repository, issue: Issue) -> Shape:
        """An issue."""
        reason = issue.reason.upper() or None
        return {
            "__typename": "Issue",
            "id": node_id("I", repository.id, issue.number),
            "databaseId": issue.id,
            "number": issue.number,
            "url": self.links.web(repository, "issues", issue.number),
            "title": issue.title,
            "body": issue.body,
            "state": "CLOSED" if issue.closed else "OPEN",
            "closed": issue.closed is not None,
            "stateReason": lambda _info, **given: _reason(reason, given),
            "createdAt": stamp(issue.created),
            "updatedAt": stamp(issue.updated),
            "closedAt": stamp(issue.closed) if issue.closed else None,
            "author": self.user(issue.author),
            "authorAssociation": self.world.association(repository, issue.author),
            "viewerDidAuthor": issue.author == self.viewer,
            "repository": lambda _info: self.repository(repository),
            "assignees": lambda _info, **given: self.users("assignees", issue.assignees, given),
            "labels": lambda _info, **given: self.labels(repository, issue.labels, given),
            "closedByPullRequestsReferences": lambda _info, **given: self._pulls(issue, given),
            "timelineItems": lambda _info, **given: self._events(issue, given),
            "comments": lambda _info, **given: self._comments(repository, issue, given),
        }

    def _pulls(self, issue: Issue, given: Shape) -> Shape:
        """Pull requests that name the issue: open ones, unless closed and merged ones are asked for too."""
        pulls = [self.world.pull_at(place) for place in issue.pulls]
        kept = [(home, pull) for home, pull in pulls if given.get("includeClosedPrs") or pull.state == "OPEN"]
        return connection(
            "closedByPullRequestsReferences", kept, lambda pair: _created(pair[1]), lambda pair: self.pull(*pair), given
        )

    def pull(self, repository: Repository, pull: PullRequest) -> Shape:
        """A pull request."""
        return {
            "__typename": "PullRequest",
            "id": node_id("PR", repository.id, pull.number),
            "number": pull.number,
            "url": self.links.web(repository, "pull", pull.number),
            "title": pull.title,
            "state": pull.state,
            "merged": pull.merged is not None,
            "mergedAt": stamp(pull.merged) if pull.merged else None,
            "author": self.user(pull.author),
            "repository": lambda _info: self.repository(repository),
            "body": pull.body,
            "resourcePath": f"/{repository.full_name}/pull/{pull.number}",
            "timelineItems": lambda _info, **given: self._mentions(repository, pull, given),
        }

    def _mentions(self, repository: Repository, pull: PullRequest, given: Shape) -> Shape:
        """The pull requests that name this one in their text, of those that may be seen."""
        name = f"{repository.full_name}#{pull.number}"
        found = [
            (home, each)
            for home in self.world.state.repositories.values()
            if visible(self.world, home, self.viewer)
            for each in home.pulls.values()
            if re.search(rf"{re.escape(name)}\b", each.body)
        ]

        def shape(pair: tuple[Repository, PullRequest]) -> Shape:
            home, each = pair
            return {
                "__typename": "CrossReferencedEvent",
                "id": node_id("EV", pull.id, each.id),
                "createdAt": stamp(each.created),
                "actor": self.user(each.author),
                "source": lambda _info: self.pull(home, each),
            }

        return connection("timelineItems", found, lambda pair: _created(pair[1]), shape, given)

    def at(self, path: str) -> Shape | None:
        """The pull request or commit at a path of the site; None for anything else, and what may not be seen."""
        found = re.fullmatch(r"/([\w.-]+/[\w.-]+)/(pull|commit)/([0-9a-f]+)", path)
        home = visible(self.world, self.world.find_repository(found[1]), self.viewer) if found else None
        if found is None or home is None:
            return None
        if found[2] == "pull":
            pull = home.pulls.get(int(found[3])) if found[3].isdecimal() else None
            return self.pull(home, pull) if pull else None
        events = (
            event for each in self.world.state.repositories.values() for i in each.issues.values() for event in i.events
        )
        commits = (event.commit for event in events if event.commit is not None and event.commit.repository == home.id)
        commit = next((each for each in commits if each.sha.startswith(found[3])), None)
        return self._commit(commit) if commit else None

    def _comments(self, repository: Repository, issue: Issue, given: Shape) -> Shape:
        return connection(
            "comments", issue.comments, _created, lambda comment: self.comment(repository, issue, comment), given
        )

    def comment(self, repository: Repository, issue: Issue, comment: Comment) -> Shape:
        """A comment."""
        return {
            "__typename": "IssueComment",
            "id": node_id("IC", comment.id),
            "url": f"{self.links.web(repository, 'issues', issue.number)}#issuecomment-{comment.id}",
            "body": comment.body,
            "createdAt": stamp(comment.created),
            "updatedAt": stamp(comment.updated),
            "author": self.user(comment.author),
            "authorAssociation": self.world.association(repository, comment.author),
            "viewerDidAuthor": comment.author == self.viewer,
        }

    def _events(self, issue: Issue, given: Shape) -> Shape:
        wanted = given.get("itemTypes")
        kinds = {str(name).replace("_", "").lower() for name in wanted} if isinstance(wanted, list) else None
        events = [event for event in issue.events if kinds is None or event.kind.lower() in kinds]
        return connection("timelineItems", events, _happened, lambda event: self.event(issue, event), given)

    def event(self, issue: Issue, event: Event) -> Shape:
        """A line of an issue's history. A source that may not be seen is not told."""
        source = self.world.state.repositories.get(event.source or 0)
        seen = visible(self.world, source, self.viewer)
        return {
            "__typename": event.kind,
            "id": node_id("EV", issue.id, event.id),
            "createdAt": stamp(event.at),
            "actor": self.user(event.actor),
            "stateReason": event.reason.upper() or None,
            "closer": lambda _info: self._closer(event),
            "fromRepository": self.repository(seen) if seen else None,
        }

    def _closer(self, event: Event) -> Shape | None:
        """What closed the issue, when that is a pull request or commit that may be seen."""
        if event.pull:
            home, pull = self.world.pull_at(event.pull)
            return self.pull(home, pull) if visible(self.world, home, self.viewer) else None
        return self._commit(event.commit) if event.commit else None

    def _commit(self, commit: Commit) -> Shape | None:
        home = visible(self.world, self.world.state.repositories[commit.repository], self.viewer)
        if home is None:
            return None
        return {
            "__typename": "Commit",
            "id": node_id("C", home.id, int(commit.sha[:8], 16)),
            "oid": commit.sha,
            "resourcePath": f"/{home.full_name}/commit/{commit.sha}",
            "url": self.links.web(home, "commit", commit.sha),
            "messageHeadline": commit.headline,
            "committedDate": stamp(commit.at),
            "author": {"name": commit.author, "user": self.user(commit.author)},
        }

    def repository(self, repository: Repository) -> Shape:
        """A repository."""
        may = self.world.permission(repository, self.viewer)
        return {
            "__typename": "Repository",
            "id": node_id("R", repository.id),
            "databaseId": repository.id,
            "name": repository.name,
            "nameWithOwner": repository.full_name,
            "url": self.links.web(repository),
            "isPrivate": repository.private,
            "isArchived": repository.archived,
            "hasIssuesEnabled": repository.has_issues,
            "viewerPermission": None if may is Permission.NONE else may.upper(),
            "issue": lambda _info, number: self._numbered(repository, number),
            "issues": lambda _info, **given: self._issues(repository, given),
            "label": lambda _info, name: self._named(repository, name),
            "labels": lambda _info, **given: self.labels(repository, repository.labels, given),
            "assignableUsers": lambda _info, **given: self._assignable(repository, given),
        }

    def _numbered(self, repository: Repository, number: int) -> Shape:
        if number not in repository.issues:
            raise problem("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return self.issue(repository, repository.issues[number])

    def _named(self, repository: Repository, name: str) -> Shape | None:
        label = repository.labels.get(name.lower())
        return self.label(repository, label) if label else None

    def _issues(self, repository: Repository, given: Shape) -> Shape:
        """Issues as `filterBy`, `states` and `orderBy` ask, oldest first unless told otherwise."""
        asked = convert(given, type=IssuesAsked, strict=False)
        kept = asked.choose(repository.issues.values()) if repository.has_issues else []
        order = asked.orderBy or IssueOrder(field="CREATED_AT", direction="ASC")

        def shape(issue: Issue) -> Shape:
            return self.issue(repository, issue)

        return connection("issues", kept, _ORDERS[order.field], shape, given, descending=order.direction == "DESC")

    def _assignable(self, repository: Repository, given: Shape) -> Shape:
        """Accounts that can be assigned. In a permissive world whoever is asked for by name exists."""
        query = str(given.get("query") or "")
        if self.world.state.permissive and self.world.assignable(repository, query):
            self.world.user(query)
        logins = [user.login for key, user in self.world.state.users.items() if query.lower() in key]
        able = [login for login in logins if self.world.assignable(repository, login)]
        return self.users("assignableUsers", able, given)


def _reason(reason: str | None, given: Shape) -> str | None:
    """Why an issue is as it is. Clients that do not ask for `DUPLICATE` are told an older word."""
    return "NOT_PLANNED" if reason == "DUPLICATE" and not given.get("enableDuplicate") else reason
