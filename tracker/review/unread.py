"""What was not read although it may hold actions, so that none is lost without a word. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.review.blocks import Listing, Paragraph, Raw, Table
from tracker.review.tables import find_columns, is_action_table
from tracker.review.values import BLANK, is_nothing, says_no_action, shorten
from tracker.review.words import NO_WORDS, ExtraWords, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.review.blocks import Block, Entry, Text
    from tracker.review.outline import Place
    from tracker.review.values import Notes

_HINT = "If it holds actions, make each an entry of a list, or a row of a table with a column Action."
# A heading like "Immediate actions" may stand over what was done or over what will be.
_SPEAKS_OF_ACTIONS = re.compile(
    r"\b(?:actions?|remediations?|improvements|fixes|prevent\w*|recurrence|going forward)\b", re.IGNORECASE
)
# "None were needed at first. Then Bob found another." says more than its first words.
_GOES_ON = re.compile(r"[.;:,] ?\S|\bbut\b")


def note_unread(block: Block, place: Place, notes: Notes, extra: ExtraWords = NO_WORDS) -> None:
    """Warns of a block that says something under a heading for actions, or looks like actions under another one.

    An empty heading, a `TBD` and the line that introduces a list (`We agreed on:`) lose nothing.
    """
    match block:
        case Paragraph(text) | Raw(text) if place.section is Section.ACTIONS and _says_something(text):
            _note("this text", text.line, place, notes)
        case Table() if place.section is Section.ACTIONS:
            _note("this table", block.line, place, notes)
        case Table() if place.section is Section.SET_ASIDE and _commits(block, extra):
            _note("this table", block.line, place, notes)
        case Listing() if place.section in (None, Section.SET_ASIDE) and _has_boxes(block.entries):
            _note("this checkbox list", block.entries[0].text.line, place, notes)
        case Listing() if place.section is None and _SPEAKS_OF_ACTIONS.search(place.heading):
            _note("this list", block.entries[0].text.line, place, notes)


def note_unread_below(lines: Iterable[int], notes: Notes) -> None:
    """Warns of what stands below an action in a list and is none of its details."""
    for line in lines:
        hint = "An action of its own belongs one level up; a detail is read as `Owner: …`, `Due: …` or `Evidence: …`."
        notes.warn("this text stands below an action and was not read", hint, line)


def _commits(table: Table, extra: ExtraWords) -> bool:
    return is_action_table(table, find_columns(table, extra), None, extra)


def _note(what: str, line: int, place: Place, notes: Notes) -> None:
    if place.section is Section.ACTIONS:
        notes.warn(f"{what} stands under {shorten(place.heading)} and was not read as an item", _HINT, line)
    else:
        unknown = f"under “{shorten(place.heading)}”, which is not read as a heading for actions"
        where = unknown if place.heading else "under no heading"
        hint = "If it holds actions, put it under `## Action items`."
        notes.warn(f"{what} stands {where}; it was not read", hint, line)


def _says_something(text: Text) -> bool:
    words = text.words
    nothing = is_nothing(words.strip(". ")) or (says_no_action(words) and not _GOES_ON.search(words))
    return not (nothing or words.endswith(":") or BLANK in words)


def _has_boxes(entries: Iterable[Entry]) -> bool:
    return any(entry.checked is not None or _has_boxes(entry.below) for entry in entries)
