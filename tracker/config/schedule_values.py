"""The values of `[schedule]`: hours, a day with its hour, the address that a monitor gave. Pure."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, NamedTuple

from tracker.config.values import (
    TRUST_HINT,
    URL,
    Setting,
    Unfit,
    close_match,
    is_loopback,
    parse_duration,
    parse_variable,
    shown,
    value_of,
)

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORTEST_PERIOD = timedelta(minutes=1)

_HOUR = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"


class WeekHour(NamedTuple):
    """A day of the week (Monday is 0) and an hour."""

    weekday: int
    at: time


def parse_hour(text: str, _setting: Setting) -> time:
    """`07:00`, of 24 hours."""
    match = re.fullmatch(_HOUR, text)
    if match is None:
        raise Unfit(f"{shown(text)} is not an hour of the day, from 00:00 to 23:59")
    return time(int(match[1]), int(match[2]))


def parse_week_hour(text: str, setting: Setting) -> WeekHour:
    """`monday 07:00`."""
    day, _space, hour = text.strip().lower().partition(" ")
    if day not in DAYS:
        match = close_match(day, DAYS)
        raise Unfit(f"{shown(text)} is not a day and an hour", f'write "{match} {hour or "07:00"}"' if match else "")
    return WeekHour(DAYS.index(day), parse_hour(hour.strip(), setting))


def parse_period(text: str, setting: Setting) -> timedelta:
    """A duration of a minute or more."""
    period = parse_duration(text, setting)
    if period < SHORTEST_PERIOD:
        raise Unfit(f"{shown(text)} is too short: a minute at least")
    return period


def parse_ping(text: str, setting: Setting) -> str:
    """The address that a monitor waits to be asked for. Never repeated in a message: whoever knows it can use it."""
    problem = ping_problem(text)
    if problem:
        raise Unfit(problem, 'write "https://…", or { env = "PING_URL" }')
    if setting.found and not is_loopback(text):
        raise Unfit("a config that nobody named may not send anything to this host", TRUST_HINT)
    return text


def ping_problem(text: str) -> str:
    """What is wrong with the address of a monitor, without repeating it; empty where nothing is."""
    match = re.fullmatch(URL, text, re.IGNORECASE)
    if match is None or "@" in text or re.search(r"[\s\x00-\x1f]", text) or not text.isascii():
        return "this is not an address that can be asked for"
    if match["scheme"].lower() != "https" and not (match["scheme"] == "http" and is_loopback(text)):
        return "plain http is only for this machine"
    return ""


def parse_ping_variable(text: str, setting: Setting) -> str:
    """The variable that holds the monitor's address."""
    if setting.found:
        raise Unfit("a config that nobody named may not send what a variable holds", TRUST_HINT)
    return parse_variable(text, setting)


Hour = Annotated[time, value_of("an hour of the day", '"09:00"', parse_hour)]
WeekHourText = Annotated[WeekHour, value_of("a day and an hour", '"monday 07:00"', parse_week_hour)]
Period = Annotated[timedelta, value_of("a duration", '"15m"', parse_period)]
PingUrl = Annotated[str, value_of("the address that a monitor gave you", '"https://hc-ping.com/…"', parse_ping)]
PingVariable = Annotated[str, value_of("the name of an environment variable", '"PING_URL"', parse_ping_variable)]
