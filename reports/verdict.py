"""The word for a class: numbers in, one verdict out, first match wins. Pure; knows nothing of items, reviews or dates.

The test is the corrective-action test of Crow (average failure intensities before and after; MIL-HDBK-189, ReliaSoft),
made exact: given how many episodes there were in all, those after are binomial. Its claims are held down on purpose:
the trigger of the review is left out of "before" where less is claimed and counted where more is; nothing is claimed
until three episodes would have been expected, since at a known rate none of three has probability e^-3 = 0.0498.
Simulated with constant rates, 2.6% of the classes that can be judged read as quieter.
"""

from __future__ import annotations

from enum import StrEnum
from math import inf

from msgspec import Struct

from reports.statistics import proportions, rates

SIGNIFICANT = 0.05
ENOUGH = 3 - 1e-9
"""Episodes that the old pace would have brought before anything is said; the rest of a rounding error is no wait."""

_TWICE = 2


class Verdict(StrEnum):
    """What a manager reads of a class."""

    NOT_FIXED = "not fixed yet"
    IN_PROGRESS = "in progress"
    WORSE = "worse"
    TOO_EARLY = "too early to tell"
    CAME_BACK = "came back"
    NOT_SEEN = "quieter: not seen since"
    LESS_OFTEN = "quieter: came back less often"
    NO_CHANGE = "came back, no clear change"


QUIETER = (Verdict.NOT_SEEN, Verdict.LESS_OFTEN)
"""The verdicts that say a class is quieter."""


class Counts(Struct, frozen=True, kw_only=True, gc=False):
    """What a verdict is made from. Episodes and exact days; `before` counts the trigger (n_b), `after` is n_a.

    `days_before` is 0 or less where nobody knows since when records are kept, or that is after the fix. `others_*` are
    the episodes of the other classes over the same dates.
    """

    done: int
    is_complete: bool
    before: int
    after: int
    days_before: float
    days_after: float
    others_before: int = 0
    others_after: int = 0

    @property
    def counted_before(self) -> int:
        """The episodes before the fix without the trigger (n_x)."""
        return max(self.before - 1, 0) if self.is_complete else self.before

    @property
    def has_pace(self) -> bool:
        """Whether there is a time before and a time after to compare."""
        return self.is_complete and self.days_before > 0 and self.days_after > 0


class Figures(Struct, frozen=True, kw_only=True, gc=False):
    """What is worked out of the counts, None where it cannot be; `interval` is the ratio's, its end None: infinite."""

    expected: float | None = None
    ratio: float | None = None
    interval: tuple[float, float | None] | None = None
    p_quieter: float | None = None
    p_worse: float | None = None
    p_others: float | None = None

    @property
    def is_judgeable(self) -> bool:
        """Whether enough time has passed for the pace to be judged (E >= 3)."""
        return self.expected is not None and self.expected >= ENOUGH


def build_figures(counts: Counts) -> Figures:
    """The expected count, the ratio of rates and the exact one-sided tests of a class."""
    if not counts.has_pace:
        return Figures()
    before, after = counts.counted_before, counts.after
    times = counts.days_before, counts.days_after
    quiet = before, times[0], after, times[1]
    return Figures(
        expected=rates.expected(before, *times),
        ratio=rates.rate_ratio(*quiet),
        interval=_interval(*quiet) if before + after else None,
        p_quieter=rates.p_quieter(*quiet),
        p_worse=rates.p_worse(counts.before, times[0], after, times[1]),
        p_others=proportions.fisher_greater(after, counts.before, counts.others_after, counts.others_before),
    )


def judge(counts: Counts, figures: Figures) -> Verdict:
    """The first line of the table that holds."""
    n_a, enough = counts.after, figures.is_judgeable
    quieter, worse, worse_than_others = (
        p is not None and p <= SIGNIFICANT for p in (figures.p_quieter, figures.p_worse, figures.p_others)
    )
    table = (
        (not counts.is_complete and counts.done == 0, Verdict.NOT_FIXED),
        (not counts.is_complete, Verdict.IN_PROGRESS),
        (n_a >= _TWICE and worse and worse_than_others, Verdict.WORSE),
        (not enough and n_a == 0, Verdict.TOO_EARLY),
        (not enough, Verdict.CAME_BACK),
        (n_a == 0, Verdict.NOT_SEEN),
        (quieter, Verdict.LESS_OFTEN),
    )
    return next((verdict for holds, verdict in table if holds), Verdict.NO_CHANGE)


def _interval(n_before: int, t_before: float, n_after: int, t_after: float) -> tuple[float, float | None]:
    low, high = rates.rate_ratio_interval(n_before, t_before, n_after, t_after)
    return low, None if high == inf else high
