"""Carries steps out in order, committing item by item, and yields an outcome for each.

A create is sent once, with as many items as the tracker takes: their intents are committed before, their links after. A
reply that never came leaves the intents standing; only a lookup or a grace time ends them. A rate limit that turned the
create away wrote nothing, so it may be sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import msgspec
from msgspec import Struct

from sync.plan import build_patch
from sync.port import Created, OutcomeUnknown, Refused, Rejected, TrackerAdapter
from sync.snapshot import build_snapshot
from sync.steps import Adopt, Create, Drop, Refuse, Settle, Step, Update, UpToDate, Wait
from sync.waiting import Waiting
from tracker.errors import TrackError, TryLater
from tracker.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sync.port import Patch


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
    for batch in batches(steps, hands.adapter.bulk):
        step = batch[0]
        match step:
            case Create():
                yield from _create(hands, [step for step in batch if isinstance(step, Create)])
            case Adopt():
                yield _change(hands, step.key, step.issue_id, step.ref, step.patch, "followed")
            case Update():
                text = f"updated: {', '.join(step.changes)}"
                yield _change(hands, step.key, step.issue_id, step.ref, step.patch, text)
            case Settle():
                text = f"{step.ref} is closed as a duplicate of {step.keep}: two machines had created this item"
                yield _change(hands, step.key, step.issue_id, step.ref, build_patch(step), text)
            case Drop():
                text = f"dropped: {step.ref} is closed as not planned"
                yield _change(hands, step.key, step.issue_id, step.ref, step.patch, text)
            case UpToDate():
                yield Outcome(key=step.key, result=Result.NOTHING, text=step.because, ref=step.ref)
            case Wait():
                yield Outcome(key=step.key, result=Result.WAITING, text=step.why, hint=step.hint)
            case Refuse():
                yield Outcome(key=step.key, result=Result.REFUSED, text=step.why, hint=step.hint)
            case _:
                assert_never(step)


def batches(steps: Sequence[Step], bulk: int) -> Iterator[Sequence[Step]]:
    """The steps in order, each by itself, but for creates that follow one another: up to `bulk` of them together."""
    start = 0
    while start < len(steps):
        end = start + 1
        while end < min(start + bulk, len(steps)) and all(isinstance(step, Create) for step in steps[start : end + 1]):
            end += 1
        yield steps[start:end]
        start = end


def _create(hands: Hands, steps: Sequence[Create]) -> Iterator[Outcome]:
    keys = [step.key for step in steps]
    hands.store.intend(keys, hands.adapter.name, hands.now())
    try:
        made = _send(hands, steps)
    except OutcomeUnknown as error:
        yield from (_unknown(key, error) for key in keys)
        return
    except TrackError:  # a clear no, or never sent; anything else leaves the outcome unknown
        hands.store.withdraw(keys)
        raise
    for step, result in zip(steps, made, strict=True):
        yield _keep_created(hands, step, result)


def _keep_created(hands: Hands, step: Create, result: Created | Rejected | OutcomeUnknown) -> Outcome:
    if isinstance(result, OutcomeUnknown):
        return _unknown(step.key, result)
    if isinstance(result, Rejected):
        hands.store.withdraw([step.key])
        return Outcome(key=step.key, result=Result.FAILED, text=result.message, hint=result.hint)
    remote = result.issue
    snapshot = build_snapshot(remote, hands.adapter.name)
    hands.store.save_snapshots([msgspec.structs.replace(snapshot, commitments=(step.commitment,))], hands.now())
    return Outcome(key=step.key, result=Result.DONE, text="created", ref=remote.ref, url=remote.url, notes=result.notes)


def _unknown(key: str, error: OutcomeUnknown) -> Outcome:
    hint = "Push again in a few minutes: it is looked up first, so no second issue is made."
    return Outcome(key=key, result=Result.UNKNOWN, text=error.message, hint=hint)


def _send(hands: Hands, steps: Sequence[Create]) -> list[Created | Rejected | OutcomeUnknown]:
    """Send the creates; again only when the tracker turned them away before reading them."""
    while True:
        if hands.now() >= hands.until:
            raise TryLater(
                f"{steps[0].key}: the time reserved for this push ran out", "Push again: it goes on with what is left."
            )
        try:
            return hands.adapter.create([step.draft for step in steps])
        except Refused as refusal:
            hands.waiting.pause(refusal.retry_after or 60.0, refusal)


def _change(hands: Hands, key: str, issue_id: str, ref: str, patch: Patch, text: str) -> Outcome:
    try:
        notes = hands.adapter.change(issue_id, ref, patch)
    except OutcomeUnknown as error:
        hint = "Push again: what arrived is compared first."
        return Outcome(key=key, result=Result.UNKNOWN, text=error.message, ref=ref, hint=hint)
    except Rejected as error:
        return Outcome(key=key, result=Result.FAILED, text=error.message, ref=ref, hint=error.hint)
    return Outcome(key=key, result=Result.DONE, text=text, ref=ref, notes=notes)
