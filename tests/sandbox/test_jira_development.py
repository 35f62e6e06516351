"""The development panel of the sandbox's Jira, for which there is no official API: shapes as real ones answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.sandbox.jira_client import PLACES, JiraClient

if TYPE_CHECKING:
    from sync.sandbox.jira_people import JiraPeople
    from sync.sandbox.jira_state import Deployment
    from sync.sandbox.server import Sandbox


class Panel:
    """The panel of one issue, as one account sees it."""

    def __init__(self, sandbox: Sandbox, deployment: Deployment, account: str = "lead") -> None:
        self.deployment: Deployment = deployment
        self.client = JiraClient(sandbox, account, deployment)
        self.root = self.client.root.partition("/rest/")[0] + "/rest/dev-status/latest/issue"
        self.people: JiraPeople = sandbox.jira if deployment == "cloud" else sandbox.jira_dc

    def ask(self, what: str, **asked: str) -> requests.Response:
        return requests.get(
            f"{self.root}/{what}", params=asked, auth=self.client.auth, headers=self.client.headers, timeout=10
        )

    def summary(self, issue: str) -> Any:
        answer = self.ask("summary", issueId=issue)
        assert answer.status_code == 200
        return answer.json()["summary"]["pullrequest"]

    def pulls(self, issue: str, host: str = "GitHub") -> list[dict[str, Any]]:
        answer = self.ask("detail", issueId=issue, applicationType=host, dataType="pullrequest").json()
        assert answer["errors"] == []
        return [pull for each in answer["detail"] for pull in each["pullRequests"]]


@pytest.fixture(params=sorted(PLACES))
def panel(request: pytest.FixtureRequest, jira_sandbox: Sandbox) -> Panel:
    return Panel(jira_sandbox, request.param)


def test_an_issue_without_pull_requests_has_none(panel: Panel) -> None:
    issue = panel.client.new_issue()["id"]
    told = panel.summary(issue)
    assert (told["overall"]["count"], told["overall"]["lastUpdated"], told["byInstanceType"]) == (0, None, {})
    assert panel.pulls(issue) == []


def test_a_pull_request_is_open_then_merged_or_declined(panel: Panel, jira_sandbox: Sandbox) -> None:
    issue = panel.client.new_issue()["id"]
    url = panel.people.open_pull_request("PLAT-1", "sam", "Add a canary")
    (pull,) = panel.pulls(issue)
    assert (pull["url"], pull["name"], pull["status"]) == (url, "PLAT-1: Add a canary", "OPEN")
    assert (pull["author"]["name"], pull["lastUpdate"]) == ("sam", "2026-10-05T11:00:00.000+0200")
    assert pull["id"] == f"#{url.rpartition('/')[2]}"
    jira_sandbox.world.advance(timedelta(hours=1))
    assert panel.people.merge_pull_request("PLAT-1", "sam", url=url) == url
    (pull,) = panel.pulls(issue)
    assert (pull["status"], pull["lastUpdate"]) == ("MERGED", "2026-10-05T12:00:00.000+0200")
    panel.people.decline_pull_request("PLAT-1", panel.people.open_pull_request("PLAT-1", "kim"))
    assert [each["status"] for each in panel.pulls(issue)] == ["MERGED", "DECLINED"]


def test_the_summary_counts_the_state_that_needs_the_most_care(panel: Panel) -> None:
    issue = panel.client.new_issue()["id"]
    for _ in range(2):
        url = panel.people.merge_pull_request("PLAT-1", "sam")
    assert panel.summary(issue) == {
        "overall": {
            "count": 2,
            "lastUpdated": "2026-10-05T11:00:00.000+0200",
            "stateCount": 2,
            "state": "MERGED",
            "dataType": "pullrequest",
            "open": False,
        },
        "byInstanceType": {"GitHub": {"count": 2, "name": "GitHub"}},
    }
    assert url in [each["url"] for each in panel.pulls(issue)]
    panel.people.open_pull_request("PLAT-1", "sam")
    told = panel.summary(issue)["overall"]
    assert (told["count"], told["stateCount"], told["state"], told["open"]) == (3, 1, "OPEN", True)


def test_a_pull_request_is_no_change_of_the_issue(panel: Panel, jira_sandbox: Sandbox) -> None:
    panel.client.new_issue()
    before = panel.client.get("/issue/PLAT-1?expand=changelog")
    jira_sandbox.world.advance(timedelta(hours=1))
    panel.people.merge_pull_request("PLAT-1", "sam")
    assert panel.client.get("/issue/PLAT-1?expand=changelog") == before


def test_code_hosts_have_other_names_elsewhere_and_two_count_a_pull_request_twice(panel: Panel) -> None:
    issue = panel.client.new_issue()["id"]
    panel.people.merge_pull_request("PLAT-1", "sam")
    panel.people.world.site.code_hosts = ["GitHub", "oAuth-com.github.integration.production"]
    told = panel.summary(issue)
    assert (told["overall"]["count"], told["overall"]["stateCount"], len(told["byInstanceType"])) == (2, 2, 2)
    assert panel.pulls(issue) == panel.pulls(issue, "oAuth-com.github.integration.production") != []
    panel.people.world.site.code_hosts = ["githube"]
    assert list(panel.summary(issue)["byInstanceType"]) == ["githube"]
    assert panel.pulls(issue) == []


def test_another_kind_of_data_has_no_pull_requests(panel: Panel) -> None:
    issue = panel.client.new_issue()["id"]
    panel.people.merge_pull_request("PLAT-1", "sam")
    told = panel.ask("detail", issueId=issue, applicationType="GitHub", dataType="branch").json()["detail"][0]
    assert (told["pullRequests"], told["branches"], told["_instance"]["type"]) == ([], [], "GitHub")


def test_only_who_sees_the_issue_sees_its_panel(panel: Panel, jira_sandbox: Sandbox) -> None:
    issue = panel.client.new_issue()["id"]
    asked = {"applicationType": "GitHub", "dataType": "pullrequest"}
    for account, status in (("reader", 200), ("stranger", 404), ("", 401)):
        other = Panel(jira_sandbox, panel.deployment, account)
        assert other.ask("summary", issueId=issue).status_code == status
        assert other.ask("detail", issueId=issue, **asked).status_code == status
    panel.people.delete_issue("PLAT-1")
    assert panel.ask("summary", issueId=issue).status_code == 404


@pytest.mark.parametrize("issue", ["", "PLAT-1"])
def test_an_issue_has_to_be_told_by_its_id(panel: Panel, issue: str) -> None:
    panel.client.new_issue()
    assert panel.ask("summary", issueId=issue).status_code == 400
    assert panel.ask("detail", issueId=issue, applicationType="GitHub", dataType="pullrequest").status_code == 400


def test_a_detail_needs_to_know_which_code_host_and_what_of_it(panel: Panel) -> None:
    issue = panel.client.new_issue()["id"]
    assert panel.ask("detail", issueId=issue, applicationType="GitHub").status_code == 400
    assert panel.ask("detail", issueId=issue, dataType="pullrequest").status_code == 400
