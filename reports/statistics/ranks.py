"""Durations compared by their order alone: medians, and whether one lot is longer than the other.

A mean of incident durations says more about its longest case than about the rest, and two means differ by chance alone:
S. Davidovic, "Incident Metrics in SRE" (2021), and the VOID reports. So none is worked out here.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby
from math import comb, erfc, gcd, inf, nextafter, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PAIRS = 900  # up to 30 against 30 the ranks are counted out: a report has hundreds of such pairs
_RATIOS = 250_000  # up to this many ratios are listed and sorted


def median(values: Iterable[float]) -> float:
    """The middle value, or half way between the two in the middle. Raises ValueError where there are none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing has no median")
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def mann_whitney_greater(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """U, how many pairs have x above y (a tie is half a pair), and how often chance alone gives so many or more.

    The p-value is one-sided and exact up to 900 pairs, ties included: all ways to deal the ranks are counted. Above
    that it is the normal approximation corrected for ties and continuity (E. L. Lehmann, "Nonparametrics", 1975).
    Raises ValueError where a side is empty. Source: H. B. Mann and D. R. Whitney, "On a test of whether one of two
    random variables is stochastically larger than the other", Annals of Mathematical Statistics 18 (1947) 50-60.
    """
    if not x or not y:
        raise ValueError("two lots with something in both are needed")
    ranks = _doubled_ranks([*x, *y])
    doubled = sum(ranks[: len(x)]) - len(x) * (len(x) + 1)
    u = doubled / 2
    if len(x) * len(y) > _PAIRS:
        return u, _normal(u, len(x), len(y), ranks)
    if len(x) > len(y):  # fewer steps, the same tail: y ranked from the other end
        backward = [2 * (len(ranks) + 1) - rank for rank in ranks]
        return u, _dealt(backward[len(x) :], backward)
    return u, _dealt(ranks[: len(x)], ranks)


def hodges_lehmann_ratio(before: Sequence[float], after: Sequence[float]) -> float:
    """By what the durations changed: the median of all ratios of one after to one before.

    Raises ValueError where a side is empty, a duration before is not above 0, or one after is below 0. Source: J. L.
    Hodges and E. L. Lehmann, "Estimates of location based on rank tests", Annals of Mathematical Statistics 34 (1963)
    598-611, with ratios in place of differences.
    """
    if not before or not after:
        raise ValueError("two lots with something in both are needed")
    if not min(before) > 0 or not min(after) >= 0:
        raise ValueError("a ratio needs durations above 0 before, and none below 0 after")
    pairs = len(before) * len(after)
    if pairs <= _RATIOS:
        return median(later / earlier for later in after for earlier in before)
    ordered = sorted(after)
    upper = _ratio_at(pairs // 2, before, ordered)
    return upper if pairs % 2 else (_ratio_at(pairs // 2 - 1, before, ordered) + upper) / 2


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each, from 1; equals share the middle of their ranks, which doubling keeps whole."""
    ranks = [0] * len(values)
    before = 0
    for _, group in groupby(sorted(range(len(values)), key=values.__getitem__), key=values.__getitem__):
        tied = list(group)
        for index in tied:
            ranks[index] = 2 * before + len(tied) + 1
        before += len(tied)
    return ranks


def _dealt(drawn: Sequence[int], ranks: Sequence[int]) -> float:
    """Of all ways to draw so many of the ranks, the share whose sum is that of `drawn` or more.

    ways[k] is a polynomial, ways to draw k by their sum, packed into one whole number: the coefficient of sum s stands
    `width` bits from that of s - 1, and no coefficient needs more. So a rank is added by one shift and one addition.
    """
    size, least = len(drawn), min(ranks)
    unit = gcd(*(rank - least for rank in ranks)) or 1
    width = comb(len(ranks), size).bit_length() + 1
    ways = [1] + [0] * size
    for count, rank in enumerate(ranks, 1):
        shift = (rank - least) // unit * width
        for k in range(min(count, size), 0, -1):
            ways[k] += ways[k - 1] << shift
    reached = sum(rank - least for rank in drawn) // unit
    # Digits in base B leave the same remainder by B - 1 as their sum, and the sum here is smaller than B - 1.
    return ((ways[size] >> reached * width) % ((1 << width) - 1)) / comb(len(ranks), size)


def _normal(u: float, n: int, m: int, ranks: Sequence[int]) -> float:
    total = n + m
    ties = sum(tied**3 - tied for tied in (sum(1 for _ in group) for _, group in groupby(sorted(ranks))))
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    return erfc((u - n * m / 2 - 0.5) / sqrt(2 * variance)) / 2


def _ratio_at(position: int, before: Sequence[float], after: Sequence[float]) -> float:
    """The ratio in this position (from 0) of all sorted ratios, by halving; `after` is sorted."""
    if bisect_right(after, 0) * len(before) > position:
        return 0.0
    low, high = 0.0, nextafter(after[-1] / min(before), inf)
    while low < (middle := (low + high) / 2) < high and high - low > 1e-15 * high:
        if sum(bisect_right(after, middle * earlier) for earlier in before) > position:
            high = middle
        else:
            low = middle
    return high
