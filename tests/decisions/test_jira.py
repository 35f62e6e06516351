"""Every kind of decision on Jira, Cloud and Data Center: two machines hold the same, a deleted store gets it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.adapters.jira_rig import CLOUD, DATA_CENTER, HOME
from tests.decisions.steps import WAIVE, known
from tests.fakes import FakeClock
from tests.harness import lasting_facts
from tests.once.jira_machines import a_jira, a_machine, people_of
from tracker.recorded import Reply, Resolved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.jira_rig import Flavour


@pytest.mark.parametrize("flavour", [CLOUD, DATA_CENTER], ids=["cloud", "data-center"])
def test_what_people_decide_is_kept_in_jira(tmp_path: Path, flavour: Flavour) -> None:
    clock = FakeClock()
    with a_jira(clock) as sandbox:
        people = people_of(sandbox, flavour)
        machine = a_machine(tmp_path / "laptop", sandbox, clock, flavour)
        other = a_machine(tmp_path / "cron", sandbox, clock, flavour)
        assert machine.push().code == 0
        clock.advance(timedelta(hours=1))
        assert machine.run(*WAIVE, "--yes").code == 0
        assert machine.run("checkpoint", "--record", "INC-1/A1", "no", "--note", "it {came} back", "--yes").code == 0
        assert machine.run("evidence", "INC-1/A1", "https://wiki.example/a_b", "--yes").code == 0
        key = people.open_issue(HOME, "By hand", [], "dev")
        clock.advance(timedelta(minutes=1))
        assert machine.run("link", "INC-1/A1", key, "--instead", "--by", "Ann Lee", "--yes").code == 0
        clock.advance(timedelta(minutes=1))
        for each in (machine, other):
            assert each.sync("--full").code == 0
        assert lasting_facts(machine).items == lasting_facts(other).items
        first, second = known(other, "INC-1/A1"), known(other, "INC-1/A2")
        assert first.issue is not None
        assert (first.issue.ref, [each.how for each in first.resolutions]) == (key, [Resolved.MOVED])
        assert [(each.answer, each.note) for each in first.answers] == [(Reply.NO, "it {came} back")]
        assert [each.reason for each in second.waivers] == ["the service is replaced"]
        before = lasting_facts(machine)
        machine.lose_store()
        assert machine.sync("--full").code == 0
        assert lasting_facts(machine) == before
        for again in (WAIVE, ("evidence", "INC-1/A2", "https://wiki.example/a_b")):
            assert machine.run(*again, "--yes").code == 0
        assert "recorded already" in machine.run(*WAIVE, "--yes").out
