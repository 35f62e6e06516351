"""Several stores are one report: what two of them know counts once, in whatever order they are named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from reports.join import join_facts
from tests.reports.factory import NOW, at, item, report_of, review, told
from tests.reports.rich_week import RICH_BASIS, rich_week
from tracker.model import DueMove, Facts, Incident, Status, TrackedItem, TrackerState, Transition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

EARLY, LATE = at(11, 1), at(11, 20)


def store(*items: TrackedItem, synced: datetime | None = EARLY, name: str = "payments", **more: object) -> Facts:
    """A store whose tracker was last synced then."""
    states = () if synced is None else (TrackerState(name=name, last_good_sync=synced),)
    return replace(Facts(items=items, trackers=states), **more)


def feed(*incidents: Incident, read: datetime) -> Facts:
    return Facts(incidents=incidents, feeds=(TrackerState(name="ops", last_good_sync=read),))


def statuses(*stores: Facts) -> dict[str, str]:
    """Where the issue of each item stands in the stores together; "" without one."""
    return {one.key: one.issue.status.value if one.issue else "" for one in join_facts(stores).items}


def read_as(known: TrackedItem, status: Status, updated: datetime) -> TrackedItem:
    """The item once its issue was read again."""
    assert known.issue is not None
    change = Transition(source="again", at=updated, to=status)
    return replace(known, issue=replace(known.issue, status=status, updated=updated), transitions=(change,))


def split(facts: Facts, stores: int, chance: Random) -> list[Facts]:
    """The facts dealt to several stores; some go to two or more of them, at other times and in other words."""
    dealt: list[Facts] = []
    for number in range(stores):
        good = NOW - timedelta(hours=chance.randrange(3))
        items = tuple(
            read_as(one, Status.DONE, good) if one.issue and chance.random() < 0.1 else one
            for one in facts.items
            if chance.random() < 0.6
        )
        seen = (replace(one, seen_at=good - timedelta(days=chance.randrange(3))) for one in facts.incidents)
        reviews = (replace(one, title=chance.choice((one.title, f"title {number}"))) for one in facts.reviews)
        dealt.append(
            replace(
                facts,
                items=items,
                reviews=tuple(reviews),
                incidents=tuple(one for one in seen if chance.random() < 0.6),
                trackers=tuple(replace(one, last_good_sync=good) for one in facts.trackers),
                pushed=tuple((one.id, good) for one in facts.reviews if chance.random() < 0.5),
            )
        )
    return dealt


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_the_stores_never_matters(stores: int, chance: Random) -> None:
    dealt = split(rich_week(), stores, chance)
    joined = join_facts(dealt)
    chance.shuffle(dealt)
    assert join_facts(dealt) == joined


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.randoms(use_true_random=False))
def test_a_store_that_is_named_twice_changes_nothing(stores: int, chance: Random) -> None:
    dealt = split(rich_week(), stores, chance)
    assert join_facts([*dealt, dealt[0]]) == join_facts(dealt)
    assert join_facts([join_facts(dealt)]) == join_facts(dealt)


def test_the_report_of_a_store_joined_with_itself_is_its_own() -> None:
    facts = rich_week()
    assert report_of(join_facts([facts, facts]), basis=RICH_BASIS) == report_of(facts, basis=RICH_BASIS)


def test_every_fact_there_is_gets_joined() -> None:
    """Whoever adds a fact has to say how it is joined, here and in `join_facts`."""
    assert [each.name for each in fields(Facts)] == [
        "reviews", "items", "proposed", "trackers", "incidents", "feeds", "known_since", "pushed"
    ]  # fmt: skip


def test_no_store_knows_nothing() -> None:
    assert join_facts([]) == Facts()


def test_stores_without_anything_in_common_are_added_up() -> None:
    joined = join_facts([store(item("A/1")), store(item("B/1"))])
    assert report_of(joined).completion.committed == 2


def test_an_issue_counts_as_it_was_read_last() -> None:
    open_ = item("A/1")
    closed = read_as(open_, Status.DONE, at(11, 10))
    assert statuses(store(open_, synced=EARLY), store(closed, synced=LATE)) == {"A/1": "done"}
    assert statuses(store(closed, synced=LATE), store(open_, synced=EARLY)) == {"A/1": "done"}


def test_of_readings_of_one_version_the_one_of_the_later_sync_counts() -> None:
    open_ = item("A/1")
    assert open_.issue is not None
    deleted = replace(open_, issue=replace(open_.issue, status=Status.MISSING, strikes=2))
    assert statuses(store(open_, synced=EARLY), store(deleted, synced=LATE)) == {"A/1": "missing"}
    assert statuses(store(open_, synced=LATE), store(deleted, synced=EARLY)) == {"A/1": "open"}


def test_an_item_that_one_store_has_no_issue_for_has_the_one_of_the_other() -> None:
    assert statuses(store(item("A/1", Status.NOT_PUSHED)), store(item("A/1"), synced=None)) == {"A/1": "open"}


def test_an_issue_that_is_there_stands_for_an_item_rather_than_one_that_is_gone() -> None:
    gone, there = item("A/1", Status.MOVED), item("A/1")
    assert there.issue is not None
    elsewhere = replace(there, issue=replace(there.issue, id="other", tracker="new"))
    assert statuses(store(gone, synced=LATE), store(elsewhere, synced=EARLY, name="new")) == {"A/1": "open"}


def test_items_of_several_stores_that_share_an_issue_all_have_its_last_reading() -> None:
    first = item("A/1")
    assert first.issue is not None
    again = read_as(replace(item("B/1"), issue=first.issue), Status.DONE, at(11, 10))
    moved = replace(again, issue=again.issue and replace(again.issue, due=at(12, 24).date()))
    joined = join_facts([store(first), store(moved, synced=LATE)])
    assert [one.issue and one.issue.status for one in joined.items] == [Status.DONE, Status.DONE]
    assert [one.transitions for one in joined.items] == [again.transitions, again.transitions]
    assert joined.items[0].item.due == at(12, 24).date()


def test_what_stores_saw_at_different_times_was_seen_when_the_first_of_them_saw_it() -> None:
    def seen(when: datetime | None) -> TrackedItem:
        made = item("A/1", Status.DONE, closed=at(10, 1), proven=True)
        return replace(
            made, seen_at=when, transitions=tuple(replace(one, seen_at=when) for one in made.transitions),
            evidence=tuple(replace(one, seen_at=when) for one in made.evidence),
        )  # fmt: skip

    def seen_at(stores: Sequence[Facts]) -> set[datetime | None]:
        [one] = join_facts(stores).items
        return {one.seen_at, one.transitions[0].seen_at, one.evidence[0].seen_at}

    assert seen_at([store(seen(at(10, 9)), synced=LATE), store(seen(at(10, 2)))]) == {at(10, 2)}
    assert seen_at([store(seen(at(10, 9)), synced=LATE), store(seen(None))]) == {None}


def test_a_due_date_that_moved_keeps_its_moves() -> None:
    move = DueMove(at=at(10, 1), before=at(10, 5).date(), to=at(12, 5).date())
    moved = item("A/1", due=at(12, 5).date(), first_due=at(10, 5).date(), moves=(move,))
    [one] = join_facts([store(item("A/1", due=at(10, 5).date())), store(moved, synced=LATE)]).items
    assert (one.item.due, one.first_due, one.moves) == (at(12, 5).date(), at(10, 5).date(), (move,))


def test_a_review_is_as_it_was_pushed_last_then_as_the_store_has_it_that_knows_more() -> None:
    wrong, right = review("A", at(10, 1), of_class="dns"), review("A", at(10, 1), of_class="config-rollout")
    stale = Facts(reviews=(wrong,), pushed=(("A", EARLY),))
    assert join_facts([Facts(reviews=(right,), pushed=(("A", LATE),)), stale]).reviews == (right,)
    assert join_facts([Facts(reviews=(right,)), Facts(reviews=(replace(wrong, title=""),))]).reviews == (right,)
    assert join_facts([stale, Facts(reviews=(right,), pushed=(("A", LATE),))]).pushed == (("A", LATE),)


def test_two_stores_of_one_tracker_are_as_fresh_as_the_fresher_one() -> None:
    known = item("A/1")
    joined = join_facts([store(known, synced=EARLY), store(known, item("B/1"), synced=LATE)])
    assert [state.last_good_sync for state in joined.trackers] == [LATE]


def test_two_trackers_of_one_name_are_as_fresh_as_the_staler_one() -> None:
    joined = join_facts([store(item("A/1"), synced=EARLY), store(item("B/1"), synced=LATE)])
    assert [state.last_good_sync for state in joined.trackers] == [EARLY]


def test_a_tracker_that_nothing_rests_on_is_as_fresh_as_can_be() -> None:
    joined = join_facts([store(synced=EARLY), store(synced=LATE), store(synced=LATE, name="platform")])
    assert {state.name: state.last_good_sync for state in joined.trackers} == {"payments": LATE, "platform": LATE}


def test_feeds_of_one_name_keep_their_own_incidents() -> None:
    emea, apac = told("OPS-1", at(10, 1), seen_at=EARLY), told("OPS-2", at(10, 2), seen_at=EARLY)
    joined = join_facts([feed(emea, read=EARLY), feed(apac, read=LATE)])
    assert joined.incidents == (emea, apac)
    assert [state.last_good_sync for state in joined.feeds] == [EARLY]


def test_an_incident_that_two_stores_were_told_of_counts_once() -> None:
    one = told("OPS-1", at(10, 1), seen_at=at(10, 2))
    joined = join_facts([feed(one, read=EARLY), feed(replace(one, seen_at=at(10, 9)), read=LATE)])
    assert report_of(joined).recurrence.incidents == 1
    assert joined.incidents[0].seen_at == at(10, 2)
    assert [state.last_good_sync for state in joined.feeds] == [LATE]


def test_an_incident_is_as_the_store_has_it_that_read_its_source_last() -> None:
    shown = told("OPS-1", at(10, 1), "dns", seen_at=at(10, 2))
    gone = replace(shown, gone=True, seen_at=at(10, 9))
    assert report_of(join_facts([feed(shown, read=LATE), feed(shown, gone, read=EARLY)])).recurrence.incidents == 1
    assert report_of(join_facts([feed(shown, read=EARLY), feed(shown, gone, read=LATE)])).recurrence.incidents == 0


def test_of_a_file_that_two_stores_imported_the_later_import_counts() -> None:
    first = told("1", at(10, 1), "dns", source="file:all.csv", seen_at=at(10, 2))
    second = replace(first, classes=("config-rollout",), seen_at=at(10, 9))
    joined = join_facts([Facts(incidents=(second,)), Facts(incidents=(first,))])
    assert joined.incidents == (first, second)


def test_stores_together_are_known_since_the_last_of_them_began() -> None:
    stores = [Facts(known_since=EARLY), Facts(known_since=LATE), Facts()]
    assert join_facts(stores).known_since == LATE


def test_proposals_are_taken_from_everywhere_once() -> None:
    one, two = Facts(proposed=(("A", "Think"),)), Facts(proposed=(("A", "Think"), ("A", "Act")))
    assert join_facts([one, two]).proposed == (("A", "Act"), ("A", "Think"))
