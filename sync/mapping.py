"""Remote status, labels and people in our words. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from sync.port import RemoteEvent, RemoteState
from tracker.model import ActionItem, ReviewHeader, Status, Transition
from tracker.rules import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLLOWED = "follow-through"
LABEL_LIMIT = 50
"""GitHub's longest label name; Jira allows more."""

_LOGIN = re.compile(r"@?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")


def status_of(state: RemoteState) -> Status:
    """Where an issue stands. Only "closed as completed" is done."""
    match state:
        case RemoteState(closed=False, active=True):
            return Status.IN_PROGRESS
        case RemoteState(closed=False):
            return Status.OPEN
        case RemoteState(reason="duplicate"):
            return Status.DUPLICATE
        case RemoteState(reason="not_planned"):
            return Status.NOT_PLANNED
        case _:
            return Status.DONE


def reason_of(resolution: str, not_done: frozenset[str]) -> str:
    """Why an issue with this resolution is closed; `not_done` are those (in lower case) that are no completion."""
    name = resolution.casefold()
    if name not in not_done:
        return "completed"
    return "duplicate" if "duplicate" in name else "not_planned"


def transitions_of(history: Iterable[RemoteEvent]) -> tuple[Transition, ...]:
    """The tracker's history as changes of our status, oldest first."""
    return tuple(
        Transition(source=event.id, at=event.at, to=status_of(event.state), actor=event.actor)
        for event in sorted(history, key=lambda event: (event.at, event.id))
    )


def labels_of(review: ReviewHeader, item: ActionItem) -> tuple[str, ...]:
    """The labels `track` puts on an item's issue: followed, its failure conditions, its incident class."""
    conditions = (shorten_label(f"condition:{slug(name)}") for name in item.conditions)
    classes = (shorten_label(f"class:{slug(review.incident_class)}"),) if review.incident_class else ()
    return tuple(dict.fromkeys((FOLLOWED, *conditions, *classes)))


def shorten_label(label: str) -> str:
    """The label within 50 characters: a long one ends in a short hash of the whole, so that two never meet."""
    if len(label) <= LABEL_LIMIT:
        return label
    ending = hashlib.sha256(label.encode()).hexdigest()[:6]
    return f"{label[: LABEL_LIMIT - 7].rstrip('-')}-{ending}"


def account_of(owner: str | None, people: Mapping[str, Mapping[str, str]], kind: str) -> str | None:
    """The tracker account of an owner: as the config maps it, else the owner itself where it could be one.

    Whether that account exists and may be assigned is the tracker's word, asked before anybody is. On Jira that may
    be any name: account id, user name, e-mail or full name.
    """
    if not owner:
        return None
    mapped = people.get(owner, people.get(owner.lstrip("@"), {})).get(kind)
    if mapped:
        return mapped
    if kind == "jira":
        return owner.removeprefix("@")
    login = _LOGIN.fullmatch(owner)
    return login.group(1) if login else None
