"""The records of a Jira as its REST API shows them. Pure: records in, plain values out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sync.sandbox.jira_access import TIME_ZONE, stamp
from sync.sandbox.jira_defaults import CATEGORIES, PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sync.sandbox.jira_access import Dialect
    from sync.sandbox.jira_state import (
        Account,
        Change,
        ChangeItem,
        Comment,
        FieldKind,
        Issue,
        Named,
        Project,
        RemoteLink,
        Status,
    )
    from sync.sandbox.jira_world import JiraWorld

Json = dict[str, object]
_SIZES = ("16x16", "24x24", "32x32", "48x48")


def show_account(dialect: Dialect, account: Account) -> Json:
    """A person: by account id on Cloud, by user name on Data Center. An e-mail that is not public is left out."""
    told: Json = {
        "displayName": account.display,
        "active": account.active,
        "timeZone": TIME_ZONE,
        "avatarUrls": {size: f"{dialect.root}/avatar/{size}" for size in _SIZES},
    }
    if account.email and account.email_visible:
        told["emailAddress"] = account.email
    if dialect.cloud:
        own = dialect.api(f"user?accountId={account.id}")
        return {"self": own, "accountId": account.id, "accountType": "atlassian", **told}
    return {"self": dialect.api(f"user?username={account.name}"), "name": account.name, "key": account.id, **told}


def show_status(dialect: Dialect, status: Status) -> Json:
    """A status with its category."""
    number, name, color = CATEGORIES[status.category]
    return {
        "self": dialect.api("status", status.id),
        "id": status.id,
        "name": status.name,
        "description": "",
        "iconUrl": f"{dialect.root}/images/icons/statuses/generic.png",
        "statusCategory": {
            "self": dialect.api("statuscategory", number),
            "id": number,
            "key": status.category,
            "colorName": color,
            "name": name,
        },
    }


def show_resolution(dialect: Dialect, resolution: Named) -> Json:
    """A resolution."""
    own = dialect.api("resolution", resolution.id)
    return {"self": own, "id": resolution.id, "name": resolution.name, "description": ""}


def show_issue_type(dialect: Dialect, issue_type: Named) -> Json:
    """An issue type."""
    own = dialect.api("issuetype", issue_type.id)
    icon = f"{dialect.root}/images/icons/issuetypes/task.png"
    return {
        "self": own,
        "id": issue_type.id,
        "name": issue_type.name,
        "description": "",
        "iconUrl": icon,
        "subtask": False,
    }


def show_project(dialect: Dialect, project: Project) -> Json:
    """A project in brief, as issues carry it."""
    return {
        "self": dialect.api("project", project.id),
        "id": str(project.id),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": "software",
        "avatarUrls": {size: f"{dialect.root}/avatar/{size}" for size in _SIZES},
    }


def show_comment(world: JiraWorld, dialect: Dialect, issue: Issue, comment: Comment) -> Json:
    """A comment."""
    author = show_account(dialect, world.account(comment.author))
    return {
        "self": dialect.api("issue", issue.id, "comment", comment.id),
        "id": str(comment.id),
        "author": author,
        "updateAuthor": author,
        "body": dialect.text(comment.text),
        "created": stamp(comment.created),
        "updated": stamp(comment.updated),
        **({"jsdPublic": True} if dialect.cloud else {}),
    }


def show_link(dialect: Dialect, issue: Issue, link: RemoteLink) -> Json:
    """A remote link. What was not given is left out."""
    told: Json = {
        "id": link.id,
        "self": dialect.api("issue", issue.id, "remotelink", link.id),
        "application": link.application,
        "object": {"icon": {}, "status": {"icon": {}}, **link.target},
    }
    if link.global_id is not None:
        told["globalId"] = link.global_id
    if link.relationship is not None:
        told["relationship"] = link.relationship
    return told


def show_change(world: JiraWorld, dialect: Dialect, change: Change, items: Iterable[ChangeItem] | None = None) -> Json:
    """A line of the history; with `items`, only these."""
    return {
        "id": str(change.id),
        "author": show_account(dialect, world.account(change.author)),
        "created": stamp(change.at),
        "items": [_show_item(dialect, each) for each in (change.items if items is None else items)],
    }


def _show_item(dialect: Dialect, item: ChangeItem) -> Json:
    """One changed field. Data Center does not tell the id of the field."""
    return {
        "field": item.field,
        "fieldtype": "custom" if item.field.startswith("customfield_") else "jira",
        **({"fieldId": item.field_id} if dialect.cloud and item.field_id else {}),
        "from": item.old,
        "fromString": item.old_text,
        "to": item.new,
        "toString": item.new_text,
    }


def show_changelog(world: JiraWorld, dialect: Dialect, issue: Issue) -> Json:
    """The history as `expand=changelog` tells it: newest first on Cloud, oldest first on Data Center."""
    changes = reversed(issue.changes) if dialect.cloud else issue.changes
    shown = [show_change(world, dialect, each) for each in changes]
    return {"startAt": 0, "maxResults": len(shown), "total": len(shown), "histories": shown}


def show_issue(
    world: JiraWorld,
    dialect: Dialect,
    issue: Issue,
    *,
    fields: Collection[str] | None,
    properties: Collection[str] = (),
    changelog: bool = False,
) -> Json:
    """An issue with these fields (as `*all`, `*navigable`, `name` or `-name`), entity properties and its history.

    None for `fields` leaves them out, which is not the same as naming none.
    """
    told: Json = {
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": str(issue.id),
        "self": dialect.api("issue", issue.id),
        "key": world.key(issue),
    }
    if fields is not None:
        told["fields"] = _chosen(_fields(world, dialect, issue), fields)
    if properties:
        told["properties"] = {key: issue.properties[key] for key in properties if key in issue.properties}
    if changelog:
        told["changelog"] = show_changelog(world, dialect, issue)
    return told


def _chosen(shown: Json, fields: Collection[str]) -> Json:
    left_out = {name[1:] for name in fields if name.startswith("-")}
    wanted = [name for name in fields if not name.startswith("-")]
    # Comments are no column of a list: only `*all` and their own name bring them.
    every = "*all" in wanted
    navigable = not wanted or "*navigable" in wanted
    return {
        name: value
        for name, value in shown.items()
        if name not in left_out and (every or name in wanted or (navigable and name != "comment"))
    }


def _fields(world: JiraWorld, dialect: Dialect, issue: Issue) -> Json:
    site, home = world.site, world.home(issue)
    resolution = next((each for each in site.resolutions if each.id == issue.resolution), None)
    issue_type = next(each for each in home.issue_types if each.id == issue.type)
    comments = [show_comment(world, dialect, issue, each) for each in issue.comments]
    reporter = show_account(dialect, world.account(issue.reporter))
    own = dialect.api("issue", issue.id, "comment")
    return {
        "summary": issue.summary,
        "description": dialect.text(issue.description),
        "status": show_status(dialect, world.status(issue.status)),
        "resolution": show_resolution(dialect, resolution) if resolution else None,
        "resolutiondate": stamp(issue.resolved) if issue.resolved else None,
        "issuetype": show_issue_type(dialect, issue_type),
        "project": show_project(dialect, home),
        "priority": {
            "self": dialect.api("priority", PRIORITIES[issue.priority]),
            "id": PRIORITIES[issue.priority],
            "name": issue.priority,
        },
        "labels": issue.labels,
        "components": [_show_component(dialect, name) for name in issue.components],
        "duedate": issue.due,
        "assignee": show_account(dialect, world.account(issue.assignee)) if issue.assignee else None,
        "reporter": reporter,
        "creator": reporter,
        "created": stamp(issue.created),
        "updated": stamp(issue.updated),
        **({"statuscategorychangedate": stamp(issue.category_since)} if dialect.cloud else {}),
        "comment": {
            "comments": comments, "self": own, "maxResults": len(comments), "total": len(comments), "startAt": 0,
        },
        **issue.custom,
        **{
            name: _show_custom(dialect, each.kind, issue.custom.get(name))
            for name, each in site.custom_fields.items()
        },
    }  # fmt: skip


def _show_component(dialect: Dialect, name: str) -> Json:
    number = str(20000 + sum(name.encode()))
    return {"self": dialect.api("component", number), "id": number, "name": name}


def _show_custom(dialect: Dialect, kind: FieldKind, value: object) -> object:
    """What a field that the site knows holds: a time in the viewer's zone, a choice as a record."""
    match kind:
        case "datetime" if isinstance(value, str):
            return stamp(datetime.fromisoformat(value))
        case "option" if isinstance(value, str):
            number = str(30000 + sum(value.encode()))
            return {"self": dialect.api("customFieldOption", number), "value": value, "id": number}
    return value
