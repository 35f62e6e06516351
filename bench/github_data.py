"""The stories as GitHub's GraphQL would give them. Pure.

The shape is what `sync/adapters/github_queries.py` asks for, field by field (tests/test_bench.py compares the two).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.stories import ACTIONS, tell_stories
from sync.mapping import labels_of
from sync.marker import render_marker
from sync.wording import render_text, render_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.stories import Said, Story

REPOSITORY = "acme/payments"
SITE = "https://github.example.com"
_NO_MORE = {"hasNextPage": False, "endCursor": None}
_REOPENED_AFTER = timedelta(minutes=5)


def build_issues(count: int) -> Iterator[dict[str, Any]]:
    """That many issues, in the order of their numbers."""
    return map(build_issue, tell_stories(count))


def build_issue(story: Story) -> dict[str, Any]:
    """One issue."""
    review, item = story.commitment.review, story.commitment.item
    last = max([story.created, *(said.at for said in story.comments)])
    return {
        "id": f"I_kwDOAbench{story.number:07}",
        "number": story.number,
        "url": _address("issues", story.number),
        "title": render_title(item),
        "body": f"{render_text(review, item)}\n\n{render_marker(story.commitment)}",
        "state": "OPEN" if story.closed is None else "CLOSED",
        "stateReason": story.ending.reason,
        "createdAt": story.created,
        "updatedAt": last if story.closed is None else max(last, story.closed),
        "closedAt": story.closed,
        "authorAssociation": "MEMBER",
        "viewerDidAuthor": False,
        "author": {"__typename": "User", "login": story.author},
        "repository": {"nameWithOwner": REPOSITORY},
        "assignees": {"nodes": [{"login": story.assignee}]},
        "labels": {"nodes": [{"name": name} for name in labels_of(review, item)]},
        "closedByPullRequestsReferences": {"nodes": [_pull(story)] if "pull" in story.ending.closer else []},
        "timelineItems": {"pageInfo": _NO_MORE, "nodes": list(_events(story))},
        "comments": {"pageInfo": _NO_MORE, "nodes": [_comment(story, *each) for each in enumerate(story.comments)]},
    }


def _comment(story: Story, position: int, said: Said) -> dict[str, Any]:
    return {
        "author": {"__typename": "User", "login": said.author},
        "authorAssociation": said.association,
        "viewerDidAuthor": False,
        "body": said.text,
        "createdAt": said.at,
        "url": f"{_address('issues', story.number)}#issuecomment-{story.number * 10 + position}",
    }


def _pull(story: Story) -> dict[str, Any]:
    merged = story.closed is not None
    return {
        "url": _address("pull", story.number + 1_000_000),
        "title": ACTIONS[story.number % len(ACTIONS)],
        "state": "MERGED" if merged else "OPEN",
        "merged": merged,
        "mergedAt": story.closed,
        "author": {"login": story.doer},
    }


def _events(story: Story) -> Iterator[dict[str, Any]]:
    """The history: some issues were closed and opened again before they ended."""
    if story.tried is not None:
        yield _closed(story, "COMPLETED", story.tried, None)
        yield _reopened(story, story.tried + _REOPENED_AFTER)
    if story.ending.reason is not None:
        yield _closed(story, story.ending.reason, story.ended, _closer(story))


def _closed(story: Story, reason: str, at: datetime, closer: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "__typename": "ClosedEvent",
        "id": f"CE_{story.number}_{at:%Y%m%d%H%M}",
        "createdAt": at,
        "stateReason": reason,
        "actor": {"login": story.doer},
        "closer": closer,
    }


def _reopened(story: Story, at: datetime) -> dict[str, Any]:
    actor = {"login": story.doer}
    return {"__typename": "ReopenedEvent", "id": f"RE_{story.number}", "createdAt": at, "actor": actor}


def _closer(story: Story) -> dict[str, Any] | None:
    if story.ending.closer == "pull request":
        pull = _pull(story)
        del pull["state"]  # the query asks the closer for less than the reference
        return {"__typename": "PullRequest", **pull}
    if story.ending.closer == "commit":
        return {
            "__typename": "Commit",
            "url": f"{SITE}/{REPOSITORY}/commit/{story.number:040x}",
            "committedDate": story.ended,
            "messageHeadline": ACTIONS[story.number % len(ACTIONS)],
            "author": {"name": "Somebody", "user": {"login": story.doer}},
        }
    return None


def _address(what: str, number: int) -> str:
    return f"{SITE}/{REPOSITORY}/{what}/{number}"
