"""What a changelog of Jira amounts to, in whatever form it comes: as tables, without a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from sync.adapters.jira_answers import EPOCH, Change, first_time, number_of, parse_day, parse_time
from sync.adapters.jira_history import History, in_order, read_history, status_ids
from sync.port import RemoteState

CATEGORIES = {"1": "new", "3": "indeterminate", "5": "done", "6": "done", "9": ""}
NOT_DONE = frozenset({"won't do", "duplicate", "declined", "cannot reproduce"})
START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MOMENT = datetime(2018, 5, 24, 21, 35, 30, 742_000, tzinfo=UTC)
WHOLE = MOMENT.replace(microsecond=0)

Json = dict[str, Any]
OPEN, DONE = "open", "completed"
NOT_PLANNED, DUPLICATE = "not_planned", "duplicate"


def at(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def status(old: str, new: str) -> Json:
    return {"field": "status", "fieldId": "status", "from": old, "fromString": "x", "to": new, "toString": "y"}


def resolution(old: str | None, new: str | None) -> Json:
    ids = {"from": old and "1", "to": new and "2"}
    return {"field": "resolution", "fieldId": "resolution", "fromString": old, "toString": new, **ids}


def due(old: str | None, new: str | None) -> Json:
    return {"field": "duedate", "fieldId": "duedate", "from": old, "to": new}


def link(new: str | None = None, *, old: str | None = None, title: str = "The change") -> Json:
    text = f'This issue links to "{title}"'
    given = {"from": old, "fromString": old and text, "to": new, "toString": new and text}
    return {"field": "RemoteIssueLink", **given}


def moved(old: str, new: str) -> Json:
    return {"field": "Key", "fromString": old, "toString": new}


def changes(*groups: list[Json]) -> list[Change]:
    """One change an hour, as JSON would bring them."""
    told = [
        {
            "id": str(10_000 + hours),
            "created": int(at(hours).timestamp() * 1000),
            "author": {"accountId": "dev", "displayName": "Dev"},
            "items": items,
        }
        for hours, items in enumerate(groups, 1)
    ]
    return msgspec.json.decode(msgspec.json.encode(told), type=list[Change])


def read(*groups: list[Json]) -> History:
    return read_history(changes(*groups), CATEGORIES, NOT_DONE)


def told(history: History) -> list[tuple[int, str]]:
    """The events as (hour, what)."""
    return [
        (round((event.at - START) / timedelta(hours=1)), event.state.reason if event.state.closed else OPEN)
        for event in history.events
    ]


# Times


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2018-05-24T23:35:30.742+0200", MOMENT),
        ("2018-05-24T23:35:30.742+02:00", MOMENT),
        ("2018-05-24T21:35:30.742Z", MOMENT),
        ("2018-05-24T17:05:30.742-0430", MOMENT),
        ("2018-05-24T23:35:30+0200", WHOLE),
        (1_527_197_730_742, MOMENT),
        ("1527197730742", MOMENT),
        (1_527_197_730, WHOLE),
        ("1527197730", WHOLE),
        (1_527_197_730.0, WHOLE),
        (1.527197730742e12, MOMENT),
        (None, None),
        ("", None),
        ("soon", None),
        ("2018-13-44T00:00:00.000+0000", None),
        (1e300, None),
        ("9" * 400, None),
        (-1e300, None),
    ],
)
def test_a_time_is_read_as_text_and_as_seconds_or_milliseconds(
    said: str | float | None, moment: datetime | None
) -> None:
    assert parse_time(said) == moment
    if moment is not None:
        assert str(parse_time(said)).endswith("+00:00")


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00.000+1400", "9999-12-31T23:59:59.999-1200"])
def test_a_time_at_the_ends_of_the_calendar_is_none(said: str) -> None:
    assert parse_time(said) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20T00:00:00.000+0200", date(2026, 11, 20)),
        ("2026-11-20 00:00:00.0", date(2026, 11, 20)),
        (None, None),
        ("", None),
        ("2026-02-30", None),
        ("20/Nov/26", None),
    ],
)
def test_a_day_is_read_without_its_hours(said: str | None, day: date | None) -> None:
    assert parse_day(said) == day


def test_the_first_time_that_can_be_read_counts() -> None:
    assert first_time(None, "soon", "2018-05-24T23:35:30.742+0200", "2019-01-01T00:00:00.000+0000") == MOMENT
    assert first_time(None, "") == EPOCH


@pytest.mark.parametrize(("key", "number"), [("PLAT-12", 12), ("A_B2-7", 7), ("PLAT", 0), ("PLAT-x", 0), ("", 0)])
def test_the_number_of_a_key(key: str, number: int) -> None:
    assert number_of(key) == number


# Order


def test_changes_are_put_in_order_and_counted_once_whatever_page_brought_them() -> None:
    one, two, three = changes([status("1", "3")], [status("3", "5")], [status("5", "1")])
    assert in_order([three, two, one, two]) == [one, two, three]


def test_changes_of_one_moment_go_by_their_number() -> None:
    """As texts, 10 would come before 9."""
    told = [{"id": number, "created": 1_527_197_730_742} for number in ("10", "9", "101")]
    mixed = msgspec.convert([*told, {"id": 11, "created": 1_527_197_730_742}], list[Change])
    assert [str(each.id) for each in in_order(mixed)] == ["9", "10", "11", "101"]


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_history_in_seconds_is_the_same_history(unit: int) -> None:
    told = [{"id": "1", "created": int(at(1).timestamp()) * unit, "items": [status("1", "5")]}]
    (event,) = read_history(msgspec.convert(told, list[Change]), CATEGORIES, NOT_DONE).events
    assert (event.at, event.actor, event.id) == (at(1), "", "1")


# Closed, reopened, closed otherwise

STORIES: dict[str, tuple[list[list[Json]], list[tuple[int, str]]]] = {
    "nothing happened": ([], []),
    "work began": ([[status("1", "3")]], []),
    "closed without a resolution": ([[status("1", "5")]], [(1, DONE)]),
    "closed with one": ([[resolution(None, "Done"), status("1", "5")]], [(1, DONE)]),
    "closed, the items the other way round": ([[status("1", "5"), resolution(None, "Won't Do")]], [(1, NOT_PLANNED)]),
    "closed as a duplicate": ([[status("1", "5"), resolution(None, "Duplicate")]], [(1, DUPLICATE)]),
    "in any letter case": ([[status("1", "5"), resolution(None, "WON'T DO")]], [(1, NOT_PLANNED)]),
    "the resolution in a line of its own": (
        [[status("1", "5")], [resolution(None, "Declined")]],
        [(1, DONE), (2, NOT_PLANNED)],
    ),
    "reopened": ([[status("1", "5")], [status("5", "1")]], [(1, DONE), (2, OPEN)]),
    "moved back to work": ([[status("1", "5")], [status("5", "3")]], [(1, DONE), (2, OPEN)]),
    "reopened with its resolution left behind": (
        [[status("1", "5"), resolution(None, "Done")], [status("5", "1")]],
        [(1, DONE), (2, OPEN)],
    ),
    "closed, reopened, closed": (
        [[status("1", "5")], [status("5", "3")], [status("3", "6"), resolution(None, "Declined")]],
        [(1, DONE), (2, OPEN), (3, NOT_PLANNED)],
    ),
    "from one done status to another": ([[status("1", "5")], [status("5", "6")]], [(1, DONE)]),
    "the resolution changed while it was closed": (
        [[status("1", "5"), resolution(None, "Done")], [resolution("Done", "Duplicate")]],
        [(1, DONE), (2, DUPLICATE)],
    ),
    "changed to another completion": (
        [[status("1", "5"), resolution(None, "Done")], [resolution("Done", "Fixed")]],
        [(1, DONE)],
    ),
    "resolved while it is open": ([[resolution(None, "Won't Do")]], []),
    "resolved while it is open, closed later": (
        [[resolution(None, "Won't Do")], [status("1", "5")]],
        [(2, NOT_PLANNED)],
    ),
    "created done, then reopened": ([[status("5", "1")]], [(1, OPEN)]),
    "created done, then resolved": ([[resolution(None, "Duplicate")]], []),
    "created done as a duplicate, reopened and closed": (
        [[status("5", "1"), resolution("Duplicate", None)], [status("1", "5")]],
        [(1, OPEN), (2, DONE)],
    ),
    "created done as a duplicate, which was taken back": (
        [[status("5", "6")], [resolution("Duplicate", None)]],
        [(2, DONE)],
    ),
    "through a status that was deleted since": (
        [[status("1", "9")], [status("9", "5")], [status("5", "9")]],
        [(2, DONE), (3, OPEN)],
    ),
    "through one that nobody ever heard of": ([[status("1", "77")], [status("77", "5")]], [(2, DONE)]),
    "other fields": ([[due(None, "2026-11-01")], [link("5")], [moved("A-1", "B-1")]], []),
}


@pytest.mark.parametrize(("groups", "events"), STORIES.values(), ids=STORIES)
def test_the_category_closes_and_reopens_and_the_resolution_says_why(
    groups: list[list[Json]], events: list[tuple[int, str]]
) -> None:
    history = read(*groups)
    assert told(history) == events
    assert {event.actor for event in history.events} <= {"Dev"}


@pytest.mark.parametrize("groups", [groups for groups, _events in STORIES.values()], ids=STORIES)
def test_data_center_names_the_field_and_gives_no_id(groups: list[list[Json]]) -> None:
    bare = [
        [{**{k: v for k, v in item.items() if k != "fieldId"}, "field": item["field"].title()} for item in items]
        for items in groups
    ]
    assert read(*bare) == read(*groups)


def test_events_have_ids_of_their_own() -> None:
    history = read([status("1", "5")], [status("5", "1")], [status("1", "5")])
    assert [event.id for event in history.events] == ["10001", "10002", "10003"]
    assert history.events[0].state == RemoteState(closed=True, reason="completed")


def test_the_statuses_that_a_history_names() -> None:
    assert status_ids(changes([status("1", "3")], [due(None, "2026-11-01")], [status("3", "9")])) == {"1", "3", "9"}


def test_a_line_without_author_time_or_items_breaks_nothing() -> None:
    told = [{"id": 1, "created": "soon"}, {"id": "2", "created": 0, "author": None, "items": [{}]}]
    assert read_history(in_order(msgspec.convert(told, list[Change])), CATEGORIES, NOT_DONE) == History()


# Due dates

N1, N2, N3 = "2026-11-01", "2026-11-08", "2026-11-15"
MOVES: dict[str, tuple[list[list[Json]], list[tuple[int, str, str]]]] = {
    "set": ([[due(None, N1)]], []),
    "moved": ([[due(N1, N2)]], [(1, N1, N2)]),
    "moved twice": ([[due(N1, N2)], [due(N2, N3)]], [(1, N1, N2), (2, N2, N3)]),
    "moved to an earlier day": ([[due(N2, N1)]], [(1, N2, N1)]),
    "set, then moved": ([[due(None, N1)], [due(N1, N2)]], [(2, N1, N2)]),
    "cleared": ([[due(N1, None)]], []),
    "cleared and set again later": ([[due(N1, None)], [due(None, N3)]], [(2, N1, N3)]),
    "cleared and set again to the same day": ([[due(N1, None)], [due(None, N1)]], []),
    "cleared twice": ([[due(N1, None)], [due(None, N2)], [due(N2, None)], [due(None, N3)]], [(2, N1, N2), (4, N2, N3)]),
    "there and back": ([[due(N1, N2)], [due(N2, N1)]], [(1, N1, N2), (2, N2, N1)]),
    "with another field in between": ([[due(N1, N2), status("1", "3")], [link("7")]], [(1, N1, N2)]),
    "one that cannot be read": ([[due("20/Nov/26", N1)], [due(N1, N2)]], [(2, N1, N2)]),
}


@pytest.mark.parametrize(("groups", "moves"), MOVES.values(), ids=MOVES)
def test_each_move_of_a_due_date_is_told_with_its_time(
    groups: list[list[Json]], moves: list[tuple[int, str, str]]
) -> None:
    found = [(move.at, move.before.isoformat(), move.to.isoformat()) for move in read(*groups).due_moves]
    assert found == [(at(hours), before, to) for hours, before, to in moves]


# Links and moves

OURS = "Review of incident INC-9: “Checkout” returned 5xx"
LINKS: dict[str, tuple[list[list[Json]], dict[str, int]]] = {
    "one": ([[link("7")]], {"7": 1}),
    "ours": ([[link("7", title=OURS)]], {}),
    "ours and another": ([[link("7", title=OURS)], [link("8")]], {"8": 2}),
    "taken away": ([[link("7")], [link(old="7")]], {}),
    "taken away and put back": ([[link("7")], [link(old="7")], [link("8")]], {"8": 3}),
    "taken away before we looked": ([[link(old="6")], [link("8")]], {"8": 2}),
    "one that speaks of a review": ([[link("7", title="See the Review of incident INC-9")]], {"7": 1}),
    "without a title": ([[{"field": "RemoteIssueLink", "to": "7"}]], {"7": 1}),
}


@pytest.mark.parametrize(("groups", "links"), LINKS.values(), ids=LINKS)
def test_links_are_dated_by_the_history_and_ours_are_none(groups: list[list[Json]], links: dict[str, int]) -> None:
    found = read(*groups).links
    assert {number: added.at for number, added in found.items()} == {
        number: at(hours) for number, hours in links.items()
    }
    assert {added.by.account for added in found.values() if added.by} <= {"dev"}


def test_the_projects_that_an_issue_moved_away_from() -> None:
    assert read([moved("PLAT-1", "OPS-9")], [moved("OPS-9", "A_B-3")]).homes == {"PLAT", "OPS"}
