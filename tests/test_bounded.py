"""A sync waits within its budget and no longer; then it leaves with 5, keeps what it read, and the next one goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from werkzeug.http import http_date

from sync.sandbox.faults import (
    DropAfter,
    DropBefore,
    Fault,
    FaultPlan,
    Garbage,
    RepeatCursor,
    Status,
    Truncate,
    When,
    secondary_limit,
    too_many,
)
from sync.sandbox.server import Sandbox
from tests.fakes import START
from tests.harness import RecordingClock, a_world_of, asked, follow, lasting_facts, tracked
from tests.once.machines import HOME, Machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.model import Facts

COUNT = 120
BUDGET = 120.0


class Scene:
    """A repository with two pages of issues, and machines that follow it. The clock is the scene's."""

    def __init__(self, folder: Path) -> None:
        self.clock = RecordingClock()
        self.sandbox = Sandbox(a_world_of(COUNT, self.clock))
        self.folder = folder

    def machine(self, name: str) -> Machine:
        self.sandbox.faults = FaultPlan()
        self.sandbox.log.clear()
        self.clock.slept.clear()
        return Machine(self.folder / name, self.sandbox.api_url, self.clock)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("bounded"))
    with scene.sandbox:
        yield scene


@pytest.fixture(scope="module")
def whole(scene: Scene) -> Facts:
    """What an undisturbed sync comes to."""
    machine = scene.machine("undisturbed")
    assert machine.sync().code == 0
    return lasting_facts(machine)


@pytest.fixture
def machine(scene: Scene, tmp_path: Path) -> Machine:
    return scene.machine(tmp_path.name)


def spent(**headers: str) -> Status:
    """A primary limit."""
    return Status(403, {"X-RateLimit-Remaining": "0", **headers}, '{"message": "API rate limit exceeded"}')


MOMENT = {"Date": http_date(START)}
IN_9_SECONDS = http_date(START + timedelta(seconds=9))
RESET = str(int(START.timestamp()) + 9)

# What goes wrong once, and how long is waited for it.
TROUBLES = {
    "403 secondary": (secondary_limit(), 60),
    "403 secondary in 7 s": (secondary_limit("7"), 7),
    "403 primary": (spent(), 60),
    "403 primary with a reset": (spent(**MOMENT, **{"X-RateLimit-Reset": RESET}), 9),
    "403 primary with a word": (spent(**MOMENT, **{"X-RateLimit-Reset": "soon"}), 60),
    "403 primary with a huge number": (spent(**MOMENT, **{"X-RateLimit-Reset": "9" * 400}), 60),
    "429": (too_many(), 60),
    "429 in 7 s": (too_many("7"), 7),
    "429 in 1.5 s": (too_many("1.5"), 1.5),
    "429 now": (too_many("0"), 60),
    "429 at a date": (Status(429, {"Retry-After": IN_9_SECONDS, **MOMENT}), 9),
    "429 at a date, without the server's own": (Status(429, {"Retry-After": IN_9_SECONDS}), 60),
    "429 with nonsense": (too_many("soon"), 60),
    "500": (Status(500), 1),
    "502": (Status(502), 1),
    "503 in 7 s": (Status(503, {"Retry-After": "7"}), 7),
    "503 now": (Status(503, {"Retry-After": "0"}), 1),
    "202": (Status(202), 1),
    "reset": (DropBefore(), 1),
    "reset after it was carried out": (DropAfter(), 1),
    "truncated": (Truncate(), 1),
    "garbage": (Garbage(), 1),
    "no date": (Status(200, body='{"data": {}}'), 1),
    "the same page again": (RepeatCursor(), 1),
}
ONCE = pytest.mark.parametrize(("fault", "waited"), TROUBLES.values(), ids=TROUBLES)
EVER = pytest.mark.parametrize("fault", [fault for fault, _waited in TROUBLES.values()], ids=TROUBLES)


def from_request(ordinal: int, fault: Fault) -> FaultPlan:
    """The fault meets this request and all after it."""
    return FaultPlan(*(When(fault, at=turn) for turn in range(ordinal, ordinal + 200)))


@ONCE
def test_a_trouble_that_passes_is_waited_for_and_costs_nothing(
    scene: Scene, machine: Machine, whole: Facts, fault: Fault, waited: float
) -> None:
    scene.sandbox.faults = FaultPlan(When(fault, at=2))
    ran = machine.sync()
    assert (ran.code, scene.clock.slept) == (0, [waited])
    assert scene.sandbox.faults.met == 1
    assert "waiting" in ran.err
    assert lasting_facts(machine) == whole


@EVER
def test_a_trouble_that_stays_ends_the_run_and_the_next_one_goes_on(
    scene: Scene, machine: Machine, whole: Facts, fault: Fault
) -> None:
    scene.sandbox.faults = from_request(2, fault)
    ran = machine.sync()
    assert (ran.code, ran.out) == (5, "")
    assert "wait budget" in ran.err
    assert 0 < sum(scene.clock.slept) <= BUDGET
    assert len(asked(scene.sandbox)) <= 2 + BUDGET
    assert len(tracked(machine)) == 100

    scene.sandbox.faults = FaultPlan()
    again = machine.sync()
    assert (again.code, len(asked(scene.sandbox))) == (0, 2)  # the rest of the list, and the search
    assert "21 issues" in again.out  # the last one of the first page is in the overlap
    assert lasting_facts(machine) == whole


@pytest.mark.parametrize("fault", [DropBefore(), Garbage(), Status(500), too_many(), RepeatCursor()])
def test_a_trouble_from_the_start_changes_nothing(scene: Scene, machine: Machine, whole: Facts, fault: Fault) -> None:
    scene.sandbox.faults = from_request(1, fault)
    assert machine.sync().code == 5
    assert sum(scene.clock.slept) <= BUDGET
    # A first page that says it is followed by itself is a good page, and kept.
    assert len(tracked(machine)) == (100 if isinstance(fault, RepeatCursor) else 0)
    scene.sandbox.faults = FaultPlan()
    assert machine.sync().code == 0
    assert lasting_facts(machine) == whole


@pytest.mark.parametrize(
    "fault",
    [
        too_many("900"),
        secondary_limit("900"),
        Status(503, {"Retry-After": "900"}),
        Status(429, {**MOMENT, "Retry-After": http_date(START + timedelta(seconds=900))}),
        spent(**MOMENT, **{"X-RateLimit-Reset": str(int(START.timestamp()) + 900)}),
    ],
    ids=["429", "secondary", "503", "date", "primary"],
)
def test_a_wait_that_cannot_fit_ends_the_run_without_a_sleep(scene: Scene, machine: Machine, fault: Fault) -> None:
    scene.sandbox.faults = FaultPlan(When(fault, at=2, times=None))
    ran = machine.sync()
    assert (ran.code, scene.clock.slept) == (5, [])
    assert "900 s" in ran.err
    assert "goes on from where it stopped" in ran.err
    assert len(asked(scene.sandbox)) == 2
    assert len(tracked(machine)) == 100


def test_the_budget_is_the_config_s(scene: Scene, machine: Machine) -> None:
    config = machine.folder / "config.toml"
    config.write_text(config.read_text().replace("[sync]", '[sync]\nwait_budget = "10s"'))
    scene.sandbox.faults = from_request(1, Status(503))
    assert machine.sync().code == 5
    assert scene.clock.slept == [1, 2, 4]


def test_one_budget_serves_all_troubles_of_a_run(scene: Scene, machine: Machine) -> None:
    scene.sandbox.faults = FaultPlan(When(too_many("70"), at=1), When(too_many("70"), at=3))
    assert machine.sync().code == 5
    assert scene.clock.slept == [70]
    assert len(tracked(machine)) == 100


@pytest.mark.parametrize("fault", [Garbage(), Truncate(), DropBefore(), Status(500), too_many("7")])
@pytest.mark.parametrize("where", ["POST", "GET"])
def test_a_look_at_known_issues_is_tried_again_and_bounded_too(tmp_path: Path, fault: Fault, where: str) -> None:
    clock = RecordingClock()
    with Sandbox(a_world_of(3, clock)) as sandbox:
        own = Machine(tmp_path / "own", sandbox.api_url, clock)
        assert own.sync().code == 0
        sandbox.people.delete_issue(HOME, 2)
        clock.advance(timedelta(hours=1))
        pattern = When(fault, method=where, operation="Known" if where == "POST" else "", times=None)
        sandbox.faults = FaultPlan(pattern)
        assert own.sync().code == 5
        assert sum(clock.slept) <= BUDGET
        sandbox.faults = FaultPlan(When(fault, method=pattern.method, operation=pattern.operation))
        assert own.sync().code == 0
        assert tracked(own).keys() == {"A1", "A2", "A3"}


def test_an_incremental_run_that_was_cut_short_is_gone_on_with(tmp_path: Path) -> None:
    clock = RecordingClock()
    with Sandbox(a_world_of(1, clock)) as sandbox:
        machine = Machine(tmp_path / "cut", sandbox.api_url, clock)
        assert machine.sync().code == 0
        follow(sandbox.world, clock, 250, every=timedelta(minutes=5, seconds=1))
        sandbox.faults = from_request(3, Status(500))
        assert machine.sync().code == 5
        assert len(tracked(machine)) == 200  # the first page begins in the overlap
        sandbox.faults = FaultPlan()
        sandbox.log.clear()
        assert machine.sync().code == 0
        assert (len(tracked(machine)), len(sandbox.log)) == (251, 1)


def test_a_failed_run_is_on_record_until_one_goes_well(scene: Scene, machine: Machine) -> None:
    scene.sandbox.faults = from_request(1, Status(500))
    machine.sync()
    with machine.store() as store:
        state = store.sync_state("payments")
    assert (state.last_good, state.last_attempt is not None, state.watermark) == (None, True, None)
    assert "answered 500" in state.last_error
    scene.sandbox.faults = FaultPlan()
    machine.sync()
    with machine.store() as store:
        state = store.sync_state("payments")
    assert state.last_error == ""
    assert state.last_good == state.last_attempt is not None
