"""`track doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from tracker.cli.say import say_json, warn
from tracker.errors import InvalidInput, NotAuthorised, TrackError, UsageProblem
from tracker.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from sync.port import TrackerAdapter
    from tracker.app import App
    from tracker.config import Feed, Tracker
    from tracker.store.journal import SyncState


PATIENCE = 10.0
"""Seconds to wait for a tracker in all: somebody is watching."""


class Line(Struct, frozen=True, kw_only=True):
    """One line of the doctor's report; `code` is the exit code it would have where it is not ok."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""
    code: int = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.option(
    "--freshness",
    metavar="AGE",
    help="Only ask whether the last good sync of each tracker and feed is younger than this (1h); asks no tracker.",
)
@click.pass_obj
def command(app: App, as_json: bool, freshness: str | None) -> None:
    """Check config, credentials, permissions, feeds, store and freshness; each failing line says what to do.

    \b
    Example:
      track doctor
      track doctor --freshness 1h
    """
    lines = []
    for line in _examine(app) if freshness is None else _examine_freshness(app, _age(freshness)):
        lines.append(line)
        if not as_json:
            _say(line)
    if as_json:
        say_json({"checks": lines})
    bad = [line.code for line in lines if not line.ok]
    if not bad and not as_json:
        click.echo("All is well.")
    raise click.exceptions.Exit(max(bad, default=0))


def _age(text: str) -> timedelta:
    """A duration as the config writes it: `30m`, `1h`, `2d`. Raises UsageProblem."""
    from tracker.config.values import Setting, Unfit, parse_duration

    try:
        return parse_duration(text, Setting(folder=Path(), found=False))
    except Unfit as unfit:
        raise UsageProblem(f"--freshness: {unfit.message}", "For example: --freshness 1h") from unfit


def _say(line: Line) -> None:
    first, *more = line.detail.splitlines() or [""]
    click.echo(f"{'ok  ' if line.ok else 'FAIL'}  {plain(line.name)}: {plain(first)}")
    for text in more:
        click.echo(f"        {plain(text)}")
    if not line.ok:
        for hint in line.hint.splitlines():
            click.echo(f"      → {plain(hint)}")


def _examine(app: App) -> Iterator[Line]:
    try:
        config = app.config
    except InvalidInput as error:
        yield Line(name="config", ok=False, detail=error.message, hint=error.hint, code=error.exit_code)
        return
    yield Line(name="config", ok=True, detail=str(config.path))
    if not config.trackers:
        hint = "Add a `[trackers.NAME]`: see config.example.toml."
        yield Line(name="trackers", ok=False, detail="the config names none", hint=hint, code=InvalidInput.exit_code)
    for tracker in config.trackers.values():
        yield from _examine_tracker(app, tracker)
    yield from _examine_store(app)
    yield from _examine_targets(app)


def _examine_tracker(app: App, tracker: Tracker) -> Iterator[Line]:
    """The tracker, then its feeds."""
    try:
        adapter = app.adapter(tracker, app.waiting(warn, at_most=PATIENCE))
    except TrackError as error:
        name = f"{tracker.name}: credentials"
        yield Line(name=name, ok=False, detail=error.message, hint=error.hint, code=error.exit_code)
        return
    yield from _examine_access(tracker, adapter)
    for feed in app.config.feeds.values():
        if feed.tracker == tracker.name:
            yield from _examine_feed(feed, adapter)


def _examine_feed(feed: Feed, adapter: TrackerAdapter) -> Iterator[Line]:
    from sync.feed_checks import check_feed
    from sync.incident_mapping import query_of

    name = f"incidents.{feed.name}"
    try:
        sample = adapter.sample(query_of(feed))
    except TrackError as error:
        yield Line(name=f"{name}: query", ok=False, detail=error.message, hint=error.hint, code=error.exit_code)
        return
    for check in check_feed(feed, sample):
        yield Line(name=f"{name}: {check.name}", ok=check.ok, detail=check.detail, hint=check.hint)


def _examine_access(tracker: Tracker, adapter: TrackerAdapter) -> Iterator[Line]:
    for check in adapter.check():
        yield Line(
            name=f"{tracker.name}: {check.name}",
            ok=check.ok,
            detail=check.detail,
            hint=check.hint,
            code=NotAuthorised.exit_code,
        )


def _examine_store(app: App) -> Iterator[Line]:
    try:
        with app.store() as store:
            verdict, states = store.check(), [store.sync_state(name) for name in app.config.trackers]
            feeds = [store.feed_state(name) for name in app.config.feeds]
    except InvalidInput as error:
        yield Line(name="store", ok=False, detail=error.message, hint=error.hint, code=error.exit_code)
        return
    hint = "Move it away and run `track sync --full`: the trackers and the review documents rebuild it."
    yield Line(name="store", ok=verdict == "ok", detail=f"{app.config.store_path} ({verdict})", hint=hint, code=3)
    for state in states:
        yield _freshness(app, state.tracker, state)
    for state in feeds:
        yield _freshness(app, f"incidents.{state.tracker}", state)


def _examine_targets(app: App) -> Iterator[Line]:
    """Where the weekly report goes: what can be tried without sending anything."""
    if not app.config.deliver:
        return
    from tracker.runs.couriers import Couriers

    couriers = Couriers(app, "", warn)
    for name, target in app.config.deliver.items():
        try:
            yield Line(name=f"deliver {name}", ok=True, detail=couriers.check(name, target))
        except TrackError as error:
            hint = error.hint
            yield Line(name=f"deliver {name}", ok=False, detail=error.message, hint=hint, code=error.exit_code)


def _examine_freshness(app: App, age: timedelta) -> Iterator[Line]:
    """One line a tracker and feed. A store that is not there is not made: a monitor changes nothing."""
    config, now = app.config, app.now()
    if not config.store_path.is_file():
        yield Line(
            name="store", ok=False, detail="there is none yet", hint="Run `track sync`, and see that cron runs it."
        )
        return
    with app.store() as store:
        states = [(name, store.sync_state(name)) for name in config.trackers]
        states += [(f"incidents.{name}", store.feed_state(name)) for name in config.feeds]
    for what, state in states:
        yield _younger(what, state, now, age)


def _younger(what: str, state: SyncState, now: datetime, age: timedelta) -> Line:
    name = f"{what}: last good sync"
    why = f"; the last attempt said: {state.last_error}" if state.last_error else ""
    if state.last_good is None:
        return Line(name=name, ok=False, detail=f"none yet{why}", hint="Run `track sync`, and see that cron runs it.")
    minutes = max(0, round((now - state.last_good).total_seconds() / 60))
    detail = f"{minutes} min ago, at {state.last_good:%Y-%m-%d %H:%M} UTC{why}"
    return Line(
        name=name, ok=now - state.last_good <= age, detail=detail, hint="See that `track sync` runs, and why not."
    )


def _freshness(app: App, what: str, state: SyncState) -> Line:
    """A store that was never synced is new; one that was is late after a day, or whatever `full_every` says."""
    name = f"{what}: last good sync"
    why = f"; the last attempt said: {state.last_error}" if state.last_error else ""
    if state.last_good is None:
        return Line(name=name, ok=not why, detail=f"none yet{why}", hint="Mend that, then run `track sync`.")
    late = app.now() - state.last_good > app.config.full_every
    hint = "Run `track sync`, and see that cron runs it." if late else "Run `track sync` again."
    return Line(name=name, ok=not late and not why, detail=f"{state.last_good:%Y-%m-%d %H:%M} UTC{why}", hint=hint)
