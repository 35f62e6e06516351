"""Somebody who has an address and a token gets from `track init` to the first pushed item by what is printed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes import FakeClock
from tests.once.jira_machines import a_jira, issues_for
from tests.once.machines import KEYS, TOKEN, Machine
from tracker.app import App

if TYPE_CHECKING:
    from pathlib import Path


class Newcomer(Machine):
    """A machine without a config, whose environment is set as the output says."""

    def __init__(self, folder: Path, url: str, clock: FakeClock) -> None:
        super().__init__(folder, url, clock)
        self.config = folder / "config.toml"
        self.config.unlink()
        self.env: dict[str, str] = {}

    def app(self) -> App:
        return App(env=self.env, cwd=self.folder, now=self.clock, sleep=self.clock.sleep)

    def change_config(self, before: str, after: str) -> None:
        text = self.config.read_text()
        assert before in text
        self.config.write_text(text.replace(before, after))


def failing(output: str) -> dict[str, str]:
    """The failing lines of the doctor, by name, with what to do."""
    lines = output.splitlines()
    return {
        line[6:].partition(": ")[2].partition(":")[0]: "\n".join([line, *lines[number + 1 : number + 3]])
        for number, line in enumerate(lines)
        if line.startswith("FAIL")
    }


def test_doctor_leads_from_an_address_and_a_token_to_the_first_pushed_item(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_jira(clock) as sandbox:
        people = sandbox.jira
        people.take_permissions("PLAT", ["EDIT_ISSUES", "LINK_ISSUES"], "lead")
        people.set_screen("PLAT", ["summary", "issuetype", "project", "description", "assignee"])
        desk = Newcomer(tmp_path / "desk", sandbox.jira_url, clock)

        told = desk.run(
            "init", "--jira-url", f"{sandbox.jira_url}/browse/PLAT-1", "--project", "PLAT", "--tracker", "p"
        )
        assert (told.code, sandbox.jira_url in told.err) == (2, True)
        asked = ("--email", "lead@example.com", "--project", "PLAT", "--issue-type", "Chore", "--tracker", "platform")
        told = desk.run("init", "--jira-url", sandbox.jira_url, *asked)
        assert (told.code, "JIRA_API_TOKEN" in told.out, "track doctor" in told.out) == (0, True, True)

        said = failing(desk.run("doctor").out)
        assert "JIRA_API_TOKEN" in said["credentials"]
        desk.env["JIRA_API_TOKEN"] = "a-token-of-another-site"
        assert "API token" in failing(desk.run("doctor").out)["connection"]
        desk.env["JIRA_API_TOKEN"] = TOKEN

        said = failing(desk.run("doctor").out)
        assert said.keys() == {"permissions", "issue type"}
        assert all(name in said["permissions"] for name in ("EDIT_ISSUES", "LINK_ISSUES", "project settings"))
        assert "PLAT has: Task, Bug, Story" in said["issue type"]
        people.give_permissions("PLAT", ["EDIT_ISSUES", "LINK_ISSUES"], "lead")
        desk.change_config('issue_type = "Chore"', 'issue_type = "Task"')

        said = failing(desk.run("doctor").out)
        assert said.keys() == {"fields"}
        assert "labels" in said["fields"]
        people.set_screen("PLAT", ["summary", "issuetype", "project", "description", "assignee", "labels"])

        well = desk.run("doctor")
        assert (well.code, well.out.splitlines()[-1]) == (0, "All is well.")
        assert "issues are created without: duedate" in well.out
        pushed = desk.run("push", "--yes", str(desk.document))
        assert pushed.code == 0, pushed
        assert "created without duedate" in pushed.out
        assert [len(issues_for(people, key)) for key in KEYS] == [1, 1]
