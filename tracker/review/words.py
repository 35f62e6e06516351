"""The words by which headings, columns and values are recognised, as tables. Add a word here, not a case elsewhere.

Recognition only: what a column's cell or a section's list then means is decided in `tables`, `lists` and `header`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tracker.model import Horizon, Kind, Role, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")


class Column(StrEnum):
    """What a column of a table, or a `Key: value` under a list entry, holds."""

    ID = "id"
    ACTION = "action"
    OWNER = "owner"
    DUE = "due"
    HORIZON = "horizon"
    KIND = "kind"
    CONDITIONS = "conditions"
    PROOF = "evidence of completion"
    QUESTION = "how we will know it helped"
    ISSUE = "issue"
    CHANGE = "change"
    STATUS = "status"
    ROLE = "role"
    WHAT = "what it was"
    TIME = "time"
    EVENT = "event"
    ASIDE = "aside"


class Section(StrEnum):
    """What stands under a heading."""

    ACTIONS = "actions"
    TAKEN = "actions that happened already"
    PROPOSED = "proposed"
    CONDITIONS = "failure conditions"
    TIMELINE = "timeline"
    HUMAN = "human context"


class Moment(StrEnum):
    """The three times of an incident that a timeline can give."""

    STARTED = "started"
    DETECTED = "detected"
    MITIGATED = "mitigated"


def _listed(table: Mapping[T, str]) -> dict[str, T]:
    return {word.strip(): meaning for meaning, words in table.items() for word in words.split(",")}


_COLUMNS = _listed(
    {
        Column.ID: "id, no, nr, number, item id, action id",
        Column.ACTION: (
            "action, actions, action item, action items, task, tasks, todo, to do, item, title, what, follow up,"
            " follow ups, corrective action, preventive action, preventative action, recommendation, measure,"
            " improvement, remediation, next step, work item, deliverable, description"
        ),
        Column.OWNER: "owner, owners, who, assignee, assigned to, responsible, dri, lead, owned by, action owner",
        Column.DUE: ("due, due date, due by, deadline, target date, target, by when, when, eta, date due, date"),
        Column.HORIZON: "horizon, term, time frame, timeframe",
        Column.KIND: "kind, type, category",
        Column.CONDITIONS: (
            "condition, conditions, failure condition, failure conditions, root cause, root causes, cause,"
            " contributing factor, contributing factors, targets, addresses"
        ),
        Column.PROOF: (
            "evidence, evidence of completion, proof, definition of done, done when, acceptance criteria,"
            " evaluation criteria, success criteria"
        ),
        Column.QUESTION: "how we will know it helped, how will we know it helped, how we know it helped, question",
        Column.ISSUE: (
            "issue, issues, ticket, tickets, bug, bugs, jira, github, linear, reference, tracking, tracking issue,"
            " link, links, issue link, bug id, jira ticket, github issue"
        ),
        Column.CHANGE: "pr, prs, pull request, pull requests, commit, commits, change",
        Column.STATUS: "status, state, progress, done, completed",
        Column.ROLE: "role",
        Column.WHAT: "what it was, details, explanation, what happened",
        Column.TIME: "time, timestamp, time utc, date time, utc",
        Column.EVENT: "event, events",
        Column.ASIDE: "notes, note, comments, priority, prio, known at the time, team, component, effort",
    }
)

# Enough by themselves, wherever they stand in a heading.
_HEADINGS = _listed(
    {
        Section.TAKEN: "actions taken, action taken, steps taken, measures taken",
        Section.TIMELINE: "timeline, chronology, sequence of events",
        Section.PROPOSED: "proposed, not committed, ideas considered, parking lot",
        Section.CONDITIONS: "failure condition, failure conditions",
        Section.HUMAN: "human context",
        Section.ACTIONS: (
            "action item, action items, corrective action, corrective actions, corrective measures,"
            " preventive measures, preventative measures, preventive actions, preventative actions, review actions,"
            " planned actions, follow up, follow ups, followups, followup, next steps, actionables"
        ),
    }
)
# Too common in other headings: only when they are the whole heading.
_WHOLE_HEADINGS = _listed(
    {
        Section.ACTIONS: "actions, action, remediation, recommendations, todo, to do, tasks, remediation items",
        Section.PROPOSED: "ideas",
    }
)

_KINDS = _listed(
    {
        Kind.PREVENT: (
            "prevent, prevents, preventive, preventative, prevention, repair, fix, corrective, correct, correction"
        ),
        Kind.DETECT: "detect, detects, detective, detection, monitoring, alerting, observability",
        Kind.MITIGATE: "mitigate, mitigates, mitigative, mitigation, recover, recovery, response",
        Kind.PROCESS: "process, improve, improvement, documentation, training, communication",
    }
)
_HORIZONS = _listed(
    {
        Horizon.IMMEDIATE: "immediate, immediately, short term, shortterm, now, quick fix, quick wins",
        Horizon.SYSTEMIC: "systemic, long term, longterm, medium term, mid term, later, strategic",
    }
)
_ROLES = _listed(
    {
        Role.TRIGGER: "trigger, triggers, triggering",
        Role.AMPLIFIER: "amplifier, amplifies, amplifying",
        Role.RECOVERY_FRICTION: "recovery friction, friction, slowed recovery",
    }
)
_MOMENTS = _listed(
    {
        Moment.STARTED: "started, start, impact, impact start, impact started, onset, trigger",
        Moment.DETECTED: "detected, detection, alert, page",
        Moment.MITIGATED: "mitigated, mitigation, resolved, resolution",
    }
)

# The first that is found decides, so "not started" stands before "started" and "partly done" before "done".
_STATUSES: tuple[tuple[Status, re.Pattern[str]], ...] = tuple(
    (status, re.compile(rf"\b(?:{pattern})\b"))
    for status, pattern in (
        (Status.NOT_PLANNED, "won ?t (?:do|fix)|cancell?ed|not planned|dropped|rejected|abandoned|declined"),
        (Status.DUPLICATE, "duplicate|dupe"),
        (Status.OPEN, "not (?:yet )?\\w+|incomplete|delayed|blocked|backlog|pending|reopened"),
        (Status.IN_PROGRESS, "in progress|ongoing|started|wip|pr (?:exists|open)|in review|under ?way|doing|part\\w*"),
        (Status.OPEN, "to ?do|open|planned|scheduled|new"),
    )
)
# An item that is read as done gets no issue, so a done word counts only where it is the whole claim: "done 2026-05-22",
# "done in #12", but neither "will be done" nor "done? no".
_DONE = re.compile(
    r"(?:(?:n a|all|fully|now|already|yes|100) )?"
    r"(?:done|completed?|closed|fixed|resolved|finished|shipped|merged|deployed|implemented)"
    r"(?: (?:in|on|by|via|with|see|as of|at|since|pr|mr|https?|[\d#].*|\w+ \d.*)\b.*)?"
)
_EMPTY_BOX = re.compile(r"\[ ?\]")
_DONE_SIGNS = re.compile(r"[✅✔☑]|\[[xX]\]|:white_check_mark:|:heavy_check_mark:")

_LONGEST_GUESS = 100
_MOST_GUESSES = 100
_OUTRIGHT = re.compile(
    r"\b(?:actions?|tasks?|to ?do|follow ups?|recommendations?|remediation|next steps?|work items?)\b"
)
_NUMBERING = re.compile(r"^\s*(?:\d+[.)]|[ivx]+[.)])+\s*")
_SEPARATORS = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """The words of a heading, a column name or a value: lower case, without numbering, emoji and punctuation."""
    text = _NUMBERING.sub("", text.lower().replace("(s)", ""))
    return _SEPARATORS.sub(" ", text).strip()


def find_column(name: str) -> Column | None:
    """What the column of this name holds; None where the word table does not know it.

    A longer name is known by the known words in it, the last ones deciding: an "Action owner" is an owner.
    """
    words = bare(name)
    if not words and name.strip() == "#":
        return Column.ID
    return _COLUMNS.get(words) or _last_within(words, _COLUMNS)


def names_actions(column: str) -> bool:
    """Whether a column of this name holds actions outright, and not just titles or descriptions of anything."""
    return _OUTRIGHT.search(bare(column)) is not None


def find_section(heading: str, *, whole: bool = False) -> Section | None:
    """What stands under this heading; with `whole` only where the heading says nothing else."""
    words = bare(heading)
    known = _HEADINGS.get(words) or _WHOLE_HEADINGS.get(words)
    if known or whole:
        return known
    found = {section for phrase, section in _HEADINGS.items() if _within(phrase, words)}
    return next((section for section in _HEADINGS.values() if section in found), None)


def find_kind(text: str) -> Kind | None:
    """The kind of an action, in any of the spellings seen."""
    return _KINDS.get(bare(text))


def find_horizon(text: str) -> Horizon | None:
    """The horizon that a cell or a sub-heading names."""
    words = bare(text)
    return _HORIZONS.get(words) or next((h for phrase, h in _HORIZONS.items() if words.startswith(f"{phrase} ")), None)


def find_role(text: str) -> Role | None:
    """The role of a failure condition."""
    return _ROLES.get(bare(text))


def find_moment(text: str) -> Moment | None:
    """Which of the three times a timeline's row of this kind gives."""
    return _MOMENTS.get(bare(text))


def find_status(text: str) -> Status | None:
    """The status that a document claims in this text; None where no known word or sign is in it."""
    if _DONE_SIGNS.search(text):
        return Status.DONE
    words = bare(text)
    if _EMPTY_BOX.search(text):
        return Status.OPEN
    if _DONE.fullmatch(words):
        return Status.DONE
    return next((status for status, pattern in _STATUSES if pattern.search(words)), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; empty where none is close."""
    if len(word) > _LONGEST_GUESS:
        return ""
    return next(iter(get_close_matches(word, list(islice(known, _MOST_GUESSES)), n=1, cutoff=0.6)), "")


def _within(phrase: str, words: str) -> bool:
    return f" {phrase} " in f" {words} "


def _last_within(words: str, table: Mapping[str, T]) -> T | None:
    padded = f" {words} "
    ends = [
        (padded.rfind(f" {phrase} ") + len(phrase), len(phrase), phrase) for phrase in table if _within(phrase, words)
    ]
    return table[max(ends)[2]] if ends else None
