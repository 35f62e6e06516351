"""`track schedule`: what it runs, how it leaves, and that there is one of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from sync.due import Daily, Every, Weekly
from sync.sandbox.faults import FaultPlan, Status, When
from sync.scheduler import Did
from tests.cli import run
from tests.config.reading import parsed
from tests.harness import follow, last_good
from tests.once.machines import TOKEN
from tracker.errors import Stop
from tracker.runs import jobs
from tracker.runs.stopping import Stopping
from tracker.runs.sync import sync_all
from tracker.store.runs import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock
    from tests.once.machines import Machine
    from tracker.config import Config


def runs(machine: Machine) -> list[tuple[str, Outcome]]:
    with machine.store() as store:
        return [(run.job, run.outcome) for run in store.load_runs()]


def test_once_syncs_what_is_due_and_then_has_nothing_to_do(machine: Machine, clock: RecordingClock) -> None:
    first = machine.run("schedule", "--once")
    assert (first.code, first.out) == (0, "")
    assert "sync done" in first.err
    assert last_good(machine) == clock()
    assert machine.run("schedule", "--once").err == ""
    clock.advance(timedelta(minutes=15))
    assert "sync done" in machine.run("schedule", "--once").err
    assert runs(machine) == [("sync", Outcome.DONE)] * 2


def test_once_has_the_exit_code_of_what_ran_and_one_line_for_it(machine: Machine, sandbox: Sandbox) -> None:
    sandbox.faults = FaultPlan(When(Status(401), times=None))
    ran = machine.run("schedule", "--once", "--quiet")
    assert ran.code == 4
    assert (ran.out, len(ran.err.splitlines())) == ("", 1)
    assert ran.err.startswith("track: sync failed")
    assert runs(machine) == [("sync", Outcome.FAILED)]


def test_quiet_prints_nothing_when_all_is_well(machine: Machine, sandbox: Sandbox) -> None:
    sandbox.faults = FaultPlan(When(Status(503), at=1))  # it waits, and tries again
    ran = machine.run("schedule", "--once", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_second_scheduler_leaves_with_6(machine: Machine) -> None:
    with machine.app().lock("schedule"):
        for options in ((), ("--once",)):
            ran = machine.run("schedule", *options)
            assert ran.code == 6
            assert "another schedule is running" in ran.err
        quiet = machine.run("schedule", "--once", "--quiet")
        assert (quiet.code, quiet.err) == (6, "")


def test_without_credentials_it_does_not_begin(machine: Machine) -> None:
    app = machine.app()
    app.env = {}
    assert run(["schedule"], app).code == 3


def test_a_sync_that_is_stopped_keeps_its_pages_and_goes_on_from_there(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock
) -> None:
    follow(sandbox.world, clock, 230, every=timedelta(minutes=1))

    def stop(_tracker: str, _read: int, _total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        sync_all(machine.app(), full=False, on_page=stop, say=print)
    with machine.store() as store:
        state = store.sync_state("payments")
        assert store.count_known("payments") == 100
    assert (state.last_good, state.last_error, state.partial_reached is not None) == (None, "", True)
    assert machine.sync().code == 0
    with machine.store() as store:
        assert store.count_known("payments") == 230


class Served(Struct):
    """A page that is held until the test has sent its signal."""

    asked: threading.Event
    go: threading.Event


@pytest.fixture
def held(sandbox: Sandbox) -> Iterator[Served]:
    """The second page of a list is not answered before `go`."""
    served = Served(threading.Event(), threading.Event())
    answer, seen = type(sandbox).__call__, []

    class Holding(type(sandbox)):  # type: ignore[misc]
        def __call__(self, environ: dict[str, object], start_response: object) -> object:
            if environ["PATH_INFO"] == "/api/graphql":
                seen.append(1)
                if len(seen) == 2:
                    served.asked.set()
                    served.go.wait(10)
            return answer(self, environ, start_response)  # type: ignore[arg-type]

    sandbox.__class__ = Holding
    yield served
    served.go.set()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_page_in_hand_and_leaves(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock, held: Served, sent: signal.Signals
) -> None:
    follow(sandbox.world, clock, 210, every=timedelta(minutes=1))
    env = {"GITHUB_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "tracker", "--config", str(machine.folder / "config.toml")]
    with subprocess.Popen(
        [*command, "--log-format", "json", "schedule"], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        assert held.asked.wait(10)
        process.send_signal(sent)
        held.go.set()
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr]
        assert process.wait(10) == 0
    assert [(line["event"], line.get("outcome")) for line in lines][-2:] == [("run.ended", "stopped"), ("left", None)]
    with machine.store() as store:
        assert store.count_known("payments") in (100, 200)
        assert store.load_runs()[0].outcome is Outcome.STOPPED
    clock.advance(timedelta(minutes=1))
    assert machine.run("sync").code == 0
    with machine.store() as store:
        assert store.count_known("payments") == 210


def test_a_wait_ends_when_somebody_asks_to_leave_and_a_second_signal_ends_the_process() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stopping() as stopping:
        assert stopping.wait(0) is False
        stopping.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(60) is True
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        with pytest.raises(Stop):
            stopping.sleep(60)
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_hours_are_in_the_config() -> None:
    config = parsed('[schedule]\nsync_every = "1h"\njitter = "5h"\nreport_at = "Friday 16:05"\nnudge_at = "8:30"')
    sync = jobs.JOBS["sync"]
    assert (sync.rule(config), sync.jitter(config)) == (Every(timedelta(hours=1)), timedelta(minutes=30))
    assert jobs.weekly_rule(config) == Weekly(4, config.schedule.report_at.at)
    assert (config.schedule.report_at.at.hour, config.schedule.report_at.at.minute) == (16, 5)
    assert jobs.daily_rule(config) == Daily(config.schedule.nudge_at)


def test_the_hours_are_those_of_the_reports_zone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.JOBS, "report", jobs.Job(jobs.weekly_rule, lambda _app, _hand: Did(0, "sent")))
    config = machine.folder / "config.toml"
    config.write_text(f'{config.read_text()}\n[report]\ntime_zone = "Europe/Berlin"\n')
    machine.run("schedule", "--once")
    with machine.store() as store:
        run = store.last_run("report")
    assert run is not None
    assert run.due.astimezone(ZoneInfo("Europe/Berlin")).strftime("%A %H:%M") == "Monday 07:00"


def test_a_job_is_scheduled_where_the_config_asks_for_it_alone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, clock: RecordingClock
) -> None:
    told: list[str] = []

    def work(_app: object, hand: jobs.Hand) -> Did:
        hand.check()
        told.append("report")
        return Did(0, "sent")

    def by_config(config: Config) -> Weekly | None:
        return jobs.weekly_rule(config) if "deliver" in config.path.read_text() else None

    monkeypatch.setitem(jobs.JOBS, "report", jobs.Job(by_config, work))
    machine.run("schedule", "--once")
    config = machine.folder / "config.toml"
    config.write_text(config.read_text() + "# [deliver]\n")
    machine.run("schedule", "--once")
    clock.advance(timedelta(days=7))
    machine.run("schedule", "--once")
    assert told == ["report"]
    assert runs(machine)[:2] == [("report", Outcome.DONE), ("sync", Outcome.DONE)]
