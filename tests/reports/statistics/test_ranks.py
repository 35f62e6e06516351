"""Medians and ranks, against every way to deal them on small numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statistics import ranks
from reports.statistics.ranks import hodges_lehmann_ratio, mann_whitney_greater, median

few = settings(max_examples=50, deadline=None)
TIED = st.lists(st.integers(1, 5), min_size=1, max_size=6)
MINUTES = st.lists(st.floats(0.5, 5000), min_size=1, max_size=25)


def test_a_median_is_the_middle_or_half_way_between_two() -> None:
    assert median([5]) == 5
    assert median(iter([9, 1, 5])) == 5
    assert median([9, 1, 5, 6]) == 5.5
    with pytest.raises(ValueError, match="no median"):
        median([])


def pairs(x: list[int], y: list[int]) -> Fraction:
    """U as it is defined."""
    return sum((Fraction((a > b) * 2 + (a == b), 2) for a in x for b in y), Fraction(0))


@given(TIED, TIED)
@few
def test_mann_whitney_matches_every_way_to_deal_with_ties(x: list[int], y: list[int]) -> None:
    together, seen = x + y, pairs(x, y)
    deals = list(combinations(range(len(together)), len(x)))
    reached = 0
    for deal in deals:
        drawn = [together[index] for index in deal]
        rest = [together[index] for index in range(len(together)) if index not in deal]
        reached += pairs(drawn, rest) >= seen
    assert mann_whitney_greater(x, y) == (float(seen), reached / len(deals))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=15), st.lists(st.floats(0, 100), min_size=1, max_size=15))
@few
def test_mann_whitney_counts_each_pair_once(x: list[float], y: list[float]) -> None:
    (u, p), (other, other_p) = mann_whitney_greater(x, y), mann_whitney_greater(y, x)
    assert u + other == len(x) * len(y)
    assert 0 < p <= 1
    assert p + other_p >= 1


@given(st.sets(st.integers(0, 50), min_size=1, max_size=15), st.sets(st.integers(0, 50), min_size=1, max_size=15))
@few
def test_longer_is_likelier_greater(x: set[int], y: set[int]) -> None:
    """Even against odd: no ties, which a shift could make or part."""
    even, odd = [2 * each for each in sorted(x)], [2 * each + 1 for each in sorted(y)]
    assert mann_whitney_greater([each + 2 for each in even], odd)[1] <= mann_whitney_greater(even, odd)[1] + 1e-12


def test_three_all_above_three_are_one_in_twenty() -> None:
    assert mann_whitney_greater([4, 5, 6], [1, 2, 3]) == (9, 0.05)
    assert mann_whitney_greater([1, 2, 3], [4, 5, 6]) == (0, 1)


def test_where_all_are_equal_nothing_can_be_said() -> None:
    assert mann_whitney_greater([7] * 5, [7] * 6) == (15, 1)
    assert mann_whitney_greater([7] * 500, [7] * 600) == (150_000, 1)


@pytest.mark.parametrize(("spread", "shift"), [(1000, 40), (12, 1), (1000, 150)])
def test_the_normal_approximation_is_close_where_it_takes_over(
    spread: int, shift: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = [number * 37 % spread + shift for number in range(50)]
    y = [number * 101 % spread for number in range(50)]
    u, exactly = mann_whitney_greater(x, y)
    monkeypatch.setattr(ranks, "_PAIRS", 0)
    assert mann_whitney_greater(x, y) == pytest.approx((u, exactly), abs=1e-3)


def test_big_lots_are_quick() -> None:
    x = [number * 7919 % 10_007 + 1.0 for number in range(10_000)]
    begun = process_time()
    for n, m in ((50, 50), (5, 500), (1, 2500), (10_000, 10_000)):
        assert 0 < mann_whitney_greater(x[:n], x[:m])[1] <= 1
    assert hodges_lehmann_ratio(x, x) == pytest.approx(1)
    assert process_time() - begun < 3


@pytest.mark.parametrize(("before", "after"), [([], [1.0]), ([1.0], [])])
def test_two_lots_are_needed(before: list[float], after: list[float]) -> None:
    for figure in (mann_whitney_greater, hodges_lehmann_ratio):
        with pytest.raises(ValueError, match="something in both"):
            figure(before, after)


@pytest.mark.parametrize(("before", "after"), [([0.0, 1], [1.0]), ([1.0], [-1.0]), ([-1.0], [1.0])])
def test_a_ratio_of_nothing_is_refused(before: list[float], after: list[float]) -> None:
    with pytest.raises(ValueError, match="a ratio needs"):
        hodges_lehmann_ratio(before, after)


@given(MINUTES, MINUTES)
@few
def test_the_ratio_is_the_median_of_all_ratios_however_many(before: list[float], after: list[float]) -> None:
    listed = hodges_lehmann_ratio(before, after)
    assert listed == median([later / earlier for later in after for earlier in before])
    assert hodges_lehmann_ratio([each * 60 for each in before], [each * 60 for each in after]) == pytest.approx(listed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "_RATIOS", 0)
        assert hodges_lehmann_ratio(before, after) == pytest.approx(listed, rel=1e-12)


def test_a_duration_of_nothing_since_the_fix_is_a_ratio_of_nothing() -> None:
    assert hodges_lehmann_ratio([10, 20, 30], [0, 0, 5]) == 0
    assert hodges_lehmann_ratio([10, 20, 30] * 300, [0, 0, 5] * 300) == 0
