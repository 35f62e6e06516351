"""A report with more in some sections than the rich week has, made by hand: for the formats, never a figure.

The items, groups and decisions are those of `rich_week`; the sections beside them say what their builders might.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from reports.aims import Stood
from reports.confidence import RoleConfidence
from reports.detection import Dot, Pace
from reports.freshness import Freshness
from reports.lines import Listing
from reports.listings import Waived
from reports.rates import build_rate
from reports.recurrence import Against, Happened, Recurrence
from reports.restated import IncidentRestated, ItemRestated, Restated
from reports.times import Cohort, Duration, Step, Times, Week
from tests.reports.factory import NOW, at
from tests.reports.rich_week import rich_report
from tests.reports.sample_classes import helped

if TYPE_CHECKING:
    from reports.groups import Group
    from reports.weekly import WeeklyReport

_URL = "https://github.example.com/acme/payments"


def sample_week() -> WeeklyReport:
    """The rich week with every section filled."""
    report = rich_report()
    groups = report.by_horizon
    return replace(
        report,
        headline=(
            "1 class came back this week: Config rollout. In twelve weeks 3 classes came back 4 times, 2 times while a "
            f"promised action was unfinished. {report.headline.split('. ')[-1]}"
        ),
        recurrence=recurrence(),
        helped=helped(),
        by_condition=(group("no-canary", groups[0]), group("slow-rollback", groups[1])),
        by_kind=(group("detect", groups[0]), group("prevent", groups[1]), group("", groups[2])),
        times=times(),
        waived=Listing(
            total=1,
            first=(
                Waived(
                    key="INC-2026-019/A4",
                    review_id="INC-2026-019",
                    title="Rewrite the ledger client",
                    ref="acme/payments#512",
                    url=f"{_URL}/issues/512",
                    stands="waived",
                    until=date(2027, 3, 31),
                    reason="The client is replaced in spring",
                ),
            ),
        ),
        detection=detection(),
        confidence=confidence(),
        feeds=(
            Freshness(tracker="ops", last_good_sync=at(11, 23, 8), hours_old=1, is_old=False, error=""),
            Freshness(tracker="statuspage", last_good_sync=None, hours_old=None, is_old=True, error="HTTP 401"),
        ),
        incidents_without_class=3,
        incidents_without_start=1,
        incidents_assumed_start=2,
        restated=restated(),
    )


def group(name: str, like: Group) -> Group:
    return replace(like, name=name)


def happened(name: str, of_class: str, started: datetime, **more: Any) -> Happened:
    made = Happened(
        incident_id=name, title=f"Title of {name}", url="", severity="sev3", team="payments",
        incident_class=of_class, classes=(of_class,), started=started, day_only=False, reviewed=True, is_new=False,
        is_return=True, returned_class=of_class, previous_id="INC-2026-007",
        previous_started=at(2, 9), stood=Stood.NONE, aimed=0,
        unfinished=0, still_unfinished=0, then={}, now={}, items=(),
    )  # fmt: skip
    return replace(made, **more)


def recurrence() -> Recurrence:
    stage = Against(key="INC-2026-007/A2", title="Roll config out in stages", url=f"{_URL}/issues/870",
                    then="overdue", now="overdue", still_unfinished=True,
                    team="payments")  # fmt: skip
    runbook = Against(key="INC-2026-007/A3", title="Write the rollback runbook", url=f"{_URL}/issues/772",
                      then="closed without evidence", now="closed without evidence",
                      still_unfinished=False, team="payments")  # fmt: skip
    retries = Against(key="INC-2026-019/A1", title="Cap client retries at 3", url=f"{_URL}/issues/279",
                      then="done with evidence", now="done with evidence", still_unfinished=False,
                      team="payments")  # fmt: skip
    listed = (
        happened("INC-2026-047", "config-rollout", at(11, 18, 7), title="Config push emptied the feature flags",
                 severity="sev1", url="https://wiki.example.com/INC-2026-047", is_new=True, previous_id="INC-2026-031",
                 previous_started=at(8, 12), stood=Stood.UNFINISHED, aimed=4, unfinished=1, still_unfinished=1,
                 then={"overdue": 1, "waived": 1, "closed without evidence": 1, "done with evidence": 1},
                 now={"overdue": 1}, items=(stage, runbook),
                 classes=("config-rollout", "feature-flags")),
        happened("OPS-311", "dns-timeout", at(11, 17, 0), title="Resolver slow in one zone", team="edge", is_new=True,
                 is_return=False, returned_class="", reviewed=False, previous_id=None, previous_started=None,
                 day_only=True),
        happened("OPS-309", "", at(11, 17, 0), title="", severity="", team="", is_new=True, is_return=False,
                 returned_class="",
                 reviewed=False, previous_id=None, previous_started=None, classes=()),
        happened("INC-2026-044", "retry-storm", at(11, 10), title="Ledger slow for 20 minutes", team="ledger",
                 previous_id="INC-2026-019", previous_started=at(5, 4), stood=Stood.FINISHED, aimed=2,
                 then={"done with evidence": 2}, items=(retries,)),
        happened("OPS-287", "pool-exhausted", at(10, 2), title="Connections ran out", reviewed=False,
                 url="https://ops.example.com/OPS-287", previous_id="OPS-240", previous_started=at(7, 1)),
        happened("OPS-280", "config-rollout", at(9, 14), title="Wrong banner in two shops", stood=Stood.UNFINISHED,
                 aimed=3, unfinished=1, still_unfinished=1, then={"open": 1, "closed without evidence": 1},
                 now={"overdue": 1},
                 items=(stage,)),
    )  # fmt: skip
    return Recurrence(
        since=date(2026, 8, 31), incidents=11, incidents_new=3, returned=4, returned_new=1, returned_classes=3,
        new_classes=("config-rollout",),
        roll_up=((Stood.UNFINISHED, 2), (Stood.FINISHED, 1), (Stood.NONE, 1)), while_unfinished=2, despite_finished=1,
        same_episode=1, listed=listed, unlisted=0,
    )  # fmt: skip


def times() -> Times:
    steps = (Step(30, 0.31, 0.1, 0.55), Step(60, 0.46, 0.19, 0.7), Step(90, 0.62, 0.31, 0.82))
    proven = (Step(30, 0.23, 0.06, 0.47), Step(60, 0.31, 0.1, 0.55), Step(90, 0.38, 0.14, 0.63))
    cohorts = tuple(
        Cohort(month=month, items=items, open_after=tuple(zip(ages, open_, [items] * 4, strict=False)))
        for month, items, ages, open_ in (
            ("2026-02", 4, (30, 60, 90, 180), (3, 3, 2, 2)), ("2026-05", 5, (30, 60, 90, 180), (4, 3, 1, 1)),
            ("2026-08", 3, (30, 60, 90), (2, 2, 1)), ("2026-09", 2, (30,), (1,)), ("2026-11", 2, (), ()),
        )
    )  # fmt: skip
    first = date(2026, 9, 7)
    weeks = tuple(
        Week(
            begins=first + timedelta(weeks=week), opened=(0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 1, 0)[week],
            closed=(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)[week], reopened=int(week == 4), unfinished=4 + week // 5,
            closed_in_all=3 + week // 4, proven=1 + week // 4, lost=week // 6, counted=9 + week // 3,
        )
        for week in range(12)
    )  # fmt: skip
    return Times(
        to_proof=Duration(items=13, done=4, median=None, interval=None, observed=284, at=proven,
                          said="more than 284 days (fewer than half done)"),
        to_close=Duration(items=13, done=5, median=71.0, interval=(20.0, None), observed=284, at=steps,
                          said="71 days (95% interval 20 days to not reached)"),
        kept=build_rate(2, 8, 1), kept_proven=build_rate(2, 8, 1), kept_moved=build_rate(3, 7),
        slipped=1, moves=1, slip_days=153.0, cohorts=cohorts, weeks=weeks,
    )  # fmt: skip


def detection() -> tuple[Pace, ...]:
    def dots(of: str, *minutes: float, since: int) -> tuple[Dot, ...]:
        return tuple(
            Dot(id=f"{of}-{n}", on=date(2025, 1, 8) + timedelta(days=51 * n), minutes=m, since_fix=n >= since)
            for n, m in enumerate(minutes)
        )

    return (
        Pace(name="retry-storm", measure="detect", before=8, after=5, missing=2, median_before=62.0, median_after=30.0,
             ratio=0.47, p_faster=0.08,
             said="62 -> 30 min (8 -> 5 incidents), no clear change (a halving would need about 50 each side to show); "
             "2 without the times",
             dots=dots("RS", 20, 45, 58, 66, 70, 120, 240, 61, 12, 28, 30, 33, 90, since=8)),
        Pace(name="retry-storm", measure="mitigate", before=8, after=5, missing=0, median_before=95.0,
             median_after=41.0, ratio=0.44, p_faster=0.03, said="95 -> 41 min (8 -> 5 incidents), shorter",
             dots=dots("RS", 60, 95, 95, 130, 80, 300, 1500, 70, 20, 41, 44, 35, 90, since=8)),
        Pace(name="config-rollout", measure="detect", before=3, after=0, missing=1, median_before=19.0,
             median_after=None, ratio=None, p_faster=None, said="too few to tell (3 incidents); 1 without the times",
             dots=dots("CR", 2, 19, 75, since=9)),
    )  # fmt: skip


def confidence() -> tuple[RoleConfidence, ...]:
    return (
        RoleConfidence(role="engineer", answers=9, top=build_rate(6, 9), reviews=7, reviews_answered=5, up=3, same=1,
                       down=1, said="6 of 9 (67%, 95% interval 35% to 88%) answered 4 or 5; asked in 5 of 7 reviews; "
                       "of 5 that answered twice, 3 went up, 1 stayed, 1 went down"),
        RoleConfidence(role="support", answers=2, top=None, reviews=7, reviews_answered=2, up=None, same=None,
                       down=None, said="too few answers to show (2 of 7 reviews)"),
    )  # fmt: skip


def restated() -> Restated:
    return Restated(
        of=NOW - timedelta(days=7),
        items_total=1,
        items=(
            ItemRestated(key="INC-2026-038/A1", title="Warn 30 days before a certificate expires",
                         url=f"{_URL}/issues/733", was="closed without evidence", now="done with evidence"),
        ),
        incidents_total=1,
        incidents=(
            IncidentRestated(id="OPS-280", url="https://ops.example.com/OPS-280", incident_class="config-rollout",
                             started=date(2026, 9, 14), what="its class was not known"),
        ),
        unknown="",
    )  # fmt: skip
