"""What a document claims of an action: its status, in a cell of its own or as a mark on the action's text. Pure.

A claim that ends an item (done, not planned, duplicate) keeps it from getting an issue. So it must be all that is said:
a word or a sign, and after it only dates, links, references and brackets. "Will be done", "done by Friday" and
"done? no" end nothing.
"""

from __future__ import annotations

import re

from tracker.model import Status
from tracker.review.values import ANY_DATE
from tracker.review.words import NO_WORDS, ExtraWords, bare, translate_status

_SIGN = r"(?:[✅✔☑✓]\ufe0f?|\[x\]|:(?:white_check_mark|heavy_check_mark):)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_REFERENCE = r"(?:[\w.-]{1,60}/[\w.-]{1,60})?[#!]\d+|[a-z][a-z0-9_]{1,20}-\d+|[0-9a-f]{7,40}"
_AFTERWARDS = (
    r"(?:[\s,;:.!\u2013\u2014-]*+(?:"
    rf"(?:(?:on|at|in|since|as of)\b\s*+)?(?:{ANY_DATE}|{_DAY}\.? {_MONTH}|{_MONTH} {_DAY})"
    r"|(?:(?:in|by|via|with|see|as|of)\b[\s:]*+)?(?:https?://\S+"
    rf"|(?:prs?|pull request|mr|issue|ticket|commit)? ?(?:{_REFERENCE})|(?:pr|mr) \d+)"
    r"|\([^()]*+\)|\[[^\[\]]*[^\[\]\s]\]))*+[\s.!,;)\]]*+"
)


def _ending(claim: str) -> re.Pattern[str]:
    return re.compile(rf"(?:n/?a[\s,:-]+)?[(\[]?(?:{claim}){_AFTERWARDS}", re.IGNORECASE)


_DONE_WORD = (
    r"(?:(?:all|fully|now|already|yes|100 ?%),? )?"
    r"(?:done|completed?|closed|fixed|resolved|finished|shipped|merged|deployed|implemented)"
)
_DROPPED_WORD = (
    r"(?:closed[ (:,]*+(?:as )?)?"
    r"(?:won['\u2019]?t ?(?:do|fix)|will not (?:do|fix)|cancell?ed|not planned|dropped|rejected|abandoned|declined)"
)
_NOT_PLANNED = _ending(_DROPPED_WORD)
_DUPLICATE = _ending(r"(?:closed[ (:,]*+(?:as )?)?(?:a )?(?:duplicate|dupe)")
_DONE = _ending(rf"(?:{_SIGN}\s*+)+(?:{_DONE_WORD})?|{_DONE_WORD}(?:\s*+{_SIGN})*")
_LONGEST_CLAIM = 200
# A red cross is no claim by itself (it may say "not done"); beside a word it only decorates it, as other emoji do.
_DECORATION = re.compile(
    r"^(?:(?![✅✔☑✓])[^\w\s()\[\]<>~*`'\"#@!?.,:;/&+=-][\ufe0f\u200d]*\s*)+(?=[a-z])", re.IGNORECASE
)
_EMPHASIS = re.compile(r"[*~`]+|(?<!\w)_+|_+(?!\w)")
# These only say that it still has to be done: wherever they stand, the item is kept. The first that is found decides.
_STILL: tuple[tuple[Status, re.Pattern[str]], ...] = tuple(
    (status, re.compile(rf"\b(?:{pattern})\b"))
    for status, pattern in (
        (Status.OPEN, "not (?:yet )?\\w+|incomplete|delayed|blocked|backlog|pending|reopened"),
        (Status.IN_PROGRESS, "in progress|ongoing|started|wip|pr (?:exists|open)|in review|under ?way|doing|part\\w*"),
    )
)
_TO_DO = re.compile(r"\b(?:to ?do|open|planned|scheduled|new)\b")
_EMPTY_BOX = re.compile(r"\[ ?\]")
# The same claims as marks on the text of an action: "Won't do: rewrite it", "Fix it (done)", "✅ Add an alert".
_DONE_MARK = re.compile(
    rf"^\s*(?:{_SIGN}|(?:DONE|Done)\s*[:\u2013\u2014-]|DONE\s(?=\s*[A-Z]))\s*|\s*[(\[](?:done|completed?)[)\]]\s*$|\s*{_SIGN}\s*$"
    r"|\s[\u2013\u2014-]\s+(?:DONE|[Dd]one)\s*$|(?<=[.)\]])\s+(?:DONE|Done)\.?\s*$"
)
_DROPPED_MARK = re.compile(
    rf"^\s*(?:{_DROPPED_WORD}\s*[:\u2013\u2014]|{_DROPPED_WORD}\s+-\s|[(\[]{_DROPPED_WORD}[)\]])\s*"
    rf"|\s*[(\[]{_DROPPED_WORD}[)\]]\s*$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"^\s*[(\[]([^()\[\]]{2,40})[)\]]\s*[:\u2013\u2014-]?\s*|\s*[(\[]([^()\[\]]{2,40})[)\]]\s*$")
_TODO_MARK = re.compile(r"^\s*(?:TODO|TO DO)\s*[:.\u2013\u2014-]\s*")


def find_status(text: str, extra: ExtraWords = NO_WORDS) -> Status | None:
    """The status that a document claims in this text; None where it makes no claim that is known."""
    text = translate_status(_EMPHASIS.sub("", text), extra) if extra.statuses else text
    claim = _DECORATION.sub("", _EMPHASIS.sub("", text).strip())
    words = bare(text)
    if _EMPTY_BOX.search(text):
        return Status.OPEN
    if len(claim) <= _LONGEST_CLAIM:
        if _NOT_PLANNED.fullmatch(claim):
            return Status.NOT_PLANNED
        if _DUPLICATE.fullmatch(claim):
            return Status.DUPLICATE
    still = next((status for status, pattern in _STILL if pattern.search(words)), None)
    if still is None and len(claim) <= _LONGEST_CLAIM and _DONE.fullmatch(claim):
        return Status.DONE
    return still or (Status.OPEN if _TO_DO.search(words) else None)


_ENDED = (Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE)
_ALONE = frozenset(
    {
        "to do",
        "todo",
        "open",
        "in progress",
        "wip",
        "not started",
        "ongoing",
        "in review",
        "pending",
        "blocked",
        "planned",
    }
)


def take_marks(title: str, extra: ExtraWords = NO_WORDS) -> tuple[str, Status | None]:
    """The text of an action without the marks of its status, and the status that they claim."""
    for status, mark in ((Status.NOT_PLANNED, _DROPPED_MARK), (Status.DONE, _DONE_MARK), (Status.OPEN, _TODO_MARK)):
        without = mark.sub("", title)
        if without != title:
            return (without if status is Status.OPEN else _TODO_MARK.sub("", without)), status
    for match in _IN_BRACKETS.finditer(title):
        if said := _said_alone(match[1] or match[2], extra):
            return title[: match.start()] + title[match.end() :], said
    return title, None


def _said_alone(text: str, extra: ExtraWords) -> Status | None:
    """The status that a bracket holds; in one, words that could also be a remark on the action claim nothing."""
    known = find_status(text, extra)
    short = bare(text) in _ALONE or any(bare(text).startswith(word) for word in extra.statuses)
    return known if known in _ENDED or short else None
