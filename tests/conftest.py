"""A sandbox and a machine on it, for any test that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.server import Sandbox
from tests.harness import RecordingClock
from tests.once.machines import Machine, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> RecordingClock:
    return RecordingClock()


@pytest.fixture
def sandbox(clock: RecordingClock) -> Iterator[Sandbox]:
    with Sandbox(a_world(clock)) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock) -> Machine:
    return Machine(tmp_path / "machine", sandbox.api_url, clock)
