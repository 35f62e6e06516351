"""Sets up a push of documents that were read: lock held, a pusher for each review's tracker."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sync.push import Pusher, PushRules
from tracker.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Tracker
    from tracker.model import Review
    from tracker.runs.documents import Read
    from tracker.store import Store


class Push(NamedTuple):
    """One document to push: as read, its review for its tracker, that one's pusher, and the place issues go to."""

    read: Read
    review: Review
    pusher: Pusher
    place: str


@contextmanager
def open_pushers(
    app: App, documents: Sequence[Read], say: Callable[[str], None], dropped: Sequence[str] = (), reason: str = ""
) -> Iterator[list[Push]]:
    """Each document with its pusher; `dropped` are the items that are given up for that reason.

    Raises UsageProblem for an item that is none of a document's, AnotherRun when a push is under way on this store.
    """
    drops = name_drops(dropped, reason, [read.review.id for read in documents])
    trackers = [app.tracker(read.review.header.tracker, read.review.id) for read in documents]
    app.check_credentials()
    with app.lock("push"), app.store() as store:
        waiting = app.waiting(say)
        pushers = {tracker.name: _open_pusher(app, store, tracker, waiting, say, drops) for tracker in trackers}
        yield [
            Push(read, _for_tracker(read.review, tracker), pushers[tracker.name], tracker.place)
            for tracker, read in zip(trackers, documents, strict=True)
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
