"""Facts for the report's tests, said in few words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

from msgspec.structs import replace

from reports.basis import Basis
from reports.weekly import WeeklyReport, build_weekly
from tracker.model import (
    ActionItem,
    DueMove,
    Evidence,
    EvidenceKind,
    Facts,
    Horizon,
    Incident,
    Issue,
    Kind,
    ReviewHeader,
    Status,
    TrackedItem,
    Transition,
)

if TYPE_CHECKING:
    from tracker.recorded import Answer, Resolution, Waiver

ACCEPT = frozenset(EvidenceKind)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BASIS = Basis(accept=ACCEPT, zone=UTC)


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
    kind: Kind | None = None,
    waivers: tuple[Waiver, ...] = (),
    answers: tuple[Answer, ...] = (),
    resolutions: tuple[Resolution, ...] = (),
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
            id=item_id, title=title or f"Do {key}", due=due, conditions=conditions, horizon=horizon, kind=kind,
            question=question,
        ),
        committed=committed,
        first_due=first_due or due,
        moves=moves,
        issue=None if status is Status.NOT_PUSHED else issue,
        transitions=history,
        evidence=(proof,) if proven else (),
        waivers=waivers,
        answers=answers,
        resolutions=resolutions,
    )  # fmt: skip


def told(name: str, started: datetime | None, of_class: str = "config-rollout", **more: Any) -> Incident:
    """An incident as the feed `ops` tells it, detected after 20 minutes and mitigated after an hour more."""
    incident = Incident(
        id=name,
        source="ops",
        title=f"Title of {name}",
        classes=(of_class,) if of_class else (),
        severity="sev3",
        started=started,
        detected=started + timedelta(minutes=20) if started else None,
        mitigated=started + timedelta(minutes=80) if started else None,
    )
    return replace(incident, **more)


def report_of(facts: Facts, as_of: datetime = NOW, basis: Basis = BASIS, **more: Any) -> WeeklyReport:
    """The weekly report, unless said otherwise with every kind of evidence accepted, in UTC."""
    return build_weekly(facts, as_of, basis, **more)
