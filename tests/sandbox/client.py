"""A client as plain as can be, for tests of the sandbox: nothing is retried, followed or hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests

from sync.sandbox.state import Permission
from sync.sandbox.world import World

if TYPE_CHECKING:
    from sync.sandbox.server import Sandbox

PAY = "acme/pay"
TOKENS = {"lead": Permission.WRITE, "triager": Permission.TRIAGE, "reader": Permission.READ, "boss": Permission.ADMIN}


class Client:
    """Speaks to a sandbox as one account."""

    def __init__(self, sandbox: Sandbox, login: str = "lead") -> None:
        self.sandbox = sandbox
        token = f"{login}-token" if login else ""
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def rest(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.sandbox.api_url + path
        return requests.request(
            method, url, json=body, headers=self.headers, allow_redirects=False, timeout=10, **options
        )

    def ask(self, query: str, **variables: object) -> Any:
        """The whole answer, with its errors."""
        body = {"query": query, "variables": variables}
        answer = requests.post(self.sandbox.graphql_url, json=body, headers=self.headers, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def new_issue(self, title: str = "Limit the blast radius", **more: object) -> Any:
        answer = self.rest("POST", f"/repos/{PAY}/issues", {"title": title, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()


def small_world() -> World:
    """One public repository, one private one, and an account for each permission, with a token of its name."""
    world = World()
    world.add_repository(PAY, TOKENS)
    world.add_repository("acme/secret", {"boss": Permission.ADMIN}, private=True)
    for login in (*TOKENS, "stranger"):
        world.add_token(f"{login}-token", login)
    world.add_token("narrow-token", "lead", writes=False)
    return world
