"""A tracker in memory and a clock that is set by hand: for tests of what happens between a machine and its tracker.

`FakeProject` is what the tracker holds, and what people do there; `FakeTracker` is one machine's adapter to it. The
next requests can be given a `Fate`, and a watcher is told of each request, so that a test can let others act in
between. Nothing here knows how `track` decides.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from sync.feeds import FeedSample, IncidentPage, RemoteIncident
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
    Forbidden,
    Known,
    OutcomeUnknown,
    Page,
    Patch,
    Refused,
    Rejected,
    RemoteChange,
    RemoteComment,
    RemoteEvent,
    RemoteIssue,
    RemoteState,
    Transient,
    describe_dropped,
)
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sync.feeds import FeedQuery

T = TypeVar("T")
START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
PAGE = 100


class FakeClock:
    """The time, moved by hand. Sleeping takes no time but the clock's."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Fate(StrEnum):
    """What becomes of one request. A read under any fate but `FORBIDDEN` fails in passing."""

    LOST_BEFORE = "cut before it was carried out"
    LOST_AFTER = "carried out, then cut"
    LATE = "cut, and carried out some time later"
    REFUSED = "turned away by a rate limit"
    REJECTED = "read, and answered with no"
    FORBIDDEN = "not allowed for this token"


class _Late(Struct, kw_only=True):
    """A create that the tracker will carry out when nobody waits for it any more."""

    at: datetime
    draft: Draft
    author: str


class FakeProject:
    """The issues of one project, and people's work on them. All times are the clock's, in whole seconds.

    A created issue is listed only after `lag`; a late create is carried out after `lateness`. `members` may write.
    """

    def __init__(
        self,
        clock: FakeClock,
        home: str = "acme/payments",
        *,
        lag: timedelta = timedelta(),
        lateness: timedelta = timedelta(minutes=2),
        members: tuple[str, ...] = ("lead", "dev"),
    ) -> None:
        self.clock, self.home, self.members = clock, home, members
        self.lag, self.lateness = lag, lateness
        self.issues: dict[str, RemoteIssue] = {}
        self.claims: dict[str, Claim] = {}
        self.deleted: set[str] = set()
        self.moved: dict[str, str] = {}
        self.listed_from: dict[str, datetime] = {}
        self._late: list[_Late] = []
        self._numbers = 0
        self._events = 0

    def now(self) -> datetime:
        """The tracker's time."""
        return self.clock().replace(microsecond=0)

    def settle_late(self) -> None:
        """Carry out the late creates whose time has come."""
        due = [late for late in self._late if late.at <= self.now()]
        self._late = [late for late in self._late if late.at > self.now()]
        for late in due:
            self.store(late.draft, late.author)

    def delay(self, draft: Draft, author: str) -> None:
        """Take a create that is carried out later."""
        self._late.append(_Late(at=self.now() + self.lateness, draft=draft, author=author))

    def store(self, draft: Draft, author: str) -> RemoteIssue:
        """A new issue."""
        self._numbers += 1
        number, now = self._numbers, self.now()
        issue = RemoteIssue(
            id=f"fake:{self.home}:{number}",
            ref=f"{self.home}#{number}",
            number=number,
            url=f"https://tracker.test/{self.home}/issues/{number}",
            title=draft.title,
            text=draft.text,
            state=RemoteState(closed=False),
            created=now,
            updated=now,
            trusted=author in self.members,
            assignees=draft.assignees,
            labels=draft.labels,
        )
        self.issues[issue.id] = issue
        self.listed_from[issue.id] = now + self.lag
        return issue

    def numbered(self, number: int) -> RemoteIssue:
        """The issue of that number."""
        return self.issues[f"fake:{self.home}:{number}"]

    # What people do.

    def open_issue(self, title: str, text: str = "", author: str = "dev", labels: tuple[str, ...] = ()) -> RemoteIssue:
        """An issue by hand."""
        return self.store(Draft(title=title, text=text, labels=labels), author)

    def edit(self, number: int, *, title: str | None = None, text: str | None = None) -> None:
        """Change title or text."""
        issue = self.numbered(number)
        self._keep(
            msgspec.structs.replace(issue, title=title or issue.title, text=issue.text if text is None else text)
        )

    def assign(self, number: int, *people: str) -> None:
        """Assign these and no others."""
        self._keep(msgspec.structs.replace(self.numbered(number), assignees=people))

    def label(self, number: int, *labels: str) -> None:
        """Give these labels and no others."""
        self._keep(msgspec.structs.replace(self.numbered(number), labels=labels))

    def close(self, number: int, actor: str = "dev", reason: str = "completed") -> None:
        """Close an issue."""
        issue = self.numbered(number)
        self._change_state(issue, RemoteState(closed=True, reason=reason), actor)

    def reopen(self, number: int, actor: str = "dev") -> None:
        """Open it again."""
        self._change_state(self.numbered(number), RemoteState(closed=False), actor)

    def comment(self, number: int, body: str, author: str = "dev") -> None:
        """Write a comment."""
        self._comment(self.numbered(number), body, author)

    def _comment(self, issue: RemoteIssue, body: str, author: str) -> None:
        comment = RemoteComment(
            body=body,
            at=self.now(),
            url=f"{issue.url}#comment-{len(issue.comments) + 1}",
            author=author,
            trusted=author in self.members,
        )
        self._keep(msgspec.structs.replace(issue, comments=(*issue.comments, comment)))

    def delete(self, number: int) -> None:
        """Delete an issue for good."""
        gone = self.numbered(number)
        del self.issues[gone.id]
        self.deleted.add(gone.id)

    def move(self, number: int, home: str, *, readable: bool = True) -> RemoteIssue:
        """Move an issue into another project, where it gets a new id; one that is not readable is out of sight."""
        old = self.numbered(number)
        del self.issues[old.id]
        new = msgspec.structs.replace(
            old, id=f"fake:{home}:{number}", ref=f"{home}#{number}", url=old.url.replace(self.home, home), at_home=False
        )
        self.moved[old.id] = new.id
        if readable:
            self._keep(new)
        return new

    def prove(self, number: int, url: str, actor: str = "dev") -> None:
        """Let a merged change close an issue."""
        change = RemoteChange(kind=EvidenceKind.MERGED_PULL_REQUEST, url=url, at=self.now(), author=actor)
        issue = self.numbered(number)
        self._keep(msgspec.structs.replace(issue, changes=(*issue.changes, change)))
        self.close(number, actor)

    def look_for(self, issue_id: str) -> RemoteIssue | Absent:
        """A known issue, wherever it moved, or why it is absent."""
        if issue_id in self.issues:
            return self.issues[issue_id]
        moved = self.issues.get(self.moved.get(issue_id, ""))
        if moved is not None:
            return msgspec.structs.replace(moved, moved_from=issue_id)
        if issue_id in self.moved:
            return Absent(id=issue_id, why=Absence.MOVED_AWAY)
        return Absent(id=issue_id, why=Absence.DELETED if issue_id in self.deleted else Absence.NOT_FOUND)

    def change(self, issue_id: str, patch: Patch, actor: str) -> None:
        """What an adapter's patch does."""
        issue = self.issues[issue_id]
        kept = [name for name in issue.assignees if name not in patch.remove_assignees]
        labels = [name for name in issue.labels if name not in patch.remove_labels]
        changed = msgspec.structs.replace(
            issue,
            title=issue.title if patch.title is None else patch.title,
            text=issue.text if patch.text is None else patch.text,
            labels=tuple(dict.fromkeys((*labels, *patch.add_labels))),
            assignees=tuple(dict.fromkeys((*kept, *patch.add_assignees))),
        )
        if changed != issue:
            self._keep(changed)
        if patch.comment:
            self._comment(self.issues[issue_id], patch.comment, actor)
        if patch.close_as and not self.issues[issue_id].state.closed:
            self.close(issue.number, actor, patch.close_as)
        if patch.reopen and self.issues[issue_id].state.closed:
            self.reopen(issue.number, actor)

    def _change_state(self, issue: RemoteIssue, state: RemoteState, actor: str) -> None:
        self._events += 1
        event = RemoteEvent(id=f"event-{self._events:04}", at=self.now(), state=state, actor=actor)
        self._keep(
            msgspec.structs.replace(
                issue, state=state, closed=self.now() if state.closed else None, history=(*issue.history, event)
            )
        )

    def _keep(self, issue: RemoteIssue) -> None:
        self.issues[issue.id] = msgspec.structs.replace(issue, updated=self.now())


def _incident(issue: RemoteIssue) -> RemoteIncident:
    times = {"created_at": issue.created, "closed_at": issue.closed}
    return RemoteIncident(
        ref=issue.ref,
        url=issue.url,
        title=issue.title,
        created=issue.created,
        updated=issue.updated,
        labels=issue.labels,
        fields={name: (at.isoformat(),) for name, at in times.items() if at is not None},
        text=issue.text,
        key=issue.id,
    )


class FakeTracker:
    """One machine's adapter to a project: a `TrackerAdapter`.

    `fates` are those of the next requests, first come first served (None is a request that goes well), and
    `fates_of_creates` those of the next creates. `watch` is told the ordinal and the verb of each request before it is
    carried out, and `requests` counts them.
    """

    bulk = 3

    def __init__(self, project: FakeProject, name: str = "payments", *, login: str = "lead") -> None:
        self.project, self.name, self.login = project, name, login
        self.home = project.home
        self.fates: deque[Fate | None] = deque()
        self.fates_of_creates: deque[Fate | None] = deque()
        self.watch: Callable[[int, str], None] = lambda _ordinal, _verb: None
        self.requests = 0

    def pages(self, since: datetime | None, *, counted: bool = True) -> Iterator[Page]:
        """Followed issues, oldest change first."""
        del counted
        self._read("pages")
        followed = [issue for issue in self.project.issues.values() if self._is_listed(issue)]
        changed = [issue for issue in followed if since is None or issue.updated >= since]
        changed.sort(key=lambda issue: (issue.updated, issue.number))
        now = self.project.now()
        for start in range(0, max(1, len(changed)), PAGE):
            if start:
                self._read("pages")
            batch = tuple(changed[start : start + PAGE])
            yield Page(issues=batch, total=len(followed), server_time=now, home=self.home)

    def fetch(self, known: Sequence[Known]) -> Iterator[RemoteIssue | Absent]:
        """Each as it is now, or why it is not there."""
        if known:
            self._read("fetch")
        for one in known:
            yield self.project.look_for(one.id)

    def recall(self) -> Iterator[RemoteIssue]:
        """Marked issues that the list does not show, wherever in reach."""
        self._read("recall")
        for issue in list(self.project.issues.values()):
            marked = MARK in issue.text or any(MARK in comment.body for comment in issue.comments)
            if marked and (FOLLOWED not in issue.labels or not issue.at_home):
                yield issue

    def find(self, link: str) -> RemoteIssue | None:
        """By `#12`, by reference or by address."""
        self._read("find")
        for issue in self.project.issues.values():
            if issue.at_home and link in (issue.ref, issue.url, f"#{issue.number}"):
                return issue
        return None

    def people(self, names: Sequence[str]) -> Mapping[str, str]:
        """Members can be assigned."""
        self._read("people")
        return {name: name for name in names if name in self.project.members}

    def create(self, drafts: Sequence[Draft]) -> list[Created | Rejected | OutcomeUnknown]:
        """Once, whatever its fate."""
        fate = self._next("create") or (self.fates_of_creates.popleft() if self.fates_of_creates else None)
        if fate is Fate.LATE:
            for draft in drafts:
                self.project.delay(draft, self.login)
            raise OutcomeUnknown("no answer to a create")
        try:
            return self._write(fate, lambda: [self._created(draft) for draft in drafts])
        except Rejected as no:
            return [no for _draft in drafts]

    def _created(self, draft: Draft) -> Created | Rejected:
        issue = self.project.store(draft, self.login)
        return Created(issue=issue, notes=describe_dropped(draft, issue))

    def change(self, issue_id: str, ref: str, patch: Patch) -> tuple[str, ...]:
        """Once; a change has no late fate."""
        fate = self._next("change")
        if issue_id not in self.project.issues:
            raise Rejected(f"{ref} is not there")
        self._write(fate, lambda: self.project.change(issue_id, patch, self.login))
        return ()

    def claim(self, name: str, holder: str, seconds: int) -> Claim:
        """Atomic; one that ran out is taken over."""
        return self._write(self._next("claim"), lambda: self._take(name, holder, seconds))

    def release(self, claim: Claim) -> None:
        """Only one's own."""
        self._write(self._next("release"), lambda: self._give_back(claim))

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """Issues with all labels of the query, oldest change first."""
        self._read("incidents")
        changed = [each for each in self._labelled(query) if since is None or each.updated >= since]
        now = self.project.now()
        for start in range(0, max(1, len(changed)), PAGE):
            if start:
                self._read("incidents")
            batch = tuple(changed[start : start + PAGE])
            reached = batch[-1].updated if batch else None
            yield IncidentPage(incidents=batch, server_time=now, reached=reached)

    def sample(self, query: FeedQuery) -> FeedSample:
        """The newest hundred of them."""
        self._read("sample")
        found = self._labelled(query)[::-1]
        return FeedSample(total=len(found), newest=tuple(found[:PAGE]))

    def _labelled(self, query: FeedQuery) -> list[RemoteIncident]:
        found = [each for each in self.project.issues.values() if set(query.labels).issubset(each.labels)]
        return [_incident(each) for each in sorted(found, key=lambda issue: (issue.updated, issue.number))]

    def changes(self, urls: Sequence[str]) -> Mapping[str, ChangeState]:
        """Those that prove an issue; nothing is ever reverted here."""
        self._read("changes")
        known = {change.url for issue in self.project.issues.values() for change in issue.changes}
        return {url: ChangeState(merged=True) for url in urls if url in known}

    def hosts(self, url: str) -> bool:
        """Changes have addresses of their own."""
        return url.startswith("https://tracker.test/changes/")

    def check(self) -> Iterator[Check]:
        """All is well."""
        yield Check(name="access", ok=True)

    def _take(self, name: str, holder: str, seconds: int) -> Claim:
        held = self.project.claims.get(name)
        if held is None or held.holder == holder or held.until <= self.project.now():
            until = self.project.now() + timedelta(seconds=seconds)
            self.project.claims[name] = held = Claim(name=name, holder=holder, until=until)
        return held

    def _give_back(self, claim: Claim) -> None:
        held = self.project.claims.get(claim.name)
        if held is not None and held.holder == claim.holder:
            del self.project.claims[claim.name]

    def _is_listed(self, issue: RemoteIssue) -> bool:
        labels = {label.casefold() for label in issue.labels}
        return FOLLOWED in labels and issue.at_home and self.project.listed_from[issue.id] <= self.project.now()

    def _next(self, verb: str) -> Fate | None:
        self.requests += 1
        self.watch(self.requests, verb)
        self.project.settle_late()
        return self.fates.popleft() if self.fates else None

    def _read(self, verb: str) -> None:
        fate = self._next(verb)
        if fate is Fate.FORBIDDEN:
            raise Forbidden(f"this token may not {verb}")
        if fate is not None:
            raise Transient(f"no answer to {verb}", retry_after=3600)

    def _write(self, fate: Fate | None, act: Callable[[], T]) -> T:
        match fate:
            case Fate.REFUSED:
                raise Refused("slow down", retry_after=1)
            case Fate.REJECTED:
                raise Rejected("the tracker says no")
            case Fate.FORBIDDEN:
                raise Forbidden("this token may not write")
            case Fate.LOST_BEFORE | Fate.LATE:
                raise OutcomeUnknown("no answer to a write")
            case Fate.LOST_AFTER:
                act()
                raise OutcomeUnknown("no answer to a write")
            case None:
                return act()
