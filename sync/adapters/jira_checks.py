"""What `track doctor` says of a Jira: each permission, issue type and field that is missing, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sync.adapters.jira_answers import Named, Project, User
from sync.adapters.jira_meaning import decode_read, raise_for_status
from sync.port import Check
from tracker.errors import TrackError
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from sync.adapters.jira_client import Client
    from sync.adapters.jira_people import People
    from tracker.config import JiraTracker

NEEDED = {
    "BROWSE_PROJECTS": "to read issues",
    "CREATE_ISSUES": "to push",
    "EDIT_ISSUES": "to update issues and keep their marker",
    "ADD_COMMENTS": "to say what a later review asked for",
    "LINK_ISSUES": "to link the review",
    "ASSIGN_ISSUES": "to assign owners",
    "SCHEDULE_ISSUES": "to set due dates",
    "TRANSITION_ISSUES": "to close a duplicate",
    "RESOLVE_ISSUES": "to say that it is one",
}
SCREEN = ("summary", "description", "labels")
"""Fields without which an issue cannot be pushed."""

SENT = frozenset((*SCREEN, "project", "issuetype", "assignee", "duedate", "reporter"))
"""Fields that a create fills, or that Jira fills by itself."""


class _Server(Struct, frozen=True, rename="camel"):
    deployment_type: str = ""
    version: str = ""


class _Permission(Struct, frozen=True, rename="camel"):
    have_permission: bool = False


class _Permissions(Struct, frozen=True):
    permissions: dict[str, _Permission] = {}


class _Project(Project, frozen=True, rename="camel"):
    name: str = ""
    archived: bool = False
    issue_types: tuple[Named, ...] = ()


class _Field(Struct, frozen=True, rename="camel"):
    field_id: str = ""
    name: str = ""
    required: bool = False
    has_default_value: bool = False


class _Screen(Struct, frozen=True):
    fields: list[_Field] = []
    values: list[_Field] = []


def check_access(client: Client, settings: JiraTracker, people: People) -> Iterator[Check]:
    """The address, the token, the project, what may be done there, and what its screen lacks."""
    try:
        yield from _check_server(client, settings)
        me, _answer = client.ask("GET", "/myself", User)
        yield Check(name="token", ok=True, detail=f"accepted, acts as {plain(me.shown)}")
        project = yield from _check_project(client, settings)
        yield from _check_permissions(client, settings, people, me)
        if project is not None:
            yield from _check_screen(client, settings, project)
    except TrackError as error:
        hint = error.hint or "Check `url`, `deployment`, `email` and the token."
        yield Check(name="connection", ok=False, detail=error.message, hint=hint)


def _check_server(client: Client, settings: JiraTracker) -> Iterator[Check]:
    """Whether a Jira answers at this address, and of which kind. Anybody may ask."""
    answer = client.look("/serverInfo")
    hint = "`url` is the address that people open Jira at, without `/browse/…` and the like."
    try:
        raise_for_status(answer)
        server = msgspec.json.decode(answer.body, type=_Server)
    except (msgspec.DecodeError, TrackError):
        server = _Server()
    if not server.deployment_type:
        yield Check(
            name="address", ok=False, detail=f"no Jira answers at {client.url} (answer {answer.status})", hint=hint
        )
        return
    kind = "cloud" if server.deployment_type == "Cloud" else "data-center"
    yield Check(
        name="address",
        ok=kind == settings.deployment,
        detail=f"Jira {'Cloud' if kind == 'cloud' else 'Data Center'} {plain(server.version)}",
        hint=f'Write deployment = "{kind}" in the config.',
    )


def _check_project(client: Client, settings: JiraTracker) -> Generator[Check, None, _Project | None]:
    answer = client.look(f"/project/{settings.project}")
    if answer.status in (403, 404):
        yield Check(
            name="project",
            ok=False,
            detail=f"{settings.project} is not there, or hidden from this account",
            hint="Check `project` in the config (a key like PLAT), and that the account may browse it.",
        )
        return None
    raise_for_status(answer)
    project = decode_read(answer, _Project)
    yield Check(
        name="project",
        ok=not project.archived and project.key == settings.project,
        detail=plain(f"{project.key} ({project.name}){', archived' if project.archived else ''}"),
        hint="An archived project takes no issues: restore it, or follow another one."
        if project.archived
        else f'Its key has changed: write project = "{plain(project.key or "")}" in the config.',
    )
    return project


def _check_permissions(client: Client, settings: JiraTracker, people: People, me: User) -> Iterator[Check]:
    asked = ",".join((*NEEDED, "ADMINISTER_PROJECTS"))
    found, _answer = client.ask("GET", "/mypermissions", _Permissions, projectKey=settings.project, permissions=asked)
    has = {name: told.have_permission for name, told in found.permissions.items()}
    missing = [name for name in NEEDED if not has.get(name)]
    yield Check(
        name="permissions",
        ok=not missing,
        detail=f"missing: {', '.join(f'{name} ({NEEDED[name]})' for name in missing)}"
        if missing
        else "all that is needed",
        hint=f"Give {plain(me.shown)} these permissions in {settings.project} (project settings, permissions).",
    )
    may_claim = has.get("ADMINISTER_PROJECTS", False)
    yield Check(
        name="claims",
        ok=True,
        detail="a property of the project keeps two machines from creating the same item"
        if may_claim
        else "not kept without ADMINISTER_PROJECTS: two machines that push a review at the same moment may both create "
        "an item; the next push closes the later issue as a duplicate",
    )
    yield Check(
        name="markers",
        ok=people.is_assignable(me),
        detail=f"{plain(me.shown)} can be assigned, so other machines believe its markers and evidence"
        if people.is_assignable(me)
        else f"{plain(me.shown)} cannot be assigned here: machines with another account would not believe its markers",
        hint=f'Give it the permission ASSIGNABLE_USER, or write trusted = ["{plain(me.account)}"] in every config.',
    )


def _check_screen(client: Client, settings: JiraTracker, project: _Project) -> Iterator[Check]:
    known = {(each.name or "").casefold(): each for each in project.issue_types}
    issue_type = known.get(settings.issue_type.casefold())
    yield Check(
        name="issue type",
        ok=issue_type is not None,
        detail=plain(settings.issue_type),
        hint=f"{settings.project} has: {plain(', '.join(each.name or '' for each in project.issue_types)) or 'none'}. "
        "Write one of them as `issue_type`.",
    )
    if issue_type is None:
        return
    path = f"/issue/createmeta/{settings.project}/issuetypes/{issue_type.id}"
    answer = client.look(path, maxResults=200)
    if answer.status >= 400:
        yield Check(name="fields", ok=False, detail="the create screen cannot be read", hint="Give CREATE_ISSUES.")
        return
    screen = decode_read(answer, _Screen)
    yield from _check_fields(settings, {field.field_id: field for field in (*screen.fields, *screen.values)})


def _check_fields(settings: JiraTracker, fields: dict[str, _Field]) -> Iterator[Check]:
    lacking = [name for name in SCREEN if name not in fields]
    where = f"the create screen of {settings.issue_type} in {settings.project}"
    yield Check(
        name="fields",
        ok=not lacking,
        detail=f"not on {where}: {', '.join(lacking)}" if lacking else f"all that is needed is on {where}",
        hint=f"Put {', '.join(lacking)} on that screen, or choose another `issue_type`.",
    )
    without = [name for name in ("duedate", "assignee") if name not in fields]
    optional = {*settings.optional_fields, "assignee"}
    if without:
        yield Check(
            name="optional fields",
            ok=optional.issuperset(without),
            detail=f"not on the screen, so issues are created without: {', '.join(without)}",
            hint='Put it on the screen, or write optional_fields = ["duedate"] in the config.',
        )
    unfilled = [
        plain(field.name or name)
        for name, field in fields.items()
        if field.required and not field.has_default_value and name not in SENT
    ]
    if unfilled:
        yield Check(
            name="required fields",
            ok=False,
            detail=f"{settings.project} requires what track does not fill: {', '.join(unfilled)}",
            hint=f"Make them optional for {settings.issue_type}, give them a default, or choose another `issue_type`.",
        )
