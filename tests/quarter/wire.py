"""The wire between machines and the sandbox: where a process is killed, a request times out, another machine acts.

It lies under the HTTP library, so that it sees each request of each adapter, and each answer of the mail server. Whose
request it is, is known by whose turn it is: machines take turns, one within another.
"""

from __future__ import annotations

import random
import smtplib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from tests.fakes import FakeClock

SHARE = 0.02
TIMEOUT = 30.0
"""Seconds that a request which is never answered takes."""


def chance_of(what: str, seed: int) -> random.Random:
    """The chance by which one part of a quarter goes its way: the same for the same seed."""
    return random.Random(f"{what} {seed}")  # noqa: S311 -- nobody has to be kept from guessing it


class Killed(BaseException):
    """`kill -9`: no request of this process leaves any more."""


class Life:
    """A process: after so many requests it is dead. Without a number it lives on."""

    def __init__(self, requests_left: int | None = None) -> None:
        self.left = requests_left
        self.dead = False

    def step(self) -> bool:
        """One more request; gives whether it is the last one. Raises Killed where it came after that."""
        if self.dead:
            raise Killed
        if self.left is None:
            return False
        self.left -= 1
        self.dead = self.left <= 0
        return self.dead


class Wire:
    """Everything that leaves a machine. `between` is called before a request, and may let others act."""

    def __init__(self, seed: int, clock: FakeClock) -> None:
        self.calm = False
        self.met = self.sent = self.kills = 0
        self.between: Callable[[], None] = lambda: None
        self._chance = chance_of("wire", seed)
        self._clock = clock
        self._turns: list[Life] = []
        self._late: list[Callable[[], object]] = []

    @contextmanager
    def turn_of(self, life: Life) -> Iterator[None]:
        """What is sent meanwhile is sent by this process."""
        self._turns.append(life)
        try:
            yield
        finally:
            self._turns.pop()

    def lay(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Under the libraries."""
        send, reply = HTTPAdapter.send, smtplib.SMTP.getreply

        def sent(adapter: HTTPAdapter, *given: Any, **options: Any) -> requests.Response:
            return self._send(lambda: send(adapter, *given, **options))

        def replied(client: smtplib.SMTP) -> tuple[int, bytes]:
            is_last = self._life.step()
            answer = reply(client)
            if is_last:
                self._die()
            return answer

        monkeypatch.setattr(HTTPAdapter, "send", sent)
        monkeypatch.setattr(smtplib.SMTP, "getreply", replied)

    def deliver_late(self) -> None:
        """Carry out what timed out and was under way: within minutes of the clock, long after anybody waited."""
        late, self._late = self._late, []
        for carry_out in late:
            with suppress(requests.RequestException):
                carry_out()

    @property
    def _life(self) -> Life:
        return self._turns[-1]

    def _die(self) -> None:
        self.kills += 1
        raise Killed

    def _send(self, carry_out: Callable[[], requests.Response]) -> requests.Response:
        life = self._life
        is_last = life.step()
        self.sent += 1
        if not life.dead:
            self.between()
        if is_last and self._chance.random() < 0.5:
            self._die()
        if not self.calm and self._chance.random() < SHARE:
            self._time_out(carry_out, is_last=is_last)
        answer = carry_out()
        if is_last:
            self._die()
        return answer

    def _time_out(self, carry_out: Callable[[], requests.Response], *, is_last: bool) -> None:
        """No answer comes: it was lost on its way, or its answer was, or it arrives when nobody waits any more."""
        self.met += 1
        fate = self._chance.choice(["lost", "done", "late"])
        if fate == "done":
            with suppress(requests.RequestException):
                carry_out()
        if fate == "late":
            self._late.append(carry_out)
        self._clock.sleep(TIMEOUT)
        if is_last:
            self._die()
        raise requests.ReadTimeout("nobody answered")
