"""Dates, times and severities, read from the text of a cell or a field, whoever wrote it. Pure.

What is not there is None; what is there but can't be taken without guessing raises `Unclear`, which the caller turns
into a problem with its place.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from msgspec import Struct

_YEARS = range(2000, 2101)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    r"(?P<year>\d{4})[-/.年](?P<number>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?!\d)",
    rf"\b{_DAY}\.?(?: of)? {_MONTH},? (?P<year>\d{{4}})",
    rf"\b{_MONTH} {_DAY},? (?P<year>\d{{4}})",
    r"(?<!\d)(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})",
    r"(?<!\d)(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})",
)
_DATE_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _DATES)
#: Any of the spellings of a date, for patterns that look for one in a sentence.
ANY_DATE = "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in _DATES)

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:n/?a|none|nobody|no one|nil|tb[dac]|todo|unassigned|unknown"
    r"|keiner?|keine[rs]|なし|無し|未定|該当なし|[-\u2013\u2014?.…_ ]*)",
    re.IGNORECASE,
)
_SEVERITY = re.compile(r"sev(?:erity)?[- ]?(\d)|^[Ss]?(\d)$", re.IGNORECASE)

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


class Unclear(ValueError):
    """A value that can't be taken without guessing: what is wrong with it, and what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Moment(Struct, frozen=True):
    """A time in UTC; `assumed` says what had to be assumed to get there, empty where nothing was.

    `day_only`: the text names a day without a time, and `at` is the midnight that begins it.
    """

    at: datetime
    assumed: str = ""
    day_only: bool = False


class Time(Struct, frozen=True):
    """A time in UTC. `is_zoneless`: its zone was assumed; `day_only`: it is midnight UTC of a day without a time."""

    at: datetime
    is_zoneless: bool = False
    day_only: bool = False


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing: empty, a dash, `N/A`, `TBD`, `none`."""
    return _NOTHING.fullmatch(text.strip()) is not None


def shorten(text: str, longest: int = 60) -> str:
    """The text on one line, cut for a message."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def parse_date(text: str) -> date | None:
    """The one date in the text; None where the text says there is none.

    Raises `Unclear` for no date, several, one that does not exist, or one whose day and month can be swapped.
    """
    if is_nothing(text):
        return None
    found = {_built(match) for pattern in _DATE_PATTERNS for match in pattern.finditer(text)}
    if not found:
        raise Unclear(f"“{shorten(text)}” is not a date", "Write the day as 2026-11-30.")
    if len(found) > 1:
        raise Unclear(f"“{shorten(text)}” has more than one date", "Keep the one that is due now, as 2026-11-30.")
    return found.pop()


def parse_moment(text: str) -> Moment | None:
    """The time in the text, in UTC; None where the text says there is none. Raises `Unclear`.

    A time without a zone is taken as UTC, a day without a time as its midnight: both are said in `assumed`.
    """
    if is_nothing(text):
        return None
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        day = _only_day(text)
        return Moment(datetime(day.year, day.month, day.day, tzinfo=UTC), "midnight UTC of that day", day_only=True)
    zone = (match["zone"] or "").upper()
    offset = "+00:00" if zone in ("", "Z", "UTC", "GMT") else zone
    try:
        at = datetime.fromisoformat(f"{match['day']}T{match['time']:0>5}{offset}")
    except ValueError as error:
        raise Unclear(f"“{shorten(text)}” is not a time that exists", "Write it as 2026-10-01T09:12:00Z.") from error
    _check_year(at.year, text)
    return Moment(at.astimezone(UTC), "" if zone else "UTC")


def parse_time(text: str, zone: tzinfo) -> Time | None:
    """The time in a text, in UTC; None where it says that there is none. `zone` is that of times without one.

    A day alone is midnight UTC whatever the zone, as in review documents: everybody can tell the day from it.
    Raises `Unclear`, with what to write instead.
    """
    text = text.strip()[:_LONGEST]
    if _EPOCH.fullmatch(text):
        seconds = float(text) if len(text.partition(".")[0]) == _SECONDS else int(text) / 1000
        text = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        moment = parse_moment(text)
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


def parse_severity(text: str) -> str:
    """The severity as the config names it: `SEV-1`, `Sev 1` and `sev1` are the same."""
    return _SEVERITY.sub(lambda match: f"sev{match[1] or match[2]}", " ".join(text.split()))


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


def _only_day(text: str) -> date:
    try:
        day = parse_date(text)
    except Unclear as unclear:
        raise Unclear(f"“{shorten(text)}” is not a time", "Write it as 2026-10-01T09:12:00Z.") from unclear
    if day is None or not any(pattern.fullmatch(text.strip()) for pattern in _DATE_PATTERNS):
        raise Unclear(f"“{shorten(text)}” is not a time", "Write it as 2026-10-01T09:12:00Z.")
    return day


def _built(match: re.Match[str]) -> date:
    parts = match.groupdict()
    year, day = int(parts["year"]), parts.get("day")
    if name := parts.get("month"):
        month = _MONTHS.index(name[:3].lower()) + 1
    elif number := parts.get("number"):
        month = int(number)
    else:
        month, day = _ordered(int(parts["first"]), int(parts["second"]), match[0])
    _check_year(year, match[0])
    try:
        return date(year, month, int(day or 0))
    except ValueError as error:
        raise Unclear(f"“{match[0]}” is not a day that exists", "Write the day as 2026-11-30.") from error


def _ordered(first: int, second: int, text: str) -> tuple[int, str]:
    """Month and day of `12/31/2026` or `31/12/2026`, where only one reading is possible."""
    if first <= 12 and second <= 12 and first != second:
        raise Unclear(f"“{text}” can be read in two ways", "Write the day as 2026-11-30.")
    return (second, str(first)) if first > 12 else (first, str(second))


def _check_year(year: int, text: str) -> None:
    if year not in _YEARS:
        raise Unclear(f"“{shorten(text)}” is not a year of this century", "Write the day as 2026-11-30.")
