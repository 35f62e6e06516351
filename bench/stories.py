"""What happened to followed issues, whoever tracks them: many stories, and always the same. Pure.

`github_data` and `jira_data` tell them in the shape of their tracker.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.marker import digest
from sync.wording import render_text
from tracker.model import ActionItem, Commitment, Condition, Horizon, Kind, ReviewHeader, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEMS_A_REVIEW = 7
_START = datetime(2022, 1, 3, 9, tzinfo=UTC)
_SPAN = timedelta(days=1200)
PEOPLE = tuple(f"{team}-{number}" for team in ("payments", "checkout", "platform", "gateway") for number in range(9))
_WORDS = (
    "the deploy pipeline now refuses a config whose schema does not match", "the dashboard shows retries per client",
    "we agreed to try it on one region first", "the runbook has the new steps", "on-call rehearsed it last week",
    "waiting for a slot in the release train", "blocked by the migration of the queue",
    "the alert fired once and was right",
)  # fmt: skip
ACTIONS = (
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
    """How often an issue ends like this, why it was closed (None: it was not), and what closed it."""

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


class Said(Struct, frozen=True, kw_only=True):
    """A comment; `association` is what its author is to the project, in GitHub's words."""

    author: str
    association: str
    text: str
    at: datetime


class Story(Struct, frozen=True, kw_only=True):
    """One issue. `ended` is when it was closed, if its ending closed it.

    `tried` is when it was closed too early, if it was; it was opened again soon after.
    """

    number: int
    commitment: Commitment
    author: str
    assignee: str
    created: datetime
    ending: Ending
    ended: datetime
    tried: datetime | None
    comments: tuple[Said, ...]

    @property
    def closed(self) -> datetime | None:
        """When it was closed, if it stayed so."""
        return None if self.ending.reason is None else self.ended

    @property
    def doer(self) -> str:
        """Who did the work."""
        return PEOPLE[self.number % len(PEOPLE)]


def tell_stories(count: int) -> Iterator[Story]:
    """The issues of some three years, in the order of their numbers; none changed after 2025."""
    pace = pace_of(count)
    for number in range(1, count + 1):
        yield tell_story(number, pace)


def pace_of(count: int) -> timedelta:
    """The time from one review to the next, where that many issues came to be in some three years."""
    return _SPAN / (count / ITEMS_A_REVIEW)


def tell_story(number: int, pace: timedelta, *, fixed: datetime | None = None) -> Story:
    """The issue of that number, with a review each `pace`; the same each time, or as it was closed at `fixed`."""
    chance = Random(number)  # noqa: S311 - the same issue every time is what is wanted
    review = _review(number // ITEMS_A_REVIEW, pace)
    created = (review.started or _START) + timedelta(days=5, seconds=chance.randrange(90_000))
    [ending] = chance.choices(_ENDINGS, weights=[each.weight for each in _ENDINGS])
    ended = created + timedelta(days=chance.randrange(1, 60), seconds=chance.randrange(80_000))
    if fixed is not None:
        ending, ended = _FIXED, fixed
    comments = tuple(_comments(number, created, chance))
    author, assignee = chance.choice(PEOPLE), chance.choice(PEOPLE)
    half = (created + (ended - created) / 2).replace(microsecond=0)
    return Story(
        number=number, commitment=_commitment(review, number, created), author=author, assignee=assignee,
        created=created, ending=ending, ended=ended, tried=half if chance.random() < 0.06 else None, comments=comments,
    )  # fmt: skip


@lru_cache(maxsize=1024)
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
        id=f"A{number % ITEMS_A_REVIEW + 1}", title=f"{ACTIONS[number % len(ACTIONS)]} (service {number % 40})",
        owner=PEOPLE[number % len(PEOPLE)], due=due, horizon=Horizon.SYSTEMIC if number % 3 else Horizon.IMMEDIATE,
        kind=Kind.PREVENT, conditions=(_CONDITIONS[number % 3].name,), proof="A merged pull request with its test",
        question="Has a change of this kind reached production unchecked since?",
    )  # fmt: skip
    text = render_text(review, item)
    return Commitment(
        review=review, item=item, committed=created, pushed=created, first_due=due, digest=digest(text)
    )  # fmt: skip


def _comments(number: int, created: datetime, chance: Random) -> Iterator[Said]:
    for position in range(chance.choice((0, 0, 1, 1, 2, 3, 5))):
        yield Said(
            author=chance.choice(PEOPLE),
            association=chance.choice(("MEMBER", "COLLABORATOR", "CONTRIBUTOR", "NONE")),
            text=_said(number, chance),
            at=created + timedelta(days=position + 1, minutes=chance.randrange(600)),
        )


def _said(number: int, chance: Random) -> str:
    sentences = ". ".join(text.capitalize() for text in chance.sample(_WORDS, chance.randrange(1, 5)))
    if chance.random() < 0.1:
        return f"Evidence: https://dashboards.example.com/d/{number} shows it. {sentences}."
    return f"{sentences}."
