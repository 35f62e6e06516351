"""What is aimed at a class that is not fixed yet: by its own reviews, and by those of other classes. Pure.

The items of another class's review may be aimed at a failure condition that both share. They stood against an incident,
and yet start no clock of its class: both is said, or the two would seem to contradict each other.
"""

from __future__ import annotations

from collections import Counter
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

_label = lru_cache(maxsize=4096)(label_of)
"""The same few conditions are named by many items."""


class Elsewhere:
    """The items committed by then, counted by their review and the conditions they are aimed at."""

    def __init__(
        self,
        items: Iterable[TrackedItem],
        completed: Container[str],
        class_of: Mapping[str, str],
        at: datetime,
    ) -> None:
        self._class_of = class_of
        self._items: Counter[tuple[str, frozenset[str]]] = Counter()
        self._completed: Counter[tuple[str, frozenset[str]]] = Counter()
        for one in items:
            if one.item.conditions and one.committed <= at:
                group = one.review_id, frozenset(map(_label, one.item.conditions))
                self._items[group] += 1
                self._completed[group] += one.key in completed

    def say(self, case: Case) -> str:
        """That nothing is aimed at a class, or nothing completed, and what is aimed at a condition it shares."""
        if case.verdict is not Verdict.NOT_FIXED:
            return ""
        conditions = {name for one in case.course.occurrences for name in one.conditions}
        shared = [group for group in self._items if self._is_shared(group, case.course.name, conditions)]
        if not case.course.aimed and not shared:
            return "No action is aimed at it."
        return " ".join(("No review of this class has a completed action.", *self._say_shared(shared)))

    def _is_shared(self, group: tuple[str, frozenset[str]], of_class: str, conditions: set[str]) -> bool:
        review_id, aims = group
        return self._class_of.get(review_id) != of_class and not conditions.isdisjoint(aims)

    def _say_shared(self, groups: Iterable[tuple[str, frozenset[str]]]) -> tuple[str, ...]:
        done = {group: count for group in groups if (count := self._completed[group])}
        if not done:
            return ()
        total, reviews = sum(done.values()), sorted({clean(review_id) for review_id, _aims in done})
        were = "was" if total == 1 else "were"
        items = f"{counted(total, 'completed item')} of {listed(reviews, _NAMED)}"
        return (f"{items} {were} aimed at a condition it shares.",)
