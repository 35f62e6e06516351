"""The incidents that several stores were told of. Pure.

Feeds of one name in two stores may be two feeds, so an incident is known by its source and its id: those with other ids
stay beside each other, and the report finds by id and link which are one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reports.join_states import NEVER, choose, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reports.join_states import StateOrder
    from tracker.model import Facts, Incident, TrackerState


class _Told(NamedTuple):
    """The versions of an incident that one store has, the state of its feed there, and when that was last heard of."""

    versions: list[Incident]
    state: TrackerState | None
    heard: datetime


def join_incidents(stores: Sequence[Facts]) -> tuple[tuple[Incident, ...], list[TrackerState]]:
    """Every version of each incident in a fixed order, and the states of the feeds whose readings they rest on.

    Of the store that read the source last the last version stands; what others saw before that is history.
    """
    told: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for facts in stores:
        for key, one in _told_by(facts).items():
            told[key].append(one)
    found: list[Incident] = []
    relied = []
    for key in sorted(told):
        last = choose(told[key], _order)
        found += _versions(last, told[key])
        if last.state is not None:
            relied.append(last.state)
    return tuple(found), relied


def _told_by(facts: Facts) -> dict[tuple[str, str], _Told]:
    states = {state.name: state for state in facts.feeds}
    heard = {name: state.last_good_sync or NEVER for name, state in states.items()}
    versions: dict[tuple[str, str], list[Incident]] = defaultdict(list)
    for one in facts.incidents:
        versions[one.source, one.id].append(one)
        heard[one.source] = max(heard.get(one.source, NEVER), _seen(one))
    return {key: _Told(found, states.get(key[0]), heard[key[0]]) for key, found in versions.items()}


def _order(told: _Told) -> tuple[datetime, StateOrder, datetime]:
    return (told.heard, order_of(told.state), max(map(_seen, told.versions)))


def _versions(last: _Told, told: Sequence[_Told]) -> list[Incident]:
    """All that the last reader saw, and what others saw before its last version."""
    if len(told) == 1 and len(last.versions) == 1:  # nearly all
        return last.versions
    until = max(map(_seen, last.versions))
    earlier = (one for each in told for one in each.versions if _seen(one) < until)
    kept = {_place(one): one for one in (*earlier, *last.versions)}
    return [kept[place] for place in sorted(kept)]


def _place(one: Incident) -> tuple[datetime, str]:
    return (_seen(one), repr(one))


def _seen(one: Incident) -> datetime:
    return one.seen_at or NEVER
