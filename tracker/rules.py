"""Pure rules that several rooms of the house share: where an item stands at a time, what is late, what proves it.

Nothing here reads a clock: `as_of` and `today` are always given.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tracker.model import DueMove, Evidence, EvidenceKind, Status, TrackedItem
from tracker.recorded import Resolved, Waiver

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SAME_DAY = timedelta(days=1)
"""An issue is older than the promise only by more than this: clocks differ, and a review's day has no hour."""

LOST = (Status.MISSING, Status.MOVED)
"""The issue of an item cannot be read any more."""

ABSENT = (*LOST, Status.NOT_PUSHED)
"""No issue that can be read stands for an item: a store that never saw the lost one knows of none."""

_DONE, _OPEN, _IN_PROGRESS = Status.DONE, Status.OPEN, Status.IN_PROGRESS
"""Looked up once: an enum's members are slow to reach in Python 3.11, and items are many."""

_NOT_SLUG = re.compile(r"[^\w]+", re.UNICODE)


def slug(text: str) -> str:
    """The text as a label part, words joined by one hyphen: `Retry storm (client)` -> `retry-storm-client`."""
    return _NOT_SLUG.sub("-", text.strip().lower()).replace("_", "-").strip("-")


def status_at(tracked: TrackedItem, as_of: datetime) -> Status:
    """Where the item stood at `as_of`, replayed from the tracker's own history."""
    return standing_at(tracked, as_of)[0]


def standing_at(tracked: TrackedItem, as_of: datetime) -> tuple[Status, datetime | None]:
    """Where the item stood at `as_of`, and since when; None where no event says.

    Without an issue the document's word stands, where it says done or not planned: nothing else knows better.
    The last transition at or before `as_of` decides; one that says the same again (Jira: from Done to Closed) moves no
    date. Before the first one the item was open; before its issue existed
    it was not pushed. `in progress` has no dated event on every tracker, so it is only reported for the present.
    """
    issue = tracked.issue
    if issue is None:
        said = tracked.item.status
        return said if said in (Status.DONE, Status.NOT_PLANNED) else Status.NOT_PUSHED, None
    if issue.created > as_of:
        return Status.NOT_PUSHED, None
    standing = _OPEN
    since: datetime | None = None
    read: datetime | None = None
    later_change = False
    for transition in tracked.transitions:
        if transition.at > as_of:
            later_change = True
        elif read is None or transition.at >= read:
            read = transition.at
            if transition.to is not standing or since is None:
                standing, since = transition.to, transition.at
    if standing is _OPEN and issue.status is _IN_PROGRESS and not later_change:
        return _IN_PROGRESS, since
    return standing, since


def accepted_evidence(tracked: TrackedItem, as_of: datetime, accept: frozenset[EvidenceKind]) -> tuple[Evidence, ...]:
    """The pieces of evidence that existed at `as_of` and whose kind the config accepts."""
    return tuple(e for e in tracked.evidence if e.at <= as_of and e.kind in accept)


class Span(NamedTuple):
    """A time during which something stood; `end` is None while it still does."""

    start: datetime
    end: datetime | None


def closed_spans(tracked: TrackedItem, until: datetime) -> tuple[Span, ...]:
    """The times at which the item was closed as done, in order, as of `until`.

    A span ends when the issue is opened again or its close is put in other words (not planned, duplicate). An issue
    that is lost afterwards was done all the same.
    """
    return _spans_of(Status.DONE, tracked, until)


def not_planned_spans(tracked: TrackedItem, until: datetime) -> tuple[Span, ...]:
    """The times at which the item was closed as not planned, in order, as of `until`; a loss afterwards ends none."""
    return _spans_of(Status.NOT_PLANNED, tracked, until)


def _spans_of(status: Status, tracked: TrackedItem, until: datetime) -> tuple[Span, ...]:
    spans: list[Span] = []
    start: datetime | None = None
    for at, _source, to in sorted((t.at, t.source, t.to) for t in tracked.transitions if t.at <= until):
        if to is status:
            start = start or at
        elif start is not None and to not in LOST:
            spans.append(Span(start, at))
            start = None
    return (*spans, Span(start, None)) if start is not None else tuple(spans)


def accepted_spans(tracked: TrackedItem, until: datetime, accept: frozenset[EvidenceKind]) -> tuple[Span, ...]:
    """The times at which an accepted completion stood: closed as done, with a piece of accepted evidence by then."""
    shown = min([e.at for e in tracked.evidence if e.at <= until and e.kind in accept], default=None)
    if shown is None:
        return ()
    if len(tracked.transitions) == 1:  # nearly all items: looked at a hundred thousand at a time
        (only,) = tracked.transitions
        return (Span(max(only.at, shown), None),) if only.to is _DONE and only.at <= until else ()
    return tuple(
        Span(max(span.start, shown), span.end)
        for span in closed_spans(tracked, until)
        if span.end is None or shown < span.end
    )


def follow_due(tracked: TrackedItem, moved: tuple[DueMove, ...]) -> TrackedItem:
    """The item with the due date that its issue has, and every move of it once, oldest first.

    The promise (`first_due`) stays what was pushed; where nothing was, it is the date that the issue had then. A date
    that was taken away in the tracker is no release from the promise: the last one pushed stands. What happened to the
    issue before the promise is none of its business, and an older issue that was only adopted does not set its date.
    """
    issue = tracked.issue
    if issue is None or (issue.due is None and not moved):
        return tracked
    is_adopted = issue.created < tracked.committed - SAME_DAY
    if is_adopted and tracked.item.due is not None:
        return tracked
    moved = tuple(move for move in moved if move.at >= tracked.committed - SAME_DAY)
    seen = {(move.before, move.to) for move in moved}
    moves = (*moved, *(move for move in tracked.moves if (move.before, move.to) not in seen))
    return msgspec.structs.replace(
        tracked,
        item=msgspec.structs.replace(tracked.item, due=issue.due or tracked.item.due),
        first_due=tracked.first_due or (moved[0].before if moved else issue.due),
        moves=tuple(sorted(moves, key=lambda move: move.at)),
    )


def is_overdue(tracked: TrackedItem, as_of: datetime, today: date) -> bool:
    """Live, not waived, and its current due date is before `today` (the day of `as_of` in the report's zone)."""
    due = tracked.item.due
    if due is None or due >= today or not status_at(tracked, as_of).is_live:
        return False
    return waiver_at(tracked, as_of, today) is None


def in_force(waivers: tuple[Waiver, ...]) -> tuple[Waiver, ...]:
    """The waivers, oldest first, each until the last day that it really held: a later one takes its place."""
    kept: list[Waiver] = []
    last: date | None = None
    for waiver in reversed(waivers):
        last = waiver.until if last is None else min(waiver.until, last)
        kept.append(waiver if last == waiver.until else msgspec.structs.replace(waiver, until=last))
    return tuple(reversed(kept))


def waiver_at(tracked: TrackedItem, at: datetime, today: date) -> Waiver | None:
    """The waiver in force: recorded by then, and not run out on that day; of several the one that lasts longest."""
    in_force = [waiver for waiver in tracked.waivers if waiver.at <= at and waiver.until >= today]
    return max(in_force, key=lambda waiver: (waiver.until, waiver.at), default=None)


def is_gone(tracked: TrackedItem, at: datetime) -> bool:
    """Whether the last thing recorded by then of what became of its issue is that it is gone on purpose."""
    recorded = [resolution.how for resolution in tracked.resolutions if resolution.at <= at]
    return bool(recorded) and recorded[-1] is Resolved.GONE


def due_from_slo(severity: str, reviewed: date, slo: Mapping[str, timedelta]) -> date | None:
    """The due date that the service level of this severity gives an item without one; None without such a level."""
    allowed = slo.get(severity.lower(), slo.get("default"))
    return None if allowed is None else reviewed + allowed
