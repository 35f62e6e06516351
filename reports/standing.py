"""Where each item stands at a moment, worked out once and used by every figure. Pure.

The rules themselves live in `tracker.rules`; this room only puts their answers side by side.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tracker.model import EvidenceKind, Status, TrackedItem
from tracker.rules import ABSENT, accepted_evidence, is_gone, standing_at, waiver_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.model import Transition


class Line(StrEnum):
    """The one line of the report that an item is counted on."""

    WITH_EVIDENCE = "done with evidence"
    WITHOUT_EVIDENCE = "closed without evidence"
    OPEN = "open"
    NOT_PUSHED = "not pushed"
    WAIVED = "waived"
    NOT_PLANNED = "not planned"
    DUPLICATE = "duplicate"
    MOVED = "moved"
    MISSING = "missing"
    GONE = "gone on purpose"


class Timing(StrEnum):
    """Whether an item was done by its first due date, once that has passed."""

    ON_TIME = "on time"
    LATE = "late"
    UNKNOWN = "not known"


UNFINISHED = frozenset({Line.OPEN, Line.NOT_PUSHED})
LOST = frozenset({Line.MOVED, Line.MISSING})
DONE = frozenset({Line.WITH_EVIDENCE, Line.WITHOUT_EVIDENCE})

LINES = {
    Status.NOT_PUSHED: Line.NOT_PUSHED,
    Status.OPEN: Line.OPEN,
    Status.IN_PROGRESS: Line.OPEN,
    Status.DONE: Line.WITHOUT_EVIDENCE,
    Status.NOT_PLANNED: Line.NOT_PLANNED,
    Status.DUPLICATE: Line.DUPLICATE,
    Status.MOVED: Line.MOVED,
    Status.MISSING: Line.MISSING,
}
_ABSENT = frozenset(LINES[status] for status in ABSENT)

_CLOSED, _PROVEN, _DUPLICATE = Status.DONE, Line.WITH_EVIDENCE, Line.DUPLICATE
_ON_TIME, _LATE, _UNKNOWN = Timing.ON_TIME, Timing.LATE, Timing.UNKNOWN
"""Looked up once: an enum's members are slow to reach in Python 3.11, and items are many."""


class Moment(Struct, frozen=True, kw_only=True):
    """A point in time, the zone its day is read in, and the evidence that counts."""

    at: datetime
    zone: tzinfo
    accept: frozenset[EvidenceKind]

    def earlier(self, at: datetime) -> Moment:
        """Another point in time under the same rules."""
        return Moment(at=at, zone=self.zone, accept=self.accept)


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """An item and where it stands.

    `closed` is when the completion that stands happened. `unknown` says that nobody can tell whether it is done: lost,
    or not readable at the last sync. `timing` is None for duplicates, and while the first due date is ahead or not set.
    A live item with a waiver in force is waived, not overdue; when the waiver runs out it is live again. An item
    without an issue that can be read, of which somebody said that it is gone on purpose, will not be done.
    """

    tracked: TrackedItem
    line: Line
    overdue: bool = False
    unknown: bool = False
    timing: Timing | None = None
    closed: datetime | None = None

    @property
    def word(self) -> str:
        """The line in a word, where an overdue item is called overdue."""
        return "overdue" if self.overdue else self.line.value


def replay(tracked: TrackedItem, at: datetime) -> TrackedItem:
    """The item with its history in order and the due date it had at `at`: later moves are undone."""
    if any(later.at <= earlier.at for earlier, later in pairwise(tracked.transitions)):
        ordered = tuple(sorted(tracked.transitions, key=lambda t: (t.at, t.source, t.to)))
        if ordered != tracked.transitions:
            tracked = replace(tracked, transitions=ordered)
    later = [move for move in tracked.moves if move.at > at]
    if not later:
        return tracked
    due = min(later, key=lambda move: (move.at, move.before)).before
    earlier = tuple(move for move in tracked.moves if move.at <= at)
    return replace(tracked, item=replace(tracked.item, due=due), moves=earlier)


def build_standings(items: Iterable[TrackedItem], moment: Moment) -> list[Standing]:
    """Where every item that was committed by then stands; the order is kept."""
    today = moment.at.astimezone(moment.zone).date()
    return [_stand(tracked, moment, today) for tracked in items if tracked.committed <= moment.at]


def stand(tracked: TrackedItem, moment: Moment) -> Standing:
    """Where one item stands."""
    return _stand(tracked, moment, moment.at.astimezone(moment.zone).date())


def _stand(tracked: TrackedItem, moment: Moment, today: date) -> Standing:
    if tracked.moves or len(tracked.transitions) > 1:
        tracked = replay(tracked, moment.at)
    status, since = standing_at(tracked, moment.at)
    line, closed = LINES[status], None
    if status is _CLOSED:
        closed = since
        if accepted_evidence(tracked, moment.at, moment.accept):
            line = _PROVEN
    live, due, first_due = line in UNFINISHED, tracked.item.due, tracked.first_due
    struck = live and tracked.issue is not None and tracked.issue.strikes > 0
    if live and tracked.waivers and waiver_at(tracked, moment.at, today):
        line, live = Line.WAIVED, False
    elif tracked.resolutions and line in _ABSENT and is_gone(tracked, moment.at):
        line, live = Line.GONE, False
    timing = None
    if first_due is not None and first_due < today and line is not _DUPLICATE:
        until = closed if line in DONE else _undone_until(tracked, moment.at, line, struck=struck)
        timing = _timing(first_due, until, closed, moment.zone)
    return Standing(
        tracked=tracked,
        line=line,
        overdue=live and due is not None and due < today,
        unknown=struck or line in LOST,
        timing=timing,
        closed=closed,
    )


def line_at(tracked: TrackedItem, at: datetime, zone: tzinfo) -> Line:
    """The line at an earlier moment of an item whose history is in order, the quick way: evidence is not looked at."""
    line = LINES[standing_at(tracked, at)[0]]
    if tracked.waivers and line in UNFINISHED and waiver_at(tracked, at, at.astimezone(zone).date()):
        return Line.WAIVED
    return Line.GONE if tracked.resolutions and line in _ABSENT and is_gone(tracked, at) else line


def _timing(first_due: date, undone_until: datetime | None, closed: datetime | None, zone: tzinfo) -> Timing:
    """Late where it was certainly not done when the first due date ended; not known where it may have been."""
    if undone_until is not None and undone_until.astimezone(zone).date() > first_due:
        return _LATE
    return _UNKNOWN if closed is None else _ON_TIME


def _undone_until(tracked: TrackedItem, at: datetime, line: Line, *, struck: bool) -> datetime | None:
    """Until when it is certain that an item which does not stand as done was not done.

    An issue that the last sync could not read was open at its last change; when it was last read is not kept.
    """
    if line in LOST or line is Line.GONE:
        return _lost_or_done(tracked.transitions, at)
    return tracked.issue.updated if struck and tracked.issue else at


def _lost_or_done(transitions: Iterable[Transition], at: datetime) -> datetime | None:
    """When a lost item was lost, or done before that and not opened again."""
    since = None
    for transition in transitions:
        if transition.at > at:
            break
        if LINES[transition.to] not in DONE | LOST:
            since = None
        elif since is None:
            since = transition.at
    return since
