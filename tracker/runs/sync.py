"""One sync of everything: each tracker, then the review documents. A failing tracker does not stop the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from sync.pull import Pulled, pull
from tracker.config import find_reviews
from tracker.errors import NeedsAPerson, NotAuthorised, TrackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Tracker
    from tracker.store import Store

    OnPage = Callable[[str, int, int], None]


class SyncRun(Struct, frozen=True, kw_only=True):
    """What a sync did: what each tracker gave, which failed, and review documents that could not be read."""

    pulled: tuple[Pulled, ...]
    failed: tuple[tuple[str, TrackError], ...]
    problems: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0, or the code of what a person has to mend before what mends itself; 1 for an unreadable review alone."""
        codes = {error.exit_code for _name, error in self.failed} | (
            {NeedsAPerson.exit_code} if self.problems else set()
        )
        return NotAuthorised.exit_code if NotAuthorised.exit_code in codes else max(codes, default=0)


def sync_all(app: App, *, full: bool, on_page: OnPage, say: Callable[[str], None]) -> SyncRun:
    """Pull every tracker and read every review document. Raises AnotherRun when a sync is under way."""
    app.check_credentials()
    pulled: list[Pulled] = []
    failed: list[tuple[str, TrackError]] = []
    with app.lock("sync"), app.store() as store:
        waiting = app.waiting(say)
        for tracker in app.config.trackers.values():
            try:
                pulled.append(_pull_one(app, store, tracker, waiting, full=full, on_page=on_page))
            except TrackError as error:
                failed.append((tracker.name, error))
        problems = _save_documents(app, store)
    return SyncRun(pulled=tuple(pulled), failed=tuple(failed), problems=tuple(problems))


def _pull_one(app: App, store: Store, tracker: Tracker, waiting: Waiting, *, full: bool, on_page: OnPage) -> Pulled:
    def show(read: int, total: int) -> None:
        on_page(tracker.name, read, total)

    adapter = app.adapter(tracker, waiting)
    return pull(store, adapter, app.now, full=full, full_every=app.config.full_every, on_page=show)


def _save_documents(app: App, store: Store) -> list[str]:
    """What reads documents is imported where there are any: it takes longer than a sync that finds nothing new."""
    paths = find_reviews(app.config)
    if not paths:
        return []
    from tracker.runs.documents import save_documents

    return save_documents(app, store, paths)
