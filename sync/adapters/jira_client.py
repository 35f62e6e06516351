"""One HTTP conversation with a Jira through the jira package. What an answer means is read in `jira_meaning`.

The package would ask the server about itself before anything else (and sleep 78 s where it is dead), repeat a write
whose reply was lost, and wait as it sees fit (all measured). So it is told what it talks to, retries and follows
nothing here, and every status is read by us.
"""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from jira import JIRA, JIRAError

from sync.adapters.conversation import (
    CONNECTION_HINT,
    TIMEOUT,
    Answer,
    decode_written,
    error_name,
    is_same_server,
    mask,
    never_connected,
)
from sync.adapters.jira_meaning import decode_read, is_nobody, raise_for_limits, raise_for_status
from sync.port import Forbidden, OutcomeUnknown, Refused, Transient
from tracker import __version__
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sync.waiting import Waiting

T = TypeVar("T")

# At its debug level the package logs whole headers and bodies: no setting may switch that on.
for _name in ("jira", "jira.client", "jira.resilientsession"):
    _log = logging.getLogger(_name)
    _log.disabled = True


class Client:
    """Sends requests to one Jira, with one token, to no other host. `account` is who we are, once an answer told it.

    `requests` counts what was sent. Paths start at the API (`/issue/bulk`) or, with a leading `//`, at the site.
    """

    def __init__(self, url: str, token: str, waiting: Waiting, *, cloud: bool, email: str = "", version: int) -> None:
        self.url = url.rstrip("/")
        self.host = urlsplit(url).hostname or ""
        self.account = ""
        self.requests = 0
        self._last: Answer | None = None
        self.cloud = cloud
        self._waiting = waiting
        # On Cloud the token travels encoded, with the e-mail before it: neither form may come back into a message.
        self._secrets = (token, base64.b64encode(f"{email}:{token}".encode()).decode())
        self._root = f"{self.url}/rest/api/{version}"
        client = JIRA(
            options={
                "server": self.url,
                "rest_api_version": str(version),
                "headers": {"User-Agent": f"track/{__version__}"},
            },
            basic_auth=(email, token) if cloud else None,
            token_auth=None if cloud else token,
            get_server_info=False,
            logging=False,
            max_retries=0,
            timeout=TIMEOUT,
        )
        self._client, self._session = client, client._session  # noqa: SLF001 - the package has no raw request

    @property
    def clock(self) -> datetime:
        """The server's clock at its last answer. Raises Transient when that does not tell it."""
        if self._last is None:
            raise Transient(f"Jira at {self.host} was not asked yet")
        return self._last.time

    def ask(self, verb: str, path: str, shape: type[T], body: object = None, **query: str | int) -> tuple[T, Answer]:
        """A read, tried again within the wait budget. Raises NotAuthorised, Rejected, TryLater."""

        def attempt() -> tuple[T, Answer]:
            answer = self._read(verb, path, body, query)
            raise_for_status(answer)
            return decode_read(answer, shape), answer

        return self._waiting.read(attempt)

    def look(self, path: str, **query: str | int) -> Answer:
        """A GET, tried again within the wait budget. The status is the caller's to judge, below 500 and but for 401."""
        return self._waiting.read(lambda: self._read("GET", path, None, query))

    def send(self, verb: str, path: str, body: object = None, **query: str | int) -> Answer:
        """A write, once. Raises OutcomeUnknown when no whole answer came back."""
        answer = self.try_to_send(verb, path, body, **query)
        raise_for_status(answer)
        return answer

    def try_to_send(self, verb: str, path: str, body: object = None, **query: str | int) -> Answer:
        """A write, once; a clear no is the caller's to judge."""
        what = f"Jira at {self.host} gave no answer to {verb} {plain(path)}"
        try:
            answer = self._exchange(verb, path, body, query)
        except requests.ConnectionError as error:
            if never_connected(error):
                why = f"Jira at {self.host} cannot be reached ({error_name(error)})"
                raise Refused(why, CONNECTION_HINT) from None
            raise OutcomeUnknown(f"{what} ({error_name(error)})") from None
        except requests.RequestException as error:
            raise OutcomeUnknown(f"{what} ({error_name(error)})") from None
        raise_for_limits(answer, Refused)
        if answer.status >= 500:
            raise OutcomeUnknown(f"Jira at {self.host} answered {answer.status} to {verb} {plain(path)}")
        if answer.status < 300 and answer.body.strip():
            decode_written(answer, msgspec.Raw)  # the page of a proxy says nothing of what Jira did
        return answer

    def _read(self, verb: str, path: str, body: object, query: Mapping[str, str | int]) -> Answer:
        try:
            answer = self._exchange(verb, path, body, query)
        except requests.RequestException as error:
            raise Transient(f"Jira at {self.host} gave no answer ({error_name(error)})", CONNECTION_HINT) from None
        raise_for_limits(answer, Transient)
        if answer.status == 401 or is_nobody(answer):
            raise_for_status(answer)
        if answer.status == 202 or answer.status >= 500:
            raise Transient(f"Jira at {self.host} answered {answer.status}", retry_after=answer.retry_after)
        return answer

    def _exchange(self, verb: str, path: str, body: object, query: Mapping[str, str | int]) -> Answer:
        """Send once. A server that repeats the token (an error page of a proxy) must not get it into a message."""
        self.requests += 1
        url = f"{self.url}{path[1:]}" if path.startswith("//") else f"{self._root}{path}"
        data = None if body is None else msgspec.json.encode(body)
        options: dict[str, Any] = {"params": dict(query), "data": data, "allow_redirects": False}
        try:
            response = self._session.request(verb, url, **options)
        except JIRAError as error:
            if error.response is None:
                raise Transient(f"Jira at {self.host} gave an empty answer", CONNECTION_HINT) from None
            response = error.response
        self._last = answer = self._taken(response)
        if answer.redirects_to and not is_same_server(self.url, answer.redirects_to):
            raise Forbidden(
                f"Jira redirects {plain(path)} to another host ({plain(answer.redirects_to)[:80]}): not followed",
                "Check the tracker's `url` in the config: a log-in page may stand before Jira.",
            )
        return answer

    def _taken(self, response: requests.Response) -> Answer:
        headers = {name.lower(): self._masked(value) for name, value in response.headers.items()}
        self.account = headers.get("x-aaccountid") or headers.get("x-ausername") or self.account
        body = response.content
        if any(secret.encode() in body for secret in self._secrets):
            body = self._masked(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return Answer("Jira", response.status_code, headers, body)

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = mask(text, secret)
        return text
