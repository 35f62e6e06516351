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

    from tracker.app import App
    from tracker.model import Review

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
        rules = PushRules(grace=app.config.grace, kind="github", people=app.config.people, slo=app.config.slo, say=say)
        pushers = {
            tracker.name: Pusher(store, app.adapter(tracker, waiting), waiting, app.now, rules) for tracker in trackers
        }
        pushes = []
        for tracker, review in zip(trackers, reviews, strict=True):
            header = msgspec.structs.replace(review.header, tracker=tracker.name)
            whole = msgspec.structs.replace(review, header=header)
            pushes.append((pushers[tracker.name], whole, tracker.repository))
        yield pushes
