"""Issue links are written back into a document, and nothing else in it changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.review.markdown import parse_document
from tracker.review.writing import IssueLink, write_links

DOCUMENTS = sorted((Path(__file__).parent / "documents").rglob("*.md"))
LINK = IssueLink("PLAT-7", "https://acme.atlassian.net/browse/PLAT-7")
SHOWN = "[PLAT-7](https://acme.atlassian.net/browse/PLAT-7)"
HEAD = "---\nid: INC-1\ntitle: T\nclass: c\n---\n\n## Action items\n\n"


def written(text: str, *lines: int) -> str:
    return write_links(text, parse_document, dict.fromkeys(lines, LINK)).text


TABLE = "| Action | Issue |\n|---|---|\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{TABLE}| Add an alert |  |", f"{TABLE}| Add an alert | {SHOWN} |"),
        (f"{TABLE}| Add an alert |", f"{TABLE}| Add an alert | {SHOWN} |"),
        ("Action | Issue\n---|---\nAdd an alert | TBD", f"Action | Issue\n---|---\nAdd an alert | {SHOWN} "),
        ("|Issue|Action|\n|-|-|\n| - |Split \\| join|", f"|Issue|Action|\n|-|-|\n| {SHOWN} |Split \\| join|"),
        (
            "| Action | Owner |\n|---|---|\n| Add an alert | ada |",
            f"| Action | Owner |\n|---|---|\n| Add an alert ({SHOWN}) | ada |",
        ),
    ],
)
def test_a_row_gets_the_link_in_its_issue_cell_or_behind_the_action(before: str, after: str) -> None:
    assert written(HEAD + before + "\n", 11) == HEAD + after + "\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- Add an alert", f"- Add an alert ({SHOWN})"),
        ("- [ ] Add an alert\n- [ ] Another", f"- [ ] Add an alert ({SHOWN})\n- [ ] Another"),
        ("1. Add an alert\n   for lag", f"1. Add an alert\n   for lag ({SHOWN})"),
        ("* Add an alert\n  - Owner: ada", f"* Add an alert ({SHOWN})\n  - Owner: ada"),
    ],
)
def test_an_entry_gets_the_link_at_its_end(before: str, after: str) -> None:
    assert written(HEAD + before + "\n", 9) == HEAD + after + "\n"


def test_line_ends_and_everything_else_stay_as_they_are() -> None:
    text = (HEAD + "| Action | Issue |\n|---|---|\n| Add an alert |  |\n\nTail  \n").replace("\n", "\r\n")
    assert written(text, 11) == text.replace("| Add an alert |  |", f"| Add an alert | {SHOWN} |")


def test_an_item_that_names_an_issue_is_passed_over_and_writing_twice_changes_nothing() -> None:
    text = HEAD + "| Action | Issue |\n|---|---|\n| Add an alert | #12 |\n| Limit retries | |\n"
    once = written(text, 11, 12)
    assert once == text.replace("| Limit retries | |", f"| Limit retries | {SHOWN} |")
    assert written(once, 11, 12) == once


def test_what_cannot_be_written_without_changing_the_rest_is_said() -> None:
    text = HEAD + "| Action | Issue |\n|---|---|\n| Add an alert |  |\n"
    bad = IssueLink("PLAT-7", "https://acme.atlassian.net/nothing/here")
    result = write_links(text, parse_document, {11: bad, 99: LINK})
    assert result.text == text or "nothing/here" in result.text
    assert write_links(text, parse_document, {11: IssueLink("x", "javascript:alert(1)")}).text == text


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_written_into_any_document_are_all_that_changes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = parse_document(text, path.name)
    assert before.review is not None
    lines = [item.line for item in before.review.items if not item.issues]
    result = write_links(text, lambda t: parse_document(t, path.name), dict.fromkeys(lines, LINK))
    assert result.added + len(result.left) == len(set(lines))
    assert _without(result.text) == _without(text)
    after = parse_document(result.text, path.name)
    assert after.review is not None
    assert [(i.title, i.owner, i.due, i.line) for i in after.review.items] == [
        (i.title, i.owner, i.due, i.line) for i in before.review.items
    ]


@settings(deadline=None)
@given(st.lists(st.text("abc |\\[]()*`-x1\t", max_size=30), min_size=1, max_size=6))
def test_only_the_link_is_added_whatever_the_rows_hold(rows: list[str]) -> None:
    text = HEAD + "| Action | Issue |\n|---|---|\n" + "\n".join(f"| {row} |  |" for row in rows) + "\n"
    document = parse_document(text)
    assert document.review is not None
    lines = [item.line for item in document.review.items]
    result = write_links(text, parse_document, dict.fromkeys(lines, LINK))
    assert _without(result.text) == _without(text)


def _without(text: str) -> str:
    """The text without our links, and without the space and fillers of the cells they went into."""
    bare = text.replace(f"({SHOWN})", "").replace(SHOWN, "")
    return re.sub(r"[\s|\u2013\u2014-]+|tbd|n/a|none|todo", "", bare, flags=re.IGNORECASE)
