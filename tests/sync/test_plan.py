"""What a push decides, item by item."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from sync.mapping import labels_of
from sync.marker import render_marker
from sync.plan import Linked, Marked, Situation, build_commitment, plan_push, plan_settle
from sync.port import Backlink, RemoteEvent, RemoteState
from sync.steps import Adopt, Create, Refuse, Settle, Step, Update, UpToDate, Wait
from sync.threeway import merge, with_marker
from sync.wording import render_text, render_title
from tests.make import NOW, a_comment, a_commitment, a_header, a_remote, a_review, an_issue, an_item, at
from tracker.model import Commitment, Review, Status

GRACE = timedelta(minutes=10)
ACCOUNTS = {"payments-lead": "pia", "other-lead": "oli"}


def a_situation(review: Review | None = None, **fields: Any) -> Situation:
    situation = Situation(review=review or a_review(), now=NOW, grace=GRACE, accounts=ACCOUNTS, place="acme/payments")
    return msgspec.structs.replace(situation, **fields)


def pushed(base: Commitment | None = None, **remote: Any) -> Marked:
    """An issue as our own push left it, but for what a person changed (`remote`)."""
    review = a_review()
    base = base or build_commitment(review, review.items[0], at(-14), None)
    fields = {
        "title": render_title(base.item),
        "text": with_marker(render_text(base.review, base.item), base),
        "labels": labels_of(base.review, base.item),
        "assignees": ("pia",),
        **remote,
    }
    return Marked(commitment=base, issue=an_issue(), remote=a_remote(**fields))


def one(situation: Situation) -> Step:
    (step,) = plan_push(situation)
    return step


def test_a_new_item_is_created_with_labels_owner_and_marker() -> None:
    step = one(a_situation())
    assert isinstance(step, Create)
    assert step.draft.labels == ("follow-through", "condition:unvalidated-config", "class:config-rollout")
    assert step.draft.assignees == ("pia",)
    assert render_marker(step.commitment) in step.draft.text
    assert step.commitment.committed == at(-15).replace(hour=0)


def test_an_owner_who_cannot_be_assigned_is_said_and_nobody_takes_the_place() -> None:
    step = one(a_situation(accounts={}))
    assert isinstance(step, Create)
    assert step.draft.assignees == ()
    assert step.notes == ("payments-lead cannot be assigned in acme/payments: it stays unassigned",)


def test_an_item_without_a_due_date_gets_the_one_of_its_severity() -> None:
    step = one(a_situation(a_review(an_item(due=None)), slo={"sev1": timedelta(days=14)}))
    assert isinstance(step, Create)
    assert step.commitment.item.due == at(-1).date()
    assert step.commitment.first_due == at(-1).date()


def test_push_waits_when_the_outcome_of_a_create_is_unknown() -> None:
    sent = {"INC-1/A1": NOW - GRACE + timedelta(seconds=1)}
    step = one(a_situation(intents=sent))
    assert isinstance(step, Wait)
    assert step.until == NOW + timedelta(seconds=1)


def test_push_creates_again_when_the_grace_time_has_passed_and_no_issue_was_seen() -> None:
    assert isinstance(one(a_situation(intents={"INC-1/A1": NOW - GRACE})), Create)


def test_a_second_push_has_nothing_to_do() -> None:
    step = one(a_situation(known={"INC-1/A1": (pushed(),)}))
    assert isinstance(step, UpToDate)
    assert step.notes == ()


def test_a_followed_issue_of_the_same_title_without_a_marker_is_not_doubled() -> None:
    step = one(a_situation(unmarked={"Validate the config schema in CI": an_issue()}))
    assert isinstance(step, Refuse)
    assert "acme/payments#1" in step.hint


def test_an_item_that_the_document_says_is_done_gets_no_issue() -> None:
    assert isinstance(one(a_situation(a_review(an_item(status=Status.DONE)))), UpToDate)


def test_a_missing_issue_is_left_to_a_person() -> None:
    gone = Marked(commitment=a_commitment(), issue=an_issue(status=Status.MISSING, note="deleted"))
    step = one(a_situation(known={"INC-1/A1": (gone,)}))
    assert isinstance(step, Refuse)
    assert "deleted" in step.why


def test_an_item_that_left_the_document_is_said_and_its_issue_left_alone() -> None:
    known = {"INC-1/A1": (pushed(),), "INC-1/A9": (Marked(commitment=a_commitment(), issue=an_issue()),)}
    steps = plan_push(a_situation(known=known))
    assert [step.key for step in steps] == ["INC-1/A1", "INC-1/A9"]
    assert isinstance(steps[1], UpToDate)
    assert "no longer" in steps[1].because


def test_a_marker_that_would_be_too_long_is_refused_not_cut() -> None:
    step = one(a_situation(a_review(an_item(proof="x" * 40_000))))
    assert isinstance(step, Refuse)


# An issue that exists already


def test_a_linked_issue_is_adopted_with_labels_and_a_note() -> None:
    linked = Linked(link="#7", remote=a_remote(id="host:7", ref="acme/payments#7", labels=("bug", "Follow-Through")))
    step = one(a_situation(a_review(an_item(issues=("#7",))), linked={"INC-1/A1": linked}))
    assert isinstance(step, Adopt)
    assert step.patch.add_labels == ("condition:unvalidated-config", "class:config-rollout")
    assert render_marker(step.commitment) in step.patch.comment
    assert step.patch.title is step.patch.text is None


def test_an_issue_asked_for_again_says_how_often_and_since_when() -> None:
    earlier = (a_commitment(committed=at(-200)), a_commitment(committed=at(-90)))
    linked = Linked(link="#7", remote=a_remote(), earlier=earlier)
    step = one(a_situation(a_review(an_item(issues=("#7",))), linked={"INC-1/A1": linked}))
    assert isinstance(step, Adopt)
    assert step.patch.comment.startswith(r"Asked for again by INC-1, the 3rd time since 2026-04")


def test_a_link_to_elsewhere_makes_no_second_ticket() -> None:
    linked = Linked(link="OPS-7", remote=None)
    step = one(a_situation(a_review(an_item(issues=("OPS-7",))), linked={"INC-1/A1": linked}))
    assert isinstance(step, Refuse)
    assert "OPS-7" in step.why


# Three-way updates


def test_what_changed_in_the_document_is_brought_to_the_issue() -> None:
    review = a_review(
        an_item(title="Validate all config", owner="other-lead", due=date(2026, 12, 1), conditions=("retry-storm",))
    )
    step = one(a_situation(review, known={"INC-1/A1": (pushed(),)}))
    assert isinstance(step, Update)
    assert step.patch.title == "Validate all config"
    assert step.patch.add_labels == ("condition:retry-storm",)
    assert step.patch.remove_labels == ("condition:unvalidated-config",)
    assert step.patch.add_assignees == ("oli",)
    assert step.patch.remove_assignees == ("pia",)
    assert render_marker(step.commitment) in (step.patch.text or "")
    assert "due 2026-11-20 → 2026-12-01" in step.changes


def test_a_moved_due_date_is_recorded_and_the_first_one_kept() -> None:
    review = a_review(an_item(due=date(2026, 12, 1)))
    step = one(a_situation(review, known={"INC-1/A1": (pushed(),)}))
    assert isinstance(step, Update)
    assert step.commitment.first_due == date(2026, 11, 20)
    (move,) = step.commitment.moves
    assert (move.before, move.to, move.at) == (date(2026, 11, 20), date(2026, 12, 1), NOW)


OLD, NEW, OTHER = date(2026, 11, 20), date(2026, 12, 1), date(2026, 12, 24)


@pytest.mark.parametrize(
    ("keeps_due", "theirs", "ours", "sent", "said"),
    [
        (False, None, NEW, msgspec.UNSET, ""),
        (True, OLD, NEW, NEW, ""),
        (True, OLD, None, None, ""),
        (True, OLD, OLD, msgspec.UNSET, ""),
        (True, NEW, NEW, msgspec.UNSET, ""),
        (True, OTHER, NEW, msgspec.UNSET, "its due date in the tracker is 2026-12-24: left alone"),
        (True, None, NEW, msgspec.UNSET, "it has no due date in the tracker: left alone"),
        (True, OTHER, OLD, msgspec.UNSET, "its due date in the tracker is 2026-12-24: left alone"),
    ],
)
def test_a_due_date_is_set_where_the_tracker_keeps_one_and_nobody_moved_it(
    keeps_due: bool, theirs: date | None, ours: date | None, sent: object, said: str
) -> None:
    base = a_commitment()
    marked = a_remote(keeps_due=keeps_due, due=theirs, text=render_marker(base))
    merged = merge(base, a_commitment(an_item(due=ours)), marked, {}, "PLAT")
    assert merged.patch.due == sent
    assert (said in merged.notes) is bool(said)


def test_only_a_review_with_an_address_is_linked_back() -> None:
    step = one(a_situation(a_review()))
    linked = one(a_situation(a_review(url="https://wiki.example/INC-1")))
    unsafe = one(a_situation(a_review(url="javascript:alert(1)")))
    assert isinstance(step, Create)
    assert isinstance(linked, Create)
    assert isinstance(unsafe, Create)
    assert (step.draft.backlink, unsafe.draft.backlink) == (None, None)
    title = "Review of incident INC-1: Checkout returned 5xx"
    assert linked.draft.backlink == Backlink(review_id="INC-1", title=title, url="https://wiki.example/INC-1")


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"title": "A better title"}, "title was changed"),
        ({"labels": ("follow-through", "class:config-rollout")}, "condition:unvalidated-config was taken off"),
        ({"assignees": ("zoe",)}, "assigned to zoe"),
    ],
)
def test_what_a_person_changed_is_left_alone_and_said(theirs: dict[str, Any], said: str) -> None:
    step = one(a_situation(known={"INC-1/A1": (pushed(**theirs),)}))
    assert isinstance(step, UpToDate)
    assert said in step.notes[0]


def test_a_person_s_title_labels_and_people_survive_a_changed_document() -> None:
    theirs = pushed(title="Theirs", labels=("follow-through", "theirs"), assignees=("zoe",))
    review = a_review(an_item(title="Ours now", owner="other-lead"))
    step = one(a_situation(review, known={"INC-1/A1": (theirs,)}))
    assert isinstance(step, Update)
    assert step.patch.title is None
    assert step.patch.remove_labels == ()
    assert step.patch.add_labels == ()
    assert step.patch.add_assignees == step.patch.remove_assignees == ()
    assert len(step.notes) == 4


def test_a_text_that_a_person_edited_keeps_its_words_and_gets_the_new_marker() -> None:
    ours = pushed()
    assert ours.remote is not None
    theirs = pushed(text=ours.remote.text.replace("What was", "").replace("Owner", "Proud owner") + "\nps: see wiki")
    step = one(a_situation(a_review(an_item(due=date(2026, 12, 1))), known={"INC-1/A1": (theirs,)}))
    assert isinstance(step, Update)
    assert "ps: see wiki" in (step.patch.text or "")
    assert (step.patch.text or "").count("follow-through:v1") == 1


def test_an_adopted_issue_is_never_retitled_reworded_or_reassigned() -> None:
    base = a_commitment()
    adopted = Marked(
        commitment=base, issue=an_issue(), remote=a_remote(title="Somebody's own", text="own words", assignees=("zoe",))
    )
    step = one(a_situation(a_review(an_item(title="Ours now")), known={"INC-1/A1": (adopted,)}))
    assert isinstance(step, Update)
    assert step.patch.title is step.patch.text is None
    assert step.patch.add_assignees == step.patch.remove_assignees == ()
    assert render_marker(step.commitment) in step.patch.comment


def test_an_adopted_issue_with_its_note_needs_nothing() -> None:
    review = a_review()
    base = build_commitment(review, review.items[0], at(-14), None)
    labels = labels_of(base.review, base.item)
    remote = a_remote(title="Own", text="own words", labels=labels, comments=(a_comment(render_marker(base)),))
    marked = Marked(commitment=base, issue=an_issue(), remote=remote)
    assert isinstance(one(a_situation(known={"INC-1/A1": (marked,)})), UpToDate)


def test_a_marker_that_a_person_took_out_is_put_back_as_a_note() -> None:
    step = one(a_situation(known={"INC-1/A1": (pushed(text="my own words now"),)}))
    assert isinstance(step, Update)
    assert render_marker(step.commitment) in step.patch.comment
    assert step.patch.text is None


def test_another_incident_under_a_used_id_overwrites_nothing() -> None:
    review = a_review(title="The certificate ran out", incident_class="certificate-expiry", started=at(-3))
    step = one(a_situation(review, known={"INC-1/A1": (pushed(),)}))
    assert isinstance(step, Refuse)
    assert "Checkout returned 5xx" in step.why


@pytest.mark.parametrize("change", [{"title": "Better said"}, {"incident_class": "config"}, {"started": at(-18)}])
def test_a_corrected_header_is_still_the_same_review(change: dict[str, Any]) -> None:
    assert isinstance(one(a_situation(a_review(**change), known={"INC-1/A1": (pushed(),)})), Update)


# Settling a race


def a_twin(number: int, **fields: Any) -> Marked:
    marked = pushed()
    issue = an_issue(id=f"host:{number}", number=number, ref=f"acme/payments#{number}", **fields)
    return msgspec.structs.replace(marked, issue=issue)


def test_the_lowest_number_stays_and_the_others_are_closed_as_its_duplicates() -> None:
    assert plan_settle("INC-1/A1", (a_twin(3), a_twin(5), a_twin(8))) == (
        Settle(key="INC-1/A1", keep="acme/payments#3", issue_id="host:5", ref="acme/payments#5"),
        Settle(key="INC-1/A1", keep="acme/payments#3", issue_id="host:8", ref="acme/payments#8"),
    )


def test_nothing_is_settled_once_a_person_has_closed_the_lower_one() -> None:
    assert plan_settle("INC-1/A1", (a_twin(3, status=Status.DONE), a_twin(5))) == ()


def test_an_issue_that_was_closed_and_opened_again_is_not_closed_by_rule() -> None:
    twin = a_twin(5)
    assert twin.remote is not None
    closed = RemoteEvent(id="e1", at=at(-1), state=RemoteState(closed=True, reason="not_planned"))
    reopened = msgspec.structs.replace(twin, remote=msgspec.structs.replace(twin.remote, history=(closed,)))
    assert plan_settle("INC-1/A1", (a_twin(3), reopened)) == ()


def test_a_clock_that_is_behind_never_makes_a_newer_marker_look_older() -> None:
    ahead = pushed(build_commitment(a_review(), an_item(), at(1), None))
    step = one(a_situation(a_review(an_item(due=date(2026, 12, 1))), known={"INC-1/A1": (ahead,)}))
    assert isinstance(step, Update)
    assert step.commitment.pushed == at(1)


def test_an_issue_that_a_person_opened_or_that_others_share_is_never_closed() -> None:
    adopted = msgspec.structs.replace(a_twin(5), remote=a_remote(text="own words"))
    both = f"x {render_marker(a_commitment())} {render_marker(a_commitment(an_item(id='A2')))}"
    shared = msgspec.structs.replace(a_twin(6), remote=a_remote(text=both))
    done = a_twin(7, status=Status.DONE)
    unread = msgspec.structs.replace(a_twin(8), remote=None)
    forged = msgspec.structs.replace(a_twin(9), remote=a_remote(text=render_marker(a_commitment()), trusted=False))
    assert plan_settle("INC-1/A1", (a_twin(3), adopted, shared, done, unread, forged)) == ()


def test_closed_issues_are_updated_without_being_reopened() -> None:
    closed = pushed(state=RemoteState(closed=True, reason="completed"))
    step = one(a_situation(a_review(severity="sev2"), known={"INC-1/A1": (closed,)}))
    assert isinstance(step, Update)
    assert "the review's header" in step.changes
    assert a_header(severity="sev2") == step.commitment.review
