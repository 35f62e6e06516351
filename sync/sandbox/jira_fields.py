"""What a client may write into the fields of an issue: each value checked and made plain, every problem at once.

A field is refused with the same words when it is not on the screen and when the permission for it is missing.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from sync.sandbox.jira_access import Refusal
from sync.sandbox.jira_defaults import FIELDS, PRIORITIES
from sync.sandbox.jira_text import is_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Issue, Named, Project, Text

SUMMARY_LIMIT = 255
TEXT_LIMIT = 32_767
LABEL_LIMIT = 255
PROPERTY_LIMIT = 32_768

_NEEDED_PERMISSION = {"assignee": "ASSIGN_ISSUES", "duedate": "SCHEDULE_ISSUES", "reporter": "MODIFY_REPORTER"}


class Property(Struct, kw_only=True):
    """An entity property that comes with an issue."""

    key: str
    value: object = None


class Chosen(Struct):
    """A transition that is asked for."""

    id: str | int


class IssueUpdate(Struct, kw_only=True):
    """The body of a create, an edit or a transition."""

    fields: dict[str, object] = field(default_factory=dict)
    update: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    properties: list[Property] = field(default_factory=list)
    transition: Chosen | None = None


class Wrong(ValueError):
    """One value cannot be taken; the message says why."""


def read_text(call: Call, value: object) -> Text | None:
    """A long text in the form that this version takes. Raises `Wrong`."""
    if value is None:
        return None
    if call.dialect.version == 3:
        if not isinstance(value, dict):
            raise Wrong("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
        if not is_document(value):
            raise Wrong("INVALID_INPUT")
        return value
    if not isinstance(value, str):
        raise Wrong("Operation value must be a string")
    if len(value) > TEXT_LIMIT:
        raise Wrong(f"The entered text is too long. It exceeds the allowed limit of {TEXT_LIMIT:,} characters.")
    return value or None


def _summary(_call: Call, _project: Project, value: object) -> object:
    if value is not None and not isinstance(value, str):
        raise Wrong("Operation value must be a string")
    if not value or not value.strip():
        raise Wrong("You must specify a summary of the issue.")
    if "\n" in value or "\r" in value:
        raise Wrong("The summary is invalid because it contains newline characters.")
    if len(value) > SUMMARY_LIMIT:
        raise Wrong(f"Summary must be less than {SUMMARY_LIMIT} characters.")
    return value.strip()


def _description(call: Call, _project: Project, value: object) -> object:
    return read_text(call, value)


def _labels(_call: Call, _project: Project, value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Wrong("data was not an array")
    for label in value:
        if not label or any(letter.isspace() for letter in label):
            raise Wrong(f"The label '{label}' contains spaces which is invalid.")
        if len(label) > LABEL_LIMIT:
            raise Wrong(f"The label '{label[:20]}…' exceeds the maximum length of {LABEL_LIMIT} characters.")
    return sorted(set(value))


def _due(_call: Call, _project: Project, value: object) -> object:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise Wrong(f"Error parsing date string: {value}")


def _person(call: Call, project: Project, value: object) -> object:
    names = ("accountId", "id") if call.world.cloud else ("name",)
    if value is None:
        return None
    given = next((value[name] for name in names if name in value), "") if isinstance(value, dict) else ""
    if isinstance(value, dict) and given is None:
        return None
    if not isinstance(given, str) or not given:
        raise Wrong(f"expected Object containing a '{names[-1]}' property")
    account = call.world.find_account(given)
    if account is None or not account.active or not call.world.may(account, project, "ASSIGNABLE_USER"):
        raise Wrong(f"User '{given}' cannot be assigned issues.")
    return account.id


def _reporter(call: Call, project: Project, value: object) -> object:
    account = _person(call, project, value)
    if account is None:
        raise Wrong("Reporter is required.")
    return account


def _priority(_call: Call, _project: Project, value: object) -> object:
    if isinstance(value, dict):
        for name, number in PRIORITIES.items():
            if value.get("name") == name or str(value.get("id")) == number:
                return name
    raise Wrong("Specify a valid 'id' or 'name' for the priority.")


def _issue_type(_call: Call, project: Project, value: object) -> object:
    found = find_named(project.issue_types, value)
    if found is None:
        raise Wrong("Specify a valid issue type")
    return found.id


_READERS: dict[str, Callable[[Call, Project, object], object]] = {
    "summary": _summary,
    "description": _description,
    "labels": _labels,
    "duedate": _due,
    "assignee": _person,
    "reporter": _reporter,
    "priority": _priority,
    "issuetype": _issue_type,
}


def find_named(among: list[Named], value: object) -> Named | None:
    """The resolution or issue type that a value names by id or name."""
    if not isinstance(value, dict):
        return None
    return next((each for each in among if value.get("id") == each.id or value.get("name") == each.name), None)


def find_create_project(call: Call, given: IssueUpdate) -> Project:
    """The project that an issue is to be created in. Raises `Refusal`."""
    value = given.fields.get("project")
    key = str(value.get("key") or value.get("id") or "") if isinstance(value, dict) else ""
    project = call.world.find_project(key) if key else None
    if project is None or project.archived or not call.may(project, "BROWSE_PROJECTS"):
        raise Refusal(400, errors={"project": "Specify a valid project ID or key"})
    if not call.may(project, "CREATE_ISSUES"):
        raise Refusal(403, "You do not have permission to create issues in this project.")
    return project


def check_new(call: Call, project: Project, given: IssueUpdate) -> dict[str, object]:
    """The values of a new issue. Raises `Refusal` with every problem."""
    wanted = {name: value for name, value in _applied(given, {}).items() if name != "project"}
    missing = {name: f"{name} is required." for name in project.required if name not in wanted and name not in _READERS}
    values, wrong = _checked(call, project, wanted | {name: wanted.get(name) for name in ("summary", "issuetype")})
    if wrong or missing:
        raise Refusal(400, errors=missing | wrong)
    return values


def check_change(call: Call, project: Project, issue: Issue, given: IssueUpdate) -> dict[str, object]:
    """The values that an edit changes. Raises `Refusal` with every problem."""
    values, wrong = _checked(call, project, _applied(given, {"labels": issue.labels}))
    if wrong:
        raise Refusal(400, errors=wrong)
    return values


def check_properties(given: list[Property]) -> None:
    """See that entity properties are small enough. Raises `Refusal`."""
    for each in given:
        check_property(each.key, msgspec.json.encode(each.value))


def check_property(key: str, value: bytes) -> None:
    """See that one entity property is small enough. Raises `Refusal`."""
    if not key or len(key) > LABEL_LIMIT:
        raise Refusal(400, f"The property key has to be shorter than {LABEL_LIMIT + 1} characters.")
    if len(value.decode()) > PROPERTY_LIMIT:
        raise Refusal(400, f"The value is too long: the maximum length of a property is {PROPERTY_LIMIT} characters.")


def _applied(given: IssueUpdate, present: dict[str, list[str]]) -> dict[str, object]:
    """The values that `fields` and `update` together ask for; labels are added to and taken from those `present`."""
    wanted = dict(given.fields)
    for name, operations in given.update.items():
        if name == "comment":
            continue
        if name in given.fields:
            message = "Field '{}' cannot appear in both 'fields' and 'update'"
            raise Refusal(400, errors={name: message.format(name)})
        wanted[name] = _operated(name, list(present.get(name, [])), operations)
    return wanted


def _operated(name: str, held: list[str], operations: list[dict[str, object]]) -> object:
    for operation in operations:
        match operation:
            case {"set": value}:
                if name != "labels" or not isinstance(value, list):
                    return value
                held = [str(each) for each in value]
            case {"add": str(label)} if name == "labels":
                held.append(label)
            case {"remove": str(label)} if name == "labels":
                held = [each for each in held if each != label]
            case _:
                raise Refusal(400, errors={name: f"Operation {', '.join(operation)} is not supported for this field."})
    return held


def _checked(call: Call, project: Project, wanted: dict[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    values: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for name, value in wanted.items():
        needed = _NEEDED_PERMISSION.get(name)
        known = name in _READERS or (name not in FIELDS and name.startswith("customfield_"))
        if name not in project.screen or not known or (needed and not call.may(project, needed)):
            wrong[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            continue
        try:
            values[name] = _READERS[name](call, project, value) if name in _READERS else value
        except Wrong as problem:
            wrong[name] = str(problem)
    return values, wrong
