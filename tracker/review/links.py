"""What the links and references beside an item are: its tickets, the changes that prove it, or just further reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.text import is_web_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.review.blocks import Text

_CHANGE_URL = re.compile(r"/(?:pull|pulls|merge_requests|pull-requests)/\d+|/commits?/[0-9a-f]{7,40}\b")
_ISSUE_URL = re.compile(
    r"/issues/\d+|/work_items/\d+|/browse/[A-Z][A-Z0-9_]*-\d+|/issue/[A-Z][A-Z0-9_]*-\d+|/tickets?/\d+"
    r"|show_bug\.cgi\?id=\d+|/b/\d+|[?&]selectedIssue=[A-Z][A-Z0-9_]*-\d+"
)
_BARE_URL = re.compile(r"https?://[^\s<>\"'`|\\)\]]+[^\s<>\"'`|\\)\].,;:!?]")
_KEY = r"(?!(?:UTF|SHA|ISO|RFC|TLS|SSL|CVE|HTTP|IEEE|COVID|INC)-)[A-Z][A-Z0-9]{1,9}-\d+"
_REFERENCE = rf"(?:(?<![\w.-])[\w.-]+/[\w.-]+)?#\d+|{_KEY}"
_REFERENCES = re.compile(rf"(?<![\w/#&.-])(?:{_REFERENCE})(?![\w-])")
# In a sentence, "#1" and "PAY-12" may be words; set off like this, or at either end, they are references.
_SET_OFF = re.compile(
    rf"[(\[](?P<inside>(?:{_REFERENCE})(?:, ?(?:{_REFERENCE}))*)[\s,;]*+[)\]]"
    rf"|^(?P<before>{_REFERENCE})(?:\s*[:\u2013\u2014-])?\s"
    rf"|[\s,:\u2013\u2014-](?P<after>{_REFERENCE})\.?$"
    rf"|\b(?i:tickets?|issue|jira|bug|tracked (?:in|as|by))[ :]+(?P<named>{_REFERENCE})(?![\w-])"
    r"|(?<![\w/#.-])(?P<full>[\w.-]+/[\w.-]+#\d+)"
)
_CHANGE_REFERENCE = re.compile(r"\b(?:PRs?|pull requests?|MR|merge request)[ :]*[#!]?(\d+)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:issue|ticket|bug|jira|github|linear|link|pr|pull request|commit|mr)?s?\s*[#!:]*\s*\d*", re.IGNORECASE
)
# GitLab shows these as labels: ~"priority::2".
_LABELS = re.compile(r"~\"[^\"\n]{1,100}\"|(?<=\s)~[a-z][\w:-]{1,60}(?=\s|$)")
_EMPTY_BRACKETS = re.compile(
    r"[(\[][\s,;:]*+(?:see|issue|ticket|bug|pr|tracked (?:in|as))?[\s,;:]*+[)\]]", re.IGNORECASE
)
_TRAILING_TAG = re.compile(
    r"(?<![\s,;\u2013\u2014-])[\s,;\u2013\u2014-]*+"
    r"\b(?:issues?|tickets?|bug|see(?: also)?"
    r"|(?:tracked|fixed|done|merged|landed|shipped|implemented|resolved|addressed|released)"
    r" (?:in|as|by|via|with)|and|or|of|in|for|to|from|with|via|per|under) ?:?$",
    re.IGNORECASE,
)
_SEPARATORS = " \n:,;|\u2013\u2014-"
_DOUBLED_DASHES = re.compile(r"\s[|\u2013\u2014-](?=\s+[|\u2013\u2014-](?:\s|$))")


class Links(Struct, frozen=True, kw_only=True):
    """The links of a text, sorted: `issues` and `evidence` as written, and the text that is left without them."""

    issues: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    rest: str = ""


def sort_links(text: Text, *, free: bool) -> Links:
    """Sorts what a text refers to.

    `free` text is a sentence, where a bare `#12` counts only when it is set off; elsewhere (an issue column) all count.
    """
    if not text.plain and not text.links:
        return Links()
    urls = _unique([link.url for link in text.links] + _BARE_URL.findall(text.plain))
    urls = tuple(url for url in urls if is_web_link(url))
    rest = _without_link_labels(text)
    changes = tuple(f"#{number}" for number in _CHANGE_REFERENCE.findall(rest))
    rest = _CHANGE_REFERENCE.sub(" ", _LABELS.sub(" ", rest))
    if (
        rest.strip() != text.words
    ):  # `PAY-12, see https://…`: what led to the link hides that the ticket stands at the end
        rest = _TRAILING_TAG.sub("", rest.rstrip(" .,;"))
    references, rest = _take_references(rest, _SET_OFF if free else _REFERENCES)
    return Links(
        issues=_unique((*filter(_ISSUE_URL.search, urls), *references)),
        evidence=_unique((*filter(_CHANGE_URL.search, urls), *changes)),
        others=tuple(url for url in urls if not _ISSUE_URL.search(url) and not _CHANGE_URL.search(url)),
        rest=_tidy(rest, led_to_a_link=rest.strip() != text.words),
    )


def _without_link_labels(text: Text) -> str:
    """The words without those that only name a link: its URL, its number, `PR 12`, `ticket`."""
    rest = text.words
    for link in text.links:
        shown = link.text
        if is_web_link(shown) or _REFERENCES.fullmatch(shown) or _LABEL.fullmatch(shown):
            rest = rest.replace(shown, " ", 1) if is_web_link(link.url) else rest
    return _BARE_URL.sub(" ", rest)


def _take_references(text: str, pattern: re.Pattern[str]) -> tuple[tuple[str, ...], str]:
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.extend(_REFERENCES.findall(match[0]))
        return " "

    # Twice: taking one away can put another at the end of the sentence.
    rest = pattern.sub(take, pattern.sub(take, text.strip()).strip())
    return tuple(found), rest


def _tidy(text: str, *, led_to_a_link: bool) -> str:
    words = " ".join(_EMPTY_BRACKETS.sub(" ", text).split())
    words = re.sub(r" (?=[,;.:](?: |$))", "", re.sub(r"([,;.:])(?: [,;.:])+(?= |$)", r"\1", words))
    return trim(_TRAILING_TAG.sub("", words) if led_to_a_link else words)


def trim(text: str) -> str:
    """The text without what is left where a part of it was taken away: separators and lone brackets at its ends."""
    text = _DOUBLED_DASHES.sub("", text).strip(_SEPARATORS)
    for opening, closing in ("()", "[]"):
        if text.count(opening) != text.count(closing):
            text = text.removeprefix(closing).removesuffix(opening)
            text = text.removesuffix(closing) if text.count(opening) < text.count(closing) else text
            text = text.removeprefix(opening) if text.count(opening) > text.count(closing) else text
    return text.strip(_SEPARATORS)


def _unique(links: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(links))
