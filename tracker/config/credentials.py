"""Tokens: where they come from, and what is missing before one can be read.

A token is returned to whoever asked; it never stands in a message, a log or an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.config.records import GitHubTracker
from tracker.errors import InvalidInput
from tracker.model import Problem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.config.deliver import ChatSource, PasswordSource
    from tracker.config.records import Config, TokenSource, Tracker

COMMAND_SECONDS = 30.0
"""How long a token command may take: it may have to unlock a key store."""


def missing_credentials(config: Config, env: Mapping[str, str]) -> tuple[Problem, ...]:
    """What stands between each tracker and its credentials: all trackers at once, none for a tracker that is ready.

    Looks at the environment given, at key files and for commands; runs none.
    """
    looked_at = ((tracker, _missing(tracker, env)) for tracker in config.trackers.values())
    return tuple(
        Problem(message=f"trackers.{tracker.name}: {missing}", hint=hint, rule="credentials")
        for tracker, (missing, hint) in looked_at
        if missing
    )


def _missing(tracker: Tracker, env: Mapping[str, str]) -> tuple[str, str]:
    """What is missing and what to do, both empty where nothing is."""
    if isinstance(tracker, GitHubTracker) and tracker.app is not None:
        if tracker.app.key_file.is_file():
            return "", ""
        return (
            f"there is no key file {plain(str(tracker.app.key_file))}",
            "download the app's private key and save it there",
        )
    if tracker.token is None:
        return "neither token nor app is set", 'write token = { env = "GITHUB_TOKEN" }'
    return _missing_token(tracker.token, env)


def _missing_token(source: TokenSource, env: Mapping[str, str]) -> tuple[str, str]:
    if source.command:
        return _missing_command(source.command, env)
    if env.get(source.env, "").strip():
        return "", ""
    return f"the environment variable {source.env} is not set", f"put the token into {source.env}"


def _missing_command(command: str, env: Mapping[str, str]) -> tuple[str, str]:
    import shlex
    import shutil

    program = shlex.split(command)[0]
    if shutil.which(program, path=env.get("PATH")):
        return "", ""
    return f"the token command {program} is not on this machine", "install it, or correct token.command"


def read_token(source: TokenSource, env: Mapping[str, str], seconds: float = COMMAND_SECONDS) -> str:
    """The token, from the environment given or from the command, which may take that many seconds.

    Raises InvalidInput that names the variable or the program, and never repeats what either held.
    """
    if source.command:
        return _usable(
            _command_output(source.command, env, seconds), f"what the token command {_program(source)} printed"
        )
    if not env.get(source.env, "").strip():
        raise InvalidInput(f"the environment variable {source.env} is not set", f"put the token into {source.env}")
    return _usable(env[source.env], f"what the environment variable {source.env} holds")


def read_secret(
    source: PasswordSource | ChatSource, what: str, env: Mapping[str, str], seconds: float = COMMAND_SECONDS
) -> str:
    """A secret on one line that `what` names ("password"): from the environment given, or from the command.

    Raises InvalidInput that names the variable or the program, and never repeats what either held.
    """
    if source.command:
        text = _command_output(source.command, env, seconds, what)
        origin = f"what the {what} command {_program(source)} printed"
    else:
        text, origin = env.get(source.env, ""), f"what the environment variable {source.env} holds"
        if not text.strip():
            raise InvalidInput(f"the environment variable {source.env} is not set", f"put the {what} into {source.env}")
    secret = text.rstrip("\r\n")
    if not secret.strip() or not secret.isprintable():
        raise InvalidInput(f"{origin} is no {what}", f"a {what} is one line of text")
    return secret


def _usable(text: str, origin: str) -> str:
    token = text.strip()
    # A token travels in a header: a line break or a space in it would be sent as something else.
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput(f"{origin} is not a token", "a token is one word of plain letters, digits and signs")
    return token


def _program(source: TokenSource | PasswordSource | ChatSource) -> str:
    import shlex

    return shlex.split(source.command)[0]


def _command_output(command: str, env: Mapping[str, str], seconds: float, what: str = "token") -> str:
    """What the command prints. It runs without a shell or input; its errors aren't shown, they may hold the token."""
    import shlex
    import subprocess

    words = shlex.split(command)
    hint = "run it by hand to see why"
    try:
        # The config names the command, and a config that nobody named may not have one: see parse_command.
        run = subprocess.run(  # noqa: S603
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, env=dict(env), check=False
        )
    except subprocess.TimeoutExpired:
        # `from None`: the exception carries the output.
        raise InvalidInput(f"the {what} command {words[0]} took over {seconds:g} s", hint) from None
    except OSError as error:
        raise InvalidInput(f"the {what} command {words[0]} could not be run: {error.strerror}", hint) from error
    if run.returncode:
        raise InvalidInput(f"the {what} command {words[0]} failed with exit code {run.returncode}", hint)
    return run.stdout.decode("utf-8", errors="replace")
