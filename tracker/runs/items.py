"""Which item a person means: `REVIEW/ITEM`, the reference of its issue (`acme/payments#12`, `PLAT-7`), or its URL."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tracker.errors import UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model import Facts, TrackedItem

CLOSE = 0.6
MOST = 5


def find_item(facts: Facts, named: str) -> TrackedItem:
    """The one item of that name. Raises UsageProblem where there is none, or where the issue stands for several."""
    found = _by_key(facts.items, named) or _by_issue(facts.items, named)
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(item.key for item in found)
        raise UsageProblem(f"{plain(named)} stands for several items", f"Name one of them: {plain(keys)}.")
    near = _near(facts.items, named)
    hint = (
        f"Did you mean {', '.join(near)}?" if near else "`track status` lists what is known; `track sync` reads more."
    )
    raise UsageProblem(f"there is no item {plain(named)} in the store", plain(hint))


def _by_key(items: Sequence[TrackedItem], named: str) -> list[TrackedItem]:
    exact = [item for item in items if item.key == named]
    return exact or [item for item in items if item.key.casefold() == named.casefold()]


def _by_issue(items: Sequence[TrackedItem], named: str) -> list[TrackedItem]:
    wanted = named.rstrip("/").casefold()
    return [
        item
        for item in items
        if item.issue is not None and wanted in (item.issue.ref.casefold(), item.issue.url.casefold())
    ]


def _near(items: Sequence[TrackedItem], named: str) -> list[str]:
    """The names most like it, its own items' first where it names a review alone."""
    names = {item.key.casefold(): item.key for item in items}
    names.update((item.issue.ref.casefold(), item.issue.ref) for item in items if item.issue is not None)
    wanted = named.casefold()
    within = [name for low, name in names.items() if wanted and low.startswith(f"{wanted}/")]
    close = [names[low] for low in get_close_matches(wanted, names, n=MOST, cutoff=CLOSE)]
    return list(dict.fromkeys((*within, *close)))[:MOST]
