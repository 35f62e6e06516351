"""A sandbox and a machine on it, for any test that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from sync.sandbox.server import Sandbox
from tests.harness import RecordingClock
from tests.once.machines import Machine, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# A busy machine is slow, not wrong: how long an example takes is for the benchmark to say.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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
