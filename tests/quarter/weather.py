"""What goes wrong in a quarter: a tenth of the requests, in every way that the sandbox and the wire know, by a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.faults import (
    DropAfter,
    DropBefore,
    FaultPlan,
    Garbage,
    Status,
    Truncate,
    jira_limit,
    secondary_limit,
    too_many,
)
from tests.deliver.post_office import PostOffice
from tests.quarter.wire import chance_of

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

    from sync.sandbox.faults import Fault

SHARE = 0.08
"""Of the requests, on the side of the server. The other two of a hundred time out on the wire."""

BROKEN: tuple[Fault, ...] = (
    DropBefore(),
    DropAfter(),
    DropAfter(),
    Status(502),
    Status(502, after_write=True),
    Status(503),
    Truncate(),
    Garbage(),
    too_many("20"),
)
GITHUB: tuple[Fault, ...] = (*BROKEN, secondary_limit("30"), secondary_limit())
JIRA: tuple[Fault, ...] = (*BROKEN, jira_limit("5"), jira_limit(None))


class Weather(FaultPlan):
    """A fault for so many of a hundred requests, whatever they are, until it is calm."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.calm = False
        self._chance = chance_of("weather", seed)

    def next(self, method: str, path: str, operation: str = "") -> Fault | None:
        """The fault that this request meets."""
        del method, operation
        self.seen += 1
        if self.calm or self._chance.random() >= SHARE:
            return None
        self.met += 1
        return self._chance.choice(JIRA if path.startswith("/jira") else GITHUB)


class BadPost(PostOffice):
    """A mail server that breaks off or puts off every third mail, until it is calm."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.calm = False
        self._chance = chance_of("post", seed)

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.drop, self.answer = self._chance.choice(
            [("", "250 taken")] * 6 + [("before", "250 taken"), ("after", "250 taken"), ("", "451 busy")]
        )
        if self.calm:
            self.drop, self.answer = "", "250 taken"
        return await super().handle_RCPT(_server, _session, envelope, address, _options)
