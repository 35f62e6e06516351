"""Machines without a command line: a store and a pusher against a tracker in memory, for many runs in little time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from sync.apply import Outcome, Result
from sync.marker import parse_markers
from sync.pull import pull
from sync.push import Pusher, PushRules
from sync.steps import Step, describe
from sync.waiting import Waiting
from tests.fakes import FakeTracker
from tracker.errors import TrackError
from tracker.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from sync.port import RemoteIssue
    from tests.fakes import FakeProject
    from tracker.model import Facts, Review

KEY = "INC-1/A1"
GRACE = timedelta(minutes=10)
HOLD = timedelta(minutes=30)
"""Longer than any claim of a push here."""

WAIT_BUDGET = 120.0


class Pushed(Struct, frozen=True):
    """What a push said, and what ended it early."""

    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    error: TrackError | None

    @property
    def is_clean(self) -> bool:
        """All done, or nothing to do."""
        return self.error is None and not any(outcome.result.needs_a_person for outcome in self.outcomes)

    @property
    def did_nothing(self) -> bool:
        """Clean, and nothing was written."""
        return self.is_clean and all(outcome.result is Result.NOTHING for outcome in self.outcomes)

    def said(self) -> str:
        """All that a person reads: the plan, then the outcomes."""
        planned = [" ".join((text, *notes)) for _sign, text, notes in map(describe, self.steps)]
        return "\n".join([*planned, *(" ".join((o.key, o.result, o.text, *o.notes)) for o in self.outcomes)])


class Desk:
    """One machine: a store of its own, and its own adapter to the shared project. The store stays open: it is quicker.

    Close it by `with`.
    """

    def __init__(self, folder: Path, project: FakeProject) -> None:
        folder.mkdir(exist_ok=True)
        self.path, self.clock = folder / "track.db", project.clock
        self.tracker = FakeTracker(project)
        self.store = open_store(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.store.__exit__()

    def lose_store(self) -> None:
        self.store.__exit__()
        for path in self.path.parent.glob("track.db*"):
            path.unlink()
        self.store = open_store(self.path)

    def waiting(self) -> Waiting:
        return Waiting(WAIT_BUDGET, self.clock.sleep)

    def pusher(self) -> Pusher:
        rules = PushRules(grace=GRACE, kind="github", people={"payments-lead": {"github": "lead"}})
        return Pusher(self.store, self.tracker, self.waiting(), self.clock, rules)

    def push(self, review: Review, *, shown: tuple[Step, ...] | None = None) -> Pushed:
        """Plan (or take the plan that was shown before) and apply."""
        steps: tuple[Step, ...] = ()
        outcomes: list[Outcome] = []
        error = None
        pusher = self.pusher()
        try:
            steps = pusher.plan(review) if shown is None else shown
            outcomes.extend(pusher.push(review, steps))
        except TrackError as raised:
            error = raised
        return Pushed(steps, tuple(outcomes), error)

    def plan(self, review: Review) -> tuple[Step, ...]:
        return self.pusher().plan(review)

    def sync(self, *, full: bool = False) -> None:
        pull(self.store, self.tracker, self.clock, full=full, full_every=timedelta(days=1))

    def facts(self) -> Facts:
        return self.store.load_facts()


def created_for(project: FakeProject, key: str) -> list[RemoteIssue]:
    """The issues whose own text carries the item's marker, lowest number first."""
    found = [i for i in project.issues.values() if key in [marked.key for marked in parse_markers(i.text)]]
    return sorted(found, key=lambda issue: issue.number)


def live_for(project: FakeProject, key: str) -> list[int]:
    """The numbers of those that are open."""
    return [issue.number for issue in created_for(project, key) if not issue.state.closed]
