"""A machine that knows two items on the sandbox's GitHub, as after a push, and a second one that has only a config."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sync.threeway import with_marker
from tests.fakes import START, FakeClock
from tests.make import a_commitment
from tests.once.machines import HOME, REVIEW, Machine, Watched, a_world
from tracker.review.markdown import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITH_CHECKPOINTS = REVIEW.replace(
    "reviewed: 2026-10-05\n", "reviewed: 2026-10-05\ncheckpoints: [2026-10-12, 2026-12-01]\n"
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Watched]:
    with Watched(a_world(clock)) as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, sandbox: Watched, clock: FakeClock) -> Machine:
    machine = Machine(tmp_path / "laptop", sandbox.api_url, clock, WITH_CHECKPOINTS)
    home = sandbox.world.repository(HOME)
    review = parse_document(WITH_CHECKPOINTS, name="review.md").review
    assert review is not None
    for item in review.items:
        commitment = a_commitment(
            item, review=replace(review.header, tracker="payments"), committed=START, pushed=START
        )
        issue = sandbox.world.add_issue(home, "lead", item.title, with_marker("Text", commitment))
        sandbox.world.set_labels(home, issue, ["follow-through"])
    clock.advance(timedelta(hours=1))
    assert machine.sync().code == 0
    return machine


@pytest.fixture
def other(tmp_path: Path, sandbox: Watched, machine: Machine) -> Machine:
    other = Machine(tmp_path / "cron", sandbox.api_url, machine.clock)
    other.document.unlink()
    return other
