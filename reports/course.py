"""What a class did around the fix: its episodes on either side of the clock, beside those of the others. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.clock import Clock, History, build_clock
from reports.deeds import Aimed
from reports.episodes import Episode, in_order, split_episodes, start_of
from reports.incidents import Occurrence
from reports.verdict import Counts, Figures, Verdict, build_figures, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.basis import Basis

_DAY = timedelta(days=1)


class Split(Struct, frozen=True, kw_only=True, gc=False):
    """Episodes by the side of the clock they began on: up to c1, up to c2, later. Those before records began are out.

    Without a complete set nothing is after; without any completion everything is before.
    """

    before: tuple[Episode, ...]
    during: tuple[Episode, ...]
    after: tuple[Episode, ...]


class Course(Struct, frozen=True, kw_only=True, gc=False):
    """One class up to a moment.

    `since` is when its records begin (None: nobody has said). `primary` are the episodes of the incidents that have it
    as their first class: they count once among all classes.
    """

    name: str
    since: datetime | None
    now: datetime
    aimed: tuple[Aimed, ...]
    occurrences: tuple[Occurrence, ...]
    clock: Clock
    episodes: tuple[Episode, ...]
    primary: tuple[Episode, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the clock runs."""
        return self.clock.last is not None

    @property
    def days_before(self) -> float:
        """Days from the first record to the first completion, or to now without one; 0 where nobody knows."""
        return 0.0 if self.since is None else ((self.clock.first or self.now) - self.since) / _DAY

    @property
    def days_after(self) -> float:
        """Days since the last completion of the set; 0 without a complete one."""
        return 0.0 if self.clock.last is None else max(self.now - self.clock.last, timedelta()) / _DAY


class Case(Struct, frozen=True, kw_only=True, gc=False):
    """A class with its counts, what is worked out of them, and the word."""

    course: Course
    split: Split
    counts: Counts
    figures: Figures
    verdict: Verdict


def build_course(
    name: str, occurrences: Iterable[Occurrence], aimed: Sequence[Aimed], now: datetime, basis: Basis
) -> Course:
    """The course of a class: its incidents, and what the reviews aimed at it."""
    ordered = in_order(occurrences)
    clock = build_clock(aimed, History(ordered), now)
    done = [at for at, _key in clock.completions]
    episodes = tuple(split_episodes(ordered, done))
    primary = [one for one in ordered if one.classes[0] == name]
    return Course(
        name=name,
        since=basis.since(name),
        now=now,
        aimed=tuple(aimed),
        occurrences=tuple(ordered),
        clock=clock,
        episodes=episodes,
        primary=episodes if len(primary) == len(ordered) else tuple(split_episodes(primary, done)),
    )


def split_at_clock(course: Course, episodes: Sequence[Episode]) -> Split:
    """The episodes by the side of the clock on which they began; one at the very completion came before it."""
    starts = [start_of(episode) for episode in episodes]
    first, last = course.clock.first, course.clock.last
    known = 0 if course.since is None else bisect_left(starts, course.since)
    c1 = len(starts) if first is None else bisect_right(starts, first)
    c2 = len(starts) if last is None else bisect_right(starts, last)
    return Split(before=tuple(episodes[known:c1]), during=tuple(episodes[c1:c2]), after=tuple(episodes[c2:]))


class Company:
    """The episodes of all classes together, to count those of the others over the dates of one. Each incident once.

    Only classes whose records reach as far back are compared with: the others would seem to grow busier.
    """

    def __init__(self, courses: Iterable[Course]) -> None:
        self._episodes: list[tuple[datetime, datetime]] = []
        self._of: dict[str, set[int]] = {}
        for course in courses:
            if course.since is None:
                continue
            for episode in course.primary:
                for name in {name for one in episode for name in one.classes}:
                    self._of.setdefault(name, set()).add(len(self._episodes))
                self._episodes.append((start_of(episode), course.since))
        self._reaching: dict[datetime, list[datetime]] = {}

    def others(self, names: Sequence[str], course: Course) -> tuple[int, int]:
        """How many episodes the classes but `names` had before and since the fix of `course`."""
        since, first, last = course.since, course.clock.first, course.clock.last
        if since is None or first is None or last is None:
            return 0, 0
        own = sorted(
            start
            for number in set().union(*(self._of.get(name, ()) for name in names))
            for start, recorded in (self._episodes[number],)
            if recorded <= since
        )
        every = self._reaching_back_to(since)
        before = _within(every, since, first) - _within(own, since, first)
        return before, _later(every, last) - _later(own, last)

    def _reaching_back_to(self, since: datetime) -> list[datetime]:
        if since not in self._reaching:
            self._reaching[since] = sorted(start for start, recorded in self._episodes if recorded <= since)
        return self._reaching[since]


def build_case(course: Course, company: Company, names: Sequence[str] = ()) -> Case:
    """The verdict on a class; `names` are the classes it is made of, where it is more than itself."""
    split = split_at_clock(course, course.episodes)
    before, after = company.others(names or (course.name,), course)
    anchor = course.clock.anchor
    counts = Counts(
        done=anchor.done if anchor else 0,
        is_complete=course.is_complete,
        before=len(split.before),
        after=len(split.after),
        days_before=course.days_before,
        days_after=course.days_after,
        others_before=before,
        others_after=after,
    )
    figures = build_figures(counts)
    return Case(course=course, split=split, counts=counts, figures=figures, verdict=judge(counts, figures))


def _within(starts: Sequence[datetime], since: datetime, until: datetime) -> int:
    return max(bisect_right(starts, until) - bisect_left(starts, since), 0)


def _later(starts: Sequence[datetime], than: datetime) -> int:
    return len(starts) - bisect_right(starts, than)
