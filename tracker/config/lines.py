"""The line of each key in a TOML text, which tomllib does not tell. Pure; meant for a text that tomllib has read."""

from __future__ import annotations

import re
import tomllib

Place = tuple[str | int, ...]
"""The way to a value: keys of tables, and positions in lists."""

_PIECE = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<skip>\#[^\n]*|[ \t\r]+)
    |(?P<mark>[\[\]{}=,\n])
    |(?P<bare>[^\s"'\#\[\]{}=,]+)''',
    re.VERBOSE | re.DOTALL,
)


def locate_keys(text: str) -> dict[Place, int]:
    """The 1-based line on which each key, table and list element first stands."""
    locator = _Locator()
    for match in _PIECE.finditer(text):
        if match.lastgroup == "mark":
            locator.mark(match[0])
        elif match.lastgroup != "skip":
            locator.piece(match[0])
        locator.line += match[0].count("\n")
    return locator.lines


class _Locator:
    """Follows the text piece by piece. `open` holds the tables and lists around the present piece, outermost first."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.line = 1
        self.table: Place = ()
        self.open: list[tuple[str, Place]] = []
        self.at: Place = ()
        self.key: list[str] = []
        self.state = "key"

    def piece(self, text: str) -> None:
        """A bare word or a string: part of a key, or a value."""
        if self.state == "value":
            self._note(self.at)
        else:
            self.key.append(text)

    def mark(self, mark: str) -> None:
        """A mark of punctuation: it decides what the next piece is."""
        match mark, self.state:
            case "\n", _:
                if not self.open:
                    self._expect_key()
            case "[", ("key" | "header"):
                self.state = "header"
            case "]", "header":
                if self.key:
                    self.table = _split_key(self.key)
                    self._note(self.table)
                    self.key = []
            case "=", _:
                self.at = self._around() + _split_key(self.key)
                self._note(self.at)
                self.state = "value"
            case (("[" | "{"), _):
                self._note(self.at)
                self.open.append((mark, self.at))
                self.at = (*self.at, 0)
                if mark == "{":
                    self._expect_key()
            case (("]" | "}"), _):
                self.at = self.open.pop()[1]
                self.state = "value"
            case ",", _:
                self._next()

    def _next(self) -> None:
        if self.open[-1][0] == "{":
            self._expect_key()
        else:
            position = self.at[-1]
            self.at = (*self.at[:-1], position + 1 if isinstance(position, int) else 0)

    def _expect_key(self) -> None:
        self.key = []
        self.state = "key"

    def _around(self) -> Place:
        return self.open[-1][1] if self.open else self.table

    def _note(self, place: Place) -> None:
        for depth in range(1, len(place) + 1):
            self.lines.setdefault(place[:depth], self.line)


def _split_key(pieces: list[str]) -> Place:
    """The parts of a dotted key, read by TOML's own rules."""
    node: object = tomllib.loads("".join(pieces) + " = 0")
    parts: list[str] = []
    while isinstance(node, dict):
        part, node = next(iter(node.items()))
        parts.append(part)
    return tuple(parts)
