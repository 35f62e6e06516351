"""What a push can do with one item. `--dry-run` prints exactly the steps that would be carried out.

A refusal, a wait and "nothing to do, because" are steps too: whoever reads the plan sees every item once.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sync.port import Draft, Patch
from tracker.model import Commitment


class Create(Struct, frozen=True, kw_only=True, tag="create"):
    """Create an issue for the item, once."""

    key: str
    draft: Draft
    commitment: Commitment
    notes: tuple[str, ...] = ()


class Adopt(Struct, frozen=True, kw_only=True, tag="adopt"):
    """Follow an issue that exists already: labels, and a note with the marker."""

    key: str
    issue_id: str
    ref: str
    patch: Patch
    commitment: Commitment
    notes: tuple[str, ...] = ()


class Update(Struct, frozen=True, kw_only=True, tag="update"):
    """Bring an issue up to date with the document; `changes` says what, `notes` what a person changed and keeps."""

    key: str
    issue_id: str
    ref: str
    patch: Patch
    commitment: Commitment
    changes: tuple[str, ...]
    notes: tuple[str, ...] = ()


class UpToDate(Struct, frozen=True, kw_only=True, tag="up-to-date"):
    """Nothing to do, because."""

    key: str
    because: str
    ref: str = ""
    notes: tuple[str, ...] = ()


class Wait(Struct, frozen=True, kw_only=True, tag="wait"):
    """Nothing can be decided before `until`."""

    key: str
    why: str
    until: datetime
    hint: str


class Refuse(Struct, frozen=True, kw_only=True, tag="refuse"):
    """Not without a person: why, and what to do."""

    key: str
    why: str
    hint: str


class Settle(Struct, frozen=True, kw_only=True, tag="settle"):
    """Two machines created the item: `keep` stays, `ref` is closed as its duplicate."""

    key: str
    keep: str
    issue_id: str
    ref: str


class Drop(Struct, frozen=True, kw_only=True, tag="drop"):
    """The review no longer asks for the item: say why on its issue, and close it as not planned."""

    key: str
    issue_id: str
    ref: str
    reason: str
    patch: Patch


Step = Create | Adopt | Update | UpToDate | Wait | Refuse | Settle | Drop
Writing = Create | Adopt | Update | Settle | Drop


def needs_a_person(step: Step) -> bool:
    """Whether the step leaves something that somebody has to look at."""
    return isinstance(step, Wait | Refuse)


def is_writing(step: Step) -> bool:
    """Whether carrying the step out changes the tracker."""
    return isinstance(step, Writing)


def describe(step: Step) -> tuple[str, str, tuple[str, ...]]:
    """A step for people: a sign, one line, and what should be known besides."""
    match step:
        case Create(draft=draft, notes=notes):
            people = f" → {step.commitment.item.owner}" if draft.assignees else ""
            due = f", due {step.commitment.item.due}" if step.commitment.item.due else ""
            return "+", f"create “{draft.title}”{people}{due}", (f"labels: {', '.join(draft.labels)}", *notes)
        case Adopt(ref=ref, patch=patch, notes=notes):
            labels = (f"labels to add: {', '.join(patch.add_labels)}",) if patch.add_labels else ()
            return "~", f"follow {ref}, which exists: a note and labels", (*labels, *notes)
        case Update(ref=ref, changes=changes, notes=notes):
            return "~", f"update {ref}: {'; '.join(changes)}", notes
        case Settle(keep=keep, ref=ref):
            return "-", f"close {ref} as a duplicate of {keep}: two machines created this item", ()
        case Drop(ref=ref, reason=reason):
            return "-", f"drop it: close {ref} as not planned, because: {reason}", ()
        case UpToDate(because=because, ref=ref, notes=notes):
            return "=", f"{f'{ref}: ' if ref else ''}nothing to do, {because}", notes
        case Wait(why=why, hint=hint):
            return "…", f"wait: {why}", (hint,)
        case Refuse(why=why, hint=hint):
            return "!", f"not pushed: {why}", (hint,)
