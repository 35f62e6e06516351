"""From when a class counts as fixed: the first review all of whose actions for it were accepted as complete. Pure.

The clock starts once and never moves later. Two mistakes would hide most returns of a class (measured): waiting for the
last completion of any review hides 22-34% of them, setting the clock back when an action is reopened 65-96%.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.deeds import cut
from tracker.rules import Span

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from reports.deeds import Aimed, Deed
    from reports.incidents import Occurrence

    _Candidate = tuple[datetime, str, Aimed, Mapping[str, tuple[datetime, ...]]]
    """The first completion of a set, its review, and the completions of each action."""


class History:
    """When the incidents of a class happened: each at its latest possible start, and at its earliest where asked."""

    def __init__(self, occurrences: Sequence[Occurrence] = ()) -> None:
        self.latest = sorted(one.latest_start for one in occurrences)
        self.earliest = sorted(one.started for one in occurrences)
        self._occurrences = occurrences

    def has_one(self, span: Span) -> bool:
        """Whether an incident happened after the span began and, where it ended, before that.

        Where only the day of one is known it may have been either: then it is taken to be within.
        """
        if span.end is None:
            return bisect_right(self.latest, span.start) < len(self.latest)
        return bisect_right(self.earliest, span.end) > bisect_right(self.latest, span.start)

    def next_after(self, moment: datetime) -> datetime | None:
        """The earliest moment at which the next incident after a moment may have started; None where there is none."""
        return min((one.started for one in self._occurrences if one.latest_start > moment), default=None)


class Promise(Struct, frozen=True, kw_only=True, gc=False):
    """One action aimed at a class: its first completion that counts, and when it was dropped before the class returned.

    Both are None while nothing came of it.
    """

    key: str
    committed: datetime
    completed: datetime | None
    dropped: datetime | None


class ActionSet(Struct, frozen=True, kw_only=True, gc=False):
    """The actions of one review for one class, without duplicates and those that left the set.

    `first` and `last` are the first and last completion (c1 and c2 where the set is complete).
    """

    review_id: str
    promises: tuple[Promise, ...]
    is_complete: bool
    done: int
    first: datetime | None
    last: datetime | None


class Clock(Struct, frozen=True, kw_only=True, gc=False):
    """What was done against a class: the set that counts, and every completion of any action aimed at it.

    `anchor` is None while nothing was completed. `completions` are in order of time, each named by its action.
    """

    anchor: ActionSet | None
    completions: tuple[tuple[datetime, str], ...]

    @property
    def first(self) -> datetime | None:
        """The first completion of the set (c1)."""
        return self.anchor.first if self.anchor else None

    @property
    def last(self) -> datetime | None:
        """The last completion of the set (c2), from which the clock runs; None while the set is not complete."""
        return self.anchor.last if self.anchor and self.anchor.is_complete else None


def build_clock(aimed: Iterable[Aimed], history: History, at: datetime) -> Clock:
    """The clock of a class at a moment: of the complete sets the first one's, else the earliest with a completion.

    `history` is when the incidents of the class happened.
    """
    sets: list[_Candidate] = []
    started: list[Aimed] = []
    marks: list[tuple[datetime, str]] = []
    for review in aimed:
        done = _completions(review, history, at) if review.is_tried else {}
        if not done:
            continue
        marks += [(when, key) for key, found in done.items() for when in found]
        started.append(review)
        if not _is_unfinished(review, done):
            sets.append((min(map(min, done.values())), review.review_id, review, done))
    anchor = _first_complete(sets, history, at)
    if anchor is None and started:
        first = min(started, key=lambda one: (one.begun, one.review_id))
        anchor = build_set(first, _completions(first, history, at), history, at)
    return Clock(anchor=anchor, completions=tuple(sorted(marks)))


def _first_complete(sets: Iterable[_Candidate], history: History, at: datetime) -> ActionSet | None:
    """The set that was complete first. One whose first completion came later than that need not be looked at."""
    best: ActionSet | None = None
    for earliest, review_id, review, done in sorted(sets, key=itemgetter(0, 1)):
        if best is not None and best.last is not None and earliest > best.last:
            break
        found = build_set(review, done, history, at)
        if found.is_complete and (best is None or (found.last, review_id) < (best.last, best.review_id)):
            best = found
    return best


def _is_unfinished(review: Aimed, done: Container[str]) -> bool:
    """Whether it shows at a glance that no part of the set was ever complete: an action of the first day is undone."""
    first_day = (deed for deed in review.deeds if deed.committed == review.first)
    return any(deed.key not in done and not deed.aside and not deed.duplicate for deed in first_day)


def _completions(review: Aimed, history: History, at: datetime) -> dict[str, tuple[datetime, ...]]:
    """The completions that count of each action that has any, by its key."""
    done = {}
    for deed in review.deeds:
        if deed.accepted and deed.committed <= at and not (deed.duplicate and _is_duplicate(deed, at)):
            found = _counting(deed, review.own, history, at)
            if found:
                done[deed.key] = found
    return done


def _counting(deed: Deed, own: datetime | None, history: History, at: datetime) -> tuple[datetime, ...]:
    """When the action was accepted as complete, in order.

    `own` is when the incident of its review happened. What was undone before the promise was made is no completion of
    it, and one that stood already counts from the incident.
    """
    found = []
    for start, end in cut(deed.accepted, at):
        if end is None or end > deed.committed:
            span = Span(start if own is None or own < start else own, end)
            if _counts(span, history):
                found.append(span.start)
    return tuple(found)


def _is_duplicate(deed: Deed, at: datetime) -> bool:
    return any(span.end is None for span in cut(deed.duplicate, at))


def _counts(span: Span, history: History) -> bool:
    """Whether it stands, or stood when the class next happened: what was taken back before that was an error."""
    return span.end is None or history.has_one(span)


def _dropped(deed: Deed, own: datetime | None, history: History, at: datetime) -> datetime | None:
    """When the action left the set: dropped before the class next happened, counted from its promise."""
    if not deed.aside:
        return None
    deadline = history.next_after(max(deed.committed, own or deed.committed))
    spans = [span for span in cut(deed.aside, at) if deadline is None or span.start <= deadline]
    return min((span.start for span in spans if _counts(span, history)), default=None)


def build_set(review: Aimed, done: Mapping[str, tuple[datetime, ...]], history: History, at: datetime) -> ActionSet:
    """The set of a review at a moment: the part of it that was complete first, else all of it.

    `done` gives the completions of each action. An action that the review adds later finds the clock running, and does
    not stop it.
    """
    promises = [
        Promise(
            key=deed.key,
            committed=deed.committed,
            completed=min(done.get(deed.key, ()), default=None),
            dropped=_dropped(deed, review.own, history, at),
        )
        for deed in review.deeds
        if deed.committed <= at and not _is_duplicate(deed, at)
    ]
    promises.sort(key=lambda one: (one.committed, one.key))
    complete = _complete_part(promises)
    kept = complete or tuple(one for one in promises if one.completed is not None or one.dropped is None)
    times = sorted(one.completed for one in kept if one.completed is not None)
    return ActionSet(
        review_id=review.review_id,
        promises=kept,
        is_complete=bool(complete),
        done=len(times),
        first=times[0] if times else None,
        last=times[-1] if times else None,
    )


def _complete_part(ordered: Sequence[Promise]) -> tuple[Promise, ...]:
    """What had been completed when, for the first time, none of the actions promised by then was left to do."""
    since: datetime | None = None
    first_done: datetime | None = None
    for place, promise in enumerate(ordered, start=1):
        settled = min((at for at in (promise.completed, promise.dropped) if at is not None), default=None)
        if settled is None:
            return ()
        since = max(since or settled, settled, promise.committed)
        first_done = min((at for at in (first_done, promise.completed) if at is not None), default=None)
        if first_done is None:
            continue
        whole = max(since, first_done)
        if place == len(ordered) or whole < ordered[place].committed:
            return tuple(one for one in ordered[:place] if one.completed is not None and one.completed <= whole)
    return ()
