"""A search lags, forgets, repeats itself, and its pages shift while people work: no issue is lost by that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sync.port import Known, RemoteIssue
from sync.sandbox.faults import FaultPlan, RepeatCursor, When
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, ELSEWHERE, HOME, JiraRig
from tests.adapters.rig import create, fetched, followed, listed
from tests.adapters.writing import DRAFT
from tests.jira_harness import BOTH, PROPERTY, a_marking, answer, follow, issue_at, paths, sent
from tracker.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.adapters.jira_rig import Flavour

LAG = 600


@pytest.fixture
def rig() -> Iterator[JiraRig]:
    with JiraRig() as rig:
        yield rig


def refs(rig: JiraRig) -> list[str]:
    return [issue.ref for issue in listed(rig)]


def recalled(rig: JiraRig) -> list[str]:
    return sorted(issue.ref for issue in rig.adapter.recall())


# Not read-your-write


def test_what_was_just_created_is_listed_before_the_index_knows_it(rig: JiraRig) -> None:
    rig.people.lag_search(LAG)
    made = create(rig, DRAFT)
    (there,) = listed(rig)
    assert (there.id, there.ref, there.title) == (made.id, made.ref, DRAFT.title)
    (since,) = rig.adapter.pages(made.created)
    assert [issue.id for issue in since.issues] == [made.id]


def test_another_machine_s_issue_is_not_listed_before_the_index_knows_it(rig: JiraRig) -> None:
    """So that the test above has something to show."""
    rig.people.lag_search(LAG)
    create(rig, DRAFT)
    assert [page.issues for page in rig.adapter_for("lead").pages(None)] == [()]


def test_the_same_issues_are_reconciled_on_every_page_and_at_most_fifty(rig: JiraRig) -> None:
    rig.people.lag_search(LAG)
    made = [create(rig, DRAFT) for _turn in range(60)]
    rig.advance(timedelta(seconds=LAG))
    for number in range(80):
        rig.open_issue(f"Item {number}")
    rig.advance(timedelta(seconds=LAG))
    assert len(refs(rig)) == 140
    bodies = sent(rig, "/search/jql")
    newest = [int(issue.id.rpartition(":")[2]) for issue in made[-50:]]
    assert [body["reconcileIssues"] for body in bodies] == [newest, newest]
    assert len({str({**body, "nextPageToken": ""}) for body in bodies}) == 1


def test_a_list_without_creates_before_it_reconciles_nothing(rig: JiraRig) -> None:
    rig.open_issue("Item")
    listed(rig)
    assert ["reconcileIssues" in body for body in sent(rig, "/search/jql")] == [False]


def test_what_another_machine_just_created_is_found_by_the_next_keys(rig: JiraRig) -> None:
    known = [rig.open_issue(f"Item {number}", labels=()) for number in range(3)]
    rig.people.lag_search(LAG)
    rig.advance(timedelta(seconds=LAG))
    keys = follow(rig.people, rig.clock, 130, every=timedelta())
    people_s = rig.open_issue("A person's", labels=("other",))
    assert listed(rig) == []
    assert recalled(rig) == sorted(keys)
    assert {known[0], people_s}.isdisjoint(recalled(rig))


def test_keys_are_tried_in_a_project_that_the_index_knows_nothing_of(rig: JiraRig) -> None:
    rig.people.lag_search(LAG)
    (key,) = follow(rig.people, rig.clock)
    assert recalled(rig) == [key]


def test_no_key_is_tried_for_ever(rig: JiraRig) -> None:
    rig.people.lag_search(LAG)
    follow(rig.people, rig.clock, 700, every=timedelta())
    assert len(recalled(rig)) == 500
    assert paths(rig.sandbox.log).count("POST issue/bulkfetch") <= 10


def test_an_issue_among_the_next_keys_that_moved_away_does_not_hide_the_ones_behind_it(rig: JiraRig) -> None:
    rig.people.world.project(ELSEWHERE).last_number = 5000
    rig.people.lag_search(LAG)
    keys = follow(rig.people, rig.clock, 110, every=timedelta())
    rig.advance(timedelta(seconds=1))
    keys[10] = rig.people.move_issue(keys[10], ELSEWHERE, "dev")
    assert recalled(rig) == sorted(keys)


@pytest.mark.parametrize("flavour", BOTH)
def test_marked_issues_that_no_list_shows_are_recalled(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        stripped, moved, hidden, shown = follow(rig.people, rig.clock, 4)
        rig.people.strip_label(stripped, PROPERTY, "dev")
        new = rig.people.move_issue(moved, ELSEWHERE, "dev")
        rig.move(hidden, readable=False)
        strange = rig.people.open_issue(ELSEWHERE, "Another team's", [PROPERTY], "dev")
        rig.people.world.set_property(issue_at(rig, strange), PROPERTY, a_marking(9))
        assert sorted({*recalled(rig), shown}) == sorted([stripped, new, shown])
        assert refs(rig) == [shown]


@pytest.mark.parametrize("flavour", BOTH)
def test_an_issue_that_the_search_forgot_is_still_there_by_its_id(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        known = followed(rig, "Item")
        rig.people.forget_in_search(known.ref, 60)
        assert refs(rig) == []
        assert fetched(rig, known) == {known.id: known}
        rig.advance(timedelta(seconds=61))
        assert refs(rig) == [known.ref]


# Again and again the same


def test_a_page_that_is_followed_by_itself_ends_the_run_and_what_was_read_is_kept(rig: JiraRig) -> None:
    known = follow(rig.people, rig.clock, 250, every=timedelta())
    rig.sandbox.faults = FaultPlan(When(RepeatCursor(), path="/search/jql$", times=None))
    read: list[str] = []
    with pytest.raises(TryLater, match="twice"):
        read.extend(issue.ref for page in rig.adapter.pages(None) for issue in page.issues)
    assert sorted(set(read)) == sorted(known[:200])
    assert paths(rig.sandbox.log).count("POST search/jql") <= 3
    rig.sandbox.faults = FaultPlan()
    assert sorted(refs(rig)) == sorted(known)


def test_histories_that_never_end_end_the_run(rig: JiraRig) -> None:
    rig.close(*follow(rig.people, rig.clock))
    rig.advance(timedelta(minutes=1))
    rig.comment(f"{HOME}-1", "Hello", "dev")
    endless = answer({"issueChangeLogs": [], "nextPageToken": "same"}, rig.now())
    rig.sandbox.faults = FaultPlan(When(endless, path="/changelog/bulkfetch$", times=None))
    with pytest.raises(TryLater, match="twice"):
        listed(rig)
    assert paths(rig.sandbox.log).count("POST changelog/bulkfetch") == 2


def test_a_history_of_several_pages_is_read_to_its_end(rig: JiraRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.adapters.jira_finding.MOST_CHANGES", 3)
    keys = follow(rig.people, rig.clock, 5)
    rig.advance(timedelta(minutes=1))
    for _turn in range(2):
        for key in keys:
            rig.close(key)
            rig.reopen(key)
    issues = listed(rig)
    assert {tuple(event.state.closed for event in issue.history) for issue in issues} == {(True, False, True, False)}
    assert paths(rig.sandbox.log).count("POST changelog/bulkfetch") == 7


# Pages that shift

SMALL = 10
"""How many issues a page has here, so that a few make many pages."""


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("jira_finding", "jira_data_center"):
        monkeypatch.setattr(f"sync.adapters.{module}.PAGE", SMALL)


def behind(_number: int) -> list[int]:
    return [0, 5, 9]


def ahead(number: int) -> list[int]:
    return [SMALL * number, SMALL * number + 1, 24]


def around(number: int) -> list[int]:
    return [9, 10, SMALL * number - 1, SMALL * number]


@pytest.mark.parametrize("choose", [behind, ahead, around])
@pytest.mark.parametrize(
    ("flavour", "apart"),
    [(CLOUD, timedelta(minutes=1)), (DATA_CENTER, timedelta()), (DATA_CENTER, timedelta(minutes=1))],
    ids=["cloud", "data-center in one moment", "data-center"],
)
@pytest.mark.usefixtures("small_pages")
def test_issues_that_change_between_two_pages_push_no_other_out_of_the_list(
    flavour: Flavour, apart: timedelta, choose: Callable[[int], list[int]]
) -> None:
    with JiraRig(flavour) as rig:
        keys = follow(rig.people, rig.clock, 25, every=apart)
        read: dict[str, RemoteIssue] = {}
        for number, page in enumerate(rig.adapter.pages(None), 1):
            read.update((issue.ref, issue) for issue in page.issues)
            for index in choose(number) if number < 3 else ():
                rig.advance(timedelta(seconds=1))
                rig.people.edit(keys[min(index, 24)], "dev", summary=f"Changed {number}")
        assert sorted(read) == sorted(keys)
        assert len(paths(rig.sandbox.log)) > 3


@pytest.mark.parametrize("gone", [1, 7])
@pytest.mark.usefixtures("small_pages")
def test_issues_that_leave_a_moment_shared_by_many_push_no_other_out_of_the_list(gone: int) -> None:
    with JiraRig(DATA_CENTER) as rig:
        keys = follow(rig.people, rig.clock, 35, every=timedelta())
        read: list[str] = []
        for number, page in enumerate(rig.adapter.pages(None), 1):
            read += [issue.ref for issue in page.issues]
            if number == 2:
                rig.advance(timedelta(seconds=1))
                for key in keys[:gone]:
                    rig.people.edit(key, "dev", summary="Changed")
        assert sorted(set(read)) == sorted(keys)


@pytest.mark.parametrize(("flavour", "since"), [(CLOUD, False), (CLOUD, True), (DATA_CENTER, True)])
def test_issues_that_all_changed_in_one_moment_are_each_listed_once(flavour: Flavour, *, since: bool) -> None:
    with JiraRig(flavour) as rig:
        before = follow(rig.people, rig.clock, 2)
        rig.advance(timedelta(minutes=1))
        moment = rig.now()
        keys = follow(rig.people, rig.clock, 250, every=timedelta())
        after = follow(rig.people, rig.clock, 2)
        read = [issue.ref for page in rig.adapter.pages(moment if since else None) for issue in page.issues]
        assert read == [*([] if since else before), *keys, *after]


@pytest.mark.parametrize(("count", "searches"), [(9, 1), (10, 2), (11, 2), (20, 3), (30, 4)])
@pytest.mark.parametrize("every", [timedelta(minutes=1), timedelta()], ids=["apart", "in one moment"])
@pytest.mark.usefixtures("small_pages")
def test_data_center_asks_no_page_more_than_it_has_to(count: int, searches: int, every: timedelta) -> None:
    with JiraRig(DATA_CENTER) as rig:
        follow(rig.people, rig.clock, count, every=every)
        pages = list(rig.adapter.pages(None))
        assert sum(len(page.issues) for page in pages) == count
        assert paths(rig.sandbox.log).count("POST search") == 1 + searches


def test_a_known_issue_whose_marker_is_known_costs_no_request_of_its_own_on_data_center() -> None:
    with JiraRig(DATA_CENTER) as rig:
        known = followed(rig, "Item")
        rig.sandbox.log.clear()
        (there,) = rig.adapter.fetch([Known(id=known.id, ref=known.ref, marked=True)])
        assert there == known
        assert paths(rig.sandbox.log) == ["POST search"]


def test_one_that_is_known_to_be_away_is_worth_no_request_of_its_own() -> None:
    with JiraRig(DATA_CENTER) as rig:
        issues = [followed(rig, f"Item {number}") for number in range(10)]
        for issue in issues:
            rig.delete(issue.ref)
        rig.sandbox.log.clear()
        list(rig.adapter.fetch([Known(id=issue.id, ref=issue.ref, gone=True) for issue in issues]))
        assert len(rig.sandbox.log) <= 1
