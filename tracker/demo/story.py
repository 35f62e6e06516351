"""What happens in the demo, as data: days from today, and what people or `track` do on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from sync.sandbox.people import People

PAYMENTS, PLATFORM, TOOLS = "acme/payments", "acme/platform", "acme/tools"

REPOSITORIES = {"INC-017": PAYMENTS, "INC-021": PLATFORM, "INC-024": PLATFORM, "INC-031": PAYMENTS}
"""Where the issues of each review are."""

_DASHBOARD = "https://dashboards.example/checkout/error-rate"


class Push(Struct, frozen=True):
    """The incident lead pushes a review."""

    review: str


class Sync(Struct, frozen=True):
    """Cron pulls the trackers (in truth every quarter of an hour)."""


class Act(Struct, frozen=True):
    """People do something to the issue of one item: `do` gets them, the repository and the issue's number."""

    item: str
    what: str
    do: Callable[[People, str, int], object]


def _merged(item: str, author: str, title: str) -> Act:
    return Act(
        item, "a pull request is merged and closes it", lambda p, r, n: p.merge_pull_request(r, n, author, title)
    )


def _closed(item: str, actor: str) -> Act:
    return Act(item, "closed, with nothing to show", lambda p, r, n: p.close(r, n, actor))


def _shown(item: str, actor: str, link: str) -> Act:
    def show(people: People, repository: str, issue: int) -> None:
        people.comment(repository, issue, actor, f"Evidence: {link} (fired in today's test)")
        people.close(repository, issue, actor)

    return Act(item, "a comment links the evidence; closed", show)


STORY: tuple[tuple[int, Push | Sync | Act], ...] = (
    (-79, Push("INC-017")),
    (-73, _shown("INC-017/A5", "chris", _DASHBOARD)),
    (-62, Push("INC-021")),
    (-60, _merged("INC-017/A1", "pia", "Check config against its schema")),
    (
        -57,
        Act(
            "INC-021/B4",
            "a commit on the main branch closes it",
            lambda p, r, n: p.close_with_commit(r, n, "dana", "Keep the failover script here"),
        ),
    ),
    (-56, Sync()),
    (-50, _closed("INC-017/A3", "chris")),
    (-49, _closed("INC-021/B2", "dana")),
    (-44, Push("INC-024")),
    (-43, Act("INC-017/A4", "closed as not planned", lambda p, r, n: p.close(r, n, "paul", "not_planned"))),
    (-42, Sync()),
    (-40, Act("INC-021/B2", "opened again: a step was missing", lambda p, r, n: p.reopen(r, n, "paul"))),
    (-33, Act("INC-021/B1", f"moved to {TOOLS}", lambda p, r, n: p.transfer_issue(r, n, TOOLS, "paul"))),
    (-28, Sync()),
    (-26, _merged("INC-024/C1", "paul", "Renew certificates by themselves")),
    (-24, Act("INC-021/B3", "the issue is deleted", lambda p, r, n: p.delete_issue(r, n))),
    (-22, _merged("INC-021/B2", "dana", "Failover steps that can be pasted")),
    (-21, Sync()),
    (-14, Sync()),
    (-8, Push("INC-031")),
    (
        -3,
        Act(
            "INC-024/C2",
            "a pull request is open",
            lambda p, r, n: p.open_pull_request(r, n, "gil", "Page before certificates run out"),
        ),
    ),
    (0, Sync()),
)


def day(today: date, offset: int) -> date:
    """The day that many days from today."""
    return today + timedelta(days=offset)


def morning(today: date, offset: int) -> datetime:
    """That day at ten (UTC)."""
    return datetime.combine(day(today, offset), time(10), UTC)
