"""The development panel of an issue: which pull requests the connected code hosts tell of.

Jira describes no API for it. These are the two addresses that its own pages ask, in the shape that real ones answer:
the summary tells the code hosts by names that differ from site to site, and the detail wants one of these names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.jira_access import Refusal, reply, stamp

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Issue, PullRequest

_STATES = ("OPEN", "MERGED", "DECLINED")
_OTHER_KINDS = ("build", "deployment-environment", "repository", "branch")
_SHOWN_AS = "GitHub"


def summary(call: Call) -> Response:
    """GET how many pull requests there are, in all and by code host; `state` is the one that needs the most care."""
    issue = _asked(call)
    hosts = call.world.site.code_hosts if issue.pulls else []
    states: list[str] = [each.status for each in issue.pulls]
    state = next((each for each in _STATES if each in states), "OPEN")
    overall = {
        "count": len(issue.pulls) * len(hosts),
        "lastUpdated": stamp(max(each.updated for each in issue.pulls)) if issue.pulls else None,
        "stateCount": states.count(state) * len(hosts),
        "state": state,
        "dataType": "pullrequest",
        "open": state == "OPEN",
    }
    by_host = {host: {"count": len(issue.pulls), "name": _SHOWN_AS} for host in hosts}
    told: dict[str, object] = {
        kind: {"overall": {"count": 0, "lastUpdated": None, "dataType": kind}, "byInstanceType": {}}
        for kind in _OTHER_KINDS
    }
    told["pullrequest"] = {"overall": overall, "byInstanceType": by_host}
    return reply({"errors": [], "configErrors": [], "summary": told})


def detail(call: Call) -> Response:
    """GET what one code host tells: for another name than one of the summary's, nothing, and no error."""
    issue = _asked(call)
    host, kind = call.request.args.get("applicationType"), call.request.args.get("dataType")
    if not host or not kind:
        raise Refusal(400, "The query parameters 'applicationType' and 'dataType' are required.")
    if host not in call.world.site.code_hosts:
        return reply({"errors": [], "detail": []})
    told = {
        "branches": [],
        "pullRequests": [_show(each) for each in issue.pulls] if kind == "pullrequest" else [],
        "repositories": [],
        "_instance": {"id": host, "type": host, "name": _SHOWN_AS, "typeName": _SHOWN_AS, "singleInstance": True},
    }
    return reply({"errors": [], "detail": [told]})


def _asked(call: Call) -> Issue:
    """The issue that is meant, which has to be told by its id. Raises `Refusal`."""
    number = call.request.args.get("issueId", "")
    if not number.isdecimal():
        raise Refusal(400, "The query parameter 'issueId' has to be the id of an issue.")
    return call.issue(number)


def _show(pull: PullRequest) -> dict[str, object]:
    repository = pull.url.partition("/pull/")[0]
    return {
        "id": f"#{pull.number}",
        "name": pull.title,
        "url": pull.url,
        "status": pull.status,
        "lastUpdate": stamp(pull.updated),
        "author": {"name": pull.author, "avatar": ""},
        "source": {"branch": f"change-{pull.number}", "url": f"{repository}/tree/change-{pull.number}"},
        "destination": {"branch": "main", "url": f"{repository}/tree/main"},
        "repositoryName": pull.repository,
        "repositoryUrl": repository,
        "reviewers": [],
        "commentCount": 0,
    }
