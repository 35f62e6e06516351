"""Reads the bytes of a file as the import does, and says what was understood in few words."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from tracker.incidents.columns import find_columns
from tracker.incidents.files import parse_table
from tracker.incidents.reading import Reading, read_incidents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo


def read(content: str | bytes, suffix: str = "", given: Mapping[str, str] | None = None, zone: tzinfo = UTC) -> Reading:
    """The reading of a file with this content."""
    table = parse_table(content if isinstance(content, bytes) else content.encode(), suffix)
    return read_incidents(table, find_columns(table.columns, given or {}), "file:x", zone)


def told(reading: Reading) -> list[tuple[str, str, str]]:
    """Id, classes and start of each incident."""
    return [
        (one.id, " ".join(one.classes), f"{one.started:%Y-%m-%dT%H:%M}" if one.started else "")
        for one in reading.incidents
    ]


def troubles(reading: Reading) -> list[tuple[int, bool]]:
    """The line of each trouble, and whether it costs the row."""
    return [(trouble.line, trouble.is_refused) for trouble in reading.troubles]
