"""`[documents.words]` and `[findings]`: a document's words and ours, and a reason for each finding that is off."""

from __future__ import annotations

import pytest

from tests.config.reading import only_problem, parsed
from tracker.config import words as ours
from tracker.review import words
from tracker.review.words import ExtraWords


def test_the_words_of_the_config_are_those_that_documents_are_read_by() -> None:
    assert set(ours.HEADINGS) == words.SECTION_NAMES
    assert set(ours.COLUMNS) == words.COLUMN_NAMES
    assert set(ours.STATUSES) == words.STATUS_NAMES
    assert set(ours.KINDS) == words.KIND_NAMES


def test_words_and_findings_are_read() -> None:
    config = parsed(
        """
        [documents.words.headings]
        "Maßnahmen" = "Actions"
        [documents.words.columns]
        "担当者" = "owner"
        [documents.words.statuses]
        erledigt = "done"
        [documents.words.kinds]
        vorbeugend = "prevent"
        [findings]
        off = { no-question = "we ask that at the checkpoint" }
        """,
        found=True,
    )
    assert config.document_words == {
        "headings": {"Maßnahmen": "actions"},
        "columns": {"担当者": "owner"},
        "statuses": {"erledigt": "done"},
        "kinds": {"vorbeugend": "prevent"},
    }
    assert config.findings_off == {"no-question": "we ask that at the checkpoint"}
    assert ExtraWords(**config.document_words).columns == {"担当者": "owner"}


def test_nothing_said_is_nothing_changed() -> None:
    assert (parsed("").document_words, parsed("").findings_off) == ({}, {})


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[documents.words.headings]\n"Maßnahmen" = "action"', 'Maßnahmen": "action" is none of', 'mean "actions"?'),
        ('[documents.words.columns]\nWer = "xyz"', 'columns.Wer: "xyz" is none of our words', "write one of action,"),
        ('[documents.words.statuses]\nja = "Don"', 'statuses.ja: "Don" is none of our words', 'mean "done"?'),
        ("[documents.words.kinds]\nx = 3", "kinds.x: expected a kind of action, found a number", 'x = "prevent"'),
        ('[documents.words]\nheading = { a = "actions" }', "documents.words.heading: this key", "mean headings?"),
        (
            '[findings]\noff = { no-question = "" }',
            "findings.off.no-question: a finding is switched off with a reason",
            "no-question",
        ),
        ('[findings]\noff = ["no-question"]', "findings.off: expected a table, found a list", "[findings.off]"),
    ],
)
def test_a_word_that_is_none_of_ours_is_named(text: str, message: str, hint: str) -> None:
    problem = only_problem(text)
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line == 2
