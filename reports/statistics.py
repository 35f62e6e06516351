"""Exact figures from counts: numbers in, numbers out. Knows nothing of items, reviews or dates."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054
"""The 97.5% point of the standard normal distribution: two-sided 95%."""


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a proportion, as shares between 0 and 1.

    Raises ValueError unless 0 <= successes <= trials and trials > 0. Source: E. B. Wilson, "Probable inference, the law
    of succession, and statistical inference", JASA 22 (1927) 209-212; without continuity correction.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is not a proportion")
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    reach = z * sqrt((share * (1 - share) + spread / 4) / trials) / (1 + spread)
    low = 0.0 if successes == 0 else centre - reach
    high = 1.0 if successes == trials else centre + reach
    return low, high
