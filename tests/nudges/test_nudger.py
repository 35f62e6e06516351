"""What reaches the tracker: each occasion once, whatever is lost, refused or done by another machine meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sync.apply import Outcome, Result
from sync.marker import render_marker
from sync.nudge_marker import NUDGE
from sync.nudge_steps import NudgeRules, Situation, Writing
from sync.nudger import CLAIM, NudgeHands, Nudger
from sync.nudging import plan_nudges
from sync.port import Claim, RemoteComment
from sync.pull import pull
from sync.waiting import Waiting
from tests.fakes import FakeClock, FakeProject, FakeTracker, Fate
from tests.make import a_commitment, an_item
from tests.nudges.making import rules
from tracker.errors import NotAuthorised, Stop, TryLater
from tracker.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tracker.store import Store

DUE = date(2026, 10, 20)
BY = rules(since=date(2026, 10, 1), reopen=True)


class Post:
    """A machine that reminds: a store of its own and an adapter to the shared project."""

    def __init__(self, folder: Path, project: FakeProject) -> None:
        self.clock, self.path = project.clock, folder
        folder.mkdir()
        self.tracker = FakeTracker(project)
        self.store: Store = open_store(folder / "track.db")

    def sync(self) -> None:
        pull(self.store, self.tracker, self.clock, full=False, full_every=timedelta(days=1))

    def lose_store(self) -> None:
        self.store.__exit__()
        for path in self.path.glob("track.db*"):
            path.unlink()
        self.store = open_store(self.path / "track.db")

    def plan(self, by: NudgeRules = BY) -> tuple[Situation, list[Writing]]:
        facts = self.store.load_facts()
        situation = Situation(
            items=facts.items, reviews={each.id: each for each in facts.reviews}, heard=self.store.load_heard()
        )
        return situation, [step for step in plan_nudges(situation, by, self.clock()) if isinstance(step, Writing)]

    def send(
        self, situation: Situation, steps: list[Writing], *, check: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        hands = NudgeHands(
            store=self.store,
            adapter=self.tracker,
            waiting=Waiting(120.0, self.clock.sleep),
            now=self.clock,
            check=check,
        )
        return Nudger(hands, situation, BY).carry_out(steps)

    def nudge(self) -> list[Result]:
        situation, steps = self.plan()
        return [outcome.result for outcome in self.send(situation, steps)] if steps else []


@pytest.fixture
def project() -> FakeProject:
    """Two issues, for INC-1/A1 and INC-1/A2, due on DUE; it is two weeks later."""
    clock = FakeClock()
    project = FakeProject(clock)
    for number in (1, 2):
        item = an_item(id=f"A{number}", due=DUE)
        commitment = replace(a_commitment(item), committed=clock(), pushed=clock())
        project.open_issue(item.title, render_marker(commitment), "lead", ("follow-through",))
    clock.advance(timedelta(days=30))
    return project


@pytest.fixture
def here(tmp_path: Path, project: FakeProject) -> Iterator[Post]:
    post = Post(tmp_path / "here", project)
    post.sync()
    with post.store:
        yield post


@pytest.fixture
def there(tmp_path: Path, project: FakeProject) -> Iterator[Post]:
    post = Post(tmp_path / "there", project)
    post.sync()
    with post.store:
        yield post


def reminders(project: FakeProject) -> list[RemoteComment]:
    return [each for issue in project.issues.values() for each in issue.comments if NUDGE in each.body]


def test_each_issue_is_reminded_once_and_the_claim_is_given_back(here: Post, project: FakeProject) -> None:
    assert here.nudge() == [Result.DONE, Result.DONE]
    assert here.nudge() == []
    assert len(reminders(project)) == 2
    assert project.claims == {}
    assert here.store.load_heard().sent == {}


def test_another_machine_with_an_old_store_says_nothing_twice(here: Post, there: Post, project: FakeProject) -> None:
    assert here.nudge() == [Result.DONE, Result.DONE]
    assert there.nudge() == [Result.NOTHING, Result.NOTHING]
    assert there.nudge() == []
    assert len(reminders(project)) == 2


def test_a_store_that_was_lost_is_told_by_the_tracker_what_was_said(here: Post, project: FakeProject) -> None:
    here.nudge()
    here.lose_store()
    here.sync()
    assert here.nudge() == []
    assert len(reminders(project)) == 2


def test_two_machines_at_the_same_moment(here: Post, there: Post, project: FakeProject) -> None:
    errors: list[TryLater] = []

    def meanwhile(_ordinal: int, verb: str) -> None:
        if verb == "change":
            here.tracker.watch = lambda _ordinal, _verb: None
            with pytest.raises(TryLater) as caught:
                there.nudge()
            errors.append(caught.value)

    here.tracker.watch = meanwhile
    assert here.nudge() == [Result.DONE, Result.DONE]
    assert "another machine is reminding in acme/payments" in errors[0].message
    assert there.nudge() == [Result.NOTHING, Result.NOTHING]
    assert len(reminders(project)) == 2


def test_a_reply_that_was_lost_is_looked_for(here: Post, project: FakeProject) -> None:
    situation, steps = here.plan()
    here.tracker.fates.extend([None, None, Fate.LOST_AFTER])  # the claim, the look, then the comment
    outcomes = list(here.send(situation, steps))
    assert [outcome.result for outcome in outcomes] == [Result.DONE, Result.DONE]
    assert "the answer was lost" in outcomes[0].notes[0]
    assert len(reminders(project)) == 2


def test_an_unknown_outcome_is_said_and_not_repeated_before_it_is_sure(
    here: Post, there: Post, project: FakeProject
) -> None:
    here.tracker.fates.extend([None, None, Fate.LOST_BEFORE])
    assert here.nudge() == [Result.UNKNOWN, Result.DONE]
    assert CLAIM in project.claims  # nobody else may send it meanwhile
    with pytest.raises(TryLater):
        there.nudge()
    assert here.nudge() == []
    project.clock.advance(timedelta(minutes=30))
    assert here.nudge() == [Result.DONE]
    assert there.nudge() == [Result.NOTHING, Result.NOTHING]
    assert len(reminders(project)) == 2


def test_a_reply_and_the_look_after_it_both_lost_are_found_in_the_next_run(here: Post, project: FakeProject) -> None:
    here.tracker.fates.extend([None, None, Fate.LOST_AFTER, Fate.LOST_BEFORE])
    assert here.nudge() == [Result.UNKNOWN, Result.DONE]
    project.clock.advance(timedelta(minutes=30))
    assert here.nudge() == [Result.NOTHING]
    assert here.store.load_heard().sent == {}
    assert len(reminders(project)) == 2


def test_a_rate_limit_is_waited_for(here: Post, project: FakeProject) -> None:
    here.tracker.fates.extend([None, None, Fate.REFUSED])
    assert here.nudge() == [Result.DONE, Result.DONE]
    assert len(reminders(project)) == 2


def test_what_the_tracker_says_no_to_is_said_and_may_be_tried_again(here: Post, project: FakeProject) -> None:
    here.tracker.fates.extend([None, None, Fate.REJECTED])
    assert here.nudge() == [Result.FAILED, Result.DONE]
    assert here.nudge() == [Result.DONE]
    assert len(reminders(project)) == 2


def test_a_missing_permission_ends_the_run_and_leaves_no_claim(here: Post, project: FakeProject) -> None:
    here.tracker.fates.extend([None, None, Fate.FORBIDDEN])
    with pytest.raises(NotAuthorised):
        here.nudge()
    assert project.claims == {}
    assert here.store.load_heard().sent == {}


def test_whoever_asks_to_stop_leaves_no_claim(here: Post, project: FakeProject) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 1:
            raise Stop

    situation, steps = here.plan()
    with pytest.raises(Stop):
        list(here.send(situation, steps, check=check))
    assert len(reminders(project)) == 1
    assert project.claims == {}


def test_a_machine_that_died_keeps_nobody_off_for_ever(here: Post, project: FakeProject) -> None:
    until = project.now() + timedelta(minutes=15)
    project.claims[CLAIM] = Claim(name=CLAIM, holder="gone", until=until)
    with pytest.raises(TryLater):
        here.nudge()
    project.clock.advance(timedelta(minutes=16))
    assert here.nudge() == [Result.DONE, Result.DONE]


@pytest.mark.parametrize("what", ["answers", "closes", "deletes", "waits", "moves the date"])
def test_what_people_do_between_the_sync_and_the_run_counts(here: Post, project: FakeProject, what: str) -> None:
    assert here.nudge() == [Result.DONE, Result.DONE]
    project.clock.advance(timedelta(days=28))
    match what:
        case "answers":
            project.comment(1, "We moved it into the next quarter")
        case "closes":
            project.close(1)
        case "deletes":
            project.delete(1)
        case "moves the date":
            issue = project.numbered(1)
            project.issues[issue.id] = replace(issue, keeps_due=True, due=DUE + timedelta(days=60))
    expected = Result.DONE if what == "waits" else Result.NOTHING
    assert here.nudge() == [expected, Result.DONE]
    assert len(reminders(project)) == 3 + (what == "waits") - (what == "deletes")


def test_an_issue_that_moved_is_reminded_where_it_is(here: Post, project: FakeProject) -> None:
    new = project.move(1, "acme/elsewhere")
    assert here.nudge() == [Result.DONE, Result.DONE]
    assert NUDGE in project.issues[new.id].comments[0].body


def test_a_close_without_evidence_is_asked_about_and_opened_again(here: Post, project: FakeProject) -> None:
    project.close(1)
    project.close(2, reason="not_planned")
    here.sync()
    assert here.nudge() == []
    project.clock.advance(timedelta(days=1))
    assert here.nudge() == [Result.DONE]
    assert not project.numbered(1).state.closed
    assert "opened again" in project.numbered(1).comments[-1].body
    assert here.nudge() == []


def test_evidence_that_came_meanwhile_is_not_asked_for(here: Post, project: FakeProject) -> None:
    project.close(1)
    here.sync()
    project.clock.advance(timedelta(days=1))
    project.comment(1, "Evidence: https://ci.example/run/7")
    assert here.nudge() == [Result.DONE, Result.NOTHING]  # the other issue's occasion is the older one
    assert project.numbered(1).state.closed
    assert len(reminders(project)) == 1


def test_an_issue_that_cannot_be_opened_again_is_asked_about_all_the_same(here: Post, project: FakeProject) -> None:
    project.close(1)
    project.close(2, reason="duplicate")
    here.sync()
    project.clock.advance(timedelta(days=1))
    situation, steps = here.plan()
    here.tracker.fates.extend([None, None, None, None, Fate.REJECTED])
    (outcome,) = here.send(situation, steps)
    assert outcome.result is Result.DONE
    assert "may not be open again" in outcome.notes[0]
    assert here.nudge() == [Result.DONE]
    assert not project.numbered(1).state.closed
    assert len(reminders(project)) == 1


def test_a_run_cut_off_between_asking_and_opening_again_is_made_good(here: Post, project: FakeProject) -> None:
    project.close(1)
    project.close(2, reason="duplicate")
    here.sync()
    project.clock.advance(timedelta(days=1))

    def cut(_self: Nudger, _step: Writing) -> tuple[str, ...]:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Nudger, "_open_again", cut)
        with pytest.raises(KeyboardInterrupt):
            here.nudge()
    assert project.numbered(1).state.closed
    assert here.nudge() == [Result.DONE]
    assert not project.numbered(1).state.closed
    assert len(reminders(project)) == 1
    assert here.nudge() == []
