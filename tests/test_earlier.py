"""What earlier reviews say about the one at hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.make import NOW, a_header, a_review, an_issue, an_item, at
from tracker.earlier import ITEMS_SHOWN, REVIEWS_SHOWN, describe_repeat, find_earlier, suggest_choice
from tracker.model import (
    Condition,
    Evidence,
    EvidenceKind,
    Facts,
    Review,
    ReviewHeader,
    Status,
    TrackedItem,
    Transition,
)
from tracker.text import ordinal

PAY_12 = an_issue(id="jira:12", ref="PAY-12", number=12, url="https://jira.example/browse/PAY-12", created=at(-400))


def before(name: str, days: float, **fields: Any) -> ReviewHeader:
    return a_header(
        **{"id": name, "started": at(days), "reviewed": None, "url": f"https://docs.example/{name}", **fields}
    )


def asked(review: str, days: float, title: str = "Validate the config schema in CI", **fields: Any) -> TrackedItem:
    item = an_item(
        id=fields.pop("id", "A1"), title=title, due=fields.pop("due", None), conditions=fields.pop("for_", ())
    )
    return TrackedItem(review_id=review, item=item, committed=at(days), **fields)


def now_asking(title: str = "CI should validate config schemas", **fields: Any) -> Review:
    return a_review(an_item(title=title, conditions=(), **fields), id="INC-9", started=at(-1))


def closed(days: float, to: Status = Status.DONE) -> tuple[Transition, ...]:
    return (Transition(source="1", at=at(days), to=to),)


def sentences(facts: Facts, review: Review) -> list[str]:
    return [describe_repeat(repeat) for repeat in find_earlier(facts, review, NOW).repeats]


class TestReviews:
    def test_are_of_the_same_class_or_share_a_condition_newest_first(self) -> None:
        condition = Condition(name="Unvalidated config")
        other = {"incident_class": "disk-full", "conditions": ()}
        facts = Facts(
            reviews=(
                before("INC-1", -300, incident_class="Config rollout", conditions=()),
                before("INC-2", -200, **{**other, "conditions": (condition,)}),
                before("INC-3", -100, **other),
                before("INC-4", -50, **other),
            ),
            items=(asked("INC-4", -50, "Other thing", for_=("unvalidated-config",)),),
        )
        found = find_earlier(facts, now_asking(), NOW).reviews

        assert [(each.id, each.same_class, each.shared_conditions) for each in found] == [
            ("INC-4", False, ("unvalidated-config",)),
            ("INC-2", False, ("unvalidated-config",)),
            ("INC-1", True, ()),
        ]
        assert found[2].url == "https://docs.example/INC-1"

    def test_leave_out_itself_and_what_came_later_or_has_no_time_at_all(self) -> None:
        headers = (before("INC-9", -9), before("INC-10", 0), before("INC-1", -1), before("INC-2", 0, started=None))

        assert find_earlier(Facts(reviews=headers), now_asking(), NOW).reviews == ()

    def test_without_a_start_are_placed_by_their_review_or_their_first_commitment(self) -> None:
        headers = (before("INC-1", 0, started=None, reviewed=date(2026, 1, 1)), before("INC-2", 0, started=None))
        found = find_earlier(Facts(reviews=headers, items=(asked("INC-2", -90),)), now_asking(), NOW)

        assert [each.id for each in found.reviews] == ["INC-2", "INC-1"]

    def test_without_class_and_conditions_are_like_no_other(self) -> None:
        bare = {"incident_class": "", "conditions": ()}
        review = a_review(an_item(conditions=()), id="INC-9", **bare)

        assert find_earlier(Facts(reviews=(before("INC-1", -90, **bare),)), review, NOW).reviews == ()

    def test_show_their_open_items_the_most_urgent_first(self) -> None:
        items = (
            asked("INC-1", -90, id="A1", issue=PAY_12, due=date(2026, 12, 1)),
            asked("INC-1", -90, id="A2", issue=PAY_12, due=date(2026, 10, 1)),
            asked("INC-1", -90, id="A3", issue=PAY_12, transitions=closed(-5)),
            asked("INC-1", -90, id="A4"),
        )
        (found,) = find_earlier(Facts(reviews=(before("INC-1", -90),), items=items), now_asking(), NOW).reviews

        assert [(item.key, item.ref, item.status, item.overdue) for item in found.open_items] == [
            ("INC-1/A2", "PAY-12", Status.OPEN, True),
            ("INC-1/A1", "PAY-12", Status.OPEN, False),
            ("INC-1/A4", "", Status.NOT_PUSHED, False),
        ]

    def test_are_bounded_and_the_rest_is_counted(self) -> None:
        headers = tuple(before(f"INC-0{n}", -100 + n) for n in range(9))
        items = tuple(asked("INC-08", -92, id=f"A{n}") for n in range(20))
        found = find_earlier(Facts(reviews=headers, items=items), now_asking(), NOW)

        assert [each.id for each in found.reviews] == ["INC-08", "INC-07", "INC-06", "INC-05", "INC-04"]
        assert found.more_reviews == 9 - REVIEWS_SHOWN
        assert len(found.reviews[0].open_items) == ITEMS_SHOWN
        assert found.reviews[0].more_open == 20 - ITEMS_SHOWN


class TestRepeats:
    def test_count_the_reviews_that_asked_and_name_the_open_issue(self) -> None:
        facts = Facts(
            items=(
                asked("INC-1", -600, id="A1"),
                asked("INC-1", -600, "Validate the config schemas in the CI", id="A2"),
                asked("INC-2", -300, issue=PAY_12),
            )
        )
        (repeat,) = find_earlier(facts, now_asking(), NOW).repeats

        assert (repeat.times, repeat.since, repeat.follows) == (3, at(-600).date(), False)
        assert [each.key for each in repeat.earlier] == ["INC-2/A1", "INC-1/A2", "INC-1/A1"]
        assert describe_repeat(repeat) == (
            "asked for before: 3rd time since 2025-02; PAY-12 is open (INC-2/A1 “Validate the config schema in CI”)"
        )
        assert suggest_choice(repeat).startswith("Link to PAY-12 by writing it into the item's Issue column, or")

    def test_name_what_can_be_linked_to_before_what_is_newer(self) -> None:
        done = an_issue(ref="PAY-90", number=90, url="https://jira.example/browse/PAY-90")
        facts = Facts(
            items=(asked("INC-1", -90, issue=PAY_12), asked("INC-2", -60, issue=done, transitions=closed(-9)))
        )
        (repeat,) = find_earlier(facts, now_asking(), NOW).repeats

        assert (repeat.best.ref, repeat.earlier[0].ref, repeat.earlier[0].standing) == (
            "PAY-12",
            "PAY-90",
            "closed without evidence",
        )

    def test_say_where_the_earlier_one_stands(self) -> None:
        proof = Evidence(kind=EvidenceKind.COMMIT, url="https://code.example/c/1", at=at(-9))
        ends = {
            "PAY-12 is open, overdue since 2026-10-19": asked("INC-1", -90, issue=PAY_12, due=at(-1).date()),
            "PAY-12 is closed without evidence": asked("INC-1", -90, issue=PAY_12, transitions=closed(-9)),
            "PAY-12 is done": asked("INC-1", -90, issue=PAY_12, transitions=closed(-9), evidence=(proof,)),
            "PAY-12 is not planned": asked("INC-1", -90, issue=PAY_12, transitions=closed(-9, Status.NOT_PLANNED)),
            "PAY-12 is closed as a duplicate": asked(
                "INC-1", -90, issue=PAY_12, transitions=closed(-9, Status.DUPLICATE)
            ),
            "PAY-12 is missing": asked("INC-1", -90, issue=PAY_12, transitions=closed(-9, Status.MISSING)),
            "INC-1/A1 “Validate the config schema in CI” is not pushed": asked("INC-1", -90),
        }
        for end, item in ends.items():
            (said,) = sentences(Facts(items=(item,)), now_asking())
            assert end in said

    def test_count_as_evidence_only_what_is_accepted(self) -> None:
        proof = Evidence(kind=EvidenceKind.COMMIT, url="https://code.example/c/1", at=at(-9))
        facts = Facts(items=(asked("INC-1", -90, issue=PAY_12, transitions=closed(-9), evidence=(proof,)),))
        (repeat,) = find_earlier(facts, now_asking(), NOW, frozenset()).repeats

        assert repeat.best.standing == "closed without evidence"

    def test_that_link_the_earlier_issue_follow_it_however_they_are_worded(self) -> None:
        hash_1 = an_issue(
            id="host:7", ref="acme/payments#7", number=7, url="https://github.example/acme/payments/issues/7"
        )
        facts = Facts(items=(asked("INC-1", -90, issue=PAY_12), asked("INC-2", -80, "Shard the table", issue=hash_1)))

        for link in ("pay-12", "https://jira.example/browse/PAY-12?focusedId=3#comment"):
            assert sentences(facts, now_asking("Something else", issues=(link,))) == [
                "follows PAY-12: 2nd time since 2026-07; it is open (INC-1/A1 “Validate the config schema in CI”)"
            ]
        for link in ("#7", "acme/payments#7", "https://github.example/acme/payments/issues/7/"):
            (repeat,) = find_earlier(facts, now_asking("Something else", issues=(link,)), NOW).repeats
            assert (repeat.best.ref, repeat.follows, suggest_choice(repeat)) == ("acme/payments#7", True, "")

    def test_a_short_number_is_only_an_issue_of_the_review_s_own_tracker(self) -> None:
        elsewhere = an_issue(tracker="search", ref="acme/search#7", number=7, url="https://github.example/s/7")
        facts = Facts(items=(asked("INC-1", -90, issue=elsewhere),))

        assert sentences(facts, now_asking("Something else", issues=("#7",))) == []

    def test_take_along_what_was_asked_for_in_the_same_issue_in_other_words(self) -> None:
        facts = Facts(items=(asked("INC-1", -300, "No bad pushes", issue=PAY_12), asked("INC-2", -90, issue=PAY_12)))
        (repeat,) = find_earlier(facts, now_asking(), NOW).repeats

        assert (repeat.times, repeat.since) == (3, at(-300).date())

    def test_of_related_reviews_need_less_likeness(self) -> None:
        item = asked("INC-1", -90, "Alert on replication lag, slow queries and deadlocks")
        unrelated = before("INC-1", -90, incident_class="disk-full", conditions=())
        again = now_asking("Alert on replication lag")

        assert len(sentences(Facts(reviews=(before("INC-1", -90),), items=(item,)), again)) == 1
        assert sentences(Facts(reviews=(unrelated,), items=(item,)), again) == []

    def test_are_none_where_the_item_has_an_issue_of_its_own_already(self) -> None:
        own = an_issue(id="jira:50", ref="PAY-50", number=50, url="https://jira.example/browse/PAY-50")
        mine = asked("INC-9", -1, "CI should validate config schemas", issue=own)
        facts = Facts(items=(asked("INC-1", -90, issue=PAY_12), mine))

        assert sentences(facts, now_asking()) == []
        assert sentences(facts, now_asking(id="")) == []
        assert len(sentences(facts, now_asking(id="A2"))) == 1

    def test_stay_said_where_the_item_s_issue_is_the_earlier_one(self) -> None:
        facts = Facts(items=(asked("INC-1", -90, issue=PAY_12), asked("INC-9", -1, "Validate", issue=PAY_12)))
        (repeat,) = find_earlier(facts, now_asking("Validate"), NOW).repeats

        assert (repeat.follows, repeat.times) == (True, 2)

    def test_ask_again_only_for_what_came_before(self) -> None:
        facts = Facts(reviews=(before("INC-1", 0),), items=(asked("INC-1", -90), asked("INC-2", 0)))

        assert sentences(facts, now_asking()) == []

    def test_leave_texts_as_they_are(self) -> None:
        title = "Validate <b>config</b> | schema in \x1b[31mCI"
        (said,) = sentences(Facts(items=(asked("INC-1", -90, title),)), now_asking(title))

        assert title in said


def test_counts_as_people_do() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == (
        "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th".split()  # noqa: SIM905 - easier to read
    )
