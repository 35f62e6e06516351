"""The server around the world: log, state file, control endpoints, pages, and many clients at a time."""

from __future__ import annotations

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from sync.sandbox.control import VERBS
from sync.sandbox.server import Sandbox
from sync.sandbox.state import load_state
from sync.sandbox.world import START, World
from tests.sandbox.client import PAY, Client, small_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ISSUES = f"/repos/{PAY}/issues"
EXAMPLES: dict[str, dict[str, object]] = {
    "add_label": {"issue": 1, "label": "new"},
    "assign": {"issue": 1, "logins": ["sam"]},
    "close": {"issue": 1, "actor": "sam", "reason": "not_planned"},
    "close_pull_request": {"pull": 2},
    "close_with_commit": {"issue": 1, "author": "sam"},
    "comment": {"issue": 1, "author": "sam", "body": "hello"},
    "delete_issue": {"issue": 1},
    "edit": {"issue": 1, "title": "New"},
    "hide_repository": {},
    "lose_access": {"login": "sam"},
    "merge": {"pull": 2},
    "merge_pull_request": {"issue": 1, "author": "sam"},
    "open_issue": {"title": "New"},
    "open_pull_request": {"issue": 1, "author": "sam"},
    "rename_repository": {"to": "acme/checkout"},
    "reopen": {"issue": 1, "actor": "sam"},
    "revert": {"pull": 2, "author": "sam"},
    "set_access": {"login": "sam", "permission": "none"},
    "strip_label": {"issue": 1, "label": "follow-through"},
    "switch_issues": {"on": False},
    "transfer_issue": {"issue": 1, "to": "acme/other"},
}


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Sandbox]:
    """What `track sandbox --state` runs, with an issue and an open pull request in it."""
    with Sandbox(World.open_to_all(), state_file=tmp_path / "state.json") as running:
        running.people.open_issue(PAY, "First")
        running.people.add_label(PAY, 1, "follow-through")
        running.people.open_pull_request(PAY, 1, "sam")
        yield running


def order(sandbox: Sandbox, verb: str, body: object) -> requests.Response:
    return requests.post(f"{sandbox.url}/_sandbox/{verb}", json=body, timeout=10)


def test_the_log_tells_what_was_asked(sandbox: Sandbox, client: Client) -> None:
    client.new_issue("Say it")
    client.ask("query Viewer { viewer { login } }")
    requests.get(f"{sandbox.url}/", timeout=10)
    made, asked = sandbox.log
    assert (made.method, made.path, made.status, made.operation) == ("POST", f"/api/v3{ISSUES}", 201, "")
    assert (asked.operation, asked.authorized, asked.host) == ("Viewer", True, f"127.0.0.1:{sandbox.port}")
    assert b"Say it" in made.request
    assert b"Say it" in made.answer


def test_the_log_keeps_no_bodies_unless_recording() -> None:
    with Sandbox(small_world()) as sandbox:
        Client(sandbox).new_issue()
        assert (sandbox.log[0].request, sandbox.log[0].answer) == (b"", b"")


def test_clients_at_the_same_time_never_get_the_same_number(client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda turn: client.new_issue(f"Issue {turn}")["number"], range(40))
        assert sorted(made) == list(range(1, 41))


def test_two_requests_are_never_carried_out_at_the_same_time() -> None:
    together = threading.Barrier(2)
    met: list[bool] = []

    def clock() -> datetime:
        # Every request looks at the clock; two that do so at once would meet here.
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=0.2)
            met.append(True)
        return START

    with Sandbox(World.open_to_all(clock=clock)) as sandbox, ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: Client(sandbox).new_issue()["number"], range(2)))
    assert (sorted(answers), met) == ([1, 2], [])


def test_a_permissive_world_takes_any_token_and_makes_repositories_when_asked(rehearsal: Sandbox) -> None:
    client = Client(rehearsal, "whatever")
    made = client.rest("POST", "/repos/acme/new/issues", {"title": "x", "labels": ["a"], "assignees": ["anybody"]})
    assert (made.status_code, made.json()["user"]["login"]) == (201, "incident-lead")
    assert made.json()["assignees"][0]["login"] == "anybody"
    assert Client(rehearsal, "").rest("GET", "/user").status_code == 401


@pytest.mark.parametrize("verb", sorted(EXAMPLES))
def test_each_verb_can_be_ordered_and_is_saved(rehearsal: Sandbox, tmp_path: Path, verb: str) -> None:
    answer = order(rehearsal, verb, {"repository": PAY, **EXAMPLES[verb]})
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert load_state(tmp_path / "state.json") == rehearsal.world.state


def test_the_examples_name_every_verb() -> None:
    assert EXAMPLES.keys() | {"advance"} == VERBS.keys()


def test_time_passes_when_ordered(rehearsal: Sandbox) -> None:
    assert order(rehearsal, "advance", {"days": 3}).json()["result"] == (START + timedelta(days=3)).isoformat()


@pytest.mark.parametrize(
    ("verb", "body", "status", "told"),
    [
        ("dance", {}, 404, "no such verb"),
        ("close", {"repository": PAY, "issue": 99, "actor": "sam"}, 404, "#99"),
        ("merge", {"repository": PAY, "pull": 99}, 404, "#99"),
        ("close", {"repository": PAY, "issue": "one", "actor": "sam"}, 422, "issue"),
        ("close", {"repository": PAY, "issue": 1, "actor": "sam", "why": "?"}, 422, "why"),
        ("advance", [], 422, "days"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(
    rehearsal: Sandbox, verb: str, body: object, status: int, told: str
) -> None:
    answer = order(rehearsal, verb, body)
    assert answer.status_code == status
    assert told in answer.json()["message"]
    assert requests.get(f"{rehearsal.url}/_sandbox/close", timeout=10).status_code == 405


def everything(client: Client) -> list[Any]:
    listed = client.rest("GET", f"{ISSUES}?state=all&per_page=100").json()
    address = client.sandbox.url
    return [{key: str(value).replace(address, "") for key, value in each.items()} for each in listed]


def test_a_restart_finds_everything_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with Sandbox(World.open_to_all(), state_file=file) as sandbox:
        client = Client(sandbox)
        client.new_issue(labels=["follow-through"], assignees=["sam"])
        order(sandbox, "close_with_commit", {"repository": PAY, "issue": 1, "author": "sam"})
        order(sandbox, "advance", {"days": 2.5})
        before = everything(client)
    with Sandbox(World(load_state(file)), state_file=file) as again:
        assert everything(Client(again)) == before
        assert again.world.now() == START + timedelta(days=2.5)
        assert Client(again).new_issue()["number"] == 2
    assert not list(tmp_path.glob("*.new"))


def test_a_look_changes_nothing(rehearsal: Sandbox) -> None:
    before = rehearsal.world.revision
    for path in ("/", f"/{PAY}/issues/1", "/acme/never/issues/1", "/acme/never/pull/1", "/nonsense"):
        requests.get(rehearsal.url + path, timeout=10)
    assert rehearsal.world.revision == before


def test_pages_show_what_is_here_with_everything_escaped(rehearsal: Sandbox) -> None:
    rehearsal.people.edit(PAY, 1, title="<script>alert(1)</script>", body="<!-- marker --><img src=x>")
    rehearsal.people.comment(PAY, 1, "<b>", "<i>")
    home = requests.get(rehearsal.url, timeout=10)
    issue = requests.get(Client(rehearsal).rest("GET", f"{ISSUES}/1").json()["html_url"], timeout=10)
    pull = requests.get(f"{rehearsal.url}/{PAY}/pull/2", timeout=10)
    assert [each.status_code for each in (home, issue, pull)] == [200, 200, 200]
    assert all(verb in home.text for verb in VERBS)
    assert "&lt;script&gt;alert(1)" in home.text
    assert "&lt;!-- marker --&gt;" in issue.text
    for page in (home, issue):
        assert not any(tag in page.text for tag in ("<script", "<img", "<b>", "<i>"))


def test_pages_of_what_is_not_here_are_not_found(rehearsal: Sandbox) -> None:
    rehearsal.people.hide_repository(PAY)
    for path in (f"/{PAY}/issues/1", "/acme/never/issues/1", "/nonsense"):
        assert requests.get(rehearsal.url + path, timeout=10).status_code == 404


def test_latency_is_added_to_each_request() -> None:
    with Sandbox(small_world(), latency=0.1) as sandbox:
        assert Client(sandbox).rest("GET", "/user").elapsed >= timedelta(seconds=0.1)


def test_a_port_that_is_taken_is_an_error_and_not_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Sandbox(small_world(), port=taken.getsockname()[1])


def test_only_this_computer_can_reach_it(sandbox: Sandbox) -> None:
    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"


def test_the_clock_is_the_one_that_was_given() -> None:
    world = World(clock=lambda: datetime(2030, 1, 1, 12, 0, 0, 999, tzinfo=UTC))
    world.advance(timedelta(days=-1))
    assert world.now() == datetime(2029, 12, 31, 12, tzinfo=UTC)
