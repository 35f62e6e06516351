"""Cloud's search on the sandbox: bounded queries, pages by token, an index that is behind, and the fetch of many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import FaultPlan, RepeatCursor, When
from sync.sandbox.server import Sandbox
from tests.sandbox.jira_client import JiraClient, jira_world

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = "project = PLAT"
BY_CHANGE = f"{ALL} ORDER BY updated ASC, key ASC"


def four_issues(jira: JiraClient, sandbox: Sandbox) -> list[str]:
    """Ids of four issues, an hour between them; the first has another type and label, the last is done."""
    made = []
    for number, label in enumerate(("other", "follow-through", "follow-through", "follow-through")):
        kind = {"name": "Bug" if number == 0 else "Task"}
        made.append(jira.new_issue(f"Issue {number + 1}", labels=[label], issuetype=kind)["id"])
        sandbox.world.advance(timedelta(hours=1))
    sandbox.jira.transition("PLAT-4", "Done", resolution="Won't Do")
    return made


@pytest.fixture
def four(jira: JiraClient, jira_sandbox: Sandbox) -> list[str]:
    return four_issues(jira, jira_sandbox)


@pytest.fixture(scope="module")
def reading() -> Iterator[JiraClient]:
    """A client for tests that only read the four issues, which share one sandbox."""
    with Sandbox(jira_world()) as running:
        jira = JiraClient(running)
        four_issues(jira, running)
        yield jira


def refused(jira: JiraClient, jql: str) -> str:
    answer = jira.ask("POST", "/search/jql", {"jql": jql})
    assert answer.status_code == 400
    return str(answer.json()["errorMessages"][0])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("labels = follow-through", "234"),
        ("labels in (other, 'follow-through')", "1234"),
        ("labels != other", "234"),
        ("labels not in (other)", "234"),
        ("labels is EMPTY", ""),
        ("labels is not empty", "1234"),
        ("key in (PLAT-2, plat-3)", "23"),
        ("issuekey = PLAT-1", "1"),
        ("type = Bug", "1"),
        ('issuetype in ("Task", 10002)', "1234"),
        ("statusCategory = Done", "4"),
        ("statuscategory in (new, indeterminate)", "123"),
        ('statusCategory != "To Do"', "4"),
        ("status = 'to do'", "123"),
        ('resolution = "Won\'t Do"', "4"),
        ("resolution = Unresolved", "123"),
        ("resolution is EMPTY", "123"),
        ("resolution != Done", "4"),
        ("updated >= 1791194400000", "234"),
        ("updated > 1791194400000", "34"),
        ("updated < 1791194400000", "1"),
        ("updated <= '1791194400000'", "12"),
        ('updated >= "2026-10-05 12:00"', "234"),
        ("updated >= '2026/10/05 12:01'", "34"),
        ("created >= 2026-10-06", ""),
        ("created >= -3h", "234"),
        ("labels = other OR type = Task AND statusCategory = done", "14"),
        ("(labels = other OR type = Task) AND statusCategory = new", "123"),
    ],
)
def test_a_query_finds_what_it_says(reading: JiraClient, where: str, found: str) -> None:
    keys = reading.found(f"project = PLAT AND ({where}) ORDER BY key ASC")
    assert "".join(key.removeprefix("PLAT-") for key in keys) == found


def test_ids_can_be_asked_for_too(jira: JiraClient, four: list[str]) -> None:
    assert jira.found(f"id in ({four[0]}, {four[2]}) ORDER BY id DESC") == ["PLAT-3", "PLAT-1"]


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("", "Unbounded"),
        ("ORDER BY key", "Unbounded"),
        ("project = NOPE", "'NOPE' does not exist for the field 'project'"),
        ("key in (PLAT-1, PLAT-99)", "key 'PLAT-99' does not exist"),
        ("id = 99", "'99'"),
        ("type = Epic", "'Epic'"),
        ("status = Shipped", "'Shipped'"),
        ("statusCategory = closed", "'closed'"),
        ("resolution = Perfect", "'Perfect'"),
        ("updated >= yesterday", "Date value 'yesterday'"),
        ("updated = 1", "operator '='"),
        ("labels ~ x", "operator '~'"),
        ("labels is full", "EMPTY"),
        ("sprint = 1", "Field 'sprint' does not exist"),
        ("issue.property[follow-through].item.id = A1", "Field 'issue.property[follow-through].item.id'"),
        ("labels = a+b", "'+' is a reserved JQL character"),
        ("labels = 'a", "has not been completed"),
        ("labels", "Expecting operator before the end"),
        ("labels =", "Expecting a value before the end"),
        ("labels = a b", "Expecting either 'OR' or 'AND' but got 'b'"),
        ("labels in (a", "Expecting ')'"),
        ("labels = a ORDER key", "Expecting 'by'"),
        ("labels = a ORDER BY votes", "sort"),
        (f"labels = a ORDER BY {', '.join(['key'] * 8)}", "7"),
    ],
)
def test_a_query_that_jira_would_not_take_says_why(reading: JiraClient, jql: str, words: str) -> None:
    assert words in refused(reading, jql)


def test_a_property_can_be_asked_for_once_it_is_indexed(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    for item in ("A1", "A2"):
        value = {"item": {"id": item, "conditions": ["x", item]}}
        jira.post("/issue", {"fields": jira.fields(), "properties": [{"key": "follow-through", "value": value}]})
    jira.new_issue()
    jira_sandbox.jira.world.site.indexed_properties.append("follow-through")
    assert jira.found("issue.property[follow-through].item.id = A2") == ["PLAT-2"]
    assert jira.found('issue.property["follow-through"].item.conditions = A1') == ["PLAT-1"]
    assert jira.found("issue.property[follow-through].item.id is EMPTY") == ["PLAT-3"]


def test_a_former_key_finds_the_issue_where_it_is_now(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    jira_sandbox.jira.move_issue("PLAT-1", "OPS")
    assert jira.found("key = PLAT-1") == ["OPS-1"]


def test_what_may_not_be_seen_is_not_found(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue()
    stranger = JiraClient(jira_sandbox, "stranger")
    assert "'PLAT' does not exist" in refused(stranger, ALL)
    assert "'PLAT-1' does not exist" in refused(stranger, "key = PLAT-1")
    assert stranger.search("labels is EMPTY")["issues"] == []
    jira_sandbox.jira.archive_project("PLAT")
    assert jira.search("labels is EMPTY")["issues"] == []
    assert "'PLAT' does not exist" in refused(jira, ALL)


@pytest.mark.usefixtures("four")
def test_pages_follow_by_token_without_a_total(jira: JiraClient) -> None:
    pages, token = [], None
    while True:
        answer = jira.search(BY_CHANGE, fields=["summary"], maxResults=2, **({"nextPageToken": token} if token else {}))
        assert answer.keys() <= {"issues", "isLast", "nextPageToken"}
        pages.append([each["key"] for each in answer["issues"]])
        if answer["isLast"]:
            break
        token = answer["nextPageToken"]
    assert pages == [["PLAT-1", "PLAT-2"], ["PLAT-3", "PLAT-4"]]
    assert "nextPageToken" not in answer


@pytest.mark.usefixtures("four")
def test_a_page_by_token_loses_nothing_when_issues_change_in_between(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    first = jira.search(BY_CHANGE, fields=["key"], maxResults=2)
    jira_sandbox.jira.comment("PLAT-1", "reader", "hello")
    rest = jira.search(BY_CHANGE, fields=["key"], nextPageToken=first["nextPageToken"])
    assert [each["key"] for each in rest["issues"]] == ["PLAT-3", "PLAT-1", "PLAT-4"]


@pytest.mark.usefixtures("four")
def test_a_token_is_good_for_its_query_and_for_seven_days(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    token = jira.search(BY_CHANGE, maxResults=1)["nextPageToken"]
    good = {"jql": BY_CHANGE, "nextPageToken": token}
    for wrong in ({"jql": ALL}, {"fields": ["summary"]}, {"reconcileIssues": [1]}, {"nextPageToken": "nonsense"}):
        assert jira.ask("POST", "/search/jql", good | wrong).status_code == 400
    jira_sandbox.world.advance(timedelta(days=7))
    assert jira.ask("POST", "/search/jql", good).status_code == 200
    jira_sandbox.world.advance(timedelta(seconds=1))
    assert jira.ask("POST", "/search/jql", good).status_code == 400


@pytest.mark.usefixtures("four")
def test_a_search_tells_ids_only_unless_fields_are_named(jira: JiraClient) -> None:
    def shown(**more: object) -> dict[str, object]:
        first: dict[str, object] = jira.search(ALL, **more)["issues"][0]
        return first

    assert shown().keys() == {"id"}
    assert shown(fields=["key"]).keys() == {"expand", "id", "self", "key"}
    assert shown(fields=["summary", "labels"])["fields"] == {"summary": "Issue 4", "labels": ["follow-through"]}
    navigable = shown(fields=["*navigable", "-labels"])["fields"]
    assert isinstance(navigable, dict)
    assert {"summary", "resolution"} <= navigable.keys()
    assert not {"labels", "comment"} & navigable.keys()
    assert shown(expand="changelog", properties=["x"]).keys() >= {"changelog", "properties"}


def test_a_page_with_fields_holds_a_hundred_and_one_of_ids_more(jira: JiraClient) -> None:
    for _ in range(3):
        jira.post("/issue/bulk", {"issueUpdates": [{"fields": jira.fields()}] * 50})
    assert len(jira.search(ALL, fields=["summary"], maxResults=1000)["issues"]) == 100
    assert len(jira.search(ALL, maxResults=1000)["issues"]) == 150
    assert len(jira.search(ALL)["issues"]) == 50
    assert jira.post("/search/approximate-count", {"jql": ALL}) == {"count": 150}


def test_only_so_much_can_be_asked_for_at_a_time(jira: JiraClient) -> None:
    jira.new_issue()
    six = [f"p{n}" for n in range(6)]
    assert jira.ask("POST", "/search/jql", {"jql": ALL, "properties": six}).status_code == 400
    assert jira.ask("POST", "/search/jql", {"jql": ALL, "reconcileIssues": list(range(51))}).status_code == 400
    assert jira.ask("GET", "/search/jql", params={"jql": ALL, "maxResults": "many"}).status_code == 400
    assert jira.ask("GET", "/search/jql", params={"jql": ALL, "reconcileIssues": "PLAT-1"}).status_code == 400


@pytest.mark.usefixtures("four")
def test_a_search_can_be_a_get_as_well(jira: JiraClient) -> None:
    asked = {"jql": BY_CHANGE, "fields": "summary,labels", "maxResults": "3", "properties": "a,b"}
    posted = jira.search(BY_CHANGE, fields=["summary", "labels"], maxResults=3, properties=["a", "b"])
    got = jira.get("/search/jql", params=asked)
    assert got == posted
    assert len(jira.get("/search/jql", params=asked | {"nextPageToken": got["nextPageToken"]})["issues"]) == 1


def test_the_index_is_behind_unless_an_issue_is_reconciled(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    old = jira.new_issue()
    jira_sandbox.jira.lag_search(60)
    jira_sandbox.world.advance(timedelta(seconds=60))
    new = int(jira.new_issue()["id"])
    assert jira.found(ALL) == ["PLAT-1"]
    assert jira.found(ALL, reconcileIssues=[new]) == ["PLAT-2", "PLAT-1"]
    jira_sandbox.jira.set_due("PLAT-1", "2026-11-01")
    assert jira.found(ALL) == []
    assert jira.get("/search/jql", params={"jql": ALL, "reconcileIssues": old["id"]})["issues"] == [{"id": old["id"]}]
    jira_sandbox.world.advance(timedelta(seconds=60))
    assert jira.found(ALL) == ["PLAT-2", "PLAT-1"]


def test_a_reconciled_issue_still_has_to_fit_the_query(jira: JiraClient) -> None:
    other = int(jira.new_issue(labels=["other"])["id"])
    assert jira.found("labels = follow-through", reconcileIssues=[other]) == []


def test_the_index_can_forget_an_issue_for_a_moment(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    made = int(jira.new_issue()["id"])
    jira_sandbox.jira.forget_in_search("PLAT-1", 5)
    assert (jira.found(ALL), jira.found(ALL, reconcileIssues=[made])) == ([], ["PLAT-1"])
    assert jira.get("/issue/PLAT-1")["key"] == "PLAT-1"
    jira_sandbox.world.advance(timedelta(seconds=5))
    assert jira.found(ALL) == ["PLAT-1"]


def test_the_old_search_is_gone(jira: JiraClient) -> None:
    assert jira.ask("GET", "/search", params={"jql": ALL}).status_code == 410
    assert jira.ask("POST", "/search", {"jql": ALL}).status_code == 410


@pytest.mark.usefixtures("four")
def test_a_repeated_token_never_comes_to_an_end(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.faults = FaultPlan(When(RepeatCursor(), times=None))
    first = jira.search(ALL, maxResults=2)
    for again in (
        jira.search(ALL, maxResults=2, nextPageToken=first["nextPageToken"]),
        jira.get("/search/jql", params={"jql": ALL, "maxResults": 2, "nextPageToken": first["nextPageToken"]}),
    ):
        assert (again["isLast"], again["nextPageToken"]) == (False, first["nextPageToken"])


def test_many_are_fetched_at_once_moved_ones_too_and_the_missing_are_told(
    jira: JiraClient, jira_sandbox: Sandbox
) -> None:
    ids = [jira.new_issue()["id"] for _ in range(3)]
    jira.ask("PUT", "/issue/PLAT-1/properties/follow-through", 1)
    jira_sandbox.jira.move_issue("PLAT-2", "OPS")
    jira_sandbox.jira.delete_issue("PLAT-3")
    asked = {"issueIdsOrKeys": ["PLAT-2", ids[2], ids[0], "PLAT-1"], "properties": ["follow-through"]}
    told = jira.post("/issue/bulkfetch", {**asked, "fields": ["summary"], "expand": ["changelog"]})
    assert [each["key"] for each in told["issues"]] == ["PLAT-1", "OPS-1"]
    assert [each["properties"] for each in told["issues"]] == [{"follow-through": 1}, {}]
    assert [each["changelog"]["total"] for each in told["issues"]] == [0, 1]
    assert [each["id"] for each in told["issueErrors"]] == [ids[2]]


def test_a_fetch_is_of_a_hundred_at_most_and_is_never_behind(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.jira.lag_search(60)
    made = jira.new_issue()
    assert jira.post("/issue/bulkfetch", {"issueIdsOrKeys": [made["id"]]})["issues"][0]["key"] == "PLAT-1"
    for count in (0, 101):
        assert jira.ask("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["1"] * count}).status_code == 400
    assert jira.ask("POST", "/issue/bulkfetch", {}).status_code == 400
    too_many = {"issueIdsOrKeys": ["PLAT-1"], "properties": list("abcdef")}
    assert jira.ask("POST", "/issue/bulkfetch", too_many).status_code == 400
