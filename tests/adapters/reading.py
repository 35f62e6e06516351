"""The part of the adapter contract that is about reading: lists, known issues, links, people."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from sync.mapping import FOLLOWED
from sync.port import Absence, Absent, Known, RemoteIssue, RemoteState
from tests.adapters.rig import fetched, followed, listed, seen

if TYPE_CHECKING:
    from datetime import datetime

    from tests.adapters.rig import Rig


def an_hour_later(rig: Rig) -> datetime:
    rig.advance(timedelta(hours=1))
    return rig.now()


class ReadContract:
    """What every adapter tells of a tracker."""

    # Lists

    def test_an_empty_list_is_one_empty_page(self, rig: Rig) -> None:
        rig.open_issue("Not followed", labels=())
        (page,) = rig.adapter.pages(None)
        assert (page.issues, page.total) == ((), 0)

    def test_the_list_shows_every_followed_issue_oldest_change_first(self, rig: Rig) -> None:
        refs = []
        for number in range(3):
            rig.advance(timedelta(minutes=1))
            refs.append(rig.open_issue(f"Item {number}"))
        rig.open_issue("Not followed", labels=("other",))
        rig.advance(timedelta(minutes=1))
        rig.close(refs[0])
        assert [issue.ref for issue in listed(rig)] == [refs[1], refs[2], refs[0]]

    def test_a_list_of_many_comes_in_pages_that_leave_nothing_out(self, rig: Rig) -> None:
        refs = [rig.open_issue(f"Item {number}") for number in range(203)]
        pages = list(rig.adapter.pages(None))
        assert [len(page.issues) for page in pages] == [100, 100, 3]
        assert {page.total for page in pages} == {203}
        assert sorted(issue.ref for page in pages for issue in page.issues) == sorted(refs)

    def test_since_leaves_out_what_did_not_change_and_the_total_counts_it(self, rig: Rig) -> None:
        rig.open_issue("Old")
        rig.advance(timedelta(hours=1))
        moment = rig.now()
        rig.advance(timedelta(minutes=1))
        recent = rig.open_issue("New")
        (page,) = rig.adapter.pages(moment)
        assert ([issue.ref for issue in page.issues], page.total) == ([recent], 2)

    def test_a_change_at_the_very_moment_of_since_is_listed(self, rig: Rig) -> None:
        ref = rig.open_issue("Now")
        assert [issue.ref for issue in listed(rig, seen(rig, ref).updated)] == [ref]

    def test_since_is_understood_in_any_time_zone(self, rig: Rig) -> None:
        ref = rig.open_issue("Now")
        moment = seen(rig, ref).updated.astimezone(timezone(timedelta(hours=5, minutes=30)))
        assert [issue.ref for issue in listed(rig, moment)] == [ref]
        assert listed(rig, moment + timedelta(minutes=1)) == []

    def test_a_page_tells_the_time_of_the_tracker_and_the_name_of_the_project(self, rig: Rig) -> None:
        rig.advance(timedelta(days=9))
        (page,) = rig.adapter.pages(None)
        assert abs(page.server_time - rig.now()) <= timedelta(seconds=1)
        assert page.server_time.utcoffset() == timedelta(0)
        assert page.home == rig.adapter.home

    # What an issue tells

    def test_an_issue_is_read_with_its_labels_people_and_times(self, rig: Rig) -> None:
        created = rig.now()
        ref = rig.open_issue("Title", labels=(FOLLOWED, "mine"))
        rig.advance(timedelta(minutes=1))
        rig.assign(ref, "dev", "lead")
        (issue,) = listed(rig)
        assert (issue.ref, issue.title, issue.trusted) == (ref, "Title", True)
        assert sorted(issue.labels) == [FOLLOWED, "mine"]
        assert sorted(issue.assignees) == (["dev", "lead"] if rig.shared else ["lead"])
        assert (issue.created, issue.updated, issue.closed) == (created, rig.now(), None)
        assert issue.state == RemoteState(closed=False)

    def test_the_history_is_read_with_reasons_and_actors(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        first = an_hour_later(rig)
        rig.close(ref)
        second = an_hour_later(rig)
        rig.reopen(ref)
        third = an_hour_later(rig)
        rig.close(ref, "not_planned")
        (issue,) = listed(rig)
        told = [(event.at, event.state.closed) for event in issue.history]
        assert told == [(first, True), (second, False), (third, True)]
        assert {event.actor for event in issue.history} == {"dev"}
        assert len({event.id for event in issue.history}) == 3
        assert (issue.history[0].state.reason, issue.history[2].state.reason) == ("completed", "not_planned")
        assert issue.state == RemoteState(closed=True, reason="not_planned")
        assert issue.closed == third

    def test_comments_are_read_in_order_and_say_whether_their_author_may_write(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        rig.comment(ref, "Evidence: https://example.com/1", "dev")
        rig.advance(timedelta(minutes=1))
        rig.comment(ref, "Evidence: https://example.com/2", "stranger")
        (issue,) = listed(rig)
        first, second = issue.comments
        assert (first.body, first.author, first.trusted) == ("Evidence: https://example.com/1", "dev", True)
        assert (second.author, second.trusted, second.at) == ("stranger", False, rig.now())
        assert first.url.startswith(issue.url)
        assert first.url != second.url

    def test_an_issue_by_a_stranger_is_not_trusted(self, rig: Rig) -> None:
        rig.open_issue("Not mine", author="stranger")
        assert [issue.trusted for issue in listed(rig)] == [False]

    def test_a_change_that_closed_the_issue_is_read(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        rig.advance(timedelta(hours=1))
        kind, url = rig.prove(ref)
        (issue,) = listed(rig)
        assert {(change.kind, change.url, change.at) for change in issue.changes} == {(kind, url, rig.now())}
        assert issue.state.closed

    def test_list_lookup_and_search_by_link_tell_the_same(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        rig.comment(ref, "Hello", "dev")
        rig.prove(ref)
        (issue,) = listed(rig)
        assert fetched(rig, issue) == {issue.id: issue}
        assert rig.adapter.find(issue.ref) == rig.adapter.find(issue.url) == issue

    # Known issues

    def test_no_known_issue_is_no_answer(self, rig: Rig) -> None:
        assert list(rig.adapter.fetch([])) == []

    def test_every_known_issue_gets_one_answer_whatever_became_of_it(self, rig: Rig) -> None:
        kept, deleted, moved = (followed(rig, title) for title in ("kept", "deleted", "moved"))
        rig.delete(deleted.ref)
        new = rig.move(moved.ref, readable=True)
        answers = fetched(rig, kept, deleted, moved)
        assert set(answers) == {kept.id, deleted.id, moved.id}
        assert answers[kept.id] == kept
        here = answers[moved.id]
        assert isinstance(here, RemoteIssue)
        assert (here.ref, here.title, here.at_home) == (new, "moved", False)
        assert here.moved_from == ("" if here.id == moved.id else moved.id)

    def test_a_moved_issue_is_found_again_under_its_new_name(self, rig: Rig) -> None:
        moved = followed(rig, "moved")
        rig.move(moved.ref, readable=True)
        (here,) = fetched(rig, moved).values()
        assert isinstance(here, RemoteIssue)
        (again,) = rig.adapter.fetch([Known(id=here.id, ref=here.ref)])
        assert isinstance(again, RemoteIssue)
        assert (again.id, again.ref, again.moved_from) == (here.id, here.ref, "")

    def test_an_issue_that_left_the_project_is_at_home_no_more(self, rig: Rig) -> None:
        moved = followed(rig, "moved")
        assert moved.at_home
        rig.move(moved.ref, readable=True)
        (here,) = fetched(rig, moved).values()
        assert isinstance(here, RemoteIssue)
        assert not here.at_home

    def test_a_deleted_issue_is_absent(self, rig: Rig) -> None:
        gone = followed(rig, "gone")
        rig.delete(gone.ref)
        (answer,) = fetched(rig, gone).values()
        assert isinstance(answer, Absent)
        assert answer.why in (Absence.DELETED, Absence.NOT_FOUND)

    def test_an_issue_that_moved_out_of_sight_is_absent_and_not_deleted(self, rig: Rig) -> None:
        gone = followed(rig, "gone")
        rig.move(gone.ref, readable=False)
        (answer,) = fetched(rig, gone).values()
        assert isinstance(answer, Absent)
        assert answer.why in (Absence.MOVED_AWAY, Absence.NOT_FOUND)

    def test_many_known_issues_are_all_answered(self, rig: Rig) -> None:
        issues = [followed(rig, f"Item {number}") for number in range(3)]
        many = [Known(id=issue.id, ref=issue.ref) for issue in issues] * 40
        assert len(list(rig.adapter.fetch(many))) == 120

    # Links and people

    def test_a_link_that_leads_elsewhere_finds_nothing(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        assert [rig.adapter.find(link) for link in rig.elsewhere] == [None] * len(rig.elsewhere)
        assert seen(rig, ref).ref == ref

    def test_only_people_who_can_be_assigned_are_given_back(self, rig: Rig) -> None:
        assert rig.adapter.people(["dev", "nobody", "lead"]) == {"dev": "dev", "lead": "lead"}
