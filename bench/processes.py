"""Starts the processes of the benchmark and reads what each cost.

This process stays small itself: a child's peak memory starts, on Linux, at what its parent held.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

TOKEN = "BENCH_TOKEN"  # noqa: S105 - the name of a variable; its value opens nothing
MEGABYTE_IN_KB = 1024
LONGEST_ANSWER = 30


class Cost(Struct, frozen=True, kw_only=True):
    """What a whole process cost: CPU (user and system) and wall in seconds, peak memory in MB; and what it printed."""

    cpu: float
    wall: float
    peak: float
    printed: str


class Work(Struct, frozen=True, kw_only=True):
    """What a client measured inside itself, once its imports were done; `read` counts what it got."""

    cpu: float
    wall: float
    read: int


class Run(Struct, frozen=True, kw_only=True):
    """One run of a client: the whole process, its work alone, and what its server counted."""

    whole: Cost
    work: Work
    requests: int = 0
    bytes: int = 0


class NotMeasured(Exception):
    """A run failed, or did something else than what was to be measured; the message says what."""


class Server:
    """One of the benchmark's trackers, from outside."""

    def __init__(self, port: int, controls: int) -> None:
        self.url, self._controls = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{controls}"

    def spent(self) -> dict[str, int]:
        """Requests and bytes since the last time."""
        with urllib.request.urlopen(f"{self._controls}/spent", timeout=LONGEST_ANSWER) as answer:  # noqa: S310
            spent: dict[str, int] = json.load(answer)
        return spent

    def change(self, count: int) -> None:
        """Let that many issues be closed now."""
        body = json.dumps({"count": count}).encode()
        urllib.request.urlopen(f"{self._controls}/change", body, timeout=LONGEST_ANSWER).close()  # noqa: S310


@contextmanager
def serving(kind: str, count: int = 0) -> Iterator[Server]:
    """A tracker with that many issues; it ends with the block, and when this process ends."""
    command = [sys.executable, "-m", "bench.server", kind, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            ports = process.stdout.readline().split() if process.stdout else []
            if len(ports) != 2:
                raise NotMeasured(f"{' '.join(command)} did not start")
            yield Server(*map(int, ports))
        finally:
            if process.stdin:
                process.stdin.close()


def run_client(server: Server | None, *arguments: str) -> Run:
    """Run one client to its end."""
    if server is not None:
        server.spent()
    whole = measure([sys.executable, "-m", "bench.clients", *arguments])
    spent = server.spent() if server is not None else {}
    return Run(whole=whole, work=Work(**json.loads(whole.printed)), **spent)


def measure(command: Sequence[str]) -> Cost:
    """Run a command, its output in files. Raises NotMeasured when it fails: there is nothing to compare then."""
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed, stderr=said, env=_environment())
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said.seek(0)
        if process.returncode != 0:
            raise NotMeasured(f"{said.read()}{' '.join(command)} ended with exit code {process.returncode}")
        result = printed.read()
    return Cost(
        cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss / MEGABYTE_IN_KB, printed=result
    )  # fmt: skip


CONFIGS = {
    "github": 'kind = "github"\nrepository = "acme/payments"\nurl = "{url}/api/v3"\n',
    "jira": 'kind = "jira"\nurl = "{url}/jira"\ndeployment = "cloud"\nproject = "PLAT"\nemail = "bot@example.com"\n',
}


def write_config(folder: Path, server: Server | None, store: str, kind: str = "github") -> Path:
    """A config for one store and a tracker of that kind on the benchmark's server."""
    path = folder / f"{store}.toml"
    tracker = CONFIGS[kind].format(url=server.url if server is not None else "http://127.0.0.1:9")
    path.write_text(
        f'[store]\npath = "{store}.db"\n\n[trackers.bench]\n{tracker}token = {{ env = "{TOKEN}" }}\n', encoding="utf-8"
    )
    return path


def _environment() -> Mapping[str, str]:
    """Ours, but compiled modules may be kept: else each run would compile what an installed `track` finds ready."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, TOKEN: "not-a-real-token"}
