"""Problems and findings in few lines: what is alike once with its lines, what lacks at one place in one sentence."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.model import Problem, Severity
from tracker.review.lint import Rule, find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Said(Struct, frozen=True, kw_only=True):
    """One line to say, and the hints below it."""

    line: int
    column: int
    severity: Severity
    message: str
    rules: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class _Alike(Struct, frozen=True, kw_only=True):
    """Problems that say the same of several lines."""

    problems: tuple[Problem, ...]
    rule: Rule | None

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(problem.line for problem in self.problems))


def sum_up(problems: Iterable[Problem]) -> Iterator[tuple[Said, ...]]:
    """Errors first, each in the order of the lines. Those of one tuple share their hints, which the last one has."""
    said = [_said(group) for group in _together(_alike(problems))]
    for _, group in groupby(said, key=lambda one: one.hints):
        *firsts, last = group
        yield (*(_without_hints(one) for one in firsts), last)


def _alike(problems: Iterable[Problem]) -> list[_Alike]:
    in_order = sorted(problems, key=lambda problem: (problem.severity is not Severity.ERROR, problem.line))
    groups: dict[tuple[Severity, str], list[Problem]] = {}
    for problem in in_order:
        name = problem.rule if find_rule(problem.rule) else problem.message
        groups.setdefault((problem.severity, name), []).append(problem)
    return [_Alike(problems=tuple(group), rule=find_rule(group[0].rule)) for group in groups.values()]


def _together(groups: Iterable[_Alike]) -> list[list[_Alike]]:
    """Groups of what lacks in the same lines, and of one where nothing lacks or only one thing does."""
    together: dict[object, list[_Alike]] = {}
    for number, group in enumerate(groups):
        lacks = group.rule is not None and group.rule.lacks
        key = (group.rule.add_to, group.lines) if group.rule is not None and lacks else number
        together.setdefault(key, []).append(group)
    return list(together.values())


def _said(groups: list[_Alike]) -> Said:
    first = groups[0].problems[0]
    return Said(
        line=first.line,
        column=first.column or 1,
        severity=first.severity,
        message=_message(groups),
        rules=tuple(group.problems[0].rule for group in groups if group.problems[0].rule),
        hints=_hints(groups),
    )


def _message(groups: list[_Alike]) -> str:
    first, *others = groups
    lines = ", ".join(map(str, first.lines))
    if len(first.problems) > 1 and not others:
        return f"{(first.rule and first.rule.summary) or first.problems[0].message}: lines {lines}"
    lacks = [f"no {group.rule.lacks}" for group in groups if group.rule]
    if len(first.problems) > 1:
        return f"{', '.join(lacks)}: lines {lines}"
    return ", ".join([first.problems[0].message, *lacks[1:]])


def _hints(groups: list[_Alike]) -> tuple[str, ...]:
    if len(groups) == 1:
        hint = groups[0].problems[0].hint
        return (hint,) if hint else ()
    whys, adds, place = [], [], ""
    for group in groups:
        if rule := group.rule:
            own = group.problems[0].hint
            whys.append(rule.why if own == rule.hint else own)
            adds.append(rule.add)
            place = rule.add_to
    return " ".join(whys), f"{place} {' · '.join(adds)}"


def _without_hints(said: Said) -> Said:
    return Said(line=said.line, column=said.column, severity=said.severity, message=said.message, rules=said.rules)
