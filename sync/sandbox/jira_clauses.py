"""The fields that a query can restrict: each clause looks at its values, then tests issues. Reads, never changes."""

from __future__ import annotations

import operator as compare
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.sandbox.jira_access import ZONE, Call
from sync.sandbox.jira_defaults import CATEGORIES, PRIORITIES
from sync.sandbox.jira_words import TEXTS, holds, read_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.sandbox.jira_state import Issue

    Test = Callable[[Issue], bool]
    Clause = Callable[["Scope", str, str, list[str]], Test]

_PROPERTY = re.compile(r"issue\.property\[[\"']?(?P<key>[^\]\"']+)[\"']?\]\.(?P<path>.+)")
_PERIOD = re.compile(r"(?P<sign>[+-]?)(?P<count>\d+)(?P<unit>[wdhm])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_COMPARISONS = {">=": compare.ge, ">": compare.gt, "<=": compare.le, "<": compare.lt}
_DATES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


class Scope(Struct, frozen=True):
    """For whom a query is answered; unless `strict`, projects and issues that are not there are passed over."""

    call: Call
    strict: bool = True


class JqlError(ValueError):
    """A query that cannot be answered; the message says what is wrong with it."""


def _missing(value: str, field: str) -> JqlError:
    return JqlError(f"The value '{value}' does not exist for the field '{field}'.")


def _unsupported(operator: str, field: str) -> JqlError:
    return JqlError(f"The operator '{operator}' is not supported by the '{field}' field.")


def _chosen(operator: str, field: str, wanted: set[str], held: Callable[[Issue], set[str]]) -> Test:
    """Whether what an issue holds is among what is wanted. As in JQL, an issue that holds nothing is never unequal."""
    match operator:
        case "=" | "in":
            return lambda issue: not wanted.isdisjoint(held(issue))
        case "!=" | "not in":
            return lambda issue: bool(held(issue)) and wanted.isdisjoint(held(issue))
    raise _unsupported(operator, field)


def _empty(operator: str, field: str, values: list[str], held: Callable[[Issue], set[str]]) -> Test:
    """The test for `is EMPTY` and `is not EMPTY`."""
    if values[0].lower() not in ("empty", "null"):
        raise JqlError(f"The operator '{operator}' of the '{field}' field takes EMPTY only.")
    return lambda issue: bool(held(issue)) == (operator == "is not")


def _project(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    wanted = set()
    for value in values:
        project = scope.call.world.find_project(value)
        if project is None or project.archived or not scope.call.may(project, "BROWSE_PROJECTS"):
            if scope.strict:
                raise _missing(value, field)
            continue
        wanted.add(str(project.id))
    return _chosen(operator, field, wanted, lambda issue: {str(issue.project)})


def _key(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    named = []
    for value in values:
        issue = scope.call.world.find_issue(value)
        if issue is not None and scope.call.sees(issue):
            named.append(issue)
        elif scope.strict and not scope.call.world.site.passes_over_missing:
            raise JqlError(f"An issue with key '{value}' does not exist for field '{field}'.")
    if operator in _COMPARISONS:
        return _beside(operator, named)
    return _chosen(operator, field, {str(each.id) for each in named}, lambda issue: {str(issue.id)})


def _beside(operator: str, named: list[Issue]) -> Test:
    """The test for `key > …` and its like: by number, among issues of the project that the named one is in now."""
    if not named:
        return lambda _issue: False
    project, number = named[0].project, named[0].number
    fits = _COMPARISONS[operator]
    return lambda issue: issue.project == project and fits(issue.number, number)


def _labels(_scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    def held(issue: Issue) -> set[str]:
        return set(issue.labels)

    if operator in ("is", "is not"):
        return _empty(operator, field, values, held)
    return _chosen(operator, field, set(values), held)


def _components(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    def held(issue: Issue) -> set[str]:
        return {name.lower() for name in issue.components}

    if operator in ("is", "is not"):
        return _empty(operator, field, values, held)
    known = {name for issue in scope.call.world.site.issues.values() for name in held(issue)}
    for value in values:
        if value.lower() not in known:
            raise _missing(value, field)
    return _chosen(operator, field, {value.lower() for value in values}, held)


def _priority(_scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    known = {name.lower(): name for name in PRIORITIES} | {number: name for name, number in PRIORITIES.items()}
    for value in values:
        if value.lower() not in known:
            raise _missing(value, field)
    return _chosen(operator, field, {known[value.lower()] for value in values}, lambda issue: {issue.priority})


def _type(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    known = [each for project in scope.call.world.site.projects.values() for each in project.issue_types]
    wanted: set[str] = set()
    for value in values:
        found = {each.id for each in known if value.lower() in (each.id, each.name.lower())}
        if not found:
            raise _missing(value, field)
        wanted |= found
    return _chosen(operator, field, wanted, lambda issue: {issue.type})


def _status(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    known = {name: each.id for each in scope.call.world.site.statuses for name in (each.id, each.name.lower())}
    for value in values:
        if value.lower() not in known:
            raise _missing(value, field)
    wanted = {known[value.lower()] for value in values}
    return _chosen(operator, field, wanted, lambda issue: {issue.status})


def _category(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    known = {name: key for key, (number, shown, _) in CATEGORIES.items() for name in (key, str(number), shown.lower())}
    for value in values:
        if value.lower() not in known:
            raise _missing(value, field)
    category = {each.id: each.category for each in scope.call.world.site.statuses}
    wanted = {known[value.lower()] for value in values}
    return _chosen(operator, field, wanted, lambda issue: {category[issue.status]})


def _resolution(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    known = {name: each.id for each in scope.call.world.site.resolutions for name in (each.id, each.name.lower())}

    def held(issue: Issue) -> set[str]:
        return {issue.resolution} if issue.resolution else set()

    if operator in ("is", "is not"):
        return _empty(operator, field, values, held)
    if [value.lower() for value in values] == ["unresolved"] and operator in ("=", "in", "!=", "not in"):
        return _empty("is" if operator in ("=", "in") else "is not", field, ["empty"], held)
    for value in values:
        if value.lower() not in known:
            raise _missing(value, field)
    return _chosen(operator, field, {known[value.lower()] for value in values}, held)


def _moment(scope: Scope, field: str, value: str) -> datetime:
    """A time: epoch milliseconds, a date in the user's time zone, or a period from now."""
    if value.isdecimal():
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    period = _PERIOD.fullmatch(value)
    if period:
        span = timedelta(**{_UNITS[period["unit"]]: int(period["count"])})
        return scope.call.world.now() + (span if period["sign"] == "+" else -span)
    for form in _DATES:
        try:
            return datetime.strptime(value, form).replace(tzinfo=ZONE)
        except ValueError:
            continue
    raise JqlError(
        f"Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )


def _time(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    moment = _moment(scope, field, values[0])
    name = field.lower()

    def held(issue: Issue) -> datetime:
        return issue.updated if name == "updated" else issue.created

    if operator not in _COMPARISONS:
        raise _unsupported(operator, field)
    fits = _COMPARISONS[operator]
    return lambda issue: fits(held(issue), moment)


def _words(_scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    """The test for `~`. As on Jira, `text` knows no `!~`, and no text is not a text without the words."""
    texts_of = TEXTS[field.lower()]
    if operator in ("is", "is not") and field.lower() in ("summary", "description"):
        return _empty(operator, field, values, lambda issue: set(texts_of(issue)))
    if operator not in ("~", "!~") or (operator == "!~" and field.lower() == "text"):
        raise _unsupported(operator, field)
    if not values[0].strip():
        raise JqlError(f"The field '{field}' does not support searching for an empty string.")
    wanted = read_words(values[0])
    if wanted is None:
        raise JqlError(f"Unable to parse the text '{values[0]}' for field '{field}'.")
    if operator == "~":
        return lambda issue: holds(texts_of(issue), wanted)
    return lambda issue: bool(texts_of(issue)) and not holds(texts_of(issue), wanted)


def property_clause(scope: Scope, field: str, operator: str, values: list[str]) -> Test:
    """The test for `issue.property[key].path`, which works where the property is indexed. Raises `JqlError`."""
    found = _PROPERTY.fullmatch(field)
    if found is None or found["key"] not in scope.call.world.site.indexed_properties:
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")
    key, path = found["key"], found["path"].split(".")

    def held(issue: Issue) -> set[str]:
        value: object = issue.properties.get(key)
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        several = value if isinstance(value, list) else [value]
        return {str(each) for each in several if each is not None}

    if operator in ("is", "is not"):
        return _empty(operator, field, values, held)
    return _chosen(operator, field, set(values), held)


CLAUSES: dict[str, Clause] = {
    "project": _project,
    **dict.fromkeys(("key", "issuekey", "issue", "id"), _key),
    "labels": _labels,
    **dict.fromkeys(("type", "issuetype"), _type),
    **dict.fromkeys(("component", "components"), _components),
    "priority": _priority,
    "status": _status,
    "statuscategory": _category,
    "resolution": _resolution,
    **dict.fromkeys(("updated", "created"), _time),
    **dict.fromkeys(TEXTS, _words),
}
"""Every field, by its name in lower case."""
