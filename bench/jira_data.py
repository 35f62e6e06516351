"""The stories as they happen in a Jira: each step is one that the sandbox's Jira lets people do, at its time.

So issues, histories and links are records of the sandbox, and what its REST API shows of them has Jira's shape.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from bench.jira_asked import FIELDS, LINKED_EVERY, PROJECT, PROPERTY
from bench.stories import ACTIONS, PEOPLE
from sync.mapping import labels_of
from sync.marker import render_marker
from sync.sandbox.jira_access import Dialect
from sync.sandbox.jira_json import show_change, show_issue
from sync.sandbox.jira_state import RemoteLink
from sync.sandbox.jira_world import JiraWorld
from sync.sandbox.world import World
from sync.wording import render_backlink, render_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.stories import Said, Story
    from sync.sandbox.jira_state import Account, Issue, Text

    Step = tuple[datetime, Callable[[], object]]

ROOT = "https://api.atlassian.com/ex/jira/8f6b2c1e-5d1a-4b0e-9a55-1f0c7f3f2d10"
"""Where answers say they are from: Jira's gateway for scoped tokens."""

_TASK, _IN_PROGRESS, _IN_REVIEW, _DONE = "10001", "3", "10001", "10002"
_RESOLUTIONS = {"COMPLETED": "10000", "NOT_PLANNED": "10001", "DUPLICATE": "10002"}
_REOPENED_AFTER = timedelta(minutes=5)
_ADDRESS = re.compile(r"(https://\S+)")


class JiraTeller:
    """Lets stories happen in a Jira of its own, `world`, where they can be looked at."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self.world = JiraWorld(World.open_to_all(clock=lambda: self._at or datetime.now(UTC)), "cloud")
        self._project = self.world.add_project(PROJECT, "Platform")
        self._people = {name: self._join(name) for name in PEOPLE}

    def tell(self, story: Story) -> Issue:
        """Let a story happen from its beginning; gives the issue as it is in the end."""
        self._at = story.created
        item = story.commitment.item
        labels = list(labels_of(story.commitment.review, item))
        issue = self.world.add_issue(
            self._project, self._people[story.author],
            {
                "summary": render_title(item), "issuetype": _TASK, "labels": labels,
                "duedate": item.due.isoformat() if item.due else None, "assignee": self._people[story.assignee].id,
            },
        )  # fmt: skip
        self.world.set_property(issue, PROPERTY, {"v": 1, "made_for": _marker_of(story)})
        for at, step in sorted(self._steps(story, issue), key=lambda each: each[0]):
            self._at = at
            step()
        self._at = None
        return issue

    def close(self, number: int, at: datetime) -> Issue:
        """Let somebody close an issue as done, opening it first where it was closed."""
        issue = self.world.issue(f"{PROJECT}-{number}")
        self._at = at
        self._move(issue, PEOPLE[0], _IN_PROGRESS)
        self._move(issue, PEOPLE[0], _DONE, "COMPLETED")
        self._at = None
        return issue

    def _join(self, name: str) -> Account:
        account_id = f"712020:{uuid.uuid5(uuid.NAMESPACE_DNS, name)}"
        return self.world.add_account(account_id, name.replace("-", " ").title(), f"{name}@example.com")

    def _steps(self, story: Story, issue: Issue) -> Iterator[Step]:
        chance = Random(-story.number)  # noqa: S311 - the same issue every time is what is wanted
        author, doer = self._people[story.author], self._people[story.doer]
        back = _backlink_of(story)
        yield story.created + timedelta(seconds=2), lambda: self.world.set_link(issue, author, back)
        yield from self._way(story, issue, story.created + timedelta(hours=chance.randrange(1, 11)))
        for said in story.comments:
            yield said.at, self._comment(issue, said)
        if chance.random() < 0.15:
            labels = [*issue.labels, "reliability"]
            yield story.created + timedelta(minutes=40), lambda: self.world.set_fields(issue, doer, {"labels": labels})
        due = story.commitment.item.due
        if due is not None and chance.random() < 0.25:
            later = {"duedate": (due + timedelta(days=14)).isoformat()}
            yield story.created + timedelta(hours=15), lambda: self.world.set_fields(issue, doer, later)
        if story.number % LINKED_EVERY == 0:
            link = _link_of(story)
            yield story.created + timedelta(hours=20), lambda: self.world.set_link(issue, doer, link)

    def _way(self, story: Story, issue: Issue, started: datetime) -> Iterator[Step]:
        """Through the workflow: some issues were closed and opened again before they ended."""
        doer, ending = story.doer, story.ending
        if ending.reason or ending.closer:
            yield started, lambda: self._move(issue, doer, _IN_PROGRESS)
        if story.tried is not None:
            yield story.tried, lambda: self._move(issue, doer, _DONE, "COMPLETED")
            yield story.tried + _REOPENED_AFTER, lambda: self._move(issue, doer, _IN_PROGRESS)
        if "pull" in ending.closer:
            last_quarter = story.ended - (story.ended - story.created) / 4
            yield last_quarter, lambda: self._move(issue, doer, _IN_REVIEW)
        reason = ending.reason
        if reason is not None:
            yield story.ended, lambda: self._move(issue, doer, _DONE, reason)

    def _comment(self, issue: Issue, said: Said) -> Callable[[], object]:
        return lambda: self.world.add_comment(issue, self._people[said.author], _document(said.text))

    def _move(self, issue: Issue, who: str, status: str, reason: str = "") -> None:
        self.world.set_status(issue, self._people[who], status, _RESOLUTIONS.get(reason))


def show_followed(world: JiraWorld, issue: Issue, root: str = ROOT) -> dict[str, Any]:
    """An issue as the list shows it."""
    return show_issue(world, Dialect(cloud=True, version=3, root=root), issue, fields=FIELDS, properties=[PROPERTY])


def show_history(world: JiraWorld, issue: Issue, root: str = ROOT) -> dict[str, Any]:
    """An issue's history as the fetch of many at once tells it."""
    dialect = Dialect(cloud=True, version=3, root=root)
    shown = [
        show_change(world, dialect, each) | {"created": int(each.at.timestamp() * 1000)} for each in issue.changes
    ]  # fmt: skip
    return {"issueId": str(issue.id), "changeHistories": shown}


def _marker_of(story: Story) -> Any:
    """What a marker says, as plain data."""
    comment = render_marker(story.commitment)
    return msgspec.json.decode(comment[comment.index("{") : comment.rindex("}") + 1])


def _backlink_of(story: Story) -> RemoteLink:
    """The link to the review that a push puts on each issue."""
    review = story.commitment.review
    return RemoteLink(
        id=0, global_id=f"follow-through:{review.id}", relationship="promised in",
        target={"url": review.url, "title": render_backlink(review)},
    )  # fmt: skip


def _link_of(story: Story) -> RemoteLink:
    address = f"https://git.example.com/acme/payments/merge_requests/{story.number}"
    return RemoteLink(id=0, target={"url": address, "title": ACTIONS[story.number % len(ACTIONS)]})


def _document(text: str) -> Text:
    """The text as an Atlassian Document: an address in it is a card, as the editor makes one."""
    parts = [part for part in _ADDRESS.split(text) if part]
    content = [
        {"type": "inlineCard", "attrs": {"url": part}} if _ADDRESS.match(part) else {"type": "text", "text": part}
        for part in parts
    ]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": content}]}
