"""Review documents on disk: read for a push, and kept as what was promised before any issue stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.push import name_items
from tracker.errors import InvalidInput
from tracker.model import Problem, Review, Severity
from tracker.review.documents import load_review
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracker.app import App
    from tracker.store import Store


def read_reviews(paths: Sequence[Path]) -> Iterator[tuple[Path, Review, tuple[Problem, ...]]]:
    """Each review with its warnings. Raises InvalidInput that lists every error of every document at once."""
    read = [(path, *load_review(path)) for path in paths]
    errors = [
        f"{plain(str(path))}:{problem.line}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
        for path, _review, problems in read
        for problem in problems
        if problem.severity is Severity.ERROR
    ]
    if errors:
        raise InvalidInput("\n".join(errors), "`track check FILE` shows what was understood. Nothing was pushed.")
    seen: dict[str, Path] = {}
    for path, review, problems in read:
        if review is None:
            raise InvalidInput(f"{plain(str(path))}: no review was found in it", "`track new ID` writes a template.")
        if review.id in seen:
            raise InvalidInput(
                f"{path} and {seen[review.id]} are both {review.id}", "Give each review an id of its own."
            )
        seen[review.id] = path
        yield path, review, problems


def save_documents(app: App, store: Store, paths: Sequence[Path]) -> list[str]:
    """Keep what the documents promise beyond what was pushed; gives what could not be read."""
    problems: list[str] = []
    for path in paths:
        review, found = load_review(path)
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
