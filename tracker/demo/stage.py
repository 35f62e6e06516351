"""Where the demo happens: a folder, an embedded sandbox, a clock that jumps from day to day."""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, timedelta
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from sync.apply import Result
from sync.sandbox.server import Sandbox
from sync.sandbox.state import save_state
from sync.sandbox.world import World
from sync.steps import Adopt
from tracker.app import App
from tracker.demo.deciding import hand_over, record, remind
from tracker.demo.history import HISTORY, RECORDS_SINCE
from tracker.demo.setting import DETECTED, MITIGATED, OPERATIONS, STARTED, furnish, write_config
from tracker.demo.story import (
    STORY,
    Amend,
    Deliver,
    Event,
    Import,
    OnGitHub,
    OnJira,
    Push,
    Remind,
    Said,
    Sync,
    Waive,
    day,
    morning,
)
from tracker.errors import UsageProblem
from tracker.incidents.columns import find_columns
from tracker.incidents.files import open_table
from tracker.incidents.reading import read_incidents
from tracker.runs.documents import read_reviews
from tracker.runs.incidents import keep_import, plan_import, source_of
from tracker.runs.push import open_pushers
from tracker.runs.standards import load_standards
from tracker.runs.sync import sync_all

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sync.apply import Outcome
    from sync.sandbox.jira_people import JiraPeople
    from tracker.demo.history import Happened

STATE = "sandbox.json"

NUDGED_SINCE = -30
"""The day on which somebody switched reminders on: what lies before it is left in peace."""


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
        self._incidents: dict[str, str] = {}

    def run(self) -> App:
        """Play the story; gives an app on its config, whose clock is back at the present."""
        prepare_folder(self.folder)
        config, state = self.folder / "config.toml", self.folder / STATE
        world = World.open_to_all(clock=lambda: self._now)
        with Sandbox(world) as sandbox:
            furnish(sandbox)
            write_config(config, sandbox, state, day(self._today, RECORDS_SINCE), day(self._today, NUDGED_SINCE))
            app = App(str(config), env=self._env, now=lambda: self._now)
            coming = deque(HISTORY)
            for offset, event in STORY:
                while coming and coming[0].day < offset:
                    self._open_incident(coming.popleft(), sandbox.jira)
                self._now = self._end if offset == 0 else morning(self._today, offset)
                self._play(event, app, sandbox)
            save_state(world.state, state)
            return app

    def _open_incident(self, happened: Happened, jira: JiraPeople) -> None:
        """Somebody opens the incident when it is detected, and fills in its times in the end."""
        started = morning(self._today, happened.day).replace(hour=happened.hour)
        detected = started + timedelta(minutes=happened.detect)
        mitigated = detected + timedelta(minutes=happened.mitigate)
        self._now = detected
        labels = [f"class:{happened.of_class}", *(f"condition:{name}" for name in happened.conditions)]
        key = jira.open_issue(OPERATIONS, happened.title, labels, issue_type="Incident")
        self._now = mitigated
        for field, when in ((STARTED, started), (DETECTED, detected), (MITIGATED, mitigated)):
            jira.set_field(key, field, when.isoformat())
        jira.transition(key, "Done", resolution="Done")
        if happened.review:
            self._incidents[happened.review] = key

    def _play(self, event: Event, app: App, sandbox: Sandbox) -> None:
        match event:
            case Push(review=review):
                self._push(review, app)
            case Amend(item=item, before=before, to=to):
                self._amend(item, before, to, app)
            case Sync():
                self._sync(app)
            case Import(name=name, text=text, day=offset):
                self._import(name, text, offset, app)
            case Waive() | Said():
                self._tell("decide", record(event, app, self._today))
            case Remind():
                for line in remind(app):
                    self._tell("nudge", line)
            case Deliver():
                for line in hand_over(app, self.folder):
                    self._tell("report", line)
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
        self._push_document(review, render_review(text, self._today, self._refs, self._incidents), app)

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

    def _import(self, name: str, text: str, offset: int, app: App) -> None:
        started = morning(self._today, offset)
        times = {"started": started, "detected": started + timedelta(minutes=6)}
        times["mitigated"] = started + timedelta(minutes=31)
        path = self.folder / name
        path.write_text(text.format(**{key: f"{when:%Y-%m-%dT%H:%M:%SZ}" for key, when in times.items()}), "utf-8")
        table = open_table(path)
        reading = read_incidents(table, find_columns(table.columns, {}), source_of(name), UTC)
        with app.store() as store:
            planned = plan_import(store, reading)
            keep_import(store, planned, self._now)
        self._tell("import", f"{name}: an incident that no tracker holds")

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


def render_review(text: str, today: date, refs: Mapping[str, str], incidents: Mapping[str, str]) -> str:
    """A review of the demo with its days, times, issue links and the ticket of its incident filled in."""
    text = re.sub(r"\{day:(-?\d+)\}", lambda found: day(today, int(found[1])).isoformat(), text)
    text = re.sub(r"\{time:(-?\d+) (\S+)\}", lambda found: f"{day(today, int(found[1]))}T{found[2]}:00Z", text)
    text = re.sub(r"\{incident:(\S+)\}", lambda found: incidents[found[1]], text)
    return re.sub(r"\{issue:(\S+)\}", lambda found: refs[found[1]], text)


def prepare_folder(folder: Path) -> None:
    """Make the folder, or clear what an earlier demo left there; anything else stays untouched and stops the demo."""
    if folder.exists() and any(folder.iterdir()) and not (folder / STATE).exists():
        raise UsageProblem(f"{folder} exists, and no demo made it", "Name another folder: track demo --dir DIR")
    (folder / "reviews").mkdir(parents=True, exist_ok=True)
    for pattern in ("track.db*", "reviews/INC-*.md", "report.*", "delivered/*.html", "config.toml", "*-incidents.csv"):
        for path in folder.glob(pattern):
            path.unlink()
    (folder / STATE).touch()


def _refs(app: App) -> dict[str, str]:
    """What people call the issue of each item now: `acme/payments#1`, `PLAT-1`."""
    with app.store() as store:
        facts = store.load_facts()
    return {tracked.key: tracked.issue.ref for tracked in facts.items if tracked.issue}
