"""Completion: what was committed, what was closed, what can be shown. Pure.

Only duplicates leave the denominator. Waived, not planned, moved and missing items stay in it, each on a line of its
own; what nobody can read makes the rate a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from reports.standing import Line, Standing, Timing
from reports.statistics.proportions import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 5
"""Under this many, counts only: a percentage would say more than the data."""


class Rate(Struct, frozen=True, kw_only=True):
    """`count` of `of`, and `unknown` more that may belong to the count.

    `low` and `high` are shares (0 to 1), equal where nothing is unknown; `interval` is the Wilson 95% interval, from
    the lower limit of `low` to the upper limit of `high`. All three are None under five.
    """

    count: int
    of: int
    unknown: int = 0
    low: float | None = None
    high: float | None = None
    interval: tuple[float, float] | None = None


class Completion(Struct, frozen=True, kw_only=True):
    """How far a set of items came. The ten lines from `with_evidence` to `gone` add up to `committed`.

    `counted` is the denominator: committed less duplicates. `overdue` and `unknown` are parts of other lines.
    """

    committed: int
    counted: int
    with_evidence: int
    without_evidence: int
    open: int
    not_pushed: int
    waived: int
    not_planned: int
    duplicate: int
    moved: int
    missing: int
    gone: int
    overdue: int
    unknown: int
    closed_rate: Rate
    evidence_rate: Rate
    on_time_rate: Rate

    @property
    def unfinished(self) -> int:
        """Items that somebody still has to do."""
        return self.open + self.not_pushed

    @property
    def lost(self) -> int:
        """Items whose issue was deleted, cannot be read any more, or went where it is not followed."""
        return self.moved + self.missing


def build_rate(count: int, of: int, unknown: int = 0) -> Rate:
    """The share with its interval, as a bound where some are unknown, and as counts alone under five."""
    if of < FEW:
        return Rate(count=count, of=of, unknown=unknown)
    best = count + unknown
    return Rate(
        count=count,
        of=of,
        unknown=unknown,
        low=count / of,
        high=best / of,
        interval=(wilson(count, of)[0], wilson(best, of)[1]),
    )


def build_completion(standings: Sequence[Standing]) -> Completion:
    """The completion figures of these items."""
    on = dict.fromkeys(Line, 0)
    overdue = unknown = 0
    timings = dict.fromkeys(Timing, 0)
    for standing in standings:
        on[standing.line] += 1
        if standing.overdue:
            overdue += 1
        if standing.unknown:
            unknown += 1
        if (timing := standing.timing) is not None:
            timings[timing] += 1
    counted = len(standings) - on[Line.DUPLICATE]
    evidenced, bare = on[Line.WITH_EVIDENCE], on[Line.WITHOUT_EVIDENCE]
    return Completion(
        committed=len(standings),
        counted=counted,
        with_evidence=evidenced,
        without_evidence=bare,
        open=on[Line.OPEN],
        not_pushed=on[Line.NOT_PUSHED],
        waived=on[Line.WAIVED],
        not_planned=on[Line.NOT_PLANNED],
        duplicate=on[Line.DUPLICATE],
        moved=on[Line.MOVED],
        missing=on[Line.MISSING],
        gone=on[Line.GONE],
        overdue=overdue,
        unknown=unknown,
        closed_rate=build_rate(evidenced + bare, counted, unknown),
        evidence_rate=build_rate(evidenced, counted, unknown),
        on_time_rate=build_rate(timings[Timing.ON_TIME], sum(timings.values()), timings[Timing.UNKNOWN]),
    )
