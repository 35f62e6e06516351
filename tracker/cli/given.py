"""What is said of a review beside its document: by flags of `check` and `push`, or when asked on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from tracker.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.review.header import Given
    from tracker.review.markdown import Document

F = TypeVar("F", bound="Callable[..., object]")

_FLAGS = {
    "id": "The review's id, where the document has none.",
    "title": "What users saw, in one line.",
    "class": "The kind of incident, as config-rollout.",
    "severity": "As sev1.",
    "service": "The service that was hit.",
    "team": "The team that follows the items.",
    "started": "When it began, as 2026-10-01T09:12:00Z.",
    "detected": "When it was noticed.",
    "mitigated": "When users were well again.",
    "reviewed": "The day of the review, as 2026-10-05.",
    "tracker": "A [trackers.NAME] of the config.",
    "url": "Where the review can be read.",
}
_ASKED = {"id": "Id of the review", "title": "Title (what users saw)", "class": "Class of incident (as config-rollout)"}


def given_options(command: F) -> F:
    """The flags, on a command that takes them as `**given`."""
    for key, said in reversed(_FLAGS.items()):
        command = click.option(f"--{key}", f"given_{key}", metavar="TEXT", help=said)(command)
    return command


def take_given(given: Mapping[str, str | None], files: Sequence[object]) -> Given:
    """What the flags say. Raises UsageProblem where they could be meant for any of several documents."""
    said = {name.removeprefix("given_"): value for name, value in given.items() if value}
    if said and len(files) > 1:
        flags = ", ".join(f"--{key}" for key in said)
        raise UsageProblem(f"{flags} can't be meant for {len(files)} documents", "Name one document at a time.")
    return _build(said)


def ask_missing(document: Document, given: Given) -> Given:
    """Ask for the id, title and class that neither the document nor a flag gives."""
    from msgspec import structs

    if document.review is None:
        return given
    header = document.review.header
    has = {"id": bool(header.id) and not document.named_by_file, "title": header.title, "class": header.incident_class}
    asked = {}
    for key, question in _ASKED.items():
        if not has[key]:
            default = header.id if key == "id" else None
            asked[key] = click.prompt(question, default=default, err=True).strip()
    told = {name: value for name, value in structs.asdict(_build(asked)).items() if value}
    return structs.replace(given, **told)


def _build(said: Mapping[str, str]) -> Given:
    from tracker.review.header import Given

    return Given(**{("incident_class" if key == "class" else key): value for key, value in said.items()})
