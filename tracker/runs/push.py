"""Sets up a push: documents read and valid, lock held, a pusher for each review's tracker."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sync.push import Pusher, PushRules
from tracker.errors import UsageProblem
from tracker.runs.documents import read_reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Tracker
    from tracker.model import Review
    from tracker.store import Store


class Push(NamedTuple):
    """One document to push: its file, its review, its tracker's pusher, and the place that the issues go to."""

    path: Path
    review: Review
    pusher: Pusher
    place: str


@contextmanager
def open_pushers(
    app: App, paths: Sequence[Path], say: Callable[[str], None], dropped: Sequence[str] = (), reason: str = ""
) -> Iterator[list[Push]]:
    """Each document with its pusher; `dropped` are the items that are given up for that reason.

    Raises InvalidInput with every problem of every document, UsageProblem for an item that is none of a document's,
    AnotherRun when a push is under way on this store.
    """
    reviews = [review for _path, review, _warnings in read_reviews(paths)]
    drops = name_drops(dropped, reason, [review.id for review in reviews])
    trackers = [app.tracker(review.header.tracker, review.id) for review in reviews]
    app.check_credentials()
    with app.lock("push"), app.store() as store:
        waiting = app.waiting(say)
        pushers = {tracker.name: _open_pusher(app, store, tracker, waiting, say, drops) for tracker in trackers}
        yield [
            Push(path, _for_tracker(review, tracker), pushers[tracker.name], tracker.place)
            for path, tracker, review in zip(paths, trackers, reviews, strict=True)
        ]


def name_drops(dropped: Sequence[str], reason: str, reviews: Sequence[str]) -> dict[str, str]:
    """The reason by item key; of a single review the item's own id is enough. Raises UsageProblem."""
    named = {item if "/" in item or len(reviews) != 1 else f"{reviews[0]}/{item}": reason for item in dropped}
    for key in named:
        if key.partition("/")[0] not in reviews or not key.partition("/")[2]:
            raise UsageProblem(
                f"--drop {key}: this is no item of {', '.join(reviews)}",
                f"Name it as REVIEW/ITEM, for example {reviews[0]}/A2.",
            )
    return named


def _for_tracker(review: Review, tracker: Tracker) -> Review:
    header = msgspec.structs.replace(review.header, tracker=tracker.name)
    return msgspec.structs.replace(review, header=header)


def _open_pusher(
    app: App,
    store: Store,
    tracker: Tracker,
    waiting: Waiting,
    say: Callable[[str], None],
    drops: Mapping[str, str],
) -> Pusher:
    config = app.config
    rules = PushRules(
        grace=config.grace,
        kind=tracker.kind,
        people=config.people,
        slo=config.slo,
        drops=drops,
        accept=config.accept,
        say=say,
    )
    return Pusher(store, app.adapter(tracker, waiting), waiting, app.now, rules)
