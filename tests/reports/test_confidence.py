"""How sure people in a role are that the actions will help: counts, never averages, and nobody pointed at."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from reports.confidence import RoleConfidence, build_confidence
from tests.reports.factory import review
from tracker.model import Confidence, ReviewHeader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    Answers = Sequence[tuple[str, int, date | None]]

FIRST, MIDDLE, LAST = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def held(*reviews: Answers) -> dict[str, ReviewHeader]:
    return {
        f"INC-{n}": review(
            f"INC-{n}", confidence=tuple(Confidence(role=role, score=score, on=on) for role, score, on in answers)
        )
        for n, answers in enumerate(reviews)
    }


def test_four_and_five_are_counted_of_all_answers_with_the_response_beside_it() -> None:
    reviews = held(*([("support", score, FIRST)] for score in (5, 4, 4, 3, 1)), [], [], [], [], [])
    (found,) = build_confidence(reviews)
    assert found.top is not None
    assert (found.top.count, found.top.of, found.reviews_answered, found.reviews) == (3, 5, 5, 10)
    assert found.said == ("3 of 5 answers are 4 or 5 (60%, 95% interval 23% to 88%); answered in 5 of 10 reviews (50%)")


@pytest.mark.parametrize(("answers", "is_shown"), [(4, False), (5, True)])
def test_fewer_than_five_answers_are_not_shown(answers: int, is_shown: bool) -> None:
    (found,) = build_confidence(held(*([("support", 5, FIRST)] for _ in range(answers))))
    assert (found.top is not None) is is_shown
    assert (found.said == "fewer than five answers, not shown") is not is_shown


def test_roles_are_never_put_together() -> None:
    found = build_confidence(held(*([("support", 5, None), ("engineering", 1, None)] for _ in range(5))))
    assert [one.role for one in found] == ["engineering", "support"]
    assert [one.top.count if one.top else None for one in found] == [0, 5]
    assert not any(word in field.name for field in fields(RoleConfidence) for word in ("mean", "average"))


def test_a_role_is_one_whatever_its_spelling() -> None:
    (found,) = build_confidence(held([("Support", 5, None), ("support", 4, None), ("SUPPORT ", 2, None)]))
    assert (found.role, found.answers) == ("SUPPORT", 3)


def test_the_change_compares_first_and_last_answer_of_a_role_within_each_review() -> None:
    moves = [(2, 5), (3, 4), (4, 4), (5, 3), (1, 2)]
    reviews = held(*([("support", b, LAST), ("support", 1, MIDDLE), ("support", a, FIRST)] for a, b in moves))
    (found,) = build_confidence(reviews)
    assert (found.up, found.same, found.down) == (3, 1, 1)
    assert found.said.endswith("; of 5 answers given again 3 went up, 1 stayed, 1 went down")


def test_under_five_pairs_there_is_no_change_shown() -> None:
    pair: Answers = [("support", 2, FIRST), ("support", 5, LAST)]
    (found,) = build_confidence(held(*[pair] * 4))
    assert found.top is not None
    assert (found.up, found.same, found.down) == (None, None, None)


def test_answers_without_a_day_or_of_one_day_are_no_pair() -> None:
    undated: Answers = [("support", 2, None), ("support", 5, LAST)]
    of_one_day: Answers = [("support", 2, LAST), ("support", 5, LAST)]
    (found,) = build_confidence(held(*[undated] * 5, *[of_one_day] * 5))
    assert (found.answers, found.up) == (20, None)


def test_several_answers_of_a_day_count_as_their_median() -> None:
    several: Answers = [("support", score, FIRST) for score in (1, 4, 5)] + [("support", 4, LAST)]
    (found,) = build_confidence(held(*[several] * 5))
    assert (found.up, found.same, found.down) == (0, 5, 0)


def test_a_past_report_does_not_know_of_later_answers() -> None:
    reviews = held(*([("support", 2, FIRST), ("support", 5, LAST)] for _ in range(5)))
    (found,) = build_confidence(reviews, today=MIDDLE)
    assert (found.answers, found.up) == (5, None)


def test_nobody_asked_is_no_role() -> None:
    assert build_confidence(held([], [])) == ()
    assert build_confidence({}) == ()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["a", "A", "b"]), st.integers(1, 5), st.sampled_from([None, FIRST, LAST])),
            max_size=4,
        ),
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_reviews_and_answers_changes_nothing(reviews: list[Answers], chance: Random) -> None:
    expected = build_confidence(held(*reviews))
    mixed = [chance.sample(answers, len(answers)) for answers in reviews]
    chance.shuffle(mixed)
    assert build_confidence(held(*mixed)) == expected
