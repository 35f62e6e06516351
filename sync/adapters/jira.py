"""Jira, Cloud and Data Center, behind the port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sync.adapters import jira_queries as queries
from sync.adapters.jira_checks import check_access
from sync.adapters.jira_claims import Claims
from sync.adapters.jira_client import Client
from sync.adapters.jira_data_center import DataCenterFinder
from sync.adapters.jira_finding import CloudFinder
from sync.adapters.jira_incidents import Incidents
from sync.adapters.jira_people import People
from sync.adapters.jira_reader import DOCUMENTS, WIKI, Reader
from sync.adapters.jira_writing import Writer
from sync.port import (
    Absence,
    Absent,
    ChangeState,
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
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sync.feeds import FeedQuery, FeedSample, IncidentPage
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
        self._claims = Claims(self.client, self.home)
        self._incidents = Incidents(self.client, self._reader, cloud=cloud)

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
        """A property of the project, where the account may keep one."""
        return self._claims.take(name, holder, seconds)

    def release(self, claim: Claim) -> None:
        """Delete the property, if it is still ours."""
        self._claims.release(claim)

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """By the query of the feed, in whatever project."""
        return self._incidents.pages(query, since)

    def sample(self, query: FeedQuery) -> FeedSample:
        """By the query of the feed."""
        return self._incidents.sample(query)

    def changes(self, urls: Sequence[str]) -> Mapping[str, ChangeState]:
        """None: a Jira keeps no changes of its own."""
        del urls
        return {}

    def hosts(self, url: str) -> bool:
        """None."""
        del url
        return False

    def check(self) -> Iterator[Check]:
        """What works and what is missing."""
        return check_access(self.client, self._settings, self._people)

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
