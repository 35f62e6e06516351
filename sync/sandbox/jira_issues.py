"""What the issue routes of Jira's REST API do: create one or many, read, edit, delete, and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from sync.sandbox.jira_access import Refusal, reply, stamp
from sync.sandbox.jira_fields import (
    IssueUpdate,
    Wrong,
    check_change,
    check_new,
    check_properties,
    find_create_project,
    read_text,
)
from sync.sandbox.jira_json import show_change, show_issue

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Change, ChangeItem, Issue, Text

MOST_CREATED = 50
MOST_CHANGELOGS = 1000
MOST_CHANGED_FIELDS = 10
LARGEST_PAGE_OF_CHANGES = 100
LARGEST_BULK_OF_CHANGES = 10_000


class IssueUpdates(Struct, kw_only=True, rename="camel"):
    """The body of a bulk create."""

    issue_updates: list[IssueUpdate]


class Histories(Struct, kw_only=True, rename="camel"):
    """The body of a bulk fetch of histories."""

    issue_ids_or_keys: list[str]
    field_ids: list[str] = field(default_factory=list)
    max_results: int = 1000
    next_page_token: str | None = None


def _created(call: Call, given: IssueUpdate) -> dict[str, object]:
    """Create one issue; everything is checked before anything is written. Raises `Refusal`."""
    project = find_create_project(call, given)
    values = check_new(call, project, given)
    check_properties(given.properties)
    issue = call.world.add_issue(project, call.viewer, values)
    for each in given.properties:
        call.world.set_property(issue, each.key, each.value)
    return {"id": str(issue.id), "key": call.world.key(issue), "self": call.dialect.api("issue", issue.id)}


def create(call: Call) -> Response:
    """POST an issue."""
    return reply(_created(call, call.body(IssueUpdate)), 201)


def create_many(call: Call) -> Response:
    """POST up to fifty issues: each row is created or refused by itself; 400 only when every row is refused."""
    rows = call.body(IssueUpdates).issue_updates
    if not 0 < len(rows) <= MOST_CREATED:
        raise Refusal(400, f"Between 1 and {MOST_CREATED} issues can be created at a time.")
    created, errors = [], []
    for number, row in enumerate(rows):
        try:
            created.append(_created(call, row))
        except Refusal as refusal:
            errors.append({"status": refusal.status, "elementErrors": refusal.body(), "failedElementNumber": number})
    return reply({"issues": created, "errors": errors}, 201 if created else 400)


def get(call: Call, key: str) -> Response:
    """GET an issue, by id, key or former key."""
    issue = call.issue(key)
    shown = show_issue(
        call.world,
        call.dialect,
        issue,
        fields=call.listed("fields") or ["*all"],
        properties=call.listed("properties"),
        changelog="changelog" in call.listed("expand"),
    )
    return reply(shown)


def edit(call: Call, key: str) -> Response:
    """PUT changes to an issue. Everything is checked before anything is changed."""
    issue = call.issue_to_change(key, "EDIT_ISSUES")
    given = call.body(IssueUpdate)
    if not given.fields and not given.update:
        raise Refusal(400, "one of 'fields' or 'update' required")
    values = check_change(call, call.world.home(issue), issue, given)
    comments = _comments(call, given)
    check_properties(given.properties)
    call.world.set_fields(issue, call.viewer, values)
    for text in comments:
        call.world.add_comment(issue, call.viewer, text)
    for each in given.properties:
        call.world.set_property(issue, each.key, each.value)
    return reply(None, 204)


def _comments(call: Call, given: IssueUpdate) -> list[Text]:
    """The comments that an update adds. Raises `Refusal`."""
    texts = []
    for operation in given.update.get("comment", []):
        added = operation.get("add")
        try:
            text = read_text(call, added.get("body")) if isinstance(added, dict) else None
        except Wrong as problem:
            raise Refusal(400, errors={"comment": str(problem)}) from problem
        if text is None:
            raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
        texts.append(text)
    return texts


def delete(call: Call, key: str) -> Response:
    """DELETE an issue for good."""
    call.world.delete_issue(call.issue_to_change(key, "DELETE_ISSUES"))
    return reply(None, 204)


def changelog(call: Call, key: str) -> Response:
    """GET a page of an issue's history, oldest first."""
    changes = call.issue(key).changes
    start = call.number("startAt", 0)
    size = min(call.number("maxResults", LARGEST_PAGE_OF_CHANGES), LARGEST_PAGE_OF_CHANGES)
    page = [show_change(call.world, call.dialect, each) for each in changes[start : start + size]]
    return reply(
        {
            "self": call.request.url,
            "startAt": start,
            "maxResults": size,
            "total": len(changes),
            "isLast": start + size >= len(changes),
            "values": page,
        }
    )


def changelogs(call: Call) -> Response:
    """POST ids or keys: the histories of many issues, oldest change first, a page of changes at a time."""
    asked = call.body(Histories)
    if not 0 < len(asked.issue_ids_or_keys) <= MOST_CHANGELOGS or len(asked.field_ids) > MOST_CHANGED_FIELDS:
        raise Refusal(
            400, f"Between 1 and {MOST_CHANGELOGS} issues and up to {MOST_CHANGED_FIELDS} fields are possible."
        )
    start = int(asked.next_page_token or "0") if (asked.next_page_token or "0").isdecimal() else -1
    if start < 0:
        raise Refusal(400, "The provided nextPageToken is invalid.")
    lines = _lines(call, asked)
    size = min(max(asked.max_results, 1), LARGEST_BULK_OF_CHANGES)
    by_issue: dict[int, list[dict[str, object]]] = {}
    for issue, change, items in lines[start : start + size]:
        shown = show_change(call.world, call.dialect, change, items) | {"created": _bulk_time(call, change)}
        by_issue.setdefault(issue.id, []).append(shown)
    answer: dict[str, object] = {
        "issueChangeLogs": [{"issueId": str(id_), "changeHistories": shown} for id_, shown in by_issue.items()]
    }
    if start + size < len(lines):
        answer["nextPageToken"] = str(start + size)
    return reply(answer)


def _lines(call: Call, asked: Histories) -> list[tuple[Issue, Change, list[ChangeItem]]]:
    """Each change with the items that are asked for; issues that are not there are passed over."""
    known = (call.world.find_issue(name) for name in asked.issue_ids_or_keys)
    issues = {issue.id: issue for issue in known if issue is not None and call.sees(issue)}
    lines = [
        (issue, change, [each for each in change.items if not asked.field_ids or each.field_id in asked.field_ids])
        for issue in issues.values()
        for change in issue.changes
    ]
    return sorted((line for line in lines if line[2]), key=lambda line: (line[1].at, line[0].id, line[1].id))


def _bulk_time(call: Call, change: Change) -> object:
    match call.world.site.bulk_times:
        case "text":
            return stamp(change.at)
        case "seconds":
            return int(change.at.timestamp())
        case "milliseconds":
            return int(change.at.timestamp() * 1000)
