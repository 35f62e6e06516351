"""Whom a name means on Jira: exactly one person who can be assigned, or nobody, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.faults import FaultPlan, When
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, HOME, JiraRig
from tests.fakes import FakeClock
from tests.jira_harness import BOTH, answer, paths, rewrite
from tests.once.jira_machines import a_jira, a_machine, issues_for, people_of
from tests.once.machines import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.sandbox.jira_people import JiraPeople
    from tests.adapters.jira_rig import Flavour
    from tests.harness import RecordingClock
    from tests.once.machines import Machine, Watched

SEARCH = "GET user/assignable/search"
ANN, BOB = "712020:5a1f-ann", "712020:77-bob"


def fill(people: JiraPeople) -> None:
    """People of every kind."""
    people.add_person(ANN, "Ann Lee", "ann@example.com")
    people.add_person(BOB, "Bob Ross", "bob@example.com", email_visible=False)
    people.add_person("twin-1", "Chris Doe", "chris@example.com")
    people.add_person("twin-2", "Chris Doe", "chris.doe@example.com")
    people.add_person("left", "Eve Gone", "eve@example.com")
    people.deactivate_person("left")
    people.add_person("guest", "Guest Star", "guest@example.com")
    people.set_access(HOME, ["BROWSE_PROJECTS"], "guest")
    people.add_person("anna", "Anna Lee", "anna@example.com")


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param) as rig:
        fill(rig.people)
        yield rig


NAMES: dict[str, tuple[str, str]] = {
    "an account": (ANN, ANN),
    "an account in capitals": (ANN.upper(), ANN),
    "an e-mail": ("ann@example.com", ANN),
    "an e-mail in capitals": ("Ann@Example.COM", ANN),
    "a full name": ("Ann Lee", ANN),
    "a full name in small letters": ("ann lee", ANN),
    "part of a name": ("Ann", ""),
    "the begin of an account": (ANN[:-1], ""),
    "the begin of an e-mail": ("ann@example.co", ""),
    "a hidden e-mail": ("bob@example.com", ""),
    "an account whose e-mail is hidden": (BOB, BOB),
    "a name that two have": ("Chris Doe", ""),
    "an account of one of two": ("twin-2", "twin-2"),
    "an e-mail of one of two": ("chris.doe@example.com", "twin-2"),
    "somebody who left": ("left", ""),
    "the e-mail of somebody who left": ("eve@example.com", ""),
    "somebody who cannot be assigned": ("guest", ""),
    "the e-mail of one who cannot be assigned": ("guest@example.com", ""),
    "nobody": ("nobody", ""),
    "nobody's e-mail": ("nobody@example.com", ""),
    "markup": ('"x" OR 1=1 & ?#%', ""),
}


@pytest.fixture(scope="module", params=BOTH, ids=lambda flavour: flavour.deployment)
def filled(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    """One for all the names: nothing is written."""
    with JiraRig(request.param) as rig:
        fill(rig.people)
        yield rig


@pytest.mark.parametrize(("name", "account"), NAMES.values(), ids=NAMES)
def test_a_name_means_one_person_who_can_be_assigned_or_nobody(filled: JiraRig, name: str, account: str) -> None:
    assert filled.adapter_for("lead").people([name]) == ({name: account} if account else {})


def test_names_that_the_list_shows_take_one_request_for_all(rig: JiraRig) -> None:
    names = [ANN, "ann lee", "chris.doe@example.com", "dev", "lead@example.com"]
    assert list(rig.adapter.people(names)) == names
    assert paths(rig.sandbox.log) == [SEARCH]
    assert list(rig.adapter.people(["dev", ANN])) == ["dev", ANN]
    assert paths(rig.sandbox.log) == [SEARCH]


def test_a_name_that_the_list_lacks_is_searched_for(rig: JiraRig) -> None:
    """The list is cut at a thousand people."""
    rig.sandbox.faults = FaultPlan(When(answer([], rig.now()), path="/user/assignable/search$"))
    assert rig.adapter.people(["ann@example.com"]) == {"ann@example.com": ANN}
    assert paths(rig.sandbox.log) == [SEARCH, SEARCH]


HIDDEN: dict[str, Any] = {"displayName": "Bob Ross", "active": True, "accountId": BOB, "name": BOB}
ANSWERS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "one person whose e-mail is hidden": ([HIDDEN], BOB),
    "two people whose e-mails are hidden": ([HIDDEN, {**HIDDEN, "accountId": "x", "name": "x"}], ""),
    "one whose e-mail is another": ([{**HIDDEN, "emailAddress": "bob@example.com.evil"}], ""),
    "one who is inactive": ([{**HIDDEN, "active": False}], ""),
    "one without an account": ([{"displayName": "Bob Ross"}], ""),
    "nobody": ([], ""),
}


@pytest.mark.parametrize(("found", "account"), ANSWERS.values(), ids=ANSWERS)
def test_a_search_for_an_e_mail_means_the_one_person_it_finds(
    rig: JiraRig, found: list[dict[str, Any]], account: str
) -> None:
    rig.sandbox.faults = FaultPlan(When(answer(found, rig.now()), path="/user/assignable/search$", at=2))
    assert rig.adapter.people(["bob@example.com"]) == ({"bob@example.com": account} if account else {})


def test_a_search_for_a_name_does_not_take_a_likeness_for_it(rig: JiraRig) -> None:
    rig.sandbox.faults = FaultPlan(When(answer([HIDDEN], rig.now()), path="/user/assignable/search$", times=None))
    assert rig.adapter.people(["Bob", "Robert"]) == {}


# Through a push


@pytest.fixture
def sandbox(clock: RecordingClock) -> Iterator[Watched]:
    with a_jira(clock) as sandbox:
        fill(sandbox.jira)
        fill(sandbox.jira_dc)
        yield sandbox


def owned_by(folder: Path, sandbox: Watched, owner: str, flavour: Flavour = CLOUD, config: str = "") -> Machine:
    """A machine whose review gives the first item to that owner."""
    machine = a_machine(folder / "desk", sandbox, FakeClock(sandbox.world.now()), flavour)
    rewrite(machine, lambda text: text.replace("[people.dev]", f"{config}\n[people.dev]"))
    machine.document.write_text(machine.document.read_text().replace("| @dev |", f"| {owner} |", 1))
    return machine


def assignee(sandbox: Watched, flavour: Flavour = CLOUD) -> str | None:
    (issue,) = issues_for(people_of(sandbox, flavour), KEYS[0])
    return issue.assignee


@pytest.mark.parametrize(
    ("flavour", "owner"),
    [(CLOUD, "Ann Lee"), (DATA_CENTER, "@Ann Lee"), (CLOUD, "ann@example.com"), (DATA_CENTER, ANN), (CLOUD, ANN)],
)
def test_an_owner_is_assigned_by_whatever_names_them(
    tmp_path: Path, sandbox: Watched, flavour: Flavour, owner: str
) -> None:
    assert owned_by(tmp_path, sandbox, owner, flavour).push().code == 0
    assert assignee(sandbox, flavour) == ANN


@pytest.mark.parametrize(
    ("flavour", "owner"),
    [(CLOUD, "nobody@example.com"), (DATA_CENTER, "bob@example.com"), (CLOUD, "Chris Doe"), (DATA_CENTER, "Eve Gone"),
     (CLOUD, "guest")],
)  # fmt: skip
def test_an_owner_whom_nobody_finds_is_said_and_nobody_else_is_assigned(
    tmp_path: Path, sandbox: Watched, flavour: Flavour, owner: str
) -> None:
    ran = owned_by(tmp_path, sandbox, owner, flavour).push()
    assert ran.code == 0, ran
    assert f"{owner} cannot be assigned in {HOME}" in ran.out
    assert assignee(sandbox, flavour) is None


def test_an_owner_of_the_config_is_looked_for_by_what_the_config_says(tmp_path: Path, sandbox: Watched) -> None:
    config = f'[people."payments-lead"]\njira = "{BOB}"'
    assert owned_by(tmp_path, sandbox, "payments-lead", config=config).push().code == 0
    assert assignee(sandbox) == BOB


@pytest.mark.parametrize("flavour", BOTH)
def test_an_e_mail_is_looked_up_once_and_remembered(tmp_path: Path, sandbox: Watched, flavour: Flavour) -> None:
    """Also where the list does not show it, and though it is hidden by the next time."""
    machine = owned_by(tmp_path, sandbox, "ann@example.com", flavour)
    sandbox.faults = FaultPlan(When(answer([], sandbox.world.now()), path="/user/assignable/search$", times=1))
    assert machine.push().code == 0
    assert paths(sandbox.log).count(SEARCH) >= 2
    people_of(sandbox, flavour).world.account(ANN).email_visible = False
    for _turn in range(2):
        sandbox.log.clear()
        ran = machine.push()
        assert (ran.code, "cannot be assigned" in ran.out) == (0, False)
        assert paths(sandbox.log).count(SEARCH) == 1
    assert assignee(sandbox, flavour) == ANN


def test_somebody_remembered_who_left_is_not_assigned_again(tmp_path: Path, sandbox: Watched) -> None:
    machine = owned_by(tmp_path, sandbox, "ann@example.com")
    assert machine.push().code == 0
    sandbox.jira.deactivate_person(ANN)
    machine.document.write_text(
        machine.document.read_text() + "| A3 | Test it | ann@example.com | 2026-11-20 | systemic | | PR | Quiet |\n"
    )
    ran = machine.push()
    assert ran.code == 0, ran
    assert "ann@example.com cannot be assigned" in ran.out
    (third,) = issues_for(sandbox.jira, "INC-1/A3")
    assert third.assignee is None


def test_data_center_assigns_by_user_name() -> None:
    with JiraRig(DATA_CENTER) as rig:
        rig.people.world.add_account("JIRAUSER10100", "Dana Scully", "dana@example.com").name = "dscully"
        assert rig.adapter.people(["dana@example.com", "dscully"]) == {
            "dana@example.com": "dscully", "dscully": "dscully",
        }  # fmt: skip
