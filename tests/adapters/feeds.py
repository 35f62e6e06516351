"""The part of the adapter contract that is about incident feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.port import Transient
from tests.adapters.rig import Trouble
from tracker.errors import NotAuthorised

if TYPE_CHECKING:
    from sync.feeds import RemoteIncident
    from tests.adapters.rig import Rig

BEGAN = datetime(2026, 10, 1, 9, 12, tzinfo=UTC)


def told(rig: Rig, since: datetime | None = None) -> list[RemoteIncident]:
    """What the feed shows."""
    return [incident for page in rig.adapter.incidents(rig.feed, since) for incident in page.incidents]


def open_incidents(rig: Rig, count: int, apart: timedelta = timedelta(minutes=1)) -> list[str]:
    """That many incidents, each opened a while after the one before."""
    refs = []
    for number in range(count):
        rig.advance(apart)
        refs.append(rig.open_incident(f"Incident {number}"))
    return refs


class FeedContract:
    """Any tracker's feeds: what is an incident, in which order, and what is told of it."""

    def test_a_feed_of_nothing_is_one_empty_page(self, rig: Rig) -> None:
        rig.open_issue("No incident")
        (page,) = rig.adapter.incidents(rig.feed, None)
        assert (page.incidents, page.reached, page.home) == ((), None, "")
        assert page.server_time == rig.now().replace(microsecond=0)

    def test_an_incident_is_told_with_its_labels_and_times(self, rig: Rig) -> None:
        ref = rig.open_incident("Checkout is down", "class:config-rollout", "condition:x", started=BEGAN.isoformat())
        opened = rig.now()
        rig.advance(timedelta(hours=2))
        rig.close(ref)
        (incident,) = told(rig)
        assert (incident.ref, incident.title) == (ref, "Checkout is down")
        assert {"class:config-rollout", "condition:x"} <= set(incident.labels)
        assert (incident.created, incident.updated) == (opened, rig.now())
        assert incident.url.startswith("http")
        assert datetime.fromisoformat(rig.started(incident)) == BEGAN
        (closed,) = incident.fields[rig.closed_field]
        assert datetime.fromisoformat(closed) == rig.now()

    def test_an_incident_has_a_key_of_its_own_that_stays(self, rig: Rig) -> None:
        first, _second = open_incidents(rig, 2)
        keys = {incident.ref: incident.key for incident in told(rig)}
        assert all(keys.values())
        assert len(set(keys.values())) == 2
        rig.label(first, "changed")
        assert {incident.ref: incident.key for incident in told(rig)} == keys

    def test_a_field_that_holds_nothing_is_not_told(self, rig: Rig) -> None:
        rig.open_incident("Checkout is down")
        (incident,) = told(rig)
        assert rig.closed_field not in incident.fields
        assert rig.started(incident) == ""

    def test_incidents_come_oldest_change_first_and_since_a_moment(self, rig: Rig) -> None:
        first, second, third = open_incidents(rig, 3)
        rig.advance(timedelta(minutes=1))
        rig.label(first, "changed")
        changed = rig.now()
        assert [incident.ref for incident in told(rig)] == [second, third, first]
        assert [incident.ref for incident in told(rig, changed)] == [first]
        assert told(rig, changed + timedelta(seconds=1)) == []

    def test_many_incidents_come_in_pages_and_each_once(self, rig: Rig) -> None:
        refs = open_incidents(rig, 130)
        pages = []
        for number, page in enumerate(rig.adapter.incidents(rig.feed, None)):
            pages.append(page)
            if number == 0:
                rig.advance(timedelta(minutes=1))
                rig.label(refs[3], "changed")
        assert len(pages[0].incidents) == 100
        assert {incident.ref for page in pages for incident in page.incidents} == set(refs)
        assert [page.reached for page in pages] == [page.incidents[-1].updated for page in pages]
        assert len({page.server_time for page in pages}) == 1

    def test_a_feed_that_fails_in_passing_is_read_all_the_same(self, rig: Rig) -> None:
        ref = rig.open_incident("Checkout is down")
        rig.meet(Trouble.LIMITED)
        if not rig.patient:
            with pytest.raises(Transient):
                told(rig)
        assert [incident.ref for incident in told(rig)] == [ref]

    def test_a_feed_that_this_token_may_not_read_is_said(self, rig: Rig) -> None:
        rig.meet(Trouble.FORBIDDEN)
        with pytest.raises(NotAuthorised):
            told(rig)

    def test_a_sample_has_the_newest_and_how_many_there_are(self, rig: Rig) -> None:
        refs = open_incidents(rig, 101)
        sample = rig.adapter.sample(rig.feed)
        assert (sample.total, len(sample.newest)) == (101, 100)
        assert [incident.ref for incident in sample.newest[:2]] == refs[:-3:-1]
        if sample.fields is not None:
            assert sample.fields.keys() >= set(rig.feed.fields)
