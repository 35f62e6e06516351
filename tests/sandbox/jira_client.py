"""A client of the sandbox's Jira as plain as can be: nothing is retried, followed or hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

from sync.sandbox.jira_world import JiraWorld
from sync.sandbox.world import World

if TYPE_CHECKING:
    from sync.sandbox.jira_state import Deployment
    from sync.sandbox.server import Sandbox

PLACES: dict[Deployment, str] = {"cloud": "jira", "data-center": "jira-dc"}


class JiraClient:
    """Speaks to a Jira of a sandbox as one account; an empty account shows nothing."""

    def __init__(
        self, sandbox: Sandbox, account: str = "lead", deployment: Deployment = "cloud", version: int = 3
    ) -> None:
        self.root = f"{sandbox.url}/{PLACES[deployment]}/rest/api/{2 if deployment == 'data-center' else version}"
        self.version = version if deployment == "cloud" else 2
        token = f"{account}-token"
        self.auth = (f"{account}@example.com", token) if account and deployment == "cloud" else None
        self.headers = {"Authorization": f"Bearer {token}"} if account and deployment == "data-center" else {}

    def ask(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        options.setdefault("auth", self.auth)
        options["headers"] = self.headers | options.get("headers", {})
        return requests.request(method, self.root + path, json=body, allow_redirects=False, timeout=10, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The answer to a GET that must succeed."""
        answer = self.ask("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object) -> Any:
        """The answer to a POST that must succeed."""
        answer = self.ask("POST", path, body)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def text(self, words: str) -> object:
        """A long text as this version takes it."""
        if self.version == 2:
            return words
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": words}]}
        return {"type": "doc", "version": 1, "content": [paragraph]}

    def fields(self, summary: str = "Limit the blast radius", **more: object) -> dict[str, object]:
        return {"project": {"key": "PLAT"}, "issuetype": {"name": "Task"}, "summary": summary, **more}

    def new_issue(self, summary: str = "Limit the blast radius", **more: object) -> Any:
        return self.post("/issue", {"fields": self.fields(summary, **more)})

    def search(self, jql: str, **more: object) -> Any:
        """A page of Cloud's search."""
        return self.post("/search/jql", {"jql": jql, **more})

    def found(self, jql: str, **more: object) -> list[str]:
        """The keys on the first page of Cloud's search."""
        return [each["key"] for each in self.search(jql, fields=["summary"], **more)["issues"]]


def jira_world() -> World:
    """Two Jiras with the projects PLAT and OPS, and with a lead who may do all but delete, a reader and a stranger."""
    world = World()
    for deployment in PLACES:
        jira = JiraWorld(world, deployment)
        for name, shown in {"lead": "Lea Lead", "reader": "Ria Reader", "stranger": "Sid Stranger"}.items():
            jira.add_account(name, shown, f"{name}@example.com", email_visible=name != "reader")
            jira.add_token(f"{name}-token", name)
        for key in ("PLAT", "OPS"):
            project = jira.add_project(key)
            project.permissions["reader"] = ["BROWSE_PROJECTS", "ASSIGNABLE_USER"]
            project.permissions["stranger"] = []
    return world
