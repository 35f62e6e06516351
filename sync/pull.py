"""Pulls one tracker into the store: the list page by page, then the known issues that no list showed.

What to ask for, and what an absence means, is decided by pure functions at the end; nothing is ever concluded from an
issue's absence in a list.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sync.port import Absence, Absent, Known
from sync.snapshot import build_snapshot
from tracker.errors import TrackError
from tracker.model import Issue, Status
from tracker.store.journal import SyncState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sync.port import RemoteIssue, TrackerAdapter
    from tracker.model import Snapshot
    from tracker.store import Store

OVERLAP = timedelta(minutes=5)
"""How far a list reaches back before the watermark: clocks differ, and a change is not seen the moment it is made."""

STRIKES = 2
"""How many syncs in a row must fail to find an issue before it counts as missing."""

BATCH = 100


class PullPlan(Struct, frozen=True, kw_only=True):
    """What to list: everything (`since` None) or what changed; `resumes` the start of the run that was cut short."""

    full: bool
    since: datetime | None
    resumes: datetime | None = None


class Pulled(Struct, frozen=True, kw_only=True):
    """What a pull did, for people and for `--json`. `notes` are things a person should know."""

    tracker: str
    full: bool
    read: int = 0
    refreshed: int = 0
    notes: tuple[str, ...] = ()


def pull(
    store: Store,
    adapter: TrackerAdapter,
    now: Callable[[], datetime],
    *,
    full: bool,
    full_every: timedelta,
    on_page: Callable[[int, int], None] = lambda _read, _total: None,
) -> Pulled:
    """Bring the store up to date with one tracker. On a failure all pages read so far are kept, and it is recorded.

    What `on_page` raises ends the pull between two pages; only a TrackError is recorded as a failure.
    """
    before = store.sync_state(adapter.name)
    try:
        return _pull(store, adapter, now, plan_pull(before, now(), full=full, full_every=full_every), on_page)
    except TrackError as error:
        state = store.sync_state(adapter.name)
        store.save_sync_state(msgspec.structs.replace(state, last_attempt=now(), last_error=error.message))
        raise


def _pull(
    store: Store,
    adapter: TrackerAdapter,
    now: Callable[[], datetime],
    plan: PullPlan,
    on_page: Callable[[int, int], None],
) -> Pulled:
    started, read, total = plan.resumes, 0, 0
    notes: list[str] = []
    for number, page in enumerate(adapter.pages(plan.since)):
        started = started or page.server_time
        if number == 0:
            _mark_started(store, adapter.name, plan, started)
            notes += _renamed(page.home, adapter)
        snapshots = [build_snapshot(remote, adapter.name) for remote in page.issues]
        store.save_snapshots(snapshots, now(), listed=started, reached=adapter.name)
        read, total = read + len(snapshots), page.total
        on_page(read, total)
    started = started or now()
    refreshed, more = _refresh(store, adapter, now(), plan, started, total, lambda: on_page(read, total))
    if plan.full:  # after the known ones, so that one that moved is followed and not met as a stranger
        save_recalled(store, adapter, now())
    _mark_finished(store, adapter.name, plan, started, now())
    notes += [*more, *(_double(item, refs) for item, refs in store.doubles(adapter.name))]
    return Pulled(tracker=adapter.name, full=plan.full, read=read, refreshed=refreshed, notes=tuple(notes))


def save_recalled(store: Store, adapter: TrackerAdapter, now: datetime) -> list[RemoteIssue]:
    """Keep marked issues that no list shows and this store has never seen; the known ones are looked at anyway."""
    found = {remote.id: remote for remote in adapter.recall()}
    unknown = store.unknown(list(found))
    snapshots = [build_snapshot(found[issue_id], adapter.name) for issue_id in sorted(unknown)]
    marked = [snapshot for snapshot in snapshots if snapshot.commitments]
    if marked:
        store.save_snapshots(marked, now)
    return [found[snapshot.issue.id] for snapshot in marked]


def _mark_started(store: Store, tracker: str, plan: PullPlan, started: datetime) -> None:
    state = store.sync_state(tracker)
    reached = state.partial_reached if plan.resumes else None
    store.save_sync_state(
        msgspec.structs.replace(state, partial_full=plan.full, partial_started=started, partial_reached=reached)
    )


def _mark_finished(store: Store, tracker: str, plan: PullPlan, started: datetime, now: datetime) -> None:
    state = store.sync_state(tracker)
    store.save_sync_state(
        SyncState(
            tracker=tracker,
            watermark=started,
            full_at=started if plan.full else state.full_at,
            last_good=now,
            last_attempt=now,
        )
    )


def _refresh(
    store: Store,
    adapter: TrackerAdapter,
    now: datetime,
    plan: PullPlan,
    started: datetime,
    total: int,
    on_batch: Callable[[], None],
) -> tuple[int, list[str]]:
    """Look at known issues that the list did not show, and keep them 100 at a time."""
    is_whole = not plan.full and store.count_followed(adapter.name) == total
    unlisted = [] if is_whole else store.unlisted(adapter.name, started)
    due = plan_refresh(store.strays(adapter.name), unlisted)
    absent: list[tuple[Issue, Absence]] = []
    notes: list[str] = []
    asked = {issue.id: issue for issue in due}
    answers = adapter.fetch([_known(issue, full=plan.full) for issue in due])
    while found := list(islice(answers, BATCH)):
        snapshots = [build_snapshot(remote, adapter.name) for remote in found if not isinstance(remote, Absent)]
        store.save_snapshots(snapshots, now)
        notes += [note for snapshot in snapshots for note in _describe_move(asked, snapshot)]
        absent += [(asked[gone.id], gone.why) for gone in found if isinstance(gone, Absent)]
        on_batch()
    known = store.count_known(adapter.name)
    for issue in plan_absences(absent, known=known):
        store.save_absence(issue, now)
    return len(due), notes + describe_absences(absent, known=known)


def _describe_move(asked: Mapping[str, Issue], snapshot: Snapshot) -> Iterator[str]:
    """That an issue moved: to a new id on GitHub, to a new key on Jira. A project that was renamed moves nothing."""
    before = asked.get(snapshot.moved_from or snapshot.issue.id)
    if before is not None and before.ref != snapshot.issue.ref and not snapshot.followed:
        yield f"{before.ref} moved to {snapshot.issue.ref}"


def _known(issue: Issue, *, full: bool) -> Known:
    """How hard to look for an issue. One that is away is looked for in full runs only, a deleted one never again."""
    is_away = issue.status in _AWAY
    gone = is_away and (not full or issue.note == Absence.DELETED)
    return Known(id=issue.id, ref=issue.ref, gone=gone, marked=True)


def plan_pull(state: SyncState, now: datetime, *, full: bool, full_every: timedelta) -> PullPlan:
    """Everything when asked, when never done, or when the last full run is too old; else what changed.

    A run that was cut short is gone on with, from the change it had reached, if it asked for at least as much.
    """
    wanted = full or state.watermark is None or state.full_at is None or now - state.full_at >= full_every
    started, reached = state.partial_started, state.partial_reached
    if started is not None and reached is not None and state.partial_full >= wanted and now - started < full_every:
        return PullPlan(full=state.partial_full, since=reached - OVERLAP, resumes=started)
    if wanted or state.watermark is None:
        return PullPlan(full=True, since=None)
    return PullPlan(full=False, since=state.watermark - OVERLAP)


def plan_refresh(strays: Sequence[Issue], unlisted: Sequence[Issue]) -> list[Issue]:
    """The known issues to look at one by one: those no list can show, and those this run's list did not."""
    return list({issue.id: issue for issue in (*strays, *unlisted)}.values())


def plan_absences(absent: Sequence[tuple[Issue, Absence]], *, known: int) -> list[Issue]:
    """What issues that could not be read have become. Nothing, where it looks like lost access rather than deletion."""
    if _looks_like_lost_access(absent, known):
        return []
    return [changed for issue, why in absent if (changed := _after_absence(issue, why)) is not None]


def describe_absences(absent: Sequence[tuple[Issue, Absence]], *, known: int) -> list[str]:
    """The same for people: one line an issue whose standing changed, or one line for lost access."""
    if _looks_like_lost_access(absent, known):
        return [
            (
                f"{len(absent)} of {known} issues cannot be read: it looks like lost access, so none is marked missing."
                " `track doctor` checks the token."
            )
        ]
    notes = []
    for issue, why in absent:
        after = _after_absence(issue, why)
        if after is not None and after.status is not issue.status:
            notes.append(f"{issue.ref} is {after.status} ({why})")
        elif after is not None:
            notes.append(f"{issue.ref} could not be found ({why}); the next sync looks again")
    return notes


def _looks_like_lost_access(absent: Sequence[tuple[Issue, Absence]], known: int) -> bool:
    fresh = [issue for issue, why in absent if why is Absence.NOT_FOUND and issue.status not in _AWAY]
    return len(fresh) >= 5 and len(fresh) * 2 > known


_AWAY = (Status.MISSING, Status.MOVED)


def _after_absence(issue: Issue, why: Absence) -> Issue | None:
    """The issue with one strike more, missing after two, or moved; None where nothing is new."""
    if why is Absence.UNSURE or (issue.status in _AWAY and why is not Absence.MOVED_AWAY):
        return None
    if why is Absence.MOVED_AWAY:
        return None if issue.status is Status.MOVED else _replace(issue, Status.MOVED, issue.strikes, why)
    strikes = issue.strikes + 1
    return _replace(issue, Status.MISSING if strikes >= STRIKES else issue.status, strikes, why)


def _replace(issue: Issue, status: Status, strikes: int, why: Absence) -> Issue:
    return msgspec.structs.replace(issue, status=status, strikes=strikes, note=why.value)


def _double(item: str, refs: str) -> str:
    return f"{item} has more than one open issue ({refs}): push its review again, which settles it"


def _renamed(home: str, adapter: TrackerAdapter) -> list[str]:
    if not home or home.casefold() == adapter.home.casefold():
        return []
    return [f"{adapter.home} is now called {home}: change `[trackers.{adapter.name}]` in the config"]
