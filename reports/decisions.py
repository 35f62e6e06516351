"""What needs a decision this week: at most seven, ranked by rule. Pure; says what is the matter, and blames nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from reports import decision_cases as cases_of
from reports.decision_rules import CHOICES, Rule
from reports.recurrence import Happened, build_happened
from reports.standing import LOST, UNFINISHED
from reports.words import clean, counted, day, link, month

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reports.aims import Aims
    from reports.basis import Basis
    from reports.decision_cases import Case
    from reports.incidents import Occurrence
    from reports.recurrence import Against
    from reports.returns import Return, Returns
    from reports.scene import Scene
    from reports.standing import Standing
    from tracker.model import ReviewHeader

AT_MOST = 7
_LINKS = 3
_UNFINISHED_WORDS = ("overdue", *UNFINISHED)


class Pointer(Struct, frozen=True, kw_only=True):
    """An item a decision is about."""

    key: str
    title: str
    url: str


class Decision(Struct, frozen=True, kw_only=True):
    """One sentence that a person has to decide on, and what the choice is.

    `review_*` are the review it is about, or the incident that came back. `who` could decide: the team, or whoever owns
    the review; no person is named.
    """

    rule: Rule
    sentence: str
    choice: str
    review_id: str
    review_title: str
    review_url: str
    team: str
    who: str
    items: tuple[Pointer, ...] = ()


class LeftOut(Struct, frozen=True, kw_only=True):
    """Decisions of one rule that did not fit on the page."""

    rule: Rule
    count: int


def build_decisions(
    scene: Scene,
    reviews: Mapping[str, ReviewHeader],
    returns: Returns,
    aims: Aims,
    concerns: Callable[[Occurrence], bool],
) -> tuple[tuple[Decision, ...], tuple[LeftOut, ...]]:
    """The first seven by rank, and how many more of each rule there are.

    Asked about are `reviews`, and the incidents that `concerns` lets through: the last return of each class, however
    long ago, where an item that was unfinished then still is.
    """
    back = [one for one in latest_returns(returns) if concerns(one.incident) and aims.is_still_unfinished(one.incident)]
    shown = [build_happened(scene, one.incident, one, aims) for one in back[:AT_MOST]]
    decisions = [_decide_return(one, scene.basis) for one in shown]
    named = frozenset(item.key for one in shown for item in one.items if item.still_unfinished)
    cases = _find_cases(scene, reviews, returns, named)
    decisions += [_decide(case, scene) for case in cases[: max(AT_MOST - len(decisions), 0)]]
    rest = Counter([Rule.RETURNED] * len(back) + [case.rule for case in cases])
    rest.subtract(decision.rule for decision in decisions)
    return tuple(decisions), tuple(LeftOut(rule=rule, count=rest[rule]) for rule in Rule if rest[rule])


def latest_returns(returns: Returns) -> list[Return]:
    """The last return of each class, the newest first; an incident that brought several classes back comes once."""
    latest = {one.incident.id: one for _name, one in sorted(returns.latest.items(), reverse=True)}
    return sorted(latest.values(), key=lambda one: (one.incident.started, one.incident.id), reverse=True)


def _find_cases(
    scene: Scene, reviews: Mapping[str, ReviewHeader], returns: Returns, named: frozenset[str]
) -> list[Case]:
    """All cases in order of rank, but for returns; an item named by a case of higher rank is not overdue once more."""
    asked = cases_of.find_asked(reviews, scene.standings, named)
    named = named | {clean(standing.tracked.key) for case in asked for standing in case.standings}
    held, by_review = reviews.values(), scene.by_review

    def back_of(review: ReviewHeader) -> Return | None:
        return returns.latest.get(scene.class_of[review.id])

    unanswered = cases_of.find_unanswered(held, by_review)
    return [
        *asked,
        *cases_of.find_overdue(held, by_review, named),
        *cases_of.find_without_evidence(held, by_review),
        *cases_of.find_lost(held, by_review),
        *cases_of.find_waived(held, by_review, back_of, scene.moment.at),
        *unanswered,
    ]


def _decide_return(back: Happened, basis: Basis) -> Decision:
    left = [one for one in back.items if one.still_unfinished or _was_lost_since(one)]
    pointers = tuple(Pointer(key=one.key, title=one.title, url=one.url) for one in left)
    team = back.team or next((one.team for one in left if one.team), "")
    return Decision(
        rule=Rule.RETURNED,
        sentence=(
            f"{basis.title_of(back.returned_class)} came back on {day(back.started)} ({back.incident_id}) while "
            f"{back.unfinished:,} of {counted(back.aimed, 'item')} aimed at it "
            f"{_were(back.unfinished)} unfinished{_say_now(back)}."
        ),
        choice=CHOICES[Rule.RETURNED],
        review_id=back.incident_id,
        review_title=back.title,
        review_url=back.url,
        team=team,
        who=team or _owner_of(pointers[0].key.rpartition("/")[0]),
        items=pointers[:_LINKS],
    )


def _was_lost_since(item: Against) -> bool:
    return item.then in _UNFINISHED_WORDS and item.now in LOST


def _say_now(back: Happened) -> str:
    """How those that were unfinished then stand now: `, and is overdue now`; `. Now: 1 overdue, 1 missing`."""
    if back.unfinished == 1:
        return f", and is {next(iter(back.now))} now"
    return f". Now: {', '.join(f'{count:,} {word}' for word, count in back.now.items())}"


def _decide(case: Case, scene: Scene) -> Decision:
    review = case.review
    return Decision(
        rule=case.rule,
        sentence=_sentence(case, scene),
        choice=CHOICES[case.rule],
        review_id=clean(review.id),
        review_title=clean(review.title),
        review_url=link(review.url),
        team=clean(review.team),
        who=clean(review.team) or _owner_of(clean(review.id)),
        items=tuple(_point(standing) for standing in case.standings[:_LINKS]),
    )


def _owner_of(review_id: str) -> str:
    return f"whoever owns {review_id}"


def _point(standing: Standing) -> Pointer:
    tracked = standing.tracked
    return Pointer(
        key=clean(tracked.key),
        title=clean(tracked.item.title),
        url=link(tracked.issue.url) if tracked.issue else "",
    )


def _sentence(case: Case, scene: Scene) -> str:
    match case.rule:
        case Rule.ASKED:
            return _say_asked(case)
        case Rule.OVERDUE:
            return _say_overdue(case, scene.today)
        case Rule.WITHOUT_EVIDENCE:
            return f"{_subject(case)} {_were(len(case.standings))} closed without evidence."
        case Rule.LOST:
            issue = "its issue" if len(case.standings) == 1 else "each issue"
            lost = f"{issue} was deleted, has moved away, or cannot be read"
            return f"{_subject(case)} {_are(len(case.standings))} lost: {lost}."
        case Rule.WAIVER:
            return _say_waiver(case, scene)
        case _:
            return _say_unanswered(case)


def _subject(case: Case) -> str:
    return f"{counted(len(case.standings), 'item')} of {clean(case.review.id)}"


def _say_asked(case: Case) -> str:
    """Named by the title of the first request."""
    first = case.standings[0].tracked
    asking = counted(cases_of.count_asking(case), "review")
    return f"{clean(first.item.title)} has been asked for by {asking} since {month(first.committed)} and is still open."


def _say_overdue(case: Case, today: date) -> str:
    due = case.standings[0].tracked.item.due or today
    which = "it was" if len(case.standings) == 1 else "the oldest was"
    late = f"{which} due on {day(due)}, {counted((today - due).days, 'day')} ago"
    return f"{_subject(case)} ({clean(case.review.severity)}) {_are(len(case.standings))} overdue; {late}."


def _say_waiver(case: Case, scene: Scene) -> str:
    """That a waiver ran out, or that a class came back since: what was waived is looked at again then."""
    count = len(case.standings)
    if case.back is not None:
        start = case.back.incident
        on = start.started if start.day_only else start.started.astimezone(scene.moment.zone)
        comes = "comes" if count == 1 else "come"
        items = f"{counted(count, 'waived item')} of {clean(case.review.id)}"
        back = f"{scene.basis.title_of(case.back.name)} came back on {day(on)} ({start.id})"
        return f"{items} {comes} up for decision: {back}."
    ended = day(date.fromordinal(int(cases_of.ended_on(case.standings[0], scene.moment.at))))
    if count == 1:
        return f"The waiver of {clean(case.standings[0].tracked.key)} ended on {ended}, and the item is still open."
    return f"The waivers of {_subject(case)} have ended, the first on {ended}, and the items are still open."


def _say_unanswered(case: Case) -> str:
    conditions = counted(len(case.conditions), "failure condition")
    have = "has" if len(case.conditions) == 1 else "have"
    named = clean(", ".join(case.conditions))
    return f"{conditions} of {clean(case.review.id)} {have} no live or done item: {named}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
