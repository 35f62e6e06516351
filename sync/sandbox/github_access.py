"""What every answer of the sandbox's GitHub has in common: who is asking, how it says no, addresses and headers."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from sync.sandbox.state import Repository, Token
    from sync.sandbox.world import World

DOCS = "https://docs.github.com/enterprise-server/rest"
VERSION = "3.17.0"
"""The GitHub Enterprise Server that the sandbox says it is."""

HOURLY = 5000


class Refusal(Exception):
    """The answer is no: status, message, and the details that GitHub gives with it."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[dict[str, object]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, errors, headers or {}

    def response(self) -> Response:
        """The refusal as an answer."""
        body: dict[str, object] = {"message": self.message, "documentation_url": DOCS, "status": str(self.status)}
        if self.errors is not None:
            body["errors"] = self.errors
        if "Location" in self.headers:
            body["url"] = self.headers["Location"]
        return reply(body, self.status, self.headers)


def not_found() -> Refusal:
    """What is not there, and what this token must not know of: the same answer."""
    return Refusal(404, "Not Found")


def forbidden(needed: str) -> Refusal:
    """The token may see this but not do it; `needed` names the permission, as in `issues=write`."""
    headers = {"X-Accepted-GitHub-Permissions": needed}
    return Refusal(403, "Resource not accessible by personal access token", headers=headers)


def invalid(field: str, code: str, *, resource: str = "Issue", message: str = "", value: object = None) -> Refusal:
    """One field cannot be taken as it is."""
    error: dict[str, object] = {"resource": resource, "field": field, "code": code}
    if message:
        error["message"] = message
    if value is not None:
        error["value"] = value
    return Refusal(422, "Validation Failed", [error])


def authenticate(world: World, request: Request) -> Token:
    """Who is asking. Raises `Refusal` when no token, or no good one, came with the request."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not given:
        raise Refusal(401, "Requires authentication")
    token = world.token(given.strip()) if scheme.lower() in ("bearer", "token") else None
    if token is None:
        raise Refusal(401, "Bad credentials")
    return token


def visible(world: World, repository: Repository | None, login: str) -> Repository | None:
    """The repository when this account may read it."""
    if repository is None or not world.permission(repository, login).covers(Permission.READ):
        return None
    return repository


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; without a body where the status has none."""
    content = b"" if status == 204 else msgspec.json.encode(body)
    return Response(content, status, headers, content_type="application/json; charset=utf-8")


def stamp(at: datetime) -> str:
    """A time as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind: str, *numbers: int) -> str:
    """An opaque id, the same for the same thing for ever."""
    return f"{kind}_{base64.urlsafe_b64encode(msgspec.json.encode(numbers)).decode().rstrip('=')}"


def parse_node_id(text: str) -> tuple[str, tuple[int, ...]] | None:
    """Kind and numbers of an id that `node_id` made; None for anything else."""
    kind, _, packed = text.partition("_")
    try:
        decoded = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        return kind, msgspec.json.decode(decoded, type=tuple[int, ...])
    except (ValueError, msgspec.MsgspecError):
        return None


class Links(Struct, frozen=True):
    """Addresses for people and for programs, under the address that the client used."""

    root: str

    @property
    def api(self) -> str:
        """Where the REST API is."""
        return f"{self.root}/api/v3"

    def web(self, repository: Repository, *parts: object) -> str:
        """A page of a repository."""
        return "/".join([self.root, repository.full_name, *map(str, parts)])

    def rest(self, repository: Repository, *parts: object) -> str:
        """A resource of a repository."""
        return "/".join([self.api, "repos", repository.full_name, *map(str, parts)])


class Budget:
    """The rate limit, counted but never used up: a test that wants to meet it asks for that fault."""

    def __init__(self) -> None:
        self.used = {"core": 0, "graphql": 0}

    def spend(self, resource: str) -> None:
        """Count one request."""
        self.used[resource] = (self.used[resource] + 1) % (HOURLY - 1)

    def show(self, resource: str, now: datetime) -> dict[str, int]:
        """How much is left, as `/rate_limit` tells it."""
        used = self.used.get(resource, 0)
        reset = int((now + timedelta(hours=1)).timestamp())
        return {"limit": HOURLY, "remaining": HOURLY - used, "reset": reset, "used": used}

    def headers(self, resource: str, now: datetime) -> dict[str, str]:
        """The headers that every answer carries, with the date of this world."""
        limits = {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in self.show(resource, now).items()}
        return {
            **limits,
            "X-RateLimit-Resource": resource,
            "X-GitHub-Enterprise-Version": VERSION,
            "Date": http_date(now),
        }
