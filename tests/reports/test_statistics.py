"""The interval, against worked cases computed with statsmodels and R."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import wilson

# The project's reference cases as they are given (statsmodels, R; the first is Newcombe 1998), to be met within 1e-7.
# The upper limit of the first is 1e-8 off: 40-digit arithmetic gives 0.366209577, see the test after this one.
WORKED = [
    (81, 263, 0.2552885198782742, 0.36620956698280004),
    (0, 20, 0.0, 0.1611251580528194),
    (5, 5, 0.5655175352168252, 1.0),
    (12, 30, 0.24590628116801855, 0.5767963974667954),
    (1, 1, 0.2065493143772374, 1.0),
]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), WORKED)
def test_wilson_matches_worked_cases(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), rel=1e-7)


@pytest.mark.parametrize(("successes", "trials"), [case[:2] for case in WORKED])
def test_wilson_matches_the_formula_in_exact_arithmetic(successes: int, trials: int) -> None:
    with localcontext(prec=40):
        z = Decimal("1.959963984540054235524594430520551652")
        share, spread = Decimal(successes) / trials, z * z / trials
        centre = (share + spread / 2) / (1 + spread)
        reach = z * ((share * (1 - share) + spread / 4) / trials).sqrt() / (1 + spread)
    assert wilson(successes, trials) == pytest.approx((float(centre - reach), float(centre + reach)), abs=1e-14)


@given(st.integers(1, 5000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    other_low, other_high = wilson(trials - successes, trials)
    assert (1 - other_high, 1 - other_low) == pytest.approx((low, high))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 4)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson(successes, trials)
