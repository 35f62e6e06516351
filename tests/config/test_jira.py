"""A tracker on Jira: what the config accepts, its defaults, and what it refuses with what to write instead."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.config.reading import only_problem, parsed, problems_of
from tracker.config import JiraTracker, TokenSource

CLOUD = {
    "kind": '"jira"',
    "url": '"https://acme.atlassian.net"',
    "project": '"PLAT"',
    "email": '"bot@acme.example"',
    "token": '{ env = "JIRA_API_TOKEN" }',
}
DATA_CENTER = {
    "kind": '"jira"',
    "url": '"https://jira.acme.example"',
    "deployment": '"data-center"',
    "project": '"PLAT"',
    "token": '{ env = "JIRA_API_TOKEN" }',
}
GATEWAY = "https://api.atlassian.com/ex/jira"
ATLASSIAN_SECRET = "ATATT" + "3xFfGF0a1B2c3D4e5F6"


def jira(base: dict[str, str] = CLOUD, /, **keys: str | None) -> str:
    """A tracker's table: the keys of `base`, each replaced or (None) left out."""
    lines = [f"{key} = {value}" for key, value in (base | keys).items() if value is not None]
    return "\n".join(["[trackers.platform]", *lines, ""])


def tracker_of(text: str, found: bool = False) -> JiraTracker:
    tracker = parsed(text, found).trackers["platform"]
    assert isinstance(tracker, JiraTracker)
    return tracker


def test_the_defaults_are_those_of_a_team_on_cloud() -> None:
    assert tracker_of(jira()) == JiraTracker(
        name="platform",
        url="https://acme.atlassian.net",
        api_url="",
        deployment="cloud",
        project="PLAT",
        issue_type="Task",
        email="bot@acme.example",
        token=TokenSource(env="JIRA_API_TOKEN"),
        optional_fields=("duedate", "priority"),
        not_done_resolutions=("Won't Do", "Duplicate", "Cannot Reproduce", "Declined"),
        development_panel=False,
        trusted=(),
    )


def test_every_key_is_read() -> None:
    text = jira(
        api_url=f'"{GATEWAY}/1f2e-3d/"',
        issue_type='"Follow-up action"',
        optional_fields='["customfield_10010", "fixVersions"]',
        not_done_resolutions="[]",
        development_panel="true",
        trusted='["712020:5a1f", "jdoe"]',
    )
    tracker = tracker_of(text)
    assert (tracker.api_url, tracker.issue_type) == (f"{GATEWAY}/1f2e-3d", "Follow-up action")
    assert tracker.optional_fields == ("customfield_10010", "fixVersions")
    assert (tracker.not_done_resolutions, tracker.development_panel) == ((), True)
    assert tracker.trusted == ("712020:5a1f", "jdoe")


def test_a_tracker_tells_its_kind_its_place_and_where_requests_go() -> None:
    config = parsed(
        jira(api_url=f'"{GATEWAY}/1f2e"')
        + '[trackers.payments]\nkind = "github"\nrepository = "acme/pay"\ntoken = { env = "X" }\n'
    )
    assert [(each.kind, each.place) for each in config.trackers.values()] == [("jira", "PLAT"), ("github", "acme/pay")]
    assert tracker_of(jira(api_url=f'"{GATEWAY}/1f2e"')).rest_url == f"{GATEWAY}/1f2e"
    assert tracker_of(jira()).rest_url == "https://acme.atlassian.net"
    built = JiraTracker(name="x", url="https://a.example/jira/", project="PLAT", token=TokenSource(env="X"))
    assert built.rest_url == "https://a.example/jira"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://ACME.atlassian.net/", "https://acme.atlassian.net"),
        ("https://Jira.acme.example/", "https://jira.acme.example"),
        ("https://jira.acme.example:8443/Jira/", "https://jira.acme.example:8443/Jira"),
        ("https://acme.example/issues", "https://acme.example/issues"),
        ("https://intranet/tools/jira", "https://intranet/tools/jira"),
        ("http://localhost:2990/jira", "http://localhost:2990/jira"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_site_may_live_under_a_path_and_on_this_machine(url: str, kept: str) -> None:
    base = CLOUD if "atlassian.net" in kept else DATA_CENTER
    assert tracker_of(jira(base, url=f'"{url}"')).url == kept


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        ("https://acme.atlassian.net/browse/PLAT-1", "nothing after its name", 'write "https://acme.atlassian.net"'),
        ("https://acme.atlassian.net/jira/software/c/projects/PLAT/boards/7", "nothing after", ".atlassian.net"),
        ("https://acme.atlassian.net?x=1", "nothing after its name", 'write "https://acme.atlassian.net"'),
        ("https://j.acme.example/jira/browse/PLAT-1", "a page, not of the site", 'write "https://j.acme.example/jira"'),
        ("https://j.acme.example/secure/Dashboard.jspa", "a page, not", 'write "https://j.acme.example"'),
        ("https://j.acme.example/issues/?jql=project%20%3D%20PLAT", "a page, not", 'write "https://j.acme.example"'),
        ("https://j.acme.example/projects/PLAT/summary", "a page, not", 'write "https://j.acme.example"'),
        ("https://j.acme.example/jira/rest/api/2", "a page, not", 'write "https://j.acme.example/jira"'),
        ("https://j.acme.example/jira?os_username=x", "a page, not", 'write "https://j.acme.example/jira"'),
        ("https://j.acme.example/#top", "a page, not", 'write "https://j.acme.example"'),
        ("https://j.acme.example/a/../b", "not one that Jira lives under", 'write "https://j.acme.example"'),
        ("https://j.acme.example/a b", "not one that Jira lives under", 'write "https://j.acme.example"'),
        ("http://j.acme.example", "plain http is only for this machine", "https"),
        ("http://acme.atlassian.net", "plain http is only for this machine", "https"),
        ("http://127.0.0.1.acme.example", "plain http", "https"),
        ("ftp://127.0.0.1", "plain http", "https"),
        ("https://bot:word@acme.atlassian.net", "never holds a user name or password", "email and token"),
        ("acme.atlassian.net", "expected an address", 'write "https://acme.atlassian.net"'),
        ("jira", "expected an address", 'url = "https://acme.atlassian.net"'),
        ("https://acme.atla\u017f\u017fian.net", "expected an address", 'url = "https://acme.atlassian.net"'),
        (f"{GATEWAY}/1f2e", "where programs go, not people", "api_url"),
    ],
)
def test_an_address_that_is_not_the_site_is_named_with_the_one_that_is(url: str, message: str, hint: str) -> None:
    base = CLOUD if "atlassian" in url else DATA_CENTER
    problem = only_problem(jira(base, url=f'"{url}"'))
    assert problem.message.startswith("trackers.platform.url: ")
    assert message in problem.message
    assert hint in problem.hint
    assert "word" not in problem.hint
    assert problem.line == 3


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        ("https://api.atlassian.com", "the path is /ex/jira/CLOUD-ID", "SITE/_edge/tenant_info"),
        ("https://api.atlassian.com/ex/confluence/1f2e", "the path is /ex/jira/CLOUD-ID", f"{GATEWAY}/CLOUD-ID"),
        (f"{GATEWAY}/1f2e/rest/api/3", "the path is /ex/jira/CLOUD-ID", f'write "{GATEWAY}/1f2e"'),
        (f"{GATEWAY}/1f2e?x", "the path is /ex/jira/CLOUD-ID", f'write "{GATEWAY}/1f2e"'),
        ("https://api.atlassian.com:443/ex", "the path is /ex/jira/CLOUD-ID", "CLOUD-ID"),
        ("https://acme.atlassian.net/rest/api/3", "nothing after its name", 'write "https://acme.atlassian.net"'),
        ("http://api.atlassian.com/ex/jira/1f2e", "plain http", "https"),
    ],
)
def test_an_address_for_requests_that_cannot_work_is_named(url: str, message: str, hint: str) -> None:
    problem = only_problem(jira(api_url=f'"{url}"'))
    assert problem.message.startswith("trackers.platform.api_url: ")
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("project", '"plat"', '"plat" is not the key of a project', 'write "PLAT"'),
        ("project", '"PLAT-12"', "is not the key of a project", 'write "PLAT"'),
        ("project", '"https://acme.atlassian.net/browse/plat-12"', "this text is not the key", 'write "PLAT"'),
        ("project", '"Platform team"', "is not the key of a project", 'project = "PLAT"'),
        ("project", '"P"', "is not the key of a project", 'project = "PLAT"'),
        ("project", "10001", "expected the key of a project, found a number", 'project = "PLAT"'),
        ("deployment", '"server"', '"server" is not a deployment', 'write "data-center"'),
        ("deployment", '"Cloud"', '"Cloud" is not a deployment', 'write "cloud"'),
        ("deployment", '"datacenter"', "is not a deployment", 'write "data-center"'),
        ("deployment", '"heroku"', "is not a deployment", 'write "cloud" or "data-center"'),
        ("email", '"bot"', "not the e-mail address of an account", 'email = "bot@acme.example"'),
        ("email", '"bot:x@acme.example"', "not the e-mail address", "email ="),
        ("email", '"bot@acme.example "', "without spaces around it", "email ="),
        ("optional_fields", '["Due date"]', "optional_fields[1]: not the id of a field", 'write "duedate"'),
        ("optional_fields", '["labels"]', "no issue is followed without this field", "leave it out"),
        ("optional_fields", '"duedate"', "expected a list", 'optional_fields = ["duedate"]'),
        ("development_panel", '"yes"', "expected true or false, found text", "development_panel = true"),
        ("issue_type", '""', "issue_type: expected text", "issue_type"),
        ("trusted", '["@jdoe"]', "trusted[1]: this is a mention or a link", 'write "jdoe"'),
        ("trusted", '["[~accountid:712020:5a]"]', "a mention or a link", 'write "712020:5a"'),
        ("trusted", '["bot@acme.example"]', "tells accounts by accountId", "profile"),
        ("ulr", '"x"', "this key is not known", "did you mean url?"),
    ],
)
def test_a_key_that_does_not_fit_is_named(key: str, value: str, message: str, hint: str) -> None:
    problem = only_problem(jira(**{key: value}))
    assert problem.message.startswith(f"trackers.platform.{key}")
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (jira(email=None), "platform: the key email is missing", 'write email = "bot@acme.example"'),
        (jira(DATA_CENTER, deployment=None), "the key email is missing", 'or deployment = "data-center" where Jira'),
        (jira(DATA_CENTER, email='"a@b"'), "email: a personal access token needs no e-mail address", "leave it out"),
        (jira(deployment='"data-center"'), "deployment: the address is one of Jira Cloud", 'deployment = "cloud"'),
        (jira(DATA_CENTER, api_url=f'"{GATEWAY}/1f2e"'), "one of Jira Cloud", 'deployment = "cloud"'),
        (jira(token=None), "platform: the key token is missing", 'write token = { env = "JIRA_API_TOKEN" }'),
        (jira(project=None), "platform: the key project is missing", 'write project = "PLAT"'),
        (jira(url=None), "platform: the key url is missing", 'write url = "https://acme.atlassian.net"'),
    ],
)
def test_what_is_missing_or_does_not_go_together_is_named(text: str, message: str, hint: str) -> None:
    problem = only_problem(text)
    assert message in problem.message
    assert hint in problem.hint


def test_an_email_address_can_be_the_user_name_that_a_data_center_trusts() -> None:
    assert tracker_of(jira(DATA_CENTER, trusted='["bot@acme.example"]')).trusted == ("bot@acme.example",)


def test_all_problems_are_named_at_once_with_their_lines() -> None:
    problems = problems_of(
        """\
        [trackers.platform]
        kind = "jira"
        url = "https://acme.atlassian.net/browse/PLAT-1"
        project = "plat"
        issue_type = 3
        token = { env = "JIRA_API_TOKEN" }
        trusted = ["a@b", "@c"]
        [people.lead]
        """
    )
    assert [problem.line for problem in problems] == [1, 3, 4, 5, 7, 7, 8]
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (f'"{ATLASSIAN_SECRET}"', 'token = { env = "JIRA_API_TOKEN" }'),
        (f'{{ env = "{ATLASSIAN_SECRET}" }}', 'token = { env = "JIRA_API_TOKEN" }'),
        ('"ATS\\u0054T3xFfGF0a1B2c3D4e5F6"', 'token = { env = "JIRA_API_TOKEN" }'),
        ('"ordinaryword"', 'token = { env = "JIRA_API_TOKEN" }'),
        ('{ env = "ODk0NTYxMjM0NTY3OtPq/Zx+ordinaryword" }', "write its name here"),
    ],
)
def test_a_token_in_the_file_is_not_repeated_and_to_be_revoked(token: str, said: str) -> None:
    problem = only_problem(jira(token=token))
    assert "revoke it" in problem.hint
    assert said in problem.hint
    for secret in (ATLASSIAN_SECRET, "3xFfGF0a1B2c3D4e5F6", "ordinaryword"):
        assert secret not in problem.message + problem.hint


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"url": '"https://acme.atlassian.net:443"'},
        {"api_url": f'"{GATEWAY}/1f2e"'},
        {"api_url": '"https://acme.atlassian.net"'},
        {"url": '"http://127.0.0.1:8080/jira"'},
    ],
)
def test_a_found_config_may_send_a_token_to_atlassian_and_this_machine(keys: dict[str, str]) -> None:
    assert tracker_of(jira(**keys), found=True)


@pytest.mark.parametrize(
    "keys",
    [
        {"url": '"https://jira.acme.example"'},
        {"url": '"https://atlassian.net"'},
        {"url": '"https://acme.atlassian.net.evil.example"'},
        {"url": '"https://acmeatlassian.net"'},
        {"url": '"https://evil.example/acme.atlassian.net"'},
        {"url": '"https://a.b.atlassian.net"'},
        {"api_url": '"https://api.atlassian.com.evil.example/ex/jira/1f2e"'},
        {"api_url": '"https://jira.acme.example"'},
        {"token": '{ command = "pass jira" }'},
    ],
)
def test_a_found_config_may_not_run_a_command_or_send_a_token_elsewhere(keys: dict[str, str]) -> None:
    assert tracker_of(jira(**keys))
    problem = only_problem(jira(**keys), found=True)
    assert "a config that nobody named may not" in problem.message
    assert "--config or $TRACK_CONFIG" in problem.hint


@pytest.mark.parametrize(
    ("lines", "accounts"),
    [
        ('github = "lead"', {"github": "lead"}),
        ('jira = "712020:5a1f-7c"', {"jira": "712020:5a1f-7c"}),
        ('jira = "lead@acme.example"', {"jira": "lead@acme.example"}),
        ('github = "lead"\njira = "Lea D."', {"github": "lead", "jira": "Lea D."}),
    ],
)
def test_an_owner_has_an_account_on_either_or_both(lines: str, accounts: dict[str, str]) -> None:
    assert parsed(f"[people.lead]\n{lines}").people == {"lead": accounts}


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        ("", "people.lead: one of the keys github or jira is missing", "write github ="),
        ('jira = "@lead"', "people.lead.jira: this is a mention or a link", 'write "lead"'),
        ('jira = "https://acme.atlassian.net/jira/people/712020:5a?x"', "a mention or a link", 'write "712020:5a"'),
        ('jira = "https://j.example/secure/ViewProfile.jspa?name=lead"', "a mention or a link", 'write "lead"'),
        ("jira = 3", "people.lead.jira: expected an account, found a number", "jira ="),
        ('jria = "lead"', "people.lead.jria: this key is not known", "did you mean jira?"),
    ],
)
def test_an_account_that_does_not_fit_is_named(lines: str, message: str, hint: str) -> None:
    problem = problems_of(dedent(f"[people.lead]\n{lines}"))[-1]
    assert message in problem.message
    assert hint in problem.hint
