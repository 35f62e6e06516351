"""One HTTP conversation with a GitHub through PyGithub, and what its answers mean in our closed set of failures.

PyGithub would repeat a POST whose reply was lost, sleep half an hour at a rate limit, follow a redirect without its
query and recurse on 202 (all measured). So it retries and follows nothing here, and every status is read by us.
"""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from github import Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, RequestsResponse

from sync.port import Forbidden, OutcomeUnknown, Refused, Rejected, Transient
from sync.waiting import parse_retry_after
from tracker import __version__
from tracker.errors import NotAuthorised
from tracker.text import plain

if TYPE_CHECKING:
    from github.Auth import Auth

T = TypeVar("T")

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
    def time(self) -> datetime:
        """The server's clock."""
        said = self.headers.get("date", "")
        try:
            return email.utils.parsedate_to_datetime(said).astimezone(UTC)
        except ValueError:
            raise Transient(f"GitHub answered without a readable Date header ({plain(said)[:40]!r})") from None


class Client:
    """Sends requests to one server, with one token, to no other host. Counts them in `requests`."""

    def __init__(self, url: str, auth: Auth) -> None:
        parts = urlsplit(url)
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
        return [error.type for error in _decode(answer, _Envelope).errors]

    def get(self, path: str) -> Answer:
        """Read by REST, following redirects on the same host. The status is the caller's to judge, below 500."""
        answer = self._read("GET", path, None)
        for _hop in range(3):
            target = answer.headers.get("location", "")
            if answer.status not in (301, 302, 307, 308) or not target:
                break
            parts = urlsplit(target)
            if parts.hostname not in (None, self.host):
                raise Forbidden(
                    f"GitHub redirects {plain(path)} to another host ({plain(target)[:80]}): not followed",
                    "Check the tracker's `url` in the config.",
                )
            followed = self._read("GET", target, None)
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
        self.requests += 1
        try:
            status, headers, text = requester.requestJson(verb, path, input=body, cnx=self._connection)
        except GithubException as error:  # an App's installation token could not be fetched
            raise NotAuthorised(
                f"GitHub at {self.host} gave the App no token (answer {error.status})",
                "Check id, installation and key_file of `app` in the config.",
            ) from None
        return Answer(status, headers, text)


class _NoRedirect:
    """Keeps PyGithub from following a 301 by itself (it loses the query) and from recursing on 202."""

    def getresponse(self) -> RequestsResponse:
        response: RequestsResponse = super().getresponse()  # type: ignore[misc]
        response.status = {301: 308, 202: 503}.get(response.status, response.status)
        return response


class _HTTPS(_NoRedirect, HTTPSRequestsConnectionClass):
    pass


class _HTTP(_NoRedirect, HTTPRequestsConnectionClass):
    pass


_CONNECTION_HINT = "Check the network and the tracker's `url`; what was read so far is kept."


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
        return parse_retry_after(said, answer.time)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, int(reset) - answer.time.timestamp())
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
    """The data of an answer; errors that leave the data whole enough to use are the caller's nulls."""
    raise_for_status(answer)
    envelope = _decode(answer, _Envelope)
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
    if error.type in ("FORBIDDEN", "INSUFFICIENT_SCOPES") and error.path[:1] != ("nodes",):
        raise Forbidden(f"GitHub does not let this token read that ({said})", _PERMISSION_HINT)


def _decode(answer: Answer, shape: type[T]) -> T:
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
