"""What the words of a document stand for: those of `vocabulary`, and the extra ones of a config. Pure.

Recognition only: what a column's cell or a section's list then means is decided in `tables`, `lists` and `header`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import force_setattr

from tracker.model import Horizon, Kind, Role, Status
from tracker.review import vocabulary
from tracker.review.vocabulary import Column, Moment, Section

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("Column", "Moment", "Section")

T = TypeVar("T")

#: What the right-hand sides of `ExtraWords` may say. Names of header fields are columns of a metadata table.
HEADER_NAMES = (
    "id",
    "title",
    "class",
    "severity",
    "service",
    "team",
    "started",
    "detected",
    "mitigated",
    "reviewed",
    "incidents",
)
_SECTIONS: Mapping[str, Section | Horizon] = {
    "actions": Section.ACTIONS,
    "taken": Section.TAKEN,
    "proposed": Section.PROPOSED,
    "conditions": Section.CONDITIONS,
    "timeline": Section.TIMELINE,
    "human context": Section.HUMAN,
    "set aside": Section.SET_ASIDE,
    "immediate": Horizon.IMMEDIATE,
    "systemic": Horizon.SYSTEMIC,
}
_COLUMNS: Mapping[str, Column] = {
    **{column.value: column for column in Column},
    "evidence": Column.PROOF,
    "question": Column.QUESTION,
    "what": Column.WHAT,
}
_STATUSES: Mapping[str, Status] = {
    status.value: status
    for status in (Status.OPEN, Status.IN_PROGRESS, Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE)
}
_KINDS: Mapping[str, Kind] = {kind.value: kind for kind in Kind}
SECTION_NAMES = frozenset(_SECTIONS)
COLUMN_NAMES = frozenset((*_COLUMNS, *HEADER_NAMES))
STATUS_NAMES = frozenset(_STATUSES)
KIND_NAMES = frozenset(_KINDS)


class ExtraWords(Struct, frozen=True, kw_only=True):
    """Words of another language or company: the document's word -> one of the names above, in each of four places.

    `headings` may also name a horizon, `columns` a header field of a metadata table. A right-hand side that is not
    known means nothing here: the config says so.
    """

    headings: Mapping[str, str] = {}
    columns: Mapping[str, str] = {}
    statuses: Mapping[str, str] = {}
    kinds: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            words = getattr(self, name).items()
            force_setattr(self, name, {bare(word): bare(meaning) for word, meaning in words if bare(word)})


NO_WORDS = ExtraWords()

_LONGEST_GUESS = 100
_MOST_GUESSES = 100
_OUTRIGHT = re.compile(
    r"\b(?:actions?|tasks?|to ?do|follow ups?|recommendations?|remediation|next steps?|work items?)\b"
)
_NUMBERING = re.compile(r"^\s*(?:\d+[.)]|[ivx]+[.)])+\s*")
_SEPARATORS = re.compile(r"[\W_]+")
# Scripts written without spaces: a word of theirs is found inside a longer one.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_PIECES = re.compile(r"[()\[\]/:|\u2013\u2014\uff08\uff09\uff0f\uff1a]")


def bare(text: str) -> str:
    """The words of a heading, a column name or a value: lower case, without numbering, emoji and punctuation."""
    text = _NUMBERING.sub("", text.lower().replace("(s)", ""))
    if text.isascii():
        return _SEPARATORS.sub(" ", text).strip()
    # Marks on letters and vowel signs belong to the letters of many scripts.
    letters = (c if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in _normal(text))
    return " ".join("".join(letters).split())


def _normal(text: str) -> str:
    """One spelling for the full-width and the composed forms of a letter; the selectors of emoji are dropped."""
    return unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "")


def find_column(name: str, extra: ExtraWords = NO_WORDS, *, whole: bool = False) -> Column | None:
    """What the column of this name holds; None where no word table knows it, with `whole` all of it.

    A longer name is known by the known words in it, the last ones deciding: an "Action owner" is an owner.
    """
    words = bare(name)
    if not words and name.strip() == "#":
        return Column.ID
    if meaning := _extra_meaning(name, words, extra.columns):
        return _COLUMNS.get(meaning)
    known = vocabulary.COLUMNS.get(words)
    return known if known or whole else _last_within(words, vocabulary.COLUMNS)


def find_header_name(name: str, extra: ExtraWords = NO_WORDS) -> str:
    """The header field that a key of this name stands for by the extra words; empty for none."""
    meaning = extra.columns.get(bare(name), "")
    return meaning if meaning in HEADER_NAMES else ""


def names_actions(column: str, extra: ExtraWords = NO_WORDS) -> bool:
    """Whether a column of this name holds actions outright, and not just titles or descriptions of anything."""
    words = bare(column)
    return _OUTRIGHT.search(words) is not None or _extra_meaning(column, words, extra.columns) == Column.ACTION


def find_section(heading: str, extra: ExtraWords = NO_WORDS, *, whole: bool = False) -> Section | None:
    """What stands under this heading; with `whole` only where the heading says nothing else."""
    words = bare(heading)
    meaning = extra.headings.get(words, "") if whole else _extra_meaning(heading, words, extra.headings)
    if meaning in _SECTIONS:
        section = _SECTIONS[meaning]
        return section if isinstance(section, Section) else None
    known = vocabulary.HEADINGS.get(words) or vocabulary.WHOLE_HEADINGS.get(words)
    if known is None and any(words.removeprefix(term).strip() in vocabulary.ACTION_NOUNS for term in _terms(words)):
        known = Section.ACTIONS
    if known or whole:
        return known
    found = {section for phrase, section in vocabulary.HEADINGS.items() if _within(phrase, words)}
    return next((section for section in vocabulary.HEADINGS.values() if section in found), None)


def _terms(words: str) -> tuple[str, ...]:
    return tuple(term for term in vocabulary.TERMS if words.startswith(f"{term} "))


def names_section(heading: str, extra: ExtraWords = NO_WORDS) -> bool:
    """Whether a heading only says which part of a document follows, and so is no title of the whole."""
    words = bare(heading)
    return find_section(heading, extra, whole=True) is not None or words in vocabulary.OTHER_SECTIONS


def find_kind(text: str, extra: ExtraWords = NO_WORDS) -> Kind | None:
    """The kind of an action, in any of the spellings seen."""
    words = bare(text)
    return _KINDS.get(extra.kinds.get(words, "")) or vocabulary.KINDS.get(words)


def find_horizon(text: str, extra: ExtraWords = NO_WORDS) -> Horizon | None:
    """The horizon that a cell or a sub-heading names."""
    words = bare(text)
    named = _SECTIONS.get(_extra_meaning(text, words, extra.headings))
    if isinstance(named, Horizon):
        return named
    horizons = vocabulary.HORIZONS
    return horizons.get(words) or next((h for phrase, h in horizons.items() if words.startswith(f"{phrase} ")), None)


def find_role(text: str) -> Role | None:
    """The role of a failure condition."""
    return vocabulary.ROLES.get(bare(text))


def find_moment(text: str) -> Moment | None:
    """Which of the three times a timeline's row of this kind gives."""
    return vocabulary.MOMENTS.get(bare(text))


def translate_status(text: str, extra: ExtraWords) -> str:
    """The text with our word for the status that it begins with, where the extra words know one."""
    said = _normal(text).strip()
    for word in sorted(extra.statuses, key=len, reverse=True):
        rest = said[len(word) :]
        if said.lower().startswith(word) and (not rest[:1].isalpha() or _UNSPACED.match(word)):
            meaning = extra.statuses[word]
            return f"{meaning} {rest}".strip() if meaning in _STATUSES else text
    return text


def _extra_meaning(text: str, words: str, table: Mapping[str, str]) -> str:
    """What the extra words say of a name: of all of it, or of one of its parts, as in `対応策 (Action items)`."""
    if not table:
        return ""
    if words in table:
        return table[words]
    parts = (bare(part) for part in _PIECES.split(text[:_LONGEST_GUESS]))
    return next((table[part] for part in parts if part in table), "")


def suggest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; empty where none is close."""
    if len(word) > _LONGEST_GUESS:
        return ""
    return next(iter(get_close_matches(word, list(islice(known, _MOST_GUESSES)), n=1, cutoff=0.6)), "")


def _within(phrase: str, words: str) -> bool:
    return f" {phrase} " in f" {words} "


def _last_within(words: str, table: Mapping[str, T]) -> T | None:
    padded = f" {words} "
    ends = [
        (padded.rfind(f" {phrase} ") + len(phrase), len(phrase), phrase) for phrase in table if _within(phrase, words)
    ]
    return table[max(ends)[2]] if ends else None
