"""`track doctor` on Jira names what is missing, and what to do about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sync.sandbox.faults import FaultPlan, Status, When
from sync.sandbox.jira_defaults import SCREEN
from tests.adapters.jira_rig import CLOUD, DATA_CENTER, HOME, TOKEN, JiraRig
from tests.jira_harness import BOTH, answer
from tests.once.jira_machines import a_jira, a_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sync.port import Check
    from tests.adapters.jira_rig import Flavour
    from tests.harness import RecordingClock


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    """A Cloud; a Data Center as well where a test asks for both."""
    with JiraRig(getattr(request, "param", CLOUD)) as rig:
        yield rig


ON_BOTH = pytest.mark.parametrize("rig", BOTH, indirect=True, ids=["cloud", "data-center"])


def checks(rig: JiraRig) -> dict[str, Check]:
    return {check.name: check for check in rig.adapter.check()}


def bad(rig: JiraRig) -> dict[str, str]:
    """What is said of each check that failed, and what to do; nothing is said twice, and each says what to do."""
    found = {check.name: f"{check.detail} → {check.hint}" for check in rig.adapter.check() if not check.ok}
    assert all(hint.partition(" → ")[2] for hint in found.values())
    assert TOKEN not in str(found)
    return found


@ON_BOTH
def test_where_all_is_well_every_check_says_so(rig: JiraRig) -> None:
    found = checks(rig)
    assert [check.name for check in found.values() if not check.ok] == []
    assert {"address", "token", "project", "permissions", "claims", "markers", "issue type", "fields"} <= found.keys()
    assert "lead" in found["token"].detail
    assert "keeps two machines from creating the same item" in found["claims"].detail
    assert all(each.method == "GET" for each in rig.sandbox.log)


# Permissions


@pytest.mark.parametrize(
    ("permission", "what_for"),
    [
        ("CREATE_ISSUES", "to push"),
        ("EDIT_ISSUES", "marker"),
        ("ADD_COMMENTS", "later review"),
        ("LINK_ISSUES", "link"),
        ("ASSIGN_ISSUES", "assign"),
        ("SCHEDULE_ISSUES", "due dates"),
        ("TRANSITION_ISSUES", "duplicate"),
        ("RESOLVE_ISSUES", "that it is one"),
    ],
)
def test_each_missing_permission_is_named_with_what_it_is_for(rig: JiraRig, permission: str, what_for: str) -> None:
    rig.people.take_permissions(HOME, [permission], "lead")
    told = bad(rig)["permissions"]
    assert f"{permission} (" in told
    assert what_for in told
    assert f"lead these permissions in {HOME}" in told


@ON_BOTH
def test_several_missing_permissions_are_named_together(rig: JiraRig) -> None:
    rig.people.set_access(HOME, ["BROWSE_PROJECTS", "ASSIGNABLE_USER"], "lead")
    told = bad(rig)["permissions"]
    assert all(name in told for name in ("CREATE_ISSUES", "EDIT_ISSUES", "LINK_ISSUES"))
    assert "BROWSE_PROJECTS" not in told


def test_an_account_that_may_not_administer_the_project_hears_what_that_costs(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["ADMINISTER_PROJECTS"], "lead")
    assert bad(rig) == {}
    assert "closes the later issue as a duplicate" in checks(rig)["claims"].detail


@ON_BOTH
def test_an_account_that_cannot_be_assigned_hears_how_to_be_believed(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["ASSIGNABLE_USER"], "lead")
    told = bad(rig)["markers"]
    assert "cannot be assigned" in told
    assert 'trusted = ["lead"]' in told


# The project


@ON_BOTH
def test_a_project_that_is_not_there_or_hidden_is_named(rig: JiraRig) -> None:
    rig.people.lose_access(HOME, "lead")
    assert f"{HOME} is not there, or hidden" in bad(rig)["project"]


@ON_BOTH
def test_an_archived_project_is_named(rig: JiraRig) -> None:
    rig.people.archive_project(HOME)
    told = bad(rig)["project"]
    assert "archived" in told
    assert "restore it" in told


def test_a_renamed_project_is_named_by_its_new_key(rig: JiraRig) -> None:
    body = {"id": "10101", "key": "CORE", "name": "Core", "issueTypes": [{"id": "10001", "name": "Task"}]}
    rig.sandbox.faults = FaultPlan(When(answer(body, rig.now()), path=f"/project/{HOME}$"))
    assert 'project = "CORE"' in bad(rig)["project"]


def test_a_missing_issue_type_is_named_beside_those_that_are_there() -> None:
    with JiraRig(CLOUD, issue_type="Action item") as rig:
        told = bad(rig)["issue type"]
        assert "Action item" in told
        assert "Task, Bug, Story" in told


def test_an_issue_type_is_found_in_any_letter_case() -> None:
    with JiraRig(CLOUD, issue_type="task") as rig:
        assert bad(rig) == {}


# The screen


@pytest.mark.parametrize("field", ["labels", "description"])
def test_a_field_that_is_needed_and_not_on_the_screen_is_named(rig: JiraRig, field: str) -> None:
    rig.people.set_screen(HOME, [name for name in SCREEN if name != field])
    told = bad(rig)["fields"]
    assert f"not on the create screen of Task in {HOME}: {field}" in told
    assert f"Put {field} on that screen" in told


@ON_BOTH
def test_an_optional_field_that_is_not_on_the_screen_is_said_and_fine(rig: JiraRig) -> None:
    rig.people.set_screen(HOME, [name for name in SCREEN if name not in ("duedate", "assignee")])
    assert bad(rig) == {}
    assert "duedate, assignee" in checks(rig)["optional fields"].detail


def test_an_optional_field_that_the_config_needs_is_named() -> None:
    with JiraRig(CLOUD, optional_fields=()) as rig:
        rig.people.set_screen(HOME, [name for name in SCREEN if name != "duedate"])
        assert 'optional_fields = ["duedate"]' in bad(rig)["optional fields"]


@ON_BOTH
def test_a_required_field_that_nobody_fills_is_named(rig: JiraRig) -> None:
    rig.people.set_screen(HOME, [*SCREEN, "customfield_10042", "duedate"], ["customfield_10042", "priority", "duedate"])
    told = bad(rig)["required fields"]
    assert "requires what track does not fill: Priority, customfield_10042" in told
    assert "Due date" not in told


def screen(**field: Any) -> dict[str, object]:
    told = [{"fieldId": name, "name": name.title(), "required": True} for name in SCREEN if name != "priority"]
    return {"startAt": 0, "maxResults": 200, "total": 9, "fields": [*told, {"fieldId": "x", "name": "X", **field}]}


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ({"required": True, "hasDefaultValue": False}, True),
        ({"required": True}, True),
        ({"required": True, "hasDefaultValue": True}, False),
        ({"required": False}, False),
        ({}, False),
    ],
)
def test_a_required_field_with_a_default_needs_nobody(field: dict[str, Any], *, named: bool) -> None:
    with JiraRig(CLOUD) as rig:
        rig.sandbox.faults = FaultPlan(When(answer(screen(**field), rig.now()), path="/createmeta/"))
        assert ("required fields" in bad(rig)) is named


def test_a_screen_that_cannot_be_read_is_said(rig: JiraRig) -> None:
    rig.sandbox.faults = FaultPlan(When(Status(403), path="/createmeta/"))
    assert "CREATE_ISSUES" in bad(rig)["fields"]


# The address and the token


@pytest.mark.parametrize(
    ("flavour", "told", "wanted"),
    [(CLOUD, "Server", "data-center"), (DATA_CENTER, "Cloud", "cloud")],
    ids=["cloud", "data-center"],
)
def test_a_wrong_deployment_is_said_with_the_right_one(flavour: Flavour, told: str, wanted: str) -> None:
    with JiraRig(flavour) as rig:
        server = answer({"deploymentType": told, "version": "11.3.0"}, rig.now())
        rig.sandbox.faults = FaultPlan(When(server, path="/serverInfo$"))
        assert f'deployment = "{wanted}"' in bad(rig)["address"]


@pytest.mark.parametrize("flavour", BOTH)
def test_a_token_of_the_other_deployment_s_kind_is_said_with_both(flavour: Flavour) -> None:
    """A Cloud that is asked as a Data Center would be, and the other way round."""
    with JiraRig(flavour) as rig:
        site = rig.sandbox.jira_dc_url if flavour.is_cloud else rig.sandbox.jira_url
        rig.adapter = rig.adapter_for("lead", url=site)
        told = bad(rig)["connection"]
        assert "refused the token (answer 401)" in told
        assert all(word in told for word in ("API token", "personal access token", 'deployment = "data-center"'))


@pytest.mark.parametrize("flavour", BOTH)
def test_a_token_that_is_good_no_more_is_said(flavour: Flavour) -> None:
    with JiraRig(flavour) as rig:
        rig.people.world.site.tokens.clear()
        assert "refused the token" in bad(rig)["connection"]


def test_a_token_that_counts_as_nobody_is_said() -> None:
    with JiraRig(DATA_CENTER) as rig:
        nobody = answer({"errorMessages": ["Not logged in."]}, rig.now(), 404, account="anonymous")
        rig.sandbox.faults = FaultPlan(When(nobody, path="/myself$"))
        assert "refused the token" in bad(rig)["connection"]


PAGES: dict[str, Status] = {
    "a page": Status(200, {"Content-Type": "text/html"}, "<html>Welcome</html>"),
    "not found": Status(404, body="<html>Not found</html>"),
    "another API": Status(200, body='{"message": "Hello"}'),
    "gone": Status(410, body="{}"),
    "a redirect": Status(302, {"Location": "/login"}),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_an_address_that_is_no_jira_is_said(rig: JiraRig, page: Status) -> None:
    rig.sandbox.faults = FaultPlan(When(page, times=None))
    assert f"no Jira answers at {rig.site}" in bad(rig)["address"]


def test_an_address_of_a_page_is_no_jira(rig: JiraRig) -> None:
    rig.adapter = rig.adapter_for("lead", url=f"{rig.site}/browse")
    assert "no Jira answers" in bad(rig)["address"]


def test_a_server_that_cannot_be_reached_is_said() -> None:
    rig = JiraRig()
    rig.sandbox.stop()
    assert "gave no answer" in bad(rig)["connection"]


def test_a_redirect_to_another_host_is_said_and_not_followed(rig: JiraRig) -> None:
    rig.sandbox.faults = FaultPlan(When(Status(302, {"Location": "https://id.example/login"}), times=None))
    assert "another host" in bad(rig)["connection"]


# The command


def test_the_command_says_what_to_do_and_leaves_with_four(tmp_path: Path, clock: RecordingClock) -> None:
    with a_jira(clock) as sandbox:
        machine = a_machine(tmp_path / "desk", sandbox, clock)
        assert machine.run("doctor").code == 0
        spoil: list[Callable[[], object]] = [
            lambda: sandbox.jira.set_screen(HOME, [*SCREEN, "customfield_10042"], ["customfield_10042"]),
            lambda: sandbox.jira.archive_project(HOME),
            sandbox.jira.world.site.tokens.clear,
        ]
        for act in spoil:
            act()
            ran = machine.run("doctor")
            assert ran.code == 4, ran
            assert "FAIL" in ran.out
            assert "→" in ran.out
