"""What GitHub's answers mean in our closed set of failures. Pure: nothing is sent here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from sync.port import Forbidden, Rejected, Transient
from tracker.errors import NotAuthorised
from tracker.text import plain

if TYPE_CHECKING:
    from sync.adapters.conversation import Answer

T = TypeVar("T")

_PERMISSION_HINT = "`track doctor` lists the permissions the token needs."


class TooHeavy(Transient):
    """A query that took GitHub too long; half a page may do."""


def raise_for_limits(answer: Answer, failure: type[Transient]) -> None:
    """Raise `failure` when the answer is a rate limit, primary or secondary, with the wait GitHub asks for."""
    if answer.status not in (403, 429):
        return
    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    secondary = b"rate limit" in answer.body.lower()
    if answer.status == 429 or spent or secondary or "retry-after" in answer.headers:
        raise failure(f"GitHub asks to slow down (answer {answer.status})", retry_after=answer_wait(answer) or 60.0)


def answer_wait(answer: Answer) -> float | None:
    """Seconds to wait: Retry-After, else the reset when nothing remains, else None (the caller doubles)."""
    if "retry-after" in answer.headers:
        return answer.retry_after
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


class Envelope(msgspec.Struct, frozen=True):
    """A GraphQL answer before its data is read."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: tuple[_GraphQLError, ...] = ()


class _Problem(msgspec.Struct, frozen=True):
    message: str = ""
    errors: tuple[Any, ...] = ()


def parse_graphql(answer: Answer, shape: type[T]) -> T:
    """The data of an answer; what is not found, and known issues that cannot be read, are the caller's nulls."""
    raise_for_status(answer)
    envelope = decode_read(answer, Envelope)
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
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError:
        raise Transient(f"GitHub answered something that is not what it should be ({len(answer.body)} bytes)") from None


def _message(answer: Answer) -> str:
    try:
        problem = msgspec.json.decode(answer.body, type=_Problem)
    except msgspec.DecodeError:
        return plain(answer.body.decode("utf-8", "replace"))[:120]
    details = "; ".join(_detail(error) for error in problem.errors)
    return plain(f"{problem.message}: {details}" if details else problem.message)[:240]


def _detail(error: Any) -> str:
    if isinstance(error, dict):
        return " ".join(str(error[name]) for name in ("field", "code", "message") if error.get(name))
    return str(error)
