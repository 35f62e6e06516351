"""The command line's edges: what it says and how it leaves when something outside goes wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cli import run
from tracker.app import App

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    track = subprocess.Popen(
        [sys.executable, "-m", "tracker", "report", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert track.stdout is not None
    assert track.stderr is not None
    track.stdout.close()
    said = track.stderr.read()
    track.stderr.close()
    assert (track.wait(), said) == (0, b"")


def test_a_full_disk_is_said_and_no_bug() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        track = subprocess.run(
            [sys.executable, "-m", "tracker", "--help"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert track.returncode == 1
    assert b"cannot write" in track.stderr
    assert b"bug" not in track.stderr


def test_a_bug_is_said_without_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(App):
        """An app with a bug in it."""

        @property
        def config(self) -> None:  # type: ignore[override]
            """Fail as a bug does, with a secret in the message."""
            raise KeyError("ghp_secret")

    monkeypatch.chdir(tmp_path)
    ran = run(["status"], Broken(env={}))
    assert ran.code == 70
    assert "please report" in ran.err.lower()
    assert "ghp_secret" not in ran.err


def test_without_a_config_the_first_step_is_named(tmp_path: Path) -> None:
    ran = run(["status"], App(env={"XDG_CONFIG_HOME": str(tmp_path)}, cwd=tmp_path))
    assert ran.code == 3
    assert "track init" in ran.err
