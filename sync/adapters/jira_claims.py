"""Claims on a Jira project: who pushes a review just now, kept as a property of the project."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec import Struct

from sync.adapters.jira_meaning import raise_for_status
from sync.port import Claim, Transient
from tracker.recorded import Instant

if TYPE_CHECKING:
    from sync.adapters.jira_client import Client

_ANOTHER = "another machine"


class Kept(Struct, frozen=True):
    """What a claim property holds."""

    holder: str
    until: Instant


class _Claimed(Struct, frozen=True):
    value: Kept


class Claims:
    """Takes and releases claims on one project."""

    def __init__(self, client: Client, project: str) -> None:
        self._client, self._project = client, project
        self._unclaimed: set[str] = set()
        self._lost: set[str] = set()

    def take(self, name: str, holder: str, seconds: int) -> Claim:
        """A property of the project: Jira says 201 to the one of two at once that made it, 200 to the other.

        An account that may not administer the project cannot keep a claim: it goes ahead without, and two machines at
        the same moment are told apart by rule afterwards.
        """
        path = self._path(name)
        for _attempt in range(3):
            held, now = self._held(path)
            until = now + timedelta(seconds=seconds)
            if held is not None and held.holder != holder:
                if held.until > now:
                    return Claim(name=name, holder=held.holder, until=held.until)
                if self._held(path)[0] == held:  # nobody took it over meanwhile
                    self._drop(path)
                continue
            if held is not None and name in self._lost:
                return Claim(name=name, holder=_ANOTHER, until=held.until)
            mine = Claim(name=name, holder=holder, until=until)
            answer = self._client.try_to_send("PUT", path, {"holder": holder, "until": until.isoformat()})
            if answer.status in (403, 404):
                self._unclaimed.add(name)
                return mine
            raise_for_status(answer)
            if answer.status == 201 or held is not None:
                return mine
            # Another was quicker, and what it wrote is gone: say that it is not ours.
            self._lost.add(name)
            self._client.send("PUT", path, {"holder": _ANOTHER, "until": until.isoformat()})
            return Claim(name=name, holder=_ANOTHER, until=until)
        raise Transient(f"the claim {name} can neither be taken nor read", "Push again in a minute.")

    def release(self, claim: Claim) -> None:
        """Delete the property, if it is still ours: nobody else takes it before its time is over."""
        if claim.name in self._unclaimed:
            return
        path = self._path(claim.name)
        if self._client.clock >= claim.until:
            held, _now = self._held(path)
            if held is None or held.holder != claim.holder:
                return
        self._drop(path)

    def _held(self, path: str) -> tuple[Kept | None, datetime]:
        """Who holds a claim, and the server's clock; one that nobody can read has run out."""
        answer = self._client.look(path)
        if answer.status in (403, 404):
            return None, answer.time
        raise_for_status(answer)
        try:
            kept = msgspec.json.decode(answer.body, type=_Claimed).value
        except msgspec.DecodeError:
            kept = Kept(holder="", until=answer.time)
        return kept, answer.time

    def _drop(self, path: str) -> None:
        """Delete what may be gone already."""
        answer = self._client.try_to_send("DELETE", path)
        if answer.status != 404:
            raise_for_status(answer)

    def _path(self, name: str) -> str:
        return f"/project/{self._project}/properties/{quote(name, safe='')}"
