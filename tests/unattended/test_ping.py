"""A monitor is told of a good sync, and nothing but a warning comes of it when it can't be."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from sync.sandbox.faults import FaultPlan, Status, When
from tests.cli import run
from tests.config.reading import only_problem, parsed
from tests.once.machines import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.sandbox.server import Sandbox
    from tests.once.machines import Machine, Ran

SECRET = "0b2d4a9e-ping-key"


class Monitor(HTTPServer):
    """Keeps what it was asked for, and answers with `code`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.code = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{SECRET}"


class _Answer(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.code)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with Monitor() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def told(machine: Machine, sandbox: Sandbox, ping_url: str, *arguments: str) -> Ran:
    config = CONFIG.format(url=sandbox.api_url) + f"[schedule]\nping_url = {ping_url}\n"
    (machine.folder / "config.toml").write_text(config)
    return machine.run("--config", str(machine.folder / "config.toml"), *arguments)


@pytest.mark.parametrize("command", [("schedule", "--once", "--quiet"), ("sync", "--quiet", "--ping")])
def test_a_good_sync_tells_the_monitor(
    machine: Machine, sandbox: Sandbox, monitor: Monitor, command: tuple[str, ...]
) -> None:
    ran = told(machine, sandbox, f'"{monitor.url}"', *command)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert monitor.asked == [f"/{SECRET}"]


@pytest.mark.parametrize("code", [404, 500, 302])
def test_a_monitor_that_does_not_answer_well_is_a_warning_alone(
    machine: Machine, sandbox: Sandbox, monitor: Monitor, code: int
) -> None:
    monitor.code = code
    ran = told(machine, sandbox, f'"{monitor.url}"', "sync", "--quiet", "--ping")
    assert (ran.code, ran.err) == (0, f"track: schedule.ping_url: the monitor was not told: it answered {code}\n")
    assert monitor.asked == [f"/{SECRET}"]


def test_a_monitor_that_is_not_there_is_a_warning_without_its_address(machine: Machine, sandbox: Sandbox) -> None:
    ran = told(machine, sandbox, f'"http://127.0.0.1:9/{SECRET}"', "--log-format", "json", "schedule", "--once")
    assert ran.code == 0
    assert "ConnectionRefusedError" in ran.err
    assert SECRET not in ran.err


def test_a_sync_that_failed_or_was_not_asked_to_tells_nobody(
    machine: Machine, sandbox: Sandbox, monitor: Monitor
) -> None:
    assert told(machine, sandbox, f'"{monitor.url}"', "sync").code == 0
    sandbox.faults = FaultPlan(When(Status(401), times=None))
    assert told(machine, sandbox, f'"{monitor.url}"', "sync", "--ping").code == 4
    assert monitor.asked == []


def test_the_address_may_stand_in_a_variable(machine: Machine, sandbox: Sandbox, monitor: Monitor) -> None:
    for value, said in (
        (monitor.url, ""),
        ("", "is not set"),
        (f"gopher://x/{SECRET}", "not told"),
        (SECRET, "not told"),
    ):
        config = CONFIG.format(url=sandbox.api_url) + '[schedule]\nping_url = { env = "PING_URL" }\n'
        (machine.folder / "config.toml").write_text(config)
        app = machine.app()
        app.named, app.env = "config.toml", {**app.env, "PING_URL": value}
        ran = run(["sync", "--quiet", "--ping"], app)
        assert ran.code == 0
        assert said in ran.err
        assert SECRET not in ran.err
    assert monitor.asked == [f"/{SECRET}"]


@pytest.mark.parametrize(
    "value",
    ['"http://monitor.example/key"', '"https://user:secret@monitor.example/key"', '"key"', "{ env = 1 }", "7", "{}"],
)
def test_an_address_that_cannot_be_asked_for_is_a_problem_of_the_config(value: str) -> None:
    problem = only_problem(f"[schedule]\nping_url = {value}")
    assert problem.line == 2
    assert "secret" not in problem.message


@pytest.mark.parametrize("value", ['"https://monitor.example/key"', '{ env = "PING_URL" }'])
def test_a_config_that_nobody_named_tells_no_monitor(value: str) -> None:
    assert "nobody named" in only_problem(f"[schedule]\nping_url = {value}", found=True).message
    assert parsed(f"[schedule]\nping_url = {value}").schedule.ping_url is not None


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('report_at = "mondy 07:00"', 'write "monday 07:00"'),
        ('report_at = "07:00"', "monday 07:00"),
        ('report_at = "monday 24:00"', "07:00"),
        ('nudge_at = "9"', "09:00"),
        ('sync_every = "30s"', "15m"),
    ],
)
def test_hours_that_are_none_are_said_with_what_to_write(line: str, hint: str) -> None:
    assert hint in only_problem(f"[schedule]\n{line}").hint
