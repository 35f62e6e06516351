"""One HTTP conversation with a GitHub through PyGithub, and what its answers mean in our closed set of failures.

PyGithub would repeat a POST whose reply was lost, sleep half an hour at a rate limit, follow a redirect without its
query and recurse on 202 (all measured). So it retries and follows nothing here, and every status is read by us.
"""

from __future__ import annotations

import email.utils
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec
import requests
from github import Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester, RequestsResponse

from sync.port import Forbidden, OutcomeUnknown, Refused, Rejected, Transient
from sync.waiting import parse_retry_after
from tracker import __version__
from tracker.errors import NotAuthorised
from tracker.text import plain

if TYPE_CHECKING:
    from github.Auth import Auth

T = TypeVar("T")

# PyGithub's debug log would hold whole answers, an App's fresh token among them: no setting may switch it on.
_SILENT = logging.getLogger("track.github")
_SILENT.disabled = True
Requester.injectLogger(_SILENT)

SHORTEST_TOKEN = 8

TIMEOUT = 30
"""Seconds without a byte before a request counts as unanswered."""

SECONDS_BETWEEN_WRITES = 1.0
"""What GitHub asks for, lest it answers with a secondary rate limit. A sandbox on loopback needs none."""

_PERMISSION_HINT = "`track doctor` lists the permissions the token needs."


class TooHeavy(Transient):
    """A query that took GitHub too long; half a page may do."""


class Answer(msgspec.Struct, frozen=True):
    """A reply that was read to its end. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def redirects_to(self) -> str:
        """Where the answer sends the client; empty where it does not."""
        return self.headers.get("location", "") if self.status in (301, 302, 303, 307, 308) else ""

    @property
    def time(self) -> datetime:
        """The server's clock. Raises Transient when the answer does not tell it."""
        if self.clock is None:
            raise Transient(
                f"GitHub answered without a readable Date header ({plain(self.headers.get('date', ''))[:40]!r})"
            )
        return self.clock

    @property
    def clock(self) -> datetime | None:
        """The server's clock; None where the answer (of a proxy, mostly) does not tell it."""
        try:
            return email.utils.parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return None


class Client:
    """Sends requests to one server, with one token, to no other host. Counts them in `requests`."""

    def __init__(self, url: str, auth: Auth) -> None:
        parts = urlsplit(url)
        self.url = url
        self.host = parts.hostname or ""
        self.requests = 0
        loopback = self.host in ("127.0.0.1", "::1", "localhost")
        secure = parts.scheme == "https"
        self._connection = (_HTTPS if secure else _HTTP)(self.host, parts.port, timeout=TIMEOUT, retry=None)
        self._reader, self._writer = (
            Github(
                auth=auth,
                base_url=url,
                timeout=TIMEOUT,
                retry=None,
                user_agent=f"track/{__version__}",
                seconds_between_requests=0,
                seconds_between_writes=gap,
            ).requester
            for gap in (0, 0 if loopback else SECONDS_BETWEEN_WRITES)
        )

    def query(self, text: str, variables: Mapping[str, Any], shape: type[T]) -> tuple[T, Answer]:
        """Read by GraphQL. Raises Transient when trying again may help."""
        answer = self._read("POST", self._reader.graphql_url, {"query": text, "variables": dict(variables)})
        return _parse_graphql(answer, shape), answer

    def mutate(self, text: str, variables: Mapping[str, Any]) -> list[str]:
        """Write by GraphQL, once; gives the types of the errors it answered with."""
        answer = self._write("POST", self._writer.graphql_url, {"query": text, "variables": dict(variables)})
        return [error.type for error in decode_read(answer, _Envelope).errors]

    def get(self, path: str) -> Answer:
        """Read by REST, following redirects on the same host. The status is the caller's to judge, below 500."""
        answer = self._read("GET", path, None)
        for _hop in range(3):
            if not answer.redirects_to:
                break
            followed = self._read("GET", urljoin(self.url, answer.redirects_to), None)
            answer = Answer(followed.status, {**followed.headers, "x-redirected": "yes"}, followed.body)
        return answer

    def send(self, verb: str, path: str, body: object | None) -> Answer:
        """Write by REST, once. Raises OutcomeUnknown when no whole answer came back."""
        return self._write(verb, path, body)

    def _read(self, verb: str, path: str, body: object | None) -> Answer:
        try:
            answer = self._exchange(self._reader, verb, path, body)
        except requests.RequestException as error:
            raise Transient(f"GitHub at {self.host} gave no answer ({_name(error)})", _CONNECTION_HINT) from None
        raise_for_limits(answer, Transient)
        if answer.status == 401:
            raise_for_status(answer)
        if answer.status == 202 or answer.status >= 500:
            failure = TooHeavy if answer.status in (502, 504) else Transient
            raise failure(f"GitHub at {self.host} answered {answer.status}", retry_after=answer_wait(answer))
        return answer

    def _write(self, verb: str, path: str, body: object | None) -> Answer:
        what = f"GitHub at {self.host} gave no answer to {verb} {plain(path)}"
        try:
            answer = self._exchange(self._writer, verb, path, body)
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise Refused(f"GitHub at {self.host} cannot be reached ({_name(error)})", _CONNECTION_HINT) from None
            raise OutcomeUnknown(f"{what} ({_name(error)})") from None
        except requests.RequestException as error:
            raise OutcomeUnknown(f"{what} ({_name(error)})") from None
        raise_for_limits(answer, Refused)
        if answer.status >= 500:
            raise OutcomeUnknown(f"GitHub at {self.host} answered {answer.status} to {verb} {plain(path)}")
        raise_for_status(answer)
        return answer

    def _exchange(self, requester: Any, verb: str, path: str, body: object | None) -> Answer:
        """Send once. A server that repeats the token (an error page of a proxy) must not get it into a message."""
        self.requests += 1
        try:
            answer = _masked(requester.requestJson(verb, path, input=body, cnx=self._connection), requester.auth.token)
        except GithubException as error:  # an App's installation token could not be fetched
            raise NotAuthorised(
                f"GitHub at {self.host} gave the App no token (answer {error.status})",
                "Check id, installation and key_file of `app` in the config.",
            ) from None
        if not is_same_server(self.url, answer.redirects_to):
            raise Forbidden(
                f"GitHub redirects {plain(path)} to another host ({plain(answer.redirects_to)[:80]}): not followed",
                "Check the tracker's `url` in the config.",
            )
        return answer


def _masked(sent: tuple[int, Mapping[str, str], str], token: str) -> Answer:
    status, headers, text = sent
    return Answer(status, {name: _mask(value, token) for name, value in headers.items()}, _mask(text, token))


def _mask(text: str, token: str) -> str:
    """The text without the token. A text as short as "t" is no real token, and would tear the answer apart."""
    return text.replace(token, "***") if len(token) >= SHORTEST_TOKEN else text


class _Tamed:
    """Keeps PyGithub from following a 301 (it loses the query), recursing on 202, reading a limit that is no number."""

    def getresponse(self) -> RequestsResponse:
        response: RequestsResponse = super().getresponse()  # type: ignore[misc]
        response.status = {301: 308, 202: 503}.get(response.status, response.status)
        for name, value in list(response.headers.items()):
            if name.lower().startswith("x-ratelimit-") and not re.fullmatch("[0-9]{1,12}", value):
                del response.headers[name]
        return response


class _HTTPS(_Tamed, HTTPSRequestsConnectionClass):
    pass


class _HTTP(_Tamed, HTTPRequestsConnectionClass):
    pass


_CONNECTION_HINT = "Check the network and the tracker's `url`; what was read so far is kept."


def is_same_server(url: str, target: str) -> bool:
    """Whether a redirect stays on the server that the token is for."""
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, target))
        return (here.scheme, here.hostname, _port(here)) == (there.scheme, there.hostname, _port(there))
    except ValueError:  # no address at all
        return False


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def raise_for_limits(answer: Answer, failure: type[Transient]) -> None:
    """Raise `failure` when the answer is a rate limit, primary or secondary, with the wait GitHub asks for."""
    if answer.status not in (403, 429):
        return
    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    secondary = "rate limit" in answer.body.casefold()
    if answer.status == 429 or spent or secondary or "retry-after" in answer.headers:
        raise failure(f"GitHub asks to slow down (answer {answer.status})", retry_after=answer_wait(answer) or 60.0)


def answer_wait(answer: Answer) -> float | None:
    """Seconds to wait: Retry-After, else the reset when nothing remains, else None (the caller doubles)."""
    said = answer.headers.get("retry-after")
    if said is not None:
        return parse_retry_after(said, answer.clock)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and answer.clock and reset.isdigit():
        return max(0.0, int(reset) - answer.clock.timestamp())
    return None


def raise_for_status(answer: Answer) -> None:
    """Raise what a clear answer of 3xx and 4xx means. The body is quoted shortened, headers never."""
    if answer.status < 300:
        return
    if answer.status == 401:
        raise NotAuthorised("GitHub refused the token (answer 401)", "Make a new one and set the environment variable.")
    if answer.status < 400:
        raise Rejected("the repository has moved", "Change `repository` in the config to its new name.")
    said = _message(answer)
    if answer.status == 403:
        needed = plain(answer.headers.get("x-accepted-github-permissions", ""))
        detail = f"; it needs {needed}" if needed else ""
        raise Forbidden(f"GitHub does not let this token do that ({said}{detail})", _PERMISSION_HINT)
    if answer.status == 404:
        raise Rejected(f"GitHub does not find it, or hides it from this token ({said})", _PERMISSION_HINT)
    raise Rejected(f"GitHub said no (answer {answer.status}: {said})")


class _GraphQLError(msgspec.Struct, frozen=True):
    message: str = ""
    type: str = ""
    path: tuple[str | int, ...] = ()


class _Envelope(msgspec.Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: tuple[_GraphQLError, ...] = ()


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""
    errors: tuple[Any, ...] = ()


def _parse_graphql(answer: Answer, shape: type[T]) -> T:
    """The data of an answer; what is not found, and known issues that cannot be read, are the caller's nulls."""
    raise_for_status(answer)
    envelope = decode_read(answer, _Envelope)
    for error in envelope.errors:
        _raise_for_error(error, answer)
    try:
        return msgspec.json.decode(envelope.data, type=shape)
    except msgspec.ValidationError as error:
        if envelope.errors:
            raise TooHeavy(f"GitHub could not answer the query ({plain(envelope.errors[0].message)[:120]})") from None
        raise Transient(f"GitHub's answer has an unexpected shape ({error})") from None


def _raise_for_error(error: _GraphQLError, answer: Answer) -> None:
    said = plain(error.message)[:160]
    if error.type in ("RATE_LIMITED", "RATE_LIMIT"):
        raise Transient(f"GitHub asks to slow down ({said})", retry_after=answer_wait(answer) or 60.0)
    if error.type == "NOT_FOUND" and error.path == ("repository",):
        raise NotAuthorised(
            f"GitHub does not find the repository, or hides it from this token ({said})",
            "Check `repository` in the config and the token's access. Nothing is marked missing.",
        )
    if error.path[:1] == ("nodes",) or error.type == "NOT_FOUND":
        return
    if error.type in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
        raise Forbidden(f"GitHub does not let this token read that ({said})", _PERMISSION_HINT)
    # What it left out would look like nothing: no issue, no comment, no evidence.
    raise TooHeavy(f"GitHub could not answer the query ({said[:120]})")


def decode_read(answer: Answer, shape: type[T]) -> T:
    """The reply to a read; one that cannot be read is asked for again."""
    try:
        return msgspec.json.decode(answer.body.encode(), type=shape)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise Transient(
            f"GitHub answered something that is not what it should be ({len(answer.body)} characters)"
        ) from None


def decode_written(answer: Answer, shape: type[T]) -> T:
    """The reply to a write; one that cannot be read leaves the outcome unknown."""
    try:
        return msgspec.json.decode(answer.body.encode(), type=shape)
    except (msgspec.DecodeError, UnicodeEncodeError):
        _raise_unreadable(answer)


def _raise_unreadable(answer: Answer) -> NoReturn:
    raise OutcomeUnknown(f"GitHub's answer {answer.status} to a write could not be read")


def _message(answer: Answer) -> str:
    try:
        problem = msgspec.json.decode(answer.body.encode(), type=_Problem)
    except msgspec.DecodeError:
        return plain(answer.body)[:120]
    details = "; ".join(_detail(error) for error in problem.errors)
    return plain(f"{problem.message}: {details}" if details else problem.message)[:240]


def _detail(error: Any) -> str:
    if isinstance(error, dict):
        return " ".join(str(error[name]) for name in ("field", "code", "message") if error.get(name))
    return str(error)


def _name(error: BaseException) -> str:
    """What happened, without the address and headers that the message of the exception may hold."""
    return type(error).__name__


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether the request never left: then nothing can have been written."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
