"""config.example.toml explains every key of the definition, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec.structs import fields

from tests.config.reading import EXAMPLE, parsed, problems_of
from tracker.config import TokenSource
from tracker.config.lines import Place, locate_keys
from tracker.config.records import Document
from tracker.config.report import Source, TimeSource
from tracker.config.values import Told

SOURCES = ("class", "conditions", "severity", "team", "started", "detected", "mitigated")
TRACKERS = {"payments": "github", "platform": "jira"}
TARGETS = {"managers": "mail", "archive": "folder", "weekly": "issue", "chat": "apprise"}


def keys_of(kind: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the definition; `*` stands for a name that a person chooses, or the kind of what has one.

    The keys of a source are explained once for all values that have one.
    """
    if get_origin(kind) is Annotated and isinstance(kind.__metadata__[0], Told):
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        for each in get_args(kind):
            yield from keys_of(each, at) if each is not type(None) else ()
    elif get_origin(kind) is Mapping:
        yield from keys_of(get_args(kind)[1], (*at, "*"))
    elif get_origin(kind) in (None, type):
        config = kind.__struct_config__
        place = (*at[:-1], config.tag) if config.tag_field else at
        yield from [(*place, config.tag_field)] if config.tag_field else []
        if kind in (Source, TimeSource):
            yield at
            place = (*at[:-1], "a source")
        for field in fields(kind):
            yield from keys_of(field.type, (*place, field.encode_name))
    else:
        assert get_origin(kind) in (Annotated, tuple, frozenset)
        yield at


def uncommented(text: str, *without: str) -> str:
    """The example with each `# key = value` and `# [table]` in force, but for lines that begin so."""
    lines = [line.removeprefix("# ") if re.match(r"# (\[|.* = )", line) else line for line in text.splitlines()]
    return "\n".join(line for line in lines if not line.startswith(("token = { env = ", *without)))


EXAMPLE_IN_FORCE = uncommented(EXAMPLE.read_text("utf-8"), "url = { command = ", "password = { command = ")
THE_OTHER_WAY = uncommented(EXAMPLE.read_text("utf-8"), "url = { env = ", "password = { env = ")


def starred(place: Place) -> tuple[str | int, ...]:
    """The place with `*` for the names that a person chooses, and the kind for those of trackers."""
    match place:
        case ("trackers", str(name), *more):
            return ("trackers", TRACKERS[name], *more)
        case ("deliver", str(name), *more):
            return ("deliver", TARGETS[name], *more)
        case ("incidents", _name, str(key), told) if key in SOURCES:
            return ("incidents", "*", "a source", told)
        case (("people" | "slo" | "incidents" | "classes") as table, _name, *more):
            return (table, "*", *more)
        case ("documents", "words", table, _name):
            return ("documents", "words", table, "*")
        case ("findings", "off", _name):
            return ("findings", "off", "*")
    return place


def test_the_example_explains_every_key() -> None:
    texts = (EXAMPLE_IN_FORCE, THE_OTHER_WAY, EXAMPLE.read_text("utf-8"))
    explained = {starred(place) for text in texts for place in locate_keys(text)}
    assert set(keys_of(Document)) <= explained


def test_the_example_holds_no_key_that_is_not_known() -> None:
    problems = problems_of(EXAMPLE_IN_FORCE)
    assert [problem.message for problem in problems] == ["trackers.payments: token and app exclude each other"]


def test_the_example_is_a_config_without_problems() -> None:
    config = parsed(EXAMPLE.read_text("utf-8"), found=True)
    assert config.trackers["payments"].token == TokenSource(env="GITHUB_TOKEN")
    assert [tracker.kind for tracker in config.trackers.values()] == list(TRACKERS.values())
    assert config.wait_budget == parsed("").wait_budget
    assert (config.full_every, config.grace, config.accept) == (
        parsed("").full_every,
        parsed("").grace,
        parsed("").accept,
    )
