"""The marks on the strip of a class, in order of time: when it happened and when something was completed. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.episodes import day_of, start_of
from reports.words import clean, day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from reports.course import Case, Course
    from reports.episodes import Episode


class Mark(StrEnum):
    """What a mark of a class's strip stands for; shape carries the meaning."""

    BEFORE = "before"
    TRIGGER = "incident that led to the review"
    DURING = "while the set was being completed"
    AFTER = "came back"
    COMPLETION = "completion"
    LATER = "later completion"


_ALWAYS = (Mark.TRIGGER, Mark.COMPLETION)


class Point(Struct, frozen=True, kw_only=True, gc=False):
    """A mark on the strip of a class: when, what it stands for, and what it says when pointed at.

    An episode is one mark, where it began; an incident whose day alone is known stands at the end of that day.
    """

    at: datetime
    mark: Mark
    label: str


MARKS = 60
"""Marks on one strip: more would be a smear. The newest, and always the reviewed incident and the set's completions."""


def build_points(case: Case, zone: tzinfo) -> tuple[tuple[Point, ...], int]:
    """The episodes that count, the reviewed incident and the completions, oldest first; and how many are left out."""
    split, anchor = case.split, case.course.clock.anchor
    reviewed = anchor.review_id if anchor else ""
    marks: list[tuple[datetime, Mark, Episode | str]] = [
        *((start_of(episode), _mark(episode, reviewed), episode) for episode in split.before),
        *((start_of(episode), Mark.DURING, episode) for episode in split.during),
        *((start_of(episode), Mark.AFTER, episode) for episode in split.after),
        *_completions(case.course),
    ]
    kept = [mark for mark in marks if mark[1] in _ALWAYS]
    rest = [mark for mark in marks if mark[1] not in _ALWAYS]
    rest.sort(key=itemgetter(0), reverse=True)
    points = [_point(*mark, reviewed, zone) for mark in (*kept, *rest[: max(MARKS - len(kept), 0)])]
    return tuple(sorted(points, key=lambda point: (point.at, point.mark, point.label))), len(marks) - len(points)


def _mark(episode: Episode, review_id: str) -> Mark:
    return Mark.TRIGGER if any(review_id in one.reviews for one in episode) else Mark.BEFORE


def _completions(course: Course) -> Iterable[tuple[datetime, Mark, str]]:
    anchor = course.clock.anchor
    of_set = {(one.completed, one.key) for one in anchor.promises} if anchor else set()
    for at, key in course.clock.completions:
        yield at, Mark.COMPLETION if (at, key) in of_set else Mark.LATER, key


def _point(at: datetime, mark: Mark, what: Episode | str, review_id: str, zone: tzinfo) -> Point:
    local = at.astimezone(zone)
    if isinstance(what, str):
        return Point(at=local, mark=mark, label=f"{clean(what)}, {day(local)}")
    named = next((one for one in what if review_id in one.reviews), what[0])
    more = f" and {len(what) - 1:,} more" if len(what) > 1 else ""
    return Point(at=local, mark=mark, label=f"{named.id}{more}, {day(day_of(named, zone))}")
