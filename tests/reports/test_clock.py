"""From when a class counts as fixed: the first complete set, and never later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.helped import ClassHelp, Mark
from reports.verdict import Verdict
from tests.reports.factory import item, review
from tests.reports.helping import NOW, class_help, done, help_of, history, on, one_fix, seen, waived
from tracker.model import EvidenceKind, Incident, ReviewHeader, Status, TrackedItem, Transition
from tracker.recorded import Resolution, Resolved

HELD = on(7, 4)
OPEN, DONE, DROPPED = Status.OPEN, Status.DONE, Status.NOT_PLANNED


def clock(one: ClassHelp) -> tuple[str, datetime | None, datetime | None]:
    return one.anchor, one.fixed_from, one.fixed_at


def two_reviews(*items: TrackedItem, incidents: list[Incident] | None = None, **more: Any) -> ClassHelp:
    reviews = (review("R", on(7, 1)), review("Q", on(9, 1)))
    return class_help(help_of(reviews, items, incidents or (), **more))


def test_the_clock_starts_when_the_last_action_of_the_set_was_completed() -> None:
    told = one_fix(items=[done("R/A1", on(8, 1), HELD), done("R/A2", on(10, 1), HELD)])
    assert clock(told) == ("R", on(8, 1), on(10, 1))
    assert (told.done, told.of) == (2, 2)


def test_while_an_action_is_open_no_clock_runs() -> None:
    told = one_fix(items=[done("R/A1", on(8, 1), HELD), item("R/A2", committed=HELD)])
    assert (told.verdict, told.fixed_at) == (Verdict.IN_PROGRESS, None)


def test_a_close_without_evidence_is_no_completion() -> None:
    told = one_fix(items=[item("R/A1", DONE, committed=HELD, closed=on(8, 1))])
    assert (told.verdict, told.done) == (Verdict.NOT_FIXED, 0)


def test_evidence_of_a_kind_that_does_not_count_is_no_completion() -> None:
    told = one_fix(accept=frozenset({EvidenceKind.COMMIT}))
    assert told.verdict is Verdict.NOT_FIXED


def test_a_completion_is_accepted_when_its_evidence_is_there() -> None:
    late = done("R/A1", on(8, 1), HELD)
    late = replace(late, evidence=tuple(replace(piece, at=on(9, 15)) for piece in late.evidence))
    assert one_fix(items=[late]).fixed_at == on(9, 15)


def test_the_first_complete_set_anchors_and_later_completions_are_marks_only() -> None:
    told = two_reviews(done("R/A1", on(12, 1), HELD), done("Q/A1", on(10, 1), on(9, 4)))
    assert clock(told) == ("Q", on(10, 1), on(10, 1))
    assert [(point.mark, point.at) for point in told.points if point.mark in (Mark.COMPLETION, Mark.LATER)] == [
        (Mark.COMPLETION, on(10, 1)),
        (Mark.LATER, on(12, 1)),
    ]


def test_of_sets_that_were_complete_at_one_moment_the_first_review_by_name_anchors() -> None:
    assert two_reviews(done("R/A1", on(10, 1), HELD), done("Q/A1", on(10, 1), on(9, 4))).anchor == "Q"


def test_the_clock_never_moves_when_a_later_review_is_completed() -> None:
    first = done("R/A1", on(8, 1), HELD)
    alone = two_reviews(first)
    assert clock(two_reviews(first, done("Q/A1", on(12, 1), on(9, 4)))) == clock(alone) == ("R", on(8, 1), on(8, 1))
    assert alone.after == 1


def test_an_unfinished_later_review_does_not_stop_the_clock() -> None:
    told = two_reviews(done("R/A1", on(8, 1), HELD), item("Q/A1", committed=on(9, 4)))
    assert clock(told) == ("R", on(8, 1), on(8, 1))


def test_an_action_that_the_review_adds_later_does_not_stop_the_clock() -> None:
    added = item("R/A2", committed=on(9, 1))
    assert clock(one_fix(items=[done("R/A1", on(8, 1), HELD), added])) == ("R", on(8, 1), on(8, 1))
    told = two_reviews(done("R/A1", on(8, 1), HELD), added, done("Q/A1", on(10, 1), on(9, 4)))
    assert clock(told) == ("R", on(8, 1), on(8, 1))
    in_time = item("R/A2", committed=on(7, 20))
    assert one_fix(items=[done("R/A1", on(8, 1), HELD), in_time]).verdict is Verdict.IN_PROGRESS


def test_in_progress_is_said_of_the_earliest_review_with_a_completion() -> None:
    items = [
        done("Q/A1", on(10, 1), on(9, 4)), item("Q/A2", committed=on(9, 4)),
        item("R/A1", committed=HELD), item("R/A2", committed=HELD), done("R/A3", on(11, 1), HELD),
    ]  # fmt: skip
    assert two_reviews(*items).said == "in progress, 1 of 3 done"
    assert two_reviews(*items[:4]).said == "in progress, 1 of 2 done"


def test_only_actions_of_the_reviews_of_the_class_are_aimed_at_it() -> None:
    reviews = (review("R", on(7, 1)), review("O", on(7, 1), "other"), review("N", on(7, 1), ""))
    helped = help_of(reviews, [done("O/A1", on(8, 1), HELD), done("N/A1", on(8, 1), HELD)])
    assert class_help(helped).verdict is Verdict.NOT_FIXED
    assert class_help(helped, "other").anchor == "O"


def test_an_action_of_a_review_that_nobody_knows_is_aimed_at_nothing() -> None:
    assert help_of((), [done("X/A1", on(8, 1), HELD)]).classes == ()


def test_duplicates_are_no_part_of_the_set() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", Status.DUPLICATE, committed=HELD)]
    assert (one_fix(items=items).of, one_fix(items=items).fixed_at) == (1, on(8, 1))
    completed = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 1), Status.DUPLICATE))
    told = one_fix(on(8, 15), items=[completed])
    assert told.verdict is Verdict.NOT_FIXED
    assert {point.mark for point in told.points} == {Mark.BEFORE}


def test_a_duplicate_that_was_opened_again_belongs_to_the_set() -> None:
    taken_back = history("R/A2", HELD, (on(8, 10), Status.DUPLICATE), (on(8, 20), OPEN))
    assert one_fix(items=[done("R/A1", on(8, 1), HELD), taken_back]).said == "in progress, 1 of 2 done"


@pytest.mark.parametrize("lost", [Status.MISSING, Status.MOVED])
def test_a_lost_action_that_was_not_completed_keeps_the_set_incomplete(lost: Status) -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", lost, committed=HELD)]
    assert one_fix(items=items).said == "in progress, 1 of 2 done"


@pytest.mark.parametrize("lost", [Status.MISSING, Status.MOVED])
def test_an_action_lost_after_its_completion_was_completed(lost: Status) -> None:
    assert one_fix(items=[history("R/A1", HELD, (on(8, 1), DONE), (on(9, 1), lost))]).fixed_at == on(8, 1)


def test_a_completion_revoked_before_the_next_incident_never_started_the_clock() -> None:
    reopened = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 1), OPEN))
    assert one_fix(on(9, 2), items=[reopened]).verdict is Verdict.NOT_FIXED
    again = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 1), OPEN), (on(10, 1), DONE))
    told = one_fix(on(9, 2), on(11, 2), items=[again])
    assert (told.fixed_at, told.before, told.after) == (on(10, 1), 2, 1)


def test_a_completion_revoked_with_no_incident_since_does_not_count() -> None:
    assert one_fix(items=[history("R/A1", HELD, (on(8, 1), DONE), (on(9, 1), OPEN))]).verdict is Verdict.NOT_FIXED


def test_a_completion_revoked_after_the_class_came_back_keeps_the_clock() -> None:
    reopened = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 3), OPEN))
    told = one_fix(on(9, 2), items=[reopened])
    assert (told.verdict, told.fixed_at, told.after) == (Verdict.CAME_BACK, on(8, 1), 1)
    again = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 3), OPEN), (on(12, 1), DONE))
    assert clock(one_fix(on(9, 2), items=[again])) == ("R", on(8, 1), on(8, 1))


def test_a_completion_revoked_at_the_very_moment_of_a_return_keeps_the_clock() -> None:
    assert one_fix(on(9, 2), items=[history("R/A1", HELD, (on(8, 1), DONE), (on(9, 2), OPEN))]).fixed_at == on(8, 1)


def test_a_return_of_a_known_day_came_before_the_reopening_of_that_day() -> None:
    reopened = history("R/A1", HELD, (on(8, 1), DONE), (on(9, 2, 12), OPEN))
    by_day = seen(on(9, 2, 0), day_only=True)
    told = one_fix(items=[reopened], incidents=by_day)
    assert (told.verdict, told.after) == (Verdict.CAME_BACK, 1)


def test_what_is_dropped_on_the_day_of_a_return_was_dropped_too_late() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", DROPPED, committed=HELD, closed=on(9, 2, 12))]
    by_day = seen(on(9, 2, 0), day_only=True)
    assert one_fix(items=items, incidents=by_day).said == "in progress, 1 of 2 done"


def test_a_completion_and_a_reopening_in_one_second_are_told_apart_by_the_tracker() -> None:
    opened_first = history("R/A1", HELD, (on(8, 1), OPEN), (on(8, 1), DONE))
    assert one_fix(items=[opened_first]).fixed_at == on(8, 1)


def test_a_completion_undone_before_the_promise_was_made_is_none_of_its_own() -> None:
    adopted = done("R/A1", on(2, 1), HELD)
    adopted = replace(adopted, transitions=(*adopted.transitions, Transition(source="e", at=on(7, 3), to=OPEN)))
    assert one_fix(on(3, 1), on(7, 2), items=[adopted]).verdict is Verdict.NOT_FIXED


def test_an_action_done_before_the_incident_counts_from_the_incident() -> None:
    told = one_fix(items=[done("R/A1", on(2, 1), HELD)])
    assert (told.fixed_at, told.before, told.after) == (on(7, 1), 1, 0)


def test_an_action_done_between_the_incident_and_its_review_counts_from_then() -> None:
    told = one_fix(on(7, 3, 20), items=[done("R/A1", on(7, 2), HELD)])
    assert (told.fixed_at, told.after) == (on(7, 2), 1)


def test_the_trigger_of_a_known_day_is_no_return_when_the_action_was_done_that_day() -> None:
    held = review("R", on(7, 1, 0), day_only=True)
    told = class_help(help_of([held], [done("R/A1", on(7, 1, 18), HELD)]))
    assert (told.before, told.after, told.fixed_at) == (1, 0, on(7, 2, 0) - timedelta(microseconds=1))


def test_wont_do_before_the_next_incident_leaves_the_set() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", DROPPED, committed=HELD, closed=on(9, 1))]
    told = one_fix(on(9, 2), items=items)
    assert (told.fixed_at, told.done, told.of, told.after) == (on(8, 1), 1, 1, 1)


def test_wont_do_after_the_next_incident_stays_in_the_set() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", DROPPED, committed=HELD, closed=on(9, 3))]
    assert one_fix(on(9, 2), items=items).said == "in progress, 1 of 2 done"


def test_an_incident_between_the_trigger_and_the_review_is_not_the_next_one() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", DROPPED, committed=HELD, closed=on(9, 1))]
    assert one_fix(on(7, 2), on(9, 2), items=items).fixed_at == on(8, 1)


def test_the_trigger_of_a_review_held_the_same_day_is_not_the_next_incident() -> None:
    same_day = on(7, 1, 0)
    items = [done("R/A1", on(8, 1), same_day), item("R/A2", DROPPED, committed=same_day, closed=on(9, 1))]
    assert one_fix(on(9, 2), items=items).fixed_at == on(8, 1)


def test_a_set_of_only_wont_do_is_not_fixed() -> None:
    told = one_fix(items=[item("R/A1", DROPPED, committed=HELD, closed=on(8, 1))])
    assert (told.verdict, told.fixed_at, told.of) == (Verdict.NOT_FIXED, None, 0)


def test_a_first_part_of_only_wont_do_is_no_complete_set() -> None:
    items = [item("R/A1", DROPPED, committed=HELD, closed=on(7, 10)), done("R/A2", on(9, 1), on(8, 1))]
    assert clock(one_fix(items=items)) == ("R", on(9, 1), on(9, 1))


@pytest.mark.parametrize("lost", [Status.MISSING, Status.MOVED])
def test_an_action_lost_after_it_was_dropped_was_dropped(lost: Status) -> None:
    dropped = history("R/A2", HELD, (on(8, 10), DROPPED), (on(8, 20), lost))
    assert one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), dropped]).fixed_at == on(8, 1)


def test_an_action_taken_up_again_before_the_next_incident_never_left_the_set() -> None:
    dropped = history("R/A2", HELD, (on(8, 10), DROPPED), (on(8, 20), OPEN))
    assert one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), dropped]).verdict is Verdict.IN_PROGRESS
    late = history("R/A2", HELD, (on(8, 10), DROPPED), (on(9, 20), OPEN))
    assert one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), late]).fixed_at == on(8, 1)


def test_an_action_dropped_and_done_later_does_not_move_the_clock() -> None:
    late = history("R/A2", HELD, (on(8, 10), DROPPED), (on(9, 20), OPEN), (on(10, 1), DONE))
    told = one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), late])
    assert (clock(told), told.of) == (("R", on(8, 1), on(8, 1)), 1)
    alone = one_fix(on(9, 2), items=[late])
    assert clock(alone) == ("R", on(10, 1), on(10, 1))


def test_without_an_issue_the_documents_word_drops_an_action_from_the_start() -> None:
    listed = item("R/A2", Status.NOT_PUSHED, committed=HELD)
    given_up = replace(listed, item=replace(listed.item, status=DROPPED))
    told = one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), given_up])
    assert (told.fixed_at, told.of) == (on(8, 1), 1)
    assert one_fix(items=[done("R/A1", on(8, 1), HELD), listed]).verdict is Verdict.IN_PROGRESS


def test_a_waiver_before_the_next_incident_takes_the_action_out_while_it_lasts() -> None:
    action = waived("R/A2", HELD, on(9, 1), date(2025, 12, 31))
    items = [done("R/A1", on(8, 1), HELD), action]
    assert one_fix(items=items, as_of=on(12, 31, 23)).fixed_at == on(8, 1)
    assert one_fix(items=items, as_of=on(1, 1, 0, year=2026)).verdict is Verdict.IN_PROGRESS


def test_a_waiver_after_the_next_incident_leaves_the_action_in() -> None:
    items = [done("R/A1", on(8, 1), HELD), waived("R/A2", HELD, on(9, 3), date(2028, 1, 1))]
    assert one_fix(on(9, 2), items=items).verdict is Verdict.IN_PROGRESS


def test_a_waiver_that_ends_after_the_class_came_back_keeps_the_clock() -> None:
    items = [done("R/A1", on(8, 1), HELD), waived("R/A2", HELD, on(9, 1), date(2025, 12, 31))]
    assert one_fix(on(10, 1), items=items).fixed_at == on(8, 1)


def test_an_issue_gone_on_purpose_takes_the_action_out_from_when_that_was_recorded() -> None:
    def told(recorded: datetime) -> ClassHelp:
        gone = Resolution(at=recorded, how=Resolved.GONE, note="Replaced")
        action = replace(history("R/A2", HELD, (on(8, 10), Status.MISSING)), resolutions=(gone,))
        return one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), action])

    assert told(on(9, 1)).fixed_at == on(8, 1)
    assert told(on(9, 3)).verdict is Verdict.IN_PROGRESS


def test_a_waiver_renewed_in_time_began_with_the_first() -> None:
    action = waived("R/A2", HELD, on(8, 20), date(2025, 12, 31))
    renewed = replace(action, waivers=(*action.waivers, *waived("R/A2", HELD, on(12, 1), date(2028, 1, 1)).waivers))
    told = one_fix(on(9, 2), items=[done("R/A1", on(8, 1), HELD), renewed])
    assert told.fixed_at == on(8, 1)


def test_an_incident_on_the_completion_day_is_after_only_if_it_began_later() -> None:
    assert one_fix(on(8, 1, 11)).after == 0
    assert one_fix(on(8, 1, 12)).after == 0
    assert one_fix(on(8, 1, 13)).after == 1


def test_a_date_only_tie_with_the_completion_counts_as_after() -> None:
    assert one_fix(incidents=seen(on(8, 1, 0), day_only=True)).after == 1
    assert one_fix(incidents=seen(on(7, 30, 0), day_only=True)).after == 0


def test_the_transition_is_shown_and_counted_in_neither() -> None:
    items = [done("R/A1", on(8, 1), HELD), done("R/A2", on(10, 1), HELD)]
    told = one_fix(on(8, 20), on(9, 20), on(11, 20), before=[on(3, 1)], items=items)
    assert (told.before, told.counted_before, told.during, told.after) == (2, 1, 2, 1)
    assert [point.mark for point in told.points].count(Mark.DURING) == 2
    assert told.days_before == (on(8, 1) - on(1, 1, 0, year=2024)) / timedelta(days=1)
    assert told.days_after == (NOW - on(10, 1)) / timedelta(days=1)


def test_an_episode_that_a_completion_cuts_counts_on_both_sides() -> None:
    told = one_fix(on(7, 31), on(8, 2))
    assert (told.before, told.after) == (2, 1)
    other = [done("R/A1", on(9, 1), HELD), done("R/A2", on(8, 1), HELD)]
    assert one_fix(on(7, 31), on(8, 2), items=other).during == 1


def test_items_committed_later_and_changes_later_than_the_report_are_not_known() -> None:
    items = [done("R/A1", on(8, 1), HELD), item("R/A2", committed=on(8, 1))]
    assert one_fix(items=items, as_of=on(8, 2)).of == 2
    assert one_fix(items=items, as_of=on(7, 31)).verdict is Verdict.NOT_FIXED
    unfinished = [*items, item("R/A3", committed=HELD)]
    assert one_fix(items=unfinished, as_of=on(8, 1)).of == 3
    assert one_fix(items=[*unfinished, item("R/A4", committed=on(8, 3))], as_of=on(8, 2)).of == 3


def test_a_review_without_a_start_can_anchor() -> None:
    told = class_help(help_of([review("R", None, reviewed=HELD.date())], [done("R/A1", on(8, 1), HELD)]))
    assert (clock(told), told.incidents) == (("R", on(8, 1), on(8, 1)), 0)
    assert told.evidence == "Nothing on record before the fix; 0 in 518 days means at most 2.1/yr (95%)."


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**9))
def test_a_clock_that_runs_never_moves_later(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a world, not a secret
    days = [on(1, 3) + timedelta(days=5 * n) for n in range(90)]
    reviews: list[ReviewHeader] = []
    items: list[TrackedItem] = []
    for number in range(chance.randrange(1, 6)):
        started = chance.choice(days)
        reviews.append(review(f"R{number}", started))
        for place in range(chance.randrange(1, 4)):
            key, committed = f"R{number}/A{place}", started + timedelta(days=3)
            closed = committed + timedelta(days=chance.randrange(200))
            reopened = closed + timedelta(days=chance.randrange(1, 200))
            changes = [(closed, DONE), (reopened, OPEN)][: chance.choice([0, 1, 1, 1, 2])]
            items.append(history(key, committed, *changes))
    incidents = seen(*chance.sample(days, chance.randrange(20)))
    moments = [on(1, 1) + timedelta(days=40 * n) for n in range(1, 18)]
    before: ClassHelp | None = None
    for moment in moments:
        told = next(iter(help_of(reviews, items, incidents, moment).classes), None)
        if before and before.fixed_at and told:
            assert told.fixed_at is None or told.fixed_at <= before.fixed_at or not before.after
            assert not before.after or told.fixed_at == before.fixed_at
        before = told
