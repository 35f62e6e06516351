"""What a tracker tells of an incident becomes ours by the sources that the config names; nothing makes it fail."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.feeds import FeedQuery, RemoteIncident
from sync.incident_mapping import LONGEST_NAME, MOST_NAMES, Unread, build_incident, query_of
from sync.incident_text import LONGEST_TEXT, find_lines
from tests.make import at
from tracker.config import Feed, Source, TimeSource
from tracker.model import Incident
from tracker.text import plain
from tracker.values import parse_time

BERLIN = ZoneInfo("Europe/Berlin")
FEED = Feed(name="ops", tracker="platform", jql="project = OPS")
DATED = msgspec.structs.replace(
    FEED,
    started=TimeSource(field="began"),
    detected=TimeSource(field="seen"),
    mitigated=TimeSource(field="resolutiondate"),
)


def a_remote(**fields: Any) -> RemoteIncident:
    """OPS-12, of which little is known."""
    remote = RemoteIncident(
        ref="OPS-12",
        url="https://acme.example/browse/OPS-12",
        title="Checkout is down",
        created=at(-3),
        updated=at(-1),
    )
    return msgspec.structs.replace(remote, **fields)


def mapped(remote: RemoteIncident, feed: Feed = FEED) -> Incident:
    return build_incident(remote, feed, UTC)[0]


def test_an_incident_of_which_little_is_known() -> None:
    incident, unread = build_incident(a_remote(), FEED, UTC)
    assert incident == Incident(
        id="OPS-12",
        source="ops",
        title="Checkout is down",
        url="https://acme.example/browse/OPS-12",
        started=at(-3),
        assumed_start=True,
    )
    assert unread == ()


def test_every_label_with_the_prefix_is_a_class_the_first_one_the_primary() -> None:
    labels = ("incident", "class:config-rollout", "Class: Retry storm ", "class:", "subclass:x", "class:config-rollout")
    incident = mapped(a_remote(labels=(*labels, "condition:no-canary", "condition:no-alert")))
    assert incident.classes == ("config-rollout", "Retry storm")
    assert incident.conditions == ("no-canary", "no-alert")


@pytest.mark.parametrize(
    ("source", "classes"),
    [
        (Source(component=True), ("checkout", "web")),
        (Source(field="customfield_1"), ("Config rollout",)),
        (Source(field="customfield_2"), ()),
        (Source(label_prefix="kind/"), ("storm",)),
        (Source(line="Class"), ("config-rollout", "bad config")),
    ],
)
def test_a_class_is_found_where_the_config_says(source: Source, classes: tuple[str, ...]) -> None:
    feed = msgspec.structs.replace(FEED, incident_class=source, severity=source, team=source)
    remote = a_remote(
        labels=("kind/storm",),
        fields={"components": ("checkout", "web"), "customfield_1": ("Config  rollout",)},
        text="Class: config-rollout, bad config",
    )
    incident = mapped(remote, feed)
    assert incident.classes == classes
    single = "config-rollout, bad config" if source.line else next(iter(classes), "")
    assert (incident.severity, incident.team) == (single, single)


def test_times_are_read_in_whatever_zone_they_are_written() -> None:
    told = {
        "began": ("2026-10-01T11:12:00.000+0200",),
        "seen": ("2026-10-01 09:31 UTC",),
        "resolutiondate": ("2026-10-01T12:02:03+02:00",),
    }
    incident, unread = build_incident(a_remote(fields=told), DATED, BERLIN)
    assert incident.started == datetime(2026, 10, 1, 9, 12, tzinfo=UTC)
    assert incident.detected == datetime(2026, 10, 1, 9, 31, tzinfo=UTC)
    assert incident.mitigated == datetime(2026, 10, 1, 10, 2, 3, tzinfo=UTC)
    assert (incident.day_only, incident.assumed_start, unread) == (False, False, ())


def test_a_start_of_which_only_the_day_is_known_says_so() -> None:
    incident, unread = build_incident(a_remote(fields={"began": ("2026-10-01",)}), DATED, BERLIN)
    assert incident.started == datetime(2026, 10, 1, tzinfo=UTC)
    assert (incident.day_only, incident.assumed_start, unread) == (True, False, ())


def test_a_detection_of_which_only_the_day_is_known_is_left_out_and_said() -> None:
    told = {"began": ("2026-10-01T09:12Z",), "seen": ("2026-10-01",)}
    incident, unread = build_incident(a_remote(fields=told), DATED, UTC)
    assert incident.detected is None
    assert unread == (Unread("detected", "OPS-12", "2026-10-01"),)


def test_a_start_that_cannot_be_read_is_said_and_the_creation_stands_in() -> None:
    incident, unread = build_incident(a_remote(fields={"began": ("soon after\nlunch",)}), DATED, UTC)
    assert (incident.started, incident.assumed_start) == (at(-3), True)
    assert unread == (Unread("started", "OPS-12", "soon after lunch"),)


def test_a_creation_time_that_the_config_names_as_the_start_is_no_assumption() -> None:
    feed = msgspec.structs.replace(FEED, started=TimeSource(field="created_at"))
    incident = mapped(a_remote(fields={"created_at": (at(-3).isoformat(),)}), feed)
    assert (incident.started, incident.assumed_start) == (at(-3), False)


def test_an_incident_without_any_time_has_no_start() -> None:
    incident = mapped(a_remote(created=datetime.min.replace(tzinfo=UTC)))
    assert (incident.started, incident.assumed_start) == (None, False)


@pytest.mark.parametrize(
    "text",
    ["now", "2026-13-01", "2026-10-01T25:00Z", "9999-12-31T23:59-12:00", "1999-12-31", "20261001", "12:30",
     "2026-10-01T09:12+99:00", "2026-W40-4", "10/11/2026", "9" * 5000],
)  # fmt: skip
def test_what_is_no_time_is_said(text: str) -> None:
    incident, unread = build_incident(a_remote(fields={"began": (text,)}), DATED, BERLIN)
    assert (incident.assumed_start, [each.what for each in unread]) == (True, ["started"])


@pytest.mark.parametrize("text", ["", "n/a", "TBD", "-"])
def test_what_says_that_there_is_no_time_is_none(text: str) -> None:
    incident, unread = build_incident(a_remote(fields={"began": (text,)}), DATED, BERLIN)
    assert (incident.assumed_start, unread) == (True, ())


@pytest.mark.parametrize(
    "text",
    ["2026-10-01 9:12", "2026-10-01T09:12:00.1234567+0200", "1 Oct 2026 9:12 AM", "01/Oct/26 9:12 AM", "1790838720000"],
)
def test_a_feed_reads_times_as_files_do(text: str) -> None:
    found = parse_time(text, BERLIN)
    assert found is not None
    incident, unread = build_incident(a_remote(fields={"began": (text,)}), DATED, BERLIN)
    assert (incident.started, incident.assumed_start, unread) == (found.at, False, ())
    assert found.at.replace(microsecond=0) == datetime(2026, 10, 1, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(("text", "severity"), [("SEV-1", "sev1"), ("1", "sev1"), ("High", "High")])
def test_a_severity_is_the_same_however_it_is_written(text: str, severity: str) -> None:
    feed = msgspec.structs.replace(FEED, severity=Source(field="priority"))
    assert mapped(a_remote(fields={"priority": (text,)}), feed).severity == severity


ZONES = {"": timezone(timedelta(hours=2)), "Z": UTC, " gmt": UTC, "+0200": timezone(timedelta(hours=2)),
         " -11:30": timezone(timedelta(hours=-11, minutes=-30))}  # fmt: skip


@given(st.integers(10**9, 4 * 10**9), st.sampled_from(sorted(ZONES)))
@settings(max_examples=50, deadline=None)
def test_a_time_that_is_written_is_read(seconds: int, zone: str) -> None:
    moment = datetime.fromtimestamp(seconds, ZONES[zone])
    remote = a_remote(fields={"began": (f"{moment:%Y-%m-%d %H:%M:%S}{zone}",)})
    incident, _unread = build_incident(remote, DATED, ZONES[""])
    assert (incident.started, incident.day_only) == (moment, False)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
@settings(max_examples=30, deadline=None)
def test_a_day_is_midnight_utc_whatever_the_zone(day: date) -> None:
    incident, _unread = build_incident(a_remote(fields={"began": (day.isoformat(),)}), DATED, BERLIN)
    assert (incident.started, incident.day_only) == (datetime.combine(day, time(), UTC), True)


def test_only_what_is_needed_is_asked_for() -> None:
    assert query_of(FEED) == FeedQuery(feed="ops", jql="project = OPS")
    feed = msgspec.structs.replace(
        DATED, team=Source(component=True), severity=Source(field="priority"), started=TimeSource(field="priority")
    )
    assert query_of(feed).fields == ("priority", "components", "seen", "resolutiondate")
    lined = Feed(name="web", tracker="t", labels=("a", "b"), repository="acme/web", team=Source(line="Team"))
    assert query_of(lined) == FeedQuery(feed="web", labels=("a", "b"), repository="acme/web", text=True)


# Lines


@pytest.mark.parametrize(
    "text",
    [
        "Class: config-rollout",
        "What happened.\r\n\r\n- **class:** config-rollout",
        "**Class**: `config-rollout`",
        "> CLASS : _config-rollout_",
        "### Class\n\nconfig-rollout\n\nAnd more text",
        "<!-- Class: example -->\nClass: config-rollout",
        "```\nClass: code\n```\nClass: config-rollout",
        "~~~\n```\nClass: code\n~~~\nClass: config-rollout",
        "````md\n```\nClass: code\n```\nClass: code\n````\nClass: config-rollout",
        "```not a block```\nClass: config-rollout",
        "### Class\n\n```text\nconfig-rollout\nClass: more\n```\nAnd more text",
        "### Class\n\n```text\n\n```\n### Other\n```\nClass: code\n```\nClass: config-rollout",
        "Class:\n### Class\n\n_No response_\n### Class\nconfig-rollout",
        "Class: n/a\nClass: config-rollout",
        "Subclass: x\nthe Class: y\nClass: config-rollout",
    ],
)
def test_a_line_is_found_however_it_is_dressed(text: str) -> None:
    assert list(find_lines(text, "Class")) == ["config-rollout"]


@pytest.mark.parametrize(
    "text",
    ["", "Class config-rollout", "<!-- Class: hidden", "## Class\n## Other\nx", "See https://x.example/Class:1",
     "Class:"],
)  # fmt: skip
def test_no_line_is_found_where_there_is_none(text: str) -> None:
    assert list(find_lines(text, "Class")) == []


def test_every_line_of_the_name_is_found() -> None:
    assert list(find_lines("Class: a\nClass: b", "class")) == ["a", "b"]


@pytest.mark.parametrize("piece", ["<!--", "Class", "#", "```\n", "*" * 7, "Class:\n", ": "])
def test_a_text_that_is_made_to_be_slow_is_not(piece: str) -> None:
    began = perf_counter()
    list(find_lines(piece * (2 * LONGEST_TEXT // len(piece)), "Class"))
    assert perf_counter() - began < 1


# Untrusted text

TEXTS = st.text(max_size=40) | st.sampled_from(["class:" + "x" * 5000, "\x1b[31m", "javascript:x", "condition:\u202e"])


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=60), st.lists(TEXTS, max_size=3), TEXTS)
@settings(max_examples=50, deadline=None)
def test_whatever_is_written_the_incident_is_plain_and_short(
    title: str, url: str, labels: list[str], values: list[str], text: str
) -> None:
    feed = msgspec.structs.replace(DATED, severity=Source(line="severity"), team=Source(field="began"))
    told = dict.fromkeys(("began", "seen", "resolutiondate"), tuple(values))
    remote = a_remote(title=title, url=url, labels=tuple(f"class:{each}" for each in labels), fields=told, text=text)
    incident, _unread = build_incident(remote, feed, UTC)
    names = (*incident.classes, *incident.conditions, incident.severity, incident.team)
    assert all(name == plain(name) and len(name) <= LONGEST_NAME for name in names)
    assert len(incident.classes) <= MOST_NAMES
    assert incident.title == plain(incident.title)
    assert incident.url == "" or incident.url.startswith("http")
    assert incident.started is not None


def test_an_address_that_is_no_web_link_is_left_out() -> None:
    assert mapped(a_remote(url="javascript:alert(1)")).url == ""
    assert mapped(a_remote(url="https://x.example/" + "a" * 3000)).url == ""


def test_a_gap_of_summer_time_is_a_time_all_the_same() -> None:
    incident, _unread = build_incident(a_remote(fields={"began": ("2026-03-29 02:30",)}), DATED, BERLIN)
    assert incident.started is not None
    assert abs(incident.started - datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) <= timedelta(hours=1)
