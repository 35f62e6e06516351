"""What happens in the demo, as data: days from today, and what people or `track` do on them.

One team works on GitHub, the other on Jira. Whatever people do there, they do without asking `track`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from sync.sandbox.jira_people import JiraPeople
from sync.sandbox.people import People
from tracker.demo.history import LATE
from tracker.demo.setting import CATALOGUE, TOOLS
from tracker.recorded import Reply

_ERROR_RATE = "https://dashboards.example/checkout/error-rate"
_DISK_ALERT = "https://dashboards.example/events/broker-disks"
_SHARES = "https://dashboards.example/hosts/shares"
_QUEUE_AGE = "https://dashboards.example/orders/queue-age"
_CHANGES = "https://code.example/platform/changes"


class Push(Struct, frozen=True):
    """The incident lead pushes a review."""

    review: str


class Amend(Struct, frozen=True):
    """The incident lead gives an item another due date in the document, in days from today, and pushes it again."""

    item: str
    before: int
    to: int


class Sync(Struct, frozen=True):
    """Cron pulls the trackers (in truth every quarter of an hour)."""


class Import(Struct, frozen=True):
    """A team hands in a file of incidents that it kept for itself."""

    name: str
    text: str
    day: int


class Waive(Struct, frozen=True):
    """Somebody decides that an item is not done for so many days from today."""

    item: str
    reason: str
    until: int
    by: str


class Said(Struct, frozen=True):
    """Somebody answers, at the last checkpoint, whether an item helped."""

    item: str
    answer: Reply
    note: str
    by: str


class Remind(Struct, frozen=True):
    """The scheduler reminds of what is overdue (in truth every day)."""


class Deliver(Struct, frozen=True):
    """The scheduler puts the weekly report where the config says."""


class OnGitHub(Struct, frozen=True):
    """People do something to the issue of one item: `do` gets them, the repository and the issue's number."""

    item: str
    what: str
    do: Callable[[People, str, int], object]


class OnJira(Struct, frozen=True):
    """People do something to the issue of one item: `do` gets them, the issue's key and the day that is today."""

    item: str
    what: str
    do: Callable[[JiraPeople, str, date], object]


Event = Push | Amend | Sync | Import | Waive | Said | Remind | Deliver | OnGitHub | OnJira


def _merged(item: str, author: str, title: str) -> OnGitHub:
    return OnGitHub(
        item, "a pull request is merged and closes it", lambda p, r, n: p.merge_pull_request(r, n, author, title)
    )


def _closed(item: str, actor: str) -> OnGitHub:
    return OnGitHub(item, "closed, with nothing to show", lambda p, r, n: p.close(r, n, actor))


def _shown(item: str, actor: str, link: str) -> OnGitHub:
    def show(people: People, repository: str, issue: int) -> None:
        people.comment(repository, issue, actor, f"Evidence: {link} (fired in today's test)")
        people.close(repository, issue, actor)

    return OnGitHub(item, "a comment links the evidence; closed", show)


def _put_into(item: str, status: str, actor: str) -> OnJira:
    what = f"put into {status}"
    return OnJira(item, what, lambda p, key, _today: p.transition(key, status, actor))


def _resolved(item: str, resolution: str, actor: str, how: str = "") -> OnJira:
    """The status is Done whatever came of an issue: that is said by its resolution."""
    what = f"closed as {resolution}{how}"
    return OnJira(item, what, lambda p, key, _today: p.transition(key, "Done", actor, resolution))


def _commented(item: str, actor: str, link: str) -> OnJira:
    def comment(people: JiraPeople, key: str, _today: date) -> None:
        people.comment(key, actor, f"Evidence: {link} (fired in today's test)")
        people.transition(key, "Done", actor, "Done")

    return OnJira(item, "a comment links the evidence; closed as Done", comment)


def _linked(item: str, actor: str, number: int, title: str) -> OnJira:
    def link(people: JiraPeople, key: str, _today: date) -> None:
        people.add_remote_link(key, f"{_CHANGES}/{number}", title, author=actor)
        people.transition(key, "Done", actor, "Done")

    return OnJira(item, "linked to its merged change; closed as Done", link)


STORY: tuple[tuple[int, Event], ...] = (
    (-400, Push("INC-002")),
    (-386, _shown("INC-002/G1", "chris", _SHARES)),
    (-383, _merged("INC-002/G2", "pia", "Nice the settlement down")),
    (-335, Push("INC-004")),
    (-327, _shown("INC-004/H2", "pia", _QUEUE_AGE)),
    (-318, _merged("INC-004/H1", "chris", "Write orders in batches")),
    (-282, Push("INC-009")),
    (-266, _merged("INC-009/J1", "dana", "Limit the statements of reports")),
    (-254, _merged("INC-009/J2", "dana", "Send reports to the replica")),
    (-240, Push("INC-010")),
    (-230, _merged("INC-010/K1", "pia", "Refuse a zone that loses names")),
    (-207, Push("INC-012")),
    (-189, _merged("INC-012/L1", "chris", "One request fills the cache")),
    (-180, _merged("INC-012/L2", "chris", "Warm the cache before traffic")),
    (-170, Sync()),
    (-79, Push("INC-017")),
    (-73, _shown("INC-017/A5", "chris", _ERROR_RATE)),
    (-70, Push("INC-019")),
    (-62, Push("INC-021")),
    (-61, _commented("INC-019/B2", "erin", _DISK_ALERT)),
    (-60, _merged("INC-017/A1", "pia", "Check config against its schema")),
    (
        -57,
        OnGitHub(
            "INC-021/C4",
            "a commit on the main branch closes it",
            lambda p, r, n: p.close_with_commit(r, n, "dana", "Keep the failover script here"),
        ),
    ),
    (-56, Sync()),
    (-53, _linked("INC-019/B1", "paul", 311, "Seven days of retention for every topic")),
    (-50, _closed("INC-017/A3", "chris")),
    (-49, _closed("INC-021/C2", "dana")),
    (-46, _resolved("INC-019/B4", "Done", "paul", ", with nothing to show")),
    (-44, Push("INC-024")),
    (-43, OnGitHub("INC-017/A4", "closed as not planned", lambda p, r, n: p.close(r, n, "paul", "not_planned"))),
    (-42, Sync()),
    (-41, _resolved("INC-019/B3", "Won't Do", "erin")),
    (-40, OnGitHub("INC-021/C2", "opened again: a step was missing", lambda p, r, n: p.reopen(r, n, "paul"))),
    (-37, _resolved("INC-024/D1", "Done", "paul")),
    (-36, Amend("INC-021/C1", -38, -12)),
    (
        -34,
        OnJira(
            "INC-024/D3",
            f"moved to the project {CATALOGUE}",
            lambda p, key, _today: p.move_issue(key, CATALOGUE, "gil"),
        ),
    ),
    (-33, OnGitHub("INC-021/C1", f"moved to {TOOLS}", lambda p, r, n: p.transfer_issue(r, n, TOOLS, "paul"))),
    (
        -31,
        OnJira("INC-024/D1", "opened again: the first renewal failed", lambda p, key, _today: p.reopen(key, "gil")),
    ),
    (-28, Sync()),
    (-25, _linked("INC-024/D1", "paul", 347, "Renew certificates by themselves")),
    (-24, OnGitHub("INC-021/C3", "the issue is deleted", lambda p, r, n: p.delete_issue(r, n))),
    (
        -23,
        OnJira(
            "INC-024/D2",
            "its due date is moved later by 29 days",
            lambda p, key, today: p.set_due(key, day(today, 9).isoformat(), "gil"),
        ),
    ),
    (-22, _merged("INC-021/C2", "dana", "Failover steps that can be pasted")),
    (-21, Sync()),
    (-15, Push("INC-028")),
    (-14, Sync()),
    (-12, Waive("INC-028/E3", "Single sign-on moves to another vendor in spring", 130, "the head of platform")),
    (-10, _put_into("INC-024/D2", "In Progress", "gil")),
    (-8, Push("INC-031")),
    (-5, _put_into("INC-024/D2", "In Review", "gil")),
    (-5, Said("INC-021/C2", Reply.NO, "The last failover still took somebody who knew it", "the payments lead")),
    (-4, Import("payments-incidents.csv", LATE, -16)),
    (
        -3,
        OnGitHub(
            "INC-031/F2",
            "a pull request is open",
            lambda p, r, n: p.open_pull_request(r, n, "chris", "Test every pair of flags"),
        ),
    ),
    (-1, Remind()),
    (0, Sync()),
    (0, Deliver()),
)


def day(today: date, offset: int) -> date:
    """The day that many days from today."""
    return today + timedelta(days=offset)


def morning(today: date, offset: int) -> datetime:
    """That day at ten (UTC)."""
    return datetime.combine(day(today, offset), time(10), UTC)
