"""`track report` for a day, for what was known, for a part of the whole: days in the zone, names that nobody knows."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reports.scope import Scope
from tests.cli import Ran, run
from tests.reports.factory import NOW, at, item, review
from tracker.app import App
from tracker.cli.report_asked import build_asked
from tracker.errors import UsageProblem
from tracker.model import Commitment, Snapshot
from tracker.runs.basis import load_basis

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[store]
path = "track.db"

[trackers.payments]
kind = "github"
repository = "acme/payments"
token = { env = "GITHUB_TOKEN" }

[report]
records_since = 2025-01-01
week_starts = "sunday"
time_zone = "Europe/Berlin"

[classes."Config rollout"]
title = "Configuration"
aliases = ["Bad config"]
watched_since = 2025-06-01
"""
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = App(env={}, cwd=tmp_path, now=lambda: NOW)
    snapshots = []
    for name, team, of_class in (("INC-1", "payments", "bad config"), ("INC-2", "edge", "dns")):
        known = item(f"{name}/A1", committed=at(3, 1), due=at(4, 1).date())
        assert known.issue is not None
        header = review(name, at(2, 26), of_class, team=team)
        commitment = Commitment(review=header, item=known.item, committed=known.committed, pushed=known.committed)
        snapshots.append(Snapshot(issue=known.issue, commitments=(commitment,)))
    with made.store() as store:
        store.save_snapshots(snapshots, at(3, 5))
    return made


def report(app: App, *options: str) -> Ran:
    return run(["report", *options], app)


def test_the_config_gives_the_basis(app: App) -> None:
    basis = load_basis(app.config)
    assert (basis.zone, basis.week_starts, basis.records_since) == (BERLIN, 6, date(2025, 1, 1))
    assert basis.aliases == {"bad-config": "config-rollout"}
    assert basis.watched_since == {"config-rollout": date(2025, 6, 1)}
    assert basis.titles == {"config-rollout": "Configuration"}


def test_the_day_ends_in_the_zone_of_the_config(app: App) -> None:
    made = json.loads(report(app, "--as-of", "2026-03-02", "--format", "json").out)
    assert made["as_of"] == "2026-03-02T23:59:59.999999+01:00"


def test_today_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert build_asked(late, BERLIN, date(2026, 11, 24), None, Scope()).as_of == late
    with pytest.raises(UsageProblem, match="after today, 2026-11-24"):
        build_asked(late, BERLIN, date(2026, 11, 25), None, Scope())


def test_what_was_known_at_a_day_is_reported_as_of_that_day() -> None:
    asked = build_asked(NOW, BERLIN, None, date(2026, 3, 2), Scope())
    assert asked.as_of == asked.known_at == datetime(2026, 3, 2, 23, 59, 59, 999999, BERLIN)


def test_nothing_is_known_of_a_later_day_and_no_window_begins_after_the_report() -> None:
    with pytest.raises(UsageProblem, match="says nothing of 2026-03-03"):
        build_asked(NOW, BERLIN, date(2026, 3, 3), date(2026, 3, 2), Scope())
    with pytest.raises(UsageProblem, match="--since 2026-11-24 is after"):
        build_asked(NOW, BERLIN, None, None, Scope(since=date(2026, 11, 24)))


def test_as_known_at_leaves_out_what_was_seen_later(app: App) -> None:
    def committed(*options: str) -> int:
        count: int = json.loads(report(app, *options, "--format", "json").out)["completion"]["committed"]
        return count

    assert committed("--as-of", "2026-03-04") == 2
    assert committed("--as-of", "2026-03-04", "--as-known-at", "2026-03-04") == 0
    assert committed("--as-of", "2026-03-04", "--as-known-at", "2026-03-05") == 2


@pytest.mark.parametrize(
    ("options", "review_id"),
    [
        (["--team", "Payments"], "INC-1"), (["--class", "Bad config"], "INC-1"), (["--class", "DNS"], "INC-2"),
        (["--review", "inc-2"], "INC-2"),
    ],
)  # fmt: skip
def test_a_part_of_the_whole(app: App, options: list[str], review_id: str) -> None:
    made = json.loads(report(app, *options, "--format", "json").out)
    assert [group["name"] for group in made["by_review"]["first"]] == [review_id]
    rows = list(csv.DictReader(io.StringIO(report(app, *options, "--format", "csv").out)))
    assert [row["review"] for row in rows] == [review_id]


@pytest.mark.parametrize(
    ("options", "said", "hint"),
    [
        (["--team", "payment"], "no team is called payment", "Did you mean payments?"),
        (["--class", "Config-rolout"], "no class is called Config-rolout", "Did you mean config-rollout?"),
        (["--review", "INC-9"], "no review is called INC-9", "Did you mean INC-"),
        (["--team", "xyz"], "no team is called xyz", "There is: edge, payments."),
    ],
)
def test_a_name_that_nobody_knows_is_refused_with_those_there_are(
    app: App, options: list[str], said: str, hint: str
) -> None:
    ran = report(app, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert hint in ran.err


@pytest.mark.parametrize("wanted", ["text", "md", "html", "json", "mail", "csv"])
def test_two_runs_give_the_same_bytes(app: App, wanted: str) -> None:
    first, second = (report(app, "--as-of", "2026-11-20", "--format", wanted) for _run in range(2))
    assert first.code == 0, first.err
    assert first.out == second.out != ""


@pytest.mark.parametrize(("name", "opening"), [("week.eml", b"Subject: "), ("items.csv", b"key,title,")])
def test_mail_and_items_are_told_by_their_suffix(app: App, name: str, opening: bytes) -> None:
    assert report(app, "--out", name).code == 0
    written = (app.cwd / name).read_bytes()
    assert written.startswith(opening)
    assert (b"\r\n" in written) is (name == "week.eml")


def test_the_whole_of_a_store_without_anything_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "track.db"\n', encoding="utf-8")
    ran = run(["report", "--team", "payments"], App(env={}, cwd=tmp_path, now=lambda: NOW))
    assert (ran.code, "There is: none yet." in ran.err) == (2, True)
