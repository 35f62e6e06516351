"""What the config says of reports: since when what is known, which issues are incidents, how classes are called."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest

from tests.config.reading import only_problem, parsed, problems_of
from tracker.config import ClassSection, Feed, Source, TimeSource
from tracker.config.report_values import WEEKDAYS

TRACKERS = """
[trackers.payments]
kind = "github"
repository = "acme/payments"
token = { env = "GITHUB_TOKEN" }
[trackers.platform]
kind = "jira"
url = "https://acme.atlassian.net"
project = "PLAT"
email = "bot@acme.example"
token = { env = "JIRA_API_TOKEN" }
"""
JIRA = '[incidents.ops]\ntracker = "platform"\n'
GITHUB = '[incidents.ops]\ntracker = "payments"\n'
JQL = 'jql = "project = OPS"\n'
LABELS = 'labels = ["incident"]\n'


def feed(text: str) -> Feed:
    return parsed(TRACKERS + text).feeds["ops"]


def problem_of(text: str) -> tuple[str, str]:
    """The one problem of a feed, which is in the feed itself."""
    problem = only_problem(TRACKERS + text)
    assert problem.line > TRACKERS.count("\n")
    return problem.message, problem.hint


def test_a_whole_report_is_configured() -> None:
    config = parsed(
        TRACKERS
        + dedent(
            """
            [report]
            records_since = 2025-01-01
            week_starts = "Sunday"
            time_zone = "Europe/Berlin"
            [incidents.ops]
            tracker = "platform"
            jql = '''project = OPS
                AND (type = Incident OR labels = "a)b")'''
            class = { component = true }
            severity = { field = "priority" }
            started = { field = "customfield_10100" }
            [incidents.web]
            tracker = "payments"
            labels = ["incident", "customer facing"]
            repository = "acme/web"
            team = { line = "Team" }
            mitigated = { field = "closed_at" }
            [classes.config-rollout]
            title = "Config rollout"
            aliases = ["config-push", "bad config"]
            watched_since = 2025-06-01
            """
        )
    )
    assert (config.records_since, config.week_starts, config.time_zone) == (date(2025, 1, 1), 6, "Europe/Berlin")
    assert config.feeds == {
        "ops": Feed(
            name="ops",
            tracker="platform",
            jql='project = OPS AND (type = Incident OR labels = "a)b")',
            incident_class=Source(component=True),
            severity=Source(field="priority"),
            started=TimeSource(field="customfield_10100"),
        ),
        "web": Feed(
            name="web",
            tracker="payments",
            labels=("incident", "customer facing"),
            repository="acme/web",
            team=Source(line="Team"),
            mitigated=TimeSource(field="closed_at"),
        ),
    }
    assert config.classes == {
        "config-rollout": ClassSection(
            title="Config rollout", aliases=("config-push", "bad config"), watched_since=date(2025, 6, 1)
        )
    }


def test_nothing_is_said_by_default() -> None:
    config = parsed("")
    assert (config.records_since, config.week_starts, config.time_zone) == (None, 0, "UTC")
    assert (config.feeds, config.classes) == ({}, {})
    plain = feed(JIRA + JQL)
    assert plain.incident_class == Source(label_prefix="class:")
    assert plain.conditions == Source(label_prefix="condition:")
    assert (plain.severity, plain.team, plain.started, plain.detected, plain.mitigated) == (None,) * 5


@pytest.mark.parametrize(("number", "name"), list(enumerate(WEEKDAYS)))
def test_a_week_starts_on_any_day(number: int, name: str) -> None:
    assert parsed(f'[report]\nweek_starts = "{name}"').week_starts == number


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('records_since = "2025-01-01"', "expected a date without quotation marks", "records_since = 2025-01-01"),
        ("records_since = 2025-01-01T00:00:00Z", "expected a date", "records_since = 2025-01-01"),
        ("records_since = 0001-01-01", "the year is not between 1970 and 2100", "2025-01-01"),
        ('week_starts = "mondy"', '"mondy" is not a day of the week', 'write "monday"'),
        ('week_starts = "Sun"', '"Sun" is not a day of the week', 'write "sunday"'),
        ("week_starts = 1", "expected a day of the week, found a number", 'week_starts = "monday"'),
        ('time_zone = "Berlin"', '"Berlin" is not a time zone', 'write "Europe/Berlin"'),
        ('time_zone = "europe/berln"', '"europe/berln" is not a time zone', 'write "Europe/Berlin"'),
        ('time_zone = "new york"', '"new york" is not a time zone', 'write "America/New_York"'),
        ('time_zone = "Europe"', '"Europe" is not a time zone', "write"),
        ('time_zone = "../../etc/passwd"', "is not a time zone", "Europe/Berlin"),
        ('weeks = "monday"', "report.weeks: this key is not known", ""),
    ],
)
def test_what_a_report_cannot_be_made_by_is_named(line: str, message: str, hint: str) -> None:
    problem = only_problem(f"[report]\n{line}")
    assert message in problem.message
    assert hint in problem.hint
    assert problem.hint
    assert problem.line == 2


def test_a_feed_of_a_tracker_that_is_not_there_is_told_which_was_meant() -> None:
    message, hint = problem_of('[incidents.ops]\ntracker = "platfrom"\n' + JQL)
    assert (message, hint) == ('incidents.ops.tracker: there is no tracker "platfrom"', 'did you mean "platform"?')
    assert problem_of('[incidents.ops]\ntracker = "x"\n' + JQL)[1] == "the trackers here are payments, platform"
    assert only_problem('[incidents.ops]\ntracker = "x"\n' + JQL).hint == "add a [trackers.NAME]"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (JIRA, "incidents.ops: the key jql is missing", 'write jql = "project = OPS AND type = Incident"'),
        (JIRA + LABELS, "incidents.ops.labels: what a feed from Jira shows is chosen by jql", "write jql ="),
        (JIRA + JQL + LABELS, "incidents.ops.labels: what a feed from Jira shows", "leave labels out"),
        (JIRA + JQL + 'repository = "a/b"', "incidents.ops.repository: what a feed from Jira", "leave repository out"),
        (GITHUB, "incidents.ops: the key labels is missing", 'write labels = ["incident"]'),
        (GITHUB + JQL, "incidents.ops.jql: what a feed from GitHub shows is chosen by labels", "write labels ="),
        (GITHUB + LABELS + JQL, "incidents.ops.jql: what a feed from GitHub shows", "leave jql out"),
        (GITHUB + "labels = []", "incidents.ops.labels: the list is empty", 'write labels = ["incident"]'),
        (JIRA + JQL + 'team = { line = "Team" }', "team.line: only texts of GitHub's issues", "customfield_10100"),
        (GITHUB + LABELS + "team = { component = true }", "GitHub's issues have no components", '"team:"'),
        (GITHUB + LABELS + 'severity = { field = "priority" }', "severity.field: GitHub's issues have no", "severity:"),
        (GITHUB + LABELS + 'severity = { field = "closed_at" }', "severity.field: GitHub's issues have no", "severity"),
        (GITHUB + LABELS + 'started = { field = "createdAt" }', "no fields but created_at and", 'write "created_at"'),
        (JIRA + JQL + "class = { component = false }", "class.component: this is true, or not there", "leave it out"),
        (JIRA + JQL + "class = {}", "class: one of the keys label_prefix or component or field or line", ""),
        (JIRA + JQL + 'class = { field = "a", component = true }', "component and field exclude each other", "keep"),
        (JIRA + JQL + 'class = "class:"', "class: expected where it is found, found text", "label_prefix"),
        (JIRA + JQL + 'started = { field = "cf[10100]" }', "is not the id of a field", 'write "customfield_10100"'),
        (JIRA + JQL + 'started = { field = "Began at" }', "is not the id of a field", "rest/api/2/field"),
        (GITHUB + LABELS + 'started = { line = "Began:" }', "the colon is not a part of it", 'write "Began"'),
        (JIRA + 'jql = "project = OPS ORDER  BY key"', "the order is ours", "leave ORDER BY out"),
        (JIRA + 'jql = "project = OPS) OR (project = X"', "a bracket has no partner", "jql ="),
        (JIRA + 'jql = "(project = OPS"', "a bracket has no partner", "jql ="),
        (JIRA + "jql = 'summary ~ \"x'", "a quotation mark has no partner", "jql ="),
        (JIRA + 'jql = ""', "expected text", "jql ="),
        ('[incidents."file:a"]\ntracker = "platform"\n' + JQL, "only what is imported from a file", 'write "a"'),
        ('[incidents.ops]\njql = "project = OPS"', "incidents.ops: the key tracker is missing", "tracker ="),
    ],
)  # fmt: skip
def test_a_feed_that_does_not_fit_is_named(text: str, message: str, hint: str) -> None:
    said, meant = problem_of(text)
    assert message in said
    assert hint in meant
    assert meant


def test_a_time_is_found_in_a_field_or_a_line_only() -> None:
    said = [problem.message for problem in problems_of(TRACKERS + JIRA + JQL + "started = { component = true }")]
    assert said == [
        "incidents.ops.started.component: this key is not known",
        "incidents.ops.started: one of the keys field or line is missing",
    ]


@pytest.mark.parametrize("text", ['summary ~ "order by"', "summary ~ 'a) b'", r'summary ~ "\"x\" ("', "orderby = 1"])
def test_words_and_brackets_in_quotation_marks_are_the_query_s_own(text: str) -> None:
    assert feed(JIRA + f"jql = '''{text}'''").jql == text


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('[classes.a]\naliases = ["X y"]\n[classes.b]\naliases = ["z", "x_Y"]', 4, '"x_Y" is an alias of "a" already'),
        ('[classes.a]\naliases = ["B"]\n[classes.b]', 2, '"B" is a class of its own here'),
        ('[classes."Bad config"]\n[classes.bad-config]', 2, 'this is the same class as "Bad config"'),
        ('[classes.a]\naliases = ["!"]', 2, "it has neither letter nor digit"),
        ('[classes."?"]', 1, "it has neither letter nor digit"),
        ('[classes.a]\nwatched_since = "2025-06-01"', 2, "expected a date"),
        ("[classes]\na = 3", 2, "expected a table"),
    ],
)
def test_a_name_stands_for_one_class(text: str, line: int, message: str) -> None:
    problem = only_problem(text)
    assert message in problem.message
    assert problem.line == line
    assert problem.hint


def test_a_class_may_name_itself_and_repeat_an_alias() -> None:
    assert parsed('[classes.a]\naliases = ["A", "b", "B"]').classes["a"].aliases == ("A", "b", "B")


def test_all_of_it_is_named_at_once() -> None:
    text = (
        '[report]\nweek_starts = "x"\n[incidents.a]\ntracker = "t"\n'
        '[incidents.b]\ntracker = "payments"\njql = "("\n[incidents]\nc = 1\n[classes.a]\naliases = ["b"]\n[classes.b]'
    )
    said = [(problem.line, problem.message) for problem in problems_of(text.replace("[incidents]\nc = 1\n", ""))]
    assert [line for line, _message in said] == [2, 4, 6, 7, 9]
