"""Times as exports write them, by the rules of review documents and a few spellings more. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from tracker.review.values import Unclear, parse_moment

# A day in any of the spellings that documents use, or Jira's own (01/Oct/26), then a time.
_DAY_AND_TIME = re.compile(
    r"(?P<day>\S.{5,30}?),?[T ] *(?:at +)?(?P<hour>\d{1,2})(?P<rest>:\d{2}(?::\d{2}(?:\.\d+)?)?)"
    r"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"(\d{1,2})/([a-z]{3})/(\d{2})", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_SECONDS = 10
_LONGEST = 100


class Time(Struct, frozen=True):
    """A time in UTC. `is_zoneless`: its zone was assumed; `day_only`: it is midnight UTC of a day without a time."""

    at: datetime
    is_zoneless: bool = False
    day_only: bool = False


def parse_time(text: str, zone: tzinfo) -> Time | None:
    """The time in a text, in UTC; None where it says that there is none. `zone` is that of times without one.

    A day alone is midnight UTC whatever the zone, as in review documents: everybody can tell the day from it.
    Raises `Unclear`, with what to write instead.
    """
    text = text.strip()
    if _EPOCH.fullmatch(text):
        seconds = float(text) if len(text.partition(".")[0]) == _SECONDS else int(text) / 1000
        text = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        moment = parse_moment(text[:_LONGEST])
    except Unclear:
        respelled = _respell(text)
        if respelled == text:
            raise
        moment = parse_moment(respelled)
    if moment is None:
        return None
    if moment.day_only:
        return Time(moment.at, day_only=True)
    if not moment.assumed:
        return Time(moment.at)
    return Time(moment.at.replace(tzinfo=zone).astimezone(UTC), is_zoneless=True)


def _respell(text: str) -> str:
    """`1 October 2026 9:12 PM` as `2026-10-01T21:12`; the text as it is where it is no day and time."""
    match = _DAY_AND_TIME.fullmatch(text)
    if match is None:
        return _SHORT_YEAR.sub(r"\1 \2 20\3", text)
    day = parse_moment(_SHORT_YEAR.sub(r"\1 \2 20\3", match["day"]))
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return f"{day.at:%Y-%m-%d}T{hour:02}{match['rest']}{match['zone'] or ''}" if day and day.day_only else text
