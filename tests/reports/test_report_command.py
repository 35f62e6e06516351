"""`track report` at the command line: formats, files, days."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from tests.reports.factory import NOW, at, item, review
from tracker.app import App
from tracker.cli.report import command
from tracker.errors import InvalidInput, UsageProblem
from tracker.model import Commitment, Snapshot, TrackedItem

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[store]
path = "track.db"

[trackers.payments]
kind = "github"
repository = "acme/payments"
token = { env = "GITHUB_TOKEN" }
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = App(env={}, cwd=tmp_path, now=lambda: NOW)
    with made.store() as store:
        store.save_snapshots([_snapshot(item("INC-1/A1", committed=at(3, 1), due=at(4, 1).date()))], NOW)
    return made


def _snapshot(known: TrackedItem) -> Snapshot:
    assert known.issue is not None
    header = review(known.review_id, at(2, 26), title="Checkout down")
    commitment = Commitment(review=header, item=known.item, committed=known.committed, pushed=known.committed)
    return Snapshot(issue=known.issue, commitments=(replace(commitment, first_due=known.first_due),))


def run(app: App, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, obj=app)


def test_text_goes_to_stdout_without_escapes_when_nobody_watches(app: App) -> None:
    result = run(app)
    assert result.exit_code == 0
    assert result.stdout.startswith("Follow-through report, 23 Nov 2026\nNo class of incident has come back")
    assert "\x1b" not in result.stdout


def test_json_is_the_result_on_stdout_alone(app: App) -> None:
    result = run(app, "--format", "json")
    assert json.loads(result.stdout)["overdue"]["total"] == 1
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("name", "opening"),
    [("report.html", "<!doctype html>"), ("r.MD", "# Follow"), ("r.json", "{"), ("r.txt", "Follow-through")],
)
def test_the_suffix_of_the_file_says_the_format(app: App, name: str, opening: str) -> None:
    result = run(app, "--out", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (app.cwd / name).read_text(encoding="utf-8").lstrip().startswith(opening)


def test_the_format_named_wins_over_the_suffix(app: App) -> None:
    run(app, "--out", "page.txt", "--format", "md")
    assert (app.cwd / "page.txt").read_text(encoding="utf-8").startswith("# Follow")


def test_an_unknown_suffix_is_asked_about_before_anything_is_done(app: App) -> None:
    result = run(app, "--out", "report.pdf")
    assert isinstance(result.exception, UsageProblem)
    assert "--format" in result.exception.hint


def test_as_of_is_the_end_of_that_day(app: App) -> None:
    def unfinished(day: str) -> tuple[int, int]:
        completion = json.loads(run(app, "--as-of", day, "--format", "json").stdout)["completion"]
        return completion["committed"], completion["overdue"]

    assert unfinished("2026-02-28") == (0, 0)
    assert unfinished("2026-03-01") == (1, 0)
    assert unfinished("2026-04-01") == (1, 0)
    assert unfinished("2026-04-02") == (1, 1)


def test_as_of_today_is_as_of_now(app: App) -> None:
    made = json.loads(run(app, "--as-of", f"{NOW:%Y-%m-%d}", "--format", "json").stdout)
    assert made == json.loads(run(app, "--format", "json").stdout)
    assert made["as_of"].startswith(f"{NOW:%Y-%m-%dT%H:%M:%S}")


def test_a_day_to_come_has_no_report(app: App) -> None:
    result = run(app, "--as-of", f"{NOW + timedelta(days=1):%Y-%m-%d}")
    assert isinstance(result.exception, UsageProblem)
    assert "after today" in result.exception.message


def test_a_file_is_replaced_in_one_step_and_nothing_is_left_beside_it(app: App) -> None:
    old = app.cwd / "report.html"
    old.write_text("old", encoding="utf-8")
    with old.open(encoding="utf-8") as reading:
        run(app, "--out", "report.html")
        assert reading.read() == "old"
    assert old.read_text(encoding="utf-8") != "old"
    assert [path.name for path in app.cwd.glob(".*")] == []


def test_a_folder_that_cannot_be_written_is_said(app: App) -> None:
    result = run(app, "--out", "missing/report.html")
    assert isinstance(result.exception, InvalidInput)
    assert "report.html" in result.exception.message
