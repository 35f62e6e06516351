"""`track check`: what was understood of a review document, and everything a person should change in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from tracker.cli.given import given_options, take_given
from tracker.cli.say import warn
from tracker.earlier import Earlier
from tracker.errors import InvalidInput
from tracker.model import Problem, Severity
from tracker.review.markdown import Document
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from rich.console import Console

    from tracker.app import App
    from tracker.model import ActionItem, Facts, Review, ReviewHeader
    from tracker.review.header import Given
    from tracker.runs.standards import Standards

_WIDTH_OF_A_PIPE = 120
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


class Checked(Struct, frozen=True, kw_only=True):
    """One file: its document, what was found, and which findings were not asked for, rule -> reason."""

    file: str
    document: Document
    findings: tuple[Problem, ...]
    off: Mapping[str, str]
    earlier: Earlier

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything to put right, of reading and of quality."""
        return self.document.problems + self.findings


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md describes it.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@given_options
@click.pass_obj
def command(app: App, /, files: tuple[str, ...], as_json: bool, strict: bool, **given: str | None) -> None:
    """Say what was understood of review documents, and what to change in them.

    Reads the template of `track new`, and tables and lists in other shapes as far as they go. `-` reads standard input.
    Exit code 3 when a document has an error: `track push` would not take it. Warnings do not stop a push.
    A config is used where there is one: its words, service levels and switched off findings.

    Example: track check reviews/INC-2026-042.md
    """
    from tracker.review.lint import blocks
    from tracker.runs.standards import load_known, load_standards

    standards = load_standards(app)
    for line in standards.said:
        warn(line)
    said = take_given(given, files)
    facts = load_known(app)
    checked = [_check(app, file, standards, said, facts) for file in files]
    if as_json:
        _print_json(checked)
    else:
        _print_text(checked)
    stopped = [plain(one.file) for one in checked if blocks(one.problems, strict)]
    if stopped:
        what = "errors and warnings (--strict)" if strict else "errors"
        hint = f"Put the {what} right, then run `track check` again."
        raise InvalidInput(f"not ready to be pushed: {', '.join(stopped)}", hint)


def _check(app: App, file: str, standards: Standards, given: Given, facts: Facts | None) -> Checked:
    from tracker.earlier import find_earlier
    from tracker.review.documents import load_document, load_standard_input
    from tracker.review.lint import lint_document, switched_off

    words = standards.words
    is_piped = file == "-"
    document = (
        load_standard_input(extra=words, given=given)
        if is_piped
        else load_document(Path(file), extra=words, given=given)
    )
    review = document.review
    context = standards.context(review.id if review else "")
    return Checked(
        file=file,
        document=document,
        findings=lint_document(document, context),
        off=switched_off(document, context),
        earlier=Earlier() if review is None or facts is None else find_earlier(facts, review, app.now()),
    )


def _print_json(checked: list[Checked]) -> None:
    import json

    from tracker.cli.earlier import build_earlier
    from tracker.review.report import build_check

    objects = [
        build_check(one.file, one.document, one.findings)
        | {"off": [{"rule": rule, "reason": reason} for rule, reason in one.off.items()]}
        | {"earlier": build_earlier(one.earlier)}
        for one in checked
    ]
    click.echo(json.dumps(objects[0] if len(objects) == 1 else objects, indent=2))


def _print_text(checked: list[Checked]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_OF_A_PIPE)
    for number, one in enumerate(checked):
        if number:
            _say(console, "")
        if one.document.review is not None:
            _print_review(console, one.document.review)
        _print_problems(console, one.file, one.problems)
        _print_earlier(console, one)
        if one.off:
            _say(console, "switched off: " + "; ".join(f"{rule} ({reason})" for rule, reason in one.off.items()))
        errors = sum(problem.severity is Severity.ERROR for problem in one.problems)
        warnings = len(one.problems) - errors
        _say(console, f"{_named(one.file)}: {_plural(errors, 'error')}, {_plural(warnings, 'warning')}")


def _print_earlier(console: Console, one: Checked) -> None:
    """What earlier reviews asked for: notes, which stop nothing."""
    from tracker.cli.earlier import describe_reviews
    from tracker.earlier import describe_repeat, suggest_choice

    for repeat in one.earlier.repeats:
        _say(console, f"{_named(one.file)}:{repeat.item.line}:1: note: {describe_repeat(repeat)}")
        choice = suggest_choice(repeat)
        if choice:
            _say(console, f"    {choice}", "dim")
    for line in describe_reviews(one.earlier):
        _say(console, line)


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
    from tracker.cli.problems import sum_up

    for group in sum_up(problems):
        for said in group:
            rules = f" [{', '.join(said.rules)}]" if said.rules else ""
            place = f"{_named(file)}:{said.line}:{said.column}"
            _say(console, f"{place}: {said.severity}: {said.message}{rules}", _STYLES[said.severity])
            for hint in said.hints:
                _say(console, f"    {hint}", "dim")


def _say(console: Console, line: str, style: str = "") -> None:
    """One line, never broken, so that `file:line:column` can be searched; document text can't steer the terminal."""
    from rich.text import Text

    indent = line[: len(line) - len(line.lstrip())]
    console.print(Text(indent + plain(line), style=style), soft_wrap=True)


def _named(file: str) -> str:
    return "stdin" if file == "-" else file


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
