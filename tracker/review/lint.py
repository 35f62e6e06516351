"""Quality findings: what is missing from a review, or too weak to be followed to proof. Rules are data with an id.

Pure. Errors keep a document from being pushed, warnings do not. Each finding names a line; each rule says why it
matters and shows something better. Nothing here judges people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from tracker.model import ActionItem, Kind, Problem, Review, Severity, Status
from tracker.review.markdown import Document
from tracker.review.values import BLANK, shorten
from tracker.rules import slug

MOST_ITEMS = 7
LONGEST_TITLE = 200

Found = Iterable[tuple[int, str]]


class Rule(Struct, frozen=True, kw_only=True):
    """One thing to look for: `find` gives the line and the message of each place, `summary` is short for several."""

    id: str
    find: Callable[[Document, Review], Found]
    hint: str
    summary: str = ""
    severity: Severity = Severity.WARNING


def lint_document(document: Document) -> tuple[Problem, ...]:
    """Every finding of every rule, in the order of the rules, then of the lines; none for an unreadable document."""
    review = document.review
    if review is None:
        return ()
    return tuple(
        Problem(message=message, hint=rule.hint, line=line, severity=rule.severity, rule=rule.id)
        for rule in RULES
        for line, message in sorted(rule.find(document, review))
    )


def _in_header(key: str, is_given: Callable[[Review], object]) -> Callable[[Document, Review], Found]:
    def find(document: Document, review: Review) -> Found:
        if not is_given(review):
            yield document.lines.get(key, 1), f"the review has no {key}"

    return find


def _in_items(what: str, is_weak: Callable[[ActionItem], bool]) -> Callable[[Document, Review], Found]:
    """Looks at each item that is still to be done; what is done or dropped needs no better plan."""

    def find(_: Document, review: Review) -> Found:
        for item in review.items:
            if (item.status is None or item.status.is_live) and is_weak(item):
                yield item.line, f"“{shorten(item.title)}” {what}"

    return find


# What a file is called for what it is, and not for the incident that it is about.
_GENERIC = re.compile(
    r"(?:(?:post|mortem|postmortem|review|incident|readme|retro|retrospective|rca|report|analysis|index|template|doc"
    r"|document|draft|final|notes|untitled|new|copy|the|my|our)(?:-|$))+"
)


def _is_generic(name: str) -> bool:
    return _GENERIC.fullmatch(slug(name)) is not None


def _named_by_file(document: Document, review: Review) -> Found:
    if document.named_by_file and not _is_generic(review.id):
        yield document.lines.get("id", 1), f"the id was taken from the file name: add `id: {review.id}`"


def _named_by_generic_file(document: Document, review: Review) -> Found:
    if document.named_by_file and _is_generic(review.id):
        yield document.lines.get("id", 1), f"the review has no id, and the file name `{review.id}` is none"


def _blanks(document: Document, _: Review) -> Found:
    return ((line, f"the template's {BLANK} is still here") for line in document.blanks)


def _no_items(document: Document, review: Review) -> Found:
    if not review.items and not document.blanks:
        yield 1, "no action items were found"


def _too_many(_: Document, review: Review) -> Found:
    live = [item for item in review.items if item.status is None or item.status.is_live]
    if len(live) > MOST_ITEMS:
        yield live[MOST_ITEMS].line, f"the review commits to {len(live)} actions"


def _only_process(_: Document, review: Review) -> Found:
    if review.items and all(item.kind is Kind.PROCESS for item in review.items):
        yield review.items[0].line, "every action is of the kind process"


def _no_conditions(_: Document, review: Review) -> Found:
    if review.items and not review.header.conditions:
        yield 1, "the review names no failure condition"


def _unaimed(_: Document, review: Review) -> Found:
    if not review.header.conditions:
        return
    yield from _in_items("targets no failure condition", lambda item: not item.conditions)(_, review)


def _untargeted(document: Document, review: Review) -> Found:
    targeted = {name for item in review.items if item.status is not Status.NOT_PLANNED for name in item.conditions}
    for condition in review.header.conditions if review.items else ():
        if condition.name not in targeted:
            yield (
                document.condition_lines[condition.name],
                f"no action targets the failure condition `{condition.name}`",
            )


_SOFT = re.compile(
    r"^(?:improve|enhance|optimi[sz]e|strengthen|increase) (?:the |our |overall )?"
    r"(?:monitoring|alerting|observability|visibility|awareness|communications?|documentation|docs|process(?:es)?|"
    r"resilience|robustness|reliability|quality|testing|tests|coverage)\b"
    r"|\b(?:consider|look into|think about|be more careful|more careful|pay (?:more )?attention|communicate better|"
    r"try to|where possible|if possible|as appropriate|keep an eye|raise awareness|be mindful)\b",
    re.IGNORECASE,
)
_META = re.compile(
    r"^(?:write|finish|complete|publish|share|schedule|hold|conduct) (?:up )?(?:the |a |this )?"
    r"(?:incident |post-?incident )?(?:report|post-?mortem|review|retrospective|rca)\b",
    re.IGNORECASE,
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="missing-id",
        severity=Severity.ERROR,
        find=_in_header("id", lambda review: review.id),
        hint="Add `id: INC-2026-042` to the front matter.",
    ),
    Rule(
        id="generic-id",
        severity=Severity.ERROR,
        find=_named_by_generic_file,
        hint="Add `id: INC-2026-042`: two reviews with one id would be taken for the same.",
    ),
    Rule(
        id="id-from-file-name",
        find=_named_by_file,
        hint="Without it, a renamed file is taken for another review, and its items get new issues.",
    ),
    Rule(
        id="missing-title",
        severity=Severity.ERROR,
        find=_in_header("title", lambda review: review.header.title),
        hint="Add `title:` to the front matter, or a first heading: what users saw, in one line.",
    ),
    Rule(
        id="missing-class",
        severity=Severity.ERROR,
        find=_in_header("class", lambda review: review.header.incident_class),
        hint="Recurrence is counted by class: add `class: config-rollout` to the front matter.",
    ),
    Rule(
        id="template-residue",
        severity=Severity.ERROR,
        find=_blanks,
        hint="Write what belongs there, or delete the line.",
    ),
    Rule(
        id="no-items",
        severity=Severity.ERROR,
        find=_no_items,
        hint="Put them in a table or a list under `## Action items`: each with an action, an owner and a due date.",
    ),
    Rule(
        id="no-owner",
        find=_in_items("has no owner", lambda item: item.owner is None),
        summary="no owner",
        hint="Nobody is asked about it until somebody owns it: name one person or team, as `payments-lead`.",
    ),
    Rule(
        id="no-due-date",
        find=_in_items("has no due date", lambda item: item.due is None),
        summary="no due date",
        hint="Without a date it is never late: add one, as 2026-11-30.",
    ),
    Rule(
        id="no-proof",
        find=_in_items("promises no evidence of completion", lambda item: not item.proof and not item.evidence),
        summary="no evidence of completion",
        hint="Closed is not done: say what will prove it, as “merged pull request with the canary step”.",
    ),
    Rule(
        id="no-question",
        find=_in_items("does not say how we will know that it helped", lambda item: not item.question),
        summary="no way to know that it helped",
        hint="Done is not helped: add a question that can be answered later, as “does the next bad push stop at 1%?”.",
    ),
    Rule(
        id="no-conditions",
        find=_no_conditions,
        hint="Add a `## Failure conditions` table, so that each action can say which one it takes away.",
    ),
    Rule(
        id="no-target",
        find=_unaimed,
        summary="no failure condition is targeted",
        hint="Name the failure condition that it takes away in the Conditions column.",
    ),
    Rule(
        id="condition-without-action",
        find=_untargeted,
        summary="no action targets these failure conditions",
        hint="It can cause the next incident as it is: aim an action at it, or say under Proposed why not.",
    ),
    Rule(
        id="soft-wording",
        find=_in_items("has no end that can be seen", lambda item: _SOFT.search(item.title) is not None),
        summary="no end that can be seen",
        hint="Say what will be different and where: “alert when checkout errors stay above 2% for 5 min”.",
    ),
    Rule(
        id="long-title",
        find=_in_items("is too long for the title of an issue", lambda item: len(item.title) > LONGEST_TITLE),
        summary="too long for the title of an issue",
        hint="Say what will change in one line; the how belongs into the change itself.",
    ),
    Rule(
        id="meta-task",
        find=_in_items("is about the review itself", lambda item: _META.search(item.title) is not None),
        summary="about the review itself",
        hint="It changes nothing in the system: keep it out of the action items.",
    ),
    Rule(
        id="too-many-items",
        find=_too_many,
        hint=f"Up to {MOST_ITEMS} get finished more often: move what can wait to Proposed.",
    ),
    Rule(
        id="only-process",
        find=_only_process,
        hint="Process wears off: add an action that prevents, detects or mitigates by itself.",
    ),
)


def find_rule(rule_id: str) -> Rule | None:
    """The rule with this id."""
    return next((rule for rule in RULES if rule.id == rule_id), None)
