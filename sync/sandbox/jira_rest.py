"""Jira's REST API over a world: routes of Cloud and of Data Center, who is asking, headers.

What each route does is in `jira_issues`, `jira_search`, `jira_parts`, `jira_properties`, `jira_site` and
`jira_development`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import jira_development as development
from sync.sandbox import jira_issues as issues
from sync.sandbox import jira_parts as parts
from sync.sandbox import jira_properties as properties
from sync.sandbox import jira_search as search
from sync.sandbox import jira_site as site
from sync.sandbox.jira_access import ANYBODY, Call, Dialect, Refusal, authenticate, headers, reply, unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request, Response

    from sync.sandbox.jira_state import Account
    from sync.sandbox.jira_world import JiraWorld

    Handler = Callable[..., Response]
    Routes = dict[tuple[str, str], Handler]

_OF_BOTH: Routes = {
    ("POST", "/issue"): issues.create,
    ("POST", "/issue/bulk"): issues.create_many,
    ("GET", "/issue/<key>"): issues.get,
    ("PUT", "/issue/<key>"): issues.edit,
    ("DELETE", "/issue/<key>"): issues.delete,
    ("GET", "/issue/<key>/comment"): parts.comments,
    ("POST", "/issue/<key>/comment"): parts.add_comment,
    ("GET", "/issue/<key>/remotelink"): parts.links,
    ("POST", "/issue/<key>/remotelink"): parts.set_link,
    ("DELETE", "/issue/<key>/remotelink"): parts.remove_link,
    ("GET", "/issue/<key>/properties"): properties.of_issue,
    ("GET", "/issue/<key>/properties/<name>"): properties.one_of_issue,
    ("PUT", "/issue/<key>/properties/<name>"): properties.set_of_issue,
    ("DELETE", "/issue/<key>/properties/<name>"): properties.delete_of_issue,
    ("GET", "/issue/<key>/transitions"): parts.transitions,
    ("POST", "/issue/<key>/transitions"): parts.do_transition,
    ("GET", "/issue/createmeta/<key>/issuetypes"): site.issue_types,
    ("GET", "/issue/createmeta/<key>/issuetypes/<issue_type>"): site.create_fields,
    ("GET", "/myself"): site.myself,
    ("GET", "/mypermissions"): site.permissions,
    ("GET", "/project/<key>"): site.project,
    ("GET", "/project/<key>/properties"): properties.of_project,
    ("GET", "/project/<key>/properties/<name>"): properties.one_of_project,
    ("PUT", "/project/<key>/properties/<name>"): properties.set_of_project,
    ("DELETE", "/project/<key>/properties/<name>"): properties.delete_of_project,
    ("GET", "/serverInfo"): site.server_info,
    ("GET", "/user/search"): site.people,
    ("GET", "/user/assignable/search"): site.assignable,
    ("GET", "/field"): site.fields,
    ("GET", "/resolution"): site.resolutions,
    ("GET", "/status"): site.statuses,
}
_OF_CLOUD: Routes = {
    ("GET", "/search/jql"): search.search,
    ("POST", "/search/jql"): search.search,
    ("POST", "/search/approximate-count"): search.count,
    ("GET", "/search"): search.gone,
    ("POST", "/search"): search.gone,
    ("POST", "/issue/bulkfetch"): search.fetch,
    ("GET", "/issue/<key>/changelog"): issues.changelog,
    ("POST", "/changelog/bulkfetch"): issues.changelogs,
}
_OF_DATA_CENTER: Routes = {
    ("GET", "/search"): search.old_search,
    ("POST", "/search"): search.old_search,
}
_OF_THE_PANEL: Routes = {
    ("GET", "/issue/summary"): development.summary,
    ("GET", "/issue/detail"): development.detail,
}
"""The development panel has no official API: these are what Jira's own pages ask."""

_FOR_ANYBODY = (site.server_info,)


def _map(place: str, versions: tuple[int, ...], *routes: Routes) -> Map:
    rules = [
        rule
        for version in versions
        for table in routes
        for rule in _rules(f"{place}/rest/api/{version}", version, table)
    ]
    rules += _rules(f"{place}/rest/dev-status/latest", versions[-1], _OF_THE_PANEL)
    return Map(rules, strict_slashes=False)


def _rules(under: str, version: int, routes: Routes) -> list[Rule]:
    return [
        Rule(under + path, methods=[method], endpoint=(handler, version)) for (method, path), handler in routes.items()
    ]


PLACES = {"cloud": "/jira", "data-center": "/jira-dc"}
ROUTES = {
    "cloud": _map(PLACES["cloud"], (2, 3), _OF_BOTH, _OF_CLOUD),
    "data-center": _map(PLACES["data-center"], (2,), _OF_BOTH, _OF_DATA_CENTER),
}


class JiraRest:
    """The room that answers under `/jira/rest` or `/jira-dc/rest`."""

    def __init__(self, world: JiraWorld) -> None:
        self.world = world
        self._place, self._routes = PLACES[world.site.deployment], ROUTES[world.site.deployment]

    def __call__(self, request: Request) -> Response:
        """Answer one request; the caller holds the lock of the world."""
        account = ANYBODY
        try:
            account = authenticate(self.world, request)
            response = self._answer(request, account)
        except Refusal as refusal:
            response = reply(refusal.body(), refusal.status)
        response.headers.update(headers(self.world, account))
        return response

    def _answer(self, request: Request, account: Account) -> Response:
        try:
            (handler, version), values = self._routes.bind_to_environ(request.environ).match()
        except HTTPException as error:
            raise Refusal(error.code or 404, f"There is no {request.method} {request.path} here.") from error
        if account is ANYBODY and handler not in _FOR_ANYBODY:
            raise unauthenticated()
        dialect = Dialect(self.world.cloud, version, request.host_url.rstrip("/") + self._place)
        response: Response = handler(Call(self.world, request, account, dialect), **values)
        return response
