"""What a text tells in lines such as `Class: config-rollout`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 65_536
"""GitHub's longest text; what is beyond it is not searched."""

_FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_AROUND = " \t*_`>+-"
_NOTHING = frozenset(("no response", "none", "n/a", "tbd"))


def find_lines(text: str, name: str) -> Iterator[str]:
    """What follows `name:` at the start of lines, or stands under a heading `name` as the forms of GitHub write it.

    Bullets and bold are passed over, so are HTML comments and blocks of code; capitals mean nothing. A block just under
    its heading is the answer: some forms put it into one.
    """
    wanted = name.casefold()
    fence, is_under = "", False
    for line in _without_comments(text[:LONGEST_TEXT]).splitlines():
        stripped = line.strip()
        if fence and stripped.startswith(fence) and not stripped.strip(fence[0]):
            fence, is_under = "", False
        elif stripped and fence:
            if is_under:
                yield from _said(stripped)
                is_under = False
        elif opened := _FENCE.match(stripped):
            fence = opened["fence"]
        elif stripped.startswith("#"):
            is_under = stripped.strip("# \t:").casefold() == wanted
        elif stripped:
            before, colon, after = stripped.partition(":")
            if colon and before.strip(_AROUND).casefold() == wanted:
                yield from _said(after)
            elif is_under:
                yield from _said(stripped)
            is_under = False


def _said(value: str) -> Iterator[str]:
    value = value.strip(_AROUND)
    if value and value.casefold() not in _NOTHING:
        yield value


def _without_comments(text: str) -> str:
    """The text that a page shows: a comment without an end hides all that follows. No pattern, which could be slow."""
    shown = []
    while text:
        before, _, rest = text.partition("<!--")
        shown.append(before)
        text = rest.partition("-->")[2]
    return "".join(shown)
