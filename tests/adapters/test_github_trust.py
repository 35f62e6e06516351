"""Whose word counts on GitHub, and what GitHub does with a token that may do less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.port import Created, Forbidden, Patch
from sync.sandbox.state import Permission
from tests.adapters.github_rig import GitHubRig
from tests.adapters.rig import listed, seen
from tests.adapters.writing import DRAFT
from tests.once.machines import HOME

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def rig() -> Iterator[GitHubRig]:
    with GitHubRig(trusted=("Release-Bot",)) as rig:
        for login, permission in (("triager", Permission.TRIAGE), ("reader", Permission.READ)):
            rig.people.set_access(HOME, login, permission)
        rig.world.add_token("reader-token", "reader")
        yield rig


@pytest.mark.parametrize(
    ("author", "trusted"),
    [
        ("acme", True),
        ("dev", True),
        ("triager", True),
        ("reader", False),
        ("stranger", False),
        ("release-bot", True),
        ("RELEASE-BOT", True),
        ("release-bot2", False),
    ],
)
def test_owner_member_and_collaborator_are_trusted_and_those_that_the_config_names(
    rig: GitHubRig, author: str, *, trusted: bool
) -> None:
    rig.comment(rig.open_issue("Item", author=author), "Hello", author)
    (issue,) = listed(rig)
    assert (issue.trusted, issue.comments[0].trusted) == (trusted, trusted)


def test_what_the_token_s_own_account_wrote_is_trusted(rig: GitHubRig) -> None:
    rig.comment(rig.open_issue("Item", author="reader"), "Hello", "reader")
    (page,) = rig.adapter_for("reader-token").pages(None)
    assert (page.issues[0].trusted, page.issues[0].comments[0].trusted) == (True, True)


def test_an_account_that_was_deleted_is_nobody(rig: GitHubRig) -> None:
    rig.comment(rig.open_issue("Item"), "Hello", "dev")
    issue = rig.world.repository(HOME).issues[1]
    issue.author = issue.comments[0].author = ""
    (told,) = listed(rig)
    assert (told.trusted, told.comments[0].author, told.comments[0].trusted) == (False, "", False)


def test_what_github_drops_without_a_word_is_missing_from_the_created_issue(rig: GitHubRig) -> None:
    (made,) = rig.adapter_for("reader-token").create([DRAFT])
    assert isinstance(made, Created)
    assert (made.issue.title, made.issue.labels, made.issue.assignees) == (DRAFT.title, (), ())
    assert [note.split(": `")[0] for note in made.notes] == [
        f"the tracker dropped {what}" for what in (*DRAFT.labels, *DRAFT.assignees)
    ]


def test_a_write_that_the_token_may_not_do_names_the_permission(rig: GitHubRig) -> None:
    ref = rig.open_issue("Item")
    with pytest.raises(Forbidden, match="issues=write"):
        rig.adapter_for("reader-token").change("", ref, Patch(add_labels=("x",)))
    assert "x" not in seen(rig, ref).labels


def test_a_label_may_hold_any_sign(rig: GitHubRig) -> None:
    ref = rig.open_issue("Item")
    odd = "a/b %2F ü?#"
    rig.adapter.change("", ref, Patch(add_labels=(odd,)))
    assert odd in seen(rig, ref).labels
    rig.adapter.change("", ref, Patch(remove_labels=(odd,)))
    assert odd not in seen(rig, ref).labels


@pytest.mark.parametrize("link", ["#1", f"{HOME}#1", f"{HOME.upper()}#1"])
def test_short_references_are_understood(rig: GitHubRig, link: str) -> None:
    rig.open_issue("Item")
    found = rig.adapter.find(link)
    assert found is not None
    assert found.number == 1
