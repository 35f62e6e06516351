"""The scheduler: each job guarded and recorded, missed runs made up once, left when asked to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.due import Daily, Every, Weekly
from sync.scheduler import LONGEST_WAIT, Did, Given, Scheduler, Task
from tests.fakes import FakeClock
from tracker.errors import EXIT_BUG, InvalidInput, Stop, TryLater
from tracker.store import open_store
from tracker.store.runs import Outcome, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUARTER = Every(timedelta(minutes=15))


class Book:
    """A journal in memory, which can be out of order."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, datetime], Run] = {}
        self.broken = False

    def last_run(self, job: str) -> Run | None:
        self._check()
        return max((run for run in self.runs.values() if run.job == job), key=lambda run: run.due, default=None)

    def save_run(self, run: Run) -> None:
        self._check()
        self.runs[run.job, run.due] = run

    def _check(self) -> None:
        if self.broken:
            raise InvalidInput("the disk is full")


class Desk:
    """One scheduler process after another, with one clock and one journal."""

    def __init__(self) -> None:
        self.clock, self.book = FakeClock(), Book()
        self.ran: list[tuple[str, datetime]] = []
        self.leaving = False
        self.warned: list[str] = []

    def task(self, name: str, rule: Every | Daily | Weekly = QUARTER, work: Callable[[], Did] = Did) -> Task:
        def note() -> Did:
            self.ran.append((name, self.clock()))
            return work()

        return Task(name, rule, note)

    def open(self, *tasks: Task, spread: timedelta = timedelta()) -> Scheduler:
        given = Given(
            now=self.clock,
            zone=UTC,
            spread=lambda most: min(most, spread),
            leaving=lambda: self.leaving,
            warn=self.warned.append,
        )
        return Scheduler(tasks, self.book, given)

    def stay(self, scheduler: Scheduler, hours: float) -> list[float]:
        """Let it run for that time of the clock; gives its waits."""
        until, waits = self.clock.at + timedelta(hours=hours), []

        def wait(seconds: float) -> bool:
            waits.append(seconds)
            self.clock.at += timedelta(seconds=seconds)
            return self.clock.at >= until

        scheduler.run_until(wait)
        return waits

    def names(self) -> list[str]:
        return [name for name, _at in self.ran]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fail(error: BaseException) -> Callable[[], Did]:
    def work() -> Did:
        raise error

    return work


def test_each_job_runs_at_its_hours(desk: Desk) -> None:
    tasks = desk.task("sync"), desk.task("nudge", Daily(time(9, 30))), desk.task("report", Weekly(0, time(10)))
    desk.stay(desk.open(*tasks), 48)
    assert desk.names().count("sync") == 48 * 4
    assert [at.time() for name, at in desk.ran if name == "nudge"] == [time(9, 30)] * 2
    assert [at for name, at in desk.ran if name == "report"] == [datetime(2026, 10, 5, 10, tzinfo=UTC)]


def test_it_never_waits_long_so_that_a_machine_that_slept_is_noticed(desk: Desk) -> None:
    assert max(desk.stay(desk.open(desk.task("report", Weekly(0, time(10)))), 1)) == LONGEST_WAIT


def test_jitter_delays_the_start_and_not_the_rhythm(desk: Desk) -> None:
    task = Task("sync", QUARTER, desk.task("sync").work, timedelta(seconds=30))
    desk.stay(desk.open(task, spread=timedelta(seconds=20)), 1)
    assert [(at.minute, at.second) for _name, at in desk.ran] == [(0, 0), (15, 20), (30, 20), (45, 20)]


@pytest.mark.parametrize(
    ("error", "code"),
    [(TryLater("out of reach", "later"), 5), (ValueError("token"), EXIT_BUG), (OSError(28, "No space left"), 1)],
)
def test_a_failing_job_never_stops_the_others(desk: Desk, error: Exception, code: int) -> None:
    scheduler = desk.open(desk.task("bad", work=fail(error)), desk.task("good"))
    ended = scheduler.run_due()
    assert [(each.run.job, each.run.outcome, each.code) for each in ended] == [
        ("bad", Outcome.FAILED, code),
        ("good", Outcome.DONE, 0),
    ]
    assert ended[0].run.detail
    assert "token" not in ended[0].run.detail
    desk.stay(scheduler, 1)
    assert desk.names() == ["bad", "good"] * 4


def test_every_run_is_recorded_when_it_begins_and_when_it_ends(desk: Desk) -> None:
    begun: list[Run] = []

    def work() -> Did:
        begun.extend(desk.book.runs.values())
        desk.clock.advance(timedelta(seconds=9))
        return Did(1, "payments: no")

    desk.clock.advance(timedelta(minutes=3))
    desk.open(desk.task("sync", work=work)).run_due()
    (run,) = desk.book.runs.values()
    assert [(each.outcome, each.ended) for each in begun] == [(Outcome.RUNNING, None)]
    assert run == Run(
        job="sync",
        due=datetime(2026, 10, 5, 9, 0, tzinfo=UTC),
        started=datetime(2026, 10, 5, 9, 3, tzinfo=UTC),
        ended=datetime(2026, 10, 5, 9, 3, 9, tzinfo=UTC),
        outcome=Outcome.FAILED,
        detail="payments: no",
    )


def test_what_was_missed_while_the_machine_slept_is_made_up_once(desk: Desk) -> None:
    scheduler = desk.open(desk.task("sync"), desk.task("report", Weekly(0, time(10))))
    scheduler.run_due()
    desk.ran.clear()
    desk.clock.advance(timedelta(days=16))
    assert sorted(each.run.job for each in scheduler.run_due()) == ["report", "sync"]
    assert scheduler.run_due() == ()


def test_what_was_missed_while_no_scheduler_ran_is_made_up_once(desk: Desk) -> None:
    tasks = desk.task("sync"), desk.task("report", Weekly(0, time(10)))
    desk.open(*tasks).run_due()
    desk.clock.advance(timedelta(days=16))
    assert [each.run.job for each in desk.open(*tasks).run_due()] == ["sync", "report"]
    assert desk.open(*tasks).run_due() == ()


def test_looking_now_and_then_runs_what_staying_runs(desk: Desk) -> None:
    for _look in range(24 * 12):
        desk.open(desk.task("sync"), desk.task("report", Weekly(0, time(10)))).run_due()
        desk.clock.advance(timedelta(minutes=5))
    assert desk.names().count("sync") == 96
    assert desk.names().count("report") == 1


def test_a_killed_run_is_made_up_by_the_next_process(desk: Desk) -> None:
    class Killed(BaseException):
        pass

    with pytest.raises(Killed):
        desk.open(desk.task("sync", work=fail(Killed()))).run_due()
    (ended,) = desk.open(desk.task("sync")).run_due()
    assert (ended.run.tries, ended.run.outcome) == (2, Outcome.DONE)


def test_a_job_that_was_asked_to_leave_is_the_last_one_and_goes_on_next_time(desk: Desk) -> None:
    def work() -> Did:
        desk.leaving = True
        raise Stop

    (ended,) = desk.open(desk.task("sync", work=work), desk.task("other")).run_due()
    assert (ended.run.outcome, ended.code) == (Outcome.STOPPED, 0)
    desk.leaving = False
    assert [each.run.job for each in desk.open(desk.task("sync"), desk.task("other")).run_due()] == ["sync", "other"]


def test_it_leaves_without_another_look_when_it_was_asked_to(desk: Desk) -> None:
    desk.leaving = True
    assert desk.stay(desk.open(desk.task("sync")), 1) == []
    assert desk.ran == []


def test_a_journal_that_cannot_be_written_is_said_and_stops_nothing(desk: Desk) -> None:
    desk.book.broken = True
    desk.stay(desk.open(desk.task("sync")), 1)
    assert len(desk.ran) == 4  # once each quarter: this process remembers
    assert any("disk is full" in line for line in desk.warned)


def test_a_run_of_a_time_when_the_clock_was_wrong_holds_nothing_up(desk: Desk) -> None:
    task = desk.task("report", Weekly(0, time(10)))
    desk.book.save_run(Run(job="report", due=datetime(2099, 1, 5, 10, tzinfo=UTC), started=desk.clock()))
    scheduler = desk.open(task)
    desk.clock.advance(timedelta(hours=1, minutes=1))
    assert len(scheduler.run_due()) == 1


def test_the_store_keeps_the_journal_of_three_months(tmp_path: Path) -> None:
    due = datetime(2026, 10, 5, 9, tzinfo=UTC)
    done = Run(job="sync", due=due, started=due, ended=due, outcome=Outcome.DONE, detail="well", tries=2)
    with open_store(tmp_path / "track.db") as store:
        assert store.last_run("sync") is None
        store.save_run(msgspec.structs.replace(done, outcome=Outcome.RUNNING, ended=None))
        store.save_run(done)
        store.save_run(msgspec.structs.replace(done, job="report"))
        assert store.last_run("sync") == done
        assert len(store.load_runs()) == 2
        later = msgspec.structs.replace(done, due=due + timedelta(days=91))
        store.save_run(later)
        assert [run.due for run in store.load_runs() if run.job == "sync"] == [later.due]
        store.save_run(done)
        assert store.last_run("sync") == done
