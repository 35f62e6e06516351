"""The pull of a feed: what changed or everything, cut and gone on with, what is gone, what looks like lost access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from sync.incident_mapping import Unread
from sync.port import Forbidden, Transient
from sync.pull import OVERLAP
from sync.pull_incidents import FeedPulled, describe_unread, looks_like_lost_access, pull_incidents
from tests.fakes import FakeClock, FakeProject, FakeTracker, Fate
from tracker.config import Feed, TimeSource
from tracker.errors import TrackError
from tracker.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.feeds import FeedQuery, IncidentPage
    from tracker.model import Incident

FEED = Feed(name="ops", tracker="payments", labels=("incident",), started=TimeSource(line="Started"))
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MANY = 250


class Scene(FakeTracker):
    """A tracker with incidents, a store that follows them, and the moments since which the feed was asked for."""

    def __init__(self, path: Path, *, home: str = "acme/payments") -> None:
        self.clock = FakeClock()
        super().__init__(FakeProject(self.clock, home))
        self.store = open_store(path)
        self.since: list[datetime | None] = []

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """The same, remembered."""
        self.since.append(since)
        return super().incidents(query, since)

    def happen(self, count: int = 1, text: str = "") -> None:
        """That many more incidents, a minute apart."""
        for _each in range(count):
            self.clock.advance(timedelta(minutes=1))
            self.project.open_issue("Down", text, labels=("incident", "class:config-rollout"))

    def pull(self, feed: Feed = FEED, *, full: bool = False, after: timedelta = HOUR) -> FeedPulled:
        """A pull a while later."""
        self.clock.advance(after)
        self.requests = 0
        return pull_incidents(self.store, self, feed, UTC, self.clock, full=full, full_every=DAY)

    def versions(self) -> list[Incident]:
        return list(self.store.load_facts().incidents)

    def shown(self) -> set[int]:
        """The numbers of those that the feed shows, as far as the store knows."""
        return {int(each.rpartition("#")[2]) for each in self.store.incident_ids("ops")}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "track.db")
    with scene.store:
        yield scene


def test_a_first_pull_reads_everything_into_the_store(scene: Scene) -> None:
    scene.happen(2, "Started: 2026-10-01T09:12Z")
    assert scene.pull() == FeedPulled(feed="ops", tracker="payments", full=True, read=2, new=2)
    incident = scene.versions()[0]
    assert (incident.id, incident.source, incident.classes) == ("acme/payments#1", "ops", ("config-rollout",))
    assert incident.started == datetime(2026, 10, 1, 9, 12, tzinfo=UTC)
    (state,) = scene.store.load_facts().feeds
    assert (state.name, state.last_good_sync, state.last_error) == ("ops", scene.clock(), "")


def test_a_later_pull_reads_what_changed_since_the_last_one_began_less_an_overlap(scene: Scene) -> None:
    scene.happen(3)
    began = scene.clock() + HOUR
    scene.pull()
    scene.clock.advance(HOUR)
    scene.project.label(2, "incident", "class:other")
    pulled = scene.pull()
    assert (pulled.full, pulled.read, pulled.new, pulled.changed) == (False, 1, 0, 1)
    assert scene.since == [None, began - OVERLAP]
    assert [each.classes for each in scene.versions()] == [
        ("config-rollout",), ("config-rollout",), ("other",), ("config-rollout",),
    ]  # fmt: skip


def test_a_pull_without_a_change_costs_one_request_and_keeps_nothing_new(scene: Scene) -> None:
    scene.happen(MANY)
    assert scene.pull().read == MANY
    assert scene.requests == 3
    for _turn in range(2):
        assert scene.pull().read == 0
        assert scene.requests == 1
    assert scene.pull(full=True).changed == 0
    assert len(scene.versions()) == MANY


def test_everything_is_read_again_when_asked_and_once_a_day(scene: Scene) -> None:
    scene.happen()
    assert [scene.pull().full, scene.pull().full, scene.pull(full=True).full] == [True, False, True]
    assert [scene.pull(after=HOUR * 23).full, scene.pull().full] == [False, True]


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize("full", [True, False], ids=["full", "changes"])
def test_a_pull_that_is_cut_at_any_page_keeps_what_it_read_and_goes_on_from_there(
    scene: Scene, page: int, *, full: bool
) -> None:
    if not full:
        scene.pull()
    scene.happen(MANY)
    scene.fates.extend([None] * page + [Fate.LOST_BEFORE])
    with pytest.raises(Transient):
        scene.pull()
    assert len(scene.versions()) == page * 100
    assert scene.store.load_facts().feeds[0].last_error == "no answer to incidents"
    pulled = scene.pull()
    assert (pulled.full, len(scene.versions())) == (full, MANY)
    assert scene.requests == 3 - page
    assert scene.store.load_facts().feeds[0].last_error == ""
    assert scene.pull().read == 0


def test_what_a_full_read_does_not_show_is_set_aside_and_may_come_back(scene: Scene) -> None:
    scene.happen(3)
    scene.pull()
    scene.project.label(2, "postponed")
    scene.project.delete(3)
    assert (scene.pull().gone, scene.shown()) == (0, {1, 2, 3})
    pulled = scene.pull(full=True)
    assert (pulled.gone, scene.shown()) == (2, {1})
    assert pulled.notes == ("acme/payments#2, acme/payments#3: not shown any more, so set aside",)
    assert scene.pull(full=True).gone == 0
    scene.project.label(2, "incident")
    assert (scene.pull().changed, scene.shown()) == (1, {1, 2})
    assert [each.gone for each in scene.versions() if each.id.endswith("#2")] == [False, True, False]


def test_a_full_read_that_was_gone_on_with_sets_nothing_aside(scene: Scene) -> None:
    """It cannot know what the part before the cut showed."""
    scene.happen(MANY)
    scene.pull()
    scene.project.delete(7)
    scene.fates.extend([None, Fate.LOST_BEFORE])
    with pytest.raises(Transient):
        scene.pull(full=True)
    assert (scene.pull(full=True).gone, len(scene.shown())) == (0, MANY)
    assert (scene.pull(full=True).gone, len(scene.shown())) == (1, MANY - 1)


def test_a_read_that_failed_sets_nothing_aside(scene: Scene) -> None:
    scene.happen(2)
    scene.pull()
    scene.project.delete(1)
    scene.fates.append(Fate.FORBIDDEN)
    with pytest.raises(Forbidden):
        scene.pull(full=True)
    assert scene.shown() == {1, 2}


@pytest.mark.parametrize(
    ("missing", "known", "shown", "lost"),
    [
        (4, 4, 0, False),
        (5, 5, 0, True),
        (5, 10, 5, False),
        (6, 11, 5, True),
        (100, 1000, 900, False),
        (20, 20, 20, False),  # another query, or another name of the repository
        (20, 20, 19, True),
    ],
)
def test_the_absence_of_most_looks_like_lost_access(missing: int, known: int, shown: int, *, lost: bool) -> None:
    assert looks_like_lost_access(missing, known=known, shown=shown) is lost


def test_where_it_looks_like_lost_access_nothing_changes_and_it_is_said(scene: Scene) -> None:
    scene.happen(8)
    scene.pull()
    for number in range(1, 7):
        scene.project.delete(number)
    pulled = scene.pull(full=True)
    assert (pulled.gone, len(scene.shown())) == (0, 8)
    (note,) = pulled.notes
    assert "6 of 8 incidents are not shown any more: it looks like lost access" in note


def test_a_feed_that_is_given_another_query_shows_that_one_s_incidents(scene: Scene) -> None:
    scene.happen(6)
    for _each in range(6):
        scene.project.open_issue("Other", labels=("outage",))
    scene.pull()
    pulled = scene.pull(msgspec.structs.replace(FEED, labels=("outage",)), full=True)
    assert (pulled.new, pulled.gone, scene.shown()) == (6, 6, set(range(7, 13)))
    assert pulled.notes[0].endswith("and 1 more: not shown any more, so set aside")


def test_a_time_that_cannot_be_read_is_said_once_with_an_example(scene: Scene) -> None:
    scene.happen(2, "Started: at lunch")
    pulled = scene.pull()
    assert pulled.notes == (
        "`started` of 2 incidents is no time, as in acme/payments#1: “at lunch”; the time of creation stands in",
    )
    assert {each.assumed_start for each in scene.versions()} == {True}
    assert list(describe_unread([Unread("detected", "OPS-1", "2026-10-01")])) == [
        "`detected` of an incident is no time, as in OPS-1: “2026-10-01”"
    ]


def test_feeds_are_kept_apart(scene: Scene) -> None:
    scene.happen(2)
    scene.pull()
    other = msgspec.structs.replace(FEED, name="web", labels=("incident", "web"))
    scene.project.label(1, "incident", "web")
    assert scene.pull(other).read == 1
    assert scene.shown() == {1, 2}
    assert scene.store.incident_ids("web") == {"acme/payments#1"}
    assert [each.name for each in scene.store.load_facts().feeds] == ["ops", "web"]


def test_a_pull_does_not_touch_what_the_tracker_s_own_pull_reached(scene: Scene) -> None:
    scene.happen()
    scene.pull()
    assert scene.store.sync_state("payments").watermark is None
    assert scene.store.sync_state("ops").watermark is None


def test_any_error_of_a_tracker_is_recorded(scene: Scene) -> None:
    scene.fates.append(Fate.FORBIDDEN)
    with pytest.raises(TrackError):
        scene.pull()
    (state,) = scene.store.load_facts().feeds
    assert (state.last_good_sync, state.last_attempt) == (None, scene.clock())
    assert state.last_error == "this token may not incidents"
