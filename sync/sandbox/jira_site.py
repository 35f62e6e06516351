"""What a Jira says about itself: who asks and what they may do, projects and their screens, people, workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.jira_access import Refusal, no_project, reply, stamp
from sync.sandbox.jira_defaults import FIELDS, GLOBAL_PERMISSIONS, PERMISSIONS, PRIORITIES
from sync.sandbox.jira_json import show_account, show_issue_type, show_project, show_resolution, show_status

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Account, Project

VERSIONS = {True: "1001.0.0-SNAPSHOT", False: "11.3.0"}
"""What Cloud and Data Center say they are."""

PEOPLE_PAGE = 50
MOST_PEOPLE = 1000


def myself(call: Call) -> Response:
    """GET the account that is asking."""
    return reply(show_account(call.dialect, call.viewer) | {"locale": "en_US"})


def server_info(call: Call) -> Response:
    """GET what this server is."""
    version = VERSIONS[call.world.cloud]
    return reply(
        {
            "baseUrl": call.dialect.root,
            "version": version,
            "versionNumbers": [int(part) for part in version.partition("-")[0].split(".")],
            "deploymentType": "Cloud" if call.world.cloud else "Server",
            "buildNumber": 100_290,
            "buildDate": stamp(call.world.now()),
            "serverTime": stamp(call.world.now()),
            "scmInfo": "sandbox",
            "serverTitle": "Sandbox",
        }
    )


def permissions(call: Call) -> Response:
    """GET what whoever asks may do: in a project, in an issue's project, or in any project.

    Cloud wants the permissions named; Data Center tells them all.
    """
    known = {**PERMISSIONS, **{key: name for key, (name, _) in GLOBAL_PERMISSIONS.items()}}
    wanted = call.listed("permissions") if call.world.cloud else list(known)
    if not wanted:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    unknown = [key for key in wanted if key not in known]
    if unknown:
        raise Refusal(400, f"Unrecognized permission: {', '.join(unknown)}")
    projects = _meant(call)
    shown = {}
    for number, key in enumerate(wanted):
        has = any(call.may(each, key) for each in projects)
        overall = key in GLOBAL_PERMISSIONS
        shown[key] = {
            "id": str(number),
            "key": key,
            "name": known[key],
            "type": "GLOBAL" if overall else "PROJECT",
            "description": "",
            "havePermission": GLOBAL_PERMISSIONS[key][1] if overall else has,
        }
    return reply({"permissions": shown})


def _meant(call: Call) -> list[Project]:
    arguments = call.request.args
    issue = arguments.get("issueKey") or arguments.get("issueId")
    if issue:
        return [call.world.home(call.issue(issue))]
    project = arguments.get("projectKey") or arguments.get("projectId")
    return [call.project(project)] if project else list(call.world.site.projects.values())


def project(call: Call, key: str) -> Response:
    """GET a project, archived ones too."""
    found = call.project(key)
    shown = show_project(call.dialect, found) | {
        "issueTypes": [show_issue_type(call.dialect, each) for each in found.issue_types],
        "archived": found.archived,
    }
    return reply(shown | ({"simplified": False, "style": "classic", "isPrivate": False} if call.world.cloud else {}))


def _page(call: Call, name: str, items: list[dict[str, object]]) -> Response:
    """A list in the frame of create metadata, which Data Center names otherwise."""
    start, size = call.number("startAt", 0), call.number("maxResults", PEOPLE_PAGE)
    shown: dict[str, object] = {"startAt": start, "maxResults": size, "total": len(items)}
    if not call.world.cloud:
        shown["isLast"] = start + size >= len(items)
    return reply(shown | {name if call.world.cloud else "values": items[start : start + size]})


def _create_project(call: Call, key: str) -> Project:
    found = call.project(key)
    if found.archived or not call.may(found, "CREATE_ISSUES"):
        raise Refusal(400, "You cannot create issues in this project.") if call.world.cloud else no_project(key)
    return found


def issue_types(call: Call, key: str) -> Response:
    """GET the issue types that can be created in a project."""
    found = _create_project(call, key)
    return _page(call, "issueTypes", [show_issue_type(call.dialect, each) for each in found.issue_types])


def create_fields(call: Call, key: str, issue_type: str) -> Response:
    """GET the fields on a project's create screen."""
    found = _create_project(call, key)
    if issue_type not in [each.id for each in found.issue_types]:
        raise Refusal(400, "The issue type is not one of this project.")
    names = dict.fromkeys((*found.screen, *found.required))
    return _page(call, "fields", [_show_field(call, found, name) for name in names])


def _show_field(call: Call, project: Project, name: str) -> dict[str, object]:
    shown, kind = FIELDS.get(name, (name, "string"))
    told: dict[str, object] = {
        "required": name in ("summary", "issuetype", "project", *project.required),
        "schema": _schema(name, kind),
        "name": shown,
        "key": name,
        "fieldId": name,
        "hasDefaultValue": False,
        "operations": ["add", "set", "remove"] if kind == "array" else ["set"],
    }
    if name == "priority":
        told["allowedValues"] = [{"id": number, "name": each} for each, number in PRIORITIES.items()]
    if name == "issuetype":
        told["allowedValues"] = [show_issue_type(call.dialect, each) for each in project.issue_types]
    return told if call.world.cloud else {key: value for key, value in told.items() if key != "key"}


def _schema(name: str, kind: str) -> dict[str, object]:
    if name not in FIELDS:
        return {
            "type": kind,
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield",
            "customId": int(name.rpartition("_")[2]) if name.rpartition("_")[2].isdecimal() else 0,
        }
    return {
        "type": kind,
        "system": name,
        **({"items": "component" if name == "components" else "string"} if kind == "array" else {}),
    }


def fields(call: Call) -> Response:
    """GET every field: those of the system, those that some project added, and those that the site knows."""
    custom = {
        name: (name, "string")
        for project in call.world.site.projects.values()
        for name in (*project.screen, *project.required)
        if name not in FIELDS
    } | {name: (each.name, each.kind) for name, each in call.world.site.custom_fields.items()}
    return reply([_show_known(name, *told) for name, told in {**FIELDS, **custom}.items()])


def _show_known(name: str, shown: str, kind: str) -> dict[str, object]:
    return {
        "id": name,
        "key": name,
        "name": shown,
        "custom": name not in FIELDS,
        "orderable": True,
        "navigable": name != "comment",
        "searchable": True,
        "clauseNames": [name],
        "schema": _schema(name, kind),
    }


def statuses(call: Call) -> Response:
    """GET every status."""
    return reply([show_status(call.dialect, each) for each in call.world.site.statuses])


def resolutions(call: Call) -> Response:
    """GET every resolution."""
    return reply([show_resolution(call.dialect, each) for each in call.world.site.resolutions])


def people(call: Call) -> Response:
    """GET a page of people by name or e-mail; an e-mail that is not public finds nobody."""
    return reply([show_account(call.dialect, each) for each in _page_of_people(call, _asked_people(call))])


def assignable(call: Call) -> Response:
    """GET a page of people who can be assigned in a project, or to an issue.

    Cloud takes the page first and then leaves out who cannot: a short page, even an empty one, is not the last.
    """
    home = _meant_by_assignment(call)

    def can(account: Account) -> bool:
        return call.world.may(account, home, "ASSIGNABLE_USER")

    asked = _asked_people(call, optional=True)
    if call.world.cloud:
        found = [each for each in _page_of_people(call, asked) if can(each)]
    else:
        found = _page_of_people(call, [each for each in asked if can(each)])
    return reply([show_account(call.dialect, each) for each in found])


def _meant_by_assignment(call: Call) -> Project:
    arguments = call.request.args
    issue = arguments.get("issueKey") or arguments.get("issueId")
    if issue:
        return call.world.home(call.issue(issue))
    if not arguments.get("project"):
        raise Refusal(400, "Either a project or an issue has to be given.")
    return call.project(arguments["project"])


def _asked_people(call: Call, *, optional: bool = False) -> list[Account]:
    """The people that a search means: by `query` or an exact `accountId` on Cloud, by `username` on Data Center."""
    name = "query" if call.world.cloud else "username"
    asked = call.request.args.get(name, "")
    account_id = call.request.args.get("accountId", "") if call.world.cloud else ""
    if asked and account_id:
        raise Refusal(400, "The query parameters 'query' and 'accountId' cannot be used together.")
    if not (asked or account_id or optional):
        raise Refusal(400, f"The query parameter '{name}' is required.")
    if account_id:
        known = call.world.find_account(account_id)
        return [known] if known is not None and known.active else []
    return [each for each in call.world.site.accounts.values() if each.active and _fits(each, asked)]


def _page_of_people(call: Call, found: list[Account]) -> list[Account]:
    """A page of people, of a thousand at most; Cloud never tells of more than the first thousand."""
    start, size = call.number("startAt", 0), min(call.number("maxResults", PEOPLE_PAGE), MOST_PEOPLE)
    reachable = found[:MOST_PEOPLE] if call.world.cloud else found
    return reachable[start : start + size]


def _fits(account: Account, asked: str) -> bool:
    """Whether a person is meant: names count from the start of any word, ids and e-mails from their start."""
    text = asked.lower()
    told = [account.id.lower(), account.name.lower(), account.display.lower(), *account.display.lower().split()]
    if account.email_visible:
        told.append(account.email.lower())
    return any(each.startswith(text) for each in told)
