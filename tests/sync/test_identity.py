"""Which item of a document is which item we know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.identity import KnownItem, give_ids
from tests.make import a_review, an_item


def known(*pairs: tuple[str, str], link: str = "") -> list[KnownItem]:
    return [KnownItem(id=i, title=t, links=frozenset({link} if link else ())) for i, t in pairs]


def ids(titles: list[str], items: list[KnownItem]) -> tuple[list[str], int]:
    review, unclear = give_ids(a_review(*(an_item(id="", title=title) for title in titles)), items)
    return [item.id for item in review.items], len(unclear)


def test_an_id_column_decides_whatever_the_title_says() -> None:
    review, unclear = give_ids(
        a_review(an_item(id="A2", title="Back off retries")), known(("A1", "Back off retries"), ("A2", "Other"))
    )
    assert review.items[0].id == "A2"
    assert unclear == ()


def test_an_item_is_found_by_its_issue_link_before_its_title() -> None:
    items = [*known(("A1", "Nothing alike"), link="acme/pay#4"), *known(("A2", "Back off retries"))]
    review, _ = give_ids(a_review(an_item(id="", title="Back off retries", issues=("acme/pay#4",))), items)
    assert review.items[0].id == "A1"


def test_an_exact_title_wins_over_a_close_one() -> None:
    assert ids(["Back off retries"], known(("A1", "Back off  RETRIES."), ("A2", "Back off retrying")))[0] == ["A1"]


def test_a_reworded_item_is_recognised() -> None:
    items = known(("A1", "Validate the config schema in CI"), ("A2", "Back off retries in the client"))
    assert ids(["Validate the config schemas in the CI"], items)[0] == ["A1"]


def test_an_ambiguous_match_is_refused_and_named() -> None:
    items = known(("A1", "Add an alert on queue depth"), ("A2", "Add an alert on queue depths"))
    review, unclear = give_ids(a_review(an_item(id="", title="Add an alert on queue depth!")), items)
    assert review.items == ()
    assert unclear[0].candidates == ("A1", "A2")


@given(st.lists(st.text("abc de", min_size=1, max_size=12), max_size=8), st.randoms())
def test_new_items_get_the_same_ids_in_any_order_and_never_twice(titles: list[str], random: object) -> None:
    from random import Random

    assert isinstance(random, Random)
    shuffled = list(titles)
    random.shuffle(shuffled)
    one, other = ids(titles, [])[0], ids(shuffled, [])[0]
    assert sorted(one) == sorted(other)
    assert len(set(one)) == len(one)


def test_reordered_items_keep_their_ids() -> None:
    items = known(("A1", "Validate the config"), ("A2", "Back off retries"))
    assert ids(["Back off retries", "Validate the config"], items)[0] == ["A2", "A1"]
