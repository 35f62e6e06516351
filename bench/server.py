"""A tracker of the benchmark, in a process of its own: `python -m bench.server KIND COUNT`.

It prints the ports of its API and of its controls, serves on loopback, and ends when its standard input does. `github`
and `jira` answer from bytes prepared once, which costs next to nothing a request, so that what is measured is the
client. `sandbox` is the sandbox as it is, empty, for what writes.
"""

from __future__ import annotations

import gc
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

import msgspec

from bench.listing import Refusal, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sync.sandbox.server import Sandbox

    Respond = Callable[[str, str, bytes], bytes]

LARGEST_REQUEST = 1_000_000
"""Bytes; a longer request is refused unread."""


class Site(Protocol):
    """A tracker that has its answers ready; `headers` go with each."""

    headers: Mapping[str, str]

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """The answer to a request. Raises `Refusal`."""

    def change(self, count: int) -> None:
        """Let that many issues be closed now."""


class PreparedTracker:
    """A site, and what it was asked and gave."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._requests = self._bytes = 0

    def respond(self, method: str, target: str, body: bytes) -> bytes:
        """Answer and count. Raises `Refusal`."""
        answer = self._site.answer(method, target, body)
        self._requests += 1
        self._bytes += len(answer)
        return answer

    def change(self, count: int) -> None:
        """Let that many issues be closed now."""
        self._site.change(count)

    def spent(self) -> dict[str, int]:
        """Requests and bytes since the last time this was asked."""
        spent = {"requests": self._requests, "bytes": self._bytes}
        self._requests = self._bytes = 0
        return spent


class SandboxTracker:
    """The sandbox, and how often it was asked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._told = 0

    def change(self, count: int) -> None:
        """Nothing changes by itself there."""
        raise Refusal(400, f"the sandbox has no {count} issues to close")

    def spent(self) -> dict[str, int]:
        """Requests since the last time this was asked."""
        before, self._told = self._told, len(self._sandbox.log)
        return {"requests": self._told - before}


class Handler(BaseHTTPRequestHandler):
    """Any path, any JSON, by a function."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def __init__(self, respond: Respond, headers: Mapping[str, str], *connection: object) -> None:
        self._respond, self._headers = respond, headers
        super().__init__(*connection)  # type: ignore[arg-type]  # it is the server that calls it

    def do_GET(self) -> None:
        """Answer a request without a body."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a request with a body."""
        length = int(self.headers.get("content-length", 0))
        if length > LARGEST_REQUEST:
            self.send_error(413)
            return
        self._answer(self.rfile.read(length))

    def log_message(self, *_message: object) -> None:
        """No access log."""

    def _answer(self, body: bytes) -> None:
        try:
            status, answer = 200, self._respond(self.command, self.path, body)
        except Refusal as refusal:
            status, answer = refusal.status, encode({"message": str(refusal), "errorMessages": [str(refusal)]})
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        for name, value in self._headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)


def serve(kind: str, count: int) -> None:
    """Prepare, say the ports, and serve until standard input ends."""
    gc.disable()  # what is prepared stays, and looking through it at every turn would be measured
    with _opened(kind, count) as (port, tracker), _listening(partial(_control, tracker), {}) as controls:
        print(port, controls, flush=True)
        sys.stdin.read()


@contextmanager
def _opened(kind: str, count: int) -> Iterator[tuple[int, PreparedTracker | SandboxTracker]]:
    if kind == "sandbox":
        with _open_sandbox() as sandbox:
            yield sandbox.port, SandboxTracker(sandbox)
        return
    site = _prepare(kind, count)
    tracker = PreparedTracker(site)
    with _listening(tracker.respond, site.headers) as port:
        yield port, tracker


def _prepare(kind: str, count: int) -> Site:
    if kind == "jira":
        from bench.jira_site import JiraSite

        return JiraSite(count)
    from bench.github_site import GitHubSite

    return GitHubSite(count)


def _open_sandbox() -> Sandbox:
    """A sandbox in which any token is good, everybody of the stories is there, and a claim can be kept."""
    from bench.jira_asked import PROJECT
    from bench.stories import PEOPLE
    from sync.sandbox.server import Sandbox
    from sync.sandbox.world import World

    sandbox = Sandbox(World.open_to_all(clock=lambda: datetime.now(UTC)))
    for name in PEOPLE:
        sandbox.world.user(name)
        sandbox.jira.world.add_account(name)
    sandbox.jira.world.project(PROJECT).everybody.append("ADMINISTER_PROJECTS")
    return sandbox


def _control(tracker: PreparedTracker | SandboxTracker, method: str, target: str, body: bytes) -> bytes:
    match method, target:
        case "GET", "/spent":
            return encode(tracker.spent())
        case "POST", "/change":
            tracker.change(msgspec.json.decode(body)["count"])
            return b"{}"
    raise Refusal(404, f"there is no {method} {target}")


@contextmanager
def _listening(respond: Respond, headers: Mapping[str, str]) -> Iterator[int]:
    """A port on loopback at which requests are answered."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, respond, headers)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
