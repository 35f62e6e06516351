"""The words by which headings, columns and values are recognised, as tables. Add a word here, not a case elsewhere.

Recognition only: what a column's cell or a section's list then means is decided in `tables`, `lists` and `header`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tracker.model import Horizon, Kind, Role

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
    SET_ASIDE = "considered, rejected, or of an earlier review"


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
        Section.SET_ASIDE: (
            "considered, alternatives, rejected, discarded, decided against, won t do, not doing, out of scope,"
            " previous, previously, prior, for reference"
        ),
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
        Section.ACTIONS: (
            "actions, action, remediation, remediations, recommendations, todo, to do, tasks, remediation items,"
            " improvements, what are we going to do about it, what will we do about it, lessons learned actions,"
            " lessons learned and actions, lessons and actions"
        ),
        Section.PROPOSED: "ideas",
        Section.SET_ASIDE: "open questions, questions",
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
