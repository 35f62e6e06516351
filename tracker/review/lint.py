"""Quality findings: what is missing from a review, or too weak to be followed to proof. Rules are data with an id.

Pure. Errors keep a document from being pushed, warnings do not. Each finding names a line; each rule says why it
matters and shows something better. Nothing here judges people. The rules are in `lint_header` and `lint_items`, the
words that they look for in `lint_soft_words` and `lint_blame_words`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.model import Problem, Severity
from tracker.review import lint_header, lint_items
from tracker.review.lint_items import LONGEST_TITLE, MOST_ITEMS
from tracker.review.lint_off import entries_of, split_off
from tracker.review.lint_rule import LintContext, Rule, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.review.markdown import Document

__all__ = (
    "LONGEST_TITLE",
    "MOST_ITEMS",
    "RULES",
    "LintContext",
    "Rule",
    "blocks",
    "check_off",
    "find_rule",
    "lint_document",
    "switched_off",
)

RULES: tuple[Rule, ...] = (*lint_header.RULES, *lint_items.RULES)
_BY_ID = {rule.id: rule for rule in RULES}


def lint_document(document: Document, context: LintContext | None = None) -> tuple[Problem, ...]:
    """Every finding of every rule that is on, in the order of the rules, then of the lines.

    None for an unreadable document. What a document switches off without a reason or a rule of that name is a finding.
    """
    if document.review is None:
        return ()
    context = context or LintContext()
    subject = Subject(document=document, review=document.review, context=context)
    off = switched_off(document, context)
    found = [
        rule.problem(spot)
        for rule in RULES
        if rule.id not in off
        for spot in sorted(rule.find(subject), key=lambda spot: (spot.line, spot.message))
    ]
    return (*found, *split_off(entries_of(document), _BY_ID)[1])


def switched_off(document: Document, context: LintContext | None = None) -> dict[str, str]:
    """The rules that are not asked of this document, and why; the document's reason counts before the config's."""
    config, _ = split_off(((rule, why, 0) for rule, why in (context.off if context else {}).items()), _BY_ID)
    return config | split_off(entries_of(document), _BY_ID)[0]


def check_off(off: Mapping[str, str]) -> tuple[Problem, ...]:
    """What the `[findings] off` of a config says that can't be done."""
    return split_off(((rule, why, 0) for rule, why in off.items()), _BY_ID)[1]


def blocks(problems: Iterable[Problem], strict: bool) -> bool:
    """Whether these keep a document from being pushed: an error does, with `strict` a warning as well."""
    return any(strict or problem.severity is Severity.ERROR for problem in problems)


def find_rule(rule_id: str) -> Rule | None:
    """The rule with this id."""
    return _BY_ID.get(rule_id)
