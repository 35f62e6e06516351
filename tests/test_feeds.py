"""Incident feeds from the config to the facts, as a person runs them, on GitHub and both Jiras."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import DropAfter, DropBefore, FaultPlan, Status, When
from tests.adapters.jira_rig import BEGAN, CLOUD, DATA_CENTER, ELSEWHERE
from tests.adapters.jira_rig import HOME as JIRA_HOME
from tests.harness import RecordingClock, asked
from tests.once.jira_machines import a_jira, a_machine, people_of
from tests.once.machines import CONFIG, HOME, Machine, Watched, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.faults import Fault
    from tests.adapters.jira_rig import Flavour
    from tracker.model import Incident

HOUR = timedelta(hours=1)
DOWN = datetime(2026, 10, 1, 9, 12, tzinfo=UTC)
GITHUB_FEED = """
[incidents.ops]
tracker = "payments"
labels = ["incident"]
severity = { label_prefix = "sev:" }
team = { line = "Team" }
started = { line = "Started" }
mitigated = { field = "closed_at" }
"""
JIRA_FEED = f"""
[report]
time_zone = "Europe/Berlin"
[incidents.ops]
tracker = "platform"
jql = "project = {ELSEWHERE} AND type = Incident"
severity = {{ field = "priority" }}
team = {{ component = true }}
started = {{ field = "{BEGAN}" }}
mitigated = {{ field = "resolutiondate" }}
"""


def extended(machine: Machine, text: str) -> Machine:
    path = machine.folder / "config.toml"
    path.write_text(path.read_text() + text)
    return machine


@pytest.fixture
def clock() -> RecordingClock:
    return RecordingClock()


@pytest.fixture
def sandbox(clock: RecordingClock) -> Iterator[Watched]:
    with Watched(a_world(clock)) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, sandbox: Watched, clock: RecordingClock) -> Machine:
    return extended(Machine(tmp_path / "desk", sandbox.api_url, clock), GITHUB_FEED)


def happen(sandbox: Watched, clock: RecordingClock, count: int = 1, *, every: timedelta = timedelta(minutes=1)) -> None:
    """That many more incidents on GitHub."""
    for _each in range(count):
        clock.advance(every)
        ref = sandbox.people.open_issue(HOME, "Down", f"Started: {DOWN:%Y-%m-%d %H:%M}\nTeam: payments", "dev")
        for label in ("incident", "class:config-rollout", "sev:1"):
            sandbox.people.add_label(HOME, int(ref.partition("#")[2]), label)


def incidents(machine: Machine) -> list[Incident]:
    with machine.store() as store:
        return list(store.load_facts().incidents)


def requests(machine: Machine, sandbox: Watched, *options: str) -> list[str]:
    """What a sync an hour later asks for, but for the followed issues."""
    machine.clock.advance(HOUR)
    asked(sandbox)
    assert machine.sync(*options).code == 0
    return [each.operation for each in asked(sandbox) if each.operation == "Incidents"]


def test_incidents_on_github_reach_the_facts(machine: Machine, sandbox: Watched, clock: RecordingClock) -> None:
    happen(sandbox, clock)
    sandbox.people.close(HOME, 1, "dev")
    closed = clock()
    clock.advance(HOUR)
    ran = machine.sync()
    assert ran.out.splitlines()[1] == "ops: read everything, 1 incident"
    (incident,) = incidents(machine)
    assert (incident.id, incident.source) == ("acme/payments#1", "ops")
    assert (incident.classes, incident.severity, incident.team) == (("config-rollout",), "sev1", "payments")
    assert (incident.started, incident.mitigated, incident.assumed_start) == (DOWN, closed, False)
    clock.advance(HOUR)
    assert machine.sync().out.splitlines()[1] == "ops: read what changed, 0 incidents"


@pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def test_incidents_on_jira_reach_the_facts(tmp_path: Path, clock: RecordingClock, flavour: Flavour) -> None:
    with a_jira(clock) as sandbox:
        people = people_of(sandbox, flavour)
        machine = extended(a_machine(tmp_path / "desk", sandbox, clock, flavour), JIRA_FEED)
        key = people.open_issue(ELSEWHERE, "Down", ["class:storm"], "dev", issue_type="Incident")
        people.set_field(key, BEGAN, DOWN.isoformat())
        people.set_field(key, "components", ["checkout"])
        people.open_issue(ELSEWHERE, "No incident", ["class:storm"], "dev")
        clock.advance(HOUR)
        people.transition(key, "Done", "dev", "Done")
        assert machine.sync().out.splitlines()[1] == "ops: read everything, 1 incident"
        (incident,) = incidents(machine)
        assert (incident.id, incident.classes, incident.severity, incident.team) == (
            key, ("storm",), "Medium", "checkout",
        )  # fmt: skip
        assert (incident.started, incident.mitigated) == (DOWN, clock())
        clock.advance(HOUR)
        asked(sandbox)
        assert machine.sync().code == 0
        searches = [each for each in asked(sandbox) if each.path.endswith(("/search/jql", "/search"))]
        assert sum(b"Incident" in each.request for each in searches) <= 1


def test_a_feed_costs_a_request_a_hundred_incidents_and_one_without_a_change(
    machine: Machine, sandbox: Watched, clock: RecordingClock
) -> None:
    happen(sandbox, clock, 250)
    assert len(requests(machine, sandbox)) == 3
    assert [len(requests(machine, sandbox)) for _turn in range(2)] == [1, 1]
    assert len(requests(machine, sandbox, "--full")) == 3
    assert len(incidents(machine)) == 250


@pytest.mark.parametrize("fault", [DropBefore(), DropAfter(), Status(401), Status(500)])
def test_a_sync_that_is_cut_at_any_request_of_a_feed_loses_nothing(
    tmp_path: Path, sandbox: Watched, clock: RecordingClock, fault: Fault
) -> None:
    happen(sandbox, clock, 120)
    kept = []
    for at in range(1, 5):  # the followed issues, those that no list shows, and two pages of incidents
        machine = extended(Machine(tmp_path / f"cut-{at}", sandbox.api_url, clock), GITHUB_FEED)
        sandbox.faults = FaultPlan(*(When(fault, at=ordinal) for ordinal in range(at, at + 40)))
        assert machine.sync().code in (4, 5)
        kept.append(len(incidents(machine)))
        sandbox.faults = FaultPlan()
        assert machine.sync().code == 0
        assert len(incidents(machine)) == 120
    assert kept == [0, 0, 0, 100]


def test_a_failing_feed_stops_neither_the_others_nor_the_trackers(
    machine: Machine, sandbox: Watched, clock: RecordingClock
) -> None:
    happen(sandbox, clock)
    wrong = '[incidents.a-wrong]\ntracker = "payments"\nlabels = ["x"]\nrepository = "acme/nowhere"\n'
    path = machine.folder / "config.toml"
    path.write_text(path.read_text().replace("[incidents.ops]", f"{wrong}[incidents.ops]"))
    ran = machine.sync()
    assert ran.code == 4
    assert ran.out.splitlines() == ["payments: read everything, 0 issues", "ops: read everything, 1 incident"]
    assert "a-wrong: GitHub does not find the repository" in ran.err
    told = json.loads(machine.sync("--json").out)
    assert [(each["tracker"], each["feed"], each["exit_code"]) for each in told["failed"]] == [
        ("payments", "a-wrong", 4)
    ]
    assert [(each["feed"], each["tracker"], each["read"], each["gone"]) for each in told["feeds"]] == [
        ("ops", "payments", 1, 0)
    ]


def test_a_failing_tracker_does_not_stop_its_feeds(machine: Machine, sandbox: Watched, clock: RecordingClock) -> None:
    happen(sandbox, clock)
    sandbox.faults = FaultPlan(When(Status(403), operation="Followed", times=None))
    ran = machine.sync()
    assert ran.code == 4
    assert ran.out.splitlines() == ["ops: read everything, 1 incident"]
    assert len(incidents(machine)) == 1


def test_what_is_gone_and_what_could_not_be_read_is_said(
    machine: Machine, sandbox: Watched, clock: RecordingClock
) -> None:
    happen(sandbox, clock, 2)
    sandbox.people.edit(HOME, 2, body="Started: at lunch")
    ran = machine.sync()
    assert "ops: `started` of an incident is no time, as in acme/payments#2: “at lunch”" in ran.err
    sandbox.people.strip_label(HOME, 1, "incident")
    assert "ops: acme/payments#1: not shown; set aside if the next full read" in machine.sync("--full").err
    ran = machine.sync("--full")
    assert ran.out.splitlines()[1] == "ops: read everything, 1 incident, 1 not shown any more"
    assert "ops: acme/payments#1: not shown any more, so set aside" in ran.err
    quiet = machine.sync("--quiet")
    assert (quiet.out, quiet.code) == ("", 0)


def shown(machine: Machine, *sources: str) -> list[int]:
    with machine.store() as store:
        return [len(store.incident_ids(source)) for source in sources]


def test_a_feed_that_is_renamed_counts_under_its_new_name_alone(
    machine: Machine, sandbox: Watched, clock: RecordingClock
) -> None:
    happen(sandbox, clock, 2)
    machine.sync()
    path = machine.folder / "config.toml"
    path.write_text(path.read_text().replace("[incidents.ops]", "[incidents.web]"))
    clock.advance(HOUR)
    ran = machine.sync()
    assert "ops: the config names no such feed any more, so 2 incidents of it are set aside" in ran.err
    assert shown(machine, "ops", "web") == [0, 2]
    with machine.store() as store:
        assert [feed.name for feed in store.load_facts().feeds] == ["web"]
    assert "no such feed" not in machine.sync().err


def test_a_feed_that_is_removed_counts_no_longer(machine: Machine, sandbox: Watched, clock: RecordingClock) -> None:
    happen(sandbox, clock)
    machine.sync()
    path = machine.folder / "config.toml"
    text = path.read_text()
    path.write_text(text.replace(GITHUB_FEED, ""))
    clock.advance(HOUR)
    assert json.loads(machine.sync("--json").out)["forgotten"] == [{"feed": "ops", "gone": 1}]
    path.write_text(text)
    clock.advance(HOUR)
    assert machine.sync().out.splitlines()[1] == "ops: read everything, 1 incident"
    assert shown(machine, "ops") == [1]


def test_a_former_feed_counts_until_the_one_that_may_be_the_same_is_read(
    machine: Machine, sandbox: Watched, clock: RecordingClock
) -> None:
    happen(sandbox, clock)
    machine.sync()
    path = machine.folder / "config.toml"
    path.write_text(path.read_text().replace("[incidents.ops]", "[incidents.web]"))
    sandbox.faults = FaultPlan(When(Status(403), operation="Incidents", times=None))
    assert machine.sync().code == 4
    assert shown(machine, "ops", "web") == [1, 0]
    sandbox.faults = FaultPlan()
    assert machine.sync().code == 0
    assert shown(machine, "ops", "web") == [0, 1]


@pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def test_an_incident_that_moves_on_jira_is_one(tmp_path: Path, clock: RecordingClock, flavour: Flavour) -> None:
    feed = JIRA_FEED.replace(f"project = {ELSEWHERE} AND ", "")
    with a_jira(clock) as sandbox:
        people = people_of(sandbox, flavour)
        machine = extended(a_machine(tmp_path / "desk", sandbox, clock, flavour), feed)
        key = people.open_issue(ELSEWHERE, "Down", ["class:storm"], "dev", issue_type="Incident")
        machine.sync()
        clock.advance(HOUR)
        moved = people.move_issue(key, JIRA_HOME)
        assert machine.sync().code == 0
        assert [(one.id, one.gone) for one in incidents(machine)] == [(key, False), (key, True), (moved, False)]
        assert incidents(machine)[-1].names[0] == key


def test_the_doctor_looks_at_each_feed(machine: Machine, sandbox: Watched, clock: RecordingClock) -> None:
    happen(sandbox, clock, 2)
    sandbox.people.comment(HOME, 1, "dev", "hello")
    ran = machine.run("doctor")
    assert "ok    incidents.ops: query: 2 incidents" in ran.out
    assert "ok    incidents.ops: class: 2 of the newest 2 have one" in ran.out
    assert "ok    incidents.ops: last good sync: none yet" in ran.out
    assert ran.code == 0
    machine.sync()
    for number in (1, 2):
        sandbox.people.strip_label(HOME, number, "class:config-rollout")
    ran = machine.run("doctor")
    assert "FAIL  incidents.ops: class: 0 of the newest 2 have one" in ran.out
    assert ran.code == 1


@pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def test_the_doctor_names_a_wrong_query_and_a_field_that_is_not_there(
    tmp_path: Path, clock: RecordingClock, flavour: Flavour
) -> None:
    wrong = JIRA_FEED.replace(BEGAN, "customfield_1") + '[incidents.web]\ntracker = "platform"\njql = "project = NO"\n'
    with a_jira(clock) as sandbox:
        machine = extended(a_machine(tmp_path / "desk", sandbox, clock, flavour), wrong)
        ran = machine.run("doctor")
        assert "FAIL  incidents.ops: started: there is no field customfield_1\n" in ran.out
        assert f'Did you mean started = {{ field = "{BEGAN}" }} (Incident start)?' in ran.out
        assert "FAIL  incidents.web: query: Jira said no (answer 400: The value 'NO' does not exist" in ran.out
        assert "Check `jql` of `[incidents.web]` in the config." in ran.out


def test_a_config_without_feeds_asks_for_no_incidents(tmp_path: Path, sandbox: Watched, clock: RecordingClock) -> None:
    plain = Machine(tmp_path / "plain", sandbox.api_url, clock, config=CONFIG)
    assert requests(plain, sandbox) == []
