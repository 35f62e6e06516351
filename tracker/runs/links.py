"""Writes the links of issues back into a review document on disk, in one step and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import InvalidInput
from tracker.review.writing import IssueLink, Written, write_links

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker.model import Issue
    from tracker.review.markdown import Document


def write_issue_links(path: Path, parse: Callable[[str], Document], issues: Mapping[int, Issue]) -> Written:
    """Put each issue's link at the item of that line. Raises InvalidInput when the file cannot be written.

    Bytes that are not part of a link stay as they are: line ends, a byte order mark, the file's mode.
    """
    try:
        written = write_links(
            path.read_bytes().decode(),
            parse,
            {line: IssueLink(issue.ref, issue.url) for line, issue in issues.items()},
        )
        if written.added:
            _replace(path.resolve(), written.text.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path}: the issue links could not be written into it ({error})",
            "The issues are there: put the links in by hand, or push with --write-links again.",
        ) from error
    return written


def _replace(target: Path, content: bytes) -> None:
    """Put the new content in the place of the old: a reader sees one or the other, never half."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
