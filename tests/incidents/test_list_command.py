"""`track incidents list`: each incident once, as the report counts it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli import Ran, run
from tests.make import NOW, a_header
from tracker.app import App
from tracker.model import Review

if TYPE_CHECKING:
    from pathlib import Path

FILE = """id,class,severity,created,started
OPS-1,config-rollout,sev2,,2026-10-01T12:00Z
OPS-2,Config Rollout; dns,sev1,,2026-10-08
OPS-3,,sev3,2026-10-09T09:00Z,
OPS-4,dns,sev3,,
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "config.toml").write_text("[store]\npath = 'track.db'\n", encoding="utf-8")
    (tmp_path / "pager.csv").write_text(FILE, encoding="utf-8")
    app = App(str(tmp_path / "config.toml"), env={}, cwd=tmp_path, now=lambda: NOW)
    run(["incidents", "import", str(tmp_path / "pager.csv")], app)
    with app.store() as store:
        store.save_document(Review(header=a_header(incidents=("OPS-1",))), (), NOW)
    return app


def listed(app: App, *options: str) -> Ran:
    return run(["incidents", "list", *options], app)


def ids(ran: Ran) -> list[str]:
    return [one["id"] for one in json.loads(ran.out)["incidents"]]


def test_each_incident_is_listed_once_with_who_told_of_it(app: App) -> None:
    rows = [line.split("  ") for line in listed(app).out.splitlines()]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["day", "class", "id", "severity", "sources", "review"],
        ["2026-10-01", "config-rollout", "INC-1", "sev1", "review, file:pager.csv", "reviewed"],
        ["2026-10-08", "config-rollout, dns", "OPS-2", "sev1", "file:pager.csv", "not reviewed"],
        ["2026-10-09 (filed)", "no class", "OPS-3", "sev3", "file:pager.csv", "not reviewed"],
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "UTC"])
def test_a_start_without_an_hour_is_listed_on_its_day_in_any_zone(app: App, tmp_path: Path, zone: str) -> None:
    text = f"[store]\npath = 'track.db'\n[report]\ntime_zone = '{zone}'\n"
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    there = App(app.named, env={}, cwd=tmp_path, now=lambda: NOW)
    assert any(line.startswith("2026-10-08 ") and "OPS-2" in line for line in listed(there).out.splitlines())
    assert ids(listed(there, "--json", "--since", "2026-10-08", "--class", "dns")) == ["OPS-2"]
    assert ids(listed(there, "--json", "--since", "2026-10-09", "--class", "dns")) == []


def test_what_figures_cannot_use_is_counted(app: App) -> None:
    ran = listed(app)
    assert "1 of 3 incidents have no class" in ran.err
    assert "1 more have no start" in ran.err
    assert "1 have no start of their own" in ran.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--class", "dns"], ["OPS-2"]),
        (["--class", "Config rollout"], ["INC-1", "OPS-2"]),
        (["--since", "2026-10-08"], ["OPS-2", "OPS-3"]),
        (["--source", "review"], ["INC-1"]),
        (["--source", "file:pager.csv", "--since", "2026-10-09"], ["OPS-3"]),
        (["--class", "dns", "--source", "review"], []),
    ],
)
def test_the_list_can_be_narrowed(app: App, options: list[str], expected: list[str]) -> None:
    assert ids(listed(app, "--json", *options)) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--class", "config-rolout"], "no class is called config-rolout"),
        (["--source", "file:pagr.csv"], "no source is called file:pagr.csv"),
    ],
)
def test_a_name_that_nobody_knows_is_refused_with_those_that_are_close(app: App, options: list[str], said: str) -> None:
    ran = listed(app, *options)
    assert (ran.code, said in ran.err) == (2, True)
    assert "Did you mean config-rollout?" in ran.err or "Did you mean file:pager.csv?" in ran.err


def test_incidents_that_start_in_the_future_are_counted(app: App, tmp_path: Path) -> None:
    later = f"{NOW.year + 2}-01-01T09:00Z"
    (tmp_path / "later.csv").write_text(f"id,class,started\nOPS-9,dns,{later}\n", encoding="utf-8")
    run(["incidents", "import", str(tmp_path / "later.csv")], app)
    assert "1 more start in the future: they are in no list" in listed(app).err
    assert json.loads(listed(app, "--json").out)["in_future"] == 1
    assert "OPS-9" not in ids(listed(app, "--json"))


def test_the_list_as_json(app: App) -> None:
    told: dict[str, Any] = json.loads(listed(app, "--json").out)
    assert {key: value for key, value in told.items() if key != "incidents"} == {
        "known": 3, "without_class": 1, "without_start": 1, "assumed_start": 1, "in_future": 0,
    }  # fmt: skip
    assert (told["incidents"][0]["reviews"], told["incidents"][1]["day_only"]) == (["INC-1"], True)


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[store]\npath = 'track.db'\n", encoding="utf-8")
    ran = listed(App(str(tmp_path / "config.toml"), env={}, cwd=tmp_path, now=lambda: NOW))
    assert (ran.code, "track incidents import FILE" in ran.out) == (0, True)
