"""Judges what an adapter sent to the sandbox, and was answered, by GitHub's own descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from graphql import OperationDefinitionNode, get_operation_ast, parse, validate
from graphql.execution.values import get_variable_values

from tests.contract.checker import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from graphql import DocumentNode, GraphQLSchema

    from sync.sandbox.server import Exchange
    from tests.contract.checker import RestContract

    Judge = Callable[[Iterable[Exchange]], None]


class GraphQLJudge:
    """Checks queries and their variables. Each query text is checked once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._checked: dict[str, DocumentNode] = {}

    def check(self, body: bytes) -> None:
        """Raise `Violation` when GitHub would not take this query with these variables."""
        sent: dict[str, Any] = msgspec.json.decode(body)
        text = sent["query"]
        if text not in self._checked:
            document = parse(text)
            _refuse([error.message for error in validate(self._schema, document)])
            self._checked[text] = document
        operation = get_operation_ast(self._checked[text])
        assert isinstance(operation, OperationDefinitionNode)
        values = get_variable_values(self._schema, operation.variable_definitions or (), sent.get("variables") or {})
        _refuse([error.message for error in values] if isinstance(values, list) else [])


def judge_by(rest: RestContract, graphql: GraphQLJudge) -> Judge:
    """A function that raises `Violation` for the first exchange that GitHub does not describe.

    An exchange that was cut off has no answer; its request is checked all the same by the next one like it.
    """

    def judge(log: Iterable[Exchange]) -> None:
        for each in log:
            if each.path == "/api/graphql":
                graphql.check(each.request)
            elif each.status:
                rest.check_exchange(each.method, each.path, each.status, each.request, each.answer)

    return judge


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Violation("; ".join(problems))
