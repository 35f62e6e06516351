"""How a change of a field is written into an issue's history. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.jira_defaults import PRIORITIES
from sync.sandbox.jira_state import ChangeItem
from sync.sandbox.jira_text import as_wiki

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.sandbox.jira_state import Site

Value = object
Shown = tuple[str | None, str | None]
"""A value as the history keeps it: what it is, and how a person reads it."""


def describe_change(site: Site, field: str, old: Value, new: Value) -> ChangeItem:
    """The line of the history for a field that went from one value to another."""
    (old_id, old_text), (new_id, new_text) = _shown(site, field, old), _shown(site, field, new)
    return ChangeItem(field=field, field_id=field, old=old_id, old_text=old_text, new=new_id, new_text=new_text)


def describe_link(link: int, title: str, *, gone: bool = False) -> ChangeItem:
    """The line for a remote link that came, or went."""
    text = f'This issue links to "{title}"'
    if gone:
        return ChangeItem(field="RemoteIssueLink", old=str(link), old_text=text)
    return ChangeItem(field="RemoteIssueLink", new=str(link), new_text=text)


def describe_move(old_key: str, new_key: str) -> ChangeItem:
    """The line for an issue that got another key."""
    return ChangeItem(field="Key", old_text=old_key, new_text=new_key)


def _shown(site: Site, field: str, value: Value) -> Shown:
    match field:
        case "labels":
            return "", " ".join(value) if isinstance(value, list) else ""
        case "summary":
            return None, str(value)
        case "description":
            return None, as_wiki(value) if isinstance(value, str | dict) else None
        case "priority":
            return PRIORITIES.get(str(value)), str(value)
    if value is None:
        return None, None
    match field:
        case "duedate":
            return str(value), f"{value} 00:00:00.0"
        case "assignee" | "reporter":
            return str(value), site.accounts[str(value)].display
        case "status":
            return str(value), _names({each.id: each.name for each in site.statuses}, value)
        case "resolution":
            return str(value), _names({each.id: each.name for each in site.resolutions}, value)
        case "project":
            return str(value), site.projects[int(str(value))].name
    return None, str(value)


def _names(names: Mapping[str, str], value: Value) -> str:
    return names[str(value)]
