"""Start-up is a promise: what a quick command does not need is not imported. How long it takes is in the benchmark."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli import run
from tests.make import NOW
from tracker.app import App

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("github", "jira", "requests", "sqlite_utils", "rich", "jinja2", "markdown_it", "yaml", "schedule", "filelock")

_ASK = """
import sys
from tracker.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(" ".join(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text('[trackers.payments]\nkind = "github"\nrepository = "acme/payments"\ntoken = { env = "T" }\n')
    run(["status"], App(str(path), env={}, now=lambda: NOW))  # makes the store, which may import what it likes
    return str(path)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["status"], ["status", "--json"]])
def test_a_quick_command_imports_nothing_heavy(arguments: list[str], config: str) -> None:
    command = [sys.executable, "-c", _ASK.format(heavy=HEAVY), "--config", config, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == ""
