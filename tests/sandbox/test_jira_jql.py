"""Queries on the sandbox's Jira beyond the simple ones: words in texts, comparisons of keys, empty fields, brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.server import Sandbox
from tests.sandbox.jira_client import PLACES, JiraClient, jira_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.jira_people import JiraPeople

QUOTED = r'"\"limit the blast\""'


def prepare(people: JiraPeople) -> None:
    """Four issues in PLAT and one in OPS, named here by their numbers, that of OPS by 9."""
    people.open_issue("PLAT", "Limit the blast radius", ["a"], description="Marker: INC-7/A1, see *canary* rollout")
    people.open_issue("PLAT", "The blast: limit it", ["a", "b"])
    people.open_issue("PLAT", "Nothing here")
    people.open_issue("PLAT", "Canaries", ["b"], description="limit.\n\nThe next paragraph")
    people.open_issue("OPS", "Limit the BLAST again", ["a"])
    people.comment("PLAT-3", "reader", "We should limit the blast, too. Then stop.")
    people.comment("PLAT-3", "reader", "Again: canary")
    people.transition("PLAT-4", "Done", resolution="Done")
    people.set_field("PLAT-2", "components", ["Web", "checkout"])
    people.set_field("PLAT-4", "components", ["checkout"])
    people.set_field("PLAT-4", "priority", "Highest")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Shared by tests that only read."""
    with Sandbox(jira_world()) as running:
        prepare(running.jira)
        prepare(running.jira_dc)
        yield running


@pytest.fixture(params=sorted(PLACES))
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> JiraClient:
    return JiraClient(sandbox, deployment=request.param)


def numbers(client: JiraClient, jql: str) -> str:
    """What a query finds, as the numbers of the issues, in its order."""
    path = "/search/jql" if client.auth else "/search"
    found = client.post(path, {"jql": jql, "fields": ["summary"]})["issues"]
    return "".join(each["key"].replace("OPS-1", "9").removeprefix("PLAT-") for each in found)


def refused(client: JiraClient, jql: str) -> str:
    answer = client.ask("POST", "/search/jql" if client.auth else "/search", {"jql": jql})
    assert answer.status_code == 400, answer.text
    return str(answer.json()["errorMessages"][0])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (f"summary ~ {QUOTED}", "19"),
        ("summary ~ 'blast limit'", "129"),
        ("summary ~ BLAST", "129"),
        ("summary ~ canar", ""),
        ("component = web", "2"),
        ("component in (web, checkout) AND component != web", "4"),
        ("project = PLAT AND component is EMPTY", "13"),
        ("priority in (Highest, 2)", "4"),
        (f"text ~ {QUOTED}", "139"),
        ("text ~ 'limit blast'", "1239"),
        ("text ~ 'stop canary'", ""),
        ("text ~ canary", "13"),
        ("comment ~ 'stop limit'", "3"),
        (r'description ~ "\"INC-7 A1\""', "1"),
        (r'description ~ "\"INC-7/A1\""', "1"),
        (r'description ~ "\"A1 INC-7\""', ""),
        ("description ~ 'INC-7/A1'", "1"),
        ("description ~ 'marker :'", "1"),
        (r'description ~ "\"limit the\""', "4"),
        (r'description ~ "\"\" \"paragraph\""', "4"),
        ("description ~ '...'", ""),
        ("summary !~ limit", "34"),
        ("description !~ limit", "1"),
        ("comment !~ limit", ""),
        ("description is EMPTY", "239"),
        ("summary is not EMPTY", "12349"),
    ],
)
def test_words_are_looked_for_in_texts(client: JiraClient, where: str, found: str) -> None:
    assert "".join(sorted(numbers(client, where))) == found


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("text !~ limit", "The operator '!~' is not supported by the 'text' field."),
        ("text = limit", "The operator '=' is not supported by the 'text' field."),
        ("summary = limit", "The operator '=' is not supported by the 'summary' field."),
        ("summary in (limit)", "The operator 'in' is not supported"),
        ("text is EMPTY", "The operator 'is' is not supported"),
        ("comment is EMPTY", "The operator 'is' is not supported"),
        ("labels !~ a", "The operator '!~' is not supported by the 'labels' field."),
        ("updated !~ 1", "The operator '!~' is not supported"),
        ("resolution ~ Unresolved", "'resolution'"),
        ("text ~ ''", "The field 'text' does not support searching for an empty string."),
        ("text ~ 'limit -blast'", "Unable to parse the text 'limit -blast' for field 'text'."),
        ("text ~ 'NOT limit'", "Unable to parse the text"),
        ("text ~ 'AND'", "Unable to parse the text 'AND' for field 'text'."),
        ("text ~ 'lim*'", "Unable to parse the text"),
        (r'text ~ "\"limit"', "Unable to parse the text"),
    ],
)
def test_what_is_no_question_about_words_is_refused(client: JiraClient, jql: str, words: str) -> None:
    assert words in refused(client, f"project = PLAT AND {jql}")


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ('project != "OPS"', "1234"),
        ("project not in (PLAT)", "9"),
        ("labels is EMPTY", "3"),
        ('labels != "a"', "4"),
        ('labels != "a" OR labels is EMPTY', "34"),
        ("key >= PLAT-3", "34"),
        ("key > plat-3", "4"),
        ("issuekey <= 'PLAT-2'", "12"),
        ("key < PLAT-1", ""),
        ("key > OPS-1", ""),
        ("key >= OPS-1", "9"),
        ("key > PLAT-1 AND key < PLAT-4", "23"),
        ("project = PLAT AND (labels = a OR (labels = b AND resolution = Done)) AND key != PLAT-2", "14"),
        ("(project = OPS OR (labels = b AND (resolution = Done OR labels = a)))", "249"),
        ("labels = a AND labels = b OR project = OPS", "29"),
    ],
)
def test_a_query_finds_what_it_says(client: JiraClient, jql: str, found: str) -> None:
    assert numbers(client, f"{jql} ORDER BY key ASC") == found


def test_results_come_in_the_order_that_is_asked_for(client: JiraClient) -> None:
    assert numbers(client, "project = PLAT ORDER BY key DESC") == "4321"
    assert numbers(client, "project = PLAT ORDER BY updated ASC, key ASC") == "1234"
    assert numbers(client, "project = PLAT ORDER BY updated ASC, key DESC") == "4321"


def test_an_id_is_compared_as_its_key_is(client: JiraClient) -> None:
    ids = {number: client.get(f"/issue/PLAT-{number}")["id"] for number in (2, 3)}
    assert numbers(client, f"id > {ids[2]} ORDER BY key") == "34"
    assert numbers(client, f"id <= {ids[3]} ORDER BY key") == "123"
    assert numbers(client, f"id in ({ids[3]}, {ids[2]}) ORDER BY key") == "23"


def test_a_key_that_is_not_there_spoils_a_comparison(client: JiraClient, sandbox: Sandbox) -> None:
    assert "'PLAT-99' does not exist" in refused(client, "project = PLAT AND key > PLAT-99")
    site = (sandbox.jira if client.auth else sandbox.jira_dc).world.site
    site.passes_over_missing = True
    assert numbers(client, "key > PLAT-99") == numbers(client, "key = PLAT-99") == ""
    assert numbers(client, "key in (PLAT-1, PLAT-99)") == "1"
    site.passes_over_missing = False


def test_a_comparison_follows_an_issue_that_moved_away(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    prepare(jira_sandbox.jira)
    jira_sandbox.jira.move_issue("PLAT-2", "OPS")
    assert jira.found("key >= PLAT-2") == ["OPS-2"]
    assert jira.found("project = PLAT AND key > PLAT-2") == []


def test_words_are_found_when_the_index_knows_them(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira.new_issue(description=jira.text("Why this matters"))
    assert jira.found("text ~ matters") == ["PLAT-1"]
    jira_sandbox.jira.forget_in_search("PLAT-1", 5)
    assert jira.found("text ~ matters") == []


def test_fields_of_text_that_people_added_are_part_of_the_text(jira: JiraClient, jira_sandbox: Sandbox) -> None:
    jira_sandbox.jira.set_screen("PLAT", ["summary", "issuetype", "project", "customfield_1"])
    jira.new_issue(customfield_1="hidden treasure")
    assert jira.found("text ~ treasure") == ["PLAT-1"]
    assert jira.found("description ~ treasure") == []


@pytest.mark.parametrize("jql", ["component = nowhere", "priority = Dire"])
def test_a_component_or_priority_that_is_not_there_is_refused(client: JiraClient, jql: str) -> None:
    assert "does not exist for the field" in refused(client, f"project = PLAT AND {jql}")
