"""What a row means: ids, links, classes, times; and what is said of rows that mean nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.reading import read, told, troubles
from tracker.incidents.reading import id_of_link
from tracker.model import Incident

HEAD = "id,title,class,conditions,severity,service,team,started,created,detected,mitigated,url\n"
FULL = (
    "OPS-1,Down,dns;disk,no-canary; no-alert,SEV-1,web,payments,2026-03-02T09:00Z,2026-03-02T09:30Z,"
    "2026-03-02T09:10Z,2026-03-02T10:00Z,https://x.example/browse/OPS-1\n"
)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def one(row: str, head: str = "id,class,started\n") -> Incident:
    (incident,) = read(head + row).incidents
    return incident


def test_every_field_is_read() -> None:
    assert one(FULL, HEAD) == Incident(
        id="OPS-1",
        source="file:x",
        title="Down",
        url="https://x.example/browse/OPS-1",
        classes=("dns", "disk"),
        conditions=("no-canary", "no-alert"),
        severity="sev1",
        service="web",
        team="payments",
        started=at(9),
        detected=at(9, 10),
        mitigated=at(10),
    )


# Ids


@pytest.mark.parametrize("written", ["OPS-1", " OPS-1 ", "#OPS-1", "https://x.example/browse/OPS-1"])
def test_an_id_is_known_however_it_is_written(written: str) -> None:
    assert one(f"{written},dns,2026-03-02").id == "OPS-1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/browse/OPS-12", "OPS-12"),
        ("https://x.example/jira/browse/OPS-12?focused=1", "OPS-12"),
        ("https://github.example/acme/ops/issues/7#comment", "acme/ops#7"),
        ("https://status.example/incidents/abc/", "status.example/incidents/abc"),
    ],
)
def test_a_row_without_an_id_has_that_of_its_link(url: str, expected: str) -> None:
    incident = one(f",dns,2026-03-02,{url}\n", "id,class,started,url\n")
    assert (incident.id, incident.url) == (expected, url)


@pytest.mark.parametrize(
    ("number", "url", "expected"),
    [
        ("12", "https://github.example/acme/ops/issues/12", "acme/ops#12"),
        ("#12", "https://x.example/browse/OPS-12", "OPS-12"),
        ("12", "https://status.example/incidents", "12"),  # a page of all of them, perhaps
        ("PX12", "https://x.example/browse/OPS-12", "PX12"),
    ],
)
def test_a_bare_number_gives_way_to_the_issue_of_the_link(number: str, url: str, expected: str) -> None:
    assert one(f"{number},dns,2026-03-02,{url}\n", "id,class,started,url\n").id == expected


def test_an_id_of_a_long_link_is_short_and_its_own() -> None:
    first, second = (id_of_link(f"https://x.example/{'a' * 400}{end}") for end in "xy")
    assert len(first) == len(second) == 200
    assert first != second


def test_a_link_in_the_column_of_the_id_is_the_link_of_the_incident() -> None:
    assert one("https://x.example/browse/OPS-1,dns,2026-03-02").url == "https://x.example/browse/OPS-1"


def test_a_row_without_id_and_link_is_refused_with_what_to_fill_in() -> None:
    reading = read("id,class,started,link\nOPS-1,dns,2026-03-02,\n,dns,2026-03-02,\n")
    assert [incident.id for incident in reading.incidents] == ["OPS-1"]
    assert troubles(reading) == [(3, True)]
    assert "neither an id nor a link" in reading.troubles[0].message
    assert reading.is_whole is False


def test_an_id_that_is_a_text_is_refused() -> None:
    reading = read(f"id,class,started\n{'word ' * 50},dns,2026-03-02\n")
    assert "--id" in reading.troubles[0].hint


def test_the_second_row_of_an_id_is_named_with_the_line_of_the_first() -> None:
    reading = read("id,class,started\nOPS-1,dns,2026-03-02\nOPS-2,dns,2026-03-02\nOPS-1,disk,2026-03-02\n")
    assert [incident.id for incident in reading.incidents] == ["OPS-1", "OPS-2"]
    assert reading.troubles[0].message == "OPS-1 is there already, on line 2"
    assert reading.is_whole is True


# Classes and conditions


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("dns", ("dns",)),
        ("dns; disk", ("dns", "disk")),
        ('"dns, disk"', ("dns", "disk")),
        ("dns;;dns", ("dns",)),
        ("class:dns; urgent; class:disk", ("dns", "disk")),
        ("Class: dns", ("dns",)),
        ("none", ()),
        ("", ()),
    ],
)
def test_a_cell_may_hold_several_classes_and_the_first_is_the_primary_one(cell: str, expected: tuple[str, ...]) -> None:
    assert one(f"OPS-1,{cell},2026-03-02").classes == expected


def test_a_label_that_says_so_is_a_condition() -> None:
    incident = one("OPS-1,class:dns; condition:no-canary,2026-03-02", "id,labels,started\n")
    assert (incident.classes, incident.conditions) == (("dns",), ("no-canary",))


def test_a_class_beside_a_label_of_a_condition_stays() -> None:
    incident = one("OPS-1,dns; condition:no-canary,2026-03-02")
    assert (incident.classes, incident.conditions) == (("dns",), ("no-canary",))


def test_more_than_twenty_classes_are_cut() -> None:
    assert len(one(f"OPS-1,{';'.join(f'c{n}' for n in range(50))},2026-03-02").classes) == 20


# Times


def test_the_creation_stands_in_for_a_start_that_nobody_gave() -> None:
    reading = read(
        "id,class,started,created\nOPS-1,dns,,2026-03-02T09:00Z\nOPS-2,dns,2026-03-02T08:00Z,2026-03-02T09:00Z\n"
    )
    assert [(one.started, one.assumed_start) for one in reading.incidents] == [(at(9), True), (at(8), False)]


def test_a_creation_that_a_flag_names_is_the_start() -> None:
    (incident,) = read("id,class,created\nOPS-1,dns,2026-03-02T09:00Z\n", given={"started": "created"}).incidents
    assert (incident.started, incident.assumed_start) == (at(9), False)


def test_a_day_without_an_hour_is_known_to_be_one() -> None:
    incident = one("OPS-1,dns,2026-03-02")
    assert (incident.started, incident.day_only) == (at(0), True)


def test_times_without_a_zone_are_counted_and_in_the_zone_that_is_said() -> None:
    text = "id,class,started,detected\nOPS-1,dns,2026-03-02 09:00,2026-03-02 09:10\n"
    assert read(text).zoneless == 2
    reading = read(text, zone=ZoneInfo("Europe/Berlin"))
    assert [(one.started, one.detected) for one in reading.incidents] == [(at(8), at(8, 10))]


def test_a_start_that_cannot_be_read_costs_the_row_but_the_incident_is_still_in_the_file() -> None:
    reading = read("id,class,started\nOPS-1,dns,soon\n")
    assert reading.incidents == ()
    assert (set(reading.ids), reading.is_whole) == ({"OPS-1"}, True)
    assert "“soon” is not a time" in reading.troubles[0].message
    assert "2026-10-01T09:12:00Z" in reading.troubles[0].hint


@pytest.mark.parametrize("later", ["detected", "mitigated"])
def test_another_time_that_cannot_be_read_or_cannot_be_is_left_out_and_the_row_kept(later: str) -> None:
    for text in ("soon", "2026-03-02T08:00Z"):
        reading = read(f"id,class,started,{later}\nOPS-1,dns,2026-03-02T09:00Z,{text}\n")
        assert getattr(reading.incidents[0], later) is None
        assert troubles(reading) == [(2, False)]


def test_a_detection_without_an_hour_tells_no_duration() -> None:
    reading = read("id,class,started,detected\nOPS-1,dns,2026-03-02T09:00Z,2026-03-02\n")
    assert (reading.incidents[0].detected, reading.days, reading.troubled) == (None, 1, 0)


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Tokyo", 9), ("America/Los_Angeles", -7), ("UTC", 0)])
def test_a_detection_on_the_day_of_a_start_without_an_hour_is_kept_in_any_zone(zone: str, hours: int) -> None:
    head = "id,class,started,detected,mitigated\n"
    reading = read(f"{head}A,c,2026-10-01,2026-10-01 00:30,2026-10-01 23:30\n", zone=ZoneInfo(zone))
    (incident,) = reading.incidents
    assert incident.detected == datetime(2026, 10, 1, 0, 30, tzinfo=timezone(timedelta(hours=hours)))
    assert (incident.mitigated is not None, reading.troubled) == (True, 0)
    reading = read(f"{head}A,c,2026-10-01,2026-09-30 23:30,\n", zone=ZoneInfo(zone))
    assert (reading.incidents[0].detected, reading.troubled) == (None, 1)


def test_a_detection_before_the_creation_is_no_contradiction() -> None:
    incident = one("OPS-1,dns,2026-03-02T09:00Z,2026-03-02T08:50Z", "id,class,created,detected\n")
    assert (incident.assumed_start, incident.detected) == (True, at(8, 50))


# Somebody else's text


def test_a_link_that_may_not_be_shown_is_left_out() -> None:
    reading = read("id,class,started,url\nOPS-1,dns,2026-03-02,javascript:alert(1)\n")
    assert reading.incidents[0].url == ""
    assert troubles(reading) == [(2, False)]


def test_control_characters_are_gone_and_long_texts_cut() -> None:
    incident = one(f"OPS-1,\x1b[31mdns\u202e,2026-03-02,{'x' * 2_000}", "id,class,started,title\n")
    assert incident.classes == ("[31mdns",)
    assert len(incident.title) == 500


def test_a_formula_is_nothing_but_a_text() -> None:
    incident = one('OPS-1,=1+1,2026-03-02,"=HYPERLINK(""http://x"")"', "id,class,started,title\n")
    assert (incident.classes, incident.title) == (("=1+1",), '=HYPERLINK("http://x")')


def test_of_many_troubles_a_thousand_are_kept_and_all_counted() -> None:
    reading = read("id,class,started\n" + "".join(f"OPS-{n},dns,soon\n" for n in range(1_500)))
    assert (len(reading.troubles), reading.troubled, reading.refused) == (1_000, 1_500, 1_500)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["", "soon", "2026-03-02"])), max_size=12))
def test_each_row_is_an_incident_or_refused_and_each_id_is_known(rows: list[tuple[int, str]]) -> None:
    reading = read("id,class,started\n" + "".join(f"OPS-{number},dns,{start}\n" for number, start in rows))
    assert len(reading.incidents) + reading.refused == reading.rows == len(rows)
    assert reading.ids == {f"OPS-{number}" for number, _start in rows}
    assert told(reading) == told(
        read("id,class,started\n" + "".join(f"{i},{c},{s[:10]}\n" for i, c, s in told(reading)))
    )
