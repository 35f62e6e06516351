"""Tokens are read from where the config says, and never stand in a message."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.config.reading import PATH
from tracker.config import (
    Config,
    GitHubApp,
    GitHubTracker,
    JiraTracker,
    TokenSource,
    Tracker,
    missing_credentials,
    read_token,
)
from tracker.errors import InvalidInput


def config_with(*trackers: Tracker) -> Config:
    return Config(path=PATH, found=False, store_path=Path("x"), trackers={each.name: each for each in trackers})


def github(name: str, token: TokenSource | None = None, app: GitHubApp | None = None) -> GitHubTracker:
    return GitHubTracker(name=name, repository="acme/pay", token=token, app=app)


def jira(name: str, token: TokenSource) -> JiraTracker:
    return JiraTracker(name=name, url="https://acme.atlassian.net", project="PLAT", email="a@b.example", token=token)


def test_what_is_missing_is_said_for_all_trackers_at_once(tmp_path: Path) -> None:
    config = config_with(
        github("ready", TokenSource(env="READY")),
        github("unset", TokenSource(env="PAY_TOKEN")),
        github("blank", TokenSource(env="BLANK")),
        github("command", TokenSource(command="no-such-program-anywhere --x")),
        github("app", app=GitHubApp(id=1, installation=2, key_file=tmp_path / "app.pem")),
        jira("jira", TokenSource(env="JIRA_API_TOKEN")),
        jira("jira-command", TokenSource(command="no-such-jira-program")),
        jira("jira-ready", TokenSource(env="READY")),
    )
    said = [problem.message for problem in missing_credentials(config, {"READY": "x", "BLANK": " ", "PATH": "/bin"})]
    names = ("PAY_TOKEN", "BLANK", "no-such-program-anywhere", "app.pem", "JIRA_API_TOKEN", "no-such-jira-program")
    for message, name in zip(said, names, strict=True):
        assert name in message


def test_nothing_is_missing_where_all_is_there(tmp_path: Path) -> None:
    (tmp_path / "app.pem").touch()
    config = config_with(
        github("command", TokenSource(command="sh -c true")),
        github("app", app=GitHubApp(id=1, installation=2, key_file=tmp_path / "app.pem")),
    )
    assert missing_credentials(config, {"PATH": "/usr/bin:/bin"}) == ()


def test_a_token_is_read_from_the_environment_given() -> None:
    assert read_token(TokenSource(env="A"), {"A": " word \n"}) == "word"
    with pytest.raises(InvalidInput, match="environment variable A is not set"):
        read_token(TokenSource(env="A"), {})


@pytest.mark.parametrize("token", ["two words", "two\nlines", "wörd"])
def test_what_cannot_be_a_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_token(TokenSource(env="A"), {"A": token})
    assert token not in caught.value.message + caught.value.hint


def run_python(code: str) -> TokenSource:
    return TokenSource(command=f'{sys.executable} -c "{code}"')


def test_a_token_is_what_the_command_prints() -> None:
    assert read_token(run_python("print('word')"), {}) == "word"


def test_a_command_gets_no_shell() -> None:
    assert read_token(TokenSource(command="echo $HOME;id"), {"PATH": "/usr/bin:/bin"}) == "$HOME;id"


@pytest.mark.parametrize(
    "code", ["print('word'); import sys; sys.exit('word')", "print('word word')", "pass", "raise SystemExit(3)"]
)
def test_a_command_that_fails_is_named_and_its_output_never_shown(code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_token(run_python(code), {})
    assert sys.executable in caught.value.message
    assert "word word" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_command_that_hangs_is_given_up() -> None:
    with pytest.raises(InvalidInput, match="took over") as caught:
        read_token(run_python("print('word', flush=True); import time; time.sleep(9)"), {}, seconds=0.2)
    assert caught.value.__suppress_context__


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidInput, match="could not be run"):
        read_token(TokenSource(command="/no/such/program"), {})
