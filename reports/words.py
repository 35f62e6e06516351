"""How figures are said: one phrase for a number, so that every format says the same. Pure; never escapes anything.

Text that came from a document or a tracker is made one plain line here (`clean`, `link`) before it enters a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.text import is_web_link, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from reports.rates import Rate

_TEXT_LIMIT = 200
_LINK_LIMIT = 500


def clean(text: str) -> str:
    """The text on one line without control characters, cut where a page would suffer from it."""
    line = text.strip() if text.isprintable() else plain(text)  # the short way: a report cleans 100,000 texts
    return line if len(line) <= _TEXT_LIMIT else f"{line[: _TEXT_LIMIT - 1].rstrip()}…"


def link(url: str) -> str:
    """The URL where it may be shown as a link, else nothing."""
    return url if len(url) <= _LINK_LIMIT and is_web_link(url) else ""


def day(when: date | datetime | None) -> str:
    """`3 Oct 2026`, or `no date`. A time is shown by the day it carries, in its own zone."""
    return "no date" if when is None else f"{when.day} {when:%b %Y}"


def month(when: date | datetime) -> str:
    """`Feb 2025`."""
    return f"{when:%b %Y}"


def minute(when: datetime | None) -> str:
    """`3 Oct 2026 09:12 UTC`; `never` for no time."""
    return "never" if when is None else f"{day(when)} {when:%H:%M %Z}"


def number(count: int) -> str:
    """`12,345`."""
    return f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 item`, `2 items`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """`once`, `2 times`."""
    return "once" if count == 1 else f"{count:,} times"


def listed(names: Sequence[str], at_most: int) -> str:
    """`a`, `a and b`, `a, b, c and 2 more`."""
    first, more = list(names[:at_most]), len(names) - at_most
    if more > 0:
        return f"{', '.join(first)} and {more:,} more"
    return f"{', '.join(first[:-1])} and {first[-1]}" if len(first) > 1 else "".join(first)


def percent(share: float) -> str:
    """A whole percentage that never rounds something to nothing or nearly all to all."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share * 100:.0f}%"


def share(rate: Rate) -> str:
    """`40%`, `between 40% and 60%`, or nothing where too few are counted for a percentage."""
    if rate.low is None or rate.high is None:
        return ""
    low, high = percent(rate.low), percent(rate.high)
    return low if rate.unknown == 0 else f"between {low} and {high}"


def tally(rate: Rate) -> str:
    """`12 of 30`; `12 to 18 of 30` where six could not be read; `no actions` of none."""
    if rate.of == 0:
        return "no actions"
    reach = f" to {rate.count + rate.unknown:,}" if rate.unknown else ""
    return f"{rate.count:,}{reach} of {rate.of:,}"


def reach(rate: Rate) -> str:
    """`60%`, `60% to 63%` where some are unknown, or nothing where too few are counted for a percentage."""
    return share(rate).removeprefix("between ").replace(" and ", " to ")


def interval(rate: Rate) -> str:
    """`95% interval 25% to 58%`, or nothing."""
    if rate.interval is None:
        return ""
    low, high = rate.interval
    return f"95% interval {percent(low)} to {percent(high)}"


def rate(figure: Rate) -> str:
    """The whole figure: `12 of 30 (40%, 95% interval 25% to 58%)`; only counts under five."""
    details = ", ".join(part for part in (share(figure), interval(figure)) if part)
    return f"{tally(figure)} ({details})" if details else tally(figure)


def short_interval(figure: Rate) -> str:
    """The share where the counts stand beside it: `40% (25% to 58%)`, `too few`, or nothing of none."""
    if figure.interval is None:
        return "too few" if figure.of else ""
    low, high = figure.interval
    return f"{share(figure)} ({percent(low)} to {percent(high)})"
