"""Two machines push the same document at the same moment: one live issue an item, and both of them say so."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.marker import render_marker
from sync.wording import render_adoption
from tests.fakes import FakeClock, FakeProject
from tests.make import a_commitment, a_review, an_item
from tests.once.desks import HOLD, KEY, Desk, created_for, live_for
from tests.once.machines import KEYS, Machine, Watched, a_world, issues_of, live_issues
from tracker.errors import TryLater
from tracker.runs.documents import read_reviews
from tracker.runs.push import open_pushers
from tracker.runs.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path


def test_another_push_at_every_request_boundary_makes_nothing_twice(tmp_path: Path) -> None:
    ordinal, intruded = 0, True
    while intruded:
        ordinal += 1
        intruded = intrude(tmp_path / str(ordinal), ordinal)
    assert ordinal > 10


def intrude(folder: Path, at: int) -> bool:
    """Let a second machine push when the first one's request is carried out, and not answered; False beyond the last.

    Whoever comes second while the claim is held leaves with 5, and with 0 when it is given back.
    """
    folder.mkdir()
    clock = FakeClock()
    second_codes: list[int] = []
    with Watched(a_world(clock)) as sandbox:
        first = Machine(folder / "first", sandbox.api_url, clock)
        second = Machine(folder / "second", sandbox.api_url, clock)
        acted: list[int] = []

        def act(ordinal: int) -> None:
            if ordinal == at and not acted:
                acted.append(at)
                second_codes.append(second.push().code)

        sandbox.after = act
        first_code = first.push().code
        sandbox.forget()
        assert max(len(issues_of(sandbox.world, key)) for key in KEYS) == 1, at
        assert [machine.push().code for machine in (second, first)] == [0, 0], at
        assert [len(issues_of(sandbox.world, key)) for key in KEYS] == [1, 1], at
        assert (first_code, second_codes) in [(0, []), (0, [5]), (0, [0]), (5, [0]), (1, [0])], at
    return bool(acted)


@pytest.mark.parametrize("seed", range(8))
def test_pushes_at_the_same_moment_make_nothing_twice(tmp_path: Path, seed: int) -> None:
    """Real threads, real requests, a start at once and a different delay at each request."""
    clock = FakeClock()
    delays, lock = random.Random(seed), threading.Lock()  # noqa: S311 -- not for secrets
    pause = threading.Event()
    with Watched(a_world(clock)) as sandbox:

        def linger(_ordinal: int) -> None:
            with lock:
                seconds = delays.random() * 0.004
            pause.wait(seconds)

        sandbox.before = sandbox.after = linger
        machines = [Machine(tmp_path / name, sandbox.api_url, clock) for name in ("a", "b")]
        barrier = threading.Barrier(len(machines))
        raised: list[BaseException] = []

        def push(machine: Machine) -> None:
            barrier.wait(10)
            try:
                push_quietly(machine)
            except TryLater:
                pass  # the other one holds the claim
            except BaseException as error:  # noqa: BLE001 -- shown by the test
                raised.append(error)

        threads = [threading.Thread(target=push, args=(machine,)) for machine in machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not raised
        sandbox.forget()
        assert [machine.push().code for machine in machines] == [0, 0]
        assert [live_issues(sandbox.world, key) for key in KEYS] == [[1], [2]]
        assert [len(issues_of(sandbox.world, key)) for key in KEYS] == [1, 1]


def push_quietly(machine: Machine) -> None:
    """A push without the command line, whose output streams two threads cannot share."""
    app = machine.app()
    documents = read_reviews([machine.document], load_standards(app))
    with open_pushers(app, documents, say=lambda _said: None) as pushes:
        for push in pushes:
            list(push.pusher.push(push.review, push.pusher.plan(push.review)))


def test_a_slow_holder_and_the_one_that_took_over_settle_on_the_lowest_number(
    project: FakeProject, slow: Desk, quick: Desk
) -> None:
    """The claim runs out while a create hangs; the other machine takes over, and then the create arrives."""
    quick_said: list[str] = []

    def take_over(_ordinal: int, verb: str) -> None:
        if verb == "create" and not quick_said:
            project.clock.advance(HOLD)
            quick_said.append(quick.push(a_review()).said())

    slow.tracker.watch = take_over
    slow_said = slow.push(a_review())
    assert slow_said.is_clean
    assert live_for(project, KEY) == [1]
    assert project.numbered(2).state.reason == "duplicate"
    assert "#2 is closed as a duplicate of acme/payments#1" in slow_said.said()
    again = quick.push(a_review())
    assert again.is_clean
    assert "acme/payments#2" in again.said()
    assert [desk.push(a_review()).did_nothing for desk in (slow, quick)] == [True, True]
    assert {item.issue.number for desk in (slow, quick) for item in desk.facts().items if item.issue} == {1}


def test_the_machine_whose_issue_was_closed_meanwhile_says_so(project: FakeProject, slow: Desk, quick: Desk) -> None:
    """The other machine's issue is listed a second late, and it settles before this one has looked."""
    project.lag = timedelta(seconds=1)
    assert quick.push(a_review()).is_clean
    quick_said: list[str] = []

    def settle(_ordinal: int, verb: str) -> None:
        if verb == "create":
            project.clock.advance(project.lag)
        elif verb == "pages" and len(created_for(project, KEY)) == 2 and not quick_said:
            quick_said.append("")
            project.clock.advance(project.lag)
            quick_said.append(quick.push(a_review()).said())

    slow.tracker.watch = settle
    slow_said = slow.push(a_review()).said()
    assert live_for(project, KEY) == [1]
    assert "close acme/payments#2 as a duplicate of acme/payments#1" in quick_said[-1]
    assert "acme/payments#2 is a duplicate of acme/payments#1" in slow_said


@pytest.mark.parametrize("keeper", ["person", "other item"])
def test_settling_leaves_alone_what_is_not_only_its_own(
    project: FakeProject, slow: Desk, quick: Desk, keeper: str
) -> None:
    """Of two issues of one item the higher was opened by a person, or is shared by an item of another review."""
    assert slow.push(a_review()).is_clean
    if keeper == "person":
        project.open_issue("Something like it", labels=("follow-through",))
        commitment = a_commitment()
        project.comment(2, f"{render_adoption(commitment, ())}\n\n{render_marker(commitment)}", author="lead")
    else:
        original = project.numbered(1)
        project.open_issue(original.title, original.text, author="lead", labels=original.labels)
        theirs = a_review(an_item(id="B7", issues=("#2",)), id="INC-2")
        assert quick.push(theirs).is_clean
    project.clock.advance(timedelta(hours=1))
    slow.sync()
    said = slow.push(a_review())
    assert not project.numbered(2).state.closed
    assert "acme/payments#2" in said.said()


def test_a_duplicate_that_a_person_opened_again_is_left_open(project: FakeProject, slow: Desk, quick: Desk) -> None:
    make_twins(project, slow, quick)
    assert slow.push(a_review()).is_clean
    assert live_for(project, KEY) == [1]
    project.clock.advance(timedelta(minutes=1))
    project.reopen(2)
    said = slow.push(a_review())
    assert said.did_nothing
    assert "acme/payments#2" in said.said()
    assert live_for(project, KEY) == [1, 2]


def test_a_push_that_meant_to_create_settles_what_it_finds_instead(
    project: FakeProject, slow: Desk, quick: Desk
) -> None:
    """Settling is by rule: it needs no second yes."""
    steps = slow.plan(a_review())
    make_twins(project, slow, quick)
    assert slow.push(a_review(), shown=steps).is_clean
    assert live_for(project, KEY) == [1]


def make_twins(project: FakeProject, slow: Desk, quick: Desk) -> None:
    """Two issues of one item, none of them in a list yet when the other was created."""
    project.lag = timedelta(minutes=1)
    assert slow.push(a_review()).is_clean
    assert quick.push(a_review()).is_clean
    project.clock.advance(project.lag)
    assert live_for(project, KEY) == [1, 2]


def test_what_a_person_changed_while_the_plan_was_shown_is_left_alone(project: FakeProject, slow: Desk) -> None:
    """Between the plan and the yes there may be minutes."""
    assert slow.push(a_review()).is_clean
    project.clock.advance(timedelta(minutes=1))
    renamed = a_review(an_item(title="Check the config schema in CI", id="A1"))
    steps = slow.plan(renamed)
    project.edit(1, title="Check the schema, says Ann")
    slow.push(renamed, shown=steps)
    assert project.numbered(1).title == "Check the schema, says Ann"
