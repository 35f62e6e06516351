"""The definition of the config: what TOML may say (the sections), and what the rest of the house reads (`Config`).

This is the only place that knows the keys. A new section is one Struct here, and one field of `Document`.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from tracker.config.values import (
    API_GITHUB,
    REVOKE_HINT,
    Address,
    Command,
    Duration,
    FilePath,
    KeyFile,
    Login,
    Name,
    Number,
    Pattern,
    Proof,
    Repository,
    Severity,
    Variable,
)
from tracker.model import EvidenceKind

# Annotations are evaluated here on purpose (no `from __future__`): the reader goes by them.


class Section(Struct, frozen=True, kw_only=True):
    """A table of the config. `exactly_one` names keys of which one and only one must be there."""

    what: ClassVar[str] = "a table"
    example: ClassVar[str] = ""
    advice: ClassVar[str] = ""
    exactly_one: ClassVar[tuple[str, ...]] = ()


class TokenSource(Section, frozen=True, kw_only=True):
    """Where a token comes from: the environment, or what a command prints. Never the token itself."""

    what: ClassVar[str] = "where the token comes from, never the token itself"
    example: ClassVar[str] = '{ env = "GITHUB_TOKEN" }'
    advice: ClassVar[str] = REVOKE_HINT
    exactly_one: ClassVar[tuple[str, ...]] = ("env", "command")

    env: Variable = ""
    command: Command = ""


class GitHubApp(Section, frozen=True, kw_only=True):
    """A GitHub App that acts in place of a person's token."""

    what: ClassVar[str] = "a GitHub App"
    example: ClassVar[str] = '{ id = 12345, installation = 678, key_file = "app.pem" }'

    id: Number
    installation: Number
    key_file: KeyFile


class GitHubSection(Section, frozen=True, kw_only=True, tag_field="kind", tag="github"):
    """A `[trackers.NAME]` of kind github. `trusted` are logins whose markers count beside those who may write."""

    exactly_one: ClassVar[tuple[str, ...]] = ("token", "app")

    repository: Repository
    url: Address = API_GITHUB
    token: TokenSource | None = None
    app: GitHubApp | None = None
    trusted: tuple[Login, ...] = ()


class GitHubTracker(GitHubSection, frozen=True, kw_only=True, tag_field="kind", tag="github"):
    """A tracker on GitHub, with the name that review documents use."""

    name: str


class StoreSection(Section, frozen=True, kw_only=True):
    """Where the derived store is kept."""

    path: FilePath = Path("track.db")


class ReviewsSection(Section, frozen=True, kw_only=True):
    """Where the review documents are."""

    paths: tuple[Pattern, ...] = ()


class Person(Section, frozen=True, kw_only=True):
    """The accounts of an owner."""

    github: Login


class EvidenceSection(Section, frozen=True, kw_only=True):
    """Which kinds of evidence are accepted."""

    accept: frozenset[Proof] = frozenset(EvidenceKind)


class SyncSection(Section, frozen=True, kw_only=True):
    """How long a run may wait, how often everything is read again, how long an unknown create is left alone."""

    wait_budget: Duration = timedelta(seconds=120)
    full_every: Duration = timedelta(days=1)
    unknown_grace: Duration = timedelta(minutes=10)


class Document(Section, frozen=True, kw_only=True):
    """The whole file."""

    store: StoreSection = StoreSection()
    reviews: ReviewsSection = ReviewsSection()
    trackers: Mapping[Name, GitHubSection] = {}
    people: Mapping[Name, Person] = {}
    slo: Mapping[Severity, Duration] = {}
    evidence: EvidenceSection = EvidenceSection()
    sync: SyncSection = SyncSection()


class Config(Struct, frozen=True, kw_only=True):
    """The config as the house reads it.

    `found` is True when ./config.toml was picked up by itself, not named. `review_paths` are absolute patterns for
    `glob.glob`; the other paths start at the config's folder. `people` is owner -> {"github": login}. `grace` is how
    long a create of unknown outcome is left alone.
    """

    path: Path
    found: bool
    store_path: Path
    review_paths: tuple[str, ...] = ()
    trackers: Mapping[str, GitHubTracker] = {}
    people: Mapping[str, Mapping[str, str]] = {}
    slo: Mapping[str, timedelta] = {}
    accept: frozenset[EvidenceKind] = frozenset(EvidenceKind)
    wait_budget: timedelta = SyncSection().wait_budget
    full_every: timedelta = SyncSection().full_every
    grace: timedelta = SyncSection().unknown_grace
