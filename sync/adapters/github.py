"""GitHub, and GitHub Enterprise Server, behind the port."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from sync.adapters import github_answers as answers
from sync.adapters import github_queries as queries
from sync.adapters import github_replies as replies
from sync.adapters.conversation import decode_written
from sync.adapters.github_changes import Changes, is_change
from sync.adapters.github_checks import check_access
from sync.adapters.github_claims import Claims
from sync.adapters.github_client import Client
from sync.adapters.github_incidents import Incidents
from sync.adapters.github_lists import PAGE, SMALLEST_PAGE, each_page
from sync.adapters.github_meaning import TooHeavy, decode_read
from sync.mapping import FOLLOWED
from sync.marker import MARK
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
    describe_dropped,
)
from tracker.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from github.Auth import Auth

    from sync.adapters.conversation import Answer
    from sync.feeds import FeedQuery, FeedSample, IncidentPage
    from sync.waiting import Waiting

T = TypeVar("T")

MOST_PAGES = 10
"""A search on GitHub ends at a thousand results."""

_REF = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)?#(?P<number>\d{1,9})")
_WEB = re.compile(r"/(?P<repository>[\w.-]+/[\w.-]+)/issues/(?P<number>\d{1,9})/?")


class GitHub:
    """A TrackerAdapter for one repository. One instance a thread."""

    bulk = 1

    def __init__(
        self, name: str, repository: str, auth: Auth, waiting: Waiting, *, url: str, trusted: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.home = repository
        self._current = repository
        self._waiting = waiting
        self.client = Client(url, auth)
        self._reader = answers.Reader(self.client.host, trusted)
        self._claims = Claims(self.client, self._query, lambda: self._path("labels"))
        self._incidents = Incidents(repository, self._query_once, waiting)

    def pages(self, since: datetime | None, *, counted: bool = True) -> Iterator[Page]:
        """Followed issues, oldest change first, with everything in the same request, the total too."""
        del counted
        since_text = None if since is None else since.astimezone(UTC).isoformat()
        variables = {"label": [FOLLOWED], "since": since_text}
        for found, answer in each_page(self._waiting, self._list, variables):
            self._current = found.name_with_owner
            yield Page(
                issues=tuple([self._whole(issue) for issue in found.issues.nodes if issue]),
                total=found.all.total_count,
                server_time=answer.time,
                home=found.name_with_owner,
            )

    def fetch(self, known: Sequence[Known]) -> Iterator[RemoteIssue | Absent]:
        """Each known issue by its node id, 100 a request; what is not found is asked for by number."""
        for start in range(0, len(known), PAGE):
            batch = known[start : start + PAGE]
            found = self._nodes([_node_id(one.id) for one in batch])
            moved: dict[str, Known] = {}
            for one, issue in zip(batch, found, strict=True):
                if issue is not None:
                    yield self._whole(issue)
                    continue
                outcome = self._look_for(one)
                if isinstance(outcome, Absent):
                    yield outcome
                else:
                    moved[outcome] = one
            yield from self._moved(moved)

    def recall(self) -> Iterator[RemoteIssue]:
        """Marked issues of the same owner without the label, by search: a transfer on GitHub stays with the owner."""
        owner = self.home.partition("/")[0]
        text = f'user:{owner} is:issue in:body,comments -label:"{FOLLOWED}" "{MARK}"'
        cursor: str | None = None
        for _page in range(MOST_PAGES):
            answer, _raw = self._query(queries.RECALL, {"query": text, "after": cursor}, replies.Recall)
            for issue in answer.search.nodes:
                if issue is not None and self._is_ours(issue):
                    yield self._whole(issue)
            if not answer.search.page_info.has_next_page:
                return
            cursor = answer.search.page_info.end_cursor

    def find(self, link: str) -> RemoteIssue | None:
        """The issue behind `#12`, `owner/name#12` or a web address, when it is in this repository."""
        number = self._number_here(link)
        if number is None:
            return None
        answer, _raw = self._query(queries.ONE, {"number": number}, replies.One)
        return None if answer.repository.issue is None else self._whole(answer.repository.issue)

    def people(self, names: Sequence[str]) -> Mapping[str, str]:
        """Those that can be assigned, in one request."""
        variables = {f"u{index}": name for index, name in enumerate(names)}
        answer, _raw = self._query(queries.assignable(len(names)), variables, replies.Assignable)
        offered = {
            person.login.casefold(): person.login for each in answer.repository.values() for person in each.nodes
        }
        return {name: offered[name.casefold()] for name in names if name.casefold() in offered}

    def create(self, drafts: Sequence[Draft]) -> list[Created | Rejected | OutcomeUnknown]:
        """POST once: GitHub makes one issue at a time."""
        (draft,) = drafts
        body = {"title": draft.title, "body": draft.text, "labels": draft.labels, "assignees": draft.assignees}
        try:
            answer = self.client.send("POST", self._path("issues"), body)
        except Rejected as no:
            return [no]
        issue = self._reader.created(decode_written(answer, answers.RestIssue), self._current)
        return [Created(issue=issue, notes=describe_dropped(draft, issue))]

    def change(self, issue_id: str, ref: str, patch: Patch) -> tuple[str, ...]:
        """Labels and people by their own calls, so that nobody else's are touched; the state last."""
        del issue_id  # REST knows issues by number
        repository, number = _split(ref)
        path = f"/repos/{repository}/issues/{number}"
        if patch.add_labels:
            self.client.send("POST", f"{path}/labels", {"labels": patch.add_labels})
        for label in patch.remove_labels:
            self._forgiving("DELETE", f"{path}/labels/{quote(label, safe='')}")
        if patch.add_assignees:
            self.client.send("POST", f"{path}/assignees", {"assignees": patch.add_assignees})
        if patch.remove_assignees:
            self.client.send("DELETE", f"{path}/assignees", {"assignees": patch.remove_assignees})
        if patch.comment:
            self.client.send("POST", f"{path}/comments", {"body": patch.comment})
        fields: dict[str, str] = {}
        if patch.title is not None:
            fields["title"] = patch.title
        if patch.text is not None:
            fields["body"] = patch.text
        if patch.close_as:
            fields |= {"state": "closed", "state_reason": patch.close_as}
        elif patch.reopen:
            fields["state"] = "open"
        if fields:
            self.client.send("PATCH", path, fields)
        return ()

    def claim(self, name: str, holder: str, seconds: int) -> Claim:
        """A label of the repository."""
        return self._claims.take(name, holder, seconds)

    def release(self, claim: Claim) -> None:
        """Delete the label, if it is still ours."""
        self._claims.release(claim)

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """By the labels of the feed, in its repository."""
        return self._incidents.pages(query, since)

    def sample(self, query: FeedQuery) -> FeedSample:
        """By the labels of the feed."""
        return self._incidents.sample(query)

    def changes(self, urls: Sequence[str]) -> Mapping[str, ChangeState]:
        """Pull requests and commits of any repository that the token may see, twenty to a request."""
        return Changes(self._query).look(urls)

    def hosts(self, url: str) -> bool:
        """Whether it is a pull request or commit on this GitHub."""
        return is_change(url, self.client.host.removeprefix("api."))

    def check(self) -> Iterator[Check]:
        """What works and what is missing."""
        return check_access(self.home, lambda text, variables, shape: self._query(text, variables, shape)[0])

    def _list(self, variables: Mapping[str, Any]) -> tuple[replies.Repository, Answer]:
        found, answer = self._query_once(queries.LIST, variables, replies.List)
        return found.repository, answer

    def _query(self, text: str, variables: Mapping[str, Any], shape: type[T]) -> tuple[T, Answer]:
        return self._waiting.read(lambda: self._query_once(text, variables, shape))

    def _query_once(self, text: str, variables: Mapping[str, Any], shape: type[T]) -> tuple[T, Answer]:
        owner, name = self.home.split("/")
        needed = {"owner": owner, "name": name} if "$owner" in text else {}
        answer, raw = self.client.query(text, {**needed, **variables}, shape)
        _ = raw.time  # one without a clock is no good, and is found out while it can still be asked again
        return answer, raw

    def _whole(self, issue: answers.Issue, moved_from: str = "") -> RemoteIssue:
        """The issue as the port wants it, with the comments and events that did not fit into the first page."""
        if issue.comments.page_info.has_next_page or issue.timeline_items.page_info.has_next_page:
            issue = self._continued(issue)
        at_home = issue.repository.name_with_owner.casefold() in self._names()
        return self._reader.issue(issue, moved_from=moved_from, at_home=at_home)

    def _is_ours(self, issue: answers.Issue) -> bool:
        """In this repository, or transferred from it; elsewhere others decide who may write, so nothing is believed."""
        places = [
            event.from_repository
            for event in issue.timeline_items.nodes
            if isinstance(event, answers.Transferred) and event.from_repository
        ]
        return any(place.name_with_owner.casefold() in self._names() for place in (issue.repository, *places))

    def _continued(self, issue: answers.Issue) -> answers.Issue:
        comments, timeline = issue.comments.page_info, issue.timeline_items.page_info
        more = self._rest(queries.COMMENTS, issue.id, comments, lambda node: node.comments)
        events = self._rest(queries.TIMELINE, issue.id, timeline, lambda node: node.timeline_items)
        return msgspec.structs.replace(
            issue,
            comments=answers.Comments(comments, [*issue.comments.nodes, *more]),
            timeline_items=answers.Timeline(timeline, [*issue.timeline_items.nodes, *events]),
        )

    def _rest(self, text: str, issue_id: str, info: answers.PageInfo, part: Any) -> list[Any]:
        """The pages of an inner list after the first."""
        found: list[Any] = []
        seen: set[str | None] = set()
        while info.has_next_page:
            if info.end_cursor in seen:
                raise TryLater("GitHub gave the same page of an issue twice", "Run it again later.")
            seen.add(info.end_cursor)
            answer, _raw = self._query(text, {"id": issue_id, "after": info.end_cursor}, replies.Inner)
            page = part(answer.node)
            found += page.nodes
            info = page.page_info
        return found

    def _nodes(self, ids: Sequence[str]) -> list[answers.Issue | None]:
        """What stands behind the ids; asked for in halves when all at once is too heavy for GitHub."""
        if not ids:
            return []

        def attempt() -> list[answers.Issue | None] | None:
            try:
                return self._query_once(queries.NODES, {"ids": list(ids)}, replies.Nodes)[0].nodes
            except TooHeavy:
                if len(ids) <= SMALLEST_PAGE:
                    raise
                return None

        found = self._waiting.read(attempt)
        half = len(ids) // 2
        return self._nodes(ids[:half]) + self._nodes(ids[half:]) if found is None else found

    def _look_for(self, known: Known) -> Absent | str:
        """Why a node is not there, or the node id it has now."""
        if known.gone:
            return Absent(id=known.id, why=Absence.UNSURE)
        repository, number = _split(known.ref)
        if repository.casefold() == self.home.casefold():
            repository = self._current
        answer, node_id = self._waiting.read(lambda: self._identity(f"/repos/{repository}/issues/{number}"))
        if node_id and node_id != _node_id(known.id):
            return node_id
        is_elsewhere = "x-redirected" in answer.headers and answer.status in (403, 404)
        whys = {410: Absence.DELETED, 404: Absence.NOT_FOUND}
        return Absent(id=known.id, why=Absence.MOVED_AWAY if is_elsewhere else whys.get(answer.status, Absence.UNSURE))

    def _identity(self, path: str) -> tuple[Answer, str]:
        """What is at a path, and its node id where it can be read."""
        answer = self.client.get(path)
        return answer, decode_read(answer, replies.Identity).node_id if answer.status == 200 else ""

    def _moved(self, moved: Mapping[str, Known]) -> Iterator[RemoteIssue | Absent]:
        for (_new, one), issue in zip(moved.items(), self._nodes(list(moved)), strict=True):
            yield Absent(id=one.id, why=Absence.MOVED_AWAY) if issue is None else self._whole(issue, one.id)

    def _forgiving(self, verb: str, path: str) -> None:
        """A removal of what is already gone is done."""
        try:
            self.client.send(verb, path, None)
        except Rejected as error:
            if "does not find" not in error.message:
                raise

    def _number_here(self, link: str) -> int | None:
        """The number of an issue of this repository; None for anything else."""
        short = _REF.fullmatch(link)
        if short:
            repository = short["repository"] or self.home
        else:
            parts = urlsplit(link)
            host = (parts.hostname or "").casefold()
            short = _WEB.fullmatch(parts.path)
            if short is None or self.client.host not in (host, f"api.{host}"):
                return None
            repository = short["repository"]
        return int(short["number"]) if repository.casefold() in self._names() else None

    def _names(self) -> frozenset[str]:
        """The names of the repository: the config's, and the one it has now."""
        return frozenset((self.home.casefold(), self._current.casefold()))

    def _path(self, what: str) -> str:
        return f"/repos/{self._current}/{what}"


def _node_id(stable_id: str) -> str:
    return stable_id.partition(":")[2]


def _split(ref: str) -> tuple[str, str]:
    repository, _, number = ref.rpartition("#")
    return repository, number
