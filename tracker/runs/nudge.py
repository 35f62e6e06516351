"""Sets up reminders: what is known, the rules of the config, and for each tracker what writes into it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from reports.incidents import build_incidents
from sync.apply import Outcome, Result
from sync.nudge_steps import Came, NudgeRules, Situation, Writing
from sync.nudger import NudgeHands, Nudger
from sync.nudging import plan_nudges
from tracker.errors import InvalidInput, NeedsAPerson, TrackError, worst_code
from tracker.runs.basis import load_basis, load_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reports.basis import Basis
    from reports.incidents import Incidents
    from sync.nudge_steps import Step
    from sync.waiting import Waiting
    from tracker.app import App
    from tracker.config import Config
    from tracker.model import Facts, ReviewHeader
    from tracker.store import Store


class NudgeRun(Struct, frozen=True, kw_only=True):
    """What came of it: an outcome for each item that was written about, and the trackers that failed."""

    outcomes: tuple[Outcome, ...] = ()
    failed: tuple[tuple[str, TrackError], ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or the code of what a person has to mend before what mends itself."""
        codes = [error.exit_code for _name, error in self.failed]
        wrong = any(outcome.result.needs_a_person for outcome in self.outcomes)
        return worst_code([*codes, NeedsAPerson.exit_code] if wrong else codes)


class Reminding:
    """The plan of one run, and what carries it out."""

    def __init__(self, app: App, store: Store, waiting: Waiting, say: Callable[[str], None]) -> None:
        self._app, self._store, self._waiting, self._say = app, store, waiting, say
        self._rules = load_rules(app.config)
        facts = store.load_facts()
        self._situation = build_situation(facts, store, app.config, app.now())
        self.steps: tuple[Step, ...] = plan_nudges(self._situation, self._rules, app.now())

    @property
    def writing(self) -> tuple[Writing, ...]:
        """The steps that write."""
        return tuple(step for step in self.steps if isinstance(step, Writing))

    def carry_out(
        self, on_outcome: Callable[[Outcome], None] = lambda _outcome: None, check: Callable[[], None] = lambda: None
    ) -> NudgeRun:
        """Write what was planned, tracker by tracker; one that fails does not stop the others."""
        outcomes: list[Outcome] = []
        failed: list[tuple[str, TrackError]] = []
        for name in dict.fromkeys(step.tracker for step in self.writing):
            adapter = self._app.adapter(self._app.config.trackers[name], self._waiting)
            hands = NudgeHands(
                store=self._store,
                adapter=adapter,
                waiting=self._waiting,
                now=self._app.now,
                say=self._say,
                check=check,
            )
            steps = [step for step in self.writing if step.tracker == name]
            try:
                for outcome in Nudger(hands, self._situation, self._rules).carry_out(steps):
                    outcomes.append(outcome)
                    on_outcome(outcome)
            except TrackError as error:
                failed.append((name, error))
        return NudgeRun(outcomes=tuple(outcomes), failed=tuple(failed))


@contextmanager
def open_reminding(app: App, say: Callable[[str], None]) -> Iterator[Reminding]:
    """A run of reminders, planned by what the store knows.

    Raises InvalidInput where the config has no `[nudge]`, AnotherRun where one is under way on this store.
    """
    if app.config.nudge is None:
        hint = f"Add `[nudge]` with `since = {app.now():%Y-%m-%d}`: what lies before that day is left in peace."
        raise InvalidInput(f"{app.config.path.name} has no [nudge]", hint)
    app.check_credentials()
    with app.lock("nudge"), app.store() as store:
        yield Reminding(app, store, app.waiting(say), say)


def load_rules(config: Config) -> NudgeRules:
    """The rules as the config says them. Raises InvalidInput where it has no `[nudge]`."""
    nudge = config.nudge
    if nudge is None:
        raise InvalidInput(f"{config.path.name} has no [nudge]", "See config.example.toml.")
    return NudgeRules(
        since=nudge.since,
        before_due=nudge.before_due,
        overdue_every=nudge.overdue_every,
        most=nudge.max_per_run,
        ask=config.on_missing != "nothing",
        reopen=config.on_missing == "reopen",
        accept=config.accept,
        zone=load_zone(config.time_zone),
        grace=config.grace,
        trackers=frozenset(config.trackers),
    )


def build_situation(facts: Facts, store: Store, config: Config, now: datetime) -> Situation:
    """What the plan depends on."""
    reviews = {review.id: review for review in facts.reviews}
    basis = load_basis(config)
    incidents = build_incidents(facts, reviews, now, basis)
    came = {
        review_id: told
        for review_id, review in reviews.items()
        if (told := count_returns(review, incidents, basis)) is not None
    }
    return Situation(items=facts.items, reviews=reviews, heard=store.load_heard(), came=came)


def count_returns(review: ReviewHeader, incidents: Incidents, basis: Basis) -> Came | None:
    """How often the class of a review's incident came back since the review; None where it has no class or no time."""
    name = basis.class_of(review.incident_class)
    since = basis.midnight(review.reviewed) if review.reviewed is not None else review.started
    if not name or since is None:
        return None
    later = [one for one in incidents.by_class.get(name, ()) if one.started >= since and review.id not in one.reviews]
    last = max((one.started for one in later), default=None)
    title = basis.titles.get(name, review.incident_class)
    return Came(
        incident_class=title,
        count=len(later),
        last=last.astimezone(basis.zone).date() if last is not None else None,
    )


def describe_run(run: NudgeRun) -> str:
    """What a run did, on one line: the problems first."""
    problems = [f"{name}: {error.message} {error.hint}" for name, error in run.failed]
    problems += [f"{o.key}: {o.result}, {o.text}" for o in run.outcomes if o.result.needs_a_person]
    done = sum(outcome.result is Result.DONE for outcome in run.outcomes)
    return "; ".join(" ".join(each.split()) for each in (*problems, f"{done} reminded"))
