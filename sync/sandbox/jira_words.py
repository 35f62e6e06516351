"""Words in the texts of an issue, which `~` in a query looks for. Pure.

As on Jira, only words count, in small or capital letters: several have to be in the same text, those in quotes beside
each other, whatever stands between them. Wildcards, and the signs and words that combine or exclude, are not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.sandbox.jira_text import as_wiki

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sync.sandbox.jira_state import Issue

_PART = re.compile(r'"(?P<phrase>[^"]*)"|(?P<term>[^\s"]+)|(?P<open>")')
_WORD = re.compile(r"[^\W_]+")
_UNKNOWN = re.compile(r"AND|OR|NOT|[-+!&|].*|.*[*?~^(){}\[\]].*")


def read_words(wanted: str) -> list[str] | None:
    """The phrases that a query asks for, ready for `holds`; None where it says what is not known here."""
    phrases = []
    for part in _PART.finditer(wanted):
        if part["open"] or (part["term"] and _UNKNOWN.fullmatch(part["term"])):
            return None
        phrases.append(_words(part["phrase"] or part["term"] or ""))
    # Signs alone ask for nothing: Jira passes over them beside a word.
    return [phrase for phrase in phrases if phrase.strip()]


def holds(texts: Iterable[str], phrases: list[str]) -> bool:
    """Whether one of the texts has all of the phrases. Without a phrase nothing fits."""
    return bool(phrases) and any(all(phrase in _words(text) for phrase in phrases) for text in texts)


def _words(text: str) -> str:
    """The words of a text with a space around each, so that a phrase is a part of a text that has it."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _summary(issue: Issue) -> list[str]:
    return [issue.summary]


def _description(issue: Issue) -> list[str]:
    return [] if issue.description is None else [as_wiki(issue.description)]


def _comments(issue: Issue) -> list[str]:
    return [as_wiki(each.text) for each in issue.comments]


def _every(issue: Issue) -> list[str]:
    fields = [value for value in issue.custom.values() if isinstance(value, str)]
    return _summary(issue) + _description(issue) + _comments(issue) + fields


TEXTS: dict[str, Callable[[Issue], list[str]]] = {
    "summary": _summary,
    "description": _description,
    "comment": _comments,
    "text": _every,
}
"""The texts that a field of a query looks in."""
