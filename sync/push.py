"""Pushes one review: look, plan, then (when told to) claim, look again, apply, and check that nothing exists twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sync.apply import Hands, Outcome, Result, apply_steps
from sync.identity import KnownItem, give_ids
from sync.mapping import account_of
from sync.plan import Linked, Marked, Situation, build_commitment, describe_twins, plan_push, plan_settle
from sync.port import Absent, Claim, Known, OutcomeUnknown, RemoteIssue
from sync.pull import OVERLAP, save_recalled
from sync.snapshot import build_snapshot
from sync.steps import Adopt, Create, Settle, Step, is_writing
from tracker.earlier import Earlier, find_earlier
from tracker.errors import NeedsAPerson, TrackError, TryLater
from tracker.model import EvidenceKind
from tracker.recorded import Resolution, Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.model import Commitment, Issue, Review
    from tracker.recorded import Decision
    from tracker.store import Store

CLAIM_PAUSE = 3.0
CLAIM_TRIES = 10
"""Seconds between two looks at another machine's claim, and how many looks before giving up."""

SECONDS_A_CREATE = 5


class Pusher:
    """Pushes reviews to one tracker. `kind` names the tracker's accounts in `[people]` (`github`, `jira`)."""

    def __init__(
        self,
        store: Store,
        adapter: TrackerAdapter,
        waiting: Waiting,
        now: Callable[[], datetime],
        rules: PushRules,
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._waiting = waiting
        self._now = now
        self._rules = rules
        self._server_time = now()

    @property
    def place(self) -> str:
        """The project, as people know it."""
        return self._adapter.home

    def plan(self, review: Review) -> tuple[Step, ...]:
        """The steps for a review, as things stand now. Keeps what it reads; writes nothing into the tracker."""
        return plan_push(self._look(review))

    def keep(self, review: Review) -> None:
        """Keep what the document promises, pushed or not."""
        self._store.save_document(*name_items(self._store, review, self._now()), self._now())

    def earlier(self, review: Review) -> Earlier:
        """What earlier reviews asked for that this one is about, too, as the store knows it after planning."""
        named, _promised = name_items(self._store, review, self._now())
        return find_earlier(self._store.load_facts(), named, self._now(), self._rules.accept)

    def issues(self, review: Review) -> dict[int, Issue]:
        """The issue that stands for each item, by the line of the document on which the item is."""
        known = self._store.commitments(review.id)
        named, _unclear = give_ids(review, [_known_item(marked) for marked in known.values()])
        keys = {item.line: f"{review.id}/{item.id}" for item in named.items}
        return {line: known[key][0][1] for line, key in keys.items() if key in known}

    def push(self, review: Review, shown: tuple[Step, ...]) -> Iterator[Outcome]:
        """Carry the plan out. Raises NeedsAPerson when another machine's work made more necessary than was shown."""
        self.keep(review)
        yield from self.write(review, shown)

    def write(self, review: Review, shown: tuple[Step, ...]) -> Iterator[Outcome]:
        """The same for a review that is no whole document: nothing of it is kept as what the document says."""
        creating = [step for step in shown if isinstance(step, Create | Adopt)]
        sending = timedelta(seconds=SECONDS_A_CREATE * len(creating) + self._waiting.left)
        until = self._now() + sending
        # The claim outlives the last create by the grace time: only then has one without an answer come true or never.
        claim = self._claim(review, sending + self._rules.grace) if creating else None
        try:
            yield from self._carry_out(review, shown, until)
        except TrackError:
            self._release(claim, review)
            raise
        self._release(claim, review)

    def _carry_out(self, review: Review, shown: tuple[Step, ...], until: datetime) -> Iterator[Outcome]:
        """Look again, whoever held what meanwhile: between the plan and a person's yes there may be minutes."""
        steps = self.plan(review)
        _refuse_more_than_shown(review, shown, steps)
        hands = Hands(store=self._store, adapter=self._adapter, waiting=self._waiting, now=self._now, until=until)
        began = self._server_time
        unknown: list[Outcome] = []
        try:
            for outcome in apply_steps(hands, steps):
                if outcome.result is Result.UNKNOWN:
                    unknown.append(outcome)
                else:
                    yield outcome
            seen = self._catch_up(began - OVERLAP) if any(is_writing(step) for step in steps) else {}
            if unknown:
                seen |= self._recall(review)
        except TrackError:
            yield from unknown
            raise
        created = {step.key for step in steps if isinstance(step, Create)}
        known = self._store.commitments(review.id)
        for outcome in unknown:
            is_found = outcome.key in created and outcome.key in known
            yield _found(outcome, known[outcome.key][0][1]) if is_found else outcome
        twins = {key: _marked(known[key], seen) for key in sorted(created.intersection(known))}
        yield from self._settle(hands, twins, began)

    def _settle(self, hands: Hands, twins: Mapping[str, tuple[Marked, ...]], began: datetime) -> Iterator[Outcome]:
        """Close what another machine and this one both created; say it, too, where the other one was quicker."""
        settle: list[Step] = []
        for key, marked in twins.items():
            settle += plan_settle(key, marked)
            keep = marked[0].issue
            for note in describe_twins(key, marked):
                yield Outcome(key=key, result=Result.DONE, text=note, ref=keep.ref, url=keep.url)
        yield from apply_steps(hands, tuple(settle))
        if settle:
            self._catch_up(began - OVERLAP)

    def _look(self, review: Review) -> Situation:
        """Everything the decision depends on, from the store, the tracker and the config."""
        store, now = self._store, self._now()
        watermark = store.sync_state(self._adapter.name).watermark
        # A create without an answer is looked for from when it was sent: a sync may have passed over it since.
        since = min([watermark, *store.intents().values()]) - OVERLAP if watermark else None
        self._catch_up(since)
        fresh = {**self._read(review), **self._recall(review)}
        known = store.commitments(review.id)
        named, unclear = give_ids(review, [_known_item(marked) for marked in known.values()])
        linked = self._find_links(named, known)
        known = store.commitments(review.id)
        return Situation(
            review=named,
            now=now,
            grace=self._rules.grace,
            ambiguous=unclear,
            known={key: _marked(marked, fresh) for key, marked in known.items()},
            linked={key: link for key, link in linked.items() if key not in known},
            intents=store.intents(),
            accounts=self._accounts(named, known),
            unmarked=store.unmarked(self._adapter.name),
            slo=self._rules.slo,
            place=self._adapter.home,
            drops={key: why for key, why in self._rules.drops.items() if key.startswith(f"{review.id}/")},
            gone=_gone(store.decisions(review.id)),
            again=self._rules.again,
        )

    def _catch_up(self, since: datetime | None) -> dict[str, RemoteIssue]:
        """Read what changed into the store, without moving the sync's watermark."""
        seen: dict[str, RemoteIssue] = {}
        for page in self._adapter.pages(since, counted=False):
            self._server_time = page.server_time
            self._keep(page.issues)
            if since is not None:
                seen.update((remote.id, remote) for remote in page.issues)
        return seen

    def _recall(self, review: Review) -> dict[str, RemoteIssue]:
        """Before anything new is created, look where lists do not: the label may be off, the issue moved."""
        named, _promised = name_items(self._store, review, self._now())
        known = self._store.commitments(review.id)
        keys = {f"{review.id}/{item.id}" for item in named.items}
        if keys <= known.keys() and not keys & self._rules.again:
            return {}
        return {remote.id: remote for remote in save_recalled(self._store, self._adapter, self._now())}

    def _read(self, review: Review) -> dict[str, RemoteIssue]:
        """The review's issues as they are this moment, wherever they moved."""
        issues = [issue for marked in self._store.commitments(review.id).values() for _c, issue in marked]
        found = self._adapter.fetch([Known(id=issue.id, ref=issue.ref) for issue in issues]) if issues else ()
        remotes = [remote for remote in found if not isinstance(remote, Absent)]
        self._keep(tuple(remotes))
        return {remote.id: remote for remote in remotes}

    def _keep(self, remotes: tuple[RemoteIssue, ...]) -> None:
        snapshots = [build_snapshot(remote, self._adapter.name) for remote in remotes]
        self._store.save_snapshots(snapshots, self._now())

    def _find_links(
        self, review: Review, known: Mapping[str, tuple[tuple[Commitment, Issue], ...]]
    ) -> dict[str, Linked]:
        """The issues that rows without a known issue point at."""
        linked: dict[str, Linked] = {}
        for item in review.items:
            key = f"{review.id}/{item.id}"
            if key in known or not item.issues:
                continue
            found = ((link, self._adapter.find(link)) for link in item.issues)
            link, remote = next(((link, remote) for link, remote in found if remote), (item.issues[0], None))
            if remote is not None and build_snapshot(remote, self._adapter.name).commitments:
                self._keep((remote,))
            earlier = self._store.commitments_on(remote.id) if remote else ()
            linked[key] = Linked(link=link, remote=remote, earlier=earlier)
        return linked

    def _accounts(self, review: Review, known: Mapping[str, tuple[tuple[Commitment, Issue], ...]]) -> dict[str, str]:
        """The owners of this review, before and now, that can be assigned."""
        before = [commitment.item.owner for marked in known.values() for commitment, _issue in marked]
        owners = {owner for owner in (*before, *(item.owner for item in review.items)) if owner}
        names = {owner: account_of(owner, self._rules.people, self._rules.kind) for owner in sorted(owners)}
        wanted = sorted({name for name in names.values() if name})
        if not wanted:
            return {}
        # An e-mail may take a search for people: what it led to is kept, and only asked whether it can be assigned.
        tracker = self._adapter.name
        meant = {name: name for name in wanted} | self._store.accounts(tracker, wanted)
        found = self._adapter.people(sorted(set(meant.values())))
        accounts = {name: found[account] for name, account in meant.items() if account in found}
        self._store.remember_accounts(
            tracker, {name: account for name, account in accounts.items() if "@" in name and account != meant[name]}
        )
        return {owner: accounts[name] for owner, name in names.items() if name and name in accounts}

    def _claim(self, review: Review, hold: timedelta) -> Claim:
        """Keep other machines from creating the same items: the tracker itself hands the claim to one of us."""
        name = f"follow-through-claim:{hashlib.sha256(review.id.encode()).hexdigest()[:16]}"
        holder = self._store.machine()
        for _try in range(CLAIM_TRIES):
            try:
                claim = self._adapter.claim(name, holder, int(hold.total_seconds()))
            except OutcomeUnknown as lost:  # if it was carried out it is ours, and taken again
                busy = TryLater(f"{lost.message}; no item was sent", "Push again in a few minutes.")
            else:
                if claim.holder == holder:
                    return claim
                busy = TryLater(
                    f"another machine is pushing {review.id} (it said so until {claim.until:%H:%M} UTC)",
                    "Push again when it is finished: nothing will be created twice.",
                )
            self._waiting.pause(CLAIM_PAUSE, busy)
        raise busy

    def _release(self, claim: Claim | None, review: Review) -> None:
        """Give the claim back, unless an outcome is unknown: then it keeps other machines off for the grace time."""
        if claim is None or self._is_unsure(review):
            return
        try:
            self._adapter.release(claim)
        except TrackError as error:
            self._rules.say(
                f"the claim on this review could not be given back ({error.message}); it runs out by itself"
            )

    def _is_unsure(self, review: Review) -> bool:
        """Whether a create of this review may still come true."""
        recent = self._now() - self._rules.grace
        return any(key.startswith(f"{review.id}/") and at > recent for key, at in self._store.intents().items())


class PushRules(Struct, frozen=True, kw_only=True):
    """What the config says about pushing; `say` takes what a person should hear on the way.

    `drops` are the reasons for items that are dropped, by key, and `again` the items whose lost issue is created again.
    """

    grace: timedelta
    kind: str
    people: Mapping[str, Mapping[str, str]] = {}
    slo: Mapping[str, timedelta] = {}
    drops: Mapping[str, str] = {}
    again: frozenset[str] = frozenset()
    accept: frozenset[EvidenceKind] = frozenset(EvidenceKind)
    say: Callable[[str], None] = lambda _message: None


def name_items(store: Store, review: Review, now: datetime) -> tuple[Review, tuple[Commitment, ...]]:
    """The document with an id on every clear item, and what it promises, as kept before any issue stands for it."""
    known = store.commitments(review.id)
    named, _unclear = give_ids(review, [_known_item(marked) for marked in known.values()])
    promised = [(build_commitment(named, item, now, None), item.status) for item in named.items]
    return named, tuple(replace(c, item=replace(c.item, status=said)) for c, said in promised)


def _gone(decisions: Mapping[str, tuple[Decision, ...]]) -> dict[str, str]:
    """The items whose issue is gone on purpose, unless something else was decided since, and why."""
    last = {
        key: [each.made for each in made if isinstance(each.made, Resolution)][-1:] for key, made in decisions.items()
    }
    return {key: made[0].note for key, made in last.items() if made and made[0].how is Resolved.GONE}


def _refuse_more_than_shown(review: Review, shown: tuple[Step, ...], steps: tuple[Step, ...]) -> None:
    """Settling is by rule and needs no yes; anything else that was not shown does."""
    agreed = {(type(step), step.key) for step in shown}
    more = [step.key for step in steps if is_writing(step) and (type(step), step.key) not in agreed]
    if more and not all(isinstance(step, Settle) for step in steps if is_writing(step) and step.key in more):
        raise NeedsAPerson(
            f"{review.id}: the tracker changed since the plan was shown ({', '.join(sorted(set(more)))})",
            "Nothing was written. Push again to see the new plan.",
        )


def _known_item(marked: tuple[tuple[Commitment, Issue], ...]) -> KnownItem:
    commitment = marked[0][0]
    issues = [issue for _commitment, issue in marked]
    short = (f"#{issue.number}" for issue in issues if "#" in issue.ref)
    links = frozenset((*short, *(link for issue in issues for link in (issue.url, issue.ref))))
    return KnownItem(id=commitment.item.id, title=commitment.item.title, links=links)


def _marked(marked: tuple[tuple[Commitment, Issue], ...], fresh: Mapping[str, RemoteIssue]) -> tuple[Marked, ...]:
    return tuple(Marked(commitment=c, issue=issue, remote=fresh.get(issue.id)) for c, issue in marked)


def _found(outcome: Outcome, issue: Issue) -> Outcome:
    return Outcome(
        key=outcome.key,
        result=Result.DONE,
        text="created (the answer was lost; the issue was found by its marker)",
        ref=issue.ref,
        url=issue.url,
    )
