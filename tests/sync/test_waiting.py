"""One wait budget for the whole run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.port import OutcomeUnknown, Transient
from sync.waiting import Waiting, parse_retry_after
from tracker.errors import TryLater


class Flaky:
    """Fails a number of times, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def test_a_read_is_tried_again_with_doubling_waits() -> None:
    slept: list[float] = []
    read = Flaky(*(Transient("down") for _ in range(4)))
    assert Waiting(120, slept.append).read(read) == "answer"
    assert slept == [1, 2, 4, 8]


def test_the_tracker_s_own_wait_is_honoured() -> None:
    slept: list[float] = []
    waiting = Waiting(120, slept.append)
    waiting.read(Flaky(Transient("slow down", retry_after=17)))
    assert slept == [17]
    assert waiting.left == 103


def test_a_wait_that_does_not_fit_ends_the_run_at_once() -> None:
    slept: list[float] = []
    with pytest.raises(TryLater, match="900 s was needed"):
        Waiting(120, slept.append).read(Flaky(Transient("slow down", retry_after=900)))
    assert slept == []


def test_the_budget_is_shared_by_all_reads_of_a_run() -> None:
    slept: list[float] = []
    waiting = Waiting(10, slept.append)
    waiting.read(Flaky(Transient("down", retry_after=6)))
    with pytest.raises(TryLater):
        waiting.read(Flaky(Transient("down", retry_after=6)))
    assert slept == [6]


def test_other_failures_are_not_tried_again() -> None:
    read = Flaky(OutcomeUnknown("lost"))
    with pytest.raises(OutcomeUnknown):
        Waiting(120, lambda _s: None).read(read)
    assert read.calls == 1


def test_retry_after_may_be_seconds_a_fraction_or_a_date() -> None:
    server = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    assert parse_retry_after("30", server) == 30
    assert parse_retry_after("1.5", server) == 1.5
    assert parse_retry_after("-4", server) == 0
    assert parse_retry_after("Tue, 20 Oct 2026 12:01:30 GMT", server) == 90
    assert parse_retry_after("Tue, 20 Oct 2026 11:00:00 GMT", server) == 0
    assert parse_retry_after("soon", server) is None
    assert parse_retry_after("nan", server) is None
    assert parse_retry_after("inf", server) is None
