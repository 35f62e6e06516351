"""The definition of the config: what TOML may say (the sections), and what the rest of the house reads (`Config`).

Here and in `report` are the only places that know the keys. A new section is one Struct, and one field of `Document`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from msgspec import Struct

from tracker.config.deliver import ChatTarget, FolderTarget, IssueTarget, MailSection, MailTarget, Target
from tracker.config.deliver_values import deliver_clashes
from tracker.config.jira_values import (
    CLOUD,
    JIRA_TOKEN,
    Account,
    Api,
    Deployment,
    Email,
    Field,
    Project,
    Site,
    jira_clashes,
)
from tracker.config.nudge import NOTHING, NudgeSection, OnMissing, OnMissingWord, nudge_clashes
from tracker.config.report import ClassSection, Feed, FeedSection, ReportSection
from tracker.config.report_values import FeedName, class_clashes, feed_clashes
from tracker.config.schedule_values import Hour, Period, PingUrl, PingVariable, WeekHour, WeekHourText
from tracker.config.section import Section
from tracker.config.values import (
    API_GITHUB,
    Address,
    Clash,
    Command,
    Duration,
    FilePath,
    Flag,
    KeyFile,
    Login,
    Name,
    Number,
    Pattern,
    Proof,
    Repository,
    Severity,
    Variable,
    revoking,
)
from tracker.config.words import Column, Heading, KindWord, Reason, StatusWord
from tracker.model import EvidenceKind

# Annotations are evaluated here on purpose (no `from __future__`): the reader goes by them.


class TokenSource(Section, frozen=True, kw_only=True):
    """Where a token comes from: the environment, or what a command prints. Never the token itself."""

    what: ClassVar[str] = "where the token comes from, never the token itself"
    example: ClassVar[str] = '{ env = "GITHUB_TOKEN" }'
    advice: ClassVar[str] = revoking(f"token = {example}")
    exactly_one: ClassVar[tuple[str, ...]] = ("env", "command")

    env: Variable = ""
    command: Command = ""


class GitHubApp(Section, frozen=True, kw_only=True):
    """A GitHub App that acts in place of a person's token."""

    what: ClassVar[str] = "a GitHub App"
    example: ClassVar[str] = '{ id = 12345, installation = 678, key_file = "app.pem" }'

    id: Number
    installation: Number
    key_file: KeyFile


class GitHubSection(Section, frozen=True, kw_only=True, tag_field="kind", tag="github"):
    """A `[trackers.NAME]` of kind github. `trusted` are logins whose markers count beside those who may write.

    `keeps_changes`: it can tell what became of a pull request. `shows_markdown`: comments have tables, and hide HTML
    comments.
    """

    kind: ClassVar[Literal["github"]] = "github"
    keeps_changes: ClassVar[bool] = True
    shows_markdown: ClassVar[bool] = True
    exactly_one: ClassVar[tuple[str, ...]] = ("token", "app")

    repository: Repository
    url: Address = API_GITHUB
    token: TokenSource | None = None
    app: GitHubApp | None = None
    trusted: tuple[Login, ...] = ()


class GitHubTracker(GitHubSection, frozen=True, kw_only=True, tag_field="kind", tag="github"):
    """A tracker on GitHub, with the name that review documents use."""

    name: str

    @property
    def place(self) -> str:
        """Where issues go."""
        return self.repository


class JiraSection(Section, frozen=True, kw_only=True, tag_field="kind", tag="jira"):
    """A `[trackers.NAME]` of kind jira. `url` is for people, `api_url` for requests where they go elsewhere.

    `optional_fields` are left out where the project's screen lacks them. An issue closed with one of
    `not_done_resolutions` is not done. `trusted` are accounts whose markers count beside those that can be assigned.
    """

    kind: ClassVar[Literal["jira"]] = "jira"
    keeps_changes: ClassVar[bool] = False
    shows_markdown: ClassVar[bool] = False

    url: Site
    api_url: Api = ""
    deployment: Deployment = CLOUD
    project: Project
    issue_type: Name = "Task"
    email: Email = ""
    token: Annotated[TokenSource, JIRA_TOKEN]
    optional_fields: tuple[Field, ...] = ("duedate", "priority")
    not_done_resolutions: tuple[Name, ...] = ("Won't Do", "Duplicate", "Cannot Reproduce", "Declined")
    development_panel: Flag = False
    trusted: tuple[Account, ...] = ()

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> Iterable[Clash]:
        """E-mail and deployment have to fit each other and the address."""
        return jira_clashes(given)


class JiraTracker(JiraSection, frozen=True, kw_only=True, tag_field="kind", tag="jira"):
    """A tracker on Jira, with the name that review documents use."""

    name: str

    @property
    def place(self) -> str:
        """Where issues go."""
        return self.project

    @property
    def rest_url(self) -> str:
        """Where requests go, without a slash at the end; `/rest/api/…` follows."""
        return (self.api_url or self.url).rstrip("/")


Tracker = GitHubTracker | JiraTracker


class StoreSection(Section, frozen=True, kw_only=True):
    """Where the derived store is kept."""

    path: FilePath = Path("track.db")


class ReviewsSection(Section, frozen=True, kw_only=True):
    """Where the review documents are."""

    paths: tuple[Pattern, ...] = ()


class Person(Section, frozen=True, kw_only=True):
    """The accounts of an owner, one at least."""

    github: Login = ""
    jira: Account = ""

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> Iterable[Clash]:
        """A person without any account is of no use."""
        if not {"github", "jira"} & given.keys():
            yield Clash((), "one of the keys github or jira is missing", 'write github = "their-login", or jira')


class EvidenceSection(Section, frozen=True, kw_only=True):
    """Which kinds of evidence are accepted, and what is done about an issue that was closed without any."""

    accept: frozenset[Proof] = frozenset(EvidenceKind)
    on_missing: OnMissingWord = NOTHING


class SyncSection(Section, frozen=True, kw_only=True):
    """How long a run may wait, how often everything is read again, how long an unknown create is left alone."""

    wait_budget: Duration = timedelta(seconds=120)
    full_every: Duration = timedelta(days=1)
    unknown_grace: Duration = timedelta(minutes=10)


class WordsSection(Section, frozen=True, kw_only=True):
    """What documents in another language call things: the document's word -> ours."""

    headings: Mapping[Name, Heading] = {}
    columns: Mapping[Name, Column] = {}
    statuses: Mapping[Name, StatusWord] = {}
    kinds: Mapping[Name, KindWord] = {}


class DocumentsSection(Section, frozen=True, kw_only=True):
    """How review documents are read."""

    words: WordsSection = WordsSection()


class FindingsSection(Section, frozen=True, kw_only=True):
    """Which findings are not asked of any document, each with its reason."""

    off: Mapping[Name, Reason] = {}


class PingSource(Section, frozen=True, kw_only=True):
    """Where the address of a monitor comes from, where it does not stand in the config."""

    what: ClassVar[str] = "where the address comes from"
    example: ClassVar[str] = '{ env = "PING_URL" }'

    env: PingVariable


class ScheduleSection(Section, frozen=True, kw_only=True):
    """What `track schedule` does when: hours are those of the clock on the wall in the report's zone."""

    sync_every: Period = timedelta(minutes=15)
    jitter: Duration = timedelta(seconds=30)
    report_at: WeekHourText = WeekHour(0, time(7))
    nudge_at: Hour = time(9)
    ping_url: PingUrl | PingSource | None = None


class Document(Section, frozen=True, kw_only=True):
    """The whole file."""

    store: StoreSection = StoreSection()
    reviews: ReviewsSection = ReviewsSection()
    trackers: Mapping[Name, GitHubSection | JiraSection] = {}
    people: Mapping[Name, Person] = {}
    slo: Mapping[Severity, Duration] = {}
    evidence: EvidenceSection = EvidenceSection()
    sync: SyncSection = SyncSection()
    documents: DocumentsSection = DocumentsSection()
    findings: FindingsSection = FindingsSection()
    schedule: ScheduleSection = ScheduleSection()
    report: ReportSection = ReportSection()
    incidents: Mapping[FeedName, FeedSection] = {}
    classes: Mapping[Name, ClassSection] = {}
    deliver: Mapping[Name, MailTarget | FolderTarget | IssueTarget | ChatTarget] = {}
    mail: MailSection | None = None
    nudge: NudgeSection | None = None

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> Iterable[Clash]:
        """What names something has to fit it, and a name of a class stands for one class."""
        yield from feed_clashes(given.get("incidents"), given.get("trackers"))
        yield from class_clashes(given.get("classes"))
        yield from deliver_clashes(given.get("deliver"), given.get("mail"), given.get("trackers"))
        yield from nudge_clashes(given.get("evidence"), given.get("nudge"))


class Config(Struct, frozen=True, kw_only=True):
    """The config as the house reads it.

    `found` is True when ./config.toml was picked up by itself, not named. `review_paths` are absolute patterns for
    `glob.glob`; the other paths start at the config's folder. `people` is owner -> the accounts given,
    as {"github": login, "jira": account}. `grace` is how long a create of unknown outcome is left alone.
    `document_words` has the tables given of headings, columns, statuses and kinds; `findings_off` is rule -> reason.
    `records_since` is the day before which nothing is known of any incident, `week_starts` 0 for Monday, `time_zone`
    the name of the zone that days begin in. `feeds` are the incident feeds, `classes` what is said of single classes.
    `nudge` is None where nobody is to be reminded; `on_missing` is what is done about a close without evidence.
    """

    path: Path
    found: bool
    store_path: Path
    review_paths: tuple[str, ...] = ()
    trackers: Mapping[str, Tracker] = {}
    people: Mapping[str, Mapping[str, str]] = {}
    slo: Mapping[str, timedelta] = {}
    accept: frozenset[EvidenceKind] = frozenset(EvidenceKind)
    wait_budget: timedelta = SyncSection().wait_budget
    full_every: timedelta = SyncSection().full_every
    grace: timedelta = SyncSection().unknown_grace
    document_words: Mapping[str, Mapping[str, str]] = {}
    findings_off: Mapping[str, str] = {}
    schedule: ScheduleSection = ScheduleSection()
    records_since: date | None = None
    week_starts: int = 0
    time_zone: str = "UTC"
    feeds: Mapping[str, Feed] = {}
    classes: Mapping[str, ClassSection] = {}
    deliver: Mapping[str, Target] = {}
    mail: MailSection | None = None
    nudge: NudgeSection | None = None
    on_missing: OnMissing = NOTHING
