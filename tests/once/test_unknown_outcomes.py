"""A create without an answer is looked for before it is sent again, by this machine and by any other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sync.apply import Result
from sync.pull import OVERLAP
from tests.fakes import Fate
from tests.make import a_review
from tests.once.desks import GRACE, HOLD, KEY, created_for, live_for
from tracker.errors import TryLater

if TYPE_CHECKING:
    from tests.fakes import FakeProject
    from tests.once.desks import Desk

LOOK = (None, None, None)
CLAIM_AND_LOOK = (None, *LOOK)
"""The requests of a push before its first create: list, search, people; and all again once it holds the claim."""


def test_a_push_waits_while_the_outcome_is_unknown(project: FakeProject, slow: Desk) -> None:
    slow.tracker.fates_of_creates.append(Fate.LATE)
    assert results(slow) == [Result.UNKNOWN]
    assert results(slow) == [Result.WAITING]
    project.clock.advance(project.lateness)
    assert results(slow) == [Result.NOTHING]
    assert len(created_for(project, KEY)) == 1


def test_a_create_that_never_came_true_is_sent_again_after_the_grace_time(project: FakeProject, slow: Desk) -> None:
    slow.tracker.fates_of_creates.append(Fate.LOST_BEFORE)
    assert results(slow) == [Result.UNKNOWN]
    project.clock.advance(GRACE - timedelta(seconds=1))
    assert results(slow) == [Result.WAITING]
    project.clock.advance(timedelta(seconds=1))
    assert results(slow) == [Result.DONE]
    assert live_for(project, KEY) == [1]


def test_no_other_machine_creates_what_may_still_come_true(project: FakeProject, slow: Desk, quick: Desk) -> None:
    slow.tracker.fates_of_creates.append(Fate.LATE)
    assert results(slow) == [Result.UNKNOWN]
    assert isinstance(quick.push(a_review()).error, TryLater)
    project.clock.advance(project.lateness)
    assert results(quick) == [Result.NOTHING]
    assert len(created_for(project, KEY)) == 1


def test_a_create_that_is_listed_late_is_found_though_a_sync_passed_over_it(project: FakeProject, slow: Desk) -> None:
    """The sync moves the watermark beyond the create: the push looks back to when it was sent."""
    slow.sync()
    project.lag = OVERLAP + timedelta(minutes=2)
    slow.tracker.fates_of_creates.append(Fate.LOST_AFTER)
    assert results(slow) == [Result.UNKNOWN]
    project.clock.advance(OVERLAP + timedelta(minutes=1))
    slow.sync()
    project.clock.advance(GRACE)
    slow.sync()
    assert results(slow) == [Result.NOTHING]
    assert len(created_for(project, KEY)) == 1


def results(desk: Desk) -> list[Result]:
    """What came of a push, which must end well or with a word for each item."""
    said = desk.push(a_review())
    assert said.error is None
    return [outcome.result for outcome in said.outcomes]


def test_a_claim_is_kept_while_an_outcome_is_unknown_and_the_tracker_cannot_be_read(
    project: FakeProject, slow: Desk, quick: Desk
) -> None:
    """The create may still be on its way: no other machine may create the item before the grace time is over."""
    steps = slow.plan(a_review())
    slow.tracker.fates.extend([*CLAIM_AND_LOOK, Fate.LATE, Fate.LOST_BEFORE])
    said = slow.push(a_review(), shown=steps)
    assert isinstance(said.error, TryLater)
    assert [outcome.result for outcome in said.outcomes] == [Result.UNKNOWN]
    assert isinstance(quick.push(a_review()).error, TryLater)
    project.clock.advance(project.lateness)
    assert live_for(project, KEY) == []
    project.clock.advance(HOLD)
    assert quick.push(a_review()).is_clean
    assert slow.push(a_review()).is_clean
    assert len(created_for(project, KEY)) == 1


def test_a_kept_claim_outlives_the_last_create_by_the_grace_time(project: FakeProject, slow: Desk) -> None:
    """However late in its time a holder sends its last create, it is true or never when the claim runs out."""
    sent = []

    def dawdle(_ordinal: int, verb: str) -> None:
        if verb == "people":
            project.clock.advance(timedelta(seconds=100))
        if verb == "create":
            sent.append(project.clock())

    slow.tracker.watch = dawdle
    slow.tracker.fates.extend([*LOOK, *CLAIM_AND_LOOK, Fate.LOST_BEFORE])
    slow.push(a_review())
    [claim] = project.claims.values()
    assert sent
    assert claim.until >= sent[-1] + GRACE


def test_a_claim_whose_answer_was_lost_is_taken_again(project: FakeProject, slow: Desk) -> None:
    steps = slow.plan(a_review())
    slow.tracker.fates.append(Fate.LOST_AFTER)
    assert slow.push(a_review(), shown=steps).is_clean
    assert project.claims == {}
    assert live_for(project, KEY) == [1]
