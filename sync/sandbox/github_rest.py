"""GitHub's REST API over the world: routes, who may see what, redirects, headers.

What each route does is in `github_issues`, `github_lists` and `github_labels`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from sync.sandbox import github_apps as apps
from sync.sandbox import github_issues as issues
from sync.sandbox import github_labels as labels
from sync.sandbox import github_lists as lists
from sync.sandbox.github_access import (
    VERSION,
    Budget,
    Links,
    Refusal,
    authenticate,
    forbidden,
    not_found,
    reply,
    visible,
)
from sync.sandbox.github_json import show_repository, show_viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Request, Response

    from sync.sandbox.state import Permission, Repository
    from sync.sandbox.world import World

    Handler = Callable[..., Response]

T = TypeVar("T")


class Call:
    """One request that was let in: who asks, about which repository."""

    def __init__(
        self, world: World, request: Request, viewer: str, repository: Repository | None, budget: Budget
    ) -> None:
        self.world, self.request, self.viewer, self.budget = world, request, viewer, budget
        self.links = Links(request.host_url.rstrip("/"))
        self._repository = repository

    @property
    def repository(self) -> Repository:
        """The repository that the route names."""
        if self._repository is None:
            raise LookupError("This route names no repository.")
        return self._repository

    def may(self, needed: Permission) -> bool:
        """Whether whoever asks has at least this permission."""
        return self.world.permission(self.repository, self.viewer).covers(needed)

    def require(self, needed: Permission, named: str = "issues=write") -> None:
        """Refuse with 403 unless whoever asks has at least this permission, which GitHub's header calls `named`."""
        if not self.may(needed):
            raise forbidden(named)

    def body(self, shape: type[T]) -> T:
        """The JSON that came with the request. Raises `Refusal` as GitHub does: 400 for no JSON, 422 for the rest."""
        try:
            return msgspec.json.decode(self.request.get_data() or b"{}", type=shape)
        except msgspec.ValidationError as error:
            raise Refusal(422, f"Invalid request.\n\n{error}") from error
        except msgspec.DecodeError as error:
            raise Refusal(400, "Problems parsing JSON") from error


def repository(call: Call) -> Response:
    """GET a repository."""
    return reply(show_repository(call.world, call.links, call.repository, call.viewer))


def assignee(call: Call, login: str) -> Response:
    """GET whether an account can be assigned: 204 or 404."""
    if not call.world.assignable(call.repository, login):
        raise not_found()
    return reply(None, 204)


def user(call: Call) -> Response:
    """GET the account that is asking."""
    return reply(show_viewer(call.world, call.links, call.viewer))


def rate_limit(call: Call) -> Response:
    """GET what is left of the rate limits."""
    resources = {name: call.budget.show(name, call.world.now()) for name in ("core", "graphql", "search")}
    return reply({"resources": resources, "rate": resources["core"]})


def meta(call: Call) -> Response:  # noqa: ARG001 -- every handler is called alike
    """GET what this server is."""
    return reply({"verifiable_password_authentication": False, "installed_version": VERSION})


_OF_A_REPOSITORY: dict[tuple[str, str], Handler] = {
    ("GET", ""): repository,
    ("GET", "/assignees/<login>"): assignee,
    ("GET", "/issues"): lists.issues,
    ("POST", "/issues"): issues.create,
    ("GET", "/issues/<int:number>"): issues.get,
    ("PATCH", "/issues/<int:number>"): issues.change,
    ("GET", "/issues/<int:number>/labels"): issues.labels_of,
    ("POST", "/issues/<int:number>/labels"): issues.add_labels,
    ("DELETE", "/issues/<int:number>/labels/<path:name>"): issues.remove_label,
    ("POST", "/issues/<int:number>/assignees"): issues.add_assignees,
    ("DELETE", "/issues/<int:number>/assignees"): issues.remove_assignees,
    ("GET", "/issues/<int:number>/comments"): lists.comments,
    ("POST", "/issues/<int:number>/comments"): issues.add_comment,
    ("GET", "/labels"): labels.listing,
    ("POST", "/labels"): labels.create,
    ("GET", "/labels/<path:name>"): labels.get,
    ("DELETE", "/labels/<path:name>"): labels.delete,
}
_OF_THE_SERVER: dict[tuple[str, str], Handler] = {
    ("GET", "/user"): user,
    ("GET", "/rate_limit"): rate_limit,
    ("GET", "/meta"): meta,
    ("POST", "/app/installations/<int:installation>/access_tokens"): apps.create_token,
}
_HOMES = ("/repos/<owner>/<repo>", "/repositories/<int:repository_id>")

ROUTES = Map(
    [
        Rule(f"/api/v3{home}{path}", methods=[method], endpoint=handler)
        for (method, path), handler in _OF_A_REPOSITORY.items()
        for home in _HOMES
    ]
    + [
        Rule(f"/api/v3{path}", methods=[method], endpoint=handler) for (method, path), handler in _OF_THE_SERVER.items()
    ],
    strict_slashes=False,
)


class GitHubRest:
    """The room that answers under `/api/v3`."""

    def __init__(self, world: World, budget: Budget) -> None:
        self.world, self.budget = world, budget

    def __call__(self, request: Request) -> Response:
        """Answer one request; the caller holds the lock of the world."""
        self.budget.spend("core")
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response()
        response.headers.update(self.budget.headers("core", self.world.now()))
        return response

    def _answer(self, request: Request) -> Response:
        token = authenticate(self.world, request)
        try:
            handler, matched = ROUTES.bind_to_environ(request.environ).match()
        except HTTPException as error:
            raise not_found() from error
        values = dict(matched)
        home = self._home(request, values, token.login)
        if home is not None and request.method != "GET":
            self._let_write(home, writes=token.writes)
        response: Response = handler(Call(self.world, request, token.login, home, self.budget), **values)
        return response

    def _home(self, request: Request, values: dict[str, object], viewer: str) -> Repository | None:
        """The repository that a route names by id or name; a former name is answered with a redirect."""
        if "repository_id" in values:
            found = self.world.state.repositories.get(int(str(values.pop("repository_id"))))
            asked = found.full_name if found else ""
        elif "owner" in values:
            asked = f"{values.pop('owner')}/{values.pop('repo')}"
            found = self.world.find_repository(asked)
        else:
            return None
        home = visible(self.world, found, viewer)
        if home is None:
            raise not_found()
        if asked.lower() != home.full_name.lower():
            rest = request.path.removeprefix(f"/api/v3/repos/{asked}")
            raise issues.moved(request, f"/repositories/{home.id}{rest}")
        return home

    @staticmethod
    def _let_write(home: Repository, *, writes: bool) -> None:
        if not writes:
            raise forbidden("issues=write")
        if home.archived:
            raise Refusal(403, "Repository was archived so is read-only.")
