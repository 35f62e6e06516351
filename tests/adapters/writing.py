"""The part of the adapter contract that is about writing: creates, changes, what trouble means, claims."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest

from sync.mapping import FOLLOWED
from sync.port import Draft, OutcomeUnknown, Patch, Refused, Rejected, RemoteState
from tests.adapters.rig import Trouble, create, listed, seen
from tracker.errors import NotAuthorised, TryLater

if TYPE_CHECKING:
    from tests.adapters.rig import Rig

DRAFT = Draft(
    title="Validate the config", text="Before a rollout.", labels=(FOLLOWED, "condition:x"), assignees=("dev",)
)


class WriteContract:
    """What every adapter may write, how it fails, and who holds a claim."""

    # Writes

    def test_a_create_gives_the_issue_back_as_it_is(self, rig: Rig) -> None:
        made = create(rig, DRAFT)
        assert (made.title, made.text, made.trusted) == (DRAFT.title, DRAFT.text, True)
        assert (sorted(made.labels), made.assignees) == (sorted(DRAFT.labels), ("dev",))
        (there,) = listed(rig)
        assert (there.id, there.ref, there.number, there.url) == (made.id, made.ref, made.number, made.url)
        assert (sorted(there.labels), there.assignees) == (sorted(made.labels), ("dev",))
        assert seen(rig, made.ref).text == DRAFT.text
        assert rig.creates() == 1

    def test_a_change_touches_only_what_it_names(self, rig: Rig) -> None:
        before = create(rig, DRAFT)
        rig.label(before.ref, "by-a-person")
        rig.assign(before.ref, "dev", "lead")
        patch = Patch(add_labels=("class:y",), remove_labels=("condition:x",), remove_assignees=("dev",))
        rig.adapter.change(before.id, before.ref, patch)
        after = seen(rig, before.ref)
        assert sorted(after.labels) == sorted((FOLLOWED, "by-a-person", "class:y"))
        assert after.assignees == ("lead",)
        assert (after.title, after.text, after.state, after.comments) == (
            before.title, before.text, before.state, before.comments,
        )  # fmt: skip

    def test_title_and_text_change_without_the_rest(self, rig: Rig) -> None:
        before = create(rig, DRAFT)
        rig.adapter.change(before.id, before.ref, Patch(title="Another title"))
        rig.adapter.change(before.id, before.ref, Patch(text="", add_assignees=("lead",)))
        after = seen(rig, before.ref)
        assert (after.title, after.text, sorted(after.assignees)) == (
            "Another title", "", ["dev", "lead"] if rig.shared else ["lead"],
        )  # fmt: skip
        assert sorted(after.labels) == sorted(before.labels)

    def test_taking_away_what_is_gone_already_is_fine(self, rig: Rig) -> None:
        made = create(rig, DRAFT)
        rig.adapter.change(made.id, made.ref, Patch(remove_labels=("never there",), remove_assignees=("lead",)))
        assert sorted(seen(rig, made.ref).labels) == sorted(DRAFT.labels)

    def test_a_comment_is_added(self, rig: Rig) -> None:
        made = create(rig, DRAFT)
        rig.adapter.change(made.id, made.ref, Patch(comment="A note"))
        (comment,) = seen(rig, made.ref).comments
        assert (comment.body, comment.trusted) == ("A note", True)

    @pytest.mark.parametrize("reason", ["duplicate", "not_planned"])
    def test_an_issue_is_closed_for_a_reason(self, rig: Rig, reason: Literal["duplicate", "not_planned"]) -> None:
        made = create(rig, DRAFT)
        rig.adapter.change(made.id, made.ref, Patch(comment="See the other", close_as=reason))
        after = seen(rig, made.ref)
        assert after.state == RemoteState(closed=True, reason=reason)
        assert [event.state for event in after.history] == [after.state]
        assert len(after.comments) == 1

    # Troubles

    def test_a_create_whose_answer_is_lost_was_sent_once_and_its_outcome_is_unknown(self, rig: Rig) -> None:
        rig.meet(Trouble.CUT_AFTER)
        with pytest.raises(OutcomeUnknown):
            create(rig, DRAFT)
        assert (rig.creates(), [issue.title for issue in listed(rig)]) == (1, [DRAFT.title])

    def test_a_create_that_is_cut_off_is_not_sent_again(self, rig: Rig) -> None:
        rig.meet(Trouble.CUT_BEFORE)
        with pytest.raises(OutcomeUnknown):
            create(rig, DRAFT)
        assert (rig.creates(), listed(rig)) == (1, [])

    @pytest.mark.parametrize(
        ("trouble", "failure"),
        [(Trouble.LIMITED, Refused), (Trouble.REJECTED, Rejected), (Trouble.FORBIDDEN, NotAuthorised)],
    )
    def test_a_create_that_was_turned_away_says_so_and_wrote_nothing(
        self, rig: Rig, trouble: Trouble, failure: type[Exception]
    ) -> None:
        rig.meet(trouble)
        with pytest.raises(failure):
            create(rig, DRAFT)
        assert (rig.creates(), listed(rig)) == (1, [])

    @pytest.mark.parametrize(
        ("trouble", "failure"), [(Trouble.CUT_AFTER, OutcomeUnknown), (Trouble.REJECTED, Rejected)]
    )
    def test_a_change_that_fails_says_how(self, rig: Rig, trouble: Trouble, failure: type[Exception]) -> None:
        made = create(rig, DRAFT)
        rig.meet(trouble)
        with pytest.raises(failure):
            rig.adapter.change(made.id, made.ref, Patch(comment="A note"))
        assert len(seen(rig, made.ref).comments) == (trouble is Trouble.CUT_AFTER)

    @pytest.mark.parametrize("trouble", [Trouble.CUT_BEFORE, Trouble.CUT_AFTER, Trouble.LIMITED])
    def test_a_read_that_fails_in_passing_is_tried_again_or_left_for_later(self, rig: Rig, trouble: Trouble) -> None:
        ref = rig.open_issue("Item")
        rig.meet(trouble)
        if not rig.patient:
            with pytest.raises(TryLater):
                listed(rig)
        assert [issue.ref for issue in listed(rig)] == [ref]

    # Claims

    def test_a_claim_is_held_by_one_at_a_time(self, rig: Rig) -> None:
        mine = rig.adapter.claim("claim:x", "desk-1", 600)
        theirs = rig.adapter.claim("claim:x", "desk-2", 600)
        assert mine.holder == theirs.holder == "desk-1"
        assert mine.until == theirs.until == rig.now() + timedelta(seconds=600)
        assert rig.adapter.claim("claim:y", "desk-2", 600).holder == "desk-2"

    def test_a_holder_may_take_its_claim_again_for_longer(self, rig: Rig) -> None:
        rig.adapter.claim("claim:x", "desk-1", 600)
        rig.advance(timedelta(seconds=300))
        again = rig.adapter.claim("claim:x", "desk-1", 600)
        assert (again.holder, again.until) == ("desk-1", rig.now() + timedelta(seconds=600))
        assert rig.adapter.claim("claim:x", "desk-2", 600).holder == "desk-1"

    def test_a_claim_that_ran_out_is_taken_over(self, rig: Rig) -> None:
        rig.adapter.claim("claim:x", "desk-1", 600)
        rig.advance(timedelta(seconds=601))
        assert rig.adapter.claim("claim:x", "desk-2", 600).holder == "desk-2"
        assert rig.adapter.claim("claim:x", "desk-1", 600).holder == "desk-2"

    def test_a_claim_that_was_given_back_is_free_and_giving_it_back_twice_is_fine(self, rig: Rig) -> None:
        claim = rig.adapter.claim("claim:x", "desk-1", 600)
        rig.adapter.release(claim)
        rig.adapter.release(claim)
        assert rig.adapter.claim("claim:x", "desk-2", 600).holder == "desk-2"

    def test_nobody_gives_back_what_another_took_over(self, rig: Rig) -> None:
        mine = rig.adapter.claim("claim:x", "desk-1", 600)
        rig.advance(timedelta(seconds=601))
        rig.adapter.claim("claim:x", "desk-2", 600)
        rig.adapter.release(mine)
        assert rig.adapter.claim("claim:x", "desk-3", 600).holder == "desk-2"

    def test_a_claim_is_no_label_of_an_issue(self, rig: Rig) -> None:
        ref = rig.open_issue("Item")
        rig.adapter.claim("claim:x", "desk-1", 600)
        assert seen(rig, ref).labels == (FOLLOWED,)
