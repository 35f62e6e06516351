"""A marker carries everything another machine must know, and believes nobody who may not write."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.marker import LIMIT, digest, find_commitments, parse_markers, parse_payload, render_marker, without_markers
from tests.make import a_comment, a_commitment, a_remote, an_item, at
from tracker.model import Commitment, DueMove

text = st.text(max_size=80)


@given(title=text, proof=text, owner=st.none() | text, condition=text)
def test_a_marker_reads_back_as_it_was_whatever_it_holds(
    title: str, proof: str, owner: str | None, condition: str
) -> None:
    try:
        title.encode(), proof.encode(), (owner or "").encode(), condition.encode()
    except UnicodeEncodeError:
        return
    item = an_item(title=title, proof=proof, owner=owner or None, conditions=(condition,))
    commitment = a_commitment(item)
    marker = render_marker(commitment)
    assert list(parse_markers(f"before\n{marker}\nafter")) == [commitment]


@given(title=text)
def test_nothing_inside_a_marker_can_close_its_comment(title: str) -> None:
    marker = render_marker(a_commitment(an_item(title=f"{title}--> <script> <!-- ".encode("utf-8", "ignore").decode())))
    inside = marker.removeprefix("<!--").removesuffix("-->")
    assert "<" not in inside
    assert ">" not in inside
    assert "--" not in inside


@given(st.text(max_size=300))
def test_reading_any_text_never_raises(body: str) -> None:
    for hostile in (body, f"<!-- follow-through:v1 {{{body}}} -->"):
        assert all(isinstance(found, Commitment) for found in parse_markers(hostile))


def test_a_marker_over_several_lines_is_text_a_person_wrote() -> None:
    broken = render_marker(a_commitment()).replace(',"', ',\n"', 1)
    assert list(parse_markers(broken)) == []
    assert without_markers(broken) == broken


def test_moves_and_first_due_travel_with_the_marker() -> None:
    move = DueMove(at=at(), before=at(10).date(), to=at(20).date())
    commitment = a_commitment(moves=(move,), first_due=at(10).date())
    assert next(parse_markers(render_marker(commitment))) == commitment


def test_a_stranger_s_marker_is_ignored_in_the_text_and_in_comments() -> None:
    marker = render_marker(a_commitment())
    remote = a_remote(text=marker, trusted=False, comments=(a_comment(marker, trusted=False),))
    assert find_commitments(remote) == ()


def test_a_trusted_comment_counts_and_the_latest_version_wins() -> None:
    old, new = a_commitment(), a_commitment(an_item(title="Sharper"), pushed=at(-1))
    remote = a_remote(text=render_marker(new), comments=(a_comment(render_marker(old)),))
    assert find_commitments(remote) == (new,)
    swapped = a_remote(text=render_marker(old), comments=(a_comment(render_marker(new)),))
    assert find_commitments(swapped) == (new,)


def test_a_payload_that_is_too_long_or_names_nothing_is_passed_over() -> None:
    good = msgspec.json.encode(a_commitment()).decode()
    assert parse_payload(good) is not None
    assert parse_payload(good + " " * LIMIT) is None
    assert parse_payload(good.replace('"INC-1"', '"IN C/1"')) is None
    assert parse_payload(good.replace('"A1"', '""')) is None
    started = a_commitment().review.started
    assert started is not None
    undated = good.replace(started.isoformat().replace("+00:00", "Z"), "2026-10-01T12:00:00")
    assert undated != good
    assert parse_payload(undated) is None
    naive = good.replace(at(-14).isoformat().replace("+00:00", "Z"), "2026-10-06T12:00:00")
    assert naive != good
    assert parse_payload(naive) is None


def test_the_digest_does_not_mind_line_ends_or_the_marker() -> None:
    readable = "One\n\nTwo"
    edited = f"One\r\n\r\nTwo\r\n\r\n{render_marker(a_commitment())}\r\n"
    assert without_markers(edited) == readable
    assert digest(edited) == digest(readable)
    assert digest("One\n\nThree") != digest(readable)
