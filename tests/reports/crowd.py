"""Many facts, made quickly and always the same: for the size of a page and for timing, never for figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from tracker.model import (
    ActionItem,
    Condition,
    DueMove,
    Evidence,
    EvidenceKind,
    Facts,
    Horizon,
    Incident,
    Issue,
    ReviewHeader,
    Status,
    TrackedItem,
    TrackerState,
    Transition,
)
from tracker.recorded import Waiver

START = datetime(2024, 1, 1, tzinfo=UTC)
END = datetime(2026, 11, 23, 9, tzinfo=UTC)
_OUTCOMES = (Status.OPEN, Status.DONE, Status.DONE, Status.DONE, Status.NOT_PLANNED, Status.DUPLICATE, Status.MISSING)


def crowd(items: int, classes: int = 40, seed: int = 7) -> Facts:
    """Facts of `items` action items, seven a review, and of half as many incidents again as there are reviews.

    Most reviewed incidents are in a feed as well; a third of all were not reviewed.
    """
    chance = Random(seed)  # noqa: S311 - the same crowd every time is what is wanted
    headers = tuple(_review(number, classes, chance) for number in range(items // 7 + 1))
    told = [_told(header, chance) for header in headers if chance.random() < 0.8]
    return Facts(
        reviews=headers,
        items=tuple(_item(number, headers[number // 7], chance) for number in range(items)),
        trackers=(TrackerState(name="acme", last_good_sync=END),),
        incidents=(*told, *(_unreviewed(number, classes, chance) for number in range(len(headers) // 2))),
        feeds=(TrackerState(name="ops", last_good_sync=END),),
    )


def _told(header: ReviewHeader, chance: Random) -> Incident:
    """The incident of a review, as the feed has it."""
    return Incident(
        id=header.id, source="ops", title=header.title, classes=(header.incident_class,), started=header.started,
        detected=header.started and header.started + timedelta(minutes=chance.randrange(1, 90)),
    )  # fmt: skip


def _unreviewed(number: int, classes: int, chance: Random) -> Incident:
    started = START + chance.random() * (END - START)
    return Incident(
        id=f"OPS-{number}", source="ops", title=f"Short blip {number}", severity=f"sev{chance.randrange(2, 5)}",
        classes=(f"class-{chance.randrange(classes)}",), team=f"team-{chance.randrange(30)}", started=started,
        conditions=(f"condition-{chance.randrange(90)}",), url=f"https://jira.example.com/browse/OPS-{number}",
    )  # fmt: skip


def _review(number: int, classes: int, chance: Random) -> ReviewHeader:
    started = START + chance.random() * (END - START - timedelta(days=10))
    return ReviewHeader(
        id=f"INC-{number:06}", title=f"Something went wrong in service {number}", started=started,
        incident_class=f"class-{chance.randrange(classes)}", severity=f"sev{chance.randrange(1, 5)}",
        team=f"team-{chance.randrange(30)}", reviewed=(started + timedelta(days=4)).date(),
        checkpoints=((started + timedelta(days=60)).date(),), url=f"https://wiki.example.com/INC-{number:06}",
        conditions=(Condition(name=f"condition-{chance.randrange(90)}"),),
    )  # fmt: skip


def _waiver(committed: datetime, chance: Random) -> Waiver:
    given = committed + timedelta(days=chance.randrange(1, 60))
    return Waiver(at=given, until=(given + timedelta(days=chance.randrange(30, 300))).date(), reason="Later")


def _item(number: int, review: ReviewHeader, chance: Random) -> TrackedItem:
    held = review.reviewed or date(2024, 1, 1)
    committed = datetime(held.year, held.month, held.day, tzinfo=UTC)
    status = chance.choice(_OUTCOMES)
    closed = committed + timedelta(days=chance.randrange(1, 120))
    first_due = held + timedelta(days=chance.choice((14, 30, 60)))
    moved = chance.random() < 0.2
    due = first_due + timedelta(days=30) if moved else first_due
    move = DueMove(at=committed + timedelta(days=10), before=first_due, to=due)
    url = f"https://github.example.com/acme/pay/issues/{number}"
    proof = Evidence(kind=EvidenceKind.MERGED_PULL_REQUEST, url=f"{url}/pull", at=closed)
    return TrackedItem(
        review_id=review.id,
        item=ActionItem(
            id=f"A{number % 7}", title=f"Change number {number} of the service so that it fails less", due=due,
            horizon=chance.choice((Horizon.IMMEDIATE, Horizon.SYSTEMIC)), conditions=(f"condition-{number % 90}",),
        ),
        committed=committed,
        first_due=first_due,
        moves=(move,) if moved else (),
        issue=Issue(
            id=f"node-{number}", tracker="acme", ref=f"acme/pay#{number}", number=number, url=url, title="",
            status=status, created=committed + timedelta(hours=1), updated=closed,
        ),
        transitions=() if status is Status.OPEN else (Transition(source="e1", at=closed, to=status),),
        evidence=(proof,) if status is Status.DONE and chance.random() < 0.7 else (),
        waivers=(_waiver(committed, chance),) if chance.random() < 0.03 else (),
    )  # fmt: skip
