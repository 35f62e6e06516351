"""A checkpoint asks each item's question; what is said there is on the issue, and in every store from then on."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.decisions.steps import comments, known
from tests.once.machines import HOME
from tracker.recorded import Reply

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched

RECORD = ("checkpoint", "--record", "INC-1/A1", "yes", "--note", "none reached staging", "--by", "Ann Lee", "--yes")


def test_what_is_due_is_shown_with_its_questions_and_no_answer_yet(machine: Machine) -> None:
    ran = machine.run("checkpoint")
    assert ran.code == 0
    assert "checkpoint of 2026-10-12, in 7 days" in ran.out
    assert "2026-12-01" not in ran.out
    assert ran.out.count("no answer yet") == 2
    assert "Quiet" in ran.out
    assert "2026-12-01" in machine.run("checkpoint", "INC-1").out


def test_an_answer_is_recorded_and_every_machine_has_it(machine: Machine, other: Machine, sandbox: Watched) -> None:
    sandbox.people.close(HOME, 1, "dev")
    assert machine.run(*RECORD).code == 0
    (comment,) = comments(sandbox, 1)
    assert comment.startswith("Checkpoint of 2026-10-12 for INC-1/A1. Quiet\n\n**Yes**, says Ann Lee: none reached")
    assert other.sync().code == 0
    for each in (machine, other):
        (answer,) = known(each, "INC-1/A1").answers
        assert (answer.on, answer.answer, answer.by) == (date(2026, 10, 12), Reply.YES, "Ann Lee")
    assert "2026-10-12: yes, Ann Lee: none reached staging" in other.run("checkpoint").out
    assert "recorded already" in machine.run(*RECORD).out


def test_somebody_may_think_again(machine: Machine) -> None:
    machine.run(*RECORD)
    assert machine.run("checkpoint", "--record", "INC-1/A1", "No", "--yes").code == 0
    assert [answer.answer for answer in known(machine, "INC-1/A1").answers] == [Reply.YES, Reply.NO]
    assert known(machine, "INC-1/A1").answers[-1].by == "lead"
    rows = json.loads(machine.run("checkpoint", "--json").out)["checkpoints"]
    assert [answer["answer"] for answer in rows[0]["items"][0]["answers"]] == ["yes", "no"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--record", "INC-1/A1", "maybe"), "maybe is no answer"),
        (("--record", "INC-1/A1", "yes", "--on", "2026-10-13"), "2026-10-13 is no checkpoint of INC-1"),
        (("INC-1", "--record", "INC-1/A1", "yes"), "takes no review beside it"),
        (("--record", "INC-7/A1", "yes"), "there is no item INC-7/A1"),
    ],
)
def test_what_does_not_fit_is_said(machine: Machine, arguments: tuple[str, ...], said: str) -> None:
    ran = machine.run("checkpoint", *arguments, "--yes")
    assert (ran.code, said in ran.err) == (2, True)


def test_an_unknown_review_is_met_with_those_most_like_it(machine: Machine) -> None:
    ran = machine.run("checkpoint", "INC-11")
    assert (ran.code, "Known: INC-1" in ran.err) == (3, True)


def test_the_named_day_counts(machine: Machine) -> None:
    assert machine.run(*RECORD, "--on", "2026-12-01").code == 0
    assert known(machine, "INC-1/A1").answers[0].on == date(2026, 12, 1)


def test_today_is_the_day_of_the_configs_zone(machine: Machine) -> None:
    config = machine.folder / "config.toml"
    config.write_text(config.read_text() + '[report]\ntime_zone = "Pacific/Kiritimati"\n')  # the next day already
    assert "checkpoint of 2026-10-12, in 6 days" in machine.run("checkpoint").out
    ran = machine.run("waive", "INC-1/A1", "--until", "2026-10-05", "--reason", "later", "--by", "Ann Lee", "--dry-run")
    assert (ran.code, "Name a day from 2026-10-06 on" in ran.err) == (2, True)
    items = json.loads(machine.run("status", "--json").out)["items"]
    assert machine.run("status").code == 0
    assert items
