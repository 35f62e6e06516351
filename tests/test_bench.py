"""The benchmark's trackers answer what GitHub and Jira would: the fields that are asked for, no more and no fewer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, parse

from bench.documents import write_document
from bench.floors import READERS, save_pages
from bench.github_data import build_issue, build_issues
from bench.github_site import GitHubSite
from bench.jira_asked import FIELDS, LARGEST_HISTORY, LINKED_EVERY, PROJECT, PROPERTY, list_query
from bench.jira_site import API, JiraSite, ask
from bench.listing import Refusal
from bench.processes import serving
from bench.rows import Row, Unit, render_table
from bench.stories import tell_story
from sync.adapters.github_queries import LIST
from sync.adapters.jira_history import OWN_LINK
from sync.adapters.jira_queries import LISTED, followed, oldest_change_first
from tracker.runs.documents import read_reviews
from tracker.runs.standards import Standards

if TYPE_CHECKING:
    from pathlib import Path

MANY = 250
LONG_AFTER = datetime(2026, 1, 1, tzinfo=UTC)
HERE = "http://localhost/jira"
"""Where the sandbox is when nobody reaches it by network."""

_FRAGMENTS = {
    each.name.value: each.selection_set for each in parse(LIST).definitions if isinstance(each, FragmentDefinitionNode)
}


def asked(selection: SelectionSetNode, typename: str) -> dict[str, SelectionSetNode | None]:
    """The names that a selection asks of an object of a type, with what it asks of each."""
    found: dict[str, SelectionSetNode | None] = {}
    for node in selection.selections:
        if isinstance(node, FieldNode):
            found[(node.alias or node.name).value] = node.selection_set
        elif isinstance(node, FragmentSpreadNode):
            found |= asked(_FRAGMENTS[node.name.value], typename)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            found |= asked(node.selection_set, typename) if condition and condition.name.value == typename else {}
    return found


def differences(value: Any, selection: SelectionSetNode, place: str) -> list[str]:
    """Where an answer holds other fields than were asked for."""
    if isinstance(value, list):
        return [found for each in value for found in differences(each, selection, place)]
    if value is None:
        return []
    names = asked(selection, value.get("__typename", ""))
    wrong = [f"{place}.{name}" for name in names.keys() ^ value.keys()]
    for name, inner in names.items():
        if inner is not None and name in value:
            wrong += differences(value[name], inner, f"{place}.{name}")
    return wrong


@pytest.fixture
def jira() -> JiraSite:
    return JiraSite(MANY, HERE)


def github_page(site: GitHubSite, **variables: object) -> Any:
    asked = {"query": LIST, "variables": {"first": 100, **variables}}
    answer = site.answer("POST", "/api/graphql", msgspec.json.encode(asked))
    return msgspec.json.decode(answer)["data"]["repository"]["issues"]


def answers(site: JiraSite, path: str, **asked: object) -> tuple[Any, Any]:
    """What the benchmark's Jira answers to a POST, and what the sandbox does to the same."""
    request = "POST", f"{API}{path}", msgspec.json.encode(asked)
    return msgspec.json.decode(site.answer(*request)), msgspec.json.decode(ask(site.room, *request).get_data())


def listed(since: datetime | None = None) -> dict[str, object]:
    """The search for followed issues."""
    milliseconds = None if since is None else int(since.timestamp() * 1000)
    return {"jql": list_query(milliseconds), "maxResults": 100, "fields": FIELDS, "properties": [PROPERTY]}


def jira_issues(site: JiraSite, since: datetime | None = None) -> list[Any]:
    """All issues of the list, page by page."""
    page, _sandbox = answers(site, "/search/jql", **listed(since))
    found = page["issues"]
    while not page["isLast"]:
        page, _sandbox = answers(site, "/search/jql", **listed(since), nextPageToken=page["nextPageToken"])
        found += page["issues"]
    return list(found)


def jira_histories(site: JiraSite, issues: list[Any]) -> list[Any]:
    asked = {"issueIdsOrKeys": [issue["id"] for issue in issues], "maxResults": LARGEST_HISTORY}
    ours, sandbox = answers(site, "/changelog/bulkfetch", **asked)
    by_id = {each["issueId"]: each for each in sandbox["issueChangeLogs"]}
    assert {each["issueId"]: each for each in ours["issueChangeLogs"]} == by_id
    assert "nextPageToken" not in sandbox
    return [line for each in ours["issueChangeLogs"] for line in each["changeHistories"]]


def test_the_issues_of_the_benchmark_have_the_fields_that_are_asked_for() -> None:
    found = {each for issue in build_issues(300) for each in differences(issue, _FRAGMENTS["issue"], "issue")}
    assert found == set()


def test_the_benchmark_can_tell_a_wrong_field() -> None:
    issue = build_issue(tell_story(1, timedelta(days=1))) | {"labels": {"nodes": [{"name": "x", "color": "red"}]}}
    assert differences(issue, _FRAGMENTS["issue"], "issue") == ["issue.labels.nodes.color"]


def test_the_listing_of_the_benchmark_gives_each_issue_once_and_then_what_changed() -> None:
    site = GitHubSite(MANY)
    lists = [github_page(site, after=after) for after in (None, "100", "200")]
    assert sorted(issue["number"] for each in lists for issue in each["nodes"]) == list(range(1, MANY + 1))
    assert [each["pageInfo"]["hasNextPage"] for each in lists] == [True, True, False]
    assert github_page(site, since=LONG_AFTER.isoformat())["nodes"] == []
    site.change(7)
    assert len(github_page(site, since=LONG_AFTER.isoformat())["nodes"]) == 7


def test_the_benchmark_asks_jira_as_the_adapter_does() -> None:
    assert sorted(FIELDS) == sorted(LISTED)
    milliseconds = int(LONG_AFTER.timestamp() * 1000)
    assert list_query(milliseconds) == oldest_change_first(followed(PROJECT, LONG_AFTER))
    assert list_query(None) == oldest_change_first(followed(PROJECT))


def test_the_jira_of_the_benchmark_lists_each_issue_once_with_the_fields_that_are_asked_for(jira: JiraSite) -> None:
    issues = jira_issues(jira)
    assert sorted(issue["key"] for issue in issues) == sorted(f"PLAT-{each}" for each in range(1, MANY + 1))
    assert {tuple(sorted(issue["fields"])) for issue in issues} == {tuple(sorted(LISTED))}
    assert {tuple(issue["properties"]) for issue in issues} == {(PROPERTY,)}


def test_the_jira_of_the_benchmark_answers_as_the_sandbox_does(jira: JiraSite) -> None:
    ours, sandbox = answers(jira, "/search/jql", **listed())
    assert ours | {"nextPageToken": ""} == sandbox | {"nextPageToken": ""}
    for since in (datetime(2024, 12, 1, tzinfo=UTC), LONG_AFTER):
        ours, sandbox = answers(jira, "/search/jql", **listed(since))
        assert ours == sandbox
        ours, sandbox = answers(jira, "/search/approximate-count", jql=followed(PROJECT, since))
        assert ours == sandbox


def test_histories_in_the_benchmark_are_those_of_the_sandbox_and_tell_links(jira: JiraSite) -> None:
    issues = jira_issues(jira)
    lines = [line for start in range(0, MANY, 100) for line in jira_histories(jira, issues[start : start + 100])]
    items = [item for line in lines for item in line["items"]]
    assert {item["field"] for item in items} == {"status", "resolution", "duedate", "labels", "RemoteIssueLink"}
    links = [item["toString"] for item in items if item["field"] == "RemoteIssueLink"]
    assert sum(OWN_LINK not in each for each in links) == MANY // LINKED_EVERY


def test_what_changes_in_the_jira_of_the_benchmark_is_listed_and_done(jira: JiraSite) -> None:
    assert jira_issues(jira, LONG_AFTER) == []
    jira.change(7)
    changed = jira_issues(jira, LONG_AFTER)
    assert [issue["fields"]["status"]["name"] for issue in changed] == ["Done"] * 7
    assert changed == answers(jira, "/search/jql", **listed(LONG_AFTER))[1]["issues"]
    assert jira_histories(jira, changed)[-1]["items"][-1]["toString"] == "Done"


def test_the_jira_of_the_benchmark_refuses_what_was_not_prepared(jira: JiraSite) -> None:
    with pytest.raises(Refusal, match="prepared are the fields"):
        answers(jira, "/search/jql", **{**listed(), "fields": ["summary"]})
    with pytest.raises(Refusal, match="nothing was prepared"):
        answers(jira, "/search/jql", **{**listed(), "jql": 'project = "PLAT" ORDER BY key DESC'})


@pytest.mark.parametrize(("kind", "requests"), [("github", 3), ("jira", 6 + MANY // LINKED_EVERY)])
def test_the_floor_reads_every_page(tmp_path: Path, kind: str, requests: int) -> None:
    with serving(kind, MANY) as server:
        server.spent()
        assert save_pages(str(tmp_path / "floor.db"), READERS[kind](server.url, None)) == MANY
        assert server.spent()["requests"] == requests
        assert save_pages(str(tmp_path / "floor.db"), READERS[kind](server.url, LONG_AFTER.timestamp())) == 0
        assert server.spent()["requests"] == 1


def test_the_document_of_the_benchmark_can_be_pushed(tmp_path: Path) -> None:
    path = tmp_path / "many.md"
    path.write_text(write_document(200))
    [read] = read_reviews([path], Standards(today=date(2026, 10, 5)))
    assert len({item.title for item in read.review.items}) == 200


def test_a_missed_aim_is_said() -> None:
    missed = Row(name="slow", unit=Unit.SECONDS, track=3.0, floor=1.0, most_ratio=2)
    met = Row(name="quick", unit=Unit.MEGABYTES, track=60, most=80)
    assert [line.split()[-1] for line in render_table([missed, met]).splitlines()[1:]] == ["MISSED", "met"]
