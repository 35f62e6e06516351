"""Whether incidents of a class come in bursts: then counts swing by more than chance allows for. Pure."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

from reports.episodes import start_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reports.basis import Basis
    from reports.episodes import Episode

BURSTY = 2.0
"""Variance over mean above which a verdict is to be read with caution; 1 is a constant rate."""

_MONTHS = 6
_EPISODES = 3


def dispersion(episodes: Sequence[Episode], since: datetime, until: datetime, basis: Basis) -> float | None:
    """Sample variance over mean of the episodes per whole calendar month between two moments.

    None under six whole months or three episodes in them. The index of dispersion, as in R. A. Fisher's "Statistical
    Methods for Research Workers" (1925).
    """
    begins = _month_begins(since, until, basis)
    if len(begins) <= _MONTHS:
        return None
    starts = [start_of(episode) for episode in episodes]
    counts = [bisect_left(starts, end) - bisect_left(starts, begin) for begin, end in pairwise(begins)]
    if sum(counts) < _EPISODES:
        return None
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 for count in counts) / (len(counts) - 1) / mean


def _month_begins(since: datetime, until: datetime, basis: Basis) -> list[datetime]:
    """The first moments of all months that begin between the two: the bounds of the whole months."""
    day = since.astimezone(basis.zone).date().replace(day=1)
    begins: list[datetime] = []
    while (begin := basis.midnight(day)) <= until:
        if begin >= since:
            begins.append(begin)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return begins
