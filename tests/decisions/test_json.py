"""The JSON of the commands that record decisions is documented, key by key."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.decisions.steps import WAIVE
from tests.once.machines import HOME
from tests.test_json import _keys, _section

if TYPE_CHECKING:
    from tests.once.machines import Machine, Watched


@pytest.mark.parametrize(
    ("section", "arguments"),
    [
        ("checkpoint", ("checkpoint",)),
        ("waive", (*WAIVE, "--yes")),
        ("waive", ("evidence", "INC-1/A1", "https://x.example/1", "--yes")),
        ("waive", ("waive", "INC-1/A1", "--end", "--yes")),
        ("evidence", ("evidence", "--verify")),
    ],
)
def test_every_key_is_documented(machine: Machine, sandbox: Watched, section: str, arguments: tuple[str, ...]) -> None:
    machine.run("checkpoint", "--record", "INC-1/A1", "yes", "--yes")
    sandbox.people.merge_pull_request(HOME, 2, "dev") if section == "evidence" else None
    machine.sync()
    printed = json.loads(machine.run(*arguments, "--json").out)
    assert printed
    assert _keys(printed) <= set(re.findall(r"`([\w-]+)`", _section(section)))


def test_nobody_can_be_asked_in_a_pipe(machine: Machine) -> None:
    assert machine.run(*WAIVE).code == 2
    assert "--json cannot ask" in machine.run(*WAIVE, "--json").err
