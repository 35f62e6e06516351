"""What a push does with the document itself: links written back, items that left it, later versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.sandbox.state import Permission
from tests.fakes import FakeClock
from tests.once.machines import HOME, REVIEW, Machine, Watched, a_world
from tracker.errors import InvalidInput
from tracker.review.markdown import parse_document
from tracker.runs.links import write_issue_links

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECOND = "| A2 | Roll back by one command"
TABLE_HEAD = "| How we will know it helped |"
WITHOUT_IDS = REVIEW.replace("| ID | Action", "| Action").replace(
    "|---|---|---|---|---|---|---|---|", "|---|---|---|---|---|---|---|"
)
WITHOUT_IDS = WITHOUT_IDS.replace("| A1 | ", "| ").replace("| A2 | ", "| ")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Watched]:
    with Watched(a_world(clock)) as sandbox:
        yield sandbox


@pytest.fixture
def machine(tmp_path: Path, sandbox: Watched, clock: FakeClock) -> Machine:
    return Machine(tmp_path / "desk", sandbox.api_url, clock)


def write(machine: Machine, text: str) -> None:
    machine.document.write_text(text, encoding="utf-8")


def push(machine: Machine, *options: str) -> str:
    result = machine.run("push", "--yes", *options, str(machine.document))
    assert result.code == 0, result
    return result.out


def without(text: str, start: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


def issue_states(sandbox: Watched) -> list[tuple[int, str]]:
    return [(issue.number, issue.reason) for issue in sandbox.world.repository(HOME).issues.values()]


# Links written back


def test_template_push_links_written_back_push_again_is_a_round_trip(machine: Machine) -> None:
    write(machine, WITHOUT_IDS)
    push(machine, "--write-links")
    once = machine.document.read_text(encoding="utf-8")
    assert once.count(f"[{HOME}#1](") == once.count(f"[{HOME}#2](") == 1
    assert without(once, "| ").replace("\n", "") == without(WITHOUT_IDS, "| ").replace("\n", "")
    out = push(machine, "--write-links")
    assert out.count("nothing to do") == 2
    assert machine.document.read_text(encoding="utf-8") == once


def test_a_machine_without_a_store_finds_the_items_by_the_written_links(machine: Machine) -> None:
    write(machine, WITHOUT_IDS)
    push(machine, "--write-links")
    machine.lose_store()
    text = machine.document.read_text(encoding="utf-8")
    write(machine, text.replace("Validate the config before a rollout", "Check each config first"))
    out = push(machine)
    assert "update acme/payments#1: title → Check each config first" in out
    assert "create" not in out


def test_nothing_is_written_into_the_document_unless_asked_for(machine: Machine) -> None:
    push(machine)
    assert machine.document.read_text() == REVIEW
    result = machine.run("push", "--dry-run", "--write-links", str(machine.document))
    assert (result.code, machine.document.read_text()) == (0, REVIEW)


def test_mode_and_line_ends_of_the_document_stay(machine: Machine) -> None:
    machine.document.write_bytes(REVIEW.replace("\n", "\r\n").encode())
    machine.document.chmod(0o640)
    push(machine, "--write-links")
    content = machine.document.read_bytes()
    assert (machine.document.stat().st_mode & 0o777, content.count(b"\n")) == (0o640, content.count(b"\r\n"))
    assert list(machine.folder.glob(".review*")) == []


def test_a_document_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.md", tmp_path):
        with pytest.raises(InvalidInput, match="could not be written"):
            write_issue_links(path, parse_document, {})


# Items that left the document


def test_an_item_that_left_the_document_is_said_and_left_alone_until_it_is_dropped(
    machine: Machine, sandbox: Watched
) -> None:
    push(machine)
    write(machine, without(REVIEW, SECOND))
    out = push(machine)
    assert "the document no longer has it: its issue is left as it is" in out
    assert "--drop A2 --reason" in out
    assert issue_states(sandbox) == [(1, ""), (2, "")]


def test_a_dropped_item_is_closed_as_not_planned_with_its_reason(machine: Machine, sandbox: Watched) -> None:
    push(machine)
    write(machine, without(REVIEW, SECOND))
    out = push(machine, "--drop", "A2", "--reason", "the service is <b>shut down</b> in May")
    assert "drop it: close acme/payments#2 as not planned" in out
    issue = sandbox.world.repository(HOME).issues[2]
    assert (issue.reason, len(issue.comments)) == ("not_planned", 1)
    assert "Dropped from the review of incident INC" in issue.comments[0].body
    assert "<b>" not in issue.comments[0].body
    assert "closed as not planned" in push(machine)
    assert machine.sync("--full").code == 0
    assert "A2  not planned" in machine.run("status").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--drop", "A1", "--reason", "x"), 1, "the document still has it"),
        (("--drop", "A9", "--reason", "x"), 1, "there is no such item to drop"),
        (("--drop", "A2"), 2, "--drop and --reason go together"),
        (("--reason", "x"), 2, "--drop and --reason go together"),
        (("--drop", "INC-9/A2", "--reason", "x"), 2, "this is no item of INC-1"),
    ],
)
def test_what_cannot_be_dropped_is_said(
    machine: Machine, sandbox: Watched, arguments: tuple[str, ...], code: int, said: str
) -> None:
    push(machine)
    write(machine, without(REVIEW, SECOND))
    result = machine.run("push", "--yes", *arguments, str(machine.document))
    assert (result.code, said in result.out + result.err) == (code, True), result
    assert issue_states(sandbox) == [(1, ""), (2, "")]


def test_an_item_that_another_review_asks_for_too_is_not_dropped_over_its_head(
    machine: Machine, sandbox: Watched
) -> None:
    push(machine)
    other = machine.folder / "other.md"
    head = REVIEW.replace("INC-1", "INC-2").replace("Checkout returned", "Again checkout returned")
    head = head.replace(TABLE_HEAD, f"{TABLE_HEAD} Issue |").replace(
        "|---|---|---|---|---|---|---|---|", "|---|---|---|---|---|---|---|---|---|"
    )
    text = "\n".join(f"{line} #2 |" if line.startswith("| A2") else line for line in head.splitlines())
    other.write_text(without(text, "| A1"), encoding="utf-8")
    assert machine.run("push", "--yes", str(other)).code == 0
    write(machine, without(REVIEW, SECOND))
    result = machine.run("push", "--yes", "--drop", "A2", "--reason", "x", str(machine.document))
    assert result.code == 1
    assert "acme/payments#2 is asked for by INC-2/A2, too" in result.out
    assert issue_states(sandbox) == [(1, ""), (2, "")]


# Later versions


def test_renamed_and_reordered_items_are_recognised(machine: Machine, sandbox: Watched) -> None:
    write(machine, WITHOUT_IDS)
    push(machine)
    lines = WITHOUT_IDS.splitlines()
    first, second = (next(n for n, line in enumerate(lines) if line.startswith(start)) for start in ("| Val", "| Roll"))
    lines[first], lines[second] = lines[second], lines[first].replace("before a rollout", "before each rollout")
    write(machine, "\n".join(lines) + "\n")
    out = push(machine)
    assert "title → Validate the config before each rollout" in out
    assert len(issue_states(sandbox)) == 2


def test_a_link_into_a_tracker_that_is_not_followed_makes_no_ticket_and_is_said(
    machine: Machine, sandbox: Watched
) -> None:
    sandbox.world.add_repository("acme/other", {"lead": Permission.WRITE})
    text = REVIEW.replace(TABLE_HEAD, f"{TABLE_HEAD} Issue |").replace(
        "|---|---|---|---|---|---|---|---|", "|---|---|---|---|---|---|---|---|---|"
    )
    text = text.replace("| Quiet |", "| Quiet | https://linear.app/acme/issue/ENG-7 |")
    write(machine, text)
    result = machine.run("push", "--yes", str(machine.document))
    assert "is in a tracker that is not followed: it is kept as a link" in result.out
    assert (result.code, len(issue_states(sandbox))) == (0, 1)
