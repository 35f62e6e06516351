"""People, placeholders and problems of a document; dates and times are read as everywhere. Pure."""

from __future__ import annotations

import re

from tracker.model import Problem, Severity
from tracker.values import (
    ANY_DATE,
    Moment,
    Unclear,
    is_nothing,
    parse_date,
    parse_moment,
    parse_severity,
    shorten,
)

__all__ = [
    "ANY_DATE",
    "BLANK",
    "Moment",
    "Notes",
    "Unclear",
    "is_nothing",
    "parse_date",
    "parse_moment",
    "parse_owner",
    "parse_severity",
    "says_no_action",
    "shorten",
]

_MOST_PROBLEMS = 200
_NO_ACTION = re.compile(
    r"(?:no|none|nothing)\b(?: (?:further|other|more|additional|new))?"
    r"(?: (?:actions?|follow[- ]?ups?|changes?|work))?(?: items?)?(?: (?:is|are|was|were))?"
    r" (?:needed|required|necessary|planned|identified|agreed|to do)\b",
    re.IGNORECASE,
)
#: The word that the template leaves wherever a person has to write something.
BLANK = "FILL-IN"


class Notes:
    """Collects the problems of one document. Past a few hundred of one severity they are only counted."""

    def __init__(self) -> None:
        self._problems: dict[Severity, list[Problem]] = {severity: [] for severity in Severity}
        self._more: dict[Severity, int] = dict.fromkeys(Severity, 0)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything noted so far, in the order of the lines."""
        noted = [problem for problems in self._problems.values() for problem in problems]
        more = [
            Problem(message=f"{count:,} more like these are not shown", line=noted[-1].line, severity=severity)
            for severity, count in self._more.items()
            if count
        ]
        return (*sorted(noted, key=lambda problem: problem.line), *more)

    def error(self, message: str, hint: str, line: int, column: int = 0) -> None:
        """Notes what keeps the document from being pushed."""
        self._add(Problem(message=message, hint=hint, line=line, column=column))

    def warn(self, message: str, hint: str, line: int, column: int = 0) -> None:
        """Notes what could not be used, and is left out."""
        self._add(Problem(message=message, hint=hint, line=line, column=column, severity=Severity.WARNING))

    def _add(self, problem: Problem) -> None:
        if len(self._problems[problem.severity]) < _MOST_PROBLEMS:
            self._problems[problem.severity].append(problem)
        else:
            self._more[problem.severity] += 1


def says_no_action(text: str) -> bool:
    """Whether a sentence says that nothing has to be done: `No action needed for retention`."""
    return _NO_ACTION.match(text) is not None


def parse_owner(text: str) -> str | None:
    """Whoever owns the item, as the document names them, without the `@` of a login; None for nobody."""
    name = " ".join(text.split()).strip("[]()~ ").removeprefix("@").strip()
    return None if is_nothing(name) else name
