"""The pull of a feed: what changed or everything, cut and gone on with, what is gone, what looks like lost access."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

import msgspec
import pytest

from sync.incident_mapping import Unread
from sync.port import Forbidden, Transient
from sync.pull import OVERLAP
from sync.pull_incidents import FeedPulled, describe_unread, looks_like_lost_access, pull_incidents
from tests.fakes import FakeClock, FakeProject, FakeTracker, Fate
from tracker.config import Feed, Source, TimeSource
from tracker.errors import TrackError
from tracker.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from pathlib import Path

    from sync.feeds import FeedQuery, IncidentPage
    from tracker.model import Incident

FEED = Feed(name="ops", tracker="payments", labels=("incident",), started=TimeSource(line="Started"))
OTHER_CLASS = msgspec.structs.replace(FEED, incident_class=Source(label_prefix="class:config-"))
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
        self.hidden: set[str] = set()

    def incidents(self, query: FeedQuery, since: datetime | None) -> Iterator[IncidentPage]:
        """The same, remembered, without those that the search does not show."""
        self.since.append(since)
        for page in super().incidents(query, since):
            shown = tuple(each for each in page.incidents if each.ref not in self.hidden)
            yield msgspec.structs.replace(page, incidents=shown)

    def happen(self, count: int = 1, text: str = "") -> None:
        """That many more incidents, a minute apart."""
        for _each in range(count):
            self.clock.advance(timedelta(minutes=1))
            self.project.open_issue("Down", text, labels=("incident", "class:config-rollout"))

    def pull(self, feed: Feed = FEED, *, full: bool = False, after: timedelta = HOUR, zone: tzinfo = UTC) -> FeedPulled:
        """A pull a while later."""
        self.clock.advance(after)
        self.requests = 0
        return pull_incidents(self.store, self, feed, zone, self.clock, full=full, full_every=DAY)

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
    assert (pulled.gone, scene.shown()) == (0, {1, 2, 3})
    assert pulled.notes == (
        "acme/payments#2, acme/payments#3: not shown; set aside if the next full read does not show it either",
    )
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
    resumed = scene.pull()
    assert (resumed.full, resumed.gone, resumed.notes, len(scene.shown())) == (True, 0, (), MANY)
    assert [scene.pull(full=True).gone for _turn in range(2)] == [0, 1]
    assert len(scene.shown()) == MANY - 1


def test_one_absence_from_a_list_sets_nothing_aside(scene: Scene) -> None:
    scene.happen(10)
    scene.pull()
    scene.hidden = {"acme/payments#3"}
    assert (scene.pull(full=True).gone, 3 in scene.shown()) == (0, True)
    scene.hidden = set()
    assert [scene.pull(full=True).notes for _turn in range(2)] == [(), ()]
    assert len(scene.versions()) == 10


@pytest.mark.parametrize("full", [True, False], ids=["full", "changes"])
def test_what_was_shown_in_between_was_not_missing_twice_in_a_row(scene: Scene, *, full: bool) -> None:
    scene.happen(10)
    scene.pull()
    for hidden in ({"acme/payments#3"}, set[str](), {"acme/payments#3"}):
        scene.hidden = hidden
        scene.project.label(3, "incident", f"changed-{len(hidden)}-{len(scene.since)}")
        scene.pull(full=full or bool(hidden))
    assert 3 in scene.shown()


def test_a_small_feed_that_shows_nothing_at_all_is_not_set_aside(scene: Scene) -> None:
    scene.happen(2)
    scene.pull()
    scene.hidden = {"acme/payments#1", "acme/payments#2"}
    for _turn in range(3):
        pulled = scene.pull(full=True)
        assert (pulled.gone, len(scene.shown())) == (0, 2)
        assert pulled.notes[0].startswith("2 of 2 incidents are not shown any more: it looks like lost access")
        assert "give `[incidents.ops]` another name" in pulled.notes[0]
    scene.hidden = set()
    assert scene.pull(full=True).notes == ()


def test_access_that_is_lost_between_two_full_reads_sets_nothing_aside(scene: Scene) -> None:
    scene.happen(10)
    scene.pull()
    for hidden in (range(1, 5), range(1, 11), range(1, 11)):
        scene.hidden = {f"acme/payments#{number}" for number in hidden}
        assert scene.pull(full=True).gone == 0
    assert len(scene.shown()) == 10


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


def test_what_a_narrower_query_does_not_choose_is_set_aside_at_once(scene: Scene) -> None:
    scene.happen(10)
    for number in (1, 2):
        scene.project.label(number, "incident", "prod")
    scene.pull()
    narrow = msgspec.structs.replace(FEED, labels=("incident", "prod"))
    pulled = scene.pull(narrow)
    assert (pulled.full, pulled.read, pulled.gone, scene.shown()) == (True, 2, 8, {1, 2})
    assert scene.pull(narrow, full=True).notes == ()


def test_a_query_that_chooses_nothing_sets_nothing_aside_until_it_is_put_right(scene: Scene) -> None:
    scene.happen(10)
    scene.project.label(1, "incident", "prod")
    scene.pull()
    assert scene.pull(msgspec.structs.replace(FEED, labels=("incidnt",))).gone == 0
    assert scene.pull(msgspec.structs.replace(FEED, labels=("prod",))).gone == 9


def test_another_place_of_the_class_is_no_other_query(scene: Scene) -> None:
    scene.happen(10)
    scene.pull()
    scene.hidden = {f"acme/payments#{number}" for number in range(1, 8)}
    pulled = scene.pull(OTHER_CLASS)
    assert (pulled.full, pulled.gone, len(scene.shown())) == (True, 0, 10)


# A changed config


@pytest.mark.parametrize(
    ("feed", "zone"),
    [(OTHER_CLASS, UTC), (FEED, ZoneInfo("Europe/Berlin")), (msgspec.structs.replace(FEED, labels=("class:x",)), UTC)],
    ids=["class", "zone", "query"],
)
def test_a_change_of_the_config_reads_everything_from_the_beginning(scene: Scene, feed: Feed, zone: tzinfo) -> None:
    scene.happen(2)
    scene.pull()
    assert (scene.pull(feed, zone=zone).full, scene.since[-1]) == (True, None)
    assert scene.pull(feed, zone=zone).full is False


def classes(scene: Scene) -> set[tuple[str, ...]]:
    return {one.classes for one in {one.id: one for one in scene.versions()}.values()}


@pytest.mark.parametrize("full", [True, False], ids=["asked for", "by itself"])
@pytest.mark.parametrize("pages", [1, 2])
def test_a_read_that_was_cut_is_not_gone_on_with_by_another_config(scene: Scene, pages: int, *, full: bool) -> None:
    scene.happen(MANY)
    scene.pull()
    scene.fates.extend([None] * pages + [Fate.LOST_BEFORE])
    with pytest.raises(Transient):
        scene.pull(full=True)
    pulled = scene.pull(OTHER_CLASS, full=full)
    assert (pulled.full, pulled.read, classes(scene)) == (True, MANY, {("rollout",)})


@pytest.mark.parametrize("page", [0, 1, 2])
def test_a_read_by_another_config_that_is_cut_at_any_page_is_made_all_the_same(scene: Scene, page: int) -> None:
    scene.happen(MANY)
    scene.pull()
    scene.fates.extend([None] * page + [Fate.LOST_BEFORE])
    with pytest.raises(Transient):
        scene.pull(OTHER_CLASS)
    assert scene.pull(OTHER_CLASS).full
    assert classes(scene) == {("rollout",)}


def test_a_read_by_another_config_that_is_killed_within_its_first_page_is_made_all_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.happen(2)
    scene.pull()
    with monkeypatch.context() as patch:
        patch.setattr(scene.store, "save_incidents", interrupt)
        with pytest.raises(KeyboardInterrupt):
            scene.pull(OTHER_CLASS)
    assert scene.pull(OTHER_CLASS).full
    assert classes(scene) == {("rollout",)}


def interrupt(*_given: object, **_named: object) -> NoReturn:
    raise KeyboardInterrupt


def test_a_full_read_that_is_asked_for_begins_at_the_beginning(scene: Scene) -> None:
    scene.happen(MANY)
    scene.fates.extend([None, Fate.LOST_BEFORE])
    with pytest.raises(Transient):
        scene.pull(full=True)
    assert (scene.pull(full=True).read, scene.since[-1]) == (MANY, None)


# Other names


def test_an_incident_that_is_called_otherwise_is_no_second_one(scene: Scene) -> None:
    scene.happen(3)
    scene.pull()
    (key,) = (key for key, issue in scene.project.issues.items() if issue.number == 2)
    moved = msgspec.structs.replace(scene.project.issues[key], ref="acme/web#7", updated=scene.clock() + HOUR)
    scene.project.issues[key] = moved
    pulled = scene.pull()
    assert (pulled.new, pulled.changed) == (0, 1)
    assert scene.store.incident_ids("ops") == {"acme/payments#1", "acme/payments#3", "acme/web#7"}
    assert next(one for one in scene.versions() if one.id == "acme/web#7").names[0] == "acme/payments#2"
    assert scene.pull(full=True).notes == ()


def test_an_id_as_long_as_github_has_them_is_kept_whole(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "track.db", home=f"{'o' * 39}/{'r' * 100}")
    with scene.store:
        scene.happen(2)
        scene.pull()
        assert scene.shown() == {1, 2}


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
