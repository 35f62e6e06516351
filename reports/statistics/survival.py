"""Time to completion where some are not complete yet: the share completed by a day, and the median."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from math import exp, expm1, isfinite, log, sqrt
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from reports.statistics.proportions import Z95, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

_HALF = 0.5 - 1e-9
"""Half, less what rounding may have taken from a share that reaches exactly a half."""


class Point(NamedTuple):
    """The share completed by `day`, 0 to 1, with its point-wise 95% limits."""

    day: float
    share: float
    low: float
    high: float


class Curve(Struct, frozen=True, kw_only=True):
    """The share completed, as it rises.

    `days` are those with a completion, in order; `left` is the share not completed after each, `spread` the sum of
    Greenwood's variance. `followed` are the days each was followed, in order. The median and either end of its interval
    (95%) are None where half is not reached.
    """

    days: tuple[float, ...]
    left: tuple[float, ...]
    spread: tuple[float, ...]
    followed: tuple[float, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """One for each day with a completion, in order."""
        return tuple(map(self._point, range(len(self.days))))

    @property
    def median(self) -> float | None:
        """The first day by which half were completed."""
        half = self._half()
        return self.days[half] if half < len(self.days) else None

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """Where the upper and the lower limit cross a half. The one does so before the share, the other after it."""
        half = self._half()
        upper = next((day for place, day in enumerate(self.days) if self._limits(place)[1] >= _HALF), None)
        lower = (
            day
            for place, day in enumerate(self.days[half:], half)
            if self.left[place] == 0 or self._limits(place)[0] >= _HALF
        )
        return upper, next(lower, None)

    @property
    def observed(self) -> float:
        """The longest that anything was followed; nothing is known of later days unless everything was completed."""
        return self.followed[-1] if self.followed else 0.0

    def share_at(self, day: float) -> Point:
        """The share completed by this day.

        Before the first completion, where Greenwood has no limits, the upper one is Wilson's for none of those followed
        that long. After `observed` the last share is repeated: whoever prints it should leave such days out.
        """
        place = bisect_right(self.days, day)
        if place:
            return self._point(place - 1)._replace(day=day)
        at_risk = len(self.followed) - bisect_left(self.followed, day)
        return Point(day, 0.0, 0.0, wilson(0, at_risk)[1] if at_risk else 1.0)

    def _half(self) -> int:
        """The place of the first day by which half were completed."""
        return bisect_left(self.left, _HALF - 1, key=lambda left: -left)

    def _point(self, place: int) -> Point:
        return Point(self.days[place], 1 - self.left[place], *self._limits(place))

    def _limits(self, place: int) -> tuple[float, float]:
        left = self.left[place]
        if left == 0:
            # The logarithm of nothing has no limits: the limit reached so far still holds.
            everybody = len(self.followed) - bisect_left(self.followed, self.days[place])
            return (self._limits(place - 1)[0] if place else wilson(everybody, everybody)[0]), 1.0
        hazard = log(left)
        reach = exp(Z95 * sqrt(self.spread[place]) / hazard)
        return -expm1(hazard * reach), -expm1(hazard / reach)


def kaplan_meier(days: Sequence[float], completed: Sequence[bool]) -> Curve:
    """The curve of things that were completed after so many days, or followed so long without it.

    Raises ValueError for a negative or infinite day, or lengths that differ. What will never be completed (won't do) is
    kept in as not completed, followed to the report's date: taking it out overstates completion. On a shared day,
    completions come before the ends of following. Sources: E. L. Kaplan and P. Meier, "Nonparametric estimation from
    incomplete observations", JASA 53 (1958) 457-481; M. Greenwood's variance (1926) on the log-log scale, J. D.
    Kalbfleisch and R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980); the median's interval is
    where those limits cross a half, R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29-41.
    """
    followed = tuple(sorted(days))
    if followed and not (followed[0] >= 0 and isfinite(sum(followed))):  # a sum of infinities or of no numbers is none
        raise ValueError("a duration is a number of days from 0 up")
    done = Counter(day for day, is_complete in zip(days, completed, strict=True) if is_complete)
    left, spread = _steps(done, followed)
    return Curve(days=tuple(sorted(done))[: len(left)], left=left, spread=spread, followed=followed)


def _steps(done: Counter[float], followed: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The share left and Greenwood's sum after each day with a completion; limits are worked out where asked for."""
    left, spread = [], []
    share, total = 1.0, 0.0
    for day in sorted(done):
        finished, at_risk = done[day], len(followed) - bisect_left(followed, day)
        if finished == at_risk:
            left.append(0.0)
            spread.append(total)
            break
        share *= 1 - finished / at_risk
        total += finished / (at_risk * (at_risk - finished))
        left.append(share)
        spread.append(total)
    return tuple(left), tuple(spread)
