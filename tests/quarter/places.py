"""Where the quarter takes place: a GitHub and a Jira of the sandbox, an incident feed, a folder, a mail server."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.adapters.jira_rig import fill
from tests.once.machines import Watched, a_world

if TYPE_CHECKING:
    from tests.fakes import FakeClock

CONFIG = """\
[store]
path = "track.db"
[trackers.payments]
kind = "github"
repository = "acme/payments"
url = "{github}"
token = {{ env = "GITHUB_TOKEN" }}
[trackers.platform]
kind = "jira"
url = "{jira}"
deployment = "cloud"
project = "PLAT"
email = "lead@example.com"
token = {{ env = "JIRA_API_TOKEN" }}
[people.dev]
github = "dev"
jira = "dev"
[sync]
unknown_grace = "10m"
full_every = "7d"
[report]
records_since = 2026-01-01
[incidents.ops]
tracker = "platform"
jql = "project = OPS AND type = Incident"
[schedule]
sync_every = "{every}"
report_at = "monday 07:00"
nudge_at = "09:00"
[nudge]
since = 2026-10-05
[evidence]
on_missing = "comment"
[deliver.archive]
to = "folder"
path = "{shared}"
format = "md"
[deliver.weekly]
to = "issue"
issue = "acme/payments#1"
tracker = "payments"
[deliver.board]
to = "issue"
issue = "PLAT-1"
tracker = "platform"
[deliver.managers]
to = "mail"
addresses = ["anne@acme.example", "bob@acme.example"]
claim = "payments"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "track <bot@acme.example>"
"""

_HEAD = """\
---
id: {id}
title: Checkout returned 5xx, {id}
class: config-rollout
severity: sev1
service: checkout
team: payments
tracker: {tracker}
started: {started}T09:12:00Z
reviewed: {reviewed}
checkpoints: [{first}, {second}]
---
## Failure conditions
| Condition | Role | What it was |
|---|---|---|
| unvalidated-config | trigger | The rollout took any file |

## Action items
| ID | Action | Owner | Due | Horizon | Conditions | Evidence of completion | How we will know it helped |
|---|---|---|---|---|---|---|---|
"""


class Paper:
    """A review document that people go on writing: its items and when they are due."""

    def __init__(self, number: int, tracker: str, reviewed: date, dues: list[date]) -> None:
        self.id, self.tracker, self.reviewed, self.dues = f"INC-{number}", tracker, reviewed, dues

    @property
    def file(self) -> str:
        """Its name."""
        return f"{self.id}.md"

    @property
    def keys(self) -> list[str]:
        """The keys of its items."""
        return [f"{self.id}/A{number}" for number in range(1, len(self.dues) + 1)]

    def text(self) -> str:
        """As it is now."""
        head = _HEAD.format(
            id=self.id,
            tracker=self.tracker,
            started=self.reviewed - timedelta(days=4),
            reviewed=self.reviewed,
            first=self.reviewed + timedelta(days=21),
            second=self.reviewed + timedelta(days=56),
        )
        rows = [
            f"| A{number} | Change {number} of {self.id} | @dev | {due} | systemic | unvalidated-config | PR | Calm |\n"
            for number, due in enumerate(self.dues, 1)
        ]
        return head + "".join(rows)


def a_town(clock: FakeClock) -> Watched:
    """One GitHub repository, the projects of Jira, and in each an issue for the weekly report."""
    sandbox = Watched(a_world(clock))
    fill(sandbox.jira)
    sandbox.people.open_issue("acme/payments", "The weekly report", "", "lead")
    sandbox.jira.open_issue("PLAT", "The weekly report", [], "lead")
    return sandbox
