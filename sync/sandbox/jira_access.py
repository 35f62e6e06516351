"""What every answer of the sandbox's Jira has in common: who is asking, how it says no, addresses, times, headers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from sync.sandbox.jira_state import Account
from sync.sandbox.jira_text import as_document, as_wiki

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from sync.sandbox.jira_state import Issue, Project, Text
    from sync.sandbox.jira_world import JiraWorld

TIME_ZONE = "Africa/Maputo"
"""The time zone of everybody here: not UTC, so that who forgets it is wrong, and without a summer time."""
ZONE = timezone(timedelta(hours=2))

ANYBODY = Account(id="", name="", display="Anonymous")
"""Who asks without credentials."""

T = TypeVar("T")


class Refusal(Exception):
    """The answer is no: a status, general messages, and messages by field."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(*messages)
        self.status, self.messages, self.errors = status, messages, errors or {}

    def body(self) -> dict[str, object]:
        """The refusal as Jira writes it."""
        return {"errorMessages": list(self.messages), "errors": self.errors}


def unauthenticated() -> Refusal:
    """No credentials, or none that are good here."""
    return Refusal(401, "Client must be authenticated to access this resource.")


def no_issue() -> Refusal:
    """An issue that is not there, and one that this account must not know of: the same answer."""
    return Refusal(404, "Issue does not exist or you do not have permission to see it.")


def no_project(key: str) -> Refusal:
    """A project that is not there, or that this account must not know of."""
    return Refusal(404, f"No project could be found with key '{key}'.")


def reply(body: object, status: int = 200) -> Response:
    """A JSON answer; without a body where the status has none."""
    content = b"" if status == 204 else msgspec.json.encode(body)
    return Response(content, status, content_type="application/json;charset=UTF-8")


def stamp(at: datetime) -> str:
    """A time as Jira writes it: not RFC 3339."""
    local = at.astimezone(ZONE)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03}{local:%z}"


class Dialect(Struct, frozen=True):
    """How this Jira speaks: which deployment, which version of the API, under which address."""

    cloud: bool
    version: int
    root: str

    def api(self, *parts: object) -> str:
        """The address of a resource."""
        return "/".join([f"{self.root}/rest/api/{self.version}", *map(str, parts)])

    def text(self, text: Text | None) -> object:
        """A long text: an Atlassian Document in version 3, wiki text in version 2."""
        if text is None:
            return None
        return as_document(text) if self.version == 3 else as_wiki(text)


class Call:
    """One request that was let in."""

    def __init__(self, world: JiraWorld, request: Request, viewer: Account, dialect: Dialect) -> None:
        self.world, self.request, self.viewer, self.dialect = world, request, viewer, dialect

    def body(self, shape: type[T]) -> T:
        """The JSON that came with the request. Raises `Refusal` as Jira does: 415 for no JSON, 400 for a wrong one."""
        if self.request.mimetype != "application/json":
            raise Refusal(415, "Unsupported Media Type")
        try:
            given = msgspec.json.decode(self.request.get_data())
            if isinstance(given, dict) and shape is not object:
                # What is null at the top counts as not given.
                given = {name: value for name, value in given.items() if value is not None}
            return msgspec.convert(given, shape)
        except msgspec.ValidationError as error:
            raise Refusal(400, f"Invalid request payload: {error}.") from error
        except msgspec.DecodeError as error:
            raise Refusal(400, "There was an error parsing JSON. Check that your request body is valid.") from error

    def listed(self, name: str) -> list[str]:
        """The values of a query parameter that takes several, comma-separated or repeated."""
        given = self.request.args.getlist(name)
        return [each.strip() for value in given for each in value.split(",") if each.strip()]

    def number(self, name: str, default: int) -> int:
        """A query parameter that is a number. Raises `Refusal`."""
        text = self.request.args.get(name, "")
        if text and not text.isdecimal():
            raise Refusal(400, f"The value '{text}' of {name} is not a number.")
        return int(text) if text else default

    def may(self, project: Project, permission: str) -> bool:
        """Whether whoever asks has this permission."""
        return self.world.may(self.viewer, project, permission)

    def sees(self, issue: Issue) -> bool:
        """Whether whoever asks can read an issue. On Cloud an archived project hides its issues."""
        project = self.world.home(issue)
        return self.may(project, "BROWSE_PROJECTS") and not (self.world.cloud and project.archived)

    def issue(self, key: str) -> Issue:
        """The issue that a route names by id or key. Raises `Refusal`."""
        found = self.world.find_issue(key)
        if found is None or not self.sees(found):
            raise no_issue()
        return found

    def project(self, key: str) -> Project:
        """The project that a route names by id or key. Raises `Refusal`."""
        found = self.world.find_project(key)
        if found is None or not self.may(found, "BROWSE_PROJECTS"):
            raise no_project(key)
        return found

    def issue_to_change(self, key: str, permission: str, refused: int = 403) -> Issue:
        """The issue that a route names, where whoever asks has this permission. Raises `Refusal`."""
        issue = self.issue(key)
        project = self.world.home(issue)
        if project.archived:
            raise Refusal(refused, "The project is archived: its issues can only be read.")
        if not self.may(project, permission):
            raise Refusal(refused, f"You do not have the permission {permission} in this project.")
        return issue


def authenticate(world: JiraWorld, request: Request) -> Account:
    """Who is asking: e-mail and API token on Cloud, a personal access token on Data Center. Raises `Refusal`."""
    given = request.authorization
    if "Authorization" not in request.headers:
        return ANYBODY
    account = None
    if given is not None and world.cloud and given.type == "basic" and given.username:
        account = world.owner_of(given.password or "")
        if account is not None and account.email.lower() not in ("", given.username.lower()):
            account = None
    elif given is not None and not world.cloud and given.type == "bearer":
        account = world.owner_of(given.token or "")
    if account is None:
        raise unauthenticated()
    return account


def headers(world: JiraWorld, account: Account) -> dict[str, str]:
    """The headers that every answer carries, with the date of this world."""
    told = {"Date": http_date(world.now())}
    if account is ANYBODY:
        return told | {"WWW-Authenticate": 'Basic realm="Jira"' if world.cloud else 'Bearer realm="Jira"'}
    who = "X-AACCOUNTID" if world.cloud else "X-AUSERNAME"
    return told | {who: account.id if world.cloud else account.name}
