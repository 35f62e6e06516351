"""Records a decision in the tracker: look, plan, then (when told to) look again, send once, and read it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.apply import Outcome, Result
from sync.decide import Record, is_done
from sync.port import Absent, Known, OutcomeUnknown, Refused, Rejected
from sync.snapshot import build_snapshot
from sync.steps import UpToDate
from tracker.errors import NeedsAPerson, TrackError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sync.decide import Step
    from sync.port import RemoteIssue, TrackerAdapter
    from sync.waiting import Waiting
    from tracker.store import Store


class Decider:
    """Records decisions in the issues of one tracker. Whatever it reads, it keeps in the store."""

    def __init__(self, store: Store, adapter: TrackerAdapter, waiting: Waiting, now: Callable[[], datetime]) -> None:
        self._store, self._adapter, self._waiting, self._now = store, adapter, waiting, now

    @property
    def place(self) -> str:
        """The project, as people know it."""
        return self._adapter.home

    def look(self, issue_id: str, ref: str) -> RemoteIssue:
        """An issue as it is this moment, wherever it moved. Raises NeedsAPerson when it cannot be read."""
        (found,) = self._adapter.fetch([Known(id=issue_id, ref=ref)])
        if isinstance(found, Absent):
            raise NeedsAPerson(
                f"{ref} cannot be read ({found.why})",
                "Nothing was written. After `track sync` has missed it twice, `track resolve` says what became of it.",
            )
        self._keep(found)
        return found

    def find(self, link: str) -> RemoteIssue | None:
        """The issue of this project that a person names; None for anything else."""
        found = self._adapter.find(link)
        if found is not None:
            self._keep(found)
        return found

    def record(self, issue_id: str, ref: str, plan: Callable[[RemoteIssue], Step]) -> Outcome:
        """Carry out what the plan says of the issue now: a person may have taken minutes to say yes."""
        step = plan(self.look(issue_id, ref))
        if isinstance(step, Record):
            return self.send(step)
        if isinstance(step, UpToDate):
            return Outcome(key=step.key, result=Result.NOTHING, text=step.because, ref=step.ref)
        return Outcome(key=step.key, result=Result.REFUSED, text=step.why, hint=step.hint)

    def send(self, step: Record) -> Outcome:
        """Send what a step says, once. Without an answer it is looked for, and never sent again here."""
        lost: OutcomeUnknown | None = None
        notes: tuple[str, ...] = ()
        try:
            notes = self._send(step)
        except OutcomeUnknown as error:
            lost = error
        except Rejected as no:
            return Outcome(key=step.key, result=Result.FAILED, text=no.message, ref=step.ref, hint=no.hint)
        seen = self._read_back(step)
        if lost is not None and not seen:
            hint = "Run it again in a few minutes: it is looked for first, so nothing is written twice."
            return Outcome(key=step.key, result=Result.UNKNOWN, text=lost.message, ref=step.ref, hint=hint)
        if lost is not None:
            notes = ("the answer was lost; it was looked for, and is there",)
        elif not seen:
            why = f"it is written, but cannot be read back yet; if `track sync` does not read it, {self.place}"
            notes = (*notes, f"{why} does not let this account write, and what it says is not believed")
        return Outcome(key=step.key, result=Result.DONE, text=step.says, ref=step.ref, notes=notes)

    def _send(self, step: Record) -> tuple[str, ...]:
        """Again only where a rate limit turned it away: a comment is the last thing sent, and was then not written."""
        while True:
            try:
                return self._adapter.change(step.issue_id, step.ref, step.patch)
            except Refused as refusal:
                if step.patch.close_as:  # then it was not the last thing
                    raise
                self._waiting.pause(refusal.retry_after or 60.0, refusal)

    def _read_back(self, step: Record) -> bool:
        try:
            return is_done(step, self.look(step.issue_id, step.ref))
        except TrackError:  # what was sent is sent: the next sync reads it
            return False

    def _keep(self, remote: RemoteIssue) -> None:
        self._store.save_snapshots([build_snapshot(remote, self._adapter.name)], self._now())
