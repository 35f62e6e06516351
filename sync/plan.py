"""Decides what a push does with each item. Pure: a situation goes in, a tuple of steps comes out.

What an update changes is decided in `threeway`; which item is which, in `identity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import msgspec
from msgspec import Struct

from sync.identity import Ambiguous
from sync.mapping import labels_of
from sync.marker import digest, find_commitments, render_marker
from sync.port import Draft, Patch, RemoteIssue
from sync.steps import Adopt, Create, Drop, Refuse, Settle, Step, Update, UpToDate, Wait
from sync.threeway import assignee, backlink_of, is_created_for, merge, with_marker
from sync.wording import render_adoption, render_drop, render_duplicate, render_text, render_title
from tracker.model import ActionItem, Commitment, DueMove, Issue, Review, ReviewHeader, Status, item_key
from tracker.rules import LOST, due_from_slo
from tracker.text import is_web_link


class Marked(Struct, frozen=True, kw_only=True):
    """An issue that carries an item's marker: as kept in the store, and as just read where it could be."""

    commitment: Commitment
    issue: Issue
    remote: RemoteIssue | None = None


class Linked(Struct, frozen=True, kw_only=True):
    """What stands behind the issue link of a row; `earlier` is what other reviews asked for in the same issue."""

    link: str
    remote: RemoteIssue | None
    earlier: tuple[Commitment, ...] = ()


class Situation(Struct, frozen=True, kw_only=True):
    """All that the decision depends on.

    Mappings are by item key, but for `accounts` (owner -> account, only those who can be assigned) and `unmarked` (by
    title). `known` lists the issue that stands for the item first. `place` names the tracker's project for people.
    `drops` are the reasons for items that somebody dropped. `gone` are those for items that are gone on purpose, and
    `again` the items of which a person said that an issue is to be created in the place of a lost one.
    """

    review: Review
    now: datetime
    grace: timedelta
    ambiguous: tuple[Ambiguous, ...] = ()
    known: Mapping[str, tuple[Marked, ...]] = {}
    linked: Mapping[str, Linked] = {}
    intents: Mapping[str, datetime] = {}
    accounts: Mapping[str, str] = {}
    unmarked: Mapping[str, Issue] = {}
    slo: Mapping[str, timedelta] = {}
    place: str = ""
    drops: Mapping[str, str] = {}
    gone: Mapping[str, str] = {}
    again: frozenset[str] = frozenset()


def plan_push(situation: Situation) -> tuple[Step, ...]:
    """One step for each item of the document, then what duplicates and vanished items need."""
    other = _other_review(situation)
    if other:
        return tuple(_refuse_other(situation.review, item, other) for item in situation.review.items)
    steps: list[Step] = []
    for item in situation.review.items:
        try:
            steps += _plan_item(situation, _with_due(situation, item))
        except ValueError as error:
            key = item_key(situation.review.id, item.id)
            steps.append(Refuse(key=key, why=str(error), hint="Shorten the item or the review's header."))
    steps += [_refuse_ambiguous(situation.review, unclear) for unclear in situation.ambiguous]
    wanted = {item_key(situation.review.id, item.id) for item in situation.review.items}
    steps += [
        _plan_gone(situation, key, marked) for key, marked in sorted(situation.known.items()) if key not in wanted
    ]
    steps += [
        _refuse_drop(key, wanted) for key in sorted(situation.drops) if key in wanted or key not in situation.known
    ]
    return tuple(steps)


def _plan_gone(situation: Situation, key: str, marked: tuple[Marked, ...]) -> Step:
    """An item that the document no longer has: its issue is left alone until somebody drops it, with a reason."""
    issue, remote, reason = marked[0].issue, marked[0].remote, situation.drops.get(key, "")
    if issue.status is Status.NOT_PLANNED:
        return UpToDate(
            key=key, ref=issue.ref, because="the document no longer has it, and it is closed as not planned"
        )
    if not reason:
        note = f'`--drop {key.partition("/")[2]} --reason "…"` closes it as not planned'
        because = "the document no longer has it: its issue is left as it is"
        return UpToDate(key=key, ref=issue.ref, because=because, notes=(note,) if issue.status.is_live else ())
    if not issue.status.is_live or remote is None:
        why = f"{issue.ref} is {issue.status}" if not issue.status.is_live else f"{issue.ref} cannot be read just now"
        return Refuse(key=key, why=f"it cannot be dropped: {why}", hint="Leave it as it is, or push again later.")
    others = sorted(each.key for each in find_commitments(remote) if each.key != key)
    if others:
        why = f"it cannot be dropped: {issue.ref} is asked for by {', '.join(others)}, too"
        return Refuse(key=key, why=why, hint="Drop it there as well, or leave the issue as it is.")
    patch = Patch(comment=render_drop(situation.review.id, reason), close_as="not_planned")
    return Drop(key=key, issue_id=issue.id, ref=issue.ref, reason=reason, patch=patch)


def _refuse_drop(key: str, wanted: set[str]) -> Refuse:
    if key in wanted:
        return Refuse(key=key, why="it cannot be dropped: the document still has it", hint="Take it out of it first.")
    return Refuse(key=key, why="there is no such item to drop", hint="`track status` lists the items of a review.")


def plan_settle(key: str, marked: tuple[Marked, ...]) -> tuple[Settle, ...]:
    """Close the issues that two machines created for one item, but for the lowest number.

    Only issues that `track` created for this very item are closed: never one that a person opened and a review adopted,
    never one that other items share, and never again one that a person opened again.
    """
    keep, *others = marked
    if not keep.issue.status.is_live:  # somebody has decided about it since: no rule may undo that
        return ()
    return tuple(
        Settle(key=key, keep=keep.issue.ref, issue_id=other.issue.id, ref=other.issue.ref)
        for other in others
        if other.issue.status.is_live and other.remote is not None and is_ours_to_close(key, other.remote)
    )


def describe_twins(key: str, marked: tuple[Marked, ...]) -> tuple[str, ...]:
    """The other issues of an item that need no settling, or that settling leaves to a person; for people."""
    keep, *others = marked
    settling = {step.issue_id for step in plan_settle(key, marked)}
    return tuple(
        f"{issue.ref} is a duplicate of {keep.issue.ref}: both were made for this item"
        if issue.status is Status.DUPLICATE
        else f"{issue.ref} is for this item, too, and {issue.status}: {keep.issue.ref} stands for it"
        for issue in (other.issue for other in others)
        if issue.id not in settling
    )


def is_ours_to_close(key: str, remote: RemoteIssue) -> bool:
    """Whether no person and no other item has anything to do with an issue that `track` created for this one."""
    shared = {commitment.key for commitment in find_commitments(remote)} != {key}
    reopened = any(event.state.closed for event in remote.history)
    return is_created_for(key, remote) and not shared and not reopened


def build_patch(step: Settle) -> Patch:
    """What settling writes into the issue that loses."""
    return Patch(comment=render_duplicate(step.keep), close_as="duplicate")


def build_commitment(review: Review, item: ActionItem, now: datetime, base: Commitment | None) -> Commitment:
    """What the marker will hold. First due date and the day of the promise never change; a moved date is recorded."""
    promised = datetime.combine(review.header.reviewed, time(), UTC) if review.header.reviewed else now
    committed = base.committed if base else min(promised, now)
    moves = base.moves if base else ()
    if base and base.item.due and item.due and item.due != base.item.due:
        moves = (*moves, DueMove(at=now, before=base.item.due, to=item.due))
    return Commitment(
        review=review.header,
        item=msgspec.structs.replace(item, issues=(), evidence=(), status=None, line=0),
        committed=committed,
        pushed=max(now, base.pushed) if base else now,  # another machine's clock may be ahead
        first_due=(base.first_due if base and base.first_due else item.due),
        moves=moves,
        digest=digest(render_text(review.header, item)),
    )


def _plan_item(situation: Situation, item: ActionItem) -> tuple[Step, ...]:
    key = item_key(situation.review.id, item.id)
    marked = situation.known.get(key, ())
    if is_to_be_created_again(key, marked, situation.again):
        return (_plan_new(situation, item),)
    if key in situation.gone and (not marked or marked[0].issue.status in LOST):
        return (UpToDate(key=key, because=f"it is recorded as gone on purpose: {situation.gone[key]}"),)
    if marked:
        return (_plan_known(situation, item, marked), *plan_settle(key, marked))
    linked = situation.linked.get(key)
    if linked is not None:
        return (_plan_linked(situation, item, linked),)
    return (_plan_new(situation, item),)


def is_to_be_created_again(key: str, marked: tuple[Marked, ...], again: frozenset[str]) -> bool:
    """Whether a person asked for another issue, and every one that stood for the item is lost."""
    return key in again and all(each.issue.status in LOST for each in marked)


def _plan_new(situation: Situation, item: ActionItem) -> Step:
    key = item_key(situation.review.id, item.id)
    sent = situation.intents.get(key)
    if sent is not None and situation.now < sent + situation.grace:
        until = sent + situation.grace
        why = "an earlier create got no answer, and its issue has not been seen yet"
        hint = f"Push again after {until:%H:%M} UTC: it will be looked up first."
        return Wait(key=key, why=why, until=until, hint=hint)
    if item.status in (Status.DONE, Status.NOT_PLANNED):
        return UpToDate(key=key, because=f"the document says it is {item.status}, and names no issue")
    twin = situation.unmarked.get(render_title(item))
    if twin is not None:
        hint = f"Put {twin.ref} in the item's Issue column to follow it, or change the title."
        return Refuse(key=key, why=f"{twin.ref} has the same title, and no readable marker", hint=hint)
    account, notes = assignee(item.owner, situation.accounts, situation.place)
    known = situation.known.get(key, ())
    commitment = build_commitment(situation.review, item, situation.now, known[0].commitment if known else None)
    draft = Draft(
        title=render_title(item),
        text=with_marker(render_text(situation.review.header, item), commitment),
        labels=labels_of(situation.review.header, item),
        assignees=(account,) if account else (),
        due=item.due,
        backlink=backlink_of(situation.review.header),
    )
    return Create(key=key, draft=draft, commitment=commitment, notes=notes)


def _plan_linked(situation: Situation, item: ActionItem, linked: Linked) -> Step:
    key = item_key(situation.review.id, item.id)
    remote = linked.remote
    if remote is None:
        return _plan_elsewhere(situation, key, linked.link)
    commitment = build_commitment(situation.review, item, situation.now, None)
    note = f"{render_adoption(commitment, linked.earlier)}\n\n{render_marker(commitment)}"
    present = {label.casefold() for label in remote.labels}
    missing = tuple(x for x in labels_of(situation.review.header, item) if x.casefold() not in present)
    patch = Patch(add_labels=missing, comment=note, backlink=backlink_of(situation.review.header))
    return Adopt(key=key, issue_id=remote.id, ref=remote.ref, patch=patch, commitment=commitment)


def _plan_elsewhere(situation: Situation, key: str, link: str) -> Step:
    """A link to no issue of this tracker: to another one, where it is kept but not followed, or to nothing."""
    is_here = situation.place.casefold() in link.casefold()
    if is_web_link(link) and not is_here:
        because = f"its issue {link} is in a tracker that is not followed: it is kept as a link"
        note = "a `[trackers.…]` of the config, named by the review, would follow it"
        return UpToDate(key=key, because=because, notes=(note,))
    hint = f"Correct the link, or add the tracker it is in to the config. {situation.place} does not hold it."
    return Refuse(key=key, why=f"its issue {link} is not in a tracker that is followed", hint=hint)


def _plan_known(situation: Situation, item: ActionItem, twins: tuple[Marked, ...]) -> Step:
    marked = twins[0]
    key, issue = item_key(situation.review.id, item.id), marked.issue
    if issue.status in LOST:
        hint = f"Restore it, or say with `track resolve {key}` what became of it."
        return Refuse(key=key, why=f"its issue {issue.ref} is {issue.status} ({issue.note})", hint=hint)
    if marked.remote is None:
        return Refuse(key=key, why=f"its issue {issue.ref} cannot be read just now", hint="Push again later.")
    ours = build_commitment(situation.review, item, situation.now, marked.commitment)
    merged = merge(marked.commitment, ours, marked.remote, situation.accounts, situation.place)
    notes = (*merged.notes, *describe_twins(key, twins))
    if merged.patch == Patch():
        return UpToDate(key=key, ref=issue.ref, because="the issue says what the document says", notes=notes)
    return Update(
        key=key,
        issue_id=issue.id,
        ref=issue.ref,
        patch=merged.patch,
        commitment=ours,
        changes=merged.changes,
        notes=notes,
    )


def _with_due(situation: Situation, item: ActionItem) -> ActionItem:
    """An item without a due date gets the one its severity's service level gives."""
    header = situation.review.header
    if item.due is not None:
        return item
    known = situation.known.get(item_key(header.id, item.id), ())
    start = header.reviewed or (known[0].commitment.committed if known else situation.now).date()
    return msgspec.structs.replace(item, due=due_from_slo(header.severity, start, situation.slo))


def _other_review(situation: Situation) -> ReviewHeader | None:
    """The review pushed under this id, where it is plainly another incident: a copied id, a reused file name."""
    ours = situation.review.header
    for marked in situation.known.values():
        theirs = marked[0].commitment.review
        retitled = bool(theirs.title) and theirs.title.casefold() != ours.title.casefold()
        moved = theirs.started is not None and ours.started is not None and theirs.started != ours.started
        reclassed = bool(theirs.incident_class) and theirs.incident_class != ours.incident_class
        if retitled and (moved or reclassed):
            return theirs
    return None


def _refuse_other(review: Review, item: ActionItem, other: ReviewHeader) -> Refuse:
    began = f" of {other.started:%Y-%m-%d}" if other.started else ""
    return Refuse(
        key=item_key(review.id, item.id),
        why=f"{review.id} is already “{other.title}”{began}, which was pushed before",
        hint="Give this review an id of its own. If it is the same one, change title, class and times one at a time.",
    )


def _refuse_ambiguous(review: Review, unclear: Ambiguous) -> Refuse:
    return Refuse(
        key=f"{review.id}: line {unclear.item.line}",
        why=f"“{unclear.item.title}” could be any of {', '.join(unclear.candidates)}",
        hint="Give the table an ID column, or put the issue's link into the row.",
    )
