"""The report for programs: everything in the record, under a version. Described in docs/json.md, "track report"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

SCHEMA = 2
"""Raised when a field is renamed, removed, or changes its meaning; a new field alone does not raise it."""


def render_json(report: WeeklyReport) -> str:
    """The report as indented JSON, ending in a newline; shares are between 0 and 1, times ISO 8601."""
    fields = msgspec.structs.asdict(report)
    encoded = msgspec.json.encode({"schema": SCHEMA, **fields})
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
