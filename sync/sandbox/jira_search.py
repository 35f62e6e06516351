"""Lists of issues: the search of Cloud, the search of Data Center, and the fetch of many at once."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from sync.sandbox.jira_access import Refusal, reply
from sync.sandbox.jira_clauses import JqlError
from sync.sandbox.jira_jql import parse_jql
from sync.sandbox.jira_json import show_issue

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_jql import Query
    from sync.sandbox.jira_state import Issue

PAGE = 50
LARGEST_PAGE = 100
LARGEST_PAGE_OF_IDS = 5000
LARGEST_PAGE_OF_DATA_CENTER = 1000
MOST_PROPERTIES = 5
MOST_RECONCILED = 50
MOST_FETCHED = 100
TOKEN_LIFE = timedelta(days=7)


class Search(Struct, kw_only=True, rename="camel"):
    """The body of a search on Cloud."""

    jql: str = ""
    next_page_token: str | None = None
    max_results: int = PAGE
    fields: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    reconcile_issues: list[int] = field(default_factory=list)
    expand: str = ""


class Count(Struct):
    """The body of a count."""

    jql: str = ""


class OldSearch(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The body of a search on Data Center, which refuses anything else: no properties, and a boolean to validate by."""

    jql: str = ""
    start_at: int = 0
    max_results: int = PAGE
    fields: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)
    validate_query: bool = True


class Fetch(Struct, kw_only=True, rename="camel"):
    """The body of a bulk fetch."""

    issue_ids_or_keys: list[str]
    fields: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)


class Bookmark(Struct, array_like=True):
    """What a page token holds: which query, since when (epoch seconds), and the key of the last issue."""

    query: str
    made: float
    key: tuple[float, ...]


def _parsed(call: Call, jql: str, *, strict: bool = True) -> Query:
    try:
        return parse_jql(call, jql, strict=strict)
    except JqlError as error:
        raise Refusal(400, str(error)) from error


def _bounded(call: Call, jql: str) -> Query:
    query = _parsed(call, jql)
    if query.where is None:
        raise Refusal(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    return query


def _found(call: Call, query: Query, reconciled: frozenset[int] = frozenset()) -> list[tuple[tuple[float, ...], Issue]]:
    """The issues of a query that the index knows or that are reconciled, in order."""
    world = call.world
    return sorted(
        (query.key(call, issue), issue)
        for issue in world.site.issues.values()
        if (query.where is None or query.where(issue))
        and (issue.id in reconciled or world.indexed(issue))
        and call.sees(issue)
        and not world.home(issue).archived
    )


def search(call: Call) -> Response:
    """GET or POST a search on Cloud: pages by token, no total, ids only unless fields are named."""
    asked = call.body(Search) if call.request.method == "POST" else _asked(call)
    if len(asked.properties) > MOST_PROPERTIES:
        raise Refusal(400, f"At most {MOST_PROPERTIES} properties can be requested.")
    if len(asked.reconcile_issues) > MOST_RECONCILED:
        raise Refusal(400, f"At most {MOST_RECONCILED} issues can be reconciled.")
    found = _found(call, _bounded(call, asked.jql), frozenset(asked.reconcile_issues))
    if asked.next_page_token:
        after = _read_token(call, asked)
        found = [pair for pair in found if pair[0] > after]
    # A page without an issue would never come to an end: sizes below one count as one.
    size = min(max(asked.max_results, 1), LARGEST_PAGE if _named(asked) else LARGEST_PAGE_OF_IDS)
    page = found[:size]
    answer: dict[str, object] = {
        "issues": [_shown(call, issue, asked) for _, issue in page],
        "isLast": len(found) <= size,
    }
    if len(found) > size:
        answer["nextPageToken"] = _write_token(call, asked, page[-1][0])
    return reply(answer)


def _asked(call: Call) -> Search:
    arguments = call.request.args
    reconciled = call.listed("reconcileIssues")
    if not all(each.isdecimal() for each in reconciled):
        raise Refusal(400, "reconcileIssues takes ids of issues.")
    return Search(
        jql=arguments.get("jql", ""),
        next_page_token=arguments.get("nextPageToken"),
        max_results=call.number("maxResults", PAGE),
        fields=call.listed("fields"),
        properties=call.listed("properties"),
        reconcile_issues=[int(each) for each in reconciled],
        expand=arguments.get("expand", ""),
    )


def _shown(call: Call, issue: Issue, asked: Search) -> dict[str, object]:
    changelog = "changelog" in asked.expand
    if not (_named(asked) or "key" in asked.fields or asked.properties or changelog):
        return {"id": str(issue.id)}
    return show_issue(
        call.world,
        call.dialect,
        issue,
        fields=_named(asked) or None,
        properties=asked.properties,
        changelog=changelog,
    )


def _named(asked: Search) -> list[str]:
    """The fields that are asked for; id and key come with any issue."""
    return [name for name in asked.fields if name not in ("id", "key")]


def _digest(asked: Search) -> str:
    same = msgspec.json.encode([asked.jql, asked.fields, asked.properties, sorted(asked.reconcile_issues)])
    return hashlib.sha256(same).hexdigest()[:12]


def _write_token(call: Call, asked: Search, key: tuple[float, ...]) -> str:
    mark = Bookmark(query=_digest(asked), made=call.world.now().timestamp(), key=key)
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).decode()


def _read_token(call: Call, asked: Search) -> tuple[float, ...]:
    """The key behind which a page begins. The rest of the request has to be the same on every page."""
    try:
        mark = msgspec.json.decode(base64.urlsafe_b64decode(asked.next_page_token or ""), type=Bookmark)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Refusal(400, "The provided nextPageToken is invalid.") from error
    if mark.query != _digest(asked) or call.world.now().timestamp() - mark.made > TOKEN_LIFE.total_seconds():
        raise Refusal(400, "The provided nextPageToken is invalid or has expired.")
    return mark.key


def count(call: Call) -> Response:
    """POST a count: about as many issues as the index knows."""
    return reply({"count": len(_found(call, _bounded(call, call.body(Count).jql)))})


def gone(_call: Call) -> Response:
    """Any use of the old search on Cloud."""
    raise Refusal(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")


def fetch(call: Call) -> Response:
    """POST ids or keys, former keys too: the issues as they are now, by id, and an error for each that is not there."""
    asked = call.body(Fetch)
    if not 0 < len(asked.issue_ids_or_keys) <= MOST_FETCHED:
        raise Refusal(400, f"Between 1 and {MOST_FETCHED} issue ids or keys have to be given.")
    if len(asked.properties) > MOST_PROPERTIES:
        raise Refusal(400, f"At most {MOST_PROPERTIES} properties can be requested.")
    found: dict[int, Issue] = {}
    errors = []
    for name in asked.issue_ids_or_keys:
        issue = call.world.find_issue(name)
        if issue is None or not call.sees(issue):
            errors.append({"id": name, "errorMessage": f"Issue {name} does not exist or you cannot see it."})
        else:
            found[issue.id] = issue
    shown = [_fetched(call, issue, asked) for _, issue in sorted(found.items())]
    return reply({"issues": shown, "issueErrors": errors})


def _fetched(call: Call, issue: Issue, asked: Fetch | OldSearch) -> dict[str, object]:
    return show_issue(
        call.world,
        call.dialect,
        issue,
        fields=asked.fields or ["*navigable"],
        properties=asked.properties if isinstance(asked, Fetch) else (),
        changelog="changelog" in asked.expand,
    )


def old_search(call: Call) -> Response:
    """GET or POST a search on Data Center: pages by position, which shift when issues change in between."""
    asked = call.body(OldSearch) if call.request.method == "POST" else _asked_the_old_way(call)
    found = _found(call, _parsed(call, asked.jql, strict=asked.validate_query))
    size = min(asked.max_results, LARGEST_PAGE_OF_DATA_CENTER)
    page = [_fetched(call, issue, asked) for _, issue in found[asked.start_at : asked.start_at + size]]
    return reply(
        {
            "expand": "schema,names",
            "startAt": asked.start_at,
            "maxResults": size,
            "total": len(found),
            "issues": page,
        }
    )


def _asked_the_old_way(call: Call) -> OldSearch:
    return OldSearch(
        jql=call.request.args.get("jql", ""),
        start_at=call.number("startAt", 0),
        max_results=call.number("maxResults", PAGE),
        fields=call.listed("fields"),
        expand=call.listed("expand"),
        validate_query=call.request.args.get("validateQuery", "true") not in ("false", "none", "warn"),
    )
