"""JSON as tools export it -> rows: a list of objects, an object with one such list inside, or an object a line. Pure.

Objects are decoded one at a time. One inside another gives columns of its own: `service.name`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw

from tracker.errors import InvalidInput
from tracker.incidents.rows import MOST_ROWS, Broken, Row, Table, too_many
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_COLUMNS = 1_000
_LONGEST_NAME = 200
_DEEPEST = 3
_NAMES = ("name", "value", "summary", "title", "label", "key", "id")
_HINT = 'Give a list of objects: `[{"id": "OPS-12", …}, …]`, an object with one such list inside, or an object a line.'
_UNREADABLE = (msgspec.DecodeError, RecursionError)

Place = tuple[int, bytes, int]
"""The line that an object begins on, its text, and which of the objects it is where several are on a line, else 0."""


def read_json(content: bytes) -> Table:
    """The columns and rows of a JSON file; an empty list has neither. Raises InvalidInput where it holds no objects."""
    names: dict[str, None] = {}
    for row in _rows(_places(content)):
        if isinstance(row, Row) and len(names) < _MOST_COLUMNS:
            names |= dict.fromkeys(row.values)
    if not names and b"".join(content.split()) == b"[]":
        return Table((), iter(()))
    if not names:
        raise InvalidInput("it holds no incident", _HINT)
    return Table(tuple(names), _rows(_places(content)))


def _rows(places: Iterable[Place]) -> Iterator[Row | Broken]:
    for count, (line, text, number) in enumerate(places):
        if count == MOST_ROWS:
            yield too_many(line)
            return
        try:
            value = msgspec.json.decode(text)
        except _UNREADABLE as error:
            yield Broken(line, f"it is not valid JSON: {error}", "Put it right, or leave it out.", number)
            continue
        if isinstance(value, dict):
            yield Row(line, dict(_flatten(value)), number)
        else:
            yield Broken(line, "it is not an object", 'Write it as `{"id": "OPS-12", …}`.', number)


def _places(content: bytes) -> Iterator[Place]:
    """Where each object is."""
    try:
        if content.lstrip().startswith(b"["):
            return _elements(content, content, 0)
        inside = msgspec.json.decode(content, type=dict[str, Raw])
    except _UNREADABLE as error:
        return _lines(content, error)
    lists = {name: array for name, raw in inside.items() if _is_list_of_objects(array := bytes(raw))}
    if not lists:
        return iter([(1 + content[: content.find(b"{")].count(b"\n"), content, 0)])
    if len(lists) > 1:
        shown = ", ".join(f"`{plain(name)[:60]}`" for name in list(lists)[:5])
        raise InvalidInput(f"it holds more than one list of objects: {shown}", "Keep the list of incidents alone.")
    (array,) = lists.values()
    return _elements(array, content, content.find(array))


def _elements(array: bytes, content: bytes, start: int) -> Iterator[Place]:
    elements = msgspec.json.decode(array, type=list[Raw])
    is_crowded = len(elements) > 1 + content.count(b"\n", start, start + len(array))

    def walk() -> Iterator[Place]:
        line, place = 1, 0
        position = start
        for number, element in enumerate(elements, 1):
            text = bytes(element)
            position = content.find(text, position)
            line, place = line + content.count(b"\n", place, position), position
            yield line, text, number if is_crowded else 0
            position += len(text)

    return walk()


def _lines(content: bytes, error: Exception) -> Iterator[Place]:
    """An object a line, where the first one is one."""
    lines = [(number, text, 0) for number, line in enumerate(content.split(b"\n"), 1) if (text := line.strip())]
    try:
        is_object = bool(lines) and isinstance(msgspec.json.decode(lines[0][1]), dict)
    except _UNREADABLE:
        is_object = False
    if not is_object:
        raise InvalidInput(f"it is not valid JSON: {error}", _HINT) from error
    return iter(lines)


def _is_list_of_objects(text: bytes) -> bool:
    return text.startswith(b"[") and text[1:].lstrip().startswith(b"{")


def _flatten(value: dict[str, Any], above: str = "", depth: int = 1) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The columns of an object that say something, those of objects inside it by both names."""
    for key, inner in value.items():
        name = f"{above}{plain(key)}"[:_LONGEST_NAME]
        if isinstance(inner, dict):
            if depth < _DEEPEST:
                yield from _flatten(inner, f"{name}.", depth + 1)
        elif texts := tuple(_texts(inner)):
            yield name, texts


def _texts(value: object) -> Iterator[str]:
    """A plain value as text, a list as several; of an object in a list its name."""
    match value:
        case str():
            if text := value.strip():
                yield text
        case bool() | int() | float():
            yield str(value)
        case list():
            for inner in value:
                if isinstance(inner, dict):
                    named = (inner[name] for name in _NAMES if isinstance(inner.get(name), str | int))
                    yield from _texts(next(named, None))
                elif not isinstance(inner, list):
                    yield from _texts(inner)
