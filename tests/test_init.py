"""`track init`: a first config that is valid whatever things are called, replaces none, and says what comes next."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tracker.app import App
from tracker.cli.init import command
from tracker.config import GitHubTracker, JiraTracker, TokenSource, parse_config
from tracker.config.starter import check_answer, parse_answers, render_starter
from tracker.errors import TrackError, UsageProblem
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAGS = ["--repository", "acme/payments", "--tracker", "payments"]
JIRA = ["--jira-url", "https://acme.atlassian.net", "--project", "PLAT", "--tracker", "platform"]


def init(folder: Path, *flags: str, named: str | None = None, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, flags, obj=App(named, env=env or {}, cwd=folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def problem_of(result: Result) -> TrackError:
    assert isinstance(result.exception, TrackError)
    return result.exception


def test_the_flags_become_a_config_that_is_used_without_naming_it(folder: Path) -> None:
    result = init(folder, *FLAGS)
    assert result.exception is None
    config, problems = parse_config((folder / "config.toml").read_text("utf-8"), folder / "config.toml", found=True)
    assert problems == ()
    assert config is not None
    assert config.trackers["payments"] == GitHubTracker(
        name="payments", repository="acme/payments", token=TokenSource(env="GITHUB_TOKEN")
    )
    assert config.review_paths == (str(folder / "reviews/*.md"),)
    assert config.accept == frozenset(EvidenceKind)
    assert (folder / "reviews").is_dir()


def test_it_says_which_variable_which_permissions_and_what_comes_next(folder: Path) -> None:
    said = init(folder, *FLAGS, "--token-env", "PAY_TOKEN").stdout
    for words in (
        "environment variable PAY_TOKEN",
        "Issues read and write, Pull requests read, Contents read, Metadata read",
        "track doctor",
        "track new",
        "track push",
    ):
        assert words in said


def test_a_config_is_never_replaced(folder: Path) -> None:
    (folder / "config.toml").write_text("mine", encoding="utf-8")
    error = problem_of(init(folder, *FLAGS))
    assert error.exit_code == 2
    assert "there already" in error.message
    assert (folder / "config.toml").read_text("utf-8") == "mine"
    assert not (folder / "reviews").exists()


def test_a_link_that_leads_nowhere_is_not_followed(folder: Path) -> None:
    (folder / "config.toml").symlink_to(folder / "elsewhere.toml")
    assert "there already" in problem_of(init(folder, *FLAGS)).message
    assert not (folder / "elsewhere.toml").exists()


def test_another_place_is_written_to_and_named_in_the_next_commands(folder: Path) -> None:
    result = init(folder, *FLAGS, named="deep down/pay.toml")
    assert (folder / "deep down" / "pay.toml").is_file()
    assert (folder / "deep down" / "reviews").is_dir()
    assert f"track --config '{folder}/deep down/pay.toml' doctor" in result.stdout


def test_a_config_that_the_environment_names_is_written_there(folder: Path) -> None:
    result = init(folder, *FLAGS, "--url", "https://github.example.com", env={"TRACK_CONFIG": "pay.toml"})
    assert (folder / "pay.toml").is_file()
    assert "track doctor" in result.stdout


def test_a_config_that_would_be_refused_when_only_found_is_named_in_the_next_commands(folder: Path) -> None:
    result = init(folder, *FLAGS, "--url", "https://github.example.com/api/v3")
    assert f"track --config {folder}/config.toml doctor" in result.stdout


def test_on_a_pipe_all_missing_and_all_wrong_flags_are_named_at_once(folder: Path) -> None:
    error = problem_of(init(folder, "--url", "http://github.example.com", "--token-env", "not a name"))
    assert isinstance(error, UsageProblem)
    for words in ("missing: --repository, --tracker", "--url: ", "--token-env: "):
        assert words in error.message
    assert list(folder.iterdir()) == []


def test_a_token_given_as_a_flag_is_refused_and_not_repeated(folder: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8"
    error = problem_of(init(folder, *FLAGS, "--token-env", token))
    assert token not in error.message + error.hint
    assert "revoke" in error.message
    assert list(folder.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / "reviews").touch()
    assert str(folder / "reviews") in problem_of(init(folder, *FLAGS)).message
    assert not (folder / "config.toml").exists()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("reviews/*.md", "reviews"), ("*.md", "."), ("a/b/**/*.md", "a/b"), ("a/[bc]/d.md", "a")],
)
def test_the_folder_of_the_reviews_ends_where_the_pattern_begins(folder: Path, pattern: str, expected: str) -> None:
    assert init(folder, *FLAGS, "--reviews", pattern).exception is None
    assert (folder / expected).is_dir()


HOSTILE = st.text(max_size=30) | st.text(alphabet="\"'\\#[]{}=.,$\n\r\t\x00\x7f\u2028 ab", max_size=12)


@given(tracker=HOSTILE, reviews=HOSTILE, variable=HOSTILE)
def test_whatever_is_answered_the_config_says_just_that_or_the_answer_is_refused(
    tracker: str, reviews: str, variable: str
) -> None:
    answers = {"repository": "acme/pay", "tracker": tracker, "reviews": reviews, "token_env": variable}
    fitting = {name: text for name, text in answers.items() if check_answer(name, text) is None}
    if "tracker" not in fitting:
        with pytest.raises(UsageProblem):
            parse_answers(fitting)
        return
    config, problems = parse_config(render_starter(parse_answers(fitting)), Path("/x/config.toml"), found=True)
    assert problems == ()
    assert config is not None
    assert set(config.trackers) == {tracker}
    token = config.trackers[tracker].token
    assert token is not None
    assert token.env == fitting.get("token_env", "GITHUB_TOKEN")
    assert config.review_paths == (str(Path("/x") / fitting.get("reviews", "reviews/*.md")),)


@pytest.mark.parametrize("name", ['my "team"', "back\\slash", "a.b", "été", "#1", "[x]", "a = b", "{0}", "日本"])
def test_unusual_names_are_kept_as_they_are(folder: Path, name: str) -> None:
    assert init(folder, "--repository", "acme/pay", "--tracker", name).exception is None
    config, _ = parse_config((folder / "config.toml").read_text("utf-8"), folder / "config.toml", found=True)
    assert config is not None
    assert set(config.trackers) == {name}


def written(folder: Path, found: bool = True) -> JiraTracker:
    config, problems = parse_config((folder / "config.toml").read_text("utf-8"), folder / "config.toml", found)
    assert problems == ()
    assert config is not None
    (tracker,) = config.trackers.values()
    assert isinstance(tracker, JiraTracker)
    return tracker


def test_the_flags_for_jira_become_a_config_that_is_used_without_naming_it(folder: Path) -> None:
    result = init(folder, *JIRA, "--email", "bot@acme.example")
    assert result.exception is None
    assert written(folder) == JiraTracker(
        name="platform",
        url="https://acme.atlassian.net",
        project="PLAT",
        email="bot@acme.example",
        token=TokenSource(env="JIRA_API_TOKEN"),
    )
    for words in (
        "API token as bot@acme.example: at id.atlassian.com, under Security, API tokens",
        "permissions in PLAT: Browse projects, Create issues",
        "environment variable JIRA_API_TOKEN",
        "    track doctor",
    ):
        assert words in result.stdout
    assert result.stderr == ""


def test_each_answer_for_jira_is_written_down(folder: Path) -> None:
    flags = ["--issue-type", 'Follow-up "action"', "--token-env", "BOT", "--reviews", "r/*.md", "--data-center"]
    result = init(folder, "--jira-url", "https://jira.acme.example/jira", *JIRA[2:], *flags)
    assert result.exception is None
    tracker = written(folder, found=False)
    assert (tracker.url, tracker.deployment, tracker.email) == ("https://jira.acme.example/jira", "data-center", "")
    assert (tracker.issue_type, tracker.token) == ('Follow-up "action"', TokenSource(env="BOT"))
    assert "in Jira, under your profile, Personal Access Tokens" in result.stdout
    assert f"track --config {folder}/config.toml doctor" in result.stdout
    assert (folder / "r").is_dir()


@pytest.mark.parametrize(
    ("flags", "deployment", "is_said"),
    [
        (["--jira-url", "https://jira.acme.example"], "data-center", True),
        (["--jira-url", "http://127.0.0.1:8080/jira-dc"], "data-center", True),
        (["--jira-url", "https://jira.acme.example", "--data-center"], "data-center", False),
        (["--jira-url", "https://jira.acme.example", "--email", "a@b.example"], "cloud", False),
        (["--jira-url", "https://acme.atlassian.net", "--email", "a@b.example"], "cloud", False),
    ],
)
def test_a_jira_elsewhere_is_taken_for_data_center_unless_there_is_an_email_and_that_is_said(
    folder: Path, flags: list[str], deployment: str, is_said: bool
) -> None:
    result = init(folder, *flags, *JIRA[2:])
    assert result.exception is None
    assert written(folder, found=False).deployment == deployment
    assert ("for Jira Data Center" in result.stderr) is is_said


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--project", "PLAT"], "missing: --jira-url, --tracker"),
        (["--jira-url", "https://acme.atlassian.net"], "missing: --project, --tracker, --email"),
        (["--data-center"], "missing: --jira-url, --project, --tracker"),
        ([], "missing: --repository, --tracker"),
        ([*FLAGS, "--project", "PLAT"], "--repository and --project exclude each other"),
        (["--url", "https://acme.atlassian.net", "--email", "a@b.example"], "--url and --email exclude each other"),
        (["--jira-url", "https://acme.atlassian.net/browse/PLAT-1"], 'write "https://acme.atlassian.net"'),
        (["--jira-url", "https://acme.atlassian.net", "--project", "plat"], '(write "PLAT")'),
        (["--jira-url", "https://acme.atlassian.net", "--data-center"], "--data-center: the address is one of"),
        (["--jira-url", "https://j.example", "--data-center", "--email", "a@b.example"], "--email: a personal access"),
        (["--jira-url", "acme.atlassian.net"], "--jira-url: expected an address"),
    ],
)
def test_flags_that_do_not_make_a_jira_config_are_named_with_an_example(
    folder: Path, flags: list[str], said: str
) -> None:
    error = problem_of(init(folder, *flags))
    assert isinstance(error, UsageProblem)
    assert said in error.message
    assert "track init --" in error.hint
    assert list(folder.iterdir()) == []


def test_a_config_for_jira_replaces_none(folder: Path) -> None:
    (folder / "config.toml").write_text("mine", encoding="utf-8")
    assert "there already" in problem_of(init(folder, *JIRA, "--email", "bot@acme.example")).message
    assert (folder / "config.toml").read_text("utf-8") == "mine"


@given(issue_type=HOSTILE, email=HOSTILE | HOSTILE.map(lambda text: f"{text}@{text}"), url=HOSTILE)
def test_whatever_is_answered_about_jira_the_config_says_just_that_or_the_answer_is_refused(
    issue_type: str, email: str, url: str
) -> None:
    answers = {"jira_url": f"https://jira.example{url}", "issue_type": issue_type, "email": email}
    fitting = {name: text for name, text in answers.items() if check_answer(name, text) is None}
    complete = {"jira_url": "https://acme.atlassian.net", "email": "a@b", "project": "PLAT", "tracker": "x", **fitting}
    config, problems = parse_config(render_starter(parse_answers(complete)), Path("/x/config.toml"), found=False)
    assert problems == ()
    assert config is not None
    tracker = config.trackers["x"]
    assert isinstance(tracker, JiraTracker)
    assert (tracker.issue_type, tracker.email) == (complete.get("issue_type", "Task"), complete["email"])


def answer(folder: Path, answers: str, *flags: str) -> tuple[int, str, str]:
    """Run `track init` on a terminal that types these answers: exit code, stdout, stderr."""
    outer, inner = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "tracker", "init", *flags],
        cwd=folder,
        stdin=inner,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parent.parent)},
        text=True,
    )
    os.close(inner)
    os.write(outer, answers.encode())
    said, asked = child.communicate(timeout=20)
    os.close(outer)
    return child.returncode, said, asked


def test_on_a_terminal_it_asks_until_the_answer_fits_and_stdout_holds_the_result_only(folder: Path) -> None:
    code, said, asked = answer(folder, "github\npayments\nacme/payments\n\n\n\n\n")
    assert code == 0
    assert '--repository: "payments" is not a repository' in asked
    assert "GitHub repository" in asked
    assert said.startswith(f"Wrote {folder}/config.toml")
    config, _ = parse_config((folder / "config.toml").read_text("utf-8"), folder / "config.toml", found=True)
    assert config is not None
    assert set(config.trackers) == {"payments"}


def test_on_a_terminal_the_kind_is_asked_first_and_then_what_that_kind_needs(folder: Path) -> None:
    code, said, asked = answer(
        folder, "jira\nacme.atlassian.net\nhttps://acme.atlassian.net\na@b.example\nPLAT\n\n\n\n\n"
    )
    assert code == 0
    assert asked.index("Where the issues are") < asked.index("Address of Jira") < asked.index("E-mail address")
    assert "Data Center" not in asked
    assert "Address of GitHub" not in asked
    assert said.startswith(f"Wrote {folder}/config.toml")
    tracker = written(folder)
    assert (tracker.name, tracker.email, tracker.issue_type) == ("plat", "a@b.example", "Task")


@pytest.mark.parametrize(
    ("answers", "deployment", "asks_for_email"),
    [("\n\n\n\n\n", "data-center", False), ("n\na@b.example\n\n\n\n\n", "cloud", True)],
)
def test_on_a_terminal_it_asks_whether_a_jira_elsewhere_is_data_center(
    folder: Path, answers: str, deployment: str, asks_for_email: bool
) -> None:
    flags = ["--jira-url", "https://jira.acme.example", "--project", "PLAT"]
    code, _said, asked = answer(folder, answers, *flags)
    assert code == 0
    assert "Where the issues are" not in asked
    assert "Is that Jira Data Center" in asked
    assert ("E-mail address" in asked) is asks_for_email
    assert written(folder, found=False).deployment == deployment
