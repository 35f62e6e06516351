"""What the HTTP conversations with all trackers share: an answer that was read, its clock, whom a redirect leads to."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec
from msgspec import Struct

from sync.port import OutcomeUnknown, Transient
from sync.waiting import parse_retry_after
from tracker.text import plain

if TYPE_CHECKING:
    import requests

T = TypeVar("T")

SHORTEST_TOKEN = 8

TIMEOUT = 30
"""Seconds without a byte before a request counts as unanswered."""

CONNECTION_HINT = "Check the network and the tracker's `url`; what was read so far is kept."


class Answer(Struct, frozen=True):
    """A reply that was read to its end. Header names are in lower case; `by` is whose answer it is, for people."""

    by: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def redirects_to(self) -> str:
        """Where the answer sends the client; empty where it does not."""
        return self.headers.get("location", "") if self.status in (301, 302, 303, 307, 308) else ""

    @property
    def time(self) -> datetime:
        """The server's clock. Raises Transient when the answer does not tell it."""
        if self.clock is None:
            raise Transient(
                f"{self.by} answered without a readable Date header ({plain(self.headers.get('date', ''))[:40]!r})"
            )
        return self.clock

    @property
    def clock(self) -> datetime | None:
        """The server's clock; None where the answer (of a proxy, mostly) does not tell it."""
        try:
            return email.utils.parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, where the answer says so."""
        said = self.headers.get("retry-after")
        return None if said is None else parse_retry_after(said, self.clock)


def decode_written(answer: Answer, shape: type[T]) -> T:
    """The reply to a write. Raises OutcomeUnknown when it cannot be read."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError:
        raise OutcomeUnknown(f"{answer.by}'s answer {answer.status} to a write could not be read") from None


def mask(text: str, token: str) -> str:
    """The text without the token. A text as short as "t" is no real token, and would tear the answer apart."""
    return text.replace(token, "***") if len(token) >= SHORTEST_TOKEN else text


def is_same_server(url: str, target: str) -> bool:
    """Whether a redirect stays on the server that the token is for."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, target))
        return (here.scheme, here.hostname, _port(here)) == (there.scheme, there.hostname, _port(there))
    except ValueError:  # no address at all
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: a sandbox, which needs no courtesy."""
    return host in ("127.0.0.1", "::1", "localhost")


def error_name(error: BaseException) -> str:
    """What happened, without the address and headers that the message of the exception may hold."""
    return type(error).__name__


def never_connected(error: requests.ConnectionError) -> bool:
    """Whether the request never left: then nothing can have been written."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
