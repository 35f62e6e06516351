"""Strips and dots: geometry in percent, every mark accounted for, however many there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.helped import Mark, Point
from reports.render import charts
from reports.render.marks import Spot, crowd, place
from reports.render.strip import SHAPES, build_axis, build_strip, marks_each
from tests.reports.factory import NOW
from tests.reports.sample import detection, times
from tests.reports.sample_classes import helped

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
STORM = next(one for one in helped().classes if one.name == "retry-storm")
BACKLOG = next(one for one in helped().classes if one.name == "queue-backlog")

spots = st.lists(
    st.builds(
        Spot,
        x=st.floats(0, 100).map(lambda x: round(x, 1)),
        shape=st.sampled_from(sorted(SHAPES.values())),
        title=st.just("a mark"),
    ),
    max_size=120,
)


@settings(deadline=None, max_examples=50)
@given(spots, st.integers(10, 60))
def test_crowded_marks_are_drawn_as_one_and_none_is_lost(found: list[Spot], at_most: int) -> None:
    drawn = crowd(found, at_most)
    assert len(drawn) <= max(at_most, len(SHAPES))
    for shape in SHAPES.values():
        before = [spot for spot in found if spot.shape == shape]
        after = [spot for spot in drawn if spot.shape == shape]
        assert sum(spot.count for spot in after) == len(before)
        if before:
            assert min(s.x for s in before) <= min(s.x for s in after) <= max(s.x for s in after)
            assert max(s.x for s in after) <= max(s.x for s in before) + 0.05
    assert drawn == crowd(reversed(found), at_most)


def test_marks_that_stand_apart_are_drawn_as_they_are() -> None:
    apart = [Spot(x=float(x), shape="dot", title=str(x)) for x in range(0, 100, 10)]
    assert crowd(apart, 40) == tuple(apart)


def test_a_mark_of_many_says_how_many_and_from_when_to_when() -> None:
    (one,) = crowd([Spot(x=10.0, shape="dot", title="A, 1 May"), Spot(x=10.2, shape="dot", title="B, 3 May")], 9)
    assert one == Spot(x=10.1, shape="dot", title="2 marks, from A, 1 May to B, 3 May", count=2)


def test_all_strips_share_one_axis_from_the_first_record_to_today() -> None:
    axis = build_axis(helped().classes[:3], NOW)
    assert (axis.begins, axis.ends) == (BEGIN, NOW)
    assert axis.at(BEGIN) == 1.5
    assert axis.at(NOW) == axis.now == 98.5
    assert [tick.title for tick in axis.words] == ["today", "2026"]


def test_the_axis_reaches_to_a_day_that_can_be_told_soon_and_no_further() -> None:
    assert build_axis([BACKLOG], NOW).ends.date() == date(2027, 3, 12)
    far = replace(BACKLOG, tell_on=date(2034, 1, 1))
    assert build_axis([far], NOW).ends == NOW
    assert build_strip(far, build_axis([far], NOW), 40).tell is None


def test_a_strip_shows_the_fix_the_time_before_it_and_every_mark() -> None:
    axis = build_axis([STORM], NOW)
    strip = build_strip(STORM, axis, 40)
    assert STORM.fixed_at is not None
    assert strip.since == axis.at(STORM.fixed_at)
    assert strip.during is not None
    assert round(sum(strip.during), 1) == strip.since
    assert sum(spot.count for spot in strip.spots) == len(STORM.points)
    assert {spot.shape for spot in strip.spots} == set(SHAPES.values())
    assert all(1 <= spot.x <= 99 for spot in strip.spots)


def test_what_a_strip_shows_is_said_in_a_sentence() -> None:
    strip = build_strip(STORM, build_axis([STORM], NOW), 40)
    assert strip.said == (
        "Retry storm: quieter: came back once, less often. Before 9 (without the trigger 8) in 416 days, "
        "1 while the set was being completed, since 1 in 256 days."
    )


def test_a_class_with_a_thousand_incidents_has_a_strip_like_any_other() -> None:
    points = tuple(Point(at=BEGIN + timedelta(hours=16 * n), mark=Mark.BEFORE, label=f"INC-{n}") for n in range(1_000))
    busy = replace(STORM, points=points)
    strip = build_strip(busy, build_axis([busy], NOW), marks_each(1))
    assert len(strip.spots) <= 36
    assert sum(spot.count for spot in strip.spots) == 1_000


def test_the_more_strips_the_fewer_marks_on_each() -> None:
    assert [marks_each(classes) for classes in (0, 1, 12, 20, 200)] == [36, 36, 33, 20, 12]


def test_a_place_is_kept_within_the_edges() -> None:
    assert [place(value, 0, 10) for value in (-5, 0, 5, 10, 50)] == [1.5, 1.5, 50.0, 98.5, 98.5]
    assert place(3, 3, 3) == 50.0


def test_durations_lie_on_a_log_axis_with_its_words() -> None:
    paces = detection()
    axis = charts.build_minute_axis(paces)
    assert [tick.title for tick in axis.ticks] == ["10 min", "1 h", "10 h", "1 day"]
    assert abs((axis.at(600) - axis.at(60)) - (axis.at(100) - axis.at(10))) < 0.2
    drawn = charts.build_dots(paces[0], {"retry-storm": "Retry storm"}, axis)
    assert drawn.name == "Retry storm, to detect"
    assert sum(spot.count for spot in drawn.before) == paces[0].before
    assert sum(spot.count for spot in drawn.after) == paces[0].after


def test_a_duration_of_nothing_has_a_place_too() -> None:
    pace = detection()[0]
    nothing = replace(pace, dots=(replace(pace.dots[0], minutes=0.0),))
    assert charts.build_dots(nothing, {}, charts.build_minute_axis([nothing])).before[0].x == 50.0


def test_the_trend_has_a_bar_a_week_and_no_percentage_under_five() -> None:
    weeks = times()
    bars = charts.build_trend(weeks)
    assert len(bars) == 12
    assert bars[-1].proven == 25.0
    assert bars[-1].title == "Week of 23 Nov 2026: 3 of 12 done with evidence, 5 closed, 1 lost"
    assert [bar.word for bar in bars if bar.word] == ["7 Sep", "5 Oct", "2 Nov", "23 Nov"]
    few = replace(weeks, weeks=tuple(replace(week, counted=4) for week in weeks.weeks))
    assert {bar.figure for bar in charts.build_trend(few)} == {""}


def test_cohort_bars_are_as_long_as_the_share_still_open() -> None:
    assert charts.build_left(times())[0] == (75.0, 75.0, 50.0, 50.0)
    assert charts.build_left(times())[-1] == (None, None, None, None)
