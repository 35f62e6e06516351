"""The items as CSV: one row each, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reports.items import ItemRow, build_item_rows
from reports.render.csv import render_csv
from reports.standing import Moment, build_standings
from reports.weekly import build_items
from tests.reports.factory import BASIS, NOW, at, item, review
from tests.reports.rich_week import rich_week
from tracker.model import DueMove, Facts, Status
from tracker.text import plain

ITEM = build_items(rich_week(), NOW, BASIS)[0]


def rows_of(facts: Facts) -> list[dict[str, str]]:
    moment = Moment(at=NOW, zone=BASIS.zone, accept=BASIS.accept)
    reviews = {one.id: one for one in facts.reviews}
    made = build_item_rows(build_standings(facts.items, moment), reviews, moment, BASIS)
    return list(csv.DictReader(StringIO(render_csv(made))))


def test_every_item_is_a_row_in_order_of_its_key() -> None:
    facts = rich_week()
    rows = rows_of(facts)
    assert [row["key"] for row in rows] == sorted(one.key for one in facts.items)
    assert {row["stands"] for row in rows} >= {"overdue", "open", "done with evidence", "duplicate", "not pushed"}


def test_a_row_holds_the_dates_the_class_and_what_shows_it() -> None:
    proven = item(
        "INC-1/A1", Status.DONE, committed=at(3, 1), closed=at(3, 20), proven=True, due=at(4, 1).date(),
        first_due=at(3, 15).date(), moves=(DueMove(at=at(3, 2), before=at(3, 15).date(), to=at(4, 1).date()),),
        conditions=("No Canary", "no-canary"),
    )  # fmt: skip
    (row,) = rows_of(Facts(reviews=(review("INC-1", at(2, 26), "Config Rollout", severity="sev2"),), items=(proven,)))
    assert row["incident_class"] == "config-rollout"
    assert (row["team"], row["severity"], row["conditions"]) == ("payments", "sev2", "no-canary")
    assert (row["due"], row["first_due"], row["moves"]) == ("2026-04-01", "2026-03-15", "1")
    assert (row["committed"], row["closed"]) == ("2026-03-01T12:00:00+00:00", "2026-03-20T12:00:00+00:00")
    assert row["proven"] == "2026-03-20T12:00:00+00:00"
    assert row["evidence"] == proven.evidence[0].url
    assert row["is_overdue"] == "no"


def test_evidence_later_than_the_close_sets_the_day_it_was_proven() -> None:
    known = item("INC-1/A1", Status.DONE, committed=at(3, 1), closed=at(3, 20), proven=True)
    late = replace(known, evidence=(replace(known.evidence[0], at=at(4, 2)),))
    (row,) = rows_of(Facts(items=(late,)))
    assert row["closed"].startswith("2026-03-20")
    assert row["proven"].startswith("2026-04-02")


def test_what_was_not_proven_has_no_day_of_proof() -> None:
    (row,) = rows_of(Facts(items=(item("INC-1/A1", Status.DONE, committed=at(3, 1)),)))
    assert (row["stands"], row["proven"], row["evidence"]) == ("closed without evidence", "", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_no_cell_starts_a_formula(start: str) -> None:
    row = replace(ITEM, title=f"{start}HYPERLINK(1)", team=f"{start}1", review=f"{start}cmd|x")
    _header, cells = csv.reader(StringIO(render_csv([row])))
    assert sum(cell.startswith(f"'{start.strip() or '='}") for cell in cells) == 3
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


@given(st.text())
def test_text_comes_back_as_one_line_behind_at_most_an_apostrophe(text: str) -> None:
    row = replace(ITEM, title=text)
    (read,) = csv.DictReader(StringIO(render_csv([row]), newline=""))
    assert read["title"] in (plain(text), f"'{plain(text)}")


def test_the_columns_are_the_fields_of_a_row() -> None:
    assert render_csv([]).strip().split(",") == list(ItemRow.__struct_fields__)
