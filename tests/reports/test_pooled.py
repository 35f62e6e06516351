"""All classes together: the one figure in which a halving can be seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reports.statistics.rates import Stratum, mantel_haenszel, pooled_p
from tests.reports.factory import item, review
from tests.reports.helping import done, help_of, on, seen

if TYPE_CHECKING:
    from datetime import datetime

    from reports.helped import Helped

HELD, FIXED = on(7, 4), on(8, 1)
EARLY = [on(month, 5, year=year) for year in (2024, 2025) for month in range(1, 7)]


def pooled(*pasts: tuple[list[datetime], list[datetime]], unfixed: list[datetime] | None = None, **more: Any) -> Helped:
    """Each past is a class with what it did before and since its fix; `unfixed` is one without."""
    reviews, items, incidents = [], [], []
    for number, (before, after) in enumerate(pasts):
        reviews.append(review(f"R{number}", on(7, 1), f"class-{number}"))
        items.append(done(f"R{number}/A1", FIXED, HELD))
        incidents += seen(*before, *after, name=f"class-{number}")
    incidents += seen(*(unfixed or ()), name="unfixed")
    return help_of(reviews, items, incidents, **more)


def test_classes_with_a_complete_set_are_tested_together_without_their_triggers() -> None:
    back = [on(9, 1), on(3, 1, year=2026)]
    found = pooled((EARLY, back), (EARLY[:4], back[:1]), (EARLY[:6], [])).pooled
    assert found is not None
    strata = [Stratum(n_before, 578.5, n_after, 518.0) for n_before, n_after in ((12, 2), (4, 1), (6, 0))]
    assert (found.classes, found.seen) == (3, 3)
    assert found.expected == pytest.approx(22 * 518 / 578.5)
    assert found.p == pytest.approx(pooled_p(strata))
    ratio = mantel_haenszel(strata)
    assert ratio is not None
    assert found.ratio == pytest.approx(ratio[0])
    assert found.interval == pytest.approx(ratio[1])


def test_the_headline_is_said_with_at_least() -> None:
    found = pooled((EARLY, [on(9, 1), on(3, 1, year=2026)]), (EARLY, [])).pooled
    assert found is not None
    assert found.said == (
        "Together, 2 classes whose actions are complete came back at least 91% less often: expected about 21.5 at the "
        "old pace, saw 2 (pace since / before: 0.09, 95% interval 0.02 to 0.39, two-sided; exact test, p below 0.001)."
    )


def test_none_at_all_is_said_plainly() -> None:
    found = pooled((EARLY, []), (EARLY, [])).pooled
    assert found is not None
    assert found.said.startswith("Together, 2 classes whose actions are complete have not been seen since: expected")
    assert (found.ratio, found.seen) == (0, 0)


def test_what_chance_may_do_is_no_clear_change() -> None:
    found = pooled((EARLY[:4], [on(9, 1), on(3, 1, year=2026)])).pooled
    assert found is not None
    assert found.said == (
        "1 class whose actions are complete shows no clear change: expected about 3.6 at the old pace, saw 2 "
        "(pace since / before: 0.56, 95% interval 0.10 to 3.05, two-sided; exact test, p 0.4)."
    )


def test_without_anything_but_triggers_before_only_counts_are_said() -> None:
    found = pooled(([], [on(9, 1)]), ([], [])).pooled
    assert found is not None
    assert (found.ratio, found.interval) == (None, None)
    assert found.said == "Together, 2 classes whose actions are complete: expected about 0.0 at the old pace, saw 1."


def test_an_incident_counts_in_its_primary_class_only() -> None:
    reviews = [review("R0", on(7, 1), "class-0"), review("R1", on(7, 1), "class-1")]
    items = [done("R0/A1", FIXED, HELD), done("R1/A1", FIXED, HELD)]
    both = seen(*EARLY, on(9, 1), classes=("class-0", "class-1"))
    found = help_of(reviews, items, both).pooled
    assert found is not None
    assert found.seen == 1
    assert found.expected == pytest.approx(12 * 518 / 578.5)


def test_classes_in_progress_are_left_to_the_context() -> None:
    steady = [on(month, 5, year=year) for year in (2024, 2025, 2026) for month in range(1, 13)]
    found = pooled((EARLY, []), unfixed=steady).pooled
    assert found is not None
    assert found.classes == 1
    before, after = (
        sum(low <= at <= high for at in steady)
        for low, high in ((on(1, 1, year=2024), FIXED), (FIXED, on(1, 1, year=2027)))
    )
    ratio = (after / 518) / (before / 578.5)
    assert (
        found.context
        == f"Over the same dates, 1 class without a complete set came at {ratio:.2g} times its earlier pace."
    )


def test_the_context_asks_no_class_for_dates_before_its_records() -> None:
    steady = [on(month, 5, year=year) for year in (2024, 2025, 2026) for month in range(1, 13)]
    busy = [*steady, *(at + timedelta(days=10) for at in steady if at < on(6, 1))]
    late = pooled((EARLY, []), unfixed=busy, watched_since={"unfixed": date(2025, 6, 1)}).pooled
    assert late is not None
    assert late.context.endswith("came at 1 times its earlier pace.")  # 2 in 61.5 days, 17 in 518
    never = pooled((EARLY, []), unfixed=steady, watched_since={"unfixed": date(2025, 9, 1)}).pooled
    assert never is not None
    assert never.context == ""


def test_without_unfinished_classes_there_is_no_context() -> None:
    found = pooled((EARLY, [])).pooled
    assert found is not None
    assert found.context == ""


def test_a_class_without_a_time_before_or_since_takes_no_part() -> None:
    assert pooled((EARLY, []), watched_since={"class-0": date(2025, 8, 2)}).pooled is None
    assert pooled((EARLY, []), as_of=FIXED).pooled is None
    assert pooled((EARLY, []), as_of=FIXED + timedelta(hours=1)).pooled is not None
    assert help_of([review("R", on(7, 1))], [item("R/A1", committed=HELD)]).pooled is None
