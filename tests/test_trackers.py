"""Trackers of several kinds in one config: each with its own adapter, accounts and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.steps import Create
from sync.waiting import Waiting
from tests.fakes import FakeClock, FakeProject, FakeTracker
from tracker.app import App
from tracker.errors import InvalidInput
from tracker.runs.documents import read_reviews
from tracker.runs.push import open_pushers
from tracker.runs.standards import load_standards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sync.port import TrackerAdapter
    from tracker.config import Tracker

CONFIG = """
[trackers.payments]
kind = "github"
repository = "acme/payments"
token = { env = "GITHUB_TOKEN" }
[trackers.platform]
kind = "jira"
url = "https://acme.atlassian.net"
project = "PLAT"
email = "bot@acme.example"
token = { env = "JIRA_API_TOKEN" }
[people.lead]
github = "octo-lead"
jira = "712020:lead"
"""
REVIEW = """---
id: {id}
title: Checkout returned 5xx
class: config-rollout
severity: sev1
reviewed: 2026-01-05
tracker: {tracker}
---
## Action items
| ID | Action | Owner | Due |
|---|---|---|---|
| A1 | Reject config without a valid schema | lead | 2026-11-20 |
"""
TOKENS = {"GITHUB_TOKEN": "any", "JIRA_API_TOKEN": "any"}


class WithFakes(App):
    """An app whose trackers are fakes in which either account of the owner can be assigned."""

    def adapter(self, tracker: Tracker, waiting: Waiting) -> TrackerAdapter:  # noqa: ARG002
        """A fake of the tracker's name."""
        return FakeTracker(FakeProject(FakeClock(), members=("octo-lead", "712020:lead")), tracker.name)


def app_of(folder: Path, kind: type[App] = App, env: Mapping[str, str] = TOKENS) -> App:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return kind(env=env, cwd=folder, now=FakeClock())


def test_a_push_goes_to_the_place_and_the_accounts_of_each_reviews_own_tracker(tmp_path: Path) -> None:
    paths = [tmp_path / "a.md", tmp_path / "b.md"]
    for path, tracker in zip(paths, ("payments", "platform"), strict=True):
        path.write_text(REVIEW.format(id=f"INC-{path.stem}", tracker=tracker), encoding="utf-8")
    app = app_of(tmp_path, WithFakes)
    with open_pushers(app, read_reviews(paths, load_standards(app)), say=lambda _said: None) as pushes:
        plans = [(push.place, push.pusher.plan(push.review)) for push in pushes]
    given = [(place, step.draft.assignees) for place, plan in plans for step in plan if isinstance(step, Create)]
    assert given == [("acme/payments", ("octo-lead",)), ("PLAT", ("712020:lead",))]


def test_each_tracker_is_opened_by_the_adapter_of_its_kind(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    waiting = Waiting(0, lambda _seconds: None, lambda _said: None)
    opened = {name: app.adapter(tracker, waiting) for name, tracker in app.config.trackers.items()}
    assert [type(adapter).__name__ for adapter in opened.values()] == ["GitHub", "Jira"]
    assert [(adapter.name, adapter.home) for adapter in opened.values()] == [
        ("payments", "acme/payments"),
        ("platform", "PLAT"),
    ]


def test_what_either_kind_lacks_is_said_at_once(tmp_path: Path) -> None:
    app = app_of(tmp_path, env={})
    with pytest.raises(InvalidInput) as caught:
        app.check_credentials()
    assert "trackers.payments: the environment variable GITHUB_TOKEN is not set" in caught.value.message
    assert "trackers.platform: the environment variable JIRA_API_TOKEN is not set" in caught.value.message
