"""A narrowed report shows less, and works out nothing otherwise."""

from __future__ import annotations

import re
from datetime import date

import pytest
from msgspec.structs import replace

from reports.render import Format, render
from reports.scope import Scope, build_names
from reports.weekly import WeeklyReport, build_items, build_weekly
from tests.reports.factory import BASIS, NOW, at, item, review, told
from tests.reports.rich_week import RICH_BASIS, rich_report, rich_week
from tracker.model import Facts, Status

WHOLE = rich_report()


def narrowed(**asked: str) -> WeeklyReport:
    return build_weekly(rich_week(), NOW, RICH_BASIS, scope=Scope(**asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "reviews"),
    [
        ({"team": "ledger"}, {"INC-2025-004", "INC-2026-019", "INC-2026-044"}),
        ({"team": "LEDGER"}, {"INC-2025-004", "INC-2026-019", "INC-2026-044"}),
        ({"incident_class": "Bad config"}, {"INC-2026-007", "INC-2026-031", "INC-2026-047"}),
        ({"review": "inc-2026-038"}, {"INC-2026-038"}),
        ({"team": "edge", "incident_class": "slow-query"}, {"INC-2025-030"}),
        ({"team": "edge", "review": "INC-2026-019"}, set()),
    ],
)
def test_a_scope_narrows_every_list_to_its_reviews(asked: dict[str, str], reviews: set[str]) -> None:
    report = narrowed(**asked)
    assert {group.name for group in report.by_review.first} == reviews
    lists = (
        report.overdue, report.slipped, report.without_evidence, report.lost, report.reopened, report.not_pushed,
        report.waived,
    )  # fmt: skip
    assert {line.review_id for listing in lists for line in listing.first} <= reviews
    assert {point.review_id for point in report.checkpoints.first} <= reviews
    assert report.completion.committed == sum(group.completion.committed for group in report.by_review.first)
    assert report.times.to_close.items <= report.completion.committed
    assert {line.review for line in build_items(rich_week(), NOW, RICH_BASIS, scope=Scope(**asked))} <= reviews  # type: ignore[arg-type]


def test_the_verdict_of_a_class_is_made_of_all_incidents_whoever_asks() -> None:
    report = narrowed(team="edge")
    assert {one.name for one in report.helped.classes} == {"slow-query", "expired-certificate"}
    assert set(report.helped.classes) <= set(WHOLE.helped.classes)
    assert WHOLE.helped.pooled is not None
    assert report.helped.pooled is None


def test_what_stood_against_a_class_is_asked_of_the_items_of_all_teams() -> None:
    facts = Facts(
        reviews=(review("OLD", at(9, 1), team="payments"),),
        items=(item("OLD/A", committed=at(9, 4)),),
        incidents=(told("OPS-1", at(11, 1), team="edge"),),
    )
    report = build_weekly(facts, NOW, BASIS, scope=Scope(team="edge"))
    assert (report.completion.committed, report.recurrence.while_unfinished) == (0, 1)
    assert [decision.review_id for decision in report.decisions] == ["OPS-1"]


def test_incidents_are_those_of_the_team_of_the_class_or_of_the_class_of_the_review() -> None:
    assert {one.team for one in narrowed(team="ledger").recurrence.listed} == {"ledger"}
    assert {one.incident_class for one in narrowed(incident_class="queue-lag").recurrence.listed} == {"queue-lag"}
    assert {one.incident_id for one in narrowed(review="INC-2026-007").recurrence.listed} == {"OPS-63", "INC-2026-047"}


def test_an_incident_without_a_team_concerns_the_team_whose_review_its_class_or_an_item_aimed_at_it_belongs_to() -> (
    None
):
    facts = Facts(
        reviews=(review("R", at(3, 1), "dns", team="edge"), review("S", at(3, 1), "disk", team="ledger")),
        items=(item("R/A", committed=at(3, 4), conditions=("no-canary",)), item("S/A", committed=at(3, 4))),
        incidents=(
            told("OPS-1", at(11, 18), "dns"),
            told("OPS-2", at(11, 18), "new", conditions=("No canary",)),
            told("OPS-3", at(11, 18), "disk", team="ledger"),
        ),
    )
    report = build_weekly(facts, NOW, BASIS, scope=Scope(team="edge"))
    assert {one.incident_id for one in report.recurrence.listed} == {"OPS-1", "OPS-2"}
    assert (report.recurrence.returned, report.recurrence.returned_new) == (1, 1)
    assert [decision.review_id for decision in report.decisions] == ["OPS-1"]


SCOPES = [{"team": "edge"}, {"team": "ledger"}, {"incident_class": "slow-query"}, {"incident_class": "queue-lag"},
          {"review": "INC-2026-019"}]  # fmt: skip


def keys_of(report: WeeklyReport) -> set[str]:
    """The items that a narrowed report may name: its own, those aimed at its incidents, and those of its verdicts."""
    aimed = {one.key for incident in report.recurrence.listed for one in incident.items}
    asked = {one.key for decision in report.decisions for one in decision.items}
    marks = {point.label.partition(",")[0] for one in report.helped.classes for point in one.points}
    return aimed | asked | marks


@pytest.mark.parametrize("asked", SCOPES)
def test_no_item_outside_of_the_scope_appears_in_any_format(asked: dict[str, str]) -> None:
    report, items = narrowed(**asked), build_items(rich_week(), NOW, RICH_BASIS, scope=Scope(**asked))  # type: ignore[arg-type]
    reviews = {group.name for group in report.by_review.first}
    outside = {one.key for one in rich_week().items if one.review_id not in reviews and one.key not in keys_of(report)}
    assert outside
    for wanted in Format:
        page = render(report, wanted, width=140, items=items).replace("\\", "")
        assert {key for key in outside if re.search(rf"{re.escape(key)}\b", page)} == set(), wanted


def test_the_count_of_classes_with_enough_time_is_that_of_the_scope() -> None:
    for asked in SCOPES:
        helped = narrowed(**asked).helped
        assert helped.judgeable == sum(one.judgeable for one in helped.classes)
        assert {fact.key.partition("/")[0] for fact in helped.conditions.first} <= {
            group.name for group in narrowed(**asked).by_review.first
        }
        assert {one.name for one in helped.renames} <= {one.name for one in helped.classes}
    assert WHOLE.helped.conditions.total > narrowed(team="ledger").helped.conditions.total


def test_a_class_that_no_review_has_is_shown_with_its_verdict() -> None:
    assert [one.name for one in narrowed(incident_class="queue-lag").helped.classes] == ["queue-lag"]


def test_a_scope_without_anything_is_the_whole() -> None:
    assert replace(narrowed(), scope=WHOLE.scope) == WHOLE


def test_a_first_day_narrows_the_window_of_returns_and_nothing_else() -> None:
    since = build_weekly(rich_week(), NOW, RICH_BASIS, scope=Scope(since=date(2026, 11, 10)))
    changed = {"scope", "headline", "recurrence"}
    for name in type(since).__struct_fields__:
        assert name in changed or getattr(since, name) == getattr(WHOLE, name), name
    assert (since.recurrence.since, since.recurrence.returned) == (date(2026, 11, 10), 3)


def test_a_review_without_a_class_has_the_one_that_a_feed_gives_its_incident() -> None:
    bare = review("R", at(9, 1), "", incidents=("OPS-1",))
    facts = Facts(reviews=(bare,), items=(item("R/A", Status.DONE),), incidents=(told("OPS-1", at(9, 1), "dns"),))
    report = build_weekly(facts, NOW, BASIS, scope=Scope(incident_class="dns"))
    assert [group.name for group in report.by_class] == ["dns"]


def test_the_names_that_there_are() -> None:
    names = build_names(rich_week(), RICH_BASIS)
    assert names.teams == ("edge", "ledger", "payments")
    assert "config-rollout" in names.classes
    assert "config-push" not in names.classes
    assert names.reviews[0] == "INC-2025-004"
