"""What the config refuses: each problem with its line and what to write instead, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.reading import TOKEN, only_problem, parsed, problems_of, with_tracker
from tracker.config.reader import Reader
from tracker.config.records import GitHubSection
from tracker.config.section import Section
from tracker.config.values import Name, Setting


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('urll = "x"', "trackers.payments.urll: this key is not known", "did you mean url?"),
        ("url = 3", "trackers.payments.url: expected the address", "https://api.github.com"),
        ('url = "http://github.example.com"', "plain http is only for this machine", "https"),
        ('url = "http://127.0.0.1.example.com"', "plain http", "https"),
        ('url = "ftp://127.0.0.1"', "plain http", "https"),
        ('url = "https://user:word@github.example.com"', "never holds a user name or password", "address alone"),
        (
            'url = "https://github.example.com/api"',
            "the path is /api/v3 or nothing",
            "https://github.example.com/api/v3",
        ),
        (
            'url = "https://github.example.com/?a=b"',
            "the path is /api/v3 or nothing",
            "https://github.example.com/api/v3",
        ),
        ('url = "https://github.com"', "not the address of GitHub's API", '"https://api.github.com"'),
        ('url = "https://api.github.com/api/v3"', "not the address of GitHub's API", '"https://api.github.com"'),
        (r'url = "https://a.example.com\\@b.example.com"', "never holds a user name", ""),
        ('url = "github.example.com"', "expected an address", "https://"),
        ('trusted = ["@octocat"]', "trackers.payments.trusted[1]: not a GitHub account", 'write "octocat"'),
        ('trusted = "octocat"', "expected a list", 'trusted = ["octocat"]'),
    ],
)
def test_a_key_of_a_tracker_that_does_not_fit_is_named(line: str, message: str, hint: str) -> None:
    problem = only_problem(with_tracker(f"{TOKEN}\n{line}"))
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line == 6


@pytest.mark.parametrize(
    "line", ['url = "http://localhost:8080/api/v3"', 'url = "http://[::1]:1"', 'url = "http://127.0.0.1"']
)
def test_plain_http_is_fine_on_this_machine(line: str) -> None:
    parsed(with_tracker(f"{TOKEN}\n{line}"), found=True)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[slo]\nsev1 = "14 days"', 'slo.sev1: "14 days" is not a duration', 'write "14d"'),
        ('[slo]\nsev1 = "1h30m"', "is not a duration", 'sev1 = "14d"'),
        ("[slo]\nsev1 = 14", "slo.sev1: expected a duration, found a number", 'sev1 = "14d"'),
        ("[slo]\nsev1 = 2026-01-01", "expected a duration, found a date or time", 'sev1 = "14d"'),
        ('[slo]\nsev1 = "999999999w"', "too long", "sev1"),
        ('[slo]\nsev1 = "-1d"', "is not a duration", "sev1"),
        ('[sync]\nwait_budget = "soon"', 'sync.wait_budget: "soon" is not a duration', "wait_budget"),
        ('[evidence]\naccept = ["comit"]', 'evidence.accept[1]: "comit" is not a kind of evidence', '"commit"'),
        ("[evidence]\naccept = []", "evidence.accept: the list is empty", "leave the key out"),
        ("[store]\npath = true", "store.path: expected a path, found true or false", 'path = "track.db"'),
        ('[store]\npath = "~/track.db"', "store.path: ~ is not expanded", "the whole path"),
        ('[reviews]\npaths = "reviews/*.md"', "reviews.paths: expected a list", 'paths = ["reviews/*.md"]'),
        ('[people.lead]\ngithub = "@lead"', "people.lead.github: not a GitHub account", 'write "lead"'),
        ("[people]\nlead = 3", "people.lead: expected a table, found a number", "[people.lead]"),
        ('\n[tracker.x]\nkind = "github"', "tracker: this key is not known", "did you mean trackers?"),
        ("\nstore = 1", "store: expected a table, found a number", "[store]"),
    ],
)
def test_a_key_that_does_not_fit_is_named(text: str, message: str, hint: str) -> None:
    first = problems_of(text)[0]
    assert message in first.message
    assert hint in first.hint
    assert first.line == 2


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", "trackers.payments: one of the keys token or app is missing"),
        (f'{TOKEN}\napp = {{ id = 1, installation = 2, key_file = "k" }}', "token and app exclude each other"),
        ("token = {}", "token: one of the keys env or command is missing"),
        ('token = { env = "A", command = "b" }', "token: env and command exclude each other"),
        ('app = { id = true, installation = 2, key_file = "k" }', "app.id: expected a number, found true or false"),
        ("app = { id = 1, installation = 2 }", "app: the key key_file is missing"),
        ('app = { id = "1", installation = 2, key_file = "k" }', "app.id: expected a number, found text"),
        ('token = { env = "not a name" }', "token.env: not the name of an environment variable"),
        ('token = { command = "say \'it" }', "token.command: not a command line"),
    ],
)
def test_credentials_that_do_not_fit_are_named(lines: str, message: str) -> None:
    assert message in only_problem(with_tracker(lines)).message


@pytest.mark.parametrize(
    "name", ["payments", "acme/", "/payments", "a/b/c", "acme/pay ments", "acme/..", "acme/pay\\u0000"]
)
def test_a_repository_is_owner_and_name(name: str) -> None:
    problem = only_problem(f'[trackers.a]\nkind = "github"\nrepository = "{name}"\n{TOKEN}')
    assert "trackers.a.repository" in problem.message
    assert problem.line == 3


def test_a_link_to_a_repository_is_shortened_in_the_hint() -> None:
    problem = only_problem(f'[trackers.a]\nkind = "github"\nrepository = "https://github.com/acme/pay.git"\n{TOKEN}')
    assert problem.hint == 'write "acme/pay"'


def test_a_tracker_of_an_unknown_kind_is_named_without_noise_about_its_other_keys() -> None:
    problem = only_problem('[trackers.a]\nkind = "bugzilla"\nproduct = "pay"')
    assert problem.message == 'trackers.a.kind: "bugzilla" is not a kind that is known here'
    assert problem.hint == 'write kind = "github" or "jira"'


@pytest.mark.parametrize(("given", "meant"), [("Jira", "jira"), ("Github", "github"), ("jria", "jira")])
def test_a_kind_that_is_nearly_right_is_suggested(given: str, meant: str) -> None:
    (problem,) = [each for each in problems_of(f'[trackers.a]\nkind = "{given}"') if each.line == 2]
    assert problem.hint == f'write "{meant}"'


@pytest.mark.parametrize(("key", "meant"), [('repository = "acme/pay"', "repository"), ('project = "PLAT"', "project")])
def test_a_tracker_without_a_kind_is_read_as_the_one_its_keys_belong_to(key: str, meant: str) -> None:
    said = [problem.message for problem in problems_of(f"[trackers.a]\n{key}\nurll = 3")]
    assert "trackers.a: the key kind is missing" in said
    assert "trackers.a.urll: this key is not known" in said
    assert not any(meant in message for message in said)


@pytest.mark.parametrize(
    ("text", "key", "owner"),
    [
        ('kind = "jira"\nrepository = "acme/pay"', "repository", "github"),
        ('kind = "jira"\napp = {}', "app", "github"),
        ('kind = "github"\nproject = "PLAT"', "project", "jira"),
    ],
)
def test_a_key_of_another_kind_of_tracker_is_told_apart(text: str, key: str, owner: str) -> None:
    (problem,) = [each for each in problems_of(f"[trackers.a]\n{text}") if each.rule == "unknown-key"]
    assert problem.message == f"trackers.a.{key}: this key is not known"
    assert f'it belongs to kind = "{owner}"' in problem.hint
    assert problem.line == 3


class Forge(Section, frozen=True, kw_only=True, tag_field="kind", tag="forge"):
    project: Name


def test_tables_of_several_kinds_are_each_read_by_their_own_definition() -> None:
    reader = Reader("", Setting(folder=Path("/team"), found=False))
    kind = GitHubSection | Forge
    assert reader.read(kind, {"kind": "forge", "project": "pay"}, ("a",)) == Forge(project="pay")
    assert not reader.problems
    for table in ({"kind": "forgee", "projekt": "pay"}, {"project": "pay"}):
        reader.read(kind, table, ("a",))
    assert [problem.message for problem in reader.problems] == [
        'a.kind: "forgee" is not a kind that is known here',
        "a.projekt: this key is not known",
        "a: the key project is missing",
        "a: the key kind is missing",
    ]
    assert reader.problems[-1].hint == 'write kind = "github" or "forge"'


def test_all_problems_are_named_at_once_in_the_order_of_the_lines() -> None:
    problems = problems_of(
        """\
        [store]
        path = 1
        [trackers.a]
        kind = "Github"
        repositry = "acme/pay"
        [trackers.b]
        repository = "b"
        token = { evn = "X" }
        [slo]
        sev1 = "soon"
        SEV1 = "1d"
        [evidence]
        accept = ["comit", 3]
        """
    )
    assert [problem.line for problem in problems] == [2, 3, 3, 4, 5, 6, 7, 8, 8, 10, 11, 13, 13]
    assert all(problem.hint for problem in problems)


def test_a_severity_that_stands_there_twice_is_named() -> None:
    assert "stands here twice" in only_problem('[slo]\nsev1 = "1d"\nSEV1 = "2d"').message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[store]\npath = track.db", 2),
        ('[store]\npath = "a"\npath = "b"', 3),
        ('[store]\n\npath = "a', 3),
        ("[store", 1),
        ("a = " + "9" * 5000, 1),
        ("a = " + "[" * 5000, 1),
    ],
)
def test_text_that_is_not_toml_is_named_with_its_line(text: str, line: int) -> None:
    problem = only_problem(text)
    assert problem.message.startswith("this is not TOML")
    assert problem.line == line
