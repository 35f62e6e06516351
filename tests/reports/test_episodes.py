"""Incidents that belong together count once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.episodes import EPISODE, split_episodes, start_of
from tests.reports.helping import occurred, on

FIRST = on(3, 3)


def lengths(hours: list[float], completions: list[float] = []) -> list[int]:  # noqa: B006 - never changed
    times = [FIRST + timedelta(hours=hour) for hour in hours]
    done = [FIRST + timedelta(hours=hour) for hour in completions]
    return [len(episode) for episode in split_episodes(occurred(*times), done)]


@pytest.mark.parametrize(("hours", "episodes"), [(1, [2]), (72, [2]), (73, [1, 1])])
def test_incidents_within_72_hours_are_one_episode(hours: int, episodes: list[int]) -> None:
    assert lengths([0, hours]) == episodes


def test_an_episode_lasts_as_long_as_each_incident_is_near_the_one_before() -> None:
    assert lengths([0, 60, 120, 180, 260]) == [4, 1]


def test_an_episode_never_spans_a_completion() -> None:
    assert lengths([0, 10], completions=[5]) == [1, 1]
    assert lengths([0, 10, 20], completions=[15]) == [2, 1]


def test_an_incident_at_the_moment_of_a_completion_came_before_it() -> None:
    assert lengths([0, 10], completions=[0]) == [1, 1]
    assert lengths([0, 10], completions=[10]) == [2]


def test_a_day_without_an_hour_is_taken_at_its_end() -> None:
    (by_day,) = occurred(on(3, 3, 0), day_only=True)
    completed = on(3, 3, 18)
    episodes = split_episodes([*occurred(on(3, 3, 10)), by_day], [completed])
    assert [[one.day_only for one in episode] for episode in episodes] == [[False], [True]]
    assert start_of(episodes[1]) == on(3, 4, 0) - timedelta(microseconds=1)


def test_no_incidents_make_no_episode() -> None:
    assert split_episodes([], [FIRST]) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 2000), max_size=12, unique=True),
    st.lists(st.integers(0, 2000), max_size=4),
    st.integers(0, 10**9),
)
def test_episodes_hold_every_incident_once_and_obey_both_rules(
    hours: list[int], completions: list[int], seed: int
) -> None:
    found = occurred(*(FIRST + timedelta(hours=hour) for hour in hours))
    done = [FIRST + timedelta(hours=hour) for hour in completions]
    Random(seed).shuffle(found)  # noqa: S311 - an order, not a secret
    episodes = split_episodes(found, done)
    starts = [[one.started for one in episode] for episode in episodes]
    assert sorted(one for episode in starts for one in episode) == sorted(one.started for one in found)
    for episode in starts:
        assert all(later - earlier <= EPISODE for earlier, later in pairwise(episode))
        assert not any(episode[0] <= at < episode[-1] for at in done)
    for one, other in pairwise(starts):
        assert other[0] - one[-1] > EPISODE or any(one[-1] <= at < other[0] for at in done)
