"""Facts for the report's tests, said in few words; and one rich week that every format is shown with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zlib import crc32

from msgspec.structs import replace

from reports.weekly import WeeklyReport, build_weekly
from tracker.model import (
    ActionItem,
    Condition,
    DueMove,
    Evidence,
    EvidenceKind,
    Facts,
    Horizon,
    Issue,
    ReviewHeader,
    Role,
    Status,
    TrackedItem,
    TrackerState,
    Transition,
)

ACCEPT = frozenset(EvidenceKind)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    """A moment of 2026."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def review(name: str, started: datetime | None = None, of_class: str = "config-rollout", **more: Any) -> ReviewHeader:
    """A review held three days after the incident started, unless `more` says otherwise."""
    header = ReviewHeader(
        id=name,
        title=f"Title of {name}",
        incident_class=of_class,
        severity="sev3",
        team="payments",
        started=started,
        reviewed=(started + timedelta(days=3)).date() if started else None,
    )
    return replace(header, **more)


def item(
    key: str,
    status: Status = Status.OPEN,
    *,
    committed: datetime | None = None,
    closed: datetime | None = None,
    proven: bool = False,
    due: date | None = None,
    first_due: date | None = None,
    moves: tuple[DueMove, ...] = (),
    transitions: tuple[Transition, ...] | None = None,
    conditions: tuple[str, ...] = (),
    horizon: Horizon | None = None,
    title: str = "",
    question: str = "",
    strikes: int = 0,
) -> TrackedItem:
    """An item of the review before the slash, in the given status since `closed`."""
    review_id, item_id = key.split("/")
    committed = committed or at(1, 2)
    closed = closed or committed + timedelta(days=20)
    history = transitions
    if history is None:
        still = status in (Status.OPEN, Status.IN_PROGRESS, Status.NOT_PUSHED)
        history = () if still else (Transition(source=f"{key}:1", at=closed, to=status),)
    number = crc32(key.encode()) % 900 + 100
    issue = Issue(
        id=f"node:{key}", tracker="payments", ref=f"acme/payments#{number}", number=number, status=status,
        url=f"https://github.example.com/acme/payments/issues/{number}", title=title or f"Do {key}",
        created=committed + timedelta(hours=1), updated=closed, strikes=strikes,
    )  # fmt: skip
    proof = Evidence(
        kind=EvidenceKind.MERGED_PULL_REQUEST, url=f"https://github.example.com/acme/payments/pull/{number}", at=closed
    )
    return TrackedItem(
        review_id=review_id,
        item=ActionItem(
            id=item_id, title=title or f"Do {key}", due=due, conditions=conditions, horizon=horizon, question=question
        ),
        committed=committed,
        first_due=first_due or due,
        moves=moves,
        issue=None if status is Status.NOT_PUSHED else issue,
        transitions=history,
        evidence=(proof,) if proven else (),
    )


def rich_week() -> Facts:
    """Six reviews over eleven months: every line, list and section of the report has something in it."""
    spring, autumn = at(3, 2), at(11, 18, 7)
    reviews = (
        review("INC-2026-007", at(2, 9), title="Checkout returned 5xx after a config push", severity="sev1",
               conditions=(Condition(name="no-canary", role=Role.TRIGGER, what="Config went to all hosts at once"),
                           Condition(name="slow-rollback", role=Role.RECOVERY_FRICTION)),
               url="https://wiki.example.com/INC-2026-007"),
        review("INC-2026-019", at(5, 4), "retry-storm", title="Retries overloaded the ledger", severity="sev2",
               team="ledger", checkpoints=(date(2026, 11, 20),),
               conditions=(Condition(name="unbounded-retries", role=Role.AMPLIFIER),
                           Condition(name="no-load-shedding", role=Role.AMPLIFIER))),
        review("INC-2026-031", at(8, 12), title="Wrong price list live for 40 minutes", severity="sev2",
               url="https://wiki.example.com/INC-2026-031"),
        review("INC-2026-038", at(9, 22), "expired-certificate", title="Partner API refused our certificate",
               team="edge", severity="sev2", checkpoints=(date(2026, 11, 25), date(2027, 1, 15))),
        review("INC-2026-044", at(11, 10), "retry-storm", title="Ledger slow for 20 minutes", team="ledger"),
        review("INC-2026-047", autumn, title="Config push emptied the feature flags", severity="sev1",
               reviewed=date(2026, 11, 20), checkpoints=(date(2026, 11, 30),),
               conditions=(Condition(name="no-canary", role=Role.TRIGGER), Condition(name="no-schema-check")),
               url="https://wiki.example.com/INC-2026-047"),
        review("INC-2026-048", None, "", title="Short blip, not classified", severity="", team="",
               reviewed=date(2026, 11, 19)),
    )  # fmt: skip
    immediate, systemic = Horizon.IMMEDIATE, Horizon.SYSTEMIC
    reopened = tuple(
        Transition(source=f"e{n}", at=when, to=to)
        for n, (when, to) in enumerate(
            [(at(9, 1), Status.DONE), (at(9, 9), Status.OPEN), (at(10, 1), Status.DONE), (at(10, 7), Status.OPEN)]
        )
    )
    moved_due = DueMove(at=at(4, 20), before=date(2026, 4, 30), to=date(2026, 9, 30))
    items = (
        item("INC-2026-007/A1", Status.DONE, committed=at(2, 12), proven=True, due=date(2026, 3, 1), horizon=immediate,
             title="Alert on config push error rate"),
        item("INC-2026-007/A2", committed=at(2, 12), due=date(2026, 9, 30), first_due=date(2026, 4, 30),
             moves=(moved_due,), horizon=systemic, conditions=("no-canary",), title="Roll config out in stages",
             question="Does a bad push reach fewer than 5% of hosts?"),
        item("INC-2026-007/A3", Status.DONE, committed=at(2, 12), closed=spring, due=date(2026, 2, 20),
             horizon=immediate, title="Write the rollback runbook"),
        item("INC-2026-007/A4", Status.NOT_PLANNED, committed=at(2, 12), horizon=systemic,
             title="Replace the push tool"),
        item("INC-2026-019/A1", Status.DONE, committed=at(5, 7), proven=True, due=date(2026, 6, 1), horizon=immediate,
             conditions=("unbounded-retries",), title="Cap client retries at 3",
             question="Does the retry ratio stay under 1.2 in the next overload?"),
        item("INC-2026-019/A2", Status.DONE, committed=at(5, 7), closed=at(11, 2), proven=True, due=date(2026, 8, 1),
             horizon=systemic, title="Retry budget in the shared client", question="Is the budget ever exhausted?"),
        item("INC-2026-019/A3", Status.MISSING, committed=at(5, 7), closed=at(10, 3), horizon=systemic,
             title="Shed load in the ledger"),
        item("INC-2026-031/A1", transitions=reopened, committed=at(8, 15), due=date(2026, 12, 15), horizon=systemic,
             title="Validate price lists against last week's"),
        item("INC-2026-031/A2", Status.DUPLICATE, committed=at(8, 15), horizon=systemic, title="Stage config pushes"),
        item("INC-2026-031/A3", Status.MOVED, committed=at(8, 15), closed=at(10, 20), due=date(2026, 10, 1),
             horizon=immediate, title="Dashboard for live price list version"),
        item("INC-2026-038/A1", Status.DONE, committed=at(9, 25), closed=at(10, 6), proven=True, due=date(2026, 10, 9),
             horizon=immediate, title="Warn 30 days before a certificate expires"),
        item("INC-2026-038/A2", Status.IN_PROGRESS, committed=at(9, 25), due=date(2026, 11, 9), horizon=systemic,
             title="Renew partner certificates by a job", question="Does the next renewal need no person?"),
        item("INC-2026-044/A1", committed=at(11, 13), due=date(2026, 12, 1), title="Alert on ledger queue age"),
        item("INC-2026-047/A1", Status.NOT_PUSHED, committed=at(11, 20), due=date(2026, 12, 4), horizon=immediate,
             conditions=("no-canary",), title="Freeze flag pushes behind an approval"),
    )  # fmt: skip
    return Facts(
        reviews=reviews,
        items=items,
        proposed=(("INC-2026-038", "Pin the partner's root certificate"),),
        trackers=(
            TrackerState(name="payments", last_good_sync=at(11, 23, 8), last_attempt=at(11, 23, 8)),
            TrackerState(name="ledger", last_good_sync=at(11, 20, 3), last_error="HTTP 502"),
        ),
    )


def report_of(facts: Facts, as_of: datetime = NOW) -> WeeklyReport:
    """The weekly report with every kind of evidence accepted, in UTC."""
    return build_weekly(facts, as_of, accept=ACCEPT, zone=UTC)
