"""The entity properties of issues and of projects: small JSON values by name, each written whole."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sync.sandbox.jira_access import Refusal, reply
from sync.sandbox.jira_fields import check_property
from sync.sandbox.jira_state import Project

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Issue


def of_issue(call: Call, key: str) -> Response:
    """GET the names of an issue's properties."""
    return _names(call, call.issue(key))


def one_of_issue(call: Call, key: str, name: str) -> Response:
    """GET a property of an issue."""
    return _value(call.issue(key), name)


def set_of_issue(call: Call, key: str, name: str) -> Response:
    """PUT a property of an issue whole: 201 where it is new, else 200."""
    return _set(call, call.issue_to_change(key, "EDIT_ISSUES"), name)


def delete_of_issue(call: Call, key: str, name: str) -> Response:
    """DELETE a property of an issue."""
    return _delete(call, call.issue_to_change(key, "EDIT_ISSUES"), name)


def of_project(call: Call, key: str) -> Response:
    """GET the names of a project's properties."""
    return _names(call, call.project(key))


def one_of_project(call: Call, key: str, name: str) -> Response:
    """GET a property of a project."""
    return _value(call.project(key), name)


def set_of_project(call: Call, key: str, name: str) -> Response:
    """PUT a property of a project whole: 201 where it is new, else 200. For those who administer the project."""
    return _set(call, _administered(call, key), name)


def delete_of_project(call: Call, key: str, name: str) -> Response:
    """DELETE a property of a project. For those who administer the project."""
    return _delete(call, _administered(call, key), name)


def _administered(call: Call, key: str) -> Project:
    project = call.project(key)
    if not call.may(project, "ADMINISTER_PROJECTS"):
        raise Refusal(403, "You do not have the permission ADMINISTER_PROJECTS in this project.")
    return project


def _address(call: Call, of: Issue | Project, *name: str) -> str:
    kind = "project" if isinstance(of, Project) else "issue"
    return call.dialect.api(kind, of.id, "properties", *(quote(each, safe="") for each in name))


def _names(call: Call, of: Issue | Project) -> Response:
    return reply({"keys": [{"self": _address(call, of, name), "key": name} for name in of.properties]})


def _value(of: Issue | Project, name: str) -> Response:
    return reply({"key": name, "value": of.properties[_known(of, name)]})


def _known(of: Issue | Project, name: str) -> str:
    if name not in of.properties:
        raise Refusal(404, f"The property {name} does not exist.")
    return name


def _set(call: Call, of: Issue | Project, name: str) -> Response:
    value = call.body(object)
    check_property(name, call.request.get_data())
    new = call.world.set_property(of, name, value)
    return reply({"self": _address(call, of, name)}, 201 if new else 200)


def _delete(call: Call, of: Issue | Project, name: str) -> Response:
    call.world.remove_property(of, _known(of, name))
    return reply(None, 204)
