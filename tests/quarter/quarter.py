"""Two machines with their trackers and people, moved on from one moment at which something is due to the next."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from tests.harness import RecordingClock
from tests.quarter.holding import mails_of
from tests.quarter.hosts import Host
from tests.quarter.places import CONFIG, a_town
from tests.quarter.town import Town
from tests.quarter.weather import BadPost, Weather
from tests.quarter.wire import Wire, chance_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FIRST = date(2026, 10, 12)
WEEKS = 13
END = datetime(2027, 1, 8, 12, tzinfo=UTC)
"""The Friday after the last report."""

EVERY = {"laptop": "12h", "server": "24h", "new": "24h"}
"""How often a machine syncs."""

SOON = timedelta(minutes=11)
"""Machines that have something to do within this time of each other do it at once, one within the other."""

AT_ONCE = 0.1
"""Of the requests, those before which the other machine does what it has to do."""

MORTAL = 25
"""The most requests that one scheduler of the machine that is killed sends; a day takes some twenty."""


class Quarter:
    """Two machines, the first of which dies every few hours; a context manager."""

    def __init__(self, folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = RecordingClock()
        self.sandbox, self.office = a_town(self.clock), BadPost(seed)
        self.weather = self.sandbox.faults = Weather(seed)
        self.wire = Wire(seed, self.clock)
        self.wire.lay(monkeypatch)
        self.wire.between = self._let_the_other_act
        self.shared = folder / "shared"
        self.weeks = [str(FIRST + timedelta(weeks=week)) for week in range(WEEKS)]
        self._folder, self._seed = folder, seed
        self._chance = chance_of("quarter", seed)
        self._open = ExitStack()
        self.hosts: list[Host] = []

    def __enter__(self) -> Self:
        self._open.enter_context(self.sandbox)
        self._open.enter_context(self.office)
        self.hosts = [self.a_host("laptop", mortal=MORTAL), self.a_host("server")]
        self.town = Town(self.sandbox, self.hosts, self.clock, self._seed)
        return self

    def __exit__(self, *_error: object) -> None:
        for host in self.hosts:
            host.end()
        self._open.close()

    def a_host(self, name: str, mortal: int | None = None) -> Host:
        """A machine with nothing but a config."""
        config = CONFIG.format(
            github=self.sandbox.api_url,
            jira=self.sandbox.jira_url,
            port=self.office.port,
            shared=self.shared,
            every=EVERY[name],
        )
        return Host(self._folder / name, config, self.clock, self.wire, seed=self._seed, mortal=mortal)

    def until(self, end: datetime, *, people: bool = True) -> None:
        """Let time pass; people act once or twice a day."""
        act_at = self.clock() + timedelta(hours=1)
        while True:
            self.wire.deliver_late()
            at = min([host.next_start() for host in self.hosts] + ([act_at] if people else []))
            if at >= end:
                self.clock.at = max(self.clock.at, end)
                return
            self.clock.at = max(self.clock.at, at)
            for host in self.hosts:
                if host.next_start() <= self.clock():
                    host.look()
            if people and act_at <= self.clock():
                self.town.act()
                act_at = self.clock() + timedelta(hours=self._chance.randint(6, 24))
            self.town.look_after_the_mail(self.has_mail)
            self.town.miss_the_mail(self.has_mail)

    def has_mail(self, week: date) -> bool:
        """Whether that week's mail arrived; there is none to arrive before the first."""
        return week < FIRST or mails_of(self.office.arrived)[str(week)] > 0

    def be_calm(self) -> None:
        """Nothing goes wrong any more."""
        self.weather.calm = self.office.calm = self.wire.calm = True
        for host in self.hosts:
            host.mortal = None
            host.end()
            host.begin()

    def _let_the_other_act(self) -> None:
        if self._chance.random() >= AT_ONCE:
            return
        for host in self.hosts:
            if host.is_free(SOON):
                self.clock.at = max(self.clock.at, host.next_start())
                host.look()
