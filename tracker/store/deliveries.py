"""What became of each week's report at each target. The intent is kept before anything is sent, the outcome after."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct

from tracker.store.rows import time_from, time_text

if TYPE_CHECKING:
    import sqlite3

KEPT = timedelta(days=366)
"""How long a delivery is remembered."""


class Came(StrEnum):
    """What came of a delivery. `SENDING` is the intent: who reads it later knows that the process ended in between."""

    SENDING = "sending"
    DELIVERED = "delivered"
    PARTLY = "partly"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Slot(NamedTuple):
    """What is delivered once: a week (its first day) at a target, or a team's part of it."""

    target: str
    week: date
    team: str = ""


class Delivery(Struct, frozen=True, kw_only=True):
    """The last try for a slot. `detail` is one line for people; `left` are addresses to which it is still to go."""

    slot: Slot
    begun: datetime
    ended: datetime | None = None
    came: Came = Came.SENDING
    detail: str = ""
    left: tuple[str, ...] = ()


_COLUMNS = "target, week, team, begun, ended, outcome, detail, waiting"


def load(connection: sqlite3.Connection, week: date) -> dict[Slot, Delivery]:
    """The deliveries of a week."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM deliveries WHERE week = ?", (week.isoformat(),))
    return {delivery.slot: delivery for delivery in map(_from, rows)}


def save(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Keep a delivery in the place of an earlier try; those that are older than a year go."""
    slot = delivery.slot
    row = (
        slot.target, slot.week.isoformat(), slot.team, time_text(delivery.begun), time_text(delivery.ended),
        delivery.came.value, delivery.detail, msgspec.json.encode(delivery.left).decode(),
    )  # fmt: skip
    connection.execute(f"INSERT OR REPLACE INTO deliveries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("DELETE FROM deliveries WHERE week < ?", ((slot.week - KEPT).isoformat(),))


def _from(row: tuple[str, str, str, str, str | None, str, str, str]) -> Delivery:
    return Delivery(
        slot=Slot(row[0], date.fromisoformat(row[1]), row[2]), begun=datetime.fromisoformat(row[3]),
        ended=time_from(row[4]), came=Came(row[5]), detail=row[6],
        left=msgspec.json.decode(row[7], type=tuple[str, ...]),
    )  # fmt: skip
