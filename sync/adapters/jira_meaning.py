"""What Jira's answers mean in our closed set of failures. Pure: nothing is sent here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sync.port import Forbidden, Rejected, Transient
from tracker.errors import NotAuthorised
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.adapters.conversation import Answer

T = TypeVar("T")

DEFAULT_WAIT = 60.0
"""Seconds to wait at a limit that does not say how long."""

_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_PERMISSION_HINT = "`track doctor` lists the permissions the account needs."
_REFUSED_HINT = (
    "On Jira Cloud the token is an API token and `email` the address of its account; a scoped or service account's "
    'token needs `api_url`. On Data Center it is a personal access token, with deployment = "data-center".'
)


class Complaint(msgspec.Struct, frozen=True, rename="camel"):
    """How Jira says no: general messages, and messages by field."""

    error_messages: list[str] | str = []
    errors: dict[str, object] = {}
    message: str = ""
    error_message: str = ""

    @property
    def text(self) -> str:
        """All of it on one line, shortened."""
        general = [self.error_messages] if isinstance(self.error_messages, str) else self.error_messages
        said = [*general, self.message, self.error_message, *(f"{name}: {why}" for name, why in self.errors.items())]
        return plain("; ".join(part for part in said if part))[:240]


def read_complaint(body: bytes) -> Complaint:
    """What a body complains of; a page that is no JSON is quoted shortened."""
    try:
        return msgspec.json.decode(body, type=Complaint)
    except msgspec.DecodeError:
        return Complaint(message=plain(body.decode("utf-8", "replace"))[:120])


def is_nobody(answer: Answer) -> bool:
    """Whether Jira answered as to somebody without a token."""
    return answer.headers.get("x-ausername") == "anonymous"


def raise_for_limits(answer: Answer, failure: type[Transient]) -> None:
    """Raise `failure` when the answer is a rate limit, with the wait Jira asks for."""
    if answer.status == 429:
        reason = plain(answer.headers.get("ratelimit-reason", ""))
        wait = answer.retry_after
        raise failure(
            f"Jira asks to slow down (answer 429{f', {reason}' if reason else ''})",
            retry_after=DEFAULT_WAIT if wait is None else wait,
        )


def raise_for_status(answer: Answer) -> None:
    """Raise what a clear answer of 3xx and 4xx means. The body is quoted shortened, headers never.

    Data Center may take a token that it does not know for no token at all, and answer as to anybody.
    """
    if answer.status < 300 and not is_nobody(answer):
        return
    if answer.status == 401 or is_nobody(answer):
        raise NotAuthorised(f"Jira refused the token (answer {answer.status})", _REFUSED_HINT)
    if answer.status < 400:
        raise Forbidden(
            f"Jira sends us elsewhere ({plain(answer.redirects_to)[:80]})",
            "Check the tracker's `url` in the config: a log-in page may stand before Jira, or its address changed.",
        )
    said = read_complaint(answer.body).text
    if answer.status == 403:
        denied = plain(answer.headers.get("x-authentication-denied-reason", ""))
        raise Forbidden(f"Jira does not let this account do that ({denied or said})", _PERMISSION_HINT)
    if answer.status == 404:
        raise Rejected(f"Jira does not find it, or hides it from this account ({said})", _PERMISSION_HINT)
    raise Rejected(f"Jira said no (answer {answer.status}: {said})")


def decode_read(answer: Answer, shape: type[T]) -> T:
    """The reply to a read; one that cannot be read is asked for again.

    Anybody who may edit an issue can nest a document or a property so deep that no parser follows: that part is left
    out, so that one issue does not keep all others from being read.
    """
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except RecursionError:
        return msgspec.json.decode(without_depths(answer.body), type=shape)
    except msgspec.DecodeError:
        raise Transient(
            f"Jira answered something that is not what it should be ({len(answer.body)} bytes)",
            "Check that the tracker's `url` leads to a Jira.",
        ) from None


def without_depths(body: bytes, deepest: int = 100) -> bytes:
    """The JSON with `null` for everything that is nested deeper."""
    kept: list[bytes] = []
    depth = start = 0
    for found in _STRUCTURE.finditer(body):
        if found[0] in b"[{":
            depth += 1
            if depth == deepest + 1:
                kept += [body[start : found.start()], b"null"]
        elif found[0] in b"]}":
            depth -= 1
            start = found.end() if depth == deepest else start
    return b"".join((*kept, body[start:]))


def name_fields(errors: Mapping[str, object]) -> str:
    """The complaints about fields, for people."""
    return plain("; ".join(f"{name}: {why}" for name, why in errors.items()))[:240]
