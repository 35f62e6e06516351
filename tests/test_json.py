"""The JSON of the commands is documented: every key that is printed is named in docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.cli import run
from tests.doc_links import ROOT
from tests.make import NOW
from tracker.app import App

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REVIEW = """---
id: INC-1
title: Checkout failed
class: config-rollout
---
## Action items
| ID | Action | Owner | Issue |
|---|---|---|---|
| A1 | Reject config without a valid schema | @octo | |
| A2 | Roll out to five hosts first | @octo | PAY-7 |
"""
FEED = """
[incidents.ops]
tracker = "payments"
labels = ["incident"]
"""


def never(seconds: float) -> None:
    """Nothing fails here, so nothing waits."""
    raise AssertionError(f"waited {seconds} s")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "INC-1.md").write_text(REVIEW)
    with Sandbox(World.open_to_all(clock=lambda: NOW)) as sandbox:
        tracker = (
            f'kind = "github"\nrepository = "acme/payments"\nurl = "{sandbox.api_url}"\ntoken = {{ env = "TOKEN" }}'
        )
        (tmp_path / "config.toml").write_text(f"[trackers.payments]\n{tracker}\n{FEED}")
        app = App(str(tmp_path / "config.toml"), env={"TOKEN": "t"}, cwd=tmp_path, now=lambda: NOW, sleep=never)
        run(["push", "--yes", str(tmp_path / "INC-1.md")], app)
        sandbox.people.merge_pull_request("acme/payments", 1, "octo")
        yield app


def _section(command: str) -> str:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found = re.search(rf"^## track {command}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_keys(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(inner) for inner in value))
    return set()


@pytest.mark.parametrize("command", ["sync", "status", "doctor", "push"])
def test_every_key_is_documented(command: str, app: App, tmp_path: Path) -> None:
    arguments = [command, "--json"] + (["--yes", str(tmp_path / "INC-1.md")] if command == "push" else [])
    run(["sync"], app)
    printed = run(arguments, app).out
    documented = set(re.findall(r"`([\w-]+)`", _section(command)))
    assert _keys(json.loads(printed)) <= documented


@pytest.mark.parametrize("command", ["import", "list"])
def test_every_key_of_the_incidents_is_documented(command: str, app: App, tmp_path: Path) -> None:
    file = tmp_path / "ops.csv"
    file.write_text("id,class,started,created\nOPS-1,dns,2026-03-02,2026-03-02\nOPS-2,dns,soon,\n")
    run(["incidents", "import", str(file)], app)
    arguments = ["incidents", command, *([str(file)] if command == "import" else []), "--json"]
    printed = json.loads(run(arguments, app).out)
    documented = set(re.findall(r"`([\w-]+)`", _section(f"incidents {command}")))
    assert _keys(printed) <= documented
    assert "OPS-1" in str(printed)


def test_push_as_json_never_asks(app: App, tmp_path: Path) -> None:
    refused = run(["push", "--json", str(tmp_path / "INC-1.md")], app)
    assert (refused.code, refused.out) == (2, "")
    assert "--dry-run" in refused.err
