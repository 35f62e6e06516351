"""What becomes of an issue on Jira is found by a sync as what it is; nothing is concluded from what cannot be read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import FaultPlan, When
from sync.sandbox.faults import Status as Answer
from tests.adapters.jira_rig import ELSEWHERE, HOME
from tests.harness import LABEL, issue_of, lasting_facts, statuses, tracked
from tests.jira_harness import BOTH, DUE, follow
from tests.once.jira_machines import a_jira, a_machine, people_of
from tracker.model import EvidenceKind, Status
from tracker.rules import status_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.adapters.jira_rig import Flavour
    from tests.harness import RecordingClock
    from tests.once.machines import Ran

HOUR = timedelta(hours=1)
COUNT = 10


class Scene:
    """Ten followed issues that were synced once, and who follows them."""

    def __init__(self, folder: Path, clock: RecordingClock, flavour: Flavour) -> None:
        self.clock, self.flavour = clock, flavour
        self.sandbox = a_jira(clock)
        self.people = people_of(self.sandbox, flavour)
        self.keys = ["", *follow(self.people, clock, COUNT, due=DUE)]
        self.machine = a_machine(folder / "desk", self.sandbox, clock, flavour)

    def later(self, *options: str) -> Ran:
        """A sync an hour later."""
        self.clock.advance(HOUR)
        return self.machine.sync(*options)

    def moment(self) -> datetime:
        """An hour later."""
        self.clock.advance(HOUR)
        return self.people.world.now()

    def last_good(self) -> datetime | None:
        with self.machine.store() as store:
            return store.sync_state("platform").last_good


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def scene(request: pytest.FixtureRequest, tmp_path: Path, clock: RecordingClock) -> Iterator[Scene]:
    scene = Scene(tmp_path, clock, request.param)
    with scene.sandbox:
        assert scene.later().code == 0
        yield scene


# Closed and reopened


def test_each_way_to_close_is_a_line_of_its_own(scene: Scene) -> None:
    people, keys = scene.people, scene.keys
    people.add_status("Parked", "done")
    people.transition(keys[2], "In Progress", "dev")
    people.transition(keys[3], "Done", "dev", "Done")
    people.transition(keys[4], "Done", "dev", "Won't Do")
    people.transition(keys[5], "Done", "dev", "Duplicate")
    people.transition(keys[6], "Parked", "dev")
    people.transition(keys[7], "Done", "dev", "Cannot Reproduce")
    people.transition(keys[8], "Done", "dev", "Declined")
    people.transition(keys[9], "Done", "dev", "Done")
    people.reopen(keys[9], "dev")
    assert scene.later().code == 0
    known = statuses(scene.machine)
    assert [known[f"A{number}"] for number in range(1, 10)] == [
        Status.OPEN, Status.IN_PROGRESS, Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE, Status.DONE,
        Status.NOT_PLANNED, Status.NOT_PLANNED, Status.OPEN,
    ]  # fmt: skip


def test_reopening_is_history_that_can_be_replayed(scene: Scene) -> None:
    moments = []
    for status, resolution in (("Done", "Done"), ("To Do", None), ("Done", "Won't Do")):
        moments.append(scene.moment())
        scene.people.transition(scene.keys[1], status, "dev", resolution)
    scene.later()
    item = tracked(scene.machine)["A1"]
    expected = [(moments[0], Status.DONE), (moments[1], Status.OPEN), (moments[2], Status.NOT_PLANNED)]
    assert [(each.at, each.to) for each in item.transitions] == expected
    assert [each.actor for each in item.transitions] == ["dev"] * 3
    assert [status_at(item, moment) for moment in moments] == [Status.DONE, Status.OPEN, Status.NOT_PLANNED]
    assert status_at(item, moments[0] - HOUR) is Status.OPEN
    assert item.issue is not None
    assert item.issue.closed == moments[2]


def test_an_issue_that_was_created_done_is_done_since_then(scene: Scene) -> None:
    created = scene.moment()
    (key,) = follow(scene.people, scene.clock)
    created += HOUR
    issue = scene.people.world.issue(key)
    issue.status, issue.resolution = scene.people.world.status("Done").id, "10000"
    issue.resolved = created
    assert scene.later().code == 0
    item = tracked(scene.machine)[f"A{COUNT + 1}"]
    assert [(each.at, each.to) for each in item.transitions] == [(created, Status.DONE)]


# Slips


def test_a_due_date_that_was_moved_in_jira_is_a_slip_of_the_first_promise(scene: Scene) -> None:
    key = scene.keys[1]
    moments = []
    for day in ("2026-11-27", None, "2026-12-10"):
        moments.append(scene.moment())
        scene.people.set_due(key, day, "dev")
    scene.later()
    item = tracked(scene.machine)["A1"]
    assert (item.first_due, item.item.due) == (DUE, date(2026, 12, 10))
    assert [(move.at, move.before, move.to) for move in item.moves] == [
        (moments[0], DUE, date(2026, 11, 27)),
        (moments[2], date(2026, 11, 27), date(2026, 12, 10)),
    ]
    assert issue_of(scene.machine, "A1").due == date(2026, 12, 10)
    before = tracked(scene.machine)["A1"]
    scene.later("--full")
    assert tracked(scene.machine)["A1"] == before
    assert tracked(scene.machine)["A2"].moves == ()


def test_a_due_date_that_was_taken_away_is_no_release(scene: Scene) -> None:
    scene.people.set_due(scene.keys[1], None, "dev")
    scene.later()
    item = tracked(scene.machine)["A1"]
    assert (item.first_due, item.item.due, item.moves) == (DUE, DUE, ())
    assert issue_of(scene.machine, "A1").due is None


def test_a_slip_is_not_forgotten_when_the_date_is_moved_back(scene: Scene) -> None:
    first = scene.moment()
    scene.people.set_due(scene.keys[1], "2026-12-10", "dev")
    second = scene.moment()
    scene.people.set_due(scene.keys[1], DUE.isoformat(), "dev")
    scene.later()
    item = tracked(scene.machine)["A1"]
    assert (item.first_due, item.item.due) == (DUE, DUE)
    assert [move.at for move in item.moves] == [first, second]


# Moved and gone


def test_a_moved_issue_is_followed_under_its_new_key(scene: Scene) -> None:
    key = scene.keys[1]
    scene.people.comment(key, "dev", "Evidence: https://example.com/shown")
    scene.people.transition(key, "Done", "dev", "Done")
    scene.people.reopen(key, "dev")
    scene.later()
    before = tracked(scene.machine)["A1"]
    new = scene.people.move_issue(key, ELSEWHERE, "dev")
    ran = scene.later()
    assert (ran.code, f"{key} moved to {new}" in ran.err) == (0, True)
    after = tracked(scene.machine)["A1"]
    assert (issue_of(scene.machine, "A1").ref, after.transitions) == (new, before.transitions)
    assert [piece.kind for piece in after.evidence] == [EvidenceKind.COMMENT_LINK]
    scene.people.transition(new, "Done", "dev", "Done")
    assert scene.later().err == ""
    assert (statuses(scene.machine)["A1"], len(tracked(scene.machine))) == (Status.DONE, COUNT)


def test_an_issue_whose_label_was_taken_off_is_still_followed(scene: Scene) -> None:
    scene.people.strip_label(scene.keys[1], LABEL, "dev")
    scene.later()
    assert (statuses(scene.machine)["A1"], issue_of(scene.machine, "A1").labels) == (Status.OPEN, ())
    scene.people.transition(scene.keys[1], "Done", "dev", "Done")
    scene.later()
    assert statuses(scene.machine)["A1"] is Status.DONE


def delete(scene: Scene) -> None:
    scene.people.delete_issue(scene.keys[1])


def hide(scene: Scene) -> None:
    scene.people.move_issue(scene.keys[1], "HIDE", "dev")


@pytest.mark.parametrize("act", [delete, hide])
def test_an_issue_that_cannot_be_found_is_missing_after_the_second_look(
    scene: Scene, act: Callable[[Scene], None]
) -> None:
    act(scene)
    first = scene.later()
    assert (first.code, "the next sync looks again" in first.err) == (0, True)
    assert (statuses(scene.machine)["A1"], issue_of(scene.machine, "A1").strikes) == (Status.OPEN, 1)
    second = scene.later()
    assert f"{scene.keys[1]} is missing (not found)" in second.err
    assert statuses(scene.machine)["A1"] is Status.MISSING
    assert scene.later().err == ""
    assert len(tracked(scene.machine)) == COUNT


def test_an_issue_out_of_sight_that_comes_back_is_what_it_was(scene: Scene) -> None:
    hide(scene)
    scene.later()
    scene.later()
    assert statuses(scene.machine)["A1"] is Status.MISSING
    scene.people.give_permissions("HIDE", ["BROWSE_PROJECTS"], "lead")
    ran = scene.later("--full")
    assert "moved to HIDE-1" in ran.err
    assert (statuses(scene.machine)["A1"], issue_of(scene.machine, "A1").strikes) == (Status.OPEN, 0)


# Lost access


def archived(scene: Scene) -> str:
    scene.people.archive_project(HOME)
    return "archived"


def lost(scene: Scene) -> str:
    scene.people.lose_access(HOME, "lead")
    return "hides it from this account"


def revoked(scene: Scene) -> str:
    scene.people.world.site.tokens.clear()
    return "refused the token"


def another(scene: Scene) -> str:
    """The token is somebody else's, who may see nothing."""
    scene.people.world.add_token("lead-token", "stranger")
    scene.people.lose_access(HOME, "stranger")
    scene.people.world.account("stranger").email = "lead@example.com"
    return "hides it from this account"


@pytest.mark.parametrize("loss", [archived, lost, revoked, another])
def test_a_project_that_cannot_be_read_any_more_stops_the_sync_and_marks_nothing(
    scene: Scene, loss: Callable[[Scene], str]
) -> None:
    before, good = lasting_facts(scene.machine), scene.last_good()
    why = loss(scene)
    for options in ((), ("--full",), ()):
        ran = scene.later(*options)
        assert ran.code == 4, ran
        assert why in ran.err
    assert (lasting_facts(scene.machine), scene.last_good()) == (before, good)


def test_a_project_that_is_restored_is_gone_on_with(scene: Scene) -> None:
    before = lasting_facts(scene.machine)
    scene.people.archive_project(HOME)
    assert scene.later().code == 4
    scene.people.archive_project(HOME, archived=False)
    assert scene.later("--full").code == 0
    assert lasting_facts(scene.machine) == before


def test_an_answer_as_to_anybody_stops_the_sync_and_marks_nothing(scene: Scene) -> None:
    before = lasting_facts(scene.machine)
    nobody = Answer(200, {"X-AUSERNAME": "anonymous"}, '{"total": 0, "count": 0, "issues": []}')
    scene.sandbox.faults = FaultPlan(When(nobody, times=None))
    assert scene.later("--full").code == 4
    assert lasting_facts(scene.machine) == before


def test_most_issues_gone_at_once_is_taken_for_lost_access(scene: Scene) -> None:
    hidden = 6
    for key in scene.keys[1 : 1 + hidden]:
        scene.people.move_issue(key, "HIDE", "dev")
    for _turn in range(3):
        ran = scene.later()
        assert ran.code == 0
        assert f"{hidden} of 10 issues cannot be read: it looks like lost access" in ran.err
    assert set(statuses(scene.machine).values()) == {Status.OPEN}
    scene.people.give_permissions("HIDE", ["BROWSE_PROJECTS"], "lead")
    scene.later()
    assert all(issue_of(scene.machine, f"A{number}").ref.startswith("HIDE-") for number in range(1, 1 + hidden))


def test_a_few_of_many_issues_gone_are_missing(scene: Scene) -> None:
    follow(scene.people, scene.clock, 10)
    scene.later()
    for key in scene.keys[1:7]:
        scene.people.move_issue(key, "HIDE", "dev")
    scene.later()
    scene.later()
    assert {statuses(scene.machine)[f"A{number}"] for number in range(1, 7)} == {Status.MISSING}
    assert {statuses(scene.machine)[f"A{number}"] for number in range(7, 21)} == {Status.OPEN}
