"""A machine that delivers: `track` with a config that somebody named, targets, and a review that was pushed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.once.machines import CONFIG, TOKEN, Machine
from tracker.app import App

if TYPE_CHECKING:
    from pathlib import Path

    from sync.sandbox.server import Sandbox
    from tests.fakes import FakeClock

MAIL = """
[deliver.managers]
to = "mail"
addresses = ["anne@acme.example", "bob@acme.example"]
"""
SERVER = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "track <bot@acme.example>"
"""


def with_mail(port: int, target: str = MAIL) -> str:
    return target + SERVER.format(port=port)


class Host(Machine):
    """One machine with targets. `chat` is the address that its config finds in the environment."""

    def __init__(self, folder: Path, sandbox: Sandbox, clock: FakeClock, targets: str) -> None:
        tracked = CONFIG.replace("{url}", sandbox.api_url).replace("{{", "{").replace("}}", "}")
        literal = (tracked + targets).replace("{", "{{").replace("}", "}}")
        super().__init__(folder, sandbox.api_url, clock, config=literal)
        self.chat = ""

    def app(self) -> App:
        env = {"GITHUB_TOKEN": TOKEN, "CHAT_URL": self.chat}
        return App(str(self.folder / "config.toml"), env=env, cwd=self.folder, now=self.clock, sleep=self.clock.sleep)

    def results(self, *options: str) -> dict[str, Any]:
        """What `track deliver --json` says of each target, by name."""
        return {each["target"]: each for each in json.loads(self.run("deliver", "--json", *options).out)["targets"]}

    def result(self, *options: str) -> str:
        """That of the only target."""
        (each,) = self.results(*options).values()
        return str(each["result"])
