"""Nothing that a document, a tracker or a feed says gets out of its place on a page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from reports import words
from reports.render import Format, render
from reports.render.blocks import Entry, Table
from reports.render.mail import render_mail, render_mail_html
from reports.render.markdown import LIMITS
from reports.render.sections import build_sections
from tests.reports.factory import BASIS, at, item, report_of, review
from tests.reports.pages import body_of, parse
from tests.reports.sample import sample_week
from tracker.model import Condition, Confidence, Facts, Incident, Issue, Status, TrackerState

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

WEEK = sample_week()
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</style><script>",
    "[click](javascript:alert(1))", "![x](https://evil.example/x.png)", "{{ 7*7 }}", "{% raw %}", "a|b", "@everyone",
    "\x1b[31mred\x1b[0m", "\x9b31m", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\u202eevil", "x\r\ny",
    "[bold]rich[/bold]", "<https://evil.example>", "https://evil.example/ x", "`code`", "# heading", "\n\n# heading",
    "- [ ] task", "1. one", "&lt;script&gt;", "<!-- c -->", "===", "---", "+ plus", "> quote", "    code",
    "www.evil.example", "ftp://evil.example", "a@_b.example", "</title><script>", "</svg><p>", "'onload='x", "]]>",
]  # fmt: skip
NASTY = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.sampled_from(HOSTILE).map(lambda text: text * 2))
LINKS = st.one_of(
    st.sampled_from(
        ["javascript:alert(1)", "https://ok.example/a)b", "https://ok.example/a|b", 'https://ok.example/"onclick=',
         "data:text/html,x", "//evil.example", "https://ok.example/<b>", "HTTPS://ok.example", " https://ok.example",
         "https://ok.example/?a=1&b=[x](y)"],
    ),
    NASTY,
)  # fmt: skip


def with_text(value: Any, text: str, url: str) -> Any:
    """The record with `text` in place of every word that is free, and `url` in place of every link."""
    if isinstance(value, msgspec.Struct):
        changed = {
            name: url if name.endswith("url") else with_text(inner, text, url)
            for name, inner in msgspec.structs.asdict(value).items()
            if name not in ("mark", "month")
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(with_text(inner, text, url) for inner in value)
    return text if type(value) is str else value


class Hostile:
    """A report, and the text that it is full of: in a failure the text is enough to know."""

    def __init__(self, text: str, report: WeeklyReport) -> None:
        self.text, self.report = text, report

    def __repr__(self) -> str:
        return f"Hostile({self.text})"


def hostile_report(text: str, url: str) -> Hostile:
    """The sample, with hostile text everywhere: one plain line, as every record promises; keys are never empty."""
    return Hostile(f"{text!r} {url!r}", with_text(WEEK, words.clean(text) or "x", words.link(url)))


@st.composite
def hostile_facts(draw: st.DrawFn) -> Facts:
    text, url = draw(NASTY), draw(LINKS)
    shown = draw(st.sampled_from([Status.OPEN, Status.DONE, Status.MISSING]))
    before = item("A/1", shown, committed=at(2, 4), question=text, conditions=(text,), due=at(3, 1).date())
    issue = before.issue
    assert isinstance(issue, Issue)
    nasty = replace(
        before,
        review_id=text,
        item=replace(before.item, id=text, title=text),
        issue=replace(issue, url=url, ref=text, title=text),
    )
    header = review(
        text, at(2, 1), draw(NASTY), title=text, severity="sev1", team=text, url=url,
        conditions=(Condition(name=draw(NASTY)),), checkpoints=(at(11, 24).date(),),
        confidence=(Confidence(role=text, score=4),) * 5,
    )  # fmt: skip
    again = replace(header, id=f"{text}2", started=at(6, 1), reviewed=at(6, 4).date(), severity=text)
    told = Incident(
        id=f"{text}3", source=text, title=text, url=url, classes=(header.incident_class, draw(NASTY)),
        conditions=(text,), severity=text, team=text, started=at(11, 20), detected=at(11, 20, 13),
        mitigated=at(11, 20) + timedelta(hours=3),
    )  # fmt: skip
    states = (TrackerState(name=text, last_error=text),)
    return Facts(
        reviews=(header, again), items=(nasty,), trackers=states, feeds=states, proposed=((text, text),),
        incidents=(told,),
    )  # fmt: skip


def report_of_facts(facts: Facts) -> Hostile:
    """With a title for each class as hostile as its name."""
    titles = {name: one.title for one in facts.reviews if (name := BASIS.class_of(one.incident_class))}
    return Hostile(repr(facts.reviews[0]), report_of(facts, basis=replace(BASIS, titles=titles)))


REPORTS = st.one_of(st.builds(hostile_report, NASTY, LINKS), hostile_facts().map(report_of_facts))
AGREED_TAGS = {tag for tag, _attributes in parse(body_of(render(WEEK, Format.HTML))).tags}
AGREED_MAIL_TAGS = {tag for tag, _attributes in parse(render_mail_html(WEEK)).tags}


@settings(deadline=None, max_examples=15)
@given(REPORTS)
def test_hostile_text_stays_text_in_html(hostile: Hostile) -> None:
    report = hostile.report
    source = render(report, Format.HTML)
    assert source.count("<style>") == source.count("</style>") == 1
    _assert_harmless(body_of(source), AGREED_TAGS)


@settings(deadline=None, max_examples=15)
@given(REPORTS)
def test_hostile_text_stays_text_in_mail(hostile: Hostile) -> None:
    report = hostile.report
    _assert_harmless(render_mail_html(report), AGREED_MAIL_TAGS)
    mail = render_mail(report, subject=report.decisions[0].sentence if report.decisions else "")
    assert mail.keys() == ["Subject", "MIME-Version", "Content-Type"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.as_bytes().decode("ascii").count("\r\n--=_follow-through") == 3


def _assert_harmless(source: str, agreed: set[str]) -> None:
    page = parse(source)
    assert {tag for tag, _attributes in page.tags} <= agreed
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "a":
            assert re.match(r"https?://|#[a-z]+(-\d+)?\Z", attributes["href"] or "")
        if tag == "use":
            assert re.fullmatch(r"#[a-z]+", attributes["href"] or "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", source)


@settings(deadline=None, max_examples=15)
@given(REPORTS)
def test_hostile_text_makes_no_link_html_or_heading_in_markdown(hostile: Hostile) -> None:
    report = hostile.report
    page = render(report, Format.MARKDOWN)
    reader = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    titles = 0
    for token in reader.parse(page):
        titles += token.type == "heading_open"
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "hr")
        for child in token.children or ():
            assert child.type not in ("html_inline", "image", "code_inline")
            assert child.type != "text" or not re.search(r"[@#][^\s\u2060]|www\.|://", child.content, re.IGNORECASE)
            if child.type == "link_open":
                assert re.match(r"https?://ok\.example|https://github\.example", str(child.attrGet("href")).lower())
    sections = build_sections(report, LIMITS)
    blocks = [block for section in sections for block in section.blocks]
    entries = sum(isinstance(block, Entry) for block in blocks)
    titled = sum(isinstance(block, Table) and block.titled for block in blocks)
    assert titles == 1 + len(sections) + entries + titled
    assert "javascript:" not in page


@settings(deadline=None, max_examples=15)
@given(REPORTS, st.booleans())
def test_hostile_text_cannot_steer_a_terminal(hostile: Hostile, colour: bool) -> None:
    page = render(hostile.report, Format.TEXT, colour=colour)
    styled = re.sub(r"\x1b\[[0-9;]*m", "", page) if colour else page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", styled)


def test_markup_of_the_terminal_library_is_not_interpreted() -> None:
    facts = Facts(items=(item("R/A", Status.DONE, title="[bold red]x[/] :smile:"),))
    assert render(report_of(facts), Format.TEXT).count("[bold red]x[/] :smile:") == 2  # the decision and the table


def test_markdown_escapes_what_matters_and_spares_the_reader_of_its_source_the_rest() -> None:
    page = render(WEEK, Format.MARKDOWN)
    assert "\\(" not in page
    assert "\\: " not in page


def test_a_link_with_a_bar_or_a_bracket_stays_one_cell_of_a_markdown_table() -> None:
    url = "https://ok.example/a|b)c](d"
    known = item("R/A", Status.MISSING)
    assert known.issue is not None
    page = render(report_of(Facts(items=(replace(known, issue=replace(known.issue, url=url)),))), Format.MARKDOWN)
    rendered = MarkdownIt("commonmark").enable("table").render(page)
    assert re.findall(r'<td[^>]*><a href="(https://ok[^"]*)">acme/payments#\W*\d+</a></td>', rendered) == [
        "https://ok.example/a%7Cb)c%5D(d"
    ]
