"""What the issue routes of GitHub's REST API do, with the limits and the silence that GitHub has.

Labels and people that somebody may not set are dropped without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sync.sandbox.github_access import Refusal, invalid, not_found, reply, visible
from sync.sandbox.github_json import show_comment, show_issue, show_label, show_pull_as_issue
from sync.sandbox.github_labels import checked_name
from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from sync.sandbox.github_rest import Call
    from sync.sandbox.state import Issue

TEXT_LIMIT = 65_536
TITLE_LIMIT = 256
LABELS_LIMIT = 100


class NamedLabel(Struct):
    """A label given as an object."""

    name: str


Labels = list[str | NamedLabel]


class NewIssue(Struct, kw_only=True):
    """The body of a create."""

    title: str | int
    body: str | None = None
    labels: Labels = msgspec.field(default_factory=list)
    assignees: list[str] = msgspec.field(default_factory=list)


class ChangedIssue(Struct, kw_only=True):
    """The body of an update; what is not in it stays."""

    title: str | int | UnsetType | None = UNSET
    body: str | UnsetType | None = UNSET
    state: Literal["open", "closed"] | UnsetType = UNSET
    state_reason: Literal["completed", "not_planned", "duplicate", "reopened"] | None = None
    labels: Labels | UnsetType = UNSET
    assignees: list[str] | UnsetType = UNSET


class GivenLabels(Struct):
    """The body of adding labels."""

    labels: Labels


class GivenAssignees(Struct):
    """The body of adding or removing people."""

    assignees: list[str]


class NewComment(Struct):
    """The body of a comment."""

    body: str


def moved(request: Request, path: str) -> Refusal:
    """A redirect with the whole query; a write is told to be sent again as it is."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    location = f"{request.host_url.rstrip('/')}/api/v3{path}{query}"
    if request.method == "GET":
        return Refusal(301, "Moved Permanently", headers={"Location": location})
    return Refusal(307, "Temporary Redirect", headers={"Location": location})


def find_issue(call: Call, number: int) -> Issue:
    """The issue, or the answer for one that is gone: moved, deleted, never there."""
    if number in call.repository.issues:
        return call.repository.issues[number]
    gone = call.repository.gone.get(number)
    if gone is None:
        raise not_found()
    if gone.to is None:
        raise Refusal(410, "This issue was deleted")
    target = call.world.state.repositories[gone.to[0]]
    if visible(call.world, target, call.viewer) is None:
        raise not_found()
    rest = call.request.path.partition(f"/issues/{number}")[2]
    raise moved(call.request, f"/repositories/{target.id}/issues/{gone.to[1]}{rest}")


def _checked_title(title: str | int | None) -> str:
    text = "" if title is None else str(title).strip()
    if not text:
        raise invalid("title", "missing_field")
    if len(text) > TITLE_LIMIT:
        raise invalid("title", "custom", message=f"title is too long (maximum is {TITLE_LIMIT} characters)")
    return text


def _checked_text(text: str | None, resource: str = "Issue") -> str:
    if text is not None and len(text) > TEXT_LIMIT:
        message = f"body is too long (maximum is {TEXT_LIMIT} characters)"
        raise invalid("body", "custom", resource=resource, message=message)
    return text or ""


def _labels(call: Call, given: Labels | UnsetType, present: list[str]) -> list[str] | None:
    """The names to put on the issue beside those `present`; None when they are dropped.

    Only who may write makes new labels.
    """
    if given is UNSET or not call.may(Permission.TRIAGE):
        return None
    names = [checked_name(label if isinstance(label, str) else label.name) for label in given]
    if not call.may(Permission.WRITE):
        names = [name for name in names if name.lower() in call.repository.labels]
    if len({name.lower() for name in [*present, *names]}) > LABELS_LIMIT:
        raise invalid("labels", "custom", message=f"an issue has at most {LABELS_LIMIT} labels")
    return names


def _people(call: Call, given: list[str] | UnsetType) -> list[str] | None:
    """The accounts to assign; None when they are dropped. Raises `Refusal` for one that cannot be assigned."""
    if given is UNSET or not call.may(Permission.TRIAGE):
        return None
    for login in given:
        if not call.world.assignable(call.repository, login):
            raise invalid("assignees", "invalid", value=login)
    return given


def _shown(call: Call, issue: Issue, status: int = 200) -> Response:
    return reply(show_issue(call.world, call.links, call.repository, issue), status)


def create(call: Call) -> Response:
    """POST an issue."""
    if not call.repository.has_issues:
        raise Refusal(410, "Issues are disabled for this repo")
    new = call.body(NewIssue)
    title, body = _checked_title(new.title), _checked_text(new.body)
    labels, people = _labels(call, new.labels, []), _people(call, new.assignees)
    issue = call.world.add_issue(call.repository, call.viewer, title, body)
    call.world.set_labels(call.repository, issue, labels or [])
    call.world.set_assignees(issue, people or [])
    return _shown(call, issue, 201)


def get(call: Call, number: int) -> Response:
    """GET an issue, or a pull request as an issue."""
    if number in call.repository.pulls:
        pull = call.repository.pulls[number]
        return reply(show_pull_as_issue(call.world, call.links, call.repository, pull))
    return _shown(call, find_issue(call, number))


def change(call: Call, number: int) -> Response:
    """PATCH an issue. Everything is checked before anything is changed."""
    issue = find_issue(call, number)
    if issue.author != call.viewer:
        call.require(Permission.TRIAGE)
    wanted = call.body(ChangedIssue)
    title = issue.title if wanted.title is UNSET else _checked_title(wanted.title)
    body = issue.body if wanted.body is UNSET else _checked_text(wanted.body)
    labels, people = _labels(call, wanted.labels, []), _people(call, wanted.assignees)
    if (title, body) != (issue.title, issue.body):
        issue.title, issue.body = title, body
        call.world.touch(issue)
    if labels is not None:
        call.world.set_labels(call.repository, issue, labels)
    if people is not None:
        call.world.set_assignees(issue, people)
    _change_state(call, issue, wanted)
    return _shown(call, issue)


def _change_state(call: Call, issue: Issue, wanted: ChangedIssue) -> None:
    """Close or reopen; the reason is ignored unless the state changes."""
    if wanted.state == "closed" and issue.closed is None:
        reason = wanted.state_reason if wanted.state_reason != "reopened" else None
        call.world.close(issue, call.viewer, reason or "completed")
    elif wanted.state == "open" and issue.closed is not None:
        call.world.reopen(issue, call.viewer)


def _labels_shown(call: Call, issue: Issue) -> Response:
    return reply([show_label(call.links, call.repository, call.repository.labels[key]) for key in issue.labels])


def labels_of(call: Call, number: int) -> Response:
    """GET the labels of an issue."""
    return _labels_shown(call, find_issue(call, number))


def add_labels(call: Call, number: int) -> Response:
    """POST labels to an issue, beside those that it has."""
    issue = find_issue(call, number)
    call.require(Permission.TRIAGE)
    bare = call.request.get_data().lstrip().startswith(b"[")
    labels = _labels(call, call.body(Labels) if bare else call.body(GivenLabels).labels, issue.labels)
    call.world.set_labels(call.repository, issue, [*issue.labels, *(labels or [])])
    return _labels_shown(call, issue)


def remove_label(call: Call, number: int, name: str) -> Response:
    """DELETE a label from an issue."""
    issue = find_issue(call, number)
    call.require(Permission.TRIAGE)
    if name.lower() not in issue.labels:
        raise Refusal(404, "Label does not exist")
    call.world.set_labels(call.repository, issue, [label for label in issue.labels if label != name.lower()])
    return _labels_shown(call, issue)


def add_assignees(call: Call, number: int) -> Response:
    """POST people to an issue; those who cannot be assigned are dropped without a word."""
    issue = find_issue(call, number)
    given = call.body(GivenAssignees).assignees if call.may(Permission.TRIAGE) else []
    able = [login for login in given if call.world.assignable(call.repository, login)]
    call.world.set_assignees(issue, [*issue.assignees, *able])
    return _shown(call, issue, 201)


def remove_assignees(call: Call, number: int) -> Response:
    """DELETE people from an issue."""
    issue = find_issue(call, number)
    given = call.body(GivenAssignees).assignees if call.may(Permission.TRIAGE) else []
    leaving = {login.lower() for login in given}
    call.world.set_assignees(issue, [login for login in issue.assignees if login.lower() not in leaving])
    return _shown(call, issue)


def add_comment(call: Call, number: int) -> Response:
    """POST a comment."""
    issue = find_issue(call, number)
    body = _checked_text(call.body(NewComment).body, "IssueComment")
    if not body.strip():
        raise invalid("body", "missing_field", resource="IssueComment")
    comment = call.world.add_comment(issue, call.viewer, body)
    return reply(show_comment(call.world, call.links, call.repository, issue, comment), 201)
