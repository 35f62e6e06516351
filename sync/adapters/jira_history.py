"""What an issue's changelog tells: when it was closed and reopened, how its due date moved, when links came. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.adapters.jira_answers import EPOCH, User, parse_day, parse_time
from sync.mapping import reason_of
from sync.port import RemoteEvent, RemoteState
from tracker.model import DueMove

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sync.adapters.jira_answers import Change, Item

DONE = "done"
"""The key of the category that means done, whatever the status is called."""

OWN_LINK = '"Review of incident '
"""How the changelog quotes the title of our own links."""


class Added(Struct, frozen=True):
    """When something came to an issue, and by whom."""

    at: datetime
    by: User | None


class History(Struct, frozen=True, kw_only=True):
    """The part of a changelog that counts. `links` are when each remote link came that is not ours and still there.

    `homes` are the projects it moved away from, by key.
    """

    events: tuple[RemoteEvent, ...] = ()
    due_moves: tuple[DueMove, ...] = ()
    links: Mapping[str, Added] = {}
    homes: frozenset[str] = frozenset()


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Oldest first, each once: Cloud tells the newest first, Data Center the oldest."""
    unique = {str(change.id): change for change in changes}
    return sorted(unique.values(), key=lambda change: (parse_time(change.created) or EPOCH, _ordinal(change.id)))


def _ordinal(change_id: str | int) -> tuple[int, str]:
    text = str(change_id)
    return (int(text), "") if text.isdecimal() else (0, text)


def status_ids(changes: Iterable[Change]) -> frozenset[str]:
    """The statuses that a changelog names."""
    items = (item for change in changes for item in change.items if item.what == "status")
    return frozenset(status for item in items for status in (item.old, item.new) if status)


def read_history(changes: Sequence[Change], categories: Mapping[str, str], not_done: frozenset[str]) -> History:
    """What these changes (oldest first) amount to; `categories` gives the category of each status id."""
    return History(
        events=_events(changes, categories, not_done),
        due_moves=_due_moves(changes),
        links=_links(changes),
        homes=frozenset(
            item.old_text.rpartition("-")[0]
            for change in changes
            for item in change.items
            if item.what in ("key", "issuekey") and item.old_text
        ),
    )


def _events(
    changes: Sequence[Change], categories: Mapping[str, str], not_done: frozenset[str]
) -> tuple[RemoteEvent, ...]:
    """A change of status or resolution is an event where it closes, reopens, or gives another reason."""
    items = [item for change in changes for item in change.items]
    status = next((item.old for item in items if item.what == "status"), None)
    resolution = next((item.old_text for item in items if item.what == "resolution"), None)
    before = _state(categories.get(status or ""), resolution, not_done)
    events: list[RemoteEvent] = []
    for change in changes:
        for item in change.items:
            if item.what == "status":
                status = item.new
            elif item.what == "resolution":
                resolution = item.new_text
        state = _state(categories.get(status or ""), resolution, not_done)
        if state != before and status is not None:
            events.append(_event(change, state))
            before = state
    return tuple(events)


def _state(category: str | None, resolution: str | None, not_done: frozenset[str]) -> RemoteState:
    if category != DONE:
        return RemoteState(closed=False)
    return RemoteState(closed=True, reason=reason_of(resolution or "", not_done))


def _event(change: Change, state: RemoteState) -> RemoteEvent:
    at = parse_time(change.created) or EPOCH
    return RemoteEvent(id=str(change.id), at=at, state=state, actor=change.author.shown if change.author else "")


def _due_moves(changes: Sequence[Change]) -> tuple[DueMove, ...]:
    """Each move from one day to another; a day that was taken away in between counts as if it had stood."""
    moves: list[DueMove] = []
    standing: date | None = None
    for change, item in _items(changes, "duedate"):
        before, to = parse_day(item.old) or standing, parse_day(item.new)
        at = parse_time(change.created)
        if before is not None and to is not None and before != to and at is not None:
            moves.append(DueMove(at=at, before=before, to=to))
        standing = to or before
    return tuple(moves)


def _links(changes: Sequence[Change]) -> dict[str, Added]:
    found: dict[str, Added] = {}
    for change, item in _items(changes, "remoteissuelink"):
        if item.new:
            if OWN_LINK not in (item.new_text or ""):
                found[item.new] = Added(parse_time(change.created) or EPOCH, change.author)
        elif item.old:
            found.pop(item.old, None)
    return found


def _items(changes: Sequence[Change], what: str) -> list[tuple[Change, Item]]:
    return [(change, item) for change in changes for item in change.items if item.what == what]
