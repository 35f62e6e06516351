"""The front matter of a document as plain fields with their lines: YAML (`---`), TOML (`+++`), or none. Pure.

YAML is read as nodes, never constructed: no value is interpreted here, so `id: 042` stays `042`. Anchors and aliases
are refused, because a review needs none and a YAML bomb needs them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

import yaml
from msgspec import Struct

if TYPE_CHECKING:
    from tracker.review.values import Notes

_LONGEST = 64_000
_MOST_KEYS = 100
_DEEPEST = 8
_OPENING = re.compile(r"(---|\+\+\+)[ \t]*\n")
# A document may also begin with a horizontal rule, so what follows must look like a field, comments aside.
_FIRST_FIELD = re.compile(r"(?:[ \t]*(?:#.*)?\n)*(?:[\"'\[{&*]|[\w -]+[ \t]*[:=]|(?:---|\+\+\+)[ \t]*$)", re.MULTILINE)
_NO_VALUE = ("", "~", "null")


class Record(Struct, frozen=True, kw_only=True):
    """An entry of a list that is itself `key: value` pairs, as written."""

    values: Mapping[str, str]
    line: int = 0


class Field(Struct, frozen=True, kw_only=True):
    """One key of the front matter: its values as written, or `nested` where it holds more than plain values.

    `records` are those that it holds instead of plain values. `flag` is the option that gives it on the command line.
    """

    key: str
    values: tuple[str, ...] = ()
    nested: bool = False
    records: tuple[Record, ...] = ()
    line: int = 0
    column: int = 0
    flag: str = ""


class FrontMatter(Struct, frozen=True):
    """The fields, the text after them, and the line of the file on which that text starts."""

    fields: tuple[Field, ...]
    body: str
    first_line: int


def parse_front_matter(text: str, notes: Notes) -> FrontMatter:
    """Splits a document into its front matter and its body. What can't be read is noted; the body is read anyway."""
    opening = _OPENING.match(text)
    if opening is None or not _FIRST_FIELD.match(text, opening.end()):
        return FrontMatter((), text, 1)
    fence = opening[1]
    closing = re.search(rf"^{re.escape(fence)}[ \t]*$", text[opening.end() :], re.MULTILINE)
    if closing is None:
        notes.error("the front matter has no end", f"Close it with a line of its own: `{fence}`.", 1)
        return FrontMatter((), text[opening.end() :], 2)
    source = text[opening.end() : opening.end() + closing.start()]
    # Between two horizontal rules, what would be a comment of YAML is the heading of a document without fields.
    if fence == "---" and re.fullmatch(r"(?:[ \t]*(?:#.*)?\n)*#.*\n(?:[ \t]*\n)*", source):
        return FrontMatter((), text, 1)
    body = text[opening.end() + closing.end() :].removeprefix("\n")
    first_line = text.count("\n", 0, len(text) - len(body)) + 1
    return FrontMatter(_parse_fields(fence, source, notes), body, first_line)


def _parse_fields(fence: str, source: str, notes: Notes) -> tuple[Field, ...]:
    if len(source) > _LONGEST:
        notes.error("the front matter is longer than 64,000 characters", "Keep only what `track new` writes there.", 1)
        return ()
    return _parse_yaml(source, notes) if fence == "---" else _parse_toml(source, notes)


def _parse_yaml(source: str, notes: Notes) -> tuple[Field, ...]:
    try:
        if not _is_plain_yaml(source, notes):
            return ()
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 0)
        hint = "Put quotes around values that hold a colon, `#`, `[` or quotes."
        notes.error(f"the front matter is not valid YAML: {error.problem or error.context}", hint, line, column)
        return ()
    except yaml.YAMLError:
        hint = "Remove what is not plain text between the `---` lines."
        notes.error("the front matter holds a character that YAML does not allow", hint, 1)
        return ()
    if root is None:
        return ()
    if not isinstance(root, yaml.MappingNode):
        notes.error("the front matter is not a list of `key: value` lines", "See what `track new` writes.", 2)
        return ()
    if len(root.value) > _MOST_KEYS:
        notes.error(f"the front matter has more than {_MOST_KEYS} keys; the rest is not read", "Keep to known keys.", 2)
    return tuple(_field(key, value) for key, value in root.value[:_MOST_KEYS])


def _is_plain_yaml(source: str, notes: Notes) -> bool:
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 2 if event.start_mark else 1
        if getattr(event, "anchor", None):
            notes.error("the front matter uses a YAML anchor or alias", "Write the value out where it is needed.", line)
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            notes.error("the front matter is nested too deeply to read", "Keep to `key: value` lines.", line)
            return False
    return True


def _field(key: yaml.Node, value: yaml.Node) -> Field:
    name = key.value if isinstance(key, yaml.ScalarNode) else "?"
    parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
    nested = not all(map(_is_scalar, parts))
    values = () if nested else tuple(part.value for part in parts if _says_something(part))
    line, column = key.start_mark.line + 2, value.start_mark.column + 1
    records = tuple(_record(part) for part in parts) if nested else ()
    return Field(key=name, values=values, nested=nested, records=records, line=line, column=column)


def _record(node: yaml.Node) -> Record:
    """The plain values of one entry; what is no mapping is an empty record, so that it is not passed over."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    values = {key.value: value.value for key, value in pairs if _is_scalar(key) and _says_something(value)}
    return Record(values=values, line=node.start_mark.line + 2)


def _is_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _says_something(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (bool(node.style) or node.value.strip() not in _NO_VALUE)


def _parse_toml(source: str, notes: Notes) -> tuple[Field, ...]:
    try:
        table = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]) + 1, int(place[2])) if place else (1, 0)
        hint = "Write text in quotes, and times as 2026-10-01T09:12:00Z."
        notes.error(f"the front matter is not valid TOML: {error}", hint, line, column)
        return ()
    return tuple(_toml_field(source, key, value) for key, value in islice(table.items(), _MOST_KEYS))


def _toml_field(source: str, key: str, value: object) -> Field:
    parts = value if isinstance(value, list) else [value]
    nested = any(isinstance(part, dict | list) for part in parts)
    place = re.search(rf"^[ \t]*(?:[\"']?{re.escape(key)}[\"']?[ \t]*=|\[\[?{re.escape(key)}\])", source, re.MULTILINE)
    line = source.count("\n", 0, place.start()) + 2 if place else 1
    values = () if nested else tuple(str(part) for part in parts)
    records = tuple(_toml_record(part, line) for part in parts) if nested else ()
    return Field(key=key, values=values, nested=nested, records=records, line=line)


def _toml_record(part: object, line: int) -> Record:
    pairs = part.items() if isinstance(part, dict) else ()
    return Record(
        values={str(key): str(value) for key, value in pairs if not isinstance(value, dict | list)}, line=line
    )
