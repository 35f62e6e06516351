"""The part of JQL that the sandbox knows: restrictions joined by AND and OR, and ORDER BY. Reads, never changes.

What it does not know is an error, as what Jira does not know is one there: a query is never half understood. Values
that name something which is not there (a project, an issue, a status) are errors too, as on Jira.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.sandbox.jira_clauses import CLAUSES, JqlError, Scope, property_clause

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.sandbox.jira_access import Call
    from sync.sandbox.jira_state import Issue

    Test = Callable[[Issue], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<property>issue\.property\[[^\]]+\](?:\.[\w-]+)+)
    |(?P<sign>>=|<=|!=|!~|=|>|<|~|\(|\)|,)
    |(?P<word>[^\s"'=!<>~(),+.;?|*/%^$#@\[\]]+)
    |(?P<reserved>\S))""",
    re.VERBOSE,
)
_SORTS = frozenset(("created", "updated", "key", "issuekey", "issue", "id", "duedate"))
_MOST_SORTS = 7


class Token(Struct, frozen=True):
    """A part of a query: its kind, its text without quotes, and where it starts."""

    kind: str
    text: str
    at: int

    def is_word(self, word: str) -> bool:
        """Whether this is a keyword or an operator."""
        return self.kind in ("word", "sign") and self.text.lower() == word


class Query(Struct, frozen=True):
    """What a query asks for. `where` is None without a restriction; `order` are fields and whether each descends."""

    where: Test | None
    order: tuple[tuple[str, bool], ...]

    def key(self, call: Call, issue: Issue) -> tuple[float, ...]:
        """What the result is ordered by, ascending; no two issues are equal."""
        parts: list[float] = []
        for name, descending in self.order or (("created", True),):
            parts += [-value if descending else value for value in _sort_values(call, issue, name)]
        return (*parts, issue.id)


def _sort_values(call: Call, issue: Issue, name: str) -> tuple[float, ...]:
    match name:
        case "created":
            return (issue.created.timestamp(),)
        case "updated":
            return (issue.updated.timestamp(),)
        case "duedate":
            return (float((issue.due or "9999-12-31").replace("-", "")),)
        case "id":
            return (issue.id,)
    return (call.world.home(issue).id, issue.number)


def parse_jql(call: Call, text: str, *, strict: bool = True) -> Query:
    """What the query asks for, checked against what is there. Raises `JqlError`.

    Unless `strict`, projects and issues that are not there are passed over.
    """
    return _Parser(Scope(call, strict), text).query()


class _Parser:
    def __init__(self, scope: Scope, text: str) -> None:
        self.scope = scope
        self.tokens = [_token(text, match) for match in _TOKEN.finditer(text)]
        self.next = 0

    def query(self) -> Query:
        where = None if self._ended() or self._at("order") else self._alternatives()
        order = self._order() if self._take("order") else ()
        if not self._ended():
            raise self._unexpected("Expecting either 'OR' or 'AND'")
        return Query(where=where, order=order)

    def _alternatives(self) -> Test:
        tests = [self._restrictions()]
        while self._take("or"):
            tests.append(self._restrictions())
        return tests[0] if len(tests) == 1 else lambda issue: any(test(issue) for test in tests)

    def _restrictions(self) -> Test:
        tests = [self._restriction()]
        while self._take("and"):
            tests.append(self._restriction())
        return tests[0] if len(tests) == 1 else lambda issue: all(test(issue) for test in tests)

    def _restriction(self) -> Test:
        if self._take("("):
            test = self._alternatives()
            self._expect(")")
            return test
        field = self._value("Expecting a field name")
        kind = self.tokens[self.next - 1].kind
        operator, values = self._operator(), []
        if operator in ("in", "not in"):
            self._expect("(")
            values.append(self._value("Expecting a value"))
            while self._take(","):
                values.append(self._value("Expecting a value"))
            self._expect(")")
        else:
            values.append(self._value("Expecting a value"))
        if kind == "property":
            return property_clause(self.scope, field, operator, values)
        clause = CLAUSES.get(field.lower())
        if clause is None:
            raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
        return clause(self.scope, field, operator, values)

    def _operator(self) -> str:
        for operator in ("=", "!=", ">=", "<=", ">", "<", "~", "!~", "in"):
            if self._take(operator):
                return operator
        if self._take("not"):
            self._expect("in")
            return "not in"
        if self._take("is"):
            return "is not" if self._take("not") else "is"
        raise self._unexpected("Expecting operator")

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("by")
        order = [self._sort()]
        while self._take(","):
            order.append(self._sort())
        if len(order) > _MOST_SORTS:
            raise JqlError(f"A query can be ordered by {_MOST_SORTS} fields at most.")
        return tuple(order)

    def _sort(self) -> tuple[str, bool]:
        name = self._value("Expecting a field name").lower()
        if name not in _SORTS:
            raise JqlError(f"Not able to sort using field '{name}'.")
        descending = self._take("desc")
        if not descending:
            self._take("asc")
        return name, descending

    def _ended(self) -> bool:
        return self.next >= len(self.tokens)

    def _at(self, word: str) -> bool:
        return not self._ended() and self.tokens[self.next].is_word(word)

    def _take(self, word: str) -> bool:
        found = self._at(word)
        self.next += found
        return found

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected(f"Expecting '{word}'")

    def _value(self, expected: str) -> str:
        if self._ended() or self.tokens[self.next].kind == "sign":
            raise self._unexpected(expected)
        self.next += 1
        return self.tokens[self.next - 1].text

    def _unexpected(self, expected: str) -> JqlError:
        if self._ended():
            return JqlError(f"Error in the JQL Query: {expected} before the end of the query.")
        token = self.tokens[self.next]
        return JqlError(f"Error in the JQL Query: {expected} but got '{token.text}'. (line 1, character {token.at})")


def _token(text: str, match: re.Match[str]) -> Token:
    kind, at = match.lastgroup or "", match.start(match.lastgroup or 0) + 1
    found = match[kind]
    if kind == "reserved":
        where = f"(line 1, character {at})"
        if found in "\"'":
            raise JqlError(f"Error in the JQL Query: The quoted string '{text[at:]}' has not been completed. {where}")
        raise JqlError(
            f"Error in the JQL Query: The character '{found}' is a reserved JQL character. "
            f"You must enclose it in a string. {where}"
        )
    if kind == "quoted":
        found = re.sub(r"\\(.)", r"\1", found[1:-1])
    return Token(kind=kind, text=found, at=at)
