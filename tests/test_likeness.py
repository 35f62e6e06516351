"""Which titles ask for the same thing: measured on pairs by hand, and the figures held."""

from __future__ import annotations

import pytest

from tests.alike_pairs import HELD_OUT_OTHER, HELD_OUT_SAME, OTHER, SAME
from tracker.likeness import Wordings, read_wording

UNHEARD = 4
UNHEARD_HELD_OUT = 5
"""Pairs for the same thing that are in words too different."""


def alike(one: str, other: str, *, related: bool = False) -> bool:
    wordings = Wordings([earlier for _new, earlier in (*SAME, *OTHER)])
    found = wordings.find(one, frozenset(range(len(SAME) + len(OTHER))) if related else frozenset())
    return other in [[*SAME, *OTHER][place][1] for place in found]


def test_finds_most_of_the_pairs_that_ask_for_the_same_thing() -> None:
    assert sum(not alike(*pair) for pair in SAME) == UNHEARD


@pytest.mark.parametrize("pair", OTHER, ids=" ~ ".join)
def test_tells_pairs_apart_that_only_look_alike(pair: tuple[str, str]) -> None:
    assert not alike(*pair)
    assert not alike(*pair, related=True)
    assert not Wordings([pair[1]]).find(pair[0]), "alone, where no word is rarer than another"


def test_holds_on_pairs_that_the_threshold_was_not_chosen_on() -> None:
    wordings = Wordings([earlier for _new, earlier in (*HELD_OUT_SAME, *HELD_OUT_OTHER)])
    heard = [place in wordings.find(new) for place, (new, _earlier) in enumerate(HELD_OUT_SAME)]
    wrong = [len(HELD_OUT_SAME) + n in wordings.find(new) for n, (new, _earlier) in enumerate(HELD_OUT_OTHER)]

    assert heard.count(False) == UNHEARD_HELD_OUT
    assert not any(wrong)


def test_what_one_title_adds_matters_less_among_related_ones() -> None:
    short, long = "Alert on replication lag", "Alert on replication lag, slow queries and deadlocks"

    assert not Wordings([long]).find(short)
    assert Wordings([long]).find(short, {0}) == [0]
    assert not Wordings([long]).find(short, {1})


@pytest.mark.parametrize("title", ["", "  ", "…", "to be", "x" * 100_000, "\x00\ud800", "<!-- -->", "🔥"])
def test_any_text_has_a_wording_and_compares(title: str) -> None:
    assert Wordings([title, "Add alerts"]).find(title) in ([], [0])
    assert len("".join(read_wording(title).stems)) <= 300


def test_finds_every_place_of_one_wording_in_order() -> None:
    assert Wordings(["Rotate keys", "Shard it", "rotate the KEY", "Rotating keys."]).find("Rotate keys") == [0, 2, 3]


def test_knows_a_word_in_its_forms_only_by_its_stem() -> None:
    forms = ("migration", "migrations", "migrating", "migrated", "migrate", "migrates")

    assert {read_wording(form).stems for form in forms} == {("migr",)}
