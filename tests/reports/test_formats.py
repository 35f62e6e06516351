"""Every format: the same numbers, golden pages, and nothing that needs a script or a network.

After a change that is meant, write the golden pages anew with `TRACK_GOLDEN=write` and read the diff.
"""

from __future__ import annotations

import math
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from reports.render import Format, answers, render
from reports.render.blocks import Choices, Counts, Entry, Limits, Points, Said, Table
from reports.render.mail import render_mail_html
from reports.render.sections import TITLES, build_sections
from reports.render.tables import build_group_tables
from reports.scope import Scope
from reports.verdict import Verdict
from reports.weekly import build_items
from tests.reports.crowd import END, crowd
from tests.reports.factory import NOW, report_of
from tests.reports.pages import PEOPLE, parse, words_of
from tests.reports.rich_week import RICH_BASIS, rich_report, rich_week
from tests.reports.sample import sample_week

if TYPE_CHECKING:
    from reports.weekly import WeeklyReport

GOLDEN = Path(__file__).parent / "golden"
SUFFIX = {
    Format.TEXT: "txt", Format.MARKDOWN: "md", Format.HTML: "html", Format.JSON: "json", Format.MAIL: "eml",
    Format.CSV: "csv",
}  # fmt: skip
WEEK = rich_report()
ITEMS = build_items(rich_week(), NOW, RICH_BASIS)
ALL = Limits(items=99, groups=99, reviews=99, incidents=99, against=99, classes=99, more_classes=99)


@pytest.mark.parametrize("wanted", Format)
def test_each_format_shows_the_rich_week_as_agreed(wanted: Format) -> None:
    page, kept = render(WEEK, wanted, width=100, items=ITEMS).encode(), GOLDEN / f"week.{SUFFIX[wanted]}"
    if os.environ.get("TRACK_GOLDEN") == "write":
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(page)
    assert page == kept.read_bytes()


def sentences_of(report: WeeklyReport) -> list[str]:
    """Everything that is said in the report, by the sections that are drawn block after block."""
    said = [report.headline]
    for answer in answers.build_answers(report):
        said += [answer.question, f"{answer.figure} {answer.counts}", *answer.details]
    for section in build_sections(report, ALL):
        said.append(section.title)
        for block in section.blocks:
            match block:
                case Said():
                    said.append(block.text)
                case Points():
                    said += block.lines
                case Counts():
                    said += [f"{label} {count:,}" for label, count in block.rows]
                case Entry():
                    said += [block.title, *block.lines]
                case Choices():
                    said += [text for one in block.decisions for text in (one.sentence, one.choice)]
                case Table():
                    said += [block.title] if block.titled and block.rows else []
    return said


def bare(text: str) -> str:
    """Words and figures alone: formats set other marks between them."""
    return f" {re.sub(r'[^a-z0-9%]+', ' ', text.lower()).strip()} "


@pytest.mark.parametrize("wanted", PEOPLE)
def test_every_format_for_people_shows_the_same_sentences_and_figures(wanted: Format) -> None:
    shown = bare(words_of(wanted, WEEK))
    assert [said for said in sentences_of(WEEK) if said and bare(said) not in shown] == []


@pytest.mark.parametrize("wanted", [Format.MARKDOWN, Format.HTML])
def test_every_row_of_a_table_is_the_same_in_every_format(wanted: Format) -> None:
    shown = bare(words_of(wanted, WEEK))
    tables = [block for section in build_sections(WEEK, ALL) for block in section.blocks if isinstance(block, Table)]
    assert len(tables) > 15
    rows = [bare(" ".join(cell.text for cell in row.cells)) for table in tables for row in table.rows]
    assert [row for row in rows if row not in shown] == []


@pytest.mark.parametrize("wanted", PEOPLE)
def test_the_sections_come_in_the_order_of_the_page(wanted: Format) -> None:
    shown = bare(words_of(wanted, WEEK))
    places = [shown.find(bare(title)) for title in TITLES.values()]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("wanted", PEOPLE)
def test_what_the_report_is_narrowed_to_is_said_at_the_top_and_below(wanted: Format) -> None:
    scope = Scope(team="payments", incident_class="config-rollout", review="INC-1", since=WEEK.recurrence.since)
    shown = words_of(wanted, replace(WEEK, scope=scope, known_at=WEEK.as_of))
    for phrase in ("team payments", "class config-rollout", "review INC-1", "incidents since 31 Aug 2026"):
        assert phrase in shown[:600]
    assert "as known at 23 Nov 2026 09:00 UTC" in shown[:600]
    assert "Narrowed on request" in shown
    assert "later corrections are left out" in shown


def test_json_holds_the_numbers_of_the_record() -> None:
    data = msgspec.json.decode(render(WEEK, Format.JSON))
    assert data.pop("schema") == 2
    assert data == msgspec.json.decode(msgspec.json.encode(WEEK))
    assert data["completion"]["evidence_rate"]["count"] == WEEK.completion.evidence_rate.count


@pytest.mark.parametrize("report", [WEEK, sample_week()], ids=["built", "sample"])
def test_no_number_of_the_record_is_infinite_or_none_at_all(report: WeeklyReport) -> None:
    def numbers(value: object) -> list[float]:
        if isinstance(value, dict):
            return [one for inner in value.values() for one in numbers(inner)]
        if isinstance(value, list | tuple):
            return [one for inner in value for one in numbers(inner)]
        return [value] if isinstance(value, float) else []

    found = numbers(msgspec.to_builtins(report))
    assert found
    assert all(map(math.isfinite, found))


def test_every_field_of_the_json_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    section = text.split("## track report")[1].split("\n## ")[0]
    names: set[str] = set()

    def collect(value: object, parent: str = "") -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if parent not in ("then", "titles"):
                    names.add(key)
                collect(inner, key)
        elif isinstance(value, list):
            for inner in value:
                collect(inner, parent)

    collect(msgspec.json.decode(render(WEEK, Format.JSON)))
    assert {name for name in names if f"`{name}`" not in section} == set()


def test_two_renders_give_the_same_bytes() -> None:
    for wanted in Format:
        assert render(rich_report(), wanted, items=ITEMS) == render(WEEK, wanted, items=ITEMS)


@pytest.mark.parametrize("report", [WEEK, sample_week()], ids=["built", "sample"])
@pytest.mark.parametrize("wanted", PEOPLE)
def test_no_format_claims_more_than_the_data(wanted: Format, report: WeeklyReport) -> None:
    shown = words_of(wanted, report).lower().replace("not fixed yet", "")
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
    source = render(WEEK, Format.HTML)
    page = parse(source)
    tags = {tag for tag, _attributes in page.tags}
    assert not tags & {"script", "img", "image", "link", "iframe", "object", "form", "base", "foreignobject", "animate"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name == "src" or "xlink" in name for name in attributes)
        if tag == "use":
            assert re.fullmatch(r"#[a-z]+", attributes["href"] or "")
    assert "url(" not in source
    assert "@import" not in source


def test_html_has_one_heading_for_each_section_and_tables_with_captions_and_scopes() -> None:
    page = parse(render(WEEK, Format.HTML))
    levels = [int(tag[1]) for tag, _attributes in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels.count(2) == len(TITLES)
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    count = [tag for tag, _attributes in page.tags]
    assert count.count("table") == count.count("caption") > 5
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.tags if tag == "th")
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    labels = {attributes["aria-labelledby"] for _tag, attributes in page.tags if "aria-labelledby" in attributes}
    drawn = {(attributes["href"] or "")[1:] for tag, attributes in page.tags if tag == "use"}
    assert len(ids) == len(set(ids))
    assert labels == set(TITLES)
    assert drawn <= set(ids) - labels


def test_html_leaves_new_returns_and_those_with_an_unfinished_item_open_and_folds_the_others() -> None:
    page = render(WEEK, Format.HTML)
    section = page.split('<h2 id="back">')[1].split("</section>")[0]
    open_, folded = section.split('<details class="rest">')
    assert re.findall(r'id="incident-\d">\n<h3>(.*?)[:<]', open_) == [
        "queue-lag", "Config rollout", "Config rollout", "retry-storm",
    ]  # fmt: skip
    assert "2 earlier returns" in folded
    assert folded.count('<article class="return"') == 2


def test_html_leaves_classes_open_that_came_back_or_are_quieter() -> None:
    section = render(WEEK, Format.HTML).split('<h2 id="helped">')[1].split("</section>")[0]
    shown = re.findall(r'<span class="verdict ([a-z-]+)">', section.split("<details>")[0])
    assert set(shown) <= {"worse", "back", "same", "quiet", "quieter"}
    assert shown


def test_html_leads_to_every_section_and_from_a_decision_to_what_it_is_about() -> None:
    page = parse(render(WEEK, Format.HTML))
    ids = {attributes["id"] for _tag, attributes in page.tags if "id" in attributes}
    inside = [href[1:] for tag, found in page.tags if tag == "a" and (href := found["href"] or "").startswith("#")]
    assert inside[: len(TITLES)] == list(TITLES)
    assert set(inside) <= ids
    assert any(name.startswith("review-") for name in inside)


def test_the_marks_of_a_strip_can_be_read_without_pointing_at_them() -> None:
    shown = words_of(Format.HTML, WEEK)
    for one in WEEK.helped.classes:
        for point in one.points[-3:]:
            assert point.label in shown


def test_a_day_beyond_the_axis_from_which_it_can_be_told_is_said_at_its_end() -> None:
    early = next(one for one in WEEK.helped.classes if one.verdict is Verdict.IN_PROGRESS)
    early = replace(early, verdict=Verdict.TOO_EARLY, tell_on=WEEK.today.replace(year=2040), fixed_at=WEEK.as_of)
    page = render(replace(WEEK, helped=replace(WEEK.helped, classes=(early,))), Format.HTML)
    assert "23 Nov 2040 →</text>" in page


def test_the_trend_says_as_a_range_what_is_lost_like_the_headline() -> None:
    shown = words_of(Format.HTML, WEEK)
    assert "7 to 9 of 22 now. Closed: " in shown
    assert "then 8 to 10." in shown


def test_a_column_of_nothing_but_zeros_is_left_out_of_the_groups() -> None:
    groups = tuple(replace(group, completion=replace(group.completion, waived=0)) for group in WEEK.by_team)
    tables = build_group_tables(replace(WEEK, by_team=groups), 99, 99)
    for table in tables:
        for index, column in enumerate(table.columns):
            if column in ("Not planned", "Waived", "Lost", "Duplicate"):
                assert any(row.cells[index].text != "0" for row in table.rows)
    assert [table.title for table in tables if "Waived" not in table.columns] == ["By team"]


def test_every_drawing_says_what_it_shows_or_is_left_to_the_eye() -> None:
    page = parse(render(WEEK, Format.HTML))
    drawings = [attributes for tag, attributes in page.tags if tag == "svg" and "y" not in attributes]
    assert len(drawings) > 20
    for attributes in drawings:
        named = attributes.get("role") == "img" and bool(attributes.get("aria-label"))
        assert named != (attributes.get("aria-hidden") == "true")


def test_html_and_mail_stay_small_however_much_there_is_and_say_what_they_cut() -> None:
    report = report_of(crowd(9_000, classes=200), END)
    page = render(report, Format.HTML)
    assert len(page.encode()) < 300_000
    assert report.overdue.total > 15
    assert f"and {report.overdue.total - 15:,} more" in page
    assert len(report.helped.classes) == 200
    for one in report.helped.classes:
        assert f">{one.name}<" in page or f">{one.name} <" in page, one.name
    strips = re.findall(r'<svg class="strip".*?</svg>', page, re.DOTALL)
    assert 12 <= len(strips) <= 24
    assert max(map(len, strips)) < 6_000
    assert len(render_mail_html(report).encode()) < 100_000


def test_a_report_of_nothing_says_so_in_every_section() -> None:
    empty = report_of(crowd(0, classes=1).__class__())
    for wanted in PEOPLE:
        shown = words_of(wanted, empty)
        for said in ("Nothing needs a decision.", "No class of incident is known yet.", "No incident has the times."):
            assert said in shown
        assert "Nobody was asked yet." in shown
        assert "No tracker has been read yet." in shown
