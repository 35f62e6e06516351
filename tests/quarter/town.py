"""What people do in the quarter, by a seed: they promise, close with evidence and without, reopen, put off, decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.adapters.jira_rig import ELSEWHERE
from tests.adapters.jira_rig import HOME as PLAT
from tests.once.machines import HOME
from tests.quarter.places import Paper
from tests.quarter.wire import chance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.sandbox.server import Sandbox
    from tests.fakes import FakeClock
    from tests.quarter.hosts import Host
    from tracker.model import Issue

THURSDAY = 3
A_WHILE = timedelta(minutes=12)
"""After which somebody tries again; longer than anything is under way."""


class Said(NamedTuple):
    """A decision that a command recorded: the item, words of it that are nowhere else, and the kind."""

    item: str
    words: str
    kind: str


class Town:
    """People, who work by chance. `said` is what was decided, `stands` which issue was linked to an item last."""

    def __init__(self, sandbox: Sandbox, hosts: Sequence[Host], clock: FakeClock, seed: int) -> None:
        self.sandbox, self.hosts, self.clock = sandbox, hosts, clock
        self.papers: list[Paper] = []
        self.said: list[Said] = []
        self.stands: dict[str, str] = {}
        self.acts: dict[str, int] = {}
        self.given_up: list[str] = []
        self.missed: set[date] = set()
        self._chance = chance_of("town", seed)
        self._count = 0

    def act(self) -> None:
        """One thing happens."""
        often: list[tuple[int, Callable[[], None]]] = [
            (4, self.finish),
            (3, self.close),
            (3, self.reopen),
            (3, self.answer),
            (3, self.put_off),
            (3, self.have_an_incident),
            (3, self.waive),
            (3, self.say_at_a_checkpoint),
            (2, self.show),
            (1, self.link),
            (2, self.put_off_in_jira),
        ]
        (chosen,) = self._chance.choices([act for _weight, act in often], [weight for weight, _act in often])
        name = chosen.__name__
        self.acts[name] = self.acts.get(name, 0) + 1
        chosen()

    # What is promised.

    def promise(self, tracker: str, count: int) -> None:
        """A review is written and pushed, from one machine or from both at once."""
        today = self.clock().date()
        dues = [today + timedelta(days=self._chance.randint(5, 45)) for _each in range(count)]
        self.papers.append(Paper(len(self.papers) + 1, tracker, today, dues))
        self._push(self.papers[-1])

    def put_off(self) -> None:
        """A due date is moved in a document."""
        paper = self._chance.choice(self.papers)
        which = self._chance.randrange(len(paper.dues))
        paper.dues[which] = max(paper.dues[which], self.clock().date()) + timedelta(days=self._chance.randint(7, 21))
        self._push(paper)

    def _push(self, paper: Paper) -> None:
        for host in self.hosts:
            (host.folder / paper.file).write_text(paper.text())
        host = self._chance.choice(self.hosts)
        self._insist(host, "push", "--yes", str(host.folder / paper.file))

    # What happens in the trackers.

    def finish(self) -> None:
        """Done, with what shows it."""
        issue = self._some_issue(lambda each: each.closed is None)
        if issue is None:
            return
        if issue.tracker == "payments":
            self.sandbox.people.merge_pull_request(HOME, issue.number, "dev")
        else:
            self.sandbox.jira.add_remote_link(issue.ref, f"https://code.example/{self._next()}", "PR", author="dev")
            self.sandbox.jira.transition(issue.ref, "Done", "dev", "Done")

    def close(self) -> None:
        """Closed, with nothing that shows it, or as not planned."""
        issue = self._some_issue(lambda each: each.closed is None)
        if issue is None:
            return
        planned = self._chance.random() < 0.8
        if issue.tracker == "payments":
            self.sandbox.people.close(HOME, issue.number, "dev", "completed" if planned else "not_planned")
        else:
            self.sandbox.jira.transition(issue.ref, "Done", "dev", "Done" if planned else "Won't Do")

    def reopen(self) -> None:
        """Not done after all."""
        issue = self._some_issue(lambda each: each.closed is not None)
        if issue is None:
            return
        if issue.tracker == "payments":
            self.sandbox.people.reopen(HOME, issue.number, "dev")
        else:
            self.sandbox.jira.reopen(issue.ref, "dev")

    def answer(self) -> None:
        """A person writes a comment."""
        issue = self._some_issue(lambda _each: True)
        if issue is None:
            return
        if issue.tracker == "payments":
            self.sandbox.people.comment(HOME, issue.number, "dev", f"We are at it ({self._next()})")
        else:
            self.sandbox.jira.comment(issue.ref, "dev", f"We are at it ({self._next()})")

    def put_off_in_jira(self) -> None:
        """A due date is moved by hand, where there is a field for it."""
        issue = self._some_issue(lambda each: each.tracker == "platform" and each.closed is None)
        if issue is not None:
            due = self.clock().date() + timedelta(days=self._chance.randint(3, 30))
            self.sandbox.jira.set_due(issue.ref, due.isoformat(), "dev")

    def have_an_incident(self) -> None:
        """The class comes back; the last one is over."""
        jira = self.sandbox.jira
        key = jira.open_issue(ELSEWHERE, "Down again", ["class:config-rollout"], "dev", issue_type="Incident")
        before = f"{ELSEWHERE}-{int(key.partition('-')[2]) - 1}"
        if before != f"{ELSEWHERE}-0":
            jira.transition(before, "Done", "dev", "Done")

    # What is decided.

    def waive(self) -> None:
        """Not now."""
        until = self.clock().date() + timedelta(days=self._chance.randint(5, 60))
        words = f"replaced soon {self._next()}"
        self._decide("waive", words, "waive", "{item}", "--reason", words, "--until", str(until), "--by", "Ann Lee")

    def say_at_a_checkpoint(self) -> None:
        """What came of it."""
        words, reply = f"looked at it {self._next()}", self._chance.choice(["yes", "no", "unclear"])
        self._decide("answer", words, "checkpoint", "--record", "{item}", reply, "--note", words)

    def show(self) -> None:
        """A link."""
        url = f"https://wiki.example/runbook-{self._next()}"
        self._decide("evidence", url, "evidence", "{item}", url)

    def link(self) -> None:
        """Another issue stands for an item. What shows that it was done lies on the issue, so the new one has none."""
        words = f"this one stands {self._next()}"
        tracker = self._chance.choice(["payments", "platform"])
        if tracker == "payments":
            ref = self.sandbox.people.open_issue(HOME, "By hand", "", "dev")
        else:
            ref = self.sandbox.jira.open_issue(PLAT, "By hand", [], "dev")
        item = self._decide("link", words, "link", "{item}", ref, "--instead", "--note", words, tracker=tracker)
        if item:
            self.stands[item] = ref
            self.said = [each for each in self.said if (each.item, each.kind) != (item, "evidence")]

    def _decide(self, kind: str, words: str, *command: str, tracker: str = "") -> str:
        """Type a command on one of the machines until it says that it is recorded; gives the item."""
        host = self._chance.choice(self.hosts)
        keys = [key for paper in self.papers for key in paper.keys if tracker in ("", paper.tracker)]
        item = self._chance.choice(keys)
        if self._insist(host, *(item if word == "{item}" else word for word in command), "--yes"):
            self.said.append(Said(item, words, kind))
            return item
        return ""

    def _insist(self, host: Host, *command: str) -> bool:
        """Try until it goes well; what is refused is given up, and kept in `given_up`."""
        ran = None
        for _try in range(8):
            ran = host.run(*command)
            if ran.code == 0:
                return True
            self._wait()
        self.given_up.append(f"{host.folder.name}: {' '.join(command)}: {ran}")
        return False

    def look_after_the_mail(self, arrived: Callable[[date], bool]) -> None:
        """Who reads that nobody knows whether a mail arrived looks, and says so, or has it sent again."""
        for host in self.hosts:
            while weeks := host.unsure_mails():
                host.run("deliver", "--arrived" if arrived(weeks[0]) else "--again", "managers")
                self._wait()

    def miss_the_mail(self, arrived: Callable[[date], bool]) -> None:
        """By Thursday every machine has given up, or died over it: who misses the mail has one of them send it."""
        monday = self.clock().date() - timedelta(days=self.clock().weekday())
        while self.clock().weekday() >= THURSDAY and not arrived(monday):
            self.missed.add(monday)
            self.hosts[-1].run("deliver", "--again", "managers")
            self._wait()

    def rebuild(self, host: Host) -> None:
        """A store is lost, and made anew."""
        host.end()
        host.lose_store()
        self._insist(host, "sync", "--full")
        host.begin()

    def _wait(self) -> None:
        self.clock.advance(A_WHILE)
        self.hosts[0].wire.deliver_late()

    def _some_issue(self, fits: Callable[[Issue], bool]) -> Issue | None:
        """One of the issues, as some machine knows them."""
        with self._chance.choice(self.hosts).store() as store:
            found = [each.issue for each in store.load_facts().items if each.issue is not None and fits(each.issue)]
        live = sorted(found, key=lambda issue: issue.ref)
        return self._chance.choice(live) if live else None

    def _next(self) -> int:
        self._count += 1
        return self._count
