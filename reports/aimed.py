"""How many items stood how at an earlier moment, without looking at each of them. Pure.

A condition may have a hundred thousand items. Nearly all of them stand as they did then, since nothing happened to them
in between: those are counted by when that began, and only the others are replayed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from reports.standing import UNFINISHED, Line, Moment, Standing, stand

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

LISTED = 25
_NEVER = datetime.max.replace(tzinfo=UTC)
_PLACE = {line: place for place, line in enumerate(Line)}
_quiet_since = attrgetter("quiet_since")


class Entry(NamedTuple):
    """An item, since when nothing has happened to it, and where it stands; `number` tells items apart."""

    quiet_since: datetime
    number: int
    place: int
    standing: Standing


class AimedItem(NamedTuple):
    """An item aimed at an incident: where it stands at the moment of the report, and where it stood then."""

    now: Standing
    then: Standing


class Aimed(Struct, frozen=True, kw_only=True):
    """The items aimed at an incident: how many stood on which line then, how many of those overdue, and the first.

    `unfinished` counts those that were unfinished then; `now` and `overdue_now` say how those stand now. Among the
    `first`, those still unfinished come before those unfinished then and the others.
    """

    lines: dict[Line, int]
    overdue: dict[Line, int]
    unfinished: int
    now: dict[Line, int]
    overdue_now: dict[Line, int]
    first: tuple[AimedItem, ...]

    @property
    def still(self) -> int:
        """How many of those that were unfinished then still are."""
        return sum(self.now.get(line, 0) for line in UNFINISHED)


class Pool:
    """Items that will be asked about at several moments, each once; they are told apart by their `id`."""

    def __init__(self, standings: Iterable[Standing]) -> None:
        self.entries = {
            id(standing): Entry(_last_event(standing), number, _PLACE[standing.line], standing)
            for number, standing in enumerate(standings)
        }
        self._by_quiet = sorted(self.entries.values())
        self._times: list[list[datetime]] = [[] for _line in Line]
        self._times_overdue: list[list[datetime]] = [[] for _line in Line]
        for quiet_since, _number, place, standing in self._by_quiet:
            self._times[place].append(quiet_since)
            if standing.overdue:
                self._times_overdue[place].append(quiet_since)

    def count(self, moment: Moment, own: Iterable[int], before: Iterable[Pool] = ()) -> Aimed:
        """How the items stood at an earlier moment; those committed later are in none of the counts.

        Left out are the items in `own`, and those of the pools in `before`: they are counted there.
        """
        at, day = moment.at, moment.at.astimezone(moment.zone).date()
        not_yet = {entry.number: entry for entry in self._overdue_since(day) if entry.quiet_since <= at}
        without = [key for key in own if key in self.entries] + [key for pool in before for key in self._shared(pool)]
        gone = {self.entries[key].number: self.entries[key] for key in without}
        same = [bisect_right(times, at) for times in self._times]
        overdue = [bisect_right(times, at) for times in self._times_overdue]
        for entry in {**not_yet, **gone}.values():
            if entry.quiet_since <= at:
                same[entry.place] -= 1
                overdue[entry.place] -= entry.standing.overdue
        loud = self._by_quiet[bisect_right(self._by_quiet, at, key=_quiet_since) :]
        replayed = [
            AimedItem(entry.standing, stand(entry.standing.tracked, moment))
            for entry in (*loud, *not_yet.values())
            if entry.number not in gone and entry.standing.tracked.committed <= at
        ]
        passed_over = not_yet.keys() | gone.keys()
        first = _first_quiet(self._live, at, passed_over)
        if len(first) < LISTED:  # most often it is not, and putting the others in order would take long
            first += _first_quiet(self._over, at, passed_over)
        return _sum_up(same, overdue, replayed, first)

    def _shared(self, other: Pool) -> list[int]:
        few, many = sorted((self.entries, other.entries), key=len)
        return [key for key in few if key in many]

    @cached_property
    def _by_due(self) -> list[tuple[date, Entry]]:
        """The overdue ones, those that became so first at the front."""
        overdue = (entry for entry in self._by_quiet if entry.standing.overdue)
        return sorted((due, entry) for entry in overdue if (due := entry.standing.tracked.item.due) is not None)

    def _overdue_since(self, day: date) -> list[Entry]:
        """What is overdue now and was not on that day."""
        begin = bisect_left(self._by_due, day, key=lambda pair: pair[0])
        return [entry for _due, entry in self._by_due[begin:]]

    @cached_property
    def _live(self) -> list[Entry]:
        """Those that are unfinished, in the order in which they are listed."""
        return sorted((e for e in self._by_quiet if e.standing.line in UNFINISHED), key=_entry_order)

    @cached_property
    def _over(self) -> list[Entry]:
        """The others, in the same order."""
        return sorted((e for e in self._by_quiet if e.standing.line not in UNFINISHED), key=_entry_order)


def add_up(parts: Sequence[Aimed]) -> Aimed:
    """Several countings as one; no item is in two of them."""
    if len(parts) == 1:
        return parts[0]
    return Aimed(
        lines=_sum([part.lines for part in parts]),
        overdue=_sum([part.overdue for part in parts]),
        unfinished=sum(part.unfinished for part in parts),
        now=_sum([part.now for part in parts]),
        overdue_now=_sum([part.overdue_now for part in parts]),
        first=tuple(nsmallest(LISTED, (one for part in parts for one in part.first), key=_order)),
    )


def _sum(counts: Sequence[dict[Line, int]]) -> dict[Line, int]:
    return {line: total for line in Line if (total := sum(one.get(line, 0) for one in counts))}


def _first_quiet(entries: Iterable[Entry], at: datetime, without: Container[int]) -> list[AimedItem]:
    quiet = (one.standing for one in entries if one.quiet_since <= at and one.number not in without)
    return [AimedItem(standing, standing) for standing in islice(quiet, LISTED)]


def _sum_up(
    same: Sequence[int], overdue: Sequence[int], replayed: Sequence[AimedItem], first: Iterable[AimedItem]
) -> Aimed:
    """Those that stand as then, by place, and those replayed; `first` are the first of the former."""
    counts, late = list(same), list(overdue)
    for _now, then in replayed:
        counts[_PLACE[then.line]] += 1
        late[_PLACE[then.line]] += then.overdue
    now, late_now = (
        [n if line in UNFINISHED else 0 for line, n in zip(Line, of, strict=True)] for of in (same, overdue)
    )
    for standing, then in replayed:
        if then.line in UNFINISHED:
            now[_PLACE[standing.line]] += 1
            late_now[_PLACE[standing.line]] += standing.overdue
    return Aimed(
        lines=_by_line(counts),
        overdue=_by_line(late),
        unfinished=sum(counts[_PLACE[line]] for line in UNFINISHED),
        now=_by_line(now),
        overdue_now=_by_line(late_now),
        first=tuple(nsmallest(LISTED, (*first, *replayed), key=_order)),
    )


def _by_line(counts: Iterable[int]) -> dict[Line, int]:
    return {line: count for line, count in zip(Line, counts, strict=True) if count}


def _last_event(standing: Standing) -> datetime:
    """The last moment at which anything happened to an item; never quiet where a decision may change it."""
    tracked = standing.tracked
    if tracked.waivers or tracked.resolutions:
        return _NEVER
    last = tracked.committed
    if tracked.issue is not None and tracked.issue.created > last:
        last = tracked.issue.created
    for transition in tracked.transitions:
        if transition.at > last:
            last = transition.at
    for piece in tracked.evidence:
        if piece.at > last:
            last = piece.at
    for move in tracked.moves:
        if move.at > last:
            last = move.at
    return last


def _entry_order(entry: Entry) -> tuple[bool, str, str]:
    tracked = entry.standing.tracked
    return (not entry.standing.overdue, tracked.review_id, tracked.item.id)


def _order(aimed: AimedItem) -> tuple[int, bool, str, str]:
    """Unfinished then and to this day, unfinished then, others; in each the overdue ones first."""
    tracked, rank = aimed.then.tracked, 2
    if aimed.then.line in UNFINISHED:
        rank = 0 if aimed.now.line in UNFINISHED else 1
    return (rank, not aimed.then.overdue, tracked.review_id, tracked.item.id)
