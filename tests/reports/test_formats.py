"""Every format: the same numbers, golden pages, and no way out for hostile text.

After a change that is meant, write the golden pages anew with `TRACK_GOLDEN=write` and read the diff.
"""

from __future__ import annotations

import html
import os
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from reports.render import Format, layout, render, tables
from tests.reports.crowd import END, crowd
from tests.reports.factory import at, item, report_of, review, rich_week
from tracker.model import Condition, Facts, Issue, Status, TrackerState

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

GOLDEN = Path(__file__).parent / "golden"
SUFFIX = {Format.TEXT: "txt", Format.MARKDOWN: "md", Format.HTML: "html", Format.JSON: "json"}
WEEK = report_of(rich_week())
VOID = {"meta", "br", "hr", "img", "link", "input"}


@pytest.mark.parametrize("wanted", Format)
def test_each_format_shows_the_rich_week_as_agreed(wanted: Format) -> None:
    page, kept = render(WEEK, wanted, width=100), GOLDEN / f"week.{SUFFIX[wanted]}"
    if os.environ.get("TRACK_GOLDEN") == "write":
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(page, encoding="utf-8")
    assert page == kept.read_text(encoding="utf-8")


@dataclass
class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the text."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def parse(source: str) -> Page:
    page = Page()
    page.feed(source)
    page.close()
    assert page.open == []
    return page


def words_of(wanted: Format, report: WeeklyReport) -> str:
    """The text of a page as a person reads it, with single spaces."""
    page = render(report, wanted, width=140)
    if wanted is Format.HTML:
        page = parse(page).text
    if wanted is Format.MARKDOWN:
        rendered = MarkdownIt("commonmark").enable("table").render(page)
        page = html.unescape(re.sub(r"<[^>]+>", " ", rendered))
    return re.sub(r"\s+", " ", page)


@pytest.mark.parametrize("wanted", [Format.TEXT, Format.MARKDOWN, Format.HTML])
def test_every_format_for_people_shows_the_same_sentences_and_figures(wanted: Format) -> None:
    shown = words_of(wanted, WEEK)
    said = [WEEK.headline, *(decision.sentence for decision in WEEK.decisions)]
    said += [layout.build_return_sentence(back) for back in WEEK.recurrence.listed]
    said += [figure for _label, figure in layout.build_rates(WEEK.completion)]
    said += layout.build_caveats(WEEK)
    assert [sentence for sentence in said if sentence not in shown] == []
    for label, count in layout.build_lines(WEEK.completion):
        assert re.search(rf"{re.escape(label)}\W+{count}\b", shown), label


@pytest.mark.parametrize("wanted", [Format.MARKDOWN, Format.HTML])
def test_every_row_of_a_table_is_the_same_in_every_format(wanted: Format) -> None:
    shown = re.sub(r"\W+", " ", words_of(wanted, WEEK))
    rows = [row for table in tables.build_group_tables(WEEK, 99, 99) for row in table.rows]
    rows += [row for table in tables.build_item_tables(WEEK, 99) for row in table.rows]
    for row in rows:
        assert re.sub(r"\W+", " ", " ".join(cell.text for cell in row.cells)).strip() in shown


def test_json_holds_the_numbers_of_the_record() -> None:
    data = msgspec.json.decode(render(WEEK, Format.JSON))
    assert data.pop("schema") == 1
    assert data == msgspec.json.decode(msgspec.json.encode(WEEK))
    assert data["completion"]["evidence_rate"]["count"] == WEEK.completion.evidence_rate.count


def test_every_field_of_the_json_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    section = text.split("## track report")[1].split("\n## ")[0]
    names: set[str] = set()

    def collect(value: object, parent: str = "") -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if parent != "then":
                    names.add(key)
                collect(inner, key)
        elif isinstance(value, list):
            for inner in value:
                collect(inner, parent)

    collect(msgspec.json.decode(render(WEEK, Format.JSON)))
    assert {name for name in names if f"`{name}`" not in section} == set()


def test_two_renders_give_the_same_bytes() -> None:
    for wanted in Format:
        assert render(report_of(rich_week()), wanted) == render(WEEK, wanted)


@pytest.mark.parametrize("wanted", [Format.TEXT, Format.MARKDOWN, Format.HTML])
def test_no_format_claims_more_than_the_data(wanted: Format) -> None:
    shown = words_of(wanted, WEEK).lower()
    for word in ("because", "fixed", "prevented", "caused", "average", "mttr"):
        assert not re.search(rf"\b{word}\b", shown), word


@pytest.mark.parametrize("width", [40, 80, 100, 140, 400])
def test_text_fits_the_terminal_from_80_columns_up(width: int) -> None:
    longest = max(map(len, render(WEEK, Format.TEXT, width=width).splitlines()))
    assert longest <= min(max(width, 80), 140)


def test_text_has_colour_only_where_asked() -> None:
    assert "\x1b" not in render(WEEK, Format.TEXT)
    assert "\x1b[" in render(WEEK, Format.TEXT, colour=True)


def test_html_needs_no_network_and_no_script() -> None:
    page = parse(render(WEEK, Format.HTML))
    tags = {tag for tag, _attributes in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "base", "svg"}
    assert not any(name.startswith("on") or name == "src" for _tag, attributes in page.tags for name in attributes)
    assert "url(" not in render(WEEK, Format.HTML)
    assert "@import" not in render(WEEK, Format.HTML)


def test_html_has_one_heading_for_each_section_and_tables_with_captions_and_scopes() -> None:
    page = parse(render(WEEK, Format.HTML))
    levels = [int(tag[1]) for tag, _attributes in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    count = [tag for tag, _attributes in page.tags]
    assert count.count("table") == count.count("caption") > 5
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    labels = {attributes["aria-labelledby"] for _tag, attributes in page.tags if "aria-labelledby" in attributes}
    assert len(ids) == len(set(ids))
    assert labels == set(ids)


def test_html_stays_small_however_much_there_is_and_says_what_it_cut() -> None:
    report = report_of(crowd(9_000, classes=200), END)
    page = render(report, Format.HTML)
    assert len(page.encode()) < 300_000
    assert report.overdue.total > 40
    assert f"and {report.overdue.total - 40:,} more" in page


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</style><script>",
    "[click](javascript:alert(1))", "![x](https://evil.example/x.png)", "{{ 7*7 }}", "{% raw %}", "a|b", "@everyone",
    "\x1b[31mred\x1b[0m", "\x9b31m", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\u202eevil", "x\r\ny",
    "[bold]rich[/bold]", "<https://evil.example>", "https://evil.example/ x", "`code`", "# heading", "\n\n# heading",
    "- [ ] task", "1. one", "&lt;script&gt;", "<!-- c -->", "===", "---", "+ plus", "> quote", "    code",
    "www.evil.example", "ftp://evil.example", "a@_b.example",
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


AGREED_TAGS = {tag for tag, _attributes in parse(render(WEEK, Format.HTML)).tags}


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
    )  # fmt: skip
    again = replace(header, id=f"{text}2", started=at(6, 1), reviewed=at(6, 4).date(), severity=text)
    trackers = (TrackerState(name=text, last_error=text),)
    return Facts(reviews=(header, again), items=(nasty,), trackers=trackers, proposed=((text, text),))


@settings(deadline=None, max_examples=60)
@given(hostile_facts())
def test_hostile_text_stays_text_in_html(facts: Facts) -> None:
    source = render(report_of(facts), Format.HTML)
    page = parse(source)
    assert {tag for tag, _attributes in page.tags} <= AGREED_TAGS
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "a":
            assert re.match(r"https?://", attributes["href"] or "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", source)


@settings(deadline=None, max_examples=60)
@given(hostile_facts())
def test_hostile_text_makes_no_link_html_or_heading_in_markdown(facts: Facts) -> None:
    page = render(report_of(facts), Format.MARKDOWN)
    reader = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    report = report_of(facts)
    titles = 0
    for token in reader.parse(page):
        titles += token.type == "heading_open"
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "hr")
        for child in token.children or ():
            assert child.type not in ("html_inline", "image", "code_inline")
            assert child.type != "text" or not re.search(r"[@#][^\s\u2060]|www\.|://", child.content, re.IGNORECASE)
            if child.type == "link_open":
                assert re.match(r"https?://ok\.example|https://github\.example", str(child.attrGet("href")).lower())
    sections = 7 + len(tables.build_group_tables(report, 1, 1)) + len(tables.build_item_tables(report, 1))
    assert titles == sections + len(report.recurrence.listed)
    assert "javascript:" not in page


@settings(deadline=None, max_examples=60)
@given(hostile_facts(), st.booleans())
def test_hostile_text_cannot_steer_a_terminal(facts: Facts, colour: bool) -> None:
    page = render(report_of(facts), Format.TEXT, colour=colour)
    styled = re.sub(r"\x1b\[[0-9;]*m", "", page) if colour else page
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", styled)


def test_markup_of_the_terminal_library_is_not_interpreted() -> None:
    facts = Facts(items=(item("R/A", Status.DONE, title="[bold red]x[/] :smile:"),))
    assert render(report_of(facts), Format.TEXT).count("[bold red]x[/] :smile:") == 2  # the decision and the table


def test_a_link_with_a_bar_or_a_bracket_stays_one_cell_of_a_markdown_table() -> None:
    url = "https://ok.example/a|b)c](d"
    known = item("R/A", Status.MISSING)
    assert known.issue is not None
    page = render(report_of(Facts(items=(replace(known, issue=replace(known.issue, url=url)),))), Format.MARKDOWN)
    rendered = MarkdownIt("commonmark").enable("table").render(page)
    assert re.findall(r'<td[^>]*><a href="(https://ok[^"]*)">acme/payments#\W*\d+</a></td>', rendered) == [
        "https://ok.example/a%7Cb)c%5D(d"
    ]
