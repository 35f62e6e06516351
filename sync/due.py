"""When a job is due: the moments that a rule names, and which of them is still to be run. Pure: `now` is always given.

A moment is named by the rule alone, never by when the last run happened to end. So a run that was missed, however
often, is made up once, and two processes that look at the same second agree.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from tracker.store.runs import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tracker.store.runs import Run

RETRY = timedelta(minutes=30)
"""How long after a failed run of the day or the week it is tried again; then twice as long each time.

So a report is tried for two and a half days: an outage of a Monday does not cost the week's.
"""

TRIES = 8
"""How often one moment's run is tried in all: what breaks off each time must not break off for ever."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Every(Struct, frozen=True):
    """Every so often: the moments are whole periods since 1970, so every quarter hour is at :00, :15, :30 and :45."""

    period: timedelta


class Daily(Struct, frozen=True):
    """Each day at an hour of the clock on the wall."""

    at: time


class Weekly(Struct, frozen=True):
    """Each week on a day (Monday is 0) at an hour of the clock on the wall."""

    weekday: int
    at: time


Rule = Every | Daily | Weekly


class Next(NamedTuple):
    """The moment that a job is next due for, and when it may start; a start that has passed means now."""

    due: datetime
    start: datetime


def latest(rule: Rule, now: datetime, zone: tzinfo) -> datetime:
    """The last moment that the rule names, up to `now`; in UTC."""
    if isinstance(rule, Every):
        return _EPOCH + (now - _EPOCH) // rule.period * rule.period
    return max(moment for moment in _around(rule, now, zone) if moment <= now)


def following(rule: Rule, now: datetime, zone: tzinfo) -> datetime:
    """The first moment that the rule names after `now`; in UTC."""
    if isinstance(rule, Every):
        return latest(rule, now, zone) + rule.period
    return min(moment for moment in _around(rule, now, zone) if moment > now)


def on_the_wall(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment in UTC at which a clock on the wall shows this.

    An hour that it shows twice is the first of the two. One that it leaves out is as much later as it was put forward.
    """
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def decide(rule: Rule, last: Run | None, now: datetime, zone: tzinfo) -> Next:
    """What to run next, by what was run last.

    What was never run is due at once if it comes every so often. A report of a week that began before anybody asked for
    one is nobody's: the first is the next.
    """
    current, later = latest(rule, now, zone), following(rule, now, zone)
    next_one = Next(later, later)
    if last is None:
        return Next(current, now) if isinstance(rule, Every) else next_one
    if last.due < current:
        return Next(current, now)
    if last.due > current or last.tries >= TRIES:
        return next_one
    again = _try_again(rule, last)
    return Next(current, again) if again is not None and again < later else next_one


def _try_again(rule: Rule, last: Run) -> datetime | None:
    """When to start the run of the same moment again; None where it is done, or the next one is soon enough."""
    if last.outcome in (Outcome.DONE, Outcome.WAITING):
        return None
    if last.ended is None or last.outcome is Outcome.STOPPED:
        return last.started
    return None if isinstance(rule, Every) else last.ended + RETRY * 2 ** (last.tries - 1)


def _around(rule: Daily | Weekly, now: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The rule's moments from more than a week before `now` to more than a week after it."""
    today = now.astimezone(zone).date()
    for offset in range(-8, 9):
        day = today + timedelta(days=offset)
        if isinstance(rule, Daily) or day.weekday() == rule.weekday:
            yield on_the_wall(day, rule.at, zone)
