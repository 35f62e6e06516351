"""One HTTP conversation with a GitHub through PyGithub. What an answer means is read in `github_meaning`.

PyGithub would repeat a POST whose reply was lost, sleep half an hour at a rate limit, follow a redirect without its
query and recurse on 202 (all measured). So it retries and follows nothing here, and every status is read by us.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from github import Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester, RequestsResponse

from sync.adapters.conversation import (
    CONNECTION_HINT,
    TIMEOUT,
    Answer,
    error_name,
    is_loopback,
    is_same_server,
    mask,
    never_connected,
)
from sync.adapters.github_meaning import (
    Envelope,
    TooHeavy,
    answer_wait,
    decode_read,
    parse_graphql,
    raise_for_limits,
    raise_for_status,
)
from sync.port import Forbidden, OutcomeUnknown, Refused, Transient
from tracker import __version__
from tracker.errors import NotAuthorised
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from github.Auth import Auth

T = TypeVar("T")

# PyGithub's debug log would hold whole answers, an App's fresh token among them: no setting may switch it on.
_SILENT = logging.getLogger("track.github")
_SILENT.disabled = True
Requester.injectLogger(_SILENT)

SECONDS_BETWEEN_WRITES = 1.0
"""What GitHub asks for, lest it answers with a secondary rate limit. A sandbox on loopback needs none."""


class Client:
    """Sends requests to one server, with one token, to no other host. Counts them in `requests`."""

    def __init__(self, url: str, auth: Auth) -> None:
        parts = urlsplit(url)
        self.url = url
        self.host = parts.hostname or ""
        self.requests = 0
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
            for gap in (0, 0 if is_loopback(self.host) else SECONDS_BETWEEN_WRITES)
        )

    def query(self, text: str, variables: Mapping[str, Any], shape: type[T]) -> tuple[T, Answer]:
        """Read by GraphQL. Raises Transient when trying again may help."""
        answer = self._read("POST", self._reader.graphql_url, {"query": text, "variables": dict(variables)})
        return parse_graphql(answer, shape), answer

    def mutate(self, text: str, variables: Mapping[str, Any]) -> list[str]:
        """Write by GraphQL, once; gives the types of the errors it answered with."""
        answer = self._write("POST", self._writer.graphql_url, {"query": text, "variables": dict(variables)})
        return [error.type for error in decode_read(answer, Envelope).errors]

    def get(self, path: str) -> Answer:
        """Read by REST, following redirects on the same host. The status is the caller's to judge, below 500."""
        answer = self._read("GET", path, None)
        for _hop in range(3):
            if not answer.redirects_to:
                break
            followed = self._read("GET", urljoin(self.url, answer.redirects_to), None)
            answer = Answer(followed.by, followed.status, {**followed.headers, "x-redirected": "yes"}, followed.body)
        return answer

    def send(self, verb: str, path: str, body: object | None) -> Answer:
        """Write by REST, once. Raises OutcomeUnknown when no whole answer came back."""
        return self._write(verb, path, body)

    def _read(self, verb: str, path: str, body: object | None) -> Answer:
        try:
            answer = self._exchange(self._reader, verb, path, body)
        except requests.RequestException as error:
            raise Transient(f"GitHub at {self.host} gave no answer ({error_name(error)})", CONNECTION_HINT) from None
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
            if never_connected(error):
                raise Refused(
                    f"GitHub at {self.host} cannot be reached ({error_name(error)})", CONNECTION_HINT
                ) from None
            raise OutcomeUnknown(f"{what} ({error_name(error)})") from None
        except requests.RequestException as error:
            raise OutcomeUnknown(f"{what} ({error_name(error)})") from None
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
    told = {name: mask(value, token) for name, value in headers.items()}
    return Answer("GitHub", status, told, mask(text, token).encode("utf-8", "surrogatepass"))


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
