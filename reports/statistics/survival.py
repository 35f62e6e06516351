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

    `points` has one for each day with a completion, in order. `median` is the first day by which half were completed,
    None where that is not reached; either end of `median_interval` (95%) likewise. `followed` are the days each was
    followed, in order.
    """

    points: tuple[Point, ...]
    median: float | None
    median_interval: tuple[float | None, float | None]
    followed: tuple[float, ...]

    @property
    def observed(self) -> float:
        """The longest that anything was followed; nothing is known of later days unless everything was completed."""
        return self.followed[-1] if self.followed else 0.0

    def share_at(self, day: float) -> Point:
        """The share completed by this day.

        Before the first completion, where Greenwood has no limits, the upper one is Wilson's for none of those followed
        that long. After `observed` the last share is repeated: whoever prints it should leave such days out.
        """
        index = bisect_right(self.points, day, key=lambda point: point.day)
        if index:
            return self.points[index - 1]._replace(day=day)
        at_risk = len(self.followed) - bisect_left(self.followed, day)
        return Point(day, 0.0, 0.0, wilson(0, at_risk)[1] if at_risk else 1.0)


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
    points = _points(done, followed)
    return Curve(
        points=points,
        median=next((point.day for point in points if point.share >= _HALF), None),
        median_interval=(
            next((point.day for point in points if point.high >= _HALF), None),
            next((point.day for point in points if point.low >= _HALF or point.share == 1), None),
        ),
        followed=followed,
    )


def _points(done: Counter[float], followed: Sequence[float]) -> tuple[Point, ...]:
    points: list[Point] = []
    left, spread = 1.0, 0.0
    for day in sorted(done):
        finished, at_risk = done[day], len(followed) - bisect_left(followed, day)
        if finished == at_risk:
            # Nothing is left, and the logarithm of nothing has no limits: the limit reached so far still holds.
            low = points[-1].low if points else wilson(finished, at_risk)[0]
            points.append(Point(day, 1.0, low, 1.0))
            break
        left *= 1 - finished / at_risk
        spread += finished / (at_risk * (at_risk - finished))
        hazard = log(left)
        reach = exp(Z95 * sqrt(spread) / hazard)
        points.append(Point(day, 1 - left, -expm1(hazard * reach), -expm1(hazard / reach)))
    return tuple(points)
