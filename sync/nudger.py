"""Writes reminders into one tracker: claim, look at each issue once more, send once, and read it back.

The claim keeps other machines off while this one writes; the look finds what they wrote before. A reminder without an
answer is said to be unknown, never sent again here, and looked for by its marker in the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sync.apply import Outcome, Result
from sync.nudge_steps import AskForEvidence, Quiet, Writing, build_patch
from sync.nudging import freshen, hear, plan_nudges
from sync.port import Absent, Known, OutcomeUnknown, Patch, Refused, Rejected, TrackerAdapter
from sync.snapshot import build_snapshot
from sync.waiting import Waiting
from tracker.errors import TrackError, TryLater
from tracker.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.nudge_steps import NudgeRules, Situation
    from sync.port import Claim
    from tracker.model import Snapshot, TrackedItem

CLAIM = "follow-through-claim:nudges"
"""The claim that a machine holds while it reminds: one for each tracker."""

SECONDS_A_NUDGE = 5


class NudgeHands(Struct, frozen=True, kw_only=True):
    """What writing needs: the store, the tracker, the wait budget, the clock; `check` may raise Stop between two."""

    store: Store
    adapter: TrackerAdapter
    waiting: Waiting
    now: Callable[[], datetime]
    say: Callable[[str], None] = lambda _message: None
    check: Callable[[], None] = lambda: None


class Nudger:
    """Reminds on the issues of one tracker. Whatever it reads, it keeps in the store."""

    def __init__(self, hands: NudgeHands, situation: Situation, rules: NudgeRules) -> None:
        self._hands, self._situation, self._rules = hands, situation, rules
        self._items = _by_issue(situation.items)
        self._unsure = False

    def carry_out(self, steps: Sequence[Writing]) -> Iterator[Outcome]:
        """Write what was planned, as far as it still holds. Raises TryLater when another machine is at it."""
        hands = self._hands
        sending = timedelta(seconds=SECONDS_A_NUDGE * len(steps) + hands.waiting.left)
        until = hands.now() + sending
        claim = self._claim(sending + self._rules.grace)
        try:
            for step in steps:
                hands.check()
                if hands.now() >= until:
                    raise TryLater(
                        "the time reserved for these reminders ran out", "The next run goes on with the rest."
                    )
                yield from self._carry_out(step)
        finally:
            self._release(claim)

    def _carry_out(self, step: Writing) -> Iterator[Outcome]:
        """One comment; an outcome for each item that it names."""
        snapshot = self._look(step)
        if snapshot is None:
            yield from _outcomes(step, Result.NOTHING, "its issue cannot be read just now")
            return
        fresh = self._plan_again(step, snapshot)
        if isinstance(fresh, str):
            yield from _outcomes(step, Result.NOTHING, fresh)
            return
        yield from self._send(fresh)

    def _look(self, step: Writing) -> Snapshot | None:
        """The issue as it is this moment, wherever it moved; None where it cannot be read."""
        (found,) = self._hands.adapter.fetch([Known(id=step.issue_id, ref=step.ref)])
        if isinstance(found, Absent):
            return None
        snapshot = build_snapshot(found, self._hands.adapter.name)
        self._hands.store.save_snapshots([snapshot], self._hands.now())
        said = {(each.item, each.occasion, each.of) for each in snapshot.nudges}
        self._hands.store.settle_nudges([each for each in step.occasions if each in said])
        return snapshot

    def _plan_again(self, step: Writing, snapshot: Snapshot) -> Writing | str:
        """The same step for the issue as it is now, or why it does not hold any more."""
        items = [freshen(tracked, snapshot) for tracked in self._items.get(step.issue_id, ())]
        situation = replace(self._situation, items=items, heard=hear(self._situation.heard, snapshot))
        again = plan_nudges(situation, self._rules, self._hands.now())
        for each in again:
            if type(each) is type(step) and each.occasions == step.occasions:
                return each
        planned = {occasion.item for occasion in step.occasions}
        since = [each.because for each in again if isinstance(each, Quiet) and each.key in planned]
        return since[0] if since else "its issue has changed since; the next run decides anew"

    def _send(self, step: Writing) -> Iterator[Outcome]:
        """Send once. Without an answer it is looked for, and never sent again here."""
        if not step.comment:
            yield from _outcomes(step, Result.DONE, "asked before; opened again", notes=self._open_again(step))
            return
        store, lost = self._hands.store, ""
        store.note_nudges(step.occasions, self._hands.now())
        try:
            self._write(step)
        except OutcomeUnknown as error:
            lost = error.message
        except Rejected as no:
            store.settle_nudges(step.occasions)
            yield from _outcomes(step, Result.FAILED, no.message, hint=no.hint)
            return
        except TrackError:  # never sent, or turned away: nothing was written
            store.settle_nudges(step.occasions)
            raise
        if not lost:
            store.note_nudges(step.occasions, self._hands.now(), accepted=True)
        is_there = self._read_back(step)
        if lost and not is_there:
            self._unsure = True
            hint = "It is looked for in the next run, and not sent again before it is sure that it never arrived."
            yield from _outcomes(step, Result.UNKNOWN, lost, hint=hint)
            return
        notes = ("the answer was lost; it was looked for, and is there",) if lost else ()
        if not is_there:
            notes = (f"it cannot be read back; if it stays so, {self._hands.adapter.home} does not let us write",)
        yield from _outcomes(step, Result.DONE, _done(step), notes=(*notes, *self._open_again(step)))

    def _write(self, step: Writing) -> None:
        """Again only where a rate limit turned it away: a comment is all that is sent, and was then not written."""
        while True:
            try:
                self._hands.adapter.change(step.issue_id, step.ref, build_patch(step))
            except Refused as refusal:
                self._hands.waiting.pause(refusal.retry_after or 60.0, refusal)
            else:
                return

    def _read_back(self, step: Writing) -> bool:
        try:
            snapshot = self._look(step)
        except TrackError:  # what was sent is sent: the next run reads it
            return False
        said = {(each.item, each.occasion, each.of) for each in snapshot.nudges} if snapshot is not None else set()
        return said.issuperset(step.occasions)

    def _open_again(self, step: Writing) -> tuple[str, ...]:
        """Open the issue again where the step says so; what went wrong, for people."""
        if not isinstance(step, AskForEvidence) or not step.reopen:
            return ()
        try:
            notes = self._hands.adapter.change(step.issue_id, step.ref, Patch(reopen=True))
            self._look(step)
        except TrackError as error:
            return (f"it may not be open again ({error.message}): look at it",)
        return notes

    def _claim(self, hold: timedelta) -> Claim:
        """Keep other machines from reminding at the same moment: the tracker itself hands the claim to one of us."""
        adapter, holder = self._hands.adapter, self._hands.store.machine()
        hint = "The next run goes on: nothing is said twice."
        try:
            claim = adapter.claim(CLAIM, holder, int(hold.total_seconds()))
        except OutcomeUnknown as lost:
            raise TryLater(f"{lost.message}; no reminder was sent", hint) from lost
        if claim.holder != holder:
            raise TryLater(f"another machine is reminding in {adapter.home} (until {claim.until:%H:%M} UTC)", hint)
        return claim

    def _release(self, claim: Claim) -> None:
        """Give the claim back, unless an outcome is unknown: then it keeps other machines off for the grace time."""
        if self._unsure:
            return
        try:
            self._hands.adapter.release(claim)
        except TrackError as error:
            self._hands.say(f"the claim could not be given back ({error.message}); it runs out by itself")


def _by_issue(items: Sequence[TrackedItem]) -> Mapping[str, Sequence[TrackedItem]]:
    found: dict[str, list[TrackedItem]] = {}
    for tracked in items:
        if tracked.issue is not None:
            found.setdefault(tracked.issue.id, []).append(tracked)
    return found


def _done(step: Writing) -> str:
    return "asked for evidence" if isinstance(step, AskForEvidence) else "reminded"


def _outcomes(
    step: Writing, result: Result, text: str, *, hint: str = "", notes: tuple[str, ...] = ()
) -> Iterator[Outcome]:
    for occasion in step.occasions:
        yield Outcome(key=occasion.item, result=result, text=text, ref=step.ref, url=step.url, hint=hint, notes=notes)
