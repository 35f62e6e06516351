"""Merged pull requests that Jira's development panel knows of an issue: read only where the config asks for it.

This is no official API: the panel is `/rest/dev-status/latest/issue/…`, as Jira's own pages use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from sync.adapters.jira_answers import parse_time
from sync.port import RemoteChange
from tracker.errors import NotAuthorised
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from sync.adapters.jira_client import Client

T = TypeVar("T")

PANEL = "//rest/dev-status/latest/issue"


class _Pulls(Struct, frozen=True, rename="camel"):
    by_instance_type: dict[str, object] = {}


class _Found(Struct, frozen=True):
    pullrequest: _Pulls = _Pulls()


class _Summary(Struct, frozen=True):
    summary: _Found = _Found()


class _Author(Struct, frozen=True):
    name: str = ""


class _Pull(Struct, frozen=True, rename="camel"):
    url: str = ""
    name: str = ""
    status: str = ""
    last_update: str | None = None
    author: _Author | None = None


class _Detail(Struct, frozen=True, rename="camel"):
    pull_requests: list[_Pull] = []


class _Details(Struct, frozen=True):
    detail: list[_Detail] = []


def read_merged(client: Client, issue_id: str) -> tuple[RemoteChange, ...]:
    """Merged pull requests of an issue; none where the panel does not answer as it used to."""
    summary = _read(client, "summary", _Summary, issueId=issue_id)
    if summary is None:
        return ()
    found: list[RemoteChange] = []
    for kind in summary.summary.pullrequest.by_instance_type:
        details = _read(client, "detail", _Details, issueId=issue_id, applicationType=kind, dataType="pullrequest")
        pulls = [pull for detail in details.detail for pull in detail.pull_requests] if details else []
        found += [change for pull in pulls if (change := _merged(pull)) is not None]
    return tuple(found)


def _read(client: Client, what: str, shape: type[T], **query: str) -> T | None:
    try:
        answer = client.look(f"{PANEL}/{what}", **query)
    except (
        NotAuthorised
    ):  # a token with scopes does not open the panel; one that fails in passing ends the run as usual
        return None
    if answer.status != 200:
        return None
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError:
        return None


def _merged(pull: _Pull) -> RemoteChange | None:
    at = parse_time(pull.last_update)
    if pull.status != "MERGED" or at is None:
        return None
    author = pull.author.name if pull.author else ""
    return RemoteChange(kind=EvidenceKind.MERGED_PULL_REQUEST, url=pull.url, at=at, author=author, title=pull.name)
