"""Names of teams, classes, reviews and sources that nobody knows, and those that were probably meant. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 12
"""How many names are offered where none is close."""


class Unknown(NamedTuple):
    """What is wrong with a name, and what to write instead."""

    message: str
    hint: str


def find_unknown(what: str, asked: str, name: str, known: Sequence[str]) -> Unknown | None:
    """What to say where `name` (what `asked` stands for) is not known; None where it is, or nothing was asked.

    A class is compared by its slug, the others without case.
    """
    by_folded = {each.casefold(): each for each in known}
    if not asked or name.casefold() in by_folded:
        return None
    close = [by_folded[each] for each in get_close_matches(name.casefold(), by_folded, n=3)]
    if close:
        return Unknown(f"no {what} is called {asked}", f"Did you mean {' or '.join(close)}?")
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return Unknown(f"no {what} is called {asked}", f"There is: {', '.join(known[:_SHOWN]) or 'none yet'}{more}.")
