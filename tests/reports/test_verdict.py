"""The word for a class of incident, row by row, and what stands beside it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.helped import Helped, Mark
from reports.verdict import Counts, Verdict, build_figures, judge
from tests.reports.factory import item, review
from tests.reports.helping import NAME, NOW, class_help, done, help_of, history, on, one_fix, seen
from tracker.model import Condition, Incident, Status

YEAR = 365.0


def counts(before: int, after: int, *, t_before: float = YEAR, t_after: float = YEAR, **more: Any) -> Counts:
    steady = {"others_before": 500, "others_after": round(500 * t_after / t_before) if t_before > 0 else 0}
    given_ = {"done": 1, "is_complete": True, **steady, **more}
    return Counts(before=before, after=after, days_before=t_before, days_after=t_after, **given_)


def verdict(before: int, after: int, **more: Any) -> Verdict:
    figures = counts(before, after, **more)
    return judge(figures, build_figures(figures))


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (counts(5, 0, done=0, is_complete=False), Verdict.NOT_FIXED),
        (counts(5, 0, done=2, is_complete=False), Verdict.IN_PROGRESS),
        (counts(5, 19), Verdict.WORSE),
        (counts(3, 0), Verdict.TOO_EARLY),
        (counts(3, 1), Verdict.CAME_BACK),
        (counts(4, 0), Verdict.NOT_SEEN),
        (counts(9, 1), Verdict.LESS_OFTEN),
        (counts(9, 5), Verdict.NO_CHANGE),
    ],
    ids=lambda case: case.value.replace(" ", "-") if isinstance(case, Verdict) else "",
)
def test_the_first_row_of_the_table_that_holds_is_the_word(case: Counts, word: Verdict) -> None:
    assert judge(case, build_figures(case)) is word


def test_nothing_is_claimed_until_three_would_have_been_expected() -> None:
    assert verdict(4, 0, t_after=364.9) is Verdict.TOO_EARLY
    assert verdict(4, 0, t_after=365.0) is Verdict.NOT_SEEN
    assert verdict(4, 1, t_after=364.9) is Verdict.CAME_BACK
    assert verdict(4, 1, t_after=365.0) is Verdict.NO_CHANGE


def test_three_expected_are_enough_whatever_rounding_does_to_them() -> None:
    for tenths in range(1, 4000):
        assert verdict(2, 0, t_before=tenths / 10, t_after=3 * tenths / 10) is Verdict.NOT_SEEN


def test_the_trigger_is_left_out_when_less_is_claimed() -> None:
    assert build_figures(counts(8, 1)).p_quieter == pytest.approx(9 / 256)
    assert verdict(8, 1) is Verdict.LESS_OFTEN
    assert build_figures(counts(7, 1)).p_quieter == pytest.approx(8 / 128)  # with the trigger 9/256
    assert verdict(7, 1) is Verdict.NO_CHANGE


def test_the_trigger_counts_when_more_is_claimed() -> None:
    assert build_figures(counts(3, 9)).p_worse == pytest.approx(0.072998046875)  # without it 0.033
    assert verdict(3, 9) is Verdict.CAME_BACK
    assert verdict(3, 10) is Verdict.WORSE


def test_one_return_is_never_worse() -> None:
    assert build_figures(counts(1, 1, t_before=1000, t_after=1)).p_worse == pytest.approx(0.002, rel=0.01)
    assert verdict(1, 1, t_before=1000, t_after=1) is Verdict.CAME_BACK


def test_a_class_that_grew_busier_with_all_others_is_not_worse() -> None:
    assert verdict(5, 19, others_before=100, others_after=100) is Verdict.WORSE
    assert verdict(5, 19, others_before=100, others_after=380) is Verdict.NO_CHANGE


def test_without_other_classes_nothing_is_worse_than_them() -> None:
    assert verdict(5, 19, others_before=0, others_after=0) is Verdict.NO_CHANGE


def test_a_class_without_a_time_before_the_fix_has_no_pace() -> None:
    for t_before in (0.0, -3.0):
        figures = build_figures(counts(0, 4, t_before=t_before))
        assert (figures.expected, figures.ratio, figures.interval) == (None, None, None)
        assert (figures.p_quieter, figures.p_worse, figures.p_others) == (None, None, None)
        assert verdict(0, 4, t_before=t_before) is Verdict.CAME_BACK
        assert verdict(0, 0, t_before=t_before) is Verdict.TOO_EARLY


def test_the_interval_is_open_above_where_only_the_trigger_came_before() -> None:
    figures = build_figures(counts(1, 3))
    assert figures.ratio is None
    assert figures.interval is not None
    assert figures.interval[1] is None
    assert build_figures(counts(1, 0)).interval is None


def test_an_evidence_sentence_says_what_was_expected_and_seen() -> None:
    told = one_fix(on(2, 1, year=2026), before=[on(month, 5) for month in range(1, 7)])
    assert (told.before, told.counted_before, told.during, told.after) == (7, 6, 0, 1)
    assert told.expected == pytest.approx(6 * told.days_after / told.days_before)
    assert told.evidence == (
        "Came back once since the fix, on 1 Feb 2026. "
        "Expected about 5.4 at the old pace, saw 1 (one-sided exact p 0.083). "
        "Pace since / before: 0.19, 95% interval 0.00 to 1.53, two-sided."
    )
    assert (told.verdict, told.said) == (Verdict.NO_CHANGE, "came back, no clear change")


def test_too_early_says_from_when_it_can_be_told() -> None:
    told = one_fix(before=[on(2, 5), on(3, 5)], as_of=on(10, 1))
    assert told.fixed_at is not None
    days = 3 * told.days_before / told.counted_before
    assert told.tell_on == (told.fixed_at + timedelta(days=days)).date() == date(2027, 12, 17)
    assert told.said == "too early to tell (if it stays quiet, we can tell on 17 Dec 2027)"
    assert one_fix(before=[on(2, 5), on(3, 5)], as_of=on(12, 17, 5, year=2027)).verdict is Verdict.TOO_EARLY
    assert one_fix(before=[on(2, 5), on(3, 5)], as_of=on(12, 17, 6, year=2027)).verdict is Verdict.NOT_SEEN


def test_the_day_from_which_it_can_be_told_is_one_of_the_zone() -> None:
    told = one_fix(before=[on(2, 5), on(3, 5)], zone=ZoneInfo("Asia/Tokyo"))
    assert told.tell_on == date(2027, 12, 18)  # 19:30 of the 17th in UTC


def test_seen_once_before_the_fix_is_always_too_early_and_bounds_the_rate() -> None:
    told = one_fix(as_of=on(8, 1) + timedelta(days=400))
    assert (told.verdict, told.expected, told.tell_on) == (Verdict.TOO_EARLY, 0.0, None)
    assert told.said == "too early to tell"
    assert told.evidence == "Seen once before the fix; 0 in 400 days means at most 2.7/yr (95%)."
    assert told.a_year_at_most == pytest.approx(3.0 / 400 * 365, rel=0.002)
    later = one_fix(as_of=on(8, 1, year=2045))
    assert later.verdict is Verdict.TOO_EARLY
    back = one_fix(on(9, 9))
    assert (back.verdict, back.a_year_at_most) == (Verdict.CAME_BACK, None)
    assert back.evidence == "Came back once since the fix, on 9 Sep 2025. Seen once before the fix."


def test_less_often_says_how_often() -> None:
    told = one_fix(on(2, 1, year=2026), before=[on(month, 5) for month in range(1, 7)] + [on(4, 20), on(5, 20)])
    assert (told.verdict, told.said) == (Verdict.LESS_OFTEN, "quieter: came back once, less often")


def test_an_episode_after_the_fix_counts_once() -> None:
    told = one_fix(on(2, 1, 1, year=2026), on(2, 2, 1, year=2026), on(2, 20, year=2026))
    assert (told.after, told.came_back, told.incidents) == (2, 2, 4)


def test_incidents_before_records_began_are_not_counted() -> None:
    told = one_fix(before=[on(5, 5, year=2023), on(5, 5, year=2024)])
    assert (told.before, told.incidents) == (2, 3)
    assert [point.at.year for point in told.points if point.mark is Mark.BEFORE] == [2024]


def test_before_begins_with_the_records_and_not_with_the_first_incident() -> None:
    assert one_fix(before=[on(6, 1)]).days_before == pytest.approx(
        (on(8, 1) - on(1, 1, 0, year=2024)) / timedelta(days=1)
    )


def test_a_class_watched_later_than_the_others_has_its_own_beginning() -> None:
    told = one_fix(before=[on(2, 1), on(6, 1)], watched_since={NAME: date(2025, 5, 1)})
    assert (told.before, told.days_before) == (2, 92.5)
    assert told.caution == "Watched since 1 May 2025."


def test_records_that_begin_after_the_fix_give_no_pace_but_the_fact_stands() -> None:
    told = one_fix(on(9, 9), records_since=date(2025, 10, 1))
    assert (told.verdict, told.after, told.expected, told.p_quieter, told.judgeable) == (
        Verdict.CAME_BACK, 1, None, None, False,
    )  # fmt: skip
    assert told.evidence == "Came back once since the fix, on 9 Sep 2025."
    assert told.caution == "Records begin on 1 Oct 2025, after the first completion: no pace can be judged."


def test_without_records_since_no_pace_is_judged_and_the_page_says_why() -> None:
    told = one_fix(before=[on(month, 5) for month in range(1, 7)], records_since=None)
    assert (told.verdict, told.expected, told.tell_on) == (Verdict.TOO_EARLY, None, None)
    assert told.caution == "`[report] records_since` is not set: no pace can be judged."
    assert help_of([review("R", on(7, 1))], [done("R/A1", on(8, 1), on(7, 4))], records_since=None).pooled is None


def test_aliases_are_counted_together_and_said() -> None:
    aliases = {"config-push": NAME, "bad-config": NAME}
    pushed = [*seen(on(1, 1), on(2, 1), on(3, 1), on(4, 1), name="config-push"), *seen(on(10, 1), name="Bad config")]
    apart = help_of([review("R", on(7, 1))], [done("R/A1", on(8, 1), on(7, 4))], pushed)
    joined = help_of([review("R", on(7, 1))], [done("R/A1", on(8, 1), on(7, 4))], pushed, aliases=aliases)
    assert class_help(apart).verdict is Verdict.TOO_EARLY
    assert [one.name for one in joined.classes] == [NAME]
    told = class_help(joined)
    assert (told.verdict, told.before, told.after) == (Verdict.NO_CHANGE, 5, 1)
    assert told.merged == ("bad-config", "config-push")
    assert told.caution == "Counted together with bad-config and config-push since they are aliases."


def test_one_alias_is_said_too_and_one_that_was_never_seen_is_not() -> None:
    told = one_fix(incidents=seen(on(2, 1), name="config-push"), aliases={"config-push": NAME, "unused": NAME})
    assert told.caution == "Counted together with config-push since it is an alias."


def test_the_alias_of_a_review_counts_too() -> None:
    told = class_help(help_of([review("R", on(7, 1), "Config push")], aliases={"config-push": NAME}))
    assert told.merged == ("config-push",)


def test_an_incident_of_several_classes_counts_once_in_each_and_once_in_all() -> None:
    reviews = [review("R", on(7, 1)), review("Q", on(7, 9), "retry-storm")]
    items = [done("R/A1", on(8, 1), on(7, 4)), done("Q/A1", on(8, 1), on(7, 12))]
    both = seen(on(3, 1), on(4, 1), on(12, 1), classes=(NAME, "retry-storm"))
    helped = help_of(reviews, items, both)
    assert [(one.before, one.after) for one in helped.classes] == [(3, 1), (3, 1)]
    assert helped.pooled is not None
    assert helped.pooled.seen == 1
    assert helped.pooled.expected == pytest.approx(2 * class_help(helped).days_after / class_help(helped).days_before)


def test_worse_is_measured_against_the_other_classes_over_the_same_dates() -> None:
    before = [on(1, 5), on(2, 5), on(3, 5), on(4, 5)]
    after = [on(month, day, year=2026) for month in range(1, 9) for day in (5, 20)]
    steady = [on(month, day, year=year) for year in (2024, 2025, 2026) for month in range(1, 13) for day in (2, 9, 16)]
    busier = [time for time in steady if time > on(8, 1)]
    alone = one_fix(*after, before=before)
    assert (alone.verdict, alone.p_others) == (Verdict.NO_CHANGE, 1.0)
    worse = one_fix(*after, before=before, incidents=seen(*steady, name="other"))
    assert worse.verdict is Verdict.WORSE
    assert worse.p_others is not None
    assert worse.p_others < 0.05
    assert one_fix(*after, before=before, incidents=seen(*busier, name="other")).verdict is Verdict.NO_CHANGE


def test_a_class_is_not_compared_with_itself_under_two_names_of_one_incident() -> None:
    before = [on(1, 5), on(2, 5), on(3, 5), on(4, 5)]
    after = [on(month, day, year=2026) for month in range(1, 9) for day in (5, 20)]
    both = seen(*before, *after, classes=("twin", NAME), name="x")
    assert one_fix(incidents=both).p_others == 1.0


def test_classes_watched_for_a_shorter_time_are_no_company() -> None:
    before = [on(1, 5), on(2, 5), on(3, 5), on(4, 5)]
    after = [on(month, day, year=2026) for month in range(1, 9) for day in (5, 20)]
    steady = [on(month, day, year=year) for year in (2024, 2025, 2026) for month in range(1, 13) for day in (2, 9, 16)]
    told = one_fix(
        *after, before=before, incidents=seen(*steady, name="other"), watched_since={"other": date(2026, 1, 1)}
    )
    assert told.p_others == 1.0


def test_bursts_are_said_from_a_variance_of_twice_the_mean() -> None:
    heap = [on(3, day, year=2024) for day in range(1, 30, 4)]
    told = one_fix(before=heap)
    assert told.dispersion == pytest.approx(7.123, abs=0.001)  # 8 of 9 episodes in one of 19 months
    assert told.bursty
    assert told.caution == "Bursty (variance/mean 7.1): treat with caution."
    even = one_fix(before=[on(month, 5) for month in range(1, 7)])
    assert even.dispersion is not None
    assert not even.bursty
    assert even.caution == ""


def test_bursts_need_six_whole_months_and_three_episodes() -> None:
    months = [on(month, 5) for month in (2, 3, 4)]
    assert one_fix(before=months, records_since=date(2025, 2, 2)).dispersion is None  # March to July are five
    assert one_fix(before=months, records_since=date(2025, 2, 1)).dispersion is not None
    assert one_fix(before=[on(3, 5)]).dispersion is None


def test_without_a_clock_bursts_are_looked_for_until_now() -> None:
    heap = [on(3, day, year=2026) for day in range(1, 30, 4)]
    assert class_help(help_of(incidents=seen(*heap))).bursty


def test_not_fixed_says_the_current_pace() -> None:
    times = [on(3, 5), on(2, 1, year=2026), on(5, 1, year=2026), on(5, 2, year=2026), on(9, 1, year=2026)]
    told = class_help(help_of(incidents=seen(*times)))
    assert (told.verdict, told.pace, told.said) == (Verdict.NOT_FIXED, 3, "not fixed yet, 3 in the last 365 days")
    assert (told.before, told.during, told.after, told.anchor, told.evidence) == (
        4,
        0,
        0,
        "",
        "No action is aimed at it.",
    )
    idle = class_help(help_of(incidents=seen(on(3, 5))))
    assert idle.said == "not fixed yet, none in the last 365 days"


def test_the_current_pace_begins_with_the_records() -> None:
    told = class_help(help_of(incidents=seen(on(2, 1, year=2026), on(9, 1, year=2026)), records_since=date(2026, 6, 1)))
    assert (told.pace, told.said) == (1, "not fixed yet, 1 since 1 Jun 2026")


def test_in_progress_lists_what_happened_and_gives_no_verdict() -> None:
    items = [done("R/A1", on(8, 1), on(7, 4)), done("R/A2", on(9, 1), on(7, 4)), item("R/A3", committed=on(7, 4))]
    told = one_fix(on(10, 1), on(11, 1), items=items)
    assert (told.verdict, told.said, told.done, told.of) == (Verdict.IN_PROGRESS, "in progress, 2 of 3 done", 2, 3)
    assert told.evidence == "Seen 2 times since the first completion, last 1 Nov 2025."
    assert (told.fixed_from, told.fixed_at, told.during, told.after) == (on(8, 1), None, 2, 0)
    assert one_fix(items=items).evidence == "Not seen since the first completion."


def test_of_a_class_not_fixed_yet_it_is_said_what_other_reviews_completed_for_a_condition_it_shares() -> None:
    incidents = [*seen(on(9, 1), name="new", conditions=("No limit",)), *seen(on(9, 2), name="alone")]
    reviews = [review("OLD", on(3, 1), "old"), review("NEW", on(9, 20), "new")]
    items = [
        done("OLD/A1", on(5, 1), on(3, 4), conditions=("no-limit",)),
        done("OLD/A2", on(5, 1), on(3, 4), conditions=("no-limit", "other")),
        item("OLD/A3", committed=on(3, 4), conditions=("no-limit",)),
        item("NEW/B1", committed=on(9, 24)),
    ]
    said = {one.name: one.evidence for one in help_of(reviews, items, incidents).classes if one.name != "old"}
    assert said == {
        "new": (
            "No review of this class has a completed action. "
            "2 completed items of OLD were aimed at a condition it shares."
        ),
        "alone": "No action is aimed at it.",
    }


def test_a_quieter_verdict_says_what_decides_beside_an_interval_that_includes_one() -> None:
    before = [on(month, 5) for month in range(1, 7)] + [on(4, 20), on(5, 20)]
    less = one_fix(on(2, 1, year=2026), before=before)
    assert less.p_quieter is not None
    assert f"saw 1 (one-sided exact p {less.p_quieter:.2g}). Pace since / before: " in less.evidence
    none = one_fix(before=before[:6])
    assert "saw none; none where 3 or more were expected reads as quieter. Pace since" in none.evidence


def test_the_verdict_of_seven_days_ago_is_shown_where_it_was_another() -> None:
    before = [on(month, 5) for month in range(1, 7)]
    assert one_fix(before=before, as_of=on(4, 20, year=2026)).was is None
    flipped = one_fix(on(4, 16, year=2026), before=before, as_of=on(4, 20, year=2026))
    assert (flipped.verdict, flipped.was) == (Verdict.CAME_BACK, Verdict.TOO_EARLY)
    ripened = one_fix(before=before, as_of=on(5, 20, year=2026))
    assert (ripened.verdict, ripened.was) == (Verdict.NOT_SEEN, Verdict.TOO_EARLY)


def test_what_was_done_within_seven_days_was_not_done_before() -> None:
    assert (one_fix(as_of=on(8, 5)).verdict, one_fix(as_of=on(8, 5)).was) == (Verdict.TOO_EARLY, Verdict.NOT_FIXED)
    assert one_fix(as_of=on(8, 9)).was is None


def test_what_was_undone_within_seven_days_was_done_before() -> None:
    reopened = history("R/A1", on(7, 4), (on(8, 1), Status.DONE), (on(9, 1), Status.OPEN))
    told = one_fix(items=[reopened], as_of=on(9, 5))
    assert (told.verdict, told.was) == (Verdict.NOT_FIXED, Verdict.TOO_EARLY)


def test_a_class_that_nobody_knew_seven_days_ago_had_no_verdict() -> None:
    assert one_fix(as_of=on(7, 6)).was is None


def test_an_incident_that_a_later_review_told_of_was_not_known_seven_days_ago() -> None:
    late = review("L", on(2, 1, year=2026), reviewed=date(2026, 4, 18))
    before = [on(month, 5) for month in range(1, 7)]
    told = class_help(
        help_of([review("R", on(7, 1)), late], [done("R/A1", on(8, 1), on(7, 4))], seen(*before), on(4, 20, year=2026))
    )
    assert (told.verdict, told.was) == (Verdict.CAME_BACK, Verdict.TOO_EARLY)


def test_the_strip_marks_each_thing_by_what_it_is() -> None:
    items = [done("R/A1", on(8, 1), on(7, 4)), done("R/A2", on(9, 1), on(7, 4)), done("Q/A1", on(11, 1), on(10, 9))]
    reviews = [review("R", on(7, 1)), review("Q", on(10, 2))]
    helped = help_of(reviews, items, seen(on(3, 5), on(3, 6), on(8, 20)))
    assert [(point.mark, point.label) for point in class_help(helped).points] == [
        (Mark.BEFORE, "config-rollout@20250305T12 and 1 more, 5 Mar 2025"),
        (Mark.TRIGGER, "R, 1 Jul 2025"),
        (Mark.COMPLETION, "R/A1, 1 Aug 2025"),
        (Mark.DURING, "config-rollout@20250820T12, 20 Aug 2025"),
        (Mark.COMPLETION, "R/A2, 1 Sep 2025"),
        (Mark.AFTER, "Q, 2 Oct 2025"),
        (Mark.LATER, "Q/A1, 1 Nov 2025"),
    ]


def test_a_long_strip_keeps_the_newest_marks_and_the_fix() -> None:
    many = [on(1, 1, year=2024) + timedelta(days=5 * number) for number in range(100)]
    told = one_fix(before=many)
    assert (len(told.points), told.unmarked) == (60, 42)
    assert {Mark.TRIGGER, Mark.COMPLETION} <= {point.mark for point in told.points}
    assert told.before == 101


def test_the_page_begins_with_what_came_back() -> None:
    reviews, items, incidents = [], [], []
    steady = [on(month, 7, year=year) for year in (2024, 2025, 2026) for month in range(1, 13)]
    early = [time for time in steady if time < on(7, 1)]
    pasts: dict[str, tuple[list[Any], list[Any]]] = {
        "g-early": ([], []), "f-came-back": ([], [on(10, 1)]), "e-quiet": (early, []), "c-less": (early, [on(10, 1)]),
        "d-same": (early, [time for time in steady if time > on(8, 8)]),
        "b-worse": (early[:3], [on(9, 1) + timedelta(days=7 * n) for n in range(40)]),
    }  # fmt: skip
    for name, (before, after) in pasts.items():
        reviews.append(review(f"R-{name}", on(7, 1), name))
        items.append(done(f"R-{name}/A1", on(8, 1), on(7, 4)))
        incidents += seen(*before, *after, name=name)
    reviews.append(review("R-a", on(7, 1), "a-working"))
    items += [done("R-a/A1", on(8, 1), on(7, 4)), item("R-a/A2", committed=on(7, 4))]
    incidents += [*seen(*steady, name="h-open"), *seen(on(1, 1), name="a-idle")]
    helped = help_of(reviews, items, incidents)
    assert [one.name for one in helped.classes] == [
        "b-worse", "f-came-back", "d-same", "c-less", "a-working", "h-open", "g-early", "e-quiet", "a-idle",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "said", "lucky"),
    [
        (1, "1 class has had enough time to be judged; 1 reads quieter.", ""),
        (4, "4 classes have had enough time to be judged; 4 read quieter.", ""),
        (40, "40 classes have had enough time to be judged; 40 read quieter.", ", here 2"),
    ],
)
def test_how_many_may_look_quieter_by_luck_is_said(classes: int, said: str, lucky: str) -> None:
    helped = quiet_classes(classes)
    assert helped.judgeable == classes
    assert helped.by_luck == f"{said} Up to about 1 in 20 may look quieter by luck{lucky}."


def quiet_classes(number: int) -> Helped:
    names = [f"class-{n}" for n in range(number)]
    reviews = [review(f"R-{name}", on(7, 1), name) for name in names]
    items = [done(f"R-{name}/A1", on(8, 1), on(7, 4)) for name in names]
    before = [on(month, 5) for month in range(1, 7)]
    return help_of(reviews, items, [one for name in names for one in seen(*before, name=name)])


def test_luck_is_not_spoken_of_before_a_class_can_be_judged() -> None:
    assert help_of().by_luck == ""
    early = help_of([review("R", on(7, 1))], [done("R/A1", on(8, 1), on(7, 4))])
    assert early.by_luck == "No class has had enough time for its pace to be judged."


def test_the_exact_p_of_the_classes_that_can_be_judged_is_adjusted_for_their_number() -> None:
    helped = quiet_classes(4)
    for one in helped.classes:
        assert one.p_quieter is not None
        assert one.adjusted == pytest.approx(one.p_quieter)  # four times the same p
    assert one_fix().adjusted is None


def test_a_class_goes_by_its_title_and_text_is_made_one_clean_line() -> None:
    told = one_fix(titles={NAME: "Config\nrollout"})
    assert (told.name, told.title) == (NAME, "Config rollout")
    reviews = [review("R\x1b[31m", on(7, 1))]
    odd = class_help(help_of(reviews, [done("R\x1b[31m/A1", on(8, 1), on(7, 4))]))
    assert odd.anchor == "R [31m"
    assert all(point.label.isprintable() for point in odd.points)


def test_incidents_that_share_a_targeted_condition_since_its_completion_are_a_fact() -> None:
    conditions = ("No canary",)
    items = [
        done("R/A1", on(8, 1), on(7, 4), conditions=conditions, title="Canary"),
        done("R/A2", on(12, 1), on(7, 4), conditions=("no-canary", "other")),
        item("R/A3", committed=on(7, 4), conditions=conditions),
    ]
    later = [
        *seen(on(9, 1), on(10, 1), name="elsewhere", conditions=("no-canary",)),
        *seen(on(10, 3), name="more", conditions=("unrelated",)),
    ]
    facts = help_of([review("R", on(7, 1), conditions=(Condition(name="no-canary"),))], items, later).conditions
    assert facts.total == 1
    (fact,) = facts.first
    assert (fact.key, fact.title, fact.condition, fact.completed) == ("R/A1", "Canary", "no-canary", date(2025, 8, 1))
    assert (fact.incidents, fact.last_seen) == (2, date(2025, 10, 1))


def test_facts_of_conditions_are_listed_by_the_newest_incident_and_bounded() -> None:
    items = [done(f"R/A{n:02}", on(8, 1), on(7, 4), conditions=(f"c{n}",)) for n in range(30)]
    later = [one for n in range(30) for one in seen(on(9, 1) + timedelta(days=n), name=f"k{n}", conditions=(f"c{n}",))]
    facts = help_of([review("R", on(7, 1))], items, later).conditions
    assert (facts.total, len(facts.first), facts.first[0].condition) == (30, 20, "c29")


def test_an_action_of_a_review_without_a_class_has_its_condition_facts() -> None:
    items = [done("R/A1", on(8, 1), on(7, 4), conditions=("no-canary",))]
    told = help_of([review("R", on(7, 1), "")], items, seen(on(9, 1), conditions=("no-canary",)))
    assert told.conditions.total == 1
    assert [one.name for one in told.classes] == [NAME]


def busy_world(chance: Random) -> tuple[list[Any], list[Any], list[Incident]]:
    """Anything that can happen, with ties on purpose: every time is one of a few noons."""
    days = [on(1, 3, year=2025) + timedelta(days=5 * n) for n in range(130)]

    def when() -> Any:
        return chance.choice(days)

    names = [NAME, "config-push", "retry-storm", "pool-timeout"]
    conditions = ["no-canary", "slow-rollback", "no-alert"]
    reviews, items = [], []
    for number in range(chance.randrange(7)):
        started = when()
        some = tuple(Condition(name=one) for one in conditions if chance.random() < 0.5)
        reviews.append(review(f"R{number}", started, chance.choice(names), conditions=some))
        for place in range(chance.randrange(4)):
            committed = started + timedelta(days=chance.choice([3, 3, 3, 40]))
            to = [chance.choice([Status.DONE, Status.OPEN, Status.NOT_PLANNED, Status.DUPLICATE]) for _ in range(3)]
            changes = zip(sorted(when() for _ in range(chance.randrange(4))), to, strict=False)
            some_conditions = tuple(one for one in conditions if chance.random() < 0.5)
            items.append(history(f"R{number}/A{place}", committed, *changes, conditions=some_conditions))
    incidents = []
    for number in range(chance.randrange(40)):
        started, day_only = when(), chance.random() < 0.2
        incidents.append(
            Incident(
                id=f"OPS-{number}", source="ops", classes=tuple(chance.sample(names, chance.choice([0, 1, 1, 1, 2]))),
                conditions=tuple(one for one in conditions if chance.random() < 0.4), day_only=day_only,
                started=started.replace(hour=0) if day_only else started,
            )
        )  # fmt: skip
    return reviews, items, incidents


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9))
def test_the_same_facts_in_any_order_say_the_same(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a world, not a secret
    reviews, items, incidents = busy_world(chance)
    told = help_of(reviews, items, incidents, aliases={"config-push": NAME})
    for facts in (reviews, items, incidents):
        chance.shuffle(facts)
    assert help_of(reviews, items, incidents, aliases={"config-push": NAME}) == told


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_the_verdict_of_seven_days_ago_is_that_of_the_report_of_that_day(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a world, not a secret
    reviews, items, incidents = busy_world(chance)
    now = on(1, 5) + timedelta(days=5 * chance.randrange(40, 130) + chance.randrange(8))
    told = help_of(reviews, items, incidents, now)
    then = {one.name: one.verdict for one in help_of(reviews, items, incidents, now - timedelta(days=7)).classes}
    assert {one.name: one.was or one.verdict for one in told.classes if one.name in then} == then


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_every_figure_of_a_class_fits_the_others(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a world, not a secret
    reviews, items, incidents = busy_world(chance)
    helped = help_of(reviews, items, incidents)
    for one in helped.classes:
        assert one.before + one.during + one.after <= one.incidents
        assert (one.fixed_at is not None) == (one.verdict not in (Verdict.NOT_FIXED, Verdict.IN_PROGRESS))
        assert one.done <= one.of
        assert (one.done == one.of) == (one.fixed_at is not None) or one.of == 0
        assert one.judgeable == (one.verdict in (Verdict.NOT_SEEN, Verdict.LESS_OFTEN, Verdict.NO_CHANGE)) or (
            one.verdict is Verdict.WORSE
        )
        assert one.fixed_from is None or one.fixed_at is None or one.fixed_from <= one.fixed_at <= NOW
        text = f"{one.said} {one.evidence} {one.caution}".lower().split()
        assert not {"because", "prevented", "caused", "average", "mttr"} & set(text)
