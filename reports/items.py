"""Every item as one row, for a spreadsheet: where it stands, its dates, and what shows it. Pure; no owner is named.

Made only when asked for: a report of 100,000 items does not carry them all.
"""

from __future__ import annotations

from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.answers import last_answer
from reports.basis import label_of
from reports.standing import Line, Moment, Standing
from reports.words import clean, link
from tracker.model import ReviewHeader
from tracker.rules import accepted_spans, waiver_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reports.basis import Basis
    from tracker.recorded import Waiver


class ItemRow(Struct, frozen=True, kw_only=True):
    """One item. `stands` is its line, where an overdue item is called overdue.

    A waiver is that in force, an answer the last that was given at a checkpoint (`answered` is its day).
    `proven` is when the completion that stands had its first accepted evidence. `moves` counts changes of the due date.
    Times are in the report's zone. `evidence` are the links of accepted evidence, oldest first.
    """

    key: str
    title: str
    review: str
    review_title: str
    severity: str
    team: str
    incident_class: str
    conditions: tuple[str, ...]
    horizon: str
    kind: str
    stands: str
    is_overdue: bool
    due: date | None
    first_due: date | None
    moves: int
    committed: datetime
    closed: datetime | None
    proven: datetime | None
    evidence: tuple[str, ...]
    issue: str
    url: str
    waived_until: date | None
    waived_for: str
    answered: date | None
    answer: str
    answer_note: str


def build_item_rows(
    standings: Iterable[Standing], reviews: Mapping[str, ReviewHeader], moment: Moment, basis: Basis
) -> tuple[ItemRow, ...]:
    """All items by key; `standings` are theirs at the moment."""
    rows = (_row(standing, reviews, moment, basis) for standing in standings)
    return tuple(sorted(rows, key=attrgetter("key", "issue", "title")))


def _row(standing: Standing, reviews: Mapping[str, ReviewHeader], moment: Moment, basis: Basis) -> ItemRow:
    tracked, issue = standing.tracked, standing.tracked.issue
    review = reviews.get(tracked.review_id) or ReviewHeader(id=tracked.review_id)
    waiver = _waiver(standing, moment)
    answer = last_answer(tracked, moment.at) if tracked.answers else None
    return ItemRow(
        key=clean(tracked.key),
        title=clean(tracked.item.title),
        review=clean(tracked.review_id),
        review_title=clean(review.title),
        severity=clean(review.severity),
        team=clean(review.team),
        incident_class=basis.class_of(review.incident_class),
        conditions=tuple(dict.fromkeys(map(label_of, tracked.item.conditions))),
        horizon=tracked.item.horizon or "",
        kind=tracked.item.kind or "",
        stands=standing.word,
        is_overdue=standing.overdue,
        due=tracked.item.due,
        first_due=tracked.first_due,
        moves=len(tracked.moves),
        committed=tracked.committed.astimezone(moment.zone),
        closed=None if standing.closed is None else standing.closed.astimezone(moment.zone),
        proven=_proven(standing, moment),
        evidence=_evidence(standing, moment),
        issue=clean(issue.ref) if issue else "",
        url=link(issue.url) if issue else "",
        waived_until=None if waiver is None else waiver.until,
        waived_for="" if waiver is None else clean(waiver.reason),
        answered=None if answer is None else answer.on,
        answer="" if answer is None else answer.answer.value,
        answer_note="" if answer is None else clean(answer.note),
    )


def _waiver(standing: Standing, moment: Moment) -> Waiver | None:
    if standing.line is not Line.WAIVED:
        return None
    return waiver_at(standing.tracked, moment.at, moment.at.astimezone(moment.zone).date())


def _proven(standing: Standing, moment: Moment) -> datetime | None:
    if standing.line is not Line.WITH_EVIDENCE:
        return None
    spans = accepted_spans(standing.tracked, moment.at, moment.accept)
    since = spans[-1].start if spans else standing.closed
    return None if since is None else since.astimezone(moment.zone)


def _evidence(standing: Standing, moment: Moment) -> tuple[str, ...]:
    found = [one for one in standing.tracked.evidence if one.at <= moment.at and one.kind in moment.accept]
    links = (link(one.url) for one in sorted(found, key=lambda one: (one.at, one.url)))
    return tuple(dict.fromkeys(url for url in links if url))
