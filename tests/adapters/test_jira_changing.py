"""Edits, links, transitions and claims on Jira: each sent once, and nothing believed that nobody said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sync.mapping import FOLLOWED
from sync.marker import find_commitments, render_marker
from sync.port import Backlink, OutcomeUnknown, Patch, Rejected, RemoteState
from sync.sandbox.faults import FaultPlan, Status, When
from sync.sandbox.jira_defaults import SCREEN
from sync.sandbox.jira_state import Transition
from tests.adapters.jira_rig import HOME, JiraRig
from tests.adapters.rig import create, followed, seen
from tests.adapters.writing import DRAFT
from tests.jira_harness import BOTH, PROPERTY, a_marking, answer, follow, issue_at, paths
from tests.make import a_commitment, a_header, an_item
from tracker.errors import TrackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sync.port import RemoteIssue

LINK = Backlink(review_id="INC-9", title="Review of incident INC-9", url="https://reviews.example/INC-9")
LOGIN = Status(200, {"Content-Type": "text/html"}, "<html><form action=/login></form></html>")
CLAIM = "follow-through-claim:0011"


@pytest.fixture(params=BOTH, ids=lambda flavour: flavour.deployment)
def rig(request: pytest.FixtureRequest) -> Iterator[JiraRig]:
    with JiraRig(request.param) as rig:
        yield rig


def change(rig: JiraRig, issue: RemoteIssue, **patch: Any) -> RemoteIssue:
    rig.adapter.change(issue.id, issue.ref, Patch(**patch))
    return seen(rig, issue.ref)


def asked_by(review: str, item: str = "A1") -> str:
    """A note with the marker of a later review."""
    return f"Asked for again\n\n{render_marker(a_commitment(an_item(id=item), review=a_header(id=review)))}"


def keys(issue: RemoteIssue) -> list[str]:
    return [commitment.key for commitment in find_commitments(issue)]


# Edits


def test_a_whole_change_is_one_edit_and_what_hangs_on_it(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    rig.sandbox.log.clear()
    patch = Patch(title="New", add_labels=("x",), due=date(2026, 11, 20), add_assignees=("dev",), comment="A note")
    rig.adapter.change(known.id, known.ref, patch)
    assert [path.partition(" ")[0] for path in paths(rig.sandbox.log)] == ["PUT"]
    issue = seen(rig, known.ref)
    assert (issue.title, issue.labels, str(issue.due), issue.assignees) == (
        "New", (FOLLOWED, "x"), "2026-11-20", ("dev",),
    )  # fmt: skip


def test_a_change_of_nothing_asks_for_nothing(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    rig.sandbox.log.clear()
    rig.adapter.change(known.id, known.ref, Patch())
    assert rig.sandbox.log == []


def test_a_due_date_is_set_moved_and_taken_away(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    for day in (date(2026, 11, 20), date(2026, 11, 27), None):
        assert change(rig, known, due=day).due == day
    assert change(rig, known, title="Another").due is None


def test_an_issue_that_moved_is_changed_where_it_is(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    new = rig.move(known.ref, readable=True)
    rig.adapter.change(known.id, known.ref, Patch(add_labels=("x",)))
    assert issue_at(rig, new).labels == [FOLLOWED, "x"]


EDIT = Patch(title="New", add_labels=("x",), due=date(2026, 11, 20), add_assignees=("dev",))


@pytest.mark.parametrize("field", ["duedate", "assignee"])
def test_an_edit_is_sent_again_without_an_optional_field_off_the_screen_and_that_is_said(
    rig: JiraRig, field: str
) -> None:
    known = followed(rig, "Item")
    rig.people.set_screen(HOME, [name for name in SCREEN if name != field])
    (note,) = rig.adapter.change(known.id, known.ref, EDIT)
    assert note.startswith(f"changed without {field}: Field '{field}' cannot be set")
    issue = seen(rig, known.ref)
    assert (issue.title, issue.due is None, issue.assignees == ()) == ("New", field == "duedate", field == "assignee")


def test_an_edit_of_a_field_that_is_needed_is_refused_by_its_name(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    rig.people.set_screen(HOME, [name for name in SCREEN if name != "labels"])
    with pytest.raises(Rejected, match="labels: Field 'labels' cannot be set"):
        rig.adapter.change(known.id, known.ref, EDIT)
    assert seen(rig, known.ref).title == "Item"


@pytest.mark.parametrize("patch", [Patch(title="New"), Patch(comment="A note"), Patch(backlink=LINK)])
def test_a_page_of_a_proxy_is_no_word_of_jira_that_it_was_written(rig: JiraRig, patch: Patch) -> None:
    known = followed(rig, "Item")
    rig.sandbox.faults = FaultPlan(When(LOGIN, path="/issue/"))
    with pytest.raises(OutcomeUnknown):
        rig.adapter.change(known.id, known.ref, patch)


# What the property keeps


def test_a_later_review_s_commitment_is_kept_beside_the_first(rig: JiraRig) -> None:
    (key,) = follow(rig.people, rig.clock)
    known = seen(rig, key)
    assert keys(known) == ["INC-9/A1"]
    assert keys(change(rig, known, comment=asked_by("INC-12"))) == ["INC-9/A1", "INC-12/A1"]
    again = change(rig, known, comment=asked_by("INC-13", "A7"))
    assert keys(again) == ["INC-9/A1", "INC-12/A1", "INC-13/A7"]
    assert len(keys(change(rig, known, comment=asked_by("INC-12")))) == 3
    assert [comment.body for comment in again.comments][:2] == ["Asked for again"] * 2
    assert FOLLOWED not in "".join(str(each.text) for each in issue_at(rig, key).comments)


def test_a_new_text_keeps_what_later_reviews_asked_for(rig: JiraRig) -> None:
    (key,) = follow(rig.people, rig.clock)
    known = seen(rig, key)
    change(rig, known, comment=asked_by("INC-12"))
    marker = render_marker(a_commitment(an_item(id="A1", title="Newer"), review=a_header(id="INC-9")))
    issue = change(rig, known, text=f"New words\n\n{marker}")
    found = {commitment.key: commitment.item.title for commitment in find_commitments(issue)}
    assert (set(found), found["INC-9/A1"]) == ({"INC-9/A1", "INC-12/A1"}, "Newer")


@pytest.mark.parametrize("value", [7, "text", [], {"v": 9, "asked_by": []}, {"v": "1"}, {"v": 1, "asked_by": 5}, None])
def test_a_property_that_is_none_of_ours_is_written_anew(rig: JiraRig, value: object) -> None:
    known = followed(rig, "Item")
    rig.people.world.set_property(issue_at(rig, known.ref), PROPERTY, value)
    assert keys(change(rig, known, comment=asked_by("INC-12"))) == ["INC-12/A1"]


def test_more_than_a_property_holds_is_refused_before_anything_is_sent(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    marking = a_marking() | {"asked_by": [a_marking(n)["made_for"] for n in range(60)]}
    rig.people.world.set_property(issue_at(rig, known.ref), PROPERTY, marking)
    with pytest.raises(Rejected, match="32768"):
        change(rig, known, comment=asked_by("INC-12"))
    assert issue_at(rig, known.ref).comments == []
    assert not any(each.method == "PUT" for each in rig.sandbox.log)


def test_what_no_description_holds_is_refused_before_anything_is_sent(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    with pytest.raises(Rejected, match="32767"):
        change(rig, known, text="x" * 32_768)
    assert not any(each.method == "PUT" for each in rig.sandbox.log)


# Links


def test_a_link_to_the_review_is_made_once_and_then_renewed(rig: JiraRig) -> None:
    known = followed(rig, "Item")
    for url in ("https://reviews.example/INC-9", "https://elsewhere.example/INC-9"):
        change(rig, known, backlink=Backlink(review_id="INC-9", title="Review of incident INC-9", url=url))
    change(rig, known, backlink=Backlink(review_id="INC-12", title="Review of incident INC-12", url=LINK.url))
    links = issue_at(rig, known.ref).links
    assert [(link.global_id, link.target["url"]) for link in links] == [
        ("follow-through:INC-9", "https://elsewhere.example/INC-9"),
        ("follow-through:INC-12", "https://reviews.example/INC-9"),
    ]
    assert seen(rig, known.ref).changes == ()


# Closing as a duplicate


def closed(rig: JiraRig, issue: RemoteIssue) -> RemoteState:
    return change(rig, issue, close_as="duplicate").state


def name_duplicate(rig: JiraRig, name: str) -> str:
    """Give the resolution for duplicates a name, beside ways that do not lead there; its id."""
    site = rig.people.world.site
    site.resolutions[2].name = name
    site.transitions.insert(0, Transition(id="7", name="Review", to="10001", screen=["resolution"]))
    site.transitions.insert(0, Transition(id="8", name="Just close", to="10002"))
    return site.resolutions[2].id


@pytest.mark.parametrize("name", ["Duplicate", "DUPLICATE", "duplicate"])
def test_the_way_is_one_to_done_that_lets_the_resolution_be_duplicate(rig: JiraRig, name: str) -> None:
    resolution = name_duplicate(rig, name)
    known = create(rig, DRAFT)
    assert closed(rig, known) == RemoteState(closed=True, reason="duplicate")
    assert issue_at(rig, known.ref).resolution == resolution


def test_no_duplicate_is_closed_with_a_resolution_that_counts_as_completion(rig: JiraRig) -> None:
    name_duplicate(rig, "Is a duplicate")
    known = create(rig, DRAFT)
    with pytest.raises(Rejected, match="no way to close it"):
        closed(rig, known)
    assert not seen(rig, known.ref).state.closed


def no_screen(rig: JiraRig) -> None:
    for way in rig.people.world.site.transitions:
        way.screen = []


def no_duplicate(rig: JiraRig) -> None:
    del rig.people.world.site.resolutions[2]


def no_done(rig: JiraRig) -> None:
    rig.people.world.status("Done").category = "indeterminate"


def no_permission(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["TRANSITION_ISSUES"], "lead")


@pytest.mark.parametrize("spoil", [no_screen, no_duplicate, no_done, no_permission])
def test_a_workflow_without_such_a_way_is_said_and_nothing_is_closed(
    rig: JiraRig, spoil: Callable[[JiraRig], None]
) -> None:
    known = create(rig, DRAFT)
    spoil(rig)
    with pytest.raises(Rejected, match="no way to close it") as said:
        closed(rig, known)
    assert "by hand" in said.value.hint
    assert not seen(rig, known.ref).state.closed


def test_one_that_is_closed_already_is_left_as_it_is(rig: JiraRig) -> None:
    known = create(rig, DRAFT)
    rig.close(known.ref, "not_planned")
    no_screen(rig)
    assert closed(rig, known) == RemoteState(closed=True, reason="not_planned")


# Claims


HELD: dict[str, object] = {
    "a text": "mine",
    "a list": [],
    "nothing": None,
    "no holder": {"until": "2099-01-01T00:00:00+00:00"},
    "no time": {"holder": "desk-2"},
    "a time that is none": {"holder": "desk-2", "until": "soon"},
    "a holder of another type": {"holder": 7, "until": "2099-01-01T00:00:00+00:00"},
}


@pytest.mark.parametrize("value", HELD.values(), ids=HELD)
def test_a_claim_that_nobody_can_read_has_run_out(rig: JiraRig, value: object) -> None:
    rig.people.world.set_property(rig.people.world.project(HOME), CLAIM, value)
    claim = rig.adapter.claim(CLAIM, "desk-1", 60)
    assert (claim.holder, claim.until) == ("desk-1", rig.now() + timedelta(seconds=60))


@pytest.mark.parametrize("until", ["2099-01-01T00:00:00", "2001-01-01T00:00:00"])
def test_a_claim_until_a_time_without_a_zone_has_run_out(rig: JiraRig, until: str) -> None:
    held = {"holder": "desk-2", "until": until}
    rig.people.world.set_property(rig.people.world.project(HOME), CLAIM, held)
    assert rig.adapter.claim(CLAIM, "desk-1", 60).holder == "desk-1"


def test_an_account_that_may_not_administer_the_project_goes_ahead_without_a_claim(rig: JiraRig) -> None:
    rig.people.take_permissions(HOME, ["ADMINISTER_PROJECTS"], "lead")
    claim = rig.adapter.claim(CLAIM, "desk-1", 60)
    assert claim.holder == "desk-1"
    rig.sandbox.log.clear()
    rig.adapter.release(claim)
    assert rig.sandbox.log == []


def test_one_of_two_that_took_a_claim_at_once_gives_way(rig: JiraRig) -> None:
    """The property came between our look and our write: Jira says 200 and not 201."""
    rig.people.world.set_property(rig.people.world.project(HOME), CLAIM, {"holder": "desk-2", "until": "x"})
    unseen = answer({"errorMessages": ["No."], "errors": {}}, rig.now(), 404)
    rig.sandbox.faults = FaultPlan(When(unseen, path=CLAIM, method="GET"))
    assert rig.adapter.claim(CLAIM, "desk-1", 60).holder != "desk-1"


@pytest.mark.parametrize("trouble", [LOGIN, Status(502)])
def test_a_claim_that_nobody_confirmed_is_not_taken_for_ours(rig: JiraRig, trouble: Status) -> None:
    rig.sandbox.faults = FaultPlan(When(trouble, path=CLAIM, method="PUT"))
    with pytest.raises(TrackError):
        rig.adapter.claim(CLAIM, "desk-1", 60)
