"""How fresh several stores are together: by the oldest reading that something counted rests on. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracker.model import TrackerState

    StateOrder = tuple[datetime, datetime, str]

T = TypeVar("T")
NEVER = datetime.min.replace(tzinfo=UTC)


def order_of(state: TrackerState | None) -> StateOrder:
    """The state of the later good sync is greater; no state at all is the least."""
    if state is None:
        return (NEVER, NEVER, "")
    return (state.last_good_sync or NEVER, state.last_attempt or NEVER, state.last_error)


def choose_states(states: Iterable[TrackerState], relied: Iterable[TrackerState]) -> tuple[TrackerState, ...]:
    """One state a name: the stalest of those `relied` on, else the freshest there is; in order of the names."""
    freshest: dict[str, TrackerState] = {}
    for state in states:
        freshest[state.name] = max(state, freshest.get(state.name, state), key=order_of)
    stalest: dict[str, TrackerState] = {}
    for state in relied:
        known = stalest.setdefault(state.name, state)
        if known is not state and order_of(state) < order_of(known):
            stalest[state.name] = state
    return tuple(stalest.get(name, freshest[name]) for name in sorted(freshest))


def choose(told: Sequence[T], order: Callable[[T], Any]) -> T:
    """The last one; of several in one place the one that reads last, so that their own order never matters."""
    if len(told) == 1:
        return told[0]
    places = [order(one) for one in told]
    last = max(places)
    tied = [one for one, place in zip(told, places, strict=True) if place == last]
    return tied[0] if all(one == tied[0] for one in tied) else max(tied, key=repr)


def earliest(moments: Sequence[datetime | None]) -> datetime | None:
    """When the first of the stores saw something; what one of them did not date was always known."""
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(moments) else None
