"""What is asked of a Jira: JQL and lists of fields. Pure.

JQL takes times as epoch milliseconds, which knows no time zone and no rounding to the minute. Values are quoted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.mapping import FOLLOWED
from sync.wording import PROMISED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

LISTED = (
    "summary", "status", "resolution", "resolutiondate", "statuscategorychangedate", "labels", "assignee", "duedate",
    "creator", "created", "updated", "project", "comment",
)  # fmt: skip
"""The fields of a list."""

WHOLE = (*LISTED, "description")
"""The fields of a known issue: its text is compared with what was pushed."""

INCIDENT = ("summary", "labels", "created", "updated")
"""The fields of an incident, beside those that a feed names."""


def followed(project: str, since: datetime | None = None) -> str:
    """The issues that `track` follows, changed at or after a moment."""
    changed = "" if since is None else f" AND updated >= {milliseconds(since)}"
    return f"project = {quoted(project)} AND labels = {quoted(FOLLOWED)}{changed}"


def chosen(jql: str, since: datetime | None = None) -> str:
    """What a query of the config chooses, changed at or after a moment."""
    changed = "" if since is None else f" AND updated >= {milliseconds(since)}"
    return f"({jql}){changed}"


def strays(project: str) -> str:
    """Issues with a marker that the list does not show: their label was taken off, or they moved to another project.

    A property cannot be searched for, so the first are found by a sentence of their text.
    """
    home, label = quoted(project), quoted(FOLLOWED)
    bare = f"project = {home} AND (labels is EMPTY OR labels != {label}) AND description ~ {quoted(quoted(PROMISED))}"
    return f"({bare}) OR (project != {home} AND labels = {label}) ORDER BY updated DESC"


def newest(project: str) -> str:
    """All issues of a project, the highest key first."""
    return f"project = {quoted(project)} ORDER BY key DESC"


def by_ids(ids: Iterable[str]) -> str:
    """These issues, wherever they are."""
    return f"id in ({', '.join(ids)})"


def without(ids: Sequence[str]) -> str:
    """What leaves these issues out of a query."""
    return f" AND id not in ({', '.join(ids)})" if ids else ""


def oldest_change_first(jql: str) -> str:
    """The same in the order in which a list can be gone on with."""
    return f"{jql} ORDER BY updated ASC, key ASC"


def newest_change_first(jql: str) -> str:
    """The same, the other way round."""
    return f"{jql} ORDER BY updated DESC, key DESC"


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds."""
    return int(moment.timestamp() * 1000)


def quoted(value: str) -> str:
    """A JQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
