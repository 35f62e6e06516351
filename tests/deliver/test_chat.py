"""A chat by Apprise, against a small server on this machine."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import pytest

from reports.deliver.chat import Chat
from reports.deliver.sent import Uncertain
from tests.deliver.hosts import Host
from tracker.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.harness import RecordingClock

CHAT = """
[deliver.chat]
to = "apprise"
url = { env = "CHAT_URL" }
team = "payments"
full_report = "https://wiki.acme.example/reports"
"""


class Room:
    """The chat: what was said there, and the status that it answers."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.status = 200
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                room.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(room.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self._server.server_port}/hook-s3cr3t"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def room() -> Iterator[Room]:
    with Room() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, sandbox: Sandbox, clock: RecordingClock, room: Room) -> Host:
    made = Host(tmp_path / "host", sandbox, clock, CHAT)
    made.chat = room.url
    assert made.sync().code == 0
    return made


def test_a_chat_gets_the_headline_the_decisions_and_where_the_rest_is(host: Host, room: Room) -> None:
    ran = host.run("deliver")
    assert (ran.code, ran.out) == (0, "chat: delivered as a message by Apprise (CHAT_URL)\n"), ran.err
    assert host.result() == "already"
    (said,) = room.said
    assert said["title"] == "Follow-through report, 5 Oct 2026 (team payments)"
    assert "action items are done with evidence" in said["message"]
    assert said["message"].endswith("The full report: https://wiki.acme.example/reports")


def test_a_chat_that_does_not_say_yes_is_not_asked_twice_and_its_address_is_not_shown(host: Host, room: Room) -> None:
    room.status = 500
    for _run in range(2):
        ran = host.run("deliver")
        assert (ran.code, "nobody knows whether" in ran.err) == (1, True)
        assert "s3cr3t" not in ran.out + ran.err
    assert len(room.said) == 1


def test_an_address_that_apprise_does_not_know_is_refused_and_not_shown(host: Host) -> None:
    host.chat = "nonsense://hook-s3cr3t"
    ran = host.run("deliver")
    assert (ran.code, "Apprise knows" in ran.err) == (3, True)
    assert "s3cr3t" not in ran.out + ran.err


def test_a_variable_that_is_not_set_is_named(host: Host, room: Room) -> None:
    host.chat = ""
    ran = host.run("deliver")
    assert (ran.code, "CHAT_URL is not set" in ran.err) == (3, True)
    assert room.said == []


def test_without_apprise_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InvalidInput) as error:
        Chat("json://127.0.0.1/")
    assert error.value.hint == "Run: pip install 'track[chat]'"


def test_a_chat_out_of_reach_leaves_the_outcome_unknown() -> None:
    with pytest.raises(Uncertain, match="Connection error") as error:
        Chat("json://bot:geheim12@127.0.0.1:1/hook").send("title", "text")
    assert "geheim12" not in error.value.message


def test_an_address_that_is_not_on_one_line_is_refused(host: Host, room: Room) -> None:
    host.chat = f"{room.url}\njson://elsewhere.example"
    assert host.run("deliver").code == 3
    assert room.said == []
