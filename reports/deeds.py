"""What came of each action aimed at a class: when it stood as proven, as put aside, as a duplicate. Pure.

Read once, for any moment up to that of the report: a report of seven days ago sees the same spans, cut there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.model import Status, TrackedItem
from tracker.recorded import Resolved
from tracker.rules import ABSENT, Span, accepted_spans, not_planned_spans, status_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from reports.incidents import Incidents
    from reports.standing import Moment


class Deed(Struct, frozen=True, kw_only=True, gc=False):
    """One action aimed at a class, and the times during which something was true of it.

    `accepted`: it stood as completed with evidence. `aside`: it was not planned, waived, or its issue was gone on
    purpose; these may overlap. `duplicate`: another stood for it. Each in order of time.
    """

    tracked: TrackedItem
    accepted: tuple[Span, ...] = ()
    aside: tuple[Span, ...] = ()
    duplicate: tuple[Span, ...] = ()

    @property
    def key(self) -> str:
        """`REVIEW/ITEM`."""
        return self.tracked.key

    @property
    def committed(self) -> datetime:
        """When it was promised."""
        return self.tracked.committed


class Aimed(Struct, frozen=True, kw_only=True, gc=False):
    """What one review aimed at a class: its actions, and when its own incident happened (None: nobody knows).

    `first` is the earliest commitment; `is_tried`: some action has an accepted completion, whether it counts or not.
    """

    review_id: str
    own: datetime | None
    first: datetime
    is_tried: bool
    deeds: tuple[Deed, ...]

    @property
    def begun(self) -> datetime:
        """What reviews are ordered by: the start of the incident, else the first commitment."""
        return self.own or self.first


def build_aimed(
    items: Iterable[TrackedItem], class_of: Mapping[str, str], incidents: Incidents, moment: Moment
) -> dict[str, list[Aimed]]:
    """What each review aimed at its class, by class; `class_of` gives each review's, which may be empty."""
    by_review: defaultdict[str, list[Deed]] = defaultdict(list)
    for tracked in items:
        if tracked.committed <= moment.at and tracked.review_id in class_of:
            by_review[tracked.review_id].append(read_deed(tracked, moment))
    aimed: defaultdict[str, list[Aimed]] = defaultdict(list)
    for review_id, deeds in by_review.items():
        incident = incidents.by_review.get(review_id)
        review = Aimed(
            review_id=review_id,
            own=incident.latest_start if incident else None,
            first=min([deed.committed for deed in deeds]),
            is_tried=any(deed.accepted for deed in deeds),
            deeds=tuple(deeds),
        )
        aimed[class_of[review_id]].append(review)
    return aimed


def read_deed(tracked: TrackedItem, moment: Moment) -> Deed:
    """What came of an action by that moment."""
    told = [transition.to for transition in tracked.transitions]
    is_proven = tracked.evidence and Status.DONE in told
    is_aside = tracked.waivers or tracked.resolutions or Status.NOT_PLANNED in told or tracked.issue is None
    is_duplicate = Status.DUPLICATE in told
    if not (is_proven or is_aside or is_duplicate):
        return Deed(tracked=tracked)
    return Deed(
        tracked=tracked,
        accepted=accepted_spans(tracked, moment.at, moment.accept) if is_proven else (),
        aside=_aside(tracked, moment) if is_aside else (),
        duplicate=_duplicate(tracked, moment.at) if is_duplicate else (),
    )


def cut(spans: Iterable[Span], at: datetime) -> list[Span]:
    """The spans as they were known at an earlier moment: those that ended later stood."""
    return [
        span if span.end is None or span.end <= at else Span(span.start, None) for span in spans if span.start <= at
    ]


def _aside(tracked: TrackedItem, moment: Moment) -> tuple[Span, ...]:
    """Without an issue the document's word stands, and as far as anybody knows it said so from the start."""
    waived = [
        Span(waiver.at, end)
        for waiver in tracked.waivers
        if waiver.at <= moment.at and waiver.at < (end := _end_of(waiver.until, moment.zone))
    ]
    given_up: tuple[Span, ...]
    if tracked.issue is None:
        given_up = (Span(tracked.committed, None),) if tracked.item.status is Status.NOT_PLANNED else ()
    else:
        given_up = not_planned_spans(tracked, moment.at)
    return tuple(sorted([*given_up, *waived, *_gone(tracked, moment.at)], key=lambda span: span.start))


def _gone(tracked: TrackedItem, until: datetime) -> list[Span]:
    """Lost for good from when somebody said so, until something else is said; never where the issue is read again."""
    if not tracked.resolutions or status_at(tracked, until) not in ABSENT:
        return []
    told = [each for each in tracked.resolutions if each.at <= until]
    ends = (*(each.at for each in told[1:]), None)
    return [Span(each.at, end) for each, end in zip(told, ends, strict=False) if each.how is Resolved.GONE]


def _duplicate(tracked: TrackedItem, until: datetime) -> tuple[Span, ...]:
    """A duplicate is one until anything else is said of it."""
    told = sorted((t.at, t.source, t.to) for t in tracked.transitions if t.at <= until)
    ends = (*(at for at, _source, _to in told[1:]), None)
    spans = (Span(at, end) for (at, _source, to), end in zip(told, ends, strict=False) if to is Status.DUPLICATE)
    return tuple(span for span in spans if span.start != span.end)


def _end_of(day: date, zone: tzinfo) -> datetime:
    """The end of the last day of a waiver."""
    return datetime.combine(day + timedelta(days=1), time(), zone)
