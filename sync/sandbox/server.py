"""The sandbox on a loopback port, in a thread: rooms by path, faults, latency, a log of what was asked, a state file.

A room is a callable from request to answer. Each tracker has its own, under a path of its own.
"""

from __future__ import annotations

import re
import socket
import threading
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from sync.sandbox.control import Control
from sync.sandbox.faults import FaultPlan, answer_with
from sync.sandbox.github_access import Budget
from sync.sandbox.github_graphql import GitHubGraphQL
from sync.sandbox.github_rest import GitHubRest
from sync.sandbox.jira_people import JiraPeople
from sync.sandbox.jira_rest import PLACES, JiraRest
from sync.sandbox.jira_world import JiraWorld
from sync.sandbox.pages import Pages
from sync.sandbox.people import People
from sync.sandbox.state import save_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self
    from wsgiref.types import StartResponse, WSGIEnvironment

    from sync.sandbox.world import World

    Room = Callable[[Request], Response]

LOOPBACK = "127.0.0.1"
_OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")


class Exchange(Struct, kw_only=True):
    """One API request as it arrived; `status` is 0 where the connection was cut, bodies are kept when recording."""

    method: str
    path: str
    host: str
    authorized: bool
    query: str = ""
    operation: str = ""
    status: int = 0
    request: bytes = b""
    answer: bytes = b""


class QuietHandler(WSGIRequestHandler):
    """Answers at once, and with the headers of the sandbox only.

    The default would add the real time as a second `Date`, and write an access log, where the sandbox has its own.
    """

    disable_nagle_algorithm = True

    def send_response(self, code: int, message: str | None = None) -> None:
        """Send the status line and nothing else."""
        self.send_response_only(code, message)


class Sandbox:
    """A running sandbox; a context manager. `world`, `people`, `faults` and `log` are there to be used by tests.

    `jira` and `jira_dc` are the people of the two Jiras, each with its own world.

    `latency` is in seconds a request. With `recording` the log keeps what was sent and answered. With `state_file` the
    state is written there after each change. Raises `OSError` when the port is taken.
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        latency: float = 0,
        faults: FaultPlan | None = None,
        state_file: Path | None = None,
        recording: bool = False,
    ) -> None:
        self.world, self.people = world, People(world)
        self.jira, self.jira_dc = JiraPeople(JiraWorld(world, "cloud")), JiraPeople(JiraWorld(world, "data-center"))
        self.faults = faults or FaultPlan()
        self.log: list[Exchange] = []
        self._latency, self._state_file, self._recording = latency, state_file, recording
        self._saved = world.revision
        self._stopping = threading.Event()
        budget = Budget()
        self._rooms: dict[str, Room] = {
            "/api/graphql": GitHubGraphQL(world, budget),
            "/api/v3": GitHubRest(world, budget),
            f"{PLACES['cloud']}/rest": JiraRest(self.jira.world),
            f"{PLACES['data-center']}/rest": JiraRest(self.jira_dc.world),
        }
        self._controls: dict[str, Room] = {
            "/_sandbox/jira": Control(self.jira, "/_sandbox/jira"),
            "/_sandbox/jira-dc": Control(self.jira_dc, "/_sandbox/jira-dc"),
            "/_sandbox": Control(self.people),
        }
        self._pages = Pages(world, self.jira.world, self.jira_dc.world)
        # Bound here and not by Werkzeug, which ends the whole process when the port is taken.
        with socket.create_server((LOOPBACK, port)) as bound:
            self._server = make_server(
                LOOPBACK, port, self, threaded=True, request_handler=QuietHandler, fd=bound.fileno()
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="sandbox", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def url(self) -> str:
        """Its address, for people."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_url(self) -> str:
        """The address of GitHub's REST API, as the config names it."""
        return f"{self.url}/api/v3"

    @property
    def graphql_url(self) -> str:
        """The address of GitHub's GraphQL API."""
        return f"{self.url}/api/graphql"

    @property
    def jira_url(self) -> str:
        """The address of Jira Cloud, as the config names it."""
        return f"{self.url}{PLACES['cloud']}"

    @property
    def jira_dc_url(self) -> str:
        """The address of Jira Data Center, as the config names it."""
        return f"{self.url}{PLACES['data-center']}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port; once is enough. Requests that are waiting out a delay end at once."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        request = Request(environ)
        room = _room(self._rooms, request.path)
        if room is not None:
            return self._answer(request, room)(environ, start_response)
        return self._carry_out(request, _room(self._controls, request.path) or self._pages)(environ, start_response)

    def _answer(self, request: Request, room: Room) -> Response:
        """An API request: noted, delayed, perhaps met by a fault."""
        entry = Exchange(
            method=request.method,
            path=request.path,
            host=request.host,
            query=request.query_string.decode(),
            authorized="Authorization" in request.headers,
            operation=_operation(request),
            request=request.get_data() if self._recording else b"",
        )
        with self.world.lock:
            self.log.append(entry)
            fault = self.faults.next(entry.method, entry.path, entry.operation)
        self._stopping.wait(self._latency)
        response = answer_with(fault, request, lambda sent: self._carry_out(sent, room), self._stopping.wait)
        entry.status = response.status_code
        entry.answer = response.get_data() if self._recording else b""
        return response

    def _carry_out(self, request: Request, room: Room) -> Response:
        """One request at a time; what it changed is on disk before the answer leaves."""
        with self.world.lock:
            response = room(request)
            if self._state_file and self.world.revision != self._saved:
                save_state(self.world.state, self._state_file)
                self._saved = self.world.revision
            return response


def _room(rooms: dict[str, Room], path: str) -> Room | None:
    return next((room for prefix, room in rooms.items() if path == prefix or path.startswith(f"{prefix}/")), None)


def _operation(request: Request) -> str:
    """The name of the GraphQL operation; empty for anything else."""
    if request.path != "/api/graphql":
        return ""
    try:
        body = msgspec.json.decode(request.get_data())
    except msgspec.DecodeError:
        return ""
    query = body.get("query") if isinstance(body, dict) else None
    found = _OPERATION.search(query) if isinstance(query, str) else None
    return found[1] if found else ""
