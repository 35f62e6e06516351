"""Pulls the incidents of one feed into the store: what changed, or everything, page by page.

Only a full read that was made in one go tells which incidents a feed does not show any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sync.incident_mapping import build_incident, query_of
from sync.pull import PullPlan, plan_pull
from tracker.errors import TrackError
from tracker.store.journal import SyncState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime, timedelta, tzinfo

    from sync.incident_mapping import Unread
    from sync.port import TrackerAdapter
    from tracker.config import Feed
    from tracker.store import Store

FEWEST_LOST = 5
"""From how many incidents on their absence may be lost access."""

NAMED = 5
"""How many incidents a note names."""


class FeedPulled(Struct, frozen=True, kw_only=True):
    """What a pull of a feed did, for people and for `--json`.

    Of the incidents `read`, some were `new` and some had `changed`; `gone` are those that it does not show any more.
    """

    feed: str
    tracker: str
    full: bool
    read: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    notes: tuple[str, ...] = ()


class _Tally:
    """What the pages of one pull came to."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.new = self.changed = 0
        self.unread: list[Unread] = []


def pull_incidents(
    store: Store,
    adapter: TrackerAdapter,
    feed: Feed,
    zone: tzinfo,
    now: Callable[[], datetime],
    *,
    full: bool,
    full_every: timedelta,
    on_page: Callable[[int], None] = lambda _read: None,
) -> FeedPulled:
    """Bring the store up to date with one feed. On a failure all pages read so far are kept, and it is recorded."""
    plan = plan_pull(store.feed_state(feed.name), now(), full=full, full_every=full_every)
    try:
        return _pull(store, adapter, feed, zone, now, plan, on_page)
    except TrackError as error:
        state = store.feed_state(feed.name)
        store.save_feed_state(msgspec.structs.replace(state, last_attempt=now(), last_error=error.message))
        raise


def _pull(
    store: Store,
    adapter: TrackerAdapter,
    feed: Feed,
    zone: tzinfo,
    now: Callable[[], datetime],
    plan: PullPlan,
    on_page: Callable[[int], None],
) -> FeedPulled:
    began, tally, home = plan.resumes, _Tally(), ""
    for number, page in enumerate(adapter.incidents(query_of(feed), plan.since)):
        began = began or page.server_time
        if number == 0:
            _mark_started(store, feed, plan, began)
        told = [build_incident(remote, feed, zone) for remote in page.incidents]
        new, changed = store.save_incidents(feed.name, [incident for incident, _unread in told], now())
        _mark_reached(store, feed, page.reached)
        tally.ids.update(incident.id for incident, _unread in told)
        tally.new, tally.changed = tally.new + new, tally.changed + changed
        tally.unread += [each for _incident, unread in told for each in unread]
        home = page.home
        on_page(len(tally.ids))
    gone, notes = _set_aside(store, feed, plan, tally.ids, now())
    _mark_finished(store, feed, plan, began or now(), now())
    return FeedPulled(
        feed=feed.name,
        tracker=feed.tracker,
        full=plan.full,
        read=len(tally.ids),
        new=tally.new,
        changed=tally.changed,
        gone=gone,
        notes=(*_renamed(feed, home), *describe_unread(tally.unread), *notes),
    )


def _mark_started(store: Store, feed: Feed, plan: PullPlan, began: datetime) -> None:
    state = store.feed_state(feed.name)
    reached = state.partial_reached if plan.resumes else None
    store.save_feed_state(
        msgspec.structs.replace(state, partial_full=plan.full, partial_started=began, partial_reached=reached)
    )


def _mark_reached(store: Store, feed: Feed, reached: datetime | None) -> None:
    """After the page is kept: a run that is cut in between reads it again, which changes nothing."""
    if reached is not None:
        store.save_feed_state(msgspec.structs.replace(store.feed_state(feed.name), partial_reached=reached))


def _mark_finished(store: Store, feed: Feed, plan: PullPlan, began: datetime, now: datetime) -> None:
    full_at = began if plan.full else store.feed_state(feed.name).full_at
    store.save_feed_state(
        SyncState(tracker=feed.name, watermark=began, full_at=full_at, last_good=now, last_attempt=now)
    )


def _set_aside(
    store: Store, feed: Feed, plan: PullPlan, shown: Collection[str], now: datetime
) -> tuple[int, tuple[str, ...]]:
    """Withdraw what a full read did not show; how many that were, and what to say of it."""
    if not plan.full or plan.resumes is not None:  # what the earlier part of a resumed run showed is not known here
        return 0, ()
    known = store.incident_ids(feed.name)
    missing = sorted(known.difference(shown))
    if looks_like_lost_access(len(missing), known=len(known), shown=len(shown)):
        counted = f"{len(missing)} of {len(known)} incidents are not shown any more"
        return 0, (f"{counted}: it looks like lost access, so none is set aside. `track doctor` checks the feed.",)
    gone = store.withdraw_incidents(feed.name, missing, now)
    return gone, (f"{_named(missing)}: not shown any more, so set aside",) if missing else ()


def looks_like_lost_access(missing: int, *, known: int, shown: int) -> bool:
    """Whether so many are missing that it is hardly their number's doing.

    A feed that shows as many others instead has been given another query, or its repository another name.
    """
    return missing >= FEWEST_LOST and missing * 2 > known and shown < missing


def describe_unread(unread: Sequence[Unread]) -> Iterator[str]:
    """One line for each kind of time that could not be read, with an example."""
    for what in dict.fromkeys(each.what for each in unread):
        found = [each for each in unread if each.what == what]
        stands_in = "; the time of creation stands in" if what == "started" else ""
        several = "an incident" if len(found) == 1 else f"{len(found)} incidents"
        yield f"`{what}` of {several} is no time, as in {found[0].ref}: “{found[0].text}”{stands_in}"


def _renamed(feed: Feed, home: str) -> Iterator[str]:
    """That a repository of the feed's own has another name; the tracker's own is said with the tracker."""
    if home and feed.repository:
        yield f"{feed.repository} is now called {home}: change `repository` in `[incidents.{feed.name}]`"


def _named(refs: Sequence[str]) -> str:
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return ", ".join(refs[:NAMED]) + more
