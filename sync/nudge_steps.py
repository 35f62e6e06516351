"""What a run of reminders can do with one item, and what that depends on.

`--dry-run` prints exactly the steps that would be carried out. To say nothing, since, is a step too: whoever reads the
plan sees every item once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.nudge_marker import render_nudge_marker
from sync.port import Patch
from tracker.model import EvidenceKind, ReviewHeader, TrackedItem
from tracker.store.nudges import Heard, Occasion

if TYPE_CHECKING:
    from collections.abc import Iterable

DUE_SOON = "due-soon"
OVERDUE = "overdue-"
NO_EVIDENCE = "no-evidence"


class NudgeRules(Struct, frozen=True, kw_only=True):
    """What the config says of reminders.

    `since` is the amnesty: what lies before it is never mentioned. `most` is how many comments one run writes. `grace`
    is how long a reminder without an answer is left alone. `trackers` are those that can be written to.
    """

    since: date
    before_due: timedelta
    overdue_every: timedelta
    most: int
    ask: bool
    reopen: bool
    accept: frozenset[EvidenceKind]
    zone: tzinfo
    grace: timedelta
    trackers: frozenset[str]


class Came(Struct, frozen=True, kw_only=True):
    """How often the class of an incident came back since its review, and the day of the last time."""

    incident_class: str
    count: int
    last: date | None = None


class Situation(Struct, frozen=True, kw_only=True):
    """Everything that the decision depends on, beside the rules and the time. `came` is by review id."""

    items: Sequence[TrackedItem]
    reviews: Mapping[str, ReviewHeader]
    heard: Heard
    came: Mapping[str, Came] = {}


class Ask(Struct, frozen=True, kw_only=True):
    """One item's occasion, on its day, with what is said of it."""

    tracked: TrackedItem
    occasion: Occasion
    day: date
    header: ReviewHeader | None = None
    came: Came | None = None
    is_said: bool = False


class Nudge(Struct, frozen=True, kw_only=True, tag="nudge"):
    """Remind an open issue of what was promised in it; `comment` is what people read."""

    tracker: str
    issue_id: str
    ref: str
    url: str
    occasions: tuple[Occasion, ...]
    comment: str


class AskForEvidence(Struct, frozen=True, kw_only=True, tag="ask-for-evidence"):
    """Ask on a closed issue for what shows that the change is real, and open it again where that is wanted.

    Without a `comment` it was asked before, and is opened again alone.
    """

    tracker: str
    issue_id: str
    ref: str
    url: str
    occasions: tuple[Occasion, ...]
    comment: str
    reopen: bool = False


class Quiet(Struct, frozen=True, kw_only=True, tag="quiet"):
    """Say nothing of an item, since."""

    key: str
    because: str
    ref: str = ""


Writing = Nudge | AskForEvidence
Step = Writing | Quiet


def describe_step(step: Step) -> tuple[str, str]:
    """A step for people: a sign, and one line."""
    match step:
        case Nudge(ref=ref, occasions=occasions):
            return "+", f"{ref}: remind of {_named(occasions)}"
        case AskForEvidence(ref=ref, occasions=occasions, comment=""):
            return "+", f"{ref}: open it again, asked for the evidence of {_named(occasions)} before"
        case AskForEvidence(ref=ref, occasions=occasions, reopen=reopen):
            more = ", and open it again" if reopen else ""
            return "+", f"{ref}: ask for the evidence of {_named(occasions)}{more}"
        case Quiet(key=key, because=because):
            return "=", f"{key}: {because}"


def build_patch(step: Writing) -> Patch:
    """The comment of a step, with a marker for each item."""
    markers = "\n".join(render_nudge_marker(*occasion) for occasion in step.occasions)
    return Patch(comment=f"{step.comment}\n\n{markers}")


def _named(occasions: Iterable[Occasion]) -> str:
    return ", ".join(f"{occasion.item} ({occasion.name})" for occasion in occasions)
