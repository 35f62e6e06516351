"""How sure stakeholders are that the actions will help, by role. Pure.

Roles are never averaged, and fewer than five answers are not shown: they would point at people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports.rates import FEW, Rate, build_rate
from reports.statistics.ranks import median
from reports.words import clean, counted, interval, number, share, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tracker.model import Confidence, ReviewHeader

_SURE = 4
"""Answers of 4 and 5 say that somebody is sure ("top box")."""


class RoleConfidence(Struct, frozen=True, kw_only=True):
    """One role: how many of its answers were 4 or 5, and in how many of the reviews held it answered at all.

    `top` is None under five answers. `up`, `same` and `down` count the reviews in which the role answered twice or
    more, by its first and its last answer; None under five such pairs. `said` is all of it in words.
    """

    role: str
    answers: int
    top: Rate | None
    reviews: int
    reviews_answered: int
    up: int | None
    same: int | None
    down: int | None
    said: str


def build_confidence(reviews: Mapping[str, ReviewHeader], today: date | None = None) -> tuple[RoleConfidence, ...]:
    """What each role answered in the reviews held, in the order of the alphabet.

    Answers dated later than `today` are left out: a past report does not know them.
    """
    answers: dict[str, dict[str, list[Confidence]]] = {}
    for name, review in reviews.items():
        for answer in review.confidence:
            if today is None or answer.on is None or answer.on <= today:
                answers.setdefault(clean(answer.role).casefold(), {}).setdefault(name, []).append(answer)
    return tuple(_build_role(list(by_review.values()), len(reviews)) for _role, by_review in sorted(answers.items()))


def _build_role(by_review: Sequence[Sequence[Confidence]], reviews: int) -> RoleConfidence:
    """One role's answers, review by review; it is spelled as the first of its spellings in the alphabet."""
    answers = [answer for of_review in by_review for answer in of_review]
    top = build_rate(sum(answer.score >= _SURE for answer in answers), len(answers)) if len(answers) >= FEW else None
    changes = [change for of_review in by_review if (change := _change(of_review)) is not None]
    is_shown = top is not None and len(changes) >= FEW
    up, same, down = (
        (sum(c > 0 for c in changes), sum(c == 0 for c in changes), sum(c < 0 for c in changes))
        if is_shown
        else (None, None, None)
    )
    return RoleConfidence(
        role=min(clean(answer.role) for answer in answers),
        answers=len(answers),
        top=top,
        reviews=reviews,
        reviews_answered=len(by_review),
        up=up,
        same=same,
        down=down,
        said=_say(top, build_rate(len(by_review), reviews), up, same, down),
    )


def _change(answers: Iterable[Confidence]) -> float | None:
    """How the role's last day differs from its first in a review; None where it did not answer on two days.

    Several answers of one day have no order: their median stands for them.
    """
    by_day: dict[date, list[float]] = {}
    for answer in answers:
        if answer.on is not None:
            by_day.setdefault(answer.on, []).append(answer.score)
    if len(by_day) < 2:
        return None
    return median(by_day[max(by_day)]) - median(by_day[min(by_day)])


def _say(top: Rate | None, response: Rate, up: int | None, same: int | None, down: int | None) -> str:
    if top is None:
        return "fewer than five answers, not shown"
    reached = f" ({share(response)})" if share(response) else ""
    said = (
        f"{tally(top)} answers are 4 or 5 ({share(top)}, {interval(top)}); "
        f"answered in {number(response.count)} of {counted(response.of, 'review')}{reached}"
    )
    if up is None or same is None or down is None:
        return said
    return f"{said}; of {counted(up + same + down, 'answer')} given again {up} went up, {same} stayed, {down} went down"
