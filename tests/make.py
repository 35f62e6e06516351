"""Records for tests, with everything that a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from sync.port import RemoteComment, RemoteIssue, RemoteState
from tracker.model import ActionItem, Commitment, Condition, Issue, Review, ReviewHeader, Role, Status

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def at(days: float = 0) -> datetime:
    """A moment, in days from NOW."""
    return NOW + timedelta(days=days)


def a_header(**fields: Any) -> ReviewHeader:
    """INC-1, a config rollout that broke checkout."""
    header = ReviewHeader(
        id="INC-1",
        title="Checkout returned 5xx",
        incident_class="config-rollout",
        severity="sev1",
        service="checkout",
        team="payments",
        started=at(-19),
        reviewed=at(-15).date(),
        checkpoints=(date(2026, 11, 1),),
        tracker="payments",
        conditions=(Condition(name="unvalidated-config", role=Role.TRIGGER, what="No schema check"),),
    )
    return msgspec.structs.replace(header, **fields)


def an_item(**fields: Any) -> ActionItem:
    """A1 of INC-1."""
    item = ActionItem(
        id="A1",
        title="Validate the config schema in CI",
        owner="payments-lead",
        due=date(2026, 11, 20),
        conditions=("unvalidated-config",),
        proof="A merged pull request",
        question="Does a bad config still reach staging?",
    )
    return msgspec.structs.replace(item, **fields)


def a_review(*items: ActionItem, **header: Any) -> Review:
    """A review with these items (A1 when none is given)."""
    return Review(header=a_header(**header), items=items or (an_item(),))


def a_commitment(item: ActionItem | None = None, **fields: Any) -> Commitment:
    """What a marker of A1 holds."""
    item = item or an_item()
    commitment = Commitment(review=a_header(), item=item, committed=at(-15), pushed=at(-14), first_due=item.due)
    return msgspec.structs.replace(commitment, **fields)


def a_remote(**fields: Any) -> RemoteIssue:
    """An open issue as a tracker tells it, by someone who may write."""
    remote = RemoteIssue(
        id="host:1",
        ref="acme/payments#1",
        number=1,
        url="https://tracker.example/acme/payments/issues/1",
        title="Validate the config schema in CI",
        text="",
        state=RemoteState(closed=False),
        created=at(-14),
        updated=at(-14),
        trusted=True,
        labels=("follow-through",),
    )
    return msgspec.structs.replace(remote, **fields)


def a_comment(body: str, **fields: Any) -> RemoteComment:
    """A comment by someone who may write."""
    comment = RemoteComment(body=body, at=at(-1), url="https://tracker.example/c/1", author="ann", trusted=True)
    return msgspec.structs.replace(comment, **fields)


def an_issue(**fields: Any) -> Issue:
    """The same issue as the store keeps it."""
    issue = Issue(
        id="host:1",
        tracker="payments",
        ref="acme/payments#1",
        number=1,
        url="https://tracker.example/acme/payments/issues/1",
        title="Validate the config schema in CI",
        status=Status.OPEN,
        created=at(-14),
        updated=at(-14),
        labels=("follow-through",),
    )
    return msgspec.structs.replace(issue, **fields)
