"""Review documents as files: read, bounded and decoded here, understood elsewhere. The only I/O of this room."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tracker.model import Problem, Review
from tracker.review.lint import lint_document
from tracker.review.markdown import LONGEST, Document, parse_document

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from tracker.review.header import Given
    from tracker.review.words import ExtraWords

# A character takes up to four bytes; anything longer is refused without being read into memory.
_MOST_BYTES = 4 * LONGEST


def load_review(
    path: Path, *, extra: ExtraWords | None = None, given: Given | None = None
) -> tuple[Review | None, tuple[Problem, ...]]:
    """The review in a file, and everything to say about it: problems of reading, then findings (those have a `rule`).

    Never raises: a file that can't be read is a problem. One problem of severity error is enough not to push.
    """
    document = load_document(path, extra=extra, given=given)
    return document.review, document.problems + lint_document(document)


def load_document(path: Path, *, extra: ExtraWords | None = None, given: Given | None = None) -> Document:
    """One document from a file; a file that can't be opened is a problem of the document."""
    try:
        with path.open("rb") as file:
            return _load(file, path.name, extra, given)
    except OSError as error:
        hint = "Check the path and that you may read it."
        return _unread(path.name, f"the file can't be read: {error.strerror or error}", hint)


def load_standard_input(*, extra: ExtraWords | None = None, given: Given | None = None) -> Document:
    """One document from standard input; it has no name, so its id has to be inside it."""
    return _load(sys.stdin.buffer, "", extra, given)


def _load(file: BinaryIO, name: str, extra: ExtraWords | None, given: Given | None) -> Document:
    content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        return _unread(name, f"the file is larger than {_MOST_BYTES:,} bytes", "Keep logs elsewhere and link to them.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unread(name, "the file is not UTF-8 text", "Save it as UTF-8 Markdown.", line)
    if "\0" in text:
        return _unread(
            name, "the file is not text", "Give a Markdown document.", text[: text.index("\0")].count("\n") + 1
        )
    return parse_document(text, name, extra, given=given)


def _unread(name: str, message: str, hint: str, line: int = 1) -> Document:
    return Document(name=name, problems=(Problem(message=message, hint=hint, line=line),))
