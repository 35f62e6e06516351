"""The failure conditions that a review declares, and whether its items target declared ones. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.model import Condition, Role
from tracker.review import words
from tracker.review.blocks import Listing, Table
from tracker.review.tables import find_columns
from tracker.review.values import BLANK, is_nothing, shorten
from tracker.review.words import NO_WORDS, Column, ExtraWords
from tracker.rules import slug
from tracker.text import plain

if TYPE_CHECKING:
    from tracker.model import ActionItem
    from tracker.review.blocks import Block, Text
    from tracker.review.values import Notes

# `retry storm (amplifier): clients tried again at once`
_ENTRY = re.compile(
    r"(?P<name>[^:()\n]{1,80}?)\s*(?:\((?P<role>[^)\n]*)\))?\s*(?:[:\u2013\u2014]\s*(?P<what>.*))?", re.DOTALL
)


class Conditions:
    """The conditions met so far: each once, with the line that declares it."""

    def __init__(self, notes: Notes, extra: ExtraWords = NO_WORDS) -> None:
        self._notes = notes
        self._extra = extra
        self._known: dict[str, Condition] = {}
        self.lines: dict[str, int] = {}

    @property
    def all(self) -> tuple[Condition, ...]:
        """Every condition, in the order of the document."""
        return tuple(self._known.values())

    def read(self, block: Block) -> None:
        """Takes the conditions of a block that stands under a heading for them."""
        match block:
            case Table():
                self._read_table(block)
            case Listing():
                for entry in block.entries:
                    if match_ := _ENTRY.fullmatch(entry.text.plain):
                        self._add(entry.text, match_["name"], match_["role"] or "", match_["what"] or "")
            case _:
                return

    def check_targets(self, items: tuple[ActionItem, ...]) -> None:
        """Notes every condition that an item targets and nothing declares."""
        targets = ((item, name) for item in items for name in item.conditions)
        for item, name in targets if self._known else ():
            if name in self._known:
                continue
            close = words.suggest(name, self._known)
            meant = f"Did you mean `{close}`?" if close else f"Declared: {', '.join(self._known)}."
            message = f"“{shorten(item.title)}” targets `{name}`, which is no failure condition of this review"
            self._notes.error(message, f"{meant} Or add it under Failure conditions.", item.line)

    def _read_table(self, table: Table) -> None:
        columns = find_columns(table, self._extra)
        name = columns.get(Column.CONDITIONS, 0)
        role = columns.get(Column.ROLE, columns.get(Column.KIND))
        what = columns.get(Column.WHAT, columns.get(Column.ACTION))
        for cells in table.rows:
            role_text = cells[role].words if role is not None else ""
            what_text = cells[what].words if what not in (None, name) else ""
            self._add(cells[name], cells[name].words, role_text, what_text)

    def _add(self, text: Text, name: str, role: str, what: str) -> None:
        key = slug(plain(name))
        if is_nothing(name) or not key or BLANK in name:
            return
        if key in self.lines:
            message = f"the failure condition `{key}` is declared twice (first on line {self.lines[key]})"
            self._notes.error(message, "Keep one of the two, or give one another name.", text.line, text.column)
            return
        self.lines[key] = text.line
        self._known[key] = Condition(name=key, role=self._role(text, role), what=plain(" ".join(what.split())))

    def _role(self, text: Text, role: str) -> Role | None:
        found = words.find_role(role)
        if found is None and not is_nothing(role):
            close = words.suggest(role.lower(), list(Role))
            hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(Role)}."
            self._notes.warn(f"the role “{shorten(role)}” is not known", hint, text.line)
        return found
