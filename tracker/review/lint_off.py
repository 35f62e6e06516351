"""Which rules a document or the config switches off, each with its reason; what can't be switched off is said. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.model import Problem, Severity
from tracker.review import words
from tracker.review.header import FINDINGS_OFF
from tracker.review.values import shorten
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tracker.review.lint_rule import Rule
    from tracker.review.markdown import Document

#: The rule of the findings about switching off; it can't be switched off itself.
RULE = "findings-off"
_MOST = 100


def split_off(
    entries: Iterable[tuple[str, str, int]], rules: Mapping[str, Rule]
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Rule -> reason for what may be switched off, and a problem for each entry that may not.

    An entry is the rule, the reason, and the line where it stands.
    """
    off: dict[str, str] = {}
    problems = []
    for rule, reason, line in entries:
        refused = _refusal(rule, reason, rules)
        if refused:
            message, hint = refused
            problems.append(Problem(message=message, hint=hint, line=line, severity=Severity.WARNING, rule=RULE))
        else:
            off[rule] = reason
    return off, tuple(problems)


def _refusal(rule: str, reason: str, rules: Mapping[str, Rule]) -> tuple[str, str] | None:
    if rule not in rules:
        close = words.suggest(rule, rules)
        allowed = ", ".join(name for name, each in rules.items() if each.severity is not Severity.ERROR)
        hint = f"Did you mean `{close}`?" if close else f"What can be switched off: {allowed}."
        return f"there is no finding `{shorten(rule)}` to switch off", hint
    if rules[rule].severity is Severity.ERROR:
        return f"`{rule}` is an error and can't be switched off", f"{rules[rule].hint}"
    if not reason:
        return f"`{rule}` stays on: there is no reason why not", f"Write `{rule}: why nobody needs it here`."
    return None


def entries_of(document: Document) -> Iterator[tuple[str, str, int]]:
    """What the front matter asks to switch off: `{rule: reason}`, a list of those, or of texts `rule: reason`."""
    for field in document.findings_off[:_MOST]:
        for text in field.values[:_MOST]:
            rule, _, reason = plain(text).partition(":")
            yield rule.strip(), reason.strip(), field.line
        for record in field.records[:_MOST]:
            for rule, reason in record.values.items():
                yield plain(rule), plain(reason), record.line
            if not record.values:
                yield FINDINGS_OFF, "", record.line
