"""Words of other languages: found where ours are found, and nothing else changes."""

# ruff: noqa: RUF001 - full-width punctuation is what these documents hold

from __future__ import annotations

import pytest

from tracker.model import Horizon, Kind, Status
from tracker.review.claims import find_status
from tracker.review.markdown import parse_document
from tracker.review.words import (
    COLUMN_NAMES,
    KIND_NAMES,
    SECTION_NAMES,
    STATUS_NAMES,
    Column,
    ExtraWords,
    Section,
    bare,
    find_column,
    find_header_name,
    find_horizon,
    find_kind,
    find_section,
)

EXTRA = ExtraWords(
    headings={"Maßnahmen": "actions", "対応策": "actions", "Kurzfristig": "immediate", "Unfug": "nonsense"},
    columns={"担当者": "owner", "Fällig bis": "due", "Schweregrad": "severity", "Nachweis": "evidence"},
    statuses={"erledigt": "done", "in Arbeit": "in progress", "verworfen": "not planned", "完了": "done"},
    kinds={"予防": "prevent"},
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## 担当者（必須）", "担当者 必須"),
        ("Fällig\u00a0bis:", "fällig bis"),
        ("Fa\u0308llig", "fällig"),
        ("काम", "काम"),
        ("ＩＤ", "id"),
        ("🚀 Maßnahmen ✅", "maßnahmen"),
        ("1. Owner(s)", "owner"),
        ("担当・期限", "担当 期限"),
    ],
)
def test_letters_of_every_script_are_kept(text: str, words: str) -> None:
    assert bare(text) == words


def test_each_sort_of_word_is_found() -> None:
    assert find_section("2. Maßnahmen 🚀", EXTRA) is Section.ACTIONS
    assert find_section("対応策 (Action items)", EXTRA) is Section.ACTIONS
    assert find_section("今後（対応策）", EXTRA, whole=True) is None
    assert find_horizon("Kurzfristig:", EXTRA) is Horizon.IMMEDIATE
    assert find_column("担当者", EXTRA) is Column.OWNER
    assert find_column("Nachweis / Beleg", EXTRA) is Column.PROOF
    assert find_header_name("Schweregrad", EXTRA) == "severity"
    assert find_column("Schweregrad", EXTRA) is None
    assert find_kind("予防", EXTRA) is Kind.PREVENT


def test_our_words_still_count_beside_them_and_unknown_meanings_mean_nothing() -> None:
    assert find_section("Action items", EXTRA) is Section.ACTIONS
    assert find_column("Owner", EXTRA) is Column.OWNER
    assert find_section("Unfug", EXTRA) is None
    assert find_section("Maßnahmen") is None


def test_an_extra_word_counts_before_ours() -> None:
    assert find_section("Remediation", ExtraWords(headings={"remediation": "taken"})) is Section.TAKEN
    assert find_column("Action", ExtraWords(columns={"action": "status"})) is Column.STATUS


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("erledigt", Status.DONE),
        ("**Erledigt** 2026-05-22", Status.DONE),
        ("erledigt (#12)", Status.DONE),
        ("n/a", None),
        ("in Arbeit", Status.IN_PROGRESS),
        ("verworfen", Status.NOT_PLANNED),
        ("完了", Status.DONE),
        ("erledigt? nein", None),
        ("unerledigt", None),
        ("erledigte Teile", None),
    ],
)
def test_a_status_of_another_language_is_as_strict_as_ours(text: str, status: Status | None) -> None:
    assert find_status(text, EXTRA) is status


def test_the_names_that_a_config_may_use() -> None:
    assert {"actions", "timeline", "taken", "immediate"} <= SECTION_NAMES
    assert {"action", "owner", "due", "issue", "evidence", "question", "severity", "started"} <= COLUMN_NAMES
    assert {"open", "in progress", "done", "not planned", "duplicate"} == STATUS_NAMES
    assert {"prevent", "detect", "mitigate", "process"} == KIND_NAMES


def test_fields_in_a_sentence_and_below_an_entry_are_found() -> None:
    text = "## Maßnahmen\n\n- Alarm bauen (Fällig bis: 30.11.2026)\n- Knoten tauschen\n  - 担当者：田中\n"
    review = parse_document(text, "", EXTRA).review
    assert review is not None
    assert [(i.title, i.owner, str(i.due)) for i in review.items] == [
        ("Alarm bauen", None, "2026-11-30"),
        ("Knoten tauschen", "田中", "None"),
    ]
