"""All incidents together, reviewed or not: how many a year, and whether they come closer together. Pure.

A fact about the whole, beside the verdicts on classes: it says nothing of any fix.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.statistics.rates import laplace, poisson_interval
from reports.words import counted, day

if TYPE_CHECKING:
    from reports.basis import Basis
    from reports.incidents import Incidents

_DAY = timedelta(days=1)
_YEAR = 365
_FEW = 5
_CLEAR = 1.96
"""Two-sided 95% of the standard normal distribution, which Laplace's u follows at a constant rate."""


class Overall(Struct, frozen=True, kw_only=True):
    """All incidents since records began: `a_year` with its exact 95% interval, and Laplace's u (None under five).

    A u above 1.96 says that they come closer together, one below -1.96 that they come further apart.
    """

    incidents: int
    since: date
    a_year: float
    interval: tuple[float, float]
    laplace: float | None
    said: str


def build_overall(incidents: Incidents, as_of: datetime, basis: Basis) -> Overall | None:
    """What may be said of all incidents; None where nobody has said since when records are kept."""
    if basis.records_since is None:
        return None
    begins = basis.midnight(basis.records_since)
    days = (as_of - begins) / _DAY
    if days <= 0:
        return None
    times = [(one.started - begins) / _DAY for one in incidents.known if one.started >= begins]
    low, high = poisson_interval(len(times), days)
    interval = (low * _YEAR, high * _YEAR)
    u = laplace(times, days) if len(times) >= _FEW else None
    a_year = len(times) / days * _YEAR
    return Overall(
        incidents=len(times),
        since=basis.records_since,
        a_year=a_year,
        interval=interval,
        laplace=u,
        said=_say(len(times), basis.records_since, a_year, interval, u),
    )


def _say(incidents: int, since: date, a_year: float, interval: tuple[float, float], u: float | None) -> str:
    low, high = interval
    pace = f"{a_year:.1f} a year (95% interval {low:.1f} to {high:.1f})"
    said = f"{counted(incidents, 'incident')} on record since {day(since)}: {pace}"
    if u is None:
        return f"{said}."
    trend = "with no clear trend" if abs(u) < _CLEAR else f"{'closer together' if u > 0 else 'further apart'} of late"
    return f"{said}, {trend} (Laplace's u {u:.1f})."
