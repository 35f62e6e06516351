"""What `track check --json` says of a document: the stable shape that docs/json.md describes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from tracker.model import Problem, ReviewHeader
    from tracker.review.markdown import Document

SCHEMA = 1


def build_check(file: str, document: Document, findings: tuple[Problem, ...]) -> dict[str, Any]:
    """One document as JSON values; `review` is null only where the file could not be read."""
    review = document.review
    return {
        "schema": SCHEMA,
        "file": file,
        "review": _header(review.header) if review else None,
        "items": msgspec.to_builtins(review.items) if review else [],
        "proposed": msgspec.to_builtins(review.proposed) if review else [],
        "problems": [_problem(problem) for problem in document.problems],
        "findings": [_problem(finding) | {"rule": finding.rule} for finding in findings],
    }


def _header(header: ReviewHeader) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(header)
    return {("class" if key == "incident_class" else key): value for key, value in values.items()}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "severity": str(problem.severity),
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }
