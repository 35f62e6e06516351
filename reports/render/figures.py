"""Figures in words that only a page needs: ratios, days, minutes, shares. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words

if TYPE_CHECKING:
    from reports.times import Step

_MINUTES_AN_HOUR, _MINUTES_A_DAY = 60, 1440


def days(span: float) -> str:
    """Whole days: `420 days`."""
    return words.counted(round(span), "day")


def minutes(span: float) -> str:
    """`45 min`, `3.5 h`, `2 days`: short enough for an axis."""
    if span < 100:
        return f"{span:.0f} min"
    if span < 2 * _MINUTES_A_DAY:
        hours = span / _MINUTES_AN_HOUR
        return f"{hours:.0f} h" if abs(hours - round(hours)) < 0.05 else f"{hours:.1f} h"
    return words.counted(round(span / _MINUTES_A_DAY), "day")


def step(point: Step) -> str:
    """`40% (25% to 58%)`."""
    return f"{words.percent(point.share)} ({words.percent(point.low)} to {words.percent(point.high)})"
