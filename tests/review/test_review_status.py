"""What a document claims of an item: one that is read as done gets no issue, so nothing is read as done by accident."""

from __future__ import annotations

import pytest

from tracker.model import Status
from tracker.review.words import find_status


@pytest.mark.parametrize(
    "text",
    ["DONE", "**DONE**", "n/a DONE", "✅", "[x]", "(done)", "Done 2026-05-22", "Complete", "Done in #12",
     "100% complete", "Done on 3 May", "Merged", "Fixed in https://code.example/pull/1", "done (see wiki)"],
)  # fmt: skip
def test_what_is_done_is_read_as_done(text: str) -> None:
    assert find_status(text) is Status.DONE


@pytest.mark.parametrize(
    "text",
    ["Will be done next week", "not resolved", "To be deployed", "Needs to be fixed", "0% complete", "Done? no",
     "[ ] done", "Review closed without it; reopened", "TODO.", "Not started", "PR exists", "Delayed", "partly done",
     "Canceled", ""],
)  # fmt: skip
def test_nothing_else_is(text: str) -> None:
    assert find_status(text) is not Status.DONE
