"""Which checkpoints are due, what each item was to be asked there, and what was answered so far."""

from __future__ import annotations

from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.errors import InvalidInput
from tracker.model import Status
from tracker.recorded import Answer
from tracker.rules import status_at
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from tracker.model import Facts, ReviewHeader, TrackedItem

NEAR = timedelta(days=7)
"""How long before and after its day a checkpoint is shown."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of one item, and what was answered, oldest first."""

    key: str
    title: str
    stands: Status
    question: str
    issue: str
    url: str
    answers: tuple[Answer, ...]


class Due(Struct, frozen=True, kw_only=True):
    """One checkpoint of a review; `days` are from today, negative when it is past."""

    review: str
    title: str
    on: date
    days: int
    items: tuple[Question, ...]


def find_checkpoints(facts: Facts, review: str | None, now: datetime, zone: tzinfo) -> tuple[Due, ...]:
    """The checkpoints around today, or all of one review, in order. Raises InvalidInput for an unknown review."""
    headers = [header for header in facts.reviews if review in (None, header.id)]
    if review is not None and not headers:
        known = [header.id for header in facts.reviews]
        near = ", ".join(get_close_matches(review, known, n=3) or known[-3:])
        hint = f"Known: {plain(near)}." if near else "`track sync` reads what the trackers know."
        raise InvalidInput(f"there is no review {plain(review)} in the store", hint)
    today = now.astimezone(zone).date()
    days = [
        (on, header)
        for header in headers
        for on in sorted(set(header.checkpoints))
        if review is not None or abs(on - today) <= NEAR
    ]
    days.sort(key=lambda pair: (pair[0], pair[1].id))
    return tuple(_due(header, on, today, facts.items, now) for on, header in days)


def _due(header: ReviewHeader, on: date, today: date, items: Sequence[TrackedItem], now: datetime) -> Due:
    own = tuple(_question(item, now) for item in items if item.review_id == header.id)
    return Due(review=header.id, title=header.title, on=on, days=(on - today).days, items=own)


def _question(tracked: TrackedItem, now: datetime) -> Question:
    issue = tracked.issue
    return Question(
        key=tracked.key,
        title=tracked.item.title,
        stands=status_at(tracked, now),
        question=tracked.item.question,
        issue=issue.ref if issue else "",
        url=issue.url if issue else "",
        answers=tracked.answers,
    )
