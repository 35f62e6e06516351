"""The words by which headings, columns and values are recognised, as tables. Add a word here, not a case elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from tracker.model import Horizon, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

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


COLUMNS = _listed(
    {
        Column.ID: "id, no, nr, number, item id, action id",
        Column.ACTION: (
            "action, actions, action item, action items, task, tasks, todo, to do, item, title, what, follow up,"
            " follow ups, corrective action, preventive action, preventative action, recommendation, measure,"
            " improvement, remediation, next step, work item, deliverable, description, measures, countermeasure,"
            " countermeasures, corrective measure, preventive measure, preventative measure, recommendations,"
            " improvements"
        ),
        Column.OWNER: "owner, owners, who, assignee, assigned to, responsible, dri, lead, owned by, action owner",
        Column.DUE: (
            "due, due date, due by, deadline, target date, target, by when, when, eta, date due, date,"
            " ecd, completion date, expected completion, estimated completion, delivery date"
        ),
        Column.HORIZON: "horizon, term, time frame, timeframe",
        Column.KIND: "kind, type, category",
        Column.CONDITIONS: (
            "condition, conditions, failure condition, failure conditions, root cause, root causes, cause,"
            " contributing factor, contributing factors, targets, addresses"
        ),
        Column.PROOF: (
            "evidence, evidence of completion, proof, definition of done, done when, acceptance criteria,"
            " evaluation criteria, success criteria, exit criteria, completion criteria, verification, success metric,"
            " success measure, measure of success"
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
HEADINGS = _listed(
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
            " planned actions, follow up, follow ups, followups, followup, next steps, actionables, action plan,"
            " action list, action points, agreed actions, improvement actions, remediation plan,"
            " remediation actions, preventing recurrence, preventive steps, what we are doing next,"
            " what we re doing next,"
            " what we will do next, open actions, outstanding actions"
        ),
    }
)
# Too common in other headings: only when they are the whole heading.
WHOLE_HEADINGS = _listed(
    {
        Section.ACTIONS: (
            "actions, action, remediation, remediations, recommendations, todo, to do, tasks, remediation items,"
            " improvements, what are we going to do about it, what will we do about it, lessons learned actions,"
            " lessons learned and actions, lessons and actions, what s next, what we are doing, what we re doing,"
            " what we are changing, what we will change, how we will prevent this,"
            " to do list, todo list, todos, commitments, work items, action steps"
        ),
        Section.PROPOSED: "ideas",
        Section.SET_ASIDE: (
            "open questions, questions, links, references, related links, related issues, related incidents, resources,"
            " supporting information, appendix"
        ),
    }
)
# After a horizon these make a heading for actions: "Long-term fixes". What is immediate may have happened already.
ACTION_NOUNS = frozenset(
    {
        "action", "actions", "fixes", "measures", "improvements", "tasks", "remediation", "remediations",
        "steps", "solutions", "changes", "plan",
    }
)  # fmt: skip
TERMS = ("short term", "shortterm", "medium term", "mid term", "long term", "longterm")

# What follows these is none of the sections; they are no titles of a document either.
OTHER_SECTIONS = frozenset(
    {
        "summary", "executive summary", "overview", "background", "impact", "what happened", "description", "incident",
        "introduction", "details", "incident details", "incident summary", "metadata", "abstract", "tl dr", "tldr",
        "contents", "table of contents", "problem", "root cause", "root causes", "status", "leadup", "context",
    }
)  # fmt: skip

KINDS = _listed(
    {
        Kind.PREVENT: (
            "prevent, prevents, preventive, preventative, prevention, repair, fix, corrective, correct, correction"
        ),
        Kind.DETECT: "detect, detects, detective, detection, monitoring, alerting, observability",
        Kind.MITIGATE: "mitigate, mitigates, mitigative, mitigation, recover, recovery, response",
        Kind.PROCESS: "process, improve, improvement, documentation, training, communication",
    }
)
HORIZONS = _listed(
    {
        Horizon.IMMEDIATE: "immediate, immediately, short term, shortterm, now, quick fix, quick wins",
        Horizon.SYSTEMIC: "systemic, long term, longterm, medium term, mid term, later, strategic",
    }
)
ROLES = _listed(
    {
        Role.TRIGGER: "trigger, triggers, triggering",
        Role.AMPLIFIER: "amplifier, amplifies, amplifying",
        Role.RECOVERY_FRICTION: "recovery friction, friction, slowed recovery",
    }
)
MOMENTS = _listed(
    {
        Moment.STARTED: "started, start, impact, impact start, impact started, onset, trigger",
        Moment.DETECTED: "detected, detection, alert, page",
        Moment.MITIGATED: "mitigated, mitigation, resolved, resolution",
    }
)
