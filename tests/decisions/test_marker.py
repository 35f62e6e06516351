"""The marker of a decision: what is written comes back, and nothing else is believed."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.adapters.jira_marker import read_decisions, show_decisions
from sync.adapters.jira_reader import DOCUMENTS, WIKI
from sync.decide import write_decision
from sync.decision_marker import (
    LIMIT,
    MOST,
    TEXT_LIMIT,
    build_decision,
    decision_payloads,
    find_decisions,
    parse_decision,
    render_decision_marker,
)
from sync.marker import without_markers
from tests.make import a_comment, a_remote, at
from tracker.recorded import Answer, Decision, Reply, Resolution, Resolved, Waiver
from tracker.rules import in_force
from tracker.text import plain

KEY = "INC-1/A1"
DAY = date(2026, 11, 1)
MADE = (
    Waiver(at=at(), until=DAY, reason="replaced in May", by="Ann"),
    Answer(at=at(), on=DAY, answer=Reply.UNCLEAR, note="too early", by="Ann"),
    Resolution(at=at(), how=Resolved.GONE, note="shut down"),
    Resolution(at=at(), how=Resolved.MOVED, to="https://tracker.example/1"),
)


def read(text: str) -> list[Decision]:
    return [decision for each in decision_payloads(text) if (decision := parse_decision(each)) is not None]


@pytest.mark.parametrize("made", MADE)
def test_what_was_written_is_read_back(made: Waiver | Answer | Resolution) -> None:
    decision = build_decision(KEY, made)
    assert read(f"Said.\n\n{render_decision_marker(decision)}") == [decision]


@settings(max_examples=50, deadline=None)
@given(reason=st.text(max_size=200).map(plain), by=st.text(max_size=40).map(plain))
def test_any_words_survive_each_form_of_comment(reason: str, by: str) -> None:
    decision = build_decision(KEY, Waiver(at=at(), until=DAY, reason=reason, by=by))
    marker = render_decision_marker(decision)
    assert marker.count("-->") == 1
    assert read(marker) == [decision]
    for texts in (DOCUMENTS, WIKI):
        shown = texts.write(show_decisions(f"Waived\\.\n\n{marker}"))
        assert read(read_decisions(texts.plain(shown))) == [decision]


def test_the_same_on_the_same_day_is_one_decision_and_on_another_day_another() -> None:
    first, again, later = (
        build_decision(KEY, Waiver(at=moment, until=DAY, reason="r")) for moment in (at(), at(0.1), at(1))
    )
    assert first.id == again.id != later.id
    remote = a_remote(comments=tuple(a_comment(write_decision("x", each), at=each.made.at) for each in (first, again)))
    assert [each.made.at for each in find_decisions(remote)] == [at()]


def test_a_decision_cannot_be_dated_back() -> None:
    decision = build_decision(KEY, Waiver(at=at(-300), until=DAY, reason="r"))
    (found,) = find_decisions(a_remote(comments=(a_comment(write_decision("x", decision), at=at(-1)),)))
    assert (found.made.at, found.made.by) == (at(-1), "ann")


def a_payload(**changes: object) -> str:
    facts = msgspec.to_builtins(build_decision(KEY, MADE[0]))
    for name, value in changes.items():
        (facts if name in facts else facts["made"])[name] = value
    return msgspec.json.encode(facts).decode()


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[" * 5000,
        a_payload(id="<b>"),
        a_payload(item="INC-1"),
        a_payload(item="INC 1/A1"),
        a_payload(what="fire"),
        a_payload(until="never"),
        a_payload(at="2026-01-01T00:00:00"),
        a_payload(reason="x" * (TEXT_LIMIT + 1)),
        a_payload(reason="x" * LIMIT),
        a_payload(by="x" * 200),
        a_payload(what="resolve", how="moved to", to="javascript:alert(1)", at="2026-01-01T00:00:00Z"),
        a_payload(what="answer", answer="maybe", on="2026-01-01", at="2026-01-01T00:00:00Z"),
    ],
)
def test_what_is_not_valid_is_passed_over(payload: str) -> None:
    assert parse_decision(payload) is None


def test_an_untrusted_comment_decides_nothing_and_a_loop_gone_wild_is_bounded() -> None:
    texts = [
        write_decision("x", build_decision(KEY, Waiver(at=at(), until=DAY, reason=str(n)))) for n in range(MOST + 5)
    ]
    assert find_decisions(a_remote(comments=(a_comment(texts[0], trusted=False),))) == ()
    found = find_decisions(a_remote(comments=tuple(map(a_comment, texts))))
    assert len(found) == MOST
    assert isinstance(found[-1].made, Waiver)
    assert found[-1].made.reason == str(MOST + 4)


def test_the_text_of_an_issue_is_not_searched_and_keeps_what_looks_like_a_decision() -> None:
    text = render_decision_marker(build_decision(KEY, MADE[0]))
    assert find_decisions(a_remote(text=text)) == ()
    assert without_markers(text) == text


def test_a_later_waiver_takes_the_place_of_an_earlier_one() -> None:
    long, ended, new = (Waiver(at=at(days), until=at(until).date()) for days, until in ((0, 200), (10, 10), (20, 90)))
    assert [each.until for each in in_force((long, ended, new))] == [ended.until, ended.until, new.until]
    assert in_force((msgspec.structs.replace(new, until=DAY - timedelta(9)),))[0].until == DAY - timedelta(9)
    assert in_force(()) == ()
