"""How `check` and `push` show earlier reviews: as lines for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.earlier import describe_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.earlier import Earlier, EarlierReview, OpenItem


def describe_reviews(earlier: Earlier) -> Iterator[str]:
    """A line for each earlier review of the same kind, and one for each of its items that is still open."""
    for review in earlier.reviews:
        yield f"earlier: {review.id} {review.title} ({', '.join(_why(review))}), {_open(review)}"
        for item in review.open_items:
            yield f"  - {_item(item)}"
        if review.more_open:
            yield f"  - and {review.more_open} more"
    if earlier.more_reviews:
        yield f"earlier: {earlier.more_reviews} more review{'' if earlier.more_reviews == 1 else 's'} of this kind"


def build_earlier(earlier: Earlier) -> dict[str, object]:
    """The same as JSON values; docs/json.md describes them."""
    import msgspec

    repeats = [
        {
            "item": repeat.item.id,
            "line": repeat.item.line,
            "times": repeat.times,
            "since": repeat.since.isoformat(),
            "follows": repeat.follows,
            "text": describe_repeat(repeat),
            "ref": repeat.best.ref,
            "url": repeat.best.url,
        }
        for repeat in earlier.repeats
    ]
    reviews = msgspec.to_builtins(earlier.reviews)
    return {"reviews": reviews, "more_reviews": earlier.more_reviews, "repeats": repeats}


def _why(review: EarlierReview) -> Iterator[str]:
    if review.same_class:
        yield "same class"
    if review.shared_conditions:
        yield f"shares {', '.join(review.shared_conditions)}"


def _open(review: EarlierReview) -> str:
    count = len(review.open_items) + review.more_open
    return f"{count} still open" if count else "nothing open"


def _item(item: OpenItem) -> str:
    where = item.ref or item.key
    late = f", overdue since {item.due}" if item.overdue else ""
    return f"{where} {item.title} ({item.status}{late})"
