"""Jira, Cloud and Data Center, behind the port."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
from msgspec import Struct

from sync.adapters import jira_queries as queries
from sync.adapters.jira_checks import check_access
from sync.adapters.jira_client import Client
from sync.adapters.jira_data_center import DataCenterFinder
from sync.adapters.jira_finding import CloudFinder
from sync.adapters.jira_meaning import raise_for_status
from sync.adapters.jira_people import People
from sync.adapters.jira_reader import DOCUMENTS, WIKI, Reader
from sync.adapters.jira_writing import Writer
from sync.port import (
    Absence,
    Absent,
    Check,
    Claim,
    Created,
    Draft,
    Known,
    OutcomeUnknown,
    Page,
    Patch,
    Rejected,
    RemoteIssue,
    Transient,
)
from tracker.model import Instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sync.waiting import Waiting
    from tracker.config import JiraTracker

BULK = 50
"""How many issues a bulk create takes (Jira Cloud and Data Center)."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]+-\d{1,12}")


class Jira:
    """A TrackerAdapter for one project. One instance a thread. `version` is that of Cloud's API: 3, or 2 in tests."""

    bulk = BULK

    def __init__(self, settings: JiraTracker, token: str, waiting: Waiting, *, version: int = 3) -> None:
        cloud = settings.deployment == "cloud"
        version = version if cloud else 2
        self.name, self.home = settings.name, settings.project
        self._site = settings.url
        self._cloud = cloud
        self.client = Client(settings.rest_url, token, waiting, cloud=cloud, email=settings.email, version=version)
        texts = DOCUMENTS if version == 3 else WIKI
        not_done = frozenset(name.casefold() for name in settings.not_done_resolutions)
        people = People(self.client, self.home, cloud=cloud, trusted=settings.trusted)
        self._people, self._settings = people, settings
        self._reader = Reader(settings.url, people, texts, not_done)
        self._writer = Writer(
            self.client,
            self._reader,
            texts,
            project=self.home,
            issue_type=settings.issue_type,
            optional=settings.optional_fields,
            not_done=not_done,
        )
        finder = CloudFinder if cloud else DataCenterFinder
        self._finder = finder(self.client, self._reader, self.home, not_done, development=settings.development_panel)
        self._unclaimed: set[str] = set()
        self._lost: set[str] = set()

    def pages(self, since: datetime | None, *, counted: bool = True) -> Iterator[Page]:
        """Followed issues, oldest change first; history in bulk, links only of issues that have some."""
        total = self._finder.count(queries.followed(self.home)) if counted else 0
        began: datetime | None = self.client.clock if counted else None
        for found in self._finder.pages(since):
            began = began or self.client.clock
            yield Page(
                issues=tuple(self._finder.whole(found)), total=total, server_time=began, home=self._finder.current
            )

    def fetch(self, known: Sequence[Known]) -> Iterator[RemoteIssue | Absent]:
        """Each known issue by its id, which it keeps wherever it moves."""
        ids = {one.id: one.id.rpartition(":")[2] for one in known}
        away = frozenset(ids[one.id] for one in known if one.gone)
        marked = frozenset(ids[one.id] for one in known if one.marked)
        found = {remote.id: remote for remote in self._finder.by_id(list(dict.fromkeys(ids.values())), away, marked)}
        for one in known:
            gone = Absent(id=one.id, why=Absence.UNSURE if one.gone else Absence.NOT_FOUND)
            yield found.get(one.id, gone)

    def recall(self) -> Iterator[RemoteIssue]:
        """Marked issues that the list does not show: without the label, moved from here, or too new for the index."""
        return self._finder.recall()

    def find(self, link: str) -> RemoteIssue | None:
        """The issue behind `PLAT-12` or an address of this site, when it is in this project."""
        key = self._key_here(link)
        found = self._finder.by_key(key) if key else None
        return found if found is not None and found.at_home else None

    def people(self, names: Sequence[str]) -> Mapping[str, str]:
        """Those that can be assigned, in one request for all."""
        return self._people.find(names)

    def create(self, drafts: Sequence[Draft]) -> list[Created | Rejected | OutcomeUnknown]:
        """One bulk create, marker included."""
        made = self._writer.create(drafts)
        self._finder.expect(each.issue for each in made if isinstance(each, Created))
        return made

    def change(self, issue_id: str, ref: str, patch: Patch) -> tuple[str, ...]:
        """One edit, the state last."""
        del ref  # the id is the same wherever the issue moved
        return self._writer.change(issue_id.rpartition(":")[2], patch)

    def claim(self, name: str, holder: str, seconds: int) -> Claim:
        """A property of the project: Jira says 201 to the one of two at once that made it, 200 to the other.

        An account that may not administer the project cannot keep a claim: it goes ahead without, and two machines at
        the same moment are told apart by rule afterwards.
        """
        path = f"/project/{self.home}/properties/{quote(name, safe='')}"
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
            answer = self.client.try_to_send("PUT", path, {"holder": holder, "until": until.isoformat()})
            if answer.status in (403, 404):
                self._unclaimed.add(name)
                return mine
            raise_for_status(answer)
            if answer.status == 201 or held is not None:
                return mine
            # Another was quicker, and what it wrote is gone: say that it is not ours.
            self._lost.add(name)
            self.client.send("PUT", path, {"holder": _ANOTHER, "until": until.isoformat()})
            return Claim(name=name, holder=_ANOTHER, until=until)
        raise Transient(f"the claim {name} can neither be taken nor read", "Push again in a minute.")

    def release(self, claim: Claim) -> None:
        """Delete the property, if it is still ours: nobody else takes it before its time is over."""
        if claim.name in self._unclaimed:
            return
        path = f"/project/{self.home}/properties/{quote(claim.name, safe='')}"
        if self.client.clock >= claim.until:
            held, _now = self._held(path)
            if held is None or held.holder != claim.holder:
                return
        self._drop(path)

    def check(self) -> Iterator[Check]:
        """What works and what is missing."""
        return check_access(self.client, self._settings, self._people)

    def _held(self, path: str) -> tuple[Kept | None, datetime]:
        """Who holds a claim, and the server's clock; one that nobody can read has run out."""
        answer = self.client.look(path)
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
        answer = self.client.try_to_send("DELETE", path)
        if answer.status != 404:
            raise_for_status(answer)

    def _key_here(self, link: str) -> str:
        """The key that a link of this site leads to; empty for anything else."""
        if _KEY.fullmatch(link):
            key = link
        else:
            try:
                here, there = urlsplit(self._site), urlsplit(link)
            except ValueError:  # no address at all
                return ""
            is_here = (here.hostname or "").casefold() == (there.hostname or "").casefold()
            if not is_here or not there.path.startswith(f"{here.path.rstrip('/')}/"):
                return ""
            last = parse_qs(there.query).get("selectedIssue", [there.path.rstrip("/").rpartition("/")[2]])[0]
            key = last if _KEY.fullmatch(last) else ""
        names = (self.home.casefold(), self._finder.current.casefold())
        return key.upper() if key.rpartition("-")[0].casefold() in names else ""


class Kept(Struct, frozen=True):
    """What a claim property holds."""

    holder: str
    until: Instant


class _Claimed(Struct, frozen=True):
    value: Kept


_ANOTHER = "another machine"
