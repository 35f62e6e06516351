"""Brings an issue up to date without undoing what a person did there. Pure.

Base is the marker (what was last pushed), ours is the document, theirs is the tracker. A field that a person changed in
the tracker is left alone, and said.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, Struct, UnsetType

from sync.mapping import labels_of
from sync.marker import digest, find_commitments, parse_markers, render_marker, without_markers
from sync.port import Backlink, Patch, RemoteIssue
from sync.wording import render_adoption, render_backlink, render_text, render_title
from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tracker.model import Commitment, ReviewHeader

TEXT_LIMIT = 65_536
"""Longest issue text a tracker takes, in characters (GitHub)."""

Notes = tuple[str, ...]


class Merge(Struct, frozen=True, kw_only=True):
    """What to change, in the tracker's terms and in a person's; `notes` say what a person changed and keeps."""

    patch: Patch
    changes: Notes
    notes: Notes


def merge(base: Commitment, ours: Commitment, theirs: RemoteIssue, accounts: Mapping[str, str], place: str) -> Merge:
    """The changes that make the issue say what the document says, where nobody changed it in the tracker.

    Title, text and people are only touched on an issue that `track` created for this item. An adopted one gets labels,
    and a fresh note when the promise changed or its marker was taken out. Raises ValueError when a text is too long.
    """
    add, remove, notes = _labels(base, ours, theirs)
    unmarked = ours.key not in {commitment.key for commitment in find_commitments(theirs)}
    changed = unmarked or _facts(base) != _facts(ours)
    if not is_created_for(ours.key, theirs):
        comment = f"{render_adoption(ours, ())}\n\n{render_marker(ours)}" if changed else ""
        patch = Patch(add_labels=add, remove_labels=remove, comment=comment)
        return Merge(patch=patch, changes=_changes(base, ours, patch), notes=notes)
    title, title_notes = _title(base, ours, theirs)
    text, text_notes = _text(base, ours, theirs) if changed else (None, ())
    assign, unassign, people_notes = _people(base, ours, theirs, accounts, place)
    due, due_notes = _due(base, ours, theirs)
    patch = Patch(
        title=title,
        text=text,
        only_marker=bool(text_notes),
        add_labels=add,
        remove_labels=remove,
        add_assignees=assign,
        remove_assignees=unassign,
        due=due,
        backlink=None if base.review.url == ours.review.url else backlink_of(ours.review),
    )
    return Merge(
        patch=patch,
        changes=_changes(base, ours, patch),
        notes=(*title_notes, *text_notes, *notes, *people_notes, *due_notes),
    )


def backlink_of(review: ReviewHeader) -> Backlink | None:
    """The way back to the review, where it has an address."""
    if not is_web_link(review.url):
        return None
    return Backlink(review_id=review.id, title=render_backlink(review), url=review.url)


def is_created_for(key: str, remote: RemoteIssue) -> bool:
    """Whether `track` created this issue for this item and no other: its own text carries the marker."""
    return remote.trusted and [commitment.key for commitment in parse_markers(remote.text)] == [key]


def with_marker(readable: str, commitment: Commitment) -> str:
    """The whole text of an issue. Raises ValueError when it is longer than trackers take."""
    text = f"{readable}\n\n{render_marker(commitment)}"
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"its text would take {len(text)} characters; a tracker takes {TEXT_LIMIT}")
    return text


def assignee(owner: str | None, accounts: Mapping[str, str], place: str) -> tuple[str | None, Notes]:
    """The account to assign; nobody else is put in the place of an owner who cannot be."""
    if not owner:
        return None, ("nobody owns it: it stays unassigned",)
    account = accounts.get(owner)
    if account is None:
        return None, (f"{owner} cannot be assigned in {place}: it stays unassigned",)
    return account, ()


def _title(base: Commitment, ours: Commitment, theirs: RemoteIssue) -> tuple[str | None, Notes]:
    wanted = render_title(ours.item)
    if theirs.title == wanted:
        return None, ()
    if theirs.title == render_title(base.item):
        return wanted, ()
    return None, ("the title was changed in the tracker: left alone",)


def _text(base: Commitment, ours: Commitment, theirs: RemoteIssue) -> tuple[str, Notes]:
    readable = without_markers(theirs.text)
    if digest(readable) == base.digest:
        return with_marker(render_text(ours.review, ours.item), ours), ()
    return with_marker(readable, ours), ("the text was changed in the tracker: only the marker is renewed",)


def _labels(base: Commitment, ours: Commitment, theirs: RemoteIssue) -> tuple[Notes, Notes, Notes]:
    before, wanted = labels_of(base.review, base.item), labels_of(ours.review, ours.item)
    present = {label.casefold() for label in theirs.labels}
    add = tuple(label for label in wanted if label not in before and label.casefold() not in present)
    remove = tuple(label for label in before if label not in wanted and label.casefold() in present)
    taken_off = (label for label in wanted if label in before and label.casefold() not in present)
    return add, remove, tuple(f"the label {label} was taken off in the tracker: left alone" for label in taken_off)


def _people(
    base: Commitment, ours: Commitment, theirs: RemoteIssue, accounts: Mapping[str, str], place: str
) -> tuple[Notes, Notes, Notes]:
    """Accounts to assign, accounts to take off, notes."""
    before = accounts.get(base.item.owner or "")
    others = ", ".join(name for name in theirs.assignees if name != before)
    if ours.item.owner == base.item.owner:
        changed = before is not None and before not in theirs.assignees and others
        return (), (), (f"assigned to {others} in the tracker: left alone",) if changed else ()
    if others and before not in theirs.assignees:
        return (), (), (f"assigned to {others} in the tracker: left alone",)
    account, notes = assignee(ours.item.owner, accounts, place)
    add = (account,) if account and account not in theirs.assignees else ()
    remove = (before,) if before and before != account and before in theirs.assignees else ()
    return add, remove, notes


def _due(base: Commitment, ours: Commitment, theirs: RemoteIssue) -> tuple[date | UnsetType | None, Notes]:
    """The due date to set where the tracker keeps one; a date that a person moved there stays."""
    if not theirs.keeps_due or theirs.due == ours.item.due:
        return UNSET, ()
    if theirs.due == base.item.due:
        return ours.item.due, ()
    said = f"its due date in the tracker is {theirs.due}" if theirs.due else "it has no due date in the tracker"
    return UNSET, (f"{said}: left alone",)


def _facts(commitment: Commitment) -> Commitment:
    """The commitment without what changes with every push."""
    never = datetime.min.replace(tzinfo=UTC)
    return msgspec.structs.replace(commitment, pushed=never, moves=(), digest="")


def _changes(base: Commitment, ours: Commitment, patch: Patch) -> Notes:
    """What changes, for people."""
    said = [f"title → {ours.item.title}"] if patch.title is not None else []
    if base.item.due != ours.item.due:
        said.append(f"due {base.item.due or 'never'} → {ours.item.due or 'never'}")
    if base.item.owner != ours.item.owner:
        said.append(f"owner {base.item.owner or 'nobody'} → {ours.item.owner or 'nobody'}")
    said += [f"+ label {label}" for label in patch.add_labels]
    said += [f"- label {label}" for label in patch.remove_labels]
    if base.review != ours.review:
        said.append("the review's header")
    return tuple(said or ["what was promised"])
