"""Whose word counts on Jira: markers and evidence of people who work in the project, and of nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sync.evidence import find_evidence
from sync.mapping import FOLLOWED
from sync.marker import find_commitments
from sync.port import Patch, RemoteIssue
from sync.sandbox.faults import FaultPlan, When
from sync.wording import render_adoption
from tests.adapters.jira_rig import CLOUD, HOME, JiraRig
from tests.adapters.rig import listed, seen
from tests.adapters.test_jira_changing import asked_by
from tests.jira_harness import BOTH, PROPERTY, a_marking, answer, follow, issue_at, paths
from tests.make import a_commitment, a_header, an_item
from tests.once.jira_machines import a_jira, a_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness import RecordingClock

OWN = a_marking()["made_for"]
NOTE = "Asked for again by INC\\-12: Validate it"


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param, trusted=("Release-Bot",)) as rig:
        for name in ("release-bot", "release-bot2", "left"):
            rig.people.add_person(name, name.title())
            rig.people.set_access(HOME, ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS"], name)
        yield rig


def mark(rig: JiraRig, ref: str, value: object) -> None:
    rig.people.world.set_property(issue_at(rig, ref), PROPERTY, value)


def keys(issue: RemoteIssue) -> list[str]:
    return [commitment.key for commitment in find_commitments(issue)]


def only(rig: JiraRig) -> RemoteIssue:
    (issue,) = listed(rig)
    return issue


# Who is believed


@pytest.mark.parametrize(
    ("author", "trusted"),
    [("lead", True), ("dev", True), ("stranger", False), ("release-bot", True), ("release-bot2", False)],
)
def test_whoever_can_be_assigned_is_believed_we_ourselves_and_those_that_the_config_names(
    rig: JiraRig, author: str, *, trusted: bool
) -> None:
    ref = rig.open_issue("Item", author=author)
    mark(rig, ref, a_marking())
    rig.comment(ref, "Evidence: https://example.com/shown", author)
    issue = only(rig)
    assert (issue.trusted, issue.comments[0].trusted) == (trusted, trusted)
    assert keys(issue) == (["INC-9/A1"] if trusted else [])
    assert len(find_evidence(issue)) == trusted


def test_the_account_of_the_token_is_believed_though_nobody_can_assign_it(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["ASSIGNABLE_USER"], "lead")
    follow(rig.people, rig.clock)
    assert keys(only(rig)) == ["INC-9/A1"]


def test_the_marker_of_somebody_who_left_stays_but_their_comment_is_no_evidence(rig: JiraRig) -> None:
    (ref,) = follow(rig.people, rig.clock, author="left")
    rig.comment(ref, "Evidence: https://example.com/shown", "left")
    assert (keys(only(rig)), only(rig).trusted) == ([], False)
    rig.people.deactivate_person("left")
    fresh = JiraRig.adapter_for(rig, "lead")
    (page,) = fresh.pages(None)
    assert keys(page.issues[0]) == ["INC-9/A1"]
    assert find_evidence(page.issues[0]) == ()


APP: dict[str, Any] = {"accountId": "app", "displayName": "Automation", "accountType": "app", "active": True}


@pytest.mark.parametrize(
    ("creator", "trusted"),
    [
        (APP, True),
        ({**APP, "accountType": "customer"}, False),
        ({**APP, "accountType": "atlassian"}, False),
        ({"displayName": "Anonymous"}, False),
        (None, False),
    ],
)
def test_an_issue_that_an_app_created_is_believed(creator: dict[str, Any] | None, *, trusted: bool) -> None:
    with JiraRig() as rig:
        fields = {"summary": "Item", "labels": [FOLLOWED], "creator": creator}
        issue = {"id": "1", "key": "PLAT-1", "fields": fields, "properties": {PROPERTY: a_marking()}}
        rig.sandbox.faults = FaultPlan(When(answer({"issues": [issue]}, rig.now()), path="/search/jql$"))
        assert keys(only(rig)) == (["INC-9/A1"] if trusted else [])


def test_who_is_believed_is_asked_once_for_all(rig: JiraRig) -> None:
    for number in range(130):
        rig.comment(rig.open_issue(f"Item {number}", author="dev"), "Hello", ("dev", "stranger")[number % 2])
    listed(rig)
    assert paths(rig.sandbox.log).count("GET user/assignable/search") <= 2


# Markers that are none


def deep(levels: int) -> object:
    value: object = {}
    for _level in range(levels):
        value = {"a": [value]}
    return value


def other(**fields: object) -> dict[str, Any]:
    """A commitment in which some fields are of another kind."""
    assert isinstance(OWN, dict)
    return {**OWN, **fields}


HOSTILE: dict[str, object] = {
    "null": None,
    "a number": 7,
    "a text": "<!-- follow-through:v1 {} -->",
    "a list": [a_marking()],
    "nothing": {},
    "no version": {"made_for": OWN},
    "another version": {"v": 2, "made_for": OWN},
    "a version as text": {"v": "1", "made_for": OWN},
    "a text for the item": {"v": 1, "made_for": "INC-9/A1"},
    "a list for the item": {"v": 1, "made_for": [OWN]},
    "an object for the others": {"v": 1, "asked_by": {"0": OWN}},
    "texts for the others": {"v": 1, "asked_by": ["x", 7, None]},
    "deep": {"v": 1, "made_for": deep(200)},
    "huge": {"v": 1, "made_for": other(digest="x" * 33_000)},
    "a review without an id": {"v": 1, "made_for": other(review={"id": ""})},
    "an id with a line end": {"v": 1, "made_for": other(review={"id": "INC-9\nx"})},
    "an id with a slash": {"v": 1, "made_for": other(review={"id": "INC-9/A1/x"})},
    "an item without a title": {"v": 1, "made_for": other(item={"id": "A1"})},
    "a time without a zone": {"v": 1, "made_for": other(committed="2026-10-05T09:00:00")},
    "a date that is none": {"v": 1, "made_for": other(first_due="2026-02-30")},
    "moves that are none": {"v": 1, "made_for": other(moves=[1, 2])},
}


@pytest.fixture(scope="module")
def noted() -> Iterator[JiraRig]:
    """A Cloud with one issue on which somebody who is believed wrote a note."""
    with JiraRig(CLOUD) as rig:
        rig.comment(rig.open_issue("Item", author="dev"), NOTE, "dev")
        yield rig


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_property_that_is_no_marker_is_ignored(noted: JiraRig, value: object) -> None:
    mark(noted, f"{HOME}-1", value)
    assert (keys(only(noted)), only(noted).title) == ([], "Item")


def test_what_a_later_version_adds_is_passed_over(rig: JiraRig) -> None:
    ref = rig.open_issue("Item", author="dev")
    mark(rig, ref, {"v": 1, "made_for": other(extra=deep(200)), "extra": deep(200)})
    assert keys(only(rig)) == ["INC-9/A1"]


def test_a_marker_that_is_nested_too_deep_is_ignored(rig: JiraRig) -> None:
    ref = rig.open_issue("Item", author="dev")
    rig.comment(ref, f'<!-- follow-through:v1 {{"extra": {"[" * 5000}{"]" * 5000}}} -->', "dev")
    assert keys(only(rig)) == []


def test_what_would_end_a_comment_stays_inside(rig: JiraRig) -> None:
    ref = rig.open_issue("Item", author="dev")
    mark(rig, ref, {"v": 1, "made_for": other(item={"id": "A1", "title": "x --> <!-- follow-through:v1 {} -->"})})
    (commitment,) = find_commitments(only(rig))
    assert commitment.item.title == "x --> <!-- follow-through:v1 {} -->"


def test_a_marker_that_a_stranger_typed_is_text(rig: JiraRig) -> None:
    marker = asked_by("INC-12").partition("\n\n")[2]
    ref = rig.people.open_issue(HOME, "Item", [FOLLOWED], "stranger", marker)
    rig.comment(ref, marker, "stranger")
    assert (keys(only(rig)), keys(seen(rig, ref))) == ([], [])


# What later reviews asked for, in an issue that somebody else opened


def test_a_stranger_s_issue_carries_what_a_later_review_asked_for(tmp_path: Path, clock: RecordingClock) -> None:
    with a_jira(clock) as sandbox:
        key = sandbox.jira.open_issue(HOME, "A stranger's", [], "stranger")
        machine = a_machine(tmp_path / "one", sandbox, clock)
        text = machine.document.read_text().replace("| ID | Action |", "| ID | Issue | Action |")
        text = text.replace("|---|---|---|---|---|---|---|---|", "|---|---|---|---|---|---|---|---|---|")
        text = text.replace("| A1 |", f"| A1 | {key} |").replace("| A2 |", "| A2 | |")
        machine.document.write_text(text)
        assert machine.push().code == 0
        other = a_machine(tmp_path / "two", sandbox, clock, review="# Nothing\n")
        other.document.unlink()
        assert other.sync().code == 0
        with other.store() as store:
            assert [item.key for item in store.load_facts().items] == ["INC-1/A1", "INC-1/A2"]
        sandbox.log.clear()
        ran = machine.push()
        assert (ran.code, "updated" in ran.out) == (0, False)


@pytest.mark.parametrize(
    ("author", "note", "believed"),
    [
        ("dev", NOTE, True),
        ("dev", "Promised in the review of incident INC\\-12: Validate it", True),
        ("stranger", NOTE, False),
        ("dev", "Nothing about it", False),
    ],
)
def test_a_stranger_s_property_counts_where_somebody_who_is_believed_said_so(
    author: str, note: str, *, believed: bool
) -> None:
    with JiraRig(CLOUD) as rig:
        ref = rig.open_issue("Item", author="stranger")
        known = seen(rig, ref)
        rig.adapter.change(known.id, ref, Patch(comment=asked_by("INC-12")))
        value = issue_at(rig, ref).properties[PROPERTY]
        issue_at(rig, ref).comments.clear()
        mark(rig, ref, value)
        rig.comment(ref, note.replace("\\", ""), author)
        assert keys(seen(rig, ref)) == (["INC-12/A1"] if believed else [])


@pytest.mark.parametrize(
    ("review", "said"),
    [("a", "What is that?"), ("INC-1", "Is it the same as INC-12?"), ("INC-12", "Nothing to do with INC-12.")],
)
def test_a_comment_that_only_happens_to_hold_the_id_says_nothing_of_the_kind(
    rig: JiraRig, review: str, said: str
) -> None:
    """A stranger may create an issue, property and all; then only a word of ours is missing."""
    ref = rig.open_issue("Item", author="stranger")
    mark(rig, ref, {"v": 1, "asked_by": [other(review={"id": review})]})
    rig.comment(ref, said, "dev")
    assert keys(only(rig)) == []


@pytest.mark.parametrize("review", ["INC-12", "INC_12", "inc*12", "#12", "GH-12", "@12", "www.x", "a:b", "INC.12"])
def test_a_review_of_any_name_is_known_again_by_its_note(noted: JiraRig, review: str) -> None:
    ref = noted.open_issue("Item", author="stranger")
    commitment = a_commitment(an_item(id="A1"), review=a_header(id=review))
    marker = asked_by(review).partition("\n\n")[2]
    known = seen(noted, ref)
    noted.adapter.change(known.id, ref, Patch(comment=f"{render_adoption(commitment, ())}\n\n{marker}"))
    assert keys(seen(noted, ref)) == [f"{review}/A1"]


# Evidence


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.com/x", "https://", "/pull/1", "https://a b/"])
def test_a_link_that_is_no_address_is_no_evidence(rig: JiraRig, url: str) -> None:
    ref = rig.open_issue("Item")
    rig.advance(timedelta(minutes=1))
    rig.people.add_remote_link(ref, url, "A link", author="dev")
    assert find_evidence(only(rig)) == ()


@pytest.mark.parametrize(
    ("author", "count"), [("dev", 1), ("lead", 1), ("release-bot", 1), ("stranger", 0), ("left", 0)]
)
def test_a_link_is_evidence_where_somebody_who_is_believed_added_it(rig: JiraRig, author: str, count: int) -> None:
    ref = rig.open_issue("Item")
    rig.advance(timedelta(minutes=1))
    rig.people.add_remote_link(ref, "https://code.example/1", "The change", author=author)
    assert len(find_evidence(only(rig))) == count


def test_a_link_of_ours_is_no_evidence_whatever_it_is_called_by_now(rig: JiraRig) -> None:
    ref = rig.open_issue("Item")
    rig.advance(timedelta(minutes=1))
    rig.people.add_remote_link(ref, "https://reviews.example/9", "The review", "follow-through:INC-9", author="dev")
    rig.people.add_remote_link(ref, "https://code.example/1", "The change", "code:1", author="dev")
    assert [piece.url for piece in find_evidence(only(rig))] == ["https://code.example/1"]
