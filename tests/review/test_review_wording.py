"""The words of an action: actionable, specific, bounded, and about the system; each table is a list of examples."""

from __future__ import annotations

import pytest

from tracker.review.lint import lint_document
from tracker.review.lint_soft_words import find_soft, is_about_the_review, is_process
from tracker.review.markdown import parse_document

SOFT = [
    "Improve monitoring",
    "Improve monitoring of the payment service",
    "Consider adding a circuit breaker",
    "We should consider a rate limit of 200 rps",
    "Look into the retry storm",
    "Communicate better with support",
    "Be more careful with config pushes",
    "Ensure that this does not happen again",
    "Make sure backups work",
    "Add retries where appropriate",
    "Update dashboards, alerts, etc.",
    "Educate developers about timeouts",
    "Remind on-call to check the dashboard",
    "Better alerting",
    "Better alerts for the queue",
    "Investigate why failover was slow",
    "Increase test coverage",
    "Add more tests",
    "Enhance observability by 2026-11-30",
    "Add proper validation",
    "Review all timeouts",
    "Try to reduce the blast radius",
    "Reduce alert noise",
    "Add monitoring",
    "More monitoring",
    "Raise awareness of the freeze",
    "Explore other databases",
    "Pay more attention to alerts",
    "Evaluate alternatives to Redis",
    "Update documentation",
    "Keep an eye on latency",
    "Double-check configs before pushing",
    "Strengthen our processes",
    "Discuss the rollout process with platform",
    "Improve communication between teams",
    "Improve alerting on disk usage",
    "Increase awareness of on-call procedures",
    "Tighten the deploy process",
    "Make the system more robust",
    "Make it more resilient",
    "Have better dashboards",
    "Harden the service",
    "Establish best practices",
    "Follow best practices",
    "Increase monitoring of disk",
    "Increase monitoring around deploys",
    "Add additional monitoring",
    "Add additional alerting for checkout",
    "Monitor more closely",
    "Test more",
    "Test more thoroughly before deploying",
    "Be careful when pushing configs",
    "Communicate incidents better",
    "Learn from this incident",
    "Avoid manual changes",
    "Bob to improve monitoring",
    "[owner] to look into retries",
    "Deploy more carefully",
    "Invest in reliability",
    "Create awareness among developers",
    "Share knowledge about the cache",
    "Get better at testing",
    "Fix monitoring",
    "Look at the alert thresholds",
    "Set up better monitoring for the database",
    "Spend more time on testing",
    "Prioritize reliability",
    "Focus on testing",
    "Team should communicate more",
    "Check configs more carefully",
    "Plan for better capacity",
    "Handle errors better",
    "Handle errors more gracefully",
    "Continue monitoring the situation",
    "Revisit timeouts",
    "Provide training to staff",
    "Promote a culture of safety",
    "Encourage reviews",
]
FIRM = [
    "Increase the connection pool of checkout to 200",
    "Alert when checkout errors stay above 2% for 5 min",
    "Stage config pushes: 1% of hosts for 10 minutes, then all",
    "Cap client retries at 3 with backoff",
    "Drill a config rollback each quarter",
    "Reject config without a valid schema",
    "Reduce the DNS TTL of checkout to 60 s",
    "Improve search latency to under 200 ms at p99",
    "Reduce the blast radius of config pushes by staging them per region",
    "Add a circuit breaker between checkout and inventory",
    "Make the load balancer consider health checks of the last minute",
    "Add an alert on replication lag",
    "Document the failover steps in the runbook of the database",
    "Move sessions from Redis to Postgres",
    "Validate /etc/hosts before the deploy",
    "Ensure that deploys roll back when the error rate passes 2%",
    "Add a runbook for failing over the primary",
    "Remove the shared admin account",
    "Upgrade etcd to 3.5",
    "Rotate the certificates of the edge automatically",
    "Block merges to config without a review",
    "Add tests for the retry path of the client",
    "Write an integration test for region failover",
    "Page the on-call when the queue is older than 10 minutes",
    "Log every retry with its reason",
    "Delete the unused feature flag new-cart",
    "Set a memory limit on the ingest workers",
    "Require two approvals for a schema change",
    "Monitor queue depth and page above 1000",
    "Automate certificate renewal with cert-manager",
    "Train the on-call team in the failover drill",
    "Let clients try to reconnect with jitter",
    "Increase disk of db-1 to 2 TB",
    "Add better_errors gem to staging",
    "Extend the canary stage to 30 minutes",
    "Fix the health check of the proxy so that it fails on a full disk",
    "Add dashboards for the queue",
    "Add monitoring for certificate expiry",
    "Increase monitoring interval of the queue to 10 s",
    "Add additional replica in eu-west-1",
    "Add more replicas to search: three in place of two",
    "Make the retry budget a setting of the client",
    "Share one connection pool between workers",
    "Fix monitoring query that divides by zero",
    "Look up secrets from Vault at start",
    "Check the schema of a config before it is merged",
    "Plan capacity with the load test of each release",
    "Handle a full disk by rejecting writes",
    "Focus the search box on load",
    "Test the restore of backups each month",
    "Train two engineers per team as incident commanders",
    "Add capacity alerts to the Kafka cluster",
    "Set better_defaults flag in nginx.conf",
    "Continue the rollout only after the canary passes",
    "Follow symlinks in the backup script",
    "Review gate: block deploys without two approvals",
    "Avoid the thundering herd with jitter on cache expiry",
    "Switch to a connection pool per tenant",
    "Migrate to managed Postgres",
    "Use exponential backoff in the payment client",
    "Reduce the batch size of the importer from 5000 to 500",
    "Tighten the IAM policy of the deploy role to read-only",
    "Harden the login endpoint with a rate limit per IP",
    "Improve the error message: say which key is missing in the config",
    "Work queue: drop jobs older than a day",
    "Run the chaos test in staging every week",
    "Make rollback a single command",
    "Ensure the canary step runs by failing the pipeline without it",
    "Prevent writes to the replica with read-only mode",
    "Provide a --dry-run flag for the erase command",
    "More than one approval is required for schema changes",
    "Better Uptime: page the secondary on no answer",
    "Promote the replica automatically when the primary is down",
    "Prioritize checkout over batch jobs in the load balancer",
    "Communicate an outage on the status page within 15 minutes",
    "Add an alert that fires more than once",
    "Keep the last 3 releases on every host",
    "Take a lease before each run",
]
META = [
    "Write the incident report",
    "Publish the postmortem",
    "Schedule a retrospective",
    "Hold a post-mortem review",
    "Create Jira tickets for action items",
    "Update the postmortem",
    "Complete the RCA",
    "Share the report with customers",
    "Conduct a post-incident review",
    "Follow up on action items",
    "Write up this incident",
    "Schedule the review meeting",
    "Write a postmortem for the outage",
    "Ada to write the incident report",
]
NOT_META = [
    "Publish the status page automatically",
    "Write a runbook for failover",
    "Review timeouts of checkout",
    "Run a report of expiring certificates each night",
    "Update the report generator to use UTC",
    "Write the postmortem template",
    "Share the connection pool between workers",
    "Hold config pushes on Fridays",
    "Create issues for failing health checks automatically",
    "Send crash reports to Sentry",
    "File descriptors: raise the limit to 65536",
]


@pytest.mark.parametrize("title", SOFT)
def test_soft_or_unbounded_wording_is_found(title: str) -> None:
    assert find_soft(title).lower() in title.lower()
    assert find_soft(title)


@pytest.mark.parametrize("title", FIRM)
def test_an_action_with_an_end_is_left_alone(title: str) -> None:
    assert find_soft(title) == ""


@pytest.mark.parametrize("title", META)
def test_a_task_about_the_review_is_found(title: str) -> None:
    assert is_about_the_review(title)


@pytest.mark.parametrize("title", NOT_META)
def test_a_task_about_the_system_is_left_alone(title: str) -> None:
    assert not is_about_the_review(title)


def test_the_finding_names_the_words_and_the_line() -> None:
    document = parse_document(
        "## Action items\n\n- Add a limit of 3 retries\n- We should consider a freeze (Owner: ada)\n"
    )
    (finding,) = [finding for finding in lint_document(document) if finding.rule == "soft-wording"]
    assert finding.line == 4
    assert finding.message.endswith("has no end that can be seen: “consider”")


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        (("Train the on-call in failover", "Update the runbook"), True),
        (("Train the on-call in failover", "Cap retries at 3"), False),
        (("Document the limits",), True),
        (("Add a circuit breaker",), False),
    ],
)
def test_only_process_is_seen_from_the_words_where_no_kind_is_given(titles: tuple[str, ...], found: bool) -> None:
    text = "## Action items\n\n" + "".join(f"- {title}\n" for title in titles)
    assert ("only-process" in {finding.rule for finding in lint_document(parse_document(text))}) is found
    assert all(map(is_process, titles)) is found


@pytest.mark.parametrize("title", ["to " * 400, "a" * 5000, "improve " * 300, "'" * 900, ": " * 500 + "etc", "\u2019"])
def test_odd_titles_are_read_in_no_time(title: str) -> None:
    find_soft(title)
    is_about_the_review(title)
