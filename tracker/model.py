"""The words of this project as frozen records. No behaviour beyond what a record can tell about itself, no I/O.

Records are `msgspec.Struct`s: frozen like dataclasses, defined in a tenth of the time (start-up is a promise) and read
from and written to JSON as they are. See docs/decisions/0002-records-are-msgspec-structs.md.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from tracker.recorded import Answer, Decision, Instant, Nudged, Resolution, Waiver


class Role(StrEnum):
    """What a failure condition did in the incident."""

    TRIGGER = "trigger"
    AMPLIFIER = "amplifier"
    RECOVERY_FRICTION = "recovery-friction"


class Horizon(StrEnum):
    """Immediate fixes are kept apart from systemic ones."""

    IMMEDIATE = "immediate"
    SYSTEMIC = "systemic"


class Kind(StrEnum):
    """What an action item changes."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"


class Status(StrEnum):
    """Where an action item stands. `NOT_PUSHED` has no issue yet; the others are read from the tracker."""

    NOT_PUSHED = "not pushed"
    OPEN = "open"
    IN_PROGRESS = "in progress"
    DONE = "done"
    NOT_PLANNED = "not planned"
    DUPLICATE = "duplicate"
    MOVED = "moved"
    MISSING = "missing"

    @property
    def is_live(self) -> bool:
        """Somebody still has to do it."""
        return self in (Status.NOT_PUSHED, Status.OPEN, Status.IN_PROGRESS)


class EvidenceKind(StrEnum):
    """How a piece of evidence reached the issue."""

    MERGED_PULL_REQUEST = "merged_pull_request"
    COMMIT = "commit"
    REMOTE_LINK = "remote_link"
    COMMENT_LINK = "comment_link"


class Severity(StrEnum):
    """How much a problem or a finding in a document matters."""

    ERROR = "error"
    WARNING = "warning"


class Condition(Struct, frozen=True, kw_only=True, gc=False):
    """A failure condition of a review; `name` is a slug, `role` is None where the document does not say."""

    name: str
    role: Role | None = None
    what: str = ""


class ActionItem(Struct, frozen=True, kw_only=True, gc=False):
    """A change that a review committed to.

    `id` is unique within its review and empty until one is given. `proof` is the evidence promised, `question` how we
    will know it helped. `issues` and `evidence` are links as the document has them; `status` is what the document
    claims, never what the tracker says. `line` is 1-based.
    """

    title: str
    id: str = ""
    owner: str | None = None
    due: date | None = None
    horizon: Horizon | None = None
    kind: Kind | None = None
    conditions: tuple[str, ...] = ()
    proof: str = ""
    question: str = ""
    issues: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    status: Status | None = None
    line: int = 0


class Confidence(Struct, frozen=True, kw_only=True, gc=False):
    """How sure somebody in this role is that the actions will help, from 1 to 5; `on` is the day they said so."""

    role: str
    score: Annotated[int, Meta(ge=1, le=5)]
    on: date | None = None


class ReviewHeader(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of the incident and its review, without the items. Times are aware UTC.

    `day_only` says that the day of the start is known and its hour is not: `started` is then the midnight that begins
    it. `incidents` are the ids or links of this incident in other systems, by which it is told to be the same.
    """

    id: str
    title: str = ""
    incident_class: str = ""
    severity: str = ""
    service: str = ""
    team: str = ""
    started: Instant | None = None
    day_only: bool = False
    incidents: tuple[str, ...] = ()
    detected: Instant | None = None
    mitigated: Instant | None = None
    reviewed: date | None = None
    checkpoints: tuple[date, ...] = ()
    tracker: str = ""
    url: str = ""
    conditions: tuple[Condition, ...] = ()
    confidence: tuple[Confidence, ...] = ()


class Proposal(Struct, frozen=True, kw_only=True):
    """An idea of a review that nobody committed to: kept, never counted, never pushed."""

    title: str
    line: int = 0


class Review(Struct, frozen=True, kw_only=True):
    """One review document as understood."""

    header: ReviewHeader
    items: tuple[ActionItem, ...] = ()
    proposed: tuple[Proposal, ...] = ()

    @property
    def id(self) -> str:
        """The review's id, as people write it."""
        return self.header.id


class Problem(Struct, frozen=True, kw_only=True):
    """Something a person should change in a document: where, what, and what to write instead. Lines are 1-based."""

    message: str
    hint: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = Severity.ERROR
    rule: str = ""


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
    """A dated link that shows a change is real. `url` is http or https; `at` and `seen_at` (by us) are aware UTC."""

    kind: EvidenceKind
    url: str
    at: datetime
    author: str = ""
    title: str = ""
    seen_at: datetime | None = None


class Transition(Struct, frozen=True, kw_only=True, gc=False):
    """A change of an issue's status: when it happened, and when we first saw it (both aware UTC).

    `source` identifies the event in the tracker's own history, or `track` for what only we could notice (a deletion).
    """

    source: str
    at: datetime
    to: Status
    actor: str = ""
    seen_at: datetime | None = None


class Issue(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket in the tracker, as last read. `id` is stable, `ref` what people write (`acme/payments#12`)."""

    id: str
    tracker: str
    ref: str
    number: int
    url: str
    title: str
    status: Status
    created: datetime
    updated: datetime
    closed: datetime | None = None
    assignees: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    due: date | None = None
    strikes: int = 0
    note: str = ""


class DueMove(Struct, frozen=True, kw_only=True, gc=False):
    """A due date that was moved: a slip when `to` is later than `before`."""

    at: Instant
    before: date
    to: date


class Commitment(Struct, frozen=True, kw_only=True, gc=False):
    """What a marker holds: the action item and its review's header, as last pushed. All another machine must know.

    `committed` is when the review decided it, `pushed` when this version was written, `first_due` the date that "on
    time" is judged by. `digest` identifies the readable text as pushed, so that a person's edit of it is noticed.
    """

    review: ReviewHeader
    item: ActionItem
    committed: Instant
    pushed: Instant
    first_due: date | None = None
    moves: tuple[DueMove, ...] = ()
    digest: str = ""

    @property
    def key(self) -> str:
        """`REVIEW/ITEM`."""
        return item_key(self.review.id, self.item.id)


class Snapshot(Struct, frozen=True, kw_only=True, gc=False):
    """One issue as just read: its state, its history, its evidence and the commitments whose markers are trusted.

    `followed` says whether its project's list shows it: it carries the label, and is still there. `moved_from` is the
    id it had before a transfer. `due_moves` are those that the tracker itself recorded. `answered` is when a person
    last wrote a comment.
    """

    issue: Issue
    transitions: tuple[Transition, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    followed: bool = True
    moved_from: str = ""
    due_moves: tuple[DueMove, ...] = ()
    decisions: tuple[Decision, ...] = ()
    nudges: tuple[Nudged, ...] = ()
    answered: datetime | None = None


class Incident(Struct, frozen=True, kw_only=True, gc=False):
    """An incident as a feed or a file tells it, whether it was reviewed or not. Times are aware UTC.

    `id` is what people call it (`OPS-12`), unique within its `source` (the feed's name, or `file:` and a file's).
    `classes` and `conditions` are as written; the first class is the primary one. `day_only`: the day of the start is
    known and its hour is not, `started` is the midnight that begins it. `assumed_start`: nobody gave a start, and the
    time it was created at stands in. `names` are ids and links that it had before. `gone`: its source does not show it
    any more. `seen_at`: when we read it so.
    """

    id: str
    source: str
    title: str = ""
    url: str = ""
    names: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    severity: str = ""
    service: str = ""
    team: str = ""
    started: Instant | None = None
    day_only: bool = False
    assumed_start: bool = False
    detected: Instant | None = None
    mitigated: Instant | None = None
    gone: bool = False
    seen_at: Instant | None = None


class TrackedItem(Struct, frozen=True, kw_only=True, gc=False):
    """An action item joined with what the tracker says of it. On time is judged against `first_due`.

    `seen_at` is when this store first knew of it. Waivers, answers and resolutions come in the order they were made.
    """

    review_id: str
    item: ActionItem
    committed: datetime
    first_due: date | None = None
    moves: tuple[DueMove, ...] = ()
    issue: Issue | None = None
    transitions: tuple[Transition, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    seen_at: datetime | None = None
    answers: tuple[Answer, ...] = ()
    resolutions: tuple[Resolution, ...] = ()

    @property
    def key(self) -> str:
        """`REVIEW/ITEM`: how people and other machines name the item."""
        return item_key(self.review_id, self.item.id)


class TrackerState(Struct, frozen=True, kw_only=True):
    """How fresh the knowledge of one tracker is."""

    name: str
    last_good_sync: datetime | None = None
    last_attempt: datetime | None = None
    last_error: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """Everything a report is made from.

    `incidents` holds every version of each incident that was read, `seen_at` tells them apart: the last one counts.
    `feeds` is how fresh each incident feed is. `known_since` is when this store began to know anything. `pushed` is
    when each review, by its id, was last written into an issue.
    """

    reviews: tuple[ReviewHeader, ...] = ()
    items: tuple[TrackedItem, ...] = ()
    proposed: tuple[tuple[str, str], ...] = ()
    trackers: tuple[TrackerState, ...] = ()
    incidents: tuple[Incident, ...] = ()
    feeds: tuple[TrackerState, ...] = ()
    known_since: datetime | None = None
    pushed: tuple[tuple[str, datetime], ...] = ()


def item_key(review_id: str, item_id: str) -> str:
    """The name of an item across reviews: `INC-2026-042/A1`."""
    return f"{review_id}/{item_id}"
