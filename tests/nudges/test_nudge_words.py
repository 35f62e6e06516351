"""The words of reminders: what was promised, why, what would prove it; kind, no way out, nobody named, harmless."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from sync.marker import parse_markers
from sync.nudge_marker import find_nudges
from sync.nudge_steps import Came, Situation, Writing, build_patch
from sync.nudging import plan_nudges
from sync.wording import says_asked
from tests.make import a_comment, a_header, a_remote, an_item
from tests.nudges.making import DUE, RULES, after, an_open_item, closed, rules
from tests.sync.test_wording import BECOMES_A_LINK, hostile
from tracker.store.nudges import Heard

if TYPE_CHECKING:
    from tracker.model import ReviewHeader, TrackedItem

OPEN = an_open_item()
CLOSED = closed(OPEN, after(-5))
WAY_OUT = re.compile(
    r"\bor close|close it|won'?t do|not planned|waive|because|you (?:failed|forgot|did|should|must|have)"
    r"|your fault|blame|unfortunately|late\b|again and again|still not",
    re.IGNORECASE,
)


def write(item: TrackedItem, days: int, header: ReviewHeader | None = None, came: Came | None = None) -> Writing:
    header = header or a_header(url="https://wiki.example/INC-1")
    situation = Situation(items=[item], reviews={"INC-1": header}, heard=Heard(), came={"INC-1": came} if came else {})
    (step,) = plan_nudges(situation, rules(reopen=True), after(days))
    assert isinstance(step, Writing)
    return step


def test_a_reminder_says_what_was_promised_why_and_what_would_prove_it() -> None:
    came = Came(incident_class="config-rollout", count=2, last=after(-8).date())
    comment = write(OPEN, -3, came=came).comment
    assert "**Validate the config schema in CI** (INC-1/A1), due on 2026-11-20, in 3 days" in comment
    assert "Why: the incident [INC-1](<https://wiki.example/INC-1>) (sev1, checkout), Checkout returned 5xx" in comment
    assert "Its class (config-rollout) came back 2 times since that review, the last one on 2026-11-12." in comment
    assert "What would prove it: A merged pull request" in comment
    assert "a person's answer ends these reminders" in comment


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "in 1 day"), (0, "due today, 2026-11-20"), (14, "14 days ago"), (15, "15 days ago")]
)
def test_it_says_how_far_the_date_is(days: int, said: str) -> None:
    assert said in write(OPEN, days).comment


def test_a_class_that_stayed_quiet_is_said_as_well() -> None:
    quiet = Came(incident_class="config-rollout", count=0)
    assert (
        "No other incident of its class (config-rollout) is known since that review."
        in write(OPEN, 14, came=quiet).comment
    )
    once = Came(incident_class="config-rollout", count=1, last=after(-8).date())
    assert "came back once since that review" in write(OPEN, 14, came=once).comment
    assert "class" not in write(OPEN, 14).comment


def test_an_ask_thanks_and_says_what_to_link() -> None:
    comment = write(CLOSED, -4).comment
    assert comment.startswith("Thank you for closing this.")
    assert "starts with `Evidence:`" in comment
    assert "What would prove it: A merged pull request" in comment


@pytest.mark.parametrize("step", [write(OPEN, -3), write(OPEN, 14), write(OPEN, 154), write(CLOSED, -4)])
def test_no_way_out_no_blame_and_nobody_is_named(step: Writing) -> None:
    assert not WAY_OUT.search(step.comment)
    assert "@" not in step.comment
    assert "payments-lead" not in step.comment
    assert not says_asked("INC-1", step.comment)


@settings(max_examples=40, deadline=None)
@given(hostile, hostile, hostile, st.sampled_from([(OPEN, 14), (CLOSED, -4)]))
def test_no_html_link_mention_or_foreign_marker_comes_out_of_a_document(
    title: str, proof: str, what: str, at: tuple[TrackedItem, int]
) -> None:
    tracked = replace(at[0], item=an_item(title=title, proof=proof, due=DUE))
    header = a_header(title=what, url="javascript:alert(1)", severity=what, service=what)
    step = write(tracked, at[1], header, Came(incident_class=what, count=1))
    tokens = [inner for t in MarkdownIt("commonmark").parse(step.comment) for inner in (t, *(t.children or ()))]
    assert not {"html_block", "html_inline", "link_open", "image", "heading_open", "fence"} & {t.type for t in tokens}
    shown = " ".join(token.content for token in tokens if token.type == "text")
    assert not BECOMES_A_LINK.search(shown)
    comment = build_patch(step).comment
    assert list(parse_markers(comment)) == []
    assert [(each.item, each.occasion) for each in find_nudges(a_remote(comments=(a_comment(comment),)))] == [
        ("INC-1/A1", step.occasions[0].name)
    ]


def test_long_texts_are_cut_so_that_many_items_fit_into_one_comment() -> None:
    items = [
        replace(an_open_item(n, issue=1), item=an_item(id=f"A{n}", title="t" * 5000, proof="p" * 5000, due=DUE))
        for n in range(1, 21)
    ]
    (step,) = plan_nudges(Situation(items=items, reviews={}, heard=Heard()), RULES, after(14))
    assert isinstance(step, Writing)
    assert len(step.occasions) == 20
    assert len(build_patch(step).comment) < 32_000
