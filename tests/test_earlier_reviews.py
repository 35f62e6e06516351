"""`track check` and `track push` show what earlier reviews asked for, and take what a document lacks from flags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.fakes import FakeClock
from tests.once.machines import REVIEW, Machine, Watched, a_world
from tracker.cli.given import ask_missing
from tracker.review.header import Given
from tracker.review.markdown import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AGAIN = """\
---
id: INC-2
title: Checkout was slow after a config push
class: config-rollout
started: 2026-11-01T09:12:00Z
reviewed: 2026-11-03
---
## Failure conditions
| Condition | Role | What it was |
|---|---|---|
| unvalidated-config | trigger | The rollout took any file |

## Action items
| ID | Action | Owner | Due | Conditions | Evidence | Question | Issue |
|---|---|---|---|---|---|---|---|
| B1 | Config validation before each rollout | @dev | 2026-12-01 | unvalidated-config | PR | Quiet? | |
| B2 | Alert when a certificate has 30 days left | @dev | 2026-12-01 | unvalidated-config | PR | Quiet? | |
"""
BARE = """\
# Checkout was slow

## Action items

- Alert when checkout errors stay above 2% for 5 min (@dev, 2026-12-01)
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    clock = FakeClock()
    with Watched(a_world(clock)) as sandbox:
        yield Machine(tmp_path / "desk", sandbox.api_url, clock)


def second(machine: Machine, text: str = AGAIN) -> str:
    assert machine.push().code == 0
    path = machine.folder / "again.md"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_push_shows_what_is_asked_for_again_before_anything_is_created(machine: Machine) -> None:
    out = machine.run("push", "--dry-run", second(machine)).out
    assert "asked for before: 2nd time since 2026-10; acme/payments#1 is open" in out
    assert "Link to acme/payments#1 by writing it into the item's Issue column" in out
    assert "earlier: INC-1 Checkout returned 5xx after a config push (same class, shares unvalidated-config)" in out
    assert "- acme/payments#2 Roll back by one command" in out
    assert out.count("asked for before") == 1


def test_an_item_that_is_linked_as_suggested_follows_the_earlier_issue(machine: Machine) -> None:
    linked = AGAIN.replace("| PR | Quiet? | |", "| PR | Quiet? | #1 |", 1)
    path = second(machine, linked)
    out = machine.run("push", "--yes", path).out
    assert "follow acme/payments#1, which exists" in out
    assert "follows acme/payments#1: 2nd time since 2026-10" in out


def test_check_shows_the_same_with_the_line_and_stops_nothing(machine: Machine) -> None:
    path = second(machine)
    result = machine.run("check", path)
    assert result.code == 0
    assert f"{path}:16:1: note: asked for before: 2nd time since 2026-10" in result.out
    told = json.loads(machine.run("check", "--json", path).out)["earlier"]
    assert [(each["line"], each["times"], each["ref"]) for each in told["repeats"]] == [(16, 2, "acme/payments#1")]
    assert [each["id"] for each in told["reviews"]] == ["INC-1"]


def test_check_works_without_a_config_and_makes_no_store(machine: Machine) -> None:
    machine.lose_store()
    assert machine.run("check", str(machine.document)).code == 0
    (machine.folder / "config.toml").unlink()
    assert machine.run("check", str(machine.document)).code == 0
    assert not machine.store_path.exists()


def test_what_a_document_lacks_comes_from_flags(machine: Machine) -> None:
    machine.document.write_text(BARE, encoding="utf-8")
    bare = machine.run("push", "--yes", str(machine.document))
    assert (bare.code, "no class" in bare.err) == (3, True)
    flags = ("--id", "INC-7", "--class", "slow checkout", "--severity", "SEV2", "--started", "2026-10-01 09:12 UTC")
    result = machine.run("push", "--yes", *flags, str(machine.document))
    assert result.code == 0, result
    assert "INC-7: Checkout was slow (sev2, slow-checkout)" in result.out
    wrong = machine.run("push", "--yes", *flags[:-1], "soon", str(machine.document))
    assert (wrong.code, "--started" in wrong.err) == (3, True)


def test_on_a_terminal_only_what_is_missing_is_asked_for() -> None:
    document = parse_document(BARE, "post-mortem.md")
    with CliRunner().isolation("INC-7\nslow checkout\n"):
        given = ask_missing(document, Given(severity="sev2"))
    assert given == Given(id="INC-7", incident_class="slow checkout", severity="sev2")
    whole = parse_document(AGAIN)
    with CliRunner().isolation(""):
        assert ask_missing(whole, Given()) == Given()


def test_flags_that_could_be_meant_for_any_of_several_documents_are_refused(machine: Machine) -> None:
    result = machine.run("push", "--yes", "--id", "X", str(machine.document), second(machine))
    assert (result.code, "can't be meant for 2 documents" in result.err) == (2, True)


def test_strict_stops_a_push_at_a_warning(machine: Machine) -> None:
    machine.document.write_text(REVIEW.replace("| Pull request |", "|  |"), encoding="utf-8")
    assert machine.run("push", "--dry-run", str(machine.document)).code == 0
    result = machine.run("push", "--dry-run", "--strict", str(machine.document))
    assert (result.code, "no evidence" in result.err or "promises no evidence" in result.err) == (3, True)
