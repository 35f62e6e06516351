"""Machines that run `track` against a sandbox: each has a folder with a config, a review and a store of its own.

The sandbox can be watched: a test may act before a request is carried out, and before its answer leaves. Clock and
sleep are given, so nothing waits.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from threading import Lock
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from sync.marker import parse_markers
from sync.sandbox.server import Sandbox
from sync.sandbox.state import Permission
from sync.sandbox.world import World
from tracker.app import App
from tracker.cli.main import main
from tracker.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from sync.sandbox.state import Issue
    from tests.fakes import FakeClock

HOME = "acme/payments"
TOKEN = "lead-token"

REVIEW = """\
---
id: INC-1
title: Checkout returned 5xx after a config push
class: config-rollout
severity: sev1
service: checkout
team: payments
started: 2026-10-01T09:12:00Z
reviewed: 2026-10-05
---
## Failure conditions
| Condition | Role | What it was |
|---|---|---|
| unvalidated-config | trigger | The rollout took any file |

## Action items
| ID | Action | Owner | Due | Horizon | Conditions | Evidence of completion | How we will know it helped |
|---|---|---|---|---|---|---|---|
| A1 | Validate the config before a rollout | @dev | 2026-11-01 | systemic | unvalidated-config | Pull request | Quiet |
| A2 | Roll back by one command | @dev | 2026-10-20 | immediate | unvalidated-config | Runbook | Faster |
"""
KEYS = ("INC-1/A1", "INC-1/A2")

CONFIG = """\
[store]
path = "track.db"
[reviews]
paths = ["*.md"]
[trackers.payments]
kind = "github"
repository = "acme/payments"
url = "{url}"
token = {{ env = "GITHUB_TOKEN" }}
[people.dev]
github = "dev"
[sync]
unknown_grace = "10m"
"""


class Watched(Sandbox):
    """A sandbox that tells a test of each request: its ordinal, before it is carried out and before its answer leaves.

    Neither call holds the lock of the world, so that others may be served in between.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.before: Callable[[int], None] = lambda _ordinal: None
        self.after: Callable[[int], None] = lambda _ordinal: None
        self.count = 0
        self._counting = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        with self._counting:
            self.count += 1
            ordinal = self.count
        self.before(ordinal)
        answer = super().__call__(environ, start_response)
        self.after(ordinal)
        return answer

    def forget(self) -> None:
        """Count from one again, and tell nobody."""
        self.count = 0
        self.before = self.after = lambda _ordinal: None


class Ran(Struct, frozen=True):
    """How a command ended."""

    code: int
    out: str
    err: str


class Machine:
    """One machine: a folder, a clock, and `track` in it."""

    def __init__(self, folder: Path, url: str, clock: FakeClock, review: str = REVIEW, *, config: str = CONFIG) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.clock = folder, clock
        self.document = folder / "review.md"
        self.store_path = folder / "track.db"
        (folder / "config.toml").write_text(config.format(url=url))
        self.document.write_text(review)

    def app(self) -> App:
        return App(
            env={"GITHUB_TOKEN": TOKEN, "JIRA_API_TOKEN": TOKEN},
            cwd=self.folder,
            now=self.clock,
            sleep=self.clock.sleep,
        )

    def run(self, *arguments: str) -> Ran:
        """Run `track` here. Only one at a time, or one within another: the standard streams are the process's."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(arguments, self.app())
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out.getvalue(), err.getvalue())

    def push(self) -> Ran:
        return self.run("push", "--yes", str(self.document))

    def sync(self, *options: str) -> Ran:
        return self.run("sync", *options)

    def store(self) -> Store:
        return open_store(self.store_path)

    def lose_store(self) -> None:
        for path in self.folder.glob("track.db*"):
            path.unlink()


def a_world(clock: FakeClock) -> World:
    """One repository, where the lead and a developer may write."""
    world = World(clock=clock)
    world.add_repository(HOME, {"lead": Permission.WRITE, "dev": Permission.WRITE})
    world.add_token(TOKEN, "lead")
    return world


def issues_of(world: World, key: str) -> list[Issue]:
    """The issues whose own text carries the item's marker, lowest number first."""
    with world.lock:
        found = world.repository(HOME).issues.values()
        return [issue for issue in found if key in [commitment.key for commitment in parse_markers(issue.body)]]


def live_issues(world: World, key: str) -> list[int]:
    """The numbers of those that are open."""
    return [issue.number for issue in issues_of(world, key) if issue.closed is None]
