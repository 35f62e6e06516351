"""Claims on a GitHub repository: who pushes a review just now, kept as a label of the repository."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sync.adapters import github_queries as queries
from sync.adapters import github_replies as replies
from sync.port import Claim, Rejected, Transient
from sync.wording import claim_description

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sync.adapters.conversation import Answer
    from sync.adapters.github_client import Client

T = TypeVar("T")

_CLAIMED = re.compile(r"until (?P<until>\S+Z) \[(?P<holder>[^\]]+)\]")


class Query(Protocol):
    """A query of the repository, tried again within the wait budget."""

    def __call__(self, text: str, variables: Mapping[str, Any], shape: type[T], /) -> tuple[T, Answer]:
        """The reply, and the answer that it came in."""
        ...


class Claims:
    """Takes and releases claims on one repository. `path` is where its labels are made, which changes with its name."""

    def __init__(self, client: Client, query: Query, path: Callable[[], str]) -> None:
        self._client, self._query, self._path = client, query, path

    def take(self, name: str, holder: str, seconds: int) -> Claim:
        """Create a label: GitHub lets exactly one of two at once do so. One that ran out is deleted by its id first."""
        for _attempt in range(3):
            label, now = self._label(name)
            if label is None:
                until = now + timedelta(seconds=seconds)
                body = {"name": name, "color": "cccccc", "description": claim_description(holder, until)}
                try:
                    self._client.send("POST", self._path(), body)
                except Rejected:
                    label, now = self._label(name)
                    if label is None:
                        raise
                    return _claim_of(name, label, now)
                return Claim(name=name, holder=holder, until=until)
            claim = _claim_of(name, label, now)
            if claim.holder != holder and claim.until > now:
                return claim
            self._client.mutate(queries.DELETE_LABEL, {"id": label.id})
        raise Transient(f"the claim {name} can neither be taken nor read", "Push again in a minute.")

    def release(self, claim: Claim) -> None:
        """Delete the label, if it is still ours."""
        label, now = self._label(claim.name)
        if label is not None and _claim_of(claim.name, label, now).holder == claim.holder:
            self._client.mutate(queries.DELETE_LABEL, {"id": label.id})

    def _label(self, name: str) -> tuple[replies.Label | None, datetime]:
        """The label of a claim, and the server's clock."""
        reply, answer = self._query(queries.LABEL, {"label": name}, replies.Labelled)
        return reply.repository.label, answer.time


def _claim_of(name: str, label: replies.Label, now: datetime) -> Claim:
    """Who holds a claim label, and until when; one that nobody can read has run out."""
    said = _CLAIMED.search(label.description or "")
    if said is None:
        return Claim(name=name, holder="", until=now)
    try:
        until = datetime.fromisoformat(said["until"])
    except ValueError:
        until = now
    return Claim(name=name, holder=said["holder"], until=until)
