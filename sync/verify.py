"""Whether a piece of evidence still holds. Pure: what was asked of the tracker and of the web goes in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.links import Reach
from tracker.rules import SAME_DAY

if TYPE_CHECKING:
    from sync.links import Reached
    from sync.port import ChangeState
    from tracker.model import Evidence, TrackedItem


class Verdict(StrEnum):
    """What is to be said of a link."""

    HOLDS = "holds"
    UNSURE = "unsure"
    DEAD = "dead"
    NOT_MERGED = "not merged"
    REVERTED = "reverted"
    OLDER = "older than the item"

    @property
    def needs_a_person(self) -> bool:
        """Whether it shows nothing any more, or never did."""
        return self not in (Verdict.HOLDS, Verdict.UNSURE)


class Finding(Struct, frozen=True, kw_only=True):
    """What was found of one link of one item; `said` is why, where there is something to say."""

    key: str
    url: str
    verdict: Verdict
    said: str = ""


def judge_change(tracked: TrackedItem, piece: Evidence, state: ChangeState | None) -> Finding:
    """A pull request or commit, by what its own tracker says; None where it is not told."""
    if state is None:
        said = "it is not there, or hidden from this token"
        return Finding(key=tracked.key, url=piece.url, verdict=Verdict.UNSURE, said=said)
    if not state.merged:
        return Finding(key=tracked.key, url=piece.url, verdict=Verdict.NOT_MERGED, said="it is not merged")
    if state.reverted_by:
        said = f"taken back by {state.reverted_by}"
        return Finding(key=tracked.key, url=piece.url, verdict=Verdict.REVERTED, said=said)
    return _dated(tracked, piece)


def judge_link(tracked: TrackedItem, piece: Evidence, reached: Reached) -> Finding:
    """Any other link, by whether it answers."""
    match reached.how:
        case Reach.DEAD:
            return Finding(key=tracked.key, url=piece.url, verdict=Verdict.DEAD, said=reached.said)
        case Reach.UNSURE:
            return Finding(key=tracked.key, url=piece.url, verdict=Verdict.UNSURE, said=reached.said)
        case Reach.ANSWERS:
            return _dated(tracked, piece)


def _dated(tracked: TrackedItem, piece: Evidence) -> Finding:
    """A change from before the promise cannot be what was promised."""
    if piece.at < tracked.committed - SAME_DAY:
        said = f"it is of {piece.at:%Y-%m-%d}, the item of {tracked.committed:%Y-%m-%d}"
        return Finding(key=tracked.key, url=piece.url, verdict=Verdict.OLDER, said=said)
    return Finding(key=tracked.key, url=piece.url, verdict=Verdict.HOLDS)
