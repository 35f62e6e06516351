"""Text from documents and trackers made harmless for where it is shown. Pure."""

from __future__ import annotations

import re

# C0 and C1 controls, and the marks that reorder or hide text (bidi overrides, zero width): none belongs on one line.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]+")
# What a code host finds in the finished page and makes a link or a notice of: @name, a@b.example, #12, GH-12, www., ://
_LIVE = re.compile(r"([@#](?=\S|\Z)|\bGH(?=-\d)|www(?=\.)|:(?=//))", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~@$:&])")


def plain(text: str) -> str:
    """The text on one line, without control characters, so that a terminal cannot be steered by it."""
    return _UNSAFE.sub(" ", text).strip()


def markdown(text: str) -> str:
    """The text as Markdown that shows it literally: no link, image, table cell or HTML, and nobody is notified.

    A backslash is gone in the finished page, where code hosts look for names and addresses: a word joiner parts those.
    """
    return _MARKDOWN.sub(r"\\\1", _LIVE.sub("\\1\u2060", plain(text)))


def is_web_link(url: str) -> bool:
    """Whether a URL may be shown as a link: http or https, with a host, without spaces or control characters."""
    return re.fullmatch(r"https?://[^\s\x00-\x20<>\"'`\\/@]+(?::\d+)?(?:[/?#][^\s\x00-\x20<>\"`\\]*)?", url) is not None


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `13th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"
