"""One rich week that every format is shown with: every line, list and section of the report has something in it."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reports.basis import Basis
from reports.weekly import WeeklyReport, build_weekly
from tests.reports.factory import ACCEPT, NOW, at, item, review, told
from tracker.model import (
    Condition,
    Confidence,
    DueMove,
    Facts,
    Horizon,
    Incident,
    Kind,
    ReviewHeader,
    Role,
    Status,
    TrackedItem,
    TrackerState,
    Transition,
)
from tracker.recorded import Answer, Reply, Resolution, Resolved, Waiver

if TYPE_CHECKING:
    from datetime import datetime

RICH_BASIS = Basis(
    accept=ACCEPT,
    zone=UTC,
    records_since=date(2024, 1, 1),
    watched_since={"queue-lag": date(2026, 1, 1)},
    aliases={"config-push": "config-rollout", "bad-config": "config-rollout"},
    titles={"config-rollout": "Config rollout"},
)
_IMMEDIATE, _SYSTEMIC = Horizon.IMMEDIATE, Horizon.SYSTEMIC
_LATE = at(11, 20)
"""What was seen then of earlier days is a restatement: the last report was made on 16 Nov."""


def rich_report() -> WeeklyReport:
    """The report of that week."""
    return build_weekly(rich_week(), NOW, RICH_BASIS)


def rich_week() -> Facts:
    """Nine reviews over two years, and a feed that knows of more."""
    return Facts(
        reviews=_reviews(),
        items=(*_of_config(), *_of_retries(), *_of_the_rest(), *_completed()),
        proposed=(("INC-2026-038", "Pin the partner's root certificate"),),
        trackers=(
            TrackerState(name="payments", last_good_sync=at(11, 23, 8), last_attempt=at(11, 23, 8)),
            TrackerState(name="ledger", last_good_sync=at(11, 20, 3), last_error="HTTP 502"),
        ),
        incidents=(*_history(), *_recent()),
        feeds=(TrackerState(name="ops", last_good_sync=at(11, 23, 8)), TrackerState(name="status-page")),
        known_since=at(1, 1, year=2025),
    )


def _reviews() -> tuple[ReviewHeader, ...]:
    reviews = (
        review("INC-2025-004", at(1, 20, year=2025), "disk-full", title="Ledger stopped on a full disk",
               severity="sev2", team="ledger"),
        review("INC-2025-030", at(8, 11, year=2025), "slow-query", title="Search timed out for an hour", team="edge"),
        review("INC-2026-007", at(2, 9), title="Checkout returned 5xx after a config push", severity="sev1",
               conditions=(Condition(name="no-canary", role=Role.TRIGGER, what="Config went to all hosts at once"),
                           Condition(name="slow-rollback", role=Role.RECOVERY_FRICTION)),
               url="https://wiki.example.com/INC-2026-007"),
        review("INC-2026-019", at(5, 4), "retry-storm", title="Retries overloaded the ledger", severity="sev2",
               team="ledger", checkpoints=(date(2026, 11, 20),),
               conditions=(Condition(name="unbounded-retries", role=Role.AMPLIFIER),
                           Condition(name="no-load-shedding", role=Role.AMPLIFIER))),
        review("INC-2026-031", at(8, 12), "config-push", title="Wrong price list live for 40 minutes",
               severity="sev2", url="https://wiki.example.com/INC-2026-031"),
        review("INC-2026-038", at(9, 22), "expired-certificate", title="Partner API refused our certificate",
               team="edge", severity="sev2", checkpoints=(date(2026, 11, 25), date(2027, 1, 15))),
        review("INC-2026-044", at(11, 10), "retry-storm", title="Ledger slow for 20 minutes", team="ledger"),
        review("INC-2026-047", at(11, 18, 7), title="Config push emptied the feature flags", severity="sev1",
               reviewed=date(2026, 11, 20), checkpoints=(date(2026, 11, 30),), incidents=("OPS-47",),
               conditions=(Condition(name="no-canary", role=Role.TRIGGER), Condition(name="no-schema-check")),
               url="https://wiki.example.com/INC-2026-047"),
        review("INC-2026-048", None, "", title="Short blip, not classified", severity="", team="",
               reviewed=date(2026, 11, 19)),
    )  # fmt: skip
    scores = (4, 5, 3, 4, 5, 2)
    return tuple(
        replace(header, confidence=_asked(header, scores[index])) if index < len(scores) else header
        for index, header in enumerate(reviews)
    )


def _asked(header: ReviewHeader, score: int) -> tuple[Confidence, ...]:
    """On-call was asked twice, in six reviews; others were asked once, in one."""
    held = header.reviewed or date(2026, 1, 1)
    later = Confidence(role="on-call", score=min(score + 1, 5), on=held + timedelta(days=40))
    first = (Confidence(role="on-call", score=score, on=held), later)
    return (*first, Confidence(role="support", score=3, on=held)) if header.id == "INC-2026-007" else first


def _of_config() -> tuple[TrackedItem, ...]:
    moved_due = DueMove(at=at(4, 20), before=date(2026, 4, 30), to=date(2026, 9, 30))
    back_and_forth = [
        (at(9, 1), Status.DONE),
        (at(9, 9), Status.OPEN),
        (at(10, 1), Status.DONE),
        (at(10, 7), Status.OPEN),
    ]
    reopened = tuple(Transition(source=f"e{n}", at=when, to=to) for n, (when, to) in enumerate(back_and_forth))
    waived = Waiver(
        at=at(9, 1), until=date(2026, 12, 31), reason="The tool is replaced in spring", by="head of platform"
    )
    return (
        item("INC-2026-007/A1", Status.DONE, committed=at(2, 12), proven=True, due=date(2026, 3, 1),
             horizon=_IMMEDIATE, kind=Kind.DETECT, title="Alert on config push error rate"),
        item("INC-2026-007/A2", committed=at(2, 12), due=date(2026, 9, 30), first_due=date(2026, 4, 30),
             moves=(moved_due,), horizon=_SYSTEMIC, kind=Kind.PREVENT, conditions=("no-canary",),
             title="Roll config out in stages", question="Does a bad push reach fewer than 5% of hosts?"),
        item("INC-2026-007/A3", Status.DONE, committed=at(2, 12), closed=at(3, 2), due=date(2026, 2, 20),
             horizon=_IMMEDIATE, kind=Kind.MITIGATE, title="Write the rollback runbook"),
        item("INC-2026-007/A4", Status.NOT_PLANNED, committed=at(2, 12), horizon=_SYSTEMIC, kind=Kind.PREVENT,
             title="Replace the push tool"),
        _asked_again("INC-2026-007/A5", at(2, 12)),
        item("INC-2026-031/A1", transitions=reopened, committed=at(8, 15), due=date(2026, 12, 15), horizon=_SYSTEMIC,
             kind=Kind.PREVENT, title="Validate price lists against last week's"),
        item("INC-2026-031/A2", Status.DUPLICATE, committed=at(8, 15), horizon=_SYSTEMIC, title="Stage config pushes"),
        item("INC-2026-031/A3", Status.MOVED, committed=at(8, 15), closed=at(10, 20), due=date(2026, 10, 1),
             horizon=_IMMEDIATE, kind=Kind.DETECT, title="Dashboard for live price list version"),
        item("INC-2026-031/A4", committed=at(8, 15), due=date(2026, 9, 15), horizon=_SYSTEMIC, kind=Kind.PROCESS,
             waivers=(waived,), title="Approve price lists by two people"),
        item("INC-2026-047/A1", Status.NOT_PUSHED, committed=at(11, 20), due=date(2026, 12, 4), horizon=_IMMEDIATE,
             kind=Kind.PREVENT, conditions=("no-canary",), title="Freeze flag pushes behind an approval"),
    )  # fmt: skip


def _asked_again(key: str, committed: datetime) -> TrackedItem:
    """Three reviews ask for it, in one issue."""
    asked = item(
        key, committed=committed, title="Shed load before a queue is full", horizon=_SYSTEMIC, kind=Kind.PREVENT
    )
    issue = item("INC-2026-007/A5", committed=at(2, 12), title="Shed load before a queue is full").issue
    return replace(asked, issue=issue)


def _of_retries() -> tuple[TrackedItem, ...]:
    late = item(
        "INC-2026-019/A2", Status.DONE, committed=at(5, 7), closed=at(11, 2), proven=True, due=date(2026, 8, 1),
        horizon=_SYSTEMIC, kind=Kind.PREVENT, title="Retry budget in the shared client",
        question="Is the budget ever exhausted?",
    )  # fmt: skip
    gone = Resolution(at=at(9, 16), how=Resolved.GONE, note="The ledger is replaced in spring", by="head of ledger")
    return (
        item("INC-2026-019/A1", Status.DONE, committed=at(5, 7), proven=True, due=date(2026, 6, 1),
             horizon=_IMMEDIATE, kind=Kind.MITIGATE, conditions=("unbounded-retries",), title="Cap client retries at 3",
             question="Does the retry ratio stay under 1.2 in the next overload?", answers=_said_of_retries()),
        replace(late, transitions=tuple(replace(each, seen_at=_LATE) for each in late.transitions)),
        item("INC-2026-019/A3", Status.MISSING, committed=at(5, 7), closed=at(10, 3), horizon=_SYSTEMIC,
             title="Shed load in the ledger"),
        item("INC-2026-019/A5", Status.MISSING, committed=at(5, 7), closed=at(9, 14), horizon=_SYSTEMIC,
             title="Give the ledger a queue of its own", resolutions=(gone,)),
        _asked_again("INC-2026-019/A4", at(5, 7)),
        item("INC-2026-044/A1", committed=at(11, 13), due=date(2026, 12, 1), title="Alert on ledger queue age"),
        _asked_again("INC-2026-044/A2", at(11, 13)),
    )  # fmt: skip


def _said_of_retries() -> tuple[Answer, ...]:
    """Asked twice on one checkpoint: the second answer counts."""
    first = Answer(at=at(11, 20, 9), on=date(2026, 11, 20), answer=Reply.UNCLEAR, by="head of ledger")
    note = "It reached 1.4 on 10 Nov"
    return (first, Answer(at=at(11, 20, 15), on=date(2026, 11, 20), answer=Reply.NO, note=note, by="head of ledger"))


def _of_the_rest() -> tuple[TrackedItem, ...]:
    ended = Waiver(at=at(9, 30), until=date(2026, 10, 31), reason="The partner changes its gateway", by="head of edge")
    return (
        item("INC-2026-038/A1", Status.DONE, committed=at(9, 25), closed=at(10, 6), proven=True, due=date(2026, 10, 9),
             horizon=_IMMEDIATE, kind=Kind.DETECT, title="Warn 30 days before a certificate expires"),
        item("INC-2026-038/A2", Status.IN_PROGRESS, committed=at(9, 25), due=date(2026, 11, 9), horizon=_SYSTEMIC,
             kind=Kind.PREVENT, title="Renew partner certificates by a job",
             question="Does the next renewal need no person?"),
        item("INC-2026-038/A3", committed=at(9, 25), horizon=_SYSTEMIC, kind=Kind.PROCESS, waivers=(ended,),
             title="Agree a second contact with the partner"),
    )  # fmt: skip


def _completed() -> tuple[TrackedItem, ...]:
    """The sets of two classes, all done with evidence: one was not seen since, one came back as often as before."""
    return (
        item("INC-2025-004/A1", Status.DONE, committed=at(1, 24, year=2025), closed=at(4, 1, year=2025), proven=True,
             due=date(2025, 4, 15), horizon=_IMMEDIATE, kind=Kind.DETECT, title="Alert at 80% of the disk"),
        item("INC-2025-004/A2", Status.DONE, committed=at(1, 24, year=2025), closed=at(5, 2, year=2025), proven=True,
             due=date(2025, 4, 30), horizon=_SYSTEMIC, kind=Kind.PREVENT, title="Rotate the ledger's logs by size",
             question="Does the disk stay under 80%?"),
        item("INC-2025-030/A1", Status.DONE, committed=at(8, 15, year=2025), closed=at(10, 20, year=2025), proven=True,
             due=date(2025, 10, 31), horizon=_SYSTEMIC, kind=Kind.PREVENT, conditions=("no-query-timeout",),
             title="Time out queries after 2 seconds",
             answers=(Answer(at=at(1, 12), on=date(2026, 1, 12), answer=Reply.YES, by="head of edge"),)),
    )  # fmt: skip


def _history() -> tuple[Incident, ...]:
    """What the feed knows of earlier years: two classes before and since their fix, and one under a new name."""
    full = tuple(told(f"OPS-{n}", at(month, 6, year=2024), "disk-full") for n, month in enumerate(range(1, 13, 2), 1))
    renamed = tuple(
        told(f"OPS-{20 + n}", at(month, 9), "full-disk", title="Ledger host ran out of space")
        for n, month in enumerate((3, 6, 9))
    )
    days = [at(month, 3, year=2024) for month in (2, 4, 6, 8, 10)] + [at(month, 3, year=2025) for month in (1, 3, 5, 6)]
    since = [at(12, 5, year=2025), at(2, 20), at(4, 8), at(6, 30), at(9, 2)]
    slow = tuple(
        told(
            f"OPS-{30 + n}",
            day,
            "slow-query",
            conditions=("no-query-timeout",),
            detected=day + timedelta(minutes=40 - n),
        )
        for n, day in enumerate(days)
    )
    back = tuple(
        told(
            f"OPS-{40 + n}",
            day,
            "slow-query",
            conditions=("no-query-timeout",),
            detected=day + timedelta(minutes=12 + n),
        )
        for n, day in enumerate(since)
    )
    return (*full, *renamed, *slow, *back)


def _recent() -> tuple[Incident, ...]:
    """What the feed knows of the last weeks; three of these were corrected after the last report."""
    reread = told(
        "OPS-62", at(11, 9), "retry-storm", title="Retries piled up for ten minutes", team="ledger",
        url="https://jira.example.com/browse/OPS-62",
    )  # fmt: skip
    return (
        told("OPS-47", at(11, 18, 7), "bad-config", title="Flags empty", url="https://jira.example.com/browse/OPS-47"),
        told("OPS-60", at(10, 12), "queue-lag", title="Payouts two hours late", team="ledger", seen_at=at(10, 12, 13)),
        told("OPS-61", at(11, 21), "queue-lag", title="Payouts late again", team="ledger", seen_at=at(11, 21, 13),
             url="https://jira.example.com/browse/OPS-61"),
        replace(reread, classes=("queue-lag",), seen_at=at(11, 9, 13)),
        replace(reread, seen_at=_LATE),
        told("OPS-63", at(11, 14, 0), "config-push", title="Old prices for a minute", team="payments", day_only=True,
             detected=None, mitigated=None, seen_at=_LATE),
        told("OPS-64", at(10, 30), "", title="Something was slow", seen_at=at(10, 30, 13)),
        told("OPS-65", None, "queue-lag", title="Nobody wrote down when", seen_at=at(11, 2, 13)),
        told("OPS-66", at(11, 4), "slow-dns", title="Names resolved slowly", assumed_start=True, seen_at=at(11, 4, 13)),
        told("OPS-67", at(11, 5), "queue-lag", title="Filed twice", gone=True, seen_at=at(11, 6, 13)),
    )  # fmt: skip
