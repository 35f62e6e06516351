"""The same class under a new name: labels first seen after a fix that may hide its returns. Pure.

Measured: where a quarter of the incidents after a fix are filed under another name, twice as many classes read as
quieter by mistake. Labels tell most (on 59 variants of 20 families 0.84 are found, 5 of 1,648 pairs falsely); the
failure conditions that two classes share tell of synonyms. Titles of incidents tell nothing. A person decides: an alias
in the config makes them one class, a table for each keeps them apart.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.course import Case, build_case, build_course
from reports.episodes import day_of
from reports.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from reports.basis import Basis
    from reports.course import Company

LIKE = 0.6
OVERLAP = 0.4
"""From this likeness of labels, or this overlap of conditions, two classes may be one."""

SHARED = 2
"""Conditions that two classes must share at least before their overlap says anything."""

LISTED = 40
"""Pairs worked out, the likeliest first; the rest are counted."""

_SHORT = {
    Verdict.NOT_FIXED: "not fixed yet",
    Verdict.IN_PROGRESS: "in progress",
    Verdict.WORSE: "worse",
    Verdict.TOO_EARLY: "too early to tell",
    Verdict.CAME_BACK: "came back",
    Verdict.NOT_SEEN: "quieter",
    Verdict.LESS_OFTEN: "quieter",
    Verdict.NO_CHANGE: "no clear change",
}


class Rename(Struct, frozen=True, kw_only=True):
    """A class first seen after the fix of another, that may be the same under a new name.

    `name` is the class with the fix, `label` the new one. `likeness` of the labels is between 0 and 1, `overlap` the
    frequency-weighted Jaccard of failure conditions (None where either has none), `shared` the conditions both have.
    `verdict` is that of the class as it stands, `if_same` what it would be. `said` is the whole sentence: "quieter; no
    clear change if the 3 filed under 'pool-timeout' are the same".
    """

    name: str
    label: str
    first_seen: date
    incidents: int
    likeness: float
    overlap: float | None
    shared: tuple[str, ...]
    verdict: Verdict
    if_same: Verdict
    said: str


class _Pair(Struct, frozen=True, kw_only=True):
    """A class with a fix and a new one that may be the same."""

    fixed: Case
    new: Case
    likeness: float
    overlap: float | None
    shared: tuple[str, ...]


def build_renames(
    cases: Mapping[str, Case], company: Company, basis: Basis, of: Container[str] | None = None
) -> tuple[tuple[Rename, ...], int]:
    """The likeliest renames, those that change a verdict first, and how many more there are.

    With `of`, those of these classes alone.
    """
    candidates = _candidates(cases, basis)
    if of is not None:
        candidates = [(fixed, new) for fixed, new in candidates if fixed.course.name in of]
    pairs = _likely(candidates)
    pairs.sort(key=lambda pair: (-max(pair.likeness, pair.overlap or 0), pair.fixed.course.name, pair.new.course.name))
    renames = [_rename(pair, company, basis) for pair in pairs[:LISTED]]
    renames.sort(key=lambda found: (found.if_same is found.verdict, found.name, found.label))
    return tuple(renames), max(len(pairs) - LISTED, 0)


def _candidates(cases: Mapping[str, Case], basis: Basis) -> list[tuple[Case, Case]]:
    """Each class whose clock runs with those first seen later, but for two that the config declares: they differ."""
    fixed = [(last, case) for case in cases.values() if (last := case.course.clock.last) is not None]
    seen = [(case.course.occurrences[0].latest_start, case) for case in cases.values() if case.course.occurrences]
    declared = basis.titles.keys()
    return [
        (case, new)
        for last, case in fixed
        for first, new in seen
        if first > last and not (case.course.name in declared and new.course.name in declared)
    ]


def _likely(candidates: Sequence[tuple[Case, Case]]) -> list[_Pair]:
    if not candidates:
        return []
    from rapidfuzz import fuzz

    profiles = {name: _profile(case) for pair in candidates for case in pair for name in (case.course.name,)}
    words = {name: name.replace("-", " ") for name in profiles}
    squashed = {name: name.replace("-", "") for name in profiles}
    pairs = []
    for fixed, new in candidates:
        one, other = fixed.course.name, new.course.name
        letters = fuzz.ratio(squashed[one], squashed[other])
        likeness = max(letters, fuzz.token_set_ratio(words[one], words[other])) / 100
        shared = profiles[one].keys() & profiles[other].keys()
        if likeness < LIKE and len(shared) < SHARED:
            continue
        overlap = _overlap(profiles[one], profiles[other])
        if likeness >= LIKE or (overlap is not None and overlap >= OVERLAP):
            pair = _Pair(fixed=fixed, new=new, likeness=likeness, overlap=overlap, shared=tuple(sorted(shared)))
            pairs.append(pair)
    return pairs


def _profile(case: Case) -> dict[str, float]:
    """The share of the incidents of a class that have each failure condition."""
    occurrences = case.course.occurrences
    counts = Counter(condition for one in occurrences for condition in one.conditions if condition)
    return {condition: count / len(occurrences) for condition, count in counts.items()}


def _overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """The frequency-weighted Jaccard index (Ruzicka's): the sum of the smaller shares over that of the larger."""
    if not one or not other:
        return None
    both = sorted(one.keys() | other.keys())
    smaller = sum(min(one.get(name, 0.0), other.get(name, 0.0)) for name in both)
    return smaller / sum(max(one.get(name, 0.0), other.get(name, 0.0)) for name in both)


def _rename(pair: _Pair, company: Company, basis: Basis) -> Rename:
    fixed, new = pair.fixed.course, pair.new.course
    known = {one.id for one in fixed.occurrences}
    added = [one for one in new.occurrences if one.id not in known]
    joined = build_course(fixed.name, [*fixed.occurrences, *added], [*fixed.aimed, *new.aimed], fixed.now, basis)
    if_same = build_case(joined, company, (fixed.name, new.name)).verdict
    return Rename(
        name=fixed.name,
        label=new.name,
        first_seen=day_of(new.occurrences[0], basis.zone),
        incidents=len(new.occurrences),
        likeness=pair.likeness,
        overlap=pair.overlap,
        shared=pair.shared,
        verdict=pair.fixed.verdict,
        if_same=if_same,
        said=_say(pair.fixed.verdict, if_same, len(new.occurrences), new.name),
    )


def _say(verdict: Verdict, if_same: Verdict, incidents: int, label: str) -> str:
    those = f"the one filed under '{label}' is the same"
    if incidents > 1:
        those = f"the {incidents:,} filed under '{label}' are the same"
    if if_same is verdict:
        return f"{_SHORT[verdict]}; no other verdict if {those}"
    then = "came back less often" if if_same is Verdict.LESS_OFTEN else _SHORT[if_same]
    return f"{_SHORT[verdict]}; {then} if {those}"
