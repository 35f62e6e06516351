"""Labels first seen after a fix that may be the same class under a new name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reports.renames import LISTED
from reports.verdict import Verdict
from tests.reports.factory import review
from tests.reports.helping import NAME, done, help_of, history, on, seen
from tracker.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.helped import Helped
    from tracker.model import Incident

BEFORE = [on(month, 5) for month in range(1, 7)]
BACK = [on(10, 1), on(12, 1), on(2, 1, year=2026)]
POOL = ("pool-exhausted", "no-timeout")


def world(*later: Incident, conditions: Sequence[str] = (), name: str = NAME, **more: Any) -> Helped:
    """A class that was not seen since its fix of 1 August 2025, and what was filed under other names."""
    held = review("R", on(7, 1), name)
    mine = seen(*BEFORE, name=name, conditions=tuple(conditions))
    return help_of([held], [done("R/A1", on(8, 1), on(7, 4))], [*mine, *later], **more)


def test_a_like_label_first_seen_after_the_fix_is_flagged_with_both_verdicts() -> None:
    (found,) = world(*seen(*BACK, name="config-rollouts")).renames
    assert (found.name, found.label, found.first_seen, found.incidents) == (
        NAME, "config-rollouts", date(2025, 10, 1), 3,
    )  # fmt: skip
    assert found.likeness > 0.9
    assert (found.verdict, found.if_same) == (Verdict.NOT_SEEN, Verdict.NO_CHANGE)
    assert found.said == "quieter; no clear change if the 3 filed under 'config-rollouts' are the same"


def test_a_label_that_was_seen_before_the_fix_is_another_class() -> None:
    assert world(*seen(on(7, 31), *BACK, name="config-rollouts")).renames == ()
    assert len(world(*seen(on(8, 2), *BACK, name="config-rollouts")).renames) == 1


def test_a_class_without_a_complete_set_has_no_renames() -> None:
    assert help_of((), (), [*seen(*BEFORE), *seen(*BACK, name="config-rollouts")]).renames == ()


@pytest.mark.parametrize(
    ("label", "is_flagged"),
    [
        ("configrollout", True),  # the same letters
        ("rollout-config", True),  # the same words
        ("config-rollout-eu", True),
        ("con-fig-roll-out", True),
        ("expired-certificate", False),
        ("disk-full", False),
    ],
)
def test_labels_are_compared_by_their_letters_and_by_their_words(label: str, is_flagged: bool) -> None:
    assert bool(world(*seen(*BACK, name=label)).renames) is is_flagged


def test_a_synonym_is_flagged_by_two_shared_conditions() -> None:
    later = seen(*BACK, name="pool-timeout", conditions=POOL)
    (found,) = world(*later, name="thundering-herd", conditions=POOL).renames
    assert found.likeness < 0.6
    assert found.overlap == pytest.approx(6 / 7)
    assert found.shared == ("no-timeout", "pool-exhausted")
    assert found.said == "quieter; no clear change if the 3 filed under 'pool-timeout' are the same"


def test_one_shared_condition_is_not_enough() -> None:
    later = seen(*BACK, name="pool-timeout", conditions=POOL[:1])
    assert world(*later, name="thundering-herd", conditions=POOL[:1]).renames == ()


def test_conditions_that_few_incidents_share_are_not_enough() -> None:
    later = [
        *seen(BACK[0], name="pool-timeout", conditions=POOL),
        *seen(*BACK[1:], name="pool-timeout", conditions=("c", "d")),
    ]
    assert world(*later, name="thundering-herd", conditions=POOL).renames == ()  # 2/3 of 2 * 6/7 + 2 * 2/3


def test_a_like_label_without_conditions_has_no_overlap() -> None:
    (found,) = world(*seen(*BACK, name="config-rollouts"), conditions=POOL).renames
    assert (found.overlap, found.shared) == (None, ())


def test_the_same_letters_are_enough() -> None:
    assert len(world(*seen(*BACK, name="zookeeper-lost"), name="zoo-keeper-loss").renames) == 1
    assert len(world(*seen(*BACK, name="lost-zoo"), name="zoo-lost").renames) == 1  # and so are the same words


def test_an_alias_settles_it() -> None:
    told = world(*seen(*BACK, name="config-rollouts"), aliases={"config-rollouts": NAME})
    assert told.renames == ()
    assert told.classes[0].verdict is Verdict.NO_CHANGE


def test_two_classes_that_the_config_declares_are_different() -> None:
    later = seen(*BACK, name="config-rollouts")
    assert world(*later, titles={NAME: "", "config-rollouts": ""}).renames == ()
    assert len(world(*later, titles={NAME: ""}).renames) == 1
    assert len(world(*later, titles={"config-rollouts": ""}).renames) == 1


def test_the_verdict_with_them_is_that_of_one_class_with_both_histories() -> None:
    times = [*BACK, on(2, 2, year=2026)]  # two in one episode
    (found,) = world(*seen(*times, name="config-rollouts")).renames
    joined = world(*seen(*times, name="config-rollouts"), aliases={"config-rollouts": NAME}).classes[0]
    assert (found.if_same, found.incidents, joined.after) == (joined.verdict, 4, 3)


def test_actions_aimed_at_the_new_name_are_aimed_at_the_class_if_they_are_the_same() -> None:
    before = [*BEFORE, on(1, 20), on(2, 20), on(3, 20)]
    reviews = [review("R", on(7, 1)), review("Q", BACK[0], "config-rollouts")]
    items = [done("R/A1", on(8, 1), on(7, 4)), done("Q/A1", on(11, 1), on(10, 4))]
    parted = seen(on(10, 31), on(11, 2), name="config-rollouts")
    together = help_of(reviews, items[:1], [*seen(*before), *parted]).renames
    assert [found.if_same for found in together] == [Verdict.LESS_OFTEN]  # 2 after
    apart = help_of(reviews, items, [*seen(*before), *parted]).renames
    assert [found.if_same for found in apart] == [Verdict.NO_CHANGE]  # 3 after: the completion parts two of them
    aliases = {"config-rollouts": NAME}
    assert help_of(reviews, items, [*seen(*before), *parted], aliases=aliases).classes[0].after == 3


def test_one_incident_is_said_of_one() -> None:
    (found,) = world(*seen(BACK[0], name="config-rollouts")).renames
    assert found.said == "quieter; no clear change if the one filed under 'config-rollouts' is the same"


def test_quieter_either_way_says_that_it_came_back() -> None:
    often = [on(month, day) for month in range(1, 7) for day in (5, 20)]
    (found,) = world(*seen(BACK[0], name="config-rollouts"), *seen(*often)).renames
    assert (found.verdict, found.if_same) == (Verdict.NOT_SEEN, Verdict.LESS_OFTEN)
    assert found.said == "quieter; came back less often if the one filed under 'config-rollouts' is the same"


def test_the_same_verdict_either_way_is_said_so() -> None:
    (found,) = world(*seen(*BACK, name="config-rollouts"), *seen(*BACK)).renames
    assert found.said == "no clear change; no other verdict if the 3 filed under 'config-rollouts' are the same"


def test_worse_with_them_is_compared_with_the_other_classes_only() -> None:
    steady = [on(month, 2, year=year) for year in (2024, 2025, 2026) for month in range(1, 13)]
    often = [on(8, 9) + timedelta(days=10 * n) for n in range(40)]
    (found,) = world(*seen(*often, name="config-rollouts"), *seen(*steady, name="disk-full")).renames
    assert found.if_same is Verdict.WORSE


def test_renames_that_change_a_verdict_come_first_and_the_list_is_bounded() -> None:
    labels = [f"config-rollout-{number:02}" for number in range(LISTED + 5)]
    later = [one for label in labels for one in seen(BACK[0], name=label)]
    told = world(*later)
    assert (len(told.renames), told.renames_unlisted) == (LISTED, 5)
    assert [found.label for found in told.renames] == labels[:LISTED]
    early = help_of(
        [review("R", on(7, 1)), review("Q", on(7, 1), "config-rollin")],
        [done("R/A1", on(8, 1), on(7, 4)), done("Q/A1", on(8, 1), on(7, 4))],
        [*seen(*BEFORE, name="config-rollin"), *seen(*BACK, name="config-roll")],
    )
    assert [(found.name, found.verdict) for found in early.renames] == [
        ("config-rollin", Verdict.NOT_SEEN), (NAME, Verdict.TOO_EARLY),
    ]  # fmt: skip


def test_a_completion_taken_back_counts_if_the_class_had_come_back_under_the_new_name() -> None:
    reopened = history("R/A1", on(7, 4), (on(8, 1), Status.DONE), (on(11, 1), Status.OPEN), (on(12, 20), Status.DONE))
    later = seen(on(10, 1), on(1, 9, year=2026), name="config-rollouts")
    apart = help_of([review("R", on(7, 1))], [reopened], [*seen(*BEFORE), *later])
    joined = help_of([review("R", on(7, 1))], [reopened], [*seen(*BEFORE), *later], aliases={"config-rollouts": NAME})
    assert apart.classes[-1].fixed_at == on(12, 20)
    assert joined.classes[0].fixed_at == on(8, 1)
    assert apart.renames == ()  # first seen before that completion
