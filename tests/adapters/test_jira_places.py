"""Where things are: an issue in another project under a new key, a project under a new key, links of every form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sync.port import Absence, Absent, Known, Patch, RemoteIssue
from tests.adapters.jira_rig import ELSEWHERE, HOME, JiraRig
from tests.adapters.rig import create, fetched, followed, listed
from tests.adapters.writing import DRAFT
from tests.jira_harness import BOTH, PROPERTY, follow, issue_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.adapters.jira import Jira


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param) as rig:
        yield rig


@pytest.fixture
def cloud() -> Iterator[JiraRig]:
    with JiraRig() as rig:
        yield rig


def known(issue: RemoteIssue) -> Known:
    return Known(id=issue.id, ref=issue.ref)


# An issue that went elsewhere


def test_a_moved_issue_keeps_its_id_and_has_a_new_key_with_all_that_it_was(rig: JiraRig) -> None:
    (key,) = follow(rig.people, rig.clock)
    rig.comment(key, "Evidence: https://example.com/shown", "dev")
    rig.close(key)
    (before,) = listed(rig)
    new = rig.move(key, readable=True)
    after = fetched(rig, before)[before.id]
    assert isinstance(after, RemoteIssue)
    assert (after.id, after.ref, after.number, after.at_home) == (before.id, new, 1, False)
    assert after.url == f"{rig.site}/browse/{new}"
    assert (after.history, after.state, after.moved_from) == (before.history, before.state, "")
    assert [comment.body for comment in after.comments] == [comment.body for comment in before.comments]
    assert after.trusted


def test_an_issue_that_moved_twice_and_back_is_found_where_it_is(rig: JiraRig) -> None:
    issue = followed(rig, "Item")
    rig.people.world.add_project("THIRD")
    rig.people.move_issue(issue.ref, ELSEWHERE, "dev")
    third = rig.people.move_issue(issue.ref, "THIRD", "dev")
    (there,) = rig.adapter.fetch([known(issue)])
    assert isinstance(there, RemoteIssue)
    assert (there.ref, there.at_home) == (third, False)
    home = rig.people.move_issue(third, HOME, "dev")
    (here,) = rig.adapter.fetch([known(issue)])
    assert isinstance(here, RemoteIssue)
    assert (here.ref, here.at_home, here.id) == (home, True, issue.id)


def test_one_that_moved_here_from_elsewhere_is_at_home(rig: JiraRig) -> None:
    theirs = rig.people.open_issue(ELSEWHERE, "Theirs", [PROPERTY], "dev")
    new = rig.people.move_issue(theirs, HOME, "dev")
    assert [(issue.ref, issue.at_home) for issue in listed(rig)] == [(new, True)]


def test_deleted_and_out_of_sight_are_both_only_not_found(rig: JiraRig) -> None:
    """Jira says the same of both, so nothing may be concluded from it at once."""
    deleted, hidden, kept = followed(rig, "deleted"), followed(rig, "hidden"), followed(rig, "kept")
    rig.delete(deleted.ref)
    rig.move(hidden.ref, readable=False)
    assert fetched(rig, deleted, hidden, kept) == {
        deleted.id: Absent(id=deleted.id, why=Absence.NOT_FOUND),
        hidden.id: Absent(id=hidden.id, why=Absence.NOT_FOUND),
        kept.id: kept,
    }
    away = Known(id=deleted.id, ref=deleted.ref, gone=True)
    assert list(rig.adapter.fetch([away])) == [Absent(id=deleted.id, why=Absence.UNSURE)]


def test_a_key_that_leads_to_another_project_by_now_is_not_ours(rig: JiraRig) -> None:
    issue = followed(rig, "Item")
    rig.move(issue.ref, readable=True)
    assert rig.adapter.find(issue.ref) is None


# Links


@pytest.mark.parametrize(
    "form",
    [
        "{key}",
        "{lower}",
        "{site}/browse/{key}",
        "{site}/browse/{key}/",
        "{site}/browse/{key}?focusedCommentId=7#comment-7",
        "{site}/browse/{lower}",
        "{site}/projects/PLAT/issues/{key}",
        "{site}/projects/PLAT/issues/{key}?filter=allopenissues",
        "{site}/jira/software/c/projects/PLAT/boards/1?selectedIssue={key}",
        "{site}/secure/RapidBoard.jspa?rapidView=1&selectedIssue={key}",
    ],
)
def test_an_issue_is_found_by_every_form_of_its_address(cloud: JiraRig, form: str) -> None:
    issue = followed(cloud, "Item")
    found = cloud.adapter.find(form.format(site=cloud.site, key=issue.ref, lower=issue.ref.lower()))
    assert found is not None
    assert (found.id, found.ref) == (issue.id, issue.ref)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "PLAT-",
        "PLAT-0",
        "PLAT-1x",
        "XPLAT-1",
        "PLAT-9999999999999",
        "PLAT-1/../PLAT-1",
        "PLAT-1?fields=*all",
        "https://evil.example/browse/PLAT-1",
        "//127.0.0.1@evil.example/browse/PLAT-1",
        "{site}/browse/OPS-1",
        "{site}/browse/PLAT-1/attachments",
        "{site}/browse/",
        "acme/payments#1",
    ],
)
def test_a_link_that_is_none_of_ours_asks_for_no_issue(cloud: JiraRig, link: str) -> None:
    cloud.open_issue("Item")
    cloud.people.open_issue(ELSEWHERE, "Theirs", [], "dev")
    assert cloud.adapter.find(link.format(site=cloud.site)) is None
    assert all("/issue/PLAT-0" in each.path for each in cloud.sandbox.log)


def test_a_link_that_is_no_address_at_all_is_none_of_ours(rig: JiraRig) -> None:
    assert rig.adapter.find("https://[no-address/browse/PLAT-1") is None


def test_another_site_on_the_same_host_is_none_of_ours(rig: JiraRig) -> None:
    rig.open_issue("Item")
    assert rig.adapter.find(f"{rig.site}-old/browse/PLAT-1") is None


# A project under another key


@pytest.fixture
def renamed(rig: JiraRig) -> Jira:
    """An adapter whose config has another name of the project; it leads there, as a former key does."""
    return rig.adapter_for("lead", project=str(rig.people.world.project(HOME).id))


def test_a_renamed_project_is_followed_and_its_new_key_is_told(rig: JiraRig, renamed: Jira) -> None:
    (key,) = follow(rig.people, rig.clock)
    (page,) = renamed.pages(None)
    assert (page.home, [(issue.ref, issue.at_home) for issue in page.issues]) == (HOME, [(key, True)])
    found = renamed.find(key)
    assert found is not None
    assert (found.id, found.at_home) == (page.issues[0].id, True)
    (again,) = renamed.fetch([known(found)])
    assert isinstance(again, RemoteIssue)
    assert again.at_home


def test_writes_reach_a_renamed_project(rig: JiraRig, renamed: Jira) -> None:
    rig.adapter = renamed
    issue = followed_by(rig)
    renamed.change(issue.id, issue.ref, Patch(title="New"))
    renamed.release(renamed.claim("claim:x", "desk-1", 60))
    assert issue_at(rig, issue.ref).summary == "New"


def followed_by(rig: JiraRig) -> RemoteIssue:
    """An issue that was listed, so that the adapter knows the project's key."""
    follow(rig.people, rig.clock)
    (issue,) = listed(rig)
    return issue


def test_marked_issues_of_a_renamed_project_are_recalled_after_a_list(rig: JiraRig, renamed: Jira) -> None:
    key, other = follow(rig.people, rig.clock, 2)
    rig.people.strip_label(key, PROPERTY, "dev")
    assert [issue.ref for page in renamed.pages(None) for issue in page.issues] == [other]
    assert key in [issue.ref for issue in renamed.recall()]


def test_an_issue_of_a_renamed_project_is_at_home_though_no_list_showed_one(rig: JiraRig, renamed: Jira) -> None:
    """As in a run without changes."""
    issue = followed(rig, "Item")
    assert [page.issues for page in renamed.pages(rig.now().replace(year=2027))] == [()]
    (again,) = renamed.fetch([known(issue)])
    assert isinstance(again, RemoteIssue)
    assert again.at_home


def test_what_is_created_is_where_the_config_says(rig: JiraRig) -> None:
    made = create(rig, DRAFT)
    assert (made.ref, made.url, made.at_home) == (f"{HOME}-1", f"{rig.site}/browse/{HOME}-1", True)
