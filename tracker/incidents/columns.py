"""Which columns of a file say what of an incident: by their usual names, or as somebody says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.errors import UsageProblem
from tracker.review.words import bare
from tracker.text import plain
from tracker.values import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIELDS = (
    "id", "title", "class", "conditions", "severity", "service", "team", "started", "detected", "mitigated", "url",
)  # fmt: skip
"""What a column can hold. Each is a flag of `track incidents import`."""

NEEDED = ("id", "class", "started")
"""What figures cannot do without: asked for where no column is called so. A link stands in for an id."""

NONE = "none"
"""What somebody says where no column holds it."""

CREATED = "created"
"""The time that an incident was filed at: it stands in for a start that nobody gave."""

# The first of these names that a file has is taken; they are compared as `_forms` writes them.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("incident id", "issue key", "key", "id", "number", "identifier", "reference", "ref", "ticket", "incident"),
    "title": ("title", "summary", "name", "subject", "short description", "headline", "description"),
    "class": ("class", "category", "type", "kind", "label", "labels", "tag", "tags", "component", "components"),
    "conditions": (
        "conditions", "condition", "failure conditions", "failure condition", "contributing factors",
        "contributing factor",
    ),
    "severity": ("severity", "sev", "severity level", "priority", "urgency"),
    "service": ("service", "services", "affected service", "affected services", "service affected", "application"),
    "team": ("team", "owning team", "owner team", "responsible team", "squad", "assignment group"),
    "started": (
        "started", "start", "impact started", "impact start", "outage start", "start of impact", "began", "begin",
        "beginning", "occurred", "happened", "date", "time",
    ),
    CREATED: ("created", "opened", "reported", "declared", "logged", "submitted"),
    "detected": ("detected", "detection", "acknowledged", "acked", "noticed", "identified", "alerted"),
    "mitigated": (
        "mitigated", "mitigation", "impact end", "impact ended", "outage end", "end of impact", "recovered",
        "restored", "resolved", "resolution date", "resolutiondate", "closed", "ended", "end",
    ),
    "url": ("url", "link", "html url", "permalink", "web url", "issue url"),
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_BEFORE = ("incident", "fields", "attributes")
_AFTER = ("at", "on", "time", "date", "datetime", "timestamp", "utc", "name", "value", "summary")


class Columns(Struct, frozen=True):
    """The names of the columns that hold each field, the best first; one that is not there has no entry.

    `absent` are the fields of which somebody has said that no column holds them.
    """

    names: Mapping[str, tuple[str, ...]]
    absent: frozenset[str] = frozenset()

    def unclear(self) -> tuple[str, ...]:
        """Fields that the figures need, and that no column is called."""
        has = {*self.names, *self.absent}
        found = has | ({"id"} if "url" in self.names else set()) | ({"started"} if CREATED in self.names else set())
        return tuple(field for field in NEEDED if field not in found)


def find_columns(columns: Sequence[str], given: Mapping[str, str]) -> Columns:
    """The columns of each field: those that `given` names (field -> column, or `none`), else by their usual names.

    Raises UsageProblem where a column is named that is not there.
    """
    said = {field: _named(field, name, columns) for field, name in given.items()}
    forms = {name: tuple(_forms(name)) for name in columns}
    usual = {field: _usual(names, forms) for field, names in _NAMES.items() if field not in said}
    return Columns(
        {field: names for field, names in (usual | said).items() if names},
        frozenset(field for field, names in said.items() if not names),
    )


def show_columns(columns: Sequence[str], most: int = 40) -> str:
    """The names of the columns for a message."""
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    return ", ".join(shorten(plain(name), 40) for name in columns[:most]) + more


def _named(field: str, wanted: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that somebody names; none where they say that there is none."""
    found = tuple(name for name in columns if name == wanted) or tuple(
        name for name in columns if bare(name) == bare(wanted)
    )
    if found or wanted.strip().lower() == NONE:
        return found
    close = get_close_matches(wanted, columns, n=1)
    hint = f"Did you mean “{shorten(plain(close[0]))}”? " if close else ""
    raise UsageProblem(
        f"--{field}: there is no column “{shorten(plain(wanted))}”", f"{hint}The columns are: {show_columns(columns)}"
    )


def _usual(wanted: Sequence[str], forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The columns that the first of these names fits that fits any: those of that very name first."""
    for name in wanted:
        fitting = [column for column, names in forms.items() if name in names]
        if fitting:
            return tuple(sorted(fitting, key=lambda column: forms[column].index(name)))
    return ()


def _forms(name: str) -> Iterator[str]:
    """A column's name, then shorter ones that mean the same: `Incident start time (UTC)`, `start time`, `start`.

    Words that are written as one are told apart by their capitals: `createdAt`.
    """
    words = bare(_CAMEL.sub(" ", name)).split()
    yield " ".join(words)
    while len(words) > 1 and words[0] in _BEFORE:
        words = words[1:]
        yield " ".join(words)
    while len(words) > 1 and words[-1] in _AFTER:
        words = words[:-1]
        yield " ".join(words)
