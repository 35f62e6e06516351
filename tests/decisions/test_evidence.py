"""Evidence is a comment that every machine reads; looked at again, a link holds or is said not to."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Response

from sync.links import Links, Reach, Reached, is_public
from sync.port import ChangeState
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from sync.verify import Verdict, judge_change
from tests.adapters.github_rig import GitHubRig
from tests.decisions.steps import comments, known
from tests.make import an_item, at
from tests.once.machines import HOME
from tracker.model import Evidence, EvidenceKind, TrackedItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from tests.once.machines import Machine, Watched

LINK = "https://wiki.example/runbook"


def test_a_link_is_a_comment_that_every_machine_finds(machine: Machine, other: Machine, sandbox: Watched) -> None:
    ran = machine.run("evidence", "INC-1/A1", LINK, "--note", "rehearsed on 3 May", "--yes")
    assert (ran.code, comments(sandbox, 1)) == (0, [f"Evidence: {LINK}\n\nrehearsed on 3 May"])
    other.sync()
    for each in (machine, other):
        assert [piece.url for piece in known(each, "INC-1/A1").evidence] == [LINK]
    again = machine.run("evidence", "INC-1/A1", LINK, "--yes")
    assert (again.code, "the link is there since 2026-10-05" in again.out) == (0, True)
    assert len(comments(sandbox, 1)) == 1


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "javascript:alert(1)", "https://x.example/a b", "https://x.example/."]
)
def test_a_link_that_would_not_be_found_again_is_refused(machine: Machine, sandbox: Watched, url: str) -> None:
    ran = machine.run("evidence", "INC-1/A1", url, "--yes")
    assert (ran.code, "would not be found again" in ran.out, comments(sandbox, 1)) == (1, True, [])


def test_the_words_of_the_command_are_checked(machine: Machine) -> None:
    assert machine.run("evidence", "INC-1/A1", "--yes").code == 2
    assert machine.run("evidence", "--verify", "--note", "x").code == 2


# Looked at again


def verify(machine: Machine, *named: str) -> tuple[int, list[str]]:
    ran = machine.run("evidence", "--verify", *named, "--json")
    return ran.code, [finding["verdict"] for finding in json.loads(ran.out)["links"]]


def test_a_merged_pull_request_holds_until_it_is_reverted_and_again_when_that_is_taken_back(
    machine: Machine, sandbox: Watched
) -> None:
    people = sandbox.people
    people.merge_pull_request(HOME, 1, "dev")
    machine.sync()
    assert verify(machine) == (0, ["holds"])
    revert = int(people.revert(HOME, 3, "dev").partition("#")[2])
    ran = machine.run("evidence", "--verify", "INC-1/A1")
    assert (ran.code, f"taken back by {sandbox.url}/{HOME}/pull/{revert}" in ran.out) == (1, True)
    people.revert(HOME, revert, "lead")
    assert verify(machine, "INC-1/A1") == (0, ["holds"])


def test_a_pull_request_that_was_never_merged_shows_nothing_yet(machine: Machine, sandbox: Watched) -> None:
    ref = sandbox.people.open_pull_request(HOME, 1, "dev")
    url = f"{sandbox.url}/{HOME}/pull/{ref.partition('#')[2]}"
    machine.run("evidence", "INC-1/A1", url, "--yes")
    assert verify(machine) == (1, ["not merged"])


def test_a_commit_and_what_cannot_be_told(machine: Machine, sandbox: Watched) -> None:
    sandbox.people.close_with_commit(HOME, 1, "dev")
    machine.run("evidence", "INC-1/A2", f"{sandbox.url}/acme/hidden/pull/7", "--yes")
    machine.sync()
    assert verify(machine) == (0, ["holds", "unsure"])


def test_nothing_is_written_and_nothing_known_is_said(machine: Machine, sandbox: Watched) -> None:
    ran = machine.run("evidence", "--verify")
    assert (ran.code, "No evidence is known" in ran.out, comments(sandbox, 1)) == (0, True, [])


def test_a_change_from_before_the_promise_is_no_proof_of_it() -> None:
    item = TrackedItem(review_id="INC-1", item=an_item(), committed=at())

    def judged(days: float) -> Verdict:
        piece = Evidence(kind=EvidenceKind.COMMIT, url=LINK, at=at(days))
        return judge_change(item, piece, ChangeState(merged=True)).verdict

    assert [judged(-3), judged(-0.5), judged(1)] == [Verdict.OLDER, Verdict.HOLDS, Verdict.HOLDS]


def test_github_tells_of_its_own_changes_alone() -> None:
    with GitHubRig() as rig:
        ref = rig.open_issue("Item")
        rig.close(ref)
        _kind, url = rig.prove(rig.open_issue("Another"))
        assert rig.adapter.hosts(url)
        assert not rig.adapter.hosts("https://elsewhere.example/acme/payments/pull/1")
        assert not rig.adapter.hosts(f"{rig.sandbox.url}/{HOME}/issues/1")
        gone = f"{rig.sandbox.url}/{HOME}/pull/99"
        assert rig.adapter.changes([url, gone]) == {url: ChangeState(merged=True)}


# Links of the web


class Site(Sandbox):
    """A web site in the place of the sandbox: what each path answers, and what was asked."""

    def __init__(self) -> None:
        super().__init__(World(clock=at))
        self.pages: dict[str, Callable[[str], Response]] = {}
        self.asked: list[tuple[str, str, bool]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the test says."""
        path, verb = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        self.asked.append((verb, path, bool(environ.get("HTTP_AUTHORIZATION") or environ.get("HTTP_COOKIE"))))
        page = self.pages.get(path)
        answer = page(verb) if page is not None else Response(status=404)
        return answer(environ, start_response)


def look_up(host: str, _port: int) -> list[str]:
    """Names for the tests: everything is this machine, but for one that nobody knows."""
    if host == "gone.example":
        raise socket.gaierror(socket.EAI_NONAME, "unknown")
    return ["127.0.0.1"]


def test_what_a_link_answers_tells_whether_it_is_dead() -> None:
    with Site() as site:
        links = Links([("127.0.0.1", site.port), ("site.example", site.port)], look_up)
        root = site.url.replace("127.0.0.1", "site.example")
        site.pages = {
            "/ok": lambda _verb: Response("fine", headers={"Set-Cookie": "a=b"}),
            "/moved": lambda _verb: Response(status=301, headers={"Location": "/ok"}),
            "/get-only": lambda verb: Response(status=405 if verb == "HEAD" else 200),
            "/shut": lambda _verb: Response(status=403),
            "/broken": lambda _verb: Response(status=503),
            "/round": lambda _verb: Response(status=302, headers={"Location": "/round"}),
            "/out": lambda _verb: Response(status=302, headers={"Location": "file:///etc/passwd"}),
            "/gone": lambda _verb: Response(status=410),
        }
        told = {path: links.ask(f"{root}{path}").how for path in site.pages}
        assert told == {
            "/ok": Reach.ANSWERS,
            "/moved": Reach.ANSWERS,
            "/get-only": Reach.ANSWERS,
            "/shut": Reach.UNSURE,
            "/broken": Reach.UNSURE,
            "/round": Reach.UNSURE,
            "/out": Reach.UNSURE,
            "/gone": Reach.DEAD,
        }
        assert links._judge("https://elsewhere.example/nowhere", 404).how is Reach.DEAD
        assert links.ask(f"{root}/nowhere").how is Reach.UNSURE  # a tracker's page may be hidden without a log-in
        assert not any(secret for _verb, _path, secret in site.asked)
        assert links.ask("https://gone.example/x").how is Reach.DEAD
        port = root.rpartition(":")[2]
        assert links.ask(f"http://site.example:{int(port) - 1}/").how is Reach.UNSURE


def test_a_dead_page_elsewhere_is_dead_and_this_machine_is_not_asked_by_another_name() -> None:
    with Site() as site:
        site.pages = {
            "/in": lambda _verb: Response(status=302, headers={"Location": f"http://intranet.example:{site.port}/"})
        }
        links = Links([("127.0.0.1", site.port)], look_up)
        before = len(site.asked)
        for url in (f"http://intranet.example:{site.port}/", f"http://[::ffff:127.0.0.1]:{site.port}/"):
            told = links.ask(url)
            assert (told.how, "private network" in told.said) == (Reach.UNSURE, True)
        assert len(site.asked) == before
        assert "private network" in links.ask(f"{site.url}/in").said
        assert [path for _verb, path, _secret in site.asked] == ["/in"]


@pytest.mark.parametrize(
    "url", [f"https://{'a' * 64}.example/", "https://a..example/", "https://[::1/", "https://[v1.x]/"]
)
def test_an_address_that_is_none_decides_nothing(url: str) -> None:
    def encode(host: str, _port: int) -> list[str]:
        raise AssertionError(host.encode("idna"))

    assert Links([], encode).ask(url).how is Reach.UNSURE


def test_a_redirect_to_an_address_that_is_none_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.links._knock", lambda _session, _url: (302, "//[broken/"))
    assert Links([]).ask(LINK) == Reached(Reach.UNSURE, "it is no address that can be asked for")


def test_a_link_gets_so_much_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def never(_host: str, _port: int) -> list[str]:
        go_on.wait(20)
        return ["127.0.0.1"]

    monkeypatch.setattr("sync.links.DEADLINE", 0.05)
    assert Links([], never).ask("https://slow.example/") == Reached(Reach.UNSURE, "no answer within 0 s")
    go_on.set()


def test_a_tracker_is_exempt_at_its_own_port_alone() -> None:
    with Site() as site, Site() as beside:
        links = Links([("127.0.0.1", site.port)], look_up)
        assert "private network" in links.ask(f"{beside.url}/").said
        assert beside.asked == []


def test_a_run_that_takes_too_long_says_what_it_left_out(
    machine: Machine, sandbox: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.runs.verify.MOST_SECONDS", -1.0)
    machine.run("evidence", "INC-1/A1", LINK, "--yes")
    sandbox.people.merge_pull_request(HOME, 2, "dev")
    machine.sync()
    ran = machine.run("evidence", "--verify", "--json")
    told = json.loads(ran.out)
    assert ([each["verdict"] for each in told["links"]], told["left_out"]) == (["holds"], 1)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_only_public_addresses_are_asked(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_run_asks_for_so_many_links_and_says_what_it_left_out(
    machine: Machine, sandbox: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.runs.verify.MOST_LINKS", 1)
    sandbox.people.merge_pull_request(HOME, 1, "dev")
    sandbox.people.merge_pull_request(HOME, 2, "dev")
    machine.sync()
    assert verify(machine) == (0, ["holds"])
    assert "Left out beyond 1 links or 10 minutes: 1." in machine.run("evidence", "--verify").out
