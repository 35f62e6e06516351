"""A GitHub App in place of a token: it gets its own installation token, and its markers are believed where listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.cli import run
from tests.make import NOW
from tracker.app import App

if TYPE_CHECKING:
    from pathlib import Path

REVIEW = """---
id: INC-1
title: Checkout failed
class: config-rollout
---
## Action items
| ID | Action |
|---|---|
| A1 | Reject config without a valid schema |
"""


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def _config(folder: Path, url: str, access: str) -> App:
    folder.mkdir(parents=True, exist_ok=True)
    tracker = f'[trackers.payments]\nkind = "github"\nrepository = "acme/payments"\nurl = "{url}"\n{access}\n'
    (folder / "config.toml").write_text(f'[store]\npath = "track.db"\n{tracker}')
    return App(str(folder / "config.toml"), env={"TOKEN": "a-person-s"}, now=lambda: NOW)


def test_an_app_pushes_and_syncs_and_others_believe_its_markers_where_listed(tmp_path: Path, key: str) -> None:
    world = World.open_to_all(clock=lambda: NOW)
    (tmp_path / "INC-1.md").write_text(REVIEW)
    with Sandbox(world) as sandbox:
        access = 'app = { id = 1, installation = 2, key_file = "app.pem" }'
        app = _config(tmp_path / "app", sandbox.api_url, access)
        (tmp_path / "app" / "app.pem").write_text(key)
        pushed = run(["push", "--yes", str(tmp_path / "INC-1.md")], app)
        assert pushed.code == 0, pushed.err
        assert run(["sync", "--full"], app).code == 0
        assert "A1" in run(["status"], app).out
        token = 'token = { env = "TOKEN" }'
        person = _config(tmp_path / "person", sandbox.api_url, token)
        assert run(["sync"], person).code == 0
        assert "Nothing is followed yet" in run(["status"], person).out
        trusting = _config(tmp_path / "trusting", sandbox.api_url, f'{token}\ntrusted = ["track-app[bot]"]')
        assert run(["sync"], trusting).code == 0
        assert "A1" in run(["status"], trusting).out
    assert "ghs_" not in pushed.out + pushed.err
    assert b"ghs_" not in (tmp_path / "app" / "track.db").read_bytes()


def test_an_app_key_that_is_none_is_said_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "INC-1.md").write_text(REVIEW)
    app = _config(tmp_path, "http://127.0.0.1:9/api/v3", 'app = { id = 1, installation = 2, key_file = "app.pem" }')
    (tmp_path / "app.pem").write_text("no key at all")
    refused = run(["push", "--yes", str(tmp_path / "INC-1.md")], app)
    assert refused.code == 3
    assert "key" in refused.err
    assert "no key at all" not in refused.err


def test_an_owner_is_found_in_any_spelling_and_assigned_as_github_spells_it(tmp_path: Path) -> None:
    (tmp_path / "INC-1.md").write_text(REVIEW.replace("| ID | Action |", "| ID | Action | Owner |").replace(
        "|---|---|", "|---|---|---|").replace("schema |", "schema | @Octo-Dev |"))  # fmt: skip
    world = World.open_to_all(clock=lambda: NOW)
    world.user("octo-dev")
    with Sandbox(world) as sandbox:
        app = _config(tmp_path, sandbox.api_url, 'token = { env = "TOKEN" }')
        pushed = run(["push", "--yes", str(tmp_path / "INC-1.md")], app)
        assert pushed.code == 0
        assert "dropped" not in pushed.out
        assert len(world.repository("acme/payments").issues[1].assignees) == 1
