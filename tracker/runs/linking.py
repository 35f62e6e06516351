"""Puts an issue in the place of none, or of a lost one: one that exists, or one that is created again."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sync.apply import Outcome, Result
from sync.decide import plan_recreated
from sync.linking import Linking, plan_link, plan_replaced
from sync.push import Pusher, PushRules
from sync.steps import Refuse, UpToDate
from tracker.errors import UsageProblem
from tracker.model import Review
from tracker.recorded import Resolution, Resolved
from tracker.rules import LOST
from tracker.runs.decisions import Act, clean_name, clean_text, refuse_unless_lost
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.decide import Step
    from sync.deciding import Decider
    from sync.port import RemoteIssue
    from sync.steps import Step as PushStep
    from tracker.app import App
    from tracker.model import Issue, TrackedItem
    from tracker.runs.decisions import Desk


def link_item(
    desk: Desk, named: str, issue: str, *, note: str, by: str, instead: bool = False, only_lost: bool = False
) -> tuple[Act | Refuse, ...]:
    """What it takes to let an issue that exists stand for an item; with `only_lost`, in the place of a lost one.

    Raises UsageProblem where no followed tracker holds the issue.
    """
    tracked = desk.item(named)
    decider, target = _find(desk, tracked, issue)
    desk.reload()
    tracked = desk.item(tracked.key)
    standing = tracked.issue
    refusal = refuse_unless_lost(tracked) if only_lost and (standing is None or standing.id != target.id) else None
    if refusal is not None:
        return (refusal,)
    resolution = Resolution(
        at=desk.now, how=Resolved.MOVED, to=target.url, note=clean_text(note, "--note"), by=clean_name(by)
    )
    linking = _gather(desk, tracked, target, resolution, instead=instead)
    first = Act(decider, target.id, target.ref, partial(_plan_with, linking))
    is_replaced = instead and standing is not None and standing.id != target.id and standing.status not in LOST
    if not is_replaced or standing is None:
        return (first,)
    return first, desk.act_on(tracked, standing, partial(_plan_old, tracked.key, standing, target.ref))


def _gather(desk: Desk, tracked: TrackedItem, target: RemoteIssue, resolution: Resolution, *, instead: bool) -> Linking:
    marked = desk.store.commitments(tracked.review_id).get(tracked.key, ())
    return Linking(
        tracked=tracked,
        header=desk.header(tracked.review_id),
        target=target,
        resolution=resolution,
        now=desk.now,
        base=marked[0][0] if marked else None,
        earlier=tuple(each for each in desk.store.commitments_on(target.id) if each.key != tracked.key),
        waits_since=desk.store.intents().get(tracked.key),
        instead=instead,
    )


def _plan_with(linking: Linking, remote: RemoteIssue) -> Step:
    return plan_link(msgspec.structs.replace(linking, target=remote))


def _plan_old(key: str, old: Issue, keep: str, remote: RemoteIssue) -> Step:
    step = plan_replaced(key, old, remote, keep)
    because = "it is left as it is: it is closed, or a person's or another item's too"
    return step or UpToDate(key=key, ref=old.ref, because=because)


def _find(desk: Desk, tracked: TrackedItem, issue: str) -> tuple[Decider, RemoteIssue]:
    """The issue, in the item's own tracker or in any other."""
    trackers = desk.app.config.trackers
    own = (tracked.issue.tracker if tracked.issue else "", desk.header(tracked.review_id).tracker)
    for name in sorted(trackers, key=lambda name: name not in own):
        decider = desk.decider(trackers[name])
        found = decider.find(issue)
        if found is not None:
            return decider, found
    places = ", ".join(tracker.place for tracker in trackers.values())
    raise UsageProblem(
        f"{plain(issue)} is in no tracker that is followed", f"Name an issue of {plain(places)}, or its address."
    )


class Recreation(NamedTuple):
    """A lost issue that is created again: the item, what pushes it, and the review with that item alone."""

    desk: Desk
    tracked: TrackedItem
    lost: str
    pusher: Pusher
    review: Review
    resolution: Resolution

    @property
    def place(self) -> str:
        """Where it is created, as people know it."""
        return self.pusher.place

    def plan(self) -> tuple[PushStep, ...]:
        """The steps, this item's alone."""
        return tuple(step for step in self.pusher.plan(self.review) if step.key == self.tracked.key)

    def carry_out(self, shown: tuple[PushStep, ...]) -> Iterator[Outcome]:
        """Create the issue, once, then record on it that a person wanted it."""
        for outcome in self.pusher.write(self.review, shown):
            if outcome.key == self.tracked.key and outcome.result is not Result.NOTHING:
                yield outcome
        issue = self.desk.store.commitments(self.review.id)[self.tracked.key][0][1]
        if issue.status not in LOST:
            yield self.record(issue).carry_out()

    def record(self, issue: Issue) -> Act:
        """Record it on the issue that was created."""
        made = msgspec.structs.replace(self.resolution, to=issue.url)
        plan = partial(plan_recreated, self.tracked, resolution=made, lost=self.lost)
        return self.desk.act_on(self.tracked, issue, plan)


@contextmanager
def open_recreation(
    app: App, desk: Desk, named: str, *, note: str, by: str, say: Callable[[str], None]
) -> Iterator[Recreation | Act | Refuse]:
    """What creates the issue of a lost item again; where that was done and is not recorded yet, what records it.

    Raises AnotherRun when a push is under way on this store.
    """
    tracked = desk.item(named)
    marked = desk.store.commitments(tracked.review_id).get(tracked.key, ())
    refusal = refuse_unless_lost(tracked)
    lost = [issue.ref for _commitment, issue in marked if issue.status in LOST]
    is_unrecorded = tracked.issue is not None and tracked.issue.url not in [each.to for each in tracked.resolutions]
    if not lost or (refusal is not None and not is_unrecorded):
        yield refusal or Refuse(key=tracked.key, why="it was never pushed", hint="`track push` its document.")
        return
    with app.lock("push"):
        recreation = _build(app, desk, tracked, lost[0], note=note, by=by, say=say)
        yield recreation if refusal is None else recreation.record(marked[0][1])


def _build(
    app: App, desk: Desk, tracked: TrackedItem, lost: str, *, note: str, by: str, say: Callable[[str], None]
) -> Recreation:
    header = desk.header(tracked.review_id)
    commitment = desk.store.commitments(tracked.review_id)[tracked.key][0][0]
    tracker = desk.tracker(header.tracker or (tracked.issue.tracker if tracked.issue else ""), tracked.key)
    rules = PushRules(
        grace=app.config.grace,
        kind=tracker.kind,
        people=app.config.people,
        again=frozenset((tracked.key,)),
        accept=app.config.accept,
        say=say,
    )
    resolution = Resolution(at=desk.now, how=Resolved.RECREATED, note=clean_text(note, "--note"), by=clean_name(by))
    pusher = Pusher(desk.store, app.adapter(tracker, desk.waiting), desk.waiting, app.now, rules)
    review = Review(header=header, items=(commitment.item,))
    return Recreation(desk, tracked, lost, pusher, review, resolution)
