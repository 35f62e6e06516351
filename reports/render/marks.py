"""Marks on a line, close ones drawn as one: what strips and dots share. Pure geometry in percent of the width.

In percent and not in units of a drawing, so that a mark is as large on a phone as on a desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EDGE = 1.5
"""Percent kept free on both sides: a mark at the end of the line is drawn whole."""


class Spot(Struct, frozen=True, kw_only=True):
    """One mark: where, its shape, what it says when pointed at, and of how many it was made."""

    x: float
    shape: str
    title: str
    count: int = 1


class Tick(Struct, frozen=True, kw_only=True):
    """A line across with a word; `title` is empty where there is no room for it."""

    x: float
    title: str


def place(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, in percent with a decimal."""
    share = (value - low) / (high - low) if high > low else 0.5
    return round(EDGE + min(max(share, 0.0), 1.0) * (100 - 2 * EDGE), 1)


def crowd(spots: Iterable[Spot], at_most: int) -> tuple[Spot, ...]:
    """The marks from left to right; where there are more than `at_most`, neighbours of one shape become one mark."""
    ordered = sorted(spots, key=lambda spot: (spot.x, spot.shape, spot.title))
    gap, drawn = 0.6, _merge(ordered, 0.6)
    while len(drawn) > at_most and gap < 100:
        gap *= 1.5
        drawn = _merge(ordered, gap)
    return drawn


def _merge(ordered: Sequence[Spot], gap: float) -> tuple[Spot, ...]:
    """Marks of one shape that lie within `gap` percent of the first of them become one."""
    groups: dict[str, list[list[Spot]]] = {}
    for spot in ordered:
        of_shape = groups.setdefault(spot.shape, [])
        if of_shape and spot.x - of_shape[-1][0].x <= gap:
            of_shape[-1].append(spot)
        else:
            of_shape.append([spot])
    drawn = (_joined(group) for of_shape in groups.values() for group in of_shape)
    return tuple(sorted(drawn, key=lambda spot: (spot.x, spot.shape)))


def _joined(group: Sequence[Spot]) -> Spot:
    if len(group) == 1:
        return group[0]
    first, last = group[0], group[-1]
    return Spot(
        x=round((first.x + last.x) / 2, 1),
        shape=first.shape,
        title=f"{len(group)} marks, from {first.title} to {last.title}",
        count=len(group),
    )
