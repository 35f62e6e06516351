"""Status, labels and accounts in our words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping import FOLLOWED, LABEL_LIMIT, account_of, labels_of, reason_of, shorten_label, status_of
from sync.port import RemoteState
from tests.make import a_header, an_item
from tracker.model import Status


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RemoteState(closed=False), Status.OPEN),
        (RemoteState(closed=False, active=True), Status.IN_PROGRESS),
        (RemoteState(closed=True, reason="completed"), Status.DONE),
        (RemoteState(closed=True), Status.DONE),
        (RemoteState(closed=True, reason="not_planned"), Status.NOT_PLANNED),
        (RemoteState(closed=True, reason="duplicate"), Status.DUPLICATE),
    ],
)
def test_only_closed_as_completed_is_done(state: RemoteState, status: Status) -> None:
    assert status_of(state) is status


@pytest.mark.parametrize(
    ("resolution", "reason"),
    [
        ("", "completed"),
        ("Fixed", "completed"),
        ("Won't Do", "not_planned"),
        ("WON'T DO", "not_planned"),
        ("Duplicate", "duplicate"),
        ("Is a duplicate", "duplicate"),
        ("Duplicated to staging", "completed"),
    ],
)
def test_a_resolution_is_no_completion_where_the_config_says_so(resolution: str, reason: str) -> None:
    assert reason_of(resolution, frozenset({"won't do", "duplicate", "is a duplicate"})) == reason


def test_an_item_carries_its_conditions_and_its_class() -> None:
    labels = labels_of(a_header(), an_item(conditions=("retry-storm", "Unvalidated Config")))
    assert labels == (FOLLOWED, "condition:retry-storm", "condition:unvalidated-config", "class:config-rollout")


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_labels_fit_and_two_different_ones_never_meet(one: str, other: str) -> None:
    for label in (shorten_label(one), shorten_label(other)):
        assert len(label) <= LABEL_LIMIT
    if one != other:
        assert shorten_label(one) != shorten_label(other)


def test_an_owner_is_who_the_config_says_or_the_login_written() -> None:
    people = {"payments-lead": {"github": "pia"}}
    assert account_of("payments-lead", people, "github") == "pia"
    assert account_of("@payments-lead", people, "github") == "pia"
    assert account_of("@octo-cat", {}, "github") == account_of("octo-cat", {}, "github") == "octo-cat"
    assert account_of("Payments Lead", {}, "github") is None
    assert account_of("@../admin", {}, "github") is None
    assert account_of(None, people, "github") is None
