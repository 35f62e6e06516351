"""Jira Cloud's official descriptions as judges of an exchange, with what is known to be wrong in them put right."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl

from tests.contract.checker import COMPONENT, Json, RestContract, Violation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
_ERRORS = {"$ref": COMPONENT + "ErrorCollection"}
_LINK_LISTS = ("getRemoteIssueLinks", "get2IssueByIssueIdOrKeyRemotelinkV1")
_PLACE = re.compile(r"^/jira(?=/rest/)")


class JiraContract(RestContract):
    """One version of Jira Cloud's REST description.

    Departures, all of them seen in real answers or in the description's own examples: times are not RFC 3339; values in
    the history can be null, and the copy of version 2 lacks two of them; the bulk history writes times as numbers too;
    remote links come as a list; errors have the same shape everywhere, described or not.
    """

    formats: ClassVar[dict[str, Callable[[str], bool]]] = {
        "date-time": lambda text: _TIME.fullmatch(text) is not None,
    }

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        schemas = self.document["components"]["schemas"]
        for name in ("from", "fromString", "to", "toString"):
            schemas["ChangeDetails"]["properties"][name] = {"type": "string", "nullable": True}
        created = schemas["Changelog"]["properties"]["created"]
        schemas["Changelog"]["properties"]["created"] = {"anyOf": [created, {"type": "integer"}]}

    def check_query(self, method: str, path: str, query: str) -> None:
        """See that every query parameter is a described one. Raises `Violation`."""
        template, operation = self._operation(method, path)
        known = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
        for name, _ in parse_qsl(query, keep_blank_values=True):
            if name not in known:
                raise Violation(f"{method} {template}: the query parameter {name} is not described")

    def _parts(self, path: str) -> list[str]:
        return _PLACE.sub("", path).strip("/").split("/")

    def _response_schema(self, operation: Json, status: int) -> tuple[bool, Json | None]:
        response = operation["responses"].get(str(status))
        schema = (response or {}).get("content", {}).get("application/json", {}).get("schema")
        if status >= 400:
            return True, {"anyOf": [schema, _ERRORS]} if schema else _ERRORS
        if status == 204:
            return response is not None, None
        if operation["operationId"] in _LINK_LISTS:
            return True, {"anyOf": [schema, {"type": "array", "items": schema}]}
        return response is not None, schema


@cache
def load_jira_contract(path: Path) -> JiraContract:
    """The description of this file, loaded once."""
    return JiraContract(path)
