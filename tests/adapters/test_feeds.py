"""What each vendor's feeds do of their own: labels, names of repositories, kinds of fields, queries, shifting pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.port import Rejected
from sync.sandbox.faults import FaultPlan, RepeatCursor, Status, When
from tests.adapters.feeds import open_incidents, told
from tests.adapters.github_rig import ELSEWHERE, GitHubRig
from tests.adapters.jira_rig import BEGAN, DATA_CENTER, HOME, JiraRig
from tests.jira_harness import ALL, BOTH, paths, sent
from tests.once.machines import HOME as REPOSITORY
from tracker.errors import NotAuthorised, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.feeds import FeedQuery
    from sync.sandbox.faults import Fault
    from tests.adapters.jira_rig import Flavour


@pytest.fixture
def github() -> Iterator[GitHubRig]:
    with GitHubRig() as rig:
        yield rig


@pytest.fixture
def cloud() -> Iterator[JiraRig]:
    with JiraRig() as rig:
        yield rig


def refs(rig: GitHubRig | JiraRig, query: FeedQuery) -> list[str]:
    return [incident.ref for page in rig.adapter.incidents(query, None) for incident in page.incidents]


def sizes(rig: GitHubRig) -> list[int]:
    variables = [msgspec.json.decode(each.request)["variables"] for each in rig.sandbox.log]
    return [each["first"] for each in variables]


# GitHub


def test_of_several_labels_an_incident_carries_all_in_any_case(github: GitHubRig) -> None:
    both = github.open_incident("Both", "SEV1")
    github.open_incident("One")
    query = msgspec.structs.replace(github.feed, labels=("Incident", "sev1"))
    assert refs(github, query) == [both]
    assert msgspec.json.decode(github.sandbox.log[0].request)["variables"]["label"] == ["Incident"]
    sample = github.adapter.sample(query)
    assert (sample.total, [each.ref for each in sample.newest]) == (1, [both])


def test_how_many_carry_all_of_several_labels_is_not_known_beyond_a_page(github: GitHubRig) -> None:
    open_incidents(github, 101)
    sample = github.adapter.sample(msgspec.structs.replace(github.feed, labels=("incident", "incident")))
    assert (sample.total, len(sample.newest)) == (None, 100)


def test_a_page_of_which_nothing_is_chosen_is_a_page_all_the_same(github: GitHubRig) -> None:
    open_incidents(github, 101)
    (last,) = open_incidents(github, 1)
    github.label(last, "sev1")
    pages = list(github.adapter.incidents(msgspec.structs.replace(github.feed, labels=("incident", "sev1")), None))
    assert [len(page.incidents) for page in pages] == [0, 1]
    assert pages[0].reached is not None


def test_a_feed_may_be_of_another_repository(github: GitHubRig) -> None:
    github.open_incident("Here")
    there = github.people.open_issue(ELSEWHERE, "There")
    github.people.add_label(ELSEWHERE, 1, "incident")
    assert refs(github, msgspec.structs.replace(github.feed, repository=ELSEWHERE)) == [there]


def test_a_repository_that_was_renamed_makes_no_new_incidents(github: GitHubRig) -> None:
    ref = github.open_incident("Down")
    github.people.rename_repository(REPOSITORY, "acme/billing")
    (page,) = github.adapter.incidents(github.feed, None)
    assert (page.home, [incident.ref for incident in page.incidents]) == ("acme/billing", [ref])


def test_a_repository_that_is_not_there_is_said(github: GitHubRig) -> None:
    with pytest.raises(NotAuthorised, match="does not find the repository"):
        refs(github, msgspec.structs.replace(github.feed, repository="acme/nowhere"))


def test_the_text_is_sent_only_where_a_line_is_wanted(github: GitHubRig) -> None:
    github.open_incident("Down", started="2026-10-01")
    query = msgspec.structs.replace(github.feed, text=False)
    (incident,) = (each for page in github.adapter.incidents(query, None) for each in page.incidents)
    assert incident.text == ""
    assert b"2026-10-01T" not in github.sandbox.log[0].request
    assert [each.text for each in told(github)] == ["Started: 2026-10-01"]


def test_pull_requests_are_no_incidents(github: GitHubRig) -> None:
    ref = github.open_incident("Down")
    github.people.merge_pull_request(REPOSITORY, 1, "dev")
    assert refs(github, github.feed) == [ref]


@pytest.mark.parametrize("code", [502, 504])
def test_a_page_of_a_feed_that_is_too_heavy_is_halved(github: GitHubRig, code: int) -> None:
    known = open_incidents(github, 60)
    github.sandbox.faults = FaultPlan(When(Status(code), operation="Incidents", times=2))
    assert refs(github, github.feed) == known
    assert sizes(github) == [100, 50, 25, 25, 25]


# The same again


@pytest.mark.parametrize("flavour", ["github", "cloud"])
def test_a_page_that_is_followed_by_itself_ends_the_feed(flavour: str, request: pytest.FixtureRequest) -> None:
    rig: GitHubRig | JiraRig = request.getfixturevalue(flavour)
    open_incidents(rig, 250, timedelta())
    again: Fault = RepeatCursor()
    rig.sandbox.faults = FaultPlan(When(again, times=None))
    read: list[str] = []
    with pytest.raises(TryLater, match="twice"):
        read += [each.ref for page in rig.adapter.incidents(rig.feed, None) for each in page.incidents]
    assert len(rig.sandbox.log) < 20


# Jira


@pytest.mark.parametrize("flavour", ALL)
def test_a_field_of_any_kind_is_told_as_text(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        kinds = {
            "customfield_1": "string",
            "customfield_2": "date",
            "customfield_3": "option",
            "customfield_4": "number",
        }
        for field, kind in kinds.items():
            rig.people.add_field(field, f"A {kind}", kind)  # type: ignore[arg-type]
        key = rig.open_incident("Down", "class:storm", started="2026-10-01T09:12:00Z")
        rig.people.set_field(key, "customfield_1", "payments & more")
        rig.people.set_field(key, "customfield_2", "2026-10-01")
        rig.people.set_field(key, "customfield_3", "sev1")
        rig.people.world.issue(key).custom["customfield_4"] = 4
        rig.people.world.issue(key).description = "Long <b>text</b>"
        rig.people.set_field(key, "components", ["checkout", "web"])
        fields = (*kinds, BEGAN, "components", "priority", "description", "project", "resolution", "customfield_9")
        (page,) = rig.adapter.incidents(msgspec.structs.replace(rig.feed, fields=fields), None)
        assert page.incidents[0].fields == {
            "customfield_1": ("payments & more",),
            "customfield_2": ("2026-10-01",),
            "customfield_3": ("sev1",),
            "customfield_4": ("4",),
            BEGAN: ("2026-10-01T11:12:00.000+0200",),
            "components": ("checkout", "web"),
            "priority": ("Medium",),
            "description": ("Long <b>text</b>",),
            "project": ("Ops",),
        }


def test_a_label_after_many_others_is_told(cloud: JiraRig) -> None:
    labels = [f"alert-{number:03}" for number in range(60)]
    cloud.open_incident("Down", *labels, "class:dns")
    assert {*labels, "class:dns"} <= set(told(cloud)[0].labels)


def test_a_choice_within_a_choice_is_told_whole(cloud: JiraRig) -> None:
    cloud.people.add_field("customfield_1", "Cause")
    key = cloud.open_incident("Down")
    values = [{"value": "Change", "child": {"value": "Config"}}, {"displayName": "Lea"}, {"odd": 1}, None, True]
    cloud.people.world.issue(key).custom["customfield_1"] = values
    (page,) = cloud.adapter.incidents(msgspec.structs.replace(cloud.feed, fields=("customfield_1",)), None)
    assert page.incidents[0].fields == {"customfield_1": ("Change - Config", "Lea")}


def test_only_the_fields_that_are_needed_are_asked_for(cloud: JiraRig) -> None:
    refs(cloud, cloud.feed)
    (body,) = sent(cloud, "/search/jql")
    assert body == {
        "jql": f"({cloud.feed.jql}) ORDER BY updated ASC, key ASC",
        "maxResults": 100,
        "fields": ["summary", "labels", "created", "updated", BEGAN, "resolutiondate"],
    }


@pytest.mark.parametrize("flavour", BOTH)
def test_a_query_with_or_is_bounded_by_the_moment_as_a_whole(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        query = msgspec.structs.replace(rig.feed, jql="type = Incident OR labels = outage")
        rig.open_incident("Old")
        rig.people.open_issue(HOME, "Old, too", ["outage"])
        rig.advance(timedelta(hours=1))
        new = rig.people.open_issue(HOME, "New", ["outage"])
        (page,) = rig.adapter.incidents(query, rig.now())
        assert [incident.ref for incident in page.incidents] == [new]


@pytest.mark.parametrize("flavour", BOTH)
@pytest.mark.parametrize(
    ("jql", "said"),
    [
        ("project = NOWHERE", "'NOWHERE' does not exist"),
        ("project = HIDE", "'HIDE' does not exist"),
        ("flavour = sweet", "Field 'flavour' does not exist"),
        ("type =", "Expecting a value"),
    ],
)
def test_a_query_that_jira_does_not_take_names_the_feed(flavour: Flavour, jql: str, said: str) -> None:
    with JiraRig(flavour) as rig:
        query = msgspec.structs.replace(rig.feed, jql=jql)
        for ask in (lambda: refs(rig, query), lambda: rig.adapter.sample(query)):
            with pytest.raises(Rejected, match=said) as caught:
                ask()
            assert "`jql` of `[incidents.ops]`" in caught.value.hint


@pytest.mark.parametrize(("count", "requests"), [(9, 1), (10, 2), (11, 2), (30, 4)])
@pytest.mark.parametrize("apart", [timedelta(minutes=1), timedelta()], ids=["apart", "in one moment"])
def test_data_center_asks_no_page_more_than_it_has_to(
    monkeypatch: pytest.MonkeyPatch, count: int, requests: int, apart: timedelta
) -> None:
    monkeypatch.setattr("sync.adapters.jira_incidents.PAGE", 10)
    with JiraRig(DATA_CENTER) as rig:
        known = open_incidents(rig, count, apart)
        assert refs(rig, rig.feed) == known
        assert paths(rig.sandbox.log) == ["POST search"] * requests


def test_incidents_that_change_between_two_pages_push_no_other_out_on_data_center(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.adapters.jira_incidents.PAGE", 10)
    with JiraRig(DATA_CENTER) as rig:
        known = open_incidents(rig, 25)
        read: list[str] = []
        for number, page in enumerate(rig.adapter.incidents(rig.feed, None)):
            read += [incident.ref for incident in page.incidents]
            rig.advance(timedelta(seconds=1))
            for index in (0, 9, 10, 24) if number < 2 else ():
                rig.label(known[index], f"changed-{number}")
        assert set(read) == set(known)


@pytest.mark.parametrize("flavour", BOTH)
def test_a_sample_costs_a_handful_of_requests(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        rig.open_incident("Down")
        sample = rig.adapter.sample(rig.feed)
        assert sample.total == 1
        assert sample.fields is not None
        assert (sample.fields[BEGAN], sample.fields["priority"]) == ("Incident start", "Priority")
        assert len(rig.sandbox.log) <= 3
