"""`track init`: a first config, asked for on a terminal or given by flags, and what to do next."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from tracker.config import parse_config
from tracker.config.files import CONFIG_NAME
from tracker.config.starter import (
    Starter,
    already_there,
    check_answer,
    default_answers,
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
    "repository": "GitHub repository, as owner/name",
    "tracker": "Name for it, as reviews will write it",
    "url": "Address of GitHub's API",
    "token_env": "Environment variable that holds the token",
    "reviews": "Where the review documents are",
}
_NEXT = """\
Wrote {path}; reviews go into {folder}.

Next:
  1. Make a fine-grained personal access token for {repository} with these permissions:
     Issues read and write, Pull requests read, Contents read, Metadata read.
  2. Put it into the environment variable {variable}.
  3. Look whether all is well:    {track} doctor
  4. Write a review document:     {track} new INC-2026-001
  5. See what would be created:   {track} push --dry-run FILE"""


@click.command()
@click.option("--repository", metavar="OWNER/NAME", help="GitHub repository that gets the issues.")
@click.option("--tracker", metavar="NAME", help="Name of the tracker, as reviews write it.")
@click.option("--url", metavar="URL", help="Address of GitHub's API. GitHub Enterprise Server: https://HOST/api/v3.")
@click.option("--token-env", metavar="VARIABLE", help="Variable that holds the token. [default: GITHUB_TOKEN]")
@click.option("--reviews", metavar="PATTERN", help="Where the reviews are. [default: reviews/*.md]")
@click.pass_obj
def command(app: App, /, **flags: str | None) -> None:
    """Write a first config, and say what to do next.

    Asks on a terminal for what no flag gives. Writes ./config.toml, or the file that --config or $TRACK_CONFIG names,
    and never replaces one.

    Example: track init --repository acme/payments --tracker payments
    """
    by_environment = app.env.get("TRACK_CONFIG", "")
    path = app.cwd / (app.named or by_environment or CONFIG_NAME)
    if path.exists():
        raise already_there(path)
    answers = {name: text for name, text in flags.items() if text is not None}
    starter = parse_answers(_ask(answers) if sys.stdin.isatty() else answers)
    folder = save_starter(starter, path)
    is_found = path == app.cwd / CONFIG_NAME and not _must_be_named(starter, path)
    must_name = not (is_found or (by_environment and not app.named))
    click.echo(
        _render_next(starter, path, folder, f"track --config {shlex.quote(str(path))}" if must_name else "track")
    )


def _ask(answers: dict[str, str]) -> dict[str, str]:
    """The answers, completed by asking for each that is not there; asked again until it fits."""
    complete = dict(answers)
    for name, question in _QUESTIONS.items():
        if name in complete:
            continue
        default = default_answers().get(name)
        if name == "tracker":
            default = complete["repository"].rpartition("/")[2]
        complete[name] = click.prompt(question, default=default, err=True, value_proc=_checker(name))
    return complete


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
        repository=starter.repository,
        track=plain(track),
    )
