"""What is there before anything happens in the demo: two teams, where they work, and the config that names it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.sandbox.world import PERMISSIVE_USER

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sync.sandbox.server import Sandbox

PAYMENTS, TOOLS = "acme/payments", "acme/tools"
"""The repository of the team on GitHub, and one that an issue moves to."""

PLATFORM, CATALOGUE = "PLAT", "CAT"
"""The project of the team on Jira, and one that an issue moves to."""

OPERATIONS = "OPS"
"""The project on Jira in which every incident is opened, whoever it strikes."""

STARTED, DETECTED, MITIGATED = "customfield_10100", "customfield_10101", "customfield_10102"

PEOPLE = {
    "payments-lead": "pia",
    "platform-lead": "paul",
    "checkout-dev": "chris",
    "database-dev": "dana",
    "events-dev": "erin",
    "gateway-dev": "gil",
    "identity-dev": "ida",
}
"""Owners as the reviews write them, and their login on GitHub, which is their account on Jira as well."""

_CONFIG = """\
# The config of the demo. Both trackers are the sandbox, which this brings back:
# track sandbox --port {port} --state {state}
[store]
path = "track.db"

[reviews]
paths = ["reviews/*.md"]

[trackers.payments]
kind = "github"
repository = "{payments}"
url = "{github}"
token = {{ command = "echo any-token-is-good-here" }}

[trackers.platform]
kind = "jira"
url = "{jira}"
deployment = "cloud"
project = "{platform}"
email = "{email}"
token = {{ command = "echo any-token-is-good-here" }}

[report]
records_since = {since}

[deliver.archive]
to = "folder"
path = "delivered"

[nudge]
since = {nudged}

[incidents.ops]
tracker = "platform"
jql = "project = {operations} AND issuetype = Incident"
severity = {{ field = "priority" }}
started = {{ field = "{started}" }}
detected = {{ field = "{detected}" }}
mitigated = {{ field = "{mitigated}" }}

[classes.config-rollout]
title = "Config rollout"
aliases = ["config-push"]

[classes.queue-backlog]
title = "Queue backlog"

{people}
[slo]
sev1 = "14d"
sev2 = "30d"
default = "60d"
"""


def furnish(sandbox: Sandbox) -> None:
    """Repositories, projects and people. GitHub has whoever is named; Jira finds only those it knows."""
    for repository in (PAYMENTS, TOOLS):
        sandbox.world.add_repository(repository)
    jira = sandbox.jira
    for project, name in ((PLATFORM, "Platform"), (CATALOGUE, "Service catalogue"), (OPERATIONS, "Operations")):
        jira.world.add_project(project, name)
    for account in (PERMISSIVE_USER, *PEOPLE.values()):
        jira.add_person(account, account.replace("-", " ").capitalize(), _email(account))
    jira.give_permissions(PLATFORM, ["ADMINISTER_PROJECTS"])
    for field, name in ((STARTED, "Started"), (DETECTED, "Detected"), (MITIGATED, "Mitigated")):
        jira.add_field(field, name, "datetime")


def write_config(path: Path, sandbox: Sandbox, state: Path, since: date, nudged: date) -> None:
    """The config, for a sandbox that is kept in `state`; records begin on a day, and reminders on another."""
    people = "".join(
        f'[people.{owner}]\ngithub = "{account}"\njira = "{_email(account)}"\n' for owner, account in PEOPLE.items()
    )
    text = _CONFIG.format(
        port=sandbox.port,
        state=state,
        payments=PAYMENTS,
        github=sandbox.api_url,
        platform=PLATFORM,
        jira=sandbox.jira_url,
        email=_email(PERMISSIVE_USER),
        people=people,
        since=since.isoformat(),
        nudged=nudged.isoformat(),
        operations=OPERATIONS,
        started=STARTED,
        detected=DETECTED,
        mitigated=MITIGATED,
    )
    path.write_text(text, encoding="utf-8")


def _email(account: str) -> str:
    return f"{account}@acme.example"
