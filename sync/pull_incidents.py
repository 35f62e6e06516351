"""Pulls the incidents of one feed into the store: what changed, or everything, page by page.

Only a full read that was made in one go tells which incidents a feed does not show any more, and only two in a row are
believed: a search may miss one.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sync.incident_mapping import build_incident, query_of
from sync.pull import PullPlan, plan_pull
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime, timedelta, tzinfo

    from sync.incident_mapping import Unread
    from sync.port import TrackerAdapter
    from tracker.config import Feed
    from tracker.store import Store
    from tracker.store.journal import FeedState

FEWEST_LOST = 5
"""From how many incidents on their absence may be lost access."""

NAMED = 5
"""How many incidents a note names."""


_ONCE = "not shown; set aside if the next full read does not show it either"


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked of a feed, as digests: its query, and the whole of how it is read."""

    query: str
    whole: str


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
    asked = describe_asked(feed, adapter.home, zone)
    plan = plan_feed(store.feed_state(feed.name), asked, now(), full=full, full_every=full_every)
    try:
        return _pull(store, adapter, feed, zone, now, plan, asked, on_page)
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
    asked: Asked,
    on_page: Callable[[int], None],
) -> FeedPulled:
    began, tally, home = plan.resumes, _Tally(), ""
    for number, page in enumerate(adapter.incidents(query_of(feed), plan.since)):
        began = began or page.server_time
        if number == 0:
            _mark_started(store, feed, plan, asked, began)
        told = [build_incident(remote, feed, zone) for remote in page.incidents]
        keys = {each[0].id: remote.key for remote, each in zip(page.incidents, told, strict=True) if remote.key}
        new, changed = store.save_incidents(feed.name, [incident for incident, _unread in told], now(), keys=keys)
        _mark_reached(store, feed, page.reached)
        tally.ids.update(incident.id for incident, _unread in told)
        tally.new, tally.changed = tally.new + new, tally.changed + changed
        tally.unread += [each for _incident, unread in told for each in unread]
        home = page.home
        on_page(len(tally.ids))
    gone, notes = _set_aside(store, feed, plan, asked, tally.ids, now())
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


def plan_feed(state: FeedState, asked: Asked, now: datetime, *, full: bool, full_every: timedelta) -> PullPlan:
    """As for a tracker; but what is asked for, or was read by another config, is read from the beginning."""
    if full or state.digest != asked.whole:
        state = msgspec.structs.replace(state, full_at=None, partial_started=None, partial_reached=None)
    return plan_pull(state, now, full=full, full_every=full_every)


def describe_asked(feed: Feed, home: str, zone: tzinfo) -> Asked:
    """What is asked of a feed of the tracker whose project is `home`; the query is what chooses its incidents."""
    query = (feed.tracker, home, feed.jql, feed.labels, feed.repository)
    return Asked(query=_digest(*query), whole=_digest(home, feed, str(zone)))


def _digest(*parts: object) -> str:
    return sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def _mark_started(store: Store, feed: Feed, plan: PullPlan, asked: Asked, began: datetime) -> None:
    state = store.feed_state(feed.name)
    reached = state.partial_reached if plan.resumes else None
    full_at = state.full_at if state.digest == asked.whole else None
    store.save_feed_state(
        msgspec.structs.replace(
            state, full_at=full_at, digest=asked.whole,
            partial_full=plan.full, partial_started=began, partial_reached=reached,
        )
    )  # fmt: skip


def _mark_reached(store: Store, feed: Feed, reached: datetime | None) -> None:
    """After the page is kept: a run that is cut in between reads it again, which changes nothing."""
    if reached is not None:
        store.save_feed_state(msgspec.structs.replace(store.feed_state(feed.name), partial_reached=reached))


def _mark_finished(store: Store, feed: Feed, plan: PullPlan, began: datetime, now: datetime) -> None:
    state = store.feed_state(feed.name)
    store.save_feed_state(
        msgspec.structs.replace(
            state, watermark=began, full_at=began if plan.full else state.full_at, partial_full=False,
            partial_started=None, partial_reached=None, last_good=now, last_attempt=now, last_error="",
        )
    )  # fmt: skip


def _set_aside(
    store: Store, feed: Feed, plan: PullPlan, asked: Asked, shown: Collection[str], now: datetime
) -> tuple[int, tuple[str, ...]]:
    """Withdraw what two full reads in a row did not show; how many that were, and what to say of it.

    Another query is believed at once: what it does not show was not asked for.
    """
    state = store.feed_state(feed.name)
    if not plan.full or plan.resumes is not None:  # what the earlier part of a resumed run showed is not known here
        if state.missing:
            _mark_missing(store, state, state.settled, [one for one in state.missing if one not in shown])
        return 0, ()
    known = store.incident_ids(feed.name)
    missing = known.difference(shown)
    is_other = state.settled not in ("", asked.query)
    gone = sorted(missing if is_other else missing.intersection(state.missing))
    fresh = sorted(missing.difference(gone))
    if missing and (not shown or looks_like_lost_access(len(fresh), known=len(known) - len(gone), shown=len(shown))):
        return 0, (_describe_lost(feed, len(missing), len(known)),)
    store.withdraw_incidents(feed.name, gone, now)
    _mark_missing(store, state, asked.query, fresh)
    return len(gone), (*_noted(gone, "not shown any more, so set aside"), *_noted(fresh, _ONCE))


def _mark_missing(store: Store, state: FeedState, settled: str, missing: Sequence[str]) -> None:
    store.save_feed_state(msgspec.structs.replace(state, settled=settled, missing=tuple(missing)))


def looks_like_lost_access(missing: int, *, known: int, shown: int) -> bool:
    """Whether so many are missing at once that it is hardly their number's doing.

    A feed that shows as many others instead has other incidents now.
    """
    return missing >= FEWEST_LOST and missing * 2 > known and shown < missing


def _describe_lost(feed: Feed, missing: int, known: int) -> str:
    return (
        f"{missing} of {known} incidents are not shown any more: it looks like lost access, so none is set aside."
        f" `track doctor` checks the feed. If it is right, give `[incidents.{feed.name}]` another name: it starts anew."
    )


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


def _noted(refs: Sequence[str], said: str) -> Iterator[str]:
    if refs:
        yield f"{_named(refs)}: {said}"


def _named(refs: Sequence[str]) -> str:
    more = f" and {len(refs) - NAMED} more" if len(refs) > NAMED else ""
    return ", ".join(refs[:NAMED]) + more
