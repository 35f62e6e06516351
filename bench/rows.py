"""The result: one row a promise, as a table for people and as JSON. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class Unit(StrEnum):
    """What a figure counts."""

    MILLISECONDS = "ms"
    SECONDS = "s"
    MICROSECONDS = "µs"
    MEGABYTES = "MB"
    KILOBYTES = "KB"
    COUNT = ""


class Row(Struct, frozen=True, kw_only=True):
    """One figure of `track` beside the floor. The aim is `most`, in the row's unit, or `most_ratio`, in floors."""

    name: str
    unit: Unit
    track: float
    floor: float | None = None
    most: float | None = None
    most_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many floors it takes."""
        return self.track / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.most is not None:
            return self.track <= self.most
        if self.most_ratio is not None and self.ratio is not None:
            return self.ratio < self.most_ratio
        return None


def build_record(row: Row) -> dict[str, object]:
    """The row as `--json` gives it."""
    return {
        "name": row.name, "unit": row.unit, "track": row.track, "floor": row.floor, "ratio": row.ratio,
        "aim": _aim(row), "met": row.met,
    }  # fmt: skip


def render_table(rows: Sequence[Row]) -> str:
    """Aligned columns, the name to the left, figures to the right."""
    cells = [("", "track", "floor", "ratio", "aim", ""), *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    return "\n".join(
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:5], widths[1:5], strict=True)),
             line[5]]
        ).rstrip()
        for line in cells
    )  # fmt: skip


def _cells(row: Row) -> tuple[str, str, str, str, str, str]:
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    return row.name, render_figure(row.track, row.unit), render_figure(row.floor, row.unit), ratio, _aim(row), verdict


def _aim(row: Row) -> str:
    if row.most is not None:
        return f"at most {render_figure(row.most, row.unit)}"
    return "" if row.most_ratio is None else f"under {row.most_ratio:g}x"


def render_figure(value: float | None, unit: Unit) -> str:
    """The value with its unit, as a cell of a table; empty where there is none."""
    if value is None:
        return ""
    decimals = 2 if unit is Unit.SECONDS else 0
    return f"{value:,.{decimals}f} {unit}".rstrip()
