"""A file of incidents as a table: read, bounded and decoded here. The only I/O of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import InvalidInput
from tracker.incidents.csv_rows import read_csv
from tracker.incidents.json_rows import read_json
from tracker.text import plain

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.incidents.rows import Table

MOST_BYTES = 50_000_000
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_CSV_SUFFIXES = (".csv", ".tsv")


def open_table(path: Path) -> Table:
    """The columns and rows of a CSV or JSON file. Raises InvalidInput, with the file's name, where it is neither."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"{plain(path.name)}: the file can't be read: {error.strerror or error}"
        raise InvalidInput(message, "Check the path and that you may read it.") from error
    try:
        return parse_table(content, path.suffix.lower())
    except InvalidInput as error:
        raise InvalidInput(f"{plain(path.name)}: {error.message}", error.hint) from error


def parse_table(content: bytes, suffix: str) -> Table:
    """The same from the bytes of a file: JSON where it begins like that and its suffix does not say otherwise."""
    if len(content) > MOST_BYTES:
        raise InvalidInput(f"it is larger than {MOST_BYTES // 1_000_000} MB", "Split it, and keep the columns needed.")
    _check_text(content)
    content = content.removeprefix(_BOM)
    looks_like_json = content.lstrip()[:1] in (b"[", b"{")
    return read_json(content) if looks_like_json and suffix not in _CSV_SUFFIXES else read_csv(content)


def _check_text(content: bytes) -> None:
    if content.startswith(_WIDE):
        raise InvalidInput("it is UTF-16 text", "Save it as CSV UTF-8.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"line {line} is not UTF-8 text", "Save it as CSV UTF-8, or as JSON.") from error
    if b"\0" in content:
        raise InvalidInput("it is not text", "Give a CSV or a JSON file.")
