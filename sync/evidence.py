"""Evidence found in a RemoteIssue. Pure: what counts as a piece of evidence is decided here and nowhere else.

Which kinds the organisation accepts is the config's word, applied when a report is made (`tracker.rules`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tracker.model import Evidence, EvidenceKind
from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import RemoteComment, RemoteIssue

_CLAIM = re.compile(r"\s*(?:[*_]{1,3})?evidence(?:[*_]{1,3})?\s*:", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'`\\|]+")
_TRAILING = ".,;:!?)]}*_"


def find_evidence(remote: RemoteIssue) -> tuple[Evidence, ...]:
    """Dated links that show the change is real, oldest first, each address once with its first date.

    Merged closing pull requests and closing commits come as `changes`; links come from comments that start with
    `Evidence:` by someone who may write to the project.
    """
    found = [
        Evidence(kind=change.kind, url=change.url, at=change.at, author=change.author, title=change.title)
        for change in remote.changes
        if is_web_link(change.url)
    ]
    if remote.comments:
        found += [piece for comment in remote.comments for piece in _claimed(comment)]
    unique: dict[str, Evidence] = {}
    for piece in sorted(found, key=lambda piece: (piece.at, piece.url)):
        unique.setdefault(piece.url, piece)
    return tuple(unique.values())


def _claimed(comment: RemoteComment) -> Iterator[Evidence]:
    if comment.trusted:
        for url in claimed_links(comment.body):
            yield Evidence(kind=EvidenceKind.COMMENT_LINK, url=url, at=comment.at, author=comment.author)


def claimed_links(body: str) -> Iterator[str]:
    """The links of a comment that starts with `Evidence:`."""
    if not _CLAIM.match(body):
        return
    for match in _LINK.finditer(body):
        url = match.group().rstrip(_TRAILING)
        if is_web_link(url):
            yield url
