"""Whole documents, in our own shape and in others: exactly what is read from each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tracker.model import Condition, Horizon, Kind, Review, Role, Severity, Status
from tracker.review.documents import load_document, load_review
from tracker.review.lint import lint_document
from tracker.review.markdown import parse_document, parse_review
from tracker.review.template import build_template

DOCUMENTS = Path(__file__).parent / "documents"


def load(name: str) -> Review:
    review, _ = load_review(DOCUMENTS / name)
    assert review is not None
    return review


def test_our_own_shape_is_read_exactly() -> None:
    review, problems = load_review(DOCUMENTS / "own-template.md")
    assert problems == ()
    assert review is not None
    header = review.header
    assert (header.id, header.incident_class, header.severity) == ("INC-2026-042", "config-rollout", "sev1")
    assert (header.service, header.team, header.tracker) == ("checkout", "payments", "payments")
    assert header.reviewed == date(2026, 10, 5)
    assert header.checkpoints == (date(2026, 10, 26), date(2026, 12, 1))
    assert header.conditions == (
        Condition(name="global-push", role=Role.TRIGGER, what="One push reached every host at once"),
        Condition(name="retry-storm", role=Role.AMPLIFIER, what="Clients tried again without a limit"),
        Condition(name="no-rollback-drill", role=Role.RECOVERY_FRICTION, what="Nobody had rolled config back before"),
    )
    first, second, third = review.items
    assert (first.id, first.line, first.owner, first.due) == ("A1", 38, "payments-lead", date(2026, 11, 30))
    assert first.title == "Stage config pushes: 1% of hosts for 10 minutes, then all"
    assert (first.horizon, first.kind, first.conditions) == (Horizon.SYSTEMIC, Kind.PREVENT, ("global-push",))
    assert first.proof == "Merged pull request with the canary step"
    assert first.question == "Does the next bad push stop at 1%?"
    assert (second.owner, second.issues) == ("ada", ("https://github.com/acme/pay/issues/12",))
    assert third.conditions == ("no-rollback-drill", "global-push")
    assert [proposal.title for proposal in review.proposed] == [
        "Move config into the deploy pipeline",
        "A freeze on Fridays",
    ]


def test_the_timeline_gives_the_times_that_the_front_matter_leaves_out() -> None:
    header = load("own-template.md").header
    assert header.started == datetime(2026, 10, 1, 9, 12, tzinfo=UTC)
    assert header.detected == datetime(2026, 10, 1, 9, 31, tzinfo=UTC)
    assert header.mitigated == datetime(2026, 10, 1, 10, 2, tzinfo=UTC)


def test_lists_are_read_with_groups_checkboxes_and_details() -> None:
    review = load("lists-and-checkboxes.md")
    assert (review.id, review.header.severity, review.header.service) == ("lists-and-checkboxes", "sev2", "search")
    assert review.header.started == datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
    assert [(item.title, item.owner, item.due, item.status, item.line) for item in review.items] == [
        ("Pin the index job to the night queue", None, None, Status.DONE, 25),
        ("Alert when query p99 is above 800 ms for 5 min", "grace", date(2026, 3, 20), Status.OPEN, 26),
        ("Delete the unused replica", None, None, Status.NOT_PLANNED, 27),
        ("Throttle index writes by disk queue depth, per node", None, date(2026, 3, 31), None, 32),
        ("Load test the index path", "Alan Kay", date(2026, 5, 1), Status.IN_PROGRESS, 34),
        ("Document the job calendar", "linus", None, Status.OPEN, 39),
    ]
    assert [item.horizon for item in review.items] == [Horizon.IMMEDIATE] * 3 + [Horizon.SYSTEMIC] * 3
    assert review.items[0].issues == ("https://github.com/acme/search/issues/2127",)
    assert review.items[0].evidence == ("https://github.com/acme/search/pull/2130",)
    assert review.items[3].issues == ("SRCH-88",)
    assert review.items[4].issues == ("https://jira.example.com/browse/SRCH-91",)


def test_a_table_in_another_shape_is_read_as_far_as_it_goes() -> None:
    review = load("foreign-table.md")
    assert (review.id, review.header.title) == ("INC-17", "Postmortem #17: login outage")
    assert (review.header.severity, review.header.detected) == ("sev1", None)
    assert [(item.title, item.owner, item.kind, item.status) for item in review.items] == [
        ("Probe the login page from two regions", "sam", Kind.DETECT, Status.DONE),
        ("Alert 30 days before a certificate ends", "Kim Lee", Kind.DETECT, Status.OPEN),
        ("Write the incident report", "kim", Kind.PROCESS, None),
        ("Share one certificate store", None, Kind.PREVENT, None),
    ]
    assert [item.due for item in review.items] == [date(2026, 12, 5), date(2026, 12, 15), None, None]
    assert [item.issues for item in review.items] == [("https://jira.example.com/browse/LOG-4",), (), (), ()]
    assert review.items[2].evidence == ("https://github.com/acme/login/pull/7",)


def test_what_is_not_read_in_another_shape_is_said() -> None:
    document = load_document(DOCUMENTS / "foreign-table.md")
    said = [(problem.line, problem.severity, problem.message) for problem in document.problems]
    assert said == [
        (24, Severity.ERROR, "due: “12/11/2026” can be read in two ways"),
        (25, Severity.WARNING, "“N/A” is not an action; it is not read"),
        (26, Severity.WARNING, "“[Action item]” stands in a row that the template left; it is not read"),
        (27, Severity.WARNING, "the link leads to a search, not to an issue; it is not read"),
    ]


def test_toml_front_matter_and_a_table_without_a_heading() -> None:
    review = load("toml-front-matter.md")
    assert (review.id, review.header.incident_class) == ("INC-2026-7", "duplicate-delivery")
    assert review.header.started == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert review.header.checkpoints == (date(2026, 7, 1),)
    assert [(item.id, item.owner, item.due, item.status, item.issues) for item in review.items] == [
        ("1", "mail team", date(2026, 6, 30), Status.IN_PROGRESS, ("acme/mail#40", "acme/mail#41")),
        ("2", None, date(2026, 6, 30), Status.NOT_PLANNED, ("#9",)),
    ]


def test_prose_gives_no_items_and_a_finding_that_says_so() -> None:
    review, problems = load_review(DOCUMENTS / "prose-only.md")
    assert review is not None
    assert review.items == ()
    assert "no-items" in {problem.rule for problem in problems}


def test_the_template_has_no_problem_but_what_is_to_be_filled_in() -> None:
    document = parse_document(build_template("INC-1", {}), "INC-1.md")
    assert document.problems == ()
    assert {finding.rule for finding in lint_document(document)} == {"template-residue"}
    assert document.review is not None
    assert document.review.items == ()


def test_a_filled_in_template_is_ready_to_be_pushed() -> None:
    given = {"title": "Checkout: down", "class": "config-rollout", "severity": "sev1", "service": "#1", "team": "no"}
    text = build_template("042", given)
    text = text.replace("| A1 | FILL-IN | | |", "| A1 | Stage pushes at 1% | ada | 2026-11-30 |")
    text = text.replace("| prevent | | | |", "| prevent | global-push | a merged change | does it stop at 1%? |")
    text = text.replace("| FILL-IN | trigger |", "| Global push | trigger |").replace("| FILL-IN 2026", "| 2026")
    document = parse_document(text)
    assert document.review is not None
    header = document.review.header
    assert (header.id, header.title, header.service, header.team) == ("042", "Checkout: down", "#1", "no")
    assert header.started == datetime(2026, 10, 1, 9, 12, tzinfo=UTC)
    assert document.problems + lint_document(document) == ()


def test_lines_are_those_of_the_file_whatever_ends_them() -> None:
    text = (DOCUMENTS / "own-template.md").read_text(encoding="utf-8")
    unix, _ = parse_review(text)
    assert parse_review("\ufeff" + text.replace("\n", "\r\n")) == (unix, ())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# ok\n\xff\xfe", "the file is not UTF-8 text"),
        (b"# a\0b", "the file is not text"),
        (b"x" * 5_000_000, "the file is larger than 4,000,000 bytes"),
    ],
)
def test_a_file_that_is_not_a_text_is_a_problem(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "review.md"
    path.write_bytes(content)
    review, problems = load_review(path)
    assert review is None
    assert [problem.message for problem in problems] == [message]


def test_a_file_that_can_not_be_opened_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.md", tmp_path):
        review, problems = load_review(path)
        assert review is None
        assert problems[0].message.startswith("the file can't be read")
