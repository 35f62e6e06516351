"""One conversion for each type of value in the config: TOML's value in, ours out, or `Unfit` with a better one.

Pure. A message never repeats a value that could be a secret: `shown` decides what may be repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from msgspec import Struct

from tracker.model import EvidenceKind

API_GITHUB = "https://api.github.com"
TRUST_HINT = "if you trust this file, name it with --config or $TRACK_CONFIG"

# Patterns are text: `re` compiles and keeps one when it is first used, so that start-up does not pay for all.
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3650)
_DURATION = r"([0-9]{1,9})([smhdw])"
_WORDY_DURATION = r"(?i)([0-9]{1,9})\s*(s|m|h|d|w|sec|min|second|minute|hour|day|week)s?"
_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+"
_REPOSITORY_LINK = r"(?a)(?:https?://[^/@\s]+/|git@[^:\s]+:)([\w-]+/[\w.-]+?)(?:\.git)?/?"
URL = r"(?P<scheme>[a-z]+)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:]+\])(?P<port>:[0-9]{1,5})?(?P<rest>[/?#].*)?"
_LOOPBACK = r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]"
_LOGIN = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\[bot\])?"
_VARIABLE = r"(?![A-Za-z0-9]{32,}$)[A-Za-z_][A-Za-z0-9_]*"
_ATLASSIAN = r"AT[ACS]TT[A-Za-z0-9_=-]{8,}"  # tokens of people, of projects, of service accounts
_GIVEN_AWAY = (
    r"(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-)[A-Za-z0-9_=-]{8,}|eyJ[\w-]{10,}\.[\w-]+"
    rf"|-----BEGIN [A-Z ]*PRIVATE KEY|{_ATLASSIAN}"
)


class Unfit(Exception):
    """A value that can't be used: what is expected, and where it helps more than the general example, what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Setting(Struct, frozen=True, kw_only=True):
    """Where the config stands. `found` means that nobody named it: it may be a stranger's, so it may ask for less."""

    folder: Path
    found: bool


class Value(Struct, frozen=True, kw_only=True):
    """A type of value: the type TOML must give, what people call it, an example in TOML, and the conversion."""

    toml: type
    what: str
    example: str
    parse: Callable[[Any, Setting], object]

    def convert(self, value: object, setting: Setting) -> object:
        """The value as the house uses it; raises Unfit. No text that looks like a token gets as far as a conversion."""
        if isinstance(value, str) and holds_secret(value):
            raise Unfit("this looks like a token or key", revoke_hint(value))
        return self.parse(value, setting)


class Told(Struct, frozen=True, kw_only=True):
    """What people are told about a table in one place, where what its definition says is another vendor's."""

    example: str
    advice: str


class Clash(Struct, frozen=True):
    """Values that do not go together: where to say it, what is wrong, and what to do."""

    at: tuple[str | int, ...]
    message: str
    hint: str


def holds_secret(text: str) -> bool:
    """Whether something in the text looks like a token or a private key."""
    return re.search(_GIVEN_AWAY, text) is not None


def without_secrets(text: str) -> str:
    """The text with three asterisks in the place of whatever looks like a token or a private key."""
    return re.sub(_GIVEN_AWAY, "***", text)


def revoking(where: str) -> str:
    """What to do about a token that stands in a file; `where` says how to write down where the next one is."""
    return (
        "if this is a real token, revoke it: it was in a file; "
        f"put the new one into an environment variable and write {where}"
    )


def revoke_hint(secret: str) -> str:
    """What to do about a text that looks like a token: the hint fits the vendor, where it tells whose it is."""
    variable = "JIRA_API_TOKEN" if re.search(_ATLASSIAN, secret) else "GITHUB_TOKEN"
    return revoking(f'token = {{ env = "{variable}" }}')


def shown(text: str) -> str:
    """The text in quotes where it may be repeated in a message, else a word that stands for it."""
    harmless = len(text) <= 30 and text.isprintable() and "@" not in text and not holds_secret(text)
    return f'"{text}"' if harmless else "this text"


def close_match(text: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    import difflib

    return next(iter(difflib.get_close_matches(text.lower(), list(known), n=1)), "")


def is_loopback(url: str) -> bool:
    """Whether the address stays on this machine."""
    match = re.fullmatch(URL, url)
    return match is not None and re.fullmatch(_LOOPBACK, match["host"]) is not None


def parse_text(text: str, _setting: Setting) -> str:
    """Text on one line that shows as it is."""
    if not text or text != text.strip() or not text.isprintable():
        raise Unfit("expected text without invisible characters, and without spaces around it")
    return text


def parse_duration(text: str, _setting: Setting) -> timedelta:
    """`120s`, `15m`, `3h`, `14d` or `2w`, ten years at most."""
    match = re.fullmatch(_DURATION, text)
    if match is None:
        wordy = re.fullmatch(_WORDY_DURATION, text.strip())
        hint = f'write "{wordy[1]}{wordy[2][0].lower()}"' if wordy else ""
        raise Unfit(f"{shown(text)} is not a duration: a whole number and one of s, m, h, d, w", hint)
    if int(match[1]) > _LONGEST / timedelta(**{_UNITS[match[2]]: 1}):
        raise Unfit(f"{shown(text)} is too long: ten years at most")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_path(text: str, setting: Setting) -> Path:
    """A path; a relative one starts at the folder of the config."""
    if parse_text(text, setting).startswith("~"):
        raise Unfit("~ is not expanded here", "write the whole path, or one relative to the folder of the config")
    return setting.folder / text


def parse_pattern(text: str, setting: Setting) -> str:
    """A pattern of file names, made absolute for `glob.glob`; the config's own folder is taken literally."""
    import glob

    parse_path(text, setting)
    return str(Path(glob.escape(str(setting.folder))) / text)


def pattern_folder(pattern: str) -> Path:
    """The folder that a pattern of file names starts in: its parts before the first wildcard, escapes undone."""
    folder = Path()
    for part in Path(pattern).parts[:-1]:
        if re.search(r"[*?\[]", re.sub(r"\[[*?\[]\]", "", part)):
            break
        folder /= re.sub(r"\[([*?\[])\]", r"\1", part)
    return folder


def parse_repository(text: str, _setting: Setting) -> str:
    """`owner/name`."""
    if re.fullmatch(_REPOSITORY, text):
        return text
    link = re.fullmatch(_REPOSITORY_LINK, text)
    hint = f'write "{link[1]}"' if link else ""
    raise Unfit(f"{shown(text)} is not a repository: owner and name, joined by one slash", hint)


def parse_url(text: str, setting: Setting) -> str:
    """The address of GitHub's API, in lower case up to the path, without a slash at the end."""
    match = re.fullmatch(URL, text.lower())
    if "@" in text:
        raise Unfit("an address never holds a user name or password", "write the address alone, and use token or app")
    if match is None:
        raise Unfit("expected an address such as https://github.example.com/api/v3")
    site = f"{match['scheme']}://{match['host']}{match['port'] or ''}"
    local = is_loopback(site)
    if match["scheme"] != "https" and not (match["scheme"] == "http" and local):
        raise Unfit("a token is sent there: plain http is only for this machine", "use https")
    path = (match["rest"] or "").rstrip("/")
    if match["host"] in ("github.com", "www.github.com") or (site == API_GITHUB and path):
        raise Unfit("this is not the address of GitHub's API", f'write "{API_GITHUB}"')
    if path not in ("", "/api/v3"):
        raise Unfit("the path is /api/v3 or nothing", f'write "{site}/api/v3"')
    if setting.found and site != API_GITHUB and not local:
        raise Unfit("a config that nobody named may not send a token to this host", TRUST_HINT)
    return site + path


def parse_login(text: str, _setting: Setting) -> str:
    """A GitHub account name."""
    if re.fullmatch(_LOGIN, text):
        return text
    bare = text.removeprefix("@")
    hint = f'write "{bare}"' if re.fullmatch(_LOGIN, bare) else ""
    raise Unfit("not a GitHub account name: letters, digits and hyphens", hint)


def parse_variable(text: str, _setting: Setting) -> str:
    """The name of an environment variable; never repeated when it isn't one, because it may be the token itself."""
    if not re.fullmatch(_VARIABLE, text):
        raise Unfit("not the name of an environment variable: letters, digits and _", revoking("its name here"))
    return text


def parse_command(text: str, setting: Setting) -> str:
    """A command line that prints a token."""
    import shlex

    if setting.found:
        raise Unfit("a config that nobody named may not run a command", TRUST_HINT)
    try:
        shlex.split(parse_text(text, setting))
    except ValueError as error:
        raise Unfit("not a command line: a quotation mark or backslash has no partner") from error
    return text


def parse_evidence_kind(text: str, _setting: Setting) -> EvidenceKind:
    """One of the kinds of evidence."""
    try:
        return EvidenceKind(text)
    except ValueError as error:
        match = close_match(text, EvidenceKind)
        hint = f'did you mean "{match}"?' if match else f"write one of {', '.join(EvidenceKind)}"
        raise Unfit(f"{shown(text)} is not a kind of evidence", hint) from error


def parse_severity(text: str, setting: Setting) -> str:
    """The name of a severity, in lower case as the rules look it up."""
    return parse_text(text, setting).lower()


def parse_number(number: int, _setting: Setting) -> int:
    """A number from 1."""
    if number < 1:
        raise Unfit("expected a number from 1")
    return number


def parse_flag(flag: bool, _setting: Setting) -> bool:
    """True or false."""
    return flag


def value_of(what: str, example: str, parse: Callable[[Any, Setting], object], toml: type = str) -> Value:
    """A type of value."""
    return Value(toml=toml, what=what, example=example, parse=parse)


Name = Annotated[str, value_of("a name", '"payments"', parse_text)]
Severity = Annotated[str, value_of("a severity", '"sev1"', parse_severity)]
Duration = Annotated[timedelta, value_of("a duration", '"14d"', parse_duration)]
FilePath = Annotated[Path, value_of("a path", '"track.db"', parse_path)]
KeyFile = Annotated[Path, value_of("a path", '"app.pem"', parse_path)]
Pattern = Annotated[str, value_of("a pattern of file names", '"reviews/*.md"', parse_pattern)]
Repository = Annotated[str, value_of("a repository as owner/name", '"acme/payments"', parse_repository)]
Address = Annotated[str, value_of("the address of GitHub's API", f'"{API_GITHUB}"', parse_url)]
Login = Annotated[str, value_of("a GitHub account name", '"octocat"', parse_login)]
Variable = Annotated[str, value_of("the name of an environment variable", '"GITHUB_TOKEN"', parse_variable)]
Command = Annotated[str, value_of("a command line", '"gh auth token"', parse_command)]
Proof = Annotated[EvidenceKind, value_of("a kind of evidence", '"merged_pull_request"', parse_evidence_kind)]
Number = Annotated[int, value_of("a number", "12345", parse_number, toml=int)]
Flag = Annotated[bool, value_of("true or false", "true", parse_flag, toml=bool)]
