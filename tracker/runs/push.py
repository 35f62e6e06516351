"""Sets up a push: documents read and valid, lock held, a pusher for each review's tracker."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from sync.push import Pusher, PushRules
from tracker.runs.documents import read_reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Tracker
    from tracker.model import Review
    from tracker.store import Store

Push = tuple[Pusher, "Review", str]


@contextmanager
def open_pushers(app: App, paths: Sequence[Path], say: Callable[[str], None]) -> Iterator[list[Push]]:
    """For each document its pusher, its review and the place its issues go to.

    Raises InvalidInput with every problem of every document, AnotherRun when a push is under way on this store.
    """
    reviews = [review for _path, review, _warnings in read_reviews(paths)]
    trackers = [app.tracker(review.header.tracker, review.id) for review in reviews]
    app.check_credentials()
    with app.lock("push"), app.store() as store:
        waiting = app.waiting(say)
        pushers = {tracker.name: _open_pusher(app, store, tracker, waiting, say) for tracker in trackers}
        pushes = []
        for tracker, review in zip(trackers, reviews, strict=True):
            header = msgspec.structs.replace(review.header, tracker=tracker.name)
            whole = msgspec.structs.replace(review, header=header)
            pushes.append((pushers[tracker.name], whole, tracker.place))
        yield pushes


def _open_pusher(app: App, store: Store, tracker: Tracker, waiting: Waiting, say: Callable[[str], None]) -> Pusher:
    config = app.config
    rules = PushRules(grace=config.grace, kind=tracker.kind, people=config.people, slo=config.slo, say=say)
    return Pusher(store, app.adapter(tracker, waiting), waiting, app.now, rules)
