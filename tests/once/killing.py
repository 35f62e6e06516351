"""Runs `track` in a process of its own, and kills it when it has sent a given request."""

from __future__ import annotations

import os
import signal
from queue import Queue
from typing import TYPE_CHECKING

import msgspec

from tests.once.machines import TOKEN
from tests.once.process import Command

if TYPE_CHECKING:
    import subprocess

    from tests.once.machines import Machine, Watched

KILLED = -signal.SIGKILL


class Processes:
    """Runs `track` on a machine in a process of its own, which a request can be the end of."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, machine: Machine, sandbox: Watched, *arguments: str, moment: str, ordinal: int) -> int:
        """Kill the process `before` request `ordinal` is carried out, or `after` it, before the answer arrives."""
        child: Queue[int] = Queue()

        def kill(at: int) -> None:
            if at == ordinal:
                os.kill(child.get(timeout=10), signal.SIGKILL)
                if moment == "before":
                    raise ConnectionAbortedError("nobody is there any more")

        setattr(sandbox, moment, kill)
        command = Command(arguments=list(arguments), folder=str(machine.folder), now=machine.clock(), token=TOKEN)
        child.put(int(self._ask(msgspec.json.encode(command).decode())))
        code = int(self._answer())
        sandbox.forget()
        return code

    def _ask(self, line: str) -> str:
        assert self._server.stdin is not None
        self._server.stdin.write(f"{line}\n")
        self._server.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline()
