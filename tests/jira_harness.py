"""What tests of Jira share: followed issues made without a push, raw answers in place of the sandbox's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
from werkzeug.http import http_date

from sync.sandbox.faults import Status
from tests.adapters.jira_rig import CLOUD, CLOUD_V2, DATA_CENTER, HOME
from tests.fakes import START
from tests.harness import LABEL
from tests.harness import REVIEW as REVIEW_ID
from tests.make import a_commitment, a_header, an_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sync.sandbox.jira_people import JiraPeople
    from sync.sandbox.jira_state import Issue
    from sync.sandbox.server import Exchange
    from tests.adapters.jira_rig import JiraRig
    from tests.fakes import FakeClock
    from tests.once.machines import Machine

PROPERTY = "follow-through"
DUE = date(2026, 11, 20)
BOTH = (CLOUD, DATA_CENTER)
ALL = (CLOUD, CLOUD_V2, DATA_CENTER)


def a_marking(
    number: int = 1, review: str = REVIEW_ID, due: date | None = None, at: datetime = START
) -> dict[str, object]:
    """The property of an issue that was created at that moment, for the item of that number."""
    item = an_item(id=f"A{number}", title=f"Item {number}", due=due)
    commitment = a_commitment(item, review=a_header(id=review), committed=at, pushed=at)
    return {"v": 1, "made_for": msgspec.to_builtins(commitment)}


def follow(
    people: JiraPeople,
    clock: FakeClock,
    count: int = 1,
    *,
    every: timedelta = timedelta(hours=1),
    due: date | None = None,
    author: str = "lead",
) -> list[str]:
    """Followed issues with a marker, one each `every`; their keys. `PLAT-7` stands for `INC-9/A7`."""
    world = people.world
    home, who = world.project(HOME), world.account(author)
    keys = []
    for _each in range(count):
        clock.advance(every)
        number = home.last_number + 1
        values = {
            "summary": f"Item {number}",
            "issuetype": home.issue_types[0].id,
            "labels": [LABEL],
            "description": "Promised in the review of incident INC\\-9",
            "duedate": due.isoformat() if due else None,
        }
        issue = world.add_issue(home, who, values)
        world.set_property(issue, PROPERTY, a_marking(number, due=due, at=clock()))
        keys.append(world.key(issue))
    return keys


def answer(body: object, at: datetime, code: int = 200, account: str = "lead", **headers: str) -> Status:
    """A whole answer of Jira, in place of the sandbox's own. A body of bytes is sent as it is."""
    text = body.decode() if isinstance(body, bytes) else msgspec.json.encode(body).decode()
    return Status(code, {"Date": http_date(at), "X-AACCOUNTID": account, "X-AUSERNAME": account, **headers}, text)


def paths(log: Iterable[Exchange]) -> list[str]:
    """What was asked, without the part that all addresses share."""
    return [f"{each.method} {each.path.partition('/rest/')[2].partition('/')[2].partition('/')[2]}" for each in log]


def sent(rig: JiraRig, path: str) -> list[dict[str, object]]:
    """The bodies that were sent to addresses with that ending, in order."""
    found = [each for each in rig.sandbox.log if each.path.endswith(path) and each.request]
    return [msgspec.json.decode(each.request) for each in found]


def issue_at(rig: JiraRig, key: str) -> Issue:
    """The issue as the sandbox keeps it."""
    return rig.people.world.issue(key)


def rewrite(machine: Machine, change: Callable[[str], str]) -> None:
    """Change a machine's config."""
    path = machine.folder / "config.toml"
    path.write_text(change(path.read_text()))
