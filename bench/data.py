"""Followed issues as GitHub's GraphQL would give them, many and always the same. Pure.

The shape is what `sync/adapters/github_queries.py` asks for, field by field (tests/test_bench.py compares the two).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sync.mapping import labels_of
from sync.marker import digest, render_marker
from sync.wording import render_text, render_title
from tracker.model import ActionItem, Commitment, Condition, Horizon, Kind, ReviewHeader, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = "acme/payments"
SITE = "https://github.example.com"
ITEMS_A_REVIEW = 7
_START = datetime(2022, 1, 3, 9, tzinfo=UTC)
_SPAN = timedelta(days=1200)
_PEOPLE = tuple(f"{team}-{number}" for team in ("payments", "checkout", "platform", "gateway") for number in range(9))
_NO_MORE = {"hasNextPage": False, "endCursor": None}
_WORDS = (
    "the deploy pipeline now refuses a config whose schema does not match", "the dashboard shows retries per client",
    "we agreed to try it on one region first", "the runbook has the new steps", "on-call rehearsed it last week",
    "waiting for a slot in the release train", "blocked by the migration of the queue",
    "the alert fired once and was right",
)  # fmt: skip
_ACTIONS = (
    "Reject config that does not match its schema", "Cap retries in the client at two, with backoff",
    "Page when more than 2 % of requests fail", "Rehearse a failover each month", "Roll flags out to 5 % of hosts",
    "Alert when a replica falls behind", "Renew certificates thirty days ahead",
)  # fmt: skip
_CLASSES = tuple(
    f"{cause}-{place}"
    for cause in ("config", "retries", "failover", "certificate", "capacity", "dependency", "migration", "flags")
    for place in ("checkout", "payments", "gateway", "search", "platform")
)
_CONDITIONS = (
    Condition(name="unvalidated-config", role=Role.TRIGGER, what="Nothing checked the file before it was rolled out."),
    Condition(name="retry-storm", role=Role.AMPLIFIER, what="Clients tried again without waiting."),
    Condition(name="slow-rollback", role=Role.RECOVERY_FRICTION, what="Going back took four people and a runbook."),
)


class Ending(Struct, frozen=True):
    """How often an issue ends like this, and what GitHub then says of it."""

    weight: int
    reason: str | None
    closer: str = ""


_ENDINGS = (
    Ending(30, None),
    Ending(5, None, "open pull request"),
    Ending(42, "COMPLETED", "pull request"),
    Ending(6, "COMPLETED", "commit"),
    Ending(10, "COMPLETED"),
    Ending(5, "NOT_PLANNED"),
    Ending(2, "DUPLICATE"),
)
_FIXED = Ending(1, "COMPLETED", "pull request")


def build_issues(count: int) -> Iterator[dict[str, Any]]:
    """The issues of some three years, in the order of their numbers; none changed after 2025."""
    pace = pace_of(count)
    for number in range(1, count + 1):
        yield build_issue(number, pace)


def pace_of(count: int) -> timedelta:
    """The time from one review to the next, where that many issues came to be in some three years."""
    return _SPAN / (count / ITEMS_A_REVIEW)


def build_issue(number: int, pace: timedelta, *, fixed: datetime | None = None) -> dict[str, Any]:
    """The issue of that number, with a review each `pace`; the same each time, or as it was closed at `fixed`."""
    chance = Random(number)  # noqa: S311 - the same issue every time is what is wanted
    review = _review(number // ITEMS_A_REVIEW, pace)
    created = (review.started or _START) + timedelta(days=5, seconds=chance.randrange(90_000))
    [ending] = chance.choices(_ENDINGS, weights=[each.weight for each in _ENDINGS])
    closed = created + timedelta(days=chance.randrange(1, 60), seconds=chance.randrange(80_000))
    if fixed is not None:
        ending, closed = _FIXED, fixed
    commitment = _commitment(review, number, created)
    comments = _comments(number, created, chance)
    last = max([created, *(comment["createdAt"] for comment in comments)])
    return {
        "id": f"I_kwDOAbench{number:07}",
        "number": number,
        "url": _address("issues", number),
        "title": render_title(commitment.item),
        "body": f"{render_text(commitment.review, commitment.item)}\n\n{render_marker(commitment)}",
        "state": "OPEN" if ending.reason is None else "CLOSED",
        "stateReason": ending.reason,
        "createdAt": created,
        "updatedAt": last if ending.reason is None else max(last, closed),
        "closedAt": None if ending.reason is None else closed,
        "authorAssociation": "MEMBER",
        "viewerDidAuthor": False,
        "author": {"__typename": "User", "login": chance.choice(_PEOPLE)},
        "repository": {"nameWithOwner": REPOSITORY},
        "assignees": {"nodes": [{"login": chance.choice(_PEOPLE)}]},
        "labels": {"nodes": [{"name": name} for name in labels_of(commitment.review, commitment.item)]},
        "closedByPullRequestsReferences": {"nodes": [_pull(number, ending, closed)] if "pull" in ending.closer else []},
        "timelineItems": {"pageInfo": _NO_MORE, "nodes": _events(number, ending, created, closed, chance)},
        "comments": {"pageInfo": _NO_MORE, "nodes": comments},
    }


@cache
def _review(number: int, pace: timedelta) -> ReviewHeader:
    chance = Random(-number - 1)  # noqa: S311 - as above
    started = (_START + number * pace + timedelta(hours=chance.randrange(48))).replace(microsecond=0)
    return ReviewHeader(
        id=f"INC-{number:05}", title=f"Checkout answered 5xx after change {number}", severity=f"sev{number % 4 + 1}",
        incident_class=chance.choice(_CLASSES), service=f"service-{number % 40}", team=f"team-{number % 12}",
        started=started, detected=started + timedelta(minutes=9), mitigated=started + timedelta(minutes=50),
        reviewed=(started + timedelta(days=4)).date(), checkpoints=((started + timedelta(days=60)).date(),),
        tracker="bench", url=f"https://wiki.example.com/reviews/INC-{number:05}", conditions=_CONDITIONS,
    )  # fmt: skip


def _commitment(review: ReviewHeader, number: int, created: datetime) -> Commitment:
    due = (created + timedelta(days=30)).date()
    item = ActionItem(
        id=f"A{number % ITEMS_A_REVIEW + 1}", title=f"{_ACTIONS[number % len(_ACTIONS)]} (service {number % 40})",
        owner=_PEOPLE[number % len(_PEOPLE)], due=due, horizon=Horizon.SYSTEMIC if number % 3 else Horizon.IMMEDIATE,
        kind=Kind.PREVENT, conditions=(_CONDITIONS[number % 3].name,), proof="A merged pull request with its test",
        question="Has a change of this kind reached production unchecked since?",
    )  # fmt: skip
    text = render_text(review, item)
    return Commitment(
        review=review, item=item, committed=created, pushed=created, first_due=due, digest=digest(text)
    )  # fmt: skip


def _comments(number: int, created: datetime, chance: Random) -> list[dict[str, Any]]:
    return [
        {
            "author": {"__typename": "User", "login": chance.choice(_PEOPLE)},
            "authorAssociation": chance.choice(("MEMBER", "COLLABORATOR", "CONTRIBUTOR", "NONE")),
            "viewerDidAuthor": False,
            "body": _said(number, chance),
            "createdAt": created + timedelta(days=position + 1, minutes=chance.randrange(600)),
            "url": f"{_address('issues', number)}#issuecomment-{number * 10 + position}",
        }
        for position in range(chance.choice((0, 0, 1, 1, 2, 3, 5)))
    ]


def _said(number: int, chance: Random) -> str:
    sentences = ". ".join(text.capitalize() for text in chance.sample(_WORDS, chance.randrange(1, 5)))
    if chance.random() < 0.1:
        return f"Evidence: https://dashboards.example.com/d/{number} shows it. {sentences}."
    return f"{sentences}."


def _pull(number: int, ending: Ending, closed: datetime) -> dict[str, Any]:
    merged = ending.reason is not None
    return {
        "url": _address("pull", number + 1_000_000),
        "title": f"{_ACTIONS[number % len(_ACTIONS)]}",
        "state": "MERGED" if merged else "OPEN",
        "merged": merged,
        "mergedAt": closed if merged else None,
        "author": {"login": _PEOPLE[number % len(_PEOPLE)]},
    }


def _events(number: int, ending: Ending, created: datetime, closed: datetime, chance: Random) -> list[dict[str, Any]]:
    """The history: some issues were closed and opened again before they ended."""
    events: list[dict[str, Any]] = []
    if chance.random() < 0.06:
        half = (created + (closed - created) / 2).replace(microsecond=0)
        events += [_closed(number, "COMPLETED", half, None), _reopened(number, half + timedelta(minutes=5))]
    if ending.reason is not None:
        events.append(_closed(number, ending.reason, closed, _closer(number, ending, closed)))
    return events


def _closed(number: int, reason: str, at: datetime, closer: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "__typename": "ClosedEvent",
        "id": f"CE_{number}_{at:%Y%m%d%H%M}",
        "createdAt": at,
        "stateReason": reason,
        "actor": {"login": _PEOPLE[number % len(_PEOPLE)]},
        "closer": closer,
    }


def _reopened(number: int, at: datetime) -> dict[str, Any]:
    actor = {"login": _PEOPLE[number % len(_PEOPLE)]}
    return {"__typename": "ReopenedEvent", "id": f"RE_{number}", "createdAt": at, "actor": actor}


def _closer(number: int, ending: Ending, closed: datetime) -> dict[str, Any] | None:
    if ending.closer == "pull request":
        pull = _pull(number, ending, closed)
        del pull["state"]  # the query asks the closer for less than the reference
        return {"__typename": "PullRequest", **pull}
    if ending.closer == "commit":
        return {
            "__typename": "Commit",
            "url": f"{SITE}/{REPOSITORY}/commit/{number:040x}",
            "committedDate": closed,
            "messageHeadline": _ACTIONS[number % len(_ACTIONS)],
            "author": {"name": "Somebody", "user": {"login": _PEOPLE[number % len(_PEOPLE)]}},
        }
    return None


def _address(what: str, number: int) -> str:
    return f"{SITE}/{REPOSITORY}/{what}/{number}"
