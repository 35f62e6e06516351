"""What the doctor says of a feed, from a look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sync.feed_checks import check_feed
from sync.feeds import FeedSample, RemoteIncident
from tests.make import at
from tracker.config import Feed, Source, TimeSource

if TYPE_CHECKING:
    from sync.port import Check

FIELDS = {
    "created": "Created",
    "priority": "Priority",
    "resolutiondate": "Resolved",
    "customfield_10100": "Incident start",
    "customfield_10101": "Time detected",
}
FEED = Feed(
    name="ops",
    tracker="platform",
    jql="project = OPS",
    severity=Source(field="priority"),
    started=TimeSource(field="customfield_10100"),
    detected=TimeSource(field="customfield_10101"),
)


def an_incident(number: int = 1, **fields: Any) -> RemoteIncident:
    """One that tells everything."""
    remote = RemoteIncident(
        ref=f"OPS-{number}",
        url=f"https://acme.example/browse/OPS-{number}",
        title="Down",
        created=at(-3),
        updated=at(-1),
        labels=("class:storm",),
        fields={"priority": ("High",), "customfield_10100": ("2026-10-01T09:12:00.000+0200",)},
    )
    return msgspec.structs.replace(remote, **fields)


def checked(
    *newest: RemoteIncident, feed: Feed = FEED, fields: dict[str, str] | None = FIELDS, total: int | None = -1
) -> dict[str, Check]:
    """The lines of the doctor by name."""
    sample = FeedSample(total=len(newest) if total == -1 else total, newest=newest, fields=fields)
    return {check.name: check for check in check_feed(feed, sample)}


def test_a_feed_that_works_says_how_many_incidents_it_finds_and_what_they_tell() -> None:
    lines = checked(an_incident(), an_incident(2, labels=(), fields={}), total=42)
    assert all(check.ok for check in lines.values())
    assert lines["query"].detail == "42 incidents"
    assert lines["class"].detail == "1 of the newest 2 have one, by a label that starts with `class:`"
    assert lines["told"].detail == "of the newest 2: severity 1, conditions 0, started 1, detected 0"


def test_a_feed_without_an_incident_says_what_to_look_at() -> None:
    (query,) = checked().values()
    assert query.ok
    assert query.detail == "no incident yet; if there were some, check `jql` project = OPS"
    labelled = Feed(name="web", tracker="payments", labels=("incident", "prod"))
    (query,) = checked(feed=labelled, fields=None).values()
    assert query.detail.endswith("check `labels` incident, prod")


def test_how_many_there_are_may_not_be_known() -> None:
    assert checked(an_incident(), total=None)["query"].detail == "1 incident among the newest, or more"


def test_a_field_that_is_not_there_is_named_with_the_one_that_was_meant() -> None:
    feed = msgspec.structs.replace(
        FEED,
        severity=Source(field="Priority"),
        started=TimeSource(field="customfield_99"),
        detected=TimeSource(field="customfield_1010"),
        mitigated=TimeSource(field="nowhere"),
    )
    lines = checked(feed=feed)
    assert not any(lines[key].ok for key in ("severity", "started", "detected", "mitigated"))
    assert lines["started"].detail == "there is no field customfield_99"
    assert lines["started"].hint == 'Did you mean started = { field = "customfield_10100" } (Incident start)?'
    assert '"customfield_10101"' in lines["detected"].hint
    assert '"priority"' in lines["severity"].hint
    assert "rest/api/2/field" in lines["mitigated"].hint


def test_a_tracker_without_fields_of_its_own_is_not_asked_for_them() -> None:
    feed = Feed(name="web", tracker="payments", labels=("incident",), mitigated=TimeSource(field="closed_at"))
    assert set(checked(an_incident(), feed=feed, fields=None)) == {"query", "class", "told"}


def test_a_class_source_that_tells_nothing_is_no_use() -> None:
    line = checked(an_incident(labels=("kind:storm",)))["class"]
    assert not line.ok
    assert "a label that starts with `class:`" in line.hint
    for source, where in (
        (Source(component=True), "a component"),
        (Source(field="priority"), "the field priority"),
        (Source(line="Class"), "a line `Class: …`"),
    ):
        feed = msgspec.structs.replace(FEED, incident_class=source)
        assert where in checked(an_incident(fields={}), feed=feed)["class"].hint


def test_times_that_cannot_be_read_are_counted_with_an_example() -> None:
    wrong = {"customfield_10100": ("soon",), "customfield_10101": ("2026-10-01",)}
    lines = checked(an_incident(fields=wrong), an_incident(2))
    assert lines["started"].detail == "1 of the newest 2 hold no time, as OPS-1: “soon”"
    assert lines["detected"].detail == "1 of the newest 2 hold no time, as OPS-1: “2026-10-01”"
    assert not lines["detected"].ok


def test_a_feed_that_names_no_start_is_told_what_stands_in() -> None:
    feed = msgspec.structs.replace(FEED, started=None)
    assert "started is the time of creation" in checked(an_incident(), feed=feed)["told"].detail
