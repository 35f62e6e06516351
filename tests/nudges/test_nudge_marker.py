"""Which reminders an issue holds, and when a person last answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.adapters.jira_document import plain_document, to_document
from sync.adapters.jira_marker import read_decisions, show_decisions
from sync.adapters.jira_wiki import plain_wiki, to_wiki
from sync.decision_marker import build_decision, render_decision_marker
from sync.marker import render_marker
from sync.nudge_marker import find_nudges, last_answer, render_nudge_marker
from tests.make import a_comment, a_commitment, a_remote, at
from tracker.recorded import Nudged, Waiver

MARKER = render_nudge_marker("INC-1/A1", "due-soon", "2026-11-20")
keys = st.from_regex(r"\A[^\s\x00-\x1f<>/]{1,20}/[^\s\x00-\x1f<>/]{1,20}\Z")


@settings(max_examples=50, deadline=None)
@given(st.lists(keys, min_size=1, max_size=3, unique=True))
def test_markers_are_read_back_from_every_tracker(items: list[str]) -> None:
    written = "Some **words**\n\n" + "\n".join(render_nudge_marker(item, "overdue-2", "2026-11-20") for item in items)
    shown = show_decisions(written)
    for body in (
        written,
        read_decisions(plain_document(to_document(shown))),
        read_decisions(plain_wiki(to_wiki(shown))),
    ):
        assert [each.item for each in find_nudges(a_remote(comments=(a_comment(body),)))] == items


def test_a_reminder_is_dated_by_the_tracker_and_counts_once() -> None:
    twice = (a_comment(MARKER, at=at(-3)), a_comment(f"more\n{MARKER}", at=at(-1)))
    expected = Nudged(item="INC-1/A1", occasion="due-soon", of="2026-11-20", at=at(-3))
    assert find_nudges(a_remote(comments=twice)) == (expected,)


@pytest.mark.parametrize(
    "body",
    [
        MARKER.replace("due-soon", "Due Soon!"),
        MARKER.replace("INC-1/A1", "no key"),
        MARKER.replace("2026-11-20", "x"),
        MARKER.replace('"item"', '"thing"'),
        MARKER.removesuffix(" -->"),
        f"<!-- follow-through:nudge:v1 {'[' * 600}{']' * 600} -->",
    ],
)
def test_what_is_not_valid_is_no_reminder(body: str) -> None:
    assert find_nudges(a_remote(comments=(a_comment(body),))) == ()


def test_a_stranger_can_neither_forge_a_reminder_nor_answer_one() -> None:
    stranger = a_remote(comments=(a_comment(MARKER, trusted=False), a_comment("I looked", trusted=False)))
    assert find_nudges(stranger) == ()
    assert last_answer(stranger) is None


def test_the_assignee_and_whoever_may_write_can_answer() -> None:
    assigned = a_remote(assignees=("ann",), comments=(a_comment("on it", trusted=False, at=at(-2)),))
    assert last_answer(assigned) == at(-2)
    several = (a_comment("one", at=at(-3)), a_comment("two", at=at(-1)), a_comment(MARKER, at=at(0)))
    assert last_answer(a_remote(comments=several)) == at(-1)


def test_a_decision_that_somebody_recorded_is_an_answer() -> None:
    waiver = build_decision("INC-1/A1", Waiver(at=at(-1), until=at(9).date(), reason="later"))
    decided = a_comment(f"Waived\n\n{render_decision_marker(waiver)}", at=at(-1))
    assert last_answer(a_remote(comments=(decided,))) == at(-1)


def test_bots_and_what_track_writes_by_itself_are_no_answer() -> None:
    silent = (
        a_comment("stale", bot=True),
        a_comment(MARKER),
        a_comment(f"Asked for again by INC-2\n\n{render_marker(a_commitment())}"),
        a_comment("Asked for again by INC-2, the 2nd time since 2026-01: x"),
    )
    assert last_answer(a_remote(comments=silent)) is None
