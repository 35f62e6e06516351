"""A RemoteIssue as the store keeps it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sync.decision_marker import find_decisions
from sync.evidence import find_evidence
from sync.mapping import FOLLOWED, status_of, transitions_of
from sync.marker import find_commitments
from sync.nudge_marker import find_nudges, last_answer
from tracker.model import Issue, Snapshot, Status, Transition

if TYPE_CHECKING:
    from sync.port import RemoteIssue


def build_snapshot(remote: RemoteIssue, tracker: str) -> Snapshot:
    """Status, history, evidence and trusted commitments of one issue."""
    status = status_of(remote.state)
    issue = Issue(
        id=remote.id,
        tracker=tracker,
        ref=remote.ref,
        number=remote.number,
        url=remote.url,
        title=remote.title,
        status=status,
        created=remote.created,
        updated=remote.updated,
        closed=remote.closed,
        assignees=remote.assignees,
        labels=remote.labels,
        due=remote.due,
    )
    return Snapshot(
        issue=issue,
        transitions=_reconciled(issue, transitions_of(remote.history)),
        evidence=find_evidence(remote),
        commitments=find_commitments(remote),
        followed=remote.at_home and any(label.casefold() == FOLLOWED for label in remote.labels),
        moved_from=remote.moved_from,
        due_moves=remote.due_moves,
        decisions=find_decisions(remote) if remote.comments else (),
        nudges=find_nudges(remote) if remote.comments else (),
        answered=last_answer(remote) if remote.comments else None,
    )


def _reconciled(issue: Issue, history: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """The history with what it does not show, so that a replay always ends where the issue is."""
    last = history[-1].to if history else Status.OPEN
    now = Status.OPEN if issue.status is Status.IN_PROGRESS else issue.status
    if last is now:
        return history
    at = issue.closed if issue.closed and not issue.status.is_live else issue.updated
    if history and history[-1].at == at:
        return (*history[:-1], msgspec.structs.replace(history[-1], to=now))
    return (*history, Transition(source=f"state:{at.isoformat()}", at=at, to=now))
