"""What a document claims of an action: its status, in a cell of its own or as a mark on the action's text. Pure.

A claim that ends an item (done, not planned, duplicate) keeps it from getting an issue. So it must be all that is said:
a word or a sign, and after it only dates, links, references and brackets. "Will be done", "done by Friday" and
"done? no" end nothing.
"""

from __future__ import annotations

import re

from tracker.model import Status
from tracker.review.values import ANY_DATE
from tracker.review.words import bare

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
    rf"^\s*(?:{_SIGN}|(?:DONE|Done)\s*[:\u2013\u2014-])\s*|\s*[(\[](?:done|completed?)[)\]]\s*$|\s*{_SIGN}\s*$"
    r"|\s[\u2013\u2014-]\s+(?:DONE|[Dd]one)\s*$"
)
_DROPPED_MARK = re.compile(
    rf"^\s*(?:{_DROPPED_WORD}\s*[:\u2013\u2014]|{_DROPPED_WORD}\s+-\s|[(\[]{_DROPPED_WORD}[)\]])\s*"
    rf"|\s*[(\[]{_DROPPED_WORD}[)\]]\s*$",
    re.IGNORECASE,
)
_TODO_MARK = re.compile(r"^\s*(?:TODO|TO DO)\s*[:.\u2013\u2014-]\s*")


def find_status(text: str) -> Status | None:
    """The status that a document claims in this text; None where it makes no claim that is known."""
    claim = _EMPHASIS.sub("", text).strip()
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


def take_marks(title: str) -> tuple[str, Status | None]:
    """The text of an action without the marks of its status, and the status that they claim."""
    for status, mark in ((Status.NOT_PLANNED, _DROPPED_MARK), (Status.DONE, _DONE_MARK), (Status.OPEN, _TODO_MARK)):
        without = mark.sub("", title)
        if without != title:
            return (without if status is Status.OPEN else _TODO_MARK.sub("", without)), status
    return title, None
