"""`track check`: what was understood of a review document, and everything a person should change in it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.errors import InvalidInput
from tracker.model import Severity
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rich.console import Console

    from tracker.app import App
    from tracker.model import ActionItem, Problem, Review, ReviewHeader
    from tracker.review.markdown import Document

_WIDTH_OF_A_PIPE = 120
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md describes it.")
@click.pass_obj
def command(app: App, files: tuple[str, ...], as_json: bool) -> None:  # noqa: ARG001 - every command gets the app
    """Say what was understood of review documents, and what to change in them.

    Reads the template of `track new`, and tables and lists in other shapes as far as they go. `-` reads standard input.
    Exit code 3 when a document has an error: `track push` would not take it. Warnings do not stop a push.

    Example: track check reviews/INC-2026-042.md
    """
    from tracker.review.lint import lint_document

    documents = [_load(file) for file in files]
    checked = [(file, document, lint_document(document)) for file, document in zip(files, documents, strict=True)]
    if as_json:
        _print_json(checked)
    else:
        _print_text(checked)
    in_error = [file for file, document, findings in checked if _count(Severity.ERROR, document.problems + findings)]
    if in_error:
        names = ", ".join(plain(file) for file in in_error)
        raise InvalidInput(f"not ready to be pushed: {names}", "Put the errors right, then run `track check` again.")


def _load(file: str) -> Document:
    from tracker.review.documents import load_document, load_standard_input

    return load_standard_input() if file == "-" else load_document(Path(file))


def _print_json(checked: list[tuple[str, Document, tuple[Problem, ...]]]) -> None:
    import json

    from tracker.review.report import build_check

    objects = [build_check(*one) for one in checked]
    click.echo(json.dumps(objects[0] if len(objects) == 1 else objects, indent=2))


def _print_text(checked: list[tuple[str, Document, tuple[Problem, ...]]]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_OF_A_PIPE)
    for number, (file, document, findings) in enumerate(checked):
        if number:
            _say(console, "")
        if document.review is not None:
            _print_review(console, document.review)
        everything = document.problems + findings
        _print_problems(console, file, everything)
        errors, warnings = _count(Severity.ERROR, everything), _count(Severity.WARNING, everything)
        _say(console, f"{_named(file)}: {_plural(errors, 'error')}, {_plural(warnings, 'warning')}")


def _print_review(console: Console, review: Review) -> None:
    _say(console, f"{review.id or '(no id)'}  {review.header.title or '(no title)'}", "bold")
    for line in _facts(review.header):
        _say(console, f"  {line}")
    _say(console, "")
    if review.items:
        _print_items(console, review.items)
        _say(console, "")
    if review.proposed:
        _say(console, "  Proposed, never counted and never pushed:")
        for proposal in review.proposed:
            _say(console, f"  {proposal.line:>5}  {proposal.title}")
        _say(console, "")


def _facts(header: ReviewHeader) -> Iterable[str]:
    """What is known of the incident, a line for each sort of fact."""
    names = {
        "class": header.incident_class,
        "severity": header.severity,
        "service": header.service,
        "team": header.team,
        "tracker": header.tracker,
    }
    times = {
        "started": _time(header.started),
        "detected": _time(header.detected),
        "mitigated": _time(header.mitigated),
        "reviewed": str(header.reviewed or ""),
        "checkpoints": ", ".join(map(str, header.checkpoints)),
    }
    conditions = ", ".join(f"{c.name} ({c.role})" if c.role else c.name for c in header.conditions)
    for facts in (names, times, {"failure conditions": conditions}):
        known = [f"{name} {value}" for name, value in facts.items() if value]
        if known:
            yield " · ".join(known)


def _print_items(console: Console, items: tuple[ActionItem, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("line", justify="right", style="dim", min_width=7)
    names = ("id", "action", "owner", "due", "kind", "status", "issue", "conditions")
    shown = [name for name in names if name in ("action", "owner", "due") or any(_cell(item, name) for item in items)]
    for name in shown:
        table.add_column(name, overflow="fold", ratio=3 if name == "action" else None, no_wrap=name == "due")
    for item in items:
        table.add_row(str(item.line), *(Text(plain(_cell(item, name)) or "-") for name in shown))
    console.print(table)


def _cell(item: ActionItem, name: str) -> str:
    values = {
        "id": item.id,
        "action": item.title,
        "owner": item.owner or "",
        "due": str(item.due or ""),
        "kind": item.kind or "",
        "status": item.status or "",
        "issue": " ".join((*item.issues, *item.evidence)),
        "conditions": ", ".join(item.conditions),
    }
    return values[name]


def _print_problems(console: Console, file: str, problems: tuple[Problem, ...]) -> None:
    """Errors first, each in the order of the lines; a rule that finds several gets one line, a hint is said once."""
    in_order = sorted(problems, key=lambda problem: (problem.severity is not Severity.ERROR, problem.line))
    alike: dict[tuple[Severity, str], list[Problem]] = {}
    for problem in in_order:
        alike.setdefault((problem.severity, problem.rule or problem.message), []).append(problem)
    for hint, groups in groupby(alike.values(), key=lambda group: group[0].hint):
        for group in groups:
            first = group[0]
            place = f"{_named(file)}:{first.line}:{first.column or 1}"
            rule = f" [{first.rule}]" if first.rule else ""
            _say(console, f"{place}: {first.severity}: {_message(group)}{rule}", _STYLES[first.severity])
        if hint:
            _say(console, f"    {hint}", "dim")


def _message(group: list[Problem]) -> str:
    """What one problem says, or what several that are alike have in common, with their lines."""
    from tracker.review.lint import find_rule

    if len(group) == 1:
        return group[0].message
    rule = find_rule(group[0].rule)
    lines = ", ".join(str(line) for line in dict.fromkeys(problem.line for problem in group))
    return f"{(rule and rule.summary) or group[0].message}: lines {lines}"


def _say(console: Console, line: str, style: str = "") -> None:
    """One line, never broken, so that `file:line:column` can be searched; document text can't steer the terminal."""
    from rich.text import Text

    indent = line[: len(line) - len(line.lstrip())]
    console.print(Text(indent + plain(line), style=style), soft_wrap=True)


def _named(file: str) -> str:
    return "stdin" if file == "-" else file


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _count(severity: Severity, problems: Iterable[Problem]) -> int:
    return sum(problem.severity is severity for problem in problems)


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
