"""Kaplan-Meier: the share completed while some are still open, and the median without rounding accidents."""

from __future__ import annotations

from fractions import Fraction
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statistics.proportions import wilson
from reports.statistics.survival import Point, kaplan_meier

if TYPE_CHECKING:
    from random import Random

few = settings(max_examples=50, deadline=None)
DAYS = st.lists(st.integers(0, 12), min_size=1, max_size=40)
FOLLOWED = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@given(DAYS)
@few
def test_where_all_are_completed_it_is_the_plain_share_and_the_plain_median(days: list[int]) -> None:
    curve = kaplan_meier(days, [True] * len(days))
    for day in range(13):
        assert curve.share_at(day).share == pytest.approx(sum(each <= day for each in days) / len(days), abs=1e-12)
    assert curve.median == sorted(days)[(len(days) - 1) // 2]


@given(FOLLOWED)
@few
def test_the_median_is_the_first_day_that_reaches_half_in_exact_fractions(followed: list[tuple[int, bool]]) -> None:
    days, completed = zip(*followed, strict=True)
    left, median = Fraction(1), None
    for day in range(13):
        at_risk = sum(each >= day for each in days)
        finished = sum(each == day and is_complete for each, is_complete in followed)
        left *= 1 - Fraction(finished, at_risk) if at_risk else 1
        if median is None and left <= Fraction(1, 2):
            median = day
    assert kaplan_meier(days, completed).median == median


@given(FOLLOWED)
@few
def test_the_share_rises_within_its_limits(followed: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(*zip(*followed, strict=True))
    shares = [curve.share_at(day) for day in range(14)]
    assert all(0 <= point.low <= point.share <= point.high <= 1 for point in shares)
    assert [point.share for point in shares] == sorted(point.share for point in shares)
    low, high = curve.median_interval
    if curve.median is not None:
        assert low is not None
        assert low <= curve.median
    if high is not None:
        assert curve.median is not None
        assert curve.median <= high


@given(FOLLOWED, st.randoms(use_true_random=False))
@few
def test_the_order_of_the_items_does_not_matter(followed: list[tuple[int, bool]], chance: Random) -> None:
    shuffled = sorted(followed, key=lambda _: chance.random())
    assert kaplan_meier(*zip(*shuffled, strict=True)) == kaplan_meier(*zip(*followed, strict=True))


def test_keeping_the_dropped_at_risk_can_only_lower_the_share() -> None:
    days, completed = [5.0, 8, 12, 18, 22, 60], [True, True, True, False, False, False]
    kept = kaplan_meier([5.0, 8, 12, 60, 60, 60], completed)
    assert kept.share_at(60).share == pytest.approx(0.5)
    assert kaplan_meier([*days, 30], [*completed, True]).share_at(60).share > 4 / 7


def test_nobody_at_all_is_an_empty_curve() -> None:
    curve = kaplan_meier([], [])
    assert (curve.points, curve.median, curve.median_interval, curve.observed) == ((), None, (None, None), 0)
    assert curve.share_at(30) == Point(30, 0, 0, 1)


def test_none_completed_is_a_share_of_nothing_with_the_upper_limit_of_those_followed_that_long() -> None:
    curve = kaplan_meier([10, 20, 30, 40, 50], [False] * 5)
    assert (curve.median, curve.median_interval, curve.observed) == (None, (None, None), 50)
    assert curve.share_at(0) == Point(0, 0, 0, wilson(0, 5)[1])
    assert curve.share_at(35) == Point(35, 0, 0, wilson(0, 2)[1])


def test_before_the_first_completion_the_share_is_nothing() -> None:
    curve = kaplan_meier([3, 9, 9], [True, False, False])
    assert curve.share_at(2.9).share == 0
    assert curve.share_at(3).share == pytest.approx(1 / 3)
    assert curve.share_at(1000).share == pytest.approx(1 / 3)


def test_once_all_are_completed_the_lower_limit_is_the_one_reached_before() -> None:
    curve = kaplan_meier([1, 2, 3], [True] * 3)
    assert curve.share_at(3) == Point(3, 1, curve.share_at(2).low, 1)
    assert curve.median_interval == (1, 3)


def test_all_completed_on_one_day_are_a_plain_proportion() -> None:
    curve = kaplan_meier([4.0] * 6, [True] * 6)
    assert curve.points == (Point(4, 1, wilson(6, 6)[0], 1),)
    assert (curve.median, curve.median_interval) == (4, (4, 4))


@pytest.mark.parametrize("day", [-1.0, float("inf"), float("nan")])
def test_what_is_no_duration_is_refused(day: float) -> None:
    with pytest.raises(ValueError, match="number of days"):
        kaplan_meier([3, day, 5], [True, True, False])


def test_days_and_completions_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        kaplan_meier([3, 4], [True])


def test_a_hundred_thousand_items_are_quick_even_when_no_two_took_as_long() -> None:
    days = [number * 7919 % 100_003 / 250 for number in range(100_000)]
    begun = process_time()
    curve = kaplan_meier(days, [number % 3 != 0 for number in range(100_000)])
    assert process_time() - begun < 1.5
    assert curve.median is not None
