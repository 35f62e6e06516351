"""Delivers the weekly report: plan, keep the intent, send, keep what came of it. Each target stands for itself.

No transaction of the store spans the sending. A process that is killed in between leaves the intent, and the next run
says that nobody knows what came of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from reports.deliver.plan import ASKED_AGAIN, LOOKED_UP, Done, Goal, Send, Step, Unsure, plan_week, week_of
from reports.deliver.sent import Uncertain
from sync.due import Weekly, following, latest
from tracker.errors import InvalidInput, NeedsAPerson, TrackError, TryLater, UsageProblem, worst_code
from tracker.runs.basis import load_zone
from tracker.runs.couriers import Brought, Couriers, describe_place
from tracker.runs.posting import Elsewhere, release_claim, take_claim
from tracker.store.deliveries import Came, Delivery, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sync.port import Claim, TrackerAdapter
    from tracker.app import App
    from tracker.config import Target
    from tracker.store import Store


class Result(Struct, frozen=True, kw_only=True):
    """What became of a target: one of `planned`, `delivered`, `partly`, `already`, `elsewhere`, `unknown`, `failed`.

    `code` is the exit code it asks for; `is_news` is False for an unknown outcome that was said before.
    """

    step: Step
    result: str
    detail: str = ""
    hint: str = ""
    code: int = 0
    is_news: bool = True


class DeliverRun(Struct, frozen=True, kw_only=True):
    """What a run did, target by target."""

    week: date
    results: tuple[Result, ...]

    @property
    def exit_code(self) -> int:
        """The worst of them."""
        return worst_code(each.code for each in self.results)

    @property
    def code_of_news(self) -> int:
        """The worst of what this run found out: an unknown outcome is a failure once, not each time."""
        return worst_code(each.code for each in self.results if each.is_news)


def plan_deliveries(app: App, names: Sequence[str] = (), again: Collection[str] = ()) -> DeliverRun:
    """What `deliver` would do now, for the targets named, or for all; nothing is sent or kept.

    Raises InvalidInput where the config has no target, UsageProblem for a name that is none.
    """
    chosen = _choose(app, [*names, *again])
    with app.store() as store:
        week, steps = _plan(app, store, chosen, again, None)
    return DeliverRun(week=week, results=tuple(map(_planned, steps)))


def deliver(
    app: App,
    names: Sequence[str] = (),
    again: Collection[str] = (),
    *,
    moment: datetime | None = None,
    say: Callable[[str], None],
    check: Callable[[], None] = lambda: None,
) -> DeliverRun:
    """Deliver what is due. Raises AnotherRun where a delivery is under way on this store.

    `check` is asked before each target, and may raise Stop: what was delivered until then is kept.
    """
    chosen = _choose(app, [*names, *again])
    with app.lock("deliver"), app.store() as store:
        week, steps = _plan(app, store, chosen, again, moment)
        couriers = Couriers(app, store.machine(), say)
        results = []
        for step in steps:
            check()
            results.append(_carry_out(app, store, couriers, step, say))
    return DeliverRun(week=week, results=tuple(results))


def deliver_due(
    app: App, *, say: Callable[[str], None] = lambda _message: None, check: Callable[[], None] = lambda: None
) -> DeliverRun:
    """What the scheduler runs each week: the report of the week in which it was last due, though it may be later."""
    moment = latest(_rule(app), app.now(), load_zone(app.config.time_zone))
    return deliver(app, moment=moment, say=say, check=check)


def _rule(app: App) -> Weekly:
    return Weekly(app.config.schedule.report_at.weekday, app.config.schedule.report_at.at)


def note_arrived(app: App, names: Sequence[str]) -> DeliverRun:
    """Keep what a person saw: that this week's report has arrived at the targets named."""
    chosen = _choose(app, names)
    with app.lock("deliver"), app.store() as store:
        week, steps = _plan(app, store, chosen, (), None)
        now = app.now()
        for step in steps:
            if not isinstance(step, Done):
                detail = "a person saw that it arrived"
                store.save_delivery(Delivery(slot=step.slot, begun=now, ended=now, came=Came.DELIVERED, detail=detail))
        _week, steps = _plan(app, store, chosen, (), None)
    return DeliverRun(week=week, results=tuple(_already(step) for step in steps if isinstance(step, Done)))


def describe_result(result: Result) -> str:
    """What became of a target, on one line, without what to do about it."""
    goal, step = result.step.goal, result.step
    why = f" ({step.why})" if isinstance(step, Send) and step.why else ""
    detail = f": {result.detail}" if result.detail else ""
    match result.result:
        case "planned":
            verb = "would look for" if isinstance(step, Send) and step.look_only else "would deliver"
            said = f"{verb} {goal.where}{why}"
        case "delivered":
            said = f"delivered as {goal.where}{detail}"
        case "already":
            on = f" on {step.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(step, Done) else ""
            said = f"delivered already{on} as {goal.where}{detail}"
        case "partly":
            said = f"delivered in part as {goal.where}{detail}"
        case "unknown":
            said = f"nobody knows whether {goal.where} arrived{detail}"
        case "elsewhere":
            said = f"not delivered from here as {goal.where}{detail}"
        case _:
            said = f"not delivered as {goal.where}{detail}"
    return f"{goal.name}: {said}"


def _choose(app: App, names: Sequence[str]) -> dict[str, Target]:
    targets = app.config.deliver
    if not targets:
        hint = "Add a `[deliver.NAME]`: see config.example.toml, or docs/deliver.md."
        raise InvalidInput(f"{app.config.path.name} names no target for the report", hint)
    for name in names:
        if name not in targets:
            close = get_close_matches(name, targets, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There is: {', '.join(targets)}."
            raise UsageProblem(f"no target is called {name}", hint)
    return {name: target for name, target in targets.items() if name in names or not names}


def _plan(
    app: App, store: Store, chosen: dict[str, Target], again: Collection[str], moment: datetime | None
) -> tuple[date, tuple[Step, ...]]:
    config, now = app.config, app.now()
    week = week_of(moment or now, load_zone(config.time_zone), config.week_starts)
    goals = [
        Goal(name=name, to=target.to, team=target.team, where=describe_place(target)) for name, target in chosen.items()
    ]
    known = store.deliveries(week)
    return week, plan_week(goals, week, known, now, again=frozenset(again), grace=config.grace)


def _carry_out(app: App, store: Store, couriers: Couriers, step: Step, say: Callable[[str], None]) -> Result:
    match step:
        case Done():
            return _already(step)
        case Unsure():
            return _unsure(store, step)
    try:
        with _claimed(app, couriers, step, say):
            return _send(app, store, couriers, step)
    except Elsewhere as error:
        return _elsewhere(step, error)
    except TrackError as error:
        return Result(step=step, result="failed", detail=error.message, hint=error.hint, code=error.exit_code)


def _elsewhere(step: Send, error: Elsewhere) -> Result:
    """Whoever took the week sees it through. A comment is a matter of minutes: whether it came is looked up later."""
    if step.goal.to not in LOOKED_UP:
        return Result(step=step, result="elsewhere", detail=error.message)
    hint = "`track deliver` looks whether it came, and writes it where that machine did not."
    return Result(step=step, result="elsewhere", detail=error.message, hint=hint, code=error.exit_code)


def _planned(step: Step) -> Result:
    match step:
        case Done():
            return _already(step)
        case Unsure():
            return Result(step=step, result="unknown", detail=step.detail, hint=_look(step.slot))
        case Send():
            return Result(step=step, result="planned")


def _already(step: Done) -> Result:
    return Result(step=step, result="already", detail=step.detail)


def _unsure(store: Store, step: Unsure) -> Result:
    if step.is_new:
        store.save_delivery(Delivery(slot=step.slot, begun=step.since, came=Came.UNKNOWN, detail=step.detail))
    code = NeedsAPerson.exit_code
    return Result(
        step=step, result="unknown", detail=step.detail, hint=_look(step.slot), code=code, is_news=step.is_new
    )


def _look(slot: Slot) -> str:
    return (
        f"Look whether it arrived. If it did: `track deliver --arrived {slot.target}`. "
        f"If not: `track deliver --again {slot.target}`."
    )


def _send(app: App, store: Store, couriers: Couriers, step: Send) -> Result:
    """The intent is kept before anything is sent, and what came of it after."""
    send = couriers.prepare(app.config.deliver[step.slot.target], step)
    last = Delivery(slot=step.slot, begun=app.now(), left=step.only)
    if step.look_only and step.since is not None:  # nothing is sent, so the time of the last try stands
        last = msgspec.structs.replace(last, begun=step.since, came=Came.UNKNOWN)
    store.save_delivery(last)
    try:
        brought = send()
    except Uncertain as error:
        _keep(store, last, Came.UNKNOWN, error.message)
        code = TryLater.exit_code if step.look_only else error.exit_code
        hint = error.hint or _look(step.slot)
        return Result(step=step, result="unknown", detail=error.message, hint=hint, code=code)
    except TrackError as error:
        if not step.look_only:
            _keep(store, last, Came.FAILED, error.message, ended=app.now())
        raise
    return _brought(app, store, last, step, brought)


def _brought(app: App, store: Store, last: Delivery, step: Send, brought: Brought) -> Result:
    if not brought.refused:
        _keep(store, last, Came.DELIVERED, brought.detail, ended=app.now())
        return Result(step=step, result="delivered", detail=brought.detail)
    from reports.deliver.mail import describe_refused

    detail = f"refused: {describe_refused(brought.refused)}"
    left = tuple(each.address for each in brought.refused if each.for_now)
    _keep(store, last, Came.PARTLY, detail, ended=app.now(), left=left)
    hint = "The others have it. "
    hint += "Those refused for now are tried again by the next run." if left else "Correct `addresses` in the config."
    code = TryLater.exit_code if len(left) == len(brought.refused) else NeedsAPerson.exit_code
    return Result(step=step, result="partly", detail=detail, hint=hint, code=code)


def _keep(
    store: Store,
    last: Delivery,
    came: Came,
    detail: str,
    *,
    ended: datetime | None = None,
    left: tuple[str, ...] | None = None,
) -> None:
    left = left if left is not None else last.left if came in (Came.FAILED, Came.UNKNOWN) else ()
    store.save_delivery(msgspec.structs.replace(last, came=came, detail=detail, ended=ended, left=left))


@contextmanager
def _claimed(app: App, couriers: Couriers, step: Send, say: Callable[[str], None]) -> Iterator[None]:
    """Where the target names a tracker for it: take the week there, so that of several hosts one delivers.

    Raises Elsewhere where another has taken it. Given back where nothing was sent; else it runs out with the week.
    """
    target = app.config.deliver[step.slot.target]
    named = getattr(target, "claim", "")
    if not named or step.why == ASKED_AGAIN:
        yield
        return
    adapter, claim = _take(app, couriers, named, step)
    try:
        yield
    except TrackError:
        release_claim(adapter, claim, say)
        raise


def _take(app: App, couriers: Couriers, named: str, step: Send) -> tuple[TrackerAdapter, Claim]:
    adapter = couriers.adapter(app.config.trackers[named])
    now, zone = app.now(), load_zone(app.config.time_zone)
    end = datetime.combine(step.slot.week + timedelta(days=7), time(), zone)  # whoever delivers by hand, any day of it
    until = max(end, following(_rule(app), now, zone))
    seconds = int((until - now).total_seconds())
    return adapter, take_claim(adapter, step.slot, couriers.machine, seconds)
