"""The jobs that `track schedule` knows, by name: when each is due, and what it does.

A piece that has something to run at its hour adds one line to `JOBS`. A job whose `rule` gives None is not scheduled:
the one that delivers the report is there where the config has a `[deliver]`, the one that nudges where it has a
`[nudge]`. `weekly_rule` and `daily_rule` are theirs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sync.due import Daily, Every, Weekly
from sync.scheduler import Did

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.due import Rule
    from tracker.app import App
    from tracker.config import Config
    from tracker.runs.sync import SyncRun


class Hand(NamedTuple):
    """What a job may use: `check` between two pieces of work (raises Stop), and two ways to tell people one line.

    `warn` is for problems; `say` is for what goes on, such as a wait, and may be silent.
    """

    check: Callable[[], None]
    warn: Callable[[str], None]
    say: Callable[[str], None]


class Job(NamedTuple):
    """A job: when it is due by a config (None: it is not to run), what it does, and how much later it may start."""

    rule: Callable[[Config], Rule | None]
    work: Callable[[App, Hand], Did]
    jitter: Callable[[Config], timedelta] = lambda _config: timedelta(0)


def weekly_rule(config: Config) -> Weekly:
    """When the weekly report is due."""
    return Weekly(config.schedule.report_at.weekday, config.schedule.report_at.at)


def daily_rule(config: Config) -> Daily:
    """When reminders are due."""
    return Daily(config.schedule.nudge_at)


def _sync_rule(config: Config) -> Every:
    return Every(config.schedule.sync_every)


def _sync_jitter(config: Config) -> timedelta:
    """At most half of the time between two syncs."""
    return min(config.schedule.jitter, config.schedule.sync_every / 2)


def _sync(app: App, hand: Hand) -> Did:
    """Sync everything; a monitor is told when all went well."""
    from tracker.runs.ping import ping
    from tracker.runs.sync import sync_all

    run = sync_all(app, full=False, on_page=lambda *_progress: hand.check(), say=hand.say)
    for name, note in run.notes():
        hand.warn(f"{name}: {note}")
    if run.exit_code == 0 and (problem := ping(app)):
        hand.warn(problem)
    return Did(run.exit_code, describe_sync(run))


def describe_sync(run: SyncRun) -> str:
    """What a sync did, on one line: the problems first."""
    problems = [f"{failure.name}: {failure.error.message} {failure.error.hint}" for failure in run.failed]
    read = [f"{pulled.tracker}: {pulled.read} read" for pulled in run.pulled]
    read += [f"{feed.feed}: {feed.read} read" for feed in run.feeds]
    return "; ".join(" ".join(each.split()) for each in (*problems, *run.problems, *read))


def _report_rule(config: Config) -> Weekly | None:
    return weekly_rule(config) if config.deliver else None


def _report(app: App, hand: Hand) -> Did:
    """Deliver the weekly report. An unknown outcome fails the run that found it out, not each one after it."""
    from tracker.runs.deliver import deliver_due, describe_result

    run = deliver_due(app, say=hand.warn, check=hand.check)
    for result in run.results:
        if result.code and not result.is_news:
            hand.warn(describe_result(result))
    return Did(run.code_of_news, "; ".join(map(describe_result, run.results)))


def _nudge_rule(config: Config) -> Daily | None:
    return daily_rule(config) if config.nudge is not None else None


def _nudge(app: App, hand: Hand) -> Did:
    """Remind of what is due, by what the last sync read and one more look at each issue."""
    from tracker.runs.nudge import describe_run, open_reminding

    with open_reminding(app, hand.say) as reminding:
        run = reminding.carry_out(check=hand.check)
    return Did(run.exit_code, describe_run(run))


def _nudge_jitter(_config: Config) -> timedelta:
    """Two machines with the same hour seldom start in the same minute; the claim is for when they do."""
    return timedelta(minutes=10)


JOBS: dict[str, Job] = {
    "sync": Job(_sync_rule, _sync, _sync_jitter),
    "report": Job(_report_rule, _report),
    "nudge": Job(_nudge_rule, _nudge, _nudge_jitter),
}
"""In the order in which they run when several are due at once: what a report says is read first."""
