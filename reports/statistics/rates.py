"""Rates: so many incidents in so many days, before a fix and since, for one class and for many together.

Times are in days (any unit does, if it is the same throughout) and above 0. Chance is judged with the total held fixed:
each incident falls into the later period with probability T_after / (T_before + T_after) where nothing changed.
"""

from __future__ import annotations

from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

from reports.statistics.proportions import (
    Z95,
    binomial_cdf,
    binomial_pmf,
    binomial_sf_inclusive,
    clopper_pearson,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENOUGH = 3.0
"""Incidents expected at the old pace from which zero says something: exp(-3) is just under 0.05 (the rule of three)."""

_TAIL = 0.025  # what a two-sided 95% interval leaves at either end
_NOTHING = 1e-17  # a term this small beside the sum so far cannot change it
_CLOSE = 1e-9  # Newton's last step squared is what it leaves: far below the rounding
_WORK = 4_000_000  # multiplications of a pooled test, about a fifth of a second


class Stratum(NamedTuple):
    """One class in a pooled figure: its incidents and days before the fix, and since."""

    n_before: int
    t_before: float
    n_after: int
    t_after: float


def p_quieter(n_before: int, t_before: float, n_after: int, t_after: float) -> float:
    """How often chance alone gives `n_after` or fewer in the later period, at an unchanged rate: one-sided, exact.

    Raises ValueError for a negative count or a time that is not above 0. Source: the comparison of average failure
    intensities before and after corrective action (L. H. Crow; ReliaSoft, "Reliability Growth and Repairable System
    Analysis", statistical tests for effectiveness of corrective actions), the conditional binomial test of J.
    Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323.
    """
    later = _later_share(n_before, t_before, n_after, t_after)
    return binomial_cdf(n_after, n_before + n_after, later)


def p_worse(n_before: int, t_before: float, n_after: int, t_after: float) -> float:
    """How often chance alone gives `n_after` or more in the later period; source and errors as `p_quieter`."""
    later = _later_share(n_before, t_before, n_after, t_after)
    return binomial_sf_inclusive(n_after, n_before + n_after, later)


def rate_ratio(n_before: int, t_before: float, n_after: int, t_after: float) -> float | None:
    """The later rate over the earlier one; None where there was nothing before. Raises ValueError as `p_quieter`."""
    _later_share(n_before, t_before, n_after, t_after)
    return n_after * t_before / (n_before * t_after) if n_before else None


def rate_ratio_interval(n_before: int, t_before: float, n_after: int, t_after: float) -> tuple[float, float]:
    """The exact 95% interval of `rate_ratio`; the upper end is infinite where there was nothing before.

    Raises ValueError as `p_quieter`. Without any incident it is 0 to infinity. Source: the limits of Clopper and
    Pearson (Biometrika 26, 1934) for the later period's share q, as q / (1 - q) * T_before / T_after; R's poisson.test.
    """
    _later_share(n_before, t_before, n_after, t_after)
    if n_before + n_after == 0:
        return 0.0, inf
    low, high = (
        q / (1 - q) * t_before / t_after if q < 1 else inf for q in clopper_pearson(n_after, n_before + n_after)
    )
    return low, high


def expected(n_before: int, t_before: float, t_after: float) -> float:
    """How many the later period would have had at the old pace. Raises ValueError as `p_quieter`."""
    _later_share(n_before, t_before, 0, t_after)
    return n_before * t_after / t_before  # in this order: 3 in 365 days makes exactly 3 in 365 days


def days_until_expected(n_before: int, t_before: float, wanted: float = ENOUGH) -> float | None:
    """After how many days `wanted` would have been expected at the old pace; None where the old pace is 0.

    Raises ValueError as `p_quieter`. Source of the three: J. A. Hanley and A. Lippman-Hand, "If nothing goes wrong, is
    everything all right?", JAMA 249 (1983) 1743-1745.
    """
    _check(t_before, n_before)
    return wanted * t_before / n_before if n_before else None


def poisson_interval(events: int, time: float) -> tuple[float, float]:
    """The exact 95% interval of the rate of so many events in `time`.

    Raises ValueError for a negative count or a time that is not above 0. Source: F. Garwood, "Fiducial limits for the
    Poisson distribution", Biometrika 28 (1936) 437-442.
    """
    _check(time, events)
    return _lower_mean(events) / time, _upper_mean(events) / time


def zero_events_upper(time: float) -> float:
    """The one-sided 95% upper limit of a rate where `time` passed without an event: 3.00 / time.

    Raises ValueError for a time that is not above 0. Source: Garwood 1936 at zero events, -log(0.05) / time; Hanley and
    Lippman-Hand 1983.
    """
    _check(time)
    return -log(0.05) / time


def pooled_p(strata: Iterable[Stratum]) -> float:
    """`p_quieter` of all strata together: how often chance alone gives as few later incidents in all, or fewer.

    Each stratum's total is held fixed, and the sum of their binomials is worked out exactly by convolution. Above about
    4,000,000 multiplications (3,000 incidents in all, a third of them since) it is the normal approximation corrected
    for continuity and skewness instead: A. Y. Volkova, "A refinement of the central limit theorem for sums of
    independent random indicators", Theory Probab. Appl. 40 (1996) 791-794. Without strata it is 1. Raises ValueError as
    `p_quieter`.
    """
    binomials = [
        (n_before + n_after, _later_share(n_before, t_before, n_after, t_after), n_after)
        for n_before, t_before, n_after, t_after in strata
    ]
    seen = sum(n_after for _, _, n_after in binomials)
    trials = sorted((n, share) for n, share, _ in binomials if n)
    if (seen + 1) * sum(n + 1 for n, _ in trials) > _WORK:
        return _refined_normal(seen, trials)
    return min(1.0, sum(_convolved(seen, trials)))


def mantel_haenszel(strata: Iterable[Stratum]) -> tuple[float, tuple[float, float]] | None:
    """The rate ratio all strata share, later over earlier, with its 95% interval; None where nothing came before.

    Source: S. Greenland and J. M. Robins, "Estimation of a common effect parameter from sparse follow-up data",
    Biometrics 41 (1985) 55-68. Their interval is of the ratio's logarithm; where nothing came since, there is none, and
    the limits are the exact conditional ones (those of `rate_ratio_interval`, for many strata). Raises ValueError as
    `p_quieter`.
    """
    since = before = spread = 0.0
    given = tuple(strata)
    for n_before, t_before, n_after, t_after in given:
        later = _later_share(n_before, t_before, n_after, t_after)
        since += n_after * (1 - later)
        before += n_before * later
        spread += (n_before + n_after) * later * (1 - later)
    if before == 0:
        return None
    ratio = since / before
    if since == 0:
        return 0.0, (0.0, _upper_ratio_of_none(given))
    reach = exp(Z95 * sqrt(spread / (since * before)))
    return ratio, (ratio / reach, ratio * reach)


def laplace(times: Sequence[float], total: float) -> float | None:
    """Laplace's trend of events at these times of 0 to `total`: standard normal, above 0 where they grow more frequent.

    None without events. Raises ValueError for a total that is not above 0 or a time outside it. Source: D. R. Cox and
    P. A. W. Lewis, "The Statistical Analysis of Series of Events" (1966), section 3.3.
    """
    _check(total)
    if not all(0 <= time <= total for time in times):
        raise ValueError(f"a time lies outside 0 to {total}")
    if not times:
        return None
    return (sum(times) / len(times) - total / 2) / (total / sqrt(12 * len(times)))


def _check(time: float, *counts: int) -> None:
    if not 0 < time < inf:
        raise ValueError(f"a time of {time} is not above 0")
    if counts and min(counts) < 0:
        raise ValueError(f"{min(counts)} is no count")


def _later_share(n_before: int, t_before: float, n_after: int, t_after: float) -> float:
    """The chance that an incident falls into the later period where nothing changed."""
    _check(t_before, n_before)
    _check(t_after, n_after)
    return t_after / (t_before + t_after)


def _lower_mean(events: int) -> float:
    """The mean at which P(X >= events) is the tail, by Newton's method as in Clopper and Pearson's limits."""
    if events == 0:
        return 0.0
    mean, step = float(events), inf
    while abs(step) > _CLOSE:
        term = heap = 1.0
        above = events
        while term >= _NOTHING * heap:
            above += 1
            term *= mean / above
            heap += term
        step = (events * log(mean) - mean - lgamma(events + 1) + log(heap / _TAIL)) * heap / events
        mean *= exp(-step)
    return mean


def _upper_mean(events: int) -> float:
    """The mean at which P(X <= events) is the tail; its logarithm falls ever steeper, so Newton ends from above."""
    mean, step = events + 1.0, inf
    while abs(step) > _CLOSE * mean:
        term = heap = 1.0
        for below in range(events, 0, -1):
            term *= below / mean
            heap += term
            if term < _NOTHING * heap:
                break
        step = (events * log(mean) - mean - lgamma(events + 1) + log(heap / _TAIL)) * heap
        mean += step
    return mean


def _convolved(seen: int, trials: Iterable[tuple[int, float]]) -> list[float]:
    """P(sum of binomials = 0), … up to `seen`."""
    row = [1.0]
    for n, share in trials:
        longer = [0.0] * min(len(row) + n, seen + 1)
        for k in range(min(n, seen) + 1):
            weight = binomial_pmf(k, n, share)
            reached = k + len(row)
            longer[k:reached] = [so_far + weight * more for so_far, more in zip(longer[k:reached], row, strict=False)]
        row = longer
    return row


def _refined_normal(seen: int, trials: Iterable[tuple[int, float]]) -> float:
    mean = variance = skew = 0.0
    for n, share in trials:
        mean += n * share
        variance += n * share * (1 - share)
        skew += n * share * (1 - share) * (1 - 2 * share)
    z = (seen + 0.5 - mean) / sqrt(variance)
    bend = skew / (variance * sqrt(variance)) * (1 - z * z) / 6 * exp(-z * z / 2) / sqrt(2 * pi)
    return min(1.0, max(0.0, erfc(-z / sqrt(2)) / 2 + bend))


def _upper_ratio_of_none(strata: Sequence[Stratum]) -> float:
    """The common ratio at which none at all since would be seen in 2.5%, by Newton's method from below."""
    odds = [(n_before, t_after / t_before) for n_before, t_before, _, t_after in strata if n_before]
    ratio, step = 0.0, inf
    while step > _CLOSE * ratio:
        missing = -log(_TAIL) - sum(n * log1p(ratio * odd) for n, odd in odds)
        step = missing / sum(n * odd / (1 + ratio * odd) for n, odd in odds)
        ratio += step
    return ratio
