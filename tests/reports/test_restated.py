"""A later correction of the last report shows as a restatement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reports.scope import Scope
from tests.reports.factory import NOW, at, item, report_of, review, told
from tracker.model import Facts, Incident, Status, TrackedItem

if TYPE_CHECKING:
    from reports.restated import Restated

LAST = NOW - timedelta(days=7)
CLOSED = at(11, 2)
BEFORE, SINCE = LAST - timedelta(days=1), LAST + timedelta(days=1)


def restated(**more: object) -> Restated:
    return report_of(Facts(**more)).restated  # type: ignore[arg-type]


def closed(seen: datetime, when: datetime = CLOSED) -> TrackedItem:
    made = item("R/A", Status.DONE, closed=when, proven=True)
    return replace(
        made,
        transitions=tuple(replace(one, seen_at=seen) for one in made.transitions),
        evidence=tuple(replace(one, seen_at=seen) for one in made.evidence),
    )


def test_a_close_of_before_that_was_seen_since_is_a_correction() -> None:
    (one,) = restated(items=(closed(SINCE),)).items
    assert (one.key, one.was, one.now) == ("R/A", "open", "done with evidence")


def test_a_close_that_the_last_report_knew_or_that_happened_since_is_none() -> None:
    assert restated(items=(closed(BEFORE),)).items_total == 0
    assert restated(items=(closed(SINCE, SINCE - timedelta(hours=1)),)).items_total == 0


def test_evidence_that_was_found_later_is_a_correction() -> None:
    made = closed(BEFORE)
    late = replace(made, evidence=tuple(replace(one, seen_at=SINCE) for one in made.evidence))
    (one,) = restated(items=(late,)).items
    assert (one.was, one.now) == ("closed without evidence", "done with evidence")


def test_an_item_committed_before_and_seen_since_was_not_known() -> None:
    (one,) = restated(items=(replace(item("R/A"), seen_at=SINCE),)).items
    assert (one.was, one.now) == ("not known", "open")


def incident(seen: datetime, of_class: str = "dns", **more: object) -> Incident:
    return replace(told("OPS-1", at(11, 5), of_class), seen_at=seen, **more)


@pytest.mark.parametrize(
    ("later", "what"),
    [
        (incident(SINCE, "tls"), "its class was dns and is tls"),
        (incident(SINCE, ""), "its class was dns and is none"),
        (incident(SINCE, started=at(11, 6)), "its start was 5 Nov 2026 12:00 and is 6 Nov 2026 12:00"),
        (incident(SINCE, started=at(11, 6, 0), day_only=True), "its start was 5 Nov 2026 12:00 and is 6 Nov 2026"),
        (incident(SINCE, gone=True), "withdrawn by its source since"),
    ],
)
def test_an_incident_of_before_that_reads_otherwise_by_now_is_a_correction(later: Incident, what: str) -> None:
    (one,) = restated(incidents=(incident(BEFORE), later)).incidents
    assert (one.id, one.what) == ("OPS-1", what)


def test_an_incident_of_before_that_was_first_seen_since_is_a_correction() -> None:
    (one,) = restated(incidents=(incident(SINCE),)).incidents
    assert (one.what, one.incident_class, one.started) == ("first known since", "dns", date(2026, 11, 5))


def test_an_incident_of_this_week_or_another_title_is_none() -> None:
    assert restated(incidents=(replace(told("OPS-1", SINCE), seen_at=SINCE),)).incidents_total == 0
    assert restated(incidents=(incident(BEFORE), incident(SINCE, title="Other"))).incidents_total == 0


def test_a_withdrawn_incident_that_a_review_still_tells_of_is_none() -> None:
    held = review("R", at(11, 5), "dns", incidents=("OPS-1",))
    gone = incident(SINCE, gone=True)
    assert restated(reviews=(held,), incidents=(incident(BEFORE), gone)).incidents_total == 0


def test_an_incident_that_a_review_of_this_week_told_of_first_is_a_correction() -> None:
    held = review("R", at(11, 14), "dns", reviewed=SINCE.date())
    assert [one.what for one in restated(reviews=(held,)).incidents] == ["first known since"]
    known = replace(told("OPS-1", at(11, 14), "tls"), seen_at=BEFORE)
    said = restated(reviews=(replace(held, incidents=("OPS-1",)),), incidents=(known,)).incidents
    assert [(one.id, one.what) for one in said] == [("R", "its class was tls and is dns")]


def test_a_store_that_is_younger_than_the_last_report_cannot_tell() -> None:
    told_why = restated(items=(closed(SINCE),), incidents=(incident(SINCE),), known_since=SINCE)
    assert (told_why.items_total, told_why.incidents_total) == (0, 0)
    assert told_why.unknown == "This store began on 17 Nov 2026, after the report of 16 Nov 2026."
    assert restated(items=(closed(SINCE),), known_since=BEFORE).unknown == ""


def test_a_narrowed_report_corrects_only_what_it_shows() -> None:
    facts = Facts(reviews=(review("R", at(1, 1)),), items=(closed(SINCE),), incidents=(incident(SINCE),))
    whole, narrowed = (report_of(facts, scope=scope).restated for scope in (Scope(), Scope(team="edge")))
    assert (whole.items_total, whole.incidents_total) == (1, 1)
    assert (narrowed.items_total, narrowed.incidents_total) == (0, 0)
