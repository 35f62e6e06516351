"""Reading never raises, invents nothing, and ends soon, whatever the text is."""

# ruff: noqa: RUF001 - full-width punctuation is what these documents hold

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tracker.model import Severity
from tracker.review.lint import lint_document
from tracker.review.markdown import MOST_ROWS, parse_document
from tracker.review.words import ExtraWords

# Pieces that mean something to the parser, so that random documents reach deep into it.
PIECES = st.sampled_from(
    [
        "---\n",
        "+++\n",
        "id: X\n",
        "started: 2026-",
        "## Action items\n",
        "## Failure conditions\n",
        "## Timeline\n",
        "## Proposed\n",
        "| Action | Owner | Due |\n",
        "|---|---|---|\n",
        "| a | @b | 2026-13-1 |\n",
        "|",
        "- ",
        "  - ",
        "- [x] ",
        "1. ",
        "**Owner:** ",
        "due ",
        "by 2026-02-30",
        "~~",
        "**",
        "[",
        "](",
        ")",
        "<br>",
        "<!--",
        "-->",
        "> ",
        "`",
        "#12",
        "PAY-3",
        "a/b#4",
        "https://e.example/pull/5",
        "&a",
        "*a",
        ": ",
        "\n",
        "\n\n",
        "\r",
        "\0",
        "\\",
        "(",
        "]",
        "| Time | Kind |\n|-|-|\n",
        "| Condition | Role |\n|-|-|\n",
        "FILL-IN",
        "\ud800",
        "\ufeff",
        "日本語",
        "٣/٤/٢٠٢٦",
        "• ",
        "A1. ",
        "<h2>",
        "</h2>",
        "担当者：",
        "Owner: a\n",
        "### 1. Do\n",
        "| Action | x |\n|-|-|\n| Owner | b |\n",
        "confidence:\n  - {role: a, score: 9}\n",
        "[[confidence]]\n",
        '~"a::b"',
        " -> Ana",
        "(Prevent)",
    ]
)
DOCUMENTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join)


@given(DOCUMENTS)
@settings(max_examples=120, deadline=None)
def test_reading_never_raises_and_lines_lie_inside_the_text(text: str) -> None:
    document = parse_document(text, "x.md")
    last = text.count("\n") + text.count("\r") + 1
    for problem in document.problems + lint_document(document):
        assert 1 <= problem.line <= last
        assert problem.message
        assert problem.hint
    assert document.review is not None
    assert all(1 <= item.line <= last and item.title for item in document.review.items)


CORPUS = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "documents").glob("*.md"))]
EXTRA = ExtraWords(
    headings={"日本語": "actions", "x": "immediate"},
    columns={"担当者": "owner", "日": "due", "strange (": "action", "sev": "severity"},
    statuses={"日本": "done", "a": "open"},
    kinds={"b": "prevent", "c": "no such kind"},
)


@given(st.sampled_from(CORPUS), st.data())
@settings(max_examples=150, deadline=None)
def test_documents_that_are_cut_or_changed_anywhere_are_read(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        until = data.draw(st.one_of(st.just(at), st.integers(at, min(len(text), at + 30)), st.just(len(text))))
        text = text[:at] + data.draw(st.one_of(st.just(""), PIECES, st.text(max_size=5))) + text[until:]
    last = text.count("\n") + text.count("\r") + 1
    for extra in (None, EXTRA):
        document = parse_document(text, "x.md", extra)
        assert document.review is not None
        assert all(1 <= item.line <= last and item.title for item in document.review.items)
        assert all(1 <= problem.line <= last for problem in document.problems + lint_document(document))


@given(st.sampled_from(CORPUS), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_lines_added_above_a_document_only_move_its_items(text: str, above: int) -> None:
    """What is read does not depend on where in the file it stands, as long as no front matter is moved."""
    if text.startswith(("---", "+++")):
        return
    before, after = parse_document(text).review, parse_document("\n" * above + text).review
    assert before is not None
    assert after is not None
    assert after.items == tuple(structs.replace(item, line=item.line + above) for item in before.items)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    lint_document(parse_document(text, text))


PROSE = st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="-+*|).•◦▪‣●○∙"), min_size=1)


@given(st.lists(PROSE, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_prose_under_a_heading_for_actions_is_never_an_item(paragraphs: list[str]) -> None:
    document = parse_document("## Action items\n\n" + "\n\n".join(paragraphs))
    assert document.review is not None
    assert document.review.items == ()


@given(st.integers(1, 30), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=30, deadline=None)
def test_each_row_is_one_item_on_its_own_line(rows: int, newline: str) -> None:
    lines = ["# T", "", "## Action items", "", "|Action|", "|-|", *(f"|Do {n}|" for n in range(rows))]
    document = parse_document(newline.join(lines))
    assert document.review is not None
    assert [(item.title, item.line) for item in document.review.items] == [(f"Do {n}", n + 7) for n in range(rows)]


ACTIONS = "## Action items\n\n"
HOSTILE = {
    "ten megabytes": ("a" * 10_000_000, "the document is longer than"),
    "too many lines": ("a\n" * 30_000, "the document is longer than"),
    "yaml bomb": ("---\na: &a [x, x]\nb: [*a, *a]\n---\n", "anchor or alias"),
    "deep yaml list": (f"---\na: {'[' * 50_000}\n---\n", "nested too deeply"),
    "deep yaml map": (f"---\na: {'{a: ' * 10_000}\n---\n", "nested too deeply"),
    "long front matter": (f"---\na: {'x' * 70_000}\n---\n", "longer than 64,000"),
    "many keys": ("---\n" + "".join(f"k{n}: 1\n" for n in range(5000)) + "---\n", "more than 100 keys"),
    "deep toml": (f"+++\na = {'[' * 50_000}\n+++\n", "not valid TOML"),
    "many rows": (ACTIONS + "|Action|\n|-|\n" + "|a|\n" * 11_000, "more than 10,000 rows"),
    "many entries": (ACTIONS + "- a\n" * 11_000, "more than 10,000 rows"),
    "deep quotes and lists": (ACTIONS + ">" * 50_000 + "- " * 50_000, ""),
    "brackets": (ACTIONS + "- " + "[" * 200_000, ""),
    "marked up brackets": (ACTIONS + ("- " + "![" * 20 + "*a_ " * 300 + "\n") * 20, ""),
    "spaces": (ACTIONS + "- owner: a" + " " * 200_000 + "b", ""),
    "commas": (ACTIONS + "- fix #1 (" + ", " * 80_000 + "x", ""),
    "references": (ACTIONS + "- " + "#1 " * 80_000, ""),
    "dashes": (ACTIONS + "- x" + " — a" * 80_000, ""),
    "commas and people": (ACTIONS + "- x" + ", @a" * 80_000, ""),
    "html": (ACTIONS + "<div>" + "<summary <!-- <" * 50_000, ""),
    "a long status": (ACTIONS + "|Action|Status|\n|-|-|\n|x|done" + " (a) -1-1 a" * 80_000 + "|\n", ""),
    "many statuses": (ACTIONS + "|Action|Status|\n|-|-|\n" + ("|x|done " + "a.-" * 62 + "|\n") * 5_000, ""),
    "hyphens": (ACTIONS + "- x" + "-a" * 80_000, ""),
    "many scores": ("---\nconfidence:\n" + "  - {role: a, score: 3}\n" * 2_000 + "---\n", "more than 100 entries"),
    "headings in html": (ACTIONS + "<div>" + "<h1>a" * 60_000, ""),
    "bullets": (ACTIONS + "• a - B\n" * 9_000, ""),
    "names at the end": (ACTIONS + "- " + "a -- B" * 50_000 + "\n- x -- Bo\n", ""),
    "labels": (ACTIONS + "- x " + '~"a' * 50_000, ""),
    "struck": (ACTIONS + "- " + "~~a~~ " * 600 + "\n" + "- ~~a~~ see b\n" * 2_000, ""),
    "brackets at the end": (ACTIONS + "- x" + " (a" * 50_000 + "\n- y" + "(a)" * 50_000 + "\n", ""),
    "emoji": (ACTIONS + "|Action|Status|\n|-|-|\n" + ("|x|" + "🟢 " * 60 + "|\n") * 4_000, ""),
    "described": (ACTIONS + "### 1. Do it\n\nOwner: a\nTicket: #1\n\n" * 4_000, ""),
    "wide": (ACTIONS + "|" + "a|" * 2_000 + "Owner|\n" + "|-" * 2_001 + "|\n" + ("|" + "b|" * 2_001 + "\n") * 30, ""),
    "conditions": (ACTIONS + "|Action|Conditions|\n|-|-|\n|x|" + "a, " * 80_000 + "|\n", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_read_or_refused_in_bounded_time(name: str) -> None:
    text, message = HOSTILE[name]
    start = time.process_time()
    document = parse_document(text)
    lint_document(document)
    assert time.process_time() - start < 5
    errors = [problem.message for problem in document.problems if problem.severity is Severity.ERROR]
    assert any(message in error for error in errors) if message else not errors


def test_ten_thousand_rows_are_read() -> None:
    document = parse_document(ACTIONS + "|Action|\n|-|\n" + "".join(f"|Do {n}|\n" for n in range(MOST_ROWS)))
    assert document.review is not None
    assert len(document.review.items) == MOST_ROWS
    assert document.problems == ()


def test_many_problems_are_counted_and_errors_are_never_lost_behind_warnings() -> None:
    rows = "".join(f"| Do {n} | strange |\n" for n in range(500))
    document = parse_document(f"{ACTIONS}|Action|Status|\n|-|-|\n{rows}\n- Do x by 2026-02-30\n")
    assert "300 more like these are not shown" in [problem.message for problem in document.problems]
    assert [p.line for p in document.problems if p.severity is Severity.ERROR] == [506]
