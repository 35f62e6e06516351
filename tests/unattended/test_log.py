"""What monitors and log collectors read: quiet runs, JSON lines, freshness; and no secret in any of it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import pytest

from sync.sandbox.faults import FaultPlan, Status, When
from tests.cli import run
from tests.harness import follow
from tests.once.machines import TOKEN
from tracker.app import App
from tracker.cli import log, say

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock
    from tests.once.machines import Machine

GITHUB_TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0"


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_quiet_sync_prints_nothing_when_all_is_well(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock
) -> None:
    follow(sandbox.world, clock, 2)
    ran = machine.sync("--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_quiet_sync_prints_one_line_a_problem(machine: Machine, sandbox: Sandbox) -> None:
    (machine.folder / "broken.md").write_text("---\nid: [\n---\n")
    sandbox.faults = FaultPlan(When(Status(401), times=None))
    ran = machine.sync("--quiet")
    assert ran.code == 4
    assert ran.out == ""
    first, second = ran.err.splitlines()
    assert first.startswith("track: broken.md")
    assert second.startswith("track: payments: ")


def test_a_quiet_sync_that_cannot_begin_is_one_line(machine: Machine) -> None:
    app = machine.app()
    app.env = {}
    ran = run(["sync", "--quiet"], app)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (3, "", 1)
    assert "GITHUB_TOKEN" in ran.err
    with machine.app().lock("sync"):
        held = machine.sync("--quiet")
    assert (held.code, len(held.err.splitlines())) == (6, 1)


def test_json_logs_are_an_object_a_line(machine: Machine, sandbox: Sandbox, clock: RecordingClock) -> None:
    done, *_more = lines(machine.run("--log-format", "json", "schedule", "--once").err)[1:]
    assert (done["event"], done["level"], done["job"], done["outcome"]) == ("run.ended", "info", "sync", "done")
    assert done["time"] == clock().isoformat()
    sandbox.faults = FaultPlan(When(Status(401), times=None))
    (problem,) = lines(machine.run("--log-format", "json", "sync").err)
    assert (problem["level"], problem["event"]) == ("warning", "warning")
    assert problem["hint"]


def test_errors_and_bugs_are_objects_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = App(env={"XDG_CONFIG_HOME": str(tmp_path), "TRACK_LOG_FORMAT": "json"}, cwd=tmp_path)
    (error,) = lines(run(["status"], app).err)
    assert (error["event"], error["exit_code"], "track init" in str(error["hint"])) == ("error", 3, True)

    def fail(_app: App) -> None:
        raise KeyError(GITHUB_TOKEN)

    monkeypatch.setattr("tracker.cli.status.command", click.Command("status", callback=lambda: fail(app)))
    (bug,) = lines(run(["status"], app).err)
    assert (bug["event"], bug["exit_code"]) == ("bug", 70)
    assert GITHUB_TOKEN not in str(bug)


def test_whatever_else_is_written_to_stderr_is_an_object_too(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    with log.logging():
        log.begin(App(env={}, now=lambda: datetime(2026, 10, 5, tzinfo=UTC)), log.Layout.JSON)
        click.echo("from a\nlibrary", err=True)
        say.warn("ours")
        assert not say.is_terminal()
        sys.stderr.write("the end")
    assert sys.stderr is before
    said = lines(capsys.readouterr().err)
    assert [(line["event"], line["message"]) for line in said] == [
        ("note", "from a"),
        ("note", "library"),
        ("warning", "ours"),
        ("note", "the end"),
    ]


def test_a_layout_that_is_not_known_is_a_usage_error(tmp_path: Path) -> None:
    app = App(env={"TRACK_LOG_FORMAT": "xml"}, cwd=tmp_path)
    assert run(["status"], app).code == 2
    assert run(["--log-format", "xml", "status"], App(env={}, cwd=tmp_path)).code == 2


@pytest.mark.parametrize("layout", log.Layout)
def test_secrets_are_masked_in_both_layouts(layout: log.Layout, capsys: pytest.CaptureFixture[str]) -> None:
    app = App(env={}, now=lambda: datetime(2026, 10, 5, tzinfo=UTC))
    app.secrets |= {TOKEN, "it"}
    with log.logging():
        log.begin(app, layout)
        say.warn(f"Bearer {TOKEN} and {GITHUB_TOKEN}; it stays")
        say.warn_with_hint("a problem", f"use {TOKEN}")
        log.current().say(log.Level.INFO, "x", detail=f"{TOKEN}", seconds=1.5)
        print(f"Authorization: {TOKEN}", file=sys.stderr) if layout is log.Layout.JSON else None
    said = capsys.readouterr().err
    assert TOKEN not in said
    assert GITHUB_TOKEN not in said
    assert "Bearer *** and ***; it stays" in said


def test_the_token_is_in_no_json_log_whatever_fails(machine: Machine, sandbox: Sandbox, clock: RecordingClock) -> None:
    follow(sandbox.world, clock, 2)
    body = f'{{"message": "You sent Bearer {TOKEN}"}}'
    for code in (200, 401, 500):
        sandbox.faults = FaultPlan(When(Status(code, {"Retry-After": TOKEN}, body), times=None))
        for command in (("schedule", "--once"), ("sync",), ("doctor",)):
            ran = machine.run("--log-format", "json", *command)
            assert TOKEN not in ran.out + ran.err
            assert all(line["event"] for line in lines(ran.err))
        clock.advance(timedelta(minutes=15))
    with machine.store() as store:
        assert all(TOKEN not in run.detail for run in store.load_runs())


def test_freshness_is_for_any_monitor_and_asks_no_tracker(
    machine: Machine, sandbox: Sandbox, clock: RecordingClock
) -> None:
    never = machine.run("doctor", "--freshness", "1h")
    assert (never.code, never.out.splitlines()[0]) == (1, "FAIL  store: there is none yet")
    assert not machine.store_path.exists()
    machine.sync()
    sandbox.log.clear()
    clock.advance(timedelta(hours=1))
    fresh = machine.run("doctor", "--freshness", "1h")
    assert (fresh.code, fresh.out.splitlines()[0]) == (
        0,
        "ok    payments: last good sync: 60 min ago, at 2026-10-05 09:00 UTC",
    )
    clock.advance(timedelta(seconds=1))
    stale = machine.run("doctor", "--freshness", "1h")
    assert stale.code == 1
    assert stale.out.startswith("FAIL  payments: last good sync: 60 min ago")
    assert machine.run("doctor", "--freshness", "1h", "--json").code == 1
    assert sandbox.log == []
    assert machine.run("doctor", "--freshness", "soon").code == 2


def test_a_feed_that_was_not_read_is_not_fresh(machine: Machine) -> None:
    assert machine.sync().code == 0
    config = machine.folder / "config.toml"
    config.write_text(f'{config.read_text()}\n[incidents.ops]\ntracker = "payments"\nlabels = ["incident"]\n')
    behind = machine.run("doctor", "--freshness", "1h")
    assert (behind.code, "FAIL  incidents.ops: last good sync: none yet" in behind.out) == (1, True)
    assert machine.sync().code == 0
    assert machine.run("doctor", "--freshness", "1h").code == 0
