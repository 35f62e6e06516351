"""Machines that run `track` against the sandbox's Jira, Cloud or Data Center."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import json

from sync.sandbox.world import World
from tests.adapters.jira_rig import CLOUD, fill
from tests.once.machines import REVIEW, Machine, Watched

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.jira_people import JiraPeople
    from sync.sandbox.jira_state import Issue
    from tests.adapters.jira_rig import Flavour
    from tests.fakes import FakeClock

CONFIG = """\
[store]
path = "track.db"
[reviews]
paths = ["*.md"]
[trackers.platform]
kind = "jira"
url = "{url}"
deployment = "DEPLOYMENT"
project = "PLAT"
EMAIL
token = {{ env = "JIRA_API_TOKEN" }}
[people.dev]
jira = "dev"
[sync]
unknown_grace = "10m"
"""


def a_jira(clock: FakeClock) -> Watched:
    """A sandbox whose Jiras have the projects of the adapter suite, and in which `lead` may administer PLAT."""
    sandbox = Watched(World(clock=clock))
    fill(sandbox.jira)
    fill(sandbox.jira_dc)
    return sandbox


def people_of(sandbox: Watched, flavour: Flavour = CLOUD) -> JiraPeople:
    """The people of the Jira that is meant."""
    return sandbox.jira if flavour.is_cloud else sandbox.jira_dc


def a_machine(
    folder: Path, sandbox: Watched, clock: FakeClock, flavour: Flavour = CLOUD, review: str = REVIEW
) -> Machine:
    """A machine with a config for that Jira."""
    email = 'email = "lead@example.com"' if flavour.is_cloud else ""
    config = CONFIG.replace("DEPLOYMENT", flavour.deployment).replace("EMAIL", email)
    url = sandbox.jira_url if flavour.is_cloud else sandbox.jira_dc_url
    return Machine(folder, url, clock, review, config=config)


def issues_for(people: JiraPeople, key: str) -> list[Issue]:
    """The issues that were created for an item, lowest number first."""
    with people.lock:
        found = list(people.world.site.issues.values())
    return sorted((issue for issue in found if _made_for(issue) == key), key=lambda issue: issue.number)


def live_for(people: JiraPeople, key: str) -> list[str]:
    """The keys of those that are not closed."""
    world = people.world
    return [world.key(each) for each in issues_for(people, key) if world.status(each.status).category != "done"]


def _made_for(issue: Issue) -> str:
    marking = json.decode(json.encode(issue.properties.get("follow-through", {})))
    made_for = marking.get("made_for")
    return f"{made_for['review']['id']}/{made_for['item']['id']}" if made_for else ""


def a_review_of(count: int) -> str:
    """A review with that many items, A1 and so on."""
    head, _, _rows = REVIEW.partition("| A1 |")
    rows = [
        f"| A{number} | Validate part {number} | @dev | 2026-11-01 | systemic | unvalidated-config | PR | Quiet |\n"
        for number in range(1, count + 1)
    ]
    return head + "".join(rows)
