"""The items that a person may want to look at, by what is the matter with them. Pure; no owner is named.

Each list is in a fixed order, says how many there are, and holds the first thousand.
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.answers import last_answer
from reports.lines import ItemLine, Listing, build_line, build_listing
from reports.standing import LOST, Line, Standing
from reports.words import clean, link
from tracker.model import Status
from tracker.rules import waiver_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, tzinfo

    from tracker.model import ReviewHeader, TrackedItem, Transition
    from tracker.recorded import Answer

AHEAD = 7
"""Days a checkpoint is announced ahead, and kept after."""

_CLOSED = frozenset({Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE})
_QUESTIONS_LISTED = 10


class Overdue(ItemLine, frozen=True, kw_only=True):
    """A live item whose current due date has passed, by how many days."""

    due: date
    days: int


class Slip(ItemLine, frozen=True, kw_only=True):
    """An item whose due date was moved later: from, to, by how many days, in how many moves."""

    first_due: date
    due: date
    days: int
    moves: int


class Reopening(ItemLine, frozen=True, kw_only=True):
    """An item that was closed and opened again: when last, and how often."""

    last: date
    times: int


class Waived(ItemLine, frozen=True, kw_only=True):
    """An item that a waiver lets rest: to the end of which day, and why."""

    until: date
    reason: str


class Gone(ItemLine, frozen=True, kw_only=True):
    """An item whose issue is gone on purpose: when that was recorded, and why."""

    on: date
    reason: str


class Question(Struct, frozen=True, kw_only=True):
    """An item's "how we will know it helped", and the last answer at that checkpoint; empty while none."""

    key: str
    question: str
    answer: str = ""
    note: str = ""


class Checkpoint(Struct, frozen=True, kw_only=True):
    """An agreed date to look at a review's follow-through again; `days` from today, negative when it has passed."""

    review_id: str
    title: str
    url: str
    on: date
    days: int
    committed: int
    unfinished: int
    questions: tuple[Question, ...] = ()


def build_overdue(standings: Iterable[Standing], today: date) -> Listing[Overdue]:
    """Overdue items, the longest first."""
    found = [(due, s.tracked.key, s) for s in standings if s.overdue and (due := s.tracked.item.due) is not None]
    return build_listing(
        found, itemgetter(0, 1), lambda hit: Overdue(**build_line(hit[2]), due=hit[0], days=(today - hit[0]).days)
    )


def build_slipped(standings: Iterable[Standing]) -> Listing[Slip]:
    """Items whose due date is later than the first one was, the longest move first."""
    found = []
    for s in standings:
        first, due = s.tracked.first_due, s.tracked.item.due
        if first is not None and due is not None and due > first:
            found.append((-(due - first).days, s.tracked.key, s, first, due))
    return build_listing(found, itemgetter(0, 1), lambda hit: _slip(hit[2], hit[3], hit[4]))


def build_reopened(standings: Iterable[Standing], at: datetime, zone: tzinfo) -> Listing[Reopening]:
    """Items that were opened again after a close, the latest first."""
    found = [
        (-times[-1].timestamp(), s.tracked.key, s, times)
        for s in standings
        if len(s.tracked.transitions) > 1 and (times := _reopenings(s.tracked.transitions, at))
    ]
    return build_listing(
        found,
        itemgetter(0, 1),
        lambda hit: Reopening(**build_line(hit[2]), last=hit[3][-1].astimezone(zone).date(), times=len(hit[3])),
    )


def build_lost(standings: Iterable[Standing]) -> Listing[ItemLine]:
    """Items whose issue is missing or moved away, and nobody said on purpose."""
    return _listed(s for s in standings if s.line in LOST)


def build_not_pushed(standings: Iterable[Standing]) -> Listing[ItemLine]:
    """Items that no issue stands for."""
    return _listed(s for s in standings if s.line is Line.NOT_PUSHED)


def build_waived(standings: Iterable[Standing], at: datetime, today: date) -> Listing[Waived]:
    """Items that a waiver in force lets rest, the one that ends first before the others."""
    found = [
        (waiver.until, s.tracked.key, s, waiver)
        for s in standings
        if s.line is Line.WAIVED and (waiver := waiver_at(s.tracked, at, today)) is not None
    ]
    return build_listing(
        found, itemgetter(0, 1), lambda hit: Waived(**build_line(hit[2]), until=hit[0], reason=clean(hit[3].reason))
    )


def build_gone(standings: Iterable[Standing], at: datetime, zone: tzinfo) -> Listing[Gone]:
    """Items whose issue is gone on purpose, as somebody recorded."""
    return build_listing(
        (s for s in standings if s.line is Line.GONE), lambda s: s.tracked.key, lambda s: _gone(s, at, zone)
    )


def build_without_evidence(standings: Iterable[Standing]) -> Listing[ItemLine]:
    """Items closed as done without an accepted piece of evidence."""
    return _listed(s for s in standings if s.line is Line.WITHOUT_EVIDENCE)


def build_checkpoints(
    reviews: Iterable[ReviewHeader], by_review: dict[str, list[Standing]], at: datetime, today: date
) -> Listing[Checkpoint]:
    """Checkpoints of the coming seven days and of the past seven, in order of date."""
    due = [
        (on, review.id, review)
        for review in reviews
        for on in set(review.checkpoints)
        if abs((on - today).days) <= AHEAD
    ]
    return build_listing(
        due, itemgetter(0, 1), lambda hit: _checkpoint(hit[2], hit[0], at, today, by_review.get(hit[1], []))
    )


def _checkpoint(review: ReviewHeader, on: date, at: datetime, today: date, standings: Sequence[Standing]) -> Checkpoint:
    asked = []
    for tracked in sorted((s.tracked for s in standings), key=lambda tracked: (tracked.item.id, tracked.item.question)):
        answer = last_answer(tracked, at, on)
        if tracked.item.question or answer is not None:
            asked.append(_question(tracked, answer))
    return Checkpoint(
        review_id=clean(review.id),
        title=clean(review.title),
        url=link(review.url),
        on=on,
        days=(on - today).days,
        committed=len(standings),
        unfinished=sum(s.line in (Line.OPEN, Line.NOT_PUSHED) for s in standings),
        questions=tuple(asked[:_QUESTIONS_LISTED]),
    )


def _question(tracked: TrackedItem, answer: Answer | None) -> Question:
    return Question(
        key=clean(tracked.item.id),
        question=clean(tracked.item.question),
        answer=answer.answer.value if answer else "",
        note=clean(answer.note) if answer else "",
    )


def _reopenings(transitions: Iterable[Transition], at: datetime) -> list[datetime]:
    times, before = [], Status.OPEN
    for transition in transitions:
        if transition.at > at:
            break
        if before in _CLOSED and transition.to.is_live:
            times.append(transition.at)
        before = transition.to
    return times


def _listed(standings: Iterable[Standing]) -> Listing[ItemLine]:
    return build_listing(standings, lambda s: s.tracked.key, lambda s: ItemLine(**build_line(s)))


def _gone(standing: Standing, at: datetime, zone: tzinfo) -> Gone:
    recorded = [each for each in standing.tracked.resolutions if each.at <= at][-1]
    return Gone(**build_line(standing), on=recorded.at.astimezone(zone).date(), reason=clean(recorded.note))


def _slip(standing: Standing, first_due: date, due: date) -> Slip:
    moves = max(len(standing.tracked.moves), 1)
    return Slip(**build_line(standing), first_due=first_due, due=due, days=(due - first_due).days, moves=moves)
