"""How old the knowledge is that a report was made from. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.standing import Moment
    from tracker.model import TrackerState

STALE = timedelta(hours=24)
"""Knowledge older than this is called old."""


class Freshness(Struct, frozen=True, kw_only=True):
    """How old the knowledge of one tracker, or of one incident feed, is at the moment of the report."""

    tracker: str
    last_good_sync: datetime | None
    hours_old: int | None
    is_old: bool
    error: str


def build_freshness(states: Iterable[TrackerState], moment: Moment) -> tuple[Freshness, ...]:
    """In the order of their names."""
    return tuple(_state_freshness(state, moment) for state in sorted(states, key=lambda state: state.name))


def _state_freshness(state: TrackerState, moment: Moment) -> Freshness:
    synced = state.last_good_sync
    age = None if synced is None else max(moment.at - synced, timedelta())
    return Freshness(
        tracker=words.clean(state.name),
        last_good_sync=None if synced is None else synced.astimezone(moment.zone),
        hours_old=None if age is None else int(age / timedelta(hours=1)),
        is_old=age is None or age > STALE,
        error=words.clean(state.last_error),
    )
