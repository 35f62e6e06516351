"""Times as exports write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.values import Time, Unclear, parse_time

BERLIN = ZoneInfo("Europe/Berlin")


def moment(hour: int, minute: int = 12, second: int = 0) -> datetime:
    return datetime(2026, 10, 1, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01T09:12:00Z",
        "2026-10-01 09:12 UTC",
        "2026-10-01T11:12:00.000+0200",
        "2026-10-01T11:12:00+02:00",
        "1 October 2026 9:12 UTC",
        "Oct 1, 2026 at 9:12 AM UTC",
        "01.10.2026 09:12 +00:00",
        "1790845920",
        "1790845920.0",
        "1790845920000",
    ],
)
def test_a_time_with_a_zone_is_exact(text: str) -> None:
    assert parse_time(text, BERLIN) == Time(moment(9))


@pytest.mark.parametrize(
    "text",
    ["2026-10-01 09:12", "2026-10-01T9:12", "01/Oct/26 9:12 AM", "Oct 1, 2026 9:12 am", "1. October 2026, 09:12"],
)
def test_a_time_without_a_zone_is_in_the_one_that_is_said(text: str) -> None:
    assert parse_time(text, UTC) == Time(moment(9), is_zoneless=True)
    assert parse_time(text, BERLIN) == Time(moment(7), is_zoneless=True)


@pytest.mark.parametrize("text", ["2026-10-01", "1 Oct 2026", "01/Oct/26", "01.10.2026"])
@pytest.mark.parametrize("zone", [UTC, BERLIN])
def test_a_day_is_midnight_utc_whatever_the_zone(text: str, zone: ZoneInfo) -> None:
    assert parse_time(text, zone) == Time(moment(0, 0), day_only=True)


@pytest.mark.parametrize(("text", "hour"), [("12:12 AM", 0), ("12:12 pm", 12), ("11:12 p.m.", 23), ("1:12 PM", 13)])
def test_hours_of_half_a_day(text: str, hour: int) -> None:
    assert parse_time(f"1 Oct 2026 {text}", UTC) == Time(moment(hour), is_zoneless=True)


@pytest.mark.parametrize("text", ["", "n/a", "-", "TBD"])
def test_nothing_is_no_time(text: str) -> None:
    assert parse_time(text, UTC) is None


@pytest.mark.parametrize(
    "text",
    ["soon", "9:12", "04/05/2026 9:12", "2026-13-01 09:12", "2026-10-01 25:12", "9999999999", "0000000001", "1" * 500],
)
def test_what_would_have_to_be_guessed_at_is_unclear(text: str) -> None:
    with pytest.raises(Unclear) as caught:
        parse_time(text, UTC)
    assert caught.value.hint


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="0123456789/-:.TZ+ aAmMpPOct", max_size=30))
def test_any_text_is_a_time_nothing_or_unclear(text: str) -> None:
    try:
        found = parse_time(text, BERLIN)
    except Unclear:
        return
    assert found is None or found.at.tzinfo is UTC
