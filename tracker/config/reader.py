"""Goes through what tomllib gave beside the definition, and keeps every problem instead of stopping at the first. Pure.

It knows types, not keys: the keys, their types and their rules are all in `tracker.config.records` and `report`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

from tracker.config.values import Setting, Told, Unfit, Value, close_match, holds_secret, shown
from tracker.model import Problem

if TYPE_CHECKING:
    from tracker.config.lines import Place
    from tracker.config.section import Section

_FOUND = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
_BARE = r"[A-Za-z0-9_-]+"


class _Unreadable:
    """Stands for a value that could not be read; its problem has been kept."""


_UNREADABLE = _Unreadable()


class Reader:
    """Reads values of the definition's types and keeps the `problems` met on the way."""

    def __init__(self, text: str, setting: Setting) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._setting = setting
        self._lines: dict[Place, int] | None = None

    def read(self, kind: Any, value: object, at: Place = ()) -> Any:
        """The value as `kind` says; something useless where `problems` grew."""
        kinds = _fitting(_present(kind), value)
        kind = kinds[0]
        origin = get_origin(kind)
        if origin is Annotated:
            meaning = kind.__metadata__[0]
            if isinstance(meaning, Told):
                return self._section((kind.__origin__,), value, at, meaning)
            return self._single(meaning, value, at)
        if origin is Mapping:
            return self._mapping(get_args(kind), value, at)
        if origin in (tuple, frozenset):
            return self._list(origin, get_args(kind)[0], value, at)
        return self._section(kinds, value, at)

    def _single(self, value_type: Value, value: object, at: Place) -> Any:
        if type(value) is not value_type.toml:
            return self._mismatch(at, value_type.what, value, _write(at, value_type.example))
        try:
            return value_type.convert(value, self._setting)
        except Unfit as unfit:
            return self.problem(at, unfit.message, unfit.hint or _write(at, value_type.example))

    def _list(self, build: type, element: Any, value: object, at: Place) -> Any:
        value_type = element.__metadata__[0]
        if not isinstance(value, list):
            return self._mismatch(at, f"a list, each {value_type.what}", value, _write(at, f"[{value_type.example}]"))
        if not value and build is frozenset:
            return self.problem(at, "the list is empty", "name at least one, or leave the key out")
        read = [self._single(value_type, each, (*at, position)) for position, each in enumerate(value)]
        return build(read)

    def _mapping(self, kinds: tuple[Any, ...], value: object, at: Place) -> Any:
        if not isinstance(value, dict):
            return self._mismatch(at, "a table", value, f"write [{path_text(at)}]")
        read: dict[Any, Any] = {}
        for key, each in value.items():
            place = (*at, key)
            name = self._single(kinds[0].__metadata__[0], key, place)
            if name in read and name is not _UNREADABLE:
                self.problem(place, "this name stands here twice", "keep one of them")
            read[name] = self.read(kinds[1], each, place)
        return read

    def _section(self, kinds: Sequence[type[Section]], value: object, at: Place, told: Told | None = None) -> Any:
        kind = kinds[0]
        if not isinstance(value, dict):
            told = told or Told(example=kind.example, advice=kind.advice)
            example = _write(at, told.example) if told.example else f"write [{path_text(at)}]"
            return self._mismatch(at, kind.what, value, "; ".join(filter(None, (example, told.advice))))
        tag = kind.__struct_config__.tag_field
        chosen = self._choose(kinds, tag, value, at) if tag else kind
        if chosen is None:
            return _UNREADABLE
        known = {field.encode_name: field for field in fields(chosen)}  # TOML's `class` is no name in Python
        self._unknown([*([tag] if tag else []), *known], kinds, value, at)
        self._exclusive(chosen, value, at)
        before = len(self.problems)
        read = {
            known[key].name: self.read(known[key].type, each, (*at, key)) for key, each in value.items() if key in known
        }
        self._missing(known, value, at)
        for clash in chosen.clashes(value):
            self.problem((*at, *clash.at), clash.message, clash.hint)
        return chosen(**read) if len(self.problems) == before else _UNREADABLE

    def _choose(
        self, kinds: Sequence[type[Section]], key: str, value: Mapping[str, object], at: Place
    ) -> type[Section] | None:
        """The definition that the table follows, told by its key `kind`; the one meant where that is plain enough."""
        tags = {str(kind.__struct_config__.tag): kind for kind in kinds}
        given = value.get(key)
        if isinstance(given, str) and given in tags:
            return tags[given]
        hint = f"write {key} = " + " or ".join(f'"{tag}"' for tag in tags)
        if given is None:
            self.problem(at, f"the key {key} is missing", hint)
            return _kind_by_keys(kinds, value)
        said = shown(given) if isinstance(given, str) else _found(given)
        meant = close_match(given, tags) if isinstance(given, str) else ""
        self.problem((*at, key), f"{said} is not a kind that is known here", f'write "{meant}"' if meant else hint)
        return tags.get(meant)

    def _unknown(
        self, known: list[str], kinds: Sequence[type[Section]], value: Mapping[str, object], at: Place
    ) -> None:
        for key in value:
            if key not in known:
                owner = _owner_of(key, kinds)
                match = "" if owner else close_match(key, known)
                hint = f"did you mean {match}?" if match else f"{owner}the keys here are {', '.join(known)}"
                self.problem((*at, key), "this key is not known", hint, rule="unknown-key")

    def _exclusive(self, kind: type[Section], value: Mapping[str, object], at: Place) -> None:
        if kind.exactly_one:
            given = [key for key in kind.exactly_one if key in value]
            choice = " or ".join(kind.exactly_one)
            if not given:
                self.problem(at, f"one of the keys {choice} is missing", f"write {choice}")
            elif len(given) > 1:
                self.problem(at, f"{' and '.join(given)} exclude each other", f"keep {choice}")

    def _missing(self, known: Mapping[str, FieldInfo], value: Mapping[str, object], at: Place) -> None:
        for key, field in known.items():
            if field.default is NODEFAULT and field.default_factory is NODEFAULT and key not in value:
                meant = _present(field.type)[0]
                example = (meant.__metadata__[0] if get_origin(meant) is Annotated else meant).example
                self.problem(at, f"the key {key} is missing", f"write {key} = {example}")

    def _mismatch(self, at: Place, expected: str, value: object, hint: str) -> _Unreadable:
        return self.problem(at, f"expected {expected}, found {_found(value)}", hint, rule="wrong-type")

    def problem(self, at: Place, message: str, hint: str, rule: str = "") -> _Unreadable:
        """Keep a problem of the value at a place."""
        where = path_text(at)
        self.problems.append(
            Problem(message=f"{where}: {message}" if where else message, hint=hint, line=self._line(at), rule=rule)
        )
        return _UNREADABLE

    def _line(self, at: Place) -> int:
        if self._lines is None:
            from tracker.config.lines import locate_keys

            self._lines = locate_keys(self._text)
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 0)


def _kind_by_keys(kinds: Sequence[type[Section]], value: Mapping[str, object]) -> type[Section] | None:
    """The kind that has the most of the keys given, where that is one alone."""
    counts = {kind: sum(field.encode_name in value for field in fields(kind)) for kind in kinds}
    likely = [kind for kind, count in counts.items() if count == max(counts.values())]
    return likely[0] if len(likely) == 1 else None


def _owner_of(key: str, kinds: Sequence[type[Section]]) -> str:
    """Which of the other kinds a key belongs to, as the beginning of a hint; nothing where none has it."""
    for kind in kinds:
        config = kind.__struct_config__
        if any(field.encode_name == key for field in fields(kind)):
            return f'it belongs to {config.tag_field} = "{config.tag}"; '
    return ""


def path_text(at: Place) -> str:
    """A place as TOML writes it: `trackers.payments.token`; positions in a list count from 1."""
    return ".".join(_part_text(part) for part in at).replace(".[", "[")


def _part_text(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part + 1}]"
    return part if re.fullmatch(_BARE, part) and not holds_secret(part) else shown(part)


def _write(at: Place, example: str) -> str:
    key = next((part for part in reversed(at) if isinstance(part, str)), "")
    return f"write {key} = {example}" if at and at[-1] == key and re.fullmatch(_BARE, key) else f"for example {example}"


def _found(value: object) -> str:
    return _FOUND.get(type(value), "a date or time")


def _present(kind: Any) -> tuple[Any, ...]:
    """The kinds that a value may have, without None."""
    if get_origin(kind) in (Union, UnionType):
        return tuple(each for each in get_args(kind) if each is not type(None))
    return (kind,)


def _fitting(kinds: tuple[Any, ...], value: object) -> tuple[Any, ...]:
    """The kinds to hold a value against, where it may be a single value or a table."""
    tables = tuple(kind for kind in kinds if isinstance(kind, type))
    return tables if isinstance(value, dict) and tables else kinds
