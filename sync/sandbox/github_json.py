"""The records of the sandbox as GitHub's REST API shows them. Pure: records in, plain values out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.sandbox.github_access import Links, node_id, stamp
from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from sync.sandbox.state import Comment, Issue, Label, PullRequest, Repository
    from sync.sandbox.world import World

Json = dict[str, object]

_USER_LINKS = (
    "followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events",
    "received_events",
)  # fmt: skip
_REPOSITORY_LINKS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
    "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
    "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "notifications",
    "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees",
)  # fmt: skip


def show_user(world: World, links: Links, login: str) -> Json | None:
    """An account in brief; None for one that was deleted."""
    if not login:
        return None
    user = world.user(login)
    own = f"{links.api}/users/{user.login}"
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": f"{links.root}/avatars/{user.id}",
        "gravatar_id": "",
        "url": own,
        "html_url": f"{links.root}/{user.login}",
        "type": "User",
        "site_admin": False,
        **{f"{name}_url": f"{own}/{name}" for name in _USER_LINKS},
    }


def show_viewer(world: World, links: Links, login: str) -> Json:
    """The account that is asking, as `/user` tells it."""
    absent = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
    none_yet = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    since = stamp(world.now())
    return {**(show_user(world, links, login) or {}), **absent, **none_yet, "created_at": since, "updated_at": since}


def show_label(links: Links, repository: Repository, label: Label) -> Json:
    """A label."""
    return {
        "id": label.id,
        "node_id": node_id("LA", repository.id, label.id),
        "url": links.rest(repository, "labels", quote(label.name, safe="")),
        "name": label.name,
        "description": label.description or None,
        "color": label.color,
        "default": False,
    }


def show_comment(world: World, links: Links, repository: Repository, issue: Issue, comment: Comment) -> Json:
    """A comment on an issue."""
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": links.rest(repository, "issues/comments", comment.id),
        "html_url": f"{links.web(repository, 'issues', issue.number)}#issuecomment-{comment.id}",
        "issue_url": links.rest(repository, "issues", issue.number),
        "body": comment.body,
        "user": show_user(world, links, comment.author),
        "author_association": world.association(repository, comment.author),
        "created_at": stamp(comment.created),
        "updated_at": stamp(comment.updated),
    }


def _addresses(links: Links, repository: Repository, number: int) -> Json:
    own = links.rest(repository, "issues", number)
    return {
        "url": own,
        "repository_url": links.rest(repository),
        "labels_url": f"{own}/labels{{/name}}",
        "comments_url": f"{own}/comments",
        "events_url": f"{own}/events",
        "timeline_url": f"{own}/timeline",
    }


def show_issue(world: World, links: Links, repository: Repository, issue: Issue) -> Json:
    """An issue."""
    assignees = [show_user(world, links, login) for login in issue.assignees]
    return {
        **_addresses(links, repository, issue.number),
        "id": issue.id,
        "node_id": node_id("I", repository.id, issue.number),
        "html_url": links.web(repository, "issues", issue.number),
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or None,
        "state": "closed" if issue.closed else "open",
        "state_reason": issue.reason or None,
        "user": show_user(world, links, issue.author),
        "author_association": world.association(repository, issue.author),
        "labels": [show_label(links, repository, repository.labels[key]) for key in issue.labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(issue.comments),
        "created_at": stamp(issue.created),
        "updated_at": stamp(issue.updated),
        "closed_at": stamp(issue.closed) if issue.closed else None,
        "closed_by": show_user(world, links, issue.closed_by),
    }


def show_pull_as_issue(world: World, links: Links, repository: Repository, pull: PullRequest) -> Json:
    """A pull request as the issue lists show it: an issue with a `pull_request` key."""
    page = links.web(repository, "pull", pull.number)
    closed = None if pull.state == "OPEN" else stamp(pull.merged or pull.updated)
    return {
        **_addresses(links, repository, pull.number),
        "id": pull.id,
        "node_id": node_id("PR", repository.id, pull.number),
        "html_url": page,
        "number": pull.number,
        "title": pull.title,
        "body": None,
        "state": "closed" if closed else "open",
        "state_reason": None,
        "user": show_user(world, links, pull.author),
        "author_association": world.association(repository, pull.author),
        "labels": [],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "comments": 0,
        "created_at": stamp(pull.created),
        "updated_at": stamp(pull.updated),
        "closed_at": closed,
        "pull_request": {
            "url": links.rest(repository, "pulls", pull.number),
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": stamp(pull.merged) if pull.merged else None,
        },
    }


def show_repository(world: World, links: Links, repository: Repository, viewer: str) -> Json:
    """A repository, with what the account that is asking may do in it."""
    own, page = links.rest(repository), links.web(repository)
    may = world.permission(repository, viewer)
    open_issues = sum(1 for issue in repository.issues.values() if issue.closed is None)
    zeros = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "network_count", "size")
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": show_user(world, links, repository.owner),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "url": own,
        "html_url": page,
        **{f"{name}_url": f"{own}/{name}" for name in _REPOSITORY_LINKS},
        **{f"{name}_url": f"{page}.git" for name in ("clone", "git", "ssh", "svn")},
        **dict.fromkeys(("description", "homepage", "language", "license", "mirror_url")),
        **dict.fromkeys(zeros, 0),
        **dict.fromkeys(("fork", "disabled", "has_pages", "has_projects", "has_wiki", "has_discussions"), False),
        "default_branch": "main",
        "has_issues": repository.has_issues,
        "archived": repository.archived,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "subscribers_count": 0,
        "permissions": {
            "admin": may.covers(Permission.ADMIN),
            "push": may.covers(Permission.WRITE),
            "triage": may.covers(Permission.TRIAGE),
            "pull": may.covers(Permission.READ),
        },
        **{name: stamp(repository.created) for name in ("created_at", "updated_at", "pushed_at")},
    }
