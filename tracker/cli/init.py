"""`track init`: a first config, asked for on a terminal or given by flags, and what to do next."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from tracker.cli.say import warn
from tracker.config import parse_config
from tracker.config.files import CONFIG_NAME
from tracker.config.jira_values import CLOUD, DATA_CENTER, is_cloud_site
from tracker.config.starter import (
    STARTERS,
    GitHubStarter,
    Starter,
    already_there,
    assume_deployment,
    check_answer,
    default_answers,
    find_kind,
    parse_answers,
    render_starter,
    save_starter,
)
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.app import App

_QUESTIONS = {
    "github": {
        "repository": "GitHub repository, as owner/name",
        "tracker": "Name for it, as reviews will write it",
        "url": "Address of GitHub's API",
        "token_env": "Environment variable that holds the token",
        "reviews": "Where the review documents are",
    },
    "jira": {
        "jira_url": "Address of Jira, as https://acme.atlassian.net",
        "deployment": "Is that Jira Data Center, on servers of yours?",
        "email": "E-mail address of the account that the token is of",
        "project": "Key of the project, as PLAT",
        "issue_type": "Type of the issues",
        "tracker": "Name for it, as reviews will write it",
        "token_env": "Environment variable that holds the token",
        "reviews": "Where the review documents are",
    },
}
_GITHUB_STEP = """\
Make a fine-grained personal access token for {place} with these permissions:
     Issues read and write, Pull requests read, Contents read, Metadata read."""
_CLOUD_STEP = """\
Make an API token as {account}: at id.atlassian.com, under Security, API tokens."""
_DATA_CENTER_STEP = """\
Make a personal access token: in Jira, under your profile, Personal Access Tokens."""
_JIRA_PERMISSIONS = """
     The account needs these permissions in {place}: Browse projects, Create issues, Edit issues, Assign issues,
     Schedule issues, Link issues, Transition issues, Add comments."""
_NEXT = """\
Wrote {path}; reviews go into {folder}.

Next:
  1. {token}
  2. Put it into the environment variable {variable}.
  3. Look whether all is well:    {track} doctor
  4. Write a review document:     {track} new INC-2026-001
  5. See what would be created:   {track} push --dry-run FILE"""


@click.command()
@click.option("--repository", metavar="OWNER/NAME", help="GitHub repository that gets the issues.")
@click.option("--url", metavar="URL", help="Address of GitHub's API. GitHub Enterprise Server: https://HOST/api/v3.")
@click.option("--jira-url", metavar="URL", help="Address of Jira, where people open it.")
@click.option("--project", metavar="KEY", help="Jira project that gets the issues.")
@click.option("--email", metavar="ADDRESS", help="Account of the API token. Jira Cloud only.")
@click.option("--issue-type", metavar="TYPE", help="Type of the Jira issues. [default: Task]")
@click.option("--data-center", is_flag=True, help="Jira Data Center, on servers of yours.")
@click.option("--tracker", metavar="NAME", help="Name of the tracker, as reviews write it.")
@click.option(
    "--token-env", metavar="VARIABLE", help="Variable that holds the token. [default: GITHUB_TOKEN, JIRA_API_TOKEN]"
)
@click.option("--reviews", metavar="PATTERN", help="Where the reviews are. [default: reviews/*.md]")
@click.pass_obj
def command(app: App, /, data_center: bool, **flags: str | None) -> None:
    """Write a first config, and say what to do next.

    Asks on a terminal for what no flag gives. Writes ./config.toml, or the file that --config or $TRACK_CONFIG names,
    and never replaces one.

    \b
    Example:
      track init --repository acme/payments --tracker payments
      track init --jira-url https://acme.atlassian.net --email bot@acme.example --project PLAT --tracker plat
    """
    by_environment = app.env.get("TRACK_CONFIG", "")
    path = app.cwd / (app.named or by_environment or CONFIG_NAME)
    if path.exists():
        raise already_there(path)
    answers = {name: text for name, text in flags.items() if text is not None}
    if data_center:
        answers["deployment"] = DATA_CENTER
    starter = parse_answers(_ask(answers) if sys.stdin.isatty() else _assume(answers))
    folder = save_starter(starter, path)
    is_found = path == app.cwd / CONFIG_NAME and not _must_be_named(starter, path)
    must_name = not (is_found or (by_environment and not app.named))
    click.echo(
        _render_next(starter, path, folder, f"track --config {shlex.quote(str(path))}" if must_name else "track")
    )


def _assume(answers: dict[str, str]) -> dict[str, str]:
    """The answers with what nobody said about the Jira, where nobody can be asked; what was assumed is said."""
    deployment = assume_deployment(answers)
    if not deployment:
        return answers
    warn(f"taking {answers['jira_url']} for Jira Data Center: it is no atlassian.net, and there is no --email")
    return {**answers, "deployment": deployment}


def _ask(answers: dict[str, str]) -> dict[str, str]:
    """The answers, completed by asking for each that is not there; asked again until it fits."""
    complete = dict(answers)
    kind = find_kind(answers) or click.prompt("Where the issues are", type=click.Choice(list(STARTERS)), err=True)
    for name, question in _QUESTIONS[kind].items():
        if name in complete or (kind == "jira" and _is_settled(name, complete)):
            continue
        if name == "deployment":
            by_default = assume_deployment(complete) == DATA_CENTER
            complete[name] = DATA_CENTER if click.confirm(question, default=by_default, err=True) else CLOUD
            continue
        default = _guess_name(complete) if name == "tracker" else default_answers(kind).get(name)
        complete[name] = click.prompt(question, default=default, err=True, value_proc=_checker(name))
    return complete


def _is_settled(name: str, answers: dict[str, str]) -> bool:
    """Whether the answers given leave nothing to ask about this one."""
    match name:
        case "deployment":
            return is_cloud_site(answers["jira_url"])
        case "email":
            return answers.get("deployment") == DATA_CENTER
        case _:
            return False


def _guess_name(answers: dict[str, str]) -> str:
    """A name for the tracker, after the repository or the project."""
    return answers["repository"].rpartition("/")[2] if "repository" in answers else answers["project"].lower()


def _checker(name: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        problem = check_answer(name, text)
        if problem:
            raise click.UsageError(f"{problem.message} ({problem.hint})")
        return text

    return check


def _must_be_named(starter: Starter, path: Path) -> bool:
    """Whether the config would be refused if it were only found in the working folder."""
    return bool(parse_config(render_starter(starter), path, found=True)[1])


def _render_next(starter: Starter, path: Path, folder: Path, track: str) -> str:
    """What was written, which token is needed, and the next commands; `track` is how they begin."""
    return _NEXT.format(
        path=plain(str(path)),
        folder=plain(str(folder)),
        variable=starter.token_env,
        token=_render_token(starter),
        track=plain(track),
    )


def _render_token(starter: Starter) -> str:
    """Where the token is made, and what it has to be allowed."""
    if isinstance(starter, GitHubStarter):
        return _GITHUB_STEP.format(place=starter.repository)
    step = _DATA_CENTER_STEP if starter.deployment == DATA_CENTER else _CLOUD_STEP
    return step.format(account=plain(starter.email)) + _JIRA_PERMISSIONS.format(place=starter.project)
