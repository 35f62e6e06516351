"""The documentation is true: its commands run, every command and key is in it, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.cli import run
from tests.doc_links import ROOT, find_dead_links
from tests.make import NOW
from tracker.app import App
from tracker.cli.main import COMMANDS, cli
from tracker.errors import EXIT_BUG, TrackError

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    return {name: found for name in COMMANDS if (found := cli.get_command(context, name)) is not None}


def test_no_link_is_dead() -> None:
    assert list(find_dead_links(ROOT)) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[a](there.md) [b](#here) [c](https://x.example) [d](#nowhere)\n\n# Here\n")
    assert list(find_dead_links(tmp_path)) == ["README.md: there.md", "README.md: #nowhere"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_and_has_an_example(name: str) -> None:
    command = _commands()[name]
    assert f"`track {name}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"track {name}" in (command.help or "").replace("track --config /srv/track/config.toml", "track")
    assert re.search(r"Example", command.help or "")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.name}"


def test_every_command_of_a_group_is_documented_and_has_an_example() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    groups = {name: group for name, group in _commands().items() if isinstance(group, click.Group)}
    for name, group in groups.items():
        for below, command in group.commands.items():
            assert f"`track {name} {below}" in page
            assert f"track {name} {below}" in (command.help or "")
            assert re.search(r"Example", command.help or "")
            assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_every_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    codes = {error.exit_code for error in TrackError.__subclasses__()} | {0, EXIT_BUG}
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert codes == documented


def test_the_targets_the_docs_name_exist() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        assert set(re.findall(r"^make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_the_readme_takes_a_user_from_init_to_the_first_push(tmp_path: Path) -> None:
    block = re.search(r"## Your first push.*?```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = [line for line in block[1].splitlines() if line.startswith("track ")]
    assert len(lines) == 8
    world = World.open_to_all(clock=lambda: NOW)
    with Sandbox(world) as sandbox:
        for line in lines:
            arguments = shlex.split(line)[1:]
            if arguments[0] == "init":
                arguments += ["--url", sandbox.api_url]
            if arguments[:1] == ["push"] and "--dry-run" not in arguments:
                arguments.append("--yes")  # the reader says yes at the prompt
            app = App(env={"GITHUB_TOKEN": "any", "PATH": "/usr/bin"}, cwd=tmp_path, now=lambda: NOW)
            if arguments[0] == "check":
                _edit(tmp_path / "reviews" / "INC-2026-042.md")
            arguments = [str(tmp_path / a) if a.startswith("reviews/") else a for a in arguments]
            done = run(arguments, app)
            assert done.code == 0, f"{line}: {done.out}{done.err}"
    assert (tmp_path / "report.html").exists()
    assert len(world.repository("acme/payments").issues) == 1


def _edit(path: Path) -> None:
    """What the reader's editor does between `new` and `check`: fill the template in."""
    header = path.read_text(encoding="utf-8").split("---")[1]
    assert "config-rollout" in header
    path.write_text(
        """---
id: INC-2026-042
title: Checkout returned 5xx after a config push
class: config-rollout
severity: sev1
started: 2026-10-01T09:12:00Z
detected: 2026-10-01T09:31:00Z
mitigated: 2026-10-01T10:02:00Z
reviewed: 2026-10-05
---
## Failure conditions
| Condition | Role | What it was |
|---|---|---|
| unvalidated-config | trigger | Nothing checked the value |
## Action items
| ID | Action | Owner | Due | Horizon | Conditions | Evidence of completion | How we will know it helped | Issue |
|---|---|---|---|---|---|---|---|---|
| A1 | Reject config without a valid schema | @octo-dev | 2026-11-20 | systemic | unvalidated-config | PR | None | |
""",
        encoding="utf-8",
    )
