from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeClock, FakeProject
from tests.once.desks import Desk
from tests.once.killing import Processes
from tests.once.machines import Machine, Watched, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Watched]:
    with Watched(a_world(clock)) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, sandbox: Watched, clock: FakeClock) -> Machine:
    return Machine(tmp_path / "laptop", sandbox.api_url, clock)


@pytest.fixture
def other(tmp_path: Path, sandbox: Watched, clock: FakeClock) -> Machine:
    return Machine(tmp_path / "desk", sandbox.api_url, clock)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    command = [sys.executable, "-m", "tests.once.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        yield Processes(server)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture
def project(clock: FakeClock) -> FakeProject:
    return FakeProject(clock)


@pytest.fixture
def slow(tmp_path: Path, project: FakeProject) -> Iterator[Desk]:
    with Desk(tmp_path / "slow", project) as desk:
        yield desk


@pytest.fixture
def quick(tmp_path: Path, project: FakeProject) -> Iterator[Desk]:
    with Desk(tmp_path / "quick", project) as desk:
        yield desk
