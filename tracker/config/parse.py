"""The text of a config -> (`Config`, problems). Pure."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from msgspec.structs import asdict

from tracker.config.reader import Reader
from tracker.config.records import (
    Config,
    Document,
    GitHubSection,
    GitHubTracker,
    JiraSection,
    JiraTracker,
    Person,
    Tracker,
)
from tracker.config.report import Feed
from tracker.config.values import Setting, holds_secret, revoke_hint
from tracker.model import Problem

if TYPE_CHECKING:
    from pathlib import Path

_PLACE_IN_MESSAGE = r" \(at (?:line (\d+), column (\d+)|end of document)\)$"


def parse_config(text: str, path: Path, found: bool) -> tuple[Config | None, tuple[Problem, ...]]:
    """The config and no problems, or None and every problem, in the order of the lines.

    `found` says that nobody named the file: then it may neither run a command nor send a token to another host.
    """
    document, problems = _read(text, Setting(folder=path.parent, found=found))
    # A line with a secret on it gets this one message: any other could repeat a part of it.
    secrets = {line: _secret(line, each) for line, each in enumerate(text.split("\n"), 1) if holds_secret(each)}
    problems = [*secrets.values(), *(problem for problem in problems if problem.line not in secrets)]
    if problems or document is None:
        return None, tuple(sorted(problems, key=lambda problem: problem.line))
    return _config(document, path, found), ()


def _read(text: str, setting: Setting) -> tuple[Document | None, list[Problem]]:
    try:  # ValueError: TOMLDecodeError is one, and a number of thousands of digits raises it bare.
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [_syntax_problem(text, str(error))]
    reader = Reader(text, setting)
    document = reader.read(Document, raw)
    return (document if isinstance(document, Document) else None), reader.problems


def _syntax_problem(text: str, message: str) -> Problem:
    place = re.search(_PLACE_IN_MESSAGE, message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return Problem(
        message="this is not TOML" + ("" if holds_secret(message) else f": {re.sub(_PLACE_IN_MESSAGE, '', message)}"),
        hint='text stands in quotation marks, as in path = "track.db"; a section is [name]; see config.example.toml',
        line=line,
        column=int(place[2]) if place and place[2] else 0,
        rule="syntax",
    )


def _secret(line: int, text: str) -> Problem:
    message = "this line holds what looks like a token or key"
    return Problem(message=message, hint=revoke_hint(text), line=line, rule="secret")


def _config(document: Document, path: Path, found: bool) -> Config:
    return Config(
        path=path,
        found=found,
        store_path=path.parent / document.store.path,
        review_paths=document.reviews.paths,
        trackers={name: _tracker(name, section) for name, section in document.trackers.items()},
        people={owner: _accounts(person) for owner, person in document.people.items()},
        slo=document.slo,
        accept=document.evidence.accept,
        wait_budget=document.sync.wait_budget,
        full_every=document.sync.full_every,
        grace=document.sync.unknown_grace,
        document_words={name: table for name, table in asdict(document.documents.words).items() if table},
        findings_off=document.findings.off,
        schedule=document.schedule,
        records_since=document.report.records_since,
        week_starts=document.report.week_starts,
        time_zone=document.report.time_zone,
        feeds={name: Feed(name=name, **asdict(section)) for name, section in document.incidents.items()},
        classes=document.classes,
        deliver=document.deliver,
        mail=document.mail,
        nudge=document.nudge,
        on_missing=document.evidence.on_missing,
    )


def _tracker(name: str, section: GitHubSection | JiraSection) -> Tracker:
    if isinstance(section, JiraSection):
        return JiraTracker(name=name, **asdict(section))
    return GitHubTracker(name=name, **asdict(section))


def _accounts(person: Person) -> dict[str, str]:
    """The accounts by kind of tracker, those that are given."""
    return {kind: account for kind, account in asdict(person).items() if account}
