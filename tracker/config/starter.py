"""The first config that `track init` writes: the answers it needs, their check by the config's own rules, its text.

Everything is pure but `save_starter`, which never replaces a file.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

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
_TEXT = """\
# Written by `track init`. config.example.toml explains every key.
# Relative paths start at the folder of this file. Durations: 120s, 15m, 3h, 14d, 2w.

[store]
path = "track.db"  # derived from the reviews and the tracker; may be deleted

[reviews]
paths = [{reviews}]

[trackers.{tracker}]  # the name that a review gives as `tracker`
kind = "github"
repository = {repository}
{url}
token = {{ env = {token_env} }}  # the variable that holds the token; never the token itself

# [people.payments-lead]  # the owner as the document writes it
# github = "their-login"

[slo]  # how long an item may take, by severity, where it has no due date
sev1 = "14d"
sev2 = "30d"
default = "60d"
"""


class Starter(Struct, frozen=True, kw_only=True):
    """What a first config is made of, as the person wrote it."""

    repository: Repository
    tracker: Name
    url: Address = API_GITHUB
    token_env: Variable = "GITHUB_TOKEN"  # noqa: S105  (the name of a variable)
    reviews: Pattern = "reviews/*.md"


def default_answers() -> dict[str, str]:
    """The answers that a person can leave as they are, by the field's name."""
    return {field.name: field.default for field in fields(Starter) if field.default is not NODEFAULT}


def check_answer(name: str, text: str) -> Problem | None:
    """What is wrong with the answer for one field of `Starter`, by the config's own rules; None where it fits."""
    value: Value = get_type_hints(Starter, include_extras=True)[name].__metadata__[0]
    try:
        value.convert(text, Setting(folder=Path(), found=False))
    except Unfit as unfit:
        return Problem(message=f"{flag(name)}: {unfit.message}", hint=unfit.hint or f"for example {value.example}")
    return None


def parse_answers(answers: Mapping[str, str]) -> Starter:
    """The answers, by field, as a `Starter`; raises UsageProblem that names all that is missing or does not fit."""
    missing = [flag(field.name) for field in fields(Starter) if field.required and field.name not in answers]
    problems = [problem for name, text in answers.items() if (problem := check_answer(name, text))]
    lines = [f"missing: {', '.join(missing)}"] if missing else []
    lines += [f"{problem.message} ({problem.hint})" for problem in problems]
    if lines:
        raise UsageProblem("\n".join(lines), "for example: track init --repository acme/payments --tracker payments")
    return Starter(**answers)


def flag(name: str) -> str:
    """The command line's name for a field."""
    return f"--{name.replace('_', '-')}"


def render_starter(starter: Starter) -> str:
    """The text of the config, for answers that passed `check_answer`."""
    url = f"url = {_quoted(starter.url)}"
    return _TEXT.format(
        reviews=_quoted(starter.reviews),
        tracker=starter.tracker if re.fullmatch(_BARE, starter.tracker) else _quoted(starter.tracker),
        repository=_quoted(starter.repository),
        url=url if starter.url != API_GITHUB else f"# {url}  # GitHub Enterprise Server: https://HOST/api/v3",
        token_env=_quoted(starter.token_env),
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
