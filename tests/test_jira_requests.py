"""Few requests on Jira: a full sync costs N/100 pages, as many histories and a handful; a quiet one at most two."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.port import Known
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, ELSEWHERE, HOME, JiraRig
from tests.harness import LABEL, asked, issue_of, lasting_facts, statuses, tracked
from tests.jira_harness import PROPERTY, follow, paths
from tests.once.jira_machines import a_jira, a_machine, people_of
from tracker.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.sandbox.jira_people import JiraPeople
    from tests.adapters.jira_rig import Flavour
    from tests.harness import RecordingClock
    from tests.once.machines import Machine, Watched

MANY, FEWER = 250, 110
PAGES = 3
HANDFUL = 8
"""Count, statuses, people, and what no list shows: two searches, the newest keys, those with a marker and history."""
HOUR = timedelta(hours=1)
LIST, HISTORY, LINKS = "POST search/jql", "POST changelog/bulkfetch", "remotelink"


class Scene:
    """A Jira with many followed issues that have all been worked on, and a machine that follows it."""

    def __init__(
        self, folder: Path, sandbox: Watched, clock: RecordingClock, flavour: Flavour, count: int = MANY
    ) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.people: JiraPeople = people_of(sandbox, flavour)
        self.machine: Machine = a_machine(folder / "desk", sandbox, clock, flavour)
        self.keys = follow(self.people, clock, count)
        clock.advance(HOUR)
        for number, key in enumerate(self.keys):
            self.people.transition(key, ("In Progress", "Done", "To Do", "In Review")[number % 4], "dev")

    def sync(self, *options: str) -> list[str]:
        """What a sync an hour later asks for."""
        self.clock.advance(HOUR)
        asked(self.sandbox)
        assert self.machine.sync(*options).code == 0
        return paths(asked(self.sandbox))


@pytest.fixture
def cloud(tmp_path: Path, clock: RecordingClock) -> Iterator[Scene]:
    with a_jira(clock) as sandbox:
        yield Scene(tmp_path, sandbox, clock, CLOUD)


@pytest.fixture
def data_center(tmp_path: Path, clock: RecordingClock) -> Iterator[Scene]:
    with a_jira(clock) as sandbox:
        yield Scene(tmp_path, sandbox, clock, DATA_CENTER, FEWER)


# Cloud


def test_a_full_sync_costs_a_list_and_a_history_a_hundred_issues_and_a_handful(cloud: Scene) -> None:
    for _turn in range(2):
        counted = Counter(cloud.sync("--full"))
        assert counted[HISTORY] <= PAGES + 1  # and one for the newest, which are read by key as well
        assert counted[LIST] <= PAGES + 2  # and two looks for what no list shows
        assert counted.total() <= 2 * PAGES + HANDFUL
        assert len(tracked(cloud.machine)) == MANY


def test_issues_on_which_nobody_worked_have_no_history_to_ask_for(tmp_path: Path, clock: RecordingClock) -> None:
    with a_jira(clock) as sandbox:
        follow(sandbox.jira, clock, MANY)
        machine = a_machine(tmp_path / "desk", sandbox, clock)
        assert machine.sync("--full").code == 0
        assert HISTORY not in paths(sandbox.log)
        assert len(tracked(machine)) == MANY


def test_comments_cost_one_request_for_all_of_their_authors(cloud: Scene) -> None:
    before = len(cloud.sync("--full"))
    for key in cloud.keys[:100]:
        cloud.people.comment(key, "dev", "Evidence: https://example.com/1")
    assert len(cloud.sync("--full")) <= before + 1
    assert [len(tracked(cloud.machine)[f"A{number}"].evidence) for number in (1, 100, 101)] == [1, 1, 0]


def test_links_are_asked_for_only_where_the_history_shows_one_that_is_not_ours(cloud: Scene) -> None:
    cloud.sync("--full")
    for key in cloud.keys[:20]:
        ours = {"globalId": "follow-through:INC-9", "title": "Review of incident INC-9"}
        cloud.people.add_remote_link(key, "https://reviews.example/9", ours["title"], ours["globalId"], author="lead")
    for key in cloud.keys[10:13]:
        cloud.people.add_remote_link(key, f"https://code.example/{key}", "The change", author="dev")
    found = cloud.sync("--full")
    assert sum(LINKS in path for path in found) == 3
    assert len(found) <= 2 * PAGES + HANDFUL + 3
    assert [len(tracked(cloud.machine)[f"A{number}"].evidence) for number in (10, 11, 13, 14)] == [0, 1, 1, 0]


def test_a_sync_without_a_change_costs_two_requests(cloud: Scene) -> None:
    cloud.sync()
    assert [len(cloud.sync()) for _turn in range(3)] == [2, 2, 2]


CHANGES: dict[str, Callable[[JiraPeople, str], object]] = {
    "closed": lambda people, key: people.transition(key, "Done", "dev", "Done"),
    "reopened": lambda people, key: people.reopen(key, "dev"),
    "put off": lambda people, key: people.set_due(key, "2026-12-01", "dev"),
    "assigned": lambda people, key: people.assign(key, "dev", "dev"),
    "renamed": lambda people, key: people.edit(key, "dev", summary="New"),
    "commented": lambda people, key: people.comment(key, "dev", "Evidence: https://example.com/1"),
    "linked": lambda people, key: people.add_remote_link(key, "https://code.example/1", author="dev"),
    "labelled": lambda people, key: people.add_label(key, "x", "dev"),
}


STATES = ("in progress", "done", "to do")
ONE_CHANGE = [
    pytest.param(change, number, 6 if name in ("commented", "linked") else 4, id=f"{name}-{state}")
    for name, change in CHANGES.items()
    for number, state in enumerate(STATES)
    if state == "done" or name in ("commented", "linked")
]


@pytest.mark.parametrize(("change", "number", "most"), ONE_CHANGE)
def test_one_change_costs_four_requests_and_two_more_for_what_somebody_claims(
    tmp_path: Path, clock: RecordingClock, change: Callable[[JiraPeople, str], object], number: int, most: int
) -> None:
    """The list, the count and the history; then statuses that no listed issue has, the links, and who may claim."""
    with a_jira(clock) as sandbox:
        scene = Scene(tmp_path, sandbox, clock, CLOUD, 4)
        scene.sync()
        change(scene.people, scene.keys[number])
        assert len(scene.sync()) <= most
        assert len(scene.sync()) <= 2


def test_fifty_changes_cost_no_more_than_one(cloud: Scene) -> None:
    cloud.sync()
    for key in cloud.keys[:50]:
        cloud.people.transition(key, "Done", "dev", "Duplicate")
    assert len(cloud.sync()) <= 4
    assert list(statuses(cloud.machine).values()).count(Status.DUPLICATE) == 50


@pytest.mark.parametrize("count", [1, 100, 101, 500])
def test_known_items_are_refreshed_a_hundred_at_a_time(count: int) -> None:
    with JiraRig(CLOUD) as rig:
        keys = follow(rig.people, rig.clock, count)
        rig.advance(HOUR)
        for number, key in enumerate(keys):
            rig.people.transition(key, ("In Progress", "Done", "To Do")[number % 3], "dev")
        world = rig.people.world
        known = [Known(id=f"127.0.0.1/jira:{world.issue(key).id}", ref=key) for key in keys]
        found = list(rig.adapter.fetch(known))
        assert {getattr(issue, "ref", "") for issue in found} == set(keys)
        assert len(rig.sandbox.log) <= -(-count // 100) + 1 + (count < 3)


# Data Center


def test_a_full_sync_of_data_center_costs_its_pages_a_handful_and_a_marker_each(data_center: Scene) -> None:
    for _turn in range(2):
        counted = Counter(data_center.sync("--full"))
        markers = sum(count for path, count in counted.items() if path.endswith(f"/properties/{PROPERTY}"))
        assert counted["POST search"] <= 2 + 2
        assert markers <= FEWER  # its lists tell no properties
        assert counted.total() - markers <= 2 + HANDFUL
        assert len(tracked(data_center.machine)) == FEWER


def test_a_sync_of_data_center_without_a_change_costs_two_requests_and_with_one_five(data_center: Scene) -> None:
    data_center.sync()
    assert [len(data_center.sync()) for _turn in range(2)] == [2, 2]
    for number, change in enumerate(CHANGES.values()):
        change(data_center.people, data_center.keys[number])
        assert len(data_center.sync()) <= 5 + (change is CHANGES["linked"])


# What went astray


def scatter(scene: Scene) -> None:
    """Let issues go all the ways that a list does not show."""
    for key in scene.keys[:30]:
        scene.people.strip_label(key, LABEL, "dev")
    for key in scene.keys[30:40]:
        scene.people.move_issue(key, ELSEWHERE, "dev")
    for key in scene.keys[40:45]:
        scene.people.move_issue(key, "HIDE", "dev")
    for key in scene.keys[45:50]:
        scene.people.delete_issue(key)


def test_issues_that_went_astray_cost_three_requests_more(cloud: Scene) -> None:
    cloud.sync()
    before = statuses(cloud.machine)
    scatter(cloud)
    settled = [len(cloud.sync()) for _turn in range(2)]
    assert [len(cloud.sync()) for _turn in range(2)] == [5, 5], settled
    known = statuses(cloud.machine)
    assert {item: known[item] for item in before if int(item[1:]) not in range(41, 51)} == {
        item: status for item, status in before.items() if int(item[1:]) not in range(41, 51)
    }
    assert {known[f"A{number}"] for number in range(41, 51)} == {Status.MISSING}
    assert issue_of(cloud.machine, "A31").ref.startswith(f"{ELSEWHERE}-")
    assert len(cloud.sync("--full")) <= 2 * PAGES + HANDFUL + 4


def test_issues_that_are_away_cost_no_requests_of_their_own_on_data_center(data_center: Scene) -> None:
    data_center.sync()
    for key in data_center.keys[:20]:
        data_center.people.delete_issue(key)
    for _turn in range(2):
        data_center.sync()
    assert {statuses(data_center.machine)[f"A{number}"] for number in range(1, 21)} == {Status.MISSING}
    assert len(data_center.sync()) <= 4


def test_an_issue_that_the_index_forgot_for_a_moment_is_looked_at_and_not_missing(cloud: Scene) -> None:
    cloud.sync()
    before = lasting_facts(cloud.machine)
    for key in cloud.keys[:5]:
        cloud.people.forget_in_search(key, 7200)
    for _turn in range(2):
        assert len(cloud.sync("--full")) <= 2 * PAGES + HANDFUL + 2
        assert lasting_facts(cloud.machine) == before


@pytest.mark.parametrize(("flavour", "count"), [(CLOUD, 40), (DATA_CENTER, 12)], ids=["cloud", "data-center"])
def test_a_list_that_shows_nothing_is_never_taken_for_issues_that_are_gone(
    tmp_path: Path, clock: RecordingClock, flavour: Flavour, count: int
) -> None:
    with a_jira(clock) as sandbox:
        people = people_of(sandbox, flavour)
        follow(people, clock, count)
        machine = a_machine(tmp_path / "desk", sandbox, clock, flavour)
        assert machine.sync().code == 0
        before = lasting_facts(machine)
        people.lag_search(10**9)
        for options in ((), ("--full",), ("--full",)):
            clock.advance(HOUR)
            assert machine.sync(*options).code == 0
            assert lasting_facts(machine) == before
        assert people.world.project(HOME).last_number == count
