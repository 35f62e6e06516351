"""What a document claims of an item: one that is read as done gets no issue, so nothing is read as done by accident."""

from __future__ import annotations

import pytest

from tracker.model import ActionItem, Severity, Status
from tracker.review.claims import find_status
from tracker.review.markdown import parse_document


@pytest.mark.parametrize(
    "text",
    ["DONE", "**DONE**", "n/a DONE", "✅", "[x]", "(done)", "Done 2026-05-22", "Complete", "Done in #12",
     "100% complete", "Done on 3 May", "Merged", "Fixed in https://code.example/pull/1", "done (see wiki)", "✅ Done",
     "Done ✅ #12", "done.", "Fixed by PR #12", "Closed (PAY-12)", "[done]", "Resolved: acme/pay#3, 2026-01-01"],
)  # fmt: skip
def test_what_is_done_is_read_as_done(text: str) -> None:
    assert find_status(text) is Status.DONE


@pytest.mark.parametrize(
    "text",
    ["Will be done next week", "not resolved", "To be deployed", "Needs to be fixed", "0% complete", "Done? no",
     "[ ] done", "Review closed without it; reopened", "TODO.", "Not started", "PR exists", "Delayed", "partly done",
     "Canceled", "", "Done by Friday", "done by 2026-12-01 or later", "done in theory", "✅ not yet",
     "Done, pending deploy", "Done (not verified)", "will ship ✅", "Closed (won't fix)", "Closed as duplicate of #12"],
)  # fmt: skip
def test_nothing_else_is(text: str) -> None:
    assert find_status(text) is not Status.DONE


@pytest.mark.parametrize(
    "text",
    ["Canceled", "Cancelled (2026-05-22)", "Won't do", "Won\u2019t fix.", "wontfix", "Not planned: #12",
     "Closed (won't fix)", "closed as not planned"],
)  # fmt: skip
def test_what_is_not_planned_is_read_as_not_planned(text: str) -> None:
    assert find_status(text) is Status.NOT_PLANNED


@pytest.mark.parametrize(
    "text",
    ["Not cancelled", "Cancelled? no", "Not a duplicate", "may be dropped", "Duplicate work is going on",
     "Not planned yet"],
)  # fmt: skip
def test_nothing_else_drops_an_item(text: str) -> None:
    assert find_status(text) not in (Status.NOT_PLANNED, Status.DUPLICATE, Status.DONE)


def read(body: str) -> tuple[ActionItem, list[tuple[int, str]]]:
    document = parse_document("## Action items\n\n" + body)
    assert document.review is not None
    (item,) = document.review.items
    return item, [(p.line, p.message) for p in document.problems if p.severity is Severity.WARNING]


@pytest.mark.parametrize(
    "status", ["Will be done next week", "Done? no", "done by Friday", "🟢", "0% [complete](https://x.y)"]
)
def test_a_status_that_is_not_known_is_said_and_the_item_stays(status: str) -> None:
    item, warnings = read(f"|Action|Status|\n|-|-|\n|Rotate keys|{status}|\n")
    assert item.status is None
    assert [(line, "is not known" in message) for line, message in warnings] == [(5, True)]


@pytest.mark.parametrize(
    ("cell", "status"),
    [("[Done](https://x.y)", Status.DONE), ("Done [here](https://x.y)", Status.DONE), ("[PAY-12](https://x.y)", None)],
)
def test_a_link_beside_a_status_does_not_hide_it(cell: str, status: Status | None) -> None:
    item, warnings = read(f"|Action|Status|\n|-|-|\n|Rotate keys|{cell}|\n")
    assert (item.status, warnings) == (status, [])


@pytest.mark.parametrize(
    ("text", "title", "status"),
    [
        ("[ ] ~~Remove legacy shard~~", "Remove legacy shard", Status.NOT_PLANNED),
        ("[x] ~~Remove legacy shard~~", "Remove legacy shard", Status.DONE),
        ("~~Remove legacy shard~~", "Remove legacy shard", Status.NOT_PLANNED),
        ("~~✅ Remove legacy shard~~", "Remove legacy shard", Status.DONE),
        ("~~Remove legacy shard (done)~~", "Remove legacy shard", Status.DONE),
        ("Won't do: rewrite", "rewrite", Status.NOT_PLANNED),
        ("[ ] Won't do: rewrite", "rewrite", Status.NOT_PLANNED),
        ("Fix it (cancelled)", "Fix it", Status.NOT_PLANNED),
        ("Fix it (won\u2019t fix)", "Fix it", Status.NOT_PLANNED),
        ("Fix it - done", "Fix it", Status.DONE),
        ("[ ] Fix it", "Fix it", Status.OPEN),
        ("Log dropped requests", "Log dropped requests", None),
        ("Rejected: requests", "requests", Status.NOT_PLANNED),
    ],
)
def test_an_entry_says_by_its_marks_where_it_stands(text: str, title: str, status: Status | None) -> None:
    item, _ = read(f"- {text}\n")
    assert (item.title, item.status) == (title, status)


@pytest.mark.parametrize(
    "cell",
    [
        "Bug [5554825](https://bugs.example.com/issues/5554825) **DONE**",
        "Bug 5554825 DONE",
        "Ticket: [PAY-12](https://acme.atlassian.net/browse/PAY-12) (done)",
        "n/a **DONE**",
    ],
)
def test_a_status_beside_a_ticket_is_read_whatever_the_ticket_is_called(cell: str) -> None:
    item, _warnings = read(f"| Action | Bug |\n|---|---|\n| Plug the leak | {cell} |\n")
    assert item.status is Status.DONE
