"""Jira's records as RemoteIssues. Pure, but for who is believed, which is asked of `People`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from sync.adapters.jira_answers import EPOCH, first_time, number_of, parse_day, parse_time
from sync.adapters.jira_document import from_document, plain_document, to_document
from sync.adapters.jira_history import DONE
from sync.adapters.jira_marker import PROPERTY, Marking, later_markers, own_marker, read_decisions, read_marking
from sync.adapters.jira_wiki import from_wiki, plain_wiki, to_wiki
from sync.mapping import reason_of
from sync.port import RemoteChange, RemoteComment, RemoteIssue, RemoteState
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sync.adapters.jira_answers import Comment, Fields, Issue, RemoteLink
    from sync.adapters.jira_history import History
    from sync.adapters.jira_people import People
    from sync.port import Draft

OWN_LINKS = "follow-through:"
"""How the global ids of our own links begin."""


class Texts(NamedTuple):
    """How one version of the API writes long texts: from Markdown, back to it, and as plain text."""

    write: Callable[[str], object]
    read: Callable[[object], str]
    plain: Callable[[object], str]


DOCUMENTS = Texts(to_document, from_document, plain_document)
WIKI = Texts(to_wiki, from_wiki, plain_wiki)


class Parts(NamedTuple):
    """What hangs on an issue: its history, its remote links, all of its comments, changes from elsewhere."""

    history: History
    links: Sequence[RemoteLink] = ()
    comments: Sequence[Comment] | None = None
    changes: tuple[RemoteChange, ...] = ()


class Reader:
    """Turns answers of one site into RemoteIssues. `site` is where people click."""

    def __init__(self, site: str, people: People, texts: Texts, not_done: frozenset[str]) -> None:
        parts = urlsplit(site)
        self._site, self._place = site.rstrip("/"), f"{parts.hostname}{parts.path.rstrip('/')}"
        self._people, self._texts, self._not_done = people, texts, not_done

    def stable_id(self, issue_id: str) -> str:
        """Unique among all sites, and the same in whatever project the issue is."""
        return f"{self._place}:{issue_id}"

    def url(self, key: str) -> str:
        """Where people see an issue."""
        return f"{self._site}/browse/{key}"

    def plain(self, text: object) -> str:
        """A long text without any markup."""
        return self._texts.plain(text)

    def issue(self, issue: Issue, parts: Parts, *, at_home: bool) -> RemoteIssue:
        """An issue with what hangs on it."""
        fields, history = issue.fields, parts.history
        state = self._state(fields)
        trusted = self._people.may_create(fields.creator)
        said = fields.comment.comments if parts.comments is None and fields.comment else parts.comments or ()
        comments = tuple(self._comment(comment, issue.key) for comment in said)
        marking = read_marking(bytes(issue.properties[PROPERTY])) if PROPERTY in issue.properties else Marking(v=1)
        readable = self._texts.read(fields.description) if fields.description is not None else ""
        later = later_markers(marking, None if trusted else [each.body for each in comments if each.trusted])
        return RemoteIssue(
            id=self.stable_id(issue.id),
            ref=issue.key,
            number=number_of(issue.key),
            url=self.url(issue.key),
            title=fields.summary or "",
            text="\n\n".join(part for part in (readable, own_marker(marking)) if part),
            state=state,
            created=first_time(fields.created),
            updated=first_time(fields.updated, fields.created),
            closed=self._closed(fields, history) if state.closed else None,
            trusted=trusted,
            assignees=(fields.assignee.account,) if fields.assignee and fields.assignee.account else (),
            labels=tuple(fields.labels or ()),
            history=history.events,
            comments=(*comments, *((self._kept(later, fields, issue.key),) if later else ())),
            changes=(*self._links(parts.links, history), *parts.changes),
            at_home=at_home,
            keeps_due=True,
            due=parse_day(fields.duedate),
            due_moves=history.due_moves,
        )

    def created(self, draft: Draft, issue_id: str, key: str, at: datetime) -> RemoteIssue:
        """The issue that a create made of a draft: Jira takes all of it or says no."""
        return RemoteIssue(
            id=self.stable_id(issue_id),
            ref=key,
            number=number_of(key),
            url=self.url(key),
            title=draft.title,
            text=draft.text,
            state=RemoteState(closed=False),
            created=at,
            updated=at,
            trusted=True,
            assignees=draft.assignees,
            labels=draft.labels,
            keeps_due=True,
            due=draft.due,
        )

    def _state(self, fields: Fields) -> RemoteState:
        """By the category of the status and the resolution, never by the status' name."""
        category = fields.status.category if fields.status else ""
        if category != DONE:
            return RemoteState(closed=False, active=category == "indeterminate")
        return RemoteState(closed=True, reason=reason_of(_name(fields), self._not_done))

    @staticmethod
    def _closed(fields: Fields, history: History) -> datetime:
        """When the state that stands was reached; for an issue that was created done, when it was resolved."""
        if history.events and history.events[-1].state.closed:
            return history.events[-1].at
        return first_time(fields.resolutiondate, fields.statuscategorychangedate, fields.updated, fields.created)

    def _comment(self, comment: Comment, key: str) -> RemoteComment:
        author = comment.author
        return RemoteComment(
            body=read_decisions(self._texts.plain(comment.body)),
            at=parse_time(comment.created) or EPOCH,
            url=f"{self.url(key)}?focusedCommentId={comment.id}",
            author=author.shown if author else "",
            trusted=self._people.may_write(author),
            bot=author is not None and author.account_type == "app",
        )

    def _kept(self, markers: str, fields: Fields, key: str) -> RemoteComment:
        """The markers of later reviews, which the property keeps: the core looks for them in comments."""
        at = first_time(fields.updated, fields.created)
        return RemoteComment(body=markers, at=at, url=self.url(key), trusted=True)

    def _links(self, links: Sequence[RemoteLink], history: History) -> tuple[RemoteChange, ...]:
        """Links to elsewhere that somebody who is believed added, dated by the history.

        A page that merely mentions the issue links itself (Confluence does): that shows nothing.
        """
        added = {str(link.id): history.links.get(str(link.id)) for link in links}
        return tuple(
            RemoteChange(
                kind=EvidenceKind.REMOTE_LINK,
                url=link.target.url,
                at=found.at,
                author=found.by.shown if found.by else "",
                title=link.target.title,
            )
            for link in links
            if (found := added[str(link.id)]) is not None
            and self._is_evidence(link)
            and self._people.may_write(found.by)
        )

    @staticmethod
    def _is_evidence(link: RemoteLink) -> bool:
        is_ours = (link.global_id or "").startswith(OWN_LINKS)
        return not is_ours and (link.relationship or "").casefold() != "mentioned in"


def _name(fields: Fields) -> str:
    return (fields.resolution.name if fields.resolution else None) or ""
