"""Two machines, one tracker, and everything that can go wrong between them, in any order that Hypothesis thinks of.

Requests are cut, refused or carried out late; processes die; stores are lost; lists lag; holders of a claim are slow;
people edit, close, assign and open issues; the document changes; time passes. When all is quiet again, each item has
one live issue at most, none was forgotten, and what people changed is as they left it.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.marker import without_markers
from tests.fakes import FakeClock, FakeProject, Fate
from tests.make import a_review, an_item
from tests.once.desks import Desk, created_for, live_for
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model import ActionItem, Review

SLOW = timedelta(minutes=30)
"""Longer than any claim is held, and than anything is late."""

fates = st.lists(st.sampled_from([*[None] * 10, *Fate]), max_size=12)
fates_of_creates = st.lists(st.sampled_from(list(Fate)), min_size=1, max_size=3)
machines = st.integers(0, 1)
requests = st.integers(1, 12)


class Killed(BaseException):
    """`kill -9`: nothing of the process runs any more."""


class TwoMachines(RuleBasedStateMachine):
    """The shared document, the shared tracker, and what a model of them expects."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.project = FakeProject(self.clock)
        self.desks = [Desk(Path(self.folder.name) / name, self.project) for name in ("laptop", "desk")]
        self.items: list[ActionItem] = []
        self.edits = 0
        self.titles: dict[int, str] = {}
        self.lines: dict[int, str] = {}
        self.people: dict[int, tuple[str, ...]] = {}
        self.by_hand: set[int] = set()
        self.lists_lag = False
        self.racing: set[str] = set()

    @initialize(lag=st.sampled_from([0, 0, 0, 7]), lateness=st.sampled_from([2, 8]))
    def begin(self, lag: int, lateness: int) -> None:
        """Lists lag by minutes, and what is late comes within the grace time."""
        self.project.lag, self.project.lateness = timedelta(minutes=lag), timedelta(minutes=lateness)
        self.lists_lag = lag > 0
        self.promise_more()

    def review(self) -> Review:
        return a_review(*self.items)

    def keys(self) -> list[str]:
        return [f"INC-1/{item.id}" for item in self.items]

    # What machines do. Trouble comes with a new promise: where nothing is created, nothing can be created twice.

    @rule(machine=machines, fates=fates)
    def push(self, machine: int, fates: list[Fate | None]) -> None:
        tracker = self.desks[machine].tracker
        tracker.fates.extend(fates)
        self.desks[machine].push(self.review())
        tracker.fates.clear()

    @rule(machine=machines, fates=fates_of_creates)
    def push_with_trouble_at_creates(self, machine: int, fates: list[Fate | None]) -> None:
        self.promise_more()
        tracker = self.desks[machine].tracker
        tracker.fates_of_creates.extend(fates)
        self.desks[machine].push(self.review())
        tracker.fates_of_creates.clear()

    @rule(machine=machines, at=requests, fates=fates_of_creates)
    def push_killed(self, machine: int, at: int, fates: list[Fate | None]) -> None:
        def kill() -> None:
            raise Killed

        self.promise_more()
        tracker = self.desks[machine].tracker
        tracker.fates_of_creates.extend(fates)
        with suppress(Killed):
            self.interrupted(machine, at, kill)
        tracker.fates_of_creates.clear()

    @rule(machine=machines, at=requests)
    def push_while_the_other_pushes(self, machine: int, at: int) -> None:
        self.promise_more()
        self.interrupted(machine, at, lambda: self.desks[1 - machine].push(self.review()))

    @rule(machine=machines, at=requests)
    def push_so_slowly_that_the_claim_runs_out(self, machine: int, at: int) -> None:
        def dawdle() -> None:
            self.clock.advance(SLOW)
            self.desks[1 - machine].push(self.review())

        self.promise_more()
        self.racing |= {key for key in self.keys() if not created_for(self.project, key)}
        self.interrupted(machine, at, dawdle)

    def interrupted(self, machine: int, at: int, act: Callable[[], object]) -> None:
        """A push in the middle of which, before its `at`-th request, something happens."""
        desk = self.desks[machine]
        first = desk.tracker.requests

        def watch(ordinal: int, _verb: str) -> None:
            if ordinal == first + at:
                act()

        desk.tracker.watch = watch
        try:
            desk.push(self.review())
        finally:
            desk.tracker.watch = lambda _ordinal, _verb: None

    @rule(machine=machines, full=st.booleans(), fates=fates)
    def sync(self, machine: int, full: bool, fates: list[Fate | None]) -> None:
        self.desks[machine].tracker.fates.extend(fates)
        with suppress(TrackError):
            self.desks[machine].sync(full=full)
        self.desks[machine].tracker.fates.clear()

    @rule(machine=machines)
    def lose_store(self, machine: int) -> None:
        self.desks[machine].lose_store()

    @rule(minutes=st.sampled_from([1, 4, 11, 60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    # What people do.

    @rule()
    def promise_more(self) -> None:
        number = len(self.items) + 1
        item = an_item(id=f"A{number}", title=f"Promise number {number}", owner="payments-lead" if number % 2 else None)
        self.items.append(item)

    @rule(data=st.data(), what=st.sampled_from(["due", "title", "owner"]))
    def edit_the_document(self, data: st.DataObject, what: str) -> None:
        self.edits += 1
        which = data.draw(st.integers(0, len(self.items) - 1))
        item = self.items[which]
        changed = {
            "due": date(2026, 12, 1) + timedelta(days=self.edits),
            "title": f"Promise number {which + 1}, reworded {self.edits}",
            "owner": None if item.owner else "payments-lead",
        }
        self.items[which] = msgspec.structs.replace(item, **{what: changed[what]})

    @precondition(lambda self: self.project.issues)
    @rule(data=st.data())
    def edit_an_issue(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(issue.number for issue in self.project.issues.values())))
        self.edits += 1
        match data.draw(st.sampled_from(["title", "text", "people", "close"])):
            case "title":
                self.titles[number] = f"Said better by a person {self.edits}"
                self.project.edit(number, title=self.titles[number])
            case "text":
                self.lines[number] = f"A person adds this {self.edits}."
                self.project.edit(number, text=f"{self.lines[number]}\n{self.project.numbered(number).text}")
            case "people":
                self.people[number] = ("dev",)
                self.project.assign(number, "dev")
            case "close":
                if not self.project.numbered(number).state.closed:
                    self.project.close(number)

    @rule(data=st.data())
    def ask_for_an_issue_that_a_person_opened(self, data: st.DataObject) -> None:
        self.edits += 1
        number = self.project.open_issue(f"Asked for by hand {self.edits}").number
        self.by_hand.add(number)
        which = data.draw(st.integers(0, len(self.items) - 1))
        self.items[which] = msgspec.structs.replace(self.items[which], issues=(f"#{number}",))

    # What must hold.

    @rule()
    def all_is_quiet(self) -> None:
        """Time enough for what is late, then a push from each machine until nothing is left to say."""
        for _round in range(2):
            self.clock.advance(SLOW)
            for desk in self.desks:
                desk.push(self.review())
        for desk in self.desks:
            said = desk.push(self.review())
            assert said.did_nothing, said
        for item in self.items:
            self.is_there_once(item)
        first, second = ([(i.key, i.issue) for i in desk.facts().items] for desk in self.desks)
        assert first == second

    def is_there_once(self, item: ActionItem) -> None:
        key = f"INC-1/{item.id}"
        created = created_for(self.project, key)
        assert len(live_for(self.project, key)) <= 1, key
        found = {entry.key: entry.issue for entry in self.desks[0].facts().items}
        issue = found[key]
        assert issue is not None, key
        assert created or issue.number in self.by_hand, key

    @invariant()
    def nothing_is_made_twice_unless_lists_lag_or_a_holder_is_slow(self) -> None:
        for key in self.keys():
            assert self.lists_lag or key in self.racing or len(created_for(self.project, key)) <= 1, key

    @invariant()
    def what_people_changed_is_as_they_left_it(self) -> None:
        for number, title in self.titles.items():
            assert self.project.numbered(number).title == title
        for number, line in self.lines.items():
            assert line in without_markers(self.project.numbered(number).text)
        for number, people in self.people.items():
            assert self.project.numbered(number).assignees == people

    @invariant()
    def nothing_that_a_person_opened_is_closed_by_track(self) -> None:
        for number in self.by_hand:
            assert "lead" not in {event.actor for event in self.project.numbered(number).history}

    def teardown(self) -> None:
        try:
            self.all_is_quiet()
        finally:
            for desk in self.desks:
                desk.store.__exit__()
            self.folder.cleanup()


TestTwoMachines = TwoMachines.TestCase
TestTwoMachines.settings = settings(max_examples=30, stateful_step_count=20, deadline=None, derandomize=True)
