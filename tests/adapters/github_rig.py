"""A GitHub for the adapter suite: the sandbox, recording, with one repository that is followed and two that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from github import Auth

from sync.adapters.github import GitHub
from sync.feeds import FeedQuery
from sync.mapping import FOLLOWED
from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Status, When, too_many
from sync.sandbox.server import Sandbox
from sync.sandbox.state import Permission
from sync.waiting import Waiting
from tests.adapters.rig import Trouble
from tests.harness import RecordingClock
from tests.once.machines import HOME, TOKEN, a_world
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from types import TracebackType

    from sync.feeds import RemoteIncident

ELSEWHERE = "acme/elsewhere"
SECRET = "acme/secret"
BUDGET = 120.0
FAULTS: dict[Trouble, Fault] = {
    Trouble.CUT_BEFORE: DropBefore(),
    Trouble.CUT_AFTER: DropAfter(),
    Trouble.LIMITED: too_many("1"),
    Trouble.REJECTED: Status(
        422, body='{"message": "Validation Failed", "documentation_url": "https://docs.github.com"}'
    ),
    Trouble.FORBIDDEN: Status(403),
}


class GitHubRig:
    """A `Rig`; a context manager."""

    patient = True
    shared = True
    closed_field = "closed_at"

    def __init__(self, *, trusted: tuple[str, ...] = ()) -> None:
        self.clock = RecordingClock()
        self.world = a_world(self.clock)
        self.world.add_repository(ELSEWHERE, {"lead": Permission.WRITE})
        self.world.add_repository(SECRET, private=True)
        self.sandbox = Sandbox(self.world, recording=True)
        self.people = self.sandbox.people
        self.adapter = self.adapter_for(TOKEN, trusted=trusted)

    def adapter_for(self, token: str, *, trusted: tuple[str, ...] = ()) -> GitHub:
        waiting = Waiting(BUDGET, self.clock.sleep)
        return GitHub("payments", HOME, Auth.Token(token), waiting, url=self.sandbox.api_url, trusted=trusted)

    def __enter__(self) -> Self:
        self.sandbox.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.stop()

    @property
    def elsewhere(self) -> tuple[str, ...]:
        self.world.add_issue(self.world.repository(ELSEWHERE), "dev", "Another project's")
        return (
            f"{ELSEWHERE}#1",
            f"{self.sandbox.url}/{ELSEWHERE}/issues/1",
            f"https://github.com/{HOME}/issues/1",
            f"{HOME}#99",
            f"{self.sandbox.url}/{HOME}/pull/1",
            "PAY-1",
            "not a link",
        )

    def now(self) -> datetime:
        return self.world.now()

    def advance(self, by: timedelta) -> None:
        self.world.advance(by)

    def open_issue(self, title: str, *, labels: tuple[str, ...] = (FOLLOWED,), author: str = "dev") -> str:
        ref = self.people.open_issue(HOME, title, author=author)
        for label in labels:
            self.label(ref, label)
        return ref

    def label(self, ref: str, label: str) -> None:
        self.people.add_label(HOME, _number(ref), label)

    def assign(self, ref: str, *people: str) -> None:
        self.people.assign(HOME, _number(ref), list(people))

    def close(self, ref: str, reason: str = "completed") -> None:
        self.world.close(self.world.issue(self.world.repository(HOME), _number(ref)), "dev", reason)

    def reopen(self, ref: str) -> None:
        self.people.reopen(HOME, _number(ref), "dev")

    def comment(self, ref: str, body: str, author: str) -> None:
        self.people.comment(HOME, _number(ref), author, body)

    def prove(self, ref: str) -> tuple[EvidenceKind, str]:
        pull = self.people.merge_pull_request(HOME, _number(ref), "dev")
        return EvidenceKind.MERGED_PULL_REQUEST, f"{self.sandbox.url}/{HOME}/pull/{_number(pull)}"

    def delete(self, ref: str) -> None:
        self.people.delete_issue(HOME, _number(ref))

    def move(self, ref: str, *, readable: bool) -> str:
        return self.people.transfer_issue(HOME, _number(ref), ELSEWHERE if readable else SECRET)

    @property
    def feed(self) -> FeedQuery:
        return FeedQuery(feed="ops", labels=("incident",), text=True)

    def open_incident(self, title: str, *labels: str, started: str = "") -> str:
        body = f"Started: {started}" if started else ""
        ref = self.people.open_issue(HOME, title, body, author="dev")
        for label in ("incident", *labels):
            self.label(ref, label)
        return ref

    def started(self, incident: RemoteIncident) -> str:
        return incident.text.removeprefix("Started: ")

    def due(self, ref: str, day: date | None) -> None:
        """No due dates are kept here."""

    def meet(self, trouble: Trouble) -> None:
        self.sandbox.faults = FaultPlan(When(FAULTS[trouble]))

    def creates(self) -> int:
        return sum(each.method == "POST" and each.path.endswith("/issues") for each in self.sandbox.log)


def _number(ref: str) -> int:
    return int(ref.partition("#")[2])
