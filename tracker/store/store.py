"""The store as the rest of the program sees it: a few verbs, each one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from tracker.store import decisions, deliveries, facts, incidents, issues, journal, nudges, runs
from tracker.store.connection import connect, damaged, is_outside, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from tracker.model import Commitment, Facts, Incident, Issue, Review, Snapshot
    from tracker.recorded import Decision
    from tracker.store.deliveries import Delivery, Slot
    from tracker.store.journal import FeedState, SyncState
    from tracker.store.nudges import Heard, Occasion
    from tracker.store.runs import Run


def open_store(path: Path) -> Store:
    """Open the store at `path`; a missing one is made. Raises InvalidInput with what to do when it cannot be used."""
    return Store(path, connect(path))


class Store:
    """One connection. Not shared between threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object = None, error: BaseException | None = None, _trace: object = None) -> None:
        """Close it. What SQLite says of the disk or the file is said for people: raises InvalidInput in its place."""
        self._connection.close()
        if is_outside(error):
            raise damaged(self.path, error) from error

    def machine(self) -> str:
        """A name for this store among all that follow the same trackers; made once."""
        import uuid

        with transaction(self._connection) as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES ('machine', ?)", (uuid.uuid4().hex[:12],))
            return str(connection.execute("SELECT value FROM meta WHERE key = 'machine'").fetchone()[0])

    def accounts(self, tracker: str, names: Iterable[str]) -> dict[str, str]:
        """The accounts that these names led to before."""
        keys = {f"account:{tracker}:{name}": name for name in names}
        holes = ", ".join("?" * len(keys))
        found = self._connection.execute(f"SELECT key, value FROM meta WHERE key IN ({holes})", list(keys))
        return {keys[key]: account for key, account in found}

    def remember_accounts(self, tracker: str, accounts: Mapping[str, str]) -> None:
        """Keep which account each name led to."""
        if not accounts:
            return
        with transaction(self._connection) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [(f"account:{tracker}:{name}", account) for name, account in accounts.items()],
            )

    def check(self) -> str:
        """`ok`, or what SQLite's integrity and foreign key checks complain of."""
        try:
            verdict = str(self._connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            orphan = self._connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            return damaged(self.path, error).message
        return verdict if orphan is None else f"table {orphan[0]} points at a missing row of {orphan[2]}"

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is read and written inside is one transaction: no other run comes in between."""
        with transaction(self._connection):
            yield

    # What the trackers say

    def save_snapshots(
        self, snapshots: Sequence[Snapshot], now: datetime, *, listed: datetime | None = None, reached: str = ""
    ) -> None:
        """Keep one page of issues; `listed` is the start of the run whose list showed them.

        With `reached` (the tracker's name) the run's progress is recorded in the same transaction.
        """
        with transaction(self._connection) as connection:
            journal.note_first(connection, now)
            issues.save(connection, snapshots, now, listed)
            if reached and snapshots:
                journal.reach(connection, reached, max(s.issue.updated for s in snapshots))

    def save_absence(self, issue: Issue, now: datetime) -> None:
        """Keep what a known issue that could not be read has become: its strikes, its status, its note."""
        with transaction(self._connection) as connection:
            issues.save_absence(connection, issue, now)

    def unlisted(self, tracker: str, since: datetime) -> list[Issue]:
        """Known issues that should be in a tracker's list, and were in none of a run since then."""
        return issues.unlisted(self._connection, tracker, since)

    def unknown(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these issue ids that the store has never seen."""
        return issues.unknown(self._connection, ids)

    def count_known(self, tracker: str) -> int:
        """How many issues of a tracker are known, wherever they are by now."""
        return issues.count_known(self._connection, tracker)

    def count_followed(self, tracker: str) -> int:
        """How many known issues of a tracker should be in its list."""
        return issues.count_followed(self._connection, tracker)

    def strays(self, tracker: str) -> list[Issue]:
        """Known issues that no list will show: label taken off, moved, or missing."""
        return issues.strays(self._connection, tracker)

    # What the reviews say

    def save_document(self, review: Review, commitments: Iterable[Commitment], now: datetime) -> None:
        """Keep what a document says: proposals, and the items that no issue stands for yet."""
        with transaction(self._connection) as connection:
            journal.note_first(connection, now)
            issues.save_document(connection, review, tuple(commitments), now)

    def commitments(self, review_id: str) -> dict[str, tuple[tuple[Commitment, Issue], ...]]:
        """The marked issues of each item of a review, the one that stands for it first."""
        return issues.load_commitments(self._connection, review_id)

    def decisions(self, review_id: str) -> dict[str, tuple[Decision, ...]]:
        """What people decided of each item of a review, in the order they did."""
        return decisions.load_of(self._connection, review_id)

    def commitments_on(self, issue_id: str) -> tuple[Commitment, ...]:
        """Everything that reviews asked for in one issue."""
        return issues.load_commitments_on(self._connection, issue_id)

    def doubles(self, tracker: str) -> list[tuple[str, str]]:
        """Items that more than one open issue of a tracker stands for, and those issues."""
        return issues.load_doubles(self._connection, tracker)

    def unmarked(self, tracker: str) -> dict[str, Issue]:
        """Followed issues without a readable marker, by title."""
        return issues.load_unmarked(self._connection, tracker)

    # What feeds and files say of incidents

    def save_incidents(
        self, source: str, told: Sequence[Incident], now: datetime, *, keys: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[int, int]:
        """Keep what a source says of these incidents, all or nothing, whatever their own `source` and `seen_at`.

        A version is added only where anything else differs from the last one. Returns how many are new and how many
        have changed; one that comes back after it was gone has changed. `keys` are the tracker's own, by id: an
        incident whose key is known under another id has changed too, and the other is withdrawn.
        """
        with transaction(self._connection) as connection:
            journal.note_first(connection, now)
            return incidents.save(connection, source, told, now, keys)

    def compare_incidents(self, source: str, told: Sequence[Incident]) -> tuple[int, int]:
        """What `save_incidents` would return; nothing is kept."""
        return incidents.compare(self._connection, source, told)

    def incident_ids(self, source: str) -> frozenset[str]:
        """The incidents that a source shows, as far as is known."""
        return incidents.load_ids(self._connection, source)

    def withdraw_incidents(self, source: str, ids: Iterable[str], now: datetime) -> int:
        """Keep that a source shows these no more. Returns how many of them it did show until then."""
        with transaction(self._connection) as connection:
            return incidents.withdraw(connection, source, tuple(ids), now)

    def feed_names(self) -> list[str]:
        """The incident feeds that were read, also those that the config does not name any more."""
        return [state.tracker for state in journal.load_all(self._connection, "feeds")]

    def forget_feed(self, name: str, now: datetime) -> int:
        """Withdraw what a feed shows and forget how far it was read. Returns how many incidents that were."""
        with transaction(self._connection) as connection:
            return incidents.forget(connection, name, now)

    def feed_state(self, name: str) -> FeedState:
        """How far the last readings of an incident feed came; its name is the state's `tracker`."""
        return journal.load_feed(self._connection, name)

    def save_feed_state(self, state: FeedState) -> None:
        """Keep how far a reading of an incident feed came."""
        with transaction(self._connection) as connection:
            journal.save_feed(connection, state)

    # What this machine does

    def intend(self, items: Iterable[str], tracker: str, now: datetime) -> None:
        """Commit the intent to create; it stands until the issue is known or the tracker has clearly said no."""
        with transaction(self._connection) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO intents VALUES (?, ?, ?)", [(item, tracker, now.isoformat()) for item in items]
            )

    def withdraw(self, items: Iterable[str]) -> None:
        """The create was refused: nothing was written, nothing is unknown."""
        with transaction(self._connection) as connection:
            connection.executemany("DELETE FROM intents WHERE item = ?", [(item,) for item in items])

    def intents(self) -> dict[str, datetime]:
        """Items whose create has an unknown outcome, and since when."""
        return journal.intents(self._connection)

    def sync_state(self, tracker: str) -> SyncState:
        """How far the last syncs of a tracker came."""
        return journal.load(self._connection, tracker)

    def save_sync_state(self, state: SyncState) -> None:
        """Keep how far a sync came."""
        with transaction(self._connection) as connection:
            journal.save(connection, state)

    def last_run(self, job: str) -> Run | None:
        """The run of a scheduled job's latest moment."""
        return runs.last(self._connection, job)

    def save_run(self, run: Run) -> None:
        """Keep a run of a scheduled job."""
        with transaction(self._connection) as connection:
            runs.save(connection, run)

    def load_runs(self, limit: int = 20) -> list[Run]:
        """The latest runs of scheduled jobs, newest first."""
        return runs.load_all(self._connection, limit)

    def deliveries(self, week: date) -> dict[Slot, Delivery]:
        """What became of the deliveries of a week."""
        return deliveries.load(self._connection, week)

    def save_delivery(self, delivery: Delivery) -> None:
        """Keep the intent to deliver, or what came of it."""
        with transaction(self._connection) as connection:
            deliveries.save(connection, delivery)

    def load_facts(self) -> Facts:
        """Everything a report is made from, as one consistent read."""
        connection = self._connection
        connection.execute("BEGIN")
        try:
            return facts.load(connection)
        finally:
            connection.rollback()

    # Reminders

    def load_heard(self) -> Heard:
        """What was said and answered on every issue so far."""
        return nudges.load(self._connection)

    def note_nudges(self, occasions: Iterable[Occasion], now: datetime, *, accepted: bool = False) -> None:
        """Keep that these reminders are sent, before they are; then that the tracker said yes."""
        with transaction(self._connection) as connection:
            nudges.note(connection, occasions, now, accepted=accepted)

    def settle_nudges(self, occasions: Iterable[Occasion]) -> None:
        """Nothing is unknown of these reminders any more: they were read back, or turned away."""
        with transaction(self._connection) as connection:
            nudges.settle(connection, occasions)
