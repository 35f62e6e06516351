"""Intervals of shares, the binomial under them, Fisher's test and many tests at once, against exact arithmetic."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statistics import proportions
from reports.statistics.proportions import (
    benjamini_hochberg,
    binomial_cdf,
    binomial_pmf,
    binomial_sf_inclusive,
    clopper_pearson,
    fisher_greater,
    wilson,
)

few = settings(max_examples=50, deadline=None)
COUNTS = st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
SMALL = st.integers(1, 40).flatmap(lambda trials: st.tuples(st.integers(-1, trials + 1), st.just(trials)))
CELLS = st.integers(0, 12)

TRIALS = [(81, 263), (0, 20), (5, 5), (12, 30), (1, 1)]


@pytest.mark.parametrize(("successes", "trials"), TRIALS)
def test_wilson_matches_the_formula_in_exact_arithmetic(successes: int, trials: int) -> None:
    with localcontext(prec=40):
        z = Decimal("1.959963984540054235524594430520551652")
        share, spread = Decimal(successes) / trials, z * z / trials
        centre = (share + spread / 2) / (1 + spread)
        reach = z * ((share * (1 - share) + spread / 4) / trials).sqrt() / (1 + spread)
    assert wilson(successes, trials) == pytest.approx((float(centre - reach), float(centre + reach)), abs=1e-14)


@given(COUNTS)
@few
def test_an_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    successes, trials = counts
    for interval in (wilson, clopper_pearson):
        low, high = interval(successes, trials)
        assert 0 <= low <= successes / trials <= high <= 1
        other_low, other_high = interval(trials - successes, trials)
        assert (1 - other_high, 1 - other_low) == pytest.approx((low, high))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 4)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(successes, trials)
    with pytest.raises(ValueError, match="not a proportion"):
        clopper_pearson(successes, trials)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_what_is_no_level_of_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="level of confidence"):
        clopper_pearson(1, 2, confidence)


@given(COUNTS, st.sampled_from([0.5, 0.9, 0.95, 0.999]))
@few
def test_at_a_clopper_pearson_limit_the_tail_is_half_of_what_is_left(
    counts: tuple[int, int], confidence: float
) -> None:
    k, n = counts
    low, high = clopper_pearson(k, n, confidence)
    tail = (1 - confidence) / 2
    assert binomial_sf_inclusive(k, n, low) == (1.0 if k == 0 else pytest.approx(tail, rel=1e-9))
    assert binomial_cdf(k, n, high) == (1.0 if k == n else pytest.approx(tail, rel=1e-9))


@given(COUNTS)
@few
def test_more_successes_move_both_limits_up(counts: tuple[int, int]) -> None:
    k, n = counts
    lower, higher = clopper_pearson(k, n + 1), clopper_pearson(k + 1, n + 1)
    assert lower[0] < higher[0]
    assert lower[1] < higher[1]


@pytest.mark.parametrize("k", [0, 1, 317, 50_000, 99_999, 100_000])
def test_a_hundred_thousand_trials_are_no_trouble(k: int) -> None:
    low, high = clopper_pearson(k, 100_000)
    assert 0 <= low <= k / 100_000 <= high <= 1
    assert k == 0 or binomial_sf_inclusive(k, 100_000, low) == pytest.approx(0.025, rel=1e-7)


def test_the_binomial_is_exact_at_a_hundred_thousand_trials() -> None:
    n = 100_000
    middle = comb(n, n // 2) / (1 << n)
    assert binomial_pmf(n // 2, n, 0.5) == pytest.approx(middle, rel=1e-8)
    assert binomial_cdf(n // 2, n, 0.5) == pytest.approx(0.5 + middle / 2, rel=1e-8)
    assert binomial_sf_inclusive(1, n, 1e-12) == pytest.approx(1e-7, rel=1e-6)


@given(SMALL, st.sampled_from([0.0, 1.0, 0.5, 0.01, 0.37, 0.999, 1e-9]))
@few
def test_the_binomial_matches_sums_of_fractions(counts: tuple[int, int], p: float) -> None:
    k, n = counts
    share = Fraction(p)
    exactly = [comb(n, j) * share**j * (1 - share) ** (n - j) for j in range(n + 1)]
    below, above = sum(exactly[: k + 1]), sum(exactly[max(k, 0) :])
    assert binomial_pmf(k, n, p) == pytest.approx(float(exactly[k] if 0 <= k <= n else 0), rel=1e-12, abs=1e-15)
    assert binomial_cdf(k, n, p) == pytest.approx(float(below), rel=1e-12, abs=1e-15)
    assert binomial_sf_inclusive(k, n, p) == pytest.approx(float(above), rel=1e-12, abs=1e-15)
    assert 0 <= binomial_cdf(k, n, p) <= 1


@pytest.mark.parametrize(("n", "p"), [(-1, 0.5), (3, -0.1), (3, 1.1), (3, float("nan"))])
def test_what_is_no_binomial_distribution_is_refused(n: int, p: float) -> None:
    for figure in (binomial_pmf, binomial_cdf, binomial_sf_inclusive):
        with pytest.raises(ValueError, match="no binomial distribution"):
            figure(1, n, p)


@pytest.mark.parametrize(
    ("table", "ways", "of"),
    [
        ((3, 0, 0, 3), 1, 20),  # the tea tasting with three cups of each: one way of C(6, 3)
        ((3, 1, 1, 3), 17, 70),  # Fisher's own: (16 + 1) of C(8, 4)
        ((2, 2, 2, 2), 53, 70),  # 36 + 16 + 1
        ((0, 4, 4, 0), 70, 70),
        ((1, 9, 11, 3), 2_704_156 - 91, 2_704_156),  # all of C(24, 12) but those with 0: C(14, 12) = 91
        ((5, 0, 0, 0), 1, 1),
        ((0, 0, 0, 0), 1, 1),
    ],
)
def test_fisher_matches_tables_counted_by_hand(table: tuple[int, int, int, int], ways: int, of: int) -> None:
    assert fisher_greater(*table) == ways / of


@given(CELLS, CELLS, CELLS, CELLS)
@few
def test_fisher_is_the_same_for_big_tables_and_small_ones(a: int, b: int, c: int, d: int) -> None:
    in_whole_numbers = fisher_greater(a, b, c, d)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proportions, "_WHOLE", -1)
        assert fisher_greater(a, b, c, d) == pytest.approx(in_whole_numbers, rel=1e-11)
    assert 0 < in_whole_numbers <= 1
    assert fisher_greater(a, c, b, d) == in_whole_numbers  # rows and columns may change places
    if b and c:
        assert fisher_greater(a + 1, b - 1, c - 1, d + 1) < in_whole_numbers


def test_fisher_takes_a_hundred_thousand_in_a_cell() -> None:
    assert fisher_greater(100_000, 100_000, 100_000, 100_000) == pytest.approx(0.5, abs=0.002)
    assert fisher_greater(100_000, 90_000, 90_000, 100_000) < 1e-200


def test_fisher_refuses_a_negative_count() -> None:
    with pytest.raises(ValueError, match="no table of counts"):
        fisher_greater(1, -1, 2, 3)


@given(st.lists(st.floats(0, 1), max_size=20))
@few
def test_benjamini_hochberg_keeps_the_order_and_never_lowers_a_p(ps: list[float]) -> None:
    adjusted = benjamini_hochberg(ps)
    assert all(p <= more <= 1 for p, more in zip(ps, adjusted, strict=True))
    in_order = [more for _, more in sorted(zip(ps, adjusted, strict=True))]
    assert in_order == sorted(adjusted)
    assert sorted(benjamini_hochberg(ps[::-1])) == sorted(adjusted)


@given(st.lists(st.floats(0, 1), max_size=20))
@few
def test_benjamini_hochberg_rejects_what_their_step_up_procedure_rejects(ps: list[float]) -> None:
    ordered = sorted(ps)
    allowed = [p for rank, p in enumerate(ordered, 1) if p * (len(ps) / rank) <= 0.1]
    worst = allowed[-1] if allowed else -1.0
    assert [more <= 0.1 for more in benjamini_hochberg(ps)] == [p <= worst for p in ps]


def test_one_p_value_is_left_as_it_is_and_one_outside_0_to_1_is_refused() -> None:
    assert benjamini_hochberg([0.03]) == (0.03,)
    assert benjamini_hochberg([]) == ()
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.5, 1.5])
