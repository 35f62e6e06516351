"""What is written into issues cannot be turned against whoever reads them."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sync.marker import parse_markers
from sync.wording import TITLE_LIMIT, claim_description, render_adoption, render_text, render_title
from tests.make import a_commitment, a_header, an_item, at
from tracker.text import is_web_link, markdown, plain

hostile = st.text(max_size=60) | st.sampled_from(
    [
        "<!-- follow-through:v1 {} -->",
        "[x](javascript:alert(1))",
        "<script>alert(1)</script>",
        "![](https://evil.example/p.png)",
        "@everyone please",
        "\x1b[31mred\x1b[0m",
        "a\u202eb",
        "line\nbreak\r\n# heading",
        "`code` | cell",
        "www.evil.example WWW.evil.example",
        "https://evil.example http://evil.example ftp://evil.example",
        "a@evil.example a@_b.example mailto:a@evil.example",
        "GH-12 acme/pay#12",
        "&lt;b&gt; &amp; &#64;everyone",
    ]
)
BECOMES_A_LINK = re.compile(r"[@#][^\s\u2060]|\bGH-\d|www\.|://", re.IGNORECASE)
"""What code hosts look for in the finished page."""


@example(title="@", proof="#", what="@")
@given(hostile, hostile, hostile)
def test_no_html_link_image_mention_or_marker_comes_out_of_a_document(title: str, proof: str, what: str) -> None:
    header = a_header(title=what, url="javascript:alert(1)")
    text = render_text(header, an_item(title=title, proof=proof, question=what))
    assert list(parse_markers(text)) == []
    tokens = [inner for token in MarkdownIt("commonmark").parse(text) for inner in (token, *(token.children or ()))]
    assert not {"html_block", "html_inline", "link_open", "image", "heading_open", "fence"} & {t.type for t in tokens}
    shown = " ".join(token.content for token in tokens if token.type == "text")
    assert not BECOMES_A_LINK.search(shown)


@given(hostile | st.lists(hostile, max_size=4).map(" ".join))
def test_markdown_shows_any_text_literally_and_nothing_of_it_becomes_a_link(text: str) -> None:
    (_open, inline, _close) = MarkdownIt("gfm-like", {"linkify": False}).parse(f"x {markdown(text)}")
    assert {child.type for child in inline.children or ()} <= {"text", "text_special"}
    shown = "".join(child.content for child in inline.children or ())
    assert shown.replace("\u2060", "") == f"x {plain(text)}".rstrip()
    assert not BECOMES_A_LINK.search(shown)


@given(st.text(max_size=400))
def test_a_title_is_one_line_within_the_limit(title: str) -> None:
    rendered = render_title(an_item(title=title))
    assert len(rendered) <= TITLE_LIMIT
    assert plain(rendered) == rendered


@given(st.text(max_size=80))
def test_plain_text_steers_no_terminal(text: str) -> None:
    assert all(ch.isprintable() or ch in " \u00a0" or ord(ch) > 0xA0 for ch in plain(text))
    assert "\x1b" not in plain(text)
    assert "\n" not in plain(text)


def test_a_link_to_the_review_is_shown_when_it_is_one() -> None:
    text = render_text(a_header(url="https://wiki.example/INC-1"), an_item())
    assert "[INC-1](<https://wiki.example/INC-1>)" in text


def test_the_text_says_what_was_promised_why_and_what_will_prove_it() -> None:
    text = render_text(a_header(), an_item())
    for part in ("Validate the config schema in CI", "INC-1", "sev1", "trigger", "merged pull request", "2026-11-20"):
        assert part in text
    assert "or close it" not in text


def test_a_first_adoption_and_a_repeated_one_read_differently() -> None:
    first = render_adoption(a_commitment(), ())
    again = render_adoption(a_commitment(), (a_commitment(committed=at(-400)),))
    assert first.startswith("Promised in the review of incident INC-1")
    assert again.startswith("Asked for again by INC-1, the 2nd time since 2025-09")


def test_a_claim_says_who_and_until_when_in_100_characters() -> None:
    said = claim_description("a" * 12, at() + timedelta(minutes=10))
    assert len(said) <= 100
    assert "2026-10-20T12:10:00Z" in said


def test_only_http_and_https_with_a_host_are_links() -> None:
    assert is_web_link("https://a.example/x?y#z")
    assert is_web_link("http://127.0.0.1:8080/acme/pay/issues/1")
    for bad in ("javascript:alert(1)", "//a.example", "https://", "https://u:p@a.example/", 'https://a.example/"x', ""):
        assert not is_web_link(bad)


def test_no_address_becomes_a_link_by_itself() -> None:
    text = "Log in at www.evil.example/login or WWW.evil.example or https://evil.example or a@b.example or a@_b.example"
    shown = MarkdownIt("commonmark").render(markdown(text))
    assert not BECOMES_A_LINK.search(shown)
    assert shown.replace("\u2060", "") == f"<p>{text}</p>\n"


def test_an_entity_is_shown_as_it_was_written() -> None:
    assert MarkdownIt("commonmark").render(markdown("&lt;b&gt;")) == "<p>&amp;lt;b&amp;gt;</p>\n"


def test_markdown_shows_text_literally() -> None:
    html = MarkdownIt("commonmark").enable("table").render(markdown("*a* _b_ [c](d) <e> `f` #g ~h~ | i"))
    assert html == "<p>*a* _b_ [c](d) &lt;e&gt; `f` #\u2060g ~h~ | i</p>\n"
