"""Where things are: a repository under a new name, an issue in another one, a redirect that must not be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.adapters.conversation import is_same_server
from sync.port import Absence, Absent, Forbidden, Known, Patch, RemoteIssue
from sync.sandbox.faults import FaultPlan, Status, When
from sync.sandbox.server import Sandbox
from sync.sandbox.world import World
from tests.adapters.github_rig import ELSEWHERE, GitHubRig
from tests.adapters.rig import create, fetched, followed, listed
from tests.adapters.writing import DRAFT
from tests.once.machines import HOME

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW = "acme/billing"


@pytest.fixture
def rig() -> Iterator[GitHubRig]:
    with GitHubRig() as rig:
        yield rig


@pytest.fixture
def other_server() -> Iterator[Sandbox]:
    """A server that no token is for. It takes any."""
    with Sandbox(World.open_to_all(), recording=True) as other:
        yield other


# A new name


def test_a_renamed_repository_is_followed_and_its_new_name_is_told(rig: GitHubRig) -> None:
    rig.open_issue("Item")
    rig.people.rename_repository(HOME, NEW)
    (page,) = rig.adapter.pages(None)
    assert (page.home, rig.adapter.home) == (NEW, HOME)
    assert [(issue.ref, issue.at_home) for issue in page.issues] == [(f"{NEW}#1", True)]


def test_writes_go_to_the_new_name_of_a_renamed_repository(rig: GitHubRig) -> None:
    rig.people.rename_repository(HOME, NEW)
    listed(rig)
    made = create(rig, DRAFT)
    assert made.ref == f"{NEW}#1"
    rig.adapter.change(made.id, made.ref, Patch(comment="A note"))
    rig.adapter.release(rig.adapter.claim("claim:x", "desk-1", 60))
    assert {each.status for each in rig.sandbox.log} <= {200, 201, 204}


def test_links_with_either_name_of_a_renamed_repository_are_found(rig: GitHubRig) -> None:
    rig.open_issue("Item")
    rig.people.rename_repository(HOME, NEW)
    listed(rig)
    for name in (HOME, NEW):
        assert rig.adapter.find(f"{name}#1") == rig.adapter.find(f"{rig.sandbox.url}/{name}/issues/1") is not None


def test_an_issue_known_by_the_old_name_is_looked_for_under_the_new_one(rig: GitHubRig) -> None:
    gone, moved = followed(rig, "gone"), followed(rig, "moved")
    rig.people.rename_repository(HOME, NEW)
    rig.people.delete_issue(NEW, 1)
    rig.people.transfer_issue(NEW, 2, ELSEWHERE)
    answers = fetched(rig, gone, moved)
    assert answers[gone.id] == Absent(id=gone.id, why=Absence.DELETED)
    assert isinstance(answers[moved.id], RemoteIssue)


# An issue that went elsewhere


def test_a_deleted_issue_is_told_from_one_that_moved_out_of_sight(rig: GitHubRig) -> None:
    deleted, hidden = followed(rig, "deleted"), followed(rig, "hidden")
    rig.delete(deleted.ref)
    rig.move(hidden.ref, readable=False)
    assert fetched(rig, deleted, hidden) == {
        deleted.id: Absent(id=deleted.id, why=Absence.DELETED),
        hidden.id: Absent(id=hidden.id, why=Absence.NOT_FOUND),  # what GitHub documents for this: no redirect
    }


def test_a_redirect_to_where_nothing_can_be_read_is_a_move(rig: GitHubRig) -> None:
    gone = followed(rig, "gone")
    rig.move(gone.ref, readable=False)
    away = Status(301, {"Location": f"{rig.sandbox.api_url}/repositories/4711/issues/1"})
    rig.sandbox.faults = FaultPlan(When(away, method="GET"))
    assert fetched(rig, gone) == {gone.id: Absent(id=gone.id, why=Absence.MOVED_AWAY)}


def test_an_issue_that_moved_twice_is_found(rig: GitHubRig) -> None:
    moved = followed(rig, "moved")
    rig.world.add_repository("acme/third")
    rig.move(moved.ref, readable=True)
    rig.people.transfer_issue(ELSEWHERE, 1, "acme/third")
    here = fetched(rig, moved)[moved.id]
    assert isinstance(here, RemoteIssue)
    assert (here.ref, here.at_home) == ("acme/third#1", False)


def test_redirects_in_a_circle_decide_nothing(rig: GitHubRig) -> None:
    gone = followed(rig, "gone")
    rig.delete(gone.ref)
    here = f"{rig.sandbox.api_url}/repos/{HOME}/issues/1"
    rig.sandbox.faults = FaultPlan(When(Status(301, {"Location": here}), method="GET", times=None))
    assert fetched(rig, gone) == {gone.id: Absent(id=gone.id, why=Absence.UNSURE)}
    assert len(rig.sandbox.log) <= 6


# Another host


def elsewhere(other: Sandbox) -> list[str]:
    """Addresses of the other server: by port, by name, without a scheme, with a user, with another scheme."""
    path = f"/api/v3/repos/{HOME}/issues/1"
    return [
        f"http://127.0.0.1:{other.port}{path}",
        f"http://localhost:{other.port}{path}",
        f"//localhost:{other.port}{path}",
        f"http://user@localhost:{other.port}{path}",
        f"https://127.0.0.1:{other.port}{path}",
    ]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_leads_to_another_server(rig: GitHubRig, other_server: Sandbox, code: int) -> None:
    known = followed(rig, "Item")
    acts = (
        lambda: listed(rig),
        lambda: rig.adapter.create([DRAFT]),
        lambda: rig.adapter.claim("claim:x", "desk-1", 60),
        lambda: rig.adapter.change(known.id, known.ref, Patch(title="New")),
    )
    rig.delete(known.ref)
    for target in elsewhere(other_server):
        rig.sandbox.faults = FaultPlan(When(Status(code, {"Location": target}), times=None))
        for act in acts:
            with pytest.raises(Forbidden, match="another host"):
                act()
        rig.sandbox.faults = FaultPlan(When(Status(code, {"Location": target}), method="GET", times=None))
        with pytest.raises(Forbidden, match="another host"):
            list(rig.adapter.fetch([Known(id=known.id, ref=known.ref)]))
    assert other_server.log == []


@pytest.mark.parametrize(
    ("target", "same"),
    [
        ("", True),
        ("/api/v3/repositories/1", True),
        ("https://github.example.com/api/v3/repositories/1", True),
        ("https://github.example.com:443/", True),
        ("https://GITHUB.example.com/", True),
        ("http://github.example.com/", False),
        ("https://github.example.com:8443/", False),
        ("https://github.example.com.evil.example/", False),
        ("https://github.example.com@evil.example/", False),
        ("//evil.example/", False),
        ("https://[no-address/", False),
        ("https://github.example.com:99999/", False),
    ],
)
def test_a_server_is_its_scheme_its_name_and_its_port(target: str, *, same: bool) -> None:
    assert is_same_server("https://github.example.com/api/v3", target) is same
