"""GitHub's issue search as far as `track` uses it: an owner, a label that must be absent, a phrase in the text."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from sync.sandbox.github_access import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.state import Issue, Repository
    from sync.sandbox.world import World

_QUALIFIER = re.compile(r"(-?(?:user|is|in|label)):(.*)", re.DOTALL)


def search_issues(world: World, viewer: str, query: str) -> Iterator[tuple[Repository, Issue]]:
    """The issues that a query finds, among those that whoever asks may see. A word is looked for as it stands."""
    words = shlex.split(query)
    given = [found.groups() for word in words if (found := _QUALIFIER.fullmatch(word))]
    phrases = [word.lower() for word in words if not _QUALIFIER.fullmatch(word)]
    owners = {value.lower() for name, value in given if name == "user"}
    without = {value.lower() for name, value in given if name == "-label"}
    for repository in list(world.state.repositories.values()):
        if visible(world, repository, viewer) and (not owners or repository.owner.lower() in owners):
            for issue in repository.issues.values():
                text = "\n".join([issue.body, *(comment.body for comment in issue.comments)]).lower()
                labelled = without.intersection(name.lower() for name in issue.labels)
                if not labelled and all(phrase in text for phrase in phrases):
                    yield repository, issue
