"""Which reviews need a decision, by one rule after the other; nothing is put into words here. Pure.

One case is about one review: ten overdue items of a review are one conversation.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.basis import label_of
from reports.decision_rules import Rule
from reports.returns import Return
from reports.scene import held_on
from reports.standing import DONE, LOST, UNFINISHED, Line, Standing
from reports.words import clean
from tracker.model import ReviewHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

_SEVERE = ("sev1", "sev2")
_ASKED = 3
"""Asked for by so many reviews, something needs a decision of its own."""


class Case(Struct, frozen=True, kw_only=True):
    """What a decision will be about; put into words only when it is among the first. `back` is for a waived item."""

    rule: Rule
    review: ReviewHeader
    standings: tuple[Standing, ...] = ()
    conditions: tuple[str, ...] = ()
    back: Return | None = None


def find_asked(reviews: Mapping[str, ReviewHeader], of_all: Iterable[Standing], named: frozenset[str]) -> list[Case]:
    """Issues on which live items of three reviews or more stand, one of them in `reviews`: the most asked for first."""
    by_issue: dict[str, list[Standing]] = defaultdict(list)
    for standing in of_all:
        if standing.line in UNFINISHED and standing.tracked.issue is not None:
            by_issue[standing.tracked.issue.id].append(standing)
    cases = []
    for standings in by_issue.values():
        asking = {standing.tracked.review_id for standing in standings}
        if len(asking) < _ASKED or asking.isdisjoint(reviews):
            continue
        if not all(clean(standing.tracked.key) in named for standing in standings):
            cases.append(_asked_case(reviews, standings))
    return sorted(cases, key=lambda case: (-count_asking(case), case.standings[0].tracked.committed, _key(case)))


def _asked_case(reviews: Mapping[str, ReviewHeader], standings: Iterable[Standing]) -> Case:
    """About the review that asked last, of those that are looked at; the first request comes first."""
    in_order = sorted(standings, key=lambda standing: (standing.tracked.committed, standing.tracked.key))
    last = next(s.tracked.review_id for s in reversed(in_order) if s.tracked.review_id in reviews)
    return Case(rule=Rule.ASKED, review=reviews[last], standings=tuple(in_order))


def count_asking(case: Case) -> int:
    """How many reviews ask for it."""
    return len({standing.tracked.review_id for standing in case.standings})


def find_overdue(
    reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]], named: frozenset[str]
) -> list[Case]:
    """Severe reviews with overdue items that nothing before is about: by severity, then the oldest due date."""
    severe = (review for review in reviews if _severity(review) in _SEVERE)
    cases = _cases(
        Rule.OVERDUE, severe, by_review, lambda s: s.overdue and clean(s.tracked.key) not in named, _due_order
    )
    return sorted(cases, key=lambda case: (_severity(case.review), _due_order(case.standings[0])))


def find_without_evidence(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[Case]:
    """Reviews with items closed without evidence, the latest close first."""
    cases = _cases(Rule.WITHOUT_EVIDENCE, reviews, by_review, lambda s: s.line is Line.WITHOUT_EVIDENCE, _latest_closed)
    return sorted(cases, key=lambda case: _latest_closed(case.standings[0]))


def find_lost(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[Case]:
    """Reviews with lost items, the latest review first."""
    cases = _cases(Rule.LOST, reviews, by_review, lambda s: s.line in LOST, lambda s: (0.0, s.tracked.key))
    return sorted(cases, key=lambda case: _latest_review(case.review))


def find_waived(
    reviews: Iterable[ReviewHeader],
    by_review: Mapping[str, Sequence[Standing]],
    back_of: Callable[[ReviewHeader], Return | None],
    at: datetime,
) -> list[Case]:
    """Reviews with a waiver that ran out on a live item, then those whose class came back since an item was waived."""
    ended, back = [], []
    for review in reviews:
        standings = by_review.get(review.id, ())
        expired = [s for s in standings if s.tracked.waivers and s.line in UNFINISHED and ended_on(s, at)]
        if expired:
            in_order = tuple(sorted(expired, key=lambda s: (ended_on(s, at), s.tracked.key)))
            ended.append(Case(rule=Rule.WAIVER, review=review, standings=in_order))
        elif waived := _waived_before(standings, back_of(review)):
            back.append(Case(rule=Rule.WAIVER, review=review, standings=waived, back=back_of(review)))
    return [
        *sorted(ended, key=lambda case: (ended_on(case.standings[0], at), case.review.id)),
        *sorted(back, key=lambda case: _latest_review(case.review)),
    ]


def ended_on(standing: Standing, at: datetime) -> float:
    """The last day of the waivers recorded by then, as an ordinal; 0 where there is none."""
    return max((waiver.until.toordinal() for waiver in standing.tracked.waivers if waiver.at <= at), default=0)


def _waived_before(standings: Iterable[Standing], back: Return | None) -> tuple[Standing, ...]:
    """The waived items whose waivers were all recorded before the class came back: nobody has looked at them since."""
    if back is None:
        return ()
    started = back.incident.started
    waived = (s for s in standings if s.line is Line.WAIVED and all(w.at < started for w in s.tracked.waivers))
    return tuple(sorted(waived, key=lambda s: s.tracked.key))


def find_unanswered(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[Case]:
    """Reviews with a failure condition that no live, waived or done item names, the latest review first.

    An item of another review counts where it is live, or was done after this incident started: one that was done
    before did not keep the condition away.
    """
    live, done = _answers(by_review)
    cases = []
    for review in reviews:
        if not review.conditions:
            continue
        answering = (s.tracked.item for s in by_review.get(review.id, ()) if _answers_for(s))
        own = {label_of(name) for item in answering for name in item.conditions}
        left = [
            condition.name
            for condition in review.conditions
            if (name := label_of(condition.name)) not in own
            and name not in live
            and (name not in done or review.started is None or done[name] <= review.started)
        ]
        if left:
            cases.append(Case(rule=Rule.UNANSWERED, review=review, conditions=tuple(left)))
    return sorted(cases, key=lambda case: _latest_review(case.review))


def _answers_for(standing: Standing) -> bool:
    return standing.line in UNFINISHED or standing.line in DONE or standing.line is Line.WAIVED


def _answers(by_review: Mapping[str, Sequence[Standing]]) -> tuple[set[str], dict[str, datetime]]:
    """The conditions that a live item names, and when the last item that names a condition was done."""
    live: set[str] = set()
    done: dict[str, datetime] = {}
    for standings in by_review.values():
        for standing in standings:
            for name in standing.tracked.item.conditions:
                if standing.line in UNFINISHED:
                    live.add(name)
                elif standing.closed is not None and (name not in done or done[name] < standing.closed):
                    done[name] = standing.closed
    latest: dict[str, datetime] = {}
    for name, closed in done.items():
        label = label_of(name)
        latest[label] = max(closed, latest.get(label, closed))
    return {label_of(name) for name in live}, latest


def _cases(
    rule: Rule,
    reviews: Iterable[ReviewHeader],
    by_review: Mapping[str, Sequence[Standing]],
    concerns: Callable[[Standing], bool],
    order: Callable[[Standing], tuple[float, str]],
) -> list[Case]:
    """One case for each review with an item of concern, its items in order."""
    cases = []
    for review in reviews:
        found = [standing for standing in by_review.get(review.id, ()) if concerns(standing)]
        if found:
            cases.append(Case(rule=rule, review=review, standings=tuple(sorted(found, key=order))))
    return cases


def _due_order(standing: Standing) -> tuple[float, str]:
    due = standing.tracked.item.due
    return (due.toordinal() if due else 0, standing.tracked.key)


def _latest_closed(standing: Standing) -> tuple[float, str]:
    return (-standing.closed.timestamp() if standing.closed else 0.0, standing.tracked.key)


def _latest_review(review: ReviewHeader) -> tuple[int, str]:
    held = held_on(review, UTC)
    return (-held.toordinal() if held else 0, review.id)


def _severity(review: ReviewHeader) -> str:
    """`SEV-1`, `sev 1` and `Sev1` are one severity."""
    return label_of(review.severity).replace("-", "")


def _key(case: Case) -> str:
    return case.standings[0].tracked.key
