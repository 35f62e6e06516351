"""`track incidents import`: what is kept, what a corrected file replaces, what is asked, and what is said."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.cli import Ran, run
from tests.incidents.reading import read
from tests.make import NOW, at
from tracker.app import App
from tracker.cli.incidents import command
from tracker.errors import AnotherRun
from tracker.runs.incidents import Import, keep_import, plan_import

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tracker.model import Incident
    from tracker.store import Store

HEAD = "id,class,started\n"
TWO = f"{HEAD}OPS-1,dns,2026-03-02T09:00Z\nOPS-2,disk,2026-03-03T10:00Z\n"
FOUR = f"{TWO}OPS-3,disk,2026-03-04T10:00Z\nOPS-4,disk,2026-03-05T10:00Z\n"


class Desk:
    """A folder with a config; files are written and imported there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOW
        (folder / "config.toml").write_text("[store]\npath = 'track.db'\n", encoding="utf-8")
        self.app = App(str(folder / "config.toml"), env={}, cwd=folder, now=lambda: self.now)

    def give(self, text: str, *options: str, name: str = "incidents.csv") -> Ran:
        (self.folder / name).write_text(text, encoding="utf-8", newline="")
        return run(["incidents", "import", str(self.folder / name), *options], self.app)

    def versions(self) -> tuple[Incident, ...]:
        with self.app.store() as store:
            return store.load_facts().incidents

    def shown(self, source: str = "file:incidents.csv") -> set[str]:
        with self.app.store() as store:
            return set(store.incident_ids(source))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A terminal at which somebody answers."""

    def answer(*lines: str) -> None:
        stdin = io.StringIO("".join(f"{line}\n" for line in lines))
        monkeypatch.setattr(stdin, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", stdin)

    return answer


# What is kept


def test_incidents_of_a_file_are_kept_with_its_name(desk: Desk) -> None:
    ran = desk.give(TWO)
    assert ran.code == 0
    assert "read 2 incidents (2 new, 0 changed, 0 as before) of 2 rows" in ran.out
    assert [(one.source, one.id, one.seen_at) for one in desk.versions()] == [
        ("file:incidents.csv", "OPS-1", NOW),
        ("file:incidents.csv", "OPS-2", NOW),
    ]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.give(TWO)
    desk.now = at(1)
    assert "0 new, 0 changed, 2 as before" in desk.give(TWO).out
    assert len(desk.versions()) == 2


def test_a_corrected_file_replaces_what_it_said_before(desk: Desk) -> None:
    desk.give(FOUR)
    desk.now = at(1)
    ran = desk.give(f"{TWO.replace('dns', 'network')}OPS-3,disk,2026-03-04T10:00Z\n")
    assert "read 3 incidents (0 new, 1 changed, 2 as before, 1 withdrawn)" in ran.out
    assert desk.shown() == {"OPS-1", "OPS-2", "OPS-3"}
    assert [one.gone for one in desk.versions() if one.id == "OPS-4"] == [False, True]


def test_files_of_other_names_are_left_alone(desk: Desk) -> None:
    desk.give(TWO)
    desk.give(f"{HEAD}OPS-9,dns,2026-03-02T09:00Z\n", name="older.csv")
    assert desk.shown() == {"OPS-1", "OPS-2"}
    assert desk.shown("file:older.csv") == {"OPS-9"}


def test_several_files_are_read_before_any_is_kept(desk: Desk) -> None:
    (desk.folder / "bad.csv").write_bytes(b"\xff\xfe")
    ran = desk.give(TWO, str(desk.folder / "bad.csv"))
    assert (ran.code, desk.versions()) == (3, ())
    assert "bad.csv: it is UTF-16 text" in ran.err


def test_two_files_of_one_name_are_refused(desk: Desk) -> None:
    (desk.folder / "there").mkdir()
    (desk.folder / "there" / "incidents.csv").write_text(TWO)
    ran = desk.give(TWO, str(desk.folder / "there" / "incidents.csv"))
    assert ran.code == 2
    assert "two files are called incidents.csv" in ran.err


# Rows that cannot be used


def test_bad_rows_are_named_with_their_line_and_the_good_ones_kept(desk: Desk) -> None:
    ran = desk.give(f"{TWO}OPS-3,dns,soon\n")
    assert ran.code == 1
    assert desk.shown() == {"OPS-1", "OPS-2"}
    said = "incidents.csv:4: its start: “soon” is not a time; the row is left out. Write it as 2026-10-01T09:12:00Z."
    assert said in ran.err


def test_a_row_that_went_bad_keeps_what_was_known_of_its_incident(desk: Desk) -> None:
    desk.give(TWO)
    desk.give(TWO.replace("2026-03-02T09:00Z", "soon"))
    assert desk.shown() == {"OPS-1", "OPS-2"}


def test_nothing_is_withdrawn_where_a_row_could_not_be_told(desk: Desk) -> None:
    desk.give(FOUR)
    ran = desk.give(f"{TWO},dns,2026-03-02\n")
    assert desk.shown() == {"OPS-1", "OPS-2", "OPS-3", "OPS-4"}
    assert "2 incidents of before not found, and kept" in ran.err


def test_many_bad_rows_are_counted(desk: Desk) -> None:
    ran = desk.give(HEAD + "".join(f"OPS-{n},dns,soon\n" for n in range(50)))
    assert ran.err.count("the row is left out") == 20
    assert "30 more rows or values like these" in ran.err


def test_what_was_assumed_is_said_once(desk: Desk) -> None:
    text = (
        "id,class,started,created,resolved\nOPS-1,dns,2026-03-02 09:00,,2026-03-02\nOPS-2,,2026-03-03,,\n"
        "OPS-3,dns,,2026-03-03 09:00,\nOPS-4,dns,,,\n"
    )
    ran = desk.give(text)
    assert ran.code == 0
    assert [line.partition("incidents.csv: ")[2] for line in ran.err.splitlines()] == [
        "2 times without a zone: taken as UTC. Say another with --zone Europe/Berlin",
        "1 start without an hour: only the day is known",
        "1 time of detection or mitigation without an hour: left out",
        "1 incident without a start: the time it was created at stands in",
        "1 incident without any start: in no figure until a review or a feed knows it",
        "1 incident without a class: in no class until a review or a feed knows it",
    ]


# Columns and zones


def test_a_flag_names_a_column(desk: Desk) -> None:
    assert (
        desk.give("Nr,Was,Wann\nOPS-1,dns,2026-03-02 09:00\n", "--id", "Nr", "--class", "Was", "--started", "Wann").code
        == 0
    )
    assert [one.classes for one in desk.versions()] == [("dns",)]


def test_in_a_pipe_an_unclear_column_is_an_error_that_names_the_columns_and_the_flag(desk: Desk) -> None:
    ran = desk.give("Nr,class,Wann\nOPS-1,dns,2026-03-02\n")
    assert (ran.code, desk.versions()) == (2, ())
    assert "it is unclear which column holds id and started" in ran.err
    assert "The columns are: Nr, class, Wann" in ran.err
    assert "--id COLUMN --started COLUMN" in ran.err


def test_on_a_terminal_an_unclear_column_is_asked_for(desk: Desk, answers: Callable[..., None]) -> None:
    answers("Nummer", "Nr", "none")
    ran = desk.give("Nr,Was,started\nOPS-1,dns,2026-03-02\n")
    assert ran.code == 0
    assert "there is no column “Nummer”" in ran.err
    assert [(one.id, one.classes) for one in desk.versions()] == [("OPS-1", ())]


def test_a_zone_is_that_of_times_without_one(desk: Desk) -> None:
    ran = desk.give(TWO.replace("Z", ""), "--zone", "Europe/Berlin")
    assert "without a zone" not in ran.err
    assert [one.started.hour for one in desk.versions() if one.started] == [8, 9]


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_said(desk: Desk, zone: str) -> None:
    ran = desk.give(TWO, "--zone", zone)
    assert ran.code == 2
    assert "there is no time zone" in ran.err


# A look first, and the safety valve


def test_a_dry_run_shows_the_first_rows_as_understood_and_keeps_nothing(desk: Desk) -> None:
    ran = desk.give(TWO.replace("T10:00Z", ""), "--dry-run")
    assert desk.versions() == ()
    assert "would read 2 incidents (2 new" in ran.out
    assert "columns: id ← id, class ← class, started ← started" in ran.out
    assert "2026-03-02 09:00 UTC  dns   OPS-1" in ran.out
    assert "2026-03-03            disk  OPS-2" in ran.out


def test_a_file_that_lost_most_of_its_incidents_needs_a_yes(desk: Desk, answers: Callable[..., None]) -> None:
    desk.give(FOUR)
    less = f"{HEAD}OPS-1,dns,2026-03-02T09:00Z\n"
    ran = desk.give(less)
    assert (ran.code, len(desk.shown())) == (2, 4)
    assert "does not hold 3 of the 4 incidents it held before" in ran.err
    answers("n")
    assert (desk.give(less).code, len(desk.shown())) == (1, 4)
    assert (desk.give(less, "--dry-run").code, len(desk.shown())) == (0, 4)
    answers("y")
    assert (desk.give(less).code, desk.shown()) == (0, {"OPS-1"})


def test_yes_withdraws_without_asking(desk: Desk) -> None:
    desk.give(FOUR)
    assert desk.give(f"{HEAD}OPS-9,dns,2026-03-02T09:00Z\n", "--yes").code == 0
    assert desk.shown() == {"OPS-9"}


def test_half_of_the_incidents_may_go_without_a_yes(desk: Desk) -> None:
    desk.give(FOUR)
    assert desk.give(TWO).code == 0
    assert desk.shown() == {"OPS-1", "OPS-2"}


# JSON, and what is shown of somebody else's text


def test_the_outcome_as_json(desk: Desk) -> None:
    ran = desk.give(f"{TWO}OPS-3,dns,soon\n", "--json")
    told: dict[str, Any] = json.loads(ran.out)
    (file,) = told["files"]
    assert ran.code == 1
    assert {key: file[key] for key in ("rows", "read", "new", "refused", "problems_total")} == {
        "rows": 3, "read": 2, "new": 2, "refused": 1, "problems_total": 1,
    }  # fmt: skip
    assert file["columns"]["class"] == ["class"]
    assert file["problems"][0]["line"] == 4
    assert [one["id"] for one in file["first"]] == ["OPS-1", "OPS-2"]


def test_nothing_in_a_file_steers_the_terminal(desk: Desk) -> None:
    ran = desk.give("id,class,\x1b[31mstarted,started\n\x1b[2JOPS-1,dns\x07,x,\x1b[31mnever\n", "--dry-run")
    assert not set(ran.out + ran.err) & {"\x1b", "\x07"}


def test_the_help_says_that_a_file_has_to_be_imported_again() -> None:
    (name,) = [name for name in command.commands if name == "import"]
    assert "after the store is deleted, import them again" in " ".join((command.commands[name].help or "").split())


# Two at once


def plan(store: Store, ids: str) -> Import:
    """What a file with these incidents changes, as one machine sees it now."""
    text = HEAD + "".join(f"{each},dns,2026-03-02T09:00Z\n" for each in ids)
    return plan_import(store, msgspec.structs.replace(read(text), source="file:incidents.csv"))


def test_of_two_imports_at_once_the_last_to_be_kept_replaces_the_other_whole(desk: Desk) -> None:
    with desk.app.store() as store, desk.app.store() as other:
        keep_import(store, plan(store, "ABC"), at(0))
        older, newer = plan(store, "AB"), plan(other, "ABCD")
        keep_import(other, newer, at(1))
        assert keep_import(store, older, at(2)).gone == ("C", "D")
    assert desk.shown() == {"A", "B"}


def test_an_import_that_would_withdraw_most_by_now_changes_nothing(desk: Desk) -> None:
    with desk.app.store() as store, desk.app.store() as other:
        older, newer = plan(store, "A"), plan(other, "ABCD")
        keep_import(other, newer, at(1))
        with pytest.raises(AnotherRun):
            keep_import(store, older, at(2))
    assert desk.shown() == {"A", "B", "C", "D"}


def test_an_empty_list_withdraws_what_the_file_held_where_somebody_says_so(desk: Desk) -> None:
    desk.give('[{"id": "A", "class": "x", "started": "2026-01-01"}]', name="pager.json")
    assert desk.give("[]", name="pager.json").code == 2
    ran = desk.give("[]", "--yes", "--class", "Category", name="pager.json")
    assert (ran.code, ran.out) == (
        0,
        "pager.json: read 0 incidents (0 new, 0 changed, 0 as before, 1 withdrawn) of 0 rows\n",
    )
    assert desk.shown("file:pager.json") == set()
