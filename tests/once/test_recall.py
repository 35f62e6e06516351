"""A store that was lost, and an issue that no list shows: it is found by its marker, and no second one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.cli import run
from tests.make import NOW
from tracker.app import App

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOME = "acme/payments"
REVIEW = """---
id: INC-1
title: Checkout failed
class: config-rollout
---
## Action items
| ID | Action |
|---|---|
| A1 | Reject config without a valid schema |
| A2 | Roll out to five hosts first |
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(World.open_to_all(clock=lambda: NOW)) as running:
        running.world.add_repository("acme/tools")
        yield running


@pytest.fixture
def app(tmp_path: Path, sandbox: Sandbox) -> App:
    (tmp_path / "INC-1.md").write_text(REVIEW)
    access = f'url = "{sandbox.api_url}"\ntoken = {{ env = "TOKEN" }}'
    (tmp_path / "config.toml").write_text(f'[trackers.payments]\nkind = "github"\nrepository = "{HOME}"\n{access}\n')
    return App(str(tmp_path / "config.toml"), env={"TOKEN": "a-long-token"}, cwd=tmp_path, now=lambda: NOW)


def _hide(sandbox: Sandbox, how: str) -> None:
    if how == "label taken off":
        sandbox.people.strip_label(HOME, 1, "follow-through")
    else:
        sandbox.people.transfer_issue(HOME, 1, "acme/tools")


def _lose_store(app: App) -> None:
    for path in app.config.path.parent.glob("track.db*"):
        path.unlink()


HIDDEN = ["label taken off", "moved to another repository"]


@pytest.mark.parametrize("how", HIDDEN)
def test_a_push_after_the_store_was_lost_makes_no_second_issue(how: str, app: App, sandbox: Sandbox) -> None:
    document = str(app.cwd / "INC-1.md")
    assert run(["push", "--yes", document], app).code == 0
    _hide(sandbox, how)
    _lose_store(app)
    pushed = run(["push", "--yes", document], app)
    assert "created" not in pushed.out
    assert sum(len(repository.issues) for repository in sandbox.world.state.repositories.values()) == 2


@pytest.mark.parametrize("how", HIDDEN)
def test_a_full_sync_brings_it_back_after_the_store_was_lost(how: str, app: App, sandbox: Sandbox) -> None:
    run(["push", "--yes", str(app.cwd / "INC-1.md")], app)
    _hide(sandbox, how)
    run(["sync"], app)
    before = _known(app)
    _lose_store(app)
    assert run(["sync", "--full"], app).code == 0
    assert _known(app) == before


def _known(app: App) -> dict[str, str]:
    with app.store() as store:
        return {tracked.key: tracked.issue.ref if tracked.issue else "" for tracked in store.load_facts().items}


def test_a_copy_in_another_repository_of_the_owner_takes_nothing_over(app: App, sandbox: Sandbox) -> None:
    """Whoever may write there may not write here."""
    document = str(app.cwd / "INC-1.md")
    run(["push", "--yes", document], app)
    copied = sandbox.world.repository(HOME).issues[1].body
    sandbox.people.open_issue("acme/tools", "A copy", copied, author="mallory")
    _lose_store(app)
    assert run(["sync", "--full"], app).code == 0
    assert _known(app) == {"INC-1/A1": f"{HOME}#1", "INC-1/A2": f"{HOME}#2"}
    assert "duplicate" not in run(["push", "--yes", document], app).out


def test_a_stranger_s_copy_of_a_marker_is_not_recalled(app: App, sandbox: Sandbox) -> None:
    run(["push", "--yes", str(app.cwd / "INC-1.md")], app)
    home = sandbox.world.repository(HOME)
    home.permissions["mallory"] = type(sandbox.world.state.everyone).READ
    sandbox.people.open_issue(HOME, "A copy", home.issues[1].body, author="mallory")
    _lose_store(app)
    assert run(["sync", "--full"], app).code == 0
    assert _known(app) == {"INC-1/A1": f"{HOME}#1", "INC-1/A2": f"{HOME}#2"}
