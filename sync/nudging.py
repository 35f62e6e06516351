"""Decides who is reminded of what. Pure: what is known, the rules and the time go in, typed steps come out.

An occasion has a day that follows from the promise alone: so long before the due date, so long after it, a day after a
close. So all machines see the same occasions, whatever they ran when, and what was missed is made up once: of an item
only its latest occasion counts.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from sync.nudge_steps import DUE_SOON, NO_EVIDENCE, OVERDUE, Ask, AskForEvidence, Nudge, Quiet
from sync.nudge_words import render_ask, render_nudge
from tracker.model import Status
from tracker.recorded import Waiver
from tracker.rules import accepted_evidence, follow_due, in_force, standing_at, waiver_at
from tracker.store.nudges import Heard, Occasion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.nudge_steps import NudgeRules, Situation, Step, Writing
    from tracker.model import Snapshot, TrackedItem
    from tracker.recorded import Nudged

PATIENCE = timedelta(days=1)
"""How long after a close nobody is asked: people close first and link the evidence then."""

MOST_ASKS = 2
"""How often one item is asked for evidence, however often it is closed: nobody argues with a program."""

REOPENING = timedelta(days=7)
"""How long after asking it is tried to open the issue again, where that was cut off or turned away."""

TOGETHER = 20
"""How many items one comment names."""


class Due(NamedTuple):
    """The name of an occasion, its day, and what it belongs to; one that `is_said` has its issue left to open again."""

    name: str
    day: date
    of: str
    is_said: bool = False


def plan_nudges(situation: Situation, rules: NudgeRules, now: datetime) -> tuple[Step, ...]:
    """The comments to write, the longest overdue first, then why the other items are left in peace."""
    asks: dict[str, list[Ask]] = {}
    quiet: list[Step] = []
    for tracked in situation.items:
        decided = _decide(tracked, situation.heard, rules, now)
        if isinstance(decided, Quiet):
            quiet.append(decided)
        elif tracked.issue is not None:
            asks.setdefault(tracked.issue.id, []).append(_with_words(tracked, decided, situation))
    groups = sorted(asks.values(), key=lambda group: (min(ask.day for ask in group), group[0].tracked.key))
    writing = [_compose(group[:TOGETHER], rules, now) for group in groups[: rules.most]]
    waiting = [ask for group in groups[: rules.most] for ask in group[TOGETHER:]]
    waiting += [ask for group in groups[rules.most :] for ask in group]
    return (
        *writing,
        *(_quiet(ask.tracked, f"its turn is in the next run ({rules.most} a run)") for ask in waiting),
        *quiet,
    )


def freshen(tracked: TrackedItem, snapshot: Snapshot) -> TrackedItem:
    """The item with what its issue says now; the promise and the incident stay as they are known."""
    decided = (each.made for each in snapshot.decisions if each.item == tracked.key)
    waivers = dict.fromkeys((*tracked.waivers, *(made for made in decided if isinstance(made, Waiver))))
    fresh = replace(
        tracked,
        issue=snapshot.issue,
        transitions=snapshot.transitions,
        evidence=snapshot.evidence,
        waivers=in_force(tuple(sorted(waivers, key=lambda waiver: waiver.at))),
    )
    return follow_due(fresh, snapshot.due_moves)


def hear(heard: Heard, snapshot: Snapshot) -> Heard:
    """What is known of reminders, with what one issue says now."""
    issue_id = snapshot.issue.id
    answered = {key: at for key, at in heard.answered.items() if key != issue_id}
    if snapshot.answered is not None:
        answered[issue_id] = snapshot.answered
    return Heard(
        said={**heard.said, issue_id: snapshot.nudges}, answered=answered, pushed=heard.pushed, sent=heard.sent
    )


def _decide(tracked: TrackedItem, heard: Heard, rules: NudgeRules, now: datetime) -> Due | Quiet:
    issue = tracked.issue
    if issue is None:
        return _quiet(tracked, "no issue stands for it")
    if issue.tracker not in rules.trackers:
        return _quiet(tracked, f"its tracker {issue.tracker} is not in the config")
    if issue.strikes:
        return _quiet(tracked, "its issue could not be read at the last sync")
    status, since = standing_at(tracked, now)
    if status.is_live:
        return _decide_due(tracked, heard, rules, now)
    if status is Status.DONE and since is not None and not accepted_evidence(tracked, now, rules.accept):
        return _decide_proof(tracked, since, heard, rules, now)
    return _quiet(tracked, "done with evidence" if status is Status.DONE else str(status))


def _decide_due(tracked: TrackedItem, heard: Heard, rules: NudgeRules, now: datetime) -> Due | Quiet:
    """Whether an open item has an occasion by its due date that nobody was reminded of yet."""
    due, today = tracked.item.due, now.astimezone(rules.zone).date()
    if due is None:
        return _quiet(tracked, "it has no due date")
    waiver = waiver_at(tracked, now, today)
    if waiver is not None:
        return _quiet(tracked, f"it is waived until {waiver.until}")
    latest = latest_occasion(due, today, rules)
    if latest is None:
        return _quiet(tracked, f"it is due on {due}")
    pushed = heard.pushed.get(tracked.key)
    if pushed is not None and latest.day <= pushed.astimezone(rules.zone).date():
        return _quiet(tracked, "it was pushed since its last occasion")
    if latest.day < rules.since:
        return _quiet(tracked, f"its last occasion was before {rules.since}, from which on anybody is reminded")
    said = _said(tracked, heard)
    mine = [each for each in said if each.item == tracked.key and each.of == latest.of]
    return (
        _answered(tracked, mine, heard)
        or _given(tracked, [each for each in mine if each.occasion == latest.name])
        or _too_soon(tracked, said, latest, rules, today)
        or _unsure(tracked, Occasion(tracked.key, latest.name, latest.of), heard, rules, now)
        or latest
    )


def _decide_proof(
    tracked: TrackedItem, closed: datetime, heard: Heard, rules: NudgeRules, now: datetime
) -> Due | Quiet:
    """Whether an item that was closed without evidence is asked for it: once a close."""
    day = closed.astimezone(rules.zone).date()
    if not rules.ask:
        return _quiet(tracked, "closed without evidence, and nobody is asked for it")
    if day < rules.since:
        return _quiet(tracked, f"it was closed before {rules.since}, from which on anybody is asked")
    if closed <= tracked.committed:
        return _quiet(tracked, "it was closed before it was promised")
    if now - closed < PATIENCE:
        return _quiet(tracked, "it was closed within the last day")
    mine = [each for each in _said(tracked, heard) if each.item == tracked.key and each.occasion == NO_EVIDENCE]
    given = [each for each in mine if each.at >= closed]
    if rules.reopen and given and now - given[-1].at < REOPENING and not _answered(tracked, mine, heard):
        return Due(NO_EVIDENCE, day, closed.isoformat(), is_said=True)
    if len(mine) >= MOST_ASKS:
        return _quiet(tracked, f"it was asked for evidence {MOST_ASKS} times")
    return (
        _given(tracked, given)
        or _answered(tracked, mine, heard)
        or _unsure(tracked, Occasion(tracked.key, NO_EVIDENCE, closed.isoformat()), heard, rules, now)
        or Due(NO_EVIDENCE, day, closed.isoformat())
    )


def latest_occasion(due: date, today: date, rules: NudgeRules) -> Due | None:
    """The last occasion up to today that a due date gives; None before the first one.

    The intervals after the due date grow: one, then two, then four, and four from then on. So the Nth occasion is 1, 3,
    7, 11, 15 … intervals after it.
    """
    every = rules.overdue_every.days
    passed = (today - due).days // every
    if passed >= 1:
        number = 1 if passed < 3 else 2 + (passed - 3) // 4
        intervals = 1 if number == 1 else 3 + 4 * (number - 2)
        return Due(f"{OVERDUE}{number}", due + timedelta(days=intervals * every), due.isoformat())
    soon = due - timedelta(days=rules.before_due.days)
    return Due(DUE_SOON, soon, due.isoformat()) if soon <= today <= due else None


def _said(tracked: TrackedItem, heard: Heard) -> tuple[Nudged, ...]:
    return heard.said.get(tracked.issue.id, ()) if tracked.issue is not None else ()


def _given(tracked: TrackedItem, same: Sequence[Nudged]) -> Quiet | None:
    if not same:
        return None
    return _quiet(tracked, f"that was said on {max(each.at for each in same):%Y-%m-%d}")


def _answered(tracked: TrackedItem, mine: Sequence[Nudged], heard: Heard) -> Quiet | None:
    """A person wrote something after the last reminder."""
    at = heard.answered.get(tracked.issue.id) if tracked.issue is not None else None
    if at is None or not mine or at <= max(each.at for each in mine):
        return None
    return _quiet(tracked, f"a person answered on {at:%Y-%m-%d}")


def _too_soon(
    tracked: TrackedItem, said: Sequence[Nudged], latest: Due, rules: NudgeRules, today: date
) -> Quiet | None:
    """Reminders keep their distance: those of one item, and where it is overdue all those of its issue."""
    is_soon = latest.name == DUE_SOON
    distance = rules.before_due if is_soon else rules.overdue_every
    near = [each.at for each in said if each.item == tracked.key or not is_soon]
    last = max((at.astimezone(rules.zone).date() for at in near), default=None)
    if last is None or today - last >= distance:
        return None
    return _quiet(tracked, f"its issue was written on {last}")


def _unsure(tracked: TrackedItem, occasion: Occasion, heard: Heard, rules: NudgeRules, now: datetime) -> Quiet | None:
    """It was sent from here, and what came of it is not known yet, or cannot be read back."""
    sent = heard.sent.get(occasion)
    if sent is None or not (sent.accepted or now - sent.at < rules.grace):
        return None
    why = "cannot be read back" if sent.accepted else "no answer came: it is looked for"
    return _quiet(tracked, f"it was sent at {sent.at:%Y-%m-%d %H:%M} UTC, and {why}")


def _with_words(tracked: TrackedItem, decided: Due, situation: Situation) -> Ask:
    """The occasion with what is to be said of it."""
    return Ask(
        tracked=tracked,
        occasion=Occasion(tracked.key, decided.name, decided.of),
        day=decided.day,
        header=situation.reviews.get(tracked.review_id),
        came=situation.came.get(tracked.review_id),
        is_said=decided.is_said,
    )


def _compose(asks: Sequence[Ask], rules: NudgeRules, now: datetime) -> Writing:
    """One comment for the items of one issue."""
    issue = asks[0].tracked.issue
    if issue is None:
        raise ValueError(f"{asks[0].tracked.key} has no issue to remind")
    unsaid = [ask for ask in asks if not ask.is_said]  # with nothing left to say, the issue is opened again alone
    occasions = tuple(ask.occasion for ask in unsaid or asks)
    if asks[0].occasion.name == NO_EVIDENCE:
        return AskForEvidence(
            tracker=issue.tracker,
            issue_id=issue.id,
            ref=issue.ref,
            url=issue.url,
            occasions=occasions,
            comment=render_ask(unsaid, reopens=rules.reopen) if unsaid else "",
            reopen=rules.reopen,
        )
    return Nudge(
        tracker=issue.tracker,
        issue_id=issue.id,
        ref=issue.ref,
        url=issue.url,
        occasions=occasions,
        comment=render_nudge(asks, now.astimezone(rules.zone).date()),
    )


def _quiet(tracked: TrackedItem, because: str) -> Quiet:
    return Quiet(key=tracked.key, because=because, ref=tracked.issue.ref if tracked.issue else "")
