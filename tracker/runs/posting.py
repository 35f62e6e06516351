"""The weekly report as a comment on an issue: looked for before it is written, by whoever may write there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from reports.deliver.brief import brief_markdown, build_brief
from reports.deliver.plan import digest_of
from reports.deliver.sent import Uncertain
from reports.render.markdown import render_markdown
from sync.port import OutcomeUnknown, Patch
from tracker.errors import InvalidInput, TrackError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from reports.deliver.plan import Send
    from reports.weekly import WeeklyReport
    from sync.port import Claim, RemoteIssue, TrackerAdapter
    from tracker.config import IssueTarget, Tracker
    from tracker.store.deliveries import Slot

COMMENT_LIMIT = 60_000
"""Characters of a comment; trackers take 65,536 (GitHub), and count some characters as more than one."""

_WORKING_SECONDS = 60


def report_mark(slot: Slot, tracker: Tracker) -> str:
    """What tells the comment of a slot from any other, on every machine: hidden where it can be, or a line of code."""
    if not tracker.shows_markdown:
        return f"follow-through:report:v1 {slot.week.isoformat()} {digest_of(slot)}"
    told = {"week": slot.week.isoformat(), "target": slot.target, "team": slot.team}
    payload = msgspec.json.encode({key: value for key, value in told.items() if value}).decode()
    safe = payload.replace("<", r"\u003c").replace(">", r"\u003e").replace("--", r"-\u002d")
    return f"<!-- follow-through:report:v1 {safe} -->"


def render_comment(report: WeeklyReport, slot: Slot, tracker: Tracker, full_report: str) -> str:
    """The whole report where comments have tables and it fits into one, else in short."""
    mark = report_mark(slot, tracker)
    brief = brief_markdown(build_brief(report, full_report))
    if not tracker.shows_markdown:
        return f"{brief}\n\n`{mark}`"
    whole = render_markdown(report)
    return f"{whole if len(whole) <= COMMENT_LIMIT else brief}\n\n{mark}"


class Poster:
    """Writes the comment of one slot, once on whatever machine."""

    def __init__(self, adapter: TrackerAdapter, tracker: Tracker, target: IssueTarget, machine: str) -> None:
        self._adapter, self._tracker, self._target, self._machine = adapter, tracker, target, machine

    def post(self, step: Send, body: str, grace: timedelta, say: Callable[[str], None]) -> str:
        """Write it, unless it is there; gives what there is to say of it.

        Raises Uncertain where nobody can tell whether it was written; any other TrackError says that it was not.
        """
        if self._stands(step.slot):
            return "it stands there already"
        if step.look_only and step.until is not None:
            raise Uncertain(
                f"it is not on {self._target.issue} yet, and may still come",
                f"`track deliver` looks again, and writes it after {step.until:%H:%M} UTC.",
            )
        claim = self._claim(step.slot, grace)
        issue = self._find()
        if self._has_mark(issue, step.slot):
            self._release(claim, say)
            return "it stands there already"
        try:
            self._adapter.change(issue.id, issue.ref, Patch(comment=body))
        except OutcomeUnknown as error:  # the claim stays: until it runs out no other machine writes
            hint = "`track deliver` looks for it before it writes again."
            raise Uncertain(error.message, hint) from error
        except TrackError:
            self._release(claim, say)
            raise
        self._release(claim, say)
        return ""

    def _stands(self, slot: Slot) -> bool:
        return self._has_mark(self._find(), slot)

    def _find(self) -> RemoteIssue:
        issue = self._adapter.find(self._target.issue)
        if issue is None:
            raise InvalidInput(
                f"there is no issue {self._target.issue} on {self._tracker.place}",
                "Correct `issue` of the target, or `tracker`.",
            )
        return issue

    def _has_mark(self, issue: RemoteIssue, slot: Slot) -> bool:
        """Whether somebody who may write there wrote it: anybody else could keep the report away with its mark."""
        mark = report_mark(slot, self._tracker)
        return any(mark in comment.body for comment in issue.comments if comment.trusted)

    def _claim(self, slot: Slot, grace: timedelta) -> Claim:
        seconds = int(grace.total_seconds()) + _WORKING_SECONDS
        return take_claim(self._adapter, slot, self._machine, seconds)

    def _release(self, claim: Claim, say: Callable[[str], None]) -> None:
        release_claim(self._adapter, claim, say)


def take_claim(adapter: TrackerAdapter, slot: Slot, machine: str, seconds: int) -> Claim:
    """Keep other machines from delivering the same. Raises Elsewhere where one of them does."""
    name = f"follow-through-report:{digest_of(slot._replace(week=date.min))}"  # next week's takes the place of this one
    try:
        claim = adapter.claim(name, machine, seconds)
    except OutcomeUnknown as error:
        raise TryLater(f"{error.message}; nothing was sent", "Run `track deliver` again later.") from error
    if claim.holder != machine:
        raise Elsewhere(f"another machine delivers it (it said so until {claim.until:%Y-%m-%d %H:%M} UTC)")
    return claim


def release_claim(adapter: TrackerAdapter, claim: Claim, say: Callable[[str], None]) -> None:
    """Give the claim back; where that fails it runs out by itself."""
    try:
        adapter.release(claim)
    except TrackError as error:
        say(f"the claim on this delivery could not be given back ({error.message}); it runs out by itself")


class Elsewhere(TryLater):
    """Another machine has taken the delivery for itself."""
