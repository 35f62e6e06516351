"""Shares: their intervals, the binomial distribution under them, Fisher's test, and many tests at once."""

from __future__ import annotations

from math import comb, exp, inf, lgamma, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Z95 = 1.959963984540054
"""The 97.5% point of the standard normal distribution: two-sided 95%."""

_NOTHING = 1e-17  # a term this small beside the sum so far cannot change it
_CLOSE = 1e-9  # Newton's last step squared is what it leaves: far below the rounding
_WHOLE = 1000  # up to here Fisher's table is counted in whole numbers


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion, as shares between 0 and 1.

    Raises ValueError unless 0 <= successes <= trials and trials > 0. Source: E. B. Wilson, "Probable inference, the law
    of succession, and statistical inference", JASA 22 (1927) 209-212; without continuity correction.
    """
    _check_proportion(successes, trials)
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    reach = z * sqrt((share * (1 - share) + spread / 4) / trials) / (1 + spread)
    low = 0.0 if successes == 0 else centre - reach
    high = 1.0 if successes == trials else centre + reach
    return low, high


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of a proportion, k of n, as shares between 0 and 1.

    Raises ValueError unless 0 <= k <= n and n > 0, and 0 < confidence < 1. Source: C. J. Clopper and E. S. Pearson,
    "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934) 404-413.
    """
    _check_proportion(k, n)
    if not 0 < confidence < 1:
        raise ValueError(f"{confidence} is no level of confidence: it lies between 0 and 1")
    tail = (1 - confidence) / 2
    return _lower_limit(k, n, tail), 1 - _lower_limit(n - k, n, tail)


def binomial_pmf(k: int, n: int, p: float) -> float:
    """P(X = k) for X successes in n trials of probability p each; 0 outside 0 to n.

    Raises ValueError for n < 0 or p outside 0 to 1. Worked in logarithms: about ten digits hold at n = 100,000.
    """
    _check_binomial(n, p)
    if not 0 <= k <= n:
        return 0.0
    if p in {0, 1}:
        return float(k == n * p)
    return exp(_log_pmf(k, n, p, 1 - p))


def binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X <= k) for X successes in n trials of probability p each. Raises ValueError as `binomial_pmf` does."""
    _check_binomial(n, p)
    return _at_least(n - k, n, 1 - p, p)


def binomial_sf_inclusive(k: int, n: int, p: float) -> float:
    """P(X >= k), k included, for X successes in n trials of probability p. Raises ValueError as `binomial_pmf` does."""
    _check_binomial(n, p)
    return _at_least(k, n, p, 1 - p)


def fisher_greater(a: int, b: int, c: int, d: int) -> float:
    """The one-sided p-value of the table [[a, b], [c, d]]: how often chance alone gives a first cell of a or more.

    Raises ValueError for a negative count. Whole numbers up to a total of 1,000, so that a p of exactly 0.05 is 0.05;
    logarithms above. Source: R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935) 39-82.
    """
    if min(a, b, c, d) < 0:
        raise ValueError(f"[[{a}, {b}], [{c}, {d}]] is no table of counts")
    if a + b + c + d <= _WHOLE:
        first, second = comb(a + b, a) * comb(c + d, c), comb(a + b + c + d, a + c)
        total = first
        while b and c:
            first = first * b * c // ((a + 1) * (d + 1))
            a, b, c, d = a + 1, b - 1, c - 1, d + 1
            total += first
        return total / second
    if a * d > b * c:
        return min(1.0, _table_tail(a, b, c, d))
    return 1.0 if a == 0 or d == 0 else 1 - min(1.0, _table_tail(b + 1, a - 1, d - 1, c + 1))


def benjamini_hochberg(ps: Sequence[float]) -> tuple[float, ...]:
    """The p-values adjusted for being many, in the order given: at most q means a false discovery rate of at most q.

    Raises ValueError for a p outside 0 to 1. Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery
    rate: a practical and powerful approach to multiple testing", JRSS B 57 (1995) 289-300.
    """
    if not all(0 <= p <= 1 for p in ps):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted, least = [1.0] * len(ps), 1.0
    falling = sorted(range(len(ps)), key=ps.__getitem__, reverse=True)
    for rank, index in zip(range(len(ps), 0, -1), falling, strict=True):
        least = min(least, ps[index] * (len(ps) / rank))  # in this order no p is lowered
        adjusted[index] = least
    return tuple(adjusted)


def _check_proportion(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is not a proportion")


def _check_binomial(n: int, p: float) -> None:
    if n < 0 or not 0 <= p <= 1:
        raise ValueError(f"{n} trials of probability {p} are no binomial distribution")


def _at_least(k: int, n: int, p: float, q: float) -> float:
    """P(X >= k); q is 1 - p, given because the small one of the two is the exact one."""
    if k <= 0 or (q == 0 and k <= n):
        return 1.0
    if k > n or p == 0:
        return 0.0
    if k > n * p:
        return min(1.0, _tail(k, n, p, q))
    return 1 - min(1.0, _tail(n - k + 1, n, q, p))


def _tail(k: int, n: int, p: float, q: float) -> float:
    """P(X >= k) for k above the mean."""
    return exp(_log_pmf(k, n, p, q)) * _heap(k, n, p / q)


def _log_pmf(k: int, n: int, p: float, q: float) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(q)


def _heap(k: int, n: int, odds: float) -> float:
    """P(X >= k) over P(X = k): terms from k upward, for k at or above the mean, where each is smaller than the last."""
    term = total = 1.0
    for j in range(k, n):
        term *= (n - j) / (j + 1) * odds
        total += term
        if term < _NOTHING * total:
            break
    return total


def _lower_limit(k: int, n: int, tail: float) -> float:
    """The p at which P(X >= k) is `tail`.

    Newton's method on the logarithms of both. The slope there is k / heap, and the heap grows with p: a concave curve,
    which Newton's method climbs from below without overshooting.
    """
    if k == 0:
        return 0.0
    if k == n:
        return float(tail ** (1 / n))
    p, step = k / n, inf
    while abs(step) > _CLOSE:
        heap = _heap(k, n, p / (1 - p))
        step = (_log_pmf(k, n, p, 1 - p) + log(heap / tail)) * heap / k
        p *= exp(-step)
    return p


def _table_tail(a: int, b: int, c: int, d: int) -> float:
    """The share of tables with these margins whose first cell is a or more, for a at or above what is expected."""
    margins = lgamma(a + b + 1) + lgamma(c + d + 1) + lgamma(a + c + 1) + lgamma(b + d + 1)
    cells = lgamma(a + 1) + lgamma(b + 1) + lgamma(c + 1) + lgamma(d + 1)
    term = total = 1.0
    while b and c and term >= _NOTHING * total:
        term *= b * c / ((a + 1) * (d + 1))
        a, b, c, d = a + 1, b - 1, c - 1, d + 1
        total += term
    return exp(margins - cells - lgamma(a + b + c + d + 1)) * total
