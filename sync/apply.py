"""Carries steps out, one by one, committing item by item, and yields an outcome for each.

A create is sent once: its intent is committed before, its link after. A reply that never came leaves the intent
standing; only a lookup or a grace time ends it. A rate limit that turned the create away wrote nothing, so it may be
sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import msgspec
from msgspec import Struct

from sync.plan import build_patch
from sync.port import OutcomeUnknown, Refused, Rejected, TrackerAdapter
from sync.snapshot import build_snapshot
from sync.steps import Adopt, Create, Refuse, Settle, Step, Update, UpToDate, Wait
from sync.waiting import Waiting
from tracker.errors import TrackError, TryLater
from tracker.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import Patch, RemoteIssue


class Result(StrEnum):
    """What came of a step."""

    DONE = "done"
    NOTHING = "nothing to do"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    REFUSED = "refused"

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to look at it, or run the push again."""
        return self not in (Result.DONE, Result.NOTHING)


class Outcome(Struct, frozen=True, kw_only=True):
    """One item's outcome, for people and for `--json`. `notes` are what the plan could not know."""

    key: str
    result: Result
    text: str
    ref: str = ""
    url: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


class Hands(Struct, frozen=True, kw_only=True):
    """What carrying out needs: the store, the tracker, the wait budget, the clock, and when the claim runs out."""

    store: Store
    adapter: TrackerAdapter
    waiting: Waiting
    now: Callable[[], datetime]
    until: datetime


def apply_steps(hands: Hands, steps: tuple[Step, ...]) -> Iterator[Outcome]:
    """Carry the steps out in order. Raises TryLater or NotAuthorised when going on makes no sense."""
    for step in steps:
        match step:
            case Create():
                yield _create(hands, step)
            case Adopt():
                yield _change(hands, step.key, step.issue_id, step.ref, step.patch, "followed")
            case Update():
                text = f"updated: {', '.join(step.changes)}"
                yield _change(hands, step.key, step.issue_id, step.ref, step.patch, text)
            case Settle():
                text = f"{step.ref} is closed as a duplicate of {step.keep}: two machines had created this item"
                yield _change(hands, step.key, step.issue_id, step.ref, build_patch(step), text)
            case UpToDate():
                yield Outcome(key=step.key, result=Result.NOTHING, text=step.because, ref=step.ref)
            case Wait():
                yield Outcome(key=step.key, result=Result.WAITING, text=step.why, hint=step.hint)
            case Refuse():
                yield Outcome(key=step.key, result=Result.REFUSED, text=step.why, hint=step.hint)
            case _:
                assert_never(step)


def _create(hands: Hands, step: Create) -> Outcome:
    hands.store.intend(step.key, hands.adapter.name, hands.now())
    try:
        remote = _send(hands, step)
    except OutcomeUnknown as error:
        hint = "Push again in a few minutes: it is looked up first, so no second issue is made."
        return Outcome(key=step.key, result=Result.UNKNOWN, text=error.message, hint=hint)
    except Rejected as error:
        hands.store.withdraw(step.key)
        return Outcome(key=step.key, result=Result.FAILED, text=error.message, hint=error.hint)
    except TrackError:  # a clear no, or never sent; anything else leaves the outcome unknown
        hands.store.withdraw(step.key)
        raise
    snapshot = build_snapshot(remote, hands.adapter.name)
    hands.store.save_snapshots([msgspec.structs.replace(snapshot, commitments=(step.commitment,))], hands.now())
    return Outcome(
        key=step.key,
        result=Result.DONE,
        text="created",
        ref=remote.ref,
        url=remote.url,
        notes=_dropped(step, remote),
    )


def _send(hands: Hands, step: Create) -> RemoteIssue:
    """Send the create; again only when the tracker turned it away before reading it."""
    while True:
        if hands.now() >= hands.until:
            raise TryLater(
                f"{step.key}: the time reserved for this push ran out", "Push again: it goes on with what is left."
            )
        try:
            return hands.adapter.create(step.draft)
        except Refused as refusal:
            hands.waiting.pause(refusal.retry_after or 60.0, refusal)


def _change(hands: Hands, key: str, issue_id: str, ref: str, patch: Patch, text: str) -> Outcome:
    try:
        hands.adapter.change(issue_id, ref, patch)
    except OutcomeUnknown as error:
        hint = "Push again: what arrived is compared first."
        return Outcome(key=key, result=Result.UNKNOWN, text=error.message, ref=ref, hint=hint)
    except Rejected as error:
        return Outcome(key=key, result=Result.FAILED, text=error.message, ref=ref, hint=error.hint)
    return Outcome(key=key, result=Result.DONE, text=text, ref=ref)


def _dropped(step: Create, remote: RemoteIssue) -> tuple[str, ...]:
    """What the tracker left out without a word: GitHub does, for an account without write access."""
    present = {label.casefold() for label in remote.labels}
    labels = [label for label in step.draft.labels if label.casefold() not in present]
    people = [name for name in step.draft.assignees if name not in remote.assignees]
    return tuple(
        f"the tracker dropped {what}: `track doctor` says which permission is missing" for what in labels + people
    )
