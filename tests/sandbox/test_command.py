"""`track sandbox` as a person runs it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest
import requests
from click.testing import CliRunner

from sync.sandbox.server import Sandbox
from sync.sandbox.state import load_state
from sync.sandbox.world import World
from tracker.cli.sandbox import command
from tracker.errors import InvalidInput, TrackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 20
"""Seconds after which a command that says no more is stopped, so that who waits for its words fails."""

RUN = "from tracker.cli.sandbox import command; command(obj=None, prog_name='track sandbox')"


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address that it printed."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        late = threading.Timer(LIMIT, process.kill)
        late.start()
        try:
            yield process, lines_until(process, 'url = "')[-1].split('"')[1]
        finally:
            late.cancel()
            process.kill()


def lines_until(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines that the command prints, as far as the first with these words."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    pytest.fail(f"no line with {words} among: {''.join(lines)}")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_what_it_prints_keeps_its_state_and_stops_cleanly(tmp_path: Path, signum: signal.Signals) -> None:
    file = tmp_path / "state.json"
    with running("--state", str(file)) as (process, address):
        url = f"{address}/repos/acme/payments/issues"
        made = requests.post(url, json={"title": "x"}, headers={"Authorization": "Bearer any"}, timeout=10)
        assert made.status_code == 201
        process.send_signal(signum)
        _, told = process.communicate(timeout=10)
        assert (process.returncode, told) == (0, "The sandbox has stopped.\n")
    assert [each.full_name for each in load_state(file).repositories.values()] == ["acme/payments"]


def test_it_prints_where_jira_is_and_serves_it() -> None:
    with running() as (process, _):
        lines = lines_until(process, "/jira-dc")
        start = next(number for number, line in enumerate(lines) if "[trackers.platform]" in line)
        config = tomllib.loads("".join(lines[start : lines.index("\n", start)]))["trackers"]["platform"]
        address = config.pop("url")
        assert config == {
            "kind": "jira",
            "deployment": "cloud",
            "project": "PLAT",
            "email": "you@example.com",
            "token": {"env": "JIRA_API_TOKEN"},
        }
        answer = requests.get(f"{address}/rest/api/3/myself", auth=(config["email"], "any"), timeout=10)
        assert (address.endswith("/jira"), answer.status_code) == (True, 200)
        old = lines[-1].split()[-1]
        bearer = {"Authorization": "Bearer any"}
        assert requests.get(f"{old}/rest/api/2/myself", headers=bearer, timeout=10).status_code == 200


def test_words_that_are_never_printed_are_a_failure_and_no_wait_without_end() -> None:
    with running() as (process, _):
        threading.Timer(0.2, process.kill).start()
        with pytest.raises(pytest.fail.Exception, match="no line with sesame"):
            lines_until(process, "sesame")


def test_a_state_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"permissive": "perhaps"}')
    result = CliRunner().invoke(command, ["--port", "0", "--state", str(file)])
    assert isinstance(result.exception, InvalidInput)
    assert "state.json" in result.exception.message
    assert file.read_text() == '{"permissive": "perhaps"}'


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with Sandbox(World()) as other:
        result = CliRunner().invoke(command, ["--port", str(other.port)])
    assert isinstance(result.exception, TrackError)
    assert str(other.port) in result.exception.message
    assert "--port" in result.exception.hint


def test_without_the_extra_it_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['werkzeug'] = None\n"
        "from click.testing import CliRunner\nfrom tracker.cli.sandbox import command\n"
        "error = CliRunner().invoke(command, ['--port', '0']).exception\nprint(error.hint)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "Run: pip install 'track[sandbox]'\n"
