"""What is said beside a document (flags) and the confidence scores in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.marker import parse_markers, render_marker
from tracker.model import ActionItem, Commitment, Confidence, ReviewHeader, Severity
from tracker.review.documents import load_review
from tracker.review.header import Given
from tracker.review.markdown import parse_document

if TYPE_CHECKING:
    from pathlib import Path

FULL = "---\nid: X\ntitle: T\nclass: a\nseverity: sev1\nstarted: 2026-01-01T00:00:00Z\n---\n# Other\n"
ALL = Given(
    id="INC-9",
    title="Down",
    incident_class="Config rollout",
    severity="SEV-2",
    service="pay",
    team="core",
    started="2026-02-02T10:00:00Z",
    detected="2026-02-02T10:05:00Z",
    mitigated="2026-02-02T11:00:00Z",
    reviewed="2026-02-05",
    tracker="main",
    url="https://example.com/inc/9",
)


@pytest.mark.parametrize("text", ["", FULL, "Severity: sev4\nTeam: other\n", "+++\nid = 'Z'\n+++\n"])
def test_what_is_given_counts_before_the_document(text: str) -> None:
    document = parse_document(text, "file.md", given=ALL)
    assert document.review is not None
    assert document.problems == ()
    assert document.named_by_file is False
    assert document.review.header == ReviewHeader(
        id="INC-9",
        title="Down",
        incident_class="config-rollout",
        severity="sev2",
        service="pay",
        team="core",
        started=datetime(2026, 2, 2, 10, tzinfo=UTC),
        detected=datetime(2026, 2, 2, 10, 5, tzinfo=UTC),
        mitigated=datetime(2026, 2, 2, 11, tzinfo=UTC),
        reviewed=date(2026, 2, 5),
        tracker="main",
        url="https://example.com/inc/9",
    )


def test_what_is_not_given_stays() -> None:
    review = parse_document(FULL, given=Given(severity="sev3")).review
    assert review is not None
    assert (review.header.id, review.header.title, review.header.severity) == ("X", "T", "sev3")


def test_a_bad_value_of_the_document_is_no_problem_where_another_is_given() -> None:
    text = "---\nid: X\nstarted: at noon\n---\n"
    assert parse_document(text, given=Given(started="2026-01-01T00:00:00Z")).problems == ()


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        (Given(started="at noon"), "--started"),
        (Given(detected="2026-13-01T00:00Z"), "--detected"),
        (Given(mitigated="x"), "--mitigated"),
        (Given(reviewed="soon"), "--reviewed"),
        (Given(url="ftp://x"), "--url"),
        (Given(id="a b"), "--id"),
    ],
)
def test_a_bad_value_names_its_flag(given: Given, flag: str) -> None:
    errors = [p for p in parse_document(FULL, given=given).problems if p.severity is Severity.ERROR]
    assert [flag in problem.message for problem in errors] == [True]
    assert errors[0].hint


def test_files_take_what_is_given(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("## Action items\n\n- Add an alert\n", encoding="utf-8")
    review, _ = load_review(path, given=ALL)
    assert review is not None
    assert (review.id, review.items[0].title) == ("INC-9", "Add an alert")


YAML = """---
id: X
confidence:
  - {role: on-call, score: 4, date: 2026-10-05}
  - role: service owner
    score: 2/5
---
"""
SCORES = (Confidence(role="on-call", score=4, on=date(2026, 10, 5)), Confidence(role="service owner", score=2))


def test_confidence_is_read_and_travels_in_the_marker() -> None:
    review = parse_document(YAML).review
    assert review is not None
    assert review.header.confidence == SCORES
    now = datetime(2026, 10, 6, tzinfo=UTC)
    sent = Commitment(review=review.header, item=ActionItem(title="t", id="A1"), committed=now, pushed=now)
    assert list(parse_markers(render_marker(sent))) == [sent]


def test_a_marker_without_confidence_still_decodes() -> None:
    old = '{"id":"X","title":"T","conditions":[{"name":"a"}]}'
    assert msgspec.json.decode(old, type=ReviewHeader).confidence == ()


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ("confidence: 4\n", 3, "is not a list"),
        ("confidence: [4, 5]\n", 3, "is not a list"),
        ("confidence:\n  - {role: a, score: 4}\n  - 3\n", 5, "names no role"),
        ("confidence:\n  - {score: 4}\n", 4, "names no role"),
        ("confidence:\n  - {role: a}\n", 4, "there is no score"),
        ("confidence:\n  - {role: a, score: 6}\n", 4, "“6” is not a score from 1 to 5"),
        ("confidence:\n  - {role: a, score: high}\n", 4, "“high” is not a score"),
        ("confidence:\n  - {role: a, score: 3, date: soon}\n", 4, "“soon” is not a date"),
        ("confidence:\n  role: a\n", 3, "there is no score"),
    ],
)
def test_a_bad_score_is_a_problem_with_its_line(lines: str, line: int, message: str) -> None:
    document = parse_document(f"---\nid: X\n{lines}---\n")
    found = [(p.line, p.severity) for p in document.problems if message in p.message]
    assert found in ([(line, Severity.ERROR)], [(line + 1, Severity.ERROR)] if "role: a\n" in lines else [])
    assert all(problem.hint for problem in document.problems)


def test_confidence_of_toml() -> None:
    text = "+++\nid = 'X'\n[[confidence]]\nrole = 'on-call'\nscore = 4\ndate = 2026-10-05\n+++\n"
    document = parse_document(text)
    assert document.problems == ()
    assert document.review is not None
    assert document.review.header.confidence == SCORES[:1]
    bad = parse_document(text.replace("4", "7"))
    assert [(p.line, "“7”" in p.message) for p in bad.problems] == [(3, True)]
