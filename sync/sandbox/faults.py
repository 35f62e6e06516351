"""What can go wrong between a client and the sandbox, as data, and how each fault is done to a request.

A plan is asked once for every API request. `When(DropAfter(), at=3)` cuts the connection of the third request after it
was carried out; other conditions choose by method, path and GraphQL operation.
"""

from __future__ import annotations

import io
import re
import socket
from typing import TYPE_CHECKING, NoReturn, assert_never

import msgspec
from msgspec import Struct
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable


class DropBefore(Struct, frozen=True):
    """The connection is cut and nothing is carried out."""


class DropAfter(Struct, frozen=True):
    """The request is carried out, then the connection is cut."""


class Status(Struct, frozen=True):
    """Another answer is given; with `after_write` the request is carried out all the same."""

    code: int
    headers: dict[str, str] = {}
    body: str = '{"message": "Something went wrong."}'
    after_write: bool = False


class Truncate(Struct, frozen=True):
    """The request is carried out; half of the answer arrives, under the length of the whole."""


class Garbage(Struct, frozen=True):
    """The request is carried out; what arrives is 200 and no JSON."""


class Delay(Struct, frozen=True):
    """The answer comes late; with `before` the request is carried out late, too."""

    seconds: float
    before: bool = False


class RepeatCursor(Struct, frozen=True):
    """The list of a GraphQL answer, or of a Jira search, says that more follows behind the cursor that was sent."""


class StoreFirst(Struct, frozen=True):
    """Only the first rows of a bulk create of Jira are carried out, then the connection is cut."""

    rows: int


Fault = DropBefore | DropAfter | Status | Truncate | Garbage | Delay | RepeatCursor | StoreFirst


def secondary_limit(retry_after: str | None = None) -> Status:
    """GitHub's answer to too many requests at a time."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Status(403, _retry(retry_after), msgspec.json.encode({"message": message}).decode())


def too_many(retry_after: str | None = None) -> Status:
    """429, with `Retry-After` as seconds or a date, or without."""
    return Status(429, _retry(retry_after), '{"message": "Too many requests"}')


def jira_limit(retry_after: str | None = "5", reason: str = "jira-burst-based", reset: str | None = None) -> Status:
    """Jira Cloud's answer to too many requests, with the reason that it gives; `reset` is a time, to the minute."""
    told = {"RateLimit-Reason": reason, "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}
    told |= {} if reset is None else {"X-RateLimit-Reset": reset}
    return Status(429, told | _retry(retry_after), '{"errorMessages": ["Rate limit exceeded."], "errors": {}}')


def jira_dc_limit(retry_after: str = "5") -> Status:
    """Jira Data Center's answer to too many requests: a bucket that is filled again, and an error of another shape."""
    told = {"X-RateLimit-Limit": "70", "X-RateLimit-Remaining": "0"}
    told |= {"X-RateLimit-FillRate": "5", "X-RateLimit-Interval-Seconds": "1"}
    return Status(429, told | _retry(retry_after), '{"message": "Rate limit exceeded."}')


def _retry(after: str | None) -> dict[str, str]:
    return {} if after is None else {"Retry-After": after}


class When(Struct, frozen=True):
    """A fault and the requests it happens to; what is left empty fits any.

    `at` is the place among the requests that the plan was asked about, from 1; `path` is a pattern to search for;
    `operation` a GraphQL operation. It happens `times` times, without end when None.
    """

    fault: Fault
    at: int = 0
    method: str = ""
    path: str = ""
    operation: str = ""
    times: int | None = 1

    def fits(self, ordinal: int, method: str, path: str, operation: str) -> bool:
        """Whether this request is meant."""
        return (
            self.at in (0, ordinal)
            and self.method in ("", method)
            and self.operation in ("", operation)
            and re.search(self.path, path) is not None
        )


class FaultPlan:
    """The faults of one test; `seen` counts the requests, `met` the faults that happened."""

    def __init__(self, *rules: When) -> None:
        self.seen = 0
        self.met = 0
        self._left = [(rule, rule.times) for rule in rules]

    def next(self, method: str, path: str, operation: str = "") -> Fault | None:
        """The fault that this request meets: the first that fits and is not used up."""
        self.seen += 1
        for index, (rule, left) in enumerate(self._left):
            if left != 0 and rule.fits(self.seen, method, path, operation):
                self._left[index] = (rule, None if left is None else left - 1)
                self.met += 1
                return rule.fault
        return None


def answer_with(
    fault: Fault | None, request: Request, proceed: Callable[[Request], Response], pause: Callable[[float], object]
) -> Response:
    """The answer that a request gets under this fault; `proceed` carries it out, or what the fault leaves of it."""
    match fault:
        case None:
            return proceed(request)
        case DropBefore():
            return cut(request)
        case DropAfter():
            proceed(request)
            return cut(request)
        case Status():
            _ = proceed(request) if fault.after_write else None
            return Response(fault.body, fault.code, fault.headers, content_type="application/json; charset=utf-8")
        case Truncate():
            return _truncated(proceed(request))
        case Garbage():
            proceed(request)
            return Response("<html>not what you asked for", 200, content_type="application/json; charset=utf-8")
        case Delay():
            return _delayed(fault, lambda: proceed(request), pause)
        case RepeatCursor():
            return _repeated(request, proceed(request))
        case StoreFirst():
            proceed(_first_rows(request, fault.rows))
            return cut(request)
    assert_never(fault)


def cut(request: Request) -> NoReturn:
    """Cut the connection, so that the client sees it end without an answer; the server knows this error for one."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut by the fault plan")


def _truncated(whole: Response) -> Response:
    body = whole.get_data()
    headers = [(name, value) for name, value in whole.headers if name != "Content-Length"]
    half = Response(body[: len(body) // 2], whole.status_code, headers)
    half.headers["Content-Length"] = str(len(body))
    return half


def _delayed(fault: Delay, proceed: Callable[[], Response], pause: Callable[[float], object]) -> Response:
    if fault.before:
        pause(fault.seconds)
        return proceed()
    response = proceed()
    pause(fault.seconds)
    return response


def _first_rows(request: Request, rows: int) -> Request:
    """The same request with the first rows only; one without rows as it is."""
    given = msgspec.json.decode(request.get_data() or b"null")
    if not isinstance(given, dict) or not isinstance(given.get("issueUpdates"), list):
        return request
    body = msgspec.json.encode({**given, "issueUpdates": given["issueUpdates"][:rows]})
    environ = {**request.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return Request({key: value for key, value in environ.items() if key != "werkzeug.request"})


def _repeated(request: Request, response: Response) -> Response:
    """Every list at the top of the repository, or the found issues of Jira, end with the cursor that was sent."""
    answer = msgspec.json.decode(response.get_data())
    if "data" in answer:
        sent = (msgspec.json.decode(request.get_data()).get("variables") or {}).get("after")
        for listed in answer["data"]["repository"].values():
            if isinstance(listed, dict) and "pageInfo" in listed:
                page = listed["pageInfo"]
                listed["pageInfo"] = {"hasNextPage": True, "endCursor": sent or page["endCursor"]}
    else:
        body = msgspec.json.decode(request.get_data() or b"{}")
        sent = request.args.get("nextPageToken") or body.get("nextPageToken")
        answer |= {"isLast": False, "nextPageToken": sent or answer.get("nextPageToken", "again")}
    response.set_data(msgspec.json.encode(answer))
    return response
