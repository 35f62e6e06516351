"""What came of a single action: incidents that share a condition it targets, since it was completed. Pure.

A listed fact, never a verdict: one action seldom answers for a condition alone.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.basis import label_of
from reports.episodes import day_of, in_order
from reports.lines import Listing
from reports.words import clean, link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from reports.incidents import Occurrence
    from tracker.model import TrackedItem

LISTED = 20

_label = lru_cache(maxsize=4096)(label_of)
"""The same few conditions are named by many items."""


class ConditionFact(Struct, frozen=True, kw_only=True):
    """A completed action whose targeted condition was seen again: since when, how often, and last on which day."""

    key: str
    title: str
    url: str
    condition: str
    completed: date
    incidents: int
    last_seen: date


def build_condition_facts(
    completed: Iterable[tuple[datetime, TrackedItem]], occurrences: Iterable[Occurrence], zone: tzinfo
) -> Listing[ConditionFact]:
    """The actions whose condition was seen again since their own completion, by the newest incident."""
    seen: dict[str, list[Occurrence]] = {}
    for one in in_order(occurrences):
        for condition in one.conditions:
            seen.setdefault(condition, []).append(one)
    last = {condition: found[-1].latest_start for condition, found in seen.items()}
    returned: dict[str, list[tuple[datetime, TrackedItem]]] = {}
    for at, tracked in completed:
        for condition in dict.fromkeys(map(_label, tracked.item.conditions)):
            if condition in last and last[condition] > at:
                returned.setdefault(condition, []).append((at, tracked))
    newest = sorted(returned, key=lambda condition: (-last[condition].timestamp(), condition))
    return Listing(
        total=sum(map(len, returned.values())),
        first=tuple(islice(_facts(newest, returned, seen, zone), LISTED)),
    )


def _facts(
    conditions: Iterable[str],
    returned: Mapping[str, Sequence[tuple[datetime, TrackedItem]]],
    seen: Mapping[str, Sequence[Occurrence]],
    zone: tzinfo,
) -> Iterable[ConditionFact]:
    for condition in conditions:
        for at, tracked in nsmallest(LISTED, returned[condition], key=lambda entry: entry[1].key):
            yield _fact(tracked, condition, at, seen[condition], zone)


def _fact(
    tracked: TrackedItem, condition: str, at: datetime, seen: Sequence[Occurrence], zone: tzinfo
) -> ConditionFact:
    return ConditionFact(
        key=clean(tracked.key),
        title=clean(tracked.item.title),
        url=link(tracked.issue.url) if tracked.issue else "",
        condition=condition,
        completed=at.astimezone(zone).date(),
        incidents=len(seen) - bisect_right([one.latest_start for one in seen], at),
        last_seen=day_of(seen[-1], zone),
    )
