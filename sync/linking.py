"""Decides what it writes when a person says that an issue which exists stands for an item. Pure.

It is the same note as a push writes into an issue that a row points at, with the decision in it: so one comment says
both, and there is no moment at which only half of it is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.decide import Record, take_turn, write_decision
from sync.decision_marker import find_decisions
from sync.mapping import labels_of
from sync.marker import render_marker
from sync.plan import build_commitment, is_ours_to_close
from sync.port import Patch, RemoteIssue
from sync.steps import Refuse, UpToDate
from sync.threeway import TEXT_LIMIT, backlink_of
from sync.wording import render_adoption, render_replaced, render_resolution
from tracker.model import Commitment, Issue, Review, ReviewHeader, TrackedItem
from tracker.recorded import Resolution
from tracker.rules import LOST

if TYPE_CHECKING:
    from sync.decide import Step


class Linking(Struct, frozen=True, kw_only=True):
    """What the decision depends on.

    `base` is what was last pushed for the item, None where nothing was; `earlier` what other items ask of the target.
    `waits_since` is when a create for the item was sent that got no answer. With `instead` it may take the place of an
    issue that is not lost.
    """

    tracked: TrackedItem
    header: ReviewHeader
    target: RemoteIssue
    resolution: Resolution
    now: datetime
    base: Commitment | None = None
    earlier: tuple[Commitment, ...] = ()
    waits_since: datetime | None = None
    instead: bool = False


def plan_link(linking: Linking) -> Step:
    """Follow the target for the item: labels, and one note that says why and since when."""
    tracked, target = linking.tracked, linking.target
    key, standing = tracked.key, tracked.issue
    if linking.waits_since is not None:
        why = f"a create of {linking.waits_since:%Y-%m-%d %H:%M} UTC got no answer: its issue may be there"
        return Refuse(key=key, why=why, hint=f"`track push` the review of {key} first: it looks it up.")
    if standing is not None and standing.id == target.id:
        return UpToDate(key=key, ref=target.ref, because="it stands for the item already")
    if standing is not None and standing.id != target.id and standing.status not in LOST and not linking.instead:
        why = f"{standing.ref} stands for it ({standing.status})"
        return Refuse(key=key, why=why, hint=f"`--instead` puts {target.ref} in its place.")
    try:
        return _follow(linking)
    except ValueError as error:
        return Refuse(key=key, why=str(error), hint="Shorten the item or the review's header.")


def plan_replaced(key: str, old: Issue, remote: RemoteIssue, keep: str) -> Record | None:
    """Close the issue that stood for the item before; None where that is a person's to do, or done."""
    if not old.status.is_live or not is_ours_to_close(key, remote):
        return None
    patch = Patch(comment=render_replaced(key, keep), close_as="duplicate")
    return Record(key=key, issue_id=old.id, ref=old.ref, says=f"close it as a duplicate of {keep}", patch=patch)


def _follow(linking: Linking) -> Step:
    tracked, target = linking.tracked, linking.target
    key, standing = tracked.key, tracked.issue
    # Whatever was said there before, another issue stands for the item by now: it is said anew.
    decision = take_turn(key, linking.resolution, find_decisions(target))
    item = linking.base.item if linking.base else tracked.item
    review = Review(header=linking.header, items=(item,))
    commitment = build_commitment(review, item, linking.now, linking.base)
    lost = standing.ref if standing is not None and standing.id != target.id else ""
    sentence = render_resolution(key, linking.resolution, lost)
    note = f"{sentence}\n\n{render_adoption(commitment, linking.earlier)}\n\n{render_marker(commitment)}"
    comment = write_decision(note, decision)
    if len(comment) > TEXT_LIMIT:
        raise ValueError(f"the note would take {len(comment)} characters; a tracker takes {TEXT_LIMIT}")
    present = {label.casefold() for label in target.labels}
    missing = tuple(label for label in labels_of(linking.header, item) if label.casefold() not in present)
    return Record(
        key=key,
        issue_id=target.id,
        ref=target.ref,
        says=f"follow it for {key}, “{item.title}”: a note and labels{f', in the place of {lost}' if lost else ''}",
        patch=Patch(add_labels=missing, comment=comment, backlink=backlink_of(linking.header)),
        decision=decision,
        notes=_left_behind(linking),
    )


def _left_behind(linking: Linking) -> tuple[str, ...]:
    """That the evidence of the issue whose place is taken does not come along: it belongs to that issue."""
    standing = linking.tracked.issue
    if standing is None or standing.id == linking.target.id or not linking.tracked.evidence:
        return ()
    pieces = len(linking.tracked.evidence)
    what = "1 piece of evidence stays" if pieces == 1 else f"{pieces} pieces of evidence stay"
    return (f"{what} on {standing.ref}: `track evidence {linking.tracked.key} URL` records one again",)
