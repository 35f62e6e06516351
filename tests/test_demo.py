"""The demo shows every standing an item can have, and leaves a folder that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reports.render import Format, render
from reports.weekly import build_weekly
from sync.sandbox.server import Sandbox
from sync.sandbox.state import load_state
from sync.sandbox.world import World
from tests.cli import run
from tests.make import NOW
from tracker.app import App
from tracker.demo.stage import STATE, Stage, prepare_folder
from tracker.errors import UsageProblem
from tracker.model import Status
from tracker.rules import status_at

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> App:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    app = App(env={"PATH": "/usr/bin:/bin"}, now=lambda: NOW)
    return Stage(folder, app, lambda _day, _what: None).run()


def test_twelve_weeks_leave_items_in_every_standing(played: App) -> None:
    with played.store() as store:
        facts = store.load_facts()
    standing = {tracked.key: status_at(tracked, NOW) for tracked in facts.items}
    assert standing == {
        "INC-017/A1": Status.DONE,
        "INC-017/A2": Status.OPEN,
        "INC-017/A3": Status.DONE,
        "INC-017/A4": Status.NOT_PLANNED,
        "INC-017/A5": Status.DONE,
        "INC-021/B1": Status.OPEN,
        "INC-021/B2": Status.DONE,
        "INC-021/B3": Status.MISSING,
        "INC-021/B4": Status.DONE,
        "INC-024/C1": Status.DONE,
        "INC-024/C2": Status.IN_PROGRESS,
        "INC-024/C3": Status.OPEN,
        "INC-031/D1": Status.OPEN,
        "INC-031/D2": Status.OPEN,
    }
    evidence = {tracked.key: len(tracked.evidence) for tracked in facts.items}
    assert [key for key, count in evidence.items() if count] == [
        "INC-017/A1",
        "INC-017/A5",
        "INC-021/B2",
        "INC-021/B4",
        "INC-024/C1",
    ]
    moved = next(tracked for tracked in facts.items if tracked.key == "INC-021/B1")
    assert moved.issue is not None
    assert moved.issue.ref == "acme/tools#1"


def test_a_review_that_asks_again_shares_the_issue_it_names(played: App) -> None:
    with played.store() as store:
        issues = {tracked.key: tracked.issue for tracked in store.load_facts().items}
    assert issues["INC-031/D1"] == issues["INC-017/A2"]


def test_the_report_of_the_demo_says_what_came_back(played: App) -> None:
    with played.store() as store:
        report = build_weekly(store.load_facts(), NOW, accept=played.config.accept, zone=NOW.tzinfo)  # type: ignore[arg-type]
    for layout in Format:
        text = render(report, layout)
        assert "config-rollout" in text
        assert "INC-017/A2" in text.replace("\\", "")


def test_the_folder_works_on_when_the_sandbox_is_brought_back(played: App) -> None:
    folder = played.config.path.parent
    url = next(iter(played.config.trackers.values())).url
    port = int(url.split(":")[2].split("/")[0])
    world = World(load_state(folder / STATE), clock=lambda: NOW)
    with Sandbox(world, port=port):
        app = App(str(folder / "config.toml"), env={"PATH": "/usr/bin:/bin"}, now=lambda: NOW)
        pushed = run(["push", "--yes", str(folder / "reviews" / "INC-031.md")], app)
    assert pushed.code == 0
    assert pushed.out.count("nothing to do") == 2


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "track.db").write_text("mine")
    with pytest.raises(UsageProblem, match="no demo made it"):
        prepare_folder(tmp_path)
    assert (tmp_path / "track.db").read_text() == "mine"


def test_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "demo")
    (tmp_path / "demo" / "report.html").write_text("old")
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    prepare_folder(tmp_path / "demo")
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["notes.txt", "reviews", STATE]
