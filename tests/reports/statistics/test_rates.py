"""Rates before and since, for one class and for many: edges, properties, and brute force on small numbers."""

from __future__ import annotations

from itertools import product
from math import exp, fsum, inf, lgamma, log, log1p, prod, sqrt
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.statistics import rates
from reports.statistics.proportions import binomial_pmf
from reports.statistics.rates import (
    Stratum,
    days_until_expected,
    expected,
    laplace,
    mantel_haenszel,
    p_quieter,
    p_worse,
    poisson_interval,
    pooled_p,
    rate_ratio,
    rate_ratio_interval,
    zero_events_upper,
)

if TYPE_CHECKING:
    from collections.abc import Callable

few = settings(max_examples=50, deadline=None)
COUNT = st.integers(0, 60)
DAYS = st.floats(0.5, 3000)
STRATA = st.builds(Stratum, COUNT, DAYS, COUNT, DAYS)
TINY = st.builds(Stratum, st.integers(0, 3), DAYS, st.integers(0, 3), DAYS)
FOUR_FIGURES = (p_quieter, p_worse, rate_ratio, rate_ratio_interval)


@pytest.mark.parametrize("days", [0, -1, inf, float("nan")])
def test_a_time_that_is_not_above_0_is_refused(days: float) -> None:
    for figure in FOUR_FIGURES:
        for four in ((1, days, 1, 30.0), (1, 30.0, 1, days)):
            with pytest.raises(ValueError, match="not above 0"):
                figure(*four)
    calls: list[Callable[[], object]] = [
        lambda: expected(1, days, 30),
        lambda: expected(1, 30, days),
        lambda: days_until_expected(1, days),
        lambda: poisson_interval(1, days),
        lambda: zero_events_upper(days),
        lambda: pooled_p([Stratum(1, days, 1, 30)]),
        lambda: mantel_haenszel([Stratum(1, 30, 1, days)]),
        lambda: laplace([1], days),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="not above 0"):
            call()


def test_a_negative_count_is_refused() -> None:
    for figure in FOUR_FIGURES:
        for four in ((-1, 30.0, 1, 30.0), (1, 30.0, -1, 30.0)):
            with pytest.raises(ValueError, match="no count"):
                figure(*four)
    with pytest.raises(ValueError, match="no count"):
        poisson_interval(-1, 30)


def test_without_any_incident_nothing_can_be_said() -> None:
    nothing = Stratum(0, 90, 0, 400)
    assert (p_quieter(*nothing), p_worse(*nothing), expected(0, 90, 400)) == (1, 1, 0)
    assert rate_ratio(*nothing) is None
    assert rate_ratio_interval(*nothing) == (0, inf)
    assert days_until_expected(0, 90) is None
    assert pooled_p([nothing]) == pooled_p([]) == 1
    assert mantel_haenszel([nothing]) is mantel_haenszel([]) is None
    assert laplace([], 90) is None


def test_nothing_before_and_something_since_has_no_upper_end() -> None:
    assert rate_ratio(0, 90, 4, 30) is None
    low, high = rate_ratio_interval(0, 90, 4, 30)
    assert 0 < low < high == inf
    assert p_quieter(0, 90, 4, 30) == 1
    assert mantel_haenszel([Stratum(0, 90, 4, 30)]) is None


@given(STRATA)
@few
def test_the_two_tails_share_only_what_was_seen(four: Stratum) -> None:
    quieter, worse = p_quieter(*four), p_worse(*four)
    assert 0 <= quieter <= 1
    assert 0 <= worse <= 1
    seen = binomial_pmf(four.n_after, four.n_before + four.n_after, four.t_after / (four.t_after + four.t_before))
    assert quieter + worse == pytest.approx(1 + seen, abs=1e-12)
    other_way = Stratum(four.n_after, four.t_after, four.n_before, four.t_before)
    assert p_worse(*other_way) == pytest.approx(quieter, rel=1e-9, abs=1e-300)


@given(STRATA)
@few
def test_more_incidents_since_are_never_quieter_and_more_time_is_never_worse(four: Stratum) -> None:
    n_before, t_before, n_after, t_after = four
    assert p_quieter(n_before, t_before, n_after + 1, t_after) >= p_quieter(*four) - 1e-12
    assert p_worse(n_before, t_before, n_after + 1, t_after) <= p_worse(*four) + 1e-12
    assert p_quieter(n_before, t_before, n_after, t_after * 2) <= p_quieter(*four) + 1e-12


@given(STRATA)
@few
def test_the_interval_holds_the_ratio_and_agrees_with_the_tests(four: Stratum) -> None:
    ratio, (low, high) = rate_ratio(*four), rate_ratio_interval(*four)
    assert 0 <= low < high
    assert ratio is None or low <= ratio <= high
    assert (high < 1) == (p_quieter(*four) < 0.025)
    assert (low > 1) == (p_worse(*four) < 0.025)


@given(STRATA)
@few
def test_the_unit_of_time_does_not_matter(four: Stratum) -> None:
    hours = Stratum(four.n_before, four.t_before * 24, four.n_after, four.t_after * 24)
    assert p_quieter(*hours) == pytest.approx(p_quieter(*four), rel=1e-9)
    assert rate_ratio_interval(*hours) == pytest.approx(rate_ratio_interval(*four), rel=1e-9)


def test_three_in_as_long_are_exactly_three_expected() -> None:
    assert expected(3, 365, 365) == 3.0  # 3 / 365 * 365 is a hair below, and would read "too early" for a day more


@given(st.integers(1, 60), DAYS)
@few
def test_on_the_day_it_can_be_told_three_are_expected(n_before: int, t_before: float) -> None:
    days = days_until_expected(n_before, t_before)
    assert days is not None
    assert expected(n_before, t_before, days) == pytest.approx(3, rel=1e-12)


@pytest.mark.parametrize("events", [1, 2, 7, 137, 5000, 100_000])
def test_at_a_limit_of_garwood_the_tail_is_a_fortieth(events: int) -> None:
    low, high = poisson_interval(events, 1)
    reach = int(12 * sqrt(events)) + 30
    above = fsum(poisson(k, low) for k in range(events, events + reach))
    below = fsum(poisson(k, high) for k in range(max(0, events - reach), events + 1))
    assert (above, below) == pytest.approx((0.025, 0.025), rel=1e-7)
    assert low < events < high


def test_no_events_leave_a_limit_above_only() -> None:
    assert poisson_interval(0, 10) == pytest.approx((0, -log(0.025) / 10))
    assert zero_events_upper(400) * 365 == pytest.approx(2.7, abs=0.05)  # METHOD: 0 in 400 days, at most 2.7 a year


@pytest.mark.parametrize(("before", "since"), [(50_000, 49_000), (100_000, 0), (0, 100_000), (3, 100_000)])
def test_a_hundred_thousand_incidents_are_no_trouble(before: int, since: int) -> None:
    four = Stratum(before, 1000.0, since, 1000.0)
    low, high = rate_ratio_interval(*four)
    assert low <= since / before <= high if before else low > 1
    assert 0 <= p_quieter(*four) <= 1
    assert 0 <= pooled_p([four, four]) <= 1


@given(st.lists(TINY, min_size=1, max_size=3))
@few
def test_the_pooled_test_matches_brute_force(strata: list[Stratum]) -> None:
    seen = sum(each.n_after for each in strata)
    likely = []
    for each in strata:
        later = each.t_after / (each.t_after + each.t_before)
        trials = each.n_before + each.n_after
        likely.append([binomial_pmf(k, trials, later) for k in range(trials + 1)])
    ways = product(*(range(len(row)) for row in likely))
    by_hand = fsum(prod(row[k] for row, k in zip(likely, way, strict=True)) for way in ways if sum(way) <= seen)
    assert pooled_p(strata) == pytest.approx(by_hand, rel=1e-9)


@given(STRATA, st.permutations([Stratum(3, 180, 0, 200), Stratum(5, 300, 1, 150), Stratum(2, 90, 1, 300)]))
@few
def test_one_stratum_is_the_test_of_a_class_and_the_order_of_many_does_not_matter(
    four: Stratum, strata: list[Stratum]
) -> None:
    assert pooled_p([four]) == pytest.approx(p_quieter(*four), rel=1e-9)
    assert pooled_p([four, *strata]) == pytest.approx(pooled_p([*sorted(strata), four]), rel=1e-9)


def test_the_pooled_test_of_200_classes_is_quick() -> None:
    strata = [Stratum(5 + number % 6, 700.0 + number, 3 + number % 4, 400.0) for number in range(200)]
    begun = process_time()
    assert 0 < pooled_p(strata) <= 1
    assert process_time() - begun < 1


def test_the_pooled_test_of_very_many_incidents_is_close_to_the_exact_one(monkeypatch: pytest.MonkeyPatch) -> None:
    strata = [Stratum(6 + number % 9, 500.0 + 10 * number, 5, 400.0) for number in range(60)]
    exactly = pooled_p(strata)
    monkeypatch.setattr(rates, "_WORK", 0)
    assert 0.001 < exactly < 0.999
    assert pooled_p(strata) == pytest.approx(exactly, rel=1e-3)


@given(STRATA)
@few
def test_the_pooled_ratio_of_one_stratum_is_its_own(four: Stratum) -> None:
    together = mantel_haenszel([four])
    if four.n_before == 0:
        assert together is None
        return
    assert together is not None
    ratio, (low, high) = together
    assert ratio == pytest.approx(rate_ratio(*four), rel=1e-9)
    if four.n_after == 0:
        assert (low, high) == pytest.approx(rate_ratio_interval(*four), rel=1e-9)
    else:  # Wald's limits of a single ratio: the logarithm's variance is 1/n + 1/m
        reach = exp(1.959963984540054 * sqrt(1 / four.n_after + 1 / four.n_before))
        assert (low, high) == pytest.approx((ratio / reach, ratio * reach), rel=1e-9)


@given(st.lists(st.tuples(st.integers(1, 9), DAYS, DAYS), min_size=1, max_size=8))
@few
def test_none_since_in_any_class_still_has_an_upper_limit(classes: list[tuple[int, float, float]]) -> None:
    together = mantel_haenszel([Stratum(n, before, 0, after) for n, before, after in classes])
    assert together is not None
    ratio, (low, high) = together
    assert (ratio, low) == (0, 0)
    none = exp(-sum(n * log1p(high * after / before) for n, before, after in classes))
    assert none == pytest.approx(0.025, rel=1e-7)


def test_laplace_is_above_0_where_events_grow_more_frequent() -> None:
    late, early = laplace([60, 70, 80, 85, 90], 90), laplace([0, 5, 10, 20, 30], 90)
    assert late is not None
    assert early is not None
    assert late == pytest.approx(-early)
    assert late == pytest.approx((77 - 45) / (90 / sqrt(60)))
    assert laplace([45], 90) == 0
    with pytest.raises(ValueError, match="outside 0 to 90"):
        laplace([91], 90)


def poisson(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))
