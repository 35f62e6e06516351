"""What tests of several rooms share: a clock that remembers its sleeps, followed issues, what a store has come to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from sync.marker import render_marker
from tests.fakes import FakeClock
from tests.make import a_commitment, a_header, an_item
from tests.once.machines import HOME, a_world

if TYPE_CHECKING:
    from datetime import datetime

    from sync.sandbox.server import Exchange, Sandbox
    from sync.sandbox.world import World
    from tests.once.machines import Machine
    from tracker.model import Facts, Issue, Status, TrackedItem

REVIEW = "INC-9"
LABEL = "follow-through"


class RecordingClock(FakeClock):
    """The time, moved by hand; `slept` are the waits that somebody asked for, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        super().sleep(seconds)


def follow(world: World, clock: FakeClock, count: int = 1, *, every: timedelta = timedelta(hours=1)) -> None:
    """Followed issues with a marker, one each `every`. Number 7 stands for `INC-9/A7`."""
    home = world.repository(HOME)
    for _each in range(count):
        clock.advance(every)
        item = an_item(id=f"A{home.last_number + 1}", title=f"Item {home.last_number + 1}", due=None)
        marker = render_marker(a_commitment(item, review=a_header(id=REVIEW)))
        issue = world.add_issue(home, "lead", item.title, f"What it is about\n\n{marker}")
        world.set_labels(home, issue, [LABEL])


def a_world_of(count: int, clock: FakeClock) -> World:
    """One repository with that many followed issues, each changed at a time of its own."""
    world = a_world(clock)
    follow(world, clock, count)
    return world


def tracked(machine: Machine) -> dict[str, TrackedItem]:
    """The items of `INC-9` as the store has them, by their id."""
    with machine.store() as store:
        return {each.item.id: each for each in store.load_facts().items if each.review_id == REVIEW}


def issue_of(machine: Machine, item: str) -> Issue:
    """The issue of an item."""
    issue = tracked(machine)[item].issue
    assert issue is not None
    return issue


def statuses(machine: Machine) -> dict[str, Status]:
    """Where each item's issue stands."""
    return {item: each.issue.status for item, each in tracked(machine).items() if each.issue}


def lasting(facts: Facts) -> Facts:
    """The facts without what differs from machine to machine: when something was seen, and when a sync ran."""

    def unseen(each: TrackedItem) -> TrackedItem:
        moments = tuple(msgspec.structs.replace(moment, seen_at=None) for moment in each.transitions)
        pieces = tuple(msgspec.structs.replace(piece, seen_at=None) for piece in each.evidence)
        return msgspec.structs.replace(each, transitions=moments, evidence=pieces, seen_at=None)

    items = tuple(map(unseen, facts.items))
    return msgspec.structs.replace(facts, items=items, trackers=(), feeds=(), known_since=None)


def lasting_facts(machine: Machine) -> Facts:
    """What the store has come to."""
    with machine.store() as store:
        return lasting(store.load_facts())


def last_good(machine: Machine) -> datetime | None:
    """When the last sync that went well ended."""
    with machine.store() as store:
        return store.sync_state("payments").last_good


def asked(sandbox: Sandbox) -> list[Exchange]:
    """The requests since the last call."""
    log = list(sandbox.log)
    sandbox.log.clear()
    return log
