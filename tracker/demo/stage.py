"""Where the demo happens: a folder, an embedded sandbox, a clock that jumps from day to day."""

from __future__ import annotations

import re
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from sync.apply import Result
from sync.sandbox.server import Sandbox
from sync.sandbox.state import save_state
from sync.sandbox.world import World
from sync.steps import Adopt
from tracker.app import App
from tracker.demo.setting import furnish, write_config
from tracker.demo.story import STORY, Amend, Event, OnGitHub, OnJira, Push, Sync, day, morning
from tracker.errors import UsageProblem
from tracker.runs.documents import read_reviews
from tracker.runs.push import open_pushers
from tracker.runs.standards import load_standards
from tracker.runs.sync import sync_all

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sync.apply import Outcome

STATE = "sandbox.json"


class Stage:
    """One run of the demo in `folder`; `say` gets each thing that happens: its day, where or by what, and what."""

    def __init__(self, folder: Path, app: App, say: Callable[[date, str, str], None]) -> None:
        self.folder = folder
        self._today = app.now().date()
        self._end = app.now()
        self._now = app.now()
        self._say = say
        self._env = app.env
        self._refs: Mapping[str, str] = {}

    def run(self) -> App:
        """Play the story; gives an app on its config, whose clock is back at the present."""
        prepare_folder(self.folder)
        config, state = self.folder / "config.toml", self.folder / STATE
        world = World.open_to_all(clock=lambda: self._now)
        with Sandbox(world) as sandbox:
            furnish(sandbox)
            write_config(config, sandbox, state)
            app = App(str(config), env=self._env, now=lambda: self._now)
            for offset, event in STORY:
                self._now = self._end if offset == 0 else morning(self._today, offset)
                self._play(event, app, sandbox)
            save_state(world.state, state)
            return app

    def _play(self, event: Event, app: App, sandbox: Sandbox) -> None:
        match event:
            case Push(review=review):
                self._push(review, app)
            case Amend(item=item, before=before, to=to):
                self._amend(item, before, to, app)
            case Sync():
                self._sync(app)
            case OnGitHub(item=item, what=what, do=do):
                repository, _, number = self._refs[item].partition("#")
                do(sandbox.people, repository, int(number))
                self._tell("GitHub", f"{self._refs[item]} ({item}): {what}")
            case OnJira(item=item, what=what, do=act):
                act(sandbox.jira, self._refs[item], self._today)
                self._tell("Jira", f"{self._refs[item]} ({item}): {what}")
            case _:
                assert_never(event)

    def _push(self, review: str, app: App) -> None:
        text = (resources.files("tracker.demo") / "reviews" / f"{review}.md").read_text(encoding="utf-8")
        self._push_document(review, render_review(text, self._today, self._refs), app)

    def _amend(self, item: str, before: int, to: int, app: App) -> None:
        review, _, name = item.partition("/")
        text = (self.folder / "reviews" / f"{review}.md").read_text(encoding="utf-8")
        old, new = (day(self._today, each).isoformat() for each in (before, to))
        self._tell("review", f"{review}.md: the due date of {name} is moved later by {to - before} days")
        self._push_document(review, text.replace(old, new), app)

    def _push_document(self, review: str, text: str, app: App) -> None:
        path = self.folder / "reviews" / f"{review}.md"
        path.write_text(text, encoding="utf-8")
        documents = read_reviews([path], load_standards(app))
        with open_pushers(app, documents, lambda said: self._tell("push", said)) as pushes:
            for push in pushes:
                steps = push.pusher.plan(push.review)
                adopted = {step.key for step in steps if isinstance(step, Adopt)}
                for line in describe_push(push.pusher.push(push.review, steps), adopted):
                    self._tell("push", line)
        self._refs = _refs(app)

    def _sync(self, app: App) -> None:
        run = sync_all(
            app, full=False, on_page=lambda _tracker, _read, _total: None, say=lambda said: self._tell("sync", said)
        )
        for failure in run.failed:
            raise failure.error
        self._refs = _refs(app)
        counts = ", ".join(f"{each.read + each.refreshed} of {each.tracker}" for each in run.pulled)
        self._tell("sync", f"issues read or looked at: {counts}")
        for pulled in run.pulled:
            for note in pulled.notes:
                self._tell("sync", note)

    def _tell(self, who: str, what: str) -> None:
        self._say(self._now.date(), who, what)


def describe_push(outcomes: Iterable[Outcome], adopted: Collection[str]) -> Iterator[str]:
    """What a push did, items with the same outcome on one line; `adopted` are those whose issue was there before."""
    for (result, text), group in groupby(outcomes, key=lambda one: (one.result, one.text)):
        same = list(group)
        said = f"nothing to do, {text}" if result is Result.NOTHING else text
        yield f"{_name(same)}: {said}{', as it exists already' if same[0].key in adopted else ''}"
        yield from (f"{one.key}: {note}" for one in same for note in one.notes)


def _name(outcomes: Sequence[Outcome]) -> str:
    """`PLAT-8 and PLAT-9 (INC-028/E2 and E3)`: the first and the last of them."""
    first, last = outcomes[0], outcomes[-1]
    if first is last:
        return f"{first.ref} ({first.key})" if first.ref else first.key
    joint = " and " if len(outcomes) == 2 else " to "
    return f"{first.ref}{joint}{last.ref} ({first.key}{joint}{last.key.partition('/')[2]})"


def render_review(text: str, today: date, refs: Mapping[str, str]) -> str:
    """A review of the demo with its days, times and issue links filled in."""
    text = re.sub(r"\{day:(-?\d+)\}", lambda found: day(today, int(found[1])).isoformat(), text)
    text = re.sub(r"\{time:(-?\d+) (\S+)\}", lambda found: f"{day(today, int(found[1]))}T{found[2]}:00Z", text)
    return re.sub(r"\{issue:(\S+)\}", lambda found: refs[found[1]], text)


def prepare_folder(folder: Path) -> None:
    """Make the folder, or clear what an earlier demo left there; anything else stays untouched and stops the demo."""
    if folder.exists() and any(folder.iterdir()) and not (folder / STATE).exists():
        raise UsageProblem(f"{folder} exists, and no demo made it", "Name another folder: track demo --dir DIR")
    (folder / "reviews").mkdir(parents=True, exist_ok=True)
    for pattern in ("track.db*", "reviews/INC-*.md", "report.*", "config.toml"):
        for path in folder.glob(pattern):
            path.unlink()
    (folder / STATE).touch()


def _refs(app: App) -> dict[str, str]:
    """What people call the issue of each item now: `acme/payments#1`, `PLAT-1`."""
    with app.store() as store:
        facts = store.load_facts()
    return {tracked.key: tracked.issue.ref for tracked in facts.items if tracked.issue}
