"""A sync of Jira waits within its budget and no longer; then it leaves with 5 and keeps what it read for the next."""

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
    Status,
    Truncate,
    When,
    jira_dc_limit,
    jira_limit,
)
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, HOME
from tests.fakes import START
from tests.harness import RecordingClock, asked, lasting_facts, tracked
from tests.jira_harness import BOTH, answer, follow, paths, rewrite
from tests.once.jira_machines import a_jira, a_machine, issues_for, people_of
from tests.once.machines import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.adapters.jira_rig import Flavour
    from tests.once.machines import Machine
    from tracker.model import Facts

COUNT = 120
BUDGET = 120.0
LOGIN = Status(200, {"Content-Type": "text/html"}, "<!DOCTYPE html><title>Log in</title>")
SECOND_PAGE = {CLOUD: 5, DATA_CENTER: 104}
"""Which request of a first sync asks for the second page: after count, page, statuses, and a history or 100 markers."""

MOMENT = {"Date": http_date(START)}


class Scene:
    """A project with two pages of issues that were worked on, and machines that follow it."""

    def __init__(self, folder: Path, flavour: Flavour) -> None:
        self.clock, self.flavour, self.folder = RecordingClock(), flavour, folder
        self.sandbox = a_jira(self.clock)
        self.people = people_of(self.sandbox, flavour)
        self.keys = follow(self.people, self.clock, COUNT)
        for key in self.keys:
            self.clock.advance(timedelta(hours=1))
            self.people.transition(key, "In Progress", "dev")
        self.second = SECOND_PAGE[flavour]

    def machine(self, name: str) -> Machine:
        self.sandbox.faults = FaultPlan()
        self.sandbox.log.clear()
        self.clock.slept.clear()
        return a_machine(self.folder / name, self.sandbox, self.clock, self.flavour)

    def break_from(self, ordinal: int, fault: Fault) -> None:
        """The fault meets this request and all after it."""
        self.sandbox.faults = FaultPlan(*(When(fault, at=turn) for turn in range(ordinal, ordinal + 200)))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("bounded"), CLOUD)
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


TROUBLES: dict[str, tuple[Fault, float]] = {
    "429": (jira_limit(None), 60),
    "429 in 7 s": (jira_limit("7"), 7),
    "429 in 1.5 s": (jira_limit("1.5"), 1.5),
    "429 at a date": (
        Status(429, {**MOMENT, "Retry-After": http_date(START + timedelta(seconds=9))}),
        9,
    ),
    "500": (Status(500), 1),
    "503 in 7 s": (Status(503, {"Retry-After": "7"}), 7),
    "reset": (DropBefore(), 1),
    "reset after it was carried out": (DropAfter(), 1),
    "truncated": (Truncate(), 1),
    "garbage": (Garbage(), 1),
    "a log-in page": (LOGIN, 1),
}


@pytest.mark.parametrize(("fault", "waited"), TROUBLES.values(), ids=TROUBLES)
def test_a_trouble_that_passes_is_waited_for_and_costs_nothing(
    scene: Scene, machine: Machine, whole: Facts, fault: Fault, waited: float
) -> None:
    scene.sandbox.faults = FaultPlan(When(fault, at=scene.second))
    ran = machine.sync()
    assert (ran.code, scene.clock.slept) == (0, [waited])
    assert "waiting" in ran.err
    assert lasting_facts(machine) == whole


STAYING = {name: fault for name, (fault, waited) in TROUBLES.items() if waited == 1 or waited > 9}


@pytest.mark.parametrize("fault", STAYING.values(), ids=STAYING)
def test_a_trouble_that_stays_ends_the_run_and_the_next_one_goes_on(
    scene: Scene, machine: Machine, whole: Facts, fault: Fault
) -> None:
    scene.break_from(scene.second, fault)
    ran = machine.sync()
    assert (ran.code, ran.out) == (5, ""), ran
    assert "wait budget" in ran.err
    assert 0 < sum(scene.clock.slept) <= BUDGET
    assert len(tracked(machine)) == 100
    scene.sandbox.faults = FaultPlan()
    asked(scene.sandbox)
    again = machine.sync()
    assert again.code == 0
    assert "21 issues" in again.out  # the last one of the first page is in the overlap
    assert len(asked(scene.sandbox)) <= 9
    assert lasting_facts(machine) == whole


@pytest.mark.parametrize(
    "fault",
    [
        jira_limit("900"),
        Status(503, {"Retry-After": "900"}),
        Status(429, {**MOMENT, "Retry-After": http_date(START + timedelta(seconds=900))}),
    ],
    ids=["429", "503", "date"],
)
def test_a_wait_that_cannot_fit_ends_the_run_without_a_sleep(scene: Scene, machine: Machine, fault: Fault) -> None:
    scene.sandbox.faults = FaultPlan(When(fault, at=scene.second, times=None))
    ran = machine.sync()
    assert (ran.code, scene.clock.slept) == (5, [])
    assert "900 s" in ran.err
    assert "goes on from where it stopped" in ran.err
    assert len(tracked(machine)) == 100


@pytest.mark.parametrize("fault", [DropBefore(), LOGIN, Status(500), jira_limit(None)])
def test_a_trouble_from_the_start_changes_nothing(scene: Scene, machine: Machine, whole: Facts, fault: Fault) -> None:
    scene.break_from(1, fault)
    assert machine.sync().code == 5
    assert sum(scene.clock.slept) <= BUDGET
    assert tracked(machine) == {}
    scene.sandbox.faults = FaultPlan()
    assert machine.sync().code == 0
    assert lasting_facts(machine) == whole


def test_the_budget_is_the_config_s_and_one_for_all_troubles_of_a_run(scene: Scene, machine: Machine) -> None:
    scene.sandbox.faults = FaultPlan(When(jira_limit("70"), at=1), When(jira_limit("70"), at=scene.second + 1))
    assert machine.sync().code == 5
    assert scene.clock.slept == [70]
    assert len(tracked(machine)) == 100
    rewrite(machine, lambda text: text.replace("[sync]", '[sync]\nwait_budget = "10s"'))
    scene.clock.slept.clear()
    scene.break_from(1, Status(503))
    assert machine.sync().code == 5
    assert scene.clock.slept == [1, 2, 4]


def test_data_center_waits_and_goes_on_in_the_same_way(tmp_path: Path) -> None:
    scene = Scene(tmp_path, DATA_CENTER)
    with scene.sandbox:
        undisturbed = scene.machine("undisturbed")
        assert undisturbed.sync().code == 0
        whole = lasting_facts(undisturbed)
        machine = scene.machine("in-passing")
        faults: list[Fault] = [jira_dc_limit("9"), DropAfter(), LOGIN, Garbage()]
        scene.sandbox.faults = FaultPlan(*(When(fault, at=scene.second + turn) for turn, fault in enumerate(faults)))
        assert machine.sync().code == 0
        assert (scene.clock.slept, lasting_facts(machine)) == ([9, 2, 4, 8], whole)
        machine = scene.machine("for-long")
        scene.break_from(scene.second, Status(503))
        assert machine.sync().code == 5
        assert (sum(scene.clock.slept) <= BUDGET, len(tracked(machine))) == (True, 100)
        scene.sandbox.faults = FaultPlan()
        assert machine.sync().code == 0
        assert lasting_facts(machine) == whole


def test_a_failed_run_is_on_record_until_one_goes_well(scene: Scene, machine: Machine) -> None:
    scene.break_from(1, Status(500))
    machine.sync()
    with machine.store() as store:
        state = store.sync_state("platform")
    assert (state.last_good, "answered 500" in state.last_error) == (None, True)
    scene.sandbox.faults = FaultPlan()
    machine.sync()
    with machine.store() as store:
        assert store.sync_state("platform").last_error == ""


# Each kind of request that a sync sends


@pytest.mark.parametrize("flavour", BOTH)
@pytest.mark.parametrize("body", [{}, {"errorMessages": ["No."], "errors": {}}])
def test_an_answer_that_holds_no_list_is_no_empty_list(
    tmp_path: Path, clock: RecordingClock, flavour: Flavour, body: dict[str, object]
) -> None:
    """As of a gateway, or of an API that changed."""
    with a_jira(clock) as sandbox:
        follow(people_of(sandbox, flavour), clock, 3)
        own = a_machine(tmp_path / "own", sandbox, clock, flavour)
        assert own.sync().code == 0
        before = lasting_facts(own)
        sandbox.faults = FaultPlan(When(answer(body, clock()), times=None))
        codes = []
        for options in ((), ("--full",), ("--full",)):
            clock.advance(timedelta(hours=1))
            codes.append(own.sync(*options).code)
        assert lasting_facts(own) == before
        assert codes == [5, 5, 5]


@pytest.mark.parametrize(
    "path",
    [
        "approximate-count",
        "search/jql",
        "changelog/bulkfetch",
        "issue/bulkfetch",
        "/status$",
        "assignable",
        "remotelink",
    ],
)
@pytest.mark.parametrize("fault", [Garbage(), jira_limit("70")])
def test_every_kind_of_read_is_tried_again_and_bounded(
    tmp_path: Path, clock: RecordingClock, path: str, fault: Fault
) -> None:
    with a_jira(clock) as sandbox:
        keys = follow(sandbox.jira, clock, 3)
        clock.advance(timedelta(hours=1))
        sandbox.jira.transition(keys[0], "Done", "dev")
        sandbox.jira.transition(keys[2], "In Progress", "dev")
        sandbox.jira.comment(keys[0], "dev", "Evidence: https://example.com/1")
        sandbox.jira.add_remote_link(keys[0], "https://code.example/1", author="dev")
        sandbox.jira.move_issue(keys[1], "OPS", "dev")
        own = a_machine(tmp_path / "own", sandbox, clock)
        sandbox.faults = FaultPlan(When(fault, path=path, times=None))
        assert own.sync("--full").code == 5
        assert sandbox.faults.met > 1
        assert sum(clock.slept) <= BUDGET
        sandbox.faults = FaultPlan(When(fault, path=path))
        assert own.sync("--full").code == 0
        assert tracked(own).keys() == {"A1", "A2", "A3"}
        assert len(tracked(own)["A1"].evidence) == 2


def test_histories_that_never_end_leave_with_five_and_keep_the_pages_before(
    tmp_path: Path, clock: RecordingClock
) -> None:
    with a_jira(clock) as sandbox:
        keys = follow(sandbox.jira, clock, 120)
        sandbox.jira.comment(keys[110], "dev", "Hello")
        own = a_machine(tmp_path / "own", sandbox, clock)
        endless = answer({"issueChangeLogs": [], "nextPageToken": "same"}, clock())
        sandbox.faults = FaultPlan(When(endless, path="changelog/bulkfetch", times=None))
        ran = own.sync()
        assert (ran.code, len(tracked(own))) == (5, 100)
        sandbox.faults = FaultPlan()
        assert own.sync().code == 0
        assert len(tracked(own)) == 120


@pytest.mark.parametrize("flavour", BOTH)
def test_a_push_that_met_a_limit_waits_and_creates_each_item_once(
    tmp_path: Path, clock: RecordingClock, flavour: Flavour
) -> None:
    with a_jira(clock) as sandbox:
        own = a_machine(tmp_path / "own", sandbox, clock, flavour)
        sandbox.faults = FaultPlan(When(jira_limit("7"), path="/issue/bulk$", times=2))
        assert own.push().code == 0
        assert clock.slept == [7, 7]
        assert [len(issues_for(people_of(sandbox, flavour), key)) for key in KEYS] == [1, 1]


def test_a_push_to_a_server_that_was_never_reached_wrote_nothing_and_leaves_with_five(
    tmp_path: Path, clock: RecordingClock
) -> None:
    sandbox = a_jira(clock)
    own = a_machine(tmp_path / "own", sandbox, clock, CLOUD)
    sandbox.stop()
    ran = own.push()
    assert ran.code == 5, ran
    assert HOME not in ran.out
    with own.store() as store:
        assert store.intents() == {}
    assert paths(sandbox.log) == []
