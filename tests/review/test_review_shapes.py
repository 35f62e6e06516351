"""The smaller shapes and traps of documents that were never written for us, one a test."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tracker.model import ActionItem, Horizon, Kind, Status
from tracker.review.claims import find_status
from tracker.review.markdown import parse_document, parse_review
from tracker.review.words import Column, Section, find_column, find_section

ACTIONS = "## Action items\n\n"


def items(text: str) -> tuple[ActionItem, ...]:
    review, _ = parse_review(text)
    assert review is not None
    return review.items


def entry(text: str) -> ActionItem:
    (item,) = items(f"{ACTIONS}- {text}\n")
    return item


@pytest.mark.parametrize(
    "heading",
    [
        "## Action Items",
        "## 5. Postmortem Action Items:",
        "### Review actions",
        "## Corrective and Preventative Measures",
        "## Follow-ups",
        "## Follow-up improvements",
        "## Remediation",
        "## Next steps",
        "## Actionables",
        "**Action items**",
        "## Recommendations",
        "## Planned actions",
        "## 🚀 Action items (3)",
        "## <span>Action items</span>",
        "# Action items",
        "## Remediations",
        "## Improvements",
        "## What are we going to do about it?",
        "## Lessons learned / Actions",
    ],
)
def test_a_list_under_a_heading_for_actions_is_read(heading: str) -> None:
    assert [item.title for item in items(f"{heading}\n\n- Add an alert\n")] == ["Add an alert"]


@pytest.mark.parametrize(
    "heading",
    ["## Action items\n\n### What we considered", "## Action items\n\n### Alternatives", "## Rejected action items",
     "## Next steps\n\n**For reference**", "## Previous action items", "## Action items\n\n### Open questions",
     "## Immediate actions taken", "## Timeline of actions", "## Impact and remediation", "## Summary", "## Lessons"],
)  # fmt: skip
def test_a_list_under_another_heading_gives_no_items(heading: str) -> None:
    assert items(f"{heading}\n\n- Restarted the node\n") == ()


def test_a_timeline_with_an_action_column_gives_no_items() -> None:
    assert items("## Timeline\n\n|Date|Action|Owner|\n|-|-|-|\n|2026-01-01|Rolled back|sam|\n") == ()
    assert items("|Time|Action|Owner|\n|-|-|-|\n|10:02|Rolled back|sam|\n") == ()
    assert items("|Date|Action|Who|\n|-|-|-|\n|2026-01-01|Rolled back|sam|\n") == ()


def test_a_table_of_links_gives_no_items() -> None:
    assert items("|Title|Link|\n|-|-|\n|Dashboard|https://grafana.example.com|\n") == ()


def test_a_title_that_speaks_of_action_items_is_no_heading_for_them() -> None:
    assert items("# Outage review with action items\n\n- Users saw errors\n\n## Summary\n\n- It was short\n") == ()


def test_sub_headings_give_horizon_and_kind() -> None:
    text = f"{ACTIONS}### Long term\n\n- Split the database\n\n### Detection\n\n- Alert on lag\n"
    assert [(item.horizon, item.kind) for item in items(text)] == [(Horizon.SYSTEMIC, None), (None, Kind.DETECT)]


def test_a_bold_row_is_a_sub_heading() -> None:
    text = f"{ACTIONS}|Action|Owner|\n|-|-|\n|**Short term**| |\n|Fix it|ada|\n|**Long term**| |\n|Split it|ada|\n"
    assert [item.horizon for item in items(text)] == [Horizon.IMMEDIATE, Horizon.SYSTEMIC]


@pytest.mark.parametrize(
    ("text", "title", "owner", "due"),
    [
        ("Rotate keys — Bob — 2026-12-01", "Rotate keys", "Bob", date(2026, 12, 1)),
        ("Rotate keys — Kim Lee — due 1 Dec 2026.", "Rotate keys", "Kim Lee", date(2026, 12, 1)),
        ("Rotate keys — 2026-12-01 — payments team", "Rotate keys", "payments team", date(2026, 12, 1)),
        ("Rotate keys—bob—2026-12-01", "Rotate keys", "bob", date(2026, 12, 1)),
        ("Rotate keys | Bob | 2026-12-01 (#12)", "Rotate keys", "Bob", date(2026, 12, 1)),
        ("Add alert - @bob - 2026-10-01", "Add alert", "bob", date(2026, 10, 1)),
        ("Add alert, @bob, 2026-10-01", "Add alert", "bob", date(2026, 10, 1)),
        ("Add alert - 2026-10-01", "Add alert", None, date(2026, 10, 1)),
        ("Add alert - Owner: bob - 2026-10-01 - #12", "Add alert", "bob", date(2026, 10, 1)),
        (
            "Migrate the database - second phase - 2026-10-01",
            "Migrate the database - second phase",
            None,
            date(2026, 10, 1),
        ),
        ("Add alert - P1 - 2026-10-01", "Add alert - P1", None, date(2026, 10, 1)),
        ("Repeat the drill (2026-10-01)", "Repeat the drill (2026-10-01)", None, None),
        (
            "[PAY-124](https://j.example.com/x): Fix the key (@carol, 2026-06-01)",
            "Fix the key",
            "carol",
            date(2026, 6, 1),
        ),
        ("Add alert (@bob) - by 2026-10-01 - for lag", "Add alert - for lag", "bob", date(2026, 10, 1)),
        ("Alert on lag (p99) (@bob)", "Alert on lag (p99)", "bob", None),
        ("[click](javascript:alert(1)) the [data](data:text/html,x)", "click the data", None, None),
        ("[click][j] it\n\n[j]: javascript:alert(1)", "click it", None, None),
        ("Add an alert. Owner: @ada. Due: 2026-12-01", "Add an alert.", "ada", date(2026, 12, 1)),
        ("Add an alert (Owner: Kim Lee, due 1 Dec 2026)", "Add an alert", "Kim Lee", date(2026, 12, 1)),
        ("Add an  alert  -  Owner:  Kim  Lee", "Add an alert", "Kim Lee", None),
        ("Retire the old API by 2026-12-01", "Retire the old API", None, date(2026, 12, 1)),
        ("@ada: add an alert", "add an alert", "ada", None),
        ("Add an alert - @ada", "Add an alert", "ada", None),
        ("Mail ops@example.com each week", "Mail ops@example.com each week", None, None),
        ("Fix the #1 cause of pages", "Fix the #1 cause of pages", None, None),
        ("Use UTF-8 and SHA-256 everywhere", "Use UTF-8 and SHA-256 everywhere", None, None),
        ("Fix the issue", "Fix the issue", None, None),
        ("Add retries: three, with backoff", "Add retries: three, with backoff", None, None),
    ],
)
def test_owner_and_due_date_are_found_in_a_sentence(text: str, title: str, owner: str | None, due: date | None) -> None:
    item = entry(text)
    assert (item.title, item.owner, item.due) == (title, owner, due)


@pytest.mark.parametrize(
    ("text", "issues", "evidence"),
    [
        ("Fix it (#12)", ("#12",), ()),
        ("Fix it acme/pay#12", ("acme/pay#12",), ()),
        ("PAY-12: Fix it", ("PAY-12",), ()),
        ("Fix it [PAY-1, PAY-2]", ("PAY-1", "PAY-2"), ()),
        ("Fix it <https://github.com/a/b/issues/1>", ("https://github.com/a/b/issues/1",), ()),
        ("Fix it https://github.com/a/b/issues/1.", ("https://github.com/a/b/issues/1",), ()),
        ("[Fix it](https://gitlab.com/a/b/-/issues/1)", ("https://gitlab.com/a/b/-/issues/1",), ()),
        (
            "Fix it ([ticket][t])\n\n[t]: https://j.example.com/browse/PAY-1",
            ("https://j.example.com/browse/PAY-1",),
            (),
        ),
        ("Fix it https://github.com/a/b/pull/1", (), ("https://github.com/a/b/pull/1",)),
        ("Fix it in https://github.com/a/b/commit/0123abc", (), ("https://github.com/a/b/commit/0123abc",)),
        ("Fix it (PR #7)", (), ("#7",)),
        ("Fix it, see https://docs.example.com/how", (), ()),
        ("[Fix it](ftp://example.com/issues/1)", (), ()),
    ],
)
def test_links_are_sorted_into_tickets_and_evidence(
    text: str, issues: tuple[str, ...], evidence: tuple[str, ...]
) -> None:
    item = entry(text)
    assert item.title.removesuffix(".").removesuffix(" in") == "Fix it"
    assert (item.issues, item.evidence) == (issues, evidence)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("DONE", Status.DONE),
        ("**DONE**", Status.DONE),
        ("n/a DONE", Status.DONE),
        ("✅", Status.DONE),
        ("[x]", Status.DONE),
        ("Done 2026-05-22", Status.DONE),
        ("Complete", Status.DONE),
        ("TODO.", Status.OPEN),
        ("Not started", Status.OPEN),
        ("not done", Status.OPEN),
        ("Delayed", Status.OPEN),
        ("PR exists", Status.IN_PROGRESS),
        ("Ongoing", Status.IN_PROGRESS),
        ("Partially done", Status.IN_PROGRESS),
        ("Canceled", Status.NOT_PLANNED),
        ("Won't fix", Status.NOT_PLANNED),
        ("", None),
        ("Won't do", Status.NOT_PLANNED),
        ("Duplicate", Status.DUPLICATE),
        ("purple", None),
    ],
)
def test_status_spellings(text: str, status: Status | None) -> None:
    assert find_status(text) is status


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Action Item(s)", Column.ACTION),
        ("Who", Column.OWNER),
        ("Action owner", Column.OWNER),
        ("#", Column.ID),
        ("Due Date", Column.DUE),
        ("Tracking bug", Column.ISSUE),
        ("Corresponding Root Cause(s)", Column.CONDITIONS),
        ("Definition of done", Column.PROOF),
        ("State", Column.STATUS),
        ("Flavour", None),
        ("", None),
    ],
)
def test_columns_are_known_by_meaning(name: str, column: Column | None) -> None:
    assert find_column(name) is column


def test_a_heading_is_known_by_its_words() -> None:
    assert find_section("Failure conditions") is Section.CONDITIONS
    assert find_section("Proposed (not committed)") is Section.PROPOSED
    assert find_section("Human context") is Section.HUMAN
    assert find_section("Recommendations for readers") is None


def test_what_needs_no_action_and_what_is_a_question_is_no_item() -> None:
    text = f"{ACTIONS}- No action needed for retention\n- Add an alert\n"
    assert [item.title for item in items(text)] == ["Add an alert"]
    text = "## Open questions and next steps\n\n- Should we shard by tenant?\n- Add an alert\n"
    assert [item.title for item in items(text)] == ["Add an alert"]


def test_a_heading_after_one_that_sets_aside_leads_back() -> None:
    text = f"{ACTIONS}### Considered\n\n- Rewrite it\n\n### Short term\n\n- Add an alert\n"
    assert [(item.title, item.horizon) for item in items(text)] == [("Add an alert", Horizon.IMMEDIATE)]


def test_columns_may_stand_in_any_order() -> None:
    (item,) = items("## Action items\n\n|Due|Who|#|Task|\n|-|-|-|-|\n|2026-12-01|ada|7|Add an alert|\n")
    assert (item.id, item.title, item.owner, item.due) == ("7", "Add an alert", "ada", date(2026, 12, 1))


def test_what_a_list_and_a_table_both_state_is_taken_once() -> None:
    listed = "## Preventive measures\n\n- Add an alert\n- Cap retries\n\n"
    in_a_table = "## Action items\n\n|Action|Owner|\n|-|-|\n|Add an alert|ada|\n"
    assert [(item.title, item.owner, item.line) for item in items(listed + in_a_table)] == [
        ("Add an alert", "ada", 10),
        ("Cap retries", None, 4),
    ]


def test_conditions_may_be_listed() -> None:
    text = "## Failure conditions\n\n- **Retry storm** (amplifier): clients tried again\n- Global push\n"
    document = parse_document(text)
    assert document.review is not None
    assert [(c.name, c.role, c.what) for c in document.review.header.conditions] == [
        ("retry-storm", "amplifier", "clients tried again"),
        ("global-push", None, ""),
    ]
    assert document.condition_lines == {"retry-storm": 3, "global-push": 4}


def test_proposals_are_kept_apart() -> None:
    review, _ = parse_review("## Action items\n\n- Fix it\n\n## Proposed\n\n|Idea|Why|\n|-|-|\n|Rewrite it|old|\n")
    assert review is not None
    assert [item.title for item in review.items] == ["Fix it"]
    assert [(proposal.title, proposal.line) for proposal in review.proposed] == [("Rewrite it", 9)]


def test_a_timeline_gives_the_first_start_and_the_last_mitigation() -> None:
    rows = [("09", "started"), ("08", "started"), ("11", "mitigated"), ("10", "mitigation"), ("07", "escalation")]
    table = "".join(f"|2026-01-01T{hour}:00Z|{kind}|x|\n" for hour, kind in rows)
    review, problems = parse_review(f"## Timeline\n\n|Time|Kind|Event|\n|-|-|-|\n{table}")
    assert review is not None
    assert problems == ()
    header = review.header
    assert (header.started, header.mitigated) == (
        datetime(2026, 1, 1, 8, tzinfo=UTC),
        datetime(2026, 1, 1, 11, tzinfo=UTC),
    )
    assert header.detected is None
