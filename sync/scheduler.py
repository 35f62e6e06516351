"""Runs jobs when they are due, on the `schedule` package: each guarded, each run recorded, left when asked to.

The library holds the jobs, their order and their next moments. What it would decide by the wall clock, and in no zone,
is decided in `sync.due` by a clock that is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
import schedule

from sync.due import Every, Next, decide, latest
from tracker.errors import EXIT_BUG, Stop, TrackError
from tracker.store.runs import AHEAD, Outcome, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta, tzinfo

    from sync.due import Rule

LONGEST_WAIT = 30.0
"""Seconds between two looks at the clock: a machine that slept is noticed this soon after it woke."""


class Did(msgspec.Struct, frozen=True):
    """What a job did: its exit code, and for people what there is to say, on one line."""

    code: int = 0
    detail: str = ""


class Task(NamedTuple):
    """A job by name: when it is due, up to how much later it may start, and what it does."""

    name: str
    rule: Rule
    work: Callable[[], Did]
    jitter: timedelta | None = None


class Ended(NamedTuple):
    """A run that is over, with the exit code it would have had by itself."""

    run: Run
    code: int


class Journal(Protocol):
    """Where runs are recorded. Both may raise TrackError: the run goes on without."""

    def last_run(self, job: str) -> Run | None:
        """The run of a job's latest moment."""

    def save_run(self, run: Run) -> None:
        """Keep a run."""


class Given(NamedTuple):
    """What a scheduler is given from outside: clock, zone, chance, whether to leave, and where to say what happens.

    `spread` takes the most that a start may be late and gives how much it will be.
    """

    now: Callable[[], datetime]
    zone: tzinfo
    spread: Callable[[timedelta], timedelta]
    leaving: Callable[[], bool]
    on_run: Callable[[Run], None] = lambda _run: None
    warn: Callable[[str], None] = lambda _message: None


class Scheduler:
    """A private scheduler with these tasks. Nothing runs before `run_due` or `run_until`."""

    def __init__(self, tasks: Sequence[Task], journal: Journal, given: Given) -> None:
        self._journal = journal
        self._given = given
        self._last: dict[str, Run] = {}
        self._ended: list[Ended] = []
        self._schedule = schedule.Scheduler()
        for task in tasks:
            self._begin(task)
            _Job(self._schedule, given.now, self._planner(task)).do(self._run, task)

    def run_due(self) -> tuple[Ended, ...]:
        """Run each task that is due now, once and in the order given; gives what came of them."""
        self._ended = []
        self._schedule.run_pending()
        return tuple(self._ended)

    def run_until(self, wait: Callable[[float], bool]) -> None:
        """Run what is due, wait, and so on, until `wait(seconds)` or a job says that it is time to leave."""
        while not self._given.leaving():
            self.run_due()
            if self._given.leaving() or wait(min(self._seconds_left(), LONGEST_WAIT)):
                return

    def next_starts(self) -> dict[str, datetime]:
        """When each task starts next, by its name."""
        return {job.task_name: job.next_run for job in self._schedule.jobs if isinstance(job, _Job) and job.next_run}

    def _begin(self, task: Task) -> None:
        """Find out what ran last. A first moment that is waited for is recorded, or `--once` would wait for ever."""
        now = self._given.now()
        try:
            last = self._journal.last_run(task.name)
        except TrackError as error:
            self._given.warn(f"what ran before is not known: {error.message}")
            last = None
        if last is not None and last.due > now + AHEAD:
            last = None
        if last is None and not isinstance(task.rule, Every):
            due = latest(task.rule, now, self._given.zone)
            last = Run(job=task.name, due=due, started=now, ended=now, outcome=Outcome.WAITING)
            self._record(last)
        if last is not None:
            self._last[task.name] = last

    def _planner(self, task: Task) -> Callable[[], datetime]:
        def plan() -> datetime:
            now = self._given.now()
            start = self._decide(task, now).start
            return start + self._given.spread(task.jitter) if task.jitter and start > now else start

        return plan

    def _decide(self, task: Task, now: datetime) -> Next:
        return decide(task.rule, self._last.get(task.name), now, self._given.zone)

    def _seconds_left(self) -> float:
        starts = self.next_starts().values()
        return (
            max(0.0, min((start - self._given.now()).total_seconds() for start in starts)) if starts else LONGEST_WAIT
        )

    def _run(self, task: Task) -> None:
        """One run, guarded: nothing that goes wrong in it leaves it."""
        if self._given.leaving():
            return
        started, before = self._given.now(), self._last.get(task.name)
        due = latest(task.rule, started, self._given.zone)
        tries = before.tries + 1 if before is not None and before.due == due else 1
        run = Run(job=task.name, due=due, started=started, tries=tries)
        self._record(run)
        self._given.on_run(run)
        outcome, did = _guarded(task.work)
        run = msgspec.structs.replace(run, ended=self._given.now(), outcome=outcome, detail=did.detail)
        self._record(run)
        self._given.on_run(run)
        self._ended.append(Ended(run, did.code))

    def _record(self, run: Run) -> None:
        """Keep the run; where the store can't be written, this process remembers, and says so."""
        self._last[run.job] = run
        try:
            self._journal.save_run(run)
        except TrackError as error:
            self._given.warn(f"the run of {run.job} is not recorded: {error.message}")


def _guarded(work: Callable[[], Did]) -> tuple[Outcome, Did]:
    try:
        did = work()
    except Stop:
        return Outcome.STOPPED, Did(0, "asked to leave; it goes on from there")
    except TrackError as error:
        return Outcome.FAILED, Did(error.exit_code, " ".join(f"{error.message} {error.hint}".split()))
    except OSError as error:
        return Outcome.FAILED, Did(TrackError.exit_code, f"{type(error).__name__}: {error.strerror}")
    except Exception as error:  # noqa: BLE001 -- the next job must run; no message, it could hold anything
        return Outcome.FAILED, Did(EXIT_BUG, f"this is a bug in track: {_place(error)}")
    return (Outcome.DONE if did.code == 0 else Outcome.FAILED), did


def _place(error: Exception) -> str:
    """What was raised, and where: nothing that could hold a secret."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})"


class _Job(schedule.Job):
    """A job of the library whose next moment is decided elsewhere: the library knows the wall clock alone."""

    def __init__(
        self, scheduler: schedule.Scheduler, now: Callable[[], datetime], plan: Callable[[], datetime]
    ) -> None:
        super().__init__(1, scheduler)
        self._now = now
        self._plan = plan

    @property
    def task_name(self) -> str:
        """The name of its task."""
        return str(self.job_func.args[0].name) if self.job_func is not None else ""

    @property
    def should_run(self) -> bool:
        """Whether its moment has come, by the clock given."""
        return self.next_run is not None and self._now() >= self.next_run

    def _schedule_next_run(self) -> None:
        """Where the library asks for the next moment: when the job is added, and after each run."""
        self.next_run = self._plan()
