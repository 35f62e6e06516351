"""The rules about what a review says of its incident: id, title, class, conditions, and the cause it names. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tracker.model import Severity, Status
from tracker.review.lint_blame_words import find_hindsight, is_one_cause, names_person
from tracker.review.lint_rule import Rule, Spot, Subject, in_header
from tracker.review.values import BLANK, shorten
from tracker.review.words import Section
from tracker.rules import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a file is called for what it is, and not for the incident that it is about.
_GENERIC = re.compile(
    r"(?:(?:post|mortem|postmortem|review|incident|readme|retro|retrospective|rca|report|analysis|index|template|doc"
    r"|document|draft|final|notes|untitled|new|copy|the|my|our)(?:-|$))+"
)
_LIKE = 0.75
_ADD_TO = "Add at the top of the file, between two lines `---`, each on its line:"
_CAUSE = re.compile(
    r"(?:the )?(?:(?:root|primary|main|underlying) )?causes?(?: of .{1,60}?)? ?(?:[:|\u2013\u2014-]|\bis\b|\bwas\b)"
    r" *(?P<text>\S.*)",
    re.IGNORECASE,
)
_CAUSE_HEADING = re.compile(
    r"(?:\W|\d)*(?:the )?(?:(?:root|primary|main|underlying) )?causes?(?: analysis)?\W*", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"[\[<](?:insert|your|name|owner|date|link|describe|description|todo|fill|enter|team|title|summary)\b[^\]>\n]{0,60}[\]>]"
    r"|lorem ipsum|\bYYYY-MM-DD\b|\bHH:MM\b|\bINC-X+\b",
    re.IGNORECASE,
)

_NO_OWNER = re.compile(r"(?:(?:your|insert|owner|team|full|first) ?)*(?:name|owner|here|team|username)", re.IGNORECASE)


def _is_generic(name: str) -> bool:
    return _GENERIC.fullmatch(slug(name)) is not None


def _named_by_file(subject: Subject) -> Iterable[Spot]:
    document, review = subject.document, subject.review
    if document.named_by_file and not _is_generic(review.id):
        message = f"the id was taken from the file name: add `id: {review.id}`"
        yield Spot(document.lines.get("id", 1), message)


def _named_by_generic_file(subject: Subject) -> Iterable[Spot]:
    document, review = subject.document, subject.review
    if document.named_by_file and _is_generic(review.id):
        message = f"the review has no id, and the file name `{review.id}` is none"
        yield Spot(document.lines.get("id", 1), message)


def _like_another(subject: Subject) -> Iterable[Spot]:
    given, known = subject.review.header.incident_class, subject.context.classes
    if not given or given in known:
        return
    parts = sorted(given.split("-"))
    same = next((each for each in sorted(known) if sorted(each.split("-")) == parts), "")
    close = same or next(iter(get_close_matches(given, sorted(known), n=1, cutoff=_LIKE)), "")
    if close:
        message = f"the class `{given}` is new: did you mean `{close}`?"
        yield Spot(subject.document.lines.get("class", 1), message)


def _blanks(subject: Subject) -> Iterable[Spot]:
    return (Spot(line, f"the template's {BLANK} is still here") for line in subject.document.blanks)


def _placeholders(subject: Subject) -> Iterable[Spot]:
    items = ((f"{item.title} {item.proof} {item.question}", item.line) for item in subject.live)
    prose = ((passage.text, passage.line) for passage in subject.document.passages)
    for text, line in (*items, *prose):
        if match := _PLACEHOLDER.search(text):
            yield Spot(line, f"“{shorten(match[0])}” looks like a template's, not like yours")
    for item in subject.live:
        if item.owner and _NO_OWNER.fullmatch(item.owner):
            yield Spot(item.line, f"the owner “{shorten(item.owner)}” looks like a template's, not like yours")


def _no_conditions(subject: Subject) -> Iterable[Spot]:
    if subject.review.items and not subject.review.header.conditions:
        yield Spot(1, "the review names no failure condition")


def _untargeted(subject: Subject) -> Iterable[Spot]:
    review = subject.review
    targeted = {name for item in review.items if item.status is not Status.NOT_PLANNED for name in item.conditions}
    for condition in review.header.conditions if review.items else ():
        if condition.name not in targeted:
            line = subject.document.condition_lines.get(condition.name, 1)
            yield Spot(line, f"no action targets the failure condition `{condition.name}`")


def _single_cause(subject: Subject) -> Iterable[Spot]:
    """The only failure condition, or what stands after or below "Root cause", is one person's mistake or one deploy."""
    conditions = subject.review.header.conditions
    message = "the whole cause is one person's mistake, or one deploy"
    if len(conditions) == 1:
        name, what = conditions[0].name.replace("-", " "), conditions[0].what
        if names_person(name) or names_person(what) or (is_one_cause(name) and (not what or is_one_cause(what))):
            yield Spot(subject.document.condition_lines.get(conditions[0].name, 1), message)
    for text, line in _named_causes(subject):
        if names_person(text) or (len(conditions) < 2 and is_one_cause(text)):
            yield Spot(line, f"“{shorten(text)}”: {message}")


def _named_causes(subject: Subject) -> Iterable[tuple[str, int]]:
    """What follows `Root cause:` on its line, and what stands alone under a heading that says so."""
    below: dict[str, list[tuple[str, int]]] = {}
    for passage in subject.document.passages:
        if match := _CAUSE.fullmatch(passage.text):
            yield match["text"], passage.line
        elif passage.section is None and _CAUSE_HEADING.fullmatch(passage.heading):
            below.setdefault(passage.heading, []).append((passage.text, passage.line))
    for texts in below.values():
        yield from texts if len(texts) == 1 else ()


def _hindsight(subject: Subject) -> Iterable[Spot]:
    for passage in subject.document.passages:
        words = find_hindsight(passage.text) if passage.section in (Section.TIMELINE, Section.HUMAN) else ""
        if words:
            yield Spot(passage.line, f"“{words}” looks back with what only became known later")


RULES: tuple[Rule, ...] = (
    Rule(
        id="missing-id",
        severity=Severity.ERROR,
        find=in_header("id", lambda review: review.id),
        why="What is followed is named by the id of its review.",
        better="Add `id: INC-2026-042` to the front matter.",
        lacks="id",
        add="id: INC-2026-042",
        add_to=_ADD_TO,
    ),
    Rule(
        id="generic-id",
        severity=Severity.ERROR,
        find=_named_by_generic_file,
        why="Two reviews with one id would be taken for the same.",
        better="Add `id: INC-2026-042`.",
    ),
    Rule(
        id="id-from-file-name",
        find=_named_by_file,
        why="Renaming the file would make another review of it.",
        better="Keep the id inside the document.",
    ),
    Rule(
        id="missing-title",
        severity=Severity.ERROR,
        find=in_header("title", lambda review: review.header.title),
        why="People meet the incident by its title, in lists and tickets.",
        better="Say what users saw: `title: Checkout returned 5xx after a config push`.",
        lacks="title",
        add="title: Checkout returned 5xx after a config push",
        add_to=_ADD_TO,
    ),
    Rule(
        id="missing-class",
        severity=Severity.ERROR,
        find=in_header("class", lambda review: review.header.incident_class),
        why="Recurrence is counted by class.",
        better="Add `class: config-rollout`: the kind of incident this was.",
        lacks="class",
        add="class: config-rollout",
        add_to=_ADD_TO,
    ),
    Rule(
        id="class-like-another",
        find=_like_another,
        why="Recurrence is counted by class: two spellings of one look like two kinds of incident.",
        better="Write the class as the earlier review did, or keep it where this is another kind.",
    ),
    Rule(
        id="template-residue",
        severity=Severity.ERROR,
        find=_blanks,
        why="What is still open here is not said yet.",
        better="Write what belongs there, or delete the line.",
    ),
    Rule(
        id="placeholder",
        find=_placeholders,
        summary="words of a template",
        why="Nobody can act on a placeholder.",
        better="Write what belongs there, as `payments-lead` for [owner], or delete the line.",
    ),
    Rule(
        id="no-conditions",
        find=_no_conditions,
        why="Without them nobody can see which part of the failure stays possible.",
        better="Add a list `## Failure conditions`, as `- retry storm (amplifier): clients retried without a limit`.",
    ),
    Rule(
        id="condition-without-action",
        find=_untargeted,
        summary="no action targets these failure conditions",
        why="It can cause the next incident as it is.",
        better="Aim an action at it: `retry-storm` in the Conditions of one; or say under Proposed why not.",
    ),
    Rule(
        id="single-cause",
        find=_single_cause,
        summary="the whole cause is one person's mistake, or one deploy",
        why="The next person, or the next deploy, meets the same conditions.",
        better="Name what let it through or made it worse: “a push reaches every host at once”, “no alert fired”.",
    ),
    Rule(
        id="hindsight",
        find=_hindsight,
        summary="looks back with what only became known later",
        why="It hides what made the decision sensible then, and that can be changed.",
        better="Write what was seen then: “the dashboard was green, so the push went on” for “should have checked”.",
    ),
)
