"""What tests of reminders share: rules, an item with its issue, a plan by what was said so far."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from sync.nudge_steps import AskForEvidence, Nudge, NudgeRules, Quiet, Situation, Step, Writing
from sync.nudging import plan_nudges
from tests.make import a_header, an_issue, an_item
from tracker.model import EvidenceKind, Status, TrackedItem, Transition
from tracker.recorded import Nudged
from tracker.store.nudges import Heard

DUE = date(2026, 11, 20)
BEGIN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
"""When the item was promised, and its issue created."""

RULES = NudgeRules(
    since=date(2026, 10, 1),
    before_due=timedelta(days=3),
    overdue_every=timedelta(days=14),
    most=20,
    ask=True,
    reopen=False,
    accept=frozenset(EvidenceKind),
    zone=UTC,
    grace=timedelta(minutes=10),
    trackers=frozenset({"payments"}),
)


def rules(**fields: Any) -> NudgeRules:
    return replace(RULES, **fields)


def on(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def after(days: int) -> datetime:
    """The morning so many days after the due date."""
    return on(DUE + timedelta(days=days))


def an_open_item(number: int = 1, *, issue: int | None = None, **fields: Any) -> TrackedItem:
    """An open item that is due on DUE, on an issue of its own unless told otherwise."""
    which = issue or number
    tracked = TrackedItem(
        review_id="INC-1",
        item=an_item(id=f"A{number}", due=DUE),
        committed=BEGIN,
        first_due=DUE,
        issue=an_issue(id=f"host:{which}", number=which, ref=f"acme/payments#{which}", created=BEGIN, updated=BEGIN),
    )
    return replace(tracked, **fields)


def closed(tracked: TrackedItem, at: datetime, to: Status = Status.DONE) -> TrackedItem:
    """The item with its issue closed."""
    assert tracked.issue is not None
    issue = replace(tracked.issue, status=to, closed=at)
    transitions = (*tracked.transitions, Transition(source=f"e{at}", at=at, to=to))
    return replace(tracked, issue=issue, transitions=transitions)


def plan(*items: TrackedItem, now: datetime, heard: Heard | None = None, by: NudgeRules = RULES) -> tuple[Step, ...]:
    return plan_nudges(Situation(items=items, reviews={"INC-1": a_header()}, heard=heard or Heard()), by, now)


def written(steps: tuple[Step, ...]) -> list[Writing]:
    return [step for step in steps if isinstance(step, Nudge | AskForEvidence)]


def names(steps: tuple[Step, ...]) -> list[str]:
    """The occasions that are written about."""
    return [occasion.name for step in written(steps) for occasion in step.occasions]


def why(steps: tuple[Step, ...]) -> str:
    """Why the only item is left in peace."""
    (step,) = steps
    assert isinstance(step, Quiet)
    return step.because


def said(heard: Heard, steps: tuple[Step, ...], at: datetime) -> Heard:
    """What is known once these steps were carried out."""
    known = dict(heard.said)
    for step in written(steps):
        new = tuple(Nudged(item=each.item, occasion=each.name, of=each.of, at=at) for each in step.occasions)
        known[step.issue_id] = (*known.get(step.issue_id, ()), *new)
    return replace(heard, said=known)


def answered(heard: Heard, at: datetime, issue: str = "host:1") -> Heard:
    """What is known once a person wrote a comment."""
    return replace(heard, answered={**heard.answered, issue: at})
