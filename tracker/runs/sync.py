"""One sync of everything: each tracker, then the incident feeds, then the review documents.

Neither a failing tracker nor a failing feed stops the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from sync.pull import Pulled, pull
from sync.pull_incidents import FeedPulled, pull_incidents
from tracker.config import find_reviews
from tracker.errors import NeedsAPerson, TrackError, worst_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Feed, Tracker
    from tracker.store import Store

    OnPage = Callable[[str, int, int], None]


class Failure(Struct, frozen=True, kw_only=True):
    """A tracker that could not be read, or a feed of it."""

    tracker: str
    error: TrackError
    feed: str = ""

    @property
    def name(self) -> str:
        """What could not be read."""
        return self.feed or self.tracker


class Forgotten(Struct, frozen=True, kw_only=True):
    """A feed that the config does not name any more, and how many incidents it showed: they are withdrawn."""

    feed: str
    gone: int


class SyncRun(Struct, frozen=True, kw_only=True):
    """What a sync did: what each tracker and feed gave, which failed, and review documents that could not be read."""

    pulled: tuple[Pulled, ...]
    feeds: tuple[FeedPulled, ...]
    forgotten: tuple[Forgotten, ...]
    failed: tuple[Failure, ...]
    problems: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0, or the code of what a person has to mend before what mends itself; 1 for an unreadable review alone."""
        codes = [failure.error.exit_code for failure in self.failed]
        return worst_code([*codes, NeedsAPerson.exit_code] if self.problems else codes)

    def notes(self) -> Iterator[tuple[str, str]]:
        """What was odd but stopped nothing, each with the tracker or feed that it is about."""
        yield from ((pulled.tracker, note) for pulled in self.pulled for note in pulled.notes)
        yield from ((pulled.feed, note) for pulled in self.feeds for note in pulled.notes)
        for feed in self.forgotten:
            told = "1 incident of it is" if feed.gone == 1 else f"{feed.gone} incidents of it are"
            yield feed.feed, f"the config names no such feed any more, so {told} set aside"


def sync_all(app: App, *, full: bool, on_page: OnPage, say: Callable[[str], None]) -> SyncRun:
    """Pull every tracker and feed, and read every review document. Raises AnotherRun when a sync is under way.

    `on_page` is told of each page that is saved; when it raises Stop, the sync leaves, and the next one goes on there.
    """
    app.check_credentials()
    with app.lock("sync"), app.store() as store:
        pulls = _Pulls(app, store, app.waiting(say), full=full, on_page=on_page)
        for tracker in app.config.trackers.values():
            pulls.pull_tracker(tracker)
        for feed in app.config.feeds.values():
            pulls.pull_feed(feed)
        forgotten = _forget_feeds(app, store)
        problems = _save_documents(app, store)
    return SyncRun(
        pulled=tuple(pulls.pulled),
        feeds=tuple(pulls.feeds),
        forgotten=tuple(forgotten),
        failed=tuple(pulls.failed),
        problems=tuple(problems),
    )


class _Pulls:
    """The pulls of one sync. Each tracker is opened once, for itself and for its feeds."""

    def __init__(self, app: App, store: Store, waiting: Waiting, *, full: bool, on_page: OnPage) -> None:
        self._app, self._store, self._waiting = app, store, waiting
        self._full, self._on_page = full, on_page
        self._adapters: dict[str, TrackerAdapter] = {}
        self.pulled: list[Pulled] = []
        self.feeds: list[FeedPulled] = []
        self.failed: list[Failure] = []

    def pull_tracker(self, tracker: Tracker) -> None:
        """Pull the followed issues of a tracker."""

        def show(read: int, total: int) -> None:
            self._on_page(tracker.name, read, total)

        try:
            adapter, every = self._adapter(tracker.name), self._app.config.full_every
            self.pulled.append(
                pull(self._store, adapter, self._app.now, full=self._full, full_every=every, on_page=show)
            )
        except TrackError as error:
            self.failed.append(Failure(tracker=tracker.name, error=error))

    def pull_feed(self, feed: Feed) -> None:
        """Pull the incidents of a feed."""
        from zoneinfo import ZoneInfo

        def show(read: int) -> None:
            self._on_page(feed.name, read, read)

        config = self._app.config
        try:
            adapter, zone = self._adapter(feed.tracker), ZoneInfo(config.time_zone)
            self.feeds.append(
                pull_incidents(
                    self._store, adapter, feed, zone, self._app.now,
                    full=self._full, full_every=config.full_every, on_page=show,
                )
            )  # fmt: skip
        except TrackError as error:
            self.failed.append(Failure(tracker=feed.tracker, feed=feed.name, error=error))

    def _adapter(self, name: str) -> TrackerAdapter:
        if name not in self._adapters:
            self._adapters[name] = self._app.adapter(self._app.config.trackers[name], self._waiting)
        return self._adapters[name]


def _forget_feeds(app: App, store: Store) -> list[Forgotten]:
    """Withdraw what feeds told that the config does not name any more.

    Not while one that it names is still to be read whole: that may be the same feed under another name.
    """
    feeds = app.config.feeds
    former = [name for name in store.feed_names() if name not in feeds]
    if not former or any(store.feed_state(name).full_at is None for name in feeds):
        return []
    return [Forgotten(feed=name, gone=store.forget_feed(name, app.now())) for name in former]


def _save_documents(app: App, store: Store) -> list[str]:
    """What reads documents is imported where there are any: it takes longer than a sync that finds nothing new."""
    paths = find_reviews(app.config)
    if not paths:
        return []
    from tracker.runs.documents import save_documents

    return save_documents(app, store, paths)
