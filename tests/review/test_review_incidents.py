"""What a review says of its incident beside its class: other systems' names for it, and a start without an hour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.marker import parse_markers, render_marker
from tests.cli import run
from tests.make import a_commitment, a_header
from tracker.app import App
from tracker.model import ReviewHeader, Severity
from tracker.review.incidents import incident_name
from tracker.review.markdown import parse_document

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.model import Problem

TIMELINE = "## Timeline\n\n| Time | Kind | Event |\n|-|-|-|\n"
LINK = "https://tracker.example/browse/OPS-12"


def read(text: str) -> tuple[ReviewHeader, tuple[Problem, ...]]:
    document = parse_document(text)
    assert document.review is not None
    return document.review.header, document.problems


# The same incident in other systems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("incidents: [OPS-12, OPS-13]", ("OPS-12", "OPS-13")),
        ("incidents: OPS-12, OPS-13 OPS-12", ("OPS-12", "OPS-13")),
        ("incident: OPS-12", ("OPS-12",)),
        ("incident link: " + LINK, (LINK,)),
        ("incident ticket: acme/ops#12", ("acme/ops#12",)),
        ("Incident Links:\n  - OPS-12\n  - " + LINK, ("OPS-12", LINK)),
        ("incident: '#1182'", ("1182",)),
        ("incident: 1182", ("1182",)),
        (f"incidents: <{LINK}>", (LINK,)),
        ("incidents: []", ()),
        ("incidents:", ()),
        ("incidents: none", ()),
    ],
)
def test_other_names_of_the_incident_are_read(text: str, expected: tuple[str, ...]) -> None:
    header, problems = read(f"---\nid: X\n{text}\n---\n")
    assert header.incidents == expected
    assert problems == ()


@pytest.mark.parametrize("value", ["Checkout outage", "the big one", "javascript:alert(1)", "OPS-12 and more"])
def test_what_is_no_name_of_an_incident_is_said_and_left_out(value: str) -> None:
    header, (problem,) = read(f"---\nid: X\nincident: '{value}'\n---\n")
    assert header.incidents == ()
    assert (problem.line, problem.severity) == (3, Severity.WARNING)
    assert "is no id and no link of an incident" in problem.message
    assert "OPS-12" in problem.hint


def test_more_than_twenty_names_are_too_many() -> None:
    header, (problem,) = read(f"---\nid: X\nincidents: {' '.join(f'OPS-{n}' for n in range(30))}\n---\n")
    assert len(header.incidents) == 20
    assert "more than 20" in problem.message


def test_a_metadata_table_may_name_the_incident_and_a_title_there_is_none() -> None:
    table = "| | |\n|-|-|\n| Severity | sev1 |\n| Incident | {} |\n"
    assert read(table.format("OPS-12"))[0].incidents == ("OPS-12",)
    header, problems = read(table.format("Login loops on mobile"))
    assert (header.incidents, problems) == ((), ())


def test_a_toml_document_names_them_as_well() -> None:
    assert read("+++\nid = 'X'\nincidents = ['OPS-12']\n+++\n")[0].incidents == ("OPS-12",)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_a_name_never_holds_space_or_control_characters(text: str) -> None:
    name = incident_name(text)
    assert name == "" or (name.isprintable() and not any(c.isspace() for c in name))


# A start without an hour


@pytest.mark.parametrize("day", ["2026-10-01", "1 October 2026", "01.10.2026"])
def test_a_start_that_is_a_day_is_midnight_of_that_day_and_said_so(day: str) -> None:
    header, (problem,) = read(f"---\nid: X\nstarted: {day}\n---\n")
    assert (header.started, header.day_only) == (datetime(2026, 10, 1, tzinfo=UTC), True)
    assert "taken as midnight UTC" in problem.message


@pytest.mark.parametrize("moment", ["2026-10-01 00:00", "2026-10-01T00:00:00Z", "2026-10-01 09:12+02:00"])
def test_a_start_with_an_hour_is_not_a_day(moment: str) -> None:
    assert read(f"---\nid: X\nstarted: {moment}\n---\n")[0].day_only is False


def test_a_day_in_the_timeline_is_a_day_as_well() -> None:
    header, problems = read(f"---\nid: X\n---\n{TIMELINE}| 2026-10-01 | started | |\n| 2026-10-02 | mitigated | |\n")
    assert (header.started, header.day_only) == (datetime(2026, 10, 1, tzinfo=UTC), True)
    assert len(problems) == 2


def test_the_front_matter_counts_before_a_day_in_the_timeline() -> None:
    header, _problems = read(f"---\nid: X\nstarted: 2026-10-01T09:12:00Z\n---\n{TIMELINE}| 2026-10-01 | started | |\n")
    assert (header.started, header.day_only) == (datetime(2026, 10, 1, 9, 12, tzinfo=UTC), False)


# How they travel


def test_both_travel_in_the_marker() -> None:
    commitment = a_commitment(review=a_header(day_only=True, incidents=("OPS-12", LINK)))
    assert list(parse_markers(render_marker(commitment))) == [commitment]


def test_a_marker_without_them_is_as_long_as_it_was() -> None:
    marker = render_marker(a_commitment())
    assert "day_only" not in marker
    assert "incidents" not in marker


def test_a_marker_of_before_still_decodes() -> None:
    header = msgspec.json.decode('{"id":"X"}', type=ReviewHeader)
    assert (header.day_only, header.incidents) == (False, ())


def test_check_shows_both_as_json(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    path.write_text("---\nid: X\nstarted: 2026-10-01\nincident: OPS-12\n---\n", encoding="utf-8")
    review = msgspec.json.decode(run(["check", str(path), "--json"], App(env={}, cwd=tmp_path)).out)["review"]
    assert (review["day_only"], review["incidents"]) == (True, ["OPS-12"])
