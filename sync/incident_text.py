"""What a text tells in lines such as `Class: config-rollout`, and how people write times. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

LONGEST_TEXT = 65_536
"""GitHub's longest text; what is beyond it is not searched."""

_FENCE = ("```", "~~~")
_AROUND = " \t*_`>+-"
_NOTHING = frozenset(("no response", "none", "n/a", "tbd"))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ] *(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?)"
    r" *(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_UTC = ("Z", "UTC", "GMT")
_YEARS = range(2000, 2101)


class Start(NamedTuple):
    """A time in UTC; `day_only` says that it is midnight UTC of a day of which the hour is not known."""

    at: datetime
    day_only: bool


def find_lines(text: str, name: str) -> Iterator[str]:
    """What follows `name:` at the start of lines, or stands under a heading `name` as the forms of GitHub write it.

    Bullets and bold are passed over, so are HTML comments and blocks of code; capitals mean nothing.
    """
    wanted = name.casefold()
    is_code = is_under = False
    for line in _without_comments(text[:LONGEST_TEXT]).splitlines():
        stripped = line.strip()
        if stripped.startswith(_FENCE):
            is_code = not is_code
        if is_code or not stripped:
            continue
        if stripped.startswith("#"):
            is_under = stripped.strip("# \t:").casefold() == wanted
            continue
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


def read_time(text: str, zone: tzinfo) -> Start | None:
    """The time that a text holds; None where it holds none. `zone` is that of times without one.

    A day alone is midnight UTC whatever the zone, as in review documents: everybody can tell the day from it.
    """
    text = text.strip()
    try:
        if _DAY.fullmatch(text):
            return _checked(datetime.combine(date.fromisoformat(text), time(), UTC), day_only=True)
        match = _MOMENT.fullmatch(text)
        if match is None:
            return None
        offset = (match["zone"] or "").upper()
        at = datetime.fromisoformat(f"{match['day']}T{match['time']}{'+00:00' if offset in _UTC else offset}")
    except ValueError:
        return None
    return _checked(at.replace(tzinfo=at.tzinfo or zone), day_only=False)


def _checked(at: datetime, *, day_only: bool) -> Start | None:
    """The time, where its year is one that incidents happen in."""
    return Start(at.astimezone(UTC), day_only) if at.year in _YEARS else None
