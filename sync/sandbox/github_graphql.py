"""GitHub's GraphQL API over the world: one POST, answered with 200 and `errors` for all but a bad token."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from graphql import DocumentNode, GraphQLError, build_schema, execute_sync, parse, validate
from msgspec import Struct, field

from sync.sandbox.github_access import (
    Budget,
    Links,
    Refusal,
    authenticate,
    parse_node_id,
    reply,
    stamp,
    visible,
)
from sync.sandbox.github_connection import Shape, connection, problem
from sync.sandbox.github_search import search_issues
from sync.sandbox.github_shapes import Shapes
from sync.sandbox.state import Permission

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from werkzeug.wrappers import Request, Response

    from sync.sandbox.state import Label, Repository, Token
    from sync.sandbox.world import World

SDL = Path(__file__).with_name("github.graphql")


class Posted(Struct, kw_only=True):
    """The body of a request."""

    query: str
    variables: dict[str, object] | None = field(default_factory=dict)
    operationName: str | None = None  # noqa: N815 -- GraphQL's name


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The schema, built once a process."""
    return build_schema(SDL.read_text(encoding="utf-8"), no_location=True)


@lru_cache(maxsize=64)
def _read(query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    """A query, checked against the schema, or what is wrong with it. A client sends the same few again and again."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return (error,)
    return tuple(validate(schema(), document)) or document


class GitHubGraphQL:
    """The room that answers at `/api/graphql`."""

    def __init__(self, world: World, budget: Budget) -> None:
        self.world, self.budget = world, budget

    def __call__(self, request: Request) -> Response:
        """Answer one request; the caller holds the lock of the world."""
        self.budget.spend("graphql")
        try:
            response = reply(self._answer(request))
        except Refusal as refusal:
            response = refusal.response()
        response.headers.update(self.budget.headers("graphql", self.world.now()))
        return response

    def _answer(self, request: Request) -> Shape:
        token = authenticate(self.world, request)
        try:
            posted = msgspec.json.decode(request.get_data(), type=Posted)
        except msgspec.MsgspecError as error:
            raise Refusal(400, "Problems parsing JSON") from error
        document = _read(posted.query)
        if not isinstance(document, DocumentNode):
            return {"errors": [_told(error) for error in document]}
        root = Root(self.world, Links(request.host_url.rstrip("/")), token, self.budget).fields()
        result = execute_sync(
            schema(), document, root, variable_values=posted.variables, operation_name=posted.operationName
        )
        answer: Shape = {} if result.data is None and result.errors else {"data": result.data}
        return answer | ({"errors": [_told(error) for error in result.errors]} if result.errors else {})


def _told(error: GraphQLError) -> Shape:
    """An error as GitHub writes it, its type beside the message. A mistake of our own is not dressed up as one."""
    original = error.original_error
    if original is not None and not isinstance(original, GraphQLError):
        raise original
    shown: Shape = {**error.formatted}
    shown.pop("extensions", None)
    kind = (error.extensions or {}).get("type")
    return {"type": kind, **shown} if kind else shown


class Root:
    """What can be asked and done at the top of a query."""

    def __init__(self, world: World, links: Links, token: Token, budget: Budget) -> None:
        self.world, self.token, self.budget = world, token, budget
        self.shapes = Shapes(world, links, token.login)

    def fields(self) -> Shape:
        """The fields of `Query` and `Mutation`."""
        return {
            "viewer": lambda _info: self.shapes.user(self.token.login),
            "rateLimit": lambda _info, **_given: self._rate_limit(),
            "repository": lambda _info, owner, name, **given: self._repository(owner, name, given),
            "resource": lambda _info, url: self.shapes.at(urlsplit(str(url)).path),
            "node": lambda _info, **given: self._node(str(given["id"])),
            "nodes": lambda _info, ids: [self._node_or_problem(each) for each in ids],
            "search": lambda _info, query, **given: self._search(query, given),
            "deleteLabel": lambda _info, **given: self._delete_label(given["input"]),
        }

    def _rate_limit(self) -> Shape:
        now = self.world.now()
        return {**self.budget.show("graphql", now), "cost": 1, "resetAt": stamp(now + timedelta(hours=1))}

    def _repository(self, owner: str, name: str, given: Shape) -> Shape:
        """A repository by name; a former name finds it too, unless the client says not to follow it."""
        asked = f"{owner}/{name}"
        found = visible(self.world, self.world.find_repository(asked), self.token.login)
        is_renamed = found is not None and found.full_name.lower() != asked.lower()
        if found is None or (is_renamed and not given.get("followRenames")):
            raise problem("NOT_FOUND", f"Could not resolve to a Repository with the name '{asked}'.")
        return self.shapes.repository(found)

    def _search(self, query: str, given: Shape) -> Shape:
        """The issues that a search finds; unlike GitHub's it never lags."""
        found = list(search_issues(self.world, self.token.login, query))
        return connection("search", found, lambda pair: (0.0, pair[1].id), lambda pair: self.shapes.issue(*pair), given)

    def _node_or_problem(self, node: str) -> Shape | GraphQLError:
        """For lists: graphql-core reports an error that it finds among the items, and goes on with the others."""
        try:
            return self._node(node)
        except GraphQLError as error:
            return error

    def _node(self, node: str) -> Shape:
        """What an id stands for. A deleted or moved issue, or one that may not be seen, is not found."""
        match parse_node_id(node):
            case ("I", (repository_id, number)):
                found = self.world.issue_at((repository_id, number))
                if found and visible(self.world, found[0], self.token.login):
                    return self.shapes.issue(*found)
            case ("R", (repository_id,)):
                home = visible(self.world, self.world.state.repositories.get(repository_id), self.token.login)
                if home:
                    return self.shapes.repository(home)
            case ("LA", _):
                return self.shapes.label(*self._label(node))
        raise _no_node(node)

    def _label(self, node: str) -> tuple[Repository, Label]:
        """The very label that an id stands for: one made later under the same name is another."""
        match parse_node_id(node):
            case ("LA", (repository_id, label_id)):
                home = visible(self.world, self.world.state.repositories.get(repository_id), self.token.login)
                for label in home.labels.values() if home else ():
                    if home and label.id == label_id:
                        return home, label
        raise _no_node(node)

    def _delete_label(self, given: dict[str, str]) -> Shape:
        """Delete a label by its id."""
        home, label = self._label(given["id"])
        if not self.token.writes or not self.world.permission(home, self.token.login).covers(Permission.WRITE):
            raise problem("FORBIDDEN", "Resource not accessible by personal access token")
        self.world.delete_label(home, label.name)
        return {"clientMutationId": given.get("clientMutationId")}


def _no_node(node: str) -> GraphQLError:
    return problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")
