"""All incidents together: how many a year, and whether they come closer together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports.incidents import Incidents, Occurrence
from reports.overall import Overall, build_overall
from tests.reports.helping import NOW, SINCE, basis_of, help_of, occurred, on


def overall(*occurrences: Occurrence) -> Overall:
    known = Incidents(known=occurrences, by_class={}, by_review={}, without_class=0, without_start=0, assumed_start=0)
    found = build_overall(known, NOW, basis_of())
    assert found is not None
    return found


def test_the_yearly_rate_has_its_exact_interval() -> None:
    told = overall(*occurred(*(on(month, 1) for month in range(1, 13))))
    days = (NOW - basis_of().midnight(SINCE)) / timedelta(days=1)
    assert told.a_year == pytest.approx(12 / days * 365)
    low, high = told.interval
    assert low < told.a_year < high


def test_a_steady_pace_shows_no_trend_and_a_rush_of_late_does() -> None:
    steady = overall(*occurred(*(on(month, 1, year=year) for year in (2024, 2025, 2026) for month in range(1, 13))))
    assert steady.laplace is not None
    assert abs(steady.laplace) < 1
    assert "with no clear trend" in steady.said
    rush = overall(*occurred(*(on(11, day, year=2026) for day in range(1, 11))))
    assert rush.laplace is not None
    assert rush.laplace > 1.96
    assert "closer together of late" in rush.said


def test_under_five_incidents_nothing_is_said_of_a_trend() -> None:
    told = overall(*occurred(*(on(month, 1) for month in range(1, 5))))
    assert told.laplace is None
    assert told.said.startswith("4 incidents on record since 1 Jan 2024: 1.3 a year (95% interval ")


def test_incidents_before_the_records_are_left_out() -> None:
    assert overall(*occurred(on(6, 1, year=2023), on(6, 1))).incidents == 1


def test_without_a_day_from_which_records_are_kept_nothing_is_said() -> None:
    assert help_of(records_since=None).overall is None
