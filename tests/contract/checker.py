"""The official descriptions as judges of an exchange, and of a schema of ours.

The descriptions are not part of the project. `TRACK_CONTRACTS` names their folder, else they lie beside the repository.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import jsonschema_rs
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_ast_schema,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    parse,
    print_ast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphql import GraphQLNamedType, GraphQLSchema

Json = Any
COMPONENT = "#/components/schemas/"

# Statuses that GitHub gives on any route, described there or not, and the shape that their bodies have.
EVERYWHERE = {
    "basic-error": (301, 307, 400, 401, 403, 404, 410, 429, 500, 502, 503),
    "validation-error": (422,),
}


def contracts_folder() -> Path:
    """Where the official descriptions should be."""
    beside = Path(__file__).parents[3] / "shared" / "contracts"
    return Path(os.environ.get("TRACK_CONTRACTS", beside))


class Violation(AssertionError):
    """An exchange that the description does not allow."""


class RestContract:
    """GitHub's REST description. Loaded once; what an operation needs is compiled when it is first met."""

    formats: ClassVar[dict[str, Callable[[str], bool]]] = {}

    def __init__(self, path: Path) -> None:
        self.document: Json = json.loads(path.read_bytes())
        self._operations = [
            (template.strip("/").split("/"), template, method.upper(), operation)
            for template, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if method in ("get", "put", "post", "patch", "delete")
        ]
        self._validators: dict[str, jsonschema_rs.Draft4Validator] = {}
        self._found: dict[tuple[str, str], tuple[str, Json]] = {}

    def check_exchange(self, method: str, path: str, status: int, request_body: bytes, response_body: bytes) -> None:
        """Check one exchange; `path` is a template or a real path, with or without `/api/v3`. Raises `Violation`.

        A request that was answered with 400, 415 or 422 may be as wrong as it likes.
        """
        template, operation = self._operation(method, path)
        where = f"{method} {template}"
        if request_body and status not in (400, 415, 422):
            self._check(f"{where} request", self._request_schema(operation), request_body)
        described, schema = self._response_schema(operation, status)
        if not described:
            raise Violation(f"{where}: status {status} is not described")
        if schema is not None:
            self._check(f"{where} {status}", schema, response_body)
        elif response_body:
            raise Violation(f"{where} {status}: has a body where none is described")

    def template(self, method: str, path: str) -> str:
        """The template of the operation that answers this path. Raises `Violation`."""
        return self._operation(method, path)[0]

    def _operation(self, method: str, path: str) -> tuple[str, Json]:
        if (method, path) not in self._found:
            self._found[method, path] = self._look_up(method, path)
        return self._found[method, path]

    def _look_up(self, method: str, path: str) -> tuple[str, Json]:
        parts = self._parts(path.partition("?")[0])
        fitting = [
            (sum(name.startswith("{") for name in own), template, operation)
            for own, template, verb, operation in self._operations
            if verb == method and _fits(own, parts)
        ]
        if not fitting:
            raise Violation(f"{method} {path} is not described")
        _, template, operation = min(fitting, key=lambda each: each[0])
        return template, operation

    def _parts(self, path: str) -> list[str]:
        """The path as the description writes it."""
        parts = path.removeprefix("/api/v3").strip("/").split("/")
        if parts[0] == "repositories":  # the same routes by id, which the description leaves out
            parts = ["repos", "{owner}", "{repo}", *parts[2:]]
        return parts

    def _request_schema(self, operation: Json) -> Json:
        if "requestBody" not in operation:
            raise Violation(f"{operation['operationId']}: takes no body")
        return operation["requestBody"]["content"]["application/json"]["schema"]

    def _response_schema(self, operation: Json, status: int) -> tuple[bool, Json | None]:
        """Whether the status is described, and the schema of its body, if it has one."""
        response = operation["responses"].get(str(status))
        if response is None:
            everywhere = next((name for name, statuses in EVERYWHERE.items() if status in statuses), None)
            return everywhere is not None, {"$ref": COMPONENT + str(everywhere)}
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        content = response.get("content", {})
        return True, content["application/json"]["schema"] if content else None

    def _check(self, where: str, schema: Json, body: bytes) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft4Validator(
                self._compiled(schema), validate_formats=True, formats=self.formats
            )
        problems = [
            f"{'/'.join(map(str, error.instance_path)) or 'body'}: {error.message}"
            for error in self._validators[key].iter_errors(json.loads(body))
        ]
        if problems:
            raise Violation(f"{where}: " + "; ".join(problem[:300] for problem in problems[:5]))

    def _compiled(self, schema: Json) -> Json:
        """The schema with every component that it reaches under `definitions`, in JSON Schema's own words."""
        definitions: dict[str, Json] = {}
        waiting = [schema]
        while waiting:
            for name in _references(waiting.pop()):
                if name not in definitions:
                    definitions[name] = self.document["components"]["schemas"][name]
                    waiting.append(definitions[name])
        translated = {name: _translated(each) for name, each in definitions.items()}
        return {"definitions": translated, "allOf": [_translated(schema)]}


@cache
def load_rest_contract(path: Path) -> RestContract:
    """The REST description of this file; loading the 13 MB takes a while, so it is done once."""
    return RestContract(path)


def _fits(own: list[str], parts: list[str]) -> bool:
    return len(own) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(own, parts, strict=True))


def _references(schema: Json) -> Iterator[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(COMPONENT)
        for each in schema.values():
            yield from _references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _references(each)


def _translated(schema: Json) -> Json:
    """OpenAPI 3.0 as JSON Schema: references to `definitions`, and `nullable`, which validators do not know, spelt out.

    `example` and the like go: they hold data that looks like schema.
    """
    if isinstance(schema, list):
        return [_translated(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"].replace(COMPONENT, "#/definitions/")}
    dropped = ("nullable", "example", "examples", "discriminator", "description")
    # Under `properties` the keys are names of fields, any of which may be called like a keyword.
    plain = {
        key: {name: _translated(each) for name, each in value.items()} if key == "properties" else _translated(value)
        for key, value in schema.items()
        if key not in dropped
    }
    return {"anyOf": [{"type": "null"}, plain]} if schema.get("nullable") is True else plain


@cache
def load_graphql_contract(path: Path) -> GraphQLSchema:
    """GitHub's GraphQL schema."""
    document = parse(path.read_text(encoding="utf-8"), no_location=True)
    return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    """Everything in our schema that theirs has not, or has otherwise: a query for ours must be one for theirs."""
    found: list[str] = []
    for name, own in ours.type_map.items():
        official = theirs.type_map.get(name)
        if is_introspection_type(own) or is_specified_scalar_type(own):
            continue
        if official is None or type(official) is not type(own):
            found.append(f"{name}: not a {type(own).__name__} of theirs")
        else:
            found += [f"{name}{problem}" for problem in _type_differences(own, official)]
    return found


def _type_differences(own: GraphQLNamedType, official: GraphQLNamedType) -> Iterator[str]:
    match own, official:
        case GraphQLEnumType(), GraphQLEnumType():
            yield from (f".{value}: not a value of theirs" for value in own.values.keys() - official.values.keys())
        case GraphQLUnionType(), GraphQLUnionType():
            members = {member.name for member in own.types} - {member.name for member in official.types}
            yield from (f": {name} is not a member of theirs" for name in members)
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            yield from _input_differences(own, official)
        case (GraphQLObjectType() | GraphQLInterfaceType(), GraphQLObjectType() | GraphQLInterfaceType()):
            kinds = {each.name for each in own.interfaces} - {each.name for each in official.interfaces}
            yield from (f": does not implement {name} there" for name in kinds)
            yield from _field_differences(own, official)


def _input_differences(own: GraphQLInputObjectType, official: GraphQLInputObjectType) -> Iterator[str]:
    for name, field in own.fields.items():
        if name not in official.fields or str(field.type) != str(official.fields[name].type):
            yield f".{name}: not a field of theirs with the type {field.type}"
    for name, field in official.fields.items():
        if is_required_input_field(field) and name not in own.fields:
            yield f".{name}: required there"


def _field_differences(
    own: GraphQLObjectType | GraphQLInterfaceType, official: GraphQLObjectType | GraphQLInterfaceType
) -> Iterator[str]:
    for name, field in own.fields.items():
        theirs = official.fields.get(name)
        if theirs is None or str(theirs.type) != str(field.type):
            yield f".{name}: not a field of theirs with the type {field.type}"
            continue
        for argument, given in field.args.items():
            known = theirs.args.get(argument)
            if known is None or (str(known.type), _default(known)) != (str(given.type), _default(given)):
                yield f".{name}({argument}): not an argument of theirs with the type {given.type} and this default"
        for argument, given in theirs.args.items():
            if is_required_argument(given) and argument not in field.args:
                yield f".{name}({argument}): required there"


def _default(argument: Any) -> str:
    node = argument.ast_node.default_value if argument.ast_node else None
    return print_ast(node) if node else ""
