"""Sets up what records decisions: the facts, the store, and for each tracker what writes into it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sync.decide import (
    check_until,
    plan_answer,
    plan_evidence,
    plan_gone,
    plan_waiver,
    plan_waiver_end,
    refuse_without_issue,
)
from sync.deciding import Decider
from sync.steps import Refuse
from tracker.errors import UsageProblem
from tracker.recorded import Answer, Resolution, Resolved, Waiver
from tracker.rules import LOST
from tracker.runs.basis import load_zone
from tracker.runs.items import find_item
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sync.apply import Outcome
    from sync.decide import Step
    from sync.port import RemoteIssue
    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Tracker
    from tracker.model import Facts, Issue, ReviewHeader, TrackedItem
    from tracker.recorded import Reply
    from tracker.store import Store

TEXT_LIMIT = 1_000
NAME_LIMIT = 100
"""Characters of a reason or note, and of a name: `sync.decision_marker` believes no more."""


class Act(NamedTuple):
    """Something to record: what writes it, into which issue, and what the plan says once that has been read."""

    decider: Decider
    issue_id: str
    ref: str
    plan: Callable[[RemoteIssue], Step]

    def look(self) -> Step:
        """What would be written, as things stand now."""
        return self.plan(self.decider.look(self.issue_id, self.ref))

    def carry_out(self) -> Outcome:
        """Write it, after another look."""
        return self.decider.record(self.issue_id, self.ref, self.plan)


class Desk:
    """Where decisions are made: what is known, and the way into each tracker. Nothing is sent before an act is."""

    def __init__(self, app: App, store: Store, waiting: Waiting) -> None:
        self.app, self.store, self.waiting = app, store, waiting
        self.facts: Facts = store.load_facts()
        self._deciders: dict[str, Decider] = {}

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.app.now()

    @property
    def today(self) -> date:
        """The day, in the config's zone."""
        return self.now.astimezone(load_zone(self.app.config.time_zone)).date()

    def item(self, named: str) -> TrackedItem:
        """The item that is meant."""
        return find_item(self.facts, named)

    def header(self, review_id: str) -> ReviewHeader:
        """The review of an item."""
        return next(review for review in self.facts.reviews if review.id == review_id)

    def tracker(self, name: str, wanted_by: str) -> Tracker:
        """The tracker of that name in the config. Raises InvalidInput where it is there no more."""
        return self.app.tracker(name, wanted_by)

    def decider(self, tracker: Tracker) -> Decider:
        """What writes into a tracker."""
        if tracker.name not in self._deciders:
            adapter = self.app.adapter(tracker, self.waiting)
            self._deciders[tracker.name] = Decider(self.store, adapter, self.waiting, self.app.now)
        return self._deciders[tracker.name]

    def waive(self, named: str, *, reason: str, until: date, by: str) -> Act | Refuse:
        """Waive an item until the end of a day."""
        wrong = check_until(until, self.today)
        if wrong:
            hint = f"Name a day from {self.today} on, within a year: a waiver is looked at again."
            raise UsageProblem(f"--until {wrong}", hint)
        tracked = self.item(named)
        waiver = Waiver(at=self.now, until=until, reason=clean_text(reason, "--reason"), by=clean_name(by))
        return self._act(tracked, partial(plan_waiver, tracked, waiver=waiver))

    def end_waiver(self, named: str, *, reason: str, by: str) -> Act | Refuse:
        """End the waiver of an item with today."""
        tracked = self.item(named)
        end = Waiver(at=self.now, until=self.today, reason=clean_text(reason, "--reason"), by=clean_name(by))
        return self._act(tracked, partial(plan_waiver_end, tracked, end=end))

    def answer(self, named: str, reply: Reply, *, on: date | None, note: str, by: str) -> Act | Refuse:
        """Record what was said at a checkpoint."""
        tracked = self.item(named)
        day = choose_checkpoint(self.header(tracked.review_id), on, self.today)
        answer = Answer(at=self.now, on=day, answer=reply, note=clean_text(note, "--note"), by=clean_name(by))
        return self._act(tracked, partial(plan_answer, tracked, answer=answer))

    def evidence(self, named: str, url: str, note: str) -> Act | Refuse:
        """Link what shows that the change is real."""
        tracked = self.item(named)
        said = clean_text(note, "--note")
        return self._act(tracked, partial(plan_evidence, tracked, url=plain(url), note=said))

    def gone(self, named: str, *, reason: str, by: str) -> Act | Refuse:
        """Record that the issue of a lost item is gone on purpose: on another issue of its review."""
        tracked = self.item(named)
        refusal = refuse_unless_lost(tracked)
        if refusal is not None:
            return refusal
        resolution = Resolution(at=self.now, how=Resolved.GONE, note=clean_text(reason, "--gone"), by=clean_name(by))
        beside = self._beside(tracked)
        if beside is None:
            return Refuse(
                key=tracked.key,
                why=f"no issue of {tracked.review_id} is left to record it on, and nothing is kept in the store alone",
                hint=f"Take {tracked.item.id} out of the review document, and say there why.",
            )
        return self.act_on(tracked, beside, partial(plan_gone, tracked, resolution=resolution))

    def reload(self) -> None:
        """Know what was read since."""
        self.facts = self.store.load_facts()

    def _act(self, tracked: TrackedItem, plan: Callable[..., Step]) -> Act | Refuse:
        refusal = refuse_without_issue(tracked)
        if refusal is not None or tracked.issue is None:
            return refusal or Refuse(key=tracked.key, why="no issue stands for it", hint="Push it first.")
        return self.act_on(tracked, tracked.issue, plan)

    def act_on(self, tracked: TrackedItem, issue: Issue, plan: Callable[..., Step]) -> Act:
        """Something to record about an item in an issue that is known."""
        return Act(self.decider(self.tracker(issue.tracker, tracked.key)), issue.id, issue.ref, plan)

    def _beside(self, tracked: TrackedItem) -> Issue | None:
        """Another issue of the item's review that can be written into: an open one, where there is one."""
        issues = [
            item.issue
            for item in self.facts.items
            if item.review_id == tracked.review_id and item.issue is not None and item.issue.status not in LOST
        ]
        return min(issues, key=lambda issue: (not issue.status.is_live, issue.number, issue.id), default=None)


@contextmanager
def open_desk(app: App, say: Callable[[str], None]) -> Iterator[Desk]:
    """A desk, with the store open. Raises InvalidInput where a credential is missing."""
    app.check_credentials()
    with app.store() as store:
        yield Desk(app, store, app.waiting(say))


def choose_checkpoint(header: ReviewHeader, on: date | None, today: date) -> date:
    """The checkpoint that is meant: the one named, else the last one that is due, else the next one, else today.

    Raises UsageProblem for a day that is none of the review's.
    """
    days = sorted(header.checkpoints)
    if on is not None and days and on not in days:
        raise UsageProblem(
            f"{on} is no checkpoint of {plain(header.id)}", f"Its checkpoints: {', '.join(map(str, days))}."
        )
    if on is not None:
        return on
    due = [day for day in days if day <= today]
    return due[-1] if due else (days or [today])[0]


def refuse_unless_lost(tracked: TrackedItem) -> Refuse | None:
    """Why there is nothing to resolve; None where the item's issue is lost."""
    if tracked.issue is None:
        return refuse_without_issue(tracked)
    if tracked.issue.status not in LOST:
        why = f"it is not lost: {tracked.issue.ref} is {tracked.issue.status}"
        return Refuse(key=tracked.key, why=why, hint="`track link` puts another issue in its place.")
    return None


def clean_text(text: str, flag: str) -> str:
    """A reason or note on one line. Raises UsageProblem where it is too long."""
    said = plain(text)
    if len(said) > TEXT_LIMIT:
        raise UsageProblem(f"{flag} has {len(said)} characters; {TEXT_LIMIT} are possible", "Say it in fewer words.")
    return said


def clean_name(name: str) -> str:
    """Who decided, on one line. Raises UsageProblem where it is too long."""
    said = plain(name)
    if len(said) > NAME_LIMIT:
        raise UsageProblem(f"--by has {len(said)} characters; {NAME_LIMIT} are possible", "Name one person.")
    return said
