"""How long it took to detect and mitigate: medians and counts, before the fix and since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from reports.basis import Basis
from reports.detection import Pace, build_detection, lasting
from reports.helped import ClassHelp, Helped, Verdict
from reports.incidents import Incidents, Occurrence
from tests.reports.factory import ACCEPT, at

if TYPE_CHECKING:
    from random import Random

DAY = timedelta(days=1)
FIXED = at(6, 1)
BASIS = Basis(accept=ACCEPT, zone=UTC)
BEFORE = (95, 40, 180, 62, 33, 240, 120, 51)
AFTER = (30, 22, 75, 18, 44)
"""Reference case `mw-minutes`."""


def help_of(fixed_at: datetime | None = FIXED, anchor: str = "", name: str = "config-rollout") -> ClassHelp:
    return ClassHelp(
        name=name, title=name, merged=(), verdict=Verdict.TOO_EARLY, said="", evidence="", caution="", anchor=anchor,
        done=0, of=0, since=None, fixed_from=fixed_at, fixed_at=fixed_at, incidents=0, before=0, counted_before=0,
        during=0, after=0, days_before=0, days_after=0, expected=None, ratio=None, interval=None, p_quieter=None,
        p_worse=None, p_others=None, adjusted=None, judgeable=False, tell_on=None, a_year_at_most=None,
        dispersion=None, bursty=False, pace=0, last_seen=None, came_back=0, was=None, points=(),
    )  # fmt: skip


def incident(
    name: str, started: datetime, detect: float | None = None, mitigate: float | None = 1.0, **more: Any
) -> Occurrence:
    """Detected so many minutes after its start and mitigated so many minutes after that."""
    detected = started + timedelta(minutes=detect) if detect is not None else None
    mitigated = detected + timedelta(minutes=mitigate) if detected and mitigate is not None else None
    plain = Occurrence(
        id=name, title="", url="", severity="", team="", classes=("config-rollout",), labels=(),
        conditions=frozenset(), reviews=(), sources=(), started=started, latest_start=started, day_only=False,
        assumed_start=False, detected=detected, mitigated=mitigated,
    )  # fmt: skip
    more = {"latest_start": started + DAY, **more} if more.get("day_only") else more
    return replace(plain, **more)


def before(*minutes: float) -> list[Occurrence]:
    return [incident(f"B{n}", FIXED - (n + 1) * DAY, lasted) for n, lasted in enumerate(minutes)]


def after(*minutes: float) -> list[Occurrence]:
    return [incident(f"A{n}", FIXED + (n + 1) * DAY, lasted) for n, lasted in enumerate(minutes)]


def paces(*incidents: Occurrence, known: ClassHelp | None = None, basis: Basis = BASIS) -> tuple[Pace, ...]:
    by_class: dict[str, tuple[Occurrence, ...]] = {}
    for one in sorted(incidents, key=lambda one: (one.started, one.id)):
        for name in one.classes:
            by_class[name] = (*by_class.get(name, ()), one)
    joined = Incidents(
        known=incidents, by_class=by_class, by_review={name: one for one in incidents for name in one.reviews},
        without_class=0, without_start=0, assumed_start=0,
    )  # fmt: skip
    helped = Helped(classes=(known or help_of(),), judgeable=0, by_luck="", pooled=None, renames=())
    return build_detection(joined, helped, basis)


def detect(*incidents: Occurrence, known: ClassHelp | None = None) -> Pace:
    return next(pace for pace in paces(*incidents, known=known) if pace.measure == "detect")


def test_medians_counts_ratio_and_the_exact_test_with_five_or_more_a_side() -> None:
    pace = detect(*before(*BEFORE), *after(*AFTER))
    assert (pace.before, pace.after, pace.median_before, pace.median_after) == (8, 5, 78.5, 30)
    assert pace.p_faster == pytest.approx(0.022533022533022536, rel=1e-7)
    assert pace.ratio == pytest.approx(0.4240196078431373, rel=1e-7)
    assert pace.said == "faster: median 78 → 30 min (8 → 5 incidents), about 0.42 times as long"


def test_what_happened_while_the_set_was_being_completed_is_on_neither_side() -> None:
    known = replace(help_of(), fixed_from=FIXED - DAY / 2)
    assert detect(incident("EARLIER", FIXED - 5 * DAY, 7.0), *before(60.0), known=known).before == 2
    assert detect(incident("DURING", FIXED - DAY / 4, 7.0), *before(60.0), known=known).before == 1


def test_what_happened_before_records_began_is_not_compared() -> None:
    known = replace(help_of(), since=FIXED - 30 * DAY)
    assert detect(incident("OLD", FIXED - 40 * DAY, 7.0), *before(60.0), known=known).before == 1


def test_no_clear_change_says_how_many_incidents_a_halving_would_need() -> None:
    pace = detect(*before(60, 50, 40, 30, 20), *after(25, 35, 45, 55, 15))
    assert pace.p_faster is not None
    assert pace.p_faster > 0.05
    assert pace.said == (
        "no clear change (a halving would need about 50 each side to show): median 40 → 35 min (5 → 5 incidents), "
        "about 0.88 times as long"
    )


@pytest.mark.parametrize(("left", "right"), [(4, 9), (9, 4), (1, 1)])
def test_under_five_a_side_it_is_too_few_to_tell(left: int, right: int) -> None:
    pace = detect(*before(*[60] * left), *after(*[10] * right))
    assert (pace.ratio, pace.p_faster) == (None, None)
    assert pace.said.startswith("median 60 → 10 min (")
    assert pace.said.endswith("), too few to tell")


def test_the_trigger_is_in_neither_side() -> None:
    trigger = incident("T", FIXED - 40 * DAY, 600, reviews=("INC-1",))
    pace = detect(trigger, *before(60, 62, 64), known=help_of(anchor="INC-1"))
    assert (pace.before, pace.missing, pace.median_before) == (3, 0, 62)
    assert "T" not in [dot.id for dot in pace.dots]


def test_a_class_without_a_fix_has_everything_before_its_reviewed_incident_too() -> None:
    reviewed = incident("T", FIXED - 40 * DAY, 62, reviews=("INC-1",))
    pace = detect(reviewed, *before(60), *after(80), known=help_of(None, anchor="INC-1"))
    assert (pace.before, pace.after, pace.said) == (3, 0, "median 62 min (3 incidents)")
    assert not any(dot.since_fix for dot in pace.dots)


def test_one_empty_side_is_said() -> None:
    assert detect(*before(62)).said == "median 62 min (1 incident) before, none since the fix, too few to tell"
    assert detect(*after(30, 30)).said == "none before, median 30 min (2 incidents) since the fix, too few to tell"


def test_a_missing_time_stays_missing_and_is_counted() -> None:
    found = paces(*before(60, 62), incident("N", FIXED - 9 * DAY), incident("M", FIXED - 8 * DAY, 64, None))
    by_detect, by_mitigate = found
    assert (by_detect.before, by_detect.missing) == (3, 1)
    assert (by_mitigate.before, by_mitigate.missing) == (2, 2)
    assert by_mitigate.said.endswith("; not known of 2 more")


def test_a_time_that_is_before_the_other_is_missing() -> None:
    pace = detect(*before(60), incident("N", FIXED - 9 * DAY, -5))
    assert (pace.before, pace.missing) == (1, 1)


@pytest.mark.parametrize("flaw", ["day_only", "assumed_start"])
def test_a_start_without_its_hour_measures_no_detection(flaw: str) -> None:
    known_by_day = incident("D", FIXED - 9 * DAY, 600, 10, **{flaw: True})
    found = {pace.measure: pace for pace in paces(known_by_day, *before(60))}
    assert (found["detect"].before, found["detect"].missing) == (1, 1)
    assert (found["mitigate"].before, found["mitigate"].missing) == (2, 0)


def test_an_incident_on_the_day_of_the_fix_counts_as_since_then_where_its_hour_is_not_known() -> None:
    midnight = datetime(2026, 6, 1, tzinfo=UTC)
    tie = incident("D", midnight, detected=midnight + DAY / 2, mitigated=midnight + DAY, day_only=True)
    (pace,) = paces(tie)
    assert (pace.measure, pace.before, pace.after) == ("mitigate", 0, 1)
    exact = detect(incident("E", FIXED, 5))
    assert (exact.before, exact.after) == (1, 0)


def test_a_class_without_anything_to_measure_is_left_out() -> None:
    assert paces(incident("N", FIXED)) == ()
    assert paces() == ()


def test_detected_at_once_is_a_duration_of_nothing_and_leaves_the_ratio_open() -> None:
    pace = detect(*before(0, 60, 60, 60, 60, 60), *after(10, 10, 10, 10, 10))
    assert (pace.before, pace.ratio) == (6, None)
    assert pace.said == "faster: median 60 → 10 min (6 → 5 incidents)"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (0.2, "under 1 min"), (45, "45 min"), (120, "120 min"), (200, "3 h 20 min"), (2880, "2 days 0 h"),
     (3200, "2 days 5 h")],
)  # fmt: skip
def test_durations_have_sensible_units(minutes: float, said: str) -> None:
    assert lasting(minutes) == said


def test_each_side_has_its_own_unit_where_one_is_long() -> None:
    assert detect(*before(200), *after(30)).said.startswith("median 3 h 20 min → 30 min (1 → 1 incident)")


def test_dots_are_in_the_order_of_time_with_their_day_in_the_zone_of_the_report() -> None:
    east = Basis(accept=ACCEPT, zone=timezone(timedelta(hours=13)))
    (pace, _mitigate) = paces(*before(60, 50), *after(30), basis=east)
    assert [(dot.on, dot.minutes, dot.since_fix) for dot in pace.dots] == [
        (date(2026, 5, 31), 50, False), (date(2026, 6, 1), 60, False), (date(2026, 6, 3), 30, True),
    ]  # fmt: skip


def test_there_is_no_mean_of_durations() -> None:
    assert not any(word in field.name for field in fields(Pace) for word in ("mean", "average", "mttr"))


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_incidents_changes_nothing(chance: Random) -> None:
    incidents = [*before(*BEFORE), *after(*AFTER)]
    expected = paces(*incidents)
    chance.shuffle(incidents)
    assert paces(*incidents) == expected
