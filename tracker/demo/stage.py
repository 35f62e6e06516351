"""Where the demo happens: a folder, an embedded sandbox, a clock that jumps from day to day."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

from sync.sandbox.server import Sandbox
from sync.sandbox.state import save_state
from sync.sandbox.world import World
from tracker.app import App
from tracker.demo.story import PAYMENTS, PLATFORM, REPOSITORIES, STORY, TOOLS, Act, Push, Sync, day, morning
from tracker.errors import UsageProblem
from tracker.runs.push import open_pushers
from tracker.runs.sync import sync_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from tracker.model import Facts

STATE = "sandbox.json"
_CONFIG = """\
# The config of the demo. Its trackers are the sandbox: `track sandbox --port {port} --state {state}` brings it back.
[store]
path = "track.db"

[reviews]
paths = ["reviews/*.md"]

[trackers.payments]
kind = "github"
repository = "{payments}"
url = "{url}"
token = {{ command = "echo any-token-is-good-here" }}

[trackers.platform]
kind = "github"
repository = "{platform}"
url = "{url}"
token = {{ command = "echo any-token-is-good-here" }}

[people.payments-lead]
github = "pia"
[people.platform-lead]
github = "paul"
[people.checkout-dev]
github = "chris"
[people.database-dev]
github = "dana"
[people.gateway-dev]
github = "gil"

[slo]
sev1 = "14d"
sev2 = "30d"
default = "60d"
"""


class Stage:
    """One run of the demo in `folder`; `say` gets each thing that happens, with its day."""

    def __init__(self, folder: Path, app: App, say: Callable[[date, str], None]) -> None:
        self.folder = folder
        self._today = app.now().date()
        self._end = app.now()
        self._now = app.now()
        self._say = say
        self._env = app.env

    def run(self) -> App:
        """Play the story; gives an app on its config, whose clock is back at the present."""
        prepare_folder(self.folder)
        world = World.open_to_all(clock=lambda: self._now)
        for repository in (PAYMENTS, PLATFORM, TOOLS):
            world.add_repository(repository)
        with Sandbox(world) as sandbox:
            (self.folder / "config.toml").write_text(self._config(sandbox), encoding="utf-8")
            app = App(str(self.folder / "config.toml"), env=self._env, now=lambda: self._now)
            for offset, event in STORY:
                self._now = self._end if offset == 0 else morning(self._today, offset)
                self._play(event, app, sandbox)
            save_state(world.state, self.folder / STATE)
            return app

    def _play(self, event: Push | Sync | Act, app: App, sandbox: Sandbox) -> None:
        match event:
            case Push(review=review):
                self._push(review, app)
            case Sync():
                run = sync_all(app, full=False, on_page=lambda _tracker, _read, _total: None, say=self._tell)
                read = sum(pulled.read + pulled.refreshed for pulled in run.pulled)
                self._tell(f"sync: {read} issues read or looked at")
                for pulled in run.pulled:
                    for note in pulled.notes:
                        self._tell(f"sync: {note}")
            case Act(item=item, what=what, do=do):
                do(sandbox.people, REPOSITORIES[item.partition("/")[0]], _issues(app)[item])
                self._tell(f"{item}: {what}")

    def _push(self, review: str, app: App) -> None:
        text = (resources.files("tracker.demo") / "reviews" / f"{review}.md").read_text(encoding="utf-8")
        path = self.folder / "reviews" / f"{review}.md"
        path.write_text(render_review(text, self._today, _issues(app)), encoding="utf-8")
        with open_pushers(app, [path], self._tell) as pushes:
            for pusher, document, _place in pushes:
                for outcome in pusher.push(document, pusher.plan(document)):
                    self._tell(f"push {outcome.key}: {outcome.text} {outcome.ref}")

    def _config(self, sandbox: Sandbox) -> str:
        state = self.folder / STATE
        return _CONFIG.format(port=sandbox.port, state=state, url=sandbox.api_url, payments=PAYMENTS, platform=PLATFORM)

    def _tell(self, what: str) -> None:
        self._say(self._now.date(), what)


def render_review(text: str, today: date, issues: dict[str, int]) -> str:
    """A review of the demo with its days, times and issue links filled in."""
    text = re.sub(r"\{day:(-?\d+)\}", lambda found: day(today, int(found[1])).isoformat(), text)
    text = re.sub(r"\{time:(-?\d+) (\S+)\}", lambda found: f"{day(today, int(found[1]))}T{found[2]}:00Z", text)
    return re.sub(r"\{issue:(\S+)\}", lambda found: f"#{issues[found[1]]}", text)


def prepare_folder(folder: Path) -> None:
    """Make the folder, or clear what an earlier demo left there; anything else stays untouched and stops the demo."""
    if folder.exists() and any(folder.iterdir()) and not (folder / STATE).exists():
        raise UsageProblem(f"{folder} exists, and no demo made it", "Name another folder: track demo --dir DIR")
    (folder / "reviews").mkdir(parents=True, exist_ok=True)
    for pattern in ("track.db*", "reviews/INC-*.md", "report.*", "config.toml"):
        for path in folder.glob(pattern):
            path.unlink()
    (folder / STATE).touch()


def _issues(app: App) -> dict[str, int]:
    facts: Facts
    with app.store() as store:
        facts = store.load_facts()
    return {tracked.key: tracked.issue.number for tracked in facts.items if tracked.issue}
