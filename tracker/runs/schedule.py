"""Sets up `track schedule`: the jobs that the config asks for, the journal in the store, one scheduler at a time."""

from __future__ import annotations

import random
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from sync.scheduler import Given, Scheduler, Task
from tracker.runs.basis import load_zone
from tracker.runs.jobs import JOBS, Hand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from tracker.app import App
    from tracker.runs.jobs import Job
    from tracker.runs.stopping import Stopping
    from tracker.store.runs import Run


class _Journal:
    """The journal in the store, which is opened for each entry: between two jobs this process holds nothing."""

    def __init__(self, app: App) -> None:
        self._app = app

    def last_run(self, job: str) -> Run | None:
        with self._app.store() as store:
            return store.last_run(job)

    def save_run(self, run: Run) -> None:
        with self._app.store() as store:
            store.save_run(run)


@contextmanager
def open_scheduler(
    app: App,
    stopping: Stopping,
    *,
    spread: Callable[[timedelta], timedelta] | None = None,
    on_run: Callable[[Run], None],
    warn: Callable[[str], None],
    say: Callable[[str], None],
    jobs: Mapping[str, Job] = JOBS,
) -> Iterator[Scheduler]:
    """A scheduler with all jobs of the config. Raises AnotherRun where one is at work on this store already."""
    config = app.config
    app.check_credentials()
    hand = Hand(stopping.check, warn, say)
    with app.lock("schedule"):
        tasks = [
            Task(name, rule, partial(job.work, app, hand), job.jitter(config))
            for name, job in jobs.items()
            if (rule := job.rule(config)) is not None
        ]
        given = Given(
            now=app.now,
            zone=load_zone(config.time_zone),
            spread=spread or spread_evenly,
            leaving=lambda: stopping.asked,
            on_run=on_run,
            warn=warn,
        )
        yield Scheduler(tasks, _Journal(app), given)


def spread_evenly(most: timedelta) -> timedelta:
    """Any delay up to that one, each as likely as the next."""
    return most * random.random()  # noqa: S311 -- nobody has to guess it
