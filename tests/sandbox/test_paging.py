"""Paging as a rule: whatever the order and the size, every item is seen once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sandbox.paging import BadCursor, Key, page_of, read_cursor, write_cursor

KEYS = st.lists(st.tuples(st.integers(0, 5).map(float), st.integers(0, 1000)), unique=True)


def key(item: Key) -> Key:
    return item


@given(items=KEYS, size=st.integers(1, 7), descending=st.booleans())
def test_pages_show_every_item_once_and_in_order(items: list[Key], size: int, *, descending: bool) -> None:
    seen: list[Key] = []
    after, more = None, True
    while more:
        page, more = page_of(items, key, size, after, descending=descending)
        assert len(page) == size or not more
        seen += page
        after = write_cursor(page[-1]) if page else None
    assert seen == sorted(items, reverse=descending)


@given(items=KEYS.filter(bool), gone=st.sets(st.integers(0, 20)))
def test_items_that_vanish_between_pages_hide_no_other(items: list[Key], gone: set[int]) -> None:
    first, _ = page_of(items, key, 3, None)
    left = [item for place, item in enumerate(items) if place not in gone]
    rest, _ = page_of(left, key, len(items), write_cursor(first[-1]))
    assert set(rest) == set(left) - {item for item in items if item <= first[-1]}


@given(st.text())
def test_a_cursor_that_is_not_ours_is_refused(text: str) -> None:
    try:
        assert write_cursor(read_cursor(text))
    except BadCursor:
        return


def test_nonsense_is_a_bad_cursor() -> None:
    for text in ("nonsense", "ü", "WzFd"):
        with pytest.raises(BadCursor):
            read_cursor(text)
