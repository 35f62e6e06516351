"""Review documents on disk: read for a push, and kept as what was promised before any issue stands for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sync.push import name_items
from tracker.errors import InvalidInput
from tracker.model import Problem, Review, Severity
from tracker.review.documents import load_document, load_review
from tracker.review.lint import blocks, lint_document
from tracker.review.markdown import Document, parse_document
from tracker.review.words import ExtraWords
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tracker.app import App
    from tracker.review.header import Given
    from tracker.runs.standards import Standards
    from tracker.store import Store


class Read(NamedTuple):
    """A document that may be pushed: its file, its review, and how its text is read again."""

    path: Path
    review: Review
    parse: Callable[[str], Document]


def read_reviews(
    paths: Sequence[Path], standards: Standards, given: Given | None = None, *, strict: bool = False
) -> list[Read]:
    """The review of each document. Raises InvalidInput that lists every error of every document at once.

    `given` is said beside the document, where there is one; `strict` lets warnings count as errors.
    """
    read: list[tuple[Path, Document, tuple[Problem, ...]]] = []
    for path in paths:
        document = load_document(path, extra=standards.words, given=given)
        context = standards.context(document.review.id if document.review else "")
        read.append((path, document, document.problems + lint_document(document, context)))
    errors = [
        f"{plain(str(path))}:{problem.line}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
        for path, _document, problems in read
        for problem in problems
        if blocks((problem,), strict)
    ]
    if errors:
        raise InvalidInput("\n".join(errors), "`track check FILE` shows what was understood. Nothing was pushed.")
    return _without_doubles(read, standards, given)


def _without_doubles(
    read: Sequence[tuple[Path, Document, tuple[Problem, ...]]], standards: Standards, given: Given | None
) -> list[Read]:
    seen: dict[str, Path] = {}
    found = []
    for path, document, _problems in read:
        review = document.review
        if review is None:
            raise InvalidInput(f"{plain(str(path))}: no review was found in it", "`track new ID` writes a template.")
        if review.id in seen:
            raise InvalidInput(
                f"{path} and {seen[review.id]} are both {review.id}", "Give each review an id of its own."
            )
        seen[review.id] = path
        found.append(Read(path, review, partial(parse_document, name=path.name, extra=standards.words, given=given)))
    return found


def save_documents(app: App, store: Store, paths: Sequence[Path]) -> list[str]:
    """Keep what the documents promise beyond what was pushed; gives what could not be read."""
    problems: list[str] = []
    words = ExtraWords(**app.config.document_words)
    for path in paths:
        review, found = load_review(path, extra=words)
        errors = [problem for problem in found if problem.severity is Severity.ERROR]
        if review is None or errors:
            why = errors[0].message if errors else "no review was found in it"
            problems.append(f"{path.name}: {why} (run `track check`)")
            continue
        try:
            tracker = app.tracker(review.header.tracker, review.id)
        except InvalidInput as error:
            problems.append(f"{path.name}: {error.message}")
            continue
        header = msgspec.structs.replace(review.header, tracker=tracker.name)
        named, promised = name_items(store, msgspec.structs.replace(review, header=header), app.now())
        store.save_document(named, promised, app.now())
    return problems
