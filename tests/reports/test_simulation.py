"""What the rules find, and how seldom they find what is not there: small worlds end to end, always the same ones.

Each world has 25 classes with rates of a gamma distribution (mean 3 a year, shape 0.8) over three years. Half of the
incidents are reviewed, with up to three actions, done after a median of 45 days. What the actions do differs by world.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from math import log
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from reports import episodes
from reports.verdict import Verdict
from tests.reports.factory import review
from tests.reports.helping import done, help_of
from tracker.model import Incident, TrackedItem

if TYPE_CHECKING:
    import pytest

    from reports.helped import Helped
    from tracker.model import ReviewHeader

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 1096
NOW = START + timedelta(days=DAYS)
CLASSES = dict.fromkeys((f"class-{number}" for number in range(25)), "")
"""Declared in the config, so that nobody asks whether one is another's new name."""

QUIETER = (Verdict.NOT_SEEN, Verdict.LESS_OFTEN)


class World(NamedTuple):
    reviews: list[ReviewHeader]
    items: list[TrackedItem]
    incidents: list[Incident]


def build_world(seed: int, *, removed: float = 0.0, bursts: float = 0.0) -> World:
    """`removed` of the incidents after a fix do not happen; `bursts` more than one in each episode, on average."""
    chance = Random(seed)  # noqa: S311 - the same worlds every time are what is wanted
    world = World([], [], [])
    for number in range(25):
        rate = chance.gammavariate(0.8, 3 / 0.8) / 365
        day, fixed = 0.0, float("inf")
        while (day := day + chance.expovariate(rate)) < DAYS:
            if day > fixed and chance.random() < removed:
                continue
            key = f"{seed}-{number}-{day:.4f}"
            more = [day + chance.random() for _ in range(poisson(bursts, chance))]
            for at in [day, *more]:
                world.incidents.append(incident(f"{key}@{at:.4f}" if at != day else key, number, at))
            if chance.random() < 0.5:
                fixed = min(fixed, add_review(world, key, number, day, chance))
    return world


def add_review(world: World, key: str, number: int, day: float, chance: Random) -> float:
    """The review of an incident, held three days later; when the last of its actions is done."""
    started = START + timedelta(days=day)
    held = review(key, started, f"class {number}")
    world.reviews.append(held)
    lags = [chance.lognormvariate(log(45), 0.8) for _ in range(chance.randrange(1, 4))]
    for place, lag in enumerate(lags):
        closed = started + timedelta(days=3 + lag)
        world.items.append(done(f"{key}/A{place}", closed, started + timedelta(days=3)))
    return day + 3 + max(lags)


def incident(key: str, number: int, day: float) -> Incident:
    return Incident(id=key, source="ops", classes=(f"class {number}",), started=START + timedelta(days=day))


def poisson(mean: float, chance: Random) -> int:
    count, left = 0, chance.expovariate(1)
    while left < mean:
        count, left = count + 1, left + chance.expovariate(1)
    return count


@cache
def told(removed: float = 0.0, bursts: float = 0.0, worlds: int = 20) -> tuple[Helped, ...]:
    found = (build_world(seed, removed=removed, bursts=bursts) for seed in range(worlds))
    return tuple(help_of(*world, as_of=NOW, records_since=date(2024, 1, 1), titles=CLASSES) for world in found)


def tally(helped: tuple[Helped, ...], *words: Verdict) -> int:
    return sum(one.verdict in words for world in helped for one in world.classes)


def judged(helped: tuple[Helped, ...]) -> int:
    return sum(world.judgeable for world in helped)


def test_where_actions_do_nothing_next_to_nothing_is_claimed() -> None:
    helped = told(worlds=36)
    assert judged(helped) > 250
    assert tally(helped, *QUIETER) < 0.05 * judged(helped)
    assert tally(helped, Verdict.WORSE) < 0.02 * sum(len(world.classes) for world in helped)
    ps = [world.pooled.p for world in helped if world.pooled and world.pooled.p is not None]
    assert len(ps) == 36
    assert sum(p <= 0.05 for p in ps) < 0.05 * len(ps)


def test_a_class_that_vanished_is_found_and_so_are_all_together() -> None:
    helped = told(removed=1.0)
    assert judged(helped) > 125
    assert tally(helped, Verdict.NOT_SEEN) == judged(helped)
    assert all(world.pooled and world.pooled.p is not None and world.pooled.p < 0.001 for world in helped)


def test_a_class_that_is_nearly_gone_is_often_found_and_a_halving_seldom() -> None:
    nearly, halved = told(removed=0.9), told(removed=0.5)
    assert tally(nearly, *QUIETER) > 0.4 * judged(nearly)
    assert tally(halved, *QUIETER) < 0.25 * judged(halved)


def test_bursts_do_not_make_classes_quieter(monkeypatch: pytest.MonkeyPatch) -> None:
    helped = told(bursts=0.7)
    assert judged(helped) > 125
    assert tally(helped, *QUIETER) < 0.05 * judged(helped)
    monkeypatch.setattr(episodes, "EPISODE", timedelta(0))
    each_counted = told.__wrapped__(bursts=0.7)
    assert tally(each_counted, *QUIETER) > 0.05 * judged(each_counted)
