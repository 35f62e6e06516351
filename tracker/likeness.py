"""How alike two titles of action items are, though worded differently. Pure.

A title becomes stems without filler words. Stems that both have, weighted by how rare they are, speak for one request.
Stems that stand against each other (disk, memory), other numbers (db-1, db-2) and a contrary verb (enable, disable)
speak against it. `ALIKE` was chosen on the pairs of `tests/alike_pairs.py`, which measure what it finds: of 36 that ask
for the same thing 32, of 37 that do not none (precision 100 %, recall 89 %); of pairs held out 13 of 18, and none of 18
(100 %, 72 %). Other words for the same thing (disk full, out of space) are not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

ALIKE = 0.79
"""Titles at least this alike ask for the same thing."""

_CLOSE = 0.8
"""Stems of five letters or more with this difflib ratio are one word with a slip of the pen."""

_TITLE_LIMIT = 300
_CANDIDATES = 60
"""Characters of a title that are read, and wordings that are compared in full with a new one."""

_WORD = re.compile("[\u30a0-\u30ff]+|[\u3400-\u9fff]+|[^\\W_\u3040-\u30ff\u3400-\u9fff]+")
"""A run of letters and digits. Japanese has no spaces: Han and katakana are words, hiragana only binds them."""


def _words(text: str) -> list[str]:
    return text.split()


_FILLER = frozenset(
    _words(
        "a an the of in on at to for from by with within into is are be been it its this that these those when if so "
        "them and or as we our us you they their there should must shall can could will would need needs please also "
        "than then before after during each every all any some most very one add create implement introduce set make "
        "ensure build write put have has get use run do new number "
        "der die das und oder für bei mit von zu im ein eine einen einrichten"
    )
)
_LESS = _words("not no never without stop remove disable delete drop eliminate reduce lower decrease shorten block")
_MORE = _words("increase raise extend enable allow more")
_DIRECTIONS = dict.fromkeys(_LESS, True) | dict.fromkeys(_MORE, False)
"""Words that only say which way: True where there shall be less of something, or none."""

_SPELT = {
    "configuration": "config", "configurations": "config", "cfg": "config", "db": "database", "dbs": "database",
    "k8s": "kubernetes", "doc": "document", "docs": "document", "documentation": "document", "prod": "production",
    "cert": "certificate", "certs": "certificate", "auth": "authentication", "repo": "repository",
    "env": "environment", "alarm": "alert", "alarms": "alert", "quarterly": "quarter",
}  # fmt: skip
_ENDINGS = _words(
    "izations ization ically ations ation ating ators ated ator ates ments ment ings ions ate ing ion ics ies ied ers "
    "ed er es ic ly s e y"
)


class Wording(Struct, frozen=True, kw_only=True, gc=False):
    """A title as it is compared: its stems in order, its numbers, and whether it asks for less of something."""

    stems: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    is_less: bool = False


def read_wording(title: str) -> Wording:
    """The wording of a title; of an endless one, of its beginning."""
    words = _WORD.findall(unicodedata.normalize("NFKC", title[:_TITLE_LIMIT]).casefold())
    telling = [word for word in words if word not in _FILLER and word not in _DIRECTIONS] or words
    return Wording(
        stems=tuple(dict.fromkeys(map(_stem, telling))),
        numbers=frozenset(number for word in telling if not word.isalpha() for number in re.findall(r"\d+", word)),
        is_less=any(_DIRECTIONS.get(word, False) for word in words),
    )


class Wordings:
    """The wordings of earlier titles, found again by their words; how rare a word is among them gives its weight."""

    def __init__(self, titles: Iterable[str]) -> None:
        places: dict[Wording, list[int]] = {}
        for place, title in enumerate(titles):
            places.setdefault(read_wording(title), []).append(place)
        self._known = tuple(places.items())
        self._index: dict[str, list[int]] = {}
        for number, wording in enumerate(places):
            for stem in wording.stems:
                self._index.setdefault(stem, []).append(number)
        self._unseen = 1 + log(len(places) + 1)

    def find(self, title: str, related: AbstractSet[int] = frozenset()) -> list[int]:
        """The places, counted from 0, of the titles that ask for the same; among `related` ones less is enough."""
        mine = read_wording(title)
        found: list[int] = []
        for wording, places in self._candidates(mine):
            near = [place for place in places if place in related]
            if self.compare(mine, wording) >= ALIKE:
                found += places
            elif near and self.compare(mine, wording, related=True) >= ALIKE:
                found += near
        return sorted(found)

    def _candidates(self, mine: Wording) -> list[tuple[Wording, list[int]]]:
        """Those that share most words with it, for their own length."""
        shared = Counter(number for stem in mine.stems for number in self._index.get(stem, ()))
        best = nlargest(
            _CANDIDATES, shared, key=lambda number: shared[number] / (len(self._known[number][0].stems) + 1)
        )
        return [self._known[number] for number in best]

    def compare(self, one: Wording, other: Wording, *, related: bool = False) -> float:
        """How alike two wordings are, from 0 to 1; if `related`, what only one of them adds matters less."""
        mine, theirs = _join(one.stems, other.stems), _join(other.stems, one.stems)
        shared, rest, left = _match(mine, theirs)
        if mine != theirs and len(shared) < 2:
            return 0.0
        common, extra, lacking = self._weigh(shared), self._weigh(rest), self._weigh(left)
        whole = common / (common + extra + lacking or 1)
        contained = common / (common + min(extra, lacking) or 1)
        letters = SequenceMatcher(None, "".join(mine), "".join(theirs), autojunk=False).ratio()
        score = 0.2 * letters + (0.2 * whole + 0.6 * contained if related else 0.4 * whole + 0.4 * contained)
        if one.is_less != other.is_less:
            score *= 0.6
        if one.numbers and other.numbers and one.numbers.isdisjoint(other.numbers):
            score *= 0.7
        return score

    def _weigh(self, stems: Iterable[str]) -> float:
        return sum(self._unseen - log(len(self._index.get(stem, ())) + 1) for stem in stems)


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    """The word without its ending: only for comparing, never shown."""
    word = _SPELT.get(word, word)
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3 and not (ending == "s" and stem[-1] in "su"):
            is_doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz"
            return stem[:-1] if is_doubled else stem
    return word


def _join(stems: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """The stems, two side by side as one where the other title writes them so: `roll out`, `rollout`."""
    joined: list[str] = []
    for stem in stems:
        if joined and joined[-1] not in others and joined[-1] + stem in others:
            joined[-1] += stem
        else:
            joined.append(stem)
    return joined


def _match(mine: list[str], theirs: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The stems that both have, or nearly so; those that are left of the first, and of the other."""
    shared = [stem for stem in mine if stem in theirs]
    left = [stem for stem in theirs if stem not in shared]
    rest: list[str] = []
    for stem in (stem for stem in mine if stem not in shared):
        twin = next((other for other in left if _is_close(stem, other)), None)
        if twin is None:
            rest.append(stem)
        else:
            shared.append(stem)
            left.remove(twin)
    return shared, rest, left


def _is_close(one: str, other: str) -> bool:
    short = min(len(one), len(other))
    if short >= 4 and (one.startswith(other) or other.startswith(one)):
        return True
    return short >= 5 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _CLOSE
