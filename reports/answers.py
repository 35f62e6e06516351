"""What people answered at checkpoints of whether an action helped. Pure; who said so is not named."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.lines import ItemLine, Listing, build_line, build_listing
from reports.words import clean
from tracker.recorded import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reports.standing import Standing
    from tracker.model import TrackedItem
    from tracker.recorded import Answer


class Answered(ItemLine, frozen=True, kw_only=True):
    """The last answer about an item: the day of the checkpoint, yes, no or unclear, and what it rests on."""

    on: date
    answer: str
    note: str


class Answers(Struct, frozen=True, kw_only=True):
    """How many items have which last answer, and what it was, that of the latest checkpoint first."""

    yes: int
    no: int
    unclear: int
    items: Listing[Answered]


def build_answers(standings: Iterable[Standing], at: datetime) -> Answers:
    """The last answer about each item that was recorded by then."""
    found = [
        (-answer.on.toordinal(), s.tracked.key, s, answer)
        for s in standings
        if s.tracked.answers and (answer := last_answer(s.tracked, at)) is not None
    ]
    said = Counter(answer.answer for _order, _key, _standing, answer in found)
    return Answers(
        yes=said[Reply.YES],
        no=said[Reply.NO],
        unclear=said[Reply.UNCLEAR],
        items=build_listing(found, lambda hit: hit[:2], lambda hit: _answered(hit[2], hit[3])),
    )


def last_answer(tracked: TrackedItem, at: datetime, on: date | None = None) -> Answer | None:
    """The answer that counts: of the latest checkpoint, or of the one `on` that day, the last one recorded by then."""
    given = [each for each in tracked.answers if each.at <= at and on in (None, each.on)]
    return max(enumerate(given), key=lambda pair: (pair[1].on, pair[1].at, pair[0]), default=(0, None))[1]


def _answered(standing: Standing, answer: Answer) -> Answered:
    return Answered(**build_line(standing), on=answer.on, answer=answer.answer.value, note=clean(answer.note))
