"""A machine of the quarter: a scheduler that runs, dies and is begun again, and commands that people give beside it."""

from __future__ import annotations

import io
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.once.machines import TOKEN, Machine, Ran
from tests.quarter.wire import Killed, Life, chance_of
from tracker.app import App
from tracker.cli.main import main
from tracker.runs.schedule import open_scheduler
from tracker.runs.stopping import Stopping
from tracker.store.deliveries import Came

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sync.scheduler import Scheduler
    from tests.fakes import FakeClock
    from tests.quarter.wire import Wire
    from tracker.store.runs import Run


UNNOTICED = timedelta(hours=30)
"""How long a dead scheduler may stay so."""


class Host(Machine):
    """A folder, a store, a scheduler. `mortal` is the most requests that one process of it may send before it dies."""

    def __init__(
        self, folder: Path, config: str, clock: FakeClock, wire: Wire, *, seed: int, mortal: int | None = None
    ) -> None:
        literal = config.replace("{", "{{").replace("}", "}}")
        super().__init__(folder, "", clock, "", config=literal)
        self.document.unlink()
        self.mortal, self.wire = mortal, wire
        self.said: list[str] = []
        self.runs: list[Run] = []
        self._chance = chance_of(folder.name, seed)
        self._process = ExitStack()
        self._life = Life()
        self._scheduler: Scheduler | None = None
        self._is_busy = False
        self._back = datetime.max.replace(tzinfo=UTC)

    def app(self) -> App:
        env = {"GITHUB_TOKEN": TOKEN, "JIRA_API_TOKEN": TOKEN}
        return App(str(self.folder / "config.toml"), env=env, cwd=self.folder, now=self.clock, sleep=self.clock.sleep)

    def begin(self) -> None:
        """Begin a scheduler, on the store as it is."""
        self._life = Life(None if self.mortal is None else self._chance.randint(1, self.mortal))
        stopping = Stopping()
        self._process.push(stopping.__exit__)  # it listens to no signal: nobody asks this process to leave
        self._scheduler = self._process.enter_context(
            open_scheduler(
                self.app(),
                stopping,
                spread=lambda most: most * self._chance.random(),
                on_run=self.runs.append,
                warn=self.said.append,
                say=lambda _message: None,
            )
        )

    def end(self) -> None:
        """End the scheduler."""
        self._process.close()
        self._scheduler = None
        self._back = datetime.max.replace(tzinfo=UTC)

    def next_start(self) -> datetime:
        """When it has something to do, or is begun again."""
        if self._scheduler is None:
            return self._back
        return min(self._scheduler.next_starts().values())

    def is_free(self, within: timedelta) -> bool:
        """Whether it is at nothing now, and soon will be."""
        return not self._is_busy and self.next_start() <= self.clock() + within

    def unsure_mails(self) -> list[date]:
        """The weeks of which it is said here that nobody knows whether the mail arrived; this one and the last."""
        today = self.clock().date()
        monday = today - timedelta(days=today.weekday())
        with self.store() as store:
            known = [each for week in (monday - timedelta(days=7), monday) for each in store.deliveries(week).values()]
        return [each.slot.week for each in known if each.slot.target == "managers" and each.came is Came.UNKNOWN]

    def look(self) -> None:
        """Run what is due. A process that dies of it is begun again: at once, or when somebody notices."""
        if self._scheduler is None:
            self.begin()
        assert self._scheduler is not None
        self._is_busy = True
        try:
            with self.wire.turn_of(self._life):
                self._scheduler.run_due()
        except Killed:
            self.end()
            self._back = self.clock() + (UNNOTICED if self._stays_down() else timedelta())
        finally:
            self._is_busy = False

    def _stays_down(self) -> bool:
        """Every third time that it dies in the hour in which the report is sent."""
        due = self.clock()
        return (due.weekday(), due.hour) == (0, 7) and self._chance.random() < 1 / 3

    def run(self, *arguments: str) -> Ran:
        """What a person types here: another process, which lives as long as it takes."""
        out, err = io.StringIO(), io.StringIO()
        code: object = None
        with redirect_stdout(out), redirect_stderr(err), self.wire.turn_of(Life()):
            try:
                main(arguments, self.app())
            except SystemExit as ended:
                code = ended.code
        assert isinstance(code, int)
        return Ran(code, out.getvalue(), err.getvalue())
