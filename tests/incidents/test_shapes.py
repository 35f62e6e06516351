"""Files in the shapes that tools really export: what is read of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.reading import read, told, troubles
from tracker.errors import InvalidInput, TrackError
from tracker.incidents import csv_rows, files, json_rows
from tracker.incidents.rows import Broken

FIRST = ("OPS-1", "dns", "2026-03-02T09:00")
SECOND = ("OPS-2", "disk", "2026-03-03T10:00")

SHAPES = {
    "commas": "id,class,started\nOPS-1,dns,2026-03-02T09:00Z\nOPS-2,disk,2026-03-03T10:00Z\n",
    "semicolons": "id;class;started\nOPS-1;dns;2026-03-02T09:00Z\nOPS-2;disk;2026-03-03T10:00Z\n",
    "tabs": "id\tclass\tstarted\nOPS-1\tdns\t2026-03-02T09:00Z\nOPS-2\tdisk\t2026-03-03T10:00Z\n",
    "excel's first line": "sep=;\nid;class;started\nOPS-1;dns;2026-03-02T09:00Z\nOPS-2;disk;2026-03-03T10:00Z\n",
    "a mark at the beginning": "\ufeffid,class,started\nOPS-1,dns,2026-03-02T09:00Z\nOPS-2,disk,2026-03-03T10:00Z\n",
    "windows lines": "id,class,started\r\nOPS-1,dns,2026-03-02T09:00Z\r\nOPS-2,disk,2026-03-03T10:00Z\r\n",
    "old mac lines": "id,class,started\rOPS-1,dns,2026-03-02T09:00Z\rOPS-2,disk,2026-03-03T10:00Z",
    "blank rows and cells": (
        "\n\nid;class;started;;\n;;;;\nOPS-1;dns;2026-03-02T09:00Z\n\nOPS-2;disk;2026-03-03T10:00Z;;\n"
    ),
    "a comma in a quoted head": (
        '"id","Notes, long",class,started\nOPS-1,"a, b",dns,2026-03-02T09:00Z\nOPS-2,,disk,2026-03-03T10:00Z\n'
    ),
    "a line in a cell": 'id,note,class,started\nOPS-1,"a\nb",dns,2026-03-02T09:00Z\nOPS-2,c,disk,2026-03-03T10:00Z\n',
    "jira": (
        "Summary,Issue key,Issue id,Issue Type,Priority,Labels,Labels,Created,Resolved\n"
        "Down,OPS-1,10001,Incident,High,class:dns,urgent,02/Mar/26 9:00 AM,02/Mar/26 10:00 AM\n"
        "Full,OPS-2,10002,Incident,Low,class:disk,,03/Mar/26 10:00 AM,\n"
    ),
    "a ticket system": (
        "Number,Short description,Category,Priority,Assignment group,Opened,Resolved\n"
        "OPS-1,Down,dns,1 - Critical,Network,2026-03-02 09:00:00,2026-03-02 10:00:00\n"
        "OPS-2,Full,disk,3 - Moderate,Storage,2026-03-03 10:00:00,\n"
    ),
    "a sheet by hand": (
        "Incident;Kind;Impact start (UTC);What happened\n"
        "OPS-1;dns;2 March 2026, 09:00;Down\nOPS-2;disk;03.03.2026 10:00;Full\n"
    ),
    "a list": (
        '[{"id": "OPS-1", "class": "dns", "started": "2026-03-02T09:00:00Z"},'
        ' {"id": "OPS-2", "class": "disk", "started": "2026-03-03T10:00:00Z"}]'
    ),
    "a list inside": (
        '{"total": 2, "labels": ["x"], "incidents": ['
        '{"id": "OPS-1", "type": "dns", "created_at": "2026-03-02T09:00:00Z"},'
        ' {"id": "OPS-2", "type": "disk", "created_at": "2026-03-03T10:00:00Z"}]}'
    ),
    "an object a line": (
        '{"id": "OPS-1", "class": "dns", "started": 1772442000}\n\n'
        '{"id": "OPS-2", "class": "disk", "started": 1772532000000}\n'
    ),
    "objects inside objects": (
        '[{"key": "OPS-1", "fields": {"summary": "Down", "created": "2026-03-02T09:00:00.000+0000",'
        ' "components": [{"name": "dns"}], "priority": {"name": "High"}}},'
        ' {"key": "OPS-2", "fields": {"summary": "Full", "created": "2026-03-03T11:00:00.000+0100",'
        ' "components": [{"name": "disk"}], "priority": null}}]'
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_in_this_shape_is_read(shape: str) -> None:
    reading = read(SHAPES[shape])
    assert told(reading) == [FIRST, SECOND]
    assert (reading.rows, reading.refused, reading.troubled, reading.is_whole) == (2, 0, 0, True)


def test_one_object_alone_is_one_incident() -> None:
    assert told(read('{"id": "OPS-1", "class": ["dns"], "started": "2026-03-02T09:00Z"}')) == [FIRST]


def test_a_suffix_says_that_a_file_is_csv_whatever_it_begins_with() -> None:
    assert told(read("[id],class,started\nOPS-1,dns,2026-03-02T09:00Z\n", ".csv")) == [FIRST]


# What cannot be read at all


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        ("id,class\nÜ-1,dns\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("id,class\n".encode("utf-16"), "UTF-16"),
        (b"id,class\n\0\n", "not text"),
        (b"{}", "holds no incident"),
        (b'{"incidents": []}', "holds no incident"),
        (b"[1, 2]", "holds no incident"),
        (b'[{"id": "OPS-1"', "not valid JSON"),
        (b"{nothing}", "not valid JSON"),
        (b"[" * 5_000, "not valid JSON"),
        (b'{"a": [{"id": 1}], "b": [{"id": 2}]}', "more than one list of objects: `a`, `b`"),
        (b"a," * 1_001, "more than 1,000 columns"),
        (b'"id,class\nOPS-1,dns\n', "the names of the columns can't be read"),
    ],
)
def test_what_is_no_file_of_incidents_is_said_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read(content)
    assert caught.value.hint


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 20)
    with pytest.raises(TrackError, match="larger than"):
        read(SHAPES["commas"])


# What costs single rows


def test_a_row_that_cannot_be_read_costs_itself_alone() -> None:
    reading = read(
        'id,class,started\nOPS-1,dns,2026-03-02T09:00Z\nOPS-8,"a"b,2026-03-02\nOPS-9,dns,disk,2026-03-02\n'
        "OPS-2,disk,2026-03-03T10:00Z\n"
    )
    assert told(reading) == [FIRST, SECOND]
    assert troubles(reading) == [(3, True), (4, True)]
    assert "Put quotation marks around values that hold a `,`" in reading.troubles[1].hint
    assert reading.is_whole is False


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    reading = read('id,class,started\nOPS-9,"dns,2026\nOPS-1,dns,2026-03-02T09:00Z\nOPS-2,disk,2026-03-03T10:00Z\n')
    assert told(reading) == [FIRST, SECOND]
    assert troubles(reading) == [(2, True)]


def test_the_line_of_a_row_is_where_it_begins() -> None:
    text = 'id,class,started\nOPS-1,"a\nb",2026\nOPS-2,c,2026\n'
    assert troubles(read(text)) == [(2, True), (4, True)]


def test_a_file_of_open_quotation_marks_ends_soon() -> None:
    reading = read("id,class,started\n" + 'OPS-9,"dns,2026\n' * 401)
    assert (reading.rows, reading.incidents) == (101, ())
    assert "the rest is not read" in reading.troubles[-1].message


def test_broken_objects_are_named_by_their_line() -> None:
    reading = read(
        '{"id": "OPS-1", "class": "dns", "started": "2026-03-02T09:00Z"}\n{"id": \n[1]\n'
        '{"id": "OPS-2", "class": "disk", "started": "2026-03-03T10:00Z"}\n'
    )
    assert told(reading) == [FIRST, SECOND]
    assert troubles(reading) == [(2, True), (3, True)]


def test_the_line_of_an_object_in_a_list_is_told() -> None:
    reading = read('{"list": [\n{"id": "OPS-1", "class": "dns", "started": "2026-03-02T09:00Z"},\n7,\n\n{"x": 1}]}')
    assert told(reading) == [FIRST]
    assert troubles(reading) == [(3, True), (5, True)]


def test_an_object_among_several_on_a_line_is_told_by_its_place() -> None:
    rows = ['{"id": "A", "class": "x", "started": "2026-01-01"}', '{"id": "A", "class": "y", "started": "2026-02-01"}']
    reading = read(f"[{', '.join((*rows, '7', '{}'))}]")
    assert [(one.id, one.classes) for one in reading.incidents] == [("A", ("x",))]
    assert [trouble.message.partition(";")[0] for trouble in reading.troubles] == [
        "the 2nd object: A is there already, as the 1st object",
        "the 3rd object: it is not an object",
        "the 4th object: the row has neither an id nor a link",
    ]
    assert read("[\n" + ",\n".join(rows) + "]").troubles[0].message == "A is there already, on line 2"


def test_what_is_left_of_a_row_over_several_lines_is_no_incident() -> None:
    reading = read(
        'id,title,class,started\nOPS-9,"first\nsecond "line" x, y, 2026-01-05\nthird",config,2026-01-01\n'
        "OPS-1,t,dns,2026-03-02T09:00Z\n",
        ".csv",
    )
    assert told(reading) == [FIRST]
    assert troubles(reading) == [(2, True), (3, True), (4, True)]
    assert "the row has 3 cells, and the head 4" in reading.troubles[1].message
    assert reading.is_whole is False


def test_a_row_with_fewer_cells_than_the_head_is_refused_unless_the_head_ends_without_names() -> None:
    assert troubles(read("id,class,started\nOPS-1,dns\n")) == [(2, True)]
    assert told(read("id,class,started,,\nOPS-1,dns,2026-03-02T09:00Z\n")) == [FIRST]


def test_an_empty_list_is_a_file_without_incidents() -> None:
    for content in ("[]", " [\n]\n", "id,class,started\n"):
        reading = read(content)
        assert (reading.rows, reading.incidents, reading.is_whole, reading.ids) == (0, (), True, frozenset())


def test_half_a_character_costs_its_object_alone() -> None:
    reading = read('{"id": "OPS-1", "class": "dns", "started": "2026-03-02T09:00Z"}\n{"id": "\\ud800"}')
    assert told(reading) == [FIRST]
    assert troubles(reading) == [(2, True)]


@pytest.mark.parametrize("shape", ["commas", "a list"])
def test_rows_past_the_limit_are_said(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (csv_rows, json_rows):
        monkeypatch.setattr(module, "MOST_ROWS", 1)
    reading = read(SHAPES[shape])
    assert told(reading) == [FIRST]
    assert "the rest is not read" in reading.troubles[0].message
    assert reading.is_whole is False


# Whatever it holds


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of the shapes with a few bytes changed, cut or doubled."""
    content = bytearray(draw(st.sampled_from(list(SHAPES.values()))).encode())
    for _each in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 12))
        content[place : place + length] = draw(
            st.sampled_from([b"", b'"', b",", b"\n", b"{", b"]", b"\\ud800", b"=1+1", b"\xff", b"9" * 30, b"\r"])
        )
    return bytes(content)


@settings(max_examples=50, deadline=None)
@given(mutated())
def test_reading_never_fails_otherwise_than_by_saying_so(content: bytes) -> None:
    try:
        reading = read(content)
    except TrackError:
        return
    assert reading.rows == len(reading.incidents) + reading.refused
    assert len({one.id for one in reading.incidents}) == len(reading.incidents)
    for one in reading.incidents:
        assert one.id
        assert all(text.isprintable() for text in (one.id, one.title, *one.classes))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        table = files.parse_table(content, "")
    except TrackError:
        return
    assert all(isinstance(row, Broken) or row.line >= 1 for row in table.rows)
