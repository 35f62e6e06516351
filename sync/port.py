"""The port: what `track` needs of an issue tracker, in its own words, and the closed set of ways in which it can fail.

Adapters turn a vendor's answers into these records and a vendor's errors into these failures. They decide nothing:
whether an issue is done, what proves it and which marker counts is decided in `mapping`, `evidence` and `marker`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import UNSET, Struct, UnsetType

from tracker.errors import NotAuthorised, TrackError, TryLater
from tracker.model import DueMove, EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.feeds import FeedQuery, FeedSample, IncidentPage


class RemoteState(Struct, frozen=True, gc=False):
    """Open or closed, why (`completed`, `not_planned` or `duplicate`), and whether work is under way."""

    closed: bool
    reason: str = ""
    active: bool = False


class RemoteEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One change of state in the tracker's own history."""

    id: str
    at: datetime
    state: RemoteState
    actor: str = ""


class RemoteComment(Struct, frozen=True, kw_only=True, gc=False):
    """A comment; `trusted` says that its author may write to the project, `bot` that it is no person."""

    body: str
    at: datetime
    url: str
    author: str = ""
    trusted: bool = False
    bot: bool = False


class RemoteChange(Struct, frozen=True, kw_only=True, gc=False):
    """A change or link that hangs on the issue. Only what is real by now: an open pull request is not one."""

    kind: EvidenceKind
    url: str
    at: datetime
    author: str = ""
    title: str = ""


class RemoteIssue(Struct, frozen=True, kw_only=True, gc=False):
    """An issue as the tracker tells it. `trusted` says that its author may write to the project.

    `text` and comments are Markdown that holds the markers as HTML comments, wherever the tracker keeps them; a list
    may leave out the rest of the text. `keeps_due` says that the tracker itself has a due date for issues: `due` and
    the times it was moved. `at_home` is False for one that moved into another project, where the followed project's
    list can't show it.
    """

    id: str
    ref: str
    number: int
    url: str
    title: str
    text: str
    state: RemoteState
    created: datetime
    updated: datetime
    closed: datetime | None = None
    trusted: bool = False
    assignees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    history: tuple[RemoteEvent, ...] = ()
    comments: tuple[RemoteComment, ...] = ()
    changes: tuple[RemoteChange, ...] = ()
    moved_from: str = ""
    at_home: bool = True
    keeps_due: bool = False
    due: date | None = None
    due_moves: tuple[DueMove, ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """One page of the list of followed issues, oldest change first.

    `total` counts all issues that carry the label, whatever `since` was; `server_time` is the tracker's clock when the
    list was begun.
    `home` is the project's present name where it answers under another one than the config's.
    """

    issues: tuple[RemoteIssue, ...]
    total: int
    server_time: datetime
    home: str


class Absence(StrEnum):
    """Why a known issue could not be read. `UNSURE` decides nothing."""

    DELETED = "deleted"
    NOT_FOUND = "not found"
    MOVED_AWAY = "moved to where this token cannot read"
    UNSURE = "not readable just now"


class Absent(Struct, frozen=True, kw_only=True):
    """A known issue that did not come back, and why."""

    id: str
    why: Absence


class Known(Struct, frozen=True, kw_only=True):
    """An issue to look at again: its stable id, and where it was last seen.

    One that is `gone` is known to be away: it is looked for along with others, and is worth no request of its own. The
    marker of one that is `marked` is known already, and may be left out where it would take a request.
    """

    id: str
    ref: str
    gone: bool = False
    marked: bool = False


class Backlink(Struct, frozen=True, kw_only=True):
    """The way from an issue back to the review that asked for it."""

    review_id: str
    title: str
    url: str


class Draft(Struct, frozen=True, kw_only=True):
    """An issue to create. Due date and backlink are for trackers that have a place of their own for them."""

    title: str
    text: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: date | None = None
    backlink: Backlink | None = None


class Created(Struct, frozen=True, kw_only=True):
    """An issue as it was created; `notes` say what of the draft is not in it."""

    issue: RemoteIssue
    notes: tuple[str, ...] = ()


def describe_dropped(draft: Draft, issue: RemoteIssue) -> tuple[str, ...]:
    """What the tracker left out of a create without a word: GitHub does, for an account without write access."""
    present = {label.casefold() for label in issue.labels}
    labels = [label for label in draft.labels if label.casefold() not in present]
    people = [name for name in draft.assignees if name not in issue.assignees]
    return tuple(
        f"the tracker dropped {what}: `track doctor` says which permission is missing" for what in labels + people
    )


class Patch(Struct, frozen=True, kw_only=True):
    """Changes to an issue; what is None, empty or unset stays as it is. A due date of None takes it away.

    With `only_marker` the readable part of `text` is what a person made of it: only the marker in it is new.

    Labels and people are added and removed one by one, so that what a person put there in the meantime stays.
    """

    title: str | None = None
    text: str | None = None
    only_marker: bool = False
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    add_assignees: tuple[str, ...] = ()
    remove_assignees: tuple[str, ...] = ()
    due: date | UnsetType | None = UNSET
    backlink: Backlink | None = None
    comment: str = ""
    close_as: Literal["", "duplicate", "not_planned"] = ""
    reopen: bool = False


class ChangeState(Struct, frozen=True, kw_only=True):
    """What has become of a change: a pull request or a commit. `reverted_by` is the address of what took it back."""

    merged: bool
    reverted_by: str = ""


class Claim(Struct, frozen=True, kw_only=True):
    """A short-lived right to create the issues of one review, kept in the tracker itself."""

    name: str
    holder: str
    until: datetime


class Check(Struct, frozen=True, kw_only=True):
    """One line of `track doctor`; `hint` says what to do where it is not ok."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""


class TrackerAdapter(Protocol):
    """What `track` needs of a tracker. Reads raise `Transient` when trying again may help; writes are sent once."""

    name: str
    home: str
    bulk: int
    """How many issues one create can make."""

    def pages(self, since: datetime | None, *, counted: bool = True) -> Iterator[Page]:
        """Followed issues changed at or after `since` (all when None), oldest change first; at least one page.

        Unless `counted`, the total may be left out where it would take a request.
        """

    def fetch(self, known: Sequence[Known]) -> Iterator[RemoteIssue | Absent]:
        """Each known issue as it is now, followed to where it moved, or why it is absent."""

    def recall(self) -> Iterator[RemoteIssue]:
        """Issues with a marker that no list shows: label taken off, or moved on within reach of the tracker's search.

        A search lags and may miss: what it finds is there, what it does not find proves nothing.
        """

    def find(self, link: str) -> RemoteIssue | None:
        """The issue behind a link or short reference of a document; None when it is not in this tracker."""

    def people(self, names: Sequence[str]) -> Mapping[str, str]:
        """The accounts that can be assigned, by those of these names (as given) that have one."""

    def create(self, drafts: Sequence[Draft]) -> list[Created | Rejected | OutcomeUnknown]:
        """Create up to `bulk` issues, each sent once; what became of each. Raises `OutcomeUnknown` for all of them.

        `Refused` and everything else that is raised says that none was created.
        """

    def change(self, issue_id: str, ref: str, patch: Patch) -> tuple[str, ...]:
        """Send the changes, each once; gives what had to be left out, for people."""

    def claim(self, name: str, holder: str, seconds: int) -> Claim:
        """Take the claim, or give the one that another holder has. Atomic in the tracker."""

    def release(self, claim: Claim) -> None:
        """Give the claim back; giving back one that is gone is fine."""

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """The incidents of a feed changed since then (all when None), oldest change first; at least one page."""

    def sample(self, query: FeedQuery) -> FeedSample:
        """A look at a feed, for `track doctor`."""

    def changes(self, urls: Sequence[str]) -> Mapping[str, ChangeState]:
        """What has become of the changes behind these addresses; those that are not there, or hidden, are left out.

        Asked only for addresses that `hosts` says yes to.
        """

    def hosts(self, url: str) -> bool:
        """Whether this tracker can tell what has become of the change behind an address."""

    def check(self) -> Iterator[Check]:
        """What works and what is missing, for `track doctor`."""


class Transient(TryLater):
    """A read that may work when tried again. `retry_after` is in seconds where the tracker said so."""

    def __init__(self, message: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class Refused(Transient):
    """A write that the tracker turned away before doing anything (a rate limit): nothing was written."""


class OutcomeUnknown(TrackError):
    """A write was sent and no answer came back: it may or may not have been carried out."""


class Rejected(TrackError):
    """The tracker read the request and said no; nothing was written."""


class Forbidden(NotAuthorised):
    """The token may not do this; the message names the permission where the tracker does."""
