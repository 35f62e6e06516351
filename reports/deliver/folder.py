"""Puts the report into a folder, in one step: who reads it sees a whole file, or the one before."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.errors import InvalidInput
from tracker.rules import slug

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.store.deliveries import Slot

_ENDINGS = {"html": "html", "md": "md", "json": "json", "csv": "csv", "text": "txt", "mail": "eml"}


def file_name(slot: Slot, layout: str) -> str:
    """`follow-through-2026-11-23.html`, with the team's name where it is that team's part."""
    team = f"-{slug(slot.team)}" if slot.team else ""
    return f"follow-through-{slot.week.isoformat()}{team}.{_ENDINGS[layout]}"


def write_file(path: Path, text: str) -> None:
    """Write beside the file, then put it in its place. Raises InvalidInput where that cannot be done."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(text.encode())  # as it is: the lines of a mail end in CR LF
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # where the folder is no folder, there is nothing to take away
            beside.unlink(missing_ok=True)
        raise InvalidInput(
            f"{path.name}: it cannot be written ({error.strerror})", "Give `path` a folder you may write to."
        ) from error
