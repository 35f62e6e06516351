"""The composition root: Config -> store, adapters, clock. The only place that knows the environment.

Start-up is a promise, so everything heavy is imported where it is used.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import AnotherRun, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sync.port import TrackerAdapter
    from sync.waiting import Waiting
    from tracker.config import Config, Tracker
    from tracker.store import Store


def _now() -> datetime:
    return datetime.now(UTC)


class App:
    """What a command needs. Clock, sleep, environment and folders are given, so that tests and the demo give others."""

    def __init__(
        self,
        named: str | None = None,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.named = named
        self.env = os.environ if env is None else env
        self.cwd = cwd or Path.cwd()
        self.now = now
        self.sleep = sleep
        self.secrets: set[str] = set()
        """What was read so far that no log may repeat."""

    @cached_property
    def config(self) -> Config:
        """The config; raises InvalidInput with every problem at once."""
        from tracker.config import find_config, load_config

        path, found = find_config(self.named, self.env, self.cwd, Path("~/.config").expanduser())
        return load_config(path, found)

    def store(self) -> Store:
        """Open the store; use it as a context manager."""
        from tracker.store import open_store

        return open_store(self.config.store_path)

    def tracker(self, name: str, wanted_by: str) -> Tracker:
        """The tracker of that name, or the only one there is when `name` is empty."""
        trackers = self.config.trackers
        if name in trackers:
            return trackers[name]
        known = ", ".join(sorted(trackers)) or "none"
        if name:
            raise InvalidInput(
                f"{wanted_by}: there is no tracker `{name}` in the config (there is: {known})",
                f"Correct `tracker:` in the review, or add `[trackers.{name}]` to {self.config.path.name}.",
            )
        if len(trackers) != 1:
            raise InvalidInput(
                f"{wanted_by}: it names no tracker, and the config has {len(trackers)} ({known})",
                "Add `tracker: NAME` to the head of the review.",
            )
        return next(iter(trackers.values()))

    def check_credentials(self) -> None:
        """Raise InvalidInput that names everything missing to reach any tracker, all at once."""
        from tracker.config import missing_credentials

        if not self.config.trackers:
            hint = "Add a `[trackers.NAME]`: see config.example.toml."
            raise InvalidInput(f"{self.config.path.name} names no tracker", hint)
        problems = missing_credentials(self.config, self.env)
        if problems:
            raise InvalidInput(
                "\n".join(problem.message for problem in problems), "\n".join(p.hint for p in problems if p.hint)
            )

    def adapter(self, tracker: Tracker, waiting: Waiting) -> TrackerAdapter:
        """The adapter of a tracker, ready to use; nothing is sent yet."""
        from sync.adapters.opening import open_adapter

        secret = self._secret(tracker)
        self.secrets.add(secret)
        return open_adapter(tracker, secret, waiting)

    def _secret(self, tracker: Tracker) -> str:
        from tracker.config import read_token

        if tracker.token is not None:
            return read_token(tracker.token, self.env)
        if tracker.app is None:
            raise InvalidInput(f"trackers.{tracker.name} has neither token nor app", "Give it one of the two.")
        try:
            return tracker.app.key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"trackers.{tracker.name}: the App's key file cannot be read ({type(error).__name__})",
                "Download the App's private key and save it there, readable by you alone.",
            ) from None

    def waiting(self, say: Callable[[str], None], *, at_most: float = math.inf) -> Waiting:
        """The wait budget of one run; `at_most` is in seconds, for runs that a person waits for."""
        from sync.waiting import Waiting

        return Waiting(min(at_most, self.config.wait_budget.total_seconds()), self.sleep, say)

    @contextmanager
    def lock(self, what: str) -> Iterator[None]:
        """Hold the lock of one kind of run beside the store. Raises AnotherRun at once when it is held."""
        from filelock import FileLock, Timeout

        path = self.config.store_path.with_name(f"{self.config.store_path.name}.{what}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path, timeout=0, mode=0o600):
                yield
        except Timeout:
            raise AnotherRun(
                f"another {what} is running on {self.config.store_path.name}",
                "Nothing was changed; wait for it to end.",
            ) from None
