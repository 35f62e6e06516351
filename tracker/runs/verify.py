"""Looks at the evidence of items once more: each link once, the tracker asked where it can tell. Changes nothing."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from sync.adapters.conversation import is_loopback
from sync.links import Links, Reached, place_of
from sync.verify import Finding, judge_change, judge_link
from tracker.errors import NotAuthorised
from tracker.runs.items import find_item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.port import ChangeState, TrackerAdapter
    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Config
    from tracker.model import Evidence, Facts, TrackedItem

MOST_LINKS = 500
"""How many links one run asks for."""

MOST_SECONDS = 600.0
"""How long one run goes on asking for links of the web."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Verified(NamedTuple):
    """What was found, and how many links were left out, beyond what one run asks for or has time for."""

    findings: tuple[Finding, ...]
    left_out: int


def verify_evidence(
    app: App, facts: Facts, named: Sequence[str], waiting: Waiting, on_link: Callable[[int, int], None]
) -> Verified:
    """Look at the evidence of these items, or of all; `on_link` is told how many of how many links were asked."""
    items = [find_item(facts, name) for name in named] or list(facts.items)
    pieces = [(item, piece) for item in items for piece in item.evidence]
    urls = list(dict.fromkeys(piece.url for _item, piece in pieces))
    asked = urls[:MOST_LINKS]
    changes, rest = _ask_trackers(app, asked, waiting)
    on_link(len(asked) - len(rest), len(asked))
    links = Links(exempt_places(app.config))
    reached: dict[str, Reached] = {}
    until = monotonic() + MOST_SECONDS
    for number, url in enumerate(rest, start=len(asked) - len(rest) + 1):
        if monotonic() >= until:
            break
        reached[url] = links.ask(url)
        on_link(number, len(asked))
    wanted = {*changes, *reached}
    findings = tuple(_judge(item, piece, changes, reached) for item, piece in pieces if piece.url in wanted)
    return Verified(findings, len(urls) - len(wanted))


def exempt_places(config: Config) -> frozenset[tuple[str, int]]:
    """Host and port of the config's trackers; for one on this machine (a sandbox), this machine by any name."""
    places = {place_of(tracker.url) for tracker in config.trackers.values()}
    places |= {(host.removeprefix("api."), port) for host, port in places}
    return frozenset((*places, *((name, port) for host, port in places if is_loopback(host) for name in _LOOPBACK)))


def _judge(
    item: TrackedItem, piece: Evidence, changes: dict[str, ChangeState | None], reached: dict[str, Reached]
) -> Finding:
    if piece.url in changes:
        return judge_change(item, piece, changes[piece.url])
    return judge_link(item, piece, reached[piece.url])


def _ask_trackers(app: App, urls: Sequence[str], waiting: Waiting) -> tuple[dict[str, ChangeState | None], list[str]]:
    """The state of every change that a followed tracker hosts, and the links that none does."""
    told: dict[str, ChangeState | None] = {}
    rest = list(urls)
    for tracker in app.config.trackers.values():
        if not tracker.keeps_changes:
            continue
        adapter = app.adapter(tracker, waiting)
        theirs = [url for url in rest if adapter.hosts(url)]
        found = _ask(adapter, theirs)
        told.update((url, found.get(url)) for url in theirs if url in found or url not in told)
        rest = [url for url in rest if url not in theirs]
    return told, rest


def _ask(adapter: TrackerAdapter, urls: Sequence[str]) -> dict[str, ChangeState]:
    try:
        return dict(adapter.changes(urls)) if urls else {}
    except NotAuthorised:  # another owner's: nothing can be told of them
        return {}
