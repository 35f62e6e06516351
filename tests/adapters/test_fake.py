"""The fake passes the same suite as the adapters: what is shown with it holds for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.feeds import FeedQuery
from sync.mapping import FOLLOWED
from tests.adapters.rig import Trouble
from tests.adapters.suite import AdapterContract
from tests.fakes import FakeClock, FakeProject, FakeTracker, Fate
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from sync.feeds import RemoteIncident

FATES = {
    Trouble.CUT_BEFORE: Fate.LOST_BEFORE,
    Trouble.CUT_AFTER: Fate.LOST_AFTER,
    Trouble.LIMITED: Fate.REFUSED,
    Trouble.REJECTED: Fate.REJECTED,
    Trouble.FORBIDDEN: Fate.FORBIDDEN,
}


class FakeRig:
    """A `Rig` on a project in memory."""

    patient = False
    shared = True
    closed_field = "closed_at"
    elsewhere = ("acme/elsewhere#1", "#99", "https://tracker.test/acme/elsewhere/issues/1", "not a link")

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.project = FakeProject(self.clock)
        self.adapter = FakeTracker(self.project)
        self._creates = 0
        self.adapter.watch = self._watch

    def _watch(self, _ordinal: int, verb: str) -> None:
        self._creates += verb == "create"

    def now(self) -> datetime:
        return self.project.now()

    def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    def open_issue(self, title: str, *, labels: tuple[str, ...] = (FOLLOWED,), author: str = "dev") -> str:
        return self.project.open_issue(title, author=author, labels=labels).ref

    def label(self, ref: str, label: str) -> None:
        self.project.label(_number(ref), *self.project.numbered(_number(ref)).labels, label)

    def assign(self, ref: str, *people: str) -> None:
        self.project.assign(_number(ref), *people)

    def close(self, ref: str, reason: str = "completed") -> None:
        self.project.close(_number(ref), reason=reason)

    def reopen(self, ref: str) -> None:
        self.project.reopen(_number(ref))

    def comment(self, ref: str, body: str, author: str) -> None:
        self.project.comment(_number(ref), body, author)

    def prove(self, ref: str) -> tuple[EvidenceKind, str]:
        url = f"https://tracker.test/changes/{_number(ref)}"
        self.project.prove(_number(ref), url)
        return EvidenceKind.MERGED_PULL_REQUEST, url

    def delete(self, ref: str) -> None:
        self.project.delete(_number(ref))

    def move(self, ref: str, *, readable: bool) -> str:
        return self.project.move(_number(ref), "acme/elsewhere", readable=readable).ref

    @property
    def feed(self) -> FeedQuery:
        return FeedQuery(feed="ops", labels=("incident",), text=True)

    def open_incident(self, title: str, *labels: str, started: str = "") -> str:
        text = f"Started: {started}" if started else ""
        return self.project.open_issue(title, text, labels=("incident", *labels)).ref

    def started(self, incident: RemoteIncident) -> str:
        return incident.text.removeprefix("Started: ")

    def due(self, ref: str, day: date | None) -> None:
        """No due dates are kept here."""

    def meet(self, trouble: Trouble) -> None:
        self.adapter.fates.append(FATES[trouble])

    def creates(self) -> int:
        return self._creates


def _number(ref: str) -> int:
    return int(ref.partition("#")[2])


class TestFake(AdapterContract):
    @pytest.fixture
    def rig(self) -> FakeRig:
        return FakeRig()
