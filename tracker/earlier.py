"""What earlier reviews say about the one at hand: incidents like it, and items that it asks for again. Pure.

Nothing is decided here: a person links the item to the earlier issue, or lets a new one be created. Texts stay as they
are in the documents and trackers; whoever shows them makes them harmless.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from tracker.likeness import Wordings
from tracker.model import ActionItem, EvidenceKind, Review, Status, TrackedItem
from tracker.rules import accepted_evidence, is_overdue, slug, status_at
from tracker.text import ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.model import Facts, ReviewHeader

_slug = lru_cache(maxsize=4096)(slug)

REVIEWS_SHOWN = 5
ITEMS_SHOWN = 7
ITEMS_READ = 200
REQUESTS_READ = 50
"""How many: earlier reviews listed; open items listed for each, and requests for each repeat; items of the review at
hand that are looked for; newest requests among which the best is chosen."""


class OpenItem(Struct, frozen=True, kw_only=True):
    """An item of an earlier review that somebody still has to do. `ref` and `url` are empty where it has no issue."""

    key: str
    title: str
    ref: str
    url: str
    status: Status
    due: date | None
    overdue: bool


class EarlierReview(Struct, frozen=True, kw_only=True):
    """An earlier incident like this one: of its class, or with some of its failure conditions (slugs).

    `open_items` are the most urgent; `more_open` counts those that are not listed.
    """

    id: str
    title: str
    url: str
    started: datetime | None
    same_class: bool
    shared_conditions: tuple[str, ...]
    open_items: tuple[OpenItem, ...]
    more_open: int = 0


class Asked(Struct, frozen=True, kw_only=True):
    """An earlier request for the same thing. `standing` says where it stands, `live` that it is still to be done."""

    key: str
    title: str
    committed: date
    ref: str
    url: str
    standing: str
    live: bool


class Repeat(Struct, frozen=True, kw_only=True):
    """An item that asks again for what earlier reviews asked.

    `earlier` are the newest requests. `times` counts reviews, this one included; `since` is the first commitment.
    `best` is the request to link to: the newest of those still to be done in an issue, else the newest. `follows` says
    that the item links its issue already.
    """

    item: ActionItem
    earlier: tuple[Asked, ...]
    times: int
    since: date
    best: Asked
    follows: bool


class Earlier(Struct, frozen=True, kw_only=True):
    """All that earlier reviews say, newest first; `more_reviews` counts the ones that are not listed."""

    reviews: tuple[EarlierReview, ...] = ()
    more_reviews: int = 0
    repeats: tuple[Repeat, ...] = ()


class _Scene(Struct, frozen=True, kw_only=True):
    """What every answer needs: the earlier items, oldest first, and how the reviews they are of are like this one."""

    review: Review
    now: datetime
    accept: frozenset[EvidenceKind]
    items: tuple[TrackedItem, ...]
    classes: frozenset[str]
    own: tuple[TrackedItem, ...]
    home: str


def find_earlier(
    facts: Facts, review: Review, now: datetime, accept: frozenset[EvidenceKind] = frozenset(EvidenceKind)
) -> Earlier:
    """What earlier reviews say about this one at `now`; the day is the one of `now`'s own zone."""
    before = _moment(review.header) or now
    headers = {header.id: header for header in facts.reviews if header.id != review.id}
    earlier = sorted(
        (item for item in facts.items if item.review_id != review.id and _is_before(item, headers, before, now)),
        key=lambda item: (item.committed, item.key),
    )
    past = [header for header in headers.values() if (at := _moment(header)) is None or at < before]
    reviews = _find_reviews(review, past, earlier, now)
    scene = _Scene(
        review=review,
        now=now,
        accept=accept,
        items=tuple(earlier),
        classes=frozenset(each.id for each in reviews if each.same_class),
        own=tuple(item for item in facts.items if item.review_id == review.id),
        home=review.header.tracker or _only(item.issue.tracker for item in facts.items if item.issue),
    )
    return Earlier(
        reviews=tuple(reviews[:REVIEWS_SHOWN]),
        more_reviews=max(0, len(reviews) - REVIEWS_SHOWN),
        repeats=_find_repeats(scene),
    )


def describe_repeat(repeat: Repeat) -> str:
    """Where an item was asked for before, as a sentence without its full stop; its texts are not escaped."""
    best = repeat.best
    count = f"{ordinal(repeat.times)} time since {repeat.since:%Y-%m}"
    which = f"{best.key} “{best.title}”"
    if repeat.follows:
        return f"follows {best.ref}: {count}; it is {best.standing} ({which})"
    where = f"{best.ref} is {best.standing} ({which})" if best.ref else f"{which} is {best.standing}"
    return f"asked for before: {count}; {where}"


def suggest_choice(repeat: Repeat) -> str:
    """What a person may do about it; empty where the item is linked already."""
    best = repeat.best
    if repeat.follows:
        return ""
    if best.ref and best.live:
        return f"Link to {best.ref} by writing it into the item's Issue column, or leave it: a new issue is created."
    return "A new issue is created. Say in it what is different this time."


def _moment(header: ReviewHeader) -> datetime | None:
    """When the incident began, else when it was reviewed (the first minute of that day, UTC)."""
    if header.started is not None:
        return header.started
    return datetime.combine(header.reviewed, time(), UTC) if header.reviewed else None


def _is_before(item: TrackedItem, headers: dict[str, ReviewHeader], before: datetime, now: datetime) -> bool:
    """Whether an item's review came before; where it has no time, whether the item was committed before."""
    header = headers.get(item.review_id)
    return item.committed <= now and ((header and _moment(header)) or item.committed) < before


def _find_reviews(
    review: Review, past: Iterable[ReviewHeader], items: Sequence[TrackedItem], now: datetime
) -> list[EarlierReview]:
    """The past reviews that are like this one, newest first."""
    by_review: dict[str, list[TrackedItem]] = {}
    for item in items:
        by_review.setdefault(item.review_id, []).append(item)
    ours = _conditions(review.header, review.items)
    ours_class = _slug(review.header.incident_class)
    found: list[tuple[datetime, EarlierReview]] = []
    for header in past:
        its_items = by_review.get(header.id, [])
        at = _moment(header) or min((item.committed for item in its_items), default=None)
        same_class = bool(ours_class) and _slug(header.incident_class) == ours_class
        shared = ours & _conditions(header, [item.item for item in its_items])
        if at is not None and (same_class or shared):
            found.append((at, _earlier_review(header, its_items, now, same_class=same_class, shared=shared)))
    return [each for _at, each in sorted(found, key=lambda pair: (pair[0], pair[1].id), reverse=True)]


def _earlier_review(
    header: ReviewHeader, items: Iterable[TrackedItem], now: datetime, *, same_class: bool, shared: Iterable[str]
) -> EarlierReview:
    live = [_open_item(item, now) for item in items if status_at(item, now).is_live]
    live.sort(key=lambda item: (item.due or date.max, item.key))
    return EarlierReview(
        id=header.id,
        title=header.title,
        url=header.url,
        started=header.started,
        same_class=same_class,
        shared_conditions=tuple(sorted(shared)),
        open_items=tuple(live[:ITEMS_SHOWN]),
        more_open=max(0, len(live) - ITEMS_SHOWN),
    )


def _open_item(item: TrackedItem, now: datetime) -> OpenItem:
    return OpenItem(
        key=item.key,
        title=item.item.title,
        ref=item.issue.ref if item.issue else "",
        url=item.issue.url if item.issue else "",
        status=status_at(item, now),
        due=item.item.due,
        overdue=is_overdue(item, now, now.date()),
    )


def _find_repeats(scene: _Scene) -> tuple[Repeat, ...]:
    """A repeat for each item that was asked for before, in the order of the document."""
    if not scene.items:
        return ()
    wordings = Wordings(item.item.title for item in scene.items)
    by_link: dict[str, list[int]] = {}
    for place, item in enumerate(scene.items):
        for link in _links_of(item, scene.home):
            by_link.setdefault(link, []).append(place)
    repeats = (_find_repeat(item, scene, wordings, by_link) for item in scene.review.items[:ITEMS_READ])
    return tuple(repeat for repeat in repeats if repeat is not None)


def _find_repeat(item: ActionItem, scene: _Scene, wordings: Wordings, by_link: dict[str, list[int]]) -> Repeat | None:
    """By issue link; else, while the item has no issue of its own, by wording."""
    known = next((own for own in scene.own if own.issue and _is_same(own, item)), None)
    links = {_normal_link(link) for link in item.issues} | (_links_of(known, scene.home) if known else set())
    linked = {place for link in links for place in by_link.get(link, ())}
    if linked or known:
        return _build_repeat(item, linked, scene, follows=True) if linked else None
    found = set(wordings.find(item.title, _related(item, scene)))
    for place in tuple(found):  # what else was asked for in the same issues, however it was worded
        found.update(other for link in _links_of(scene.items[place], scene.home) for other in by_link[link])
    return _build_repeat(item, found, scene, follows=False) if found else None


def _build_repeat(item: ActionItem, places: set[int], scene: _Scene, *, follows: bool) -> Repeat:
    earlier = [scene.items[place] for place in sorted(places, reverse=True)]
    asked = tuple(_asked(each, scene) for each in earlier[:REQUESTS_READ])
    return Repeat(
        item=item,
        earlier=asked[:ITEMS_SHOWN],
        times=len({each.review_id for each in earlier}) + 1,
        since=earlier[-1].committed.date(),
        best=next((each for each in asked if each.live and each.ref), asked[0]),
        follows=follows,
    )


def _asked(item: TrackedItem, scene: _Scene) -> Asked:
    return Asked(
        key=item.key,
        title=item.item.title,
        committed=item.committed.date(),
        ref=item.issue.ref if item.issue else "",
        url=item.issue.url if item.issue else "",
        standing=_standing(item, scene),
        live=status_at(item, scene.now).is_live,
    )


def _standing(item: TrackedItem, scene: _Scene) -> str:
    """Where an earlier item stands, in words that go after "is"."""
    status = status_at(item, scene.now)
    if status is Status.DONE:
        return "done" if accepted_evidence(item, scene.now, scene.accept) else "closed without evidence"
    if status is Status.DUPLICATE:
        return "closed as a duplicate"
    late = is_overdue(item, scene.now, scene.now.date())
    return f"{status}, overdue since {item.item.due}" if late else status.value


def _related(item: ActionItem, scene: _Scene) -> set[int]:
    """The earlier items of the same class, or aimed at a failure condition that this one is aimed at."""
    conditions = set(map(_slug, item.conditions))
    return {
        place
        for place, earlier in enumerate(scene.items)
        if earlier.review_id in scene.classes
        or (conditions and not conditions.isdisjoint(map(_slug, earlier.item.conditions)))
    }


def _is_same(own: TrackedItem, item: ActionItem) -> bool:
    """Whether a known item of this very review is the document's: by id, or by title where it has none yet."""
    if item.id:
        return own.item.id == item.id
    return own.item.title.casefold().split() == item.title.casefold().split()


def _conditions(header: ReviewHeader, items: Iterable[ActionItem]) -> set[str]:
    names = {condition.name for condition in header.conditions}.union(*(item.conditions for item in items))
    return {_slug(name) for name in names} - {""}


def _links_of(item: TrackedItem, home: str) -> set[str]:
    """How a document may name the item's issue; `#12` only for one in the review's own tracker."""
    issue = item.issue
    if issue is None:
        return set()
    short = {f"#{issue.number}"} if "#" in issue.ref and issue.tracker == home else set()
    return short | {_normal_link(issue.ref), _normal_link(issue.url)} - {""}


def _normal_link(link: str) -> str:
    """A link without what only names a place on the page; case makes no difference in trackers."""
    is_named_by_query = "selectedIssue=" in link
    place = re.sub(r"(?<=.)[?#].*", "", link) if "://" in link and not is_named_by_query else link
    return place.rstrip("/").casefold()


def _only(names: Iterable[str]) -> str:
    """The name, where there is but one."""
    found = set(names)
    return found.pop() if len(found) == 1 else ""
