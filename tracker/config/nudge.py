"""The section that says when `track` reminds, and the values that only it has."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from tracker.config.report_values import parse_day
from tracker.config.section import Section
from tracker.config.values import Clash, Number, Setting, Unfit, close_match, parse_duration, shown, value_of

# Annotations are evaluated here on purpose (no `from __future__`): the reader goes by them.

OnMissing = Literal["comment", "reopen", "nothing"]
NOTHING: OnMissing = "nothing"
WORDS: tuple[OnMissing, ...] = ("comment", "reopen", "nothing")

_DAY = timedelta(days=1)


def parse_days(text: str, setting: Setting) -> timedelta:
    """A duration of whole days: due dates have no hour."""
    period = parse_duration(text, setting)
    if period % _DAY or period < _DAY:
        days = max(1, math.ceil(period / _DAY))
        raise Unfit(f"{shown(text)} is not a number of whole days: due dates have no hour", f'write "{days}d"')
    return period


def parse_on_missing(text: str, _setting: Setting) -> OnMissing:
    """What is done about an issue that was closed without evidence."""
    for word in WORDS:
        if text == word:
            return word
    match = close_match(text, WORDS)
    hint = f'did you mean "{match}"?' if match else f"write one of {', '.join(WORDS)}"
    raise Unfit(f"{shown(text)} is not what can be done about a close without evidence", hint)


def nudge_clashes(evidence: object, nudge: object) -> Iterator[Clash]:
    """Asking for evidence needs the day since when anybody is reminded of anything."""
    wanted = evidence.get("on_missing", NOTHING) if isinstance(evidence, dict) else NOTHING
    if nudge is None and wanted in WORDS and wanted != NOTHING:
        hint = "add [nudge] with since = 2026-12-01, but today's date: what was closed before it is left in peace"
        yield Clash(("evidence", "on_missing"), "nobody is asked for evidence without a [nudge]", hint)


Days = Annotated[timedelta, value_of("a number of days", '"14d"', parse_days)]
Amnesty = Annotated[
    date,
    value_of(
        "a date without quotation marks",
        "2026-12-01, but today's date: what lies before it is left in peace",
        parse_day,
        toml=date,
    ),
]
OnMissingWord = Annotated[OnMissing, value_of("what to do", '"comment"', parse_on_missing)]


class NudgeSection(Section, frozen=True, kw_only=True):
    """When an issue is reminded of what was promised in it. Nothing that lies before `since` is ever mentioned."""

    since: Amnesty
    before_due: Days = timedelta(days=3)
    overdue_every: Days = timedelta(days=14)
    max_per_run: Number = 20
