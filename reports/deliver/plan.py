"""What is to be delivered this week, and what is not, and why: a step for each target. Pure."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from tracker.store.deliveries import Came, Delivery, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import tzinfo

To = Literal["mail", "folder", "issue", "apprise"]


class Goal(Struct, frozen=True, kw_only=True):
    """A target by name: its kind, the team whose part it gets (empty: everything), and where it is, for people."""

    name: str
    to: To
    team: str = ""
    where: str = ""


class Send(Struct, frozen=True, kw_only=True):
    """Deliver. `only` are the addresses that are still to get it, all where it is empty; `since` is the last try.

    With `look_only` it may be under way: look whether it has arrived, and send nothing before `until`.
    """

    goal: Goal
    slot: Slot
    why: str = ""
    only: tuple[str, ...] = ()
    look_only: bool = False
    since: datetime | None = None
    until: datetime | None = None


class Done(Struct, frozen=True, kw_only=True):
    """Delivered this week already; `detail` says what of it was refused."""

    goal: Goal
    slot: Slot
    at: datetime
    detail: str = ""


class Unsure(Struct, frozen=True, kw_only=True):
    """Nobody can tell whether it arrived: a person looks. `is_new` where that has not been said yet."""

    goal: Goal
    slot: Slot
    since: datetime
    detail: str
    is_new: bool


Step = Send | Done | Unsure

LOOKED_UP = frozenset({"issue"})
"""Where one can look whether it has arrived."""

SAME_AGAIN = frozenset({"folder"})
"""Where delivering again changes nothing."""


ASKED_AGAIN = "asked for again"
"""Why a person's wish is carried out."""


def week_of(moment: datetime, zone: tzinfo, week_starts: int) -> date:
    """The first day of the week that a moment is in; `week_starts` is 0 for Monday."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=(day.weekday() - week_starts) % 7)


def digest_of(slot: Slot) -> str:
    """Stands for a slot where its names would not fit; the same on every machine."""
    text = f"{slot.target}\0{slot.week.isoformat()}\0{slot.team}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_week(
    goals: Iterable[Goal],
    week: date,
    known: Mapping[Slot, Delivery],
    now: datetime,
    *,
    again: AbstractSet[str] = frozenset(),
    grace: timedelta,
) -> tuple[Step, ...]:
    """A step for each goal, in their order. `again` are those that a person wants sent again, whatever is known."""
    return tuple(_decide(goal, Slot(goal.name, week, goal.team), known, now, again, grace) for goal in goals)


def _decide(
    goal: Goal, slot: Slot, known: Mapping[Slot, Delivery], now: datetime, again: AbstractSet[str], grace: timedelta
) -> Step:
    last = known.get(slot)
    if goal.name in again:
        return Send(goal=goal, slot=slot, why=ASKED_AGAIN)
    match last:
        case None:
            return Send(goal=goal, slot=slot)
        case Delivery(came=Came.DELIVERED):
            return Done(goal=goal, slot=slot, at=last.ended or last.begun, detail=last.detail)
        case Delivery(came=Came.PARTLY, left=()):
            return Done(goal=goal, slot=slot, at=last.ended or last.begun, detail=last.detail)
        case Delivery(came=Came.PARTLY):
            return Send(goal=goal, slot=slot, why="the others have it", only=last.left, since=last.begun)
        case Delivery(came=Came.FAILED):
            return Send(goal=goal, slot=slot, why=f"last time: {last.detail}", only=last.left, since=last.begun)
        case _:
            return _decide_unknown(goal, last, now, grace)


def _decide_unknown(goal: Goal, last: Delivery, now: datetime, grace: timedelta) -> Step:
    """The process ended in the middle, or no answer came."""
    if goal.to in SAME_AGAIN:
        return Send(goal=goal, slot=last.slot, why="a file is written anew", since=last.begun)
    if goal.to in LOOKED_UP:
        until = last.begun + grace
        why = "what came of the last try is not known: looked for first"
        return Send(goal=goal, slot=last.slot, why=why, look_only=now < until, since=last.begun, until=until)
    detail = last.detail or "this computer stopped while it was sent"
    return Unsure(goal=goal, slot=last.slot, since=last.begun, detail=detail, is_new=last.came is Came.SENDING)
