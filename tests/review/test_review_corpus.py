"""Documents in the shapes that teams really use: exactly what is read from each, as the `.json` beside it says.

After a change that is meant: `python -m tests.review.test_review_corpus` writes them again; read the diff.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tracker.model import Severity
from tracker.review.documents import load_document
from tracker.review.words import ExtraWords

DOCUMENTS = Path(__file__).parent / "documents"
NAMES = sorted(path.stem for path in DOCUMENTS.glob("*.md"))
WORDS = tomllib.loads((DOCUMENTS / "words.toml").read_text(encoding="utf-8"))


def extra_words(name: str) -> ExtraWords | None:
    return msgspec.convert(WORDS[name], ExtraWords) if name in WORDS else None


def filled(record: object) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(msgspec.json.encode(record))
    return {key: value for key, value in values.items() if value is not False and value not in (None, "", [])}


def read(name: str) -> dict[str, Any]:
    """What is read of a document, without what is empty."""
    document = load_document(DOCUMENTS / f"{name}.md", extra=extra_words(name))
    assert document.review is not None
    return {
        "header": filled(document.review.header),
        "items": [filled(item) for item in document.review.items],
        "proposed": [filled(proposal) for proposal in document.review.proposed],
        "problems": [[p.line, p.severity.value, p.message] for p in document.problems],
    }


def render(values: dict[str, Any]) -> str:
    """The JSON with one item a line."""
    lines = [f'"header": {json.dumps(values["header"], ensure_ascii=False)}']
    for key in ("items", "proposed", "problems"):
        rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in values[key])
        lines.append(f'"{key}": [\n{rows}\n  ]' if rows else f'"{key}": []')
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_read_exactly(name: str) -> None:
    assert read(name) == json.loads((DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_corpus_is_complete() -> None:
    assert len(NAMES) >= 45
    assert sorted(path.stem for path in DOCUMENTS.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_an_item_holds_words_of_it(name: str) -> None:
    """The line is where a person looks, and where a link is written back."""
    source = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8").split("\n")
    for item in read(name)["items"]:
        first_word = item["title"].split()[0].strip("`()[],.:")
        near = " ".join(source[item["line"] - 1 : item["line"] + 1])
        assert first_word.split("#")[-1] in near, item


@pytest.mark.parametrize(
    "name",
    ["aws-summary", "nothing-to-do", "prose-company", "prose-only", "search-url", "search-url-list"],
)
def test_where_there_are_no_actions_none_are_invented(name: str) -> None:
    assert read(name)["items"] == []


@pytest.mark.parametrize("name", ["japanese", "german"])
def test_without_the_extra_words_nothing_of_another_language_is_invented(name: str) -> None:
    document = load_document(DOCUMENTS / f"{name}.md")
    assert document.review is not None
    lines = {item["line"] for item in read(name)["items"]}
    assert {item.line for item in document.review.items} <= lines
    assert all(problem.severity is Severity.WARNING for problem in document.problems)


if __name__ == "__main__":
    for each in NAMES:
        (DOCUMENTS / f"{each}.json").write_text(render(read(each)), encoding="utf-8")
