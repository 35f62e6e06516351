"""What the adapter suite needs of a tracker: a project, the adapter, and people who work there. It knows no vendor."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from sync.mapping import FOLLOWED
from sync.port import Absent, Draft, Known, OutcomeUnknown, Rejected, RemoteIssue, TrackerAdapter

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from sync.feeds import FeedQuery, RemoteIncident
    from tracker.model import EvidenceKind


class Trouble(Enum):
    """What becomes of the next request."""

    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    LIMITED = auto()
    REJECTED = auto()
    FORBIDDEN = auto()


class Rig(Protocol):
    """A tracker to test an adapter on. `lead` and `dev` may write, `stranger` may not; refs are as the adapter's."""

    @property
    def adapter(self) -> TrackerAdapter: ...
    @property
    def patient(self) -> bool:
        """Whether the adapter itself tries reads again; else it leaves that to its caller."""

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Links that lead to no issue of this project."""

    def now(self) -> datetime: ...
    def advance(self, by: timedelta) -> None: ...
    def open_issue(self, title: str, *, labels: tuple[str, ...] = (FOLLOWED,), author: str = "dev") -> str: ...
    def label(self, ref: str, label: str) -> None: ...
    def assign(self, ref: str, *people: str) -> None: ...
    def close(self, ref: str, reason: str = "completed") -> None: ...
    def reopen(self, ref: str) -> None: ...
    def comment(self, ref: str, body: str, author: str) -> None: ...
    def prove(self, ref: str) -> tuple[EvidenceKind, str]:
        """Let a change that closes the issue become real; gives its kind and address."""

    def delete(self, ref: str) -> None: ...
    def move(self, ref: str, *, readable: bool) -> str:
        """Move the issue to another project; gives its new ref."""

    def meet(self, trouble: Trouble) -> None: ...
    def creates(self) -> int:
        """How many creates the tracker was sent."""

    @property
    def shared(self) -> bool:
        """Whether several people can be assigned to an issue."""

    @property
    def feed(self) -> FeedQuery:
        """The feed of the tracker's incidents, with the fields and the text that tell something."""

    @property
    def closed_field(self) -> str:
        """The field that holds when an incident was closed."""

    def open_incident(self, title: str, *labels: str, started: str = "") -> str:
        """An issue that is in the feed, and tells its start where one is given."""

    def started(self, incident: RemoteIncident) -> str:
        """What an incident tells of its start."""

    def due(self, ref: str, day: date | None) -> None:
        """Give the issue another due date; nothing happens where the tracker keeps none."""


def create(rig: Rig, draft: Draft) -> RemoteIssue:
    """The issue of one create; raises what the tracker says where it says no."""
    (made,) = rig.adapter.create([draft])
    if isinstance(made, Rejected | OutcomeUnknown):
        raise made
    return made.issue


def listed(rig: Rig, since: datetime | None = None) -> list[RemoteIssue]:
    return [issue for page in rig.adapter.pages(since) for issue in page.issues]


def seen(rig: Rig, ref: str) -> RemoteIssue:
    found = rig.adapter.find(ref)
    assert found is not None
    return found


def fetched(rig: Rig, *issues: RemoteIssue) -> dict[str, RemoteIssue | Absent]:
    """What a look at known issues gives, by the id that was asked for."""
    answers = rig.adapter.fetch([Known(id=issue.id, ref=issue.ref) for issue in issues])
    return {(isinstance(each, RemoteIssue) and each.moved_from) or each.id: each for each in answers}


def followed(rig: Rig, title: str) -> RemoteIssue:
    return seen(rig, rig.open_issue(title))
