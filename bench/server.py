"""The GitHub of the benchmark, in a process of its own: answers the list query from bytes prepared once.

`python -m bench.server COUNT` prints its port, serves on loopback, and ends when its standard input does. It costs next
to nothing a request, so that what is measured is the client.
"""

from __future__ import annotations

import gc
import sys
import threading
from bisect import bisect_left
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bench.data import REPOSITORY, build_issue, build_issues, pace_of

LARGEST_REQUEST = 1_000_000
"""Bytes; a longer request is refused unread."""


class Listing:
    """The followed issues, oldest change first, each encoded once. Counts what it was asked and gave."""

    def __init__(self, count: int) -> None:
        self._pace = pace_of(count)
        ready = sorted((issue["updatedAt"], issue["number"], _encode(issue)) for issue in build_issues(count))
        self._updated = [updated for updated, _number, _issue in ready]
        self._numbers = [number for _updated, number, _issue in ready]
        self._issues = [issue for _updated, _number, issue in ready]
        self.requests = 0
        self.bytes = 0

    def page(self, since: str | None, after: str | None, first: int) -> bytes:
        """The answer to the list query; a cursor is a position in the list."""
        start = int(after or 0)
        if since is not None:
            start = max(start, bisect_left(self._updated, datetime.fromisoformat(since)))
        end = min(start + first, len(self._issues))
        info = _encode({"hasNextPage": end < len(self._issues), "endCursor": str(end)})
        answer = b'{"data":{"repository":{"nameWithOwner":"%s","all":{"totalCount":%d},"issues":%s}}}' % (
            REPOSITORY.encode(),
            len(self._issues),
            b'{"pageInfo":%s,"nodes":[%s]}' % (info, b",".join(self._issues[start:end])),
        )
        self.requests += 1
        self.bytes += len(answer)
        return answer

    def nothing_hidden(self) -> bytes:
        """The answer to the search for marked issues that the list does not show: there are none."""
        self.requests += 1
        return b'{"data":{"search":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}}}'

    def change(self, count: int) -> None:
        """The `count` issues that rested longest are closed by pull requests, now."""
        now = datetime.now(UTC).replace(microsecond=0)
        numbers = self._numbers[:count]
        self._updated = self._updated[count:] + [now] * count
        self._numbers = self._numbers[count:] + numbers
        self._issues = self._issues[count:] + [
            _encode(build_issue(number, self._pace, fixed=now)) for number in numbers
        ]

    def spent(self) -> dict[str, int]:
        """Requests and bytes since the last time this was asked."""
        spent = {"requests": self.requests, "bytes": self.bytes}
        self.requests = self.bytes = 0
        return spent


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


class Handler(BaseHTTPRequestHandler):
    """GraphQL where GitHub Enterprise Server has it, and two addresses for the benchmark itself."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    listing: Listing

    def do_POST(self) -> None:
        """Answer the list query, or change some issues."""
        length = int(self.headers.get("content-length", 0))
        if length > LARGEST_REQUEST:
            self.send_error(413)
            return
        asked = msgspec.json.decode(self.rfile.read(length))
        match urlsplit(self.path).path:
            case "/api/graphql" if "query Followed" in asked.get("query", ""):
                self._answer(self._list(asked["variables"]))
            case "/api/graphql" if "query Recall" in asked.get("query", ""):
                self._answer(self.listing.nothing_hidden())
            case "/bench/change":
                self.listing.change(asked["count"])
                self._answer(b"{}")
            case _:
                self.send_error(404)

    def do_GET(self) -> None:
        """Say what was asked since the last time."""
        if self.path == "/bench/spent":
            self._answer(_encode(self.listing.spent()))
        else:
            self.send_error(404)

    def log_message(self, *_message: object) -> None:
        """No access log."""

    def _list(self, variables: dict[str, Any]) -> bytes:
        return self.listing.page(variables.get("since"), variables.get("after"), int(variables["first"]))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-RateLimit-Limit", "5000")
        self.send_header("X-RateLimit-Remaining", "4999")
        self.end_headers()
        self.wfile.write(body)


def serve(count: int) -> None:
    """Prepare, say the port, and serve until standard input ends."""
    Handler.listing = Listing(count)
    gc.freeze()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
