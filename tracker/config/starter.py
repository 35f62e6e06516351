"""The first config that `track init` writes: the answers it needs, their check by the config's own rules, its text.

Everything is pure but `save_starter`, which never replaces a file.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from tracker.config.jira_values import (
    CLOUD,
    DATA_CENTER,
    Deployment,
    Email,
    Project,
    Site,
    is_cloud_site,
    jira_clashes,
)
from tracker.config.values import (
    API_GITHUB,
    Address,
    Name,
    Pattern,
    Repository,
    Setting,
    Unfit,
    Value,
    Variable,
    pattern_folder,
)
from tracker.errors import TrackError, UsageProblem
from tracker.model import Problem
from tracker.text import plain

# Annotations are evaluated here on purpose (no `from __future__`): `check_answer` goes by them.

_ELSEWHERE = "choose another place with --config"
_BARE = r"[A-Za-z0-9_-]+"
_FILE = """\
# Written by `track init`. config.example.toml explains every key.
# Relative paths start at the folder of this file. Durations: 120s, 15m, 3h, 14d, 2w.

[store]
path = "track.db"  # derived from the reviews and the tracker; may be deleted

[reviews]
paths = [{reviews}]

[trackers.{tracker}]  # the name that a review gives as `tracker`
{keys}
token = {{ env = {token_env} }}  # the variable that holds the token; never the token itself

# [people.payments-lead]  # the owner as the document writes it
# {account}

[slo]  # how long an item may take, by severity, where it has no due date
sev1 = "14d"
sev2 = "30d"
default = "60d"
"""


_GITHUB = """\
kind = "github"
repository = {repository}
{url}"""
_JIRA = """\
kind = "jira"
url = {jira_url}
deployment = {deployment}
project = {project}
issue_type = {issue_type}
{email}"""
_GATEWAY = (
    '# api_url = "https://api.atlassian.com/ex/jira/CLOUD-ID"  # for a token with scopes, or a service account\'s'
)


class GitHubStarter(Struct, frozen=True, kw_only=True):
    """What a first config with GitHub is made of, as the person wrote it."""

    repository: Repository
    tracker: Name
    url: Address = API_GITHUB
    token_env: Variable = "GITHUB_TOKEN"  # noqa: S105  (the name of a variable)
    reviews: Pattern = "reviews/*.md"


class JiraStarter(Struct, frozen=True, kw_only=True):
    """What a first config with Jira is made of, as the person wrote it."""

    jira_url: Site
    project: Project
    tracker: Name
    deployment: Deployment = CLOUD
    email: Email = ""
    issue_type: Name = "Task"
    token_env: Variable = "JIRA_API_TOKEN"  # noqa: S105  (the name of a variable)
    reviews: Pattern = "reviews/*.md"


Starter = GitHubStarter | JiraStarter
STARTERS: Mapping[str, type[Starter]] = {"github": GitHubStarter, "jira": JiraStarter}
EXAMPLES = {
    "github": "track init --repository acme/payments --tracker payments",
    "jira": "track init --jira-url https://acme.atlassian.net --email bot@acme.example --project PLAT --tracker plat",
}


def default_answers(kind: str) -> dict[str, str]:
    """The answers that a person can leave as they are, by the field's name."""
    defaults = {field.name: field.default for field in fields(STARTERS[kind])}
    return {name: default for name, default in defaults.items() if default is not NODEFAULT and default}


def find_kind(answers: Mapping[str, str]) -> str:
    """The kind of tracker that the answers are for, or nothing where they fit each; raises UsageProblem for a mix."""
    own = {
        "github": [name for name in ("repository", "url") if name in answers],
        "jira": [name for name in ("jira_url", "project", "deployment", "email", "issue_type") if name in answers],
    }
    told = [kind for kind, names in own.items() if names]
    if len(told) > 1:
        sides = " and ".join(", ".join(map(flag, names)) for names in own.values())
        raise UsageProblem(f"{sides} exclude each other: those are for GitHub, these for Jira", _examples(*own))
    return told[0] if told else ""


def assume_deployment(answers: Mapping[str, str]) -> str:
    """What nobody said about a Jira elsewhere than at Atlassian: it is Data Center, unless there is an e-mail."""
    address = answers.get("jira_url", "")
    elsewhere = address and check_answer("jira_url", address) is None and not is_cloud_site(address)
    return DATA_CENTER if elsewhere and not {"deployment", "email"} & answers.keys() else ""


def check_answer(name: str, text: str) -> Problem | None:
    """What is wrong with the answer for one field of `Starter`, by the config's own rules; None where it fits."""
    kind = JiraStarter if name in JiraStarter.__struct_fields__ else GitHubStarter
    value: Value = get_type_hints(kind, include_extras=True)[name].__metadata__[0]
    try:
        value.convert(text, Setting(folder=Path(), found=False))
    except Unfit as unfit:
        return Problem(message=f"{flag(name)}: {unfit.message}", hint=unfit.hint or f"for example {value.example}")
    return None


def parse_answers(answers: Mapping[str, str]) -> Starter:
    """The answers, by field, as a `Starter`; raises UsageProblem that names all that is missing or does not fit."""
    told = find_kind(answers)
    kind = STARTERS[told or "github"]
    missing = [field.name for field in fields(kind) if field.required and field.name not in answers]
    problems = [problem for name, text in answers.items() if (problem := check_answer(name, text))]
    for clash in jira_clashes({**answers, "url": answers["jira_url"]}) if "jira_url" in answers else ():
        if clash.at:
            problems.append(Problem(message=f"{flag(str(clash.at[0]))}: {clash.message}", hint=clash.hint))
        else:
            missing.append("email")
    lines = [f"missing: {', '.join(map(flag, missing))}"] if missing else []
    lines += [f"{problem.message} ({problem.hint})" for problem in problems]
    if lines:
        raise UsageProblem("\n".join(lines), _examples(*([told] if told else STARTERS)))
    checked: dict[str, Any] = dict(answers)
    return kind(**checked)


def _examples(*kinds: str) -> str:
    return "\n".join(f"for example: {EXAMPLES[kind]}" for kind in kinds)


def flag(name: str) -> str:
    """The command line's name for a field."""
    return "--data-center" if name == "deployment" else f"--{name.replace('_', '-')}"


def render_starter(starter: Starter) -> str:
    """The text of the config, for answers that passed `check_answer`."""
    return _FILE.format(
        reviews=_quoted(starter.reviews),
        tracker=starter.tracker if re.fullmatch(_BARE, starter.tracker) else _quoted(starter.tracker),
        keys=_github_keys(starter) if isinstance(starter, GitHubStarter) else _jira_keys(starter),
        token_env=_quoted(starter.token_env),
        account='github = "their-login"' if isinstance(starter, GitHubStarter) else 'jira = "their@e-mail.example"',
    )


def _github_keys(starter: GitHubStarter) -> str:
    url = f"url = {_quoted(starter.url)}"
    return _GITHUB.format(
        repository=_quoted(starter.repository),
        url=url if starter.url != API_GITHUB else f"# {url}  # GitHub Enterprise Server: https://HOST/api/v3",
    )


def _jira_keys(starter: JiraStarter) -> str:
    email = f"email = {_quoted(starter.email)}"
    return _JIRA.format(
        jira_url=_quoted(starter.jira_url),
        deployment=_quoted(starter.deployment),
        project=_quoted(starter.project),
        issue_type=_quoted(starter.issue_type),
        email=f"{_GATEWAY}\n{email}" if starter.deployment == CLOUD else "# a personal access token needs no email",
    )


def save_starter(starter: Starter, path: Path) -> Path:
    """Write the config and make the folder of its reviews, which is returned.

    Raises UsageProblem where a file stands already, TrackError where the disk says no.
    """
    folder = path.parent / pattern_folder(starter.reviews)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrackError(
            f"the folder {plain(error.filename)} could not be made: {error.strerror}", _ELSEWHERE
        ) from error
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(render_starter(starter))
    except FileExistsError as error:
        raise already_there(path) from error
    except OSError as error:
        raise TrackError(f"{plain(str(path))} could not be written: {error.strerror}", _ELSEWHERE) from error
    return folder


def already_there(path: Path) -> UsageProblem:
    """The refusal to replace a config."""
    return UsageProblem(
        f"{plain(str(path))} is there already, and is left as it is", "edit it, or name another one with --config"
    )


def _quoted(text: str) -> str:
    """The text as a TOML string: JSON's escapes are TOML's, and control characters have been refused before."""
    return msgspec.json.encode(text).decode()
