"""Decides what recording a decision writes. Pure: an item and its issue as just read go in, one step comes out.

A decision is a comment: a sentence for people, and a marker for other machines. It is only ever added. What is there
already is seen by its id, so carrying a plan out twice records it once.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sync.decision_marker import build_decision, find_decisions, render_decision_marker
from sync.evidence import claimed_links, find_evidence
from sync.mapping import status_of
from sync.port import Patch
from sync.steps import Refuse, UpToDate
from sync.wording import (
    render_answer,
    render_evidence,
    render_resolution,
    render_waiver,
    render_waiver_end,
)
from tracker.recorded import Answer, Decision, Resolution, Waiver
from tracker.rules import LOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.port import RemoteIssue
    from tracker.model import TrackedItem

WAIVED = "waived"
"""The label on the issue of an item that is waived."""

LONGEST_WAIVER = timedelta(days=366)


Made = Waiver | Answer | Resolution


class Record(Struct, frozen=True, kw_only=True, tag="record"):
    """Write into an issue: `says` is what, for people; `decision` is what is recorded, where it is one."""

    key: str
    issue_id: str
    ref: str
    says: str
    patch: Patch
    decision: Decision | None = None
    notes: tuple[str, ...] = ()


Step = Record | UpToDate | Refuse


def describe_step(step: Step) -> tuple[str, str, tuple[str, ...]]:
    """A step for people: a sign, one line, and what should be known besides."""
    match step:
        case Record(ref=ref, says=says, notes=notes):
            return "+", f"{ref}: {says}", notes
        case UpToDate(because=because, ref=ref, notes=notes):
            return "=", f"{f'{ref}: ' if ref else ''}nothing to do, {because}", notes
        case Refuse(why=why, hint=hint):
            return "!", f"not recorded: {why}", (hint,)


def refuse_without_issue(tracked: TrackedItem, *, but_lost: bool = False) -> Refuse | None:
    """Why nothing can be written about an item in the tracker; None where it can. `but_lost`: a lost issue is fine."""
    if tracked.issue is None:
        hint = f"Push it first (`track push` its document), or `track link {tracked.key} ISSUE`."
        return Refuse(key=tracked.key, why="no issue stands for it", hint=hint)
    if tracked.issue.status in LOST and not but_lost:
        why = f"its issue {tracked.issue.ref} is {tracked.issue.status}"
        return Refuse(key=tracked.key, why=why, hint=f"`track resolve {tracked.key}` says first what became of it.")
    return None


def check_until(until: date, today: date) -> str:
    """What is wrong with the last day of a waiver; empty where nothing is."""
    if until < today:
        return f"{until} is past"
    if until - today > LONGEST_WAIVER:
        return f"{until} is more than a year ahead"
    return ""


def plan_waiver(tracked: TrackedItem, remote: RemoteIssue, waiver: Waiver) -> Step:
    """Waive a live item: a comment and a label."""
    status = status_of(remote.state)
    if not status.is_live:
        why = f"there is nothing to waive: {remote.ref} is {status}"
        return Refuse(key=tracked.key, why=why, hint="Leave it as it is, or open the issue again first.")
    label = () if _has_label(remote) else (WAIVED,)
    says = f"waive it until {waiver.until}{f', by {waiver.by}' if waiver.by else ''}: {waiver.reason}"
    step = _record(tracked.key, remote, waiver, says, lambda made: render_waiver(tracked.key, made), _is_waiver)
    if isinstance(step, UpToDate) and label:
        patch, says = Patch(add_labels=label), f"put the label {WAIVED} on it: the waiver is recorded already"
        return Record(key=tracked.key, issue_id=remote.id, ref=remote.ref, says=says, patch=patch)
    return _with_labels(step, add=label)


def plan_waiver_end(tracked: TrackedItem, remote: RemoteIssue, end: Waiver) -> Step:
    """End a waiver early, with the last day that `end` names; the label goes with it."""
    made = [decision.made for decision in find_decisions(remote) if decision.item == tracked.key]
    waivers = [each for each in made if isinstance(each, Waiver)]
    if not waivers or waivers[-1].until <= end.until:
        because = f"its waiver ends on {waivers[-1].until} by itself" if waivers else "it was never waived"
        if waivers and waivers[-1].until < end.until:
            because = f"its waiver ended on {waivers[-1].until}"
        if waivers and _has_label(remote):
            patch, says = Patch(remove_labels=(WAIVED,)), f"take the label {WAIVED} off: {because}"
            return Record(key=tracked.key, issue_id=remote.id, ref=remote.ref, says=says, patch=patch)
        return UpToDate(key=tracked.key, ref=remote.ref, because=because)
    says = f"end its waiver with {end.until}, which held until {waivers[-1].until}"
    step = _record(tracked.key, remote, end, says, lambda made: render_waiver_end(tracked.key, made), _is_waiver)
    return _with_labels(step, remove=(WAIVED,) if _has_label(remote) else ())


def plan_answer(tracked: TrackedItem, remote: RemoteIssue, answer: Answer) -> Step:
    """Record what was said at a checkpoint, whether the item is done or not."""

    def is_same(made: Made) -> bool:
        return isinstance(made, Answer) and made.on == answer.on

    question = tracked.item.question
    says = f"checkpoint of {answer.on}, “{question or 'did it help?'}”: {answer.answer}"
    says += f" ({answer.note})" if answer.note else ""
    return _record(tracked.key, remote, answer, says, lambda made: render_answer(tracked.key, question, made), is_same)


def plan_gone(tracked: TrackedItem, remote: RemoteIssue, resolution: Resolution) -> Step:
    """Record on another issue of the review that the issue of a lost item is gone on purpose."""
    lost = tracked.issue.ref if tracked.issue else ""

    def is_same(made: Made) -> bool:
        return isinstance(made, Resolution)

    says = f"record that {lost} is gone on purpose: {resolution.note}"
    return _record(
        tracked.key, remote, resolution, says, lambda made: render_resolution(tracked.key, made, lost), is_same
    )


def plan_recreated(tracked: TrackedItem, remote: RemoteIssue, resolution: Resolution, lost: str) -> Step:
    """Record on the issue that was created in the place of a lost one that it was."""

    def is_same(made: Made) -> bool:
        return isinstance(made, Resolution)

    says = f"record that it was created again for {tracked.key}, in the place of {lost}"
    return _record(
        tracked.key, remote, resolution, says, lambda made: render_resolution(tracked.key, made, lost), is_same
    )


def plan_evidence(tracked: TrackedItem, remote: RemoteIssue, url: str, note: str) -> Step:
    """Link what shows that the change is real."""
    comment = render_evidence(url, note)
    if next(claimed_links(comment), "") != url:
        hint = "Use an http or https address without spaces, quotes or a full stop at its end."
        return Refuse(key=tracked.key, why=f"{url} would not be found again as a link", hint=hint)
    there = next((piece for piece in find_evidence(remote) if piece.url == url), None)
    if there is not None:
        because = f"the link is there since {there.at:%Y-%m-%d}"
        return UpToDate(key=tracked.key, ref=remote.ref, because=because)
    says = f"evidence: {url}{f' ({note})' if note else ''}"
    return Record(key=tracked.key, issue_id=remote.id, ref=remote.ref, says=says, patch=Patch(comment=comment))


def write_decision(sentence: str, decision: Decision) -> str:
    """The comment that records a decision. Raises ValueError when it is too long."""
    return f"{sentence}\n\n{render_decision_marker(decision)}"


def take_turn(key: str, made: Made, known: Sequence[Decision]) -> Decision:
    """The decision to record, of which the same may have been made that day, with others in between."""
    taken = {each.id for each in known}
    turn, decision = 0, build_decision(key, made)
    while decision.id in taken:
        turn += 1
        decision = build_decision(key, made, turn)
    return decision


def is_done(step: Record, remote: RemoteIssue) -> bool:
    """Whether what the step writes is there, as far as others will believe it."""
    if step.decision is not None:
        return step.decision.id in {each.id for each in find_decisions(remote)}
    labels = {label.casefold() for label in remote.labels}
    linked = {piece.url for piece in find_evidence(remote)}
    return (
        labels.issuperset(step.patch.add_labels)
        and labels.isdisjoint(step.patch.remove_labels)
        and linked.issuperset(claimed_links(step.patch.comment))
        and (remote.state.closed or not step.patch.close_as)
    )


def _record(
    key: str,
    remote: RemoteIssue,
    made: Made,
    says: str,
    render: Callable[..., str],
    is_same: Callable[[Made], bool],
) -> Step:
    known = find_decisions(remote)
    said = [each for each in known if each.item == key and is_same(each.made)]
    if said and _is_same_word(said[-1].made, made):
        return UpToDate(key=key, ref=remote.ref, because="it is recorded already")
    decision = take_turn(key, made, known)
    try:
        comment = write_decision(render(made), decision)
    except ValueError as error:
        return Refuse(key=key, why=str(error), hint="Say it in fewer words.")
    patch = Patch(comment=comment)
    return Record(key=key, issue_id=remote.id, ref=remote.ref, says=says, patch=patch, decision=decision)


def _is_same_word(said: Made, made: Made) -> bool:
    """Whether the same was said before: by the same person, where one is named."""
    return made.by in ("", said.by) and replace(said, at=made.at, by="") == replace(made, by="")


def _with_labels(step: Step, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Step:
    if not isinstance(step, Record):
        return step
    return replace(step, patch=replace(step.patch, add_labels=add, remove_labels=remove))


def _has_label(remote: RemoteIssue) -> bool:
    return any(label.casefold() == WAIVED for label in remote.labels)


def _is_waiver(made: Made) -> bool:
    return isinstance(made, Waiver)
