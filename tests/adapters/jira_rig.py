"""A Jira for the adapter suite: the sandbox, recording, with one project that is followed and two that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from sync.adapters.jira import Jira
from sync.feeds import FeedQuery
from sync.mapping import FOLLOWED
from sync.sandbox.faults import DropAfter, DropBefore, Fault, FaultPlan, Status, When, jira_limit
from sync.sandbox.jira_defaults import EVERYBODY_MAY
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from sync.waiting import Waiting
from tests.adapters.rig import Trouble
from tests.harness import RecordingClock
from tracker.config import JiraTracker
from tracker.config.records import TokenSource
from tracker.model import EvidenceKind

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from types import TracebackType

    from sync.feeds import RemoteIncident
    from sync.sandbox.jira_people import JiraPeople

HOME, ELSEWHERE, SECRET = "PLAT", "OPS", "HIDE"
BEGAN = "customfield_10100"
TOKEN = "lead-token"
BUDGET = 120.0
ADMIN = [*EVERYBODY_MAY, "ADMINISTER_PROJECTS"]
FAULTS: dict[Trouble, Fault] = {
    Trouble.CUT_BEFORE: DropBefore(),
    Trouble.CUT_AFTER: DropAfter(),
    Trouble.LIMITED: jira_limit("1"),
    Trouble.REJECTED: Status(400, body='{"errorMessages": ["It is not valid."], "errors": {}}'),
    Trouble.FORBIDDEN: Status(403, body='{"errorMessages": ["Not you."], "errors": {}}'),
}
RESOLUTIONS = {"completed": "Done", "not_planned": "Won't Do", "duplicate": "Duplicate"}


class Flavour(NamedTuple):
    """A deployment, and the version of its API."""

    deployment: str
    version: int

    @property
    def is_cloud(self) -> bool:
        return self.deployment == "cloud"


CLOUD, CLOUD_V2, DATA_CENTER = Flavour("cloud", 3), Flavour("cloud", 2), Flavour("data-center", 2)


def fill(people: JiraPeople) -> None:
    """The projects, and who may do what: `lead` and `dev` work there, `stranger` may only write in."""
    world = people.world
    for name in ("lead", "dev", "stranger"):
        world.add_account(name, name, f"{name}@example.com")
    world.add_token(TOKEN, "lead")
    for key in (HOME, ELSEWHERE, SECRET):
        world.add_project(key)
        people.set_access(key, ["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS"], "stranger")
    people.add_field(BEGAN, "Incident start", "datetime")
    people.set_access(HOME, ADMIN, "lead")
    people.set_access(SECRET, [], "lead")


class JiraRig:
    """A `Rig`; a context manager."""

    patient = True
    shared = False
    closed_field = "resolutiondate"

    def __init__(self, flavour: Flavour = CLOUD, **settings: object) -> None:
        self.clock = RecordingClock()
        self.world = World(clock=self.clock)
        self.sandbox = Sandbox(self.world, recording=True)
        self.flavour = flavour
        self.people = self.sandbox.jira if flavour.is_cloud else self.sandbox.jira_dc
        fill(self.people)
        self.site = self.sandbox.jira_url if flavour.is_cloud else self.sandbox.jira_dc_url
        self.adapter = self.adapter_for("lead", **settings)

    def adapter_for(self, account: str, **settings: object) -> Jira:
        """The adapter of one account, with further keys of the config."""
        given: dict[str, object] = {
            "name": "platform",
            "url": self.site,
            "deployment": self.flavour.deployment,
            "project": HOME,
            "email": f"{account}@example.com" if self.flavour.is_cloud else "",
            "token": TokenSource(env="JIRA_API_TOKEN"),
            **settings,
        }
        tracker = JiraTracker(**given)  # type: ignore[arg-type]
        waiting = Waiting(BUDGET, self.clock.sleep)
        return Jira(tracker, f"{account}-token", waiting, version=self.flavour.version)

    def __enter__(self) -> Self:
        self.sandbox.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sandbox.stop()

    @property
    def elsewhere(self) -> tuple[str, ...]:
        key = self.people.open_issue(ELSEWHERE, "Another project's", [], "dev")
        here = self.people.open_issue(HOME, "One of ours", [], "dev")
        return (
            key,
            f"{self.site}/browse/{key}",
            f"https://acme.atlassian.net/browse/{here}",
            f"{HOME}-99",
            f"{self.site}/browse/{HOME}",
            "acme/payments#1",
            "#1",
            "not a link",
        )

    def now(self) -> datetime:
        return self.world.now()

    def advance(self, by: timedelta) -> None:
        self.world.advance(by)

    def open_issue(self, title: str, *, labels: tuple[str, ...] = (FOLLOWED,), author: str = "dev") -> str:
        return self.people.open_issue(HOME, title, list(labels), author)

    def label(self, ref: str, label: str) -> None:
        self.people.add_label(ref, label, "dev")

    def assign(self, ref: str, *people: str) -> None:
        self.people.assign(ref, people[-1], "dev")

    def close(self, ref: str, reason: str = "completed") -> None:
        self.people.transition(ref, "Done", "dev", RESOLUTIONS[reason])

    def reopen(self, ref: str) -> None:
        self.people.reopen(ref, "dev")

    def comment(self, ref: str, body: str, author: str) -> None:
        self.people.comment(ref, author, body)

    def prove(self, ref: str) -> tuple[EvidenceKind, str]:
        url = f"https://code.example/pull/{ref}"
        self.people.add_remote_link(ref, url, "The change", author="dev")
        self.close(ref)
        return EvidenceKind.REMOTE_LINK, url

    def delete(self, ref: str) -> None:
        self.people.delete_issue(ref)

    def move(self, ref: str, *, readable: bool) -> str:
        return self.people.move_issue(ref, ELSEWHERE if readable else SECRET, "dev")

    @property
    def feed(self) -> FeedQuery:
        """Incidents are in a project of their own."""
        fields = (BEGAN, self.closed_field)
        return FeedQuery(feed="ops", jql=f"project = {ELSEWHERE} AND type = Incident", fields=fields)

    def open_incident(self, title: str, *labels: str, started: str = "") -> str:
        key = self.people.open_issue(ELSEWHERE, title, list(labels), "dev", issue_type="Incident")
        if started:
            self.people.set_field(key, BEGAN, started, "dev")
        return key

    def started(self, incident: RemoteIncident) -> str:
        return "".join(incident.fields.get(BEGAN, ()))

    def due(self, ref: str, day: date | None) -> None:
        self.people.set_due(ref, day.isoformat() if day else None, "dev")

    def meet(self, trouble: Trouble) -> None:
        self.sandbox.faults = FaultPlan(When(FAULTS[trouble]))

    def creates(self) -> int:
        return sum(each.method == "POST" and each.path.endswith("/issue/bulk") for each in self.sandbox.log)
