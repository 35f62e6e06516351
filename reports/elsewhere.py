"""What is aimed at a class that is not fixed yet: by its own reviews, and by those of other classes. Pure.

The items of another class's review may be aimed at a failure condition that both share. They stood against an incident,
and yet start no clock of its class: both is said, or the two would seem to contradict each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from reports.basis import label_of
from reports.verdict import Verdict
from reports.words import clean, counted, listed

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from datetime import datetime

    from reports.course import Case
    from tracker.model import TrackedItem

_NAMED = 3

_Group = tuple[str, frozenset[str]]
"""A review, and the conditions that items of it are aimed at together."""

_label = lru_cache(maxsize=4096)(label_of)
"""The same few conditions are named by many items."""


class Elsewhere:
    """The items committed by then, by their review and the conditions they are aimed at; how many were completed."""

    def __init__(
        self,
        items: Iterable[TrackedItem],
        completed: Container[str],
        class_of: Mapping[str, str],
        at: datetime,
    ) -> None:
        self._class_of = class_of
        self._completed: Counter[_Group] = Counter()
        for one in items:
            if one.item.conditions and one.committed <= at:
                self._completed[one.review_id, frozenset(map(_label, one.item.conditions))] += one.key in completed
        self._aimed_at: defaultdict[str, list[_Group]] = defaultdict(list)
        for group in self._completed:
            for condition in group[1]:
                self._aimed_at[condition].append(group)

    def say(self, case: Case) -> str:
        """That nothing is aimed at a class, or nothing completed, and what is aimed at a condition it shares."""
        if case.verdict is not Verdict.NOT_FIXED:
            return ""
        name, conditions = case.course.name, {label for one in case.course.occurrences for label in one.conditions}
        found = {group for condition in conditions for group in self._aimed_at.get(condition, ())}
        shared = [group for group in found if self._class_of.get(group[0]) != name]
        if not case.course.aimed and not shared:
            return "No action is aimed at it."
        return " ".join(("No review of this class has a completed action.", *self._say_shared(shared)))

    def _say_shared(self, groups: Iterable[_Group]) -> tuple[str, ...]:
        done = {group: count for group in groups if (count := self._completed[group])}
        if not done:
            return ()
        total, reviews = sum(done.values()), sorted({clean(review_id) for review_id, _aims in done})
        were = "was" if total == 1 else "were"
        items = f"{counted(total, 'completed item')} of {listed(reviews, _NAMED)}"
        return (f"{items} {were} aimed at a condition it shares.",)
