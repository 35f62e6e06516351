"""What needs a decision this week: at most seven, ranked by rule. Pure; says what is the matter, never who is to blame.

One decision is about one review: ten overdue items of a review are one conversation.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.standing import DONE, LOST, UNFINISHED, Line, Standing
from reports.words import clean, counted, day, link
from tracker.model import ReviewHeader
from tracker.rules import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from reports.recurrence import Return

AT_MOST = 7
_SEVERE = ("sev1", "sev2")
_LINKS = 3

_slug = lru_cache(maxsize=4096)(slug)
"""The same few conditions are named by many items."""


class Rule(StrEnum):
    """Why something needs a decision, in the order of rank."""

    RETURNED = "came back on an unfinished item"
    OVERDUE = "overdue on a severe review"
    WITHOUT_EVIDENCE = "closed without evidence"
    LOST = "lost"
    UNANSWERED = "failure condition without an item"


CHOICES = {
    Rule.RETURNED: "Finish it now, or record that it is dropped.",
    Rule.OVERDUE: "Agree a date that will hold, or record that it is dropped.",
    Rule.WITHOUT_EVIDENCE: "Add the link that shows it, or reopen it.",
    Rule.LOST: "Find where it went, or push it again.",
    Rule.UNANSWERED: "Commit to an item, or record that none is planned.",
}


class Pointer(Struct, frozen=True, kw_only=True):
    """An item a decision is about."""

    key: str
    title: str
    url: str


class Decision(Struct, frozen=True, kw_only=True):
    """One sentence that a person has to decide on, and what the choice is. `team` is who could; no person is named."""

    rule: Rule
    sentence: str
    choice: str
    review_id: str
    review_title: str
    review_url: str
    team: str
    items: tuple[Pointer, ...] = ()


class LeftOut(Struct, frozen=True, kw_only=True):
    """Decisions of one rule that did not fit on the page."""

    rule: Rule
    count: int


class _Case(Struct, frozen=True, kw_only=True):
    """What a decision will be about; put into words only when it is among the first seven."""

    rule: Rule
    review: ReviewHeader
    standings: tuple[Standing, ...] = ()
    conditions: tuple[str, ...] = ()


def build_decisions(
    reviews: Mapping[str, ReviewHeader],
    by_review: Mapping[str, Sequence[Standing]],
    returns: Iterable[Return],
    today: date,
) -> tuple[tuple[Decision, ...], tuple[LeftOut, ...]]:
    """The first seven by rank, and how many more of each rule there are. `returns` come newest first."""
    back = _latest(returns)
    returned = [_decide_return(one) for one in back]
    named = frozenset(item.key for one in back for item in one.items if item.still_unfinished)
    cases = [
        *_overdue(reviews.values(), by_review, named),
        *_without_evidence(reviews.values(), by_review),
        *_lost(reviews.values(), by_review),
        *_unanswered(reviews.values(), by_review),
    ]
    rules = [decision.rule for decision in returned] + [case.rule for case in cases]
    rest = rules[AT_MOST:]
    decisions = [*returned, *(_decide(case, today) for case in cases[:AT_MOST])]
    left_out = tuple(LeftOut(rule=rule, count=rest.count(rule)) for rule in Rule if rule in rest)
    return tuple(decisions[:AT_MOST]), left_out


def _latest(returns: Iterable[Return]) -> list[Return]:
    """The latest return of each class, where an item that was unfinished at that moment still is."""
    latest: dict[str, Return] = {}
    for back in returns:
        latest.setdefault(back.incident_class, back)
    return [back for back in latest.values() if back.still_unfinished]


def _decide_return(back: Return) -> Decision:
    left, late = back.still_unfinished, back.still_overdue
    how_many = "" if left == late == 1 else f"{late:,} of them "
    overdue = f", {how_many}overdue" if late else ""
    return Decision(
        rule=Rule.RETURNED,
        sentence=(
            f"{back.incident_class} came back on {day(back.started)} ({back.review_id}) while "
            f"{back.unfinished:,} of {counted(back.aimed, 'item')} aimed at it "
            f"{_were(back.unfinished)} unfinished; {left:,} still {_are(left)}{overdue}."
        ),
        choice=CHOICES[Rule.RETURNED],
        review_id=back.review_id,
        review_title=back.title,
        review_url=back.url,
        team=back.team,
        items=tuple(
            Pointer(key=item.key, title=item.title, url=item.url) for item in back.items if item.still_unfinished
        )[:_LINKS],
    )


def _overdue(
    reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]], named: frozenset[str]
) -> list[_Case]:
    """Severe reviews with overdue items that no return is about: by severity, then the oldest due date."""
    severe = (review for review in reviews if _severity(review) in _SEVERE)
    cases = _cases(
        Rule.OVERDUE, severe, by_review, lambda s: s.overdue and clean(s.tracked.key) not in named, _due_order
    )
    return sorted(cases, key=lambda case: (_severity(case.review), _due_order(case.standings[0])))


def _without_evidence(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[_Case]:
    """Reviews with items closed without evidence, the latest close first."""
    cases = _cases(Rule.WITHOUT_EVIDENCE, reviews, by_review, lambda s: s.line is Line.WITHOUT_EVIDENCE, _latest_closed)
    return sorted(cases, key=lambda case: _latest_closed(case.standings[0]))


def _lost(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[_Case]:
    """Reviews with lost items, the latest review first."""
    cases = _cases(Rule.LOST, reviews, by_review, lambda s: s.line in LOST, lambda s: (0.0, s.tracked.key))
    return sorted(cases, key=lambda case: _latest_review(case.review))


def _unanswered(reviews: Iterable[ReviewHeader], by_review: Mapping[str, Sequence[Standing]]) -> list[_Case]:
    """Reviews with a failure condition that no live or done item names, the latest review first.

    An item of another review counts where it is live, or was done after this incident started: one that was done
    before did not keep the condition away.
    """
    live, done = _answers(by_review)
    cases = []
    for review in reviews:
        if not review.conditions:
            continue
        answering = (s.tracked.item for s in by_review.get(review.id, ()) if _answers_for(s))
        own = {_slug(name) for item in answering for name in item.conditions}
        left = [
            condition.name
            for condition in review.conditions
            if (name := _slug(condition.name)) not in own
            and name not in live
            and (name not in done or review.started is None or done[name] <= review.started)
        ]
        if left:
            cases.append(_Case(rule=Rule.UNANSWERED, review=review, conditions=tuple(left)))
    return sorted(cases, key=lambda case: _latest_review(case.review))


def _answers_for(standing: Standing) -> bool:
    return standing.line in UNFINISHED or standing.line in DONE


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
        latest[_slug(name)] = max(closed, latest.get(_slug(name), closed))
    return {_slug(name) for name in live}, latest


def _cases(
    rule: Rule,
    reviews: Iterable[ReviewHeader],
    by_review: Mapping[str, Sequence[Standing]],
    concerns: Callable[[Standing], bool],
    order: Callable[[Standing], tuple[float, str]],
) -> list[_Case]:
    """One case for each review with an item of concern, its items in order."""
    cases = []
    for review in reviews:
        found = [standing for standing in by_review.get(review.id, ()) if concerns(standing)]
        if found:
            cases.append(_Case(rule=rule, review=review, standings=tuple(sorted(found, key=order))))
    return cases


def _due_order(standing: Standing) -> tuple[float, str]:
    due = standing.tracked.item.due
    return (due.toordinal() if due else 0, standing.tracked.key)


def _latest_closed(standing: Standing) -> tuple[float, str]:
    return (-standing.closed.timestamp() if standing.closed else 0.0, standing.tracked.key)


def _latest_review(review: ReviewHeader) -> tuple[int, str]:
    held = review.reviewed or (review.started.date() if review.started else None)
    return (-held.toordinal() if held else 0, review.id)


def _severity(review: ReviewHeader) -> str:
    """`SEV-1`, `sev 1` and `Sev1` are one severity."""
    return _slug(review.severity).replace("-", "")


def _decide(case: _Case, today: date) -> Decision:
    review = case.review
    return Decision(
        rule=case.rule,
        sentence=_sentence(case, today),
        choice=CHOICES[case.rule],
        review_id=clean(review.id),
        review_title=clean(review.title),
        review_url=link(review.url),
        team=clean(review.team),
        items=tuple(_point(standing) for standing in case.standings[:_LINKS]),
    )


def _point(standing: Standing) -> Pointer:
    tracked = standing.tracked
    return Pointer(
        key=clean(tracked.key),
        title=clean(tracked.item.title),
        url=link(tracked.issue.url) if tracked.issue else "",
    )


def _sentence(case: _Case, today: date) -> str:
    count, review = len(case.standings), clean(case.review.id)
    subject = f"{counted(count, 'item')} of {review}"
    if case.rule is Rule.OVERDUE:
        due = case.standings[0].tracked.item.due or today
        which = "it was" if count == 1 else "the oldest was"
        late = f"{which} due on {day(due)}, {counted((today - due).days, 'day')} ago"
        return f"{subject} ({clean(case.review.severity)}) {_are(count)} overdue; {late}."
    if case.rule is Rule.WITHOUT_EVIDENCE:
        return f"{subject} {_were(count)} closed without evidence."
    if case.rule is Rule.LOST:
        issue = "its issue" if count == 1 else "each issue"
        return f"{subject} {_are(count)} lost: {issue} was deleted, has moved away, or cannot be read."
    conditions = counted(len(case.conditions), "failure condition")
    have = "has" if len(case.conditions) == 1 else "have"
    return f"{conditions} of {review} {have} no live or done item: {clean(', '.join(case.conditions))}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
