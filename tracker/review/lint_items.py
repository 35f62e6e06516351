"""The rules about action items: whether each can be followed to proof, and whether the set can be finished. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.model import ActionItem, Kind, Severity
from tracker.review.lint_rule import Rule, Spot, Subject, in_items
from tracker.review.lint_soft_words import find_soft, is_about_the_review, is_process
from tracker.review.values import shorten
from tracker.rules import due_from_slo

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ITEMS = 7
LONGEST_TITLE = 200
_ADD_TO = "Add, as entries of a list below it or as columns of the table:"


def _no_items(subject: Subject) -> Iterable[Spot]:
    if not subject.review.items and not subject.document.blanks:
        yield Spot(1, "no action items were found")


def _too_many(subject: Subject) -> Iterable[Spot]:
    if len(subject.live) > MOST_ITEMS:
        yield Spot(subject.live[MOST_ITEMS].line, f"the review commits to {len(subject.live)} actions")


def _only_process(subject: Subject) -> Iterable[Spot]:
    items = subject.review.items
    if items and all(map(_is_process, items)):
        yield Spot(items[0].line, "every action is of the kind process")


def _is_process(item: ActionItem) -> bool:
    return item.kind is Kind.PROCESS or (item.kind is None and is_process(item.title))


def _no_due_date(subject: Subject) -> Iterable[Spot]:
    header, context = subject.review.header, subject.context
    start = header.reviewed or context.today
    due = due_from_slo(header.severity, start, context.slo) if start else None
    level = f"the SLO for {header.severity}" if header.severity.lower() in context.slo else "the default SLO"
    offer = f"{level} gives {due}" if due else ""
    hint = f"Without a date it is never late: {offer}; write it down, or a better one." if offer else ""
    for item in subject.live:
        if item.due is None:
            message = f"“{shorten(item.title)}” has no due date"
            yield Spot(item.line, f"{message} ({offer})" if offer else message, hint)


def _unaimed(subject: Subject) -> Iterable[Spot]:
    if subject.review.header.conditions:
        yield from in_items("targets no failure condition", lambda item: not item.conditions)(subject)


def _soft(subject: Subject) -> Iterable[Spot]:
    for item in subject.live:
        if words := find_soft(item.title):
            yield Spot(item.line, f"“{shorten(item.title)}” has no end that can be seen: “{words}”")


RULES: tuple[Rule, ...] = (
    Rule(
        id="no-items",
        severity=Severity.ERROR,
        find=_no_items,
        why="There is nothing to follow.",
        better="Put them in a table or a list under `## Action items`: each with an action, an owner and a due date.",
    ),
    Rule(
        id="no-owner",
        find=in_items("has no owner", lambda item: item.owner is None),
        summary="no owner",
        why="Nobody is asked about it until somebody owns it.",
        better="Name one person or team, as `payments-lead`.",
        lacks="owner",
        add="Owner: payments-lead",
        add_to=_ADD_TO,
    ),
    Rule(
        id="no-due-date",
        find=_no_due_date,
        summary="no due date",
        why="Without a date it is never late.",
        better="Add one, as 2026-11-30.",
        lacks="due date",
        add="Due: 2026-11-30",
        add_to=_ADD_TO,
    ),
    Rule(
        id="no-proof",
        find=in_items("promises no evidence of completion", lambda item: not item.proof and not item.evidence),
        summary="no evidence of completion",
        why="Closed is not done.",
        better="Say what will prove it, as “merged pull request with the canary step”.",
        lacks="evidence of completion",
        add="Evidence: merged pull request with the canary step",
        add_to=_ADD_TO,
    ),
    Rule(
        id="no-question",
        find=in_items("does not say how we will know that it helped", lambda item: not item.question),
        summary="no way to know that it helped",
        why="Done is not helped.",
        better="Add a question that can be answered later, as “does the next bad push stop at 1%?”.",
        lacks="way to know that it helped",
        add="Question: does the next bad push stop at 1%?",
        add_to=_ADD_TO,
    ),
    Rule(
        id="no-target",
        find=_unaimed,
        summary="no failure condition is targeted",
        why="Nobody can tell which part of the failure it takes away.",
        better="Name that failure condition in its Conditions, as `retry-storm`.",
    ),
    Rule(
        id="soft-wording",
        find=_soft,
        summary="no end that can be seen",
        why="Nobody can say when it is done.",
        better="Say what will be different and where: “alert when checkout errors stay above 2% for 5 min”.",
    ),
    Rule(
        id="long-title",
        find=in_items("is too long for the title of an issue", lambda item: len(item.title) > LONGEST_TITLE),
        summary="too long for the title of an issue",
        why="People read titles in lists.",
        better="Say what will change in one line; the how belongs into the change itself.",
    ),
    Rule(
        id="meta-task",
        find=in_items("is about the review itself", lambda item: is_about_the_review(item.title)),
        summary="about the review itself",
        why="It changes nothing in the system.",
        better="Keep it out of the action items, and ask what the system will do differently.",
    ),
    Rule(
        id="too-many-items",
        find=_too_many,
        why=f"Up to {MOST_ITEMS} get finished more often.",
        better="Move what can wait to Proposed.",
    ),
    Rule(
        id="only-process",
        find=_only_process,
        why="Process wears off.",
        better="Add an action that prevents, detects or mitigates by itself, as “reject a config without a schema”.",
    ),
)
