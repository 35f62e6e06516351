"""The lists of GitHub's REST API: filters, pages of at most 100, and the address of the next page, which is opaque."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from sync.sandbox.github_access import Refusal, reply
from sync.sandbox.github_issues import find_issue
from sync.sandbox.github_json import Json, show_comment, show_issue, show_pull_as_issue
from sync.sandbox.paging import BadCursor, Key, page_of, write_cursor
from sync.sandbox.state import Comment, Issue, PullRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response

    from sync.sandbox.github_rest import Call

T = TypeVar("T")
PAGE_LIMIT = 100


def issues(call: Call) -> Response:
    """GET issues and pull requests: open ones unless told otherwise, newest first."""
    by = "updated" if call.request.args.get("sort") == "updated" else "created"

    def key(item: Issue | PullRequest) -> Key:
        return (getattr(item, by).timestamp(), item.id)

    def show(item: Issue | PullRequest) -> Json:
        if isinstance(item, Issue):
            return show_issue(call.world, call.links, call.repository, item)
        return show_pull_as_issue(call.world, call.links, call.repository, item)

    everything: list[Issue | PullRequest] = [*call.repository.issues.values(), *call.repository.pulls.values()]
    descending = call.request.args.get("direction", "desc") == "desc"
    return _page(call, _filtered(call, everything), key, show, descending=descending)


def comments(call: Call, number: int) -> Response:
    """GET the comments of an issue, oldest first."""
    issue = find_issue(call, number)

    def key(comment: Comment) -> Key:
        return (comment.created.timestamp(), comment.id)

    def show(comment: Comment) -> Json:
        return show_comment(call.world, call.links, call.repository, issue, comment)

    return _page(call, issue.comments, key, show, descending=False)


def _filtered(call: Call, items: Iterable[Issue | PullRequest]) -> Iterable[Issue | PullRequest]:
    """What `state`, `labels` and `since` let through."""
    options = call.request.args
    state = options.get("state", "open")
    labels = {name.strip().lower() for name in options.get("labels", "").split(",") if name.strip()}
    since = _time(options.get("since"))
    for item in items:
        is_open = item.closed is None if isinstance(item, Issue) else item.state == "OPEN"
        has = item.labels if isinstance(item, Issue) else []
        if (state in ("all", "open" if is_open else "closed") and labels.issubset(has)) and (
            since is None or item.updated >= since
        ):
            yield item


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refusal(422, f"Invalid request.\n\n{text!r} is not a valid date-time.") from error


def _page(
    call: Call, items: Iterable[T], key: Callable[[T], Key], show: Callable[[T], Json], *, descending: bool
) -> Response:
    """One page; where more follow, `Link` says where, under the id of the repository as GitHub has it."""
    size = max(1, min(call.request.args.get("per_page", 30, type=int), PAGE_LIMIT))
    try:
        page, more = page_of(items, key, size, call.request.args.get("after"), descending=descending)
    except BadCursor as error:
        raise Refusal(422, "Invalid request.\n\nThe cursor is not one of ours.") from error
    headers = {"Link": f'<{_next(call, key(page[-1]))}>; rel="next"'} if more else {}
    return reply([show(item) for item in page], headers=headers)


def _next(call: Call, last: Key) -> str:
    options = call.request.args.to_dict() | {"after": write_cursor(last)}
    rest = call.request.path.split("/issues", 1)[1]
    return f"{call.links.api}/repositories/{call.repository.id}/issues{rest}?{urlencode(options)}"
