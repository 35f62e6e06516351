"""Finds issues in a Jira: lists page by page, known ones by id, and what no list shows.

Search is an index that lags and forgets for a moment: it is believed when it finds something, and read by id where an
id is known. Cloud and Data Center differ in how pages go on, in how many issues are read by id, and in where the
history comes from; the rest is the same.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeVar

from sync.adapters import jira_answers as answers
from sync.adapters import jira_queries as queries
from sync.adapters.jira_development import read_merged
from sync.adapters.jira_history import DONE, in_order, read_history, status_ids
from sync.adapters.jira_marker import PROPERTY
from sync.adapters.jira_meaning import decode_read, raise_for_status
from sync.adapters.jira_paging import by_token
from sync.adapters.jira_reader import Parts
from sync.port import Rejected
from tracker.errors import NotAuthorised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sync.adapters.conversation import Answer
    from sync.adapters.jira_client import Client
    from sync.adapters.jira_history import History
    from sync.adapters.jira_reader import Reader
    from sync.port import RemoteIssue

T = TypeVar("T")

PAGE = 100
GROUP = 1000
"""How many histories a bulk request takes."""

MOST_CHANGES = 10_000
MOST_RECONCILED = 50
MOST_PAGES = 10
"""How much of an unbounded search is looked at."""

MOST_PROBES = 5
COMMENTS = 1000


class Finder(ABC):
    """What both deployments share. `current` is the project's key as it is now."""

    def __init__(
        self, client: Client, reader: Reader, home: str, not_done: frozenset[str], *, development: bool
    ) -> None:
        self._client, self._reader, self._home, self._not_done = client, reader, home, not_done
        self._development = development
        self.current, self._is_current = home, False
        self._recent: list[str] = []
        self._listed_ids: set[str] = set()
        self._strays_seen = False
        self._categories: dict[str, str] = {}

    @abstractmethod
    def count(self, jql: str) -> int:
        """How many issues a query finds."""

    @abstractmethod
    def pages(self, since: datetime | None) -> Iterator[list[answers.Issue]]:
        """Followed issues, oldest change first; at least one page."""

    @abstractmethod
    def _by_ids(self, ids: Sequence[str], away: frozenset[str] = frozenset()) -> list[answers.Issue]:
        """Those of up to a hundred issues that are there."""

    @abstractmethod
    def _histories(self, found: Sequence[answers.Issue]) -> Mapping[str, Sequence[answers.Change]]:
        """The whole history of each issue, by id."""

    def recall(self) -> Iterator[RemoteIssue]:
        """Marked issues that the list does not show; by search once, then only those that are newer than that."""
        found = {} if self._strays_seen else {issue.id: issue for page in self._strays() for issue in page}
        found |= {issue.id: issue for issue in self._newest()}
        self._strays_seen = True
        yield from self._kept(found.values())

    @abstractmethod
    def _strays(self) -> Iterator[list[answers.Issue]]:
        """What the search finds of them."""

    def _newest(self) -> Iterator[answers.Issue]:
        """Issues that may be too new for the index."""
        return iter(())

    def _with_markers(self, found: Sequence[answers.Issue], known: frozenset[str]) -> Sequence[answers.Issue]:
        """The issues with their properties, but for those whose marker is `known`; here, lists tell them."""
        del known
        return found

    def expect(self, created: Iterable[RemoteIssue]) -> None:
        """Issues that were just created, whether or not the index knows them already."""
        ids = [issue.id.rpartition(":")[2] for issue in created]
        self._recent = [*self._recent, *ids][-MOST_RECONCILED:]

    def by_id(
        self, ids: Sequence[str], away: frozenset[str] = frozenset(), marked: frozenset[str] = frozenset()
    ) -> Iterator[RemoteIssue]:
        """Known issues as they are now, wherever they moved; those that are not there are left out.

        One that is `away` is looked for along with others, and is worth no request of its own. The marker of one that
        is `marked` is known, and may be left out.
        """
        for start in range(0, len(ids), GROUP):
            group = ids[start : start + GROUP]
            found = [issue for at in range(0, len(group), PAGE) for issue in self._by_ids(group[at : at + PAGE], away)]
            yield from self.whole(found, marked)

    def by_key(self, key: str) -> RemoteIssue | None:
        """The issue of that key, present or former."""
        answer = self._client.look(
            f"/issue/{key}", fields=",".join(queries.WHOLE), properties=PROPERTY, expand="changelog"
        )
        if answer.status in (403, 404):
            return None
        raise_for_status(answer)
        (remote,) = self.whole([decode_read(answer, answers.Issue)])
        return remote

    def whole(self, found: Sequence[answers.Issue], marked: frozenset[str] = frozenset()) -> list[RemoteIssue]:
        """The issues with all that hangs on them."""
        if not found:
            return []
        found = self._with_markers(found, marked)
        changes = {issue_id: in_order(each) for issue_id, each in self._histories(found).items()}
        self._learn(found, [change for each in changes.values() for change in each])
        remotes = []
        for issue in found:
            history = read_history(changes.get(issue.id, ()), self._categories, self._not_done)
            remotes.append(self._reader.issue(issue, self._parts(issue, history), at_home=self._is_home(issue)))
        return remotes

    def _parts(self, issue: answers.Issue, history: History) -> Parts:
        links = self._links(issue) if history.links else ()
        merged = read_merged(self._client, issue.id) if self._development else ()
        return Parts(history=history, links=links, comments=self._comments(issue), changes=merged)

    def _links(self, issue: answers.Issue) -> list[answers.RemoteLink]:
        return self._client.ask("GET", f"/issue/{issue.id}/remotelink", list[answers.RemoteLink])[0]

    def _comments(self, issue: answers.Issue) -> list[answers.Comment] | None:
        """All comments of an issue that came with some of them; None where it came with all."""
        told = issue.fields.comment
        if told is None or told.total <= len(told.comments):
            return None
        found: list[answers.Comment] = []
        while True:
            path = f"/issue/{issue.id}/comment"
            page, _answer = self._client.ask(
                "GET", path, answers.Comments, startAt=len(found), maxResults=COMMENTS, orderBy="created"
            )
            found += page.comments
            if not page.comments or len(found) >= page.total:
                return found

    def _learn(self, found: Sequence[answers.Issue], changes: Sequence[answers.Change]) -> None:
        """The category of every status that is named; asked for once, when a history names one that no issue has."""
        for issue in found:
            status = issue.fields.status
            if status is not None and status.id:
                self._categories[status.id] = status.category
        if not status_ids(changes) <= self._categories.keys():
            known, _answer = self._client.ask("GET", "/status", list[answers.Status])
            self._categories |= {status.id: status.category for status in known if status.id}
            # One that was deleted since has no category any more: it closes nothing, and is not asked for again.
            self._categories |= dict.fromkeys(status_ids(changes) - self._categories.keys(), "")

    def _is_home(self, issue: answers.Issue) -> bool:
        project = issue.fields.project
        key = (project.key if project and project.key else issue.key.rpartition("-")[0]).casefold()
        if key not in (self._home.casefold(), self.current.casefold()) and not self._is_current:
            self._tell_current()
        return key in (self._home.casefold(), self.current.casefold())

    def _tell_current(self) -> None:
        """Ask for the key that the project has now, where no list told it: it answers under its former one, too."""
        answer = self._client.look(f"/project/{self._home}")
        if answer.status == 200:
            self.current = decode_read(answer, _Project).key or self.current
        self._is_current = True

    def _listed(self, page: list[answers.Issue]) -> list[answers.Issue]:
        """A page of the project's own list: it tells the key that the project has now, and what needs no recall."""
        project = next((issue.fields.project for issue in page if issue.fields.project), None)
        if project is not None and project.key:
            self.current, self._is_current = project.key, True
        self._listed_ids.update(issue.id for issue in page)
        return page

    def _ask_list(self, verb: str, path: str, shape: type[T], body: object) -> tuple[T, Answer]:
        """A search in the project; where Jira says no, it is asked what became of the project."""
        try:
            return self._client.ask(verb, path, shape, body)
        except Rejected as no:
            self._explain_project(no)
            raise

    def _explain_project(self, no: Rejected) -> None:
        hint = "Nothing is marked missing. Check `project` in the config and the permissions of the account."
        answer = self._client.look(f"/project/{self._home}")
        if answer.status in (403, 404):
            raise NotAuthorised(
                f"Jira does not find the project {self._home}, or hides it from this account", hint
            ) from no
        raise_for_status(answer)
        if decode_read(answer, _Project).archived:
            why = f"the project {self._home} is archived: its issues cannot be read"
            raise NotAuthorised(
                why, "Restore it, or take its tracker out of the config. Nothing is marked missing."
            ) from no

    def _kept(self, found: Iterable[answers.Issue]) -> list[RemoteIssue]:
        """Those of found issues that carry our property, and are here or were moved from here."""
        ours = self._from_here(
            [issue for issue in found if issue.id not in self._listed_ids and self._may_be_marked(issue)]
        )
        marked = [issue.id for issue in self._with_markers(ours, frozenset()) if PROPERTY in issue.properties]
        return list(self.by_id(marked))

    def _may_be_marked(self, issue: answers.Issue) -> bool:
        return PROPERTY in issue.properties

    def _from_here(self, found: Sequence[answers.Issue]) -> list[answers.Issue]:
        """Those that are in our project, and those whose history says that they were: only that cannot be forged."""
        elsewhere = [issue for issue in found if not self._is_home(issue)]
        histories = self._histories(elsewhere) if elsewhere else {}
        homes = {self._home.casefold(), self.current.casefold()}
        left = {
            issue_id
            for issue_id, changes in histories.items()
            if homes.intersection(key.casefold() for key in read_history(in_order(changes), {}, frozenset()).homes)
        }
        strangers = {issue.id for issue in elsewhere} - left
        return [issue for issue in found if issue.id not in strangers]


class _Project(answers.Project, frozen=True, gc=False):
    archived: bool = False


class CloudFinder(Finder):
    """Jira Cloud: pages by token, a hundred issues by id, histories in bulk."""

    _last_key = ""

    def count(self, jql: str) -> int:
        """About how many: the index counts."""
        return self._ask_list("POST", "/search/approximate-count", answers.Count, {"jql": jql})[0].count

    def pages(self, since: datetime | None) -> Iterator[list[answers.Issue]]:
        """By token; one that comes again ends the run."""
        jql = queries.oldest_change_first(queries.followed(self._home, since))
        for page in self._search(jql, queries.LISTED, reconcile=True):
            yield self._listed(page)

    def _strays(self) -> Iterator[list[answers.Issue]]:
        pages = self._search(queries.strays(self._home), ("labels", "project", "created", "updated"))
        return (page for _number, page in zip(range(MOST_PAGES), pages, strict=False))

    def _newest(self) -> Iterator[answers.Issue]:
        """Keys are given in order: those around the newest one that the index knows are read, and those after it.

        The index is filled issue by issue, so it may know one and not yet the one before it.
        """
        if not self._last_key:
            asked = {"jql": queries.newest(self._home), "maxResults": 1, "fields": ["project"]}
            page = self._client.ask("POST", "/search/jql", answers.SearchPage, asked)[0]
            self._last_key = page.issues[0].key if page.issues else f"{self.current}-0"
        project, last = self._last_key.rpartition("-")[0], answers.number_of(self._last_key)
        first = max(1, last - PAGE // 2)
        for _probe in range(MOST_PROBES):
            found = self._by_ids([f"{project}-{number}" for number in range(first, first + PAGE)])
            yield from found
            first += PAGE
            if not any(answers.number_of(issue.key) > last for issue in found):
                return

    def _search(self, jql: str, fields: Sequence[str], *, reconcile: bool = False) -> Iterator[list[answers.Issue]]:
        asked: dict[str, object] = {
            "jql": jql, "maxResults": PAGE, "fields": list(fields), "properties": [PROPERTY],
        }  # fmt: skip
        if reconcile and self._recent:
            asked["reconcileIssues"] = [int(each) for each in self._recent]
        for page in by_token(lambda token: self._ask_list("POST", "/search/jql", answers.SearchPage, asked | token)[0]):
            yield page.issues

    def _by_ids(self, ids: Sequence[str], away: frozenset[str] = frozenset()) -> list[answers.Issue]:
        del away
        asked = {"issueIdsOrKeys": list(ids), "fields": list(queries.WHOLE), "properties": [PROPERTY]}
        return self._client.ask("POST", "/issue/bulkfetch", answers.Fetched, asked)[0].issues

    def _histories(self, found: Sequence[answers.Issue]) -> Mapping[str, Sequence[answers.Change]]:
        """By bulk, for those that changed since they were created."""
        changes: dict[str, list[answers.Change]] = {}
        changed = [issue.id for issue in found if not _is_untouched(issue.fields)]
        for start in range(0, len(changed), GROUP):
            self._add_histories(changed[start : start + GROUP], changes)
        return changes

    def _add_histories(self, ids: Sequence[str], changes: dict[str, list[answers.Change]]) -> None:
        asked: dict[str, object] = {"issueIdsOrKeys": list(ids), "maxResults": MOST_CHANGES}
        for page in by_token(
            lambda token: self._client.ask("POST", "/changelog/bulkfetch", answers.Changes, asked | token)[0]
        ):
            for each in page.issue_change_logs:
                changes.setdefault(each.issue_id, []).extend(each.change_histories)


def _is_untouched(fields: answers.Fields) -> bool:
    """Whether nothing happened to an issue since it was created: it has no history to ask for."""
    is_done = fields.status is not None and fields.status.category == DONE
    return fields.updated is not None and fields.updated == fields.created and not is_done
